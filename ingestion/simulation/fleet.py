"""A fleet of simulated phones that sends a crowd's uploads."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imagehub.errors import Misconfigured
from ingestion.simulation.crowd import Crowd
from ingestion.simulation.history import History
from ingestion.simulation.phone import NetworkTroubles, Phone, SendOutcome, SentUpload
from ingestion.simulation.wire import ServerAddress


@dataclass(frozen=True)
class Fleet:
    """How many phones, where they send, over which network, with which luck."""

    phones: int
    server: ServerAddress
    network: NetworkTroubles
    seed: int = 0
    timeout_seconds: float = 300.0


@dataclass(frozen=True)
class FleetReport:
    """What became of every upload that was sent."""

    sent: tuple[SentUpload, ...]

    def count(self, outcome: SendOutcome) -> int:
        """How many uploads ended so."""
        return sum(sent_upload.ending is outcome for sent_upload in self.sent)

    @property
    def attempts(self) -> int:
        """How often the phones had to try, all together."""
        return sum(sent_upload.attempts for sent_upload in self.sent)

    @property
    def refusals(self) -> Counter[str]:
        """Why the door refused, by code."""
        return Counter(
            sent_upload.code
            for sent_upload in self.sent
            if sent_upload.ending is SendOutcome.REFUSED
        )


def send_all(
    fleet: Fleet,
    crowd: Crowd,
    tokens: Mapping[str, str],
    history: History,
    progress: Callable[[SentUpload], None] = lambda _sent: None,
) -> FleetReport:
    """Send every upload of the crowd; `progress` is called from the phones' threads.

    Raises Misconfigured if a contributor has no token.
    """
    lacking = [name for name in crowd.contributors if name not in tokens]
    if lacking:
        raise Misconfigured(f"No token for {', '.join(lacking[:5])}: make them with --make-tokens.")
    shift = _Shift(fleet, crowd, tokens, history, progress)
    threads = [
        threading.Thread(target=shift.work, args=(number,), daemon=True)
        for number in range(fleet.phones)
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:
        shift.stop.set()
    if shift.errors:
        raise shift.errors[0]
    return FleetReport(tuple(shift.results[index] for index in sorted(shift.results)))


class _Shift:
    """What the phones share: the uploads not yet taken, and the outcomes of the rest."""

    def __init__(
        self,
        fleet: Fleet,
        crowd: Crowd,
        tokens: Mapping[str, str],
        history: History,
        progress: Callable[[SentUpload], None],
    ) -> None:
        self.fleet, self.crowd, self.tokens = fleet, crowd, tokens
        self.history, self.progress = history, progress
        self.results: dict[int, SentUpload] = {}
        self.errors: list[Exception] = []
        self.stop = threading.Event()
        self._waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for index in range(len(crowd.uploads)):
            self._waiting.put(index)

    def work(self, number: int) -> None:
        """Be one phone until nothing is left to send, or one phone has met a bug."""
        phone = Phone(
            number,
            self.fleet.server,
            self.fleet.network,
            self.history,
            self.fleet.seed,
            self.fleet.timeout_seconds,
            sleep=self._sleep,
        )
        while not self.stop.is_set():
            try:
                index = self._waiting.get_nowait()
            except queue.Empty:
                return
            upload = self.crowd.uploads[index]
            try:
                self.results[index] = phone.send(upload, self.tokens[upload.contributor])
                self.progress(self.results[index])
            except Exception as error:  # noqa: BLE001 - the fleet's thread raises it
                self.errors.append(error)
                self.stop.set()

    def _sleep(self, seconds: float) -> None:
        self.stop.wait(seconds)
