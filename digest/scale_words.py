"""Words that multiply the number before them, as "million": one table for all who read figures.

The words are in small letters.
"""

from __future__ import annotations

from collections.abc import Mapping

from digest.patterns import join_alternatives

_ENGLISH: Mapping[float, str] = {
    1e2: "hundred",
    1e3: "k thousand",
    1e5: "lakh lakhs",
    1e6: "m mn mm million",
    1e7: "cr crore crores",
    1e9: "b bn billion billions",
    1e12: "t tn trillion trillions",
}
_OTHERS: Mapping[float, str] = {  # of languages that put spaces between words
    1e3: "tausend tsd tsd. mille mila mil milliers tys тыс тыс.",
    1e6: "mio mio. mln mln. millions millionen milione milioni millón millones milhão milhões "
    "млн млн.",
    1e9: "bln mrd mrd. mld mld. md mds milliard milliards milliarde milliarden miliardo miliardi "
    "miliard miliardów bilhão bilhões млрд млрд.",
    1e12: "billionen billones trilioni trillones trilhão trilhões трлн трлн.",
}
_UNSPACED: Mapping[float, str] = {  # of Chinese, Japanese, Korean and Thai
    1e3: "千 พัน",
    1e4: "万 萬 만 หมื่น",
    1e5: "แสน",
    1e6: "百万 百萬 ล้าน",
    1e7: "千万 千萬",
    1e8: "亿 億 억",
    1e9: "十亿 十億 พันล้าน",
    1e10: "หมื่นล้าน",
    1e11: "แสนล้าน",
    1e12: "兆 万亿 萬億 ล้านล้าน",
}
_OF_TWO_WORDS: Mapping[str, float] = {"mil millones": 1e9, "thousand million": 1e9}
_RUSSIAN_CASES: Mapping[str, float] = {
    stem + ending: factor
    for stem, factor, endings in (
        ("тысяч", 1e3, "а и е у ей ам ами ах"),
        ("миллион", 1e6, "а у ом е ы ов ам ами ах"),
        ("миллиард", 1e9, "а у ом е ы ов ам ами ах"),
        ("триллион", 1e12, "а у ом е ы ов ам ами ах"),
    )
    for ending in ("", *endings.split())
}


def _list_words(table: Mapping[float, str]) -> dict[str, float]:
    return {word: factor for factor, words in table.items() for word in words.split()}


SCALES: Mapping[str, float] = {
    **_list_words(_ENGLISH),
    **_list_words(_OTHERS),
    **_list_words(_UNSPACED),
    **_OF_TWO_WORDS,
    **_RUSSIAN_CASES,
}
ENGLISH_SCALES = frozenset(_list_words(_ENGLISH))
UNSPACED_SCALES = frozenset(_list_words(_UNSPACED))
SPACED_SCALES = frozenset(SCALES) - UNSPACED_SCALES  # with a letter behind it is another word
UNSPACED_PATTERN = join_alternatives(UNSPACED_SCALES).replace(
    "兆",
    "兆(?!瓦|赫|字节|比特)",  # before a unit it means mega
)
SCALE_PATTERN = rf"(?:(?:{join_alternatives(SPACED_SCALES)})(?!\w)|{UNSPACED_PATTERN})"
