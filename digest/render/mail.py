"""The mail: page one and the stories after it as HTML that mail programs can show, and as text.

No picture, no script, nothing loaded. The HTML stays under the size at which Gmail cuts a mail off:
a large edition says less of the stories after the first five, and at last names fewer of them; the
plain text holds all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from digest.model.edition import Edition
from digest.render.templates import get_environment
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views import RenderOptions, StoryLimits, build_page_view
from digest.render.words import load_localizer

MAX_HTML_BYTES = 88_000  # Gmail cuts at some 102 kB; notes and line ends still come to it
_NOTES_MARKER = "<!--notes-->"
_MAX_STEPS = 4
_FIRST_LIMITS = StoryLimits(title=300, sentences=3, characters=520, whys=2, quotes=2, sources=6)
_LATER_LIMITS = (
    StoryLimits(title=220, sentences=2, characters=300, whys=1, quotes=1, sources=4),
    StoryLimits(title=160, sentences=1, characters=180, whys=0, quotes=0, sources=2),
    StoryLimits(title=120, sentences=0, characters=0, whys=0, quotes=0, sources=1),
)
_TEXT_LIMITS = StoryLimits(title=300, sentences=3, characters=600, whys=3, quotes=2, sources=12)
_ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")
_FONT = "font-family:Helvetica,Arial,sans-serif"


def render_mail_parts(edition: Edition, theme: DocumentTheme = DEFAULT_THEME) -> tuple[str, str]:
    """Render the edition as an HTML mail and as its plain text. Equal editions give equal texts.

    The HTML is the fullest that fits into the size that mail programs show.
    """
    words = load_localizer(edition.language, edition.zone)
    marker = Markup(_NOTES_MARKER)  # noqa: S704 - a constant

    def render(name: str, options: RenderOptions) -> str:
        view = build_page_view(edition, words, options)
        template = get_environment(words, theme).get_template(name)
        agenda = view.stack_pages.agenda if view.stack_pages else None
        # What is to be decided: some of what was carried over, some of what is proposed.
        steps = (*agenda.carried[:_MAX_STEPS], *agenda.proposals[:_MAX_STEPS]) if agenda else ()
        return template.render(page=view, steps=steps, marker=marker)

    text = render("mail/digest.txt", RenderOptions(_TEXT_LIMITS, _TEXT_LIMITS))
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"

    def render_html(options: RenderOptions) -> tuple[str, int]:
        html = re.sub(r"\n\s*\n+", "\n", render("mail/digest.html", options)).strip() + "\n"
        return html, len(html.encode("utf-8", "replace"))

    for limits in _LATER_LIMITS:
        html, size = render_html(RenderOptions(limits, _FIRST_LIMITS))
        if size <= MAX_HTML_BYTES:
            return html, text
    first, most = _FIRST_LIMITS, max(len(section.stories) for section in edition.sections)
    while size > MAX_HTML_BYTES and first.characters > 40:
        most = most * MAX_HTML_BYTES * 9 // (size * 10)
        if not most:
            first = replace(first, characters=first.characters // 2, sources=2, quotes=0, whys=1)
        kept = {
            section.slug: frozenset(
                story.id for story in section.stories[: most if section.slug != "five" else 5]
            )
            for section in edition.sections
        }
        html, size = render_html(RenderOptions(_LATER_LIMITS[-1], first, kept=kept))
    return html, text


# ---------------------------------------------------------------- what only the sending knows


@dataclass(frozen=True, slots=True)
class MailingContext:
    """How an edition goes out."""

    quarter: str
    language: str
    attached: bool = True  # the PDF comes along
    link: str = ""  # where the edition can be read; "" where nowhere
    proof: bool = False
    draft: bool = False
    version: int = 1
    correction: str = ""  # what a correction changes


def format_subject(title: str, context: MailingContext) -> str:
    """Return the subject line."""
    words = load_localizer(context.language)
    subject = f"{title}, {words.format_quarter(context.quarter)}"
    if context.draft:
        return words.translate("[Draft] %(subject)s", subject=subject)
    if context.proof:
        return words.translate("[Proof] %(subject)s", subject=subject)
    if context.version > 1:
        return words.translate("Correction: %(subject)s", subject=subject)
    return subject


def format_notes(context: MailingContext) -> tuple[str, ...]:
    """Return what stands above the edition: draft, proof, correction, where the whole of it is."""
    words, notes = load_localizer(context.language), []
    if context.draft:
        draft = words.translate(
            "Draft for the team: nobody else has it. Release it with: digest approve %(quarter)s. "
            "It then goes out with the next digest run, or at once with: digest send %(quarter)s.",
            quarter=context.quarter,
        )
        notes.append(draft)
    if context.proof:
        notes.append(
            words.translate("Proof: this copy was sent to look at, and is not the edition itself.")
        )
    if context.version > 1:
        what = context.correction
        notes.append(
            words.translate("Correction, version %(n)s: %(what)s", n=context.version, what=what)
        )
    if context.attached:
        notes.append(words.translate("The whole briefing is attached as a PDF."))
    if context.link:
        notes.append(words.translate("It can be read here: %(link)s", link=context.link))
    return tuple(notes)


def describe_edition(edition: Mapping[str, Any], language: str) -> str:
    """Describe an edition, given as edition.json has it, in one sentence of counts."""
    return load_localizer(language).translate_plural(
        "%(n)s story of marketing technology; the first of the quarter:",
        "%(n)s stories of marketing technology; the first of the quarter:",
        sum(len(section["stories"]) for section in edition["sections"]),
    )


def format_link_label(language: str) -> str:
    """Return the words of a link to an edition."""
    return load_localizer(language).translate("Read the briefing")


def insert_notes(html: str, text: str, lines: Sequence[str]) -> tuple[str, str]:
    """Return both parts of a mail with notes above them."""
    if not lines:
        return html.replace(_NOTES_MARKER, "", 1), text
    style = (
        f"{_FONT};font-size:13px;line-height:19px;color:#16202a;background:#e6f0f1;padding:8px 10px"
    )
    notes = Markup("<br>").join(map(_linkify_line, lines))
    row = f'<tr><td class="d-box d-ink" style="{style}">{notes}</td></tr>'
    return html.replace(_NOTES_MARKER, row, 1), "\n".join((*lines, "", text))


def render_notice(lines: Sequence[str], language: str) -> tuple[str, str]:
    """Render a short mail of lines alone, such as a message to the team."""
    cells = "".join(f'<p style="margin:0 0 10px">{_linkify_line(line)}</p>' for line in lines)
    html = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<title>digest</title></head><body style="{_FONT};font-size:14px;line-height:20px">'
        f"{cells}</body></html>\n"
    )
    return html, "".join(f"{line}\n\n" for line in lines)


def _linkify_line(line: str) -> Markup:
    """Return a line as HTML, its web addresses as links."""
    link = Markup('<a class="d-link" style="color:#0b5563" href="%s">%s</a>')
    parts = _ADDRESS.split(line)  # every second part is an address
    return Markup("").join(
        link % (part, part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )
