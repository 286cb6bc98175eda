"""What the suite's toy runs of benchmarks check: that the figures are there, finite and named."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path

from deploy.figures import FOLDER


def require_written(name: str, figures: Iterable[str]) -> None:
    """Assert that exactly these figures, all words or finite, were written from this folder."""
    written = json.loads((Path.cwd() / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert sorted(written) == sorted(figures)
    numbers = [figure for figure in written.values() if not isinstance(figure, str)]
    assert all(math.isfinite(number) for number in numbers), written
