"""`python -m imagehub.vision list`: the networks that the hub knows, and which are here."""

from __future__ import annotations

import argparse
import sys

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from imagehub.vision.registry import NETWORKS, Networks, choose, find


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m imagehub.vision", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="say which networks are known, present and chosen")
    parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        chosen = choose(settings)
    except Misconfigured as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"Folder of networks: {settings.models}\n\n{_table(settings, chosen)}")
    return 0


def _table(settings: Settings, chosen: Networks) -> str:
    used = {found.network for found in (chosen.embedding, chosen.classes) if found}
    lines = []
    for network in NETWORKS:
        present = find(network, settings.models) is not None
        state = "in use" if network in used else "present" if present else "missing"
        where = network.file or "made in code"
        lines.append(
            f"{network.name:24}{network.kind:11}{state:9}{where}\n"
            f"{'':24}{network.source}; {network.licence}\n"
        )
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
