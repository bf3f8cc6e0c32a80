"""Numbers of the archive and its queue of jobs, in the text format of Prometheus.

Names, addresses and words of sources are not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from digest.app.context import AppContext
from digest.archive import Archive
from digest.archive.queue_state import QueueState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metric:
    """A number by labels, with what it means."""

    name: str
    help: str
    values: tuple[tuple[Mapping[str, str], float], ...]


def write_metrics(context: AppContext) -> str:
    """Return all metrics of a workspace. Raises ArchiveError where there is no archive."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        states = archive.load_source_states()
        items = archive.count_items()
        period = archive.load_collection_period()
        queue = archive.read_queue_state()
    enabled = [source for source in context.config.sources if source.enabled]
    failing = sum(bool(states[one.slug].failures) for one in enabled if one.slug in states)
    quiet = (context.now - period[1]).total_seconds() if period else 0.0
    metrics = [
        Metric("digest_items", "Items in the archive.", _list_single_value(items)),
        Metric("digest_sources", "Sources that are switched on.", _list_single_value(len(enabled))),
        Metric(
            "digest_sources_failing",
            "Sources whose last reading failed.",
            _list_single_value(failing),
        ),
        Metric(
            "digest_last_reading_seconds",
            "Seconds since any source was read.",
            _list_single_value(max(0, quiet)),
        ),
        *_list_queue_metrics(queue),
    ]
    return "".join(_write_metric(metric) for metric in metrics)


def _list_single_value(value: float) -> tuple[tuple[Mapping[str, str], float], ...]:
    return (({}, value),)


def _list_queue_metrics(queue: QueueState) -> Iterator[Metric]:
    if not queue.is_there:
        return
    yield Metric(
        "digest_queue_jobs",
        "Jobs by task and state; todo are due, scheduled are for later.",
        tuple(({"task": job.task, "state": job.state}, job.jobs) for job in queue.jobs),
    )
    yield Metric(
        "digest_queue_age_seconds",
        "Seconds that the oldest job of a task has been due.",
        tuple(({"task": job.task}, job.oldest) for job in queue.jobs if job.state == "todo"),
    )
    failed = sum(job.jobs for job in queue.jobs if job.state == "failed")
    yield Metric(
        "digest_queue_failed", "Jobs that failed in the last week.", _list_single_value(failed)
    )
    yield Metric("digest_workers", "Workers that are known.", _list_single_value(queue.workers))
    yield Metric(
        "digest_worker_silence_seconds",
        "Seconds since the most silent worker was heard.",
        _list_single_value(queue.silence),
    )


def _write_metric(metric: Metric) -> str:
    lines = [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} gauge"]
    for labels, value in metric.values:
        lines.append(f"{metric.name}{_write_labels(labels.items())} {value:.10g}")
    return "\n".join(lines) + "\n"


def _write_labels(labels: Iterable[tuple[str, str]]) -> str:
    written = ",".join(f'{name}="{_escape(value)}"' for name, value in labels)
    return f"{{{written}}}" if written else ""


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
