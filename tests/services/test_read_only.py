"""What can only be read says so, loses nothing, and works again by itself."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.errors import Unavailable
from imagehub.storage import folder
from imagehub.storage.folder import FolderStore
from tests import factories


def test_a_catalogue_that_takes_nothing_in_is_down_for_now(
    database: Database, catalogue_url: str
) -> None:
    own = Database(catalogue_url)
    with pytest.raises(Unavailable, match="read-only"), own.transaction() as cursor:
        cursor.execute("set transaction read only")
        factories.account(cursor)
    with own.transaction() as cursor:
        factories.account(cursor)
    own.close()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EROFS, "can only be read"),
        (errno.ENOSPC, "is full"),
        (errno.EDQUOT, "is full"),
    ],
)
def test_a_store_that_takes_nothing_in_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    store = FolderStore(str(tmp_path))
    store.put("orig/aa/one", b"one")

    def refuse(*_: Any) -> None:
        raise OSError(number, "as the kernel says it")

    with monkeypatch.context() as patched:
        patched.setattr(folder.os, "fsync", refuse)
        with pytest.raises(Unavailable, match=words) as told:
            store.put("orig/aa/two", b"two")
    assert told.value.retry_after_seconds >= 30
    assert store.get("orig/aa/one") == b"one"
    assert store.put("orig/aa/two", b"two")
    assert store.get("orig/aa/two") == b"two"
