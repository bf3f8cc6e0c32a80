"""What holds for any bytes at all: a check for each part that reads what strangers send.

A check takes bytes and raises AssertionError, or whatever the part raised and should not have.
`tests/test_fuzz.py` runs each shortly, `tools/fuzz.py` for as long as one likes.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from digest.app.logs import mask_secrets
from digest.config.tree import parse_yaml
from digest.deliver.message import OutgoingMail, build_message, sanitize_header
from digest.errors import ConfigError, DeliveryError, ParseError
from digest.fetch.http.guard import is_public
from digest.fetch.http.inflate import CodingError, Inflater, TooLargeError, unpack_gzip
from digest.fetch.mail.newsletters import parse_newsletter
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import parse_date
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.fields import normalize_link, normalize_title
from digest.fetch.read.parser_process import UnusableAnswerError, load_answer
from digest.fetch.read.robots import parse_robots
from digest.fetch.watched_changes import compare_pages
from digest.model.retrieved import ParsedFeed
from digest.model.source import WATCH_KINDS, ReadingRule
from digest.patterns import find_faults
from digest.render.prose import render_markdown
from digest.render.theme import find_svg_fault
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

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
_URL = "https://acme.example/feed"
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
_NOTE_TAGS = set("p strong em a ul ol li blockquote code br div span".split())
_MAIL = OutgoingMail(
    message_id="x@acme.example",
    date=datetime(2026, 10, 2, tzinfo=UTC),
    sender="Digest <digest@acme.example>",
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
        assert set(element.attrib) <= {"href", "rel"}
        scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", element.get("href", ""))
        assert scheme is None or scheme[1].lower() in ("http", "https", "mailto")


def check_headers(data: bytes) -> None:
    """Any words make a mail with the headers of every other one, or none at all."""
    words = _text(data)
    kept = sanitize_header(words)
    assert kept == sanitize_header(kept)
    assert "=?" not in kept
    plain = {line.partition(b":")[0] for line in _split_head(build_message(_MAIL))}
    for field in ({"subject": words}, {"edition": words}, {"sender": f"{words} <a@acme.example>"}):
        with contextlib.suppress(DeliveryError):
            mail = OutgoingMail(**{name: getattr(_MAIL, name) for name in _FIELDS} | field)
            made = _split_head(build_message(mail))
            assert {line.partition(b":")[0] for line in made} == plain


_FIELDS = ("message_id", "date", "sender", "to", "subject", "text", "html")


def _split_head(mail: bytes) -> list[bytes]:
    lines = re.split(rb"\r\n|\r|\n", mail.partition(b"\r\n\r\n")[0])
    return [line for line in lines if not line.startswith((b" ", b"\t"))]


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
        for kind in WATCH_KINDS:
            assert compare_pages(page.text, page.text, kind).changes == ()
            compare_pages(page.text, page.text[::-1], kind)


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
