"""What happens to stored objects when the disk, the network or the S3 server fails."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from imagehub.errors import Conflict, Damaged, Misconfigured, NotFound, Unavailable
from imagehub.storage.folder import FolderStore
from imagehub.storage.s3 import ATTEMPTS, S3Store
from tests.servers.versitygw import VersityGateway
from tests.services.conftest import Restartable
from tests.services.faulty_proxy import (
    CUT_ANSWER,
    FLIP_BIT,
    LOSE_ANSWER,
    RESET,
    FaultyProxy,
    faulty_proxy,
)

KEY = "orig/ab/abc"
PHOTO = b"photo " * 100_000


@pytest.fixture
def proxy(versitygw: VersityGateway) -> Iterator[FaultyProxy]:
    with faulty_proxy(versitygw.port) as proxy:
        yield proxy


@pytest.fixture
def store(proxy: FaultyProxy, bucket: str) -> S3Store:
    return S3Store(bucket, "", f"http://127.0.0.1:{proxy.port}", "us-east-1")


@pytest.mark.parametrize("fault", [429, 500, 503, RESET])
def test_every_call_outlives_transient_faults(
    store: S3Store, proxy: FaultyProxy, fault: str | int
) -> None:
    proxy.faults.extend([fault, fault])
    assert store.put(KEY, PHOTO) is True
    proxy.faults.append(fault)
    assert store.get(KEY) == PHOTO
    proxy.faults.append(fault)
    assert list(store.keys("orig/")) == [KEY]
    proxy.faults.append(fault)
    store.delete(KEY)
    with pytest.raises(NotFound):
        store.get(KEY)


@pytest.mark.parametrize("fault", [500, RESET])
def test_a_store_that_stays_down_is_unavailable(
    store: S3Store, proxy: FaultyProxy, fault: str | int
) -> None:
    proxy.faults.extend([fault] * ATTEMPTS)
    with pytest.raises(Unavailable):
        store.put(KEY, PHOTO)
    assert store.put(KEY, PHOTO) is True


def test_a_put_whose_answer_was_lost_is_found_done(store: S3Store, proxy: FaultyProxy) -> None:
    proxy.faults.append(LOSE_ANSWER)
    store.put(KEY, PHOTO)
    assert store.get(KEY) == PHOTO


def test_a_put_that_meets_another_writer_tries_again(store: S3Store, proxy: FaultyProxy) -> None:
    proxy.faults.extend([409, 409])
    assert store.put(KEY, PHOTO) is True


def test_a_store_that_is_full_says_so(store: S3Store, proxy: FaultyProxy) -> None:
    proxy.faults.extend([507] * ATTEMPTS)
    with pytest.raises(Unavailable, match="full"):
        store.put(KEY, PHOTO)


def test_an_answer_that_breaks_off_is_read_on(store: S3Store, proxy: FaultyProxy) -> None:
    store.put(KEY, PHOTO)
    proxy.faults.extend([CUT_ANSWER, CUT_ANSWER])
    assert store.get(KEY) == PHOTO
    proxy.faults.append(CUT_ANSWER)
    assert b"".join(store.stream(KEY, 5, 400_000)) == PHOTO[5:400_005]


def test_bytes_that_changed_on_the_way_are_not_given_out(
    store: S3Store, proxy: FaultyProxy
) -> None:
    store.put(KEY, PHOTO)
    proxy.faults.extend([FLIP_BIT, FLIP_BIT])
    with pytest.raises(Damaged):
        store.get(KEY)
    proxy.faults.append(FLIP_BIT)
    assert store.get(KEY) == PHOTO


def test_an_object_of_another_writer_is_compared_by_its_bytes(
    versitygw: VersityGateway, store: S3Store, bucket: str
) -> None:
    client = boto3.session.Session().client(
        "s3", endpoint_url=versitygw.url, region_name="us-east-1"
    )
    client.put_object(Bucket=bucket, Key=KEY, Body=b"not by us")
    with pytest.raises(Conflict):
        store.put(KEY, PHOTO)
    assert store.put(KEY, b"not by us") is False


def test_a_missing_bucket_is_a_wrong_setting(versitygw: VersityGateway) -> None:
    store = S3Store("no-such-bucket", "", versitygw.url, "us-east-1")
    for call in (
        lambda: store.put(KEY, PHOTO),
        lambda: store.get(KEY),
        lambda: list(store.keys("")),
    ):
        with pytest.raises(Misconfigured, match="no-such-bucket"):
            call()


def test_wrong_credentials_are_a_wrong_setting(
    versitygw: VersityGateway, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(Misconfigured, match="AWS_"):
        S3Store(bucket, "", versitygw.url, "us-east-1").put(KEY, PHOTO)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "stranger")
    with pytest.raises(Misconfigured, match="AWS_"):
        S3Store(bucket, "", versitygw.url, "us-east-1").put(KEY, PHOTO)


def test_missing_credentials_are_a_wrong_setting(
    versitygw: VersityGateway, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Misconfigured, match="AWS_"):
        S3Store(bucket, "", versitygw.url, "us-east-1").put(KEY, PHOTO)


@pytest.fixture
def own_server(
    tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Restartable]:
    """An S3 server of the test's own, with the bucket `photos`."""
    gateway = VersityGateway(tmp_path, free_port())
    server = Restartable(gateway)
    for name, value in gateway.credentials.items():
        monkeypatch.setenv(name, value)
    client = boto3.session.Session().client("s3", endpoint_url=gateway.url, region_name="us-east-1")
    client.create_bucket(Bucket="photos")
    yield server
    server.kill()


def test_an_s3_server_killed_under_load_loses_nothing_and_is_found_again(
    own_server: Restartable,
) -> None:
    store = S3Store("photos", "", own_server.server.url, "us-east-1")
    stored: list[str] = []
    unavailable, stop = threading.Event(), threading.Event()

    def write(writer: int) -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            try:
                store.put(f"w{writer}/{number}", f"{writer} {number}".encode() * 1000)
                stored.append(f"w{writer}/{number}")
            except Unavailable:
                unavailable.set()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    time.sleep(0.5)
    own_server.kill()
    assert unavailable.wait(timeout=20)
    own_server.start()
    before = len(stored)
    deadline = time.monotonic() + 20
    while len(stored) < before + 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for writer in writers:
        writer.join()
    assert len(stored) >= before + 20
    for key in stored:
        number = key.removeprefix("w").replace("/", " ")
        assert store.get(key) == number.encode() * 1000


def test_a_full_disk_is_unavailable_and_leaves_nothing_behind(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small disk")
    try:
        store = FolderStore(str(disk / "objects"))
        assert store.put("a/small", b"x" * 100_000)
        with pytest.raises(Unavailable, match="full"):
            store.put("a/large", b"x" * 2_000_000)
        with pytest.raises(NotFound):
            store.get("a/large")
        assert store.get("a/small") == b"x" * 100_000
        assert store.put("a/other", b"x" * 500_000)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_cannot_be_one_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for place in ("file", "file/below"):
        with pytest.raises(Misconfigured, match="IMAGEHUB_STORAGE_URL"):
            FolderStore(str(tmp_path / place)).put(KEY, PHOTO)


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    FolderStore(str(tmp_path)).put(KEY, PHOTO)
    left = tmp_path / ".unfinished" / "left"
    left.write_bytes(b"half")
    FolderStore(str(tmp_path)).put("a/b", b"x")
    assert left.exists()  # its writer may still be at it
    os.utime(left, (0, 0))
    FolderStore(str(tmp_path)).put("a/c", b"x")
    assert not left.exists()
    assert sorted(FolderStore(str(tmp_path)).keys("")) == ["a/b", "a/c", KEY]


def test_other_people_of_the_machine_cannot_look_into_the_folder(tmp_path: Path) -> None:
    FolderStore(str(tmp_path / "objects")).put("orig/ab/abcd", b"a photo with its place")
    assert (tmp_path / "objects").stat().st_mode & 0o077 == 0
