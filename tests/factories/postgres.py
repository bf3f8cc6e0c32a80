"""A PostgreSQL server on a socket of its own, from Debian's programs, without root's services."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from digest.model.database import DatabaseUrl

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


def _find_user() -> list[str]:
    """Return what starts a program as a user who may run a server: never root; it dies with us."""
    command = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid():
        return command
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return [*command, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@dataclass
class PostgresServer:
    """A server that runs, and the databases made in it."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str, user: str = "digest") -> DatabaseUrl:
        return DatabaseUrl(f"postgresql+psycopg://{user}@/{database}?host={self.folder}")

    def connect(self, database: str = "postgres", user: str = "digest") -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=user, dbname=database, autocommit=True)

    def create_database(self) -> DatabaseUrl:
        """Make an empty database that an ordinary login owns; it sorts as people do, not as SQLite."""
        name = f"archive{next(self._numbers)}"
        with self.connect() as connection:
            if name == "archive0":
                connection.execute("CREATE ROLE keeper LOGIN CREATEROLE")
            connection.execute(f"CREATE DATABASE {name} OWNER keeper")
        return self.url(name, "keeper")

    def drop_database(self, place: DatabaseUrl) -> None:
        name = place.url.partition("@/")[2].partition("?")[0]
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """Make and run a server until the block ends."""
    programs = find_programs()
    assert programs, "install postgresql: scripts/setup-real"
    folder = Path(tempfile.mkdtemp(prefix="digest-pg-", dir="/tmp"))
    as_user = _find_user()
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    process = None
    try:
        if not os.geteuid():
            uid = next(int(part.split("=")[1]) for part in as_user if part.startswith("--reuid"))
            os.chown(folder, uid, -1)
        data = str(folder / "data")
        make = [programs / "initdb", "-D", data, "-U", "digest", "-A", "trust", "-E", "UTF8"]
        make += ["--no-sync", "--locale-provider=icu", "--icu-locale=en-US"]
        subprocess.run(
            [*as_user, *map(str, make)], check=True, capture_output=True, env=environ, cwd="/"
        )
        settings = _SETTINGS | {"unix_socket_directories": str(folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            [*as_user, str(programs / "postgres"), "-D", data, *options],
            stderr=subprocess.PIPE, text=True, env=environ, cwd="/",
        )  # fmt: skip
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "ready to accept connections" in line:
                break
        else:
            raise AssertionError("".join(lines))
        # what it says later is not read; a pipe that is full would stop it
        drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        process.stderr.close()
        yield PostgresServer(folder)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        drain.wait(timeout=30)
    finally:
        if process and process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
