"""What admins do with accounts: find one, give it roles, suspend it; and the audit log."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.accounts import accounts
from imagehub.errors import HubError, Refused
from imagehub.vocabulary import Role
from webapp.accounts import grants
from webapp.accounts.grants import RoleRequest
from webapp.http import auth
from webapp.http.boundary import is_safe
from webapp.http.resources import resources

PAGE = 50

pages = Blueprint("accounts", __name__)


@pages.get("/accounts")
def index() -> str:
    """Accounts by name."""
    words, after = (_safe(request.args.get(name, "")) for name in ("q", "after"))
    with resources().database.transaction() as cursor:
        found = accounts.listed(cursor, words, after, PAGE + 1)
    return render_template(
        "accounts.html", words=words, found=found[:PAGE], has_more=len(found) > PAGE
    )


@pages.get("/accounts/<account_id>")
def show(account_id: str) -> str:
    """One account: its roles, and what was done to it."""
    return _page(account_id)


@pages.post("/accounts/<account_id>")
def change(account_id: str) -> Response | tuple[str, int]:
    """Give roles, suspend or take back in; the admin's own password is asked for."""
    wish = RoleRequest(frozenset(request.form.getlist("role")), "suspended" in request.form)
    password = request.form.get("password", "")
    try:
        grants.change(resources().database, auth.account(), password, account_id, wish)
    except Refused as error:
        return _page(account_id, error), 422
    return redirect(f"/accounts/{account_id}", 303)


@pages.get("/audit")
def audit() -> str:
    """What was done to all accounts, the newest first."""
    before = request.args.get("before", "")
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    found = grants.audit(resources().database, place, PAGE + 1)
    return render_template("audit.html", events=found[:PAGE], has_more=len(found) > PAGE)


def _page(account_id: str, error: HubError | None = None) -> str:
    database = resources().database
    entry = grants.show(database, account_id)
    return render_template(
        "account_grants.html",
        entry=entry,
        roles=list(Role),
        events=grants.events(database, entry),
        error=str(error) if error else "",
    )


def _safe(text: str) -> str:
    return text.strip()[:100] if is_safe(text) else ""
