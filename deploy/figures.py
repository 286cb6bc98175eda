"""Figures for programs: what a demo or a benchmark measured, as one flat JSON object."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path("build/figures")
"""Relative to where the program runs: the root of the checkout."""


def write_figures(name: str, **figures: float | str | None) -> Path:
    """Write `build/figures/<name>.json` and return its path; None stands for not measured."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.json"
    file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return file


def add_figures(name: str, **figures: float | str | None) -> Path:
    """Write numbers into `build/figures/<name>.json` beside those that others wrote there."""
    file = FOLDER / f"{name}.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return write_figures(name, **(known | figures))
