"""Alerts as they are written: a mail, and the lines of a message in a channel or a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.model.alert import Alert, AlertKind
from digest.render.templates import get_environment
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views.context import to_safe_href
from digest.render.words import (
    N_,
    Localizer,
    get_text_direction,
    load_localizer,
    sanitize_language_tag,
)
from digest.text import clean_text, truncate_text

KINDS: Mapping[AlertKind, str] = {
    "incident": N_("Breach, weakness or outage"),
    "end": N_("Withdrawn or closed"),
    "deal": N_("Acquisition"),
    "price": N_("Price change"),
    "terms": N_("Change of terms"),
    "likely": N_("News of a vendor"),
    "notice": N_("Notice"),
    "contract end": N_("Contract"),
}
_MAX_WHAT, _MAX_QUOTE, _MAX_NAME = 240, 420, 60  # characters


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert in the words of a language. Whatever there is not is ""."""

    kind: str
    about: str  # the products, after their maker where it is about that
    what: str
    lang: str
    dir: str
    quote: str
    source: str
    day: str
    href: str
    advice: str
    owner: str


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """What a channel or a terminal is told: a heading, and a line for each alert.

    The lines hold what publishers wrote, names of products and days, and no figure of the stack.
    """

    heading: str
    lines: tuple[str, ...]


def render_alert_mail(
    alerts: Sequence[Alert], title: str, language: str, theme: DocumentTheme = DEFAULT_THEME
) -> tuple[str, str, str]:
    """Return subject, HTML and plain text of a mail with alerts. `title` is the digest's."""
    words = load_localizer(language)
    values = {
        "alerts": [_build_view(alert, words) for alert in alerts],
        "heading": _write_heading(alerts, words),
        "title": title,
        "lang": words.language,
    }

    def render(name: str) -> str:
        return get_environment(words, theme).get_template(name).render(values)

    subject = f"[{title}] {_write_heading(alerts, words)}"
    html = re.sub(r"\n\s*\n+", "\n", render("mail/alert.html")).strip() + "\n"
    return subject, html, re.sub(r"\n{3,}", "\n\n", render("mail/alert.txt")).strip() + "\n"


def write_alert_message(alerts: Sequence[Alert], language: str) -> AlertMessage:
    """Return the alerts as a short message."""
    words = load_localizer(language)
    return AlertMessage(
        _write_heading(alerts, words),
        tuple(_write_line(_build_view(alert, words)) for alert in alerts),
    )


def _write_heading(alerts: Sequence[Alert], words: Localizer) -> str:
    """Return what the alerts are about, the first in words."""
    first = _build_view(alerts[0], words)
    about = f"{first.kind}: {first.about}" if first.about else first.kind
    if len(alerts) == 1:
        return about
    return words.translate_plural(
        "%(about)s, and %(n)s more", "%(about)s, and %(n)s more", len(alerts) - 1, about=about
    )


def _write_line(view: AlertView) -> str:
    where = ", ".join(filter(None, (view.source, view.day if view.source else "")))
    is_named = view.what.startswith(f"{view.about}:")  # as what is told of a watched page is
    about = f"{view.about}: " if view.about and view.source and not is_named else ""
    line = f"[{view.kind}] {about}{view.what}"
    return " ".join(filter(None, (line, f"({where})" if where else "", view.href)))


def _build_view(alert: Alert, words: Localizer) -> AlertView:
    lang = sanitize_language_tag(alert.language) if alert.language else words.language
    names = words.join_names(truncate_text(clean_text(name), _MAX_NAME) for name in alert.products)
    quote = clean_text(alert.quote.text) if alert.quote else ""
    return AlertView(
        kind=words.translate(KINDS[alert.kind]),
        about=f"{alert.vendor} ({names})" if alert.vendor else names,
        what=truncate_text(clean_text(words.translate_note(alert.what)), _MAX_WHAT),
        lang=lang,
        dir=get_text_direction(lang),
        quote=truncate_text(quote, _MAX_QUOTE),
        source=truncate_text(clean_text(alert.source), _MAX_NAME),
        day=words.format_date(alert.day),
        href=to_safe_href(alert.url),
        advice=words.translate_note(alert.advice),
        owner=truncate_text(clean_text(alert.owner), _MAX_NAME),
    )
