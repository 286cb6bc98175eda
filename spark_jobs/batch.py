"""The items of one run, each for itself: one that fails holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from imagehub.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Batch:
    """What a run has to do. Failures wait until all else is done; see `whole_batch`."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []

    def each(self, items: Iterable[Item], act: Callable[[Item], Result]) -> list[Result]:
        """Act on each item, also behind one that fails; return what came of the others.

        Raises Unavailable at once: a part that is down fails every item, after its timeout.
        """
        return [result for item in items for result in self._one(item, act)]

    def _one(self, item: Item, act: Callable[[Item], Result]) -> Iterable[Result]:
        try:
            return (act(item),)
        except Unavailable:
            raise
        except Exception as error:  # an item may hold anything; the others must not wait for it
            log.exception("an item of the batch failed")
            self.failures.append(error)
            return ()


@contextmanager
def whole_batch() -> Iterator[Batch]:
    """Give a batch; at its end raise the first failure, so that the run is noted as failed."""
    batch = Batch()
    yield batch
    if batch.failures:
        raise batch.failures[0]
