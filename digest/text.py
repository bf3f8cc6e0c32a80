"""Plain text: from HTML, without control characters, split into sentences, cut at word ends.

All of it is pure, and safe for text from anywhere. Nothing here knows what the words mean.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence

import nh3

from digest.months import get_full_months

# Cc, Cs, the bidirectional controls that can reorder what a reader sees, and letters that nobody
# sees but a machine reads: tags, invisible signs, annotations. Tab and line breaks become spaces
# before; what joins letters, as in emoji and in Thai, stays.
_BIDI = dict.fromkeys(
    map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u00ad\u2028\u2029"
    r"\u2060-\u2065\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HALF_LETTER = re.compile(  # a reference that lxml takes, and cannot give back as text
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}"
    rb"|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));"
)
_LIST_MARK = re.compile(r"[,;|/+&·•]\s")  # between the things that a title lists
_CREDITS = re.compile(
    r"\s+via @\w.*$", re.IGNORECASE
)  # who posted it, as some feeds end their titles
_SERIES_NAMES = r"pulse|round-?up|recap|newsletter"  # a thing may be named so, too
_WEEKLY = (
    r"\b(?:this week in|week in review|weekly (?:digest|briefing|news)|in other news|"
    r"wochenrückblick|revue de presse|resumen semanal)\b|สรุปข่าว|周报|週報"
)
_ROUND_UP = re.compile(
    rf"\b(?:{_SERIES_NAMES}|news and (?:insights|releases)|latest .{{0,24}}news|rassegna)\b|"
    rf"{_WEEKLY}",
    re.IGNORECASE,
)
_SERIES = re.compile(  # a title that surely is that of a part of a series
    rf"\s[–—-]\s(?:[\w’']+ ){{0,2}}(?:{_SERIES_NAMES})\b|{_WEEKLY}", re.IGNORECASE
)
_CAPITALISED = re.compile(r"\b[A-Z][^\W_]{3,}")
_WIDE_MARK = "\uff1b"  # the semicolon between the headlines of a Chinese issue
# Some letters set a picture behind each thing that an issue tells.
_PICTURE_END = re.compile(
    "[\u231a-\u27bf\u2b00-\u2bff\ufe0f\u20e3\u2640-\u2642\U0001f000-\U0001faff]$"
)
_BLOCK = re.compile(
    r"<(?:br|/?(?:p|div|li|ul|ol|h[1-6]|tr|td|th|table|section|article|blockquote|pre|figure"
    r"|figcaption|hr|dt|dd))\b[^>]*>",
    re.IGNORECASE,
)
_DROPPED = set("script style noscript template head title svg math iframe object textarea".split())
# nh3 takes time that grows with the square of the open elements: beyond so many tags, they are cut
# out by pattern.
_MAX_TAGS = 1000
_MAX_QUOTE = 80  # characters
_LONGEST_HEAD = 80  # characters before a sentence's end
_LONGEST_SLUG = 60
_DROPPED_CONTENT = re.compile(
    rf"<!--.*?(?:-->|\Z)|<({'|'.join(sorted(_DROPPED))})\b[^>]{{0,500}}>.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[!?][^<>]*>")
_MARKUP = re.compile(r"<[a-zA-Z/!?][^>]{0,2000}>|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_NO_SPACE_SCRIPT = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
)

# Line ends that mean something in plain text: an empty line, and where a heading or an item of a
# list begins.
_PLAIN_BREAK = re.compile(
    r"(?<![^\S\n])[^\S\n]*\n(?:[^\S\n]*\n)+|\n(?=[^\S\n]*(?:[-*•–]|#{1,6}|\d{1,2}[.)])\s)"
)
_BREAK = "\x1e"  # where a line ends, while markup is taken out; `clean_text` leaves none

# Latin abbreviations after which a full stop ends no sentence; single letters ("U.S.", "J. Smith")
# are seen apart.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st inc ltd co corp vs etc eg ie e.g i.e approx dept est fig no vol "
    "jan feb mar apr jun jul aug sep sept oct nov dec ca bzw z.b d.h u.a usw sig dott es ecc p.es "
    "u.s u.k e.u a.m p.m".split()
)
# All begin with one of few characters, for which a pattern is looked for six times as quickly.
_LONGEST_SENTENCE = 1200  # characters; of prose not one of a thousand is as long
_LONGEST_WORD = 120  # characters; a longer one is an address, or made to keep us busy
_UNSPACED = r"\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef"
_ENDLESS_WORD = re.compile(
    rf"(?<![^{_UNSPACED}])([^{_UNSPACED}]{{{_LONGEST_WORD}}})[^{_UNSPACED}]+"
)
_SENTENCE_END = re.compile(
    r"[\n.!?…。！？](?:(?<=\n)\s*|(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[¿¡]*[^\sa-z])|(?<=[。！？]))"
)
# Abbreviations that end a sentence, too: "in the U.S. The law …", "posted it on X. The post …".
_CLOSING_ABBREVIATION = re.compile(
    r"(?:\b[a-z]+ [A-Z]|\b(?:[A-Z]\.)+[A-Z]|\b(?:Inc|Ltd|Co|Corp|etc|[ap]\.m))\.$"
)
_SENTENCE_START = re.compile(
    r"(?:The|This|These|That|It|Its|They|In|But|And|He|She|We|For|As|At|On|When|While|If)\b"
)
_DOUBLED_WORD = re.compile(r"(?<![^\W_])([A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’]{4,})\1(?![^\W_])")
_NUMBERED = re.compile(r"(?:#{1,6} )?\d{1,2}\.")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_NO_LETTERS = str.maketrans(  # of ASCII
    {sign: " " for sign in map(chr, range(128)) if not sign.isalnum() and sign != "_"}
)
_ORDINAL_END = re.compile(r"(?:^|\s)\d{1,2}\.$")
_GERMAN_MONTH = re.compile(
    rf"(?:{'|'.join(map(str.capitalize, get_full_months('de')))}|Jänner|Quartal|Jahrhundert)\b"
)


class CaselessPattern:
    """A regular expression in small letters, whose words are found in capitals, too.

    It is looked for in a text's small letters, which takes half the time of `re.IGNORECASE`.
    """

    def __init__(self, pattern: str) -> None:
        """Compile a pattern. Raises ValueError where it has capitals, which nothing would match."""
        if any(sign.isupper() for sign in re.sub(r"\\.", "", pattern)):
            raise ValueError(f"a capital in the pattern {pattern[:80]!r}")
        self._pattern = re.compile(pattern)

    def occurs_in(self, text: str) -> bool:
        """Return whether the pattern stands anywhere in a text."""
        return self._pattern.search(text.lower()) is not None


def clean_text(text: str) -> str:
    """Return one line without control, surrogate or direction-changing characters.

    Runs of white space become one space.
    """
    text = " ".join(text.split())
    if not text.isprintable():  # what is printable holds none of them
        text = " ".join(_CONTROL.sub("", text).translate(_BIDI).split())
    return text if text.isascii() else " ".join(unicodedata.normalize("NFC", text).split())


def remove_controls(text: str) -> str:
    """Return a text without control, surrogate or direction-changing characters, its lines kept."""
    return _CONTROL.sub("", text).translate(_BIDI)


def drop_half_letters(markup: bytes) -> bytes:
    """Return XML without references to surrogates, which stand for no letter.

    A space takes their place: without one, what stands around a reference could be another.
    """
    return _HALF_LETTER.sub(b" ", markup)


def html_to_text(markup: str) -> str:
    """Return the words of an HTML fragment as one clean line.

    Tags and the text of scripts and styles are left out; entities are resolved once.
    """
    return clean_text(_remove_markup(markup, " "))


def html_to_lines(markup: str) -> str:
    """Return the words of an HTML fragment, a clean line for each paragraph, heading, list item.

    In plain text, empty lines and the marks of lists and headings part them.
    """
    text = _remove_markup(_PLAIN_BREAK.sub(_BREAK, markup), _BREAK)
    parts = (part for part in text.split(_BREAK) if part and not part.isspace())
    return "\n".join(filter(None, map(clean_text, parts)))


def join_lines(text: str) -> str:
    """Return a text of clean lines as one line."""
    return text.replace("\n", " ")


def _remove_markup(markup: str, gap: str) -> str:
    """Return a fragment without markup, with a gap where a block begins or ends."""
    markup = _SURROGATE.sub("", markup)  # what nh3 cannot take
    if not _MARKUP.search(markup):
        return markup
    if markup.count("<") > _MAX_TAGS:
        return html.unescape(_TAG.sub("", _BLOCK.sub(gap, _DROPPED_CONTENT.sub(gap, markup))))
    spaced = _BLOCK.sub(lambda tag: gap + tag[0] + gap, markup)
    return html.unescape(nh3.clean(spaced, tags=set(), clean_content_tags=_DROPPED))


def truncate_text(text: str, max_length: int) -> str:
    """Return at most `max_length` characters, cut at a word's end and marked with `…`.

    A text that fits stays as it is.
    """
    if len(text) <= max_length:
        return text
    cut = text[: max_length - 1]
    if not _NO_SPACE_SCRIPT.match(text[max_length - 1]):
        at_word = cut.rsplit(" ", 1)[0] if " " in cut else cut
        cut = at_word if len(at_word) >= max_length // 2 else cut
    return cut.rstrip(" ,;:–—-") + "…"


def quote_words(text: str) -> str:
    """Return words of others as they stand in a message: one line of at most 80 plain characters.

    What cannot be seen is left out, so that nobody writes a report's lines but we.
    """
    plain = "".join(sign for sign in clean_text(text[: 20 * _MAX_QUOTE]) if sign.isprintable())
    return truncate_text(plain, _MAX_QUOTE)


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Return a number and what it counts: "1 source", "2 sources"; `plural` where no s is added."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def list_some(names: Sequence[str], most: int = 3) -> str:
    """Return the first of many names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def shorten_words(text: str) -> str:
    """Return a text without the ends of its endless words, which would take time by the square.

    Scripts that put no spaces between words are left as they are.
    """
    longest = max(map(len, text.split()), default=0)
    return _ENDLESS_WORD.sub(r"\1…", text) if longest > _LONGEST_WORD else text


def undouble_words(text: str) -> str:
    """Return a text where no long word stands twice without a space: broken markup does that.

    No word of a language is two times the same five letters or more.
    """
    return _DOUBLED_WORD.sub(r"\1", text)


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of clean lines, in order; none reaches from one line into the next.

    Thai, which marks no sentence ends, comes back a line at a time: its spaces are no ends. What
    goes on for longer than any sentence comes in pieces: whoever reads them looks back and forth.
    """
    parts, start = list[str](), 0
    for match in _SENTENCE_END.finditer(text):
        # the last words tell: with the whole of it, a text of abbreviations takes for ever
        mark = match.start() + 1
        head = text[max(start, mark - _LONGEST_HEAD) : mark]
        if "\n" not in match[0] and not _ends_sentence(head, text, match.end()):
            continue
        parts += _cut_sentence(text[start : match.end()].strip())
        start = match.end()
    return (*parts, *_cut_sentence(text[start:].strip()))


def _cut_sentence(text: str) -> Iterator[str]:
    """Yield a sentence, in pieces where it is none; nothing for nothing."""
    while len(text) > _LONGEST_SENTENCE:
        end = text.rfind(" ", 1, _LONGEST_SENTENCE)
        end = _LONGEST_SENTENCE if end < 0 else end
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    if text:
        yield text


def _ends_sentence(head: str, text: str, following: int) -> bool:
    """Return whether a sentence ends with `head`, a mark its last, before `text[following]`."""
    if not head.endswith("."):
        return True
    if head[-2:-1].isdecimal():
        if _NUMBERED.fullmatch(head.strip()):
            return False  # the number of a heading or of an item of a list
        if _ORDINAL_END.search(head) and _GERMAN_MONTH.match(text, following):
            return False
    last = head.rstrip("\"'”’»)]").rsplit(" ", 1)[-1].rstrip(".").lower().lstrip("(“\"'")
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
        closes = _CLOSING_ABBREVIATION.search(head) and _SENTENCE_START.match(text, following)
        return bool(closes)
    return True


def list_words(text: str) -> list[str]:
    """Return the words of a text in order; "don't" is one."""
    if text.isascii() and "'" not in text:  # most sentences, and six times as quick
        return text.translate(_NO_LETTERS).split()
    return _WORD.findall(text)


def is_issue_title(title: str) -> bool:
    """Return whether a title lists an issue's contents or is a round-up's: it names no one thing.

    A list that ends in "and" is the object of one sentence: "Acme adds reports, and previews".
    """
    if _SERIES.search(title) or title.count(_WIDE_MARK) > 1:
        return True
    parts = split_list(strip_credits(title))
    if len(parts) > 2 and sum(_PICTURE_END.search(part.strip()) is not None for part in parts) > 1:
        return True
    if parts and parts[-1].lower().startswith("and "):
        return False
    return len(parts) > 2 and sum(_CAPITALISED.search(part) is not None for part in parts) > 2


def strip_credits(title: str) -> str:
    """Return a title without who posted it: "… via @paper, @reporter"."""
    return _CREDITS.sub("", title)


def is_round_up_title(title: str) -> bool:
    """Return whether a title says that its text tells again what others told."""
    return _ROUND_UP.search(title) is not None


def split_list(title: str) -> list[str]:
    """Return the things that a title lists, one or more."""
    return [part for part in _LIST_MARK.split(title) if part.strip()]


def list_stems(text: str, shortest: int = 6, stem: int = 7) -> frozenset[str]:
    """Return the beginnings of a text's long words, in which forms of one word are alike.

    A long word has `shortest` letters or more, a beginning at most `stem`.
    """
    words = re.findall(rf"[^\W\d_]{{{shortest},}}", text)
    return frozenset(word.casefold()[:stem] for word in words)


def slugify(name: str) -> str:
    """Return a short ASCII name for paths and exports: small letters, digits and single dashes.

    It has at most 60 characters and is never empty. A name that loses letters on the way (Thai,
    Japanese, or too long) ends in a hash of the whole name, so that two of them stay apart.
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    slug = re.sub(r"[^a-z0-9]+", "-", kept).strip("-")
    lost = any(letter.isalnum() and not letter.isascii() for letter in kept)
    if slug and not lost and len(slug) <= _LONGEST_SLUG:
        return slug
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return "-".join(filter(None, (slug[: _LONGEST_SLUG - 9].strip("-"), mark)))
