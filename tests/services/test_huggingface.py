"""Hugging Face's own tools read releases from the hub as if it were theirs."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import photos
from tests.factories.photo_releases import Released, release_with_photos
from tests.web_server import Web

LOAD = """
import hashlib, json, sys
from datasets import load_dataset

repo, streaming = sys.argv[1], sys.argv[2] == "streaming"
loaded = load_dataset(repo, revision="v1", streaming=streaming)
names = loaded["train"].features["label"].names
rows = {
    row["image_id"]: [split, names[row["label"]], row["image"].size]
    for split, part in loaded.items() for row in part
}
print(json.dumps(rows))
"""
SNAPSHOT = """
import sys
from huggingface_hub import snapshot_download

print(snapshot_download(sys.argv[1], repo_type="dataset", revision=sys.argv[2]))
"""
LIST_AND_READ = """
import json, sys
import pandas
from huggingface_hub import HfApi, HfFileSystem

names = HfFileSystem().glob(f"datasets/{sys.argv[1]}/data/*.parquet")
frames = [pandas.read_parquet(f"hf://{name}", columns=["image_id", "author"]) for name in names]
ids = sorted(pandas.concat(frames)["image_id"])
asked = ["README.md", "nothing"]
found = HfApi().get_paths_info(sys.argv[1], asked, repo_type="dataset")
sha = HfApi().dataset_info(sys.argv[1]).sha
print(json.dumps([ids, [info.size for info in found], sha]))
"""
WEBDATASET = """
import sys, webdataset
from huggingface_hub import HfFileSystem

names = HfFileSystem().glob(f"datasets/{sys.argv[1]}/*.tar")
urls = [f"hf://{name}" for name in names]
found = webdataset.WebDataset(urls, shardshuffle=False).decode("pil")
found = found.to_tuple("__key__", "jpg", "cls")
print(sum(1 for _ in found))
"""


@pytest.fixture(scope="module")
def release(web: Web) -> Released:
    with web.database.transaction() as cursor:
        return release_with_photos(
            cursor, web.store, [photos.jpeg(seed, 60, 40) for seed in range(900, 924)]
        )


def subset_of(release: Released) -> str:
    return release.id.rpartition("-")[0]


def run(
    web: Web, tmp_path: Path, script: str, *arguments: str, token: str = "hf_of_another_hub"
) -> subprocess.CompletedProcess[str]:
    """Run a script of a user in a process of its own: `HF_ENDPOINT` is read at import."""
    settings = {"HF_ENDPOINT": web.url, "HF_HOME": str(tmp_path), "HF_TOKEN": token}
    settings["IMAGEHUB_TOKEN"] = token
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, **settings, "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("way", ["streaming", "whole"])
def test_datasets_loads_every_photo_with_its_split_and_class(
    web: Web, release: Released, tmp_path: Path, way: str
) -> None:
    rows = json.loads(told(run(web, tmp_path, LOAD, f"hub/{subset_of(release)}", way)))
    assert rows == {file.image_id: [file.split, "Dog", [60, 40]] for file in release.manifest.files}


def test_a_snapshot_holds_the_files_as_the_hub_lists_them(
    web: Web, release: Released, tmp_path: Path
) -> None:
    folder = Path(told(run(web, tmp_path, SNAPSHOT, f"hub/{subset_of(release)}", "main")))
    commit = hashlib.sha256(release.manifest_bytes).hexdigest()[:40]
    assert folder.name == commit
    listed = web.get(f"/api/v1/releases/{release.id}/formats/parquet").json()["files"]
    assert {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    } == {file["path"]: file["sha256"] for file in listed}


def test_pandas_reads_columns_over_the_file_system_of_huggingface_hub(
    web: Web, release: Released, tmp_path: Path
) -> None:
    ids, sizes, commit = json.loads(
        told(run(web, tmp_path, LIST_AND_READ, f"hub/{subset_of(release)}"))
    )
    assert ids == sorted(file.image_id for file in release.manifest.files)
    readme = web.get(f"/api/v1/releases/{release.id}/formats/parquet/README.md")
    assert sizes == [len(readme.content)]
    assert commit == hashlib.sha256(release.manifest_bytes).hexdigest()[:40]


def test_webdataset_reads_shards_by_their_hf_address(
    web: Web, release: Released, tmp_path: Path
) -> None:
    found = told(run(web, tmp_path, WEBDATASET, f"webdataset/{subset_of(release)}"))
    assert int(found) == len(release.manifest.files)


def test_a_large_release_is_for_accounts(web: Web, tmp_path: Path) -> None:
    with web.database.transaction() as cursor:
        large = release_with_photos(
            cursor, web.store, [photos.jpeg(seed, 16, 16) for seed in range(1000, 1060)]
        )
    _, token = web.person()
    repo = f"hub/{subset_of(large)}"
    refused = run(web, tmp_path / "visitor", LOAD, repo, "streaming")
    assert refused.returncode == 1
    assert "gated" in refused.stderr
    rows = json.loads(told(run(web, tmp_path / "member", LOAD, repo, "streaming", token=token)))
    assert len(rows) == 60
    basic = web.get(f"/api/v1/releases/{large.id}/manifest", auth=("anything", token))
    assert basic.status_code == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/datasets/hub/nothing", "RepoNotFound"),
        ("/api/datasets/other/{subset}", "RepoNotFound"),
        ("/api/datasets/hub/{subset}/revision/v9", "RevisionNotFound"),
        ("/api/datasets/hub/{subset}/revision/%27", "RevisionNotFound"),
        ("/api/datasets/hub/{subset}/tree/main/nothing", "EntryNotFound"),
        ("/datasets/hub/{subset}/resolve/main/nothing", "EntryNotFound"),
        ("/datasets/hub/{subset}/resolve/v1/..%2f..%2fmanifest.jsonl", "EntryNotFound"),
    ],
)
def test_what_is_not_there_is_told_as_the_tools_expect_it(
    web: Web, release: Released, path: str, code: str
) -> None:
    answer = web.get(path.format(subset=subset_of(release)))
    assert (answer.status_code, answer.headers.get("X-Error-Code")) == (404, code)


@pytest.mark.parametrize("name", ["parquet", "webdataset"])
def test_the_lines_on_the_releases_page_run_as_they_are(
    web: Web, release: Released, tmp_path: Path, name: str
) -> None:
    """The first sample comes; `print` is all that is added."""
    _, token = web.person()
    page = web.get(f"/releases/{release.id}").text
    found = re.search(rf'id="use-{name}"><code>(.*?)</code>', page, re.S)
    assert found
    shown = run(web, tmp_path, f"{html.unescape(found[1])}\nprint(next(iter(train)))", token=token)
    assert "JpegImageFile" in told(shown) or "PIL" in told(shown)
