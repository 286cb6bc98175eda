"""The factories make rows that the catalogue accepts and that agree with one another."""

from imagehub.catalogue.database import Database
from tests import factories


def test_every_factory_makes_valid_rows(database: Database) -> None:
    with database.transaction() as cursor:
        animal = factories.label(cursor, "Animal")
        dog = factories.label(cursor, "Dog", is_a=[animal])
        factories.label(cursor, "Tail", part_of=[dog])
        first = factories.verified_photo(cursor, dog)
        second = factories.verified_photo(cursor, dog)
        factories.same_photo_again(cursor, first)
        factories.refused_upload(cursor, dog)
        factories.duplicate(cursor, second.image_id, first.image_id)
        factories.cluster(cursor, dog, 0, [first.image_id, second.image_id])
        factories.token(cursor, first.account)
        factories.publish_label_sets(cursor)
        name = factories.subset(cursor, [animal], cap_per_label=10)
        factories.release(cursor, name, {dog.mid: {"train": 2}})
        factories.release_failure(cursor, name)

        cursor.execute("select label, images, own_images from label_set_counts order by images")
        counted = {(row.label, row.images, row.own_images) for row in cursor.fetchall()}
        cursor.execute("select name, total from landing_counts")
        totals = {row.name: row.total for row in cursor.fetchall()}

    assert counted == {(animal.mid, 2, 0), (dog.mid, 2, 2)}
    assert totals == {"landed": 3, "refused": 1, "images": 2, "exact_duplicates": 1}
