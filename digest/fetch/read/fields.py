"""The fields of an entry, cleaned: what every kind of feed shares. Pure.

Titles are cut at 500 characters, summaries at 5,000, texts at 200,000. No field holds a tag or a control character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from digest.text import clean_text, html_to_text, truncate_text
from digest.urls import extract_host, resolve_url

_TITLE, _SUMMARY, _TEXT = 500, 5_000, 200_000
_MARKUP_PER_TEXT = 5  # a text is at most so many times shorter than its markup
_LONGEST_LINK = 4_000
_MAX_AUTHORS, _AUTHOR = 10, 200
_GUID = 1_000

_STILL_MARKED = re.compile(
    r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|</?[a-zA-Z][^<>]{0,500}>"
)
_CDATA = re.compile(
    r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL
)  # that was escaped along with what it holds
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")
_CLOSED_TAG = re.compile(r"</[a-zA-Z][a-zA-Z0-9]{0,10}>")
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff\ufffe\uffff]"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z0-9]{2,8}))*")
_AUTHOR_MAIL = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")
_MAIL_LINK = re.compile(
    r"mailto:[\w.+-]{1,64}@[\w.-]{1,200}(?:\?[\w.+=&%-]{0,500})?", re.IGNORECASE
)
_GOOGLE = re.compile(r"(?:[\w-]+\.)*google\.[a-z.]{2,6}")


def normalize_title(markup: str) -> str:
    """A title as plain text. Titles are escaped once or twice by those who do not know that their software does it
    too, so entities and tags are resolved until none is left."""
    text = html_to_text(_CDATA.sub(r"\1", markup[: _TITLE * 20]))
    for _ in range(4):
        if not _STILL_MARKED.search(text):
            break
        text = html_to_text(text)
    return truncate_text(clean_text(_TAG_START.sub("< ", text)), _TITLE)


def normalize_summary(markup: str) -> str:
    """A summary as plain text."""
    return truncate_text(_convert_markup(markup, _SUMMARY), _SUMMARY)


def normalize_text(markup: str) -> str:
    """A full text as plain text."""
    return truncate_text(_convert_markup(markup, _TEXT), _TEXT)


def _convert_markup(markup: str, most: int) -> str:
    """Markup that comes out as markup was escaped as a whole, and is read once more."""
    markup = _CDATA.sub(r"\1", markup[: most * _MARKUP_PER_TEXT + 10_000])
    words = html_to_text(markup)
    escaped_whole = "<" not in markup and _CLOSED_TAG.search(words)
    return html_to_text(words) if escaped_whole else words


def split_summary(brief: str, full: str) -> tuple[str, str]:
    """Summary and text out of what a feed gives as either. A brief one too long for a summary is a text; what is given
    twice is a text."""
    if full and brief.strip() == full.strip():
        brief = ""
    if brief and not full and len(brief) > _SUMMARY:
        words = normalize_text(brief)
        return truncate_text(words, _SUMMARY), words if len(words) > _SUMMARY else ""
    return normalize_summary(brief), normalize_text(full)


def normalize_entry_link(address: str, base: str = "") -> str:
    """Where an entry leads: a web address, or a mail address (newsletters link to one now and then)."""
    mail = _MAIL_LINK.fullmatch(_UNSEEN.sub("", address).strip())
    return mail[0] if mail else normalize_link(address, base)


def normalize_link(address: str, base: str = "") -> str:
    """An absolute web address, out of a redirect that carries it inside; "" where there is none."""
    address = _UNSEEN.sub("", address)
    if not address.strip() or len(address) > _LONGEST_LINK:
        return ""
    return _unwrap_alert_link(resolve_url(address, base))


def _unwrap_alert_link(address: str) -> str:
    """Google's and Bing's alerts link to a counter of their own; the page's address stands in a parameter."""
    name, path = extract_host(address), urlsplit(address).path
    if (path == "/url" and _GOOGLE.fullmatch(name)) or (
        path == "/news/apiclick.aspx" and name.endswith("bing.com")
    ):
        wanted = parse_qs(urlsplit(address).query)
        for target in (*wanted.get("url", ()), *wanted.get("q", ())):
            if resolve_url(target):
                return resolve_url(target)
    return address


def normalize_language(*stated: str | None) -> str | None:
    """The first of several statements that is a language tag, written as BCP 47 does (`en-GB`)."""
    for tag in stated:
        if tag and _LANGUAGE.fullmatch(tag.strip()):
            first, *rest = re.split(r"[-_]", tag.strip())
            return "-".join(
                [first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)]
            )
    return None


def normalize_authors(names: Iterable[str]) -> tuple[str, ...]:
    """Names of people, each once, without the mail address that RSS asks for."""
    found = (
        clean_text(_AUTHOR_MAIL.sub("", html_to_text(name[:2_000]))).strip(" ()<>,;")
        for name in names
    )
    return tuple(dict.fromkeys(truncate_text(name, _AUTHOR) for name in found if name))[
        :_MAX_AUTHORS
    ]


def normalize_guid(value: str) -> str | None:
    """An identifier as given, without what no one can see; None where there is none."""
    return clean_text(value)[:_GUID] or None
