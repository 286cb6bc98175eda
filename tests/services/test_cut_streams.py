"""Streams whose connection is cut many times give every photo once, or a loud error."""

from __future__ import annotations

from collections.abc import Iterator

import datasets
import pytest
import webdataset

from imagehub.client import wds
from tests import photos
from tests.factories.photo_releases import Released, release_of_classes
from tests.services.cutting_proxy import CuttingProxy, cutting_proxy
from tests.web_server import Web

CUTS = 20


@pytest.fixture(scope="module")
def release(web: Web) -> Released:
    with web.database.transaction() as cursor:
        drawn = [photos.jpeg(seed, 320, 240) for seed in range(48)]
        return release_of_classes(cursor, web.store, drawn)


@pytest.fixture
def proxy(web: Web) -> Iterator[CuttingProxy]:
    with cutting_proxy(web.settings.web_port, after_bytes=16_000) as found:
        yield found


def train_shard(web: Web, release: Released, proxy: CuttingProxy) -> tuple[str, set[str]]:
    base = f"/api/v1/releases/{release.id}/formats/webdataset"
    [path] = [
        file["path"] for file in web.get(base).json()["files"] if file["path"].startswith("train-")
    ]
    ids = {file.image_id for file in release.manifest.files if file.split == "train"}
    return f"imagehub+http://127.0.0.1:{proxy.port}{base}/{path}", ids


def test_webdataset_reads_a_shard_that_is_cut_twenty_times(
    web: Web, release: Released, proxy: CuttingProxy
) -> None:
    shard, ids = train_shard(web, release, proxy)
    wds.register(web.person()[1])
    proxy.cuts = CUTS
    found = [sample["__key__"] for sample in webdataset.WebDataset([shard], shardshuffle=False)]
    assert proxy.made == CUTS
    assert sorted(found) == sorted(ids)


def test_webdataset_says_so_when_a_shard_does_not_come(
    web: Web, release: Released, proxy: CuttingProxy
) -> None:
    shard, _ = train_shard(web, release, proxy)
    wds.register(web.person()[1])
    proxy.cuts, proxy.after_bytes = 1000, 1
    with pytest.raises(OSError, match="cut at byte"):
        list(webdataset.WebDataset([shard], shardshuffle=False))


def test_datasets_streams_parquet_that_is_cut_twenty_times(
    web: Web, release: Released, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets.config, "STREAMING_READ_RETRY_INTERVAL", 0)
    base = f"/api/v1/releases/{release.id}/formats/parquet"
    paths = [file["path"] for file in web.get(base).json()["files"]]
    [path] = [path for path in paths if path.startswith("data/train-")]
    proxy.cuts = CUTS
    rows = datasets.load_dataset(
        "parquet",
        data_files={"train": [f"http://127.0.0.1:{proxy.port}{base}/{path}"]},
        split="train",
        streaming=True,
        storage_options={"headers": {"Authorization": f"Bearer {web.person()[1]}"}},
    )
    found = []
    try:
        found += [row["image_id"] for row in rows]
    except (OSError, RuntimeError, ValueError):
        return  # it was said
    ids = {file.image_id for file in release.manifest.files if file.split == "train"}
    assert sorted(found) == sorted(ids)
