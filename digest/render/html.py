"""The page: one self-contained HTML file that loads nothing and runs only the script it brings.

A Content-Security-Policy in its head names the two texts that may act, by their hash: our style and our script.
"""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from digest.model.edition import Edition
from digest.render.templates import get_environment, read_asset
from digest.render.theme import DocumentTheme
from digest.render.views import PageView, build_page_view
from digest.render.words import load_localizer

_FACES = (
    ("Digest Sans", 400, "inter-400"),
    ("Digest Sans", 600, "inter-600"),
    ("Digest Serif", 600, "source-serif-600"),
)
_THAI_FACES = (
    ("Digest Thai", 400, "noto-sans-thai-400"),
    ("Digest Thai", 600, "noto-sans-thai-600"),
)


def render_html(edition: Edition, theme: DocumentTheme = DocumentTheme()) -> bytes:  # noqa: B008 - frozen
    """The edition as one HTML file, UTF-8. Equal editions give equal bytes."""
    words = load_localizer(edition.language, edition.zone)
    view = build_page_view(edition, words)
    style = build_font_faces(view.lang == "th" or _has_thai(view)) + theme.apply_colours(
        read_asset("css/web.css").decode()
    )
    script = read_asset("js/filter.js").decode()
    template = get_environment(words, theme).get_template("pages/digest.html")
    # Both texts are files of ours; nothing from outside is in them.
    made = template.render(
        page=view, policy=build_csp(style, script), style=Markup(style), script=Markup(script)
    )
    return made.encode("utf-8", "replace")


def build_csp(style: str, script: str) -> str:
    """The Content-Security-Policy that lets one style and one script (or none, "") act; nothing is loaded or sent."""
    act = _hash_source(script) if script else "'none'"
    return (
        f"default-src 'none'; style-src {_hash_source(style)}; script-src {act}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def build_font_faces(thai: bool) -> str:
    """The page's own fonts as rules of a style; `thai` adds those of a script that not every machine has."""
    return "".join(_build_font_face(*face) for face in (*_FACES, *(_THAI_FACES if thai else ())))


def _build_font_face(family: str, weight: int, name: str) -> str:
    data = base64.b64encode(read_asset(f"fonts/web/{name}.woff2")).decode()
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
        f'src:url(data:font/woff2;base64,{data}) format("woff2")}}\n'
    )


def _has_thai(view: PageView) -> bool:
    """Whether any story is in Thai, whose letters not every machine has."""
    sections = (view.five, *view.sections)
    return any(
        story.lang.startswith("th")
        for one in sections
        for group in one.groups
        for story in group.stories
    )
