"""Networks read from checkpoints say what the graph that wrote the checkpoint said."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from imagehub.errors import Refused
from imagehub.vision import recipes, resnet
from imagehub.vision.network import Colours, Preparation, Scores
from imagehub.vision.pixels import take_pixels
from imagehub.vision.quantise import outputs
from imagehub.vision.recipes import RECIPES, VGG_MEAN
from imagehub.vision.slim_checkpoint import read_slim_resnet
from imagehub.vision.source import SuppliedFile
from tests.slim_resnet import Said, SlimResNet

VGG = Preparation(Colours.RGB, VGG_MEAN)
PUBLISHED = (3, 4, 23, 3)
TOLERANCE = {"atol": 1e-4, "rtol": 1e-3}
"""Float32 sums over a hundred layers in another order."""


def photos(count: int, side: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (count, side, side, 3), np.uint8)


def written(network: SlimResNet, prefix: Path, seen: npt.NDArray[np.uint8]) -> Said:
    return network.save(prefix, seen.astype(np.float32) - np.array(VGG_MEAN, np.float32))


@pytest.mark.parametrize("side", [64, 75, 97])
def test_a_shallow_network_is_the_same_output_for_output(tmp_path: Path, side: int) -> None:
    seen = photos(3, side)
    said = written(SlimResNet((1, 2, 3, 2), 40, width=8), tmp_path / "small.ckpt", seen)
    read = read_slim_resnet(tmp_path / "small.ckpt", classes=40)
    model = take_pixels(resnet.build(read, side, Scores.SIGMOID), VGG, "NCHW")
    ours = outputs(model, list(seen))
    np.testing.assert_allclose(ours.features, said.features, **TOLERANCE)
    np.testing.assert_allclose(ours.probabilities, said.probabilities, **TOLERANCE)
    assert said.probabilities.std() > 0.01
    assert said.features.std(axis=0).max() > 0.01, "the photos must be told apart"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """An archive like the published one: 101 layers, 5,000 classes, and its graph beside it."""
    folder = tmp_path_factory.mktemp("published")
    prefix = folder / "oidv2-resnet_v1_101.ckpt"
    said = written(SlimResNet(PUBLISHED, 5000), prefix, photos(2, 299))
    archive = folder / "oidv2-resnet_v1_101.ckpt.tar.gz"
    with tarfile.open(archive, "w") as tar:
        for part in folder.glob("oidv2-resnet_v1_101.ckpt.*"):
            if part != archive:
                tar.add(part, part.name)
                part.unlink()
    return archive, said


def label_list(path: Path, lines: int = 5000) -> Path:
    mids = [recipes.KNOWN_OUTPUTS.get(output, f"/m/{output:06d}") for output in range(lines)]
    path.write_text("\n".join(mids) + "\n")
    return path


def test_the_published_network_is_the_same_in_all_5000_outputs(
    published: tuple[Path, Said], tmp_path: Path
) -> None:
    archive, said = published
    supplied = SuppliedFile(file=archive, labels=label_list(tmp_path / "classes-trainable.txt"))
    source = RECIPES["openimages-resnet101"].open(supplied, tmp_path, lambda done, total: None)
    assert source.classes is not None
    assert source.classes.scores is Scores.SIGMOID
    ours = outputs(source.model, list(photos(2, 299)))
    assert said.probabilities.shape == (2, 5000)
    assert said.features.shape == (2, 2048)
    np.testing.assert_allclose(ours.features, said.features, **TOLERANCE)
    np.testing.assert_allclose(ours.probabilities, said.probabilities, **TOLERANCE)
    unsure = (said.probabilities > 0.01) & (said.probabilities < 0.99)
    assert unsure.mean() > 0.5, "outputs at 0 and 1 would hide differences"
    assert "1076,/m/01yrx,\n" in str(source.labels)


@pytest.mark.parametrize(
    ("lines", "words"), [(7186, "7,186 lines and the network 5,000 outputs"), (4999, "4,999")]
)
def test_a_label_list_of_another_length_is_refused(tmp_path: Path, lines: int, words: str) -> None:
    archive = tmp_path / "any.tar.gz"
    archive.write_bytes(b"never read")
    supplied = SuppliedFile(file=archive, labels=label_list(tmp_path / "labels.txt", lines))
    with pytest.raises(Refused, match=words):
        RECIPES["openimages-resnet101"].open(supplied, tmp_path, lambda done, total: None)


def test_a_label_list_in_another_order_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "any.tar.gz"
    archive.write_bytes(b"never read")
    labels = label_list(tmp_path / "labels.txt")
    labels.write_text("\n".join(sorted(labels.read_text().splitlines())))
    with pytest.raises(Refused, match="another version"):
        RECIPES["openimages-resnet101"].open(
            SuppliedFile(file=archive, labels=labels), tmp_path, lambda done, total: None
        )


def test_the_list_of_the_later_open_images_is_not_the_networks(
    shared: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "any.tar.gz"
    archive.write_bytes(b"never read")
    supplied = SuppliedFile(file=archive, labels=shared / "openimages" / "classes-trainable.txt")
    with pytest.raises(Refused, match="7,186 lines"):
        RECIPES["openimages-resnet101"].open(supplied, tmp_path, lambda done, total: None)


def test_only_a_checkpoints_files_leave_an_archive(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("net.ckpt.index", "net.ckpt.data-00000-of-00001", "net.ckpt.meta", "run.py"):
        (tmp_path / "in" / name).write_text(name)
    archive = tmp_path / "net.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for path in (tmp_path / "in").iterdir():
            tar.add(path, f"../../{path.name}")
        link = tarfile.TarInfo("other.ckpt.index")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    out = tmp_path / "out"
    out.mkdir()
    assert recipes.unpack_checkpoint(archive, out) == out / "net.ckpt"
    assert sorted(path.name for path in out.iterdir()) == [
        "net.ckpt.data-00000-of-00001",
        "net.ckpt.index",
    ]


def test_what_is_no_checkpoint_of_such_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no checkpoint: gone.ckpt.index and"):
        read_slim_resnet(tmp_path / "gone.ckpt", classes=5)
    written(SlimResNet((1, 1, 1, 1), 6, width=4), tmp_path / "six.ckpt", photos(1, 40))
    with pytest.raises(Refused, match="has 6 classes where 5"):
        read_slim_resnet(tmp_path / "six.ckpt", classes=5)
    (tmp_path / "text.tar.gz").write_text("no archive")
    with pytest.raises(Refused, match="no whole tar archive"):
        recipes.unpack_checkpoint(tmp_path / "text.tar.gz", tmp_path)
