"""The dates and duties of an edition as a calendar file, RFC 5545: an all-day event each.

What a contract costs stays out: calendars are shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, timedelta

from digest.model.edition import CalendarEntry, Edition
from digest.render.views.calendar import name_date_kind
from digest.render.words import Localizer, load_localizer
from digest.text import clean_text
from digest.urls import is_web_url

_LINE_OCTETS = 75  # of a line without its end; a longer one is folded (3.1)
_DOMAIN = "martech-digest"


def render_ics(edition: Edition) -> bytes:
    """Render the calendar. Equal editions give equal bytes; one without dates an empty calendar."""
    words = load_localizer(edition.language, edition.zone, edition.period)
    title = clean_text(edition.title) or words.translate("Martech digest")
    stamp = f"{edition.as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_DOMAIN}//{_DOMAIN}//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escape(f'{title}, {words.format_quarter(edition.quarter)}')}",
    ]
    for entry in edition.calendar:
        lines += _list_event_lines(entry, stamp, words)
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines).encode()


def _list_event_lines(entry: CalendarEntry, stamp: str, words: Localizer) -> Iterator[str]:
    kind = name_date_kind(entry, words)
    what = clean_text(words.translate_note(entry.what))
    notes = [
        f"{entry.quote.text} ({entry.quote.source})" if entry.quote else "",
        words.join_names(entry.products),
        entry.owner,
    ]
    yield "BEGIN:VEVENT"
    yield f"UID:{_make_uid(entry)}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.last + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escape(f'{kind}: {what}' if entry.story else what)}"
    if description := "\n".join(clean_text(note) for note in notes if note):
        yield f"DESCRIPTION:{_escape(description)}"
    if entry.story and is_web_url(url := clean_text(entry.story.url)):
        yield f"URL:{url.replace(' ', '%20')}"
    yield f"CATEGORIES:{_escape(kind)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _make_uid(entry: CalendarEntry) -> str:
    """Return an identifier that stays when the edition is built again, in whatever language.

    A contract whose day is moved keeps it, so that calendars move the event, too.
    """
    about = entry.story.id if entry.story else str(entry.what)
    parts = [entry.kind, about, *([entry.day.isoformat()] if entry.story else [])]
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
    return f"{digest[:32]}@{_DOMAIN}"


def _escape(text: str) -> str:
    """Escape a value of type TEXT (3.3.11)."""
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _fold(line: str) -> str:
    """Fold a line at 75 octets, never within a character."""
    parts, size = [""], 0
    for sign in line:
        width = len(sign.encode("utf-8", "replace"))
        if size + width > _LINE_OCTETS:
            parts.append(" ")
            size = 1
        parts[-1] += sign
        size += width
    return "\r\n".join(parts)
