"""The team's own Markdown as HTML: markup in it is shown as text, and the result is cleaned."""

from __future__ import annotations

import re

import markdown
import nh3
from markupsafe import Markup

from digest.text import remove_controls

# Characters passed over in looking for the ends of links: a note of the greatest length (6,000
# characters), one list of a hundred links, needs 600,000.
_MAX_STEPS = 1_000_000
_LINKS = (
    "reference",
    "link",
    "image_link",
    "image_reference",
    "short_reference",
    "short_image_ref",
)
_TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "br"}


def render_markdown(text: str) -> Markup:
    """Render Markdown: paragraphs, lists, emphasis and web links, nothing that loads or acts.

    Where brackets are so many that looking for links would take seconds, they are shown as text.
    """
    converter = markdown.Markdown(extensions=["sane_lists"], output_format="html")
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    if _count_steps(text) > _MAX_STEPS:
        for name in _LINKS:
            converter.inlinePatterns.deregister(name)
    clean = _clean_html(converter.convert(remove_controls(text)))
    if (plain := remove_controls(clean)) != clean:  # a reference as &#4; was one
        clean = _clean_html(plain)  # without it, an address may have become another
    return Markup(clean)  # noqa: S704 - cleaned just above


def _count_steps(text: str) -> int:
    """Return at most how many characters the search for the ends of all links passes over.

    For each bracket it goes to the end of its paragraph, where none closes it.
    """
    return sum(len(part) * part.count("[") for part in re.split(r"\n\s*\n", text))


def _clean_html(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
