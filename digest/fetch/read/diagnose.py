"""Name what came instead of a feed, so that the report can say what to do. Pure."""

from __future__ import annotations

import re

from digest.text import html_to_text, quote_words

_MAX_HEAD = 60_000
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
# The likelier first: a bot check may well carry a consent banner, and most pages a link to log in.
_PAGES = (
    (
        "a bot check",
        re.compile(
            r"cf-challenge|cf_chl_|challenge-platform|just a moment|attention required|captcha"
            r"|datadome|perimeterx|incapsula|verify (?:that )?you(?: are|'re) (?:a )?human"
            r"|are you a robot|unusual traffic|access denied|request blocked",
            re.IGNORECASE,
        ),
        "the publisher keeps programs out: look for another feed, or ask the publisher",
    ),
    (
        "a login page",
        re.compile(
            r"type=[\"']?password"
            r"|<title[^>]{0,99}>[^<]{0,99}(?:log ?in|sign ?in|anmelden|accedi|connexion)",
            re.IGNORECASE,
        ),
        "give headers for the source, with the secret in an environment variable",
    ),
    (
        "a consent page",
        re.compile(
            r"before you continue|consent|cookie[ -]?(?:wall|policy|settings)|guce\."
            r"|your privacy choices|(?:accept|reject) all|we value your privacy|onetrust|didomi"
            r"|sourcepoint",
            re.IGNORECASE,
        ),
        "it wants consent to cookies: look for another address of the feed",
    ),
    (
        "an error page",
        re.compile(
            r"<title[^>]{0,99}>[^<]{0,99}(?:not found|error|unavailable|maintenance|404|50[023])",
            re.IGNORECASE,
        ),
        "look at the address in a browser; the site may be down or the feed gone",
    ),
)
_FIND = "give the home page to `digest sources add`, which looks for its feed"


def describe_content(text: str) -> tuple[str, str]:
    """Return what a text is, being no feed (`a login page titled …`), and what to do about it."""
    head = text[:_MAX_HEAD]
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
    title_element = _TITLE.search(head)
    title = html_to_text(title_element[1]) if title_element else ""
    titled = f" titled “{quote_words(title)}”" if title else ""
    for name, pattern, hint in _PAGES:
        if pattern.search(head):
            return name + titled, hint
    return "a web page" + titled, _FIND
