"""Check a laid-out paper: too many pages, text beyond the margins, lone headings, blank pages.

Looks at the boxes that WeasyPrint has laid out, and asks nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

MAX_BLANK = 0.25  # of a page; the last one may hold less
_SLACK = 1.0  # CSS pixels
_LEADING = 16.0  # CSS pixels above and below a line that belong to it
_FRONT_END = "front-end"  # the anchor at the end of page one


def find_layout_faults(pages: Sequence[Any], budget: int) -> tuple[str, ...]:
    """Return the faults of WeasyPrint's pages, in words."""
    faults = [
        f"page {number}: {fault}"
        for number, page in enumerate(pages, 1)
        for fault in _find_page_faults(page._page_box)
    ]
    for number, page in enumerate(pages[:-1], 1):
        blank = measure_blank(page._page_box)
        if blank > MAX_BLANK:
            faults.append(f"page {number}: {blank:.0%} of it is blank")
    if len(pages) > budget:
        faults.insert(0, f"the paper has {len(pages)} pages, and {budget} are allowed")
    if any(_FRONT_END in page.anchors for page in pages[1:]):
        faults.insert(0, "page one does not end on page one")
    return tuple(faults)


def measure_blank(box: Any) -> float:
    """Return the part of a page's height, within its margins, beside which nothing stands."""
    top, height = _find_content_area(box)
    filled, end = 0.0, top
    for first, last in sorted(_list_spans(box)):
        filled += max(0.0, min(last, top + height) - max(first, end))
        end = max(end, last)
    return float(1.0 - filled / height)


def measure_foot(box: Any) -> float:
    """Return the part of a page's height, within its margins, below all that stands on it."""
    top, height = _find_content_area(box)
    ends = (last for _, last in _list_spans(box) if last <= top + height + _LEADING)
    return float(max(0.0, top + height - max(ends, default=top)) / height)


def _find_content_area(box: Any) -> tuple[float, float]:
    """Return where a page's content begins, and how high it can be."""
    top = box.position_y + box.margin_top
    return top, box.margin_height() - box.margin_top - box.margin_bottom


def _list_spans(box: Any) -> list[tuple[float, float]]:
    """Return from where to where each text and picture of a page stands."""
    return [
        (one.position_y - _LEADING, one.position_y + one.height + _LEADING)
        for one in _iter_content_boxes(box)
        if getattr(one, "text", "").strip() or hasattr(one, "replacement")
    ]


def _find_page_faults(box: Any) -> Iterator[str]:
    texts = list(_iter_text_boxes(box))
    right = box.position_x + box.margin_width() - box.margin_right
    bottom = box.position_y + box.margin_height() - box.margin_bottom
    for text in texts:
        if text.position_x + text.width > right + _SLACK:
            yield f"text runs out of the page to the right: {_quote_text(text)}"
        elif text.position_y > bottom + _SLACK:
            yield f"text runs out of the page at its foot: {_quote_text(text)}"
    for heading in _iter_content_boxes(box):
        if heading.element_tag in ("h2", "h3", "h4") and hasattr(heading, "margin_height"):
            below = heading.position_y + heading.margin_height()
            is_followed = any(text.position_y >= below - _SLACK for text in texts)
            # a heading that runs in and wraps leaves a box without words on its last line
            first = next(_iter_text_boxes(heading), None)
            if first and not is_followed and not _is_run_in(heading, texts):
                yield f"a heading stands alone at the foot: {_quote_text(first)}"


def _is_run_in(heading: Any, texts: Sequence[Any]) -> bool:
    """Return whether text goes on beside the last words of a heading."""
    own = list(_iter_text_boxes(heading))
    return bool(own) and any(
        abs(text.position_y - own[-1].position_y) < _LEADING / 2
        and text.position_x >= own[-1].position_x + own[-1].width - _SLACK
        for text in texts
    )


def _iter_content_boxes(box: Any) -> Iterator[Any]:
    """Yield all boxes of a page but those in its margins."""
    for child in getattr(box, "children", ()):
        if "MarginBox" in type(child).__name__ or "FootnoteArea" in type(child).__name__:
            continue
        yield child
        yield from _iter_content_boxes(child)


def _iter_text_boxes(box: Any) -> Iterator[Any]:
    return (child for child in _iter_content_boxes(box) if getattr(child, "text", "").strip())


def _quote_text(box: Any) -> str:
    return f"“{box.text.strip()[:60]}”"
