"""Bytes to text, when the label may be missing or wrong. Pure.

The rule, in order: a byte order mark; NUL bytes where UTF-16 has them; bytes that are valid UTF-8
are UTF-8, whatever the label says (text in another encoding is hardly ever valid UTF-8 by chance);
then the label of the document, and the label of the HTTP header; then UTF-8 with the damage marked;
where too much would be damaged, the encoding of Thai, Chinese, Japanese, Korean or Russian whose
letters it holds, or Windows-1252. What a label means is the Encoding Standard's to say: see
`webencodings`.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

import webencodings

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Labels that the standard leaves out, and publishers use.
_MORE_LABELS = {
    "ansi": "windows-1252",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "eucjp": "euc-jp",
}
# Where Python's codec of that name lacks characters that the standard's has.
_SUPERSETS = {
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "utf-16le": "utf-16",  # as publishers write it; only messages name it, see `_detect_utf16`
}
_NO_TEXT = ("replacement", "x-user-defined")
_LABEL = re.compile(
    rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})|"""
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_HTTP_LABEL = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MIN_IN_RUNS = 0.5  # of the bytes beyond ASCII
_BETTER = 0.02  # what a share must be better by than that of an encoding before it
_MAX_GUESSED = 50_000  # bytes


def _list_usual(codec: str, first: int, last: int) -> frozenset[str]:
    """Return the characters that an encoding keeps under lead bytes: the usual ones of its script.

    GB 2312 and Big5 list the usual characters first, Korea's standard the syllables.
    """
    trails = bytes(range(0x40, 0x7F)) + bytes(range(0xA1, 0xFF))
    rows = (
        bytes(byte for trail in trails for byte in (lead, trail)) for lead in range(first, last + 1)
    )
    return frozenset("".join(row.decode(codec, "ignore") for row in rows if row)) - _ASCII


def _expand(ranges: str) -> frozenset[str]:
    """Return the characters of ranges, written as two characters each."""
    pairs = zip(ranges[::2], ranges[1::2], strict=True)
    return frozenset(chr(code) for low, high in pairs for code in range(ord(low), ord(high) + 1))


_ASCII = frozenset(map(chr, range(128)))
_KANA = _expand("\u3041\u30ff")
_JAPANESE = _expand("\u3041\u30ff\u4e00\u9fff")
_Guess = tuple[str, frozenset[str], float, frozenset[str], float]


@cache
def _list_guesses() -> tuple[_Guess, ...]:
    """Return codec, usual letters, their least share, letters that must occur, their least share.

    Of two that are as good the first counts: the fewer letters an encoding has, the more they tell.
    """
    korean, chinese = _list_usual("euc-kr", 0xB0, 0xC8), _list_usual("gb2312", 0xB0, 0xD7)
    thai = frozenset("กขคงจชดตถทธนบปผพฟภมยรลวศษสหอะาิีึืุูเแโใไ็่้์ัำๆฯซญณฉ") | _expand("๐๙")
    none: frozenset[str] = frozenset()
    return (
        ("cp874", thai, 0.9, frozenset("านรอกเงมยล"), 0.3),
        ("cp1251", _expand("аяёёііїїєєґґ"), 0.8, none, 0.0),
        ("koi8-r", _expand("аяёё"), 0.8, none, 0.0),
        ("cp949", korean, 0.9, none, 0.0),
        ("euc-jp", _JAPANESE, 0.9, _KANA, 0.2),
        ("cp932", _JAPANESE, 0.9, _KANA, 0.2),
        ("gb18030", chinese, 0.75, none, 0.0),
        ("big5hkscs", _list_usual("big5", 0xA4, 0xC6), 0.75, none, 0.0),
    )


_MAX_HEAD = 2048  # bytes in which a document's label must stand


def decode_body(body: bytes, content_type: str = "") -> tuple[str, str]:
    """Return the text of a body and what was wrong with its encoding ("" where nothing was)."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _decode_leniently(body[len(bom) :], name)
    wide = _detect_utf16(body)
    if wide:
        return _decode_leniently(body, wide)
    stated = _find_declared_encodings(body, content_type)
    if "iso2022_jp" in stated and b"\x1b" in body:
        return _decode_leniently(body, "iso2022_jp")
    others = [name for name in stated if not name.startswith("utf-")]
    for name in ("utf-8", *others):
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        wrong = next((other for other in stated if other != "utf-8"), "")
        mislabelled = name == "utf-8" and wrong and not body.isascii()
        return text, f"labelled {wrong}, but it is UTF-8" if mislabelled else ""
    if others:
        return _decode_leniently(body, others[0])
    text = body.decode("utf-8", "replace")
    damaged, sound = text.count("\ufffd"), len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    if damaged > sound:  # hardly any UTF-8 in it
        name = _guess_encoding(body) or "cp1252"
        shown = {"cp1252": "Windows-1252"}.get(name, name)
        return body.decode(name, "replace"), f"no encoding is named; read as {shown}"
    return text, f"{damaged} damaged places in its UTF-8"


def _guess_encoding(body: bytes) -> str:
    """Return the encoding, other than Western, whose usual letters an unlabelled body holds.

    In Western text one or two bytes beyond ASCII stand among other letters; in all others more of
    them stand together.
    """
    runs = [len(run) for run in _HIGH_RUN.findall(body[:_MAX_GUESSED])]
    if sum(run for run in runs if run > 2) < _MIN_IN_RUNS * sum(runs):
        return ""
    best, name = 0.0, ""
    for codec, usual, least, needed, needed_share in _list_guesses():
        text = body[:_MAX_GUESSED].decode(codec, "replace")
        letters = re.sub(r"[\x00-\x7f\u3000-\u3002\uff00-\uff5e\u2010-\u2027]", "", text)
        share = sum(map(usual.__contains__, letters)) / max(1, len(letters))
        has_needed = sum(map(needed.__contains__, letters)) >= needed_share * len(letters)
        if has_needed and share >= least and share > best + _BETTER:
            best, name = share, codec
    return name


def _decode_leniently(body: bytes, name: str) -> tuple[str, str]:
    text = body.decode(name, "replace")
    damaged = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    return text, f"{damaged} damaged places in its {name}" if damaged > 0 else ""


def _detect_utf16(body: bytes) -> str:
    """Return the form of UTF-16 without a mark; "" where it is none.

    The first characters of XML, JSON and HTML are ASCII, so every other byte is NUL.
    """
    head = body[:64]
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 3 and even <= len(head) // 16:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 3 and odd <= len(head) // 16 else ""


def _find_declared_encodings(body: bytes, content_type: str) -> list[str]:
    """Return the encodings that document and header name, in Python's names, the likelier first."""
    inside = _LABEL.search(body[:_MAX_HEAD])
    outside = _HTTP_LABEL.search(content_type)
    labels = [(inside[1] or inside[2]).decode("ascii", "replace")] if inside else []
    labels += [outside[1]] if outside else []
    names: list[str] = []
    for label in labels:
        encoding = webencodings.lookup(_MORE_LABELS.get(label.lower(), label))
        if encoding and encoding.name not in _NO_TEXT:
            superset = _SUPERSETS.get(encoding.name, encoding.codec_info.name)
            names.append(codecs.lookup(superset).name)
    return list(dict.fromkeys(names))
