"""What holds for any bytes at all: a check for each part that reads what strangers send.

A check takes bytes and raises AssertionError, or whatever the part raised and should not have.
`tests/test_fuzz.py` runs each shortly, `tools/fuzz.py` for as long as one likes.
"""

from __future__ import annotations

import atexit
import contextlib
import gzip
import hashlib
import io
import json
import random
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

from digest.app.backup import unpack_backup
from digest.app.logs import mask_secrets
from digest.config.opml import import_feed_list
from digest.config.spreadsheet import import_stack
from digest.config.tree import parse_yaml
from digest.config.vendors import parse_vendor
from digest.deliver.message import OutgoingMail, build_head, build_message, sanitize_header
from digest.errors import (
    ArchiveError,
    ConfigError,
    DeliveryError,
    FetchError,
    ParseError,
    UsageError,
)
from digest.fetch.http.exchange import (
    HttpResponse,
    build_first_hop,
    follow_redirect,
    parse_retry_after,
    read_validators,
)
from digest.fetch.http.guard import get_host_port, is_public
from digest.fetch.http.inflate import CodingError, Inflater, TooLargeError, unpack_gzip
from digest.fetch.mail.newsletters import parse_newsletter
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import parse_date
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.fields import normalize_link, normalize_title
from digest.fetch.read.pages import read_page
from digest.fetch.read.parser_process import UnusableAnswerError, load_answer
from digest.fetch.read.robots import parse_robots
from digest.fetch.read.sitemaps import parse_sitemap
from digest.fetch.watched_changes import compare_pages
from digest.model.retrieved import ParsedFeed, Validators
from digest.model.source import WATCH_KINDS, ReadingRule
from digest.patterns import find_faults
from digest.period import Quarter
from digest.render.prose import render_markdown
from digest.render.theme import find_svg_fault
from digest.search.lexicon import Lexicon
from digest.search.query import parse_query, parse_question, split_filters
from digest.search.times import extract_time
from digest.text import (
    clean_text,
    html_to_lines,
    html_to_text,
    quote_words,
    split_sentences,
    truncate_text,
)
from digest.urls import (
    canonical_url,
    extract_home,
    hide_url_secrets,
    is_web_url,
    list_url_secrets,
    redact_url,
    resolve_url,
    strip_tracking,
)
from tests.factories.hostile import pack_backup
from tests.factories.served import SECRET, open_served_archive

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
_URL = "https://acme.example/feed"
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_NOTE_TAGS = set("p strong em a ul ol li blockquote code br div span".split())
_NOW = datetime(2026, 10, 2, tzinfo=UTC)
_ME = "digest@acme.example"
_T = TypeVar("_T")
_MAIL = OutgoingMail(
    message_id="x@acme.example",
    date=_NOW,
    sender=f"Digest <{_ME}>",
    to=("cmo@acme.example",),
    subject="News",
    text="Words.",
    html="<p>Words.</p>",
)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def check_masking(data: bytes) -> None:
    """No secret of an address is shown, wherever it stands and whatever stands around it."""
    secret, noise = hashlib.sha256(data).hexdigest()[:24], _text(data)
    first, last = noise[: len(noise) // 2], noise[len(noise) // 2 :]
    for url in (
        f"https://user:{secret}@acme.example/{noise}",
        f"https://acme.example/{first}/{secret}/{last}",
        f"https://acme.example/feed?{first}={secret}&{last}",
        f"https://acme.example/{first}?{last}{secret}",
        f"https://acme.example/{noise}#{secret}",
    ):
        assert secret not in redact_url(url), url
        assert secret not in hide_url_secrets(f"{url} {noise}", url), url
        assert secret not in extract_home(url), url
    assert secret not in mask_secrets(f"{first}{secret}{last}", [secret])
    for part in list_url_secrets(noise):
        if len(part) >= 4 and "*" not in part:
            assert part not in hide_url_secrets(noise, noise)


def check_dates(data: bytes) -> None:
    """A date is one with a zone, or none."""
    found = parse_date(_text(data))
    assert found is None or found.utcoffset() is not None


def check_addresses(data: bytes) -> None:
    """No spelling of a private address is public; whatever passes for an address is one."""
    number = int.from_bytes(hashlib.sha256(data).digest()[:4] if len(data) < 4 else data[:4])
    inner = IPv4Address(number)
    if not is_public(str(inner)):
        for wrapped in (0xFFFF << 32, 0, 0x64FF9B << 96):
            assert not is_public(str(IPv6Address(wrapped | number)))
        assert not is_public(str(IPv6Address(0x2002 << 112 | number << 80)))
        teredo = 0x20010000 << 96 | 0x08080808 << 64 | (number ^ 0xFFFFFFFF)
        assert not is_public(str(IPv6Address(teredo)))
    text = _text(data)
    assert not is_public(text) or re.fullmatch(r"[0-9A-Fa-f.:%\w]+", text)
    canonical = canonical_url(text)
    assert canonical_url(canonical) == canonical
    assert strip_tracking(text) == text or is_web_url(text)
    for url in (resolve_url(text, _URL), normalize_link(text, _URL)):
        assert not url or url.lower().startswith(("http://", "https://"))
        assert not _UNSEEN.search(url.encode("utf-8", "replace").decode())


def check_charset(data: bytes) -> None:
    """Any bytes are text that can be written again."""
    label, _, body = data.partition(b"\n")
    text, _ = decode_body(body, "text/xml; charset=" + label[:30].decode("latin-1"))
    text.encode()


def check_splitter(data: bytes) -> None:
    """Sentences hold every letter; what is cut is short enough."""
    text = clean_text(_text(data))
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())
    assert len(truncate_text(text, 40)) <= 40
    assert quote_words(_text(data)).isprintable()


def check_sanitiser(data: bytes) -> None:
    """Nothing unseen is left in texts, no tag in titles, nothing that acts in notes."""
    text = _text(data)
    for made in (html_to_text(text), html_to_lines(text), normalize_title(text)):
        assert not _UNSEEN.search(made.replace("\n", ""))
    assert not re.search(r"<[a-zA-Z/!?]", normalize_title(text))
    note = str(render_markdown(text))
    assert not _UNSEEN.search(note)
    for element in lxml_html.fromstring(f"<div>{note}</div>").iter():
        assert element.tag in _NOTE_TAGS, element.tag
        assert set(element.attrib) <= {"href", "rel", "title", "lang"}
        scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", element.get("href", ""))
        assert scheme is None or scheme[1].lower() in ("http", "https", "mailto")


def check_headers(data: bytes) -> None:
    """Any words make a mail with the headers of every other one, or none at all."""
    words = _text(data)
    kept = sanitize_header(words)
    assert kept == sanitize_header(kept)
    assert "=?" not in kept
    words = words[:300]  # more is cut, and folding is what takes its time
    field: Mapping[str, Any] = _pick(
        data, ({"subject": words}, {"edition": words}, {"sender": f"{words} <{_ME}>"})
    )
    mail = replace(_MAIL, **field)
    with contextlib.suppress(DeliveryError):
        if _name_headers(mail) != _name_plain_headers():  # Python folds some names to an empty line
            build_message(mail)
            raise AssertionError("a mail with other headers leaves the house")


@cache
def _name_plain_headers() -> list[bytes]:
    return _name_headers(_MAIL)


def _name_headers(mail: OutgoingMail) -> list[bytes]:
    """Return the names in the head of a mail, whose parts take as long to build and are the same."""
    lines = re.split(rb"\r\n|\r|\n", build_head(mail).as_bytes())
    return [line.partition(b":")[0] for line in lines if line[:1] not in (b" ", b"\t")]


def _pick(data: bytes, choices: Sequence[_T]) -> _T:
    """Return one of the choices, always the same for the same bytes."""
    return choices[zlib.crc32(data) % len(choices)]


def check_answers(data: bytes) -> None:
    """Whatever a parser's process sends is a document, words of a fault, or refused."""
    with contextlib.suppress(UnusableAnswerError):
        result, fault = load_answer(data, "feed")
        assert fault is not None or isinstance(result, ParsedFeed)


def check_feed(data: bytes) -> None:
    """Any bytes are a feed of a bounded size, or none."""
    with contextlib.suppress(ParseError):
        feed = parse_feed(data, "", _URL)
        for entry in feed.entries:
            assert len(entry.title) <= 500
            assert not _UNSEEN.search(entry.title + entry.link + (entry.guid or ""))
            assert not re.search(r"<[a-zA-Z/!?]", entry.title)
            assert not entry.link or entry.link.startswith(("http://", "https://", "mailto:"))


def check_letter(data: bytes) -> None:
    """Any bytes are a letter, or none; a subject is one line."""
    with contextlib.suppress(ParseError):
        letter = parse_newsletter(data)
        assert not re.search(r"[\r\n\x00\x1b]", letter.subject + letter.sender + letter.list_id)
        assert all(not _UNSEEN.search(entry.title) for entry in letter.entries)


def check_watched(data: bytes) -> None:
    """Any bytes are the words of a page, or none; beside itself no page has changed."""
    with contextlib.suppress(ParseError):
        (page,) = parse_feed(data, "text/html", _URL, rule=ReadingRule("watch")).entries
        assert not _UNSEEN.search(page.text)
        assert len(page.text) <= 200_000
        kind = _pick(data, WATCH_KINDS)
        assert compare_pages(page.text, page.text, kind).changes == ()
        lines = page.text.splitlines()
        for change in compare_pages(page.text, "\n".join(lines[::2]), kind).changes:
            assert not _UNSEEN.search(change.after + change.before)


def check_yaml(data: bytes) -> None:
    """Any bytes are plain values, or a fault with its place."""
    with contextlib.suppress(ConfigError):
        tree = parse_yaml(data, "f")
        assert _is_plain(tree.plain_value)


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or type(value) in (str, int, float, bool)


def check_inflate(data: bytes) -> None:
    """No coding gives more than its cap."""
    for coding in ("gzip", "deflate", "gzip, gzip"):
        with contextlib.suppress(CodingError, TooLargeError):
            assert sum(map(len, Inflater(coding, 5_000).inflate_chunk(data))) <= 5_000
    assert len(unpack_gzip(data, 5_000)[0]) <= max(5_000, len(data))


def check_robots(data: bytes) -> None:
    """Any bytes are rules, and every address has an answer."""
    rules = parse_robots(data, _URL, "martech-digest")
    assert rules.allows_url("https://acme.example/a?b=c*$") in (True, False)
    assert 0 <= rules.pause <= 10


def check_pattern(data: bytes) -> None:
    """A pattern is refused in words, or takes little."""
    for fault in find_faults(_text(data)):
        assert fault


def check_logo(data: bytes) -> None:
    """An SVG that passes holds nothing that acts."""
    if not find_svg_fault(data):
        assert not re.search(
            rb"<(?:\w+:)?script[\s>/]", re.sub(rb"<!--.*?-->|<!\[CDATA.*?]]>", b"", data)
        )
        for element in etree.fromstring(data).iter(etree.Element):
            names = (str(name).rpartition("}")[2] for name in element.attrib)
            assert not any(name.startswith("on") for name in names)


def check_list(data: bytes) -> None:
    """Any bytes are a page that lists entries, or none."""
    select = _pick(data, ({}, {}, {"item": "li", "link": "a", "title": "a", "date": "time"}))
    with contextlib.suppress(ParseError):
        feed = parse_feed(data, "text/html", _URL, rule=ReadingRule("page", select=select))
        _check_entries(feed)


def check_json(data: bytes) -> None:
    """Any path into any JSON gives entries, or a fault in words."""
    path, _, body = data.partition(b"\n")
    step = clean_text(_text(path))[:100]
    rule = ReadingRule("json", paths={"items": step, "title": f"{step}.*", "link": "0." + step})
    with contextlib.suppress(ParseError):
        _check_entries(parse_feed(body, "application/json", _URL, rule=rule))
    with contextlib.suppress(ParseError):
        _check_entries(parse_feed(body, "application/json", "https://acme.example/wp-json/x"))


def check_sitemap(data: bytes) -> None:
    """Any bytes are a sitemap of web addresses, or none."""
    with contextlib.suppress(ParseError):
        for row in parse_sitemap(data, _URL).rows:
            assert is_web_url(row.url)
            assert not _UNSEEN.search(row.title)


def check_page(data: bytes) -> None:
    """Any bytes are an article's page, or none."""
    with contextlib.suppress(ParseError):
        _check_entries(ParsedFeed(entries=(read_page(data, "text/html", _URL),)))


def _check_entries(feed: ParsedFeed) -> None:
    for entry in feed.entries:
        assert len(entry.title) <= 500
        assert not _UNSEEN.search(entry.title + entry.link)
        assert not entry.link or entry.link.startswith(("http://", "https://", "mailto:"))
        assert entry.published is None or entry.published.utcoffset() is not None


def check_responses(data: bytes) -> None:
    """Any header of an answer is a time within a week, or none; any redirect ends on the web."""
    text = data.decode("latin-1")
    when = parse_retry_after(text, _NOW)
    assert when is None or _NOW <= when <= _NOW + timedelta(days=7)
    read_validators([(b"ETag", data), (b"Last-Modified", data)])
    hop = build_first_hop(_URL, {"X-Key": "planted-key"}, Validators(), verify=True)
    with contextlib.suppress(FetchError):
        after = follow_redirect(hop, HttpResponse(302, {"location": text}, Validators()))
        assert is_web_url(after.url)
        assert "@" not in urlsplit(after.url).netloc
        assert not after.secret or get_host_port(after.url) == "acme.example:443"


def check_vendors(data: bytes) -> None:
    """Any bytes are a vendor's file of clean texts, or are refused with a place."""
    with contextlib.suppress(ConfigError):
        config = parse_vendor(data.decode("utf-8", "replace"))
        for answer in config.record.answers:
            assert not _UNSEEN.search(answer.text)


def check_opml(data: bytes) -> None:
    """Any bytes are a list of feeds on the web, or are refused."""
    with contextlib.suppress(UsageError):
        for feed in import_feed_list(data).feeds:
            assert is_web_url(feed.url)
            assert not _UNSEEN.search(feed.name)


def check_table(data: bytes) -> None:
    """Any bytes are a list of products, or are refused."""
    with contextlib.suppress(UsageError):
        import_stack(data, "list.csv", own_fields=True)


def check_query(data: bytes) -> None:
    """Any words are a search that the index understands, and a question; within their bounds."""
    text = _text(data)
    query = parse_query(text, Lexicon())
    assert len(query.terms) + len(query.without) <= 64
    assert len(query.filters) <= 16
    terms = [*query.terms, *query.without, *parse_question(text, Lexicon())]
    for term in terms:
        words = term.write_match(near=True, far=True)
        _open_index().execute("SELECT count(*) FROM words WHERE words MATCH ?", (words,))
    split_filters(text)
    extract_time(clean_text(text)[:1000], _NOW.date(), Quarter(2026, 7, "UTC"))


@cache
def _open_index() -> sqlite3.Connection:
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE words USING fts5(title, text)")
    return index


def check_backup(data: bytes) -> None:
    """Any bytes are files that a workspace may hold, or a damaged backup."""
    packed = data if data.startswith(b"\x1f\x8b") else gzip.compress(data, 0)
    words = _text(data[:300]).encode("utf-8", "replace").decode()
    for backup in (packed, pack_backup({words: data, f"output/{words}": b""})):
        with contextlib.suppress(ArchiveError):
            for name in unpack_backup(io.BytesIO(backup), "b.tar.gz", _make_folder()):
                assert Path("/w", name).resolve().is_relative_to("/w")
                assert name.isprintable()
                assert max(len(part.encode()) for part in name.split("/")) < 256 - len("..part")


@cache
def _make_folder() -> Path:
    folder = TemporaryDirectory(prefix="fuzz-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def check_served(data: bytes) -> None:
    """Whatever is asked of the served archive, it answers without a fault and tells nothing."""
    path, _, query = data.partition(b"?")
    path = _pick(data, (path, b"/api/search", b"/search", b"/ask", b"/register", path))
    status, body = open_served_archive().get(path, query[:2000])
    assert status in (200, 303, 400, 403, 404, 405), status
    assert SECRET.encode() not in body
    assert b"s3cr3t-of-the-feed" not in body
    assert not body.startswith(b"<!DOCTYPE html") or b"<script>alert" not in body


def check_assistants(data: bytes) -> None:
    """Whatever an assistant asks, it gets an answer of a bounded size, or a fault in words."""
    tool, _, rest = data.partition(b"\n")
    tools = ("search", "ask_passages", "story", "edition", "vendor", clean_text(_text(tool)))
    name = _pick(data, tools)  # the SDK repeats the name of a tool that there is not
    try:
        arguments = json.loads(rest)
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        arguments = dict.fromkeys(("query", "question", "id", "name", "quarter"), _text(rest))
    answer = open_served_archive().call_tool(name, arguments)
    assert len(answer) < 200_000
    assert SECRET not in answer
    assert "s3cr3t-of-the-feed" not in answer
    assert "\x1b" not in answer


CHECKS: Mapping[str, Callable[[bytes], None]] = {
    name.removeprefix("check_"): check
    for name, check in sorted(globals().items())
    if name.startswith("check_")
}


def load_corpus(target: str, folder: Path = CORPUS) -> list[bytes]:
    """Return the kept inputs of a target."""
    return [path.read_bytes() for path in sorted((folder / target).glob("*")) if path.is_file()]


def mutate_inputs(seeds: list[bytes], rng: random.Random) -> Iterator[bytes]:
    """Yield inputs made of seeds without end: cut, joined, doubled, with bytes and words put in."""
    words = sorted(
        {word for seed in seeds for word in re.findall(rb"[\w<>&;:=?%/@#-]{1,16}", seed)}
    )
    words += [b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\r\n", b"&#xD800;", b"%0d%0a", b"]]>", b"'"]
    words += ["\u202e".encode(), "\u2028".encode(), b"=?utf-8?q?", b"?=", b"@", b"//", b"\\", b"-1"]
    while True:
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.choice((1, 1, 2, 4, 8, 16))):
            at = rng.randrange(len(data) + 1)
            to = min(len(data), at + rng.choice((1, 2, 8, 64)))
            step = rng.randrange(6)
            if step == 0 and data:
                data[at % len(data)] = rng.randrange(256)
            elif step == 1:
                data[at:at] = rng.choice(words)
            elif step == 2:
                del data[at:to]
            elif step == 3:
                data[at:at] = data[at:to] * rng.choice((1, 2, 16))
            elif step == 4:
                other = rng.choice(seeds)
                start = rng.randrange(len(other) + 1)
                data[at:to] = other[start : start + rng.choice((4, 32, 256))]
            else:
                data[at:to] = rng.randbytes(to - at)
        yield bytes(data[:4096])
