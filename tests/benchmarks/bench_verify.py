"""Verify beside its limits, in one run: `python -m tests.benchmarks.bench_verify`.

Three ways take the same photos in turn, A-B-C-C-B-A: the look stage of the Spark job (read,
decode, check, embed, project, write to Postgres), the same look function in one bare process a
core, and the bound: only decoding, the one resize and the networks, in all processes at once, by
their CPU time a photo. Each round gives its own ratios; medians and spreads are told. Workers,
page cache and processes are warm. Then the job looks at 20,000 images in one run, with the network
that is made in code: memory of its workers by image, and CPU time a photo at the end beside the
beginning. The figures of int8 beside fp32 and of the whole job on a growing hub are added.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deploy.figures import write_figures
from imagehub.vision.registry import choose
from tests.benchmarks import bench_growth, bench_quantisation
from tests.benchmarks.process_costs import PARTS, Cost, costing, workers_bytes
from tests.benchmarks.verify_hub import Hub, has_real_photos, verify_hub
from tests.benchmarks.verify_ways import (
    Bound,
    Processes,
    bare_processes,
    forget_looks,
    look_in_spark,
)

CORES = len(os.sched_getaffinity(0))
IMAGES = 1_024
ROUNDS = 4
GROWN_IMAGES = 20_000
WARM_UP_SHARE = 0.25
NO_MODELS = Path("no-models")
"""The long run takes the small network made in code: a third of the time, and each part of the job
that could keep memory by image is the same."""
WARMING_IMAGES = 16 * CORES


@dataclass(frozen=True)
class Round:
    """What the three ways took in one round."""

    job: Cost
    processes: Cost
    bound: Bound

    @property
    def bound_seconds(self) -> float:
        """CPU seconds of one photo that nobody can do without."""
        return self.bound.decode_seconds + self.bound.forward_seconds


def main() -> dict[str, float]:
    """Measure, write the figures and return them."""
    figures = measure() | bench_quantisation.measure()
    growth = bench_growth.main()
    figures |= {name: value for name, value in growth.items() if name.startswith("cost_per_image")}
    write_figures("verify_speed", **figures)
    return figures


def measure(
    images: int = IMAGES, rounds: int = ROUNDS, grown_images: int = GROWN_IMAGES
) -> dict[str, float]:
    """Measure the look stage, in rounds on some images and then once on very many."""
    with verify_hub(images, CORES) as hub:
        figures = _ratios(_rounds(hub, images, rounds), images)
        networks = choose(hub.settings)
    with verify_hub(grown_images, CORES, NO_MODELS) as hub:
        figures |= _growth(hub, grown_images)
    figures |= {
        "images": images,
        "rounds": rounds,
        "cores": CORES,
        "grown_images": grown_images,
        "grown_with_real_networks": 0.0,
        "has_real_photos": float(has_real_photos()),
        "has_real_networks": float(networks.classes is not None),
    }
    return figures


def _rounds(hub: Hub, images: int, rounds: int) -> list[Round]:
    some = hub.images[:images]
    found = []
    with bare_processes(hub, some, CORES) as processes:
        for number in range(rounds + 1):  # the first one warms up
            one = _round(hub, images, processes, backwards=number % 2 == 1)
            if number:
                found.append(one)
    return found


def _round(hub: Hub, images: int, processes: Processes, *, backwards: bool) -> Round:
    costs: dict[str, Cost] = {}
    bounds: list[Bound] = []

    def job() -> None:
        # Spark ends workers that were idle for a minute; new ones load the networks here.
        assert sum(look_in_spark(hub, hub.images[:WARMING_IMAGES])) == WARMING_IMAGES
        forget_looks(hub)
        with costing() as costs["job"]:
            assert sum(look_in_spark(hub, hub.images[:images])) == images

    def bare() -> None:
        with costing() as costs["processes"]:
            processes.look()

    ways: list[Callable[[], None]] = [job, bare, lambda: bounds.append(processes.bound())]
    for way in reversed(ways) if backwards else ways:
        way()
    return Round(costs["job"], costs["processes"], bounds[0])


def _ratios(rounds: list[Round], images: int) -> dict[str, float]:
    job = [images / one.job.wall_seconds for one in rounds]
    bare = [images / one.processes.wall_seconds for one in rounds]
    bound = [CORES / one.bound_seconds for one in rounds]
    spent: Counter[str] = sum((one.job.cpu_seconds for one in rounds), Counter())
    photos = images * len(rounds)
    figures = (
        _spread("job_to_bound", [ours / best for ours, best in zip(job, bound, strict=True)])
        | _spread("job_to_processes", [ours / best for ours, best in zip(job, bare, strict=True)])
        | _spread("job_images_per_second", job)
        | _spread("processes_images_per_second", bare)
        | _spread("bound_images_per_second", bound)
        | _spread("cores_used_share", [one.job.cores_used_share(CORES) for one in rounds])
    )
    # Without the clock: what other programs of a busy machine take away is not in this one.
    bound_seconds = statistics.fmean(one.bound_seconds for one in rounds)
    figures["job_to_bound_by_cpu"] = round(bound_seconds * photos / spent.total(), 3)
    figures["decode_milliseconds"] = _median_milliseconds(
        [one.bound.decode_seconds for one in rounds]
    )
    figures["forward_milliseconds"] = _median_milliseconds(
        [one.bound.forward_seconds for one in rounds]
    )
    for part in PARTS:
        figures[f"job_{part}_cpu_milliseconds"] = round(spent[part] / photos * 1e3, 3)
    return figures


def _growth(hub: Hub, images: int) -> dict[str, float]:
    forget_looks(hub)
    looked, sizes, seconds = [0], [], []
    stages = look_in_spark(hub, hub.images[:images])
    while looked[-1] < images:
        with costing() as cost:
            count = next(stages)
        looked.append(looked[-1] + count)
        sizes.append(workers_bytes())
        seconds.append(cost.cpu_seconds.total() / count)
    assert next(stages, None) is None  # which ends the run
    warm = int(len(sizes) * WARM_UP_SHARE)
    slope = float(np.polyfit(looked[1 + warm :], sizes[warm:], 1)[0])
    quarter = max(1, len(seconds) // 4)
    return {
        "memory_slope_bytes_per_image": round(slope, 1),
        "memory_first_bytes": sizes[warm],
        "memory_last_bytes": sizes[-1],
        "look_cost_at_end_to_beginning": round(
            statistics.median(seconds[-quarter:]) / statistics.median(seconds[:quarter]), 3
        ),
    }


def _spread(name: str, values: list[float]) -> dict[str, float]:
    median = statistics.median(values)
    share = (max(values) - min(values)) / median
    return {name: round(median, 3), f"{name}_spread_share": round(share, 3)}


def _median_milliseconds(seconds: list[float]) -> float:
    return round(statistics.median(seconds) * 1e3, 3)


if __name__ == "__main__":
    json.dump(main(), sys.stdout, indent=1)
    sys.stdout.write("\n")
