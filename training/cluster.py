"""The one module that knows TensorFlowOnSpark (2.2.5, frozen upstream), and guards against it.

What it does by itself, and what is done about it here:

* its reservation server listens on every address and unpickles whatever it is sent: ours listens on
  the driver's address only and reads nothing but plain values;
* it waits ten minutes for nodes, then three days for their end, and ends the process where a node
  fails: here the wait is short, and who called hears an exception;
* it remembers an error for the rest of the process: a driver runs one cluster and ends;
* Spark repeats a node that died, and the repeated one waits for ever: nothing is tried twice (see
  training.session), and a worker whose executor is gone ends itself (see training.worker).
"""

from __future__ import annotations

import io
import pickle  # noqa: TID251 reads the wire of TensorFlowOnSpark, and plain values only
import socket
import struct
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from tensorflowonspark import TFCluster, reservation

from imagehub.errors import Unavailable
from training.reasons import reason_in
from training.session import ExecutorPool

NODES_WITHIN_SECONDS = 180
POLL_SECONDS = 0.5
GRACE_SECONDS = 1.0
"""A job is over a moment before the thread that waits for it writes down why."""

LONGEST_MESSAGE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Node:
    """What each node runs: `work(arguments, TensorFlowOnSpark's context)`."""

    work: Callable[[dict[str, Any], Any], None]
    arguments: dict[str, Any]


class ClusterWatch(Protocol):
    """Gets a call for each sign of the cluster's progress."""

    def waiting(self, at_most_seconds: float) -> AbstractContextManager[None]:
        """Give signs of life for so long, while nodes come."""
        ...

    def workers_begin(self, workers: int) -> None:
        """All nodes are there: from now on each speaks for itself."""
        ...

    def beat(self) -> None:
        """The driver is alive."""
        ...


class ClusterFailed(Unavailable):
    """A node failed or none came: the attempt is over, a new one may do better."""


def run(cluster: ExecutorPool, workers: int, node: Node, watch: ClusterWatch) -> None:
    """Run the node on so many executors at once; return when all have ended well.

    Raises ClusterFailed with the first words of what went wrong. One call a process.
    """
    context = cluster.context
    _serve_plain_values_on(context.getConf().get("spark.driver.host"))
    try:
        with watch.waiting(NODES_WITHIN_SECONDS + 5):
            nodes = TFCluster.run(
                context,
                node.work,
                node.arguments,
                num_executors=workers,
                num_ps=0,
                input_mode=TFCluster.InputMode.TENSORFLOW,
                reservation_timeout=NODES_WITHIN_SECONDS,
            )
    except SystemExit:
        raise _failed() from None
    except Exception as error:  # TensorFlowOnSpark raises bare exceptions
        raise _failed(str(error)) from error
    watch.workers_begin(workers)
    while context.statusTracker().getActiveJobsIds():
        watch.beat()
        time.sleep(POLL_SECONDS)
    nodes.server.stop()
    time.sleep(GRACE_SECONDS)
    if "error" in TFCluster.tf_status:
        raise _failed()


def _failed(otherwise: str = "") -> ClusterFailed:
    message = str(TFCluster.tf_status.get("error", otherwise)) or "no reason was given"
    return ClusterFailed(f"The workers failed: {reason_in(message)}")


class _PlainValues(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse whatever is more than numbers, texts, lists and dictionaries."""
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


class _Server(reservation.Server):  # type: ignore[misc]  # has no types
    """The reservation server on one address, for messages of plain values of a limited size."""

    host = "127.0.0.1"

    def get_server_ip(self) -> str:
        """Where nodes find it."""
        return self.host

    def start_listening_socket(self) -> socket.socket:
        """Listen there, and nowhere else."""
        listening = socket.create_server((self.host, 0))
        listening.listen(16)
        return listening

    def receive(self, sock: socket.socket) -> Any:
        """One message; an exception closes its connection."""
        sock.settimeout(5)
        (length,) = struct.unpack(">I", _exactly(sock, 4))
        if length > LONGEST_MESSAGE_BYTES:
            raise ValueError(f"a message of {length} bytes")
        return _PlainValues(io.BytesIO(_exactly(sock, length))).load()


def _exactly(sock: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = sock.recv(length - len(data))
        if not piece:
            raise ConnectionError("it hung up")
        data += piece
    return data


def _serve_plain_values_on(host: str) -> None:
    _Server.host = host
    reservation.Server = _Server  # TFCluster.run makes its own and takes none
