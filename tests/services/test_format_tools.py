"""Each format is read by its own tool, over HTTP, and every photo is as the manifest has it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import mlcroissant
import pandas as pd
import pyarrow.parquet as pq
import pytest
import webdataset
from etils.epath import Path as EPath
from PIL import Image
from pycocotools.coco import COCO

from imagehub.photo_facts import PhotoFacts
from tests import photos
from tests.factories.photo_releases import Released, release_of_classes
from tests.web_server import Web

Seen = tuple[str, str, str, tuple[str, ...], str]
"""Id, split, class, all labels, and a digest of the pixels."""


@pytest.fixture(scope="module")
def release(web: Web) -> Released:
    with web.database.transaction() as cursor:
        return release_of_classes(
            cursor, web.store, [photos.jpeg(seed, 96, 64) for seed in range(40)]
        )


@pytest.fixture(scope="module")
def files(web: Web, release: Released) -> Callable[[str], dict[str, str]]:
    """Path -> address of the files of a format."""

    def listed(name: str) -> dict[str, str]:
        base = f"/api/v1/releases/{release.id}/formats/{name}"
        return {f["path"]: f"{web.url}{base}/{f['path']}" for f in web.get(base).json()["files"]}

    return listed


@pytest.fixture(scope="module")
def bearer(web: Web) -> dict[str, str]:
    _, token = web.person()
    return {"Authorization": f"Bearer {token}"}


def pixels(image: Image.Image) -> str:
    return hashlib.sha256(image.convert("RGB").tobytes()).hexdigest()


def expected(release: Released) -> set[Seen]:
    facts = PhotoFacts(release.manifest)
    return {
        (
            *(file.image_id, file.split, facts.names[facts.number(file)]),
            *(
                tuple(label.mid for label in file.labels),
                pixels(Image.open(io.BytesIO(release.photos[file.path]))),
            ),
        )
        for file in release.manifest.files
    }


@pytest.mark.parametrize("streaming", [False, True])
def test_datasets_reads_parquet_by_address(
    release: Released,
    files: Callable[[str], dict[str, str]],
    bearer: dict[str, str],
    tmp_path: Path,
    streaming: bool,
) -> None:
    shards = {path: url for path, url in files("parquet").items() if path.startswith("data/")}
    loaded = datasets.load_dataset(
        "parquet",
        data_files={
            split: [url for path, url in shards.items() if path.startswith(f"data/{split}-")]
            for split in ("train", "test")
        },
        storage_options={"headers": bearer},
        streaming=streaming,
        cache_dir=str(tmp_path),
    )
    assert set(seen_by_datasets(loaded)) == expected(release)


def seen_by_datasets(loaded: Any) -> Iterator[Seen]:
    for split, rows in loaded.items():
        name = rows.features["label"].int2str
        for row in rows:
            labels, digest = tuple(row["labels"]), pixels(row["image"])
            yield row["image_id"], split, name(row["label"]), labels, digest


def test_datasets_reads_the_folders_of_the_zip(
    web: Web, release: Released, bearer: dict[str, str], tmp_path: Path
) -> None:
    unpacked = unpacked_zip(web, release, bearer, tmp_path)
    loaded = datasets.load_dataset(
        "imagefolder", data_dir=str(unpacked), cache_dir=str(tmp_path / "cache")
    )
    found = {
        (row["image_id"], split, row["label_name"], tuple(row["labels"]), pixels(row["image"]))
        for split, rows in loaded.items()
        for row in rows
    }
    assert found == expected(release)


def test_folders_sorted_by_name_are_the_classes_in_order(
    web: Web, release: Released, bearer: dict[str, str], tmp_path: Path
) -> None:
    """As torchvision's ImageFolder and Keras number them."""
    unpacked = unpacked_zip(web, release, bearer, tmp_path)
    names = (unpacked / "classes.txt").read_text().splitlines()
    for split in ("train", "test"):
        folders = sorted(entry.name for entry in (unpacked / split).iterdir() if entry.is_dir())
        for line in (unpacked / split / "metadata.jsonl").read_text().splitlines():
            row = json.loads(line)
            number = folders.index(row["file_name"].partition("/")[0])
            assert (number, names[number]) == (row["label"], row["label_name"])


def unpacked_zip(web: Web, release: Released, bearer: dict[str, str], folder: Path) -> Path:
    answer = web.get(f"/api/v1/releases/{release.id}/download", headers=bearer)
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder / "unpacked")
    return folder / "unpacked"


def test_webdataset_reads_its_shards(
    release: Released, files: Callable[[str], dict[str, str]], bearer: dict[str, str]
) -> None:
    header = f"Authorization: {bearer['Authorization']}"
    shards = [f"pipe:curl -sf -H '{header}' {url}" for url in files("webdataset").values()]
    names = PhotoFacts(release.manifest).names
    found = {
        (
            *(sample["__key__"], sample["json"]["split"], names[sample["cls"]]),
            *(tuple(sample["json"]["labels"]), pixels(sample["jpg"])),
        )
        for sample in webdataset.WebDataset(shards, shardshuffle=False).decode("pil")
    }
    assert found == expected(release)


def test_pyarrow_and_pandas_read_the_labels_without_the_photos(
    web: Web, release: Released, files: Callable[[str], dict[str, str]], bearer: dict[str, str]
) -> None:
    columns = ["image_id", "label", "labels"]
    by_pandas, by_pyarrow = [], []
    for path, url in files("parquet").items():
        if path.startswith("data/"):
            read = partial(pd.read_parquet, columns=columns, storage_options=bearer)
            by_pandas += [tuple(map(str, row)) for row in read(url)[columns[:2]].to_numpy()]
            data = web.get(url.removeprefix(web.url), headers=bearer).content
            rows = pq.read_table(io.BytesIO(data), columns=columns).to_pylist()
            by_pyarrow += [(row["image_id"], str(row["label"])) for row in rows]
    facts = PhotoFacts(release.manifest)
    truth = {(file.image_id, str(facts.number(file))) for file in release.manifest.files}
    assert set(by_pandas) == set(by_pyarrow) == truth


def fetched(
    web: Web, files: dict[str, str], bearer: dict[str, str], folder: Path, begin: str = ""
) -> Path:
    """The files of a format in a folder, as a person fetches them."""
    for path, url in files.items():
        if path.startswith(begin):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            answer = web.get(url.removeprefix(web.url), headers=bearer)
            (folder / path).write_bytes(answer.content)
    return folder


def test_tfds_opens_the_folder_of_tfrecords(
    web: Web,
    release: Released,
    files: Callable[[str], dict[str, str]],
    bearer: dict[str, str],
    tmp_path: Path,
) -> None:
    import tensorflow_datasets as tfds  # imports TensorFlow, which takes seconds

    builder = tfds.builder_from_directory(fetched(web, files("tfrecord"), bearer, tmp_path))
    decoders = {"image/encoded": tfds.decode.SkipDecoding()}
    names = builder.info.features["image/class/label"].names
    by_id = {file.image_id: file for file in release.manifest.files}
    found = set()
    for split in builder.info.splits:
        for row in tfds.as_numpy(builder.as_dataset(split=split, decoders=decoders)):
            file = by_id[row["image/id"].decode()]
            assert row["image/class/text"].decode() == names[row["image/class/label"]]
            assert row["image/confidences"].tolist() == pytest.approx(
                [label.confidence for label in file.labels]
            )
            assert row["image/author"].decode() == file.contributor
            labels = tuple(mid.decode() for mid in row["image/labels"])
            image = Image.open(io.BytesIO(row["image/encoded"]))
            found.add(
                (file.image_id, split, names[row["image/class/label"]], labels, pixels(image))
            )
    assert found == expected(release)
    assert len(builder.as_dataset(split="train", as_supervised=True).element_spec) == 2


def test_pycocotools_opens_the_coco_zip(
    web: Web, release: Released, bearer: dict[str, str], tmp_path: Path
) -> None:
    answer = web.get(f"/api/v1/releases/{release.id}/download?format=coco", headers=bearer)
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    facts, found = PhotoFacts(release.manifest), set()
    for split in ("train", "test"):
        coco = COCO(tmp_path / "annotations" / f"instances_{split}.json")
        assert [licence["url"] for licence in coco.dataset["licenses"]] == [
            "https://creativecommons.org/licenses/by/4.0/"
        ]
        for image in coco.loadImgs(coco.getImgIds()):
            photo = Image.open(tmp_path / split / image["file_name"])
            boxes = coco.loadAnns(coco.getAnnIds(image["id"]))
            assert all(box["bbox"] == [0, 0, image["width"], image["height"]] for box in boxes)
            kinds = coco.loadCats([box["category_id"] for box in boxes])
            assert [kind["id"] for kind in kinds] == [
                7 + facts.numbers[kind["mid"]] for kind in kinds
            ]
            labels = tuple(kind["mid"] for kind in kinds)
            image_id = image["file_name"].removesuffix(".jpg")
            found.add((image_id, split, kinds[0]["name"], labels, pixels(photo)))
    assert found == expected(release)


def test_mlcroissant_loads_the_records(
    web: Web,
    release: Released,
    bearer: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mlcroissant._src.core.constants.DOWNLOAD_PATH", EPath(tmp_path))
    monkeypatch.setenv("CROISSANT_BASIC_AUTH_USERNAME", "anybody")
    monkeypatch.setenv("CROISSANT_BASIC_AUTH_PASSWORD", bearer["Authorization"].split()[1])
    address = f"{web.url}/api/v1/releases/{release.id}/croissant.json"
    described = mlcroissant.Dataset(jsonld=address)
    assert not described.metadata.issues.report()
    classes = described.records("classes")
    names = {row["classes/number"]: plain(row["classes/name"]) for row in classes}
    found = set()
    for record_set in described.metadata.record_sets:
        if record_set.id == "classes":
            continue
        for row in described.records(record_set.id):
            field = {name.rpartition("/")[2]: value for name, value in row.items()}
            labels = tuple(plain(mid) for mid in field["labels"])
            split, name = record_set.id.partition("-")[0], names[field["label"]]
            found.add((plain(field["image_id"]), split, name, labels, pixels(field["image"])))
    assert found == expected(release)


def plain(text: bytes | str) -> str:
    return text.decode() if isinstance(text, bytes) else text
