"""Do the same to many things at once; the first trouble ends it all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")


def for_each(work: Callable[[Item], None], items: Iterable[Item], parallel: int) -> None:
    """Call `work` for each item in threads; an exception stops the rest and is raised.

    What is at work at that moment is finished first; Ctrl-C is such an exception too.
    """
    stop = threading.Event()

    def one(item: Item) -> None:
        if not stop.is_set():
            work(item)

    with ThreadPoolExecutor(parallel) as pool:
        waiting = [pool.submit(one, item) for item in items]
        try:
            done, _ = wait(waiting, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    for future in done:
        future.result()
