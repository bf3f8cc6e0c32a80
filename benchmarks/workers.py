"""Workers on one queue against one `digest collect`: many feeds on loopback, PostgreSQL of our own.

    python benchmarks/workers.py [--feeds 500] [--hosts 50] [--workers 2]

Prints JSON: CPU seconds and wall seconds of each, requests, the most at once to a host.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digest.archive import Archive  # noqa: E402
from digest.jobs.queue import defer_once, make_queue  # noqa: E402
from digest.jobs.worker import prepare_queue  # noqa: E402
from tests.factories.archives import name_database  # noqa: E402
from tests.factories.feed_server import serve_feeds, write_sources  # noqa: E402
from tests.factories.postgres import run_postgres  # noqa: E402


def make_workspace(folder: Path, server, place, feeds: int, hosts: int) -> Path:
    folder.mkdir()
    (folder / "sources.yaml").write_text(write_sources(server, feeds, hosts))
    if place:
        name_database(folder, place)
    return folder


def measure_children(work) -> dict[str, float]:
    """CPU and wall seconds of the processes that `work` starts and waits for."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": round(cpu, 2), "wall": round(time.perf_counter() - began, 2)}


def collect(folder: Path) -> None:
    command = [sys.executable, "-m", "digest", "collect", "--quiet", "--workspace", str(folder)]
    done = subprocess.run(command, check=False, cwd=ROOT)
    assert done.returncode in (0, 3), done.returncode  # 3: a busy machine let a feed wait too long


async def plan(place) -> None:
    queue = make_queue(place)
    async with queue.open_async():
        await prepare_queue(queue, place)
        now = int(datetime.now(UTC).timestamp())
        await defer_once(queue, "plan_sources", known_by="plan", timestamp=now)


def work_off(folder: Path, postgres, place, workers: int) -> None:
    asyncio.run(plan(place))
    command = [sys.executable, "-m", "digest", "worker", "--quiet", "--workspace", str(folder)]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(workers)]
    name = place.url.partition("@/")[2].partition("?")[0]
    waiting = (
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND task_name IN ('plan_sources', 'collect_source')"
    )
    with postgres.connect(name) as connection:
        while connection.execute(waiting).fetchone()[0]:
            assert all(one.poll() is None for one in started), "a worker ended"
            time.sleep(0.2)
    for one in started:
        one.send_signal(signal.SIGTERM)
    for one in started:
        one.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("feeds", 500), ("hosts", 50), ("workers", 2), ("entries", 20)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    result = {"feeds": given.feeds, "hosts": given.hosts, "entries": given.entries}
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve_feeds(latency=0.05, entries=given.entries) as server,
        run_postgres() as postgres,
    ):
        root = Path(scratch)
        sqlite = make_workspace(root / "sqlite", server, None, given.feeds, given.hosts)
        result["collect, file"] = measure_children(lambda: collect(sqlite))
        server.asked.clear()
        place = postgres.create_database()
        single = make_workspace(root / "single", server, place, given.feeds, given.hosts)
        result["collect, PostgreSQL"] = measure_children(lambda: collect(single))
        server.asked.clear()
        server.most_at_once.clear()
        place = postgres.create_database()
        Archive.open(place).close()
        many = make_workspace(root / "many", server, place, given.feeds, given.hosts)
        result[f"{given.workers} workers"] = measure_children(
            lambda: work_off(many, postgres, place, given.workers)
        ) | {
            "asked once": sum(times == 1 for times in server.asked.values()),
            "asked more": sum(times > 1 for times in server.asked.values()),
            "most at once a host": max(server.most_at_once.values()),
        }
        with Archive.open(place) as archive:
            result["items"] = archive.count_items()
    result["load"] = os.getloadavg()[0]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
