"""Demands: photos that people want, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from imagehub.answers.demands import Demand, Demands
from imagehub.catalogue.demands import demand_queries
from imagehub.catalogue.demands.demand_queries import DemandEntry
from imagehub.vocabulary import Account
from webapp.demands import service as demands
from webapp.demands.service import NewDemand
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources

endpoints = Endpoints("demands")


class DemandList(RequestModel):
    """Which open demands: those of a label's MID, or without one the most needed of all.

    `after` is for the latter; those of a label are the 20 that most want.
    """

    label: Text | None = None
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    after: Annotated[Text, Field(max_length=600)] | None = None


class AskedDemand(RequestModel):
    """A wish for `target` verified photos of a label (MID or name) within `days`."""

    label: Text
    target: Annotated[int, Field(ge=1, le=demands.MOST_PHOTOS)]
    why: Annotated[Text, Field(min_length=1, max_length=demands.MOST_WORDS)]
    days: Annotated[int, Field(ge=1, le=demands.MOST_DAYS)] = 30
    by_mail: bool = False


class Joining(RequestModel):
    """How to be told; notices and webhooks always are."""

    by_mail: bool = False


class Closing(RequestModel):
    """Why a demand ends before its time; an admin must say it."""

    because: Annotated[Text, Field(max_length=demands.MOST_WORDS)] = ""


@endpoints.get("/demands")
def index(query: DemandList) -> Demands:
    """List open demands, for everybody."""
    database = resources().database
    if query.label is None:
        page = demands.missions_near(database, None, query.limit, query.after)
        return Demands(demands=_all(page.items), next=page.after)
    with database.transaction() as cursor:
        found = demand_queries.open_of_label(cursor, query.label, None)
    return Demands(demands=_all(found[: query.limit]))


@endpoints.get("/missions")
def missions(account: Account) -> Demands:
    """List the 20 open demands that suit you best: needed, and near to what you sent before."""
    found = demands.missions_near(resources().database, account, 20).items
    return Demands(demands=_all(found))


@endpoints.get("/demands/<demand_id>")
def show(demand_id: str) -> Demand:
    """Show a demand."""
    return Demand.of(demands.show(resources().database, None, demand_id))


@endpoints.post("/demands", status=201, problems=(409,))
def ask(account: Account, body: AskedDemand) -> Demand:
    """Ask for photos of a label; everybody who watches gets a notice when they are here."""
    return Demand.of(demands.ask(resources().database, account, NewDemand(**body.model_dump())))


@endpoints.put("/demands/<demand_id>/watch", problems=(409,))
def join(demand_id: str, account: Account, body: Joining) -> Demand:
    """Watch a demand: you get a notice when it ends."""
    return Demand.of(demands.join(resources().database, account, demand_id, body.by_mail))


@endpoints.delete("/demands/<demand_id>/watch")
def leave(demand_id: str, account: Account) -> Demand:
    """Be told no more of a demand."""
    return Demand.of(demands.leave(resources().database, account, demand_id))


@endpoints.post("/demands/<demand_id>/close", problems=(403, 409))
def close(demand_id: str, account: Account, body: Closing) -> Demand:
    """Withdraw a demand of your own; an admin closes anybody's for a reason."""
    return Demand.of(demands.close(resources().database, account, demand_id, body.because))


def _all(found: Iterable[DemandEntry]) -> tuple[Demand, ...]:
    return tuple(Demand.of(demand) for demand in found)
