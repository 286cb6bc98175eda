"""Bring a catalogue to the state that every program expects: tables, and labels to choose from.

`python -m deploy.prepare` is the one-shot step of a cluster; `imagehub up` calls the same
function. It may run any number of times.
"""

from __future__ import annotations

import sys

from imagehub.catalogue import web_login
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.catalogue.migrate import migrate
from imagehub.errors import HubError
from imagehub.hub import open_catalogue
from imagehub.settings import Settings


def prepare(database: Database, web_url: str) -> None:
    """Migrate the tables, bring in the boxable labels of Open Images, make the login of a URL.

    An empty URL makes no login.
    """
    migrate(database)
    import_boxable(database)
    if web_url:
        web_login.make(database, web_url)


def main() -> None:
    """Prepare the catalogue that the settings name; exit 1 with a sentence if that fails."""
    try:
        settings = Settings.from_environment()
        database = open_catalogue(settings)
        prepare(database, settings.web_catalogue_url)
    except HubError as error:
        sys.exit(str(error))
    database.close()


if __name__ == "__main__":
    main()
