"""Proposals of labels: propose one, see similar ones, and what admins decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.labels import label_proposals, label_queries, similar_names
from imagehub.catalogue.labels.label_proposals import (
    Change,
    NewProposal,
    OwnPhoto,
    Proposal,
)
from imagehub.catalogue.labels.similar_names import Alike
from imagehub.characters import find_hidden_in_prose, skeleton
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.vocabulary import Account
from webapp.http.boundary import is_safe
from webapp.uploads.service import find_label

LONGEST_NAME = 60
MOST_WORDS = 300
MOST_PARENTS = 5
MOST_EXAMPLES = 12
MOST_WAITING = 10
ALIKE_SHOWN = 8
OWN = "/h/"


@dataclass(frozen=True, slots=True)
class Proposals:
    """Those that wait, the oldest first, and those that were decided last."""

    waiting: tuple[Proposal, ...]
    decided: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDecision:
    """What an admin says: accept, merge, decline or rename; labels by MID or name."""

    action: str
    name: str = ""
    parents: Sequence[str] = ()
    into: str = ""
    reason: str = ""


def listed(database: Database, limit: int) -> Proposals:
    """What is proposed now, and what was decided."""
    with database.transaction() as cursor:
        return Proposals(
            tuple(label_proposals.waiting(cursor, limit)),
            tuple(label_proposals.decided(cursor, limit)),
        )


def show(database: Database, proposal_id: str) -> Proposal:
    """One proposal; raise NotFound if there is none."""
    with database.transaction() as cursor:
        return _found(cursor, proposal_id)


def alike(database: Database, name: str) -> list[Alike]:
    """Labels, synonyms and waiting proposals whose name is like this one; none for one letter."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if len(name) < 2 or not is_safe(name):
        return []
    with database.transaction() as cursor:
        return _like(cursor, name)


def _like(cursor: Cursor, name: str) -> list[Alike]:
    """Names like it, those first that look the same and are written otherwise."""
    alike = similar_names.alike(cursor, name, ALIKE_SHOWN)
    if skeleton(name) != name.casefold():
        alike = similar_names.alike(cursor, skeleton(name), ALIKE_SHOWN) + alike
    return list(dict.fromkeys(alike))[:ALIKE_SHOWN]


def own_photos(database: Database, account: Account) -> list[OwnPhoto]:
    """The account's latest photos, to choose examples from."""
    with database.transaction() as cursor:
        return label_proposals.own_photos(cursor, account.id, MOST_EXAMPLES)


def propose(database: Database, account: Account, new: NewProposal) -> Proposal:
    """Propose a label; `parents` may be names too.

    Raises Refused for words or photos that cannot be, and for too many proposals; Conflict where a
    label or another proposal has the name.
    """
    name = _text(new.name, 2, LONGEST_NAME, "name")
    why = _text(new.why, 1, MOST_WORDS, "why")
    with database.transaction() as cursor:
        label_proposals.hold(cursor)
        parents = _parents(cursor, new.parents)
        _require_free(cursor, name)
        if label_proposals.count_waiting(cursor, account.id) >= MOST_WAITING:
            raise Refused("too_many_proposals", f"{MOST_WAITING} proposals of yours wait already.")
        examples = tuple(dict.fromkeys(new.examples))[:MOST_EXAMPLES]
        if label_proposals.own_uploads(cursor, account.id, examples) != len(examples):
            raise Refused("examples_invalid", "Choose examples among your own photos.")
        whole = replace(new, name=name, why=why, parents=parents, examples=examples)
        return _found(cursor, str(label_proposals.add(cursor, account.id, whole)))


def decide(
    database: Database, admin: Account, proposal_id: str, decision: ProposalDecision
) -> None:
    """Accept a proposal, merge it into a label, or decline it; a job does it shortly.

    Raises Conflict if it was decided before, Refused for words that cannot be.
    """
    with database.transaction() as cursor:
        proposal = _found(cursor, proposal_id)
        change = Change(decision.action, proposal.id, reason=_reason(decision))
        match decision.action:
            case "accept":
                name = _text(decision.name or proposal.name, 2, LONGEST_NAME, "name")
                change = replace(change, name=name, parents=_parents(cursor, decision.parents))
            case "merge":
                change = replace(change, into=find_label(cursor, decision.into).mid)
            case "decline":
                _text(decision.reason, 1, MOST_WORDS, "reason")
            case _:
                raise Refused("invalid", "Accept, merge or decline.")
        if not label_proposals.decide(cursor, change, admin.id):
            raise Conflict("Somebody has decided this proposal already.")


def change(database: Database, admin: Account, mid: str, decision: ProposalDecision) -> None:
    """Rename a label of our own, or merge it into another; a job does it shortly.

    Raises NotFound for a label of Open Images: the next import would undo it.
    """
    with database.transaction() as cursor:
        entry = label_queries.find(cursor, mid)
        if entry is None or not mid.startswith(OWN):
            raise NotFound(f"There is no label {mid} of our own.")
        change = Change(decision.action, label=mid, reason=_reason(decision))
        match decision.action:
            case "rename":
                change = replace(change, name=_text(decision.name, 2, LONGEST_NAME, "name"))
            case "merge":
                into = find_label(cursor, decision.into)
                if into.mid == mid:
                    raise Refused("into_invalid", "Name another label.")
                change = replace(change, into=into.mid)
            case _:
                raise Refused("invalid", "Rename or merge.")
        label_proposals.decide(cursor, change, admin.id)


def _require_free(cursor: Cursor, name: str) -> None:
    looks = skeleton(name)
    for similar in _like(cursor, name):
        if skeleton(similar.name) == looks:
            there = similar.label.name if similar.label else "a proposal that waits"
            raise Conflict(f"{name} is here already: {there}.")


def _parents(cursor: Cursor, words: Sequence[str]) -> tuple[str, ...]:
    texts = [text for text in (word.strip() for word in words) if text]
    if len(texts) > MOST_PARENTS:
        raise Refused("parents_invalid", f"Name at most {MOST_PARENTS} labels above it.")
    return tuple(dict.fromkeys(find_label(cursor, text).mid for text in texts))


def _found(cursor: Cursor, proposal_id: str) -> Proposal:
    try:
        found = label_proposals.find(cursor, UUID(proposal_id))
    except ValueError:
        found = None
    if found is None:
        raise NotFound(f"There is no proposal {proposal_id[:40]!r}.")
    return found


def _reason(decision: ProposalDecision) -> str:
    return _text(decision.reason, 0, MOST_WORDS, "reason")


def _text(text: str, least: int, most: int, field: str) -> str:
    text_in_one_line = " ".join(text.split())
    hidden = find_hidden_in_prose(text_in_one_line)
    if hidden:
        raise Refused(
            f"{field}_invalid", f"The {field} holds {hidden}, which nobody sees; leave it out."
        )
    if not least <= len(text_in_one_line) <= most:
        raise Refused(f"{field}_invalid", f"The {field} has {least} to {most} characters.")
    return text_in_one_line
