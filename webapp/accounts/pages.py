"""One's own account: password, tokens, sessions, what was done to it, and its deletion."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.images import image_queries
from imagehub.errors import HubError, Refused
from imagehub.vocabulary import Scope
from webapp.accounts import access_tokens, export_answer
from webapp.accounts import service as accounts
from webapp.accounts.service import NewPassword
from webapp.http import auth, known_browsers, sessions
from webapp.http.resources import resources

SCOPES = {
    Scope.READ: "see your receipts and photos",
    Scope.UPLOAD: "send photos",
    Scope.REVIEW: "review photos",
    Scope.SUBSETS: "save subsets and ask for releases",
    Scope.TRAIN: "train models and download them",
    Scope.ADMIN: "what admins do",
}
COUNTED_UPLOADS = 2_000
"""Of so many uploads, the newest, the page of deletion tells how many photos stay."""

Answer = Response | tuple[str, int]

pages = Blueprint("account", __name__)


@pages.get("/account")
def show() -> str:
    """The account's page."""
    return _page({})


@pages.post("/account/password")
def change_password() -> Answer:
    """Take a new password; all other sessions and all links end, and tokens where wished."""
    wish = NewPassword(
        request.form.get("old", ""), request.form.get("new", ""), "revoke_tokens" in request.form
    )
    try:
        accounts.change_password(resources().database, auth.account(), wish, sessions.present())
    except Refused as error:
        field = "old" if error.code == "password_wrong" else "new"
        return _page({field: error.sentence}), 422
    answer = redirect("/account#password", 303)
    known_browsers.remember(auth.account(), answer)
    return answer


@pages.post("/account/tokens")
def make_token() -> Answer:
    """Make a token for who knows the account's password, and show it: this once."""
    name, scopes = request.form.get("name", ""), request.form.getlist("scope")
    database, asker = resources().database, auth.account()
    try:
        accounts.confirm(database, asker, request.form.get("present", ""))
        token = access_tokens.make(database, asker, name, scopes)
    except Refused as error:
        field = "present" if error.code.startswith("password_") else "name"
        return _page({field: error.sentence}), 422
    return render_template("account_token.html", token=token, name=name), 200


@pages.post("/account/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> Response:
    """Make a token worthless."""
    access_tokens.revoke(resources().database, auth.account(), token_id)
    return redirect("/account#tokens", 303)


@pages.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """Sign out at one browser."""
    accounts.end_session(resources().database, auth.account(), session_id)
    return redirect("/account#sessions", 303)


@pages.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    """End all sessions of the account."""
    accounts.sign_out_everywhere(resources().database, auth.account())
    answer = redirect("/", 303)
    sessions.end(answer)
    return answer


@pages.post("/account/export")
def export() -> Response:
    """All that the hub keeps of the person, as a ZIP."""
    return export_answer.answer(resources().database, auth.account())


@pages.get("/account/deletion")
def show_deletion() -> str:
    """What deleting the account does, said before it is done."""
    return _deletion()


@pages.post("/account/deletion")
def delete() -> Answer:
    """Delete the account of who knows its password."""
    try:
        accounts.delete(resources().database, auth.account(), request.form.get("password", ""))
    except Refused as error:
        return _deletion(error), 422
    answer = redirect("/", 303)
    sessions.end(answer)
    return answer


def _page(errors: dict[str, str]) -> str:
    own = accounts.show(resources().database, auth.account(), sessions.present())
    return render_template("account.html", own=own, scopes=SCOPES, errors=errors)


def _deletion(error: HubError | None = None) -> str:
    with resources().database.transaction() as cursor:
        sent = image_queries.sent_by(cursor, auth.account().id, COUNTED_UPLOADS)
    return render_template(
        "account_deletion.html",
        error=str(error) if error else "",
        sent=sent,
        counted_uploads=COUNTED_UPLOADS,
    )
