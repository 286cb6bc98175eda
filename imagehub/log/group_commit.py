"""Group commit: appends that arrive during a write go to the log in the next one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from imagehub.errors import Unavailable
from imagehub.messages import Message

MAX_TOGETHER_BYTES = 8_000_000
"""At this many bytes a write is full; further messages wait for the next one."""


@dataclass(slots=True)
class _Waiting:
    message: Message
    is_over: bool = False
    failure: BaseException | None = None


@dataclass
class GroupCommit:
    """Writes whatever has come while the write before went on, as one.

    `write` is called by one of the waiting threads at a time, and makes all or none durable.
    Safe to share between threads.
    """

    write: Callable[[Sequence[Message]], None]
    _change: threading.Condition = field(default_factory=threading.Condition)
    _queue: list[_Waiting] = field(default_factory=list)
    _is_writing: bool = False

    def append(self, message: Message) -> None:
        """Return once the message is written; raise Unavailable if that cannot be said."""
        own = _Waiting(message)
        with self._change:
            self._queue.append(own)
        while True:
            with self._change:
                self._change.wait_for(lambda: own.is_over or not self._is_writing)
                if own.is_over:
                    break
                self._is_writing = True
                turn = self._next_turn()
            self._write(turn)
        if own.failure is not None:
            raise Unavailable(str(own.failure)) from own.failure

    def _next_turn(self) -> list[_Waiting]:
        size_bytes, count = 0, 0
        for waiting in self._queue:
            if count and size_bytes + len(waiting.message.value) > MAX_TOGETHER_BYTES:
                break
            size_bytes += len(waiting.message.value)
            count += 1
        turn, self._queue = self._queue[:count], self._queue[count:]
        return turn

    def _write(self, turn: list[_Waiting]) -> None:
        failure: BaseException | None = Unavailable("The upload log's writer was stopped.")
        try:
            self.write([waiting.message for waiting in turn])
            failure = None
        except Unavailable as error:
            failure = error
        finally:
            with self._change:
                for waiting in turn:
                    waiting.is_over, waiting.failure = True, failure
                self._is_writing = False
                self._change.notify_all()
