"""Mailboxes: IMAP over TLS, Maildir, mbox and folders of .eml files; which newsletter a mail is.

Nothing is changed there: an IMAP folder is opened for reading only (EXAMINE, BODY.PEEK), so
messages stay unread, and files are only read. What was read is remembered as UIDVALIDITY and the
last UID, in a state that the caller keeps and stores in the same transaction as the items, so that
an interrupted reading is continued. When a server gives new UIDs, all is read again; items are
identified by their page, so none of them doubles.

Bounds: 16 MiB a message, 5,000 messages and ten minutes a reading, 60 seconds for one answer. A
message that cannot be read is a problem in the report; the others are read.
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self

import imap_tools
import imap_tools.errors

from digest.errors import MailboxError, ParseError
from digest.fetch.mail.newsletters import MAX_BYTES, ParsedNewsletter, parse_newsletter
from digest.model.retrieved import FeedEntry
from digest.model.source import MailboxRule
from digest.patterns import IGNORED_FLAG, compile_pattern
from digest.text import clean_text, quote_words

NewsletterParser = Callable[[bytes], ParsedNewsletter]
_MAX_MESSAGES = 5_000
_MAX_SECONDS = 600.0
_TIMEOUT = 60  # seconds
_BATCH_SIZE = 25  # messages
_BATCH_BYTES = 8 * 2**20
_SIZE_BATCH = 500  # messages asked for their size at once
_MAX_SUBJECT = 1_000  # characters that a pattern is looked for in
_compile_pattern = cache(compile_pattern)
_SURVEY_SIZE = 500  # messages looked at for letters that nobody claims
_EMPTY_STATE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """An IMAP account. Either `password` or `token` (OAuth2) is set.

    `ca_file`: certificate authorities to trust besides the system's.
    """

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
    """What reading a mailbox gave. `state` covers `letters`, also where the reading ended early."""

    letters: tuple[ParsedNewsletter, ...]
    state: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[FeedEntry, ...]:
        """The stories of all newsletters, in the order of the newsletters."""
        return tuple(entry for letter in self.letters for entry in letter.entries)


# ---------------------------------------------------------------- rules


def matches_rule(rule: MailboxRule, letter: ParsedNewsletter) -> bool:
    """Return whether a mail is the newsletter of a rule: all that the rule states must match."""
    matches = []
    if rule.list_id:
        inner = re.search(r"<([^<>]+)>", rule.list_id)
        list_id = inner[1] if inner else rule.list_id
        matches.append(letter.list_id == list_id.strip().lower())
    if rule.sender:
        # an address whole, a domain with its subdomains, other words in address or name
        wanted, address = rule.sender.lower().strip(), letter.sender
        host, domain = address.rpartition("@")[2], wanted.removeprefix("@")
        if re.fullmatch(r"[^@\s]+@[^@\s]+", wanted):
            matches.append(address == wanted)
        elif re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", domain):
            matches.append(host == domain or host.endswith(f".{domain}"))
        else:
            names = (address, letter.sender_name.lower())
            matches.append(bool(wanted) and any(wanted in name for name in names))
    if rule.recipient:
        matches.append(rule.recipient.lower().strip() in letter.recipients)
    if rule.subject:
        pattern = _compile_pattern(rule.subject.removeprefix(IGNORED_FLAG))
        matches.append(pattern.search(letter.subject[:_MAX_SUBJECT]) is not None)
    return bool(matches) and all(matches)


def suggest_rule(
    letter: ParsedNewsletter, *, path: str | None = None, account: str | None = None
) -> str:
    """Return the line for sources.yaml of a rule that matches a mail at `path` or in `account`."""
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


def _format_yaml(value: object) -> str:
    text = str(value)
    plain = re.fullmatch(r"[A-Za-z][\w./@-]*(?: [\w./@-]+)*", text)
    keyword = text.lower() in ("null", "true", "false")
    return text if plain and not keyword else json.dumps(text, ensure_ascii=False)


# ---------------------------------------------------------------- files


def read_mail_path(path: Path, parse: NewsletterParser = parse_newsletter) -> MailboxResult:
    """Return the newsletters in a folder of .eml files, a Maildir, an mbox or one file, by date.

    Raises MailboxError where there is nothing of the kind.
    """
    if not path.exists():
        raise MailboxError(
            f"{path} does not exist", "correct newsletter.path in sources.yaml", kind="not-found"
        )
    letters: dict[str, ParsedNewsletter] = {}
    problems: list[str] = []
    try:
        for place, raw in _iter_messages(path):
            if letter := _parse_message(parse, raw, place, problems):
                letters.setdefault(letter.message_id, letter)
    except OSError as error:
        raise MailboxError(f"{path} cannot be read: {error.strerror}", kind="unreadable") from error
    return MailboxResult(_sort_by_date(letters.values()), problems=tuple(problems))


def _iter_messages(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the messages, each with its place in words."""
    if path.is_dir():
        maildir = [path / part for part in ("cur", "new") if (path / part).is_dir()]
        for file in [file for folder in maildir or [path] for file in sorted(folder.iterdir())]:
            is_mail = file.is_file() and (maildir or file.suffix.lower() == ".eml")
            if is_mail and not file.name.startswith("."):
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


def _parse_message(
    parse: NewsletterParser, raw: bytes, place: str, problems: list[str]
) -> ParsedNewsletter | None:
    """Return the newsletter; or None, after adding a problem that names the place."""
    try:
        return parse(raw)
    except ParseError as error:
        problems.append(f"{clean_text(place)[:80]}: {error.message}")
        return None


def _sort_by_date(letters: Iterable[ParsedNewsletter]) -> tuple[ParsedNewsletter, ...]:
    def get_key(letter: ParsedNewsletter) -> tuple[float, str]:
        return letter.date.timestamp() if letter.date else 0.0, letter.message_id

    return tuple(sorted(letters, key=get_key))


# ---------------------------------------------------------------- IMAP


def check_account(account: ImapAccount) -> None:
    """Log in, open the folder for reading and log out. Raises MailboxError."""
    with contextlib.closing(_ImapFolder(account)) as folder:
        folder.open()


class _ImapFolder:
    """An account's folder, opened at its first use. Each message is fetched once, for all rules."""

    def __init__(self, account: ImapAccount, parse: NewsletterParser = parse_newsletter) -> None:
        self._account, self._parse = account, parse
        self._client: imap_tools.BaseMailBox | None = None
        self._letters: dict[int, ParsedNewsletter | None] = {}
        self._notes: dict[int, list[str]] = {}
        self._uidvalidity = 0
        self._next_uid = 0

    def close(self) -> None:
        """Log out, and close the connection in any case."""
        client, self._client = self._client, None
        if client:
            try:
                client.logout()
            except _IMAP_ERRORS:
                with contextlib.suppress(OSError):
                    client.client.shutdown()

    def open(self) -> None:
        """Connect, unless that is done. Raises MailboxError."""
        if self._client:
            return
        account = self._account
        starts_tls = account.security == "starttls"
        box_type = imap_tools.MailBoxStartTls if starts_tls else imap_tools.MailBox
        port = account.port or (143 if starts_tls else 993)
        with self._translate_errors():
            context = ssl.create_default_context()
            if account.ca_file:
                context.load_verify_locations(account.ca_file)
            client = box_type(account.host, port, timeout=_TIMEOUT, ssl_context=context)
            self._client = client
            try:
                if account.token:
                    client.xoauth2(account.user, account.token, initial_folder=None)
                else:
                    client.login(account.user, account.password or "", initial_folder=None)
            except imaplib.IMAP4.error as error:
                if type(error) is imaplib.IMAP4.error:  # a refused token
                    raise PermissionError("the login was refused") from error
                raise
            status = client.folder.status(account.folder, ("UIDVALIDITY", "UIDNEXT"))
            client.folder.set(account.folder, readonly=True)
        validity = status.get("UIDVALIDITY", 0)
        if validity != self._uidvalidity:
            self._letters, self._notes = {}, {}
        self._uidvalidity, self._next_uid = validity, status.get("UIDNEXT", 0)

    def read_since(self, state: Mapping[str, Any], *, newest: int | None = None) -> MailboxResult:
        """Return the newsletters since `state`; only the `newest` of them where that is given."""
        self.open()
        place = f"{self._account.host}/{self._account.folder}"
        last = state.get("uid")
        same = state.get("place") == place and state.get("uidvalidity") == self._uidvalidity
        if not (same and isinstance(last, int) and last > 0):
            last = 0
        uids: list[int] = []
        if not self._next_uid or self._next_uid > last + 1:
            with self._translate_errors():
                assert self._client
                found = self._client.uids(f"UID {last + 1}:*", charset=None)
                uids = sorted({int(uid) for uid in found if uid.isdigit() and int(uid) > last})
        chosen = uids[-newest:] if newest else uids[:_MAX_MESSAGES]
        problems: list[str] = []
        read = chosen
        try:
            latest = time.monotonic() + _MAX_SECONDS
            missing = [uid for uid in chosen if uid not in self._letters]
            for at in range(0, len(missing), _SIZE_BATCH):
                self._fetch_batch(missing[at : at + _SIZE_BATCH], latest)
        except _IMAP_ERRORS as error:
            self.close()
            read = list(takewhile(self._letters.__contains__, chosen))
            failure = _to_mailbox_error(self._account, error)
            if not read:
                raise failure from error
            problems.append(f"{failure.message}; {len(read)} of {len(uids)} messages are read")
        if len(uids) > len(read) and not newest:
            problems.append(f"{len(uids) - len(read)} messages wait for the next run")
        notes = [note for uid in read for note in self._notes.get(uid, ())]
        letters = {
            letter.message_id: letter for uid in reversed(read) if (letter := self._letters[uid])
        }
        memory = {"place": place, "uidvalidity": self._uidvalidity, "uid": max([last, *read])}
        return MailboxResult(_sort_by_date(letters.values()), memory, (*problems, *notes))

    @contextlib.contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except _IMAP_ERRORS as error:
            self.close()
            raise _to_mailbox_error(self._account, error) from error

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
            # The request has a limit too, in case that the size was not the truth.
            answers = self._request_data(small, f"BODY.PEEK[]<0.{MAX_BYTES + 1}>")
            bodies = {uid: body for uid, _, body in answers if body is not None}
            for uid in batch:
                notes = self._notes[uid] = []
                body, mib = bodies.get(uid), sizes.get(uid, 0) // 2**20
                if uid not in small:
                    notes.append(
                        f"message {uid}: {mib} MiB is too large for a letter; it was not fetched"
                    )
                # A message without a body was deleted between two requests.
                self._letters[uid] = (
                    None
                    if body is None
                    else _parse_message(self._parse, body, f"message {uid}", notes)
                )

    def _request_data(
        self, uids: Sequence[int], what: str
    ) -> Iterator[tuple[int, bytes, bytes | None]]:
        """Yield UID, the answer's head, and the literal where there is one."""
        if not uids or not self._client:
            return
        status, data = self._client.client.uid("FETCH", ",".join(map(str, uids)), f"(UID {what})")
        if status != "OK":
            raise imaplib.IMAP4.error("the server refused to hand out messages")
        for index, part in enumerate(data or ()):
            head, body = part if isinstance(part, tuple) else (part, None)
            after = data[index + 1] if body is not None and index + 1 < len(data) else b""
            found = _UID.search(head or b"")
            if not found and isinstance(after, bytes):
                found = _UID.search(after)
            if head and found:
                yield int(found[1]), head, body


_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_IMAP_ERRORS = (OSError, imaplib.IMAP4.error, imap_tools.errors.ImapToolsError, ValueError)


def _split_batches(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Yield the messages in batches that are small in number and size."""
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
    """Describe the error. The login is never shown: it is often somebody's address."""
    place = f"mailbox {account.name} ({account.host})"
    for kinds, kind, message, hint in _ERROR_TEXTS:
        if isinstance(error, kinds):
            return MailboxError(f"{place}: {message}", hint.format(account=account), kind=kind)
    return MailboxError(f"{place}: the server's answer cannot be understood", kind="mailbox-failed")


# errors → kind, message, hint; the first that fits
_ERROR_TEXTS: tuple[tuple[tuple[type[BaseException], ...], str, str, str], ...] = (
    (
        (imap_tools.errors.MailboxLoginError, PermissionError),
        "login-refused",
        "the login was refused",
        "check user, and what the key of its password or token names",
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
        "check the host's name; an authority of your own needs digest.network.ca_file",
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
    """A sender whose newsletters match no rule: their number, and the line of a rule for them."""

    name: str
    count: int
    line: str


class MailboxSession:
    """The mailboxes of one run: each place is opened and each message read once, for all rules.

    `root` is the folder that relative paths start from; `parse` reads a mail, and raises
    ParseError for one that it cannot read.
    """

    def __init__(
        self,
        root: Path,
        accounts: Iterable[ImapAccount] = (),
        parse: NewsletterParser = parse_newsletter,
    ) -> None:
        self._root, self._parse = root, parse
        self._folders = {account.name: _ImapFolder(account, parse) for account in accounts}
        self._paths: dict[str, MailboxResult] = {}
        self._reported_problems: set[tuple[str | None, str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for folder in self._folders.values():
            folder.close()

    def read_newsletters(
        self, rule: MailboxRule, state: Mapping[str, Any] = _EMPTY_STATE
    ) -> MailboxResult:
        """Return the mails since `state` that are the rule's newsletter. Raises MailboxError."""
        result = self._read_mailbox(rule, state)
        letters = tuple(letter for letter in result.letters if matches_rule(rule, letter))
        # A problem of the place is reported once in a run, not for each rule that reads there.
        place = rule.path or rule.account
        reported = {problem for known, problem in self._reported_problems if known == place}
        problems = [problem for problem in result.problems if problem not in reported]
        self._reported_problems.update((place, problem) for problem in problems)
        for letter in letters:
            problems += [
                f"{quote_words(letter.subject)!r}: {problem}" for problem in letter.problems
            ]
        return MailboxResult(letters, result.state, tuple(problems))

    def find_unclaimed(self, rules: Sequence[MailboxRule]) -> tuple[UnclaimedSender, ...]:
        """Return the senders among the newest 500 mails of each rule's place that match no rule.

        Service mails do not count. Raises MailboxError.
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
                self._paths[rule.path] = read_mail_path(
                    self._root / Path(rule.path).expanduser(), self._parse
                )
            return self._paths[rule.path]
        folder = self._folders.get(rule.account or "")
        if folder is None:
            raise MailboxError(
                f"there is no mailbox {rule.account!r}",
                "name it under digest.mailboxes in sources.yaml",
                kind="no-account",
            )
        return folder.read_since(state, newest=newest)
