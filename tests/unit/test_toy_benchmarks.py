"""Benchmarks that start nothing, run whole at a toy size."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagehub.settings import Settings
from imagehub.vision.registry import choose
from tests import photos
from tests.benchmarks import bench_quantisation, bench_reviews, bench_starter
from tests.benchmarks.__main__ import benchmarks
from tests.benchmarks.curation import thresholds
from tests.benchmarks.toy_figures import require_written
from tests.factories.sample import small_sample
from training.starter.packed import CLASSES_FILE

TESTS = Path(__file__).parents[1]
PLOYS = ("push", "flip", "lie", "parrot")


@pytest.fixture(autouse=True)
def _figures_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_benchmark_is_run_at_a_toy_size() -> None:
    runs = "".join(file.read_text("utf-8") for file in TESTS.glob("*/test_toy_benchmarks.py"))
    assert benchmarks()
    assert [name for name in benchmarks() if f"bench_{name}.TOY" not in runs] == []


def test_the_reviews_benchmark_writes_its_figures() -> None:
    bench_reviews.run(bench_reviews.TOY)
    require_written(
        "reviews",
        [
            "consensus_accuracy",
            "reviews_per_photo",
            "answers_per_photo_with_gold",
            "undecided_share",
            "wrong_target_share",
            *(f"consensus_accuracy_{ploy}" for ploy in PLOYS),
            "without_priors_accuracy",
            "without_priors_reviews_per_claim",
            "without_priors_answers_per_claim",
            "without_priors_undecided_share",
            "without_priors_wrong_target_share",
        ],
    )


def test_the_quantisation_benchmark_writes_its_figures() -> None:
    bench_quantisation.run(bench_quantisation.TOY)
    require_written("quantisation", QUANTISATION)


QUANTISATION = (
    "int8_to_fp32",
    "int8_to_fp32_lower_quartile",
    "int8_to_fp32_upper_quartile",
    "int8_images_per_second",
    "fp32_images_per_second",
    "neighbour_overlap_of_random_weights",
)
STARTER = ("size_bytes", "neighbour_overlap_int8", "top1_agreement_int8", "ms_per_image")


def test_the_starter_benchmark_writes_size_and_time_without_a_crowd() -> None:
    bench_starter.run(bench_starter.TOY)
    require_written("starter", STARTER)


def test_the_starter_benchmark_also_writes_how_right_it_is_on_photos(tmp_path: Path) -> None:
    small_sample(tmp_path / "crowd", 20)
    _pack(tmp_path / "packed")
    other = choose(Settings(models=tmp_path)).embedding
    bench_starter.run(bench_starter.TOY, tmp_path / "crowd", tmp_path / "packed", other)
    require_written(
        "starter",
        [
            *STARTER,
            "crowd_photos",
            "linear_probe_accuracy",
            "mobilenet_probe_accuracy",
            "own_top1",
            "mobilenet_ms_per_image",
        ],
    )


def test_the_ranges_behind_the_checks_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = {name: thresholds.TREATMENTS[name] for name in ("good", "small, blurred by 1/30")}
    monkeypatch.setattr(thresholds, "TREATMENTS", some)
    small_sample(tmp_path / "crowd", 6)
    arguments = ["--crowd", str(tmp_path / "crowd"), "--half", "first"]
    result = CliRunner().invoke(thresholds.main, arguments)
    assert result.exit_code == 0, result.output
    assert set(some) == set(re.findall(r"^(.*): [1-9]\d* photos; findings: ", result.output, re.M))


def _pack(folder: Path) -> None:
    """Two packed photos of the first class."""
    folder.mkdir()
    (folder / CLASSES_FILE).write_text("wnid\nn01443537\n", encoding="utf-8")
    with tarfile.open(folder / "toy-val-0.tar", "w") as tar:
        for number in range(2):
            photo = photos.jpeg(number, 64, 64)
            entry = tarfile.TarInfo(f"n01443537/{number}.JPEG")
            entry.size = len(photo)
            tar.addfile(entry, io.BytesIO(photo))
