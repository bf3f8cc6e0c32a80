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

from digest.model import Edition
from digest.render.look import Look
from digest.render.ours import StepView
from digest.render.templates import environment
from digest.render.view import Cuts, Page, Printing, page
from digest.render.words import N_, Words, words_for

MOST_BYTES = 88_000  # of HTML; Gmail cuts at some 102 kB, notes and line ends still come to it
_MARKER = "<!--notes-->"
_MOST_STEPS = 4
_FIRST = Cuts(title=300, sentences=3, characters=520, whys=2, quotes=2, sources=6)
_LATER = (
    Cuts(title=220, sentences=2, characters=300, whys=1, quotes=1, sources=4),
    Cuts(title=160, sentences=1, characters=180, whys=0, quotes=0, sources=2),
    Cuts(title=120, sentences=0, characters=0, whys=0, quotes=0, sources=1),
)
_TEXT = Cuts(title=300, sentences=3, characters=600, whys=3, quotes=2, sources=12)


def mail_parts(edition: Edition, look: Look = Look()) -> tuple[str, str]:  # noqa: B008 - frozen
    """The edition as an HTML mail and as its plain text. Equal editions give equal texts."""
    words = words_for(edition.language, edition.zone)
    text = environment(words).get_template("mail/digest.txt")
    printing = Printing(cuts=_TEXT, first=_TEXT)
    view = page(edition, words, printing)
    plain = re.sub(r"\n{3,}", "\n\n", text.render(page=view, steps=_steps(view)))
    return _html(edition, words, look), plain.strip() + "\n"


def _html(edition: Edition, words: Words, look: Look) -> str:
    """The fullest HTML that fits."""
    for cuts in _LATER:
        made = _drawn(edition, words, look, Printing(cuts=cuts, first=_FIRST))
        if _size(made) <= MOST_BYTES:
            return made
    first, most = _FIRST, max(len(section.stories) for section in edition.sections)
    while _size(made) > MOST_BYTES and first.characters > 40:
        most = most * MOST_BYTES * 9 // (_size(made) * 10)
        if not most:
            first = replace(first, characters=first.characters // 2, sources=2, quotes=0, whys=1)
        kept = {
            section.slug: frozenset(one.id for one in section.stories[: most if section.slug != "five" else 5])
            for section in edition.sections
        }
        made = _drawn(edition, words, look, Printing(cuts=_LATER[-1], first=first, kept=kept))
    return made


def _drawn(edition: Edition, words: Words, look: Look, printing: Printing) -> str:
    template = environment(words, look).get_template("mail/digest.html")
    view = page(edition, words, printing)
    made = template.render(page=view, steps=_steps(view), marker=Markup(_MARKER))  # noqa: S704 - a text of ours
    return re.sub(r"\n\s*\n+", "\n", made).strip() + "\n"


def _steps(view: Page) -> tuple[StepView, ...]:
    """What is to be decided: what was carried over, then what is proposed, some of each."""
    agenda = view.ours.agenda if view.ours else None
    return (*agenda.carried[:_MOST_STEPS], *agenda.proposals[:_MOST_STEPS]) if agenda else ()


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


# ---------------------------------------------------------------- what only the sending knows


@dataclass(frozen=True, slots=True)
class Occasion:
    """How an edition goes out. `link`: where it can be read, "" where nowhere; `attached`: the PDF comes along."""

    quarter: str
    language: str
    attached: bool = True
    link: str = ""
    proof: bool = False
    draft: bool = False
    version: int = 1
    correction: str = ""  # what a correction changes


def subject(title: str, occasion: Occasion) -> str:
    """The subject line."""
    words = words_for(occasion.language)
    plain = f"{title}, {words.quarter(occasion.quarter)}"
    if occasion.draft:
        return words.say(N_("[Draft] %(subject)s"), subject=plain)
    if occasion.proof:
        return words.say(N_("[Proof] %(subject)s"), subject=plain)
    return words.say(N_("Correction: %(subject)s"), subject=plain) if occasion.version > 1 else plain


def notes(occasion: Occasion) -> tuple[str, ...]:
    """What stands above the edition: draft, proof, what was corrected, where the whole of it is."""
    words = words_for(occasion.language)
    found = []
    if occasion.draft:
        found.append(
            words.say(
                N_(
                    "Draft for the team: nobody else has it. Release it with: digest approve %(quarter)s. "
                    "It then goes out with the next digest run, or at once with: digest send %(quarter)s."
                ),
                quarter=occasion.quarter,
            )
        )
    if occasion.proof:
        found.append(words.say(N_("Proof: this copy was sent to look at, and is not the edition itself.")))
    if occasion.version > 1:
        what = occasion.correction
        found.append(words.say(N_("Correction, version %(n)s: %(what)s"), n=occasion.version, what=what))
    if occasion.attached:
        found.append(words.say(N_("The whole briefing is attached as a PDF.")))
    if occasion.link:
        found.append(words.say(N_("It can be read here: %(link)s"), link=occasion.link))
    return tuple(found)


def sentence(edition: Mapping[str, Any], language: str) -> str:
    """An edition (as edition.json has it) in one sentence of counts."""
    words = words_for(language)
    number = sum(len(section["stories"]) for section in edition["sections"])
    return words.count(
        "%(n)s story of marketing technology; the first of the quarter:",
        "%(n)s stories of marketing technology; the first of the quarter:",
        number,
    )


def read_words(language: str) -> str:
    """The words of a link to an edition."""
    return words_for(language).say(N_("Read the briefing"))


def with_notes(html: str, text: str, lines: Sequence[str]) -> tuple[str, str]:
    """Both parts of a mail with notes above them."""
    style = (
        "font-family:Helvetica,Arial,sans-serif;font-size:13px;line-height:19px;color:#16202a;background:#e6f0f1;"
        "padding:8px 10px"
    )
    told = Markup("<br>").join(map(_linked, lines))
    rows = f'<tr><td class="d-box d-ink" style="{style}">{told}</td></tr>' if lines else ""
    return html.replace(_MARKER, rows, 1), "".join(f"{line}\n" for line in lines) + ("\n" if lines else "") + text


def notice(lines: Sequence[str], language: str) -> tuple[str, str]:
    """A short mail of lines alone: what the team is told."""
    cells = "".join(f'<p style="margin:0 0 10px">{_linked(line)}</p>' for line in lines)
    style = "font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:20px"
    html = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8"><title>digest</title></head>'
        f'<body style="{style}">{cells}</body></html>\n'
    )
    return html, "".join(f"{line}\n\n" for line in lines)


def _linked(line: str) -> Markup:
    """A line as HTML, its web address a link."""
    parts = re.split(r"(https?://[^\s<>\"]+)", line)
    made: Mapping[bool, str] = {True: '<a class="d-link" style="color:#0b5563" href="%s">%s</a>', False: "%s"}
    return Markup("").join(
        Markup(made[True]) % (part, part) if index % 2 else escape(part)  # noqa: S704 - the values are escaped
        for index, part in enumerate(parts)
    )
