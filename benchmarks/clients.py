"""Ten clients over one archive against one: collecting, and what each client's build adds.

    python benchmarks/clients.py [--feeds 500] [--clients 10]

Prints JSON: CPU seconds of the program and of the database's server, each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from workers import collect, make_workspace, measure_children  # noqa: E402

from tests.factories.feed_server import serve_feeds, write_sources  # noqa: E402
from tests.factories.postgres import run_postgres  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def read_server_cpu(folder: Path) -> float:
    """CPU seconds of the server and of all its processes that ended."""
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid:
            total += sum(map(int, fields[11:15])) / TICK
        elif int(fields[1]) == pid:
            total += sum(map(int, fields[11:13])) / TICK
    return total


def measure(postgres, work) -> dict[str, float]:
    before = read_server_cpu(postgres.folder)
    program = measure_children(work)
    time.sleep(0.2)
    return program | {"server cpu": round(read_server_cpu(postgres.folder) - before, 2)}


def digest(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "digest", *arguments], check=True, cwd=ROOT)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("feeds", 500), ("hosts", 50), ("clients", 10), ("entries", 20)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    result: dict[str, object] = {"feeds": given.feeds, "clients": given.clients}
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve_feeds(latency=0.05, entries=given.entries) as server,
        run_postgres() as postgres,
    ):
        root = Path(scratch)
        place = postgres.create_database()
        one = make_workspace(root / "one", server, place, given.feeds, given.hosts)
        result["one client"] = measure(postgres, lambda: collect(one))
        place = postgres.create_database()
        agency = make_workspace(root / "agency", server, place, given.feeds, given.hosts)
        rows = "".join(f"  - {{name: C{n}, folder: c{n}}}\n" for n in range(given.clients))
        (agency / "clients.yaml").write_text(f"clients:\n{rows}")
        text = write_sources(server, given.feeds, given.hosts)
        own = text.replace("digest:\n", "digest:\n  archive: {url_file: archive.url}\n", 1)
        for n in range(given.clients):
            (agency / f"c{n}").mkdir()
            (agency / f"c{n}" / "sources.yaml").write_text(own)
        place_made = ["archive", "check", "--workspace", str(agency)]

        def collect_for_all() -> None:
            collect(agency)

        from digest.archive import Archive

        Archive.open(place).close()
        digest(*place_made, "--quiet")
        result["sync"] = measure(
            postgres, lambda: digest("clients", "sync", "--quiet", "--workspace", str(agency))
        )
        asked = sum(server.asked.values())
        result["all clients"] = measure(postgres, collect_for_all)
        result["requests"] = {"one": asked, "all": sum(server.asked.values()) - asked}
        result["each client's items"] = json.loads(
            subprocess.run(
                [sys.executable, "-m", "digest", "clients", "report", "--json",
                 "--workspace", str(agency)],
                check=True, cwd=ROOT, capture_output=True,
            ).stdout
        )[-1]["collected"]["items"]  # fmt: skip
    total = {
        name: result[name]["cpu"] + result[name]["server cpu"]  # type: ignore[index]
        for name in ("one client", "all clients", "sync")
    }
    result["ratio"] = round((total["all clients"] + total["sync"]) / total["one client"], 2)
    result["ratio without sync"] = round(total["all clients"] / total["one client"], 2)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
