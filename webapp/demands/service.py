"""Demands: people ask for photos of a label, others join, all get a notice when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.demands import demand_queries, demands, notices
from imagehub.catalogue.demands.demand_queries import DemandEntry
from imagehub.catalogue.demands.demands import DemandSpec
from imagehub.catalogue.demands.notices import News
from imagehub.characters import find_hidden_in_prose
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.vocabulary import Account, Role
from webapp.http import access
from webapp.http.cursors import Page, decode, encode
from webapp.uploads.service import find_label

MOST_OPEN = 20
MOST_PHOTOS = 10_000
MOST_DAYS = 366
MOST_WORDS = 300
LAST_PLACE = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDemand:
    """A demand as written: `label` is a MID or a name; `days` is how long photos count."""

    label: str
    target: int
    why: str
    days: int
    by_mail: bool = False


def missions_near(
    database: Database, account: Account | None, limit: int, after: str | None = None
) -> Page[DemandEntry]:
    """Open demands for this person: the most needed and the nearest to what they sent first."""
    position = _place(after) if after else 0
    sees = database.acting_for(account.id) if account else database
    with sees.transaction() as cursor:
        found = demand_queries.missions(
            cursor, account.id if account else None, position, limit + 1
        )
    return Page(tuple(found[:limit]), encode([position + limit]) if len(found) > limit else None)


def show(database: Database, account: Account | None, demand_id: str) -> DemandEntry:
    """One demand; raise NotFound if there is none."""
    with database.transaction() as cursor:
        return _found(cursor, account, demand_id)


def ask(database: Database, account: Account, new: NewDemand) -> DemandEntry:
    """Ask for photos; the account watches its demand.

    Raises Refused for numbers and words that cannot be, or too many open demands; Conflict if the
    account asks for the same already.
    """
    why = _words(new.why, "why", "Say in a few words why, or what they should show.")
    _require_number(new.target, MOST_PHOTOS, "target", "photos")
    _require_number(new.days, MOST_DAYS, "days", "days")
    with database.transaction() as cursor:
        label = find_label(cursor, new.label)
        demands.hold_asker(cursor, account.id)
        own = demands.open_of_account(cursor, account.id)
        if (label.mid, why) in own:
            raise Conflict(f"You ask for these photos of {label.name} already.")
        if len(own) >= MOST_OPEN:
            raise Refused(
                "too_many_demands",
                f"You have {len(own)} open demands. Withdraw one, or wait until one has ended.",
            )
        until = datetime.now(UTC) + timedelta(days=new.days)
        demand_id = demands.ask(cursor, account.id, DemandSpec(label.mid, new.target, why, until))
        demands.join(cursor, demand_id, account.id, new.by_mail)
        return _found(cursor, account, str(demand_id))


def join(database: Database, account: Account, demand_id: str, by_mail: bool) -> DemandEntry:
    """Be told what becomes of a demand; raise Conflict if it has ended."""
    with database.transaction() as cursor:
        found = _held(cursor, account, demand_id)
        demands.join(cursor, found.id, account.id, by_mail)
        return _found(cursor, account, demand_id)


def leave(database: Database, account: Account, demand_id: str) -> DemandEntry:
    """Be told no more of a demand."""
    with database.transaction() as cursor:
        found = _found(cursor, account, demand_id)
        demands.leave(cursor, found.id, account.id)
        return _found(cursor, account, demand_id)


def close(database: Database, account: Account, demand_id: str, because: str) -> DemandEntry:
    """Withdraw the account's own demand, or, as an admin, close any for a reason.

    All watchers get a notice. Raises Forbidden for others' demands, Refused without the
    admin's reason, Conflict if it has ended.
    """
    with database.transaction() as cursor:
        is_own = _found(cursor, account, demand_id).asker_id == account.id
        access.table().things["demand"].require(
            account, "Only who asked for it withdraws a demand.", is_own=is_own
        )
        found = _held(cursor, account, demand_id)
        if not is_own or because.strip():
            because = _words(because, "because", "Say why the demand is closed.")
        demands.close(cursor, found.id, account.id, because)
        ended = _found(cursor, account, demand_id)
        for watcher in demands.watchers(cursor, found.id):
            if watcher.account_id != account.id:
                notices.tell(cursor, watcher.account_id, _news(ended))
        return ended


def may_close(account: Account | None, found: DemandEntry) -> bool:
    """True for who may end the demand now."""
    if account is None or not found.is_open:
        return False
    return account.id == found.asker_id or Role.ADMIN in account.roles


def _place(after: str) -> int:
    (position,) = decode(after, int)
    return min(max(0, int(position)), LAST_PLACE)


def _news(ended: DemandEntry) -> News:
    photos = "1 photo" if ended.target == 1 else f"{ended.target:,} photos"
    sentence = f"The demand for {photos} of {ended.label.name} was {ended.state}."
    if ended.closed_because:
        sentence += f" The reason: {ended.closed_because}"
    return News(
        f"demand.{ended.state}", sentence, f"/demands/{ended.id}", f"demand {ended.id} ended"
    )


def _held(cursor: Cursor, account: Account, demand_id: str) -> DemandEntry:
    """An open demand, locked: no other transaction ends it."""
    demands.hold(cursor, _uuid(demand_id))
    found = _found(cursor, account, demand_id)
    if not found.is_open:
        raise Conflict(f"This demand has ended: it is {found.state}.")
    return found


def _found(cursor: Cursor, account: Account | None, demand_id: str) -> DemandEntry:
    found = demand_queries.find(cursor, _uuid(demand_id), account.id if account else None)
    if found is None:
        raise NotFound(f"There is no demand {demand_id}.")
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(f"There is no demand {text[:40]!r}.") from error


def _words(text: str, field: str, sentence: str) -> str:
    message = " ".join(text.split())
    hidden = find_hidden_in_prose(message)
    if hidden:
        raise Refused(
            f"{field}_invalid", f"The {field} holds {hidden}, which nobody sees; leave it out."
        )
    if not message or len(message) > MOST_WORDS:
        raise Refused(f"{field}_invalid", f"{sentence} At most {MOST_WORDS} characters.")
    return message


def _require_number(value: int, most: int, field: str, noun: str) -> None:
    if not 1 <= value <= most:
        raise Refused(f"{field}_invalid", f"Choose 1 to {most:,} {noun}.")
