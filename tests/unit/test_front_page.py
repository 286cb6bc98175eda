"""Which photos stand for a label set on the front page."""

from __future__ import annotations

from imagehub.catalogue.images.image_lists import ClusterEntry, Tile
from imagehub.vocabulary import Label
from webapp.front.service import various

MUG = Label("/m/02jvh9", "Mug")


def cluster(ordinal: int, *image_ids: str) -> ClusterEntry:
    tiles = tuple(Tile(image_id, 384, 288, MUG) for image_id in image_ids)
    return ClusterEntry(ordinal, ordinal, len(tiles), tiles)


def test_each_clusters_most_typical_photo_comes_first_then_the_next_of_each() -> None:
    clusters = [cluster(0, "a1", "a2", "a3"), cluster(1, "b1"), cluster(2, "c1", "c2")]
    assert [tile.image_id for tile in various(clusters, 5)] == ["a1", "b1", "c1", "a2", "c2"]
    assert [tile.image_id for tile in various(clusters, 2)] == ["a1", "b1"]
    assert various([], 4) == []
