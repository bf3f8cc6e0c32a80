"""Whether the files of an edition are as they should be: `digest build --check`. Pure, over bytes.

The page: anchors, pictures with words, headings in steps. The paper: what PDF/UA-1 asks for that a program can see.
The mail: its size. All of them: the same stories.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import lxml.html

from digest.render.templates import read_asset
from digest.render.theme import MIN_CONTRAST, DocumentTheme, compute_contrast

_MAX_MAIL_BYTES = 102_000  # bytes; beyond it Gmail cuts a mail off
_CONTRAST_PAIRS = (("--ink", "--paper"), ("--soft", "--paper"), ("--accent", "--paper"), ("--warn", "--paper"),
          ("--ink", "--heat-1"), ("--ink", "--heat-2"), ("--ink", "--heat-3"), ("--on-heat-4", "--heat-4"))  # fmt: skip


def find_faults(files: Mapping[str, bytes], theme: DocumentTheme) -> tuple[str, ...]:
    """What is wrong with an edition's files (name → bytes), in words; () where nothing is."""
    return (
        *(f"digest.html: {fault}" for fault in _find_html_faults(files["digest.html"])),
        *(
            f"digest.pdf: {fault}"
            for fault in find_pdf_faults(files["digest.pdf"], files["edition.json"])
        ),
        *(f"mail.html: {fault}" for fault in _find_mail_faults(files["mail.html"])),
        *(f"colours: {fault}" for fault in find_colour_faults(theme)),
        *_find_story_faults(files),
    )


def _parse_html(html: bytes) -> Any:
    return lxml.html.document_fromstring(
        html.decode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )


def _find_html_faults(html: bytes) -> Iterator[str]:
    page = _parse_html(html)
    if not page.get("lang"):
        yield "the page says no language"
    ids = page.xpath("//@id")
    yield from (
        f"the anchor #{one} stands twice"
        for one in sorted({one for one in ids if ids.count(one) > 1})
    )
    broken = {href for href in page.xpath("//a/@href") if href.startswith("#")} - {
        f"#{one}" for one in ids
    }
    yield from (f"a link leads nowhere: {href}" for href in sorted(broken))
    for picture in page.xpath("//img|//*[local-name()='svg']"):
        if not (picture.get("alt") or picture.xpath("string(*[local-name()='title'])").strip()):
            yield f"a picture has no words: {picture.get('class') or picture.tag}"
    levels = [int(node.tag[1]) for node in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1 or any(after - before > 1 for before, after in pairwise(levels)):
        yield "its headings skip a level"


def _find_mail_faults(html: bytes) -> Iterator[str]:
    if len(html) > _MAX_MAIL_BYTES:
        yield f"has {len(html):,} bytes, and mail programs cut at {_MAX_MAIL_BYTES:,}"
    if _parse_html(html).xpath("//img|//*[local-name()='svg']|//script|//link"):
        yield "holds something that mail programs do not show"


def find_colour_faults(theme: DocumentTheme) -> Iterator[str]:
    """Pairs of text and ground that cannot be read well, by day and by night."""
    blocks = re.findall(
        r":root \{(.*?)\}", theme.apply_colours(read_asset("css/web.css").decode()), re.DOTALL
    )
    day = _parse_colours(blocks[0])
    for name, colours in (("by day", day), ("by night", day | _parse_colours(blocks[1]))):
        for text, ground in _CONTRAST_PAIRS:
            ratio = compute_contrast(colours[text], colours[ground])
            if ratio < MIN_CONTRAST:
                yield (
                    f"{name}, {text} {colours[text]} on {ground} {colours[ground]} has a contrast of {ratio:.1f} to 1, "
                    f"and text needs {MIN_CONTRAST}"
                )


def _parse_colours(block: str) -> dict[str, str]:
    found = re.findall(r"(--[\w-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})\b", block)
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in found
    }


# ---------------------------------------------------------------- paper


def find_pdf_faults(paper: bytes, data: bytes) -> Iterator[str]:
    """What PDF/UA-1 asks for, as far as a program can see it, and that the data is attached."""
    try:
        import pikepdf
    except ImportError:
        yield "its tags could not be looked at: install pikepdf beside digest"
        return
    with pikepdf.open(io.BytesIO(paper)) as document:
        yield from _find_document_faults(document)
        elements = list(_iter_elements(document.Root.get("/StructTreeRoot", pikepdf.Dictionary())))
        yield from _find_tag_faults(elements)
        yield from _find_font_faults(document)
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
    """All structure elements under a node, in reading order."""
    import pikepdf

    below = node.get("/K")
    for child in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _iter_elements(child)


def _find_tag_faults(elements: Sequence[Any]) -> Iterator[str]:
    kinds = [str(element.S)[1:] for element in elements]
    levels = [int(kind[1]) for kind in kinds if re.fullmatch(r"H[1-6]", kind)]
    if (
        levels[:1] != [1]
        or levels.count(1) != 1
        or any(after - before > 1 for before, after in pairwise(levels))
    ):
        yield "its headings skip a level"
    silent = sum(
        not str(one.get("/Alt", "")).strip() for one in elements if str(one.S) == "/Figure"
    )
    if silent:
        yield f"{silent} pictures have no words"
    if "Table" in kinds and "TH" not in kinds:
        yield "its tables have no headings"
    nested = [
        one
        for one in elements
        if str(one.S) in ("/P", "/H1", "/H2", "/H3", "/H4") and one.P.get("/S") == one.S
    ]
    if nested:
        yield f"{len(nested)} paragraphs stand in paragraphs"


def _find_font_faults(document: Any) -> Iterator[str]:
    for page in document.pages:
        for font in page.get("/Resources", {}).get("/Font", {}).values():
            below = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = below.get("/FontDescriptor", {})
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"the font {font.BaseFont} is not embedded"


# ---------------------------------------------------------------- the same stories


def _find_story_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    """HTML and data hold the same stories; the mail, which may name fewer, no other."""
    data = json.loads(files["edition.json"])
    stories = {story["id"] for section in data["sections"] for story in section["stories"]}
    if set(_parse_html(files["digest.html"]).xpath("//article/@id")) != stories:
        yield "digest.html and edition.json do not hold the same stories"
    if not set(_parse_html(files["mail.html"]).xpath("//td/@id")) <= stories:
        yield "mail.html names stories that edition.json does not hold"
