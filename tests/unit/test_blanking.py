"""A withdrawn photo's bytes leave a shard, and nothing else of it moves."""

from __future__ import annotations

import hashlib

from spark_jobs.release.selection import shards
from spark_jobs.release.selection.shards import ShardEntry
from spark_jobs.withdraw.blanking import blanked

PHOTOS = {name: name.encode() * 300 for name in ("aa", "bb", "cc")}


def entry(name: str) -> ShardEntry:
    photo = PHOTOS[name]
    facts = f'{{"image_id":"{name}"}}'.encode()
    return ShardEntry(name, name, hashlib.sha256(photo).hexdigest(), len(photo), facts)


def test_a_photo_becomes_zeros_and_every_other_byte_stays() -> None:
    (shard,) = shards.plan([entry(name) for name in PHOTOS], made_at=0)
    whole = shards.build(shard, PHOTOS.__getitem__)
    left = blanked(whole, {"bb"})
    start, size = shard.starts()["bb"], len(PHOTOS["bb"])
    assert left[start : start + size] == bytes(size)
    assert b'"image_id":"bb"' in whole
    assert b'"image_id":"bb"' not in left
    kept = [place for place, byte in enumerate(left) if byte != whole[place]]
    assert min(kept) >= start
    assert max(kept) < shard.starts()["cc"]
    assert len(left) == len(whole)
