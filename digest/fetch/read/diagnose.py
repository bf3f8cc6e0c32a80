"""Names what came instead of a feed, so that the report can say what to do. Pure."""

from __future__ import annotations

import re

from digest.text import html_to_text, truncate_text

_LOOK = 60_000
_FILES = (
    ("%PDF", "a PDF file"),
    ("\x89PNG", "an image"),
    ("GIF8", "an image"),
    ("ÿØÿ", "an image"),
    ("PK\x03\x04", "a zip file"),
)
_XML = (
    (re.compile(r"<(?:urlset|sitemapindex)\b"), "a sitemap"),
    (re.compile(r"<opml\b", re.I), "a list of feeds (OPML)"),
)
_HTML = re.compile(
    r"<!doctype html|<html\b|<head\b|<body\b|<title\b|<script\b|<div\b|<p\b|<meta\b", re.IGNORECASE
)
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,500}?)</title", re.IGNORECASE | re.DOTALL)
# The likelier first: a bot check may well carry a consent banner, and nearly every page a link to log in.
_BOT = re.compile(
    r"cf-challenge|cf_chl_|challenge-platform|just a moment|attention required|captcha|datadome|perimeterx|incapsula"
    r"|verify (?:that )?you(?: are|'re) (?:a )?human|are you a robot|unusual traffic|access denied|request blocked",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"type=[\"']?password|<title[^>]{0,99}>[^<]{0,99}(?:log ?in|sign ?in|anmelden|accedi|connexion)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|consent|cookie[ -]?(?:wall|policy|settings)|guce\.|your privacy choices|(?:accept|reject) all"
    r"|we value your privacy|onetrust|didomi|sourcepoint",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"<title[^>]{0,99}>[^<]{0,99}(?:not found|error|unavailable|maintenance|404|50[023])",
    re.IGNORECASE,
)
_PAGES = (
    (
        "a bot check",
        _BOT,
        "the publisher keeps programs out: look for another feed, or ask the publisher",
    ),
    (
        "a login page",
        _LOGIN,
        "give headers for the source, with the secret in an environment variable",
    ),
    (
        "a consent page",
        _CONSENT,
        "it wants consent to cookies: look for another address of the feed",
    ),
    (
        "an error page",
        _FAULT,
        "look at the address in a browser; the site may be down or the feed gone",
    ),
)
_FIND = "give the home page to `digest sources add`, which looks for its feed"


def describe_content(text: str) -> tuple[str, str]:
    """What a text is, being no feed, and what to do about it: `a login page titled …`."""
    head = text[:_LOOK]
    if not head.strip():
        return "an empty answer", "it is asked again at the next run"
    for start, name in _FILES:
        if head.startswith(start):
            return name, _FIND
    for pattern, name in _XML:
        if pattern.search(head):
            return name, _FIND
    if head.lstrip()[:1] in "{[":
        return "JSON that is no feed", _FIND
    if not _HTML.search(head):
        return "text that is no feed", _FIND
    titled = _TITLE.search(head)
    name_of_page = html_to_text(titled[1]) if titled else ""
    named = f" titled “{truncate_text(name_of_page, 80)}”" if name_of_page else ""
    for name, pattern, mend in _PAGES:
        if pattern.search(head):
            return name + named, mend
    return "a web page" + named, _FIND
