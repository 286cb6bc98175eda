"""Labels that people miss: propose one, and names that are like it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from imagehub.answers.labels import LabelName
from imagehub.answers.proposals import NamesThere, NameThere, ProposedLabel, ProposedLabels
from imagehub.catalogue.labels.label_proposals import NewProposal, Proposal
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, Text
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.proposals import service as proposals
from webapp.proposals.service import MOST_EXAMPLES, MOST_PARENTS

endpoints = Endpoints("label_proposals")

Uuid = Annotated[UUID, Field(strict=False)]  # JSON has text


class LikeName(RequestModel):
    """The name that a person is writing."""

    name: Annotated[Text, Field(max_length=proposals.LONGEST_NAME)]


class AskedLabel(RequestModel):
    """A label that is missing: `parents` are MIDs or names, `examples` ids of own uploads."""

    name: Annotated[Text, Field(min_length=2, max_length=proposals.LONGEST_NAME)]
    parents: Annotated[tuple[Text, ...], Field(strict=False, max_length=MOST_PARENTS)] = ()
    why: Annotated[Text, Field(min_length=1, max_length=proposals.MOST_WORDS)]
    examples: Annotated[tuple[Uuid, ...], Field(strict=False, max_length=MOST_EXAMPLES)] = ()


@endpoints.get("/labels/alike")
def alike(query: LikeName) -> NamesThere:
    """Find names like one, before it is proposed."""
    found = proposals.alike(resources().database, query.name)
    return NamesThere(
        names=tuple(
            NameThere(
                name=similar.name,
                label=LabelName.of(similar.label) if similar.label else None,
                proposal=similar.proposal_id,
            )
            for similar in found
        )
    )


@endpoints.get("/labels/proposals")
def index(account: Account) -> ProposedLabels:
    """List proposals."""
    found = proposals.listed(resources().database, 50)
    return ProposedLabels(
        proposals=tuple(_told(proposal, account) for proposal in (*found.waiting, *found.decided))
    )


@endpoints.post("/labels/proposals", status=201, problems=(409,))
def propose(account: Account, body: AskedLabel) -> ProposedLabel:
    """Propose a label that is missing; an admin decides, and you get a notice."""
    new = NewProposal(body.name, body.parents, body.why, body.examples)
    return _told(proposals.propose(resources().database, account, new), account)


def _told(found: Proposal, account: Account) -> ProposedLabel:
    decision = found.decision
    label = decision.label if decision else None
    return ProposedLabel(
        id=found.id,
        name=found.name,
        parents=tuple(LabelName.of(label) for label in found.parents),
        why=found.why,
        proposer=found.proposer,
        is_own=found.account_id == account.id,
        proposed_at=found.proposed_at,
        state=decision.action if decision else "waiting",
        reason=decision.reason if decision else "",
        label=LabelName.of(label) if label else None,
    )
