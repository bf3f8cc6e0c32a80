"""The team's own Markdown as HTML: markup in it is shown as text, and the result is cleaned."""

from __future__ import annotations

import markdown
import nh3
from markupsafe import Markup

from digest.text import remove_controls

_TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "br"}


def render_markdown(text: str) -> Markup:
    """Render Markdown: paragraphs, lists, emphasis and web links, nothing that loads or acts."""
    converter = markdown.Markdown(extensions=["sane_lists"], output_format="html")
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    clean = _clean_html(converter.convert(remove_controls(text)))
    if (plain := remove_controls(clean)) != clean:  # a reference as &#4; was one
        clean = _clean_html(plain)  # without it, an address may have become another
    return Markup(clean)  # noqa: S704 - cleaned just above


def _clean_html(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
