"""What the cells of the access table are tried on: people of every role, and things of theirs."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from imagehub.catalogue.accounts import account_tokens, credentials, sessions
from imagehub.catalogue.accounts.sessions import NewSession
from imagehub.catalogue.accounts.tokens import digest
from imagehub.catalogue.demands import demands, webhooks
from imagehub.catalogue.demands.demands import DemandSpec
from imagehub.catalogue.imports import import_rows, imports
from imagehub.catalogue.imports.import_rows import ImportRow, RowPlace
from imagehub.catalogue.imports.imports import ImportPlan, PartProgress
from imagehub.catalogue.labels import label_proposals, own_labels
from imagehub.catalogue.labels.label_proposals import NewProposal
from imagehub.catalogue.moderation import photo_openings, reports
from imagehub.catalogue.moderation.reports import ReportKind
from imagehub.catalogue.releases import release_files
from imagehub.vocabulary import Account, Label, Outcome, Role, Scope
from tests import factories, photos
from tests.access_cells import ALLOWED, VISITOR, Cell
from tests.factories import Photo
from tests.factories import training as making
from tests.factories.photo_releases import release_with_photos
from tests.web_server import Web
from webapp.accounts import passwords
from webapp.application import create_app
from webapp.http.access import Route

PHOTO = photos.jpeg(77, 320, 240)


@dataclass
class Person:
    """Somebody with one role, a token, and one thing of each kind."""

    account: Account
    token: str
    photo: Photo
    subset: str


PASSWORD = "correct horse battery"
HASH = passwords.hash_of(PASSWORD, "nobody")


@dataclass
class World:
    """People by role, somebody else, and images of every standing."""

    web: Web
    label: Label
    people: dict[str, Person]
    other: Person
    public: Photo
    queued: Photo
    opened: Photo
    release: str

    @cached_property
    def client(self) -> FlaskClient:
        """The application in this process."""
        return create_app(self.web.settings).test_client(use_cookies=False)

    def ask(self, cell: Cell, csrf_token: str | None = None) -> TestResponse:
        """Send the cell's request, well-formed, with another CSRF token if it is named."""
        route = cell.route
        headers, word = self.credentials(cell)
        word = csrf_token if csrf_token is not None else word
        sent = self.well_meant(route, word)
        if route.is_program and not route.takes_token:
            headers["X-CSRF-Token"] = word
        headers |= sent.pop("headers", {})
        return self.client.open(self.path(cell), method=route.method, headers=headers, **sent)

    def complaint(self, cell: Cell) -> str | None:
        """What is wrong with the answer to the cell's request; None if it is as it must be."""
        answer, must_hear = self.ask(cell), cell.must_hear
        heard = f"{answer.status_code} instead of {must_hear or 'yes'}: {answer.data[:300]!r}"
        if must_hear != ALLOWED:
            return None if answer.status_code == must_hear else heard
        if answer.status_code in (401, 403) or "/sign-in" in answer.headers.get("Location", ""):
            return heard
        if (cell.route.method, cell.route.rule) == ("POST", "/account/deletion"):
            return None if answer.status_code == 422 else heard  # it is sent a wrong password
        is_sure = cell.route.thing is not None or cell.route.needs_account
        return heard if is_sure and answer.status_code >= 400 else None

    def well_meant(self, route: Route, csrf_token: str) -> dict[str, Any]:
        """What a well-formed request to the route carries, as `FlaskClient.open` takes it."""
        return _sent(route, self, csrf_token)

    def credentials(self, cell: Cell) -> tuple[dict[str, str], str]:
        """The headers that say who asks, and the CSRF token of the session, if it is one."""
        if cell.subject == VISITOR:
            return {"Host": "localhost"}, ""
        person = self.people[cell.subject]
        if cell.route.takes_token:
            return {"Host": "localhost", "Authorization": f"Bearer {person.token}"}, ""
        secret = self.session(cell.subject)
        word = hashlib.sha256(f"form of {secret}".encode()).hexdigest()
        return {"Host": "localhost", "Cookie": f"session={secret}"}, word

    def session(self, subject: str) -> str:
        """The secret of a new session of the person with this role."""
        with self.web.database.transaction() as cursor:
            return factories.session(cursor, self.people[subject].token)

    def _upload_id(self, cell: Cell, owner: Person, photo: Photo) -> uuid.UUID:
        """Another upload than the one that is shown where the cell withdraws it."""
        if cell.route.thing is None or cell.route.thing.name != "sent":
            return photo.upload_id
        with self.web.database.transaction() as cursor:
            return factories.photo(cursor, self.label, owner=owner.account).upload_id

    def _import_name(self) -> str:
        """A new import: some cells undo it."""
        name, owner = f"made-{secrets.token_hex(6)}", self.other.account.id
        plan = ImportPlan(name, owner, "things.zip", "files", {}, None)
        why = ("truncated", "The photo is cut off before its end.")
        places = (RowPlace(f"Mug/{number}.jpg", 0) for number in range(3))
        rows = [ImportRow(place, "things.zip", "Mug", 0, None, *why) for place in places]
        with self.web.database.transaction() as cursor:
            imports.begin(cursor, plan)
            imports.keep_part(cursor, plan.name, "things.zip", PartProgress(0, 3, True))
            import_rows.keep(cursor, plan.name, rows)
        return plan.name

    def _question_id(self, owner: Person) -> uuid.UUID:
        with self.web.database.transaction() as cursor:
            return factories.review_question(cursor, owner.account, self.public)

    def _token_id(self, owner: Person) -> uuid.UUID:
        """Another token than the one that is shown: some cells revoke it."""
        with self.web.database.transaction() as cursor:
            account_tokens.add(cursor, owner.account.id, secrets.token_bytes(32), "x", Scope)
            return account_tokens.of_account(cursor, owner.account.id)[0].id

    def _session_id(self, owner: Person) -> uuid.UUID:
        """Another session than the one that asks: some cells end it."""
        secret = secrets.token_bytes(32)
        with self.web.database.transaction() as cursor:
            sessions.begin(cursor, owner.account.id, NewSession(secret, 60))
            found = sessions.of_account(cursor, owner.account.id, secret)
            return next(one.id for one in found if one.is_present)

    def _wanted(self, cell: Cell, owner: Person) -> dict[str, str]:
        """A demand, a webhook, a proposal, where the route names one: some cells end them."""
        found = {name: str(uuid.uuid4()) for name in ("demand_id", "webhook_id", "proposal_id")}
        is_change = cell.route.rule.endswith("/changes")
        is_named = any(f"<{name}>" in cell.route.rule for name in found)
        if cell.target == "absent" or not (is_named or is_change):
            return found
        until = datetime.now(UTC) + timedelta(days=1)
        with self.web.database.transaction() as cursor:
            spec = DemandSpec(self.label.mid, 5, secrets.token_hex(4), until)
            demand = demands.ask(cursor, owner.account.id, spec)
            url = f"https://{secrets.token_hex(4)}.example/"
            webhook = webhooks.add(cursor, owner.account.id, url, "whsec_x")
            new = NewProposal(f"Thing {secrets.token_hex(4)}", (), "It is missing.")
            proposal = label_proposals.add(cursor, owner.account.id, new)
            own = own_labels.add(cursor, proposal, new.name).split("/")
        made = dict(zip(found, map(str, (demand, webhook, proposal)), strict=True))
        return made | ({"kind": own[1], "code": own[2]} if is_change else {})

    def path(self, cell: Cell) -> str:
        """Where the cell's thing is."""
        path = cell.route.rule
        for name, value in self.values(cell).items():
            path = path.replace(f"<{name}>", value)
        return path

    def values(self, cell: Cell) -> dict[str, str]:
        """What stands in the path for each of its parameters, and for others."""
        return {**self._values(cell), **self._trained(cell), **self._released(cell)}

    def _trained(self, cell: Cell) -> dict[str, str]:
        """A run with its model, or a release to train on, where the route is about training."""
        owner = (self.people.get(cell.subject) if cell.target == "own" else None) or self.other
        if cell.route.thing is None or cell.route.thing.name not in ("training_run", "model"):
            if "train" not in cell.route.rule.rpartition(">")[2]:
                return {}
            with self.web.database.transaction() as cursor:
                return {"release_id": making.trainable_release(cursor)[0]}
        with self.web.database.transaction() as cursor:
            made = making.model(cursor, self.web.store, owner.account)
        known = str(uuid.uuid4()) if cell.target == "absent" else made
        return {"run_id": known, "model_id": known, "name": "labels.txt"}

    def _released(self, cell: Cell) -> dict[str, str]:
        """A file of the release in one of its formats, or a document."""
        if "/formats/" not in cell.route.rule and "/datasets/" not in cell.route.rule:
            return {"path:name": "CREDITS.md"}
        with self.web.database.transaction() as cursor:
            found = release_files.of_release(cursor, self.release, "")[0].path
        name, _, path = found.partition("/")
        dataset = {"namespace": name, "subset": self.release.rpartition("-")[0], "revision": "main"}
        return {"name": name, "path:path": path, **dataset}

    def _values(self, cell: Cell) -> dict[str, str]:
        owner = self.people.get(cell.subject) if cell.target == "own" else self.other
        owner = owner or self.other
        known = {"public": self.public, "queue": self.queued, "opened": self.opened}
        photo = known.get(cell.target, owner.photo)
        if cell.route.thing is None or (cell.target, cell.route.thing.name) == ("others", "claim"):
            photo = self.queued
        _, kind, code = photo.label.mid.split("/")
        is_absent = cell.target == "absent"
        return {
            "image_id": "0" * 16 if is_absent else photo.image_id,
            "other_id": self.public.image_id,
            "upload_id": str(uuid.uuid4() if is_absent else self._upload_id(cell, owner, photo)),
            "name": f"absent-{secrets.token_hex(4)}" if is_absent else owner.subset,
            "kind": "thumb" if cell.route.rule.endswith(".jpg") else kind,
            "code": code,
            "release_id": self.release,
            "import_name": self._import_name() if "<import_name>" in cell.route.rule else "none",
            **self._wanted(cell, owner),
            "session_id": str(
                self._session_id(owner)
                if "<session_id>" in cell.route.rule and not is_absent
                else uuid.uuid4()
            ),
            "token_id": str(
                self._token_id(owner)
                if "<token_id>" in cell.route.rule and not is_absent
                else uuid.uuid4()
            ),
            "question_id": str(uuid.uuid4() if is_absent else self._question_id(owner)),
            "account_id": str(uuid.uuid4() if is_absent else owner.account.id),
            "path:filename": "base.css",
        }


def world(web: Web) -> World:
    """Make everything; things of one person are hidden photos that nobody need review."""
    with web.database.transaction() as cursor:
        factories.empty_review_queue(cursor)
        label = factories.label(cursor)
        queued = factories.photo(cursor, label, store=web.store)
        factories.checks(cursor, queued.image_id)
        factories.verdict(cursor, queued.image_id, label, Outcome.NEEDS_REVIEW, 0.5)
        opened = factories.photo(cursor, label, store=web.store)
        factories.checks(cursor, opened.image_id)
        factories.verdict(cursor, opened.image_id, label, Outcome.REJECTED, 0.01)
        public = factories.verified_photo(cursor, label, store=web.store)
        factories.publish_label_sets(cursor)
        release = release_with_photos(cursor, web.store, [PHOTO]).id
    people = {role.value: _person(web, label, role) for role in Role}
    other = _person(web, label, Role.CONTRIBUTOR)
    with web.database.transaction() as cursor:
        admin = people[Role.ADMIN.value].account
        photo_openings.add(cursor, admin.id, opened.image_id, "It was asked for.", 3600)
    return World(web, label, people, other, public, queued, opened, release)


def _person(web: Web, label: Label, role: Role) -> Person:
    account, token = web.person(role)
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, label, owner=account, store=web.store)
        factories.checks(cursor, photo.image_id)
        factories.verdict(cursor, photo.image_id, label, Outcome.REJECTED, 0.01)
        subset = factories.subset(cursor, [label], owner=account)
        credentials.set_password(cursor, account.id, HASH)
    return Person(account, token, photo, subset)


def _sent(route: Route, world: World, csrf_token: str) -> dict[str, Any]:
    """What a well-meant request to the route carries."""
    rules = {"labels": [world.label.mid]}
    name = f"made-{secrets.token_hex(6)}"
    match (route.method, route.rule):
        case ("POST", "/api/v1/uploads" | "/app/uploads"):
            headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "image/jpeg"}
            headers |= {"X-CSRF-Token": csrf_token}
            return {"headers": headers, "data": PHOTO, "query_string": {"label": world.label.mid}}
        case ("POST", "/app/consent"):
            return {"json": {"terms_version": 1}}
        case ("PUT", "/api/v1/images/<image_id>/reviews/<kind>/<code>"):
            return {"json": {"answer": "yes"}}
        case ("POST", "/api/v1/images/<image_id>/reports"):
            return {"json": {"kind": "not_this"}}
        case ("POST", "/api/v1/images/<image_id>/duplicate-undos"):
            return {"json": {"other": world.public.image_id}}
        case ("POST", "/api/v1/subsets"):
            return {"json": {"name": name, **rules}}
        case ("POST", "/api/v1/labels/proposals"):
            return {"json": {"name": name, "why": "It is missing."}}
        case ("GET", "/api/v1/labels/alike"):
            return {"query_string": {"name": "mug"}}
        case ("POST", "/api/v1/demands"):
            return {"json": {"label": world.label.mid, "target": 5, "why": name}}
        case ("POST", "/api/v1/demands/<demand_id>/close"):
            return {"json": {"because": "It is not needed."}}
        case ("POST", "/api/v1/webhooks"):
            return {"json": {"url": f"https://{name}.example/"}}
        case ("POST", rule) if rule.endswith("/models/<model_id>/predictions"):
            headers = {"Content-Type": "image/jpeg", "X-CSRF-Token": csrf_token}
            return {"headers": headers, "data": PHOTO}
        case ("POST", "/api/datasets/<namespace>/<subset>/paths-info/<revision>"):
            return {"json": {"paths": ["README.md"]}}
        case ("PUT", "/api/v1/notices/read"):
            return {"json": {"up_to": 1}}
        case ("POST", "/api/v1/subsets/preview"):
            return {"json": rules}
        case ("POST", _) if not route.is_program:
            fields = _form(route, world, name)
            return {"data": {**fields, "csrf_token": csrf_token}}
    return {}


def _form(route: Route, world: World, name: str) -> dict[str, str]:
    match route.rule:
        case "/sign-in":
            return {"name": world.other.account.name, "password": PASSWORD}
        case "/sign-in/link":
            secret = secrets.token_urlsafe(16)
            with world.web.database.transaction() as cursor:
                credentials.add_link(cursor, world.other.account.id, digest(secret), 3600)
            return {"secret": secret}
        case "/sign-up":
            return {"name": name, "email": f"{name}@example.com", "password": PASSWORD}
        case "/terms":
            return {"version": "1"}
        case "/subsets":
            return {"form": "1", "label": world.label.mid, "name": name}
        case "/labels/proposals":
            return {"name": name, "why": "It is missing."}
        case "/labels/proposals/<proposal_id>/decision":
            return {"act": "decline", "reason": "It is here already."}
        case "/labels/<kind>/<code>/changes":
            return {"act": "rename", "name": name}
        case "/demands":
            return {"label": world.label.mid, "target": "5", "why": name, "days": "3"}
        case "/imports/<import_name>/undo":
            return {"sure": "1"}
        case "/demands/<demand_id>/close":
            return {"because": "It is not needed."}
        case "/account/webhooks":
            return {"url": f"https://{name}.example/"}
        case "/notices/read":
            return {"up_to": "1"}
        case "/images/<image_id>/reviews":
            return {"label": world.label.mid, "answer": "yes"}
        case "/review/questions/<question_id>":
            return {"answer": "unsure"}
        case "/images/<image_id>/duplicate-undos":
            return {"other": world.public.image_id}
        case "/images/<image_id>/reports":
            return {"kind": "not_this"}
        case "/moderation/<image_id>":
            with world.web.database.transaction() as cursor:
                reports.add(cursor, world.queued.photo_sha256, None, ReportKind.NOT_THIS, "")
            return {"outcome": "keep", "kind": "not_this", "words": name}
        case "/photo-openings":
            return {"photo": world.public.image_id, "reason": name}
        case "/account/password":
            return {"old": PASSWORD, "new": PASSWORD}
        case "/account/tokens":
            return {"name": name, "scope": "read", "present": PASSWORD}
        case "/account/deletion":  # the account is still needed; test_accounts.py deletes one
            return {"password": "wrong"}
        case "/accounts/<account_id>":
            return {"password": PASSWORD, "role": "contributor"}
    return {}
