"""`python -m spark_jobs versions`: list the versions of verification, go back, go forward.

Going back or forward is a run of verify: one that is on its way publishes nothing more, and what
follows verification (clusters, label sets) follows. What arrived in between is judged by the next.
"""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.verification import versions
from imagehub.catalogue.verification.versions import VersionEntry
from imagehub.errors import Conflict
from spark_jobs.runs import job_run

ACTIONS = ("list", "roll-back", "roll-forward")


def act(action: str, database: Database) -> str:
    """Do one of ACTIONS; return what to tell the operator. Raises Conflict if there is no way."""
    if action == "roll-back":
        return roll_back(database)
    if action == "roll-forward":
        return roll_forward(database)
    with database.transaction() as cursor:
        entries = versions.entries(cursor)
    return "\n".join(map(_line, entries)) or "There is no version of verification yet."


def roll_back(database: Database) -> str:
    """Make the version before the current one count again, and withdraw the current one."""
    with job_run(database, "verify") as run:
        with database.transaction() as cursor:
            run.assert_current(cursor)
            previous = versions.previous_version(cursor)
            if previous is None:
                raise Conflict("There is no earlier version of verification to go back to.")
            versions.roll_back(cursor, previous.number)
        run.counts(rolled_back_to=previous.number)
    return f"Version {previous.number} of verification counts again."


def roll_forward(database: Database) -> str:
    """Make the newest withdrawn version count again."""
    with job_run(database, "verify") as run:
        with database.transaction() as cursor:
            run.assert_current(cursor)
            withdrawn = versions.withdrawn_versions(cursor)
            if not withdrawn:
                raise Conflict("No version of verification was withdrawn.")
            versions.roll_forward(cursor, withdrawn[0].number)
        run.counts(rolled_forward_to=withdrawn[0].number)
    return f"Version {withdrawn[0].number} of verification counts again."


def _line(entry: VersionEntry) -> str:
    marks = {
        "current": entry.is_current,
        "previous": entry.is_previous,
        "withdrawn": entry.is_withdrawn,
        "emptied": entry.is_emptied,
    }
    state = ", ".join(name for name, holds in marks.items() if holds) or "under way"
    return (
        f"{entry.number:4d}  {state:20}  {entry.created_at:%Y-%m-%d %H:%M}"
        f"  {' + '.join(entry.networks)}, {entry.projection_kind} projection"
    )
