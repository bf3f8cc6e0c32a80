"""sources.yaml: what it says, what is wrong with it, and what it leaves to the environment."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.sources import SourcesConfig, load_sources, parse_sources
from digest.errors import ConfigError, Problem
from digest.model.source import TIERS, MailboxRule
from digest.text import slugify
from tests.factories.examples import try_examples


def parsed(text: str, environ: Mapping[str, str] | None = None) -> SourcesConfig:
    """The configuration of a text."""
    return parse_sources(text, environ or {})


def problems(text: str) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    with pytest.raises(ConfigError) as caught:
        parsed(text)
    assert caught.value.exit_code == 2
    return caught.value.problems


EIGHT = """\
digest:
  timezone: Europe/Rom
  fiscal_year_starts: 13
sources:
  - name: One
    url: https://one.example/feed
    tier: vendr
  - name: Two
    url: ftp://two.example/feed
    wieght: 2
  - name: One
    url: https://three.example/feed
    enabled: no
  - name: Four
    name: Five
    url: https://four.example/feed
"""
_DID = "; did you mean"


def test_eight_mistakes_give_eight_messages() -> None:
    """Every mistake is told at once, each with file, line, column, path and what is allowed."""
    assert [str(one) for one in problems(EIGHT)] == [
        f"sources.yaml:2:13: digest.timezone: must be a time zone of the IANA list, as Europe/Rome{_DID} Europe/Rome?",
        "sources.yaml:3:23: digest.fiscal_year_starts: must be 12 or less",
        f"sources.yaml:7:11: sources[0].tier: 'vendr' is not one of {', '.join(TIERS)}{_DID} vendor?",
        "sources.yaml:9:10: sources[1].url: must be an address that begins with http:// or https://",
        "sources.yaml:10:5: sources[1].wieght: unknown key; did you mean weight?",
        "sources.yaml:11:11: sources[2].name: 'One' is already the name of sources[0] (line 5)",
        "sources.yaml:13:14: sources[2].enabled: must be true or false",
        "sources.yaml:15:5: sources[3].name: 'name' stands twice, first on line 14: keep one",
    ]


FULL = """\
digest:
  title: Our Digest
  organisation: Example Ltd
  timezone: Europe/Rome
  fiscal_year_starts: 4
  languages: [en, it, th]
  contact: team@example.com
  limits: {requests_at_once: 10, request_seconds: 2.5, body_mib: 0.5, stories: 20}
  network:
    allow_private: ["127.0.0.1:8765", "[::1]:80", feeds.intranet.example:8080]
  mailboxes:
    letters: {host: imap.example.com, user: me@example.com, password_env: IMAP_PASSWORD}
    other: {host: imap.example.com, port: 143, security: starttls, user: me, token_env: IMAP_TOKEN, folder: News}
  delivery:
    approval: none
    days_after_end: 3
    smtp: {host: smtp.example.com, security: tls, port: 465, user: me, password_env: SMTP_PASSWORD}
    from: Digest <digest@example.com>
    reply_to: team@example.com
    list_id: digest.example.com
    to: [cmo@example.com]
    cc: [a@example.com, b@example.com]
    bcc: [c@example.com]
    by_language: {it: {to: [capo@example.com]}}
    team: [team@example.com]
    max_attachment_mib: 5
    public_url: https://digest.example.com/
    ping_url_env: PING_URL
    webhooks: [{kind: slack, url_env: SLACK_URL}, {kind: teams, url_env: TEAMS_URL}]
    folder: /srv/digests
sources:
  - name: Vendor Blog
    url: https://vendor.example/feed.xml
    tier: vendor
    language: pt-BR
    weight: 1.5
    tags: [crm, big]
    enabled: false
    headers: {Authorization: {value_env: FEED_TOKEN}, X-Region: eu}
    tls_verify: false
    history: off
  - name: Letter
    newsletter:
      {account: letters, from: "@letter.example", to: me+l@example.com, subject: "(?i)weekly", follow_links: true}
  - name: Kept Letters
    newsletter: {path: /var/mail/x, list_id: l.example.com}
    tier: analyst
  - name: Plain
    url: http://plain.example/rss
"""


def test_a_full_file_is_understood() -> None:
    """Every key that there is."""
    config = parsed(FULL, {"FEED_TOKEN": "Bearer t", "IMAP_PASSWORD": "p"})
    digest = config.digest
    assert (digest.title, digest.timezone, digest.languages) == (
        "Our Digest",
        "Europe/Rome",
        ("en", "it", "th"),
    )
    assert (digest.limits.request_seconds, digest.limits.body_bytes, digest.limits.redirects) == (
        2.5,
        2**19,
        10,
    )
    assert digest.network.allow_private == (
        "127.0.0.1:8765",
        "[::1]:80",
        "feeds.intranet.example:8080",
    )
    assert digest.mailboxes["letters"].folder == "INBOX"
    assert digest.mailboxes["other"].token_env == "IMAP_TOKEN"
    assert digest.delivery.sender == "Digest <digest@example.com>"
    assert digest.delivery.by_language["it"].to == ("capo@example.com",)
    assert [hook.kind for hook in digest.delivery.webhooks] == ["slack", "teams"]
    vendor, letter, kept, plain = config.sources
    assert (vendor.slug, vendor.tier, vendor.language, vendor.weight) == (
        "vendor-blog",
        "vendor",
        "pt-BR",
        1.5,
    )
    assert (vendor.tags, vendor.enabled, vendor.tls_verify, vendor.history) == (
        ("crm", "big"),
        False,
        False,
        "off",
    )
    assert dict(vendor.headers) == {"Authorization": "Bearer t", "X-Region": "eu"}
    assert letter.url is None
    assert letter.tier == "newsletter"
    assert letter.mailbox == MailboxRule(
        account="letters",
        sender="@letter.example",
        recipient="me+l@example.com",
        subject="(?i)weekly",
        follow_links=True,
    )
    assert kept.tier == "analyst"
    assert kept.mailbox == MailboxRule(path="/var/mail/x", list_id="l.example.com")
    assert (plain.tier, plain.weight, plain.history, plain.mailbox) == ("trade", 1.0, "auto", None)
    assert config.warnings == ()


def test_defaults_are_those_of_the_design() -> None:
    """A file that says nothing of the digest gets the published limits."""
    digest = parsed("sources: []\n").digest
    limits = digest.limits
    assert (limits.requests_at_once, limits.requests_per_host, limits.request_seconds) == (
        50,
        2,
        20,
    )
    assert (limits.body_mib, limits.redirects, limits.history_requests, limits.stories) == (
        16,
        10,
        250,
        40,
    )
    assert (digest.timezone, digest.fiscal_year_starts, digest.languages) == ("UTC", 1, ("en",))
    assert digest.delivery.approval == "required"


_SOURCE = "sources:\n  - name: A\n    url: https://a.example/\n    "
# mistakes.txt: `=== name`, the text of a sources.yaml, `--> ` and the one message that it gives
_MISTAKES = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8").split("=== ")[1:]
WRONG = [re.fullmatch(r"(.+)\n((?s:.*))--> (.+)\n*", case).groups() for case in _MISTAKES]


@pytest.mark.parametrize(
    ("text", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_one_mistake_one_message(text: str, message: str) -> None:
    """Each mistake alone: place, path, what is wrong and what is allowed."""
    assert [str(one) for one in problems(text)] == [f"sources.yaml:{message}"]


RIGHT = [
    ("a port", "url: https://a.example:8443/feed"),
    ("a query with a token", "url: https://a.example/feed?id=1&t=x@y"),
    ("capitals", "url: HTTPS://A.EXAMPLE/Feed"),
    ("a name in another script", "url: https://ไทย.example/ฟีด"),
    ("an address of its own machine", "url: http://127.0.0.1:8765/x/feed"),
    ("a script subtag", "url: https://a.example/\n    language: zh-Hant-TW"),
    ("a whole weight", "url: https://a.example/\n    weight: 0"),
    ("empty keys", "url: https://a.example/\n    tags:\n    headers:\n    weight:\n    tier:"),
]  # fmt: skip


@pytest.mark.parametrize("keys", [case[1] for case in RIGHT], ids=[case[0] for case in RIGHT])
def test_what_is_right_is_taken(keys: str) -> None:
    """Nothing that a publisher may have is refused."""
    assert len(parsed(f"sources:\n  - name: A\n    {keys}\n").sources) == 1


def test_missing_variables_are_warnings() -> None:
    """What is right in the file and missing around it is told, never its value, and only for what is switched on."""
    text = FULL.replace("enabled: false", "enabled: true")
    config = parsed(text, {"FEED_TOKEN": " "})
    assert config.warnings == (
        "source Vendor Blog: the environment variable FEED_TOKEN is not set, so its header Authorization is not sent",
        "mailbox letters: the environment variable IMAP_PASSWORD is not set, so it cannot be read",
    )
    assert dict(config.sources[0].headers) == {"X-Region": "eu"}
    assert parsed(FULL, {"IMAP_PASSWORD": "p"}).warnings == ()
    assert parsed("sources: []").warnings == ()  # only who wants to read needs one


@pytest.mark.parametrize("secret", ["a\r\nHost: evil.example", "a\0b", "schlüssel"])
def test_a_secret_cannot_write_a_header(secret: str) -> None:
    """A value that a header cannot hold is left out and told, without repeating it."""
    config = parsed(_SOURCE + "headers: {X-A: {value_env: T}}", {"T": secret})
    assert not config.sources[0].headers
    assert "holds what a header cannot hold" in config.warnings[0]
    assert secret not in config.warnings[0]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(?:a|a)*b", ".*.*.*x", "(?i)(a*)*"])
def test_a_pattern_of_subjects_that_could_take_long_is_refused(pattern: str) -> None:
    """As those of the vocabulary are."""
    (problem,) = problems(
        "digest: {mailboxes: {m: {host: a.example, user: u, password_env: P}}}\nsources:\n"
        f"  - {{name: A, newsletter: {{account: m, subject: '{pattern}'}}}}\n"
    )
    assert "could take very long" in problem.what


def test_a_secret_is_in_no_repr() -> None:
    """What is logged of a configuration knows no secret."""
    config = parsed(_SOURCE + "headers: {X-A: {value_env: T}}", {"T": "hunter2\n"})
    assert config.sources[0].headers["X-A"] == "hunter2"
    assert "hunter2" not in repr(config)


def test_the_fingerprint_knows_values_alone() -> None:
    """Comments, order of keys, quotes, written-out defaults and secrets change nothing; a value changes it."""
    text = "digest: {title: T, timezone: UTC}\nsources:\n  - name: A\n    url: https://a.example/\n    tags: [x]\n"
    same = (
        "# c\nsources:\n- {tags: [x], 'url': \"https://a.example/\", name: A, weight: 1, enabled: true}\n"
        "digest:\n  title: T\n"
    )
    assert parsed(text).fingerprint == parsed(same, {"FEED_TOKEN": "x"}).fingerprint
    assert parsed(text).fingerprint != parsed(text.replace("[x]", "[y]")).fingerprint
    assert re.fullmatch("[0-9a-f]{64}", parsed(text).fingerprint)


def test_who_gets_an_edition_does_not_change_it() -> None:
    """So a new reader, or another mail server, asks for no new build and no new approval."""
    text = "digest: {title: A}\nsources:\n  - {name: X, url: 'https://x.example/feed'}\n"
    more = "title: A, contact: me@x.example, delivery: {from: a@x.example, smtp: {host: x}, to: [b@x.example]}"
    assert parsed(text).fingerprint == parsed(text.replace("title: A", more)).fingerprint
    assert parsed(text).fingerprint != parsed(text.replace("title: A", "title: B")).fingerprint


SLUGS = [
    ("Search Engine Journal", "search-engine-journal"),
    ("Turing News (Alan Turing Institute)", "turing-news-alan-turing-institute"),
    ("36Kr", "36kr"),
    ("Siècle Digital", "siecle-digital"),
    ("Straße & Søn", "strasse-s-n-298eb82a"),
    ("../../etc/passwd", "etc-passwd"),
    ("a\\b|c;rm -rf $HOME`x`", "a-b-c-rm-rf-home-x"),
]


@pytest.mark.parametrize(("name", "slug"), SLUGS, ids=[case[0] for case in SLUGS])
def test_slugs(name: str, slug: str) -> None:
    """Letters and digits are kept; a name that loses letters is marked."""
    assert slugify(name) == slug


def test_names_that_lose_all_letters_stay_apart() -> None:
    """Thai, Japanese, Arabic and emoji names each have a slug of their own."""
    names = [
        "การตลาด",
        "ข่าว",
        "マーケ",
        "広告",
        "إعلان",
        "🦊",
        "…",
        "Яндекс",
        "x" * 100,
        "x" * 101,
        "ฟีด Blog",
        "ข่าว Blog",
    ]
    assert len({slugify(name) for name in names}) == len(names)


@given(st.text(min_size=1, max_size=80))
@try_examples(300)
def test_a_slug_is_safe_in_a_path(name: str) -> None:
    """Whatever a source is called, its slug is one harmless file name, and always the same."""
    slug = slugify(name)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 60
    assert slugify(name) == slug


def test_load_sources_reads_the_file(tmp_path: Path) -> None:
    """The edge names the file as it was called."""
    path = tmp_path / "sources.yaml"
    path.write_text(FULL, encoding="utf-8")
    assert load_sources(path, {"FEED_TOKEN": "x", "IMAP_PASSWORD": "y"}) == parsed(
        FULL, {"FEED_TOKEN": "x", "IMAP_PASSWORD": "y"}
    )
    path.write_text("sources: [", encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"^{path}:1:"):
        load_sources(path, {})


_BITS = [
    ": ",
    "- ",
    "\n",
    "\n  ",
    "[",
    "]",
    "{",
    "}",
    "~",
    "1",
    '"',
    "'",
    "&x ",
    "*x",
    "!t ",
    "|\n",
    "#",
    "\t",
    "en",
    "[[]]",
]


@given(st.integers(0, 2**32))
@try_examples(150)
def test_any_damage_to_a_file_is_read_or_told(seed: int) -> None:
    """A full file with pieces cut out, doubled and put in gives a configuration or problems in plain words."""
    chance, text = random.Random(seed), FULL
    for _ in range(chance.randint(1, 5)):
        at, other = chance.randrange(len(text)), chance.randrange(len(text))
        added = chance.choice([chance.choice(_BITS), text[other : other + 30], ""])
        text = text[:at] + added + text[at + chance.choice([0, 0, 8]) :]
    told = ""
    try:
        parsed(text)
    except ConfigError as error:
        told = str(error)
    assert not re.search(r"Input should|pydantic|NoneType|Traceback", told)


def test_importing_the_package_costs_nothing() -> None:
    """`digest.config` alone brings neither pydantic nor ruamel.yaml; the commands import what they need."""
    code = "import sys, digest.config; print([m for m in ('pydantic', 'ruamel.yaml', 'lxml') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert done.stdout.strip() == "[]"


READING = """
sources:
  - {name: News, url: "https://a.example/news", kind: page,
     select: {item: article.card, link: h2 a}}
  - {name: Posts, url: "https://a.example/api", kind: json,
     paths: {items: data.posts, title: title, link: url}}
  - {name: Letters, url: "https://a.example/letters.xml", newsletter: true}
"""


def test_how_a_source_is_read_can_be_said() -> None:
    page, posts, letters = parse_sources(READING, {}).sources
    assert (page.reading.kind, page.reading.select["link"]) == ("page", "h2 a")
    assert posts.reading.paths == {"items": "data.posts", "title": "title", "link": "url"}
    assert letters.reading.letters is True
    assert letters.mailbox is None


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("kind: page, select: {item: 'a[b'}", "must be a CSS selector"),
        ("select: {item: article}", "is of a source of kind: page"),
        ("kind: json", "where JSON has its entries"),
        ("kind: page, paths: {items: a, title: b, link: c}", "is of a source of kind: json"),
    ],
)
def test_what_cannot_be_read_so_is_told(keys: str, message: str) -> None:
    text = f"sources:\n  - {{name: A, url: 'https://a.example/x', {keys}}}\n"
    with pytest.raises(ConfigError, match=message):
        parse_sources(text, {})


def test_a_class_says_that_it_is_a_vendors() -> None:
    text = "sources:\n  - {name: A, url: 'https://a.example/x', class: release-notes}\n"
    [source] = parse_sources(text, {}).sources
    assert (source.publishes, source.tier) == ("release-notes", "vendor")
