"""Benchmarks that start nothing, run whole at a toy size."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks import bench_quantisation, bench_reviews
from tests.benchmarks.__main__ import benchmarks
from tests.benchmarks.curation import thresholds
from tests.benchmarks.toy_figures import require_written
from tests.factories.sample import small_sample

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
