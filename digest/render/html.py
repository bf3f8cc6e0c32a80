"""The page: one self-contained HTML file that loads nothing and runs only the script it brings.

A Content-Security-Policy in its head names the two texts that may act, by their hash: the style and
the script of the templates folder.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Sequence

from markupsafe import Markup

from digest.model.edition import Edition
from digest.render.templates import get_environment, read_asset
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views import build_page_view
from digest.render.words import load_localizer

_FACES = (
    ("Digest Sans", 400, "inter-400"),
    ("Digest Sans", 600, "inter-600"),
    ("Digest Serif", 600, "source-serif-600"),
)
_THAI_FACES = (  # not every machine has Thai letters
    ("Digest Thai", 400, "noto-sans-thai-400"),
    ("Digest Thai", 600, "noto-sans-thai-600"),
)


def render_html(edition: Edition, theme: DocumentTheme = DEFAULT_THEME) -> bytes:
    """Render the edition as one HTML file, UTF-8. Equal editions give equal bytes."""
    words = load_localizer(edition.language, edition.zone)
    view = build_page_view(edition, words)
    stories = (
        story for section in (view.five, *view.sections.values()) for story in section.stories
    )
    has_thai = view.lang == "th" or any(story.lang.startswith("th") for story in stories)
    style, script = build_web_style(theme, thai=has_thai), read_asset("js/filter.js").decode()
    page = (
        get_environment(words, theme)
        .get_template("pages/digest.html")
        .render(
            page=view,
            policy=build_csp(style, script),
            style=Markup(style),  # noqa: S704 - a file of the product, nothing from outside
            script=Markup(script),  # noqa: S704 - likewise
        )
    )
    return page.encode("utf-8", "replace")


def mark_pages(html: bytes, pages: Sequence[Collection[str]]) -> bytes:
    """Return a page with a line before the first story of each page of the PDF but the first.

    `pages` are the ids of what begins on each, from above. For whoever makes an edition.
    """
    for number, names in enumerate(pages[1:], 2):
        for name in names:
            story = re.compile(rb'<article [^>]*id="%s"' % re.escape(name.encode()))
            if found := story.search(html):
                mark = f'<p class="facts">Page {number} of the PDF</p>'.encode()
                html = html[: found.start()] + mark + html[found.start() :]
                break
    return html


def build_csp(style: str, script: str) -> str:
    """Return the Content-Security-Policy that lets one style and one script act, "" for none."""
    style_hash, script_hash = (
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        if text
        else "'none'"
        for text in (style, script)
    )
    return (
        f"default-src 'none'; style-src {style_hash}; "
        f"script-src {script_hash}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def build_web_style(theme: DocumentTheme, *, thai: bool) -> str:
    """Return the style of a web page in a theme's colours, with its own fonts in it."""
    rules = []
    for family, weight, name in (*_FACES, *(_THAI_FACES if thai else ())):
        data = base64.b64encode(read_asset(f"fonts/web/{name}.woff2")).decode()
        rules.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}\n'
        )
    return "".join(rules) + theme.apply_colours(read_asset("css/web.css").decode())
