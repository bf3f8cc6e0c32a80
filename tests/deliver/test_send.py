"""`digest send` and `digest approve` on a built quarter, against a real server."""

import json
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from werkzeug import Response

from digest.app.workspace import write_files
from digest.archive import Archive
from digest.config.sources import load_sources
from digest.model.edition import Provenance
from tests.deliver.conftest import NOW, READERS, files_of, ledger, run, write_sources
from tests.factories import editions

Q = "2026-Q3"
SUBJECT = "Martech Digest, Q3 2026: Halden buys customer data platform Tessera for $1.4 billion"


@pytest.fixture
def at(place, relay):
    write_sources(place, relay.port)
    return ("--workspace", place, "--now", NOW)


def fingerprint_of(place):
    """Of the configuration as it is now."""
    return load_sources(place / "sources.yaml", {}).fingerprint


def mail_for(relay, reader):
    (data,) = [content for recipient, content in relay.received if recipient == reader]
    return message_from_bytes(data, policy=policy.default)


def test_what_is_not_approved_is_not_sent(at, relay, place):
    """Nor what changed after it."""
    assert "digest approve 2026-Q3" in run("send", Q, *at, code=1).words
    run("approve", Q, "--by", "Ann", *at)
    path = place / "output" / Q / "digest.pdf"
    path.write_bytes(path.read_bytes() + b"x")
    assert "changed since it was approved" in run("send", Q, *at, code=1).words
    assert relay.received == []
    run("approve", Q, "--by", "Ann", *at)
    run("send", Q, *at)
    assert relay.counted() == dict.fromkeys(READERS, 1)


def test_each_reader_gets_one_mail_with_everything(at, relay, place):
    """Text, HTML, PDF; named by the quarter; one Message-ID a reader; told in status."""
    run("approve", Q, "--by", "Ann", *at)
    rows = json.loads(run("send", Q, *at, "--json").stdout)
    assert rows["complete"]
    mail = mail_for(relay, READERS[0])
    assert mail["Subject"] == SUBJECT
    (pdf,) = mail.iter_attachments()
    assert pdf.get_filename() == "martech-digest-2026-Q3.pdf"
    assert pdf.get_content() == (place / "output" / Q / "digest.pdf").read_bytes()
    assert "attached as a PDF" in mail.get_body(("plain",)).get_content()
    assert mail.get_body(("html",)).get_content().count('id="s0') == 5  # page one
    assert len({mail_for(relay, reader)["Message-ID"] for reader in READERS}) == 5
    assert max(len(content) for _, content in relay.received) < 300_000
    told = json.loads(run("status", "--json", *at).stdout)["editions"][0]
    assert (told["state"], told["approved"]["by"], told["waits"]) == ("sent", "Ann", "")


@pytest.mark.whole
def test_nobody_gets_it_twice(at, relay, place):
    """However often it is called; a new reader gets it, and only she does."""
    run("approve", Q, *at)
    for _ in range(3):
        run("send", Q, *at)
    write_sources(
        place,
        relay.port,
        to=(*READERS, "New Reader <New@Acme.example>", "CMO@acme.example"[:0] or "x@y.example"),
    )
    run("send", Q, *at)
    assert relay.counted() == dict.fromkeys((*READERS, "new@acme.example", "x@y.example"), 1)


@pytest.mark.whole
def test_a_second_send_says_that_there_is_nothing_to_send(at, relay, place):
    """And not again whom the first one reached; only who is new is told."""
    run("approve", Q, *at)
    assert run("send", Q, *at).stdout.count("accepted") == len(READERS)
    again = run("send", Q, *at).output
    assert "nothing to send: 2026-Q3 has gone out, all 5 recipients have version 1" in again
    assert "accepted" not in again
    assert run("send", Q, "--quiet", *at).output == ""
    assert json.loads(run("send", Q, "--json", *at).stdout)["due"] == 0
    write_sources(place, relay.port, to=(*READERS, "New Reader <New@Acme.example>"))
    (line,) = run("send", Q, *at).stdout.splitlines()
    assert line.startswith("accepted     New Reader <New@Acme.example>")


@pytest.mark.whole
def test_a_correction(at, relay, place):
    """A new version with its line, on request only; the old one is corrected; the id differs."""
    run("approve", Q, *at)
    run("send", Q, *at)
    path = place / "output" / Q / "mail.txt"
    path.write_text(path.read_text() + "More.\n")
    assert "has changed since version 1 went out" in run("approve", Q, *at, code=1).words
    run("approve", Q, "--note", "The price in story 5 was wrong.", *at)
    run("send", Q, *at)
    assert relay.counted() == dict.fromkeys(READERS, 2)
    first, second = [
        message_from_bytes(data, policy=policy.default)
        for reader, data in relay.received
        if reader == READERS[0]
    ]
    assert first["Message-ID"] != second["Message-ID"]
    assert second["Subject"] == f"Correction: {SUBJECT}"
    for kind in ("plain", "html"):
        assert (
            "Correction, version 2: The price in story 5 was wrong."
            in second.get_body((kind,)).get_content()
        )
    with Archive.open(place / "output" / "archive.db") as archive:
        assert [(one.version, one.state) for one in archive.load_releases()] == [
            (1, "corrected"),
            (2, "sent"),
        ]
    assert "sent, version 2" in run("status", *at).output


def test_dry_run_and_proof(at, relay, place):
    """The mails as files, and a marked copy for one; neither counts as sent."""
    shown = run("send", Q, "--dry-run", *at).stdout
    assert all(f"would be sent  to     {reader}" in shown for reader in READERS)
    files = sorted((place / "output" / Q / "mail").glob("*.eml"))
    assert len(files) == 5
    assert message_from_bytes(files[0].read_bytes(), policy=policy.default)["To"] == ", ".join(
        READERS
    )
    assert relay.received == []
    run("send", Q, "--to", "me@acme.example", *at)
    mail = mail_for(relay, "me@acme.example")
    assert mail["Subject"] == f"[Proof] {SUBJECT}"
    assert mail["To"] == "me@acme.example"
    assert "this copy was sent to look at" in mail.get_body(("html",)).get_content()
    assert ledger(place) == {}


def test_dry_run_where_nobody_is_named(place):
    """Says so, what to give, and where the mail's words are; sending it is wrong use."""
    (place / "sources.yaml").write_text(
        "sources: [{name: Acme News, url: 'https://acme.example/feed'}]\n"
    )
    at = ("--workspace", place, "--now", NOW)
    edition = place / "output" / Q / "edition.json"
    built, now = json.loads(edition.read_bytes()), fingerprint_of(place)
    built["generated_from"]["config"] = now
    edition.write_text(json.dumps(built))
    first, advice = run("send", Q, "--dry-run", *at).stdout.splitlines()
    assert first.endswith("nothing was sent")
    assert "names nobody to send it to; under digest.delivery give smtp, from and to" in advice
    assert advice.endswith("2026-Q3/mail.html")
    run("approve", Q, *at)
    assert "under digest.delivery give smtp" in run("send", Q, *at, code=2).words


def test_copies(at, relay, place):
    """Cc stands in the mail, Bcc does not; all get it."""
    more = "    cc: [board@acme.example]\n    bcc: [audit@acme.example]\n    reply_to: editor@acme.example\n"
    write_sources(place, relay.port, to=READERS[:1], more=more)
    run("approve", Q, *at)
    run("send", Q, *at)
    assert relay.counted() == dict.fromkeys(
        (READERS[0], "board@acme.example", "audit@acme.example"), 1
    )
    for reader in relay.counted():
        mail = mail_for(relay, reader)
        assert (mail["Cc"], mail["Bcc"], mail["Reply-To"]) == (
            "board@acme.example",
            None,
            "editor@acme.example",
        )
    assert b"audit@" not in dict(relay.received)[READERS[0]]


def test_each_language_has_its_readers(at, relay, place):
    """The Italian edition goes to those who want it; where it is not built, that is told and the others get theirs."""
    more = "    by_language: {it: {to: [roma@acme.example]}}\n  languages: [en, it]\n"
    write_sources(place, relay.port, to=READERS[:1], more=more)
    made = replace(
        editions.edition(), sample=False, generated_from=Provenance("0.1.0", fingerprint_of(place))
    )
    write_files(place / "output" / Q, files_of(made))
    run("approve", Q, *at)
    assert "has not been built in it" in run("send", Q, *at, code=1).output
    assert relay.counted() == {READERS[0]: 1}
    write_files(
        place / "output" / Q / "it",
        files_of(replace(made, language="it", title="Rassegna martech")),
    )
    run("approve", Q, "--note", "Anche in italiano.", *at)
    run("send", Q, *at)
    assert relay.counted() == {READERS[0]: 2, "roma@acme.example": 1}
    mail = mail_for(relay, "roma@acme.example")
    assert "Rassegna martech" in mail["Subject"]
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "martech-digest-2026-Q3-it-v2.pdf"
    ]
    assert mail["To"] == "roma@acme.example"


def test_a_large_pdf_is_linked(at, relay, place):
    """And refused where there is no link."""
    limit = "    max_attachment_mib: 0.005\n"
    write_sources(place, relay.port, more=limit)
    run("approve", Q, *at)
    assert "public_url" in run("send", Q, *at, code=1).words
    assert relay.received == []
    write_sources(place, relay.port, more=limit + "    public_url: https://digest.acme.example/\n")
    run("send", Q, *at)
    mail = mail_for(relay, READERS[0])
    assert list(mail.iter_attachments()) == []
    assert (
        "https://digest.acme.example/2026-Q3/digest.html" in mail.get_body(("plain",)).get_content()
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--resolve", "cmo@acme.example"), "cannot be read"),
        (("--resolve", "cmo@acme.example=sent"), "cannot be read"),
        (("--resolve", "cmo@acme.example=accepted"), "it is not unknown whether"),
        (("--to", "no address"), "must be a mail address"),
    ],
)
def test_wrong_use(at, relay, args, words):
    """Exit code 2, nothing sent."""
    assert words in run("send", Q, *args, *at, code=2).words
    assert relay.received == []


def test_channels(at, relay, place, httpserver, monkeypatch):
    """Slack, Teams and a folder: once each; a channel that refuses is told by its variable, never by its address."""
    asked = []

    def take(request):
        asked.append(request.get_json())
        return Response("no", 404) if request.path == "/gone" else Response("ok")

    for path in ("/slack", "/teams", "/gone"):
        httpserver.expect_request(path, method="POST").respond_with_handler(take)
        monkeypatch.setenv(f"{path[1:].upper()}_URL", httpserver.url_for(path))
    more = (
        "    webhooks: [{kind: slack, url_env: SLACK_URL}, {kind: teams, url_env: TEAMS_URL}, "
        "{kind: slack, url_env: GONE_URL}]\n"
        "    folder: shelf\n    public_url: https://digest.acme.example\n"
        f"  network: {{allow_private: ['localhost:{httpserver.port}']}}\n"
    )
    write_sources(place, relay.port, more=more)
    run("approve", Q, *at)
    result = run("send", Q, *at, code=1)
    assert "GONE_URL  (404)" in result.stdout
    assert str(httpserver.port) not in result.output
    assert ledger(place)["GONE_URL"] == "refused"
    slack, teams, _ = asked
    assert slack["blocks"][0]["text"]["text"] == SUBJECT
    assert "Halden buys" in json.dumps(slack)
    assert (
        teams["attachments"][0]["content"]["actions"][0]["url"]
        == "https://digest.acme.example/2026-Q3/digest.html"
    )
    assert (place / "shelf" / Q / "digest.pdf").read_bytes() == (
        place / "output" / Q / "digest.pdf"
    ).read_bytes()
    monkeypatch.setenv("GONE_URL", httpserver.url_for("/slack"))
    run("send", Q, *at)
    assert len(asked) == 4
    assert relay.counted() == dict.fromkeys(READERS, 1)


def test_a_title_in_thai_with_a_header_in_it(at, relay, place):
    """Comes whole as a subject, and as nothing else. (The HTML's title is where the subject comes from.)"""
    made = replace(
        editions.edition(),
        title="ข่าวการตลาด 🚀 =?utf-8?q?=0ABcc:_x@evil.example?=",
        sample=False,
        generated_from=Provenance("0.1.0", fingerprint_of(place)),
    )
    write_files(place / "output" / Q, files_of(made))
    run("approve", Q, *at)
    run("send", Q, *at)
    mail = mail_for(relay, READERS[0])
    assert (
        mail["Subject"]
        == "ข่าวการตลาด 🚀 , Q3 2026: Halden buys customer data platform Tessera for…"
    )
    assert mail["Bcc"] is None


def test_logs_hold_no_secret_and_no_whole_address(at, place, relay, monkeypatch):
    """One JSON object a line."""
    relay.fault, relay.only = "rcpt", "cmo@"
    run("approve", Q, *at)
    lines = run("send", Q, "--log", "json", *at, code=1).stderr.splitlines()
    events = [json.loads(line) for line in lines]
    assert {"at", "event", "message", "trouble"} <= events[0].keys()
    assert any("c…@acme.example" in row["message"] for row in events)
    assert "cmo@" not in "".join(lines)


def test_a_draft_of_a_running_quarter_is_not_released(place):
    """An edition that was built "so far" would go out as if it were the quarter's."""
    write_sources(place, 25)
    path = place / "output" / Q / "edition.json"
    path.write_bytes(path.read_bytes().replace(b'"so_far": false', b'"so_far": true'))
    refused = run("approve", Q, "--by", "Ann", "--workspace", place, "--now", NOW, code=1)
    assert "it is a draft" in refused.words
    assert f"digest build {Q}" in refused.words
    assert ledger(place) == {}
