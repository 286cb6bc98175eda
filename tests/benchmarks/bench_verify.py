"""Verify beside its limits, in one run: `python -m tests.benchmarks verify`.

Three ways take the same photos in turn, A-B-C-C-B-A: the look stage of the Spark job (read,
decode, check, embed, project, write to Postgres), the same look function in one bare process a
core, and the bound: only decoding, the one resize and the networks, in all processes at once, by
their CPU time a photo. Each round gives its own ratios; medians and spreads are told. Workers,
page cache and processes are warm. Then the job looks at 20,000 images in one run, with the network
that is made in code: memory of its workers by image, and CPU time a photo at the end beside the
beginning. The figures of int8 beside fp32 and of the whole job on a growing hub are added.
"""

from __future__ import annotations

import os
import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imagehub.catalogue.verification.image_checks import Unchecked
from imagehub.vision.registry import choose
from spark_jobs.verify.job import IMAGES_PER_CORE_AND_STAGE
from tests.benchmarks import bench_growth, bench_quantisation
from tests.benchmarks.bench_growth import GrowthSizes
from tests.benchmarks.bench_quantisation import QuantisationSizes
from tests.benchmarks.parts import report
from tests.benchmarks.process_costs import PARTS, Cost, costing, workers_bytes
from tests.benchmarks.verify_hub import (
    MODELS,
    NO_MODELS,
    Hub,
    OpenHub,
    has_real_photos,
    own_hub,
)
from tests.benchmarks.verify_ways import (
    Bound,
    Processes,
    bare_processes,
    forget_looks,
    look_in_spark,
)

MOST_CORES = len(os.sched_getaffinity(0))
WARM_UP_SHARE = 0.25


@dataclass(frozen=True)
class VerifySizes:
    """Images and rounds of the three ways, and images of the one long run behind them."""

    cores: int
    images: int
    rounds: int
    warming_images: int
    grown_images: int
    images_a_core_and_stage: int
    quantisation: QuantisationSizes
    growth: GrowthSizes


FULL = VerifySizes(
    cores=MOST_CORES,
    images=1_024,
    rounds=4,
    warming_images=16 * MOST_CORES,
    grown_images=20_000,
    images_a_core_and_stage=IMAGES_PER_CORE_AND_STAGE,
    quantisation=bench_quantisation.FULL,
    growth=bench_growth.FULL,
)
TOY = VerifySizes(
    cores=1,
    images=4,
    rounds=1,
    warming_images=2,
    grown_images=16,
    images_a_core_and_stage=4,
    quantisation=bench_quantisation.TOY,
    growth=bench_growth.TOY,
)


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


def main() -> None:
    """Measure in hubs of our own, and report."""
    run(FULL, own_hub, MODELS)


def run(sizes: VerifySizes, open_hub: OpenHub, models: Path) -> dict[str, float]:
    """Measure, each part in a hub of its own; write `build/figures/verify_speed.json`.

    The long run takes the small network made in code: a third of the time, and each part of the
    job that could keep memory by image is the same.
    """
    with open_hub(sizes.images, sizes.cores, models) as hub:
        figures = _ratios(_rounds(hub, sizes), sizes)
        networks = choose(hub.settings)
    with open_hub(sizes.grown_images, sizes.cores, NO_MODELS) as hub:
        figures |= _growth(hub, sizes)
    figures |= {
        "images": sizes.images,
        "rounds": sizes.rounds,
        "cores": sizes.cores,
        "grown_images": sizes.grown_images,
        "grown_with_real_networks": 0.0,
        "has_real_photos": float(has_real_photos()),
        "has_real_networks": float(networks.classes is not None),
    }
    figures |= bench_quantisation.run(sizes.quantisation)
    with open_hub(0, sizes.growth.cores, NO_MODELS) as hub:
        growth = bench_growth.run(sizes.growth, hub)
    figures |= {name: value for name, value in growth.items() if name.startswith("cost_per_image")}
    report("verify_speed", figures)
    return figures


def _rounds(hub: Hub, sizes: VerifySizes) -> list[Round]:
    found = []
    with bare_processes(hub, hub.images, sizes.cores) as processes:
        for number in range(sizes.rounds + 1):  # the first one warms up
            round_ = _round(hub, sizes, processes, backwards=number % 2 == 1)
            if number:
                found.append(round_)
    return found


def _round(hub: Hub, sizes: VerifySizes, processes: Processes, *, backwards: bool) -> Round:
    costs: dict[str, Cost] = {}
    bounds: list[Bound] = []

    def job() -> None:
        # Spark ends workers that were idle for a minute; new ones load the networks here.
        _look(hub, hub.images[: sizes.warming_images], sizes)
        forget_looks(hub)
        with costing() as costs["job"]:
            _look(hub, hub.images, sizes)

    def bare() -> None:
        with costing() as costs["processes"]:
            processes.look()

    ways: list[Callable[[], None]] = [job, bare, lambda: bounds.append(processes.bound())]
    for way in reversed(ways) if backwards else ways:
        way()
    return Round(costs["job"], costs["processes"], bounds[0])


def _look(hub: Hub, images: list[Unchecked], sizes: VerifySizes) -> None:
    looked = sum(look_in_spark(hub, images, sizes.images_a_core_and_stage))
    assert looked == len(images)


def _ratios(rounds: list[Round], sizes: VerifySizes) -> dict[str, float]:
    images, cores = sizes.images, sizes.cores
    job = [images / round_.job.wall_seconds for round_ in rounds]
    bare = [images / round_.processes.wall_seconds for round_ in rounds]
    bound = [cores / round_.bound_seconds for round_ in rounds]
    spent: Counter[str] = sum((round_.job.cpu_seconds for round_ in rounds), Counter())
    photos = images * len(rounds)
    figures = (
        _spread("job_to_bound", [ours / best for ours, best in zip(job, bound, strict=True)])
        | _spread("job_to_processes", [ours / best for ours, best in zip(job, bare, strict=True)])
        | _spread("job_images_per_second", job)
        | _spread("processes_images_per_second", bare)
        | _spread("bound_images_per_second", bound)
        | _spread("cores_used_share", [round_.job.cores_used_share(cores) for round_ in rounds])
    )
    # Without the clock: what other programs of a busy machine take away is not in this one.
    bound_seconds = statistics.fmean(round_.bound_seconds for round_ in rounds)
    figures["job_to_bound_by_cpu"] = round(bound_seconds * photos / spent.total(), 3)
    figures["decode_milliseconds"] = _median_milliseconds(
        [round_.bound.decode_seconds for round_ in rounds]
    )
    figures["forward_milliseconds"] = _median_milliseconds(
        [round_.bound.forward_seconds for round_ in rounds]
    )
    for part in PARTS:
        figures[f"job_{part}_cpu_milliseconds"] = round(spent[part] / photos * 1e3, 3)
    return figures


def _growth(hub: Hub, sizes: VerifySizes) -> dict[str, float]:
    looked, memory, seconds = [0], [], []
    stages = look_in_spark(hub, hub.images, sizes.images_a_core_and_stage)
    while looked[-1] < len(hub.images):
        with costing() as cost:
            count = next(stages)
        looked.append(looked[-1] + count)
        memory.append(workers_bytes())
        seconds.append(cost.cpu_seconds.total() / count)
    assert next(stages, None) is None  # which ends the run
    warm = int(len(memory) * WARM_UP_SHARE)
    slope = float(np.polyfit(looked[1 + warm :], memory[warm:], 1)[0])
    quarter = max(1, len(seconds) // 4)
    return {
        "memory_slope_bytes_per_image": round(slope, 1),
        "memory_first_bytes": memory[warm],
        "memory_last_bytes": memory[-1],
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
    main()
