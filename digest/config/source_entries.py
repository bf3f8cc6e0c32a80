"""The keys of an entry of `sources:` in sources.yaml: a publisher, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from digest.config.kinds import (
    AccountName,
    EnvName,
    FilePath,
    HeaderName,
    HeaderText,
    Language,
    Pattern,
    Selector,
    ShortText,
    WebUrl,
)
from digest.config.validate import Settings, key
from digest.model.source import SourceClass, Tier


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
