"""The fields of an entry, cleaned: what all readers share. Pure.

Titles are cut at 500 characters, summaries at 5,000, texts at 200,000. No field holds a tag or a
control character, but for the line ends of summaries and texts: what is a block of its own on the
page, as a heading is, is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from digest.text import clean_text, html_to_lines, html_to_text, truncate_text
from digest.urls import extract_host, resolve_url

_MAX_TITLE, _MAX_SUMMARY, _MAX_TEXT = 500, 5_000, 200_000
_MARKUP_PER_TEXT = 5  # a text is at most so many times shorter than its markup
_MAX_LINK = 4_000
_MAX_AUTHORS, _MAX_AUTHOR = 10, 200
_MAX_GUID = 1_000

_MARKUP_LEFT = re.compile(
    r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|</?[a-zA-Z][^<>]{0,500}>"
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)  # escaped along with its content
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")
_CLOSED_TAG = re.compile(r"</[a-zA-Z][a-zA-Z0-9]{0,10}>")
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f"
    r"\u202a-\u202e\u2066-\u2069\u061c\ufeff\ufffe\uffff]"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z0-9]{2,8}))*")
_AUTHOR_MAIL = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")
_MAIL_LINK = re.compile(
    r"mailto:[\w.+-]{1,64}@[\w.-]{1,200}(?:\?[\w.+=&%-]{0,500})?", re.IGNORECASE
)
_GOOGLE = re.compile(r"(?:[\w-]+\.)*google\.[a-z.]{2,6}")


def as_text(value: object) -> str:
    """Return a value of a parsed document where it is text, else ""."""
    return value if isinstance(value, str) else ""


def normalize_title(markup: str) -> str:
    """Return a title as plain text.

    Titles are escaped twice by those who do not know that their software does it too, so entities
    and tags are resolved until none is left.
    """
    text = html_to_text(_CDATA.sub(r"\1", markup[: _MAX_TITLE * 20]))
    for _ in range(4):
        if not _MARKUP_LEFT.search(text):
            break
        text = html_to_text(text)
    return truncate_text(clean_text(_TAG_START.sub("< ", text)), _MAX_TITLE)


def normalize_summary(markup: str) -> str:
    """Return a summary as plain text, a block a line."""
    return _convert_markup(markup, _MAX_SUMMARY)


def normalize_text(markup: str) -> str:
    """Return a full text as plain text, a block a line."""
    return _convert_markup(markup, _MAX_TEXT)


def _convert_markup(markup: str, max_length: int) -> str:
    """Return markup as text. Where markup comes out, it was escaped as a whole: read it again."""
    markup = _CDATA.sub(r"\1", markup[: max_length * _MARKUP_PER_TEXT + 10_000])
    text = html_to_lines(markup)
    if "<" not in markup and _CLOSED_TAG.search(text):
        text = html_to_lines(text)
    return truncate_text(text, max_length)


def split_summary(summary: str, text: str) -> tuple[str, str]:
    """Return summary and text out of the markup that a feed gives as either.

    A summary that is too long is a text; what is given twice is a text.
    """
    if text and summary.strip() == text.strip():
        summary = ""
    if summary and not text and len(summary) > _MAX_SUMMARY:
        plain = normalize_text(summary)
        return truncate_text(plain, _MAX_SUMMARY), plain if len(plain) > _MAX_SUMMARY else ""
    return normalize_summary(summary), normalize_text(text)


def normalize_entry_link(address: str, base: str = "") -> str:
    """Return where an entry leads: a web address, or a mail address (newsletters link to some)."""
    mail = _MAIL_LINK.fullmatch(_UNSEEN.sub("", address).strip())
    return mail[0] if mail else normalize_link(address, base)


def normalize_link(address: str, base: str = "") -> str:
    """Return an absolute web address, out of a redirect that carries it inside; "" for none."""
    address = _UNSEEN.sub("", address)
    if not address.strip() or len(address) > _MAX_LINK:
        return ""
    address = resolve_url(address, base)
    # Google's and Bing's alerts link to a counter; the page's address stands in a parameter
    host, parts = extract_host(address), urlsplit(address)
    if (parts.path == "/url" and _GOOGLE.fullmatch(host)) or (
        parts.path == "/news/apiclick.aspx" and host.endswith("bing.com")
    ):
        parameters = parse_qs(parts.query)
        targets = (*parameters.get("url", ()), *parameters.get("q", ()))
        return next(filter(None, map(resolve_url, targets)), address)
    return address


def normalize_language(*stated: str | None) -> str | None:
    """Return the first statement that is a language tag, as BCP 47 writes it (`en-GB`)."""
    for tag in stated:
        if tag and _LANGUAGE.fullmatch(tag.strip()):
            first, *rest = re.split(r"[-_]", tag.strip())
            parts = (part.upper() if len(part) == 2 else part for part in rest)
            return "-".join([first.lower(), *parts])
    return None


def normalize_authors(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of people, each once, without the mail address that RSS asks for."""
    found = (
        clean_text(_AUTHOR_MAIL.sub("", html_to_text(name[:2_000]))).strip(" ()<>,;")
        for name in names
    )
    unique = dict.fromkeys(truncate_text(name, _MAX_AUTHOR) for name in found if name)
    return tuple(unique)[:_MAX_AUTHORS]


def normalize_guid(value: str) -> str | None:
    """Return an identifier as given, without what cannot be seen; None where there is none."""
    return clean_text(value)[:_MAX_GUID] or None
