"""The text of an article out of its page, or the reason why there is none. Pure; needs the extra `fulltext`.

trafilatura finds the article among menus, banners and teasers. It is handed a tree that is parsed already, so it has
nothing to ask for. What it finds is kept only where it reads as the article that was sought: no consent or login page,
no list of links, no teaser of what has to be paid for. A page can be made to keep a parser busy for hours, so this is
run where it can be ended: see `apart`.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from lxml import etree, html

from digest.errors import ParseError
from digest.fetch.read.charset import decode_body
from digest.fetch.read.diagnose import describe_content
from digest.text import clean_text, html_to_text

MAX_TEXT = 8_000  # characters of an article that are kept: what matters stands at its beginning

_MAX_CHARACTERS = 3_000_000  # of a page
_MIN_TEXT = 400
_TEASER = 1_500  # characters: an article that is longer was not cut off for want of money
_LONG = 60  # characters of a line that tells something; entries of a list are shorter
_MIN_SHARED = 0.25  # of the title's words
_STEM_LENGTH = 5  # letters that two forms of a word have in common
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")
_DENSE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]"
)  # a character says as much as two or three letters
_WORD = re.compile(r"[^\W\d_]{4,}")
_PAID = re.compile(r'"isAccessibleForFree"\s*:\s*"?(?:https?://schema\.org/)?false', re.IGNORECASE)
_PAYWALL_TEXT = re.compile(
    r"(?:subscri\w+|regist\w+|sign (?:up|in)|log ?in|join\b)[^.!?]{0,60}\bto "
    r"(?:(?:continue|keep) reading|(?:read|unlock) (?:the|this|more|full|all)\b)|"
    r"already a subscriber\b|(?:for|to) (?:subscribers|members) only|"
    r"abbonati per (?:leggere|continuare)|riservat\w agli abbonati|nur für abonnenten|réservé aux abonnés|"
    r"solo para suscriptores|สมัครสมาชิกเพื่ออ่าน|只限订阅|会员专享",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"\b(?:we|partners|(?:web)?site|page) uses? cookies\b|your privacy choices|(?:subscribe to|sign up for) our\b|"
    r"^.{0,30}\b(?:(?:accept|reject|manage|allow) (?:all )?cookies|cookie (?:policy|settings|notice))\b.{0,30}$|"
    r"all rights reserved|enable javascript|(?:utilizziamo|usiamo) (?:i )?cookie|wir verwenden cookies|"
    r"nous utilisons des cookies|เราใช้คุกกี้|ยอมรับคุกกี้|我们使用\s?cookie",
    re.IGNORECASE,
)
_LONGEST_BANNER = 400


def read_article(body: bytes, content_type: str, requested: str, url: str, title: str) -> str:
    """The article called `title` in a page that was `requested` and came from `url`: a paragraph a line, without
    control characters, at most MOST_TEXT characters. Raises ParseError with the reason where there is none; its kind
    is one of no-page, paywall, too-short, list, other-page."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("", "text/html", "application/xhtml+xml", "text/plain") or body.startswith(
        b"%PDF"
    ):
        raise ParseError("it is no page", kind="no-page")
    if _is_home_page(url) and not _is_home_page(requested):
        raise ParseError("it leads to the home page", kind="other-page")
    page = decode_body(body, content_type)[0][:_MAX_CHARACTERS]
    if _PAID.search(page):
        raise ParseError("its publisher says that it is not free", kind="paywall")
    lines = _clean_paragraphs(_extract_text(page), title)
    _check_article(lines, page, title)
    return _truncate_paragraphs(lines)


def _extract_text(page: str) -> str:
    import trafilatura

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
        # written for well-meaning pages; whatever it raises is this page's fault and not the run's
        found = trafilatura.extract(
            tree, include_comments=False, include_tables=False, favor_precision=True
        )
    except etree.LxmlError as error:
        raise ParseError("it holds no HTML", kind="no-page") from error
    except Exception as error:
        raise ParseError(f"trafilatura: {clean_text(str(error))[:200]}", kind="no-page") from error
    return found or ""


def _clean_paragraphs(text: str, title: str) -> list[str]:
    """The paragraphs, without the title and without banners, each once."""
    lines = (clean_text(line).removeprefix("- ") for line in text.splitlines())
    kept = dict.fromkeys(
        line for line in lines if line and line.casefold() != clean_text(title).casefold()
    )
    return [line for line in kept if len(line) > _LONGEST_BANNER or not _BANNER.search(line)]


def _check_article(lines: list[str], page: str, title: str) -> None:
    """Raises ParseError where the paragraphs are not the article."""
    text = "\n".join(lines)
    length = len(text) + len(_DENSE.findall(text))
    if length < _MIN_TEXT:
        raise ParseError(f"too little text: {describe_content(page)[0]}", kind="too-short")
    if length < _TEASER and _PAYWALL_TEXT.search(html_to_text(page)):
        raise ParseError("the rest of it is for subscribers", kind="paywall")
    told = sum(len(line) for line in lines if len(line) + len(_DENSE.findall(line)) >= _LONG)
    if 2 * told < len(text):
        raise ParseError("it lists others", kind="list")
    sought, found = _extract_word_stems(title), _extract_word_stems(text)
    shared = len(sought & found)
    if sought and (shared < min(2, len(sought)) or shared < _MIN_SHARED * len(sought)):
        raise ParseError("its text has no words of the title", kind="other-page")


def _extract_word_stems(text: str) -> set[str]:
    """The beginnings of the words of a text; of scripts without spaces, every three characters in a row."""
    text = unicodedata.normalize("NFKC", text).casefold()
    runs = _WIDE.findall(text)
    wide = {run[at : at + 3] for run in runs for at in range(max(1, len(run) - 2))}
    return wide | {word[:_STEM_LENGTH] for word in _WORD.findall(_WIDE.sub(" ", text))}


def _truncate_paragraphs(lines: list[str]) -> str:
    """As many whole paragraphs as there is room for."""
    kept, room = [], MAX_TEXT
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept or [lines[0][:MAX_TEXT]])


def _is_home_page(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query
