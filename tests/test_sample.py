"""The sample quarter is what the demo and the tests rely on: whole, varied, invented, and readable by our parsers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from digest.config.sources import SourcesConfig, load_sources
from digest.fetch.mail.newsletters import ParsedNewsletter, parse_newsletter
from digest.fetch.read.feeds import parse_feed
from digest.model.retrieved import ParsedFeed
from digest.model.tags import AI_GRADES, EVENTS, EVIDENCE_GRADES
from digest.period import Quarter
from digest.taxonomy import CATEGORIES
from digest.urls import canonical_url

REPOSITORY = Path(__file__).parents[1]
SAMPLE = REPOSITORY / "digest" / "sample"
VENDORS = REPOSITORY / ".." / "shared" / "landscape" / "vendors.jsonl"
EXPECTED: dict[str, Any] = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))
FEEDS: dict[str, Any] = EXPECTED["feeds"]
LETTERS: dict[str, Any] = EXPECTED["letters"]
ITEMS: list[dict[str, Any]] = EXPECTED["items"]
ALL: list[dict[str, Any]] = ITEMS + EXPECTED["letter_items"]
Q3 = Quarter(2026, 7, "Europe/Rome")
FILES = sorted([*(SAMPLE / "feeds").iterdir(), *(SAMPLE / "letters").iterdir()])
TYPES = {".json": "application/feed+json", ".xml": "application/xml"}


@cache
def sources() -> SourcesConfig:
    return load_sources(SAMPLE / "sources.yaml", {})


@cache
def parsed(slug: str) -> ParsedFeed:
    path = SAMPLE / "feeds" / FEEDS[slug]["file"]
    url = next(source.url for source in sources().sources if source.slug == slug)
    assert url
    return parse_feed(path.read_bytes(), TYPES[path.suffix], url)


def items_of(quarter: Quarter) -> list[dict[str, Any]]:
    """The feeds' items of a quarter; undated ones count for the third, in which they are first seen."""
    return [row for row in ITEMS if when(row) in quarter]


def when(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["published"] or "2026-09-30T20:00:00+00:00").astimezone(UTC)


def language(slug: str, stated: str | None) -> str:
    configured = next(source.language for source in sources().sources if source.slug == slug)
    return (stated or parsed(slug).language or configured or "").partition("-")[0]


# ---------------------------------------------------------------- feeds


@pytest.mark.parametrize("slug", FEEDS)
def test_feed_gives_the_entries_that_were_written(slug: str) -> None:
    """Each feed parses into its entries, with the titles, times, languages and addresses of the texts."""
    document = parsed(slug)
    assert len(document.entries) == FEEDS[slug]["entries"]
    rows = {canonical_url(row["url"]): row for row in ITEMS if row["source"] == slug}
    assert len(rows) == FEEDS[slug]["items"]
    for entry in document.entries:
        row = rows[canonical_url(entry.link)]
        assert entry.title == row["title"]
        assert (entry.published and entry.published.isoformat()) == (
            row["published"] and when(row).isoformat()
        )
        assert language(slug, entry.language) == row["language"]
    assert {canonical_url(entry.link) for entry in document.entries} == rows.keys()


@pytest.mark.parametrize("slug", FEEDS)
def test_feed_has_only_the_faults_it_should_have(slug: str) -> None:
    """One feed is cut off and one is undated; the parser finds nothing wrong with the others."""
    wrong = {
        "ferrule-newswire": r"its XML is broken",
        "changelog-gazette": r"9 of 9 entries have no date",
    }
    problems = "; ".join(parsed(slug).problems)
    assert re.match(wrong[slug], problems) if slug in wrong else not problems


def test_every_entry_says_something() -> None:
    """Each entry has a summary or text of some length, but for the one whose file ends inside it."""
    short = [
        entry.link
        for slug in FEEDS
        for entry in parsed(slug).entries
        if max(len(entry.summary), len(entry.text))
        < (55 if language(slug, entry.language) == "th" else 90)
    ]
    assert short == ["https://ferrule.example/wire/260402-summit"]


def test_all_formats_and_charsets_occur() -> None:
    """RSS 0.91, 0.92, 1.0, several dialects of 2.0, Atom 1.0 and both JSON Feeds; two charsets besides UTF-8."""
    assert {feed["format"] for feed in FEEDS.values()} == {
        "rss-0.91", "rss-0.92", "rss-1.0", "rss-2.0", "rss-2.0-wordpress", "rss-2.0-dublin-core", "atom-1.0",
        "json-1.0", "json-1.1",
    }  # fmt: skip
    assert {feed["charset"] for feed in FEEDS.values()} == {"utf-8", "iso-8859-1", "windows-1252"}
    for feed in FEEDS.values():
        raw = (SAMPLE / "feeds" / feed["file"]).read_bytes()
        assert (raw.decode("utf-8", "replace") == raw.decode("utf-8", "ignore")) == (
            feed["charset"] == "utf-8"
        )


def test_relative_links_stand_under_a_base() -> None:
    """The Atom feed with xml:base has no absolute entry link in the file, and only absolute ones once read."""
    raw = (SAMPLE / "feeds" / "commerce-almanac.xml").read_text(encoding="utf-8")
    assert re.findall(r'rel="alternate"[^>]*href="http', raw) == []
    assert all(
        entry.link.startswith("https://almanac.example/commerce/")
        for entry in parsed("commerce-almanac").entries
    )


def test_a_page_stands_once_in_a_source() -> None:
    """An item's address is its own within its source, though two feeds name one page under two addresses."""
    doubled = [
        key
        for key, count in Counter(
            (row["source"], canonical_url(row["url"])) for row in ITEMS
        ).items()
        if count > 1
    ]
    assert doubled == []
    assert sum(feed["entries"] - feed["items"] for feed in FEEDS.values()) == 2


# ---------------------------------------------------------------- letters


@pytest.mark.parametrize("name", LETTERS)
def test_letter_gives_its_stories(name: str) -> None:
    """Each letter holds its stories in their order, its sponsor marked, and nothing else; a confirmation holds none."""
    letter = parse_newsletter((SAMPLE / "letters" / f"{name}.eml").read_bytes())
    told = [canonical_url(entry.link) for entry in letter.entries if not entry.sponsored]
    assert told == [canonical_url(url) for url in LETTERS[name]["stories"]]
    sponsors = {canonical_url(entry.link) for entry in letter.entries if entry.sponsored}
    assert sponsors <= {canonical_url(LETTERS[name]["sponsored"] or "")}


def test_letters_come_in_three_shapes_from_three_newsletters() -> None:
    """Multipart quoted-printable, base64 HTML alone, plain text alone; each with the headers of a list."""
    raw = {name: (SAMPLE / "letters" / f"{name}.eml").read_bytes() for name in LETTERS}
    assert all(
        b"\r\nList-Id: " in mail and b"\r\nList-Unsubscribe: <https://" in mail
        for mail in raw.values()
    )
    assert b"quoted-printable" in raw["monday-stack-2026-07-20"]
    assert b"base64" in raw["model-margin-2026-08-31"]
    assert b"text/plain" not in raw["model-margin-2026-08-31"]
    assert b"<table" not in raw["plaintext-growth-2026-09-16"]
    assert {letter["source"] for letter in LETTERS.values()} == {
        "the-monday-stack",
        "model-margin",
        "plaintext-growth",
    }


def test_letters_and_feeds_meet_at_an_address() -> None:
    """Every letter that tells stories tells at least two that a feed has too, and one that none has."""
    in_feeds = {canonical_url(row["url"]) for row in ITEMS}
    for letter in LETTERS.values():
        known = [canonical_url(url) in in_feeds for url in letter["stories"]]
        assert not known or known.count(True) >= 2
    assert any(canonical_url(row["url"]) not in in_feeds for row in EXPECTED["letter_items"])


# ---------------------------------------------------------------- what it holds


def test_it_is_a_whole_quarter() -> None:
    """At least 160 items in 14 feeds in 2026-Q3, in every month; some 60 in the quarter before, in the same feeds."""
    now, before = items_of(Q3), items_of(Q3.previous)
    assert len(now) >= 160
    assert len({row["source"] for row in now}) == len(FEEDS) >= 14
    assert min(Counter(when(row).month for row in now).values()) >= 50
    assert 50 <= len(before) <= 75
    assert len({row["source"] for row in before}) >= 14
    assert len(now) + len(before) == len(ITEMS)


def test_languages_are_covered() -> None:
    """English leads; Italian, German and Thai have the shares the demo needs, French and Spanish a few."""
    found = Counter(row["language"] for row in items_of(Q3))
    least = {"en": 100, "it": 12, "de": 10, "th": 8, "fr": 2, "es": 2}
    assert {name: min(found[name], count) for name, count in least.items()} == least
    assert found.keys() == least.keys()


def test_labels_keep_to_the_guide() -> None:
    """Values are the guide's; evidence is given for what AI is claimed to do and for nothing else."""
    for row in ALL:
        assert row["relevant"] in ("yes", "no")
        assert row["category"] in (*CATEGORIES, "none")
        assert len(row["also"]) <= 2
        assert {*row["also"]} <= CATEGORIES.keys() - {row["category"]}
        assert row["ai"] in AI_GRADES
        assert row["evidence"] in (*EVIDENCE_GRADES, "-")
        assert row["event"] in EVENTS
        assert row["evidence"] == "-" or row["ai"] in ("core", "applied")


def test_it_is_varied_enough_to_show_every_section() -> None:
    """Categories, events, grades of evidence and items to be dropped all occur often enough."""
    rows = [row for row in items_of(Q3) if row["relevant"] == "yes"]
    assert len({row["category"] for row in rows} - {"none"}) >= 30
    events = Counter(row["event"] for row in rows)
    for event in (
        "launch",
        "update",
        "acquisition",
        "funding",
        "partnership",
        "regulation",
        "research",
    ):
        assert events[event] >= 4, event
    for event in ("shutdown", "pricing", "people", "results"):
        assert events[event] >= 2, event
    evidence = Counter(row["evidence"] for row in rows)
    assert min(evidence[grade] for grade in EVIDENCE_GRADES) >= 8
    dropped = [row for row in items_of(Q3) if row["relevant"] == "no"]
    assert len(dropped) >= 30
    assert {"howto", "promo", "opinion", "other"} <= {row["event"] for row in dropped}


def test_key_stories_carry_full_text() -> None:
    """At least 25 items have three paragraphs or more beyond their summary."""
    long = [
        entry
        for slug in FEEDS
        for entry in parsed(slug).entries
        if max(len(entry.text), len(entry.summary)) > 900
    ]
    assert len(long) >= 25


def test_stories_join_publishers_and_languages() -> None:
    """At least 25 stories have several reports; the largest are told by five publishers and in four languages."""
    stories = EXPECTED["stories"]
    assert (
        sum(len({report["source"] for report in reports}) > 1 for reports in stories.values()) >= 25
    )
    languages = {row["language"] for row in ALL if row["story"] == "merrowbank-plinthmark-deal"}
    assert languages == {"en", "it", "de", "th"}
    assert all(row["story"] or row["relevant"] == "no" for row in ALL if row["event"] != "update")


def test_a_storys_reports_agree_and_are_near_in_time() -> None:
    """Reports of one story lie within ten weeks of each other and carry one event."""
    for name in EXPECTED["stories"]:
        reports = [row for row in ALL if row["story"] == name and row["published"]]
        times = sorted(when(row) for row in reports)
        assert not times or (times[-1] - times[0]).days <= 70, name
        assert len({row["event"] for row in reports}) <= 1, name


def test_threads_follow_in_time() -> None:
    """Follow-ups are stories of their own, listed oldest first."""
    first = {
        row["story"]: when(row)
        for row in sorted(ALL, key=when, reverse=True)
        if row["story"] and row["published"]
    }
    for thread in EXPECTED["threads"]:
        assert len({*thread}) == len(thread) >= 2
        assert {*thread} <= EXPECTED["stories"].keys()
        times = [first[name] for name in thread if name in first]
        assert times == sorted(times), thread


# ---------------------------------------------------------------- hostile, invented, reproducible

HOSTILE = {
    "bidside-gazette.xml": ["&lt;script&gt;", "onclick=", "javascript:"],
    "commerce-almanac.xml": ["&lt;svg onload=", "onerror="],
    "customer-hour.xml": [
        "{{7*7}}",
        "{% raw %}",
        "<form action=",
        "<base href=",
        "position:fixed",
        "\u202e",
    ],
    "changelog-gazette.xml": ["<!DOCTYPE rss PUBLIC"],
    "halcyra-news.xml": ["data:text/html;base64,", "&lt;iframe", "&lt;style"],
    "siam-martech-daily.json": ["\\u0007", "\\u001b[31m", "\\u0000"],
    "model-margin-2026-08-31.eml": ["=0D=0ABcc=3A_"],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_there(name: str) -> None:
    """What must never run, load or reorder stands in the files as sent."""
    folder = "letters" if name.endswith(".eml") else "feeds"
    raw = (SAMPLE / folder / name).read_text(encoding="utf-8")
    assert [mark for mark in HOSTILE[name] if mark not in raw] == []


def test_hostile_markup_is_gone_once_read() -> None:
    """No tag, handler, script or control character is left in the text of an entry; template marks stay text.

    Summaries and texts keep where a line ends, titles and names do not.
    """
    forbidden = re.compile(
        r"<(?:script|svg|img|iframe|form|style|base|b)\b|onerror=|javascript:"
        r"|[\x00-\x09\x0b-\x1f\u202a-\u202e]",
        re.I,
    )
    letters = [parse_newsletter(path.read_bytes()) for path in FILES if path.suffix == ".eml"]
    documents: list[ParsedFeed | ParsedNewsletter] = [*map(parsed, FEEDS), *letters]
    entries = [entry for document in documents for entry in document.entries]
    texts = [
        text
        for entry in entries
        for text in (entry.title, entry.summary, entry.text, *entry.authors)
    ]
    assert [text for text in texts if forbidden.search(text)] == []
    assert not any("\n" in line for entry in entries for line in (entry.title, *entry.authors))
    assert any("{{7*7}}" in text for text in texts)
    assert all("\n" not in letter.subject and "\r" not in letter.subject for letter in letters)


def test_every_address_is_an_example() -> None:
    """All hosts end in .example, but for the names of XML vocabularies and of JSON Feed."""
    vocabularies = {"purl.org", "www.w3.org", "jsonfeed.org"}
    texts = [
        path.read_bytes().decode("latin-1").replace("=\r\n", "")
        for path in (*FILES, SAMPLE / "sources.yaml")
    ]
    hosts = {
        host for text in texts for host in re.findall(r"https?://([a-z0-9.-]+)", text)
    } - vocabularies
    assert [host for host in sorted(hosts) if not host.endswith(".example")] == []
    assert all(re.search(r"\.example(/|$)", row["url"]) for row in ALL)


def test_no_real_vendor_is_named() -> None:
    """No company of the landscape occurs in the texts, save where its name is a plain word that we use as one."""
    if not VENDORS.exists():
        pytest.skip("needs ../shared/landscape/vendors.jsonl")
    plain_words = {
        "June",
        "Solo",
        "Format",
        "Batch",
        "Box",
        "Curated",
        "Otto",
    }  # Otto: "eight" in Italian
    lines = VENDORS.read_text(encoding="utf-8").splitlines()
    names = {json.loads(line)["name"] for line in lines} - plain_words
    texts = [
        path.read_text(encoding="utf-8")
        for path in (REPOSITORY / "tools" / "sample").rglob("*.yaml")
    ]
    body = "\n".join(re.sub(r"(?m)^\s*#.*$", "", text) for text in texts)
    words = set(re.findall(r"\w[\w&.'-]*", body))
    named = [
        name
        for name in names
        if len(name) > 2 and (name in words if " " not in name else name in body)
    ]
    assert named == []
    assert {vendor for row in ALL for vendor in row["vendors"]} & names == set()


def test_configuration_names_every_file() -> None:
    """sources.yaml is valid, says that it is a sample, and its feeds are the files that are there, by slug."""
    config = sources()
    assert config.digest.title.startswith("Sample")
    assert {source.slug for source in config.sources if source.url} == FEEDS.keys()
    assert {path.name for path in (SAMPLE / "feeds").iterdir()} == {
        feed["file"] for feed in FEEDS.values()
    }
    assert {path.stem for path in (SAMPLE / "letters").iterdir()} == LETTERS.keys()
    mail = {source.slug: source.mailbox for source in config.sources if source.mailbox}
    assert mail.keys() == {letter["source"] for letter in LETTERS.values()}
    assert {rule.path for rule in mail.values()} == {"letters"}


def test_readme_tells_the_cast() -> None:
    """README.md names every source, and every vendor of three or more stories."""
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    told_of = {
        vendor: {row["story"] for row in ALL if vendor in row["vendors"]}
        for row in ALL
        for vendor in row["vendors"]
    }
    cast = {vendor for vendor, stories in told_of.items() if len(stories) >= 3} | {
        s.name for s in sources().sources
    }
    assert sorted(name for name in cast if name not in readme) == []


@pytest.mark.whole
def test_files_are_what_the_texts_make(tmp_path: Path) -> None:
    """Running the generator gives the shipped files byte for byte."""
    command = [sys.executable, "tools/make_sample.py", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, timeout=60)
    for path in (*FILES, SAMPLE / "expected.json"):
        assert (tmp_path / path.relative_to(SAMPLE)).read_bytes() == path.read_bytes(), path.name
