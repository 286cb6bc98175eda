"""A field that no form and no schema has is refused or changes nothing, on every route."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from imagehub.vocabulary import Role
from tests import access_world
from tests.access_cells import Cell
from tests.access_world import World
from tests.web_server import Web
from webapp.http import access
from webapp.http.access import Route

ROUTES = access.table().routes.values()
JSON = [
    *(one for one in ROUTES if one.rule.startswith("/api/v1/") and one.method in ("POST", "PUT")),
    access.table().route("POST", "/app/consent"),
]
NO_JSON = (
    "/api/v1/uploads",
    "/api/v1/models/<model_id>/predictions",
    "/api/v1/uploads/<upload_id>/withdrawal",
)
"""They take a photo, or nothing: a body is not looked at."""

FORGED: dict[str, Any] = {
    "role": "admin",
    "roles": ["admin"],
    "verified": True,
    "owner_id": str(uuid.uuid4()),
    "account_id": str(uuid.uuid4()),
    "is_public": True,
    "__proto__": {},
}
ROLES_OF = "select roles::text[] as roles from accounts where name = %s"


@pytest.fixture(scope="module")
def world(web: Web) -> World:
    return access_world.world(web)


@pytest.mark.parametrize(
    "route", [route for route in JSON if route.rule not in NO_JSON], ids=lambda route: route.rule
)
def test_json_with_a_field_that_is_not_known_is_refused(world: World, route: Route) -> None:
    subject = min(route.roles, default=Role.CONTRIBUTOR).value
    target = "" if route.thing is None else "public" if route.thing.name == "image" else "own"
    cell = Cell(route, subject, "others" if route.thing and route.thing.name == "claim" else target)
    headers, word = world.credentials(cell)
    if not route.takes_token:
        headers["X-CSRF-Token"] = word
    good = world.well_meant(route, word).get("json", {})
    for name, forged in FORGED.items():
        answer = world.client.open(
            world.path(cell), method=route.method, headers=headers, json={**good, name: forged}
        )
        assert answer.status_code == 422, (name, answer.data)
        assert f"{name} is not known here." == answer.json["detail"]


def test_a_form_gives_nobody_a_role(world: World) -> None:
    forged = {"role": "admin", "roles": "admin", "suspended": "", "account_id": str(uuid.uuid4())}
    name = f"forger-{uuid.uuid4().hex[:8]}"
    newcomer = {"name": name, "email": f"{name}@example.com", "password": access_world.PASSWORD}
    answer = world.client.post("/sign-up", data={**newcomer, **forged})
    assert answer.status_code == 303
    cell = Cell(access.table().route("POST", "/account/password"), Role.CONTRIBUTOR.value, "")
    headers, word = world.credentials(cell)
    change = {"old": access_world.PASSWORD, "new": access_world.PASSWORD, "csrf_token": word}
    answer = world.client.post("/account/password", headers=headers, data={**change, **forged})
    assert answer.status_code == 303
    asker = world.people[Role.CONTRIBUTOR.value].account.name
    with world.web.database.transaction() as cursor:
        for one in (name, asker):
            cursor.execute(ROLES_OF, (one,))
            assert cursor.fetchone().roles == ["contributor"]
