"""Approval by a link: out of the mail, over real HTTP, once, by a named person, for one edition."""

import os
import re
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from werkzeug import Response

from digest.app.approval import LinkApprovals, announce_draft
from digest.app.context import AppContext
from digest.app.deliver import open_delivery
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.cli.common import load_config
from digest.deliver.approval import ApprovalLink, read_link, sign_link
from digest.errors import DeliveryError
from digest.web.approval import ApprovalGate
from tests.deliver.conftest import READERS, run, write_sources

KEY = "k" * 40
Q, NOW = "2026-Q3", datetime(2026, 10, 2, 6, tzinfo=UTC)
LINK = ApprovalLink(Q, "f" * 64, "Ada Approver", NOW + timedelta(days=14))
HOST = "desk.acme.example"
PHRASE = re.compile(rf"https://{HOST}/approve/(\S+)")


def configure(place, relay, channel="", more=""):
    """sources.yaml with a team, readers and one approver; `channel` is a webhook's address."""
    hook = ", webhook: {kind: slack, url_env: CHANNEL_URL}" if channel else ""
    approver = f"{{name: Ada Approver, mail: ada@acme.example{hook}}}"
    write_sources(
        place,
        relay.port,
        to=READERS[:2],
        more="    approval: required\n    team: [ada@acme.example, team@acme.example]\n"
        f"  review:\n    url: https://{HOST}\n    key_env: APPROVAL_KEY\n"
        f"    approvers: [{approver}]\n{more}",
    )


@pytest.fixture
def asked(place, relay, monkeypatch):
    """A workspace whose approver has a link; its token."""
    monkeypatch.setenv("APPROVAL_KEY", KEY)
    configure(place, relay)
    run("approve", Q, "--ask", "--workspace", place, "--now", NOW.isoformat())
    return token_of(relay, "ada@acme.example")


def token_of(relay, address):
    """The token of the link in the last mail to an address."""
    mails = [content for recipient, content in relay.received if recipient == address]
    text = message_from_bytes(mails[-1], policy=policy.default).get_body(("plain",)).get_content()
    return read_token(text)


def read_token(text):
    """The token of the link that stands in a text."""
    found = PHRASE.search(text)
    assert found
    return found[1]


@contextmanager
def serving(place, now=lambda: NOW):
    """The links of a workspace, answered on a real socket; everything else is a page of others."""
    approvals = LinkApprovals(lambda: open_context(place, now()))
    gate = ApprovalGate(PlainTextResponse("the other pages"), approvals, [HOST])
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(gate, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=address, headers={"host": HOST}, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def open_context(place, now=NOW):
    workspace = Workspace(place)
    return AppContext(workspace, load_config(workspace), now, environ=dict(os.environ))


def releases(place):
    with Archive.open(place / "output" / "archive.db") as archive:
        return [(one.version, one.state, one.by) for one in archive.load_releases()]


# ---------------------------------------------------------------- the link itself


def test_a_link_is_what_was_signed():
    """And is read back with the same key."""
    assert read_link(sign_link(LINK, KEY), KEY) == LINK


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: "A" + token[1:],
        lambda token: token.partition(".")[0],
        lambda token: token.partition(".")[0] + ".",
        lambda token: "." + token.partition(".")[2],
        lambda token: "",
        lambda token: "ä.é",
        lambda token: token * 9,
    ],
)
def test_a_link_that_was_changed_is_refused(change):
    """Whatever part of it, and in words that say what to do."""
    with pytest.raises(DeliveryError, match="not valid"):
        read_link(change(sign_link(LINK, KEY)), KEY)


def list_other_spellings(token):
    """Texts that decode to the same bytes: with what fills up, and other bits that count for nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = letters.index(token[-1])
    yield f"{token}="
    yield from (token[:-1] + letters[spare ^ bits] for bits in (1, 2, 3))
    yield token.replace(".", "=.", 1)
    yield token.replace(".", "==.", 1)


def test_no_other_text_is_the_same_link():
    """A used link is known by its text, and Base64 has several texts for the same bytes."""
    for other in list_other_spellings(sign_link(LINK, KEY)):
        with pytest.raises(DeliveryError, match="not valid"):
            read_link(other, KEY)


def test_another_key_makes_other_links():
    """And a key that could be guessed makes none."""
    with pytest.raises(DeliveryError, match="not valid"):
        read_link(sign_link(LINK, KEY), "j" * 40)
    with pytest.raises(DeliveryError, match="openssl rand"):
        sign_link(LINK, "short")


# ---------------------------------------------------------------- the mail


def test_each_approver_gets_the_draft_with_a_link_once(place, relay, monkeypatch):
    """The rest of the team gets it without; a second run sends nothing."""
    monkeypatch.setenv("APPROVAL_KEY", KEY)
    configure(place, relay)
    for _ in range(2):
        with open_delivery(open_context(place)) as service:
            announce_draft(service, Q)
    assert relay.counted() == {"ada@acme.example": 1, "team@acme.example": 1}
    texts = {
        recipient: message_from_bytes(content, policy=policy.default)
        .get_body(("plain",))
        .get_content()
        for recipient, content in relay.received
    }
    assert PHRASE.search(texts["ada@acme.example"])
    assert "waits for Ada Approver" in texts["ada@acme.example"]
    assert not PHRASE.search(texts["team@acme.example"])
    assert "digest approve 2026-Q3" in texts["team@acme.example"]


def test_without_its_key_the_team_gets_the_draft_all_the_same(place, relay, monkeypatch):
    """And the command says which variable is missing."""
    monkeypatch.delenv("APPROVAL_KEY", raising=False)
    configure(place, relay)
    at = ("--workspace", place, "--now", NOW.isoformat())
    told = run("approve", Q, "--ask", *at, code=1).words
    assert "APPROVAL_KEY is not set" in told
    assert relay.received == []


def test_a_channel_gets_the_link_as_a_button(place, relay, monkeypatch, httpserver):
    """In Slack's form, as text; the link is the mail's."""
    posted = []

    def take(request):
        posted.append(request.get_json())
        return Response("ok")

    httpserver.expect_request("/hook").respond_with_handler(take)
    monkeypatch.setenv("APPROVAL_KEY", KEY)
    monkeypatch.setenv("CHANNEL_URL", httpserver.url_for("/hook"))
    configure(
        place,
        relay,
        channel="yes",
        more=f"  network: {{allow_private: ['localhost:{httpserver.port}']}}\n",
    )
    run("approve", Q, "--ask", "--workspace", place, "--now", NOW.isoformat())
    (payload,) = posted
    button = payload["blocks"][-1]["elements"][0]
    assert read_token(button["url"]) == token_of(relay, "ada@acme.example")
    assert "waits for Ada Approver" in payload["blocks"][1]["text"]["text"]


# ---------------------------------------------------------------- the page


def test_opening_a_link_changes_nothing_and_names_the_readers(place, asked):
    """However often, and by whichever program: mail systems open every link."""
    with serving(place) as client:
        for method in ("GET", "HEAD", "GET"):
            answer = client.request(method, f"/approve/{asked}")
            assert answer.status_code == 200
        assert all(address in answer.text for address in READERS[:2])
        assert "Ada Approver" in answer.text
        assert "script" not in answer.headers["content-security-policy"].replace("script-src", "")
        pdf = client.get(f"/approve/{asked}/digest.pdf")
        assert pdf.content == (place / "output" / Q / "digest.pdf").read_bytes()
        assert client.get("/else").text == "the other pages"
    assert releases(place) == []


def test_only_the_ticked_form_releases_and_only_once(place, asked):
    """A form without its box does not; the second time the link says that it was used."""
    with serving(place) as client:
        refused = client.post(f"/approve/{asked}", data={})
        assert refused.status_code == 422
        assert "tick the box" in refused.text
        assert releases(place) == []
        done = client.post(f"/approve/{asked}", data={"confirm": "yes"})
        assert done.status_code == 200
        assert "is released by Ada Approver" in done.text
        assert releases(place) == [(1, "approved", "Ada Approver, by the link")]
        for again in (
            client.get(f"/approve/{asked}"),
            client.post(f"/approve/{asked}", data={"confirm": "yes"}),
            client.get(f"/approve/{asked}/digest.pdf"),
        ):
            assert again.status_code == 410
            assert "works once" in again.text
    assert len(releases(place)) == 1


def test_a_used_link_stays_used_when_the_files_come_back(place, asked):
    """After a correction, the first version's files again are not released by the old link."""
    mail = place / "output" / Q / "mail.txt"
    before = mail.read_bytes()
    with serving(place) as client:
        client.post(f"/approve/{asked}", data={"confirm": "yes"})
        mail.write_bytes(before + b"\n")
        run("approve", Q, "--workspace", place, "--now", NOW.isoformat())
        mail.write_bytes(before)
        assert client.post(f"/approve/{asked}", data={"confirm": "yes"}).status_code == 410
    assert releases(place)[-1][2] != "Ada Approver, by the link"


@pytest.mark.parametrize("what", ["edition", "decisions", "approver", "time", "released"])
def test_a_link_is_void_when_what_it_was_for_is_not_so(place, relay, asked, what):
    """A changed file, a later decision, somebody who is no approver any more, time, a release."""
    now, told = NOW, ""
    if what == "edition":
        file = place / "output" / Q / "mail.html"
        file.write_text(file.read_text() + "<!-- -->")
        told = "has changed since this link was made"
    elif what == "decisions":
        (place / "editions").mkdir()
        (place / "editions" / f"{Q}.yaml").write_text("letter: Something else\n")
        told = "changed since 2026-Q3 was built"
    elif what == "approver":
        file = place / "sources.yaml"
        file.write_text(file.read_text().replace("Ada Approver", "Bo Approver"))
        told = "Ada Approver may not release any more"
    elif what == "time":
        now, told = NOW + timedelta(days=15), "was valid until 2026-10-16"
    else:
        run("approve", Q, "--by", "Cy", "--workspace", place, "--now", NOW.isoformat())
        told = "released already, by Cy"
    before = releases(place)
    with serving(place, lambda: now) as client:
        for answer in (
            client.get(f"/approve/{asked}"),
            client.post(f"/approve/{asked}", data={"confirm": "yes"}),
        ):
            assert answer.status_code == 410
            assert told in answer.text
    assert releases(place) == before


def test_who_has_no_link_learns_nothing(place, asked):
    """A guessed link, another name of the host, another site's form, a form without end."""
    with serving(place) as client:
        assert client.get("/approve/guessed.link").status_code == 410
        assert READERS[0] not in client.get("/approve/guessed.link").text
        url, yes = f"/approve/{asked}", {"confirm": "yes"}
        assert client.get(url, headers={"host": "evil.example"}).status_code == 421
        foreign = client.post(url, data=yes, headers={"sec-fetch-site": "cross-site"})
        assert foreign.status_code == 403
        assert client.post(url, data={"note": "x" * 9000, **yes}).status_code == 413
    assert releases(place) == []


def test_while_another_run_works_the_link_stays_good(place, asked):
    """It says so, and releases afterwards."""
    with serving(place) as client:
        with Workspace(place).lock():
            busy = client.post(f"/approve/{asked}", data={"confirm": "yes"})
            assert busy.status_code == 503
            assert "another run works" in busy.text
        done = client.post(f"/approve/{asked}", data={"confirm": "yes"})
        assert done.status_code == 200


def test_neither_key_nor_link_is_in_a_log(place, relay, monkeypatch, asked):
    """Nor in what a refusal says."""
    at = ("--workspace", place, "--now", NOW.isoformat())
    told = run("approve", Q, "--ask", *at).words + run("status", *at).output
    assert KEY not in told
    assert asked not in told
    assert "/approve/" not in told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("review: {approvers: [{name: Ada, mail: a@b.example}], key_env: K}", "url: is missing"),
        ("review: {approvers: [{name: Ada, mail: a@b.example}], url: 'https://x.example'}", "key_"),
        ("review: {approvers: [{name: Ada}], key_env: K, url: 'https://x.example'}", "webhook"),
        (
            "review: {approvers: [{name: Ada, mail: a@b.example}, {name: ada, mail: c@b.example}]}",
            "is already the name",
        ),
    ],
)
def test_what_is_missing_beside_an_approver_is_told_at_its_place(place, relay, written, told):
    """Before anything is sent."""
    write_sources(place, relay.port, more=f"  {written}\n")
    said = run("approve", Q, "--ask", "--workspace", place, "--now", NOW.isoformat(), code=2).words
    assert told in said
