"""Feed XML as publishers send it, made well-formed, bounded and harmless for feedparser. Pure.

feedparser raises on some character references, needs seconds for a long author and falls back to a
slow parser on any fault. So lxml reads first, strictly; where that fails, references are repaired;
where that fails too, each entry is salvaged by itself, so that a fault in one cannot take its
neighbours along. Then numbers and lengths are bounded. Nothing external is ever loaded: the
document type is taken off, and of its entities only plain short ones are kept.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from html.entities import html5
from itertools import islice

from lxml import etree

MAX_ENTRIES = 5000
_MAX_SAME = 20  # children of one name in an element, entries not counted
_MAX_ATTRIBUTES = 30  # of an element; feedparser's time grows with the square of their number
_MAX_SHORT = 2000  # characters in what is neither title nor text: names, dates, addresses
_MAX_TEXT = 1_000_000  # characters of markup in one place
_MAX_EXPANDED = 2**20  # characters that a document's own entities may add
_MAX_PREFIXES = 50
_MAX_BEFORE_ROOT = 200_000  # characters
_MAX_PROLOG = 4000  # characters of declarations that are no cause for remark

_ROOT = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<root>(?:[\w.-]{1,30}:)?(?:rss|feed|rdf|channel|(?P<entry>entry)))(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_ITEM = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/)?(?P<name>(?:[\w.-]{1,30}:)?(?:item|entry))(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_DECLARATIONS = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\ufeff", re.DOTALL
)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAIR = re.compile(  # one character beyond the first plane, written as two halves
    r"&#(?:x(d[89ab][\da-f]{2})|(5[56]\d{3}));&#(?:x(d[c-f][\da-f]{2})|(5[67]\d{3}));",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<bare>(?:&(?![#A-Za-z]))+)|&(?!(?:lt|gt|amp|quot|apos);)"
    r"(?:#(?P<dec>\d+);|#[xX](?P<hex>[0-9a-fA-F]+);|(?P<name>[A-Za-z][\w.-]*);)?",
    re.DOTALL,
)
_ENTITY = re.compile(
    r"<!ENTITY\s+([A-Za-z][\w.-]*)\s+"
    r"(?:\"((?:[^\"<&%]|&#\w{1,8};){0,1000})\"|'((?:[^'<&%]|&#\w{1,8};){0,1000})')\s*>"
)
_PAGE = re.compile(r"<(?:!doctype )?html\b", re.IGNORECASE)
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]{0,30}):|\s([A-Za-z_][\w.-]{0,30}):[\w.-]+\s*=")
_DECLARED_PREFIX = re.compile(r"\sxmlns:([A-Za-z_][\w.-]{0,30})\s*=")
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
# Elements by local name in lower case.
_TEXTS = {"description", "summary", "content", "encoded", "abstract", "body", "fullitem"}
_LONG = _TEXTS | {"title"}
_ADDRESSES = {"link", "guid", "id", "origlink"}
_ENTRIES = {"item", "entry"}
_XHTML = "{http://www.w3.org/1999/xhtml}"
_PARENTS = _ENTRIES | {"rss", "rdf", "feed", "channel", "items", "html"}
# What is read; feedparser would take as long again for all else.
_KEPT = _LONG | _ADDRESSES | _PARENTS | {"enclosure"}
_KEPT |= set(
    "pubdate published updated issued modified created date author creator contributor language "
    "generator ttl updateperiod updatefrequency".split()
)

_create_parser = partial(
    etree.XMLParser,
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    remove_comments=True,
    remove_pis=True,
)


@dataclass(frozen=True, slots=True)
class SanitizedFeed:
    """XML that feedparser can read, and what had to be repaired."""

    xml: bytes
    problems: tuple[str, ...]


def sanitize_feed_xml(text: str) -> SanitizedFeed | None:
    """Return the feed in a text; None where there is none."""
    text = _FORBIDDEN.sub("", text)
    roots = _ROOT.finditer(text, 0, _MAX_BEFORE_ROOT)
    start = next((match for match in roots if match["root"]), None)
    if start is None:
        return None
    prolog, body = text[: start.start()], text[start.start() :]
    has_junk = len(prolog) > _MAX_PROLOG or bool(_DECLARATIONS.sub("", prolog))
    if has_junk and start["entry"]:
        return None  # an Atom entry may be a document of its own, but not amid other things
    # of its entities, the harmless: internal, short, without markup or references
    entities = {
        match[1]: _FORBIDDEN.sub("", html.unescape(match[2] or match[3] or ""))
        for match in _ENTITY.finditer(prolog)
    }
    root, problems = _parse_tree(body, entities)
    if root is None:
        return None
    entries = [element for element in root.iter(etree.Element) if local_name(element) in _ENTRIES]
    if not entries and _PAGE.search(prolog):
        return None  # a web page that names a feed's elements somewhere
    if has_junk:
        problems.insert(0, "text stands before the feed")
    if len(entries) > MAX_ENTRIES:
        problems.append(f"it has {len(entries)} entries; the first {MAX_ENTRIES} are read")
    for surplus in entries[MAX_ENTRIES:]:
        parent = surplus.getparent()
        if parent is not None:
            parent.remove(surplus)
    for element in [each for each in root.iter(etree.Element) if local_name(each) in _PARENTS]:
        _drop_unread_children(element)
    _bound_texts(root)
    xml = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return SanitizedFeed(xml, tuple(problems))


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace, in lower case."""
    return _strip_namespace(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=500)
def _strip_namespace(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


# ---------------------------------------------------------------- reading


def _parse_tree(body: str, entities: dict[str, str]) -> tuple[etree._Element | None, list[str]]:
    if not entities:
        try:
            return etree.fromstring(body.encode(), _create_parser()), []
        except etree.XMLSyntaxError:
            pass
    repaired = _repair_markup(body, entities)
    try:
        root = etree.fromstring(repaired.encode(), _create_parser())
    except etree.XMLSyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else "at its end"
        problem = f"its XML is broken ({place}); what could be read was kept"
        return _salvage_entries(repaired), [problem]
    return root, [] if entities else ["characters or prefixes were repaired"]


def _repair_markup(text: str, entities: dict[str, str]) -> str:
    """Make every reference one that XML knows, and declare what prefixes nobody declares.

    A lone & stands for itself; a character that XML forbids goes.
    """
    room = _MAX_EXPANDED

    def join_surrogates(match: re.Match[str]) -> str:
        high, low = (int(match[n], 16) if match[n] else int(match[n + 1]) for n in (1, 3))
        is_pair = 0xD800 <= high < 0xDC00 <= low < 0xE000
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) if is_pair else ""

    def repair_reference(match: re.Match[str]) -> str:
        nonlocal room
        name = match["name"]
        if match[0].startswith("<"):
            return match[0]
        if match["dec"] or match["hex"]:
            digits = (match["dec"] or match["hex"]).lstrip("0")[:8] or "0"
            code = int(digits, 10 if match["dec"] else 16)
            if 128 <= code < 160:  # meant as Windows-1252
                return bytes([code]).decode("cp1252", "ignore")
            is_allowed = code < 0x110000 and (code in (9, 10, 13) or code >= 32)
            return f"&#{code};" if is_allowed and not _FORBIDDEN.match(chr(code)) else ""
        if name is None:
            return "&amp;" * len(match["bare"] or "&")
        if name in entities:
            room -= len(entities[name])
            return html.escape(entities[name]) if room > 0 else ""
        meant = html5.get(name + ";")
        return html.escape(meant) if meant else f"&amp;{name};"

    text = _REFERENCE.sub(repair_reference, _PAIR.sub(join_surrogates, text))
    known = {"xml", "xmlns", *_DECLARED_PREFIX.findall(text)}
    used = (match[1] or match[2] for match in _PREFIX.finditer(text))
    missing = islice(dict.fromkeys(prefix for prefix in used if prefix not in known), _MAX_PREFIXES)
    more = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix.lower(), "urn:undeclared:" + prefix)}"'
        for prefix in missing
    )
    return re.sub(r"^<[\w.:-]+", lambda name: name[0] + more, text, count=1) if more else text


# ---------------------------------------------------------------- salvage


def _salvage_entries(text: str) -> etree._Element | None:
    """Return the head of a broken feed with each of its entries, read one by one."""
    pieces = list(islice(_iter_entry_pieces(text), MAX_ENTRIES + 1))
    head = text[: pieces[0][0]] if pieces else text
    root = etree.fromstring(head.encode(), _create_parser(recover=True)) if head else None
    if root is None:
        return None
    opening = head[: head.find(">") + 1].rstrip("/>") + ">" if ">" in head else "<rss>"
    closing = f"</{opening.split()[0].strip('<>')}>"
    home = next((child for child in root if local_name(child) == "channel"), root)
    for start, end, is_whole in pieces:
        wrapped = etree.fromstring(
            f"{opening}{text[start:end]}{closing}".encode(), _create_parser(recover=True)
        )
        if wrapped is None or not len(wrapped):
            continue
        entry = wrapped[0]
        if not is_whole and len(entry):
            entry.remove(entry[-1])  # what was being written when the feed broke off
        if len(entry):
            home.append(entry)
    return root


def _iter_entry_pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where each entry starts and ends, and whether its end was written."""
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


# ---------------------------------------------------------------- bounds


def _drop_unread_children(parent: etree._Element) -> None:
    """Keep the children that are read, few of each name.

    Of an entry's pictures and videos, title and description stay where the entry has none: YouTube
    tells only there what a video is about.
    """
    seen: Counter[str] = Counter()
    media: list[etree._Element] = []
    for child in list(parent):
        name = local_name(child)
        is_media = isinstance(child.tag, str) and "mrss" in child.tag.partition("}")[0]
        seen[name] += not is_media and name not in _PARENTS
        if is_media or name not in _KEPT or seen[name] > _MAX_SAME:
            parent.remove(child)
        if is_media and local_name(parent) in _ENTRIES:
            media += child.iter(etree.Element)
    for name, alternatives in (("title", {"title"}), ("description", _TEXTS)):
        if media and not any(seen[alternative] for alternative in alternatives):
            found = next((element for element in media if local_name(element) == name), None)
            parent.extend([] if found is None else [found])


def _write_html(element: etree._Element) -> str:
    """Return an element inside a text as HTML, whose readers take `<iframe/>` for a start alone."""
    for each in element.iter(etree.Element):
        if each.tag.startswith(_XHTML):
            each.tag = each.tag.removeprefix(_XHTML)
    etree.cleanup_namespaces(element)
    return etree.tostring(element, encoding="unicode", method="html")


def _bound_texts(root: etree._Element) -> None:
    """Cut attributes and texts that are too much."""
    for element in list(root.iter(etree.Element)):
        for attribute in list(element.attrib)[_MAX_ATTRIBUTES:]:
            del element.attrib[attribute]
        element.tail = None
        name, text = local_name(element), element.text or ""
        if name in _LONG:
            # in one piece of CDATA, with the elements inside it as markup: feedparser is handed
            # text piece by piece, and every `&lt;` makes two
            if len(element):
                inner = "".join(map(_write_html, element))
                text = html.escape(text, quote=False) + inner
                element[:] = []
                element.set("type", "html")
            if text:
                element.text = etree.CDATA(text[:_MAX_TEXT])
        elif len(text) > _MAX_SHORT:  # feedparser's pattern for authors is quadratic
            # half an address is another address
            element.text = None if name in _ADDRESSES else text[:_MAX_SHORT]
