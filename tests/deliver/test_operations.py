"""What goes wrong on a machine, and what is said then: disk, folders, archive, clock; and the care of the archive."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from digest.archive import Archive, SourceState
from digest.archive.dialects import sqlite
from digest.errors import ArchiveError
from tests.deliver.conftest import NOW, READERS, ledger, run, write_sources
from tests.factories.items import item
from tests.factories.smtpserver import Behaviour, smtp_server, unused_port

Q = "2026-Q3"


def digest_in(root, *args):
    """The real program, as cron starts it."""
    command = [
        sys.executable,
        "-m",
        "digest",
        args[0],
        "--workspace",
        str(root),
        "--now",
        NOW,
        *args[1:],
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return done


# ---------------------------------------------------------------- disk and folders


@contextmanager
def small_disk(folder, size):
    """A tmpfs of that size; skips where this user may not mount one."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this user may not mount a tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.whole
@pytest.mark.skipif(not shutil.which("mount"), reason="needs mount")
def test_a_full_disk(world):
    """Told with its mend and exit code 1; with room again the next run does it all, once."""
    world.configure()
    output = world.root / "output"
    with small_disk(output, "1m"):
        run("collect", "--workspace", world.root, "--now", NOW)
        items = _held(output)
        filler = output / "filler"
        _fill(filler)
        result = world.run(NOW, 1)
        assert "free some" in result.words
        assert not (output / Q / "edition.json").exists()
        assert world.relay.received == []
        filler.unlink()
        world.run()
        assert _held(output) == items
        assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)


def _fill(path):
    with path.open("wb", buffering=0) as handle, suppress(OSError):
        while handle.write(bytes(4096)):
            pass


def _held(output):
    with Archive.open(output / "archive.db") as archive:
        assert archive.check_integrity() == ()
        return [one.id for one in archive.load_items()]


@pytest.mark.skipif(not shutil.which("mount"), reason="needs mount")
@pytest.mark.whole
def test_a_read_only_output(world):
    """Told with the folder; nothing is sent, because nothing could be written down."""
    world.configure().run()
    world.publish(world.rows[-1][1] + timedelta(days=60), 2)
    output = world.root / "output"
    with small_disk(output, "1m"):
        subprocess.run(["mount", "-o", "remount,ro", str(output)], check=True)
        done = digest_in(world.root, "run")
    assert done.returncode == 1
    assert str(output) in done.stderr
    assert "→" in done.stderr
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)


# ---------------------------------------------------------------- archive


@pytest.mark.whole
def test_a_corrupt_archive(world):
    """Refused with its mend; the file stays as it is; a backup brings all back."""
    world.configure().run()
    at = ("--workspace", world.root)
    path, kept = world.root / "output" / "archive.db", world.root / "kept.db"
    run("archive", "backup", kept, *at)
    path.write_bytes(b"no database at all" * 300)
    assert "put a backup in its place" in world.run(NOW, 1).words
    done = digest_in(world.root, "status")
    assert (done.returncode, "put a backup in its place" in done.stderr) == (1, True)
    assert path.read_bytes().startswith(b"no database")
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)
    run("archive", "restore", kept, *at)
    assert len(list((world.root / "output").glob("archive.replaced-*.db"))) == 1
    world.run()
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)


@pytest.mark.whole
def test_a_locked_archive(place, relay, monkeypatch):
    """Another program holds it: told, nothing sent; afterwards it works."""
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.1)
    write_sources(place, relay.port)
    run("approve", Q, "--workspace", place, "--now", NOW)
    other = sa.create_engine(f"sqlite:///{place / 'output' / 'archive.db'}")
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        words = run("send", Q, "--workspace", place, "--now", NOW, code=1).words
    other.dispose()
    assert "is locked by another program" in words
    assert relay.received == []
    run("send", Q, "--workspace", place, "--now", NOW)
    assert relay.counted() == dict.fromkeys(READERS, 1)


def test_the_ledger_cannot_be_written_after_a_mail_was_accepted(place, relay, monkeypatch):
    """The worst moment for a full disk: the reader is unknown afterwards, and gets no second mail."""
    write_sources(place, relay.port)
    run("approve", Q, "--workspace", place, "--now", NOW)
    mark = Archive.record_deliveries

    def full(self, parcels, state, **more):
        if state == "accepted":
            raise ArchiveError("no room left on the disk", "free some space")
        mark(self, parcels, state, **more)

    with monkeypatch.context() as broken:
        broken.setattr(Archive, "record_deliveries", full)
        run("send", Q, "--workspace", place, "--now", NOW, code=1)
    run("send", Q, "--workspace", place, "--now", NOW, code=1)
    assert ledger(place)[READERS[0]] == "unknown"
    assert relay.counted() == dict.fromkeys(READERS, 1)


def test_a_migration_keeps_a_copy_first(tmp_path):
    """The first format becomes the second, items stay, and the copy is of the first."""
    path = tmp_path / "archive.db"
    with Archive.open(path) as archive:
        archive.record_attempt(
            SourceState("acme-news"), [item(1)], at=item().first_seen, outcome="read"
        )
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for table in ("releases", "ledger"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    engine.dispose()
    with Archive.open(path) as archive:
        assert archive.load_items() == (item(1),)
        assert (archive.load_delivery_records(), archive.load_releases()) == ((), ())
    (copy,) = tmp_path.glob("archive.before-*.db")
    engine = sa.create_engine(f"sqlite:///{copy}")
    assert not sa.inspect(engine).has_table("ledger")
    engine.dispose()


def test_backup_restore_check_prune(place, relay):
    """A copy while others write; only sound copies are restored; old attempts are forgotten, items never."""
    write_sources(place, relay.port)
    at = ("--workspace", place, "--now", NOW)
    told = json.loads(run("archive", "backup", *at, "--json").stdout)
    assert Path(told["file"]).name == "digest-20261002T060000.tar.gz"
    assert "is there already" in run("archive", "backup", *at, code=2).words
    run("archive", "check", "--workspace", place)
    bad = place / "bad.db"
    bad.write_bytes(b"nothing")
    before = (place / "output" / "archive.db").read_bytes()
    assert "damaged" in run("archive", "restore", bad, *at, code=1).words
    assert (place / "output" / "archive.db").read_bytes() == before
    run("approve", Q, *at)
    run("archive", "restore", told["file"], *at)
    assert "draft" in run("status", *at).output
    gone = json.loads(
        run("archive", "prune", "--workspace", place, "--now", "2028-01-01", "--json").stdout
    )
    assert gone["attempts"] == 1
    with Archive.open(place / "output" / "archive.db") as archive:
        assert len(archive.load_items()) == 8


# ---------------------------------------------------------------- status, doctor, schedule


def test_status_says_what_waits(place, relay):
    """At each step, in words and in data; and it changes nothing."""
    write_sources(place, relay.port, to=READERS[:1])
    at = ("--workspace", place, "--now", NOW)
    assert (
        "waits for a person: look at it, then digest approve 2026-Q3" in run("status", *at).output
    )
    run("approve", Q, "--by", "Ann", *at)
    assert "waits for digest run, or digest send 2026-Q3" in run("status", *at).output
    relay.fault = "rcpt"
    run("send", Q, *at, code=1)
    shown = run("status", *at).output
    assert "refused      cmo@acme.example v1  (550 5.1.1 no such mailbox)" in shown
    assert "fix what was refused" in shown
    relay.fault = ""
    run("send", Q, *at)
    row = json.loads(run("status", *at, "--json").stdout)["editions"][0]
    assert (row["state"], row["waits"], row["deliveries"][0]["state"]) == ("sent", "", "accepted")


@pytest.mark.whole
def test_doctor_online(place, trusted, monkeypatch):
    """The mail server answers and takes the login; a wrong password, a missing one and a dead server are told."""
    server = Behaviour()
    at = ("doctor", "--online", "--workspace", place, "--now", NOW, "--json")

    def failing(code):
        return {
            row["check"]: row["fault"]
            for row in json.loads(run(*at, code=code).stdout)
            if not row["ok"]
        }

    with smtp_server(server, tls=trusted) as port:
        write_sources(place, port)
        assert failing(0) == {}
        monkeypatch.setenv("SMTP_PASSWORD", "wrong-password")
        assert "does not accept the login" in failing(1)["mail server"]
        monkeypatch.delenv("SMTP_PASSWORD")
        assert "SMTP_PASSWORD" in failing(1)["secrets"]
    monkeypatch.setenv("SMTP_PASSWORD", "x")
    more = f"  mailboxes: {{letters: {{host: localhost, port: {unused_port()}, user: u, password_env: SMTP_PASSWORD}}}}\n"
    write_sources(place, port, more=more)
    assert failing(1).keys() == {"mail server", "mailboxes"}


@pytest.mark.real
def test_crontab_lines_work_with_an_empty_environment(world):
    """Run by sh as cron does: nothing but HOME; the secrets come from ~/.digest.env; a % is escaped."""
    world.configure()
    home = world.root / "home of 100%"
    home.mkdir()
    secrets = {
        "SMTP_PASSWORD": os.environ["SMTP_PASSWORD"],
        "SSL_CERT_FILE": os.environ["SSL_CERT_FILE"],
    }
    (home / ".digest.env").write_text(
        "".join(f"{name}={value}\n" for name, value in secrets.items())
    )
    lines = run("schedule", "--workspace", world.root).stdout.splitlines()
    run("collect", "--workspace", world.root, "--now", NOW)
    run("build", Q, "--workspace", world.root, "--now", NOW)
    collect, daily = [line.split(" ", 5)[5] for line in lines if not line.startswith("#")]
    for line in (collect, f"{daily} --now {NOW}"):
        done = subprocess.run(
            ["/bin/sh", "-c", line.replace("\\%", "%")],
            env={"HOME": str(home)},
            capture_output=True,
            text=True,
            cwd="/",
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)
    (world.root / "50%").mkdir()
    shown = run("schedule", "--workspace", world.root / "50%").stdout
    assert "50\\%" in shown


def test_the_crontab_says_how_it_is_put_in(tmp_path):
    """In a comment, which cron reads over."""
    comments = [
        line
        for line in run("schedule", "--workspace", tmp_path).stdout.splitlines()
        if line.startswith("#")
    ]
    assert "(crontab -l; digest schedule) | crontab -" in comments[-1]


def test_systemd_units(tmp_path):
    """As systemd itself reads them, where it is to be had; a workspace with a space and a % included."""
    root = tmp_path / "my digest 100%"
    root.mkdir()
    run("schedule", "--systemd", "--write", tmp_path / "units", "--workspace", root)
    units = sorted((tmp_path / "units").iterdir())
    assert len(units) == 4
    assert "Persistent=true" in (tmp_path / "units" / "digest-run.timer").read_text()
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze")
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.real
def test_a_real_cron_runs_it(world):
    """Debian's cron, with its empty environment, collects, builds with the real PDF, and sends."""
    import time

    cron = shutil.which("cron", path="/usr/sbin:/usr/bin")
    if not cron or os.geteuid() != 0:
        pytest.skip("needs Debian's cron, and root")
    world.configure()
    home = world.root / "home"
    home.mkdir()
    names = ("SMTP_PASSWORD", "SSL_CERT_FILE", "PING_URL")
    (home / ".digest.env").write_text("".join(f"{name}={os.environ[name]}\n" for name in names))
    daily = run("schedule", "--workspace", world.root).stdout.splitlines()[-1].split(" ", 5)[5]
    # a table of its own, as a package puts it: user and HOME stand in the file
    table = Path("/etc/cron.d/digest-test")
    table.write_text(
        f"HOME={home}\n* * * * * root {daily} --now {NOW} >{world.root}/cron.log 2>&1\n"
    )
    daemon = subprocess.Popen([cron, "-f"])
    try:
        end = time.monotonic() + 150
        while not world.relay.counted() and time.monotonic() < end and daemon.poll() is None:
            time.sleep(1)
        while not (world.root / "output" / "run.json").exists() and time.monotonic() < end:
            time.sleep(1)
    finally:
        table.unlink()
        daemon.terminate()
        daemon.wait()
    assert (world.root / "cron.log").read_text() == ""
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)
    assert (world.root / "output" / Q / "digest.pdf").read_bytes().startswith(b"%PDF")
