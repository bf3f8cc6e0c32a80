"""The mail: page one and the stories after it as HTML that mail programs can show, and as plain text. Pure.

No picture, no script, nothing loaded. The HTML stays under the size at which Gmail cuts a mail off: a large edition
says less of the stories after the first five, and at last names fewer of them; the plain text holds all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from digest.model.edition import Edition
from digest.render.templates import get_environment
from digest.render.theme import DocumentTheme
from digest.render.views import PageView, RenderOptions, StoryLimits, build_page_view
from digest.render.views.stack import StepView
from digest.render.words import N_, Localizer, load_localizer

MAX_HTML_BYTES = 88_000  # of HTML; Gmail cuts at some 102 kB, notes and line ends still come to it
_NOTES_MARKER = "<!--notes-->"
_MAX_STEPS = 4
_FIRST_LIMITS = StoryLimits(title=300, sentences=3, characters=520, whys=2, quotes=2, sources=6)
_LATER_LIMITS = (
    StoryLimits(title=220, sentences=2, characters=300, whys=1, quotes=1, sources=4),
    StoryLimits(title=160, sentences=1, characters=180, whys=0, quotes=0, sources=2),
    StoryLimits(title=120, sentences=0, characters=0, whys=0, quotes=0, sources=1),
)
_PLAIN_TEXT_LIMITS = StoryLimits(
    title=300, sentences=3, characters=600, whys=3, quotes=2, sources=12
)


def render_mail_parts(edition: Edition, theme: DocumentTheme = DocumentTheme()) -> tuple[str, str]:  # noqa: B008 - frozen
    """The edition as an HTML mail and as its plain text. Equal editions give equal texts."""
    words = load_localizer(edition.language, edition.zone)
    text = get_environment(words).get_template("mail/digest.txt")
    printing = RenderOptions(limits=_PLAIN_TEXT_LIMITS, first_limits=_PLAIN_TEXT_LIMITS)
    view = build_page_view(edition, words, printing)
    plain = re.sub(r"\n{3,}", "\n\n", text.render(page=view, steps=_select_steps(view)))
    return _render_fitting_html(edition, words, theme), plain.strip() + "\n"


def _render_fitting_html(edition: Edition, words: Localizer, theme: DocumentTheme) -> str:
    """The fullest HTML that fits."""
    for cuts in _LATER_LIMITS:
        made = _render_html(
            edition, words, theme, RenderOptions(limits=cuts, first_limits=_FIRST_LIMITS)
        )
        if _count_bytes(made) <= MAX_HTML_BYTES:
            return made
    first, most = _FIRST_LIMITS, max(len(section.stories) for section in edition.sections)
    while _count_bytes(made) > MAX_HTML_BYTES and first.characters > 40:
        most = most * MAX_HTML_BYTES * 9 // (_count_bytes(made) * 10)
        if not most:
            first = replace(first, characters=first.characters // 2, sources=2, quotes=0, whys=1)
        kept = {
            section.slug: frozenset(
                one.id for one in section.stories[: most if section.slug != "five" else 5]
            )
            for section in edition.sections
        }
        made = _render_html(
            edition,
            words,
            theme,
            RenderOptions(limits=_LATER_LIMITS[-1], first_limits=first, kept=kept),
        )
    return made


def _render_html(
    edition: Edition, words: Localizer, theme: DocumentTheme, printing: RenderOptions
) -> str:
    template = get_environment(words, theme).get_template("mail/digest.html")
    view = build_page_view(edition, words, printing)
    made = template.render(page=view, steps=_select_steps(view), marker=Markup(_NOTES_MARKER))  # noqa: S704 - a text of ours
    return re.sub(r"\n\s*\n+", "\n", made).strip() + "\n"


def _select_steps(view: PageView) -> tuple[StepView, ...]:
    """What is to be decided: what was carried over, then what is proposed, some of each."""
    agenda = view.stack_pages.agenda if view.stack_pages else None
    return (*agenda.carried[:_MAX_STEPS], *agenda.proposals[:_MAX_STEPS]) if agenda else ()


def _count_bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


# ---------------------------------------------------------------- what only the sending knows


@dataclass(frozen=True, slots=True)
class MailingContext:
    """How an edition goes out. `link`: where it can be read, "" where nowhere; `attached`: the PDF comes along."""

    quarter: str
    language: str
    attached: bool = True
    link: str = ""
    proof: bool = False
    draft: bool = False
    version: int = 1
    correction: str = ""  # what a correction changes


def format_subject(title: str, context: MailingContext) -> str:
    """The subject line."""
    words = load_localizer(context.language)
    plain = f"{title}, {words.format_quarter(context.quarter)}"
    if context.draft:
        return words.translate(N_("[Draft] %(subject)s"), subject=plain)
    if context.proof:
        return words.translate(N_("[Proof] %(subject)s"), subject=plain)
    return (
        words.translate(N_("Correction: %(subject)s"), subject=plain)
        if context.version > 1
        else plain
    )


def format_notes(context: MailingContext) -> tuple[str, ...]:
    """What stands above the edition: draft, proof, what was corrected, where the whole of it is."""
    words = load_localizer(context.language)
    found = []
    if context.draft:
        found.append(
            words.translate(
                N_(
                    "Draft for the team: nobody else has it. Release it with: digest approve %(quarter)s. "
                    "It then goes out with the next digest run, or at once with: digest send %(quarter)s."
                ),
                quarter=context.quarter,
            )
        )
    if context.proof:
        found.append(
            words.translate(
                N_("Proof: this copy was sent to look at, and is not the edition itself.")
            )
        )
    if context.version > 1:
        what = context.correction
        found.append(
            words.translate(N_("Correction, version %(n)s: %(what)s"), n=context.version, what=what)
        )
    if context.attached:
        found.append(words.translate(N_("The whole briefing is attached as a PDF.")))
    if context.link:
        found.append(words.translate(N_("It can be read here: %(link)s"), link=context.link))
    return tuple(found)


def describe_edition(edition: Mapping[str, Any], language: str) -> str:
    """An edition (as edition.json has it) in one sentence of counts."""
    words = load_localizer(language)
    number = sum(len(section["stories"]) for section in edition["sections"])
    return words.translate_plural(
        "%(n)s story of marketing technology; the first of the quarter:",
        "%(n)s stories of marketing technology; the first of the quarter:",
        number,
    )


def format_link_label(language: str) -> str:
    """The words of a link to an edition."""
    return load_localizer(language).translate(N_("Read the briefing"))


def insert_notes(html: str, text: str, lines: Sequence[str]) -> tuple[str, str]:
    """Both parts of a mail with notes above them."""
    style = (
        "font-family:Helvetica,Arial,sans-serif;font-size:13px;line-height:19px;color:#16202a;background:#e6f0f1;"
        "padding:8px 10px"
    )
    told = Markup("<br>").join(map(_linkify_line, lines))
    rows = f'<tr><td class="d-box d-ink" style="{style}">{told}</td></tr>' if lines else ""
    return html.replace(_NOTES_MARKER, rows, 1), "".join(f"{line}\n" for line in lines) + (
        "\n" if lines else ""
    ) + text


def render_notice(lines: Sequence[str], language: str) -> tuple[str, str]:
    """A short mail of lines alone: what the team is told."""
    cells = "".join(f'<p style="margin:0 0 10px">{_linkify_line(line)}</p>' for line in lines)
    style = "font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:20px"
    html = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8"><title>digest</title></head>'
        f'<body style="{style}">{cells}</body></html>\n'
    )
    return html, "".join(f"{line}\n\n" for line in lines)


def _linkify_line(line: str) -> Markup:
    """A line as HTML, its web address a link."""
    parts = re.split(r"(https?://[^\s<>\"]+)", line)
    made: Mapping[bool, str] = {
        True: '<a class="d-link" style="color:#0b5563" href="%s">%s</a>',
        False: "%s",
    }
    return Markup("").join(
        Markup(made[True]) % (part, part) if index % 2 else escape(part)  # noqa: S704 - the values are escaped
        for index, part in enumerate(parts)
    )
