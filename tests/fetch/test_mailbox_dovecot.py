"""A real Dovecot on loopback: TLS, 500 messages, no service of the system. Run by `make test-real`.

Needs the Debian package `dovecot-imapd` (its dovecot-core makes the users dovecot and dovenull), and skips without it.
"""

import base64
import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from digest.errors import MailboxError
from digest.fetch.mail.mailbox import ImapAccount, MailboxResult, MailboxSession
from digest.intake import make_items
from digest.model.source import MailboxRule, Source

LETTERS = Path(__file__).parents[1] / "data" / "letters"
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(DOVECOT is None, reason="dovecot is not installed (Debian: dovecot-imapd)"),
]

CONF = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
mail_location = maildir:{root}/mail
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=right
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/home
}}
"""


@dataclass
class Post:
    """A running server and its one mailbox."""

    root: Path
    account: ImapAccount
    owner: tuple[int, int]

    def deliver(self, name: str, raw: bytes) -> None:
        """Puts a message where Dovecot finds it, as a delivering program would."""
        path = self.root / "mail" / "tmp" / name
        path.write_bytes(raw)
        os.chown(path, *self.owner)
        path.rename(self.root / "mail" / "new" / name)

    def client(self) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=self.account.ca_file)
        client = imaplib.IMAP4_SSL("127.0.0.1", self.account.port or 0, ssl_context=context)
        client.login("pat@company.example", "right")
        return client

    def status(self) -> str:
        with self.client() as client:
            return str(client.status("INBOX", "(MESSAGES UNSEEN UIDVALIDITY)")[1])


def letter(number: int) -> bytes:
    """One of our own letters, with a number of its own and news of its own."""
    raw = (LETTERS / "stackledger-0903.eml").read_bytes()
    head, _, body = raw.partition(b"\n\n")
    html = base64.b64decode(body).replace(
        b"https://stackledger.example/", f"https://stackledger.example/{number}/".encode()
    )
    head = head.replace(b"<stackledger-0903@", f"<stackledger-{number}@".encode())
    return head + b"\n\n" + base64.encodebytes(html)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def owner() -> tuple[int, int]:
    """Who owns the mail: Dovecot never lets root."""
    return (
        (os.getuid(), os.getgid())
        if os.getuid()
        else (pwd.getpwnam("nobody").pw_uid, grp.getgrnam("nogroup").gr_gid)
    )


@pytest.fixture
def post() -> Iterator[Post]:
    root = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))  # socket names must be short
    authority, port, (uid, gid) = trustme.CA(), free_port(), owner()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(str(root / "ca.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(root / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(root / "key.pem"))
    for part in ("mail/new", "mail/cur", "mail/tmp", "run", "state", "home"):
        (root / part).mkdir(parents=True)
    me = pwd.getpwuid(os.getuid()).pw_name
    internal, login = ("dovecot", "dovenull") if not os.getuid() else (me, me)
    group = grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name
    conf = CONF.format(
        root=root, port=port, uid=uid, gid=gid, internal=internal, internal_group=group, login=login
    )
    (root / "dovecot.conf").write_text(conf)
    account = ImapAccount(
        "letters",
        "127.0.0.1",
        "pat@company.example",
        "right",
        port=port,
        ca_file=str(root / "ca.pem"),
    )
    made = Post(root, account, (uid, gid))
    for number in range(500):
        (root / "mail" / "new" / f"{1_750_000_000 + number}.{number}.test").write_bytes(
            letter(number)
        )
    root.chmod(0o755)
    for path in (root / "mail", root / "home", *(root / "mail").rglob("*")):
        os.chown(path, uid, gid)
    assert DOVECOT
    server = subprocess.Popen([DOVECOT, "-F", "-c", str(root / "dovecot.conf")])
    try:
        wait_for(port, server, root)
        yield made
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(root, ignore_errors=True)


def wait_for(port: int, server: "subprocess.Popen[bytes]", root: Path) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    log = root / "dovecot.log"
    pytest.fail(f"dovecot does not start: {log.read_text() if log.exists() else 'it wrote no log'}")


class Line:
    """Passes one connection on, counts what is sent and what comes back, and drops it after so many bytes."""

    def __init__(self, port: int, cut_after: int | None = None) -> None:
        self.received, self.sent = 0, 0
        self._cut_after = cut_after
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Line":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(20)

    def _serve(self) -> None:
        near, _ = self._listener.accept()
        far = socket.create_connection(("127.0.0.1", self._target))
        up = threading.Thread(target=self._pass, args=(near, far), daemon=True)
        up.start()
        while (self._cut_after is None or self.received < self._cut_after) and (
            data := far.recv(65_536)
        ):
            self.received += len(data)
            near.sendall(data)
        for end in (near, far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        up.join(20)
        near.close()
        far.close()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                self.sent += 1
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return


def read(account: ImapAccount, state: Mapping[str, Any] | None = None) -> MailboxResult:
    """One look into an account, by a rule that every letter meets."""
    with MailboxSession(Path("/"), [account]) as room:
        return room.read_newsletters(MailboxRule(account=account.name, subject=".*"), state or {})


def items(*readings: MailboxResult) -> set[str]:
    """The ids of the items that the archive would hold after these readings."""
    source = Source("Stack Ledger", "stack-ledger", None)
    entries = [entry for reading in readings for entry in reading.entries]
    found = make_items(
        entries, source, datetime(2026, 9, 30, tzinfo=UTC), lambda title, summary, stated: "en"
    )
    return {item.id for item in found}


def test_five_hundred_letters_are_read_once_and_left_unread(post: Post) -> None:
    with Line(post.account.port or 0) as line:
        first = read(replace(post.account, port=line.port))
    assert line.sent < 2 * 500 / 25 + 20  # what makes it fast: letters are asked for in batches
    assert (len(first.letters), len(first.problems)) == (500, 0)
    whole = line.received

    with Line(post.account.port or 0) as line:
        second = read(replace(post.account, port=line.port), first.state)
    assert second.letters == ()
    assert line.received < 8_000 < whole / 100

    post.deliver("1760000000.new.test", letter(500))
    third = read(post.account, second.state)
    assert [one.message_id for one in third.letters] == ["<stackledger-500@stackledger.example>"]
    assert "MESSAGES 501" in post.status()
    assert "UNSEEN 501" in post.status()


def test_a_changed_uidvalidity_loses_and_doubles_nothing(post: Post) -> None:
    first = read(post.account)
    for path in (post.root / "mail").glob("dovecot*"):
        path.unlink()
    (post.root / "mail" / "dovecot-uidlist").write_text(
        "3 V424242 N1 G0000000000000000000000000000beef\n"
    )
    os.chown(post.root / "mail" / "dovecot-uidlist", *post.owner)
    post.deliver("1760000000.new.test", letter(500))
    second = read(post.account, first.state)
    assert second.state["uidvalidity"] == 424242 != first.state["uidvalidity"]
    assert len(second.letters) == 501
    assert len(items(first)) == 500 * 4 - 499  # the same sponsor stands in each
    assert items(first) < items(first, second) == items(second)
    assert len(items(second)) == len(items(first)) + 3


def test_a_line_cut_in_the_middle_loses_and_doubles_nothing(post: Post) -> None:
    with Line(post.account.port or 0, cut_after=1_200_000) as line:
        first = read(replace(post.account, port=line.port))
    assert 0 < len(first.letters) < 500
    assert "the connection was cut" in first.problems[0]
    second = read(post.account, dict(first.state) | {"place": "127.0.0.1/INBOX"})
    ids = [one.message_id for one in (*first.letters, *second.letters)]
    assert len(ids) == len(set(ids)) == 500
    assert "UNSEEN 500" in post.status()


def test_bad_messages_are_told_and_the_others_read(post: Post) -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(2000)
    )
    post.deliver("1760000001.a.test", f"From: a@b.example\n{nested}".encode())
    post.deliver(
        "1760000002.b.test",
        b"From: a@b.example\nSubject: large\n\n" + (b"x" * 99 + b"\n") * 314_573,
    )
    post.deliver("1760000003.c.test", b"Content-Type: application/pdf\nFrom: a@b.example\n\n%PDF")
    post.deliver("1760000004.d.test", letter(500))
    reading = read(post.account)
    assert len(reading.letters) == 502
    assert sum(problem.startswith("message ") for problem in reading.problems) == 2
    assert "nested too deep" in " ".join(reading.problems)
    assert "is too large for a letter; it was not fetched" in " ".join(reading.problems)
    assert read(post.account, reading.state).letters == ()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"password": "wrong"}, "login-refused"),
        ({"folder": "Nowhere"}, "no-folder"),
        ({"ca_file": None}, "tls-certificate"),
    ],
)
def test_faults_are_told(post: Post, change: dict[str, Any], kind: str) -> None:
    with pytest.raises(MailboxError) as caught:
        read(replace(post.account, **change))
    assert caught.value.kind == kind
    assert "pat@company.example" not in str(caught.value)
