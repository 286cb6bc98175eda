"""Cookies of a connection that may be HTTPS."""

from __future__ import annotations

from flask import request


def is_secure() -> bool:
    """True behind HTTPS; a client that forges the header only makes its own rules stricter."""
    return request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"


def cookie_name(name: str) -> str:
    """A cookie's name; behind HTTPS no other host can set it."""
    return f"__Host-{name}" if is_secure() else name
