"""`python -m webapp`: serve the portal and the API."""

from __future__ import annotations

import sys

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from webapp.server import Server


def main() -> int:
    """Serve until stopped; 2 if a setting is wrong."""
    try:
        settings = Settings.from_environment()
    except Misconfigured as error:
        print(error, file=sys.stderr)
        return 2
    Server(settings).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
