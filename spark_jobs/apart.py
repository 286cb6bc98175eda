"""What is done with many items at once must not fail for all of them because of one.

For executors, which give a result for each item; `spark_jobs.batch` is for a run's own loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from imagehub.errors import HubError

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_APART = 3
"""If more items than this fail together, the fault lies elsewhere: in the code, or the machine."""

logger = logging.getLogger("spark_jobs")


def whole_or_apart(
    items: Sequence[Item],
    act: Callable[[Sequence[Item]], list[Result]],
    instead: Callable[[Item], Result],
) -> list[Result]:
    """Act on all items at once, or where that fails on each alone; one result an item, in order.

    An item that fails alone gets the result `instead`. Raises the first error if more than
    MOST_APART fail, and any HubError at once: it speaks of a part of the hub, not of an item.
    """
    try:
        return act(items)
    except HubError:
        raise
    except Exception as error:  # noqa: BLE001 # each is tried alone, and then it is logged in full
        if len(items) > 1:
            logger.warning("%d items failed together, each is tried alone: %s", len(items), error)
    results: list[Result] = []
    errors: list[Exception] = []
    for item in items:
        try:
            results += act([item])
        except HubError:
            raise
        except Exception as error:
            logger.exception("an item is set apart")
            errors.append(error)
            results.append(instead(item))
    if len(errors) > MOST_APART:
        raise errors[0]
    return results
