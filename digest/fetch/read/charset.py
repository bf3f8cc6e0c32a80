"""Bytes to text, when the label may be missing or wrong. Pure.

The rule, in order: a byte order mark; NUL bytes where UTF-16 has them; bytes that are valid UTF-8 are UTF-8, whatever
the label says (text in another encoding is hardly ever valid UTF-8 by chance); then the label of the document, and the
label of the HTTP header; then UTF-8 with the damage marked, or Windows-1252 where too much would be damaged.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The labels of the WHATWG's list that need a Python name of their own: supersets that publishers mean by them.
_CODEC_NAMES = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "l1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "ansi": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "dos-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "x-mac-cyrillic": "mac-cyrillic", "macintosh": "mac-roman", "utf8mb4": "utf-8", "unicode": "utf-16-le",
    "iso-8859-8-i": "iso-8859-8",
}  # fmt: skip
_KNOWN = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|utf-?32(?:-?[lb]e)?|iso-?8859-\d{1,2}|windows-125\d|cp125\d|cp8(?:74|66|52)|cp9(?:32|49)"
    r"|koi8-[ru]|gb18030|big5hkscs|euc-?jp|iso-?2022-jp|mac-(?:roman|cyrillic)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.I,
)
_HTTP_LABEL = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_LOOK = 2048


def decode_body(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a body and what was wrong with its encoding ("" where nothing was)."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _decode_leniently(body[len(bom) :], name)
    wide = _detect_utf16(body)
    if wide:
        return _decode_leniently(body, wide)
    stated = [*_find_declared_encodings(body, content_type)]
    if "iso2022_jp" in stated and b"\x1b" in body:
        return _decode_leniently(body, "iso2022_jp")
    try:
        return body.decode("utf-8"), _describe_mislabel(body, stated)
    except UnicodeDecodeError:
        return _decode_non_utf8(body, [name for name in stated if not name.startswith("utf-")])


def _describe_mislabel(body: bytes, stated: list[str]) -> str:
    wrong = next((name for name in stated if not name.startswith("utf-8")), "")
    return f"labelled {wrong}, but it is UTF-8" if wrong and not body.isascii() else ""


def _decode_non_utf8(body: bytes, stated: list[str]) -> tuple[str, str]:
    for name in stated:
        try:
            return body.decode(name), ""
        except UnicodeDecodeError:
            continue
    if stated:
        return _decode_leniently(body, stated[0])
    text = body.decode("utf-8", "replace")
    damaged, sound = text.count("\ufffd"), sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", text))
    if damaged > sound:  # hardly any UTF-8 in it: an unlabelled body of the Western kind
        return body.decode("cp1252", "replace"), "no encoding is named; read as Windows-1252"
    return text, f"{damaged} damaged places in its UTF-8"


def _decode_leniently(body: bytes, name: str) -> tuple[str, str]:
    text = body.decode(name, "replace")
    damaged = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    return text, f"{damaged} damaged places in its {name}" if damaged > 0 else ""


def _detect_utf16(body: bytes) -> str:
    """UTF-16 without a mark: the first characters of XML, JSON and HTML are ASCII, so every other byte is NUL."""
    head = body[:64]
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 3 and even <= len(head) // 16:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 3 and odd <= len(head) // 16 else ""


def _find_declared_encodings(body: bytes, content_type: str) -> list[str]:
    """The encodings that document and header name, as Python knows them, the likelier first."""
    inside = _LABEL.search(body[:_LOOK])
    outside = _HTTP_LABEL.search(content_type)
    labels = [(inside[1] or inside[2]).decode("ascii", "replace")] if inside else []
    labels += [outside[1]] if outside else []
    return list(dict.fromkeys(filter(None, map(_find_codec_name, labels))))


def _find_codec_name(label: str) -> str:
    """Only encodings of text that publishers use: Python also knows some that are traps (idna, unicode_escape)."""
    name = _CODEC_NAMES.get(label.lower().replace("iso8859", "iso-8859"), label)
    return codecs.lookup(name).name if _KNOWN.fullmatch(name) else ""
