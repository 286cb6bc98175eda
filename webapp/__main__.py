"""`python -m webapp`: serve the portal and the API."""

from __future__ import annotations

import socket
import sys

from imagehub import logs
from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from webapp.server import PortalServer


def main() -> int:
    """Serve until stopped; 2 with a sentence if a setting is wrong or the port is taken."""
    logs.begin(sys.stderr)
    try:
        settings = Settings.from_environment()
        _require_address(settings)
    except Misconfigured as error:
        print(error, file=sys.stderr)
        return 2
    PortalServer(settings).run()
    return 0


def _require_address(settings: Settings) -> None:
    """Find out before gunicorn does: it would only retry, and name no setting."""
    host, port = settings.web_host, settings.web_port
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Misconfigured(
            f"The portal cannot listen on {host}, port {port}: {error.strerror}. Stop what "
            "listens there, or set IMAGEHUB_WEB_HOST and IMAGEHUB_WEB_PORT."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
