"""WebDataset: TARs in which `<image>.jpg`, `.cls` (class number) and `.json` follow one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from imagehub.formats import tar_members
from imagehub.formats.planning import PhotoShard, PlannedFile, PlannedRelease, ReleaseFormat
from imagehub.photo_facts import PhotoFacts, json_line
from imagehub.skeleton.pieces import Entry


def plan(release: PlannedRelease) -> Sequence[PlannedFile]:
    """A TAR for each shard of each split, and an index of them as `wids` reads it."""
    facts = release.photo_facts
    return [
        PlannedFile(path(shard), "application/x-tar", shard.files, partial(_entries, facts, shard))
        for shard in release.shards
    ]


def path(shard: PhotoShard) -> str:
    """SPLIT-NUMBER.tar."""
    return f"webdataset/{shard.split}-{shard.number:05d}.tar"


def _entries(facts: PhotoFacts, shard: PhotoShard) -> Iterator[Entry]:
    for file in shard.files:
        yield tar_members.photo(f"{file.image_id}.jpg", file)
        yield tar_members.text(f"{file.image_id}.cls", str(facts.number(file)).encode())
        yield tar_members.text(f"{file.image_id}.json", json_line(facts.of(file)))
    yield tar_members.END


FORMAT = ReleaseFormat(
    name="webdataset",
    title="WebDataset shards",
    rank=3,
    plan=plan,
    use="""import os, requests, webdataset
from imagehub.client import wds  # plain http ends a cut shard in silence

token = os.environ["IMAGEHUB_TOKEN"]
wds.register(token)
base = "{hub}/api/v1/releases/{release}/formats/webdataset"
listed = requests.get(base, headers={"Authorization": f"Bearer {token}"}).json()["files"]
shards = [f"imagehub+{base}/{f['path']}" for f in listed if f["path"].startswith("train-")]
train = webdataset.WebDataset(shards, shardshuffle=len(shards)).shuffle(1000)
train = train.decode("pil").to_tuple("jpg", "cls")""",
)
