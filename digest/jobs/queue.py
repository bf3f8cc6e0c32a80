"""The queue: which jobs there are, when the clock asks for them, and what a failed one does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from digest.app.clients import list_clients, run_client
from digest.app.collect_jobs import SourceCollector, collect_letters, plan_sources
from digest.app.context import AppContext
from digest.app.judgements import judge_new_items
from digest.app.run import find_gap_start, run_scheduled
from digest.app.sources import read_new_articles
from digest.app.vectors import make_vectors
from digest.errors import ArchiveError, DigestError, LockHeldError
from digest.model.database import DatabaseUrl

LOGGER = logging.getLogger("digest")
_RETRIES = 3  # of a source in an hour; then the next plan has it
_FIRST_DELAY = timedelta(minutes=1)  # before the first; four times as long each time
_LONGEST_DELAY = timedelta(minutes=50)
_LOCK_RETRIES = 20
SOURCES, EDITIONS = "sources", "editions"  # queues: what any worker may do, and what needs files
_JUDGE_AFTER = timedelta(minutes=5)  # of the first news: what others bring is judged with it
_KEPT_HOURS = 24 * 7  # jobs that failed
# minute hour: collecting each hour, judging after it, then what is due for readers
_OF_EDITIONS = ("judge_items", "run", "run_client", "alert")
_CRON = {
    "plan": "3 * * * *",
    "letters": "4 * * * *",
    "judge": "33 * * * *",
    "fill": "10 5 * * *",
    "run": "40 6 * * *",
    "clients": "45 6 * * *",
    "alert": "10 7 * * *",
    "forget": "20 4 * * *",
}


class SourceUnreadError(DigestError):
    """A source could not be read, for a reason that may pass."""

    def __init__(self, message: str, not_before: datetime | None) -> None:
        super().__init__(message)
        self.not_before = not_before


class RetryLater(procrastinate.BaseRetryStrategy):
    """Says when a job that failed is done again.

    A source waits as long as its server said, and longer each time. Work that found the lock held
    or the database away waits a minute. Any other fault is for a person.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision | None:
        """Return when the job is done again; None for never."""
        now = datetime.now(UTC)
        if isinstance(exception, SourceUnreadError):
            delay = _FIRST_DELAY * 4**job.attempts
            at = max(now + delay, exception.not_before or now)
            if job.attempts >= _RETRIES or at > now + _LONGEST_DELAY:
                return None
            # in a lane of its own: a job that waits holds up those behind it in its lane
            return procrastinate.RetryDecision(retry_at=at, lock=f"again {job.id}")
        if isinstance(exception, LockHeldError | ArchiveError) and job.attempts < _LOCK_RETRIES:
            return procrastinate.RetryDecision(retry_at=now + _FIRST_DELAY)
        return None


class _JobManager(JobManager):
    """Puts jobs back into the queue, unless the same waits there already: then one is enough.

    That is so where a job that failed, or whose worker died, was planned again meanwhile.
    """

    async def retry_job(self, job: Job, *arguments: Any, **named: Any) -> None:
        """Put a job back, or delete it where its twin waits."""
        try:
            await super().retry_job(job, *arguments, **named)
        except UniqueViolation:
            await self.finish_job(job, status=Status.ABORTED, delete_job=True)


@dataclass
class WorkerTools:
    """What jobs work with in a worker's process: there from its start to its end."""

    get_context: Callable[[], AppContext]
    collector: SourceCollector | None = None


def make_queue(place: DatabaseUrl, tools: WorkerTools | None = None) -> procrastinate.App:
    """Return the queue in a database; without `tools` jobs can be put into it and not be done."""
    connector = procrastinate.PsycopgConnector(
        conninfo=f"postgresql://{place.rest}", kwargs={"application_name": "martech-digest jobs"}
    )
    queue = procrastinate.App(connector=connector)
    queue.job_manager = _JobManager(connector)
    if tools:
        _add_source_jobs(queue, tools)
        _add_edition_jobs(queue, tools)
        _add_client_jobs(queue, tools)
    return queue


async def defer_once(
    queue: procrastinate.App,
    name: str,
    *,
    known_by: str = "",
    lane: str = "",
    after: timedelta = timedelta(),
    **arguments: Any,
) -> bool:
    """Put a job into the queue, unless it waits there already; return whether it was put.

    It waits there already where a job is `known_by` the same; of one `lane` one is done at a time.
    """
    task = queue.configure_task(
        name,
        queueing_lock=known_by or name,
        lock=lane or name,
        queue=EDITIONS if name in _OF_EDITIONS else SOURCES,
        schedule_in={"seconds": int(after.total_seconds())} if after else None,
    )
    try:
        await task.defer_async(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def _add_source_jobs(queue: procrastinate.App, tools: WorkerTools) -> None:
    async def plan(timestamp: int, *, in_full: bool) -> None:
        planned = await asyncio.to_thread(plan_sources, tools.get_context(), in_full=in_full)
        at = datetime.fromtimestamp(timestamp, UTC).isoformat()
        for source in planned:
            await defer_once(
                queue,
                "collect_source",
                known_by=f"collect {source.slug}",
                slug=source.slug,
                lane=source.lane,
                planned=at,
                in_full=in_full,
            )

    @queue.periodic(cron=_CRON["plan"])
    @queue.task(
        name="plan_sources", queue=SOURCES, queueing_lock="plan", lock="plan", retry=RetryLater()
    )
    async def plan_hour(timestamp: int) -> None:
        await plan(timestamp, in_full=False)

    @queue.periodic(cron=_CRON["fill"])
    @queue.task(
        name="fill_history", queue=SOURCES, queueing_lock="fill", lock="plan", retry=RetryLater()
    )
    async def plan_full(timestamp: int) -> None:
        await plan(timestamp, in_full=True)

    @queue.task(name="collect_source", queue=SOURCES, pass_context=True, retry=RetryLater())
    async def collect_source(
        context: procrastinate.JobContext, slug: str, planned: str, in_full: bool = False
    ) -> None:
        assert tools.collector
        outcome = await tools.collector.collect(
            slug,
            datetime.fromisoformat(planned),
            in_full=in_full,
            again=context.job.attempts > 0,
        )
        if outcome and outcome.may_pass:
            raise SourceUnreadError(outcome.report.problem, outcome.not_before)
        if outcome and outcome.report.new:
            await defer_once(queue, "judge_items", lane="judge", after=_JUDGE_AFTER)

    @queue.periodic(cron=_CRON["letters"])
    @queue.task(
        name="collect_letters",
        queue=EDITIONS,
        queueing_lock="letters",
        lock="letters",
        retry=RetryLater(),
    )
    def collect_mail(timestamp: int) -> None:  # noqa: ARG001 (Procrastinate's)
        collect_letters(tools.get_context())


def _add_edition_jobs(queue: procrastinate.App, tools: WorkerTools) -> None:
    def judge() -> None:
        context = tools.get_context()
        back_to = find_gap_start(context)
        make_vectors(context, back_to)
        read_new_articles(context, back_to)
        judge_new_items(context, back_to)

    @queue.task(
        name="judge_items",
        queue=EDITIONS,
        queueing_lock="judge_items",
        lock="judge",
        retry=RetryLater(),
    )
    def judge_items() -> None:
        judge()

    @queue.periodic(cron=_CRON["judge"])
    @queue.task(
        name="judge_hour",
        queue=EDITIONS,
        queueing_lock="judge_hour",
        lock="judge",
        retry=RetryLater(),
    )
    def judge_hour(timestamp: int) -> None:  # noqa: ARG001 (Procrastinate's)
        judge()

    @queue.periodic(cron=_CRON["run"])
    @queue.task(name="run", queue=EDITIONS, queueing_lock="run", lock="run", retry=RetryLater())
    def build_and_send(timestamp: int) -> None:  # noqa: ARG001 (Procrastinate's)
        context = tools.get_context()
        with context.workspace.lock():
            run_scheduled(context, collect=False)

    @queue.periodic(cron=_CRON["alert"])
    @queue.task(name="alert", queue=EDITIONS, queueing_lock="alert", lock="run", retry=RetryLater())
    def tell_alerts(timestamp: int) -> None:
        from digest.app.alert import send_alerts

        context = tools.get_context()
        every = context.config.digest.alerts.every
        is_day = every == "day" or (
            every == "week" and datetime.fromtimestamp(timestamp, UTC).weekday() == 0
        )
        if is_day:
            with context.workspace.lock():
                send_alerts(context)

    @queue.periodic(cron=_CRON["forget"])
    @queue.task(
        name="forget_jobs", queue=SOURCES, queueing_lock="forget", lock="forget", pass_context=True
    )
    async def forget_jobs(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001
        manager = context.app.job_manager
        await manager.delete_old_jobs(nb_hours=_KEPT_HOURS, include_failed=True)


def _add_client_jobs(queue: procrastinate.App, tools: WorkerTools) -> None:
    @queue.periodic(cron=_CRON["clients"])
    @queue.task(name="plan_clients", queue=EDITIONS, queueing_lock="clients", lock="clients")
    async def plan_clients(timestamp: int) -> None:  # noqa: ARG001 (Procrastinate's)
        context = tools.get_context()
        if not (context.workspace.root / "clients.yaml").is_file():
            return
        for client in list_clients(context):
            await defer_once(
                queue,
                "run_client",
                known_by=f"run {client.slug}",
                lane=f"run {client.slug}",
                client=client.slug,
            )

    @queue.task(name="run_client", queue=EDITIONS, retry=RetryLater())
    def build_and_send_for(client: str) -> None:
        run_client(tools.get_context(), client)
