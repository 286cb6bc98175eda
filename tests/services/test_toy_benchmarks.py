"""Benchmarks of the web and the catalogue, run whole at a toy size."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.figures import add_figures
from tests.benchmarks import (
    bench_archives,
    bench_hold,
    bench_import,
    bench_row_security,
    bench_scale,
    bench_uploads,
    scale_pages,
)
from tests.benchmarks.toy_figures import require_written
from tests.servers.kafka import Kafka

READINGS = ("nothing", "20_receipts", "uploads_of_an_image")
PHOTOS = ("200kB", "3MB", "200kB_kafka", "3MB_kafka")


@pytest.fixture(autouse=True)
def _figures_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_uploads_benchmark_writes_its_figures(catalogue_url: str, kafka_server: Kafka) -> None:
    bench_uploads.run(bench_uploads.TOY, catalogue_url, kafka_server.url)
    require_written(
        "uploads",
        [
            figure
            for photo in PHOTOS
            for figure in (
                f"uploads_per_second_{photo}",
                f"null_sink_per_second_{photo}",
                f"durable_sink_per_second_{photo}",
                f"uploads_to_null_sink_{photo}",
                f"uploads_to_null_sink_{photo}_lowest",
                f"uploads_to_null_sink_{photo}_highest",
                f"uploads_to_durable_sink_{photo}",
            )
        ],
    )


def test_the_row_security_benchmark_writes_its_figures(catalogue_url: str) -> None:
    bench_row_security.run(bench_row_security.TOY, catalogue_url)
    require_written(
        "row_security",
        [f"{reading}_{figure}" for reading in READINGS for figure in ("ms", "with_to_without")],
    )


def test_the_archives_benchmark_writes_its_figures(catalogue_url: str) -> None:
    figures = bench_archives.run(bench_archives.TOY, catalogue_url)
    assert figures["import_to_bound"] > 0
    require_written("archives", list(figures))


def test_the_import_benchmark_adds_its_figures_to_those_of_scale(catalogue_url: str) -> None:
    add_figures("scale", photos=1)
    figures = bench_import.run(bench_import.TOY, 4, catalogue_url)
    assert figures["import_rows_per_second"] > 0
    require_written("scale", ["photos", *figures])


def test_the_scale_benchmark_writes_its_figures(catalogue_url: str) -> None:
    bench_scale.run(bench_scale.TOY, 2, catalogue_url)
    require_written(
        "scale",
        [
            *("photos", "bytes_per_photo", "worst_page_ratio", "label_page_ratio"),
            *("deep_page_ratio", "polls_ms", "publish_100_seconds"),
            *(
                f"{page}_{kind}_{figure}_ms"
                for page in scale_pages.PAGES
                for kind in ("page", "yardstick")
                for figure in ("p50", "p95")
            ),
        ],
    )


def test_the_hold_benchmark_writes_its_figures_beside_those_of_others(catalogue_url: str) -> None:
    add_figures("hold", kills=3)
    bench_hold.run(bench_hold.TOY, catalogue_url)
    require_written(
        "hold",
        [
            "kills",
            "healthz_p95_ms",
            "page_p95_ms_under_attack",
            "upload_p95_ms_under_attack",
            "failed_under_attack",
            "web_mb_under_attack",
        ],
    )
