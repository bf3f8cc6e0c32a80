"""Whether the files of an edition are as they should be: `digest build --check`.

The page: anchors, pictures with words, headings in steps. The paper: what PDF/UA-1 asks for that a
program can see, letters large enough to read, every story that must be on it. The mail: its size.
All of them: the same stories, whole sentences, sums that add up, and no private word.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from html import unescape
from itertools import pairwise
from typing import Any

import lxml.html

from digest.model.sections import FIRST_SECTION
from digest.render.mail import MAX_HTML_BYTES
from digest.render.pdf_text import iter_page_text, read_pdf_text
from digest.render.templates import read_asset
from digest.render.theme import MIN_CONTRAST, DocumentTheme, compute_contrast
from digest.wholeness import find_fragment

_MIN_FONT_SIZE = 8.5  # points
_SIZE_SLACK = 0.05
_ALWAYS_PRINTED = frozenset({FIRST_SECTION, "deals", "rules"})
_MIN_PRIVATE_LENGTH = 8  # letters of a private text; a shorter one may be any word
_SENTENCE_FIELDS = {"text", "source", "url"}
_PICTURES = "//img|//*[local-name()='svg']"
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})\b")
_SHORT_COLOUR = re.compile(r"#(.)(.)(.)$")
_CONTRAST_PAIRS = [  # text/ground
    pair.split("/")
    for pair in "ink/paper soft/paper accent/paper warn/paper "
    "ink/heat-1 ink/heat-2 ink/heat-3 on-heat-4/heat-4".split()
]


def find_faults(
    files: Mapping[str, bytes], theme: DocumentTheme, private: Collection[str] = ()
) -> tuple[str, ...]:
    """Return what is wrong with an edition's files (name → bytes), in words.

    `private` are texts that no reader may see: the team's remarks, tokens.
    """
    data = files["edition.json"]
    edition = json.loads(data)
    faults: dict[str, Iterable[str]] = {
        "digest.html": find_html_faults(files["digest.html"], edition),
        "digest.pdf": find_pdf_faults(files["digest.pdf"], data),
        "mail.html": find_mail_faults(files["mail.html"], edition),
        "edition.json": find_data_faults(edition),
        "colours": find_colour_faults(theme),
    }
    found = [f"{name}: {fault}" for name, faults_of in faults.items() for fault in faults_of]
    return tuple(dict.fromkeys((*found, *find_private_words(files, private))))


# ---------------------------------------------------------------- what is told


def find_data_faults(edition: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with an edition, given as edition.json has it."""
    yield from find_broken_sentences(edition)
    yield from find_wrong_sums(edition)


def find_broken_sentences(edition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sentences of an edition, given as edition.json has it, that are not whole."""
    headlines = set(_iter_headlines(edition))
    for text in _iter_sentences(edition):
        if text not in headlines and (fault := find_fragment(text)):
            yield f"not a whole sentence ({fault}): “{text[:80]}”"


def _iter_headlines(edition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the headlines of an edition: they may stand for a sentence, and are not whole ones."""
    for section in edition["sections"]:
        for story in (*section["stories"], *section.get("briefs", ())):
            yield story.get("title", "")
    for row in edition.get("register", ()):
        yield row["title"]


def _iter_sentences(node: Any) -> Iterator[str]:
    """Yield the sentences of sources under a node that are printed as such.

    The answers to the points of a claim are parts of sentences; what dates a rule is not printed.
    """
    if isinstance(node, list):
        for child in node:
            yield from _iter_sentences(child)
    elif isinstance(node, dict):
        if node.keys() == _SENTENCE_FIELDS and node["url"]:  # without one it is the team's
            yield node["text"]
        for name, child in node.items():
            if name not in ("points", "claims", "dated_by"):
                yield from _iter_sentences(child)


def find_wrong_sums(edition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the currencies in which the products of the stack do not add up to the total."""
    stack = edition.get("stack")
    if not stack:
        return
    sums: Counter[str] = Counter()
    for line in stack["lines"]:
        if cost := line["product"].get("cost"):
            sums[cost["currency"]] += cost["amount"]
    totals = {money["currency"]: money["amount"] for money in stack["spend"]["total"]}
    for currency in sorted({*sums, *totals}):
        rows, total = sums[currency], totals.get(currency, 0)
        if abs(rows - total) >= 0.01:
            yield (
                f"the products of the stack add up to {rows:,.2f} {currency}, and the total shown "
                f"is {total:,.2f}"
            )


def _find_row_faults(page: Any, edition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the products of the stack that the page does not name among the others."""
    section = page.xpath("//*[@id='stack']")
    if not section or not edition.get("stack"):
        return
    shown = _squeeze(section[0].text_content())
    for line in edition["stack"]["lines"]:
        name = line["product"]["name"]
        if _squeeze(name) not in shown:
            yield f"the stack has no row for {name}"


def find_private_words(files: Mapping[str, bytes], private: Collection[str]) -> list[str]:
    """Return the files that hold a private text; the text itself is not repeated."""
    needles = [needle for text in private if len(needle := _squeeze(text)) >= _MIN_PRIVATE_LENGTH]
    if not needles:
        return []
    texts = {name: content.decode(errors="replace") for name, content in files.items()}
    texts["digest.pdf"] = read_pdf_text(files["digest.pdf"])
    # As a browser and as a program reads it: what HTML and JSON escape is found too.
    haystacks = {name: _squeeze(unescape(text)) for name, text in texts.items()}
    haystacks["edition.json"] = _squeeze(
        json.dumps(json.loads(files["edition.json"]), ensure_ascii=False).replace("\\", "")
    )
    return [
        f"{name}: holds a private text of the team"
        for name, haystack in haystacks.items()
        if any(needle.replace("\\", "") in haystack for needle in needles)
    ]


def _squeeze(text: str) -> str:
    """Return a text without spaces, in which line ends change nothing."""
    return "".join(text.split()).casefold()


# ---------------------------------------------------------------- page and mail


def find_html_faults(page: bytes, edition: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the page of an edition, given as edition.json has it."""
    parsed = _parse_html(page)
    yield from _find_markup_faults(parsed)
    yield from _find_row_faults(parsed, edition)
    told = parsed.xpath("//article/@id[not(starts-with(., 'named-'))]")
    if set(told) != _list_story_ids(edition):
        yield "does not hold the same stories as edition.json"


def find_mail_faults(mail: bytes, edition: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the mail of an edition; it may name fewer stories."""
    if len(mail) > MAX_HTML_BYTES:
        yield f"has {len(mail):,} bytes, and page one needs no more than {MAX_HTML_BYTES:,}"
    parsed = _parse_html(mail)
    if parsed.xpath(f"{_PICTURES}|//script|//link"):
        yield "holds something that mail programs do not show"
    if not set(parsed.xpath("//td/@id")) <= _list_story_ids(edition):
        yield "names stories that edition.json does not hold"


def _list_story_ids(edition: Mapping[str, Any]) -> set[str]:
    return {
        story["id"]
        for section in edition["sections"]
        for story in (*section["stories"], *section["briefs"])
    }


def _parse_html(html: bytes) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8")
    return lxml.html.document_fromstring(html.decode(), parser=parser)


def _find_markup_faults(page: Any) -> Iterator[str]:
    if not page.get("lang"):
        yield "the page says no language"
    ids = Counter(page.xpath("//@id"))
    for anchor in sorted(anchor for anchor, number in ids.items() if number > 1):
        yield f"the anchor #{anchor} stands twice"
    links = {href for href in page.xpath("//a/@href") if href.startswith("#")}
    for href in sorted(href for href in links if href[1:] not in ids):
        yield f"a link leads nowhere: {href}"
    for picture in page.xpath(_PICTURES):
        if not (picture.get("alt") or picture.xpath("string(*[local-name()='title'])").strip()):
            yield f"a picture has no words: {picture.get('class') or picture.tag}"
    levels = [int(node.tag[1]) for node in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1 or _skips_level(levels):
        yield "its headings skip a level"


def _skips_level(levels: Sequence[int]) -> bool:
    return any(after - before > 1 for before, after in pairwise(levels))


def find_colour_faults(theme: DocumentTheme) -> Iterator[str]:
    """Yield pairs of text and ground that cannot be read well, by day and by night."""
    style = theme.apply_colours(read_asset("css/web.css").decode())
    day, night, *_ = (
        {
            name: _SHORT_COLOUR.sub(r"#\1\1\2\2\3\3", colour)
            for name, colour in _COLOUR.findall(block)
        }
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    )
    for name, colours in (("by day", day), ("by night", day | night)):
        for text, ground in _CONTRAST_PAIRS:
            ratio = compute_contrast(colours[text], colours[ground])
            if ratio < MIN_CONTRAST:
                yield (
                    f"{name}, --{text} {colours[text]} on --{ground} {colours[ground]} has a "
                    f"contrast of {ratio:.1f} to 1, and text needs {MIN_CONTRAST}"
                )


# ---------------------------------------------------------------- paper


def find_pdf_faults(paper: bytes, data: bytes) -> Iterator[str]:
    """Yield what PDF/UA-1 asks for and is missing, as far as a program can see it.

    `data` is what has to be attached.
    """
    try:
        import pikepdf
    except ImportError:
        yield "its tags could not be looked at: install pikepdf beside digest"
        return
    with pikepdf.open(io.BytesIO(paper)) as document:
        yield from _find_document_faults(document)
        elements = _iter_elements(document.Root.get("/StructTreeRoot", pikepdf.Dictionary()))
        yield from _find_tag_faults(list(elements))
        pages: Any = document.pages
        tables = (page.get("/Resources", {}).get("/Font", {}) for page in pages)
        for font in (font for table in tables for font in table.values()):
            below = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor: Any = below.get("/FontDescriptor", {})
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"the font {font.BaseFont} is not embedded"
        yield from _find_small_letters(document)
        yield from _find_missing_stories(document, data)
        attached = document.attachments.get("edition.json")
        if attached is None or attached.get_file().read_bytes() != data:
            yield "the data attached to it is not edition.json"


def _find_small_letters(document: Any) -> Iterator[str]:
    for number, page in enumerate(document.pages, 1):
        small = [(size, text) for size, text in iter_page_text(page) if text.strip()]
        size, text = min(small, default=(_MIN_FONT_SIZE, ""))
        if size < _MIN_FONT_SIZE - _SIZE_SLACK:
            yield (
                f"page {number}: letters of {size:.1f} pt, and {_MIN_FONT_SIZE} are the least: "
                f"“{text[:40]}”"
            )


def _find_missing_stories(document: Any, data: bytes) -> Iterator[str]:
    """Yield what must be told on paper and has no place there."""
    names: Any = document.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    printed = {str(name) for name in list(names)[::2]}
    for section in json.loads(data)["sections"]:
        for story in section["stories"]:
            own = bool(story.get("why_it_matters"))
            if (own or section["slug"] in _ALWAYS_PRINTED) and story["id"] not in printed:
                yield f"a story that must stand here does not: “{story['title'][:80]}”"


def _find_document_faults(document: Any) -> Iterator[str]:
    root: Any = document.Root
    with document.open_metadata() as metadata:
        if metadata.get("pdfuaid:part") != "1":
            yield "does not say that it is PDF/UA-1"
        if not metadata.get("dc:title"):
            yield "has no title"
    if not root.get("/Lang"):
        yield "says no language"
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "is not tagged"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "does not show its title"
    if "/OpenAction" in root or "/JavaScript" in root.get("/Names", {}):
        yield "acts when it is opened"
    if list(document.attachments) != ["edition.json"]:
        yield "does not carry edition.json, or carries more"
    for number, page in enumerate(document.pages, 1):
        if "/Annots" in page and page.get("/Tabs") != "/S":
            yield f"page {number}: its links are not in reading order"


def _iter_elements(node: Any) -> Iterator[Any]:
    """Yield all structure elements under a node, in reading order."""
    import pikepdf

    below = node.get("/K")
    for child in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _iter_elements(child)


def _find_tag_faults(elements: Sequence[Any]) -> Iterator[str]:
    kinds = [str(element.S)[1:] for element in elements]
    levels = [int(kind[1]) for kind in kinds if re.fullmatch(r"H[1-6]", kind)]
    if levels[:1] != [1] or levels.count(1) != 1 or _skips_level(levels):
        yield "its headings skip a level"
    figures = (one for one, kind in zip(elements, kinds, strict=True) if kind == "Figure")
    if silent := sum(not str(figure.get("/Alt", "")).strip() for figure in figures):
        yield f"{silent} pictures have no words"
    if "Table" in kinds and "TH" not in kinds:
        yield "its tables have no headings"
    nested = sum(
        kind in ("P", "H1", "H2", "H3", "H4") and element.P.get("/S") == element.S
        for element, kind in zip(elements, kinds, strict=True)
    )
    if nested:
        yield f"{nested} paragraphs stand in paragraphs"
