"""The text of an article out of its page, or the reason why there is none. Pure.

The publisher's own description of the article needs lxml alone, the article the extra `fulltext`.
trafilatura finds the article among menus, banners and teasers. It is handed a tree that is parsed
already, so it has nothing to ask for. What it finds is kept only where it reads as the article that
was asked for: no consent or login page, no list of links, no teaser of what has to be paid for. A
page can be made to keep a parser busy for hours, so this runs where it can be ended: see
`article_worker`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from lxml import etree, html

from digest.errors import ParseError
from digest.fetch.read.charset import decode_body
from digest.fetch.read.diagnose import describe_content
from digest.fetch.read.fields import as_text
from digest.fetch.read.page_dates import drop_date_lines
from digest.fetch.read.pages import PageMetadata, parse_html
from digest.text import (
    clean_text,
    html_to_lines,
    html_to_text,
    quote_words,
    shorten_words,
    split_sentences,
    truncate_text,
)

MAX_DESCRIPTION = 1_500  # characters of all descriptions of a page
MAX_TEXT = 8_000  # characters of an article that are kept: what matters stands at its beginning

_PAGE_TYPES = ("", "text/html", "application/xhtml+xml", "text/plain")
_MAX_CHARACTERS = 3_000_000  # of a page
_MOST = 0.6  # of the text that a mode finds which leaves less out
_MIN_TEXT = 400
_MIN_LISTED = 1_000  # characters in sentences of an article that is mostly a list
_MIN_UNLIKE = 800  # characters of an article that has no words of its title
_MAX_TEASER = 1_500  # characters: a longer article was not cut off for want of money
_MIN_LINE = 60  # characters of a line that tells something; entries of a list are shorter
_MIN_SHARED, _MIN_NAMED = 0.25, 0.7  # of the title's words: in the text, in the page's own title
_STEM_LENGTH = 5  # letters that two forms of a word have in common
_MAX_BANNER = 400
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")
_DENSE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]"
)  # characters that say as much as 2 or 3 letters
_WORD = re.compile(r"[^\W\d_]{4,}")
_PAID = re.compile(r'"isAccessibleForFree"\s*:\s*"?(?:https?://schema\.org/)?false', re.IGNORECASE)
_PAYWALL_TEXT = re.compile(
    r"(?:subscri\w+|regist\w+|sign (?:up|in)|log ?in|join\b)[^.!?]{0,60}\bto "
    r"(?:(?:continue|keep) reading|(?:read|unlock) (?:the|this|more|full|all)\b)|"
    r"already a subscriber\b|(?:for|to) (?:subscribers|members) only|"
    r"abbonati per (?:leggere|continuare)|riservat\w agli abbonati|nur für abonnenten|"
    r"réservé aux abonnés|solo para suscriptores|สมัครสมาชิกเพื่ออ่าน|只限订阅|会员专享",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"\b(?:we|partners|(?:web)?site|page) uses? cookies\b|your privacy choices|"
    r"(?:subscribe to|sign up for) our\b|"
    r"^.{0,30}\b(?:(?:accept|reject|manage|allow) (?:all )?cookies|"
    r"cookie (?:policy|settings|notice))\b.{0,30}$|"
    r"all rights reserved|enable javascript|(?:utilizziamo|usiamo) (?:i )?cookie|"
    r"wir verwenden cookies|nous utilisons des cookies|เราใช้คุกกี้|ยอมรับคุกกี้|我们使用\s?cookie",
    re.IGNORECASE,
)


def read_article(body: bytes, content_type: str, requested: str, url: str, title: str) -> str:
    """Return the article called `title` in a page that was `requested` and came from `url`.

    It has a paragraph a line, no control characters, and at most MAX_TEXT characters. Raise
    ParseError with the reason where there is none; its kind is one of no-page, paywall, too-short,
    list, other-page.
    """
    page = _decode_page(body, content_type, requested, url)
    if _PAID.search(page):
        raise ParseError("its publisher says that it is not free", kind="paywall")
    lines = _choose_paragraphs(find_paragraphs(page, title), page, title)
    return shorten_words(_cut_text(lines) or lines[0][:MAX_TEXT])


def find_paragraphs(page: str, title: str) -> list[list[str]]:
    """Return what may be the paragraphs of the article in a page, best first, none refused yet."""
    strict, usual = _run_trafilatura(page, strict=True), _run_trafilatura(page, strict=False)
    # strict leaves out what usual takes for text beside the article, and of some pages nearly all
    texts = [strict, usual] if len(strict) >= _MOST * len(usual) else [usual]
    if "<table" in page.lower():  # some are laid out in tables, text and all
        whole = _run_trafilatura(page, strict=False, tables=True)
        texts = [whole] if len(usual) < _MOST * len(whole) else texts
    return [_list_paragraphs(text, title) for text in texts]


def _choose_paragraphs(found: Sequence[list[str]], page: str, title: str) -> list[str]:
    """Return the first paragraphs that are the article. Raise the last one's fault for none.

    They have words of the title; where none has, the page has to call itself by it.
    """
    fault = ParseError("it is empty", kind="too-short")
    unlike: list[list[str]] = []
    for lines in found:
        try:
            _check_article(lines, page, title)
        except ParseError as error:
            fault = error
            continue
        if _tells_of(title, "\n".join(lines)):
            return lines
        if sum(map(len, lines)) >= _MIN_UNLIKE:
            unlike.append(lines)
        else:
            fault = ParseError("its text has no words of the title", kind="other-page")
    if not unlike:
        raise fault
    if not _is_named(page, title):
        raise ParseError("neither its text nor its own title is the item's", kind="other-page")
    return unlike[0]


def _cut_text(lines: list[str]) -> str:
    """Return the paragraphs that fit into MAX_TEXT, and the first sentences of the one after."""
    text = ""
    for line in lines:
        parts = [line] if len(text) + len(line) < MAX_TEXT else split_sentences(line)
        for number, part in enumerate(parts):
            joined = f"{text}{' ' if number else chr(10)}{part}"
            if len(joined) > MAX_TEXT + 1:  # and the line break before the first
                return text.lstrip("\n")
            text = joined
    return text.lstrip("\n")


def _list_paragraphs(text: str, title: str) -> list[str]:
    """Return the paragraphs of a text without date line, title, banners and immediate repeats."""
    lines = (
        clean_text(cell).removeprefix("- ")
        for line in drop_date_lines(text).splitlines()
        for cell in (line.split("|") if line.startswith("|") else (line,))  # a row of a table
    )
    return [
        line
        for line, _ in groupby(lines)
        if line
        and line.casefold() != clean_text(title).casefold()
        and (len(line) > _MAX_BANNER or not _BANNER.search(line))
    ]


def read_description(body: bytes, content_type: str, requested: str, url: str, title: str) -> str:
    """Return what the publisher of a page says of the article called `title`, for others to show.

    It is of the page's metadata: descriptions, and the first sentences of an article in JSON-LD;
    each of them a line. Raise ParseError where there is none, kind no-page, other-page or
    no-description.
    """
    _decode_page(body, content_type, requested, url)
    root = parse_html(body, content_type)
    if root is None:
        raise ParseError("it holds no HTML", kind="no-page")
    stated, expected = PageMetadata(root), _extract_word_stems(title)
    names = " ".join((stated.find_title(), *(element.text or "" for element in root.iter("h1"))))
    if expected and not expected & _extract_word_stems(names):
        raise ParseError("its title has no words of the item's", kind="other-page")
    lines = dict.fromkeys(
        line
        for text in stated.list_descriptions()
        for line in html_to_lines(text[:MAX_DESCRIPTION]).splitlines()
        # one that has nothing of the title describes the site
        if not expected or expected & _extract_word_stems(line)
    )
    kept = [line for line in lines if line.casefold() != clean_text(title).casefold()]
    if not kept:
        raise ParseError("it has no description of its own", kind="no-description")
    return shorten_words(truncate_text("\n".join(kept), MAX_DESCRIPTION))


def _decode_page(body: bytes, content_type: str, requested: str, url: str) -> str:
    """Return a page as text. Raise ParseError for what is none, or leads to the home page."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _PAGE_TYPES or body.startswith(b"%PDF"):
        raise ParseError("it is no page", kind="no-page")
    if _is_home_page(url) and not _is_home_page(requested):
        raise ParseError("it leads to the home page", kind="other-page")
    return decode_body(body, content_type)[0][:_MAX_CHARACTERS]


def _run_trafilatura(page: str, *, strict: bool, tables: bool = False) -> str:
    """Return the article that trafilatura finds. Raise ParseError where it fails."""
    import trafilatura

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
        # written for well-meaning pages; whatever it raises is this page's fault and not the run's
        found = trafilatura.extract(
            tree, include_comments=False, include_tables=tables, favor_precision=strict
        )
    except etree.LxmlError as error:
        raise ParseError("it holds no HTML", kind="no-page") from error
    except Exception as error:
        raise ParseError(f"trafilatura: {quote_words(str(error))}", kind="no-page") from error
    return found or ""


def _check_article(lines: list[str], page: str, title: str) -> None:
    """Raise ParseError where the paragraphs are no article."""
    text = "\n".join(lines)
    length = len(text) + len(_DENSE.findall(text))
    if length < _MIN_TEXT:
        raise ParseError(f"too little text: {describe_content(page)[0]}", kind="too-short")
    if length < _MAX_TEASER and _PAYWALL_TEXT.search(html_to_text(page)):
        raise ParseError("the rest of it is for subscribers", kind="paywall")
    in_sentences = sum(
        len(line) for line in lines if len(line) + len(_DENSE.findall(line)) >= _MIN_LINE
    )
    is_list = 2 * in_sentences < len(text)
    # what a release changes is told in short lines, under the very title that the feed gave
    if is_list and (in_sentences < _MIN_LISTED or not _is_named(page, title)):
        raise ParseError("it lists others", kind="list")


def _tells_of(title: str, text: str) -> bool:
    """Return whether a text has words of a title, if that has any."""
    expected = _extract_word_stems(title)
    return not expected or _shares_words(expected, _extract_word_stems(text), _MIN_SHARED)


def _shares_words(expected: set[str], found: set[str], share: float) -> bool:
    shared = len(expected & found)
    return shared >= min(2, len(expected)) and shared >= share * len(expected)


def _is_named(page: str, title: str) -> bool:
    """Return whether a page calls itself by the words of a title, in its metadata or headings."""
    expected = _extract_word_stems(title)
    root = parse_html(page.encode("utf-8", "replace"), "text/html; charset=utf-8")
    if root is None:
        return False
    stated = PageMetadata(root)
    named = [stated.meta.get("og:title", ""), as_text(stated.article.get("headline"))]
    named += ["".join(map(str, element.itertext())) for element in root.iter("title", "h1")]
    return any(_shares_words(expected, _extract_word_stems(name), _MIN_NAMED) for name in named)


def _extract_word_stems(text: str) -> set[str]:
    """Return the beginnings of words; of scripts without spaces, all pairs of characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    runs = _WIDE.findall(text)
    wide = {run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))}
    return wide | {word[:_STEM_LENGTH] for word in _WORD.findall(_WIDE.sub(" ", text))}


def _is_home_page(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query
