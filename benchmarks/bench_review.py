"""Speed and memory of `digest review`: `python benchmarks/bench_review.py [ITEMS] [FILE.jsonl]`.

A quarter of so many items (default 2,000; made up here, or those of a file as `digest lab tag` takes them, over and
over with other names) is decided by a real `digest review` in a process of its own, and asked over loopback. Prints how
long the page takes to start, on a quarter that nobody has judged and on one that is kept, what views and actions take as
the asker sees them (the middle and the slowest of some) and of the server's processor time, and the memory of the
process (Linux).
"""

import json
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from bench_cluster import items as neutral

from digest.archive import Archive, SourceState
from digest.model.item import Item
from digest.review.guard import make_csrf_token
from digest.tag import item_from_json

START, NOW = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 2, 6, tzinfo=UTC)
NEWS = (
    "launches an AI agent for email marketing", "acquires a customer data platform", "raises prices of its CRM",
    "adds attribution reports to its marketing analytics", "opens a tag manager for retailers",
    "shuts down its SEO tool", "and a partner build a consent banner", "names a chief marketing officer",
    "shares tips for newsletters",
)  # fmt: skip


def made_up(count: int) -> list[Item]:
    rng = random.Random(7)
    return [
        replace(
            one.item,
            title=f"{one.item.title.split()[0]} {rng.choice(NEWS)}",
            text=one.item.summary * 4,
        )
        for one in neutral(count)[0]
    ]


def of_file(path: Path, count: int) -> list[Item]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    made = []
    for n in range(count):
        one = item_from_json(rows[n % len(rows)] | {"id": f"i{n:06}"})
        mark = f" {n // len(rows)}" if n >= len(rows) else ""
        when = START + timedelta(hours=n * 2200 / count)
        made.append(replace(one, url=f"https://site.example/{n}", title=one.title + mark,
                            published=when, first_seen=when))  # fmt: skip
    return made


def workspace(folder: Path, items: list[Item]) -> None:
    names = {one.source: one.source_name for one in items}
    sources = [f"  - {{name: {json.dumps(name)}, url: 'https://{n}.example/feed'}}\n"
               for n, name in enumerate(dict.fromkeys(names.values()))]  # fmt: skip
    (folder / "sources.yaml").write_text(
        "digest: {title: Bench, timezone: UTC}\nsources:\n" + "".join(sources)
    )
    with Archive.open(folder / "output" / "archive.db") as archive:
        for slug in names:
            mine = [one for one in items if one.source == slug]
            archive.record_attempt(
                SourceState(slug, last_success=NOW), mine, at=NOW, outcome="read"
            )


def memory(process: int) -> tuple[float, float]:
    """Now and at most, in MB."""
    text = Path(f"/proc/{process}/status").read_text()
    now, most = (int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def main(count: int, file: Path | None) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        workspace(folder, of_file(file, count) if file else made_up(count))
        process, link = start_desk(name, "a quarter that nobody has judged")
        stop(process)
        process, link = start_desk(name, "a quarter that is kept")
        try:
            before = memory(process.pid)
            measure(link, process.pid)
            now, most = memory(process.pid)
            print(
                f"memory: {before[0]:.0f} MB once it is up, {now:.0f} MB in the end, {most:.0f} MB at most"
            )
        finally:
            stop(process)


def start_desk(folder: str, of_what: str) -> tuple[subprocess.Popen, str]:
    """Start a desk and print how long it takes until it answers; return it and its link."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "digest", "review", "2026-Q3", "--port", "0", "--by", "Anna"]
    process = subprocess.Popen(
        [*command, "--workspace", folder, "--now", NOW.isoformat()],
        stderr=subprocess.PIPE,
        text=True,
    )
    link = next(line for line in process.stderr if "token=" in line).split()[0]
    httpx.get(link, follow_redirects=True, timeout=60).raise_for_status()
    print(
        f"{of_what}: its first view after {time.perf_counter() - started:.1f} s; "
        f"{processor(process.pid):.1f} s of processor time"
    )
    return process, link


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait()


def processor(process: int) -> float:
    """Seconds of processor time so far."""
    parts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def measure(link: str, process: int) -> None:
    base, _, token = link.partition("/?token=")
    with httpx.Client(
        base_url=base,
        follow_redirects=True,
        headers={"X-Digest": make_csrf_token(token)},
        timeout=60,  # a machine that also does other things
    ) as client:
        taken: dict[str, list[float]] = {}
        spent: dict[str, float] = {}

        def timed(what: str, ask) -> str:
            begun, used = time.perf_counter(), processor(process)
            answer = ask()
            taken.setdefault(what, []).append(1000 * (time.perf_counter() - begun))
            spent[what] = spent.get(what, 0) + 1000 * (processor(process) - used)
            answer.raise_for_status()
            return answer.text

        def do(what: str, story: str, **form: object) -> None:
            timed(what, lambda: client.post(f"/do/{what}", data={"story": story, **form}))

        timed("first view, with the link", lambda: client.get(f"/?token={token}"))
        every = timed(
            "all stories, the first 40",
            lambda: client.get("/tray", params={"f-view": "everything"}),
        )
        ids = re.findall(r'id="row-(s[^"]+)"', every)
        for n in range(8):
            timed("first view", lambda: client.get("/"))
            do("keep", ids[n])
            do("drop", ids[8 + n], reason="no news")
            do("pin", ids[16 + n])
            do(
                "tags",
                ids[24 + n],
                **{"category": "seo", "was-category": "none", "ai": "core", "was-ai": "none"},
            )
            do("words", ids[n], note="It **matters**.")
            do("undo", "")
            do("merge", ids[16 + n], other=ids[32 + n])
            timed("a story", lambda n=n: client.get(f"/story/{ids[n]}"))
            timed(
                "search all",
                lambda: client.get(
                    "/tray", params={"f-view": "everything", "f-words": "customer data"}
                ),
            )
            timed("state", lambda: client.get("/lists"))
        timed("sources", lambda: client.get("/pane/sources"))
        timed("what the decisions teach", lambda: client.get("/pane/teach", timeout=120))
    for what, times in taken.items():
        middle, most = sorted(times)[len(times) // 2], max(times)
        print(
            f"{what}: {middle:.0f} ms, {most:.0f} ms at most; {spent[what] / len(times):.0f} ms of processor time"
        )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 2000, Path(given[1]) if len(given) > 1 else None)
