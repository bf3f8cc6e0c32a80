"""Feed XML as publishers send it, made well-formed, small and harmless before feedparser sees it. Pure.

feedparser raises on some character references, needs seconds for a long author and falls back to a slow parser on any
fault. So lxml reads first, strictly; where that fails, references are mended; where that fails too, each entry is
salvaged by itself, so that a fault in one cannot take its neighbours along. Then all that we do not read is cut out.
Nothing external is ever loaded: the document type is taken off, and of its entities only plain short ones are kept.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from itertools import islice

from lxml import etree

MAX_ENTRIES = 5000
_MAX_SAME = 20  # children of one name in an entry
_LONGEST_SHORT = 2000  # characters in what is neither title nor text: names, dates, addresses
_LONGEST_TEXT = 1_000_000  # characters of markup in one place
_MAX_EXPANDED = 2**20  # characters that a document's own entities may add
_PEEK = 200_000  # characters in which the root must stand
_PROLOG = 4000  # characters of declarations that are no cause for remark

_ROOT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<root>(?:[\w.-]{1,30}:)?(?:rss|feed|rdf|channel))(?=[\s>/])",
    re.I | re.S,
)
_ITEM = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<end>/)?(?P<name>(?:[\w.-]{1,30}:)?(?:item|entry))(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAIR = re.compile(  # one character beyond the first plane, written as two halves
    r"&#(?:x(d[89ab][\da-f]{2})|(5[56]\d{3}));&#(?:x(d[c-f][\da-f]{2})|(5[67]\d{3}));",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<bare>(?:&(?![#A-Za-z]))+)|&(?!(?:lt|gt|amp|quot|apos);)(?:#(?P<dec>\d+);|#[xX](?P<hex>[0-9a-fA-F]+);"
    r"|(?P<name>[A-Za-z][\w.-]*);)?",
    re.DOTALL,
)
_ENTITY = re.compile(
    r"<!ENTITY\s+([A-Za-z][\w.-]*)\s+(?:\"((?:[^\"<&%]|&#\w{1,8};){0,1000})\"|'((?:[^'<&%]|&#\w{1,8};){0,1000})')\s*>"
)
_PAGE = re.compile(r"<(?:!doctype )?html\b", re.IGNORECASE)
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]{0,30}):|\s([A-Za-z_][\w.-]{0,30}):[\w.-]+\s*=")
_DECLARATION = re.compile(r"\sxmlns:([A-Za-z_][\w.-]{0,30})\s*=")
_MAX_PREFIXES = 50
_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "atom": "http://www.w3.org/2005/Atom",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
}
# What is read of a feed and of an entry, by local name in lower case; containers come with all that is in them.
_ENTRY_TEXT = {"description", "summary", "content", "encoded", "abstract", "body", "fullitem"}
_ENTRY_KEEPS = _ENTRY_TEXT | set(
    "title link guid id pubdate published updated issued modified created date author creator contributor language "
    "origlink".split()
)
_FEED_KEEPS = set("title link id language generator ttl updateperiod updatefrequency".split())
_ENTRIES = {"item", "entry"}
_CONTAINERS = {"rss", "rdf", "feed", "channel", "html"}
_ADDRESSES = {"link", "guid", "id", "origlink"}
_LONG = _ENTRY_TEXT | {"title"}
_ATTRIBUTES = set("rel href type ispermalink lang base mode version about url src".split())


@dataclass(frozen=True, slots=True)
class SanitizedFeed:
    """XML that feedparser can read, and what had to be mended."""

    xml: bytes
    entries: int
    problems: tuple[str, ...]


def sanitize_feed_xml(text: str) -> SanitizedFeed | None:
    """The feed in a text; None where there is none."""
    text = _FORBIDDEN.sub("", text)
    start = next((match for match in _ROOT.finditer(text, 0, _PEEK) if match["root"]), None)
    if start is None:
        return None
    prolog, body = text[: start.start()], text[start.start() :]
    problems = ["text stands before the feed"] if _is_junk(prolog) else []
    root, trouble = _parse_tree(body, _collect_entities(prolog))
    if root is None:
        return None
    problems += trouble
    entries, cut = _prune_tree(root)
    if not entries and _PAGE.search(prolog):
        return None  # a web page that names a feed's elements somewhere
    if cut:
        problems.append(f"it has {entries + cut} entries; the first {entries} are read")
    return SanitizedFeed(
        etree.tostring(root, encoding="utf-8", xml_declaration=True), entries, tuple(problems)
    )


def _is_junk(prolog: str) -> bool:
    """Whether more than declarations, comments and white space stand before the root."""
    return (
        bool(
            re.sub(
                r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\ufeff",
                "",
                prolog[:_PROLOG],
                flags=re.S,
            )
        )
        or len(prolog) > _PROLOG
    )


def _collect_entities(prolog: str) -> dict[str, str]:
    """The harmless entities of a document type: internal, short, without markup or further references."""
    if "<!ENTITY" not in prolog:
        return {}
    return {
        match[1]: _FORBIDDEN.sub("", html.unescape(match[2] or match[3] or ""))
        for match in _ENTITY.finditer(prolog)
    }


# ---------------------------------------------------------------- reading


def _create_parser(recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _parse_tree(body: str, entities: dict[str, str]) -> tuple[etree._Element | None, list[str]]:
    if not entities:
        try:
            return etree.fromstring(body.encode(), _create_parser()), []
        except etree.XMLSyntaxError:
            pass
    mended = _declare_prefixes(_repair_references(body, entities))
    try:
        return etree.fromstring(mended.encode(), _create_parser()), [] if entities else [
            "characters or prefixes were mended"
        ]
    except etree.XMLSyntaxError as error:
        return _salvage_entries(mended), [
            f"its XML is broken ({_format_error_line(error)}); what could be read was kept"
        ]


def _format_error_line(error: etree.XMLSyntaxError) -> str:
    return f"line {error.lineno}" if error.lineno else "at its end"


def _repair_references(text: str, entities: dict[str, str]) -> str:
    """Every reference one that XML knows. A lone & is itself; a character that XML forbids goes."""
    left = _MAX_EXPANDED

    def repair_reference(match: re.Match[str]) -> str:
        nonlocal left
        if match[0].startswith("<"):
            return match[0]
        if match["bare"]:
            return "&amp;" * len(match["bare"])
        if match["dec"] or match["hex"]:
            return _repair_char_reference(match)
        name = match["name"]
        if name is None:
            return "&amp;"
        if name in entities:
            left -= len(entities[name])
            return html.escape(entities[name]) if left > 0 else ""
        known = html5.get(name + ";")
        return html.escape(known) if known else f"&amp;{name};"

    return _REFERENCE.sub(repair_reference, _PAIR.sub(_join_surrogates, text))


def _repair_char_reference(match: re.Match[str]) -> str:
    digits = (match["dec"] or match["hex"]).lstrip("0")[:8] or "0"
    code = int(digits, 10 if match["dec"] else 16)
    if 128 <= code < 160:  # meant as Windows-1252
        return bytes([code]).decode("cp1252", "ignore")
    sound = (
        code in (9, 10, 13)
        or 32 <= code < 0xD800
        or 0xE000 <= code < 0xFFFE
        or 0x10000 <= code < 0x110000
    )
    return f"&#{code};" if sound else ""


def _join_surrogates(match: re.Match[str]) -> str:
    high, low = (int(match[n], 16) if match[n] else int(match[n + 1]) for n in (1, 3))
    sound = 0xD800 <= high < 0xDC00 <= low < 0xE000
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) if sound else ""


def _declare_prefixes(text: str) -> str:
    """Prefixes that are used and declared nowhere, declared at the root."""
    known = {"xml", "xmlns", *_DECLARATION.findall(text)}
    used = (match[1] or match[2] for match in _PREFIX.finditer(text))
    missing = islice(dict.fromkeys(prefix for prefix in used if prefix not in known), _MAX_PREFIXES)
    more = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix.lower(), "urn:undeclared:" + prefix)}"'
        for prefix in missing
    )
    return re.sub(r"^<[\w.:-]+", lambda name: name[0] + more, text, count=1) if more else text


# ---------------------------------------------------------------- salvage


def _salvage_entries(text: str) -> etree._Element | None:
    """The head of a broken feed and each of its entries, read one by one."""
    pieces = list(islice(_iter_entry_pieces(text), MAX_ENTRIES + 1))
    head = text[: pieces[0][0]] if pieces else text
    root = etree.fromstring(head.encode(), _create_parser(recover=True))
    if root is None:
        return None
    opening = head[: head.find(">") + 1].rstrip("/>") + ">" if ">" in head else "<rss>"
    closing = f"</{opening.split()[0].strip('<>')}>"
    home = next((child for child in root if _local_name(child) == "channel"), root)
    for start, end, whole in pieces:
        wrapped = etree.fromstring(
            f"{opening}{text[start:end]}{closing}".encode(), _create_parser(recover=True)
        )
        if wrapped is None or not len(wrapped):
            continue
        entry = wrapped[0]
        if not whole and len(entry):
            entry.remove(entry[-1])  # what was being written when the feed broke off
        if len(entry):
            home.append(entry)
    return root


def _iter_entry_pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where each entry starts and ends, and whether its end was written."""
    start: int | None = None
    for match in _ITEM.finditer(text):
        if not match["name"]:
            continue
        if match["end"]:
            if start is not None:
                close = text.find(">", match.end())
                yield start, close + 1 if close >= 0 else len(text), close >= 0
                start = None
        else:
            if start is not None:
                yield start, match.start(), True
            start = match.start()
    if start is not None:
        yield start, len(text), False


# ---------------------------------------------------------------- pruning


def _local_name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _is_media(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and "mrss" in element.tag.partition("}")[0]


def _prune_tree(root: etree._Element) -> tuple[int, int]:
    """Cuts out what is not read, in place. The number of entries kept and cut."""
    elements = list(root.iter(etree.Element))
    entries = [element for element in elements if _local_name(element) in _ENTRIES]
    for surplus in entries[MAX_ENTRIES:]:
        parent = surplus.getparent()
        if parent is not None:
            parent.remove(surplus)
    for frame in elements:
        if _local_name(frame) in _CONTAINERS:
            _keep_children(frame, _FEED_KEEPS)
    for entry in entries[:MAX_ENTRIES]:
        _prune_entry(entry)
    for element in root.iter(etree.Element):
        _strip_attributes(element)
    return min(len(entries), MAX_ENTRIES), max(0, len(entries) - MAX_ENTRIES)


def _prune_entry(entry: etree._Element) -> None:
    media = [child for child in entry if _is_media(child)]
    told = any(_local_name(child) in _ENTRY_TEXT and not _is_media(child) for child in entry)
    _keep_children(entry, _ENTRY_KEEPS)
    descriptions = (
        inner
        for element in media
        for inner in element.iter(etree.Element)
        if _local_name(inner) == "description"
    )
    if not told and (description := next(descriptions, None)) is not None:
        _flatten_text(description)
        entry.append(description)  # YouTube tells only here what a video is about


def _keep_children(parent: etree._Element, names: set[str]) -> None:
    """No children but those named, few of each name, none with more text than can be read."""
    seen: Counter[str] = Counter()
    for child in list(parent):
        name = _local_name(child)
        child.tail = None
        if name in _ENTRIES | _CONTAINERS:
            continue
        seen[name] += 1
        broken = (
            name in _ADDRESSES and len(child.text or "") > _LONGEST_SHORT
        )  # half an address is another address
        if name not in names or _is_media(child) or seen[name] > _MAX_SAME or broken:
            parent.remove(child)
            continue
        if name in _LONG:
            _flatten_text(child)
        else:
            _truncate_texts(child)


def _flatten_text(element: etree._Element) -> None:
    """A text in one piece: elements inside it become its markup, and it is written as CDATA. feedparser is handed
    text piece by piece, and every `&lt;` makes two."""
    if len(element):
        inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
        element.text = html.escape(element.text or "", quote=False) + inner
        element[:] = []
        element.set("type", "html")
    if element.text:
        element.text = etree.CDATA(element.text[:_LONGEST_TEXT])


def _truncate_texts(element: etree._Element) -> None:
    """No long text in what is meant to be short, at any depth: feedparser's author pattern is quadratic."""
    for inner in element.iter(etree.Element):
        if inner.text and len(inner.text) > _LONGEST_SHORT:
            inner.text = inner.text[:_LONGEST_SHORT]
        inner.tail = None


def _strip_attributes(element: etree._Element) -> None:
    """No attribute but those that are read: feedparser takes time that grows with the square of their number."""
    for name in list(element.attrib):
        if str(name).rpartition("}")[2].lower() not in _ATTRIBUTES:
            del element.attrib[name]
