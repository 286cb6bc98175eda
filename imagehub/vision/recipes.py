"""Published networks that the hub can prepare: where each is fetched and how it is read."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imagehub.errors import Refused
from imagehub.vision import class_map
from imagehub.vision.card import Classes, Features
from imagehub.vision.fetch import Tell, fetch, require
from imagehub.vision.label_list import read_list, require_places
from imagehub.vision.network import Colours, Preparation, Scores
from imagehub.vision.prepared import sha256_of
from imagehub.vision.source import Checksum, NetworkSource, Origin, SuppliedFile

VGG_MEAN = (123.68, 116.78, 103.94)
KERAS_MEAN = (103.939, 116.779, 123.68)
MOST_CHECKPOINT_BYTES = 2 << 30

KNOWN_OUTPUTS = {36: "/m/012c9l", 708: "/m/01l7qd", 1076: "/m/01yrx", 1495: "/m/02cqfm",
    2036: "/m/0307l", 2847: "/m/04rky", 3272: "/m/068hy", 3574: "/m/07k6w8", 4755: "/m/0jbk",
    4799: "/m/0k0pj"}  # fmt: skip
"""Outputs that the publishers name in the example of tools/classify_oidv2.py: a cat's photo.

The list of the dataset's next version has 7,186 lines and the same name.
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A published network; `checksum` is None where the publishers give none."""

    name: str
    source: str
    licence: str
    url: str
    checksum: Checksum | None
    read: Callable[[Recipe, Path, SuppliedFile, Tell], NetworkSource]
    labels_url: str | None = None

    def open(self, supplied: SuppliedFile, downloads: Path, tell: Tell) -> NetworkSource:
        """Fetch the network if no file is given, check it and read it."""
        checksum = Checksum("sha256", supplied.sha256.lower()) if supplied.sha256 else self.checksum
        file = supplied.file
        if file is None:
            file = downloads / self.url.rpartition("/")[2]
            fetch(self.url, file, checksum, tell)
        elif not file.is_file():
            raise Refused("no_file", f"{file} is no file.")
        else:
            require(file, checksum)
        return self.read(self, file, supplied, tell)

    def origin(self, file: Path, supplied: SuppliedFile) -> Origin:
        """Where the network came from this time."""
        origin_text = file.name if supplied.file else self.url
        return Origin(self.name, self.source, self.licence, origin_text, sha256_of(file))


def _read_open_images(
    recipe: Recipe, file: Path, supplied: SuppliedFile, tell: Tell
) -> NetworkSource:
    from imagehub.vision import pixels, resnet, slim_checkpoint

    labels_file = supplied.labels or file.with_name("oidv2-classes-trainable.txt")
    if supplied.labels is None:
        fetch(str(recipe.labels_url), labels_file, None, tell)
    labels = read_list(labels_file, outputs=5000)
    require_places(labels, KNOWN_OUTPUTS, labels_file)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        prefix = unpack_checkpoint(file, Path(folder))
        network = slim_checkpoint.read_slim_resnet(prefix, classes=5000)
    side, preparation = 299, Preparation(Colours.RGB, VGG_MEAN)
    model = resnet.build(network, side, Scores.SIGMOID)
    return NetworkSource(
        origin=recipe.origin(file, supplied),
        model=pixels.take_pixels(model, preparation, "NCHW"),
        side_pixels=side,
        preparation=preparation,
        features=Features(layer="pool5", count=network.weights.shape[1]),
        classes=Classes(layer="multi_predictions", count=5000, scores=Scores.SIGMOID),
        labels=class_map.table_of(labels),
        limits=(
            "The publishers crop the middle of a photo; the hub shows it whole, squeezed to a"
            " square.",
            "Classes without enough training photos are weak; probabilities are not calibrated.",
        ),
    )


def _read_resnet50(
    recipe: Recipe, file: Path, supplied: SuppliedFile, _tell: Tell
) -> NetworkSource:
    from imagehub.vision import keras_weights, pixels, resnet

    side, preparation = 224, Preparation(Colours.BGR, KERAS_MEAN)
    network = keras_weights.read_resnet50(file)
    model = resnet.build(network, side, Scores.SOFTMAX)
    return NetworkSource(
        origin=recipe.origin(file, supplied),
        model=pixels.take_pixels(model, preparation, "NCHW"),
        side_pixels=side,
        preparation=preparation,
        features=Features(layer="avg_pool", count=network.weights.shape[1]),
        classes=Classes(layer="predictions", count=1000, scores=Scores.SOFTMAX),
        labels=class_map.without_background(class_map.read("imagenet.csv")),
        limits=("It names ImageNet's 1,000 classes, one a photo, and nothing else.",),
    )


def unpack_checkpoint(archive: Path, folder: Path) -> Path:
    """Take the index and the data out of a tar, nothing else; return the checkpoint's prefix."""
    prefixes = set()
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar:
                name = Path(member.name).name
                prefix, kind, _ = name.rpartition(".index" if name.endswith("x") else ".data-")
                if not kind or not member.isreg() or member.size > MOST_CHECKPOINT_BYTES:
                    continue
                member.name = name
                tar.extract(member, folder, filter="data")
                prefixes.add(prefix)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Refused(
            "not_a_checkpoint",
            f"{archive} is no whole tar archive. Take it away and fetch it again.",
        ) from error
    if len(prefixes) != 1:
        raise Refused("not_a_checkpoint", f"{archive} must hold exactly one checkpoint.")
    return folder / prefixes.pop()


_OPEN_IMAGES = "https://storage.googleapis.com/openimages/2017_07"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/resnet"

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="openimages-resnet101",
            source="ResNet-v1-101 trained on Open Images V2: 5,000 classes, each for itself",
            licence="published with Open Images by Google LLC; the file itself names no licence",
            url=f"{_OPEN_IMAGES}/oidv2-resnet_v1_101.ckpt.tar.gz",
            checksum=None,
            read=_read_open_images,
            labels_url=f"{_OPEN_IMAGES}/classes-trainable.txt",
        ),
        Recipe(
            name="resnet50",
            source="ResNet-50 of Keras Applications, trained on ImageNet (He et al. 2015)",
            licence="MIT (weights of He et al.); ImageNet's photos are for research",
            url=f"{_KERAS}/resnet50_weights_tf_dim_ordering_tf_kernels.h5",
            checksum=Checksum("md5", "2cb95161c43110f7111970584f804107"),
            read=_read_resnet50,
        ),
    )
}
"""By name, the best first."""
