"""Two years of a workspace, as cron and a team live them, with the clock set by hand.

    python benchmarks/rehearse_years.py [DIR]

Twelve made-up feeds over a real socket, a real mail server, the commands of the program. `digest
run` is called every fifth day, and daily in the first week of a quarter; a person approves each
draft two days after it came. In between happens what happens in two years: a machine that is off for longer than a quarter, a correction, a mail of
which nobody knows whether it arrived, a changed password, a broken archive, and a move to another
machine. Ends with an error where anything is not as the documents say; prints a table of what was
sent, and of how disk and logs grew. Takes about eight minutes of CPU.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import random
import shutil
import ssl
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.made_up_feeds import Writer
from digest.cli import cli
from digest.errors import DigestError
from tests.factories import smtpserver

FIRST, LAST = date(2026, 10, 1), date(2028, 10, 4)
FEEDS, ITEMS_A_QUARTER, SHOWN = 12, 30, 15
READERS = ("cmo@acme.example", "cto@acme.example", "board@acme.example")
TEAM = "team@acme.example"
NAMES = (
    *("2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3"),
    *("2027-Q4", "2028-Q1", "2028-Q2", "2028-Q3"),
)
_OFF = (date(2027, 2, 20), date(2027, 7, 9))  # the machine: 2027-Q1 is missed


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed."""

    when: datetime
    title: str
    link: str
    summary: str


class Feeds:
    """Serves each feed as it stands on the day of the clock: its last entries."""

    def __init__(self, count: int) -> None:
        self.today, self.count = FIRST, count
        self._entries = {number: self._write_entries(number) for number in range(count)}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    @staticmethod
    def _write_entries(number: int) -> list[Entry]:
        rng, writer, entries = random.Random(number), Writer(number), []
        begin = datetime.combine(FIRST, time(), UTC)
        days = (LAST - FIRST).days
        for place in range(ITEMS_A_QUARTER * 8):
            when = begin + timedelta(days=days * (place + rng.random()) / (ITEMS_A_QUARTER * 8))
            title = writer.write_title()
            link = f"https://site{number}.example/{when:%Y/%m/%d}/{place}"
            summary = f"{title}. It is available today to all customers, the company said."
            entries.append(Entry(when, title, link, summary))
        return entries

    def render(self, number: int) -> bytes:
        """Return a feed as RSS."""
        shown = [one for one in self._entries[number] if one.when.date() < self.today][-SHOWN:]
        items = "".join(
            f"<item><title>{one.title}</title><link>{one.link}</link>"
            f"<description>{one.summary}</description>"
            f"<pubDate>{one.when:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for one in reversed(shown)
        )
        head = f"<title>Site {number}</title><link>https://site{number}.example/</link>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        feeds = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.strip("/")
                body = feeds.render(int(name)) if name.isdigit() else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


@dataclass
class Growth:
    """What a workspace holds after an edition went out."""

    edition: str
    items: int
    archive: float  # MB
    output: float  # MB, without archive and backups
    runs: int  # files that tell of runs
    lines: int  # printed by cron's calls since the edition before, all of which cron mails
    mails: int  # to readers and team since the edition before


@dataclass
class Rehearsal:
    """The state of the rehearsal: where it is, what was printed and sent."""

    root: Path
    feeds: Feeds
    relay: smtpserver.Behaviour
    day: date = FIRST
    printed: list[str] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waiting: dict[str, date] = field(default_factory=dict)  # draft → when a person approves it
    approved: set[str] = field(default_factory=set)
    counted: int = 0  # mails at the last edition

    def call(self, *words: object, code: int = 0) -> str:
        """Call a command with the clock of the day; return all that it prints."""
        at = ["--workspace", self.root]
        if words[:2] != ("archive", "check"):
            at += ["--now", f"{self.day}T07:00:00Z"]
        result = CliRunner().invoke(cli, [str(word) for word in (*words, *at)])
        error = result.exception
        found = error.exit_code if isinstance(error, DigestError) else result.exit_code
        said = result.output + (str(error) if isinstance(error, DigestError) else "")
        if isinstance(error, Exception) and not isinstance(error, DigestError):
            raise error
        expect(found == code, f"{self.day} {words[0]} ended with {found}, not {code}: {said}")
        return said

    def run_as_cron(self, code: int = 0) -> str:
        """Call what cron calls every day, and keep what it prints."""
        said = self.call("run", "--quiet", code=code)
        self.printed += said.splitlines()
        return said

    def count(self, reader: str, edition: str = "") -> int:
        """Return how many mails of an edition a reader has."""
        name = f"Q{edition[-1]} {edition[:4]}" if edition else ""
        return sum(
            to == reader and name in read_subject(content) for to, content in self.relay.received
        )


def expect(is_so: bool, words: str) -> None:
    """End with an error where something is not as it should be."""
    if not is_so:
        raise SystemExit(f"not as it should be: {words}")


def read_subject(content: bytes) -> str:
    """Return the subject of a mail."""
    from email import message_from_bytes, policy

    return str(message_from_bytes(content, policy=policy.default)["Subject"])


def write_workspace(root: Path, feeds: Feeds, relay: smtpserver.Behaviour) -> None:
    """Write sources.yaml and stack.yaml."""
    root.mkdir(parents=True, exist_ok=True)
    sources = "".join(
        f"  - {{name: Site {number}, url: 'http://127.0.0.1:{feeds.port}/{number}', tier: trade}}\n"
        for number in range(feeds.count)
    )
    (root / "sources.yaml").write_text(
        "digest:\n  title: Acme digest\n  organisation: Acme\n"
        f"  network: {{allow_private: ['127.0.0.1:{feeds.port}']}}\n"
        "  delivery:\n"
        f"    smtp: {{host: localhost, port: {relay.port}, user: digest,"
        " password_env: SMTP_PASSWORD}\n"
        "    from: Acme Digest <digest@acme.example>\n"
        f"    to: [{', '.join(READERS)}]\n    team: [{TEAM}]\n    approval: required\n"
        f"sources:\n{sources}",
        encoding="utf-8",
    )


# ---------------------------------------------------------------- what happens


def live(rehearsal: Rehearsal) -> None:
    """Live through the days: cron's call, the person's, and what happens on some of them."""
    happenings = plan_happenings(rehearsal)
    while rehearsal.day < LAST:
        rehearsal.day += timedelta(days=1)
        rehearsal.feeds.today = rehearsal.day
        if _OFF[0] <= rehearsal.day < _OFF[1]:
            continue
        is_first_week = rehearsal.day.month % 3 == 1 and rehearsal.day.day <= 7
        is_due = is_first_week or rehearsal.day.toordinal() % 5 == 0
        if not is_due and rehearsal.day not in (*happenings, *rehearsal.waiting.values()):
            continue
        if happening := happenings.pop(rehearsal.day, None):
            happening()
        else:
            rehearsal.run_as_cron()
        do_as_a_person(rehearsal)
        record_growth(rehearsal)
    expect(not happenings, f"did not happen: {sorted(happenings)}")


def do_as_a_person(rehearsal: Rehearsal) -> None:
    """Approve what was told to wait two days ago."""
    for name in NAMES:
        folder = rehearsal.root / "output" / name
        if name not in rehearsal.waiting and (folder / "edition.json").exists():
            expect(rehearsal.count(TEAM, name) == 1, f"{name}: the team was not sent one draft")
            rehearsal.waiting[name] = rehearsal.day + timedelta(days=2)
        if rehearsal.waiting.get(name) == rehearsal.day:
            rehearsal.call("approve", name, "--by", "Ada")
            rehearsal.approved.add(name)


def record_growth(rehearsal: Rehearsal) -> None:
    """Note what the workspace holds, the day after an edition was approved and went out."""
    for name in sorted(rehearsal.approved):
        if any(row.edition == name for row in rehearsal.growth):
            continue
        if min(rehearsal.count(reader, name) for reader in READERS) == 0:
            continue
        output = rehearsal.root / "output"
        sizes = Counter[str]()
        for path in output.rglob("*"):
            if path.is_file():
                is_archive = path.name.startswith("archive.db")
                is_copy = "backups" in path.parts or "replaced" in path.name
                kind = "copies" if is_copy else "archive" if is_archive else "output"
                sizes[kind] += path.stat().st_size
        status = json.loads(rehearsal.call("status", "--json"))
        rehearsal.growth.append(
            Growth(
                name,
                status["collected"]["items"],
                sizes["archive"] / 1e6,
                sizes["output"] / 1e6,
                len(list((output / "runs").glob("*.json"))),
                len(rehearsal.printed),
                len(rehearsal.relay.received) - rehearsal.counted,
            )
        )
        rehearsal.printed.clear()
        rehearsal.counted = len(rehearsal.relay.received)


def plan_happenings(rehearsal: Rehearsal) -> dict[date, Callable[[], None]]:
    """Return what happens on which day."""
    return {
        _OFF[1]: lambda: come_back(rehearsal),
        date(2027, 7, 20): lambda: correct(rehearsal, "2027-Q2"),
        date(2027, 10, 4): lambda: lose_a_mail(rehearsal, "2027-Q3"),
        date(2028, 1, 4): lambda: change_the_password(rehearsal, "2027-Q4"),
        date(2028, 2, 10): lambda: break_the_archive(rehearsal),
        date(2028, 5, 15): lambda: move_to_a_new_machine(rehearsal),
    }


def come_back(rehearsal: Rehearsal) -> None:
    """After five months off, the missed quarter and the one after are built and told."""
    rehearsal.run_as_cron()
    for name in ("2027-Q1", "2027-Q2"):
        expect((rehearsal.root / "output" / name).is_dir(), f"{name} was missed and not built")
    coverage = json.loads((rehearsal.root / "output/2027-Q1/edition.json").read_text())["coverage"]
    rehearsal.notes.append(
        f"off from {_OFF[0]} to {_OFF[1]}: 2027-Q1 and 2027-Q2 were built by the first run; the "
        f"edition of 2027-Q1 says of {len(coverage)} sources what is missing"
    )


def correct(rehearsal: Rehearsal, name: str) -> None:
    """A headline is corrected after it went out: nobody gets it until a person says so."""
    edition = json.loads((rehearsal.root / "output" / name / "edition.json").read_text())
    parts = edition["sections"]
    story = next(one for part in parts for one in (*part["stories"], *part["briefs"]))
    folder = rehearsal.root / "editions"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(
        f"stories:\n  - item: {story['items'][0]['id']}\n    url: {story['items'][0]['url']}\n"
        "    headline: A headline that was wrong\n",
        encoding="utf-8",
    )
    before = len(rehearsal.relay.received)
    rehearsal.call("build", name)
    rehearsal.run_as_cron()
    told = [read_subject(mail) for to, mail in rehearsal.relay.received[before:] if to == TEAM]
    expect(len(told) == 1 and name in told[0], f"the team was not told of the change: {told}")
    rehearsal.call("approve", name, "--by", "Ada", "--note", "The headline of the first story.")
    rehearsal.call("send", name)
    subjects = [
        read_subject(mail) for to, mail in rehearsal.relay.received[before:] if to in READERS
    ]
    expect(
        len(subjects) == len(READERS) and all(one.startswith("Correction") for one in subjects),
        f"corrections that went out: {subjects}",
    )
    expect(rehearsal.run_as_cron() == "", "a run after the correction was not silent")
    rehearsal.notes.append(f"correction of {name}: told to the team once, sent once to each reader")


def lose_a_mail(rehearsal: Rehearsal, name: str) -> None:
    """The server takes a mail and drops the line: nobody knows, and nobody guesses."""
    expect(name in rehearsal.approved, f"{name} should go out today")
    rehearsal.relay.fault, rehearsal.relay.only = "accept then drop", READERS[1]
    rehearsal.run_as_cron(code=1)
    rehearsal.relay.fault = rehearsal.relay.only = ""
    rehearsal.day += timedelta(days=1)
    rehearsal.feeds.today = rehearsal.day
    rehearsal.run_as_cron(code=1)
    status = rehearsal.call("status")
    expect(f"--resolve {READERS[1]}=" in status, f"status names no way out: {status}")
    expect(rehearsal.count(READERS[1], name) == 1, "it was sent again before anybody said so")
    rehearsal.call("send", name, "--resolve", f"{READERS[1]}=accepted")
    expect(rehearsal.run_as_cron() == "", "a run after the answer was not silent")
    expect(rehearsal.count(READERS[1], name) == 1, "it was sent again after it had arrived")
    rehearsal.notes.append(f"a lost mail of {name}: told, kept back, settled by --resolve")


def change_the_password(rehearsal: Rehearsal, name: str) -> None:
    """The mail server takes the old password no more."""
    expect(name in rehearsal.approved, f"{name} should go out today")
    smtpserver.PASSWORD = "another-secret"
    said = rehearsal.run_as_cron(code=1)
    expect("SMTP_PASSWORD" in said, f"the variable is not named: {said}")
    expect("s3cret" not in said, "the password was printed")
    expect(rehearsal.count(READERS[0], name) == 0, "something was sent")
    os.environ["SMTP_PASSWORD"] = "another-secret"
    rehearsal.day += timedelta(days=1)
    rehearsal.feeds.today = rehearsal.day
    rehearsal.run_as_cron()
    expect(min(rehearsal.count(one, name) for one in READERS) == 1, "not sent after the change")
    rehearsal.notes.append(f"a changed password: {said.strip().splitlines()[0][:160]}")


def break_the_archive(rehearsal: Rehearsal) -> None:
    """A disk writes rubbish over the archive; last night's backup is put in its place."""
    backup = rehearsal.root.parent / "nightly.tar.gz"
    rehearsal.call("archive", "backup", backup)
    archive = rehearsal.root / "output" / "archive.db"
    for extra in ("-wal", "-shm"):
        archive.with_name(archive.name + extra).unlink(missing_ok=True)
    data = bytearray(archive.read_bytes())
    data[4096 : len(data) // 2] = random.Random(1).randbytes(len(data) // 2 - 4096)
    archive.write_bytes(data)
    said = rehearsal.run_as_cron(code=1)
    expect("digest archive restore" in said, f"no command that mends it is named: {said}")
    rehearsal.call("archive", "restore", backup)
    rehearsal.run_as_cron()
    expect(
        "sound" in rehearsal.call("archive", "check"), "the archive is not sound after the restore"
    )
    rehearsal.notes.append(f"a broken archive: {said.strip().splitlines()[0][:200]}")


def move_to_a_new_machine(rehearsal: Rehearsal) -> None:
    """The backup, a new folder, and nothing else but the secrets."""
    rehearsal.run_as_cron()
    backup, new = rehearsal.root.parent / "move.tar.gz", rehearsal.root.parent / "new-machine"
    rehearsal.call("archive", "backup", backup)
    before, old = rehearsal.call("status", "--json"), rehearsal.root
    rehearsal.root = new
    rehearsal.call("archive", "restore", backup)
    expect(rehearsal.call("status", "--json") == before, "status says something else")
    shutil.rmtree(old)
    sent = len(rehearsal.relay.received)
    expect(rehearsal.run_as_cron() == "", "the first run on the new machine was not silent")
    expect(len(rehearsal.relay.received) == sent, "somebody got an edition again")
    size = backup.stat().st_size / 1e6
    rehearsal.notes.append(f"a new machine: one file of {size:.1f} MB, status the same, no mail")


# ---------------------------------------------------------------- the rehearsal


@contextlib.contextmanager
def open_rehearsal(folder: Path, count: int) -> Iterator[Rehearsal]:
    """Start feeds and a mail server, and set what the environment of cron would hold."""
    authority, relay, feeds = trustme.CA(), smtpserver.Behaviour(), Feeds(count)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    names = ("SSL_CERT_FILE", "SMTP_PASSWORD")
    kept, password = {name: os.environ.get(name) for name in names}, smtpserver.PASSWORD
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # of the server, no word of cron's
    os.environ |= {"SSL_CERT_FILE": str(folder / "ca.pem"), "SMTP_PASSWORD": password}
    try:
        with smtpserver.smtp_server(relay, tls=tls) as port:
            relay.port = port
            root = folder / "workspace"
            write_workspace(root, feeds, relay)
            yield Rehearsal(root, feeds, relay)
    finally:
        feeds.close()
        smtpserver.PASSWORD = password
        for name, value in kept.items():
            os.environ.pop(name, None)
            os.environ |= {name: value} if value is not None else {}


def rehearse(folder: Path, feeds: int = FEEDS) -> Rehearsal:
    """Live through the two years in a folder; look at the end whether each got each edition once."""
    with open_rehearsal(folder, feeds) as rehearsal:
        live(rehearsal)
        for name in NAMES:
            for reader in READERS:
                wanted = 2 if name == "2027-Q2" else 1  # and its correction
                found = rehearsal.count(reader, name)
                expect(found == wanted, f"{reader} got {name} {found} times")
        return rehearsal


def format_table(rehearsal: Rehearsal) -> str:
    """Return the growth as a table in Markdown, and the notes."""
    lines = [
        "| edition | items | archive, MB | output, MB | kept runs | lines of cron | mails |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {row.edition} | {row.items} | {row.archive:.1f} | {row.output:.1f} | {row.runs} "
            f"| {row.lines} | {row.mails} |"
            for row in rehearsal.growth
        ),
        "",
        *(f"- {note}" for note in rehearsal.notes),
    ]
    return "\n".join(lines)


def main() -> None:
    """Rehearse and print the table."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1]).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        print(format_table(rehearse(folder)))
        return
    with tempfile.TemporaryDirectory() as made:
        print(format_table(rehearse(Path(made))))


if __name__ == "__main__":
    main()
