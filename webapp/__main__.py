"""`python -m webapp`: serve the portal and the API."""

from __future__ import annotations

import sys

from imagehub import logs
from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from webapp.application import create_app
from webapp.server import serve


def main() -> int:
    """Serve until stopped; 2 with a sentence if a setting is wrong or the port is taken."""
    logs.begin(sys.stderr)
    try:
        settings = Settings.from_environment()
        serve(settings, create_app(settings))
    except Misconfigured as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
