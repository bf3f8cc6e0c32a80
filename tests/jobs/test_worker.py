"""Workers on one queue: each source once, two at a host, and a killed worker loses nothing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from digest.app.archive_place import locate_archive
from digest.app.context import AppContext
from digest.app.metrics import write_metrics
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.cli.common import load_config
from tests.factories.archives import name_database
from tests.factories.feed_server import serve_feeds, write_sources

pytest.importorskip("procrastinate")
pytestmark = pytest.mark.real

from procrastinate.jobs import Job, Status  # noqa: E402

from digest.jobs.queue import RetryLater, SourceUnreadError, defer_once, make_queue  # noqa: E402
from digest.jobs.worker import prepare_queue, put_back_stalled  # noqa: E402

FEEDS, HOSTS = 50, 5


@pytest.fixture
def server():
    with serve_feeds() as running:
        yield running


@pytest.fixture
def workspace(tmp_path, server, postgres, database):
    (tmp_path / "sources.yaml").write_text(write_sources(server, FEEDS, HOSTS))
    name_database(tmp_path, database)
    hold_clock(postgres, database)
    return tmp_path


@contextmanager
def start_worker(workspace, *, jobs=10):
    command = [sys.executable, "-m", "digest", "worker", "--workspace", str(workspace)]
    with (workspace / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--jobs", str(jobs), "--dead-after", "3", "--verbose"],
            stderr=log,
            cwd=os.getcwd(),
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()


def in_queue(database, work):
    """Do something with the queue."""

    async def do():
        queue = make_queue(database)
        async with queue.open_async():
            await prepare_queue(queue, database)
            return await work(queue)

    return asyncio.run(do())


def plan(database, task="plan_sources"):
    now = int(datetime.now(UTC).timestamp())
    in_queue(database, lambda queue: defer_once(queue, task, known_by="plan", timestamp=now))


def hold_clock(postgres, database):
    """Have the queue's own clock plan nothing within the hour: a test says itself when it plans.

    The queue is told of every minute that its plan for it is made already.
    """
    in_queue(database, do_nothing)
    now = int(datetime.now(UTC).timestamp()) // 60 * 60
    with connect(postgres, database) as connection:
        connection.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp)"
            " SELECT name, minute FROM unnest(ARRAY['plan_sources', 'fill_history']) AS name,"
            " generate_series(%s::bigint, %s::bigint, 60) AS minute",
            (now - 1200, now + 3600),
        )


async def do_nothing(queue):
    """Leave the queue as it is: opening it has made its tables."""


def connect(postgres, database):
    return postgres.connect(database.url.partition("@/")[2].partition("?")[0])


def wait_until(postgres, database, condition, seconds=240):
    """Ask the database until a condition holds."""
    end = time.monotonic() + seconds
    with connect(postgres, database) as connection:
        while not connection.execute(f"SELECT {condition}").fetchone()[0]:
            connection.execute("SELECT pg_sleep(0.1)")
            assert time.monotonic() < end, connection.execute(
                "SELECT task_name, status, attempts, count(*) FROM procrastinate_jobs GROUP BY 1, 2, 3"
            ).fetchall()


NOTHING_LEFT = (
    "NOT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name IN ('plan_sources', 'collect_source')"
    " AND status IN ('todo', 'doing'))"
)


def test_two_workers_read_each_source_once_and_two_at_a_host(workspace, server, postgres, database):
    """All items of all feeds, no request twice, never more than two at once to a host."""
    plan(database)
    plan(database)  # waits there already
    with start_worker(workspace), start_worker(workspace):
        wait_until(postgres, database, NOTHING_LEFT)
    assert server.asked == {f"/feed-{n}": 1 for n in range(FEEDS)}
    assert max(server.most_at_once.values()) <= 2
    with Archive.open(database) as archive:
        assert len(archive.load_items()) == FEEDS * server.entries
        assert len(archive.load_source_states()) == FEEDS


def test_a_killed_worker_loses_nothing(workspace, server, postgres, database):
    """kill -9 amid ten requests: others read its sources, and nothing that was read again."""
    server.gate.clear()
    plan(database)
    with start_worker(workspace) as first:
        server.wait_for_active(10)
        first.kill()
        first.wait()
        begun = server.forget_active()
        server.gate.set()
        with start_worker(workspace), start_worker(workspace):
            wait_until(postgres, database, NOTHING_LEFT)
    assert len(begun) >= 10
    assert {path for path, times in server.asked.items() if times > 1} <= begun
    assert set(server.asked) == {f"/feed-{n}" for n in range(FEEDS)}
    assert max(server.asked.values()) == 2
    assert max(server.most_at_once.values()) == 2
    with Archive.open(database) as archive:
        assert len(archive.load_items()) == FEEDS * server.entries


def test_a_server_that_asks_to_wait_is_waited_for(workspace, server, postgres, database):
    """Retry-After of a failed source is when its job is done again; a missing page is not retried."""
    server.answers["/feed-1"] = 503, {"Retry-After": "1200"}
    server.answers["/feed-2"] = 404, {}
    plan(database)
    with start_worker(workspace):
        done = (
            "(SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'collect_source') = 1 AND "
            "NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing') AND NOT EXISTS "
            "(SELECT FROM procrastinate_jobs WHERE task_name = 'plan_sources')"
        )
        wait_until(postgres, database, done)
    with connect(postgres, database) as connection:
        ((slug, status, wait),) = connection.execute(
            "SELECT args->>'slug', status, scheduled_at - now() FROM procrastinate_jobs"
            " WHERE task_name = 'collect_source'"
        ).fetchall()
    assert (slug, status) == ("feed-1", "todo")
    assert timedelta(minutes=15) < wait <= timedelta(minutes=20)
    with Archive.open(database) as archive:
        states = archive.load_source_states()
    assert (states["feed-1"].failures, states["feed-2"].failures) == (1, 1)


def make_job(attempts):
    return Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts
    )


@pytest.mark.parametrize(
    ("attempts", "pause", "minutes"),
    [(0, 0, 1), (1, 0, 4), (2, 0, 16), (3, 0, None), (0, 30, 30), (0, 90, None)],
)
def test_a_source_is_asked_again_later_and_later(attempts, pause, minutes):
    """Not before its server lets us, not after the next plan, three times at most."""
    now = datetime.now(UTC)
    error = SourceUnreadError("down", now + timedelta(minutes=pause) if pause else None)
    found = RetryLater().get_retry_decision(exception=error, job=make_job(attempts))
    if minutes is None:
        assert found is None
    else:
        assert found
        assert found.retry_at
        assert abs(found.retry_at - now - timedelta(minutes=minutes)) < timedelta(seconds=10)


def test_a_fault_of_the_program_is_for_a_person():
    """No endless repetition."""
    assert RetryLater().get_retry_decision(exception=ValueError(), job=make_job(0)) is None


def test_jobs_of_a_living_worker_are_left_alone(database):
    """Nothing is stalled where nobody is silent."""
    assert in_queue(database, lambda queue: put_back_stalled(queue, 3)) == 0


def test_a_job_that_was_planned_again_is_not_put_back(database, postgres):
    """Its worker died, and the next plan came before anybody missed it: one of the two is left."""

    def defer(queue):
        return defer_once(queue, "collect_source", known_by="collect a", lane="a", slug="a")

    in_queue(database, defer)
    with connect(postgres, database) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        assert in_queue(database, defer)
        assert in_queue(database, lambda queue: put_back_stalled(queue, 3)) == 1
        found = connection.execute("SELECT status FROM procrastinate_jobs").fetchall()
    assert found == [("todo",)]


def test_metrics_tell_the_age_of_the_queue_and_what_failed(workspace, database):
    """A job that waits, one that failed, and no name of a source."""
    plan(database)

    async def fail_one(queue):
        await defer_once(queue, "collect_source", known_by="x", slug="feed-1", planned="bad")
        (job,) = await queue.job_manager.list_jobs_async(task="collect_source")
        await queue.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)

    in_queue(database, fail_one)
    Archive.open(database).close()
    place = locate_archive(Workspace(workspace), {})
    context = AppContext(place, load_config(place), datetime.now(UTC))
    text = write_metrics(context)
    assert 'digest_queue_jobs{task="plan_sources",state="todo"} 1' in text
    assert 'digest_queue_jobs{task="collect_source",state="failed"} 1' in text
    assert "digest_queue_failed 1" in text
    assert 'digest_queue_age_seconds{task="plan_sources"}' in text
    assert "feed-1" not in text
