"""Lists of feeds, traded with other programs:

OPML and plain lists in, OPML out. Pure.

Files may come from anywhere. Folders stand for tags, and a folder named like a tier (vendor, trade
…) for the tier. Nothing is loaded and no entity is expanded: `&` in front of anything but XML's own
five and numbers is taken for a plain `&`, which repairs the many lists that hold bare ones, and a
file that declares entities is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain, count
from typing import Any

from lxml import etree

from digest.errors import UsageError
from digest.model.source import TIERS, Source, Tier
from digest.text import clean_text, drop_half_letters, quote_words, slugify, truncate_text
from digest.urls import canonical_url, extract_host, is_web_url, redact_url

MAX_BYTES = 5 * 2**20
MAX_FEEDS = 5000
_LONGEST_NAME = 120

_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)")
_TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|<(?P<end>/)?(?P<name>[A-Za-z_][\w:.-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(?P<empty>/)?>",
    re.DOTALL,
)
_ENCODING = re.compile(rb"""[^<]{0,9}<\?xml[^>]{0,99}?encoding\s*=\s*["']([\w.-]{1,40})""")
_ADDRESS = re.compile(r"\b(?:feed:)?(?:https?|feed)://[^\s,;|<>\"')\]]+", re.IGNORECASE)
_AROUND_NAME = " \t,;:|-–—*<>()[]\"'"
_PROBLEM_KINDS = ("holds no address", "is no address that can be read", "no feed was found")
_TIERS: dict[str, Tier] = {tier: tier for tier in TIERS}


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """One feed of a list. `tier` and `language` are None where the list says nothing."""

    name: str
    url: str
    tier: Tier | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether the list gives it a name, or it has that of its host."""
        return self.name != extract_host(self.url)

    def to_source_entry(self) -> dict[str, Any]:
        """Return the keys of an entry in sources.yaml, as `add_source` takes them."""
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class FeedList:
    """The feeds of a list, each address once, and what in it could not be used, in words."""

    feeds: tuple[ListedFeed, ...]
    problems: tuple[str, ...] = ()


def import_feed_list(data: bytes) -> FeedList:
    """Return the feeds of an OPML file, or of a plain list.

    A plain list holds one address a line, with or without a name.

    Raises UsageError where the data is neither, or too large.
    """
    if len(data) > MAX_BYTES:
        raise UsageError("the list is larger than 5 MiB", "split it")
    is_markup = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or data.startswith(
        (b"\xff\xfe", b"\xfe\xff")
    )
    feeds: dict[str, ListedFeed] = {}  # by canonical address
    problems: list[str] = []
    for feed in (_parse_opml if is_markup else _parse_plain_list)(data, problems):
        if not is_web_url(feed.url) or "@" in feed.url.split("/")[2]:
            shown = truncate_text(redact_url(feed.url), 80)
            problems.append(f"{feed.name}: {shown} is no address that can be read")
            continue
        address = canonical_url(feed.url)
        known = feeds.get(address)
        if known:  # a feed that stands in several folders has all of their tags
            tags = _merge_tags(known.tags, feed.tags)
            feed = replace(known, tier=known.tier or feed.tier, tags=tags)
        elif len(feeds) >= MAX_FEEDS:
            raise UsageError(f"the list names more than {MAX_FEEDS} feeds", "split it")
        feeds[address] = feed
    if not feeds:
        reason = problems[0] if problems else "it names no feed"
        raise UsageError(
            f"nothing in the list can be used: {reason}", "give an OPML file, or one address a line"
        )
    return FeedList(tuple(feeds.values()), tuple(problems))


def find_free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with the lowest number that makes it a new one where it is none.

    `taken` are the slugs of those there are: names that are merely near are refused, too.
    """
    names = chain([name], (f"{name} ({n})" for n in count(2)))
    return next(free for free in names if slugify(free) not in taken)


def summarize_problems(problems: Iterable[str]) -> Iterator[str]:
    """Yield one line for each kind of problem: the first of it, and how many more there are."""
    kinds: dict[str, list[str]] = {}
    for problem in problems:
        kind = next((words for words in _PROBLEM_KINDS if words in problem), problem)
        kinds.setdefault(kind, []).append(problem)
    for first, *more in kinds.values():
        yield f"{first} (and {len(more)} more of this kind)" if more else first


def export_opml(sources: Iterable[Source], title: str) -> bytes:
    """Return an OPML 2.0 file of the sources that are feeds.

    They stand in a folder for each tier, and in it in one for each first tag; the other tags stand
    in `category`. Newsletters that come by mail have no address and stay out, and so do headers.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean_text(title)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for source in sources:
        if source.url is None:
            continue
        first = [tag for tag in source.tags[:1] if tag.casefold() not in _TIERS]
        path = (source.tier, *first)
        for depth in range(1, len(path) + 1):
            if path[:depth] not in folders:
                folders[path[:depth]] = etree.SubElement(
                    folders[path[: depth - 1]], "outline", text=path[depth - 1]
                )
        others = ",".join(tag.replace(",", " ") for tag in source.tags[len(first) :])
        given = {"language": source.language, "category": others}
        etree.SubElement(
            folders[path],
            "outline",
            {"type": "rss", "text": source.name, "xmlUrl": source.url}
            | {key: value for key, value in given.items() if value},
        )
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _merge_tags(*tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, chain.from_iterable(tags))))


def _parse_opml(data: bytes, problems: list[str]) -> Iterator[ListedFeed]:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=True
    )
    try:
        whole = drop_half_letters(_BARE_AMPERSAND.sub(b"&amp;", _repair_utf8(data)))
        root = etree.fromstring(_drop_stray_end_tags(whole), parser)
    except etree.XMLSyntaxError as error:
        raise UsageError(f"the list is no OPML: {quote_words(str(error))}") from error
    if root is None or str(root.tag).rpartition("}")[2].lower() != "opml":
        raise UsageError("the list is no OPML", "export it again from the other program")
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise UsageError("the list declares entities of its own, which no program's export does")
    if parser.error_log:
        line: int | None = parser.error_log[0].line
    else:
        line = _find_stray_end_tag(whole)
    if line is not None:
        problems.append(f"the file is broken in line {line}; what could be read was taken")
    for outline in root.iter("outline"):
        stated = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        url = clean_text(stated.get("xmlurl", ""))
        if url:
            url = _normalize_feed_url(url)
            folders = [_get_outline_title(folder) for folder in outline.iterancestors("outline")][
                ::-1
            ]
            tiers = (_TIERS[name.casefold()] for name in folders if name.casefold() in _TIERS)
            tags = (name for name in folders if name.casefold() not in _TIERS)
            categories = map(clean_text, outline.get("category", "").split(","))
            yield ListedFeed(
                name=_name_outline(outline, url),
                url=url,
                tier=next(tiers, None),
                language=clean_text(outline.get("language") or "") or None,
                tags=_merge_tags(tags, (category.strip("/") for category in categories)),
            )


def _repair_utf8(data: bytes) -> bytes:
    """Return a list in whole UTF-8, where it says no other encoding: half a letter is no text."""
    declared = _ENCODING.match(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return data
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return data
    return data.decode("utf-8", "replace").encode()


def _iter_stray_end_tags(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the end tags of what was never opened: the parser would take one for the list's end."""
    opened: list[bytes] = []
    counts = Counter[bytes]()  # of them: to look through them for each end would be quadratic
    for match in _TAG.finditer(data):
        name = match["name"]
        if not name:
            continue
        if not match["end"]:
            opened += [] if match["empty"] else [name]
            counts[name] += not match["empty"]
        elif counts[name]:
            while (closed := opened.pop()) != name:
                counts[closed] -= 1
            counts[name] -= 1
        else:
            yield match


def _drop_stray_end_tags(data: bytes) -> bytes:
    kept, start = bytearray(), 0
    for match in _iter_stray_end_tags(data):
        kept += data[start : match.start()]
        start = match.end()
    return bytes(kept + data[start:])


def _find_stray_end_tag(data: bytes) -> int | None:
    """Return the line of the first end tag of what was never opened."""
    match = next(_iter_stray_end_tags(data), None)
    return None if match is None else data.count(b"\n", 0, match.start()) + 1


def _name_outline(outline: Any, url: str) -> str:
    """Return a feed's title, or its host: a title that is an address may hold a secret."""
    title = _get_outline_title(outline)
    return extract_host(url) if not title or is_web_url(title) else title


def _get_outline_title(outline: Any) -> str:
    title = clean_text(outline.get("text") or "") or clean_text(outline.get("title") or "")
    return truncate_text(title, _LONGEST_NAME)


def _parse_plain_list(data: bytes, problems: list[str]) -> Iterator[ListedFeed]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        line = clean_text(line)
        if not line or line.startswith("#"):
            continue
        match = _ADDRESS.search(line)
        if not match:
            problems.append(f"line {number} holds no address: {quote_words(line)}")
            continue
        before, after = line[: match.start()], line[match.end() :]
        url = _normalize_feed_url(match[0])
        name = before.strip(_AROUND_NAME) or after.strip(_AROUND_NAME) or extract_host(url)
        yield ListedFeed(truncate_text(name, _LONGEST_NAME), url)


def _normalize_feed_url(url: str) -> str:
    """Return `feed://…` and `feed:https://…`, as old readers wrote them, as web addresses."""
    return re.sub(
        r"(?i)^feed:(?://)?(?=https?://)", "", re.sub(r"(?i)^feed://(?!https?:)", "https://", url)
    )
