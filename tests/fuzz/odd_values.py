"""Odd values for fields, queries and headers, as Hypothesis strategies."""

from __future__ import annotations

import base64
import json

from hypothesis import strategies as st

from tests.access_world import PASSWORD

TEXTS = (
    "", " ", "0", "-1", "1_000", "١٢", "1e9", "10" * 10, "9" * 5000, "NaN", "inf", "0x10", "1.5",
    "true", "null", "None", "[]", "{}", "%", "%%", "_", "'", '"', "\\", "';--", "(a+)+$", "*", "?",
    "../x", "/", "//evil.example", "https://evil.example/", "javascript:alert(1)", "http://[::1",
    "https://127.0.0.1/", "https://x.example:99999/", "a@b", "a\0b@example.com", "\0", "\x7f",
    "\r\nX: y", "a\u200bb", "\u202eb", "\ufeff", "\ufffd", "\ud800", "İ", "ß", "e\u0301",
    "\U0001f469\u200d\U0001f52c", "<b>", "{{7*7}}", "%s%n", "=cmd|'/C calc'!A0", "x" * 10_000,
    "2026-02-30", "0001-01-01", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
    "/m/0bt9lr", "/m/", "/hub/0001", "00000000-0000-0000-0000-000000000000", "0" * 16, "Dog",
    PASSWORD,
)  # fmt: skip

BYTES = (b"\xff", b"%00", b"%ff%fe", b"\xed\xa0\x80", b"\xc0\xaf", b"a=b&a=c", b"%", b"+" * 50)
"""Written into a query or a form as they are, not quoted."""

_MOMENTS = (
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-12-01T00:00:00",
    "2026-12-01T00:00:00+00:00", "-4712-01-01", "infinity", "2026-12-01T00:00:00+00:00:00.5",
)  # fmt: skip
_CURSOR_PARTS = st.one_of(
    st.sampled_from(_MOMENTS),
    st.sampled_from((0, -1, 2**31, 2**63, 2**63 - 1, 10**30, 1.5, 1e308, None, True, [], {})),
    st.text(max_size=12),
    st.sampled_from(TEXTS[:30]),
)


def cursors() -> st.SearchStrategy[str]:
    """The end of a page as a list writes it, of values that it may not have written."""
    return st.lists(_CURSOR_PARTS, max_size=4).map(_cursor)


def texts() -> st.SearchStrategy[str]:
    """Text of any kind."""
    return st.one_of(
        st.sampled_from(TEXTS),
        st.sampled_from(TEXTS),
        st.integers(-(10**20), 10**20).map(str),
        st.text(max_size=40),
        st.characters().map(lambda letter: f"a{letter}b"),
        cursors(),
    )


def headers() -> st.SearchStrategy[dict[str, str]]:
    """Headers of a request, few of them."""
    return st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(HEADER_TEXTS), max_size=2)


HEADERS = (
    "Accept", "Accept-Language", "Accept-Encoding", "Content-Type", "Content-Encoding", "Range",
    "If-Range", "If-None-Match", "If-Modified-Since", "Idempotency-Key", "X-Content-SHA256",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Origin", "Sec-Fetch-Site",
    "Referer", "User-Agent", "X-CSRF-Token", "X-Request-Id", "X-HTTP-Method-Override",
    "Authorization", "Cookie", "TE", "Via", "X-Odd",
)  # fmt: skip
HEADER_TEXTS = (
    "", "*/*", "x", "0", "-1", ",", ";", "=", '"', '"x', "W/", "bytes=0-", "bytes=-1", "bytes=5-2",
    "bytes=0-0,2-3", "bytes=99999999999999999999-", "gzip", "text/html;q=x", "application/json",
    "multipart/form-data", "multipart/form-data; boundary=", "text/plain; charset=nonsense",
    "application/x-www-form-urlencoded; charset=utf-7", "Sat, 99 Foo 2026 99:99:99 GMT",
    "https://evil.example", "null", "http://[", "cross-site", "Bearer", "Bearer \xff", "Basic x",
    "session=\xff", "session=; session=x", "session=\"", "\xe9", "x" * 4000,
    "00000000-0000-0000-0000-000000000000", "en-\xff", "for=[::1", "1.2.3.4, 5.6.7.8",
)  # fmt: skip


def _cursor(values: list[object]) -> str:
    text = json.dumps(values)
    return base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode().rstrip("=")
