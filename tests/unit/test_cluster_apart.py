"""A label or a pair of photos that cannot be handled holds up no other of the job `cluster`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from imagehub.catalogue.duplicates.clusters import LabelContents
from imagehub.errors import Unavailable
from imagehub.photo import read_view
from imagehub.settings import Settings
from spark_jobs.cluster import duplicates, label_clusters
from spark_jobs.cluster.similarity.looks import look_at
from tests.photos import jpeg

ROWS = {
    "/m/good": [("a", [1.0])],
    "/m/bad": [("b", [1.0, 2.0]), ("c", [1.0])],
    "/m/fine": [("d", [2.0])],
}


class EmptyDatabase:
    """Where a test says itself what is read."""

    def transaction(self) -> Any:
        return nullcontext()


def clustered(monkeypatch: pytest.MonkeyPatch, read: Any) -> list[str]:
    monkeypatch.setattr(label_clusters, "executor_database", lambda _settings: EmptyDatabase())
    monkeypatch.setattr(label_clusters, "_read", read)
    contents = [LabelContents(label, 1, len(rows), label) for label, rows in ROWS.items()]
    return [label.label for label, _ in label_clusters._cluster_labels(Settings(), iter(contents))]


def test_a_label_that_cannot_be_clustered_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = clustered(monkeypatch, lambda label, *_: ROWS[label])
    assert done == ["/m/good", "/m/fine"]


def test_a_catalogue_that_is_down_is_no_labels_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise Unavailable("The catalogue is down.")

    with pytest.raises(Unavailable):
        clustered(monkeypatch, down)


def test_labels_that_all_fail_are_the_fault_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROWS, "/m/worse", ROWS["/m/bad"])
    monkeypatch.setitem(ROWS, "/m/worst", ROWS["/m/bad"])
    monkeypatch.setitem(ROWS, "/m/hopeless", ROWS["/m/bad"])
    with pytest.raises(ValueError, match="inhomogeneous"):
        clustered(monkeypatch, lambda label, *_: ROWS[label])


def test_a_pair_that_cannot_be_compared_holds_up_no_other() -> None:
    photo = look_at(read_view(jpeg(1, 200, 150)))
    looks = {"a": photo, "b": photo, "bad": "no look"}
    pairs = [("a", "b"), ("a", "bad"), ("b", "a")]
    found = duplicates.matches_of(pairs, looks.get)  # type: ignore[arg-type]
    assert [match is not None for match in found] == [True, False, True]
