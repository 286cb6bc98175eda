"""The figures of the operator's page as Prometheus reads them; pure.

All come from the catalogue, so that it does not matter which worker is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from webapp.operation.service import Operation


def text(found: Operation) -> bytes:
    """The exposition format, version 0.0.4."""
    registry = CollectorRegistry()
    registry.register(_Figures(found))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, found: Operation) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """What the library asks for."""
        found, counts = self._found, self._found.counts
        if found.lag is not None:
            yield _gauge("upload_log_lag", "Messages of the upload log not handled yet.", found.lag)
        if found.loss is not None:
            loss = GaugeMetricFamily(
                "imagehub_unlanded_uploads",
                "Uploads that the log's retention removes soon, or has removed, before they land.",
                labels=["state"],
            )
            loss.add_metric(["at_risk"], found.loss.at_risk)
            loss.add_metric(["removed"], found.loss.removed)
            yield loss
        uploads = CounterMetricFamily("imagehub_uploads", "Uploads.", labels=["state"])
        for name in ("accepted", "landed", "refused", "refused_at_the_door"):
            uploads.add_metric([name], getattr(counts, name))
        yield uploads
        waiting = GaugeMetricFamily("imagehub_waiting", "What waits.", labels=["for"])
        waiting.add_metric(["landing"], counts.waiting_to_land)
        waiting.add_metric(["verdict"], counts.waiting_for_verdict)
        waiting.add_metric(["review"], counts.needs_review)
        waiting.add_metric(["moderation"], found.reports_waiting)
        waiting.add_metric(["label_decision"], found.asked.proposals)
        waiting.add_metric(["training"], found.asked.training_runs)
        yield waiting
        yield _gauge("dead_letters", "Messages set aside and not tried again.", found.letters)
        yield _gauge("images", "Distinct photos.", found.stored.images)
        stored = GaugeMetricFamily("imagehub_stored_bytes", "Bytes stored.", labels=["kind"])
        stored.add_metric(["original"], found.stored.original_bytes)
        stored.add_metric(["full"], found.stored.full_bytes)
        stored.add_metric(["catalogue"], found.stored.catalogue_bytes)
        yield stored
        yield _gauge("broken_jobs", "Jobs whose last run failed or is silent.", found.broken_jobs)
        damaged = GaugeMetricFamily(
            "imagehub_damaged_objects", "Objects that cannot be mended.", labels=["damage"]
        )
        damaged.add_metric(["gone"], found.scrub.gone)
        damaged.add_metric(["rotten"], found.scrub.rotten)
        yield damaged
        yield from self._jobs()
        yield from self._requests()

    def _jobs(self) -> Iterator[Metric]:
        began = GaugeMetricFamily(
            "imagehub_job_started_seconds", "When a job's last run began.", labels=["job", "state"]
        )
        heard = GaugeMetricFamily(
            "imagehub_job_heard_seconds", "When a job's last run last reported.", labels=["job"]
        )
        for run in self._found.runs:
            began.add_metric([run.job, run.state], run.started_at.timestamp())
            heard.add_metric([run.job], run.heartbeat_at.timestamp())
        yield began
        yield heard

    def _requests(self) -> Iterator[Metric]:
        labels = ["method", "route"]
        requests = CounterMetricFamily("imagehub_requests", "Requests answered.", labels=labels)
        failures = CounterMetricFamily(
            "imagehub_request_failures", "Requests answered with 500 or above.", labels=labels
        )
        seconds = CounterMetricFamily(
            "imagehub_request_seconds", "Time spent on requests.", labels=labels
        )
        for route, times in self._found.times.items():
            requests.add_metric(list(route), times.requests)
            failures.add_metric(list(route), times.failures)
            seconds.add_metric(list(route), times.seconds)
        yield requests
        yield failures
        yield seconds


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"imagehub_{name}", help_text, value)
