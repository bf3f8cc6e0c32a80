"""The keys of `digest:` in sources.yaml: how the digest is made, delivered and approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from digest.config.kinds import (
    AccountName,
    Colour,
    EnvName,
    FilePath,
    HeaderText,
    Host,
    HostPort,
    Language,
    MailAddress,
    Port,
    ShortText,
    TimeZoneName,
    WebUrl,
)
from digest.config.validate import Settings, key
from digest.period import PeriodKind


class LimitSettings(Settings):
    """What a run may ask of publishers, and how much an edition holds."""

    requests_at_once: int = key("requests at once, over all hosts", 50, ge=1, le=200)
    requests_per_host: int = key("requests at once to one host", 2, ge=1, le=10)
    request_seconds: float = key("for one whole request, in seconds, 60 at most", 20.0, gt=0, le=60)
    source_seconds: float = key(
        "for all requests of one source in a run, its history not counted, in seconds: what its"
        " servers take to answer, and the pauses that they ask for",
        20.0,
        gt=0,
        le=600,
    )
    history_seconds: float = key("the same for older items of one source", 120.0, gt=0, le=3600)
    body_mib: float = key(
        "the most that one answer may hold when unpacked, in MiB", 16.0, gt=0, le=64
    )
    redirects: int = key("redirects followed for one address, 10 at most", 10, ge=0, le=10)
    history_requests: int = key(
        "requests to one source when older items are sought", 250, ge=0, le=1000
    )
    fulltext_pages: int = key("articles' pages asked for in one run, in all", 40, ge=0, le=500)
    description_pages: int = key(
        "pages asked for their description in one run, in all", 120, ge=0, le=500
    )
    stories: int = key("the most stories that an edition tells in full", 40, ge=1, le=500)
    story_floor: float = key(
        "the lowest score that is told in full, on the readers' scale of 0 to 3", 0.9, ge=0, le=3
    )
    consequence_floor: float = key(
        "the same for deals, price changes, ends, incidents, rules, changes forced by a day, and "
        "what names a product of yours",
        0.6,
        ge=0,
        le=3,
    )
    own_floor: float = key("the same where they are about your own products", 0.2, ge=0, le=3)
    repeat_penalty: float = key(
        "taken off a story's score for each story of its theme that is in already",
        0.2,
        ge=0,
        le=3,
    )

    @property
    def body_bytes(self) -> int:
        """`body_mib` in bytes."""
        return int(self.body_mib * 2**20)


class NetworkSettings(Settings):
    """Which addresses may be read besides feeds, and beyond public ones."""

    allow_private: tuple[HostPort, ...] = key(
        "host:port of private or local addresses that sources named here may be read from; no"
        " redirect or link of another source leads there",
        (),
    )
    ca_file: ShortText | None = key(
        "a PEM file of authorities to trust as well; its path is absolute or from sources.yaml"
    )
    descriptions: bool = key(
        "false: pages are not asked for their own description where a feed has no sentence", True
    )


class MailAccount(Settings):
    """An IMAP account that newsletters come to. Messages stay unread and where they are."""

    host: Host = key("the IMAP server, as imap.example.com", ...)
    port: Port | None = key("default: 993 for tls, 143 for starttls")
    security: Literal["tls", "starttls"] = key("how the connection is kept secret", "tls")
    user: ShortText = key("the login, often the mail address", ...)
    password_env: EnvName | None = key("the environment variable that holds the password")
    password_file: FilePath | None = key("a file that holds the password and nothing else")
    token_env: EnvName | None = key("the environment variable that holds an OAuth2 access token")
    token_file: FilePath | None = key("a file that holds an OAuth2 access token and nothing else")
    folder: ShortText = key("the folder to read", "INBOX")


class SmtpSettings(Settings):
    """The mail server that editions are handed to."""

    host: Host = key("the mail server, as smtp.example.com", ...)
    port: Port | None = key("default: 587 for starttls, 465 for tls, 25 for none")
    security: Literal["starttls", "tls", "none"] = key(
        "how the connection is kept secret", "starttls"
    )
    user: ShortText | None = key("the login, where the server wants one")
    password_env: EnvName | None = key("the environment variable that holds the password")
    password_file: FilePath | None = key("a file that holds the password and nothing else")
    token_env: EnvName | None = key("the environment variable that holds an OAuth2 access token")
    token_file: FilePath | None = key("a file that holds an OAuth2 access token and nothing else")


class Recipients(Settings):
    """Who gets an edition by mail."""

    to: tuple[MailAddress, ...] = key("mail addresses", ())
    cc: tuple[MailAddress, ...] = key("mail addresses that get a copy", ())
    bcc: tuple[MailAddress, ...] = key("mail addresses that get a copy unseen by the others", ())


class Webhook(Settings):
    """A channel that is told of a new edition."""

    kind: Literal["slack", "teams"] = key("whose form the message has", ...)
    url_env: EnvName | None = key(
        "the environment variable that holds the channel's secret address"
    )
    url_file: FilePath | None = key("a file that holds the channel's secret address")

    @property
    def place(self) -> str:
        """Where the address is; the ledger knows the channel by it, since it is no secret."""
        return self.url_env or self.url_file or ""


class DeliverySettings(Recipients):
    """When an edition goes out, how, and to whom."""

    approval: Literal["required", "none"] = key(
        "whether a person must release an edition", "required"
    )
    days_after_end: int = key("days after the period's end before it is built", 0, ge=0, le=60)
    smtp: SmtpSettings | None = key("the mail server")
    sender: MailAddress | None = key("the sender's mail address", alias="from")
    reply_to: MailAddress | None = key("where answers go")
    list_id: HeaderText | None = key("the List-Id header, as digest.example.com")
    by_language: Mapping[Language, Recipients] = key("who gets the edition in another language", {})
    team: tuple[MailAddress, ...] = key(
        "who is told when something needs a person, and of drafts", ()
    )
    max_attachment_mib: float = key("a larger PDF is linked instead of attached", 10.0, gt=0, le=50)
    public_url: WebUrl | None = key("where output/ can be read in a browser, for links in mails")
    ping_url_env: EnvName | None = key(
        "the variable with an address to call at start, success, failure"
    )
    ping_url_file: FilePath | None = key("a file with that address")
    webhooks: tuple[Webhook, ...] = key("channels that are told of a new edition", ())
    folder: FilePath | None = key("a folder that editions are copied to")


class Approver(Settings):
    """Somebody who may release an edition by a link, sent by mail, to a channel, or both."""

    name: ShortText = key("in whose name the edition is released", ...)
    mail: MailAddress | None = key("where the link goes, with the draft")
    webhook: Webhook | None = key("a channel that gets the link; all who read it can release")


class ReviewSettings(Settings):
    """Who may release an edition without a terminal, and where their links lead."""

    url: WebUrl | None = key(
        "where `digest serve --approvals` or `digest review` is reached, as https://digest.example.com"
    )
    approvers: tuple[Approver, ...] = key("who gets a link to release an edition", ())
    key_env: EnvName | None = key("the environment variable with the key that signs the links")
    key_file: FilePath | None = key("a file that holds the key that signs the links")
    link_days: int = key("days after which a link is void", 14, ge=1, le=60)


class AlertSettings(Settings):
    """Word between editions, of products of stack.yaml alone. Off until `every` says how often."""

    every: Literal["off", "day", "week"] = key("how often `digest alert` is called", "off")
    to: tuple[MailAddress, ...] = key("who is told by mail; default: delivery.team", ())
    webhooks: tuple[Webhook, ...] = key("channels that are told", ())
    notice_days: int = key(
        "days before a contract's day of notice, or its end, that it is told", 30, ge=1, le=190
    )
    news_days: int = key("the oldest news that is told, in days", 14, ge=1, le=60)


class ArchiveSettings(Settings):
    """A PostgreSQL database that holds the archive instead of output/archive.db."""

    url_env: EnvName | None = key(
        "the environment variable that holds its address, with its login, as "
        "postgresql+psycopg://user:password@host/name"
    )
    url_file: FilePath | None = key("a file that holds the address and nothing else")


class ThemeSettings(Settings):
    """The organisation's colour and logo on the briefing."""

    accent: Colour | None = key("the one accent colour, as #0b5563; dark enough to read on white")
    logo: FilePath | None = key("a PNG or SVG file, 200 kB at most, for page one")


class DigestSettings(Settings):
    """How the digest is made."""

    title: ShortText = key("the title on the first page", "Marketing Technology Digest")
    organisation: ShortText | None = key("whom the digest is made for")
    timezone: TimeZoneName = key(
        "IANA time zone that the quarter's days are counted in, as Europe/Rome", "UTC"
    )
    fiscal_year_starts: int = key(
        "the month that the fiscal year starts in, 1 to 12", 1, ge=1, le=12
    )
    period: PeriodKind = key("what an edition is of: a quarter or a month", "quarter")
    languages: tuple[Language, ...] = key(
        "one edition in each, the first leads", ("en",), min_length=1
    )
    paper: Literal["A4", "Letter"] = key("the size of the PDF's pages", "A4")
    pages: int = key(
        "the most pages of the PDF; what does not fit stands in its register", 10, ge=6, le=60
    )
    theme: ThemeSettings = ThemeSettings()
    contact: HeaderText | None = key("mail or web address that publishers see in the User-Agent")
    limits: LimitSettings = LimitSettings()
    network: NetworkSettings = NetworkSettings()
    mailboxes: Mapping[AccountName, MailAccount] = key(
        "IMAP accounts, by a name of your choice", {}
    )
    delivery: DeliverySettings = DeliverySettings()
    review: ReviewSettings = ReviewSettings()
    archive: ArchiveSettings = ArchiveSettings()
    alerts: AlertSettings = AlertSettings()
    sample: bool = key(
        "true: what `digest demo` leaves; its packaged feeds are read, and every page says that "
        "all of it is made up",
        False,
    )
