"""A workspace with a built edition and a mail server, driven through the command line."""

import shutil
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from werkzeug import Response

from digest.app.workspace import write_files
from digest.archive import Archive, SourceState
from digest.cli import cli
from digest.config.sources import load_sources
from digest.errors import DigestError
from digest.model.edition import Provenance
from digest.render.edition_json import edition_to_json
from digest.render.mail import render_mail_parts
from tests.factories import editions
from tests.factories.items import item
from tests.factories.smtpserver import PASSWORD, Behaviour, smtp_server

NOW = "2026-10-02T06:00:00Z"
READERS = (
    "cmo@acme.example",
    "cto@acme.example",
    "one@acme.example",
    "two@acme.example",
    "three@acme.example",
)


def run(*args, code=0):
    """A command, its exit code asserted; a DigestError counts by its own code."""
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    error = result.exception
    found = error.exit_code if isinstance(error, DigestError) else result.exit_code
    assert found == code, (found, result.output, error)
    setattr(result, "words", f"{result.output}{error if isinstance(error, DigestError) else ''}")  # noqa: B010 - for the tests alone
    return result


@pytest.fixture(scope="session")
def authority():
    """A certificate authority of our own."""
    return trustme.CA()


@pytest.fixture(scope="session")
def trusted(authority):
    """The server's side of TLS, with a certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A built quarter, made once: output/ with the archive and 2026-Q3/."""
    root = tmp_path_factory.mktemp("built")
    write_sources(root, port=25)
    with Archive.open(root / "output" / "archive.db") as archive:
        archive.record_attempt(
            SourceState("acme-news"),
            [item(n) for n in range(1, 9)],
            at=item().first_seen,
            outcome="read",
        )
    fingerprint = load_sources(root / "sources.yaml", {}).fingerprint
    made = replace(
        editions.edition(), sample=False, generated_from=Provenance("0.1.0", fingerprint)
    )
    write_files(root / "output" / "2026-Q3", files_of(made))
    return root


@pytest.fixture
def place(built, tmp_path, monkeypatch, authority):
    """A workspace of its own with the built quarter, trusting our authority."""
    shutil.copytree(built / "output", tmp_path / "output")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    return tmp_path


@pytest.fixture
def relay(trusted):
    """A mail server that does all right."""
    behaviour = Behaviour()
    with smtp_server(behaviour, tls=trusted) as port:
        behaviour.port = port
        yield behaviour


def files_of(edition) -> dict[str, bytes]:
    """What `digest build` writes, with a PDF of any bytes, which is all that sending knows of one."""
    html, text = render_mail_parts(edition)
    pdf = b"%PDF-1.7\n" + bytes(range(256)) * 40
    files = {
        "digest.html": b"<!DOCTYPE html>",
        "digest.pdf": pdf,
        "mail.html": html.encode(),
        "mail.txt": text.encode(),
        "digest.ics": b"BEGIN:VCALENDAR",
        "register.csv": b"Story",
        "register.xlsx": b"PK",
    }
    return files | {"edition.json": edition_to_json(edition)}


def write_sources(
    root: Path, port: int, *, more: str = "", to=READERS, smtp: str = "", title: str = "Acme digest"
) -> None:
    """sources.yaml with delivery."""
    smtp = smtp or f"{{host: localhost, port: {port}, user: digest, password_env: SMTP_PASSWORD}}"
    (root / "sources.yaml").write_text(
        "digest:\n"
        f"  title: {title}\n"
        "  delivery:\n"
        f"    smtp: {smtp}\n"
        "    from: Acme Digest <digest@acme.example>\n"
        f"    to: [{', '.join(to)}]\n"
        f"{more}"
        "sources:\n  - {name: Acme News, url: 'https://acme-news.example/feed', tier: trade}\n",
        encoding="utf-8",
    )


def ledger(root: Path, what: str = "2026-Q3") -> dict[str, str]:
    """recipient → state."""
    with Archive.open(root / "output" / "archive.db") as archive:
        return {line.delivery.recipient: line.state for line in archive.load_delivery_records(what)}


@pytest.fixture
def world(tmp_path, httpserver, relay, monkeypatch, authority, no_paper):
    """A workspace with one feed, a mail server and a team."""
    return World(tmp_path, httpserver, relay, monkeypatch, authority)


class World:
    """What a team has: a folder, a feed, a mail server. `more` goes into delivery."""

    def __init__(self, root, httpserver, relay, monkeypatch, authority):
        self.root, self.server, self.relay = root, httpserver, relay
        authority.cert_pem.write_to_path(root / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(root / "ca.pem"))
        monkeypatch.setenv("SMTP_PASSWORD", "s3cret-of-the-relay")
        self.asked, self.broken, self.rows = [], False, []
        httpserver.expect_request("/feed").respond_with_handler(self._feed)
        httpserver.expect_request("/ping", method="GET").respond_with_handler(self._ping)
        httpserver.expect_request("/ping/start").respond_with_handler(self._ping)
        httpserver.expect_request("/ping/fail").respond_with_handler(self._ping)
        monkeypatch.setenv("PING_URL", httpserver.url_for("/ping"))
        self.publish(datetime(2026, 7, 3, 9, tzinfo=UTC), 6)

    def configure(self, approval="none", team="[team@acme.example]", more=""):
        port = self.server.port
        write_sources(
            self.root,
            self.relay.port,
            to=READERS[:2],
            more=f"    approval: {approval}\n    team: {team}\n    ping_url_env: PING_URL\n{more}"
            f"  network: {{allow_private: ['localhost:{port}']}}\n",
        )
        path = self.root / "sources.yaml"
        path.write_text(
            path.read_text().replace(
                "https://acme-news.example/feed", f"http://localhost:{port}/feed"
            )
        )
        return self

    def publish(self, first, number, days=5):
        """More entries in the feed, from a day on."""
        start = len(self.rows)
        self.rows += [(start + n, first + timedelta(days=n * days)) for n in range(number)]

    def _feed(self, request):
        if self.broken:
            return Response("", 500)
        items = "".join(
            f"<item><title>Vendor{n} launches AI agent number {n} for email marketing</title>"
            f"<link>https://acme.example/{n}</link><description>Vendor{n} sells an agent for campaign number {n}. "
            f"It is available today.</description><pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for n, when in self.rows
        )
        return Response(
            f'<rss version="2.0"><channel><title>Acme</title>{items}</channel></rss>',
            content_type="application/rss+xml",
        )

    def _ping(self, request):
        self.asked.append(request.path)
        return Response("OK")

    def run(self, now=NOW, code=0, *more):
        return run("run", "--workspace", self.root, "--now", now, *more, code=code)

    def subjects(self, reader):
        return [
            message_from_bytes(d, policy=policy.default)["Subject"]
            for to, d in self.relay.received
            if to == reader
        ]
