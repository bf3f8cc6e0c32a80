"""A workspace with a built edition and a mail server, driven through the command line."""

import shutil
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner

from digest.archive import Archive, SourceState
from digest.cli import cli
from digest.errors import DigestError
from digest.render.data import edition_json
from digest.render.mail import mail_parts
from digest.workspace import write_files
from tests.deliver.smtpserver import PASSWORD, Behaviour, smtp_server
from tests.fakes import item
from tests.render import editions

NOW = "2026-10-02T06:00:00Z"
READERS = ("cmo@acme.example", "cto@acme.example", "one@acme.example", "two@acme.example", "three@acme.example")


def run(*args, code=0):
    """A command, its exit code asserted; a DigestError counts by its own code."""
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    error = result.exception
    found = error.exit_code if isinstance(error, DigestError) else result.exit_code
    assert found == code, (found, result.output, error)
    result.words = f"{result.output}{error if isinstance(error, DigestError) else ''}"
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
        archive.record(SourceState("acme-news"), [item(n) for n in range(1, 9)], at=item().first_seen, outcome="read")
    write_files(root / "output" / "2026-Q3", files_of(replace(editions.edition(), sample=False)))
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
    html, text = mail_parts(edition)
    pdf = b"%PDF-1.7\n" + bytes(range(256)) * 40
    files = {
        "digest.html": b"<!DOCTYPE html>",
        "digest.pdf": pdf,
        "mail.html": html.encode(),
        "mail.txt": text.encode(),
    }
    return files | {"edition.json": edition_json(edition)}


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
        return {line.parcel.recipient: line.state for line in archive.ledger(what)}
