"""Notices: what the hub told the asker."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from imagehub.answers.notices import Notices, NoticeTold
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.notices import service as notices

endpoints = Endpoints("notices")


class NoticeList(RequestModel):
    """Which notices: `next` of the page before is `after`."""

    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Text | None = None


class ReadUpTo(RequestModel):
    """The newest notice that was read."""

    up_to: Annotated[int, Field(ge=1, le=2**62)]


@endpoints.get("/notices")
def index(query: NoticeList, account: Account) -> Notices:
    """List what you were told."""
    return _page(account, query)


@endpoints.put("/notices/read")
def mark_read(account: Account, body: ReadUpTo) -> Notices:
    """Say that you have read your notices up to one; answers the first page."""
    notices.mark_read(resources().database, account, body.up_to)
    return _page(account, NoticeList())


def _page(account: Account, query: NoticeList) -> Notices:
    database = resources().database
    found = notices.listed(database, account, query.after, query.limit)
    return Notices(
        notices=tuple(NoticeTold.of(notice) for notice in found.items),
        unread=notices.unread(database, account),
        next=found.after,
    )
