"""The mail: page one of the briefing, as HTML that mail programs can show and as plain text.

No picture, no script, nothing loaded. The rest of the briefing is in the PDF that goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from markupsafe import Markup, escape

from digest.model.edition import Edition
from digest.render.templates import get_environment
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views import RenderOptions, StoryLimits, build_page_view
from digest.render.words import load_localizer

MAX_HTML_BYTES = 40_000
_NOTES_MARKER = "<!--notes-->"
_LIMITS = StoryLimits(
    title=300, sentences=2, characters=420, whys=1, quotes=0, sources=3, contexts=0
)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")
_FONT = "font-family:Helvetica,Arial,sans-serif"


def render_mail_parts(edition: Edition, theme: DocumentTheme = DEFAULT_THEME) -> tuple[str, str]:
    """Render page one as an HTML mail and as its plain text. Equal editions give equal texts.

    The HTML's title is the subject of the mail.
    """
    words = load_localizer(edition.language, edition.zone)
    marker = Markup(_NOTES_MARKER)  # noqa: S704 - a constant
    view = build_page_view(edition, words, RenderOptions(_LIMITS, _LIMITS))

    def render(name: str) -> str:
        return get_environment(words, theme).get_template(name).render(page=view, marker=marker)

    html = re.sub(r"\n\s*\n+", "\n", render("mail/digest.html")).strip() + "\n"
    return html, re.sub(r"\n{3,}", "\n\n", render("mail/digest.txt")).strip() + "\n"


def read_subject(html: str) -> str:
    """Return the subject that a mail was rendered with; "" where it has none."""
    found = _TITLE.search(html)
    return " ".join(unescape(found[1]).split()) if found else ""


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
    approver: str = ""  # who is asked to release it by a link of their own
    approval_link: str = ""
    approval_until: datetime | None = None  # from when on the link is void


def format_subject(subject: str, context: MailingContext) -> str:
    """Return the subject line of one mailing: the edition's, and whether it is a draft of it."""
    words = load_localizer(context.language)
    if context.draft:
        return words.translate("[Draft] %(subject)s", subject=subject)
    if context.proof:
        return words.translate("[Proof] %(subject)s", subject=subject)
    if context.version > 1:
        return words.translate("Correction: %(subject)s", subject=subject)
    return subject


def format_notes(context: MailingContext) -> tuple[str, ...]:
    """Return what stands above the edition: draft, proof, correction, where the whole of it is."""
    words = load_localizer(context.language)
    notes: list[str] = []
    if context.approval_link:
        notes += format_request(context)
        notes.append(
            words.translate("Look at it and release it here: %(link)s", link=context.approval_link)
        )
    elif context.draft:
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


def format_request(context: MailingContext) -> tuple[str, ...]:
    """Return what an approver is told beside the link that they get."""
    words = load_localizer(context.language)
    until = context.approval_until
    return (
        words.translate(
            "Draft, which waits for %(name)s: nobody else gets it before it is released.",
            name=context.approver,
        ),
        words.translate(
            "The link names the readers first. It works once, until %(day)s, and only while this "
            "edition is as it is; whoever has it can use it, so do not pass it on.",
            day=words.format_date(until.date()) if until else "",
        ),
    )


def format_request_label(language: str) -> str:
    """Return the words of a link by which an edition is released."""
    return load_localizer(language).translate("Look at it and release it")


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
