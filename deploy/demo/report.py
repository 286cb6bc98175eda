"""What the demo tells: a promise and whether it held, and a short table of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Promise:
    """Something that must hold; `detail` gives the numbers."""

    sentence: str
    held: bool
    detail: str = ""


def equal(sentence: str, left: object, right: object) -> Promise:
    """Two numbers, counted in different ways, must be the same."""
    return Promise(
        sentence, left == right, f"{left} = {right}" if left == right else f"{left} ≠ {right}"
    )


def at_most(sentence: str, seconds: float, limit_seconds: float) -> Promise:
    """A time must stay within its limit."""
    return Promise(sentence, seconds <= limit_seconds, f"{seconds:.1f} s")


def at_least(sentence: str, number: float, least: float) -> Promise:
    """A number must not be smaller."""
    return Promise(sentence, number >= least, f"{number:g} ≥ {least:g}")


def tell(
    console: Console, numbers: Mapping[str, float | None], promises: Sequence[Promise]
) -> None:
    """Print both tables."""
    table = Table(title="What happened", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, number in numbers.items():
        table.add_row(name.replace("_", " "), "–" if number is None else f"{number:,}")
    console.print(table)
    held = Table(title="What had to hold", title_justify="left", show_header=False)
    for promise in promises:
        mark = "[green]yes[/]" if promise.held else "[bold red]NO[/]"
        held.add_row(mark, promise.sentence, promise.detail)
    console.print(held)
