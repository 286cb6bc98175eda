"""The server's processes: one that keeps the others running, which serve the portal."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import resource
import signal
import socket
from multiprocessing.connection import Connection

from tornado.netutil import bind_sockets
from tornado.process import fork_processes

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from webapp.http.portal import Portal
from webapp.http.worker import Worker
from webapp.http.wsgi import Application

GRACEFUL_STOP_SECONDS = 4
BACKLOG = 2048
UNSENT_BYTES = 128 * 1024
"""The kernel takes so much of an answer, and not the megabytes for which it has room."""

MOST_CONNECTIONS = 4000
"""Of one process, where it may open twice as many files: an answer may be one."""

OTHER_FILES = 200


def serve(settings: Settings, application: Application) -> None:
    """Serve until SIGTERM or SIGINT; end then within GRACEFUL_STOP_SECONDS.

    Raises Misconfigured, naming the settings, where the address cannot be had.
    """
    sockets = _listen(settings)
    logging.getLogger("tornado").setLevel(logging.WARNING)  # what it says of less has addresses
    stopped, stopper = multiprocessing.Pipe(duplex=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopper.close())
    fork_processes(settings.web_workers)  # goes on in each worker, and starts those anew that die
    stopper.close()  # from here on only the first process has it: where that dies, workers stop
    asyncio.run(_serve(Worker(application, settings.web_threads), sockets, stopped))


def _listen(settings: Settings) -> list[socket.socket]:
    host, port = settings.web_host, settings.web_port
    try:
        sockets = bind_sockets(port, host, backlog=BACKLOG)
    except OSError as error:
        raise Misconfigured(
            f"The portal cannot listen on {host}, port {port}: {error.strerror}. Stop what "
            "listens there, or set IMAGEHUB_WEB_HOST and IMAGEHUB_WEB_PORT."
        ) from error
    for listening in sockets:  # connections inherit both
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    return sockets


async def _serve(worker: Worker, sockets: list[socket.socket], stopped: Connection) -> None:
    """Serve until the pipe `stopped` is closed at its other end, or a signal comes."""
    is_over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(stopped.fileno(), is_over.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, is_over.set)
    portal = Portal(worker, _most_connections())
    portal.add_sockets(sockets)
    await is_over.wait()
    loop.remove_reader(stopped.fileno())
    await portal.drain(GRACEFUL_STOP_SECONDS)
    os._exit(0)  # threads that wait for a part that is down would hold a usual end up


def _most_connections() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 2 * MOST_CONNECTIONS + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, files), hard))
    return (files - OTHER_FILES) // 2
