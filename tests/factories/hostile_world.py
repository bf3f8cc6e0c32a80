"""The hostile world on loopback: its servers, a workspace that reads them, and what is looked for.

`play` collects three times and builds twice, sends the edition over SMTP, exports, searches, asks,
serves and restores; `Outcome.faults` then says in words whatever was not as it should be.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pikepdf
import trustme
from click.testing import CliRunner

from digest.cli import cli
from digest.errors import DigestError, ParseError
from digest.fetch.read.parser_process import ParserProcess
from digest.model.source import ReadingRule
from digest.render.pdf_text import read_pdf_text
from tests.factories import hostile_routes as routes
from tests.factories.hostile_routes import AskRoute, CommandRoute, Reply, SourceRoute
from tests.factories.servers import Site, reply, site
from tests.factories.smtpserver import Behaviour, smtp_server

QUARTER = "2026-Q3"
DAYS = ("2026-10-01T06:00:00Z", "2026-10-02T06:00:00Z", "2026-10-03T06:00:00Z")
READERS = ("cmo@acme.example", "cto@acme.example")
OWNED = Path("/tmp/hostile-owned")
HISTORY_SECONDS = 15
_SHARDS = 8
_OUTSIDE = ("src", "srcset", "poster", "data", "background", "ping", "srcdoc", "formaction")
_ACTING = ("iframe", "object", "embed", "base", "frame", "applet", "video", "audio")
_LEADING = ("href", "xlink:href", "action")
_LINK_SCHEMES = ("http", "https", "mailto", "data", "")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_TIMES = re.compile(
    r"(?m), (\d+\.\d\d) s, (\d+\.\d\d) s of them for strangers, (\d+\.\d\d) s for its history$"
)
_REMARK_PLACES = ("site", "assistants", "letter")


# ---------------------------------------------------------------- what is measured


@dataclass
class Outcome:
    """What a replay came to."""

    faults: list[str] = field(default_factory=list)
    checks: int = 0
    canaries: list[str] = field(default_factory=list)
    kept: int = 0
    peak_bytes: int = 0
    slowest_source: float = 0.0  # seconds, waiting for its turn included
    longest_held: float = 0.0  # seconds that strangers had us for one source, in one collect
    longest_history: float = 0.0  # the same for its history
    longest_request: float = 0.0  # seconds that a server had us
    parse_seconds: dict[str, float] = field(default_factory=dict)  # of CPU, by route
    texts: dict[str, str] = field(default_factory=dict)  # all that was said, by where
    seconds: float = 0.0
    step_seconds: dict[str, float] = field(default_factory=dict)

    def check(self, good: bool, words: str) -> None:
        """Count a check, and keep what was wrong."""
        self.checks += 1
        if not good:
            self.faults.append(words)


class _TreeMeter:
    """Samples the memory of a process and of all that it starts: pages that it alone has."""

    def __init__(self, pid: int) -> None:
        self.peak, self._pid, self._over = 0, pid, threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> _TreeMeter:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(0.05):
            total = sum(map(_read_resident, _list_tree(self._pid)))
            self.peak = max(self.peak, total)


def _list_tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _read_resident(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


# ---------------------------------------------------------------- servers


class World:
    """The servers, and what stands where in what they send."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "workspace"
        self.secret_file = folder / "planted"
        self.reading = 1
        self.longest = 0.0  # seconds that a client stayed
        self.places: dict[str, str] = {}  # route → host:port
        self.servers: list[Site] = []
        self.canary: Site
        self.tls: Site
        self.relay = Behaviour()
        self.authority = trustme.CA()
        self.trust = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(self.trust)
        self._paths: dict[str, tuple[str, SourceRoute]] = {}

    @contextlib.contextmanager
    def running(self) -> Iterator[World]:
        """Start every server."""
        with contextlib.ExitStack() as stack:
            self.canary = stack.enter_context(site(lambda _, send: send(reply(b"canary"))))
            stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            trustme.CA().issue_cert("other.example").configure_cert(stranger)
            self.tls = stack.enter_context(site(self._answer_as(None), tls=stranger))
            shards = [stack.enter_context(site(self._answer_as(None))) for _ in range(_SHARDS)]
            self.servers = [*shards, self.tls]
            for number, route in enumerate(routes.SOURCES):
                place = shards[number % (_SHARDS - 1)].place
                if route.alone:
                    own = stack.enter_context(site(self._answer_as(route)))
                    self.servers.append(own)
                    place = own.place
                self.places[route.id] = place
                self._paths[f"/{route.id}/feed"] = ("", route)
                for path in route.others:
                    if not route.alone:
                        self._paths[path] = (path, route)
            self.other = shards[-1].place
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.authority.issue_cert("localhost").configure_cert(context)
            self.relay.port = stack.enter_context(smtp_server(self.relay, tls=context, login=False))
            yield self

    def _answer_as(self, own: SourceRoute | None) -> Callable[..., None]:
        def answer(request: str, send: Callable[[bytes], None]) -> None:
            started = time.monotonic()
            try:
                self._answer(own, request, send)
            finally:
                self.longest = max(self.longest, time.monotonic() - started)

        return answer

    def _answer(self, own: SourceRoute | None, request: str, send: Callable[[bytes], None]) -> None:
        path = request.split(" ")[1].partition("?")[0]
        if path.startswith("/watched/"):
            page = routes.watched_page(path.rpartition("/")[2], changed=self.reading > 1)
            send(reply(self.fill(page, self.other), Content_Type="text/html"))
            return
        found = self._paths.get(path)
        if own and path in own.others:
            found = (path, own)
        if found is None:
            send(reply(status="404 Not Found"))
            return
        place, route = found
        sent = route.others[place] if place else route.reply
        if not place and self.reading > 1 and route.then:
            sent = route.then
        self._send(sent or Reply(status="404 Not Found"), self.places[route.id], send)

    def fill(self, data: bytes, place: str) -> bytes:
        """Return bytes with the places of this world in them."""
        for name, value in {
            "{HERE}": f"http://{place}/",
            "{CANARY}": f"http://{self.canary.place}/",
            "{CANARY_PORT}": str(self.canary.port),
            "{FILE}": str(self.secret_file),
            "{OTHER}": self.other,
            "{PLACE}": place,
            "{TLS}": self.tls.place,
        }.items():
            data = data.replace(name.encode(), value.encode())
        return data

    def _send(self, sent: Reply, place: str, send: Callable[[bytes], None]) -> None:
        body = self.fill(sent.body, place)
        head = "".join(
            f"{name}: {value}\r\n"
            for name, value in (*sent.headers, ("Content-Length", str(len(body))))
        )
        lines = f"HTTP/1.1 {sent.status}\r\nConnection: close\r\n{head}\r\n".encode("latin-1")
        _PLAYS[sent.play](send, self.fill(lines, place), body)


def _send_whole(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(head + body)


def _drip(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(head)
    for number in range(len(body)):
        send(body[number : number + 1])
        time.sleep(1)


def _stall(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(head + body[: len(body) // 2])
    connection: socket.socket = send.__self__  # type: ignore[attr-defined]
    connection.settimeout(90)
    connection.recv(1)  # until the client goes


def _drip_head(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    _drip(send, b"", head + body)


def _send_endless(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(re.sub(rb"Content-Length: \d+\r\n", b"", head) + body[:-20])
    while True:
        send(b"<item><title>x</title></item>" * 2_000)


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def _send_continues(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    while True:
        send(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000)


def _send_pieces(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(_CHUNKED)
    while True:
        send(b"1\r\nx\r\n" * 2_000)


def _send_remarks(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(_CHUNKED)
    while True:
        send(b"1;" + b"a" * 20_000 + b"\r\nx\r\n")


def _send_short(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(head + body[: len(body) // 2])


def _reset(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    send(head + body[: len(body) // 2])
    connection: socket.socket = send.__self__  # type: ignore[attr-defined]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _send_late(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    time.sleep(7)
    send(head + body)


def _send_nothing(send: Callable[[bytes], None], head: bytes, body: bytes) -> None:
    """Hang up."""


_PLAYS: Mapping[str, Callable[[Callable[[bytes], None], bytes, bytes], None]] = {
    "at once": _send_whole,
    "drip": _drip,
    "stall": _stall,
    "slow head": _drip_head,
    "endless": _send_endless,
    "continues": _send_continues,
    "pieces": _send_pieces,
    "remarks": _send_remarks,
    "short": _send_short,
    "reset": _reset,
    "none": _send_nothing,
    "late": _send_late,
}


# ---------------------------------------------------------------- the workspace


def write_workspace(world: World) -> None:
    """Write the files of a team that reads this world."""
    world.root.mkdir(parents=True)
    world.secret_file.write_text("planted-file-06\n")
    places = [server.place for server in world.servers]
    rows = []
    for route in routes.SOURCES:
        keys = {
            "name": json.dumps(route.id),
            "url": f"http://{world.places[route.id]}/{route.id}/feed",
            "tier": "trade",
            **route.source,
        }
        filled = {
            key: world.fill(value.encode(), world.places[route.id]).decode()
            for key, value in keys.items()
        }
        rows.append("  - {" + ", ".join(f"{key}: {value}" for key, value in filled.items()) + "}\n")
    for name, (_, data, _) in routes.LETTERS.items():
        folder = world.root / "letters" / name
        folder.mkdir(parents=True)
        (folder / "1.eml").write_bytes(world.fill(data, world.other))
        rows.append(
            f"  - {{name: {name}, tier: newsletter, newsletter: {{path: letters/{name}, from: news@letters.example}}}}\n"
        )
    (world.root / "sources.yaml").write_text(
        "digest:\n  title: Hostile digest\n  organisation: Acme\n  timezone: UTC\n"
        "  languages: [en]\n"
        f"  network: {{allow_private: [{', '.join(map(repr, places))}], ca_file: {world.trust}}}\n"
        "  alerts: {every: day}\n"
        f"  limits: {{requests_per_host: 10, history_seconds: {HISTORY_SECONDS}}}\n"
        "  delivery:\n"
        f"    smtp: {{host: localhost, port: {world.relay.port}}}\n"
        f"    from: Digest <digest@acme.example>\n    to: [{', '.join(READERS)}]\n"
        "    approval: none\n    team: [team@acme.example]\n"
        "sources:\n" + "".join(rows),
        "utf-8",
    )
    watch = ", ".join(f"{kind}: 'http://{world.other}/watched/{kind}'" for kind in routes.WATCHED)
    (world.root / "stack.yaml").write_text(
        "products:\n"
        "  - {name: Quillmark, vendor: Halcyra, categories: [email-marketing], owner: Ottilie,"
        f" cost: 48123, currency: EUR, watch: {{{watch}}}}}\n"
    )
    (world.root / "editions").mkdir()
    (world.root / "editions" / f"{QUARTER}.yaml").write_text(
        f"decisions:\n  - {{what: 'Leave Quillmark {routes.REMARK}'}}\n"
    )


# ---------------------------------------------------------------- playing


class Player:
    """Runs commands on the workspace, and keeps all that is said."""

    def __init__(self, world: World, outcome: Outcome) -> None:
        self.world, self.outcome = world, outcome
        kept = ("PATH", "HOME", "LANG", "PYTHONPATH")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment |= {
            "PLANTED_KEY": "planted-header-05",
            "SMTP_PASSWORD": "planted-smtp-07",
            "SSL_CERT_FILE": str(world.trust),
            "PYTHONIOENCODING": "utf-8",
        }

    def run(
        self, name: str, *args: str, root: Path | None = None, now: str = DAYS[2]
    ) -> tuple[int, str]:
        """Run a command to its end; return its code and stdout."""
        command = [sys.executable, "-m", "digest", *self.place(args, root or self.world.root, now)]
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[2],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with _TreeMeter(process.pid) as meter:
            out, err = process.communicate(timeout=400)
        self.outcome.peak_bytes = max(self.outcome.peak_bytes, meter.peak)
        text = out.decode("utf-8", "replace")
        self.outcome.texts[f"{name}: stdout"] = text
        self.outcome.texts[f"{name}: stderr"] = err.decode("utf-8", "replace")
        return process.returncode, text

    @staticmethod
    def place(args: Sequence[str], root: Path, now: str) -> list[str]:
        where = ["--workspace", str(root)]
        timeless = args[0] == "stack" or args[:2] in (("sources", "list"), ("vendor", "list"))
        where += [] if timeless else ["--now", now]
        depth = 2 if args[0] in ("sources", "stack", "export", "archive", "vendor") else 1
        return [*args[:depth], *where, *args[depth:]]


def play(folder: Path) -> Outcome:
    """Play every route once, and return what came of it."""
    outcome, started = Outcome(), time.monotonic()
    OWNED.unlink(missing_ok=True)
    world = World(folder)
    with world.running():
        write_workspace(world)
        player = Player(world, outcome)
        first = _collect(player)
        _check_sources(outcome, first)
        for step in (_build, _check_kept, _export, _run_commands, _ask_pages, _scan):
            begun = time.monotonic()
            step(player)
            outcome.step_seconds[step.__name__.strip("_")] = time.monotonic() - begun
        _measure_parsing(world, outcome)
        outcome.longest_request = world.longest
        outcome.check(world.longest < 22, f"a server held us for {world.longest:.1f} s")
        outcome.canaries = [request.split("\r\n")[0] for request in world.canary.requests]
        outcome.check(not outcome.canaries, f"a canary was asked: {outcome.canaries[:3]}")
        outcome.check(not OWNED.exists(), "a shell ran what a stranger wrote")
    outcome.seconds = time.monotonic() - started
    return outcome


def _collect(player: Player) -> dict[str, Any]:
    code, out = player.run("collect", "collect", "--json", "-v", now=DAYS[0])
    player.outcome.check(code in (0, 3), f"collect ended with {code}")
    player.world.reading = 2
    code, _ = player.run("collect again", "collect", "--json", "-v", now=DAYS[1])
    player.outcome.check(code in (0, 3), f"the second collect ended with {code}")
    for name in ("collect", "collect again"):
        _read_times(player.outcome, name)
    return {report["source"]: report for report in json.loads(out or "[]")}


def _read_times(outcome: Outcome, name: str) -> None:
    """Take from what a command logged how long each source had us."""
    said = outcome.texts[f"{name}: stderr"]
    rows = [tuple(map(float, found)) for found in _TIMES.findall(said)]
    outcome.check(len(rows) > 200, f"{name} tells the time of {len(rows)} sources")
    whole, held, history = (max(column) for column in zip(*rows, strict=True))
    outcome.slowest_source = max(outcome.slowest_source, whole)
    outcome.longest_held = max(outcome.longest_held, held)
    outcome.longest_history = max(outcome.longest_history, history)


def _check_sources(outcome: Outcome, reports: Mapping[str, Any]) -> None:
    for route in routes.SOURCES:
        if "name" in route.source or route.says is None:
            continue
        problem = (reports.get(route.id) or {"problem": "no report"})["problem"] or ""
        good = route.says in problem if route.says else not problem
        outcome.check(good, f"{route.id}: told {problem!r}, expected {route.says!r}")


def _build(player: Player) -> None:
    outcome, output = player.outcome, player.world.root / "output" / QUARTER
    code, _ = player.run("run", "run", "-v")
    outcome.check(code in (0, 3), f"run ended with {code}")
    _read_times(outcome, "run")
    # what came just in time is still parsed, within 2 s of CPU
    outcome.check(outcome.longest_held < 23, f"a source had us for {outcome.longest_held:.1f} s")
    outcome.check(
        outcome.longest_history < HISTORY_SECONDS + 3,
        f"a history had us for {outcome.longest_history:.1f} s",
    )
    told = "the limit of time for its history was reached"
    outcome.check(told in outcome.texts["run: stderr"], "no history is told to have been cut")
    counted = player.world.relay.counted()
    outcome.check(
        {name: counted[name] for name in READERS} == dict.fromkeys(READERS, 1),
        f"mails were {dict(counted)}",
    )
    outcome.check(set(counted) <= {*READERS, "team@acme.example"}, f"mails were {dict(counted)}")
    before = {path.name: path.read_bytes() for path in output.glob("*")}
    outcome.check(len(before) >= 8, f"the edition has {sorted(before)}")
    code, _ = player.run("build", "build", QUARTER)
    outcome.check(code == 0, f"build ended with {code}")
    for name, data in before.items():
        outcome.check((output / name).read_bytes() == data, f"{name} was built otherwise again")
    code, _ = player.run("build --check", "build", QUARTER, "--check")
    said = outcome.texts["build --check: stderr"].replace("text runs out of the page", "")
    # words of strangers without a space are cut at the edge of the register's cell
    outcome.check(code in (0, 1) and "Traceback" not in said, f"build --check ended with {code}")
    player.run("run again", "run")
    again = player.world.relay.counted()
    outcome.check(all(again[name] == 1 for name in READERS), "a second run sent again")


def _check_kept(player: Player) -> None:
    code, out = player.run("export items", "export", "items")
    rows = [json.loads(line) for line in out.split("\n") if line]
    titles = Counter(
        found[1] for row in rows if (found := re.match(r"Kept ([\w-]+) \d+ ", row["title"]))
    )
    player.outcome.check(code == 0, f"export items ended with {code}")
    expected = {route.id: route.kept for route in routes.SOURCES}
    expected |= {name: count for name, (_, _, count) in routes.LETTERS.items()}
    expected["secret-header"] += expected.pop("secret-header-other") - 1
    for name, count in expected.items():
        player.outcome.check(titles[name] == count, f"{name}: {titles[name]} items, not {count}")
    player.outcome.kept = sum(titles.values())
    outside = [row["link"] for row in rows if not re.match(r"https?://|mailto:|$", row["link"])]
    player.outcome.check(not outside, f"items lead to {outside[:3]}")


def _export(player: Player) -> None:
    for name, args, code in (
        ("export edition", ("export", "edition", QUARTER), (0,)),
        ("export agenda", ("export", "agenda", QUARTER), (0,)),
        ("export board", ("export", "board", QUARTER), (0,)),
        ("export slide", ("export", "board", QUARTER, "--format", "pptx"), (0,)),
        ("status", ("status", "--json"), (0, 1, 3)),
        ("health", ("sources", "health", QUARTER), (0, 3)),
        ("doctor", ("doctor",), (0, 1, 3)),
        ("list", ("sources", "list"), (0,)),
        ("alert", ("alert", "--dry-run", "--json"), (0, 1)),
        ("letter", ("vendor", "ask", "Halcyra", QUARTER), (0, 1, 2)),
        ("backup", ("archive", "backup", str(player.world.root.parent / "b.tar.gz")), (0,)),
    ):
        found, _ = player.run(name, *args)
        player.outcome.check(found in code, f"{name} ended with {found}")


def _run_commands(player: Player) -> None:
    """Run each command in this process: a hundred starts of Python would take minutes."""
    base, outcome = player.world.root.parent / "commands", player.outcome
    for route in routes.COMMANDS:
        root = player.world.root
        if route.files:
            root = _write_small(base / route.id, player, route)
        args = [player.world.fill(arg.encode(), "").decode() for arg in route.args]
        args = [arg.replace("{ROOT}", str(root)) for arg in args]
        result = CliRunner().invoke(cli, player.place(args, root, DAYS[2]))
        error = result.exception
        code = error.exit_code if isinstance(error, DigestError) else result.exit_code
        bug = error and not isinstance(error, (DigestError, SystemExit))
        said = f"{error}" if isinstance(error, DigestError) else ""
        outcome.texts[f"{route.id}: stdout"] = result.stdout
        outcome.texts[f"{route.id}: stderr"] = result.stderr + said
        outcome.check(not bug, f"{route.id} raised {error!r}")
        outcome.check(
            code in route.code, f"{route.id} ended with {code}: {result.stderr[-200:]}{said}"
        )


def _write_small(root: Path, player: Player, route: CommandRoute) -> Path:
    """Write a workspace of one source, and the files of a route."""
    root.mkdir(parents=True)
    (root / "sources.yaml").write_text(
        "digest: {title: T}\nsources:\n  - {name: A, url: 'https://a.example/f'}\n"
    )
    for name, data in route.files.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(player.world.fill(data, ""))
    return root


def _measure_parsing(world: World, outcome: Outcome) -> None:
    """Parse every document as collecting does, and note the CPU time of each."""
    with ParserProcess() as parsers:
        for route in routes.SOURCES:
            if route.reply is None or "Content-Encoding" in dict(route.reply.headers):
                continue
            body = world.fill(route.reply.body, world.places[route.id])[: 16 * 2**20]
            rule = ReadingRule("page") if route.source.get("kind") == "page" else ReadingRule()
            parse = partial(parsers.parse_feed, body, "", "https://news.example/f", {}, rule)
            outcome.parse_seconds[route.id] = _time_parser(parsers, parse)
        for name, (_, data, _) in routes.LETTERS.items():
            outcome.parse_seconds[name] = _time_parser(
                parsers, partial(parsers.parse_newsletter, data)
            )
    slow = {name: spent for name, spent in outcome.parse_seconds.items() if spent > 2.1}
    outcome.check(not slow, f"parsing took {slow}")


def _time_parser(parsers: ParserProcess, parse: Callable[[], object]) -> float:
    """Return seconds of CPU, of this process and of the parsers' own; its start is not counted."""
    with contextlib.suppress(ParseError):  # starts the process where there is none
        parsers.parse_feed(b"<!--" + b"x" * 40_000, "", "https://news.example/f")
    before, children = time.process_time() + _read_cpu(parsers), _read_ended()
    with contextlib.suppress(ParseError):
        parse()
    if (ended := _read_ended() - children) > 0:  # at its bound: all of its life is counted
        return ended
    return time.process_time() + _read_cpu(parsers) - before


def _read_ended() -> float:
    """Return the CPU seconds of children that have ended."""
    return os.times().children_user + os.times().children_system


def _read_cpu(parsers: ParserProcess) -> float:
    process = parsers._process
    if process is None:
        return 0.0
    stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


# ---------------------------------------------------------------- pages that are served


_SERVED: Mapping[str, tuple[Sequence[str], str]] = {
    "desk": (("review", QUARTER), "/"),
    "site": (("serve",), "/"),
    "assistants": (("mcp", "--http"), "/mcp"),
}


def _ask_pages(player: Player) -> None:
    for surface, (args, home) in _SERVED.items():
        with (
            _served(player, surface, args) as (port, token),
            httpx.Client(base_url=f"http://localhost:{port}", timeout=60, trust_env=False) as ours,
        ):
            if surface == "assistants":
                ours.headers["authorization"] = f"Bearer {token}"
            else:
                opened = ours.get(f"{home}?token={token}", follow_redirects=True)
                player.outcome.check(opened.status_code == 200, f"{surface} does not open")
            for route in routes.REQUESTS:
                if route.surface == surface:
                    _ask(player, route, ours if route.sign else None, port)
            _crawl(player, surface, ours)


@contextlib.contextmanager
def _served(player: Player, surface: str, args: Sequence[str]) -> Iterator[tuple[int, str]]:
    command = [sys.executable, "-m", "digest", *args, "--port", "0"]
    command += ["--workspace", str(player.world.root), "--now", DAYS[2]]
    process = subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        env=player.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    found: dict[str, str] = {}
    try:
        assert process.stdout is not None
        with _TreeMeter(process.pid) as meter:
            while len(found) < 2:
                line = process.stdout.readline()
                assert line, said
                said.append(line)
                if place := re.search(r"http://localhost:(\d+)", line):
                    found["port"] = place[1]
                if token := re.search(r"(?:token=|Bearer )(\S+)", line):
                    found["token"] = token[1]
            yield int(found["port"]), found["token"]
        player.outcome.peak_bytes = max(player.outcome.peak_bytes, meter.peak)
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=30)
        told = "".join([*said, rest])
        player.outcome.texts[f"{surface}: log"] = told.replace(found.get("token", "?"), "TOKEN")


def _ask(player: Player, route: AskRoute, ours: httpx.Client | None, port: int) -> None:
    """Ask byte for byte: a client would mend the path."""
    headers = {"host": f"localhost:{port}", "connection": "close", **route.headers}
    if ours is not None:
        bearer = ours.headers.get("authorization")
        cookies = "; ".join(f"{one.name}={one.value}" for one in ours.cookies.jar)
        headers |= {"authorization": bearer} if bearer else {"cookie": cookies}
    if route.body:
        headers["content-length"] = str(len(route.body))
    lines = [f"{route.method} {route.target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    answer = b""
    with socket.create_connection(("localhost", port), 30) as line, contextlib.suppress(OSError):
        line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        with contextlib.suppress(OSError):
            line.sendall(route.body)
        while piece := line.recv(65536):
            answer += piece
    status = int(answer[9:12]) if answer[9:12].isdigit() else 0
    player.outcome.check(status in route.status, f"{route.id} answered {status}: {answer[-200:]!r}")
    place = re.search(rb"(?im)^location: *(\S+)", answer.partition(b"\r\n\r\n")[0])
    away = place is not None and (not place[1].startswith(b"/") or place[1].startswith(b"//"))
    player.outcome.check(not away, f"{route.id} leads to {place and place[1]!r}")
    player.outcome.texts[f"{route.surface} answer: {route.id}"] = answer.decode("utf-8", "replace")


def _crawl(player: Player, surface: str, ours: httpx.Client) -> None:
    """Keep what a reader of the pages sees."""
    if surface == "assistants":
        _use_tools(player, ours)
        return
    waiting, seen = ["/"], set[str]()
    while waiting and len(seen) < 60:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = ours.get(path, follow_redirects=True)
        kind = answer.headers.get("content-type", "")
        player.outcome.check(answer.status_code < 500, f"{surface}{path}: {answer.status_code}")
        if "html" in kind:
            name = f"{surface} page: {path}"
            player.outcome.texts[name] = answer.text
            _check_html(player.outcome, name, answer.text)
            policy_said = answer.headers.get("content-security-policy", "")
            if not path.endswith("digest.html"):
                player.outcome.check("default-src 'none'" in policy_said, f"{name}: no policy")
            page = lxml.html.fromstring(answer.text or "<p/>")
            found = [anchor.get("href") or "" for anchor in page.iter("a")]
            waiting += [one for one in found if re.match(r"/(?!/)", one) and "#" not in one]
        elif not kind.startswith("application/pdf"):
            player.outcome.texts[f"{surface} file: {path}"] = answer.text


def _use_tools(player: Player, ours: httpx.Client) -> None:
    head = {"accept": "application/json, text/event-stream"}
    start = {
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    }  # fmt: skip
    opened = ours.post(
        "/mcp",
        headers=head,
        json={"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": start},
    )
    head |= {
        "mcp-session-id": opened.headers.get("mcp-session-id", ""),
        "mcp-protocol-version": "2025-06-18",
    }
    ours.post("/mcp", headers=head, json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    for number, (tool, arguments) in enumerate((
        ("search", {"query": "Kept agent", "limit": 50}), ("ask_passages", {"question": "Who launches an AI agent for email campaigns?"}),
        ("edition", {"quarter": QUARTER, "limit": 50}), ("stack", {}), ("vendor", {"name": "Halcyra"}),
        ("vendor", {"name": "\x1b[31m../../x"}), ("story", {"id": "' OR 1=1 --"}), ("edition", {"quarter": "../../../etc"}), ("sources_health", {}),
    ), 1):  # fmt: skip
        call = {
            "jsonrpc": "2.0",
            "id": number,
            "method": "tools/call",
            "params": {"name": tool, "arguments": arguments},
        }
        answer = ours.post("/mcp", headers=head, json=call)
        name = f"assistants tool {number}: {tool}"
        player.outcome.check(answer.status_code == 200, f"{name} answered {answer.status_code}")
        player.outcome.check(
            "untrusted_" in answer.text or tool not in ("search", "ask_passages", "sources_health"),
            f"{name} marks nothing",
        )
        player.outcome.texts[name] = answer.text


# ---------------------------------------------------------------- looking for what must not be there


def _scan(player: Player) -> None:
    outcome, root = player.outcome, player.world.root
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        is_state = path.name == "sources.yaml" or path.name.startswith("archive.db")
        if not path.is_file() or is_state or place.parts[0] == "letters":
            continue
        outcome.texts[f"file: {place}"] = _read_text(path)
        if path.suffix == ".html":
            _check_html(outcome, str(place), path.read_text("utf-8"))
        elif path.suffix == ".pdf":
            _check_pdf(outcome, str(place), path)
        elif path.suffix in (".csv", ".ics"):
            _check_rows(outcome, str(place), path.read_text("utf-8"))
    for number, (reader, data) in enumerate(player.world.relay.received):
        _check_mail(outcome, f"mail {number} to {reader}", data)
    for name, text in outcome.texts.items():
        found = [secret for secret in routes.SECRETS if secret in text]
        outcome.check(not found, f"{name} holds {found}")
        is_ours = (
            name.startswith(_REMARK_PLACES)
            and "digest.html" not in name
            and "edition.json" not in name
        )
        outcome.check(not (is_ours and routes.REMARK in text), f"{name} tells the team's remark")
        if not name.startswith("file:") or name.endswith(
            (".txt", ".json", ".csv", ".ics", ".html")
        ):
            plain = text.replace("\r\n", "\n")
            outcome.check(not _CONTROL.search(plain), f"{name} holds a control character")
        outcome.check("Traceback (most recent" not in text, f"{name} is a traceback")


def _read_text(path: Path) -> str:
    """Return all text of a file, unpacked where it is packed."""
    data = path.read_bytes()
    if path.suffix == ".pdf":
        return read_pdf_text(data) + data.decode("latin-1")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return "\n".join(
                packed.read(name).decode("utf-8", "replace") for name in packed.namelist()
            )
    return data.decode("utf-8", "replace")


def _check_html(outcome: Outcome, name: str, text: str) -> None:
    """See that nothing in a page acts, loads or leads to where no web address leads."""
    parser = lxml.html.HTMLParser(encoding="utf-8")
    root = lxml.html.document_fromstring(text.encode() or b"<p/>", parser=parser)
    active = [
        fault
        for element in root.iter()
        if isinstance(element.tag, str)
        for fault in _list_active(element)
    ]
    outcome.check(not active, f"{name}: {active[:3]}")


def _list_active(element: Any) -> Iterator[str]:
    """Yield what an element does or loads."""
    if element.tag in _ACTING:
        yield element.tag
    if element.tag == "script" and "alert(" in (element.text or ""):
        yield "script"
    if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
        yield "refresh"
    for key, value in element.attrib.items():
        plain = re.sub(r"[\x00-\x20]", "", str(value))
        scheme = re.match(r"([a-zA-Z][\w+.-]*):", plain)
        loads = key in _OUTSIDE and re.match(r"(https?:)?//|javascript:", plain)
        leads = key in _LEADING and (scheme[1].lower() if scheme else "") not in _LINK_SCHEMES
        if key.startswith("on") or loads or leads or (key == "style" and "url(" in plain):
            yield f"{key}={plain[:80]}"


def _check_pdf(outcome: Outcome, name: str, path: Path) -> None:
    with pikepdf.open(path) as document:
        kinds = {
            str(key)
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary)
            for key in each
        }
        outcome.check(not kinds & {"/JS", "/JavaScript", "/AA"}, f"{name} acts")
        attached = [str(one) for one in document.attachments]
        ours = (
            "edition.json" in name or not attached or all(one.endswith(".json") for one in attached)
        )
        outcome.check(ours and len(attached) <= 1, f"{name} holds {attached}")
        links = [
            str(note.A.URI)
            for page in document.pages
            for note in page.get("/Annots", ())
            if "/A" in note and "/URI" in note.A
        ]
    odd = [link for link in links if not re.match(r"https?://|mailto:", link)]
    outcome.check(not odd, f"{name} leads to {odd[:3]}")
    outcome.check(
        not _CONTROL.search(read_pdf_text(path.read_bytes()).replace("\x0c", "")),
        f"{name}: control",
    )


def _check_rows(outcome: Outcome, name: str, text: str) -> None:
    if name.endswith(".csv"):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        cells += text.replace("\n", ";").split(";")  # as where semicolons part cells
        formulas = [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d)", cell)]
        outcome.check(not formulas, f"{name} holds formulas {formulas[:3]}")
    else:
        lines = text.replace("\r\n ", "").splitlines()
        begun = {line for line in lines if re.match(r"BEGIN:|ATTACH|ATTENDEE|ORGANIZER", line)}
        outcome.check(
            begun
            <= {
                "BEGIN:VCALENDAR",
                "BEGIN:VEVENT",
                "BEGIN:VTIMEZONE",
                "BEGIN:STANDARD",
                "BEGIN:DAYLIGHT",
            },
            f"{name}: {begun}",
        )


def _check_mail(outcome: Outcome, name: str, data: bytes) -> None:
    mail = message_from_bytes(data, policy=policy.default)
    head = data.partition(b"\r\n\r\n")[0]
    outcome.check(b"evil.example" not in head and b"bcc" not in head.lower(), f"{name}: headers")
    kinds = sorted(part.get_content_type() for part in mail.walk() if not part.is_multipart())
    outcome.check(set(kinds) <= {"text/plain", "text/html", "application/pdf"}, f"{name}: {kinds}")
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = part.get_content()
            outcome.texts[f"{name}: {part.get_content_type()}"] = content
            if part.get_content_subtype() == "html":
                _check_html(outcome, name, content)
