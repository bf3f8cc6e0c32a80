"""sources.yaml: how the digest is made, and whom it reads. `load_sources` is the edge that reads the file.

Secrets never stand in the file: a key that ends in `_env` names the environment variable that holds one.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from digest.config.kinds import (
    AccountName,
    Colour,
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
    ShortText,
    TimeZoneName,
    WebUrl,
)
from digest.config.tree import Loc, format_location, format_value, parse_yaml
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_values,
    load_model,
    suggest_similar,
    validate_yaml,
)
from digest.config.yaml_file import insert_value, remove_value
from digest.errors import UsageError
from digest.model.source import MailboxRule, Source, Tier
from digest.text import clean_text
from digest.urls import canonical_url

FULLTEXT_EXTRA = "pip install 'martech-digest[fulltext]'"
_FILE = "sources.yaml"
_LONGEST_SLUG = 60
_NOT_IN_AN_EDITION = (
    "delivery",
    "mailboxes",
    "network",
    "contact",
)  # keys of digest that change no word of it
_SECRET_HEADER = re.compile(
    r"(?i)authori[sz]ation|cookie|token|secret|passw|api[-_]?key|(^|-)auth(-|$)"
)


# ---------------------------------------------------------------- digest


class LimitSettings(Settings):
    """What a run may ask of publishers, and how much an edition holds."""

    requests_at_once: int = Field(50, ge=1, le=200, description="requests at once, over all hosts")
    requests_per_host: int = Field(2, ge=1, le=10, description="requests at once to one host")
    request_seconds: float = Field(
        60.0, gt=0, le=60, description="for one whole request, in seconds, 60 at most"
    )
    body_mib: float = Field(
        16.0, gt=0, le=64, description="the most that one answer may hold when unpacked, in MiB"
    )
    redirects: int = Field(
        10, ge=0, le=10, description="redirects followed for one address, 10 at most"
    )
    history_requests: int = Field(
        250, ge=0, le=1000, description="requests to one source when older items are sought"
    )
    fulltext_pages: int = Field(
        40, ge=0, le=500, description="articles' pages asked for in one run, in all"
    )
    stories: int = Field(40, ge=1, le=500, description="the most stories in one edition")

    @property
    def body_bytes(self) -> int:
        """`body_mib` in bytes."""
        return int(self.body_mib * 2**20)


class NetworkSettings(Settings):
    """Exceptions from the rule that only public addresses are read."""

    allow_private: tuple[HostPort, ...] = Field(
        (), description="host:port of private or local addresses that may be read"
    )


class MailAccount(Settings):
    """An IMAP account that newsletters come to. Messages stay unread and where they are."""

    host: Host = Field(description="the IMAP server, as imap.example.com")
    port: Port | None = Field(None, description="default: 993 for tls, 143 for starttls")
    security: Literal["tls", "starttls"] = Field(
        "tls", description="how the connection is kept secret"
    )
    user: ShortText = Field(description="the login, often the mail address")
    password_env: EnvName | None = Field(
        None, description="the environment variable that holds the password"
    )
    token_env: EnvName | None = Field(
        None, description="the environment variable that holds an OAuth2 access token"
    )
    folder: ShortText = Field("INBOX", description="the folder to read")


class SmtpSettings(Settings):
    """The mail server that editions are handed to."""

    host: Host = Field(description="the mail server, as smtp.example.com")
    port: Port | None = Field(
        None, description="default: 587 for starttls, 465 for tls, 25 for none"
    )
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection is kept secret"
    )
    user: ShortText | None = Field(None, description="the login, where the server wants one")
    password_env: EnvName | None = Field(
        None, description="the environment variable that holds the password"
    )
    token_env: EnvName | None = Field(
        None, description="the environment variable that holds an OAuth2 access token"
    )


class Recipients(Settings):
    """Who gets an edition by mail."""

    to: tuple[MailAddress, ...] = Field((), description="mail addresses")
    cc: tuple[MailAddress, ...] = Field((), description="mail addresses that get a copy")
    bcc: tuple[MailAddress, ...] = Field(
        (), description="mail addresses that get a copy unseen by the others"
    )


class Webhook(Settings):
    """A channel that is told of a new edition."""

    kind: Literal["slack", "teams"] = Field(description="whose form the message has")
    url_env: EnvName = Field(
        description="the environment variable that holds the channel's secret address"
    )


class DeliverySettings(Recipients):
    """When an edition goes out, how, and to whom."""

    approval: Literal["required", "none"] = Field(
        "required", description="whether a person must release an edition"
    )
    days_after_end: int = Field(
        0, ge=0, le=60, description="days after the quarter's end before it is built"
    )
    smtp: SmtpSettings | None = Field(None, description="the mail server")
    sender: MailAddress | None = Field(None, alias="from", description="the sender's mail address")
    reply_to: MailAddress | None = Field(None, description="where answers go")
    list_id: HeaderText | None = Field(
        None, description="the List-Id header, as digest.example.com"
    )
    by_language: Mapping[Language, Recipients] = Field(
        {}, description="who gets the edition in another language"
    )
    team: tuple[MailAddress, ...] = Field(
        (), description="who is told when something needs a person, and of drafts"
    )
    max_attachment_mib: float = Field(
        10.0, gt=0, le=50, description="a larger PDF is linked instead of attached"
    )
    public_url: WebUrl | None = Field(
        None, description="where output/ can be read in a browser, for links in mails"
    )
    ping_url_env: EnvName | None = Field(
        None, description="the variable with an address to call at start, success, failure"
    )
    webhooks: tuple[Webhook, ...] = Field((), description="channels that are told of a new edition")
    folder: FilePath | None = Field(None, description="a folder that editions are copied to")


class ThemeSettings(Settings):
    """The organisation's colour and logo on the briefing."""

    accent: Colour | None = Field(
        None, description="the one accent colour, as #0b5563; dark enough to read on white"
    )
    logo: FilePath | None = Field(
        None, description="a PNG or SVG file, 200 kB at most, for page one"
    )


class DigestSettings(Settings):
    """How the digest is made."""

    title: ShortText = Field(
        "Marketing Technology Digest", description="the title on the first page"
    )
    organisation: ShortText | None = Field(None, description="whom the digest is made for")
    timezone: TimeZoneName = Field(
        "UTC", description="IANA time zone that the quarter's days are counted in, as Europe/Rome"
    )
    fiscal_year_starts: int = Field(
        1, ge=1, le=12, description="the month that the fiscal year starts in, 1 to 12"
    )
    languages: tuple[Language, ...] = Field(
        ("en",), min_length=1, description="one edition in each, the first leads"
    )
    paper: Literal["A4", "Letter"] = Field("A4", description="the size of the PDF's pages")
    pages: int = Field(
        12,
        ge=6,
        le=60,
        description="the most pages of the PDF; what does not fit stands in the page",
    )
    theme: ThemeSettings = ThemeSettings()
    contact: HeaderText | None = Field(
        None, description="mail or web address that publishers see in the User-Agent"
    )
    limits: LimitSettings = LimitSettings()
    network: NetworkSettings = NetworkSettings()
    mailboxes: Mapping[AccountName, MailAccount] = Field(
        {}, description="IMAP accounts, by a name of your choice"
    )
    delivery: DeliverySettings = DeliverySettings()


# ---------------------------------------------------------------- sources


class FromEnvironment(Settings):
    """A value that an environment variable holds."""

    value_env: EnvName = Field(description="the environment variable that holds the value")


def _header_value_tag(value: object) -> str:
    return "variable" if isinstance(value, (dict, FromEnvironment)) else "plain"


HeaderValue = Annotated[
    Annotated[HeaderText, Tag("plain")] | Annotated[FromEnvironment, Tag("variable")],
    Discriminator(_header_value_tag),
]


class NewsletterSettings(Settings):
    """Where a newsletter's letters are, and which of the letters there are its own."""

    path: FilePath | None = Field(
        None, description="a folder of .eml files, a Maildir or an mbox file"
    )
    account: AccountName | None = Field(
        None, description="the name of an account under digest.mailboxes"
    )
    list_id: ShortText | None = Field(None, description="the letters' List-Id")
    sender: ShortText | None = Field(
        None, alias="from", description="the sender's mail address, or a part of it"
    )
    recipient: ShortText | None = Field(
        None, alias="to", description="the mail address that the letters are sent to"
    )
    subject: Pattern | None = Field(None, description="a regular expression that the subject holds")
    follow_links: bool = Field(
        False, description="whether links that hide their target may be asked for it"
    )


class SourceEntry(Settings):
    """A publisher to read: a feed (`url`) or a newsletter that comes by mail (`newsletter`)."""

    model_config = Settings.model_config | {
        "json_schema_extra": {"oneOf": [{"required": ["url"]}, {"required": ["newsletter"]}]}
    }

    name: ShortText = Field(description="the publisher's name, as readers know it")
    url: WebUrl | None = Field(None, description="the address of its feed")
    newsletter: NewsletterSettings | None = Field(
        None, description="which letters are it, where it comes by mail"
    )
    tier: Tier | None = Field(
        None, description="what kind of publisher it is; default: trade, or newsletter"
    )
    language: Language | None = Field(
        None, description="its language, where neither feed nor item says"
    )
    weight: float = Field(
        1.0, ge=0, le=3, description="how much its word counts in the ranking, 0 to 3"
    )
    tags: tuple[ShortText, ...] = Field((), description="words of your own, for your own order")
    enabled: bool = Field(True, description="false: not read, what it gave stays")
    headers: Mapping[HeaderName, HeaderValue] = Field(
        {}, description="request headers; secret ones by value_env"
    )
    tls_verify: bool = Field(True, description="false: its certificate is not checked")
    history: Literal["auto", "off"] = Field("auto", description="off: older items are never sought")
    fulltext: bool = Field(
        False, description="true: its articles' own pages may be asked for, where feeds say little"
    )


class SourcesFile(Settings):
    """sources.yaml."""

    digest: DigestSettings = DigestSettings()
    sources: tuple[SourceEntry, ...] = Field(
        description="the publishers to read, each as `- name: …`"
    )


@dataclass(frozen=True, slots=True)
class SourcesConfig:
    """What sources.yaml says. `warnings` tell what is right in the file but will not work in this environment."""

    digest: DigestSettings
    sources: tuple[Source, ...]
    fingerprint: str  # of the values that an edition is made of: not of delivery, comments, order; knows no secret
    warnings: tuple[str, ...] = ()


def load_sources(path: Path, environ: Mapping[str, str]) -> SourcesConfig:
    """Edge: reads and validates sources.yaml. Raises ConfigError with every problem."""
    return _build_config(load_model(path, SourcesFile, rules=_check_sources_file), environ)


def parse_sources(
    text: str, environ: Mapping[str, str], name: str = "sources.yaml"
) -> SourcesConfig:
    """The configuration that a text holds; `load_sources` without the disk. Raises ConfigError with every problem."""
    return _build_config(
        validate_yaml(
            text.encode(errors="surrogatepass"), SourcesFile, name, rules=_check_sources_file
        ),
        environ,
    )


def add_source(text: str, source: Mapping[str, Any]) -> str:
    """Return the text of sources.yaml with one more source, behind the last one and indented alike.

    `source` has the keys of the file (name, url, tier, tags, newsletter …); what is None is left out.
    Whether the values are right is for `parse_sources` to say of the result. Raises ConfigError where
    the text cannot be read, DigestError where it is laid out in a way that takes a person.
    """
    plain = parse_yaml(text, _FILE).plain_value
    count = sum(1 for _ in find_values(plain, "sources", "*"))
    entry = {key: value for key, value in source.items() if value is not None}
    return insert_value(text, ("sources", count), entry, _FILE)


def remove_source(text: str, name: str) -> str:
    """Return the text of sources.yaml without the source of that name or slug, and its comments.

    Raises UsageError where there is no such source, ConfigError where the text cannot be read,
    DigestError where it is laid out in a way that takes a person.
    """
    plain = parse_yaml(text, _FILE).plain_value
    names = {
        loc[:-1]: clean_text(found)
        for loc, found in find_values(plain, "sources", "*", "name")
        if isinstance(found, str)
    }
    for loc, found in names.items():
        if clean_text(name) in (found, slugify(found)):
            return remove_value(text, loc, _FILE)
    near = suggest_similar(name, names.values())
    raise UsageError(f"{_FILE} has no source {format_value(name)!r}{near}")


def slugify(name: str) -> str:
    """A short ASCII name for paths and exports: small letters, digits and single dashes, at most 60, never empty.

    A name that loses letters on the way (Thai, Japanese, or too long) ends in a hash of the whole name, so that two of
    them stay apart.
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    slug = re.sub(r"[^a-z0-9]+", "-", kept).strip("-")
    lost = any(letter.isalnum() and not letter.isascii() for letter in kept)
    if slug and not lost and len(slug) <= _LONGEST_SLUG:
        return slug
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return "-".join(filter(None, (slug[: _LONGEST_SLUG - 9].strip("-"), mark)))


# ---------------------------------------------------------------- from file to configuration


def _build_config(file: SourcesFile, environ: Mapping[str, str]) -> SourcesConfig:
    values = file.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    warnings: list[str] = []
    sources = tuple(_to_source(entry, environ, warnings) for entry in file.sources)
    if not any(source.enabled for source in sources):
        warnings.append("no source is switched on: add one with `digest sources add ADDRESS`")
    for name in dict.fromkeys(
        source.mailbox.account for source in sources if source.enabled and source.mailbox
    ):
        account = file.digest.mailboxes[name] if name else None
        variable = account and (account.password_env or account.token_env)
        if variable and not environ.get(variable, "").strip():
            warnings.append(
                f"mailbox {name}: the environment variable {variable} is not set, so it cannot be read"
            )
    wanting = next((source.name for source in sources if source.enabled and source.fulltext), "")
    if wanting and find_spec("trafilatura") is None:
        warnings.append(
            f"source {wanting}: fulltext needs trafilatura, which is not installed, so no article is read: "
            f"{FULLTEXT_EXTRA}"
        )
    for key in _NOT_IN_AN_EDITION:
        values.get("digest", {}).pop(key, None)
    fingerprint = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return SourcesConfig(file.digest, sources, fingerprint, tuple(warnings))


def _to_source(entry: SourceEntry, environ: Mapping[str, str], warnings: list[str]) -> Source:
    rule = entry.newsletter
    missing = [] if not entry.enabled else warnings  # what is switched off needs nothing
    return Source(
        name=entry.name,
        slug=slugify(entry.name),
        url=entry.url,
        tier=entry.tier or ("newsletter" if rule else "trade"),
        language=entry.language,
        weight=entry.weight,
        tags=entry.tags,
        enabled=entry.enabled,
        headers=MappingProxyType(dict(_resolve_headers(entry, environ, missing))),
        mailbox=MailboxRule(**rule.model_dump()) if rule else None,
        tls_verify=entry.tls_verify,
        history=entry.history,
        fulltext=entry.fulltext,
    )


def _resolve_headers(
    entry: SourceEntry, environ: Mapping[str, str], missing: list[str]
) -> Iterator[tuple[str, str]]:
    for name, value in entry.headers.items():
        if isinstance(value, str):
            yield name, value
            continue
        secret = environ.get(value.value_env, "").strip()
        if secret and secret.isascii() and secret.isprintable():
            yield name, secret
        else:
            fault = "holds what a header cannot hold" if secret else "is not set"
            missing.append(
                f"source {entry.name}: the environment variable {value.value_env} {fault}, "
                f"so its header {name} is not sent"
            )


# ---------------------------------------------------------------- rules over several values


def _check_sources_file(plain: Any) -> Iterator[RuleViolation]:
    yield from _check_sources(plain)
    yield from _check_duplicates(plain)
    yield from _check_headers(plain)
    yield from _check_newsletters(plain)
    yield from _check_logins(plain)
    yield from _check_delivery(plain)


def _list_given_keys(group: Any, *keys: str) -> list[str]:
    """Which of the keys a group of keys gives a value."""
    return [key for key in keys if isinstance(group, dict) and group.get(key) is not None]


def _check_sources(plain: Any) -> Iterator[RuleViolation]:
    for loc, source in find_values(plain, "sources", "*"):
        given = _list_given_keys(source, "url", "newsletter")
        if not given and isinstance(source, dict):
            yield RuleViolation(
                (*loc, "url"),
                "is missing: the address of its feed (or newsletter: which letters are it)",
            )
        elif len(given) == 2:
            yield RuleViolation(
                (*loc, "newsletter"), "a source has either url or newsletter: keep one"
            )


def _check_duplicates(plain: Any) -> Iterator[RuleViolation]:
    names = [
        (loc, clean_text(name))
        for loc, name in find_values(plain, "sources", "*", "name")
        if isinstance(name, str)
    ]
    by_loc = dict(names)

    def describe_name_clash(loc: Loc, before: Loc) -> str:
        if by_loc[loc] == by_loc[before]:
            return f"{format_value(by_loc[loc])!r} is already the name of {format_location(before[:-1])}"
        return f"{format_value(by_loc[loc])!r} is too near to {format_value(by_loc[before])!r}, the name of {format_location(before[:-1])}"

    yield from find_repeats(
        ((loc, slugify(name)) for loc, name in names if name), describe_name_clash
    )
    urls = (
        (loc, canonical_url(url))
        for loc, url in find_values(plain, "sources", "*", "url")
        if isinstance(url, str) and url
    )
    yield from find_repeats(
        urls, lambda _, before: f"is already the address of {format_location(before[:-1])}"
    )
    languages = (
        (loc, tag)
        for loc, tag in find_values(plain, "digest", "languages", "*")
        if isinstance(tag, str)
    )
    yield from find_repeats(
        languages, lambda _, before: f"stands twice, first at {format_location(before)}"
    )


def _check_headers(plain: Any) -> Iterator[RuleViolation]:
    for loc, value in find_values(plain, "sources", "*", "headers", "*"):
        if isinstance(value, str) and _SECRET_HEADER.search(str(loc[-1])):
            yield RuleViolation(
                loc, "a secret never stands in a file: write {value_env: NAME_OF_A_VARIABLE}"
            )


def _check_newsletters(plain: Any) -> Iterator[RuleViolation]:
    accounts = {str(loc[-1]) for loc, _ in find_values(plain, "digest", "mailboxes", "*")}
    for loc, rule in find_values(plain, "sources", "*", "newsletter"):
        if not isinstance(rule, dict):
            continue
        if len(_list_given_keys(rule, "path", "account")) != 1:
            what = "either account (a name under digest.mailboxes) or path (a folder or mbox file) is needed"
            yield RuleViolation((*loc, "account"), what)
        if not _list_given_keys(rule, "list_id", "from", "to", "subject"):
            yield RuleViolation(
                (*loc, "list_id"), "is missing, or from, to, subject: what its letters are known by"
            )
        account = rule.get("account")
        if isinstance(account, str) and account not in accounts:
            near = (
                suggest_similar(account, accounts)
                or f"; there are: {', '.join(sorted(accounts)) or 'none'}"
            )
            yield RuleViolation(
                (*loc, "account"),
                f"{format_value(account)!r} is no account under digest.mailboxes{near}",
            )


def _check_logins(plain: Any) -> Iterator[RuleViolation]:
    for loc, account in find_values(plain, "digest", "mailboxes", "*"):
        if (
            isinstance(account, dict)
            and len(_list_given_keys(account, "password_env", "token_env")) != 1
        ):
            yield RuleViolation(
                (*loc, "password_env"), "either password_env or token_env is needed, to log in with"
            )
    for loc, smtp in find_values(plain, "digest", "delivery", "smtp"):
        secrets = _list_given_keys(smtp, "password_env", "token_env")
        if len(secrets) != len(_list_given_keys(smtp, "user")):
            yield RuleViolation(
                (*loc, "password_env"),
                "user needs either password_env or token_env beside it, and they need user",
            )


def _check_delivery(plain: Any) -> Iterator[RuleViolation]:
    for loc, delivery in find_values(plain, "digest", "delivery"):
        if _list_given_keys(delivery, "smtp") and not _list_given_keys(delivery, "from"):
            yield RuleViolation((*loc, "from"), "is missing: the sender's mail address")
    for loc, group in (
        *find_values(plain, "digest", "delivery"),
        *find_values(plain, "digest", "delivery", "by_language", "*"),
    ):
        people = [
            ((*loc, *at), address.lower())
            for kind in ("to", "cc", "bcc")
            for at, address in find_values(group, kind, "*")
            if isinstance(address, str)
        ]
        yield from find_repeats(
            people, lambda _, before: f"is already addressed at {format_location(before)}"
        )
    editions = {
        tag for _, tag in find_values(plain, "digest", "languages", "*") if isinstance(tag, str)
    } or {"en"}
    for loc, _ in find_values(plain, "digest", "delivery", "by_language", "*"):
        if loc[-1] not in editions:
            yield RuleViolation(
                loc, "is no language of digest.languages, so no edition is made in it"
            )
