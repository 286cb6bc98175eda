"""Training runs and models over the hub's REST API, one method a route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from imagehub.answers.models import Prediction, Predictions, TrainedModel
from imagehub.answers.training import TrainingEstimate, TrainingRun, TrainingRuns, WatchedRun
from imagehub.client.fetch import Fetched, Wanted, fetch
from imagehub.client.hub_client import API, HubClient
from imagehub.client.reading import ListPage, read
from imagehub.client.safe_paths import inside, refuse_unsafe
from imagehub.client.transport import Call
from imagehub.errors import Unavailable

POLL_SECONDS = 2.0


class TrainingClient:
    """What a hub offers on training, by the same server and token."""

    def __init__(self, client: HubClient) -> None:
        self._transport = client.transport

    def estimate(self, release: str, wish: Mapping[str, Any]) -> TrainingEstimate:
        """What a run on a release would take; nothing is begun."""
        path = f"{API}/releases/{quote(release, safe='')}/training-estimates"
        return read(TrainingEstimate, self._transport.json(Call("POST", path, json=dict(wish))))

    def ask(self, release: str, wish: Mapping[str, Any]) -> TrainingRun:
        """Ask for a run; Refused with what the release lacks, or that the quota is used up."""
        path = f"{API}/releases/{quote(release, safe='')}/training-runs"
        call = Call("POST", path, json=dict(wish), repeatable=False)
        return read(TrainingRun, self._transport.json(call))

    def runs(self, limit: int = 100, after: str | None = None) -> ListPage[TrainingRun]:
        """Own runs, those asked for last first."""
        params = {"limit": str(limit)} | ({"after": after} if after else {})
        answer = self._transport.json(Call("GET", f"{API}/training-runs", params=params))
        found = read(TrainingRuns, answer)
        return ListPage(found.training_runs, found.next)

    def run(self, run_id: str, behind_step: int = 0) -> WatchedRun:
        """One run, with its log and its curves behind a step."""
        call = Call("GET", _run(run_id), params={"behind_step": str(behind_step)})
        return read(WatchedRun, self._transport.json(call))

    def cancel(self, run_id: str) -> TrainingRun:
        """Have a run stop; one that has ended stays as it is."""
        return read(
            TrainingRun,
            self._transport.json(Call("POST", f"{_run(run_id)}/cancellation", json={})),
        )

    def watch(self, run_id: str, tell: Callable[[WatchedRun], None]) -> WatchedRun:
        """Tell how a run stands again and again until it has ended; returns it."""
        while True:
            found = self.run(run_id)
            tell(found)
            if found.has_ended:
                return found
            self._transport.retry_policy.sleep(POLL_SECONDS)

    def model(self, model_id: str) -> TrainedModel:
        """The model that a run left; its id is the run's."""
        return read(TrainedModel, self._transport.json(Call("GET", _model(model_id))))

    def predict(self, model_id: str, photo: bytes) -> tuple[Prediction, ...]:
        """What a model says of a photo, the likeliest label first."""
        call = Call(
            "POST",
            f"{_model(model_id)}/predictions",
            headers={"Content-Type": "application/octet-stream"},
            body=photo,
        )
        return read(Predictions, self._transport.json(call)).predictions

    def download(self, model_id: str, folder: Path) -> list[Path]:
        """Bring a model's files into a folder; each appears only if its checksum is right."""
        model = self.model(model_id)
        refuse_unsafe(file.name for file in model.files)
        places = []
        for file in model.files:
            place = inside(folder, file.name)
            path = f"{_model(model_id)}/files/{quote(file.name, safe='')}"
            wanted = Wanted(path, place, file.bytes, file.sha256)
            if fetch(self._transport, wanted, lambda _: None) is Fetched.MISMATCH:
                raise Unavailable(f"The server's bytes of {file.name} have another checksum.")
            places.append(place)
        return places


def _run(run_id: str) -> str:
    return f"{API}/training-runs/{quote(run_id, safe='')}"


def _model(model_id: str) -> str:
    return f"{API}/models/{quote(model_id, safe='')}"
