"""The read protocol of the Hugging Face Hub: its tools read a release as a dataset of their own.

`HF_ENDPOINT` names this hub. `hub/SUBSET` is the release in Parquet, `FORMAT/SUBSET` in another
format. A revision is `v3`, `main` for the newest, or a commit: 40 digits of the manifest's digest.
Only what `huggingface_hub` asks for when it reads is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, request

from imagehub.catalogue.releases import release_files, release_queries
from imagehub.catalogue.releases.release_files import ReleaseFile
from imagehub.errors import NotFound, Unauthorised
from imagehub.formats import FORMATS
from webapp.http import auth
from webapp.http.resources import resources
from webapp.releases import archives
from webapp.releases import service as releases

NAMESPACES = {"hub": "parquet", **{name: name for name in FORMATS}}
COMMIT_DIGITS = 40
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
MOST_PATHS = 1000
"""So many paths are looked up in one request."""

pages = Blueprint("huggingface", __name__)


class NoSuchRepo(NotFound):
    """There is no such dataset."""


class NoSuchRevision(NotFound):
    """The dataset has no such revision."""


CODES = {NoSuchRepo: "RepoNotFound", NoSuchRevision: "RevisionNotFound"}
"""Words by which `huggingface_hub` tells one 404 from another; else a file is missing."""


@dataclass(frozen=True, slots=True)
class Repo:
    """A dataset at a revision: a release in one format."""

    name: str
    release: release_queries.ReleaseEntry
    commit: str
    folder: str

    @classmethod
    def find(cls, namespace: str, subset: str, revision: str) -> Repo:
        """The dataset; raise NoSuchRepo, NoSuchRevision, or Unauthorised for a large release."""
        hub = resources()
        if namespace not in NAMESPACES:
            raise NoSuchRepo(f"Datasets are called {', '.join(f'{n}/SUBSET' for n in NAMESPACES)}.")
        with hub.database.transaction() as cursor:
            found = release_queries.revision(cursor, subset, revision)
            is_known = found is not None or release_queries.revision(cursor, subset, "main")
        if not is_known:
            raise NoSuchRepo(f"There is no subset {subset} with a release.")
        if found is None or found.frozen is None:
            raise NoSuchRevision(f"The subset {subset} has no release {revision}.")
        releases.require_welcome(hub.database, found.id, auth.account_if_any())
        commit = found.frozen.manifest_sha256.hex()[:COMMIT_DIGITS]
        return cls(f"{namespace}/{subset}", found, commit, f"{NAMESPACES[namespace]}/")

    def files(self) -> list[ReleaseFile]:
        """Its files, by their paths in the release."""
        with resources().database.transaction() as cursor:
            return release_files.of_release(cursor, self.release.id, self.folder)

    def path(self, file: ReleaseFile) -> str:
        """A file's path in the dataset."""
        return file.path.removeprefix(self.folder)


def _answer(function: Callable[..., Response]) -> Callable[..., Response]:
    """Say what is wrong in the headers in which `huggingface_hub` looks for it."""

    @wraps(function)
    def answer(**path: str) -> Response:
        try:
            return function(**path)
        except NotFound as error:
            return _problem(404, CODES.get(type(error), "EntryNotFound"), str(error))
        except Unauthorised as error:
            return _problem(401, "GatedRepo", str(error))

    return answer


def _problem(status: int, code: str, sentence: str) -> Response:
    response = jsonify(error=sentence)
    response.status_code = status
    response.headers["X-Error-Code"] = code
    response.headers["X-Error-Message"] = "".join(
        letter if " " <= letter <= "~" else "?" for letter in sentence
    )
    return response


@pages.get("/api/datasets/<namespace>/<subset>", defaults={"revision": "main"})
@pages.get("/api/datasets/<namespace>/<subset>/revision/<revision>")
@_answer
def info(namespace: str, subset: str, revision: str) -> Response:
    """What a dataset is, with the names of its files."""
    repo = Repo.find(namespace, subset, revision)
    entry = repo.release
    made_at = f"{entry.frozen.published_at:{MOMENT}}" if entry.frozen else None
    return jsonify(
        id=repo.name,
        author=namespace,
        sha=repo.commit,
        private=False,
        gated=False,
        disabled=False,
        downloads=0,
        likes=0,
        tags=[f"release:{entry.id}"],
        createdAt=made_at,
        lastModified=made_at,
        siblings=[{"rfilename": repo.path(file)} for file in repo.files()],
    )


@pages.get("/api/datasets/<namespace>/<subset>/tree/<revision>", defaults={"path": ""})
@pages.get("/api/datasets/<namespace>/<subset>/tree/<revision>/<path:path>")
@_answer
def tree(namespace: str, subset: str, revision: str, path: str) -> Response:
    """What lies in a folder; with `recursive` also in the folders below."""
    repo = Repo.find(namespace, subset, revision)
    below = f"{path.strip('/')}/" if path.strip("/") else ""
    files = [file for file in repo.files() if repo.path(file).startswith(below)]
    if not files:
        raise NotFound(f"{repo.name} has no folder {path}.")
    is_deep = request.args.get("recursive", "").lower() in ("true", "1")
    entries = [
        *_folders(repo, files, below, is_deep),
        *(
            _file(repo, file)
            for file in files
            if is_deep or "/" not in repo.path(file).removeprefix(below)
        ),
    ]
    return jsonify(entries)


@pages.post("/api/datasets/<namespace>/<subset>/paths-info/<revision>")
@_answer
def paths_info(namespace: str, subset: str, revision: str) -> Response:
    """What lies at some paths; those where nothing lies are left out."""
    repo = Repo.find(namespace, subset, revision)
    wanted = {path.strip("/") for path in _asked()[:MOST_PATHS]}
    files = repo.files()
    folders = [entry for entry in _folders(repo, files, "", True) if entry["path"] in wanted]
    return jsonify([*folders, *(_file(repo, f) for f in files if repo.path(f) in wanted)])


def _asked() -> list[str]:
    if not request.is_json:
        return request.form.getlist("paths")
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return []
    paths = body.get("paths") if isinstance(body, dict) else None
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


@pages.get("/datasets/<namespace>/<subset>/resolve/<revision>/<path:path>")
@_answer
def resolve(namespace: str, subset: str, revision: str, path: str) -> Response:
    """A file, or with a Range header a part of it."""
    repo = Repo.find(namespace, subset, revision)
    account = auth.account_if_any()
    response = archives.file(resources(), repo.release.id, f"{repo.folder}{path}", account)
    response.headers["X-Repo-Commit"] = repo.commit
    return response


def _folders(
    repo: Repo, files: Iterable[ReleaseFile], below: str, is_deep: bool
) -> Iterator[dict[str, Any]]:
    found: dict[str, None] = {}
    for file in files:
        parts = repo.path(file).removeprefix(below).split("/")[:-1]
        for depth in range(1, len(parts) + 1 if is_deep else min(len(parts), 1) + 1):
            found[below + "/".join(parts[:depth])] = None
    for path in found:
        yield {"type": "directory", "path": path, "oid": repo.commit, "size": 0}


def _file(repo: Repo, file: ReleaseFile) -> dict[str, Any]:
    return {
        "type": "file",
        "path": repo.path(file),
        "size": file.bytes,
        "oid": file.sha256[:COMMIT_DIGITS],
        "lfs": {"oid": file.sha256, "size": file.bytes, "pointerSize": 0},
    }
