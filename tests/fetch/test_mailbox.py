"""Mailboxes: files of every kind, and an IMAP server of our own on loopback that does what it is told."""

import base64
import contextlib
import mailbox
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trustme

from digest.errors import MailboxError
from digest.fetch.mail.mailbox import (
    ImapAccount,
    MailboxResult,
    MailboxSession,
    matches_rule,
    read_mail_path,
    suggest_rule,
)
from digest.fetch.mail.newsletters import parse_newsletter
from digest.model.source import MailboxRule

LETTERS = Path(__file__).parents[1] / "data" / "letters"
NAMES = ("stackledger-0903", "bottega-61", "fieldreport-7")
RAW = {name: (LETTERS / f"{name}.eml").read_bytes() for name in NAMES}


@cache
def numbered(number: int) -> bytes:
    """A short letter of its own."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        "Desk <desk@letters.example>",
        "pat@company.example",
        f"Letter {number}",
    )
    made["Date"] = f"Mon, 13 Jul 2026 08:{number // 60:02}:{number % 60:02} +0000"
    made["Message-ID"], made["List-Id"] = (
        f"<{number}@letters.example>",
        "Desk <desk.letters.example>",
    )
    made.set_content(
        f"<h3><a href='https://news.example/{number}'>What happened on day number {number}</a></h3><p>Not much.</p>",
        subtype="html",
    )
    return made.as_bytes()


# ---------------------------------------------------------------- rules


LETTER = parse_newsletter(RAW["stackledger-0903"])

RULES = {
    "list id": (MailboxRule(list_id="stackledger.stackledger.example"), True),
    "list id with its name": (
        MailboxRule(list_id="Stack Ledger <StackLedger.stackledger.example>"),
        True,
    ),
    "another list": (MailboxRule(list_id="ledger.example"), False),
    "address": (MailboxRule(sender="News@stackledger.example"), True),
    "another's address that ends alike": (MailboxRule(sender="ews@stackledger.example"), False),
    "domain": (MailboxRule(sender="stackledger.example"), True),
    "domain with @": (MailboxRule(sender="@stackledger.example"), True),
    "domain that ends alike": (MailboxRule(sender="ledger.example"), False),
    "part of the name": (MailboxRule(sender="stack led"), True),
    "reader": (MailboxRule(recipient="Pat.Reader@company.example"), True),
    "another reader": (MailboxRule(recipient="sam@company.example"), False),
    "subject": (MailboxRule(subject="^stack ledger daily"), True),
    "another subject": (MailboxRule(subject="weekly"), False),
    "all must hold": (MailboxRule(sender="stackledger.example", subject="weekly"), False),
    "a rule that states nothing": (MailboxRule(account="box"), False),
}


@pytest.mark.parametrize(("rule", "wanted"), RULES.values(), ids=RULES.keys())
def test_a_rule_claims_what_it_describes(rule: MailboxRule, wanted: bool) -> None:
    assert matches_rule(rule, LETTER) is wanted


@pytest.mark.parametrize(
    ("pattern", "subject", "matches"),
    [
        ("^a+b$", "a" * 50 + "b", True),
        ("^a+b$", "a" * 200 + "b", False),
        ("(?i)WEEKLY", "The weekly", True),
        ("end$", "x" * 5_000 + "end", False),
    ],
)
def test_no_pattern_of_subjects_takes_long(pattern: str, subject: str, matches: bool) -> None:
    """Repeats have an end, and so has the part of a subject that is looked at."""
    letter = replace(LETTER, subject=subject)
    assert matches_rule(MailboxRule(subject=pattern), letter) is matches


def test_the_line_that_would_claim_a_letter() -> None:
    assert suggest_rule(LETTER, account="letters") == (
        "- {name: Stack Ledger, tier: newsletter, "
        "newsletter: {account: letters, list_id: stackledger.stackledger.example}}"
    )
    single = parse_newsletter(b'From: "Q: \\"News\\"" <q@q.example>\nSubject: x\n\nhello')
    assert suggest_rule(single, path="in box") == (
        '- {name: "Q: \\"News\\"", tier: newsletter, newsletter: {path: in box, from: q@q.example}}'
    )


def test_an_address_made_for_one_issue_is_suggested_by_its_domain() -> None:
    letter = parse_newsletter(b"From: Daily <bounce+31f0=pat@news.example>\nSubject: x\n\nhello")
    assert suggest_rule(letter, account="box") == (
        "- {name: Daily, tier: newsletter, newsletter: {account: box, from: news.example}}"
    )


# ---------------------------------------------------------------- files


def test_a_folder_of_messages_is_read_by_date(tmp_path: Path) -> None:
    for name, raw in RAW.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    (tmp_path / "notes.txt").write_text("no mail")
    (tmp_path / "broken.eml").write_bytes(b"no mail at all")
    (tmp_path / "copy.eml").write_bytes(RAW["bottega-61"])
    reading = read_mail_path(tmp_path)
    assert [letter.sender for letter in reading.letters] == [
        "news@stackledger.example", "ciao@bottegadati.example", "desk@fieldreport.example",
    ]  # fmt: skip
    assert reading.problems == ("broken.eml: there is no mail header in this file",)
    assert len(reading.entries) == 12


def test_a_maildir_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    for raw in RAW.values():
        box.add(raw)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    assert len(read_mail_path(tmp_path / "box").letters) == 3
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_an_mbox_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letters.mbox"
    box = mailbox.mbox(path)
    for raw in RAW.values():
        box.add(raw)
    box.close()
    before = path.read_bytes()
    assert len(read_mail_path(path).letters) == 3
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_single_message_file_is_read() -> None:
    assert len(read_mail_path(LETTERS / "bottega-61.eml").letters) == 1


def test_a_message_of_thirty_megabytes_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: a@b.example\n\n" + b"x" * (30 * 2**20))
    (tmp_path / "b.eml").write_bytes(numbered(1))
    reading = read_mail_path(tmp_path)
    assert len(reading.letters) == 1
    assert "is no letter; the limit is 16 MiB" in reading.problems[0]


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MailboxError) as caught:
        read_mail_path(tmp_path / "gone")
    assert caught.value.kind == "not-found"
    assert "newsletter.path" in caught.value.hint


def test_a_rule_gets_its_own_letters_only(tmp_path: Path) -> None:
    for name, raw in RAW.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    rule = MailboxRule(path="mail", sender="bottegadati.example")
    (tmp_path.parent / "mail").symlink_to(tmp_path)
    with MailboxSession(tmp_path.parent) as room:
        reading = room.read_newsletters(rule)
    assert [letter.sender for letter in reading.letters] == ["ciao@bottegadati.example"]
    assert {entry.letter for entry in reading.entries} == {"<bottega-61@bottegadati.example>"}
    (tmp_path.parent / "mail").unlink()


def test_letters_that_nobody_claims_are_counted_with_the_line_that_claims_them(
    tmp_path: Path,
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(numbered(number))
    for name in ("bottega-61", "welcome-kettle"):
        (tmp_path / f"{name}.eml").write_bytes((LETTERS / f"{name}.eml").read_bytes())
    rule = MailboxRule(path=str(tmp_path), sender="bottegadati.example")
    with MailboxSession(tmp_path) as room:
        (unclaimed,) = room.find_unclaimed([rule])
    assert (unclaimed.name, unclaimed.count) == ("Desk", 3)
    assert unclaimed.line == (
        f'- {{name: Desk, tier: newsletter, newsletter: {{path: "{tmp_path}", list_id: desk.letters.example}}}}'
    )


# ---------------------------------------------------------------- an IMAP server that does what it is told


@dataclass
class Script:
    """What the server holds, and how it misbehaves. `asked` is what it was asked."""

    messages: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 7
    cut_after: int | None = None  # messages handed out before the line drops
    sizes: dict[int, int] = field(default_factory=dict)  # sizes that are not the truth
    asked: list[str] = field(default_factory=list)
    garbage: bytes = b""  # sent instead of an answer to FETCH


class Handler(socketserver.StreamRequestHandler):
    """One connection. Knows what a reader needs and no more."""

    server: "Server"

    def handle(self) -> None:
        self.wfile.write(b"* OK here\r\n")
        self.handed = 0
        while (line := self.rfile.readline()) and not self.gone:
            tag, _, command = line.decode().strip().partition(" ")
            self.server.script.asked.append(command)
            word = command.upper().removeprefix("UID ").split(" ")[0].lower()
            getattr(self, f"on_{word}", self.on_other)(tag, command)

    gone = False

    def on_other(self, tag: str, command: str) -> None:
        self.say(f"{tag} BAD {command}")

    def on_capability(self, tag: str, command: str) -> None:
        self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2", f"{tag} OK done")

    def on_login(self, tag: str, command: str) -> None:
        self.say(
            f"{tag} OK done" if '"right"' in command else f"{tag} NO [AUTHENTICATIONFAILED] no"
        )

    def on_authenticate(self, tag: str, command: str) -> None:
        self.say("+")
        answer = base64.b64decode(self.rfile.readline())
        self.say(f"{tag} OK done" if b"auth=Bearer token-1" in answer else f"{tag} NO no")

    def on_status(self, tag: str, command: str) -> None:
        script = self.server.script
        if "INBOX" not in command:
            self.say(f"{tag} NO there is no such folder")
            return
        top = max(script.messages, default=0) + 1
        self.say(
            f'* STATUS "INBOX" (UIDVALIDITY {script.uidvalidity} UIDNEXT {top})', f"{tag} OK done"
        )

    def on_examine(self, tag: str, command: str) -> None:
        self.say(f"* {len(self.server.script.messages)} EXISTS", f"{tag} OK [READ-ONLY]")

    def on_search(self, tag: str, command: str) -> None:
        found = re.search(r"UID (\d+):\*", command)
        assert found
        held = self.server.script.messages
        first = min(int(found[1]), max(held, default=0))
        self.say("* SEARCH " + " ".join(str(uid) for uid in held if uid >= first), f"{tag} OK done")

    def on_fetch(self, tag: str, command: str) -> None:
        script = self.server.script
        self.wfile.write(script.garbage)
        for uid in map(int, command.split()[2].split(",")):
            body = script.messages[uid]
            if "SIZE" in command:
                self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {script.sizes.get(uid, len(body))})")
            elif script.cut_after is not None and self.handed >= script.cut_after:
                self.gone = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            else:
                self.handed += 1
                self.wfile.write(
                    f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(body)}}}\r\n".encode() + body + b")\r\n"
                )
        self.say(f"{tag} OK done")

    def on_logout(self, tag: str, command: str) -> None:
        self.say("* BYE", f"{tag} OK done")
        self.gone = True

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines if line).encode())


class Server(socketserver.ThreadingTCPServer):
    """Listens on loopback with TLS."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.context = context
        self.script = Script()

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        return self.context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        ), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no fault of the server."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="module")
def trusted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def server(trusted: ssl.SSLContext) -> Iterator[Server]:
    with Server(trusted) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        made.script.messages = {uid: numbered(uid) for uid in range(1, 61)}
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def account(server: Server, ca_file: str) -> ImapAccount:
    return ImapAccount(
        "box",
        "127.0.0.1",
        "pat@company.example",
        "right",
        port=server.server_address[1],
        ca_file=ca_file,
    )


def changed(account: ImapAccount, **to: Any) -> ImapAccount:
    from dataclasses import replace

    return replace(account, **to)


def read(account: ImapAccount, state: Mapping[str, Any] | None = None) -> MailboxResult:
    """One look into an account, by a rule that every letter meets."""
    with MailboxSession(Path("/"), [account]) as room:
        return room.read_newsletters(MailboxRule(account=account.name, subject=".*"), state or {})


def numbers(reading: MailboxResult) -> list[int]:
    return [int(letter.message_id[1:].partition("@")[0]) for letter in reading.letters]


def test_the_first_reading_gives_all_and_the_second_asks_for_nothing(
    server: Server, account: ImapAccount
) -> None:
    first = read(account)
    assert numbers(first) == list(range(1, 61))
    assert dict(first.state) == {"place": "127.0.0.1/INBOX", "uidvalidity": 7, "uid": 60}
    server.script.asked.clear()
    second = read(account, first.state)
    assert (second.letters, dict(second.state)) == ((), dict(first.state))
    assert not [
        command for command in server.script.asked if "FETCH" in command or "SEARCH" in command
    ]


def test_messages_are_only_looked_at(server: Server, account: ImapAccount) -> None:
    read(account)
    commands = " ".join(server.script.asked)
    assert "EXAMINE" in commands
    assert "PEEK" in commands
    assert not re.search(
        r"SELECT|STORE|COPY|MOVE|EXPUNGE|(?<!PEEK)BODY\[", commands.replace("BODY.PEEK[", "PEEK[")
    )


def test_new_mail_is_found(server: Server, account: ImapAccount) -> None:
    state = read(account).state
    server.script.messages[61] = numbered(61)
    assert numbers(read(account, state)) == [61]


@pytest.mark.whole
def test_new_uids_make_all_be_read_again(server: Server, account: ImapAccount) -> None:
    state = read(account).state
    server.script.uidvalidity = 8
    again = read(account, state)
    assert numbers(again) == list(range(1, 61))
    assert again.state["uidvalidity"] == 8


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"uid": "x"},
        {"uid": -3, "uidvalidity": 7},
        {"place": "elsewhere/INBOX", "uidvalidity": 7, "uid": 50},
        {"uid": None},
    ],
)
def test_a_state_of_another_place_or_of_none_reads_all(
    account: ImapAccount, state: dict[str, Any]
) -> None:
    assert len(read(account, state).letters) == 60


def test_a_cut_connection_loses_nothing_and_doubles_nothing(
    server: Server, account: ImapAccount
) -> None:
    server.script.cut_after = 40
    first = read(account)
    assert numbers(first) == list(range(1, 26))
    assert "the connection was cut; 25 of 60 messages are read" in first.problems[0]
    server.script.cut_after = None
    second = read(account, first.state)
    assert numbers(first) + numbers(second) == list(range(1, 61))


def test_a_connection_cut_before_anything_is_read_is_an_error(
    server: Server, account: ImapAccount
) -> None:
    server.script.cut_after = 0
    with pytest.raises(MailboxError) as caught:
        read(account)
    assert caught.value.kind == "cut"


def test_a_message_too_large_is_not_fetched(server: Server, account: ImapAccount) -> None:
    server.script.sizes = {2: 31 * 2**20}
    reading = read(account)
    assert 2 not in numbers(reading)
    assert len(reading.letters) == 59
    assert reading.problems == ("message 2: 31 MiB is too large for a letter; it was not fetched",)
    assert not any(re.search(r"FETCH (?:1,)?2\b.*PEEK", command) for command in server.script.asked)
    assert reading.state["uid"] == 60


def test_a_message_that_cannot_be_read_is_a_problem_and_the_others_are_read(
    server: Server, account: ImapAccount
) -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(2000)
    )
    server.script.messages[3] = f"From: a@b.example\n{nested}".encode()
    reading = read(account)
    assert len(reading.letters) == 59
    assert reading.problems == ("message 3: the message's parts are nested too deep",)


FAULTS = {
    "wrong password": ({"password": "wrong"}, "login-refused"),
    "wrong token": ({"password": None, "token": "token-2"}, "login-refused"),
    "unknown folder": ({"folder": "Letters"}, "no-folder"),
    "certificate that nobody vouches for": ({"ca_file": None}, "tls-certificate"),
    "certificate of another host": ({"host": "localhost"}, "tls-certificate"),
    "no TLS there": ({"security": "starttls"}, None),
    "nobody listens": ({"port": 1}, "refused"),
    "no such host": ({"host": "imap.invalid"}, "no-host"),
}


@pytest.mark.parametrize(("change", "kind"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_are_told_clearly_and_tell_no_secret(
    account: ImapAccount, change: dict[str, Any], kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.fetch.mail.mailbox._TIMEOUT", 0.3)
    with pytest.raises(MailboxError) as caught:
        read(changed(account, **change))
    assert kind is None or caught.value.kind == kind
    assert "mailbox box" in caught.value.message
    for secret in ("pat@company.example", "wrong", "token-2", "right"):
        assert secret not in str(caught.value)
        assert secret not in repr(account)


def test_a_token_logs_in(account: ImapAccount) -> None:
    assert len(read(changed(account, password=None, token="token-1")).letters) == 60


@pytest.mark.parametrize(
    "garbage",
    [
        b"* \xff\xfe nonsense\r\n",
        b"* 1 FETCH (UID x BODY[] {3}\r\nabc)\r\n",
        b"\r\n" * 10,
        b"* 1 FETCH (FLAGS ())\r\n",
    ],
)
def test_a_server_that_talks_nonsense_does_no_harm(
    server: Server, account: ImapAccount, garbage: bytes
) -> None:
    server.script.garbage = garbage
    with contextlib.suppress(MailboxError):
        assert len(read(account).letters) == 60


def test_many_rules_share_one_connection_and_fetch_each_message_once(
    server: Server, account: ImapAccount
) -> None:
    with MailboxSession(Path("/"), [account]) as room:
        one = room.read_newsletters(MailboxRule(account="box", list_id="desk.letters.example"))
        two = room.read_newsletters(MailboxRule(account="box", subject="Letter 1$"))
        late = room.read_newsletters(
            MailboxRule(account="box", subject="Letter"),
            {"place": "127.0.0.1/INBOX", "uidvalidity": 7, "uid": 58},
        )
    assert (len(one.letters), numbers(two), numbers(late)) == (60, [1], [59, 60])
    assert len([command for command in server.script.asked if command.startswith("LOGIN")]) == 1
    fetched = [
        uid
        for command in server.script.asked
        if "PEEK" in command
        for uid in command.split()[2].split(",")
    ]
    assert len(fetched) == len(set(fetched)) == 60


def test_what_is_wrong_with_a_place_is_told_once_a_run(
    server: Server, account: ImapAccount
) -> None:
    server.script.sizes = {2: 31 * 2**20}
    with MailboxSession(Path("/"), [account]) as room:
        assert (
            len(room.read_newsletters(MailboxRule(account="box", subject="Letter")).problems) == 1
        )
        assert (
            room.read_newsletters(MailboxRule(account="box", sender="letters.example")).problems
            == ()
        )


def test_a_mailbox_that_is_not_configured_is_named() -> None:
    with MailboxSession(Path("/")) as room, pytest.raises(MailboxError, match="no mailbox 'box'"):
        room.read_newsletters(MailboxRule(account="box", subject="x"))
