"""A worker: takes jobs from the queue until it is told to stop, and those of workers that died."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException

from digest.app.collect_jobs import SourceCollector
from digest.app.context import AppContext
from digest.archive.locks import HostSlots, try_lock
from digest.errors import ArchiveError
from digest.jobs.queue import EDITIONS, LOGGER, SOURCES, WorkerTools, make_queue
from digest.model.database import DatabaseUrl


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker works: jobs at once, and seconds."""

    at_once: int = 10
    heartbeat: float = 10.0  # how often it says that it lives
    dead_after: float = 60.0  # of silence, after which another takes its jobs
    poll: float = 5.0  # how often it looks for jobs that nobody told it of
    only: str | None = None  # SOURCES or EDITIONS; None for both


def run_worker(
    place: DatabaseUrl, get_context: Callable[[], AppContext], settings: WorkerSettings
) -> None:
    """Do jobs until a signal to stop comes; then end what is begun. Raises ArchiveError."""
    try:
        asyncio.run(_run(place, get_context, settings))
    except ConnectorException as error:
        fault = " ".join(str(error.__cause__ or error).split())
        raise ArchiveError(f"the queue in {place} answered: {fault}", "run again") from error


async def prepare_queue(queue: procrastinate.App, place: DatabaseUrl) -> None:
    """Create the queue's tables where they are not there; workers that begin at once wait."""
    while True:
        with try_lock(place, "queue tables") as is_ours:
            if is_ours:
                if not await queue.check_connection_async():
                    await queue.schema_manager.apply_schema_async()
                return
        await asyncio.sleep(0.1)


async def _run(
    place: DatabaseUrl, get_context: Callable[[], AppContext], settings: WorkerSettings
) -> None:
    per_host = get_context().config.digest.limits.requests_per_host
    slots = HostSlots(place, per_host)
    try:
        async with SourceCollector(get_context, slots.hold) as collector:
            queue = make_queue(place, WorkerTools(get_context, collector))
            async with queue.open_async():
                await prepare_queue(queue, place)
                await _end_with_first(
                    queue.run_worker_async(
                        concurrency=settings.at_once,
                        delete_jobs="successful",
                        queues=[settings.only] if settings.only else [SOURCES, EDITIONS],
                        fetch_job_polling_interval=settings.poll,
                        update_heartbeat_interval=settings.heartbeat,
                        stalled_worker_timeout=settings.dead_after,
                    ),
                    _take_over(queue, place, settings),
                )
    finally:
        slots.close()


async def _end_with_first(*works: Coroutine[Any, Any, None]) -> None:
    """Do works until the first of them ends; raise what it raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


async def _take_over(
    queue: procrastinate.App, place: DatabaseUrl, settings: WorkerSettings
) -> None:
    """Put the jobs of workers that went silent back into the queue, one worker at a time."""
    while True:
        await asyncio.sleep(settings.heartbeat)
        try:
            with try_lock(place, "take over") as is_ours:
                if is_ours:
                    await put_back_stalled(queue, settings.dead_after)
        except (ArchiveError, ConnectorException) as error:
            LOGGER.warning("cannot look for jobs of dead workers: %s", error)


async def put_back_stalled(queue: procrastinate.App, seconds: float) -> int:
    """Put back the jobs of workers that have been silent so long; return how many there were."""
    manager = queue.job_manager
    count = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        await manager.retry_job(job)
        LOGGER.warning("%s of a worker that went silent is done again", job.task_name)
        count += 1
    return count
