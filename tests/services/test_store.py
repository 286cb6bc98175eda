"""What an object store promises, held by a folder and by a real S3 server alike."""

from __future__ import annotations

import multiprocessing
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagehub.errors import Conflict, NotFound
from imagehub.storage.folder import FolderStore
from imagehub.storage.protocol import ObjectStore
from imagehub.storage.s3 import S3Store

LARGEST_BYTES = 16 * 1024 * 1024


@pytest.fixture(params=["folder", "s3", "s3-prefix"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    """A fresh, empty store."""
    if request.param == "folder":
        return FolderStore(str(request.getfixturevalue("tmp_path") / "objects"))
    bucket = request.getfixturevalue("bucket")
    prefix = "some/prefix" if request.param == "s3-prefix" else ""
    return S3Store(bucket, prefix, request.getfixturevalue("versitygw").url, "us-east-1")


def test_what_was_put_is_got(store: ObjectStore) -> None:
    assert store.put("orig/ab/abc", b"photo") is True
    assert store.get("orig/ab/abc") == b"photo"


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    assert store.put("a/empty", b"") is True
    assert store.get("a/empty") == b""
    assert b"".join(store.stream("a/empty")) == b""
    assert store.put("a/empty", b"") is False


def test_the_largest_photo_passes(store: ObjectStore) -> None:
    photo = bytes(range(256)) * (LARGEST_BYTES // 256)
    store.put("orig/ab/large", photo)
    assert store.get("orig/ab/large") == photo
    assert b"".join(store.stream("orig/ab/large", start=1)) == photo[1:]


def test_putting_the_same_bytes_again_finds_them_there(store: ObjectStore) -> None:
    store.put("a/b", b"same")
    assert store.put("a/b", b"same") is False


@pytest.mark.parametrize("other", [b"other", b"samf", b""])
def test_other_bytes_never_replace_an_object(store: ObjectStore, other: bytes) -> None:
    store.put("a/b", b"same")
    with pytest.raises(Conflict, match="a/b"):
        store.put("a/b", other)
    assert store.get("a/b") == b"same"


def test_what_is_not_there_is_not_found(store: ObjectStore) -> None:
    store.put("a/b", b"x")
    for key in ("a/c", "a", "a/b/c", "z/z"):
        with pytest.raises(NotFound):
            store.get(key)
        with pytest.raises(NotFound):
            store.stream(key)


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 4, b"3456"),
        (0, 10, b"0123456789"),
        (0, 99, b"0123456789"),
        (9, 1, b"9"),
        (10, None, b""),
        (99, 5, b""),
        (4, 0, b""),
    ],
)
def test_a_stretch_can_be_read(
    store: ObjectStore, start: int, length: int | None, expected: bytes
) -> None:
    store.put("a/digits", b"0123456789")
    assert b"".join(store.stream("a/digits", start, length)) == expected


def test_a_stream_comes_in_chunks(store: ObjectStore) -> None:
    store.put("a/b", b"x" * 3_000_000)
    chunks = list(store.stream("a/b"))
    assert len(chunks) > 3
    assert sum(map(len, chunks)) == 3_000_000


def test_a_stream_may_be_left_unfinished(store: ObjectStore) -> None:
    store.put("a/b", b"x" * 3_000_000)
    for _ in range(100):
        next(iter(store.stream("a/b")))
    assert len(store.get("a/b")) == 3_000_000


def test_keys_come_in_order_and_only_with_the_prefix(store: ObjectStore) -> None:
    wanted = ["a/b-c/x", "a/b.c/x", "a/b/x", "a/b/y", "a/b0/x", "a/bc"]
    for key in [*reversed(wanted), "b/a", "a/c/x"]:
        store.put(key, b"x")
    assert list(store.keys("a/b")) == wanted
    assert list(store.keys("a/b/")) == ["a/b/x", "a/b/y"]
    assert list(store.keys("")) == [*wanted, "a/c/x", "b/a"]
    assert list(store.keys("nothing/here")) == []


def test_more_keys_than_one_page_holds_are_all_listed(store: ObjectStore) -> None:
    expected = [f"many/{number:04}" for number in range(1100)]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda key: store.put(key, b""), expected))
    assert list(store.keys("many/")) == expected


def test_a_deleted_object_is_gone_and_may_come_again(store: ObjectStore) -> None:
    store.put("a/b", b"one")
    store.delete("a/b")
    with pytest.raises(NotFound):
        store.get("a/b")
    assert store.put("a/b", b"two") is True
    assert store.get("a/b") == b"two"


def test_bytes_that_must_go_are_replaced_at_once_and_stay_so(store: ObjectStore) -> None:
    store.put("releases/a/shard.tar", b"a secret and more")
    before = store.stream("releases/a/shard.tar")
    store.replace("releases/a/shard.tar", b"0 000000 and more")
    assert store.get("releases/a/shard.tar") == b"0 000000 and more"
    assert list(store.keys("releases/")) == ["releases/a/shard.tar"]
    assert b"".join(before) in (b"a secret and more", b"0 000000 and more")


def test_deleting_what_is_not_there_is_no_error(store: ObjectStore) -> None:
    store.delete("a/never")
    store.put("a/b", b"x")
    store.delete("a/b/c")


@pytest.mark.parametrize(
    "key",
    [
        *("", "/a", "a/", "a//b", "../a", "a/../b", "a/.hidden", ".x/y", "a\\b", "a\0b", "ä"),
        *("a b", "a\n", "a" * 513),
    ],
)
def test_a_key_that_could_lead_elsewhere_is_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        store.put(key, b"x")
    with pytest.raises(ValueError, match="no key"):
        store.get(key)
    with pytest.raises(ValueError, match="no key"):
        store.delete(key)


def test_of_many_writers_of_one_key_one_wins(store: ObjectStore) -> None:
    for round_number in range(20):
        key = f"race/{round_number}"
        start = threading.Barrier(12)

        def write(number: int, key: str = key, start: threading.Barrier = start) -> bool | None:
            start.wait()
            try:
                return store.put(key, f"writer {number % 6}".encode())
            except Conflict:
                return None

        with ThreadPoolExecutor(12) as writers:
            outcomes = list(writers.map(write, range(12)))
        assert outcomes.count(True) == 1
        winner = outcomes.index(True)
        assert outcomes.count(False) == 1  # the one other writer of the same bytes
        assert store.get(key) == f"writer {winner % 6}".encode()


def test_a_store_may_be_sent_to_another_process_and_used_after_a_fork(store: ObjectStore) -> None:
    store.put("a/b", b"x")
    for context in ("spawn", "fork"):
        with multiprocessing.get_context(context).Pool(2) as pool:
            assert pool.starmap(_get, [(store, "a/b")] * 4) == [b"x"] * 4
    twin: ObjectStore = pickle.loads(pickle.dumps(store))
    assert twin.get("a/b") == b"x"


def _get(store: ObjectStore, key: str) -> bytes:
    return store.get(key)


KEYS = st.sampled_from(["m/a", "m/b", "m/c/d", "m/c/e", "n/a"])
VALUES = st.sampled_from([b"", b"one", b"two", b"three" * 1000])
STEPS = st.one_of(
    st.tuples(st.just("put"), KEYS, VALUES),
    st.tuples(st.just("get"), KEYS, st.just(b"")),
    st.tuples(st.just("delete"), KEYS, st.just(b"")),
    st.tuples(st.just("keys"), st.sampled_from(["", "m/", "m/c", "x"]), st.just(b"")),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, max_size=15))
def test_it_behaves_like_a_dictionary_that_never_overwrites(
    store: ObjectStore, steps: list[tuple[str, str, bytes]]
) -> None:
    for key in list(store.keys("")):
        store.delete(key)
    model: dict[str, bytes] = {}
    for step, key, value in steps:
        assert _outcome(store, step, key, value) == _expected(model, step, key, value)


def _outcome(store: ObjectStore, step: str, key: str, value: bytes) -> object:
    try:
        if step == "put":
            return store.put(key, value)
        if step == "get":
            return store.get(key)
        if step == "delete":
            return store.delete(key)
        return list(store.keys(key))
    except (Conflict, NotFound) as error:
        return type(error)


def _expected(model: dict[str, bytes], step: str, key: str, value: bytes) -> object:
    if step == "put":
        if key in model:
            return False if model[key] == value else Conflict
        model[key] = value
        return True
    if step == "get":
        return model.get(key, NotFound)
    if step == "delete":
        model.pop(key, None)
        return None
    return sorted(k for k in model if k.startswith(key))


@pytest.fixture(autouse=True)
def _no_debris(store: ObjectStore) -> Iterator[None]:
    yield
    if isinstance(store, FolderStore):
        assert list((store._root / ".unfinished").glob("*")) == []
