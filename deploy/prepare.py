"""Bring a catalogue to the state that every program expects: tables, and labels to choose from.

`python -m deploy.prepare` is the one-shot step of a cluster; `imagehub up` calls the same
function. It may run any number of times.
"""

from __future__ import annotations

import sys

from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.catalogue.migrate import migrate
from imagehub.errors import HubError
from imagehub.hub import open_catalogue
from imagehub.settings import Settings


def prepare(database: Database) -> None:
    """Migrate the tables and bring in the boxable labels of Open Images."""
    migrate(database)
    import_boxable(database)


def main() -> None:
    """Prepare the catalogue that the settings name; exit 1 with a sentence if that fails."""
    try:
        database = open_catalogue(Settings.from_environment())
        prepare(database)
    except HubError as error:
        sys.exit(str(error))
    database.close()


if __name__ == "__main__":
    main()
