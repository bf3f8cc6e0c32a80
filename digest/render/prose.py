"""The team's own Markdown as HTML: markup in it is shown as text, and what comes out is cleaned. Pure."""

from __future__ import annotations

import markdown
import nh3
from markupsafe import Markup

_TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "br"}


def render_markdown(text: str) -> Markup:
    """The HTML of a text in Markdown: paragraphs, lists, emphasis and web links, and nothing that loads or acts."""
    made = markdown.Markdown(extensions=["sane_lists"], output_format="html")
    made.preprocessors.deregister("html_block")
    made.inlinePatterns.deregister("html")
    clean = nh3.clean(
        made.convert(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - cleaned just above
