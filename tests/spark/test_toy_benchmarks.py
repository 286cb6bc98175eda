"""Benchmarks of the jobs, run whole at a toy size on the suite's Postgres and Spark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from deploy.local.postgres import Postgres
from imagehub.settings import Settings
from tests.benchmarks import bench_growth, bench_quantisation, bench_verify
from tests.benchmarks.curation import __main__ as curation
from tests.benchmarks.curation.__main__ import Bench
from tests.benchmarks.curation.hub import Machine
from tests.benchmarks.parts import copied_catalogue
from tests.benchmarks.toy_figures import require_written
from tests.benchmarks.verify_hub import NO_MODELS, Hub, OpenHub, filled, settings_of
from tests.factories.sample import small_sample

SPOILED = ("blurred", "dark", "bright", "tiny")
SPREAD = (
    "job_to_bound",
    "job_to_processes",
    "job_images_per_second",
    "processes_images_per_second",
    "bound_images_per_second",
    "cores_used_share",
)


@pytest.fixture(autouse=True)
def _figures_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def open_hub(postgres_server: Postgres, spark: SparkSession, tmp_path: Path) -> OpenHub:
    """Hubs one after the other, each in a catalogue of its own."""

    @contextmanager
    def opened(images: int, cores: int, models: Path) -> Iterator[Hub]:
        with copied_catalogue(postgres_server.url) as url:
            settings = settings_of(tmp_path, url, cores, models)
            with filled(settings, spark, images) as hub:
                yield hub

    return opened


def test_the_verify_benchmark_and_its_parts_write_their_figures(open_hub: OpenHub) -> None:
    bench_verify.run(bench_verify.TOY, open_hub, NO_MODELS)
    first, middle, last = bench_growth.TOY.images
    costs = [f"cost_per_image_{middle}_to_{first}", f"cost_per_image_{last}_to_{first}"]
    require_written(
        "growth",
        [
            *costs,
            *(f"cpu_seconds_per_image_{size}" for size in (first, middle, last)),
            *(f"seconds_per_image_{size}" for size in (first, middle, last)),
            "memory_slope_bytes_per_image",
            "driver_slope_bytes_per_image",
            "workers_slope_bytes_per_image",
            "memory_bytes_at_the_end",
            "labels",
            "images_in_a_run",
            "cores",
        ],
    )
    quantisation = (
        "int8_to_fp32",
        "int8_to_fp32_lower_quartile",
        "int8_to_fp32_upper_quartile",
        "int8_images_per_second",
        "fp32_images_per_second",
        "neighbour_overlap_of_random_weights",
    )
    assert bench_verify.TOY.quantisation == bench_quantisation.TOY
    require_written("quantisation", quantisation)
    require_written(
        "verify_speed",
        [
            *costs,
            *quantisation,
            *SPREAD,
            *(f"{name}_spread_share" for name in SPREAD),
            "job_to_bound_by_cpu",
            "decode_milliseconds",
            "forward_milliseconds",
            "job_driver_cpu_milliseconds",
            "job_workers_cpu_milliseconds",
            "job_jvm_cpu_milliseconds",
            "job_postgres_cpu_milliseconds",
            "memory_slope_bytes_per_image",
            "memory_first_bytes",
            "memory_last_bytes",
            "look_cost_at_end_to_beginning",
            "images",
            "rounds",
            "cores",
            "grown_images",
            "grown_with_real_networks",
            "has_real_photos",
            "has_real_networks",
        ],
    )


DUPLICATES = (
    "duplicate_precision",
    "duplicate_recall",
    "near_duplicate_precision",
    "near_duplicate_recall",
)


def test_the_curation_benchmark_writes_its_figures(
    postgres_server: Postgres, spark: SparkSession, tmp_path: Path
) -> None:
    small_sample(tmp_path / "crowd", 24)
    settings = Settings(
        data=tmp_path, catalogue_url=postgres_server.url, models=NO_MODELS, spark_master="local[2]"
    )
    bench = Bench(Machine(tmp_path, settings, spark), curation.TOY, with_peers=False)
    curation.run(bench, [tmp_path / "crowd"], 0, with_colluders=True)
    names = [
        "wrong_label_f1",
        "wrong_label_precision",
        "wrong_label_recall",
        "wrong_label_ap",
        "wrong_label_f1_with_copies",
        "wrong_label_ap_with_copies",
        "good_verified_share",
        "good_rejected_share",
        *DUPLICATES,
        *(f"{name}_by_truth_csv" for name in DUPLICATES),
        *(f"{kind}_f1" for kind in SPOILED),
        *(f"{kind}_false_alarms" for kind in SPOILED),
        "spoiled_verified_share",
        "refused_share",
        "calibration_error",
        "calibration_worst_bin",
        "verified_wrong_share",
        "colluders_wrong_share",
        "colluders_permutation_100_wrong_share",
        "colluders_permutation_100_claimed_wrong_share",
    ]
    of_crowd = [f"crowd_{name}" for name in (*names, "network")]
    require_written("curation", [*names, "network", *of_crowd])
