"""Whether the files of an edition are as they should be: `digest build --check`.

The page: anchors, pictures with words, headings in steps. The paper: what PDF/UA-1 asks for that a
program can see. The mail: its size. All of them: the same stories.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import lxml.html

from digest.render.templates import read_asset
from digest.render.theme import MIN_CONTRAST, DocumentTheme, compute_contrast
from digest.text import truncate_text
from digest.wholeness import find_fragment

_MAX_MAIL_BYTES = 102_000  # beyond it Gmail cuts a mail off
_PICTURES = "//img|//*[local-name()='svg']"
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})\b")
_SHORT_COLOUR = re.compile(r"#(.)(.)(.)$")
_CONTRAST_PAIRS = [  # text/ground
    pair.split("/")
    for pair in "ink/paper soft/paper accent/paper warn/paper "
    "ink/heat-1 ink/heat-2 ink/heat-3 on-heat-4/heat-4".split()
]


def find_faults(files: Mapping[str, bytes], theme: DocumentTheme) -> tuple[str, ...]:
    """Return what is wrong with an edition's files (name → bytes), in words."""
    data = files["edition.json"]
    page, mail = _parse_html(files["digest.html"]), _parse_html(files["mail.html"])
    mail_faults, mail_size = [], len(files["mail.html"])
    if mail_size > _MAX_MAIL_BYTES:
        fault = f"has {mail_size:,} bytes, and mail programs cut at {_MAX_MAIL_BYTES:,}"
        mail_faults.append(fault)
    if mail.xpath(f"{_PICTURES}|//script|//link"):
        mail_faults.append("holds something that mail programs do not show")
    faults: dict[str, Iterable[str]] = {
        "digest.html": _find_html_faults(page),
        "digest.pdf": find_pdf_faults(files["digest.pdf"], data),
        "mail.html": mail_faults,
        "colours": find_colour_faults(theme),
    }
    found = [f"{name}: {fault}" for name, faults_of in faults.items() for fault in faults_of]
    sections = json.loads(data)["sections"]
    stories = {story["id"] for section in sections for story in section["stories"]}
    if set(page.xpath("//article/@id")) != stories:
        found.append("digest.html and edition.json do not hold the same stories")
    if not set(mail.xpath("//td/@id")) <= stories:  # the mail may name fewer
        found.append("mail.html names stories that edition.json does not hold")
    found += (f"edition.json: {fault}" for fault in find_sentence_faults(sections))
    return tuple(found)


def find_sentence_faults(sections: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the sentences of sources that are no whole sentences; the team writes as it likes."""
    for section in sections:
        for sentence in (one for story in section["stories"] for one in story["summary"]):
            reason = find_fragment(sentence["text"]) if sentence["url"] else None
            if reason:
                yield f"no whole sentence ({reason}): {truncate_text(sentence['text'], 120)}"


def _parse_html(html: bytes) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8")
    return lxml.html.document_fromstring(html.decode(), parser=parser)


def _find_html_faults(page: Any) -> Iterator[str]:
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
        attached = document.attachments.get("edition.json")
        if attached is None or attached.get_file().read_bytes() != data:
            yield "the data attached to it is not edition.json"


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
