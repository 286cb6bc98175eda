"""Find near duplicates: indexes propose pairs, pixels decide, groups are written with keepers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache, partial

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.duplicates import duplicate_candidates, duplicate_undos
from imagehub.catalogue.duplicates.duplicate_candidates import Hanging, Nearness
from imagehub.catalogue.uploads import removals
from imagehub.errors import Damaged, NotFound, Refused, Unavailable
from imagehub.photo import read_view
from imagehub.settings import Settings
from imagehub.storage import keys
from spark_jobs.apart import whole_or_apart
from spark_jobs.cluster.similarity import fingerprints
from spark_jobs.cluster.similarity.comparison import compare
from spark_jobs.cluster.similarity.grouping import (
    KeeperCandidate,
    Match,
    Pair,
    components,
    group,
    missing_pairs,
    pair,
)
from spark_jobs.cluster.similarity.looks import Look, look_at
from spark_jobs.frames import batched, executor_database, executor_store, spread
from spark_jobs.runs import SparkJobContext

log = logging.getLogger(__name__)

BATCH_IMAGES = 1_000
"""Images compared and published together: what a killed run has to do again."""

ENOUGH_SECONDS = 30.0
"""After so long no further batch is begun in this run: new photos wait for their verdicts."""

NEAREST_EMBEDDINGS = 6
NEAR_FINGERPRINTS = Nearness(fingerprints.MAX_DISTANCE_BITS, 200)

IMAGES_A_TASK = 500
IMAGES_A_TRANSACTION = 50
PAIRS_A_TASK = 2_000
LOOKS_A_TASK = 1_024
"""Looks kept in memory: about 50 MB."""


def find(context: SparkJobContext) -> int:
    """Compare images that were not compared yet, for a while; return how many they were.

    Before that, groups follow what people have said; after it, what verdicts say of keepers.
    """
    deadline = time.monotonic() + ENOUGH_SECONDS
    _heed(context)
    with context.database.transaction() as cursor:
        duplicate_candidates.forget_older_comparisons(cursor)
        total = duplicate_candidates.count_uncompared(cursor)
    done = 0
    while time.monotonic() < deadline:
        with context.database.transaction() as cursor:
            batch = duplicate_candidates.uncompared(cursor, BATCH_IMAGES)
        if not batch:
            break
        matches = _matches(context, _propose(context, batch))
        _publish(
            context, batch, matches, partial(duplicate_candidates.mark_compared, image_ids=batch)
        )
        done += len(batch)
        context.run.progress(done, max(total, done))
    with context.database.transaction() as cursor:
        misplaced = duplicate_candidates.misplaced(cursor)
    if misplaced:
        _publish(context, misplaced, [], _nothing_else)
    return done


def _heed(context: SparkJobContext) -> None:
    """Make the groups anew of which people have said: these are different; or: they are not."""
    with context.database.transaction() as cursor:
        changed = duplicate_undos.unheeded(cursor)
        image_ids = sorted({image_id for pair in changed for image_id in pair})
        parted = changed & duplicate_undos.undone(cursor, image_ids)
    if not changed:
        return
    pairs = set(_propose(context, image_ids)) | changed
    heed = partial(duplicate_undos.heed, parted=parted, taken_back=changed - parted)
    _publish(context, image_ids, _matches(context, sorted(pairs - parted)), heed)


def _publish(
    context: SparkJobContext,
    image_ids: Sequence[str],
    found: list[Match],
    also: Callable[[Cursor], None],
) -> None:
    """Merge new matches with the groups they and the images touch; write them with `also`."""
    with context.database.transaction() as cursor:
        touched = duplicate_candidates.groups_of(cursor, [*image_ids, *_ids(found)])
        matches = [*found, *(_as_match(member) for member in touched)]
        images = _candidates(cursor, _ids(matches))
        parted = duplicate_undos.undone(cursor, list(images))
    matches += _matches(context, missing_pairs(images, matches, parted))
    matches = [match for match in matches if match.pair not in parted]
    members = [
        Hanging(member.image_id, member.keeper_id, member.distance, member.reason)
        for member in group(images, matches, parted)
    ]
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        _require_images(cursor, {*images, *image_ids})
        duplicate_candidates.replace_groups(cursor, list(images), members, context.run.id)
        also(cursor)


def _require_images(cursor: Cursor, image_ids: Collection[str]) -> None:
    """Raise Unavailable if an image was removed meanwhile: the next run does without it."""
    if not removals.hold_images(cursor, image_ids):
        raise Unavailable("A photo was withdrawn meanwhile: the next run compares anew.")


def _nothing_else(cursor: Cursor) -> None:
    """Groups are all that is written."""


def _propose(context: SparkJobContext, image_ids: Sequence[str]) -> list[Pair]:
    """Pairs that are worth a look at their pixels, each once, in order."""
    settings = context.settings

    def propose(ids: Iterator[str]) -> Iterator[Pair]:
        database = executor_database(settings)
        for some in batched(ids, IMAGES_A_TRANSACTION):
            with database.transaction() as cursor:
                pairs = _pairs_of(cursor, some)
            yield from pairs

    found = spread(context.spark, image_ids, IMAGES_A_TASK).mapPartitions(propose).collect()
    return sorted(set(found))


def _pairs_of(cursor: Cursor, image_ids: Sequence[str]) -> set[Pair]:
    duplicate_candidates.search_among_versions(cursor)
    pairs = set()
    for image in duplicate_candidates.facts(cursor, image_ids):
        fingerprints_of_image = fingerprints.turned(image.fingerprint)
        near = duplicate_candidates.nearest_embeddings(cursor, image.image_id, NEAREST_EMBEDDINGS)
        near += duplicate_candidates.near_fingerprints(
            cursor,
            fingerprints_of_image,
            fingerprints.probes_of_all(fingerprints_of_image),
            NEAR_FINGERPRINTS,
        )
        pairs |= {pair(image.image_id, other) for other in near if other != image.image_id}
    return pairs


def _matches(context: SparkJobContext, pairs: Sequence[Pair]) -> list[Match]:
    """Compare the pixels of pairs; return those that show the same photo."""
    if not pairs:
        return []
    settings = context.settings

    def compare_pairs(some: Iterator[Pair]) -> Iterator[Match]:
        look = lru_cache(LOOKS_A_TASK)(partial(_look, settings))
        return filter(None, matches_of(list(some), look))

    return list(spread(context.spark, pairs, PAIRS_A_TASK).mapPartitions(compare_pairs).collect())


def matches_of(pairs: Sequence[Pair], look: Callable[[str], Look | None]) -> list[Match | None]:
    """For each pair, the match if both show one photo; a pair that fails is none."""

    def together(some: Sequence[Pair]) -> list[Match | None]:
        return [_match(pair, look) for pair in some]

    def given_up(pair: Pair) -> None:
        log.error("the images %s and %s cannot be compared", *pair)

    return whole_or_apart(pairs, together, given_up)


def _match(pair: Pair, look: Callable[[str], Look | None]) -> Match | None:
    left_look, right_look = (look(image_id) for image_id in pair)
    if left_look is None or right_look is None:
        return None
    found = compare(left_look, right_look)
    if found is None or not found.same_photo:
        return None
    return Match(*pair, found.distance, found.reason)


def _look(settings: Settings, image_id: str) -> Look | None:
    """The look of an image; None if its view is gone or damaged: then it is like no other."""
    with executor_database(settings).transaction() as cursor:
        found = duplicate_candidates.facts(cursor, [image_id])
    if not found:  # it was removed meanwhile
        return None
    try:
        view = executor_store(settings).get(keys.view(found[0].photo_sha256))
        return look_at(read_view(view))
    except (NotFound, Damaged, Refused):
        return None


def _candidates(cursor: Cursor, image_ids: Sequence[str]) -> dict[str, KeeperCandidate]:
    return {
        image.image_id: KeeperCandidate(
            image.image_id, image.pixels, image.landed_at, image.standing
        )
        for image in duplicate_candidates.facts(cursor, image_ids)
    }


def _ids(matches: Sequence[Match]) -> list[str]:
    return [image_id for component in components(matches) for image_id in component]


def _as_match(member: Hanging) -> Match:
    return Match(member.image_id, member.keeper_id, member.distance, member.reason)
