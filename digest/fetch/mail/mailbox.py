"""Edge: mailboxes. IMAP over TLS, Maildir, mbox, and folders of .eml files; and which letters are whose.

Nothing is changed there: an IMAP folder is opened for reading only (EXAMINE, BODY.PEEK), so messages stay unread and
where they are, and files are only read. What was read is remembered as UIDVALIDITY and the last UID, in a state that
the caller keeps: it is handed in and out, and goes into the archive in the same transaction as the items, so that a
reading which ends early is taken up where it ended. When a server gives new UIDs, all is read again; items are known by
their page, so none of them doubles.

Bounds: 16 MiB a message, 5,000 messages and ten minutes a reading, 60 seconds for one answer. A message that cannot be
read is a problem in the report; the others are read.
"""

from __future__ import annotations

import contextlib
import imaplib
import json
import mailbox
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Literal, Self

import imap_tools
import imap_tools.errors

from digest.errors import MailboxError, ParseError
from digest.fetch.mail.newsletters import MAX_BYTES, ParsedNewsletter, parse_newsletter
from digest.model.retrieved import FeedEntry
from digest.model.source import MailboxRule
from digest.text import clean_text

_MAX_MESSAGES = 5_000
_MAX_SECONDS = 600.0
_TIMEOUT = 60  # seconds
_BATCH_SIZE = 25  # messages
_BATCH_BYTES = 8 * 2**20
_SIZE_BATCH = 500  # messages asked for their size at once
_SURVEY_SIZE = 500  # messages looked at for letters that nobody claims
_EMPTY_STATE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """An IMAP account. Either `password` or `token` (OAuth2) is set. `ca_file`: whom to trust besides the system's."""

    name: str
    host: str
    user: str = field(repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    port: int | None = None  # 993 for tls, 143 for starttls
    security: Literal["tls", "starttls"] = "tls"
    folder: str = "INBOX"
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class MailboxResult:
    """What one look into a mailbox gave. `state` is good as far as `letters` go, also where `problems` say that the
    look ended early."""

    letters: tuple[ParsedNewsletter, ...]
    state: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[FeedEntry, ...]:
        """The stories of all letters, in the order of the letters."""
        return tuple(entry for letter in self.letters for entry in letter.entries)


# ---------------------------------------------------------------- whose letter is it


def matches_rule(rule: MailboxRule, letter: ParsedNewsletter) -> bool:
    """Whether a letter is the newsletter that a rule describes: everything that the rule states must hold."""
    held = []
    if rule.list_id:
        held.append(letter.list_id == _normalize_list_id(rule.list_id))
    if rule.sender:
        held.append(_matches_sender(rule.sender.lower().strip(), letter))
    if rule.recipient:
        held.append(rule.recipient.lower().strip() in letter.recipients)
    if rule.subject:
        held.append(re.search(rule.subject, letter.subject, re.IGNORECASE) is not None)
    return bool(held) and all(held)


def suggest_rule(
    letter: ParsedNewsletter, *, path: str | None = None, account: str | None = None
) -> str:
    """The line for sources.yaml that would claim a letter lying at `path` or in `account`."""
    place = {"path": path} if path else {"account": account} if account else {}
    local, _, domain = letter.sender.rpartition("@")
    # An address with a number in it is made for one issue or one reader.
    sender = domain if re.search(r"[#=+]|\d{4}", local) else letter.sender
    known_by = (
        {"list_id": letter.list_id} if letter.list_id else {"from": sender or letter.sender_name}
    )
    name = letter.sender_name or letter.list_id or letter.sender
    rule = ", ".join(
        f"{key}: {_format_yaml(value)}" for key, value in (place | known_by).items() if value
    )
    return f"- {{name: {_format_yaml(name)}, tier: newsletter, newsletter: {{{rule}}}}}"


def _normalize_list_id(wanted: str) -> str:
    inner = re.search(r"<([^<>]+)>", wanted)
    return (inner[1] if inner else wanted).strip().lower()


def _matches_sender(wanted: str, letter: ParsedNewsletter) -> bool:
    """An address is meant whole, a domain with what is below it, any other word as a part of address or name."""
    address = letter.sender
    if re.fullmatch(r"[^@\s]+@[^@\s]+", wanted):
        return address == wanted
    domain = wanted.removeprefix("@")
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", domain):
        host = address.rpartition("@")[2]
        return host == domain or host.endswith(f".{domain}")
    return bool(wanted) and (wanted in address or wanted in letter.sender_name.lower())


def _format_yaml(value: object) -> str:
    text = str(value)
    plain = re.fullmatch(r"[A-Za-z][\w./@-]*(?: [\w./@-]+)*", text) and text.lower() not in (
        "null",
        "true",
        "false",
    )
    return text if plain else json.dumps(text, ensure_ascii=False)


# ---------------------------------------------------------------- files


def read_mail_path(path: Path) -> MailboxResult:
    """The letters in a folder of .eml files, a Maildir, an mbox file or one message file, by date.

    Raises MailboxError where there is nothing of the kind.
    """
    if not path.exists():
        raise MailboxError(
            f"{path} does not exist", "correct newsletter.path in sources.yaml", kind="not-found"
        )
    try:
        return _parse_messages(_iter_messages(path))
    except OSError as error:
        raise MailboxError(f"{path} cannot be read: {error.strerror}", kind="unreadable") from error


def _iter_messages(path: Path) -> Iterator[tuple[str, bytes]]:
    """The messages with a word for where each is."""
    if path.is_dir():
        maildir = [path / part for part in ("cur", "new") if (path / part).is_dir()]
        files = [file for folder in maildir or [path] for file in sorted(folder.iterdir())]
        for file in files:
            if (
                file.is_file()
                and not file.name.startswith(".")
                and (maildir or file.suffix.lower() == ".eml")
            ):
                with file.open("rb") as handle:
                    yield file.name, handle.read(MAX_BYTES + 1)
        return
    with path.open("rb") as handle:
        if handle.read(5) != b"From ":
            handle.seek(0)
            yield path.name, handle.read(MAX_BYTES + 1)
            return
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as part:
                yield f"{path.name}, message {int(key) + 1}", part.read(MAX_BYTES + 1)
    finally:
        box.close()


def _parse_messages(messages: Iterable[tuple[str, bytes]]) -> MailboxResult:
    letters: dict[str, ParsedNewsletter] = {}
    problems: list[str] = []
    for where, raw in messages:
        letter = _parse_message(raw, where, problems)
        if letter:
            letters.setdefault(letter.message_id, letter)
    return MailboxResult(_sort_by_date(letters.values()), problems=tuple(problems))


def _parse_message(raw: bytes, where: str, problems: list[str]) -> ParsedNewsletter | None:
    """The letter, or None and a problem that says where."""
    try:
        letter = parse_newsletter(raw)
    except ParseError as error:
        problems.append(f"{clean_text(where)[:80]}: {error.message}")
        return None
    return letter


def _sort_by_date(letters: Iterable[ParsedNewsletter]) -> tuple[ParsedNewsletter, ...]:
    return tuple(
        sorted(letters, key=lambda one: (one.date.timestamp() if one.date else 0.0, one.message_id))
    )


# ---------------------------------------------------------------- IMAP


def check_account(account: ImapAccount) -> None:
    """Logs in, opens the folder for reading and leaves. Raises MailboxError."""
    with _ImapFolder(account) as box:
        box.open()


class _ImapFolder:
    """One account's folder, opened when it is first needed. Each message is fetched once, whoever asks for it."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: imap_tools.BaseMailBox | None = None
        self._letters: dict[int, ParsedNewsletter | None] = {}
        self._notes: dict[int, tuple[str, ...]] = {}
        self._uidvalidity = 0
        self._next = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leaves the server."""
        client, self._client = self._client, None
        if client:
            _log_out(client)

    def open(self) -> None:
        """Connects, if that is not done. Raises MailboxError."""
        try:
            self._open_folder()
        except _IMAP_ERRORS as error:
            self.close()
            raise _to_mailbox_error(self._account, error) from error

    def read_since(self, state: Mapping[str, Any], *, newest: int | None = None) -> MailboxResult:
        """What came since `state`; only the `newest` of it where that is given."""
        place = f"{self._account.host}/{self._account.folder}"
        try:
            self._open_folder()
            last = _find_last_uid(state, place, self._uidvalidity)
            uids = self._find_new_uids(last)
        except _IMAP_ERRORS as error:
            self.close()
            raise _to_mailbox_error(self._account, error) from error
        chosen = uids[-newest:] if newest else uids[:_MAX_MESSAGES]
        problems: list[str] = []
        done, fault = self._fetch_messages(chosen)
        read = chosen[:done]
        if fault and not read:
            raise _to_mailbox_error(self._account, fault) from fault
        if fault:
            problems.append(
                f"{_to_mailbox_error(self._account, fault).message}; {done} of {len(uids)} messages are read"
            )
        if len(uids) > len(read) and not newest:
            problems.append(f"{len(uids) - len(read)} messages wait for the next run")
        notes = [note for uid in read for note in self._notes.get(uid, ())]
        found = {
            letter.message_id: letter for uid in reversed(read) if (letter := self._letters[uid])
        }
        reached = max([last, *read]) if read else last
        memory = {"place": place, "uidvalidity": self._uidvalidity, "uid": reached}
        return MailboxResult(_sort_by_date(found.values()), memory, (*problems, *notes))

    def _open_folder(self) -> None:
        if self._client:
            return
        self._client = client = _connect_account(self._account)
        status = client.folder.status(self._account.folder, ("UIDVALIDITY", "UIDNEXT"))
        client.folder.set(self._account.folder, readonly=True)
        validity = status.get("UIDVALIDITY", 0)
        if validity != self._uidvalidity:
            self._letters, self._notes = {}, {}
        self._uidvalidity, self._next = validity, status.get("UIDNEXT", 0)

    def _find_new_uids(self, last: int) -> list[int]:
        assert self._client
        if self._next and self._next <= last + 1:
            return []
        found = self._client.uids(f"UID {last + 1}:*", charset=None)
        return sorted({int(uid) for uid in found if uid.isdigit() and int(uid) > last})

    def _fetch_messages(self, uids: Sequence[int]) -> tuple[int, BaseException | None]:
        """How many of `uids`, from the first on, are known in the end, and what ended it."""
        end = time.monotonic() + _MAX_SECONDS
        wanted = [uid for uid in uids if uid not in self._letters]
        try:
            for at in range(0, len(wanted), _SIZE_BATCH):
                self._fetch_batch(wanted[at : at + _SIZE_BATCH], end)
        except _IMAP_ERRORS as error:
            self.close()
            return next(
                (n for n, uid in enumerate(uids) if uid not in self._letters), len(uids)
            ), error
        return len(uids), None

    def _fetch_batch(self, uids: Sequence[int], end: float) -> None:
        sizes = {
            uid: int(size[1])
            for uid, head, _ in self._request_data(uids, "RFC822.SIZE")
            if (size := _SIZE.search(head))
        }
        for batch in _split_batches(uids, sizes):
            if time.monotonic() > end:
                raise TimeoutError("the reading took too long")
            small = [uid for uid in batch if sizes.get(uid, 0) <= MAX_BYTES]
            # A part of the body is asked for, in case that its size was not the truth.
            asked = self._request_data(small, f"BODY.PEEK[]<0.{MAX_BYTES + 1}>")
            bodies = {uid: body for uid, _, body in asked if body is not None}
            for uid in batch:
                self._store_message(uid, bodies.get(uid), sizes.get(uid, 0))

    def _store_message(self, uid: int, body: bytes | None, size: int) -> None:
        notes: list[str] = []
        if size > MAX_BYTES:
            notes.append(
                f"message {uid}: {size // 2**20} MiB is too large for a letter; it was not fetched"
            )
        # A message without a body went away between two questions.
        self._letters[uid] = (
            _parse_message(body, f"message {uid}", notes) if body is not None else None
        )
        self._notes[uid] = tuple(notes)

    def _request_data(
        self, uids: Sequence[int], what: str
    ) -> Iterator[tuple[int, bytes, bytes | None]]:
        """UID, the answer's head, and the literal where there is one."""
        if not uids or not self._client:
            return
        status, data = self._client.client.uid("FETCH", ",".join(map(str, uids)), f"(UID {what})")
        if status != "OK":
            raise imaplib.IMAP4.error("the server refused to hand out messages")
        for at, part in enumerate(data or ()):
            head, body = part if isinstance(part, tuple) else (part, None)
            after = data[at + 1] if body is not None and at + 1 < len(data) else b""
            found = _UID.search(head or b"") or (
                _UID.search(after) if isinstance(after, bytes) else None
            )
            if head and found:
                yield int(found[1]), head, body


_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_IMAP_ERRORS = (OSError, imaplib.IMAP4.error, imap_tools.errors.ImapToolsError, ValueError)


def _connect_account(account: ImapAccount) -> imap_tools.BaseMailBox:
    context = ssl.create_default_context()
    if account.ca_file:
        context.load_verify_locations(account.ca_file)
    if account.security == "starttls":
        client: imap_tools.BaseMailBox = imap_tools.MailBoxStartTls(
            account.host, account.port or 143, timeout=_TIMEOUT, ssl_context=context
        )
    else:
        client = imap_tools.MailBox(
            account.host, account.port or 993, timeout=_TIMEOUT, ssl_context=context
        )
    try:
        if account.token:
            client.xoauth2(account.user, account.token, initial_folder=None)
        else:
            client.login(account.user, account.password or "", initial_folder=None)
    except _IMAP_ERRORS as error:
        _log_out(client)
        if type(error) is imaplib.IMAP4.error:  # how a refused token is told
            raise PermissionError("the login was refused") from error
        raise
    return client


def _log_out(client: imap_tools.BaseMailBox) -> None:
    """Logs out, and closes the line in any case."""
    try:
        client.logout()
    except _IMAP_ERRORS:
        with contextlib.suppress(OSError):
            client.client.shutdown()


def _find_last_uid(state: Mapping[str, Any], place: str, uidvalidity: int) -> int:
    """The last UID that was read, where the state is of this folder and its present UIDs; else 0."""
    uid = state.get("uid")
    same = state.get("place") == place and state.get("uidvalidity") == uidvalidity
    return uid if same and isinstance(uid, int) and uid > 0 else 0


def _split_batches(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """The messages in runs that are small in number and size."""
    batch: list[int] = []
    total = 0
    for uid in uids:
        size = min(sizes.get(uid, 0), MAX_BYTES + 1)
        if batch and (len(batch) >= _BATCH_SIZE or total + size > _BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size if size <= MAX_BYTES else 0
    if batch:
        yield batch


def _to_mailbox_error(account: ImapAccount, error: BaseException) -> MailboxError:
    """The fault in words. The login is never shown: it is often somebody's address."""
    where = f"mailbox {account.name} ({account.host})"
    for kinds, kind, what, mend in _ERROR_TEXTS:
        if isinstance(error, kinds):
            return MailboxError(f"{where}: {what}", mend.format(account=account), kind=kind)
    return MailboxError(f"{where}: the server's answer cannot be understood", kind="mailbox-failed")


_ERROR_TEXTS: tuple[tuple[tuple[type[BaseException], ...], str, str, str], ...] = (
    (
        (imap_tools.errors.MailboxLoginError, PermissionError),
        "login-refused",
        "the login was refused",
        "check user and the variable of password_env or token_env",
    ),
    (
        (imap_tools.errors.MailboxFolderSelectError, imap_tools.errors.MailboxFolderStatusError),
        "no-folder",
        "the folder cannot be opened",
        "check that the folder {account.folder!r} exists",
    ),
    (
        (ssl.SSLCertVerificationError,),
        "tls-certificate",
        "the server's certificate is not valid for this host or not trusted",
        "check the host's name; a certificate of one's own needs SSL_CERT_FILE",
    ),
    ((ssl.SSLError,), "tls-failed", "no TLS connection comes about", "check port and security"),
    ((socket.gaierror,), "no-host", "the host is not known", "check the host's name"),
    (
        (ConnectionRefusedError,),
        "refused",
        "the server refuses the connection",
        "check host and port",
    ),
    ((TimeoutError,), "timeout", "the server did not answer in time", ""),
    (
        (imaplib.IMAP4.abort, ConnectionError, EOFError),
        "cut",
        "the connection was cut",
        "the next run goes on there",
    ),
    ((OSError,), "unreachable", "the server cannot be reached", "check host and port"),
)


# ---------------------------------------------------------------- all rules of one run


@dataclass(frozen=True, slots=True)
class UnclaimedSender:
    """Letters of one sender that no rule claims: how many of the newest, and the line that would claim them."""

    name: str
    count: int
    line: str


class MailboxSession:
    """The mailboxes of one run: each place is opened once and each message read once, however many rules look there.

    `root` is the folder that relative paths start from.
    """

    def __init__(self, root: Path, accounts: Iterable[ImapAccount] = ()) -> None:
        self._root = root
        self._folders = {account.name: _ImapFolder(account) for account in accounts}
        self._paths: dict[str, MailboxResult] = {}
        self._reported_problems: set[tuple[str | None, str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for box in self._folders.values():
            box.close()

    def read_newsletters(
        self, rule: MailboxRule, state: Mapping[str, Any] = _EMPTY_STATE
    ) -> MailboxResult:
        """The letters that are the rule's newsletter, of those that came since `state`. Raises MailboxError."""
        reading = self._read_mailbox(rule, state)
        own = tuple(letter for letter in reading.letters if matches_rule(rule, letter))
        # What is wrong with the place is told once in a run, not to each rule that looks there.
        place = rule.path or rule.account
        news = [
            problem
            for problem in reading.problems
            if (place, problem) not in self._reported_problems
        ]
        self._reported_problems.update((place, problem) for problem in news)
        odd = [
            f"{letter.subject[:60]!r}: {problem}" for letter in own for problem in letter.problems
        ]
        return MailboxResult(own, reading.state, (*news, *odd))

    def find_unclaimed(self, rules: Sequence[MailboxRule]) -> tuple[UnclaimedSender, ...]:
        """Whose letters of the newest 500 in each of the rules' places no rule claims. Service mails do not count.

        Raises MailboxError.
        """
        found: dict[str, UnclaimedSender] = {}
        for path, account in dict.fromkeys((rule.path, rule.account) for rule in rules):
            here = [rule for rule in rules if (rule.path, rule.account) == (path, account)]
            for letter in self._read_mailbox(here[0], _EMPTY_STATE, newest=_SURVEY_SIZE).letters:
                if letter.entries and not any(matches_rule(rule, letter) for rule in here):
                    line = suggest_rule(letter, path=path, account=account)
                    count = found[line].count + 1 if line in found else 1
                    found[line] = UnclaimedSender(letter.sender_name or letter.sender, count, line)
        return tuple(found.values())

    def _read_mailbox(
        self, rule: MailboxRule, state: Mapping[str, Any], newest: int | None = None
    ) -> MailboxResult:
        if rule.path is not None:
            if rule.path not in self._paths:
                self._paths[rule.path] = read_mail_path(self._root / Path(rule.path).expanduser())
            return self._paths[rule.path]
        box = self._folders.get(rule.account or "")
        if box is None:
            raise MailboxError(
                f"there is no mailbox {rule.account!r}",
                "name it under digest.mailboxes in sources.yaml",
                kind="no-account",
            )
        return box.read_since(state, newest=newest)
