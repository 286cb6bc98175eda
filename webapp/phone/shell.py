"""The app's shell: the page, its manifest, and the service worker that keeps both on the phone.

The worker carries a version made from the bytes of all that it keeps, so a changed file is a new
worker; the photos that wait lie elsewhere, in the browser's database, and no update touches them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, json, render_template

from imagehub.catalogue.accounts.consents import TERMS_VERSION
from imagehub.vocabulary import MAX_PHOTO_BYTES

STATIC = Path(__file__).resolve().parents[1] / "static"
STYLES = ("base.css", "parts.css", "forms.css")
PAGE, MANIFEST = "/app", "/app/manifest.webmanifest"
POLICY = (
    "default-src 'none'; img-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""As everywhere; and the page shows photos that it holds itself (blob:), and installs."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
    "Cache-Control": "no-cache",
}
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
"""Sides in pixels, and for what: browsers ask for these two sizes before they offer to install."""

pages = Blueprint("phone", __name__)


@dataclass(frozen=True, slots=True)
class Shell:
    """What the phone keeps: the addresses, and a version made from what lies there."""

    addresses: tuple[str, ...]
    version: str


@pages.get(PAGE)
def show() -> Response:
    """The app's page, the same for everybody: who is signed in it asks itself."""
    return Response(_page(), headers=HEADERS)


@pages.get(MANIFEST)
def manifest() -> Response:
    """What a phone reads before it installs the app."""
    return Response(_manifest(), content_type="application/manifest+json")


@pages.get("/app/service-worker.js")
def service_worker() -> Response:
    """The worker, for /app and what is below it."""
    found = shell()
    text = render_template(
        "app/service-worker.js", version=found.version, addresses=found.addresses
    )
    headers = {"Service-Worker-Allowed": PAGE, "Cache-Control": "no-cache"}
    return Response(text, content_type="text/javascript; charset=utf-8", headers=headers)


@cache
def shell() -> Shell:
    """The shell as it was delivered with the program."""
    files = sorted(
        [STATIC / "favicon.svg", *(STATIC / name for name in STYLES)]
        + [file for file in (STATIC / "app").iterdir() if file.is_file()]
    )
    files_by_path = {
        f"/static/{file.relative_to(STATIC).as_posix()}": file.read_bytes() for file in files
    }
    return shell_of({PAGE: _page().encode(), MANIFEST: _manifest().encode(), **files_by_path})


def shell_of(files_by_path: dict[str, bytes]) -> Shell:
    """The shell of these files by address, in this order."""
    whole = hashlib.sha256()
    for address, data in files_by_path.items():
        whole.update(f"{address} {len(data)}\n".encode() + data)
    return Shell(tuple(files_by_path), whole.hexdigest()[:16])


def _page() -> str:
    return render_template(
        "app/page.html", terms_version=TERMS_VERSION, max_photo_bytes=MAX_PHOTO_BYTES
    )


def _manifest() -> str:
    described = {
        "id": PAGE,
        "name": "Deep Images Hub",
        "short_name": "Images Hub",
        "description": "Photograph things, say what they are, and follow what becomes of them.",
        "lang": "en",
        "start_url": PAGE,
        "scope": "/",  # so that the sign-in stays in the app's window
        "display": "standalone",
        "background_color": "#fafaf8",
        "theme_color": "#0d5c61",
        "icons": [
            {
                "src": f"/static/app/{purpose}-{side}.png",
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for side, purpose in ICONS
        ],
    }
    return json.dumps(described, indent=1)
