"""Read the figures of a text: their value, kind and unit, and whether one carries another.

A figure is read in every way that its form allows ("1.200" is 1200 or 1.2): only what agrees in no
reading differs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

from digest.ground.lexicon import find_concepts
from digest.ground.script import fold
from digest.patterns import join_alternatives
from digest.scale_words import SCALES, SPACED_SCALES, UNSPACED_PATTERN

_MAX_DIGITS = 40  # of a figure; the rest of a longer one is not read
_UNIT_REACH = 24  # characters behind a number in which its unit may stand
_MAX_ROUNDING = 0.1  # how far "about" may be from the figure, as a share of it
_MAX_ROUND_DIGITS = 2  # that count, of a round value
_MIN_GROWTH = 80  # percent, to be told as a multiple
_MAX_FLOOR = 0.25  # how far "more than" may stay below it, and "less than" above

_NUMBER = (
    r"\d{1,3}(?:[\u00a0\u202f'’]\d{3})+(?:[.,]\d+)?|\d{1,3}(?: \d{3})+(?![\d])(?:,\d+)?|"
    r"\d+(?:[.,]\d+)*"
)
_WORDS: dict[str, Any] = tomllib.loads(
    files("digest.ground").joinpath("number_words.toml").read_text("utf-8")
)
_SCALES = {fold(word): factor for word, factor in SCALES.items()}
_SCALE_WORDS = rf"(?:{join_alternatives(map(fold, SPACED_SCALES))})(?!\w)|{UNSPACED_PATTERN}"
_SCALE = f"(?P<scale>{_SCALE_WORDS})"
_BEFORE = (
    r"(?P<before>us\$|c\$|a\$|r\$|hk\$|[$€£¥₹฿]|"
    r"\b(?:usd|eur|gbp|jpy|cny|rmb|inr|thb|chf)\b|\brs\.?)"
)
_KINDS = tuple((row["kind"], "|".join(row["words"])) for row in _WORDS["kinds"])
_KIND = "|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_KINDS))
_SIGNS: Mapping[str, str] = _WORDS["signs"]
CURRENCIES = frozenset(
    {*"$€£¥₹฿₩", "C$", "A$", "R$", "HK$", "S$", "TWD", "JPY", "CNY"}
    | set("CHF SAR AED RUB MXN PLN MYR IDR VND SEK ZAR TRY ILS".split())
)

_VALUES = (*range(2, 21), *range(30, 100, 10))
_VALUE_OF: dict[str, dict[str, int]] = {
    language: {
        form: value
        for value, forms in zip(_VALUES, words, strict=False)
        for form in forms.split("|")
    }
    for language, words in _WORDS["numerals"].items()
}
# language → (value, kind, pattern) of words that are figures by themselves
_FIGURES: Mapping[str, list[tuple[float, str, str]]] = _WORDS["figures"]
_ORDINALS: Mapping[str, list[str]] = _WORDS["ordinals"]
_CJK_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"两": 2, "零": 0}
_CJK_NUMBER = re.compile(
    r"(?<![数几幾数十百千万])(?P<ord>第)?(?P<n>[一二三四五六七八九两十百千]+|\d+)(?P<over>余|餘|多|来)?"
    r"(?P<scale>万亿|亿|億|万)?(?P<m>个|個|年|月|天|周|週|倍|家|款|名|位|项|種|种|次|条|小时|分钟|成|社|人|つ|"
    r"枚|艘|辆|台|架|部|起|例|件|批|座|场|笔|套|颗|份|组|届|类|所|支|户|吨|"
    r"カ月|か月|ヶ月|美元|元|度|轮|大)?"
)
# Thai puts no spaces between words: a numeral is one where what it counts stands behind it.
_THAI_COUNTED = "|".join(_WORDS["thai_counted"])
_THAI_DIGITS: Mapping[str, int] = {
    **dict(zip(_WORDS["numerals"]["th"], range(2, 10), strict=False)), "ยี่": 2, "เอ็ด": 1,
}  # fmt: skip
_THAI_ONES = "|".join(_THAI_DIGITS)
_THAI_NUMERAL = (
    rf"(?<!หลาย)(?<!สิบ)(?:(?P<tens>(?:{_THAI_ONES})?สิบ)(?P<ones>{_THAI_ONES})?|"
    rf"(?P<one>{_THAI_ONES}))"
)
_TENTHS = re.compile(r"(?P<n>[一二两三四五六七八九\d])成")
_HUNDREDTHS = re.compile(r"百分之(?P<n>\d+(?:\.\d+)?|[一二三四五六七八九十]+)")
_SHARE_OF_TEN: Mapping[str, str] = _WORDS["shares"]
_CURRENCY = re.compile(rf"[\s-]{{0,2}}(?:(?:di|de|of|d') ?)?(?:{_KIND})")
_MIN_SUM = 1e3  # of a figure in words, to be a sum of money
_BOUNDS = tuple((row["kind"], "|".join(row["words"])) for row in _WORDS["bounds"])
_BOUND = "|".join(f"(?P<b{n}>(?<![a-z\u00c0-\u04ff])(?:{p}))" for n, (_, p) in enumerate(_BOUNDS))
_BOUND_BEFORE = re.compile(
    rf"(?:{_BOUND})[\s:]*(?:the |a |il |le |la |el |los |las |o |os |as |un |als )?(?:us\$|"
    rf"[$€£¥₹])?\s*$"
)
_BOUND_BEHIND = re.compile(
    r"\s?(?:(?P<more>\+|以上|(?<=\S)超|多(?=[家个款名位项种次年月天])|余|"
    r"or more|oder mehr|ou plus|o piu|o mas|"
    r"ou mais|กว่า)|"
    r"(?P<less>以下|未満|or less|or fewer))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure of a text. `kind` is "%", "pp", "x", "/", "ord", a currency or "" (a count)."""

    values: tuple[float, ...]
    kind: str
    unit: str
    bound: str
    step: float  # what the last digit stands for
    scaled: bool  # it has decimals or a word of scale: it may be rounded
    written: str
    start: int
    end: int

    @property
    def value(self) -> float:
        """The likeliest reading."""
        return self.values[0]


def count_word(word: str, language: str) -> int:
    """Return the count that one folded word says; 0 where it says none."""
    if language in ("zh", "ja"):
        return int(_read_cjk(word)) if set(word) <= {*_CJK_DIGITS, "十"} else 0
    return _VALUE_OF.get(language, {}).get(word, 0)


def find_quantities(folded: str, language: str) -> list[Quantity]:
    """Return the figures of a folded text in order, those in words among them."""
    found = [*_find_digits(folded, language)]
    for one in sorted(_find_words(folded, language), key=lambda one: one.start - one.end):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    found.sort(key=lambda one: one.start)
    return _share_scale(folded, [_add_context(one, folded, language) for one in found])


# ---------------------------------------------------------------- digits

# Words that may stand at a number; others make a name of it ("51world").
_AFFIXES = "|".join([_SCALE_WORDS, *(words for _, words in _KINDS)])
_DIGITS = re.compile(
    rf"(?:{_BEFORE}\s?)?(?<![\w.,])(?<![^\W\d_]-)(?P<n>{_NUMBER})"
    rf"(?!\d*(?!{_AFFIXES})[a-z]{{4}})(?:[\s-]?{_SCALE})?"
    rf"(?:(?P<n2>\d+)(?:万|萬))?(?P<plus>\+)?(?:[\s-]{{0,2}}(?:(?:di|de|of|d') ?)?(?:{_KIND}))?",
)
_DIGITS_UNSPACED = re.compile(
    rf"(?:{_BEFORE}\s?)?(?:(?<![a-z\d.,])|(?<=top))(?<![a-z\u0e00-\u0eff]-)(?P<n>{_NUMBER})(?:\s?{_SCALE})?"
    rf"(?:(?P<n2>\d+)(?:万|萬))?(?P<plus>\+|余|多)?(?:\s?(?:{_KIND}))?",
)


# "Around the clock" is no figure.
_ALWAYS = re.compile(
    r"24 ?(?:/ ?7|(?:ore|heures|h|horas|stunden)?,? ?(?:su|sur|/|de las|de) ?24)\b"
)
_ALWAYS_END = re.compile(
    r"(?<!\d)24 ?(?:/ ?7|(?:ore|heures|h|horas)?,? ?(?:su|sur|/|de las|de) ?24)$"
)


def _find_digits(folded: str, language: str) -> Iterator[Quantity]:
    unspaced = language in ("zh", "ja", "th")
    for match in (_DIGITS_UNSPACED if unspaced else _DIGITS).finditer(folded):
        if _ALWAYS.match(folded, match.start()) or _ALWAYS_END.search(folded[: match.end()]):
            continue
        scale = _SCALES.get(match["scale"] or "", 1.0)
        kind = next((k for n, (k, _) in enumerate(_KINDS) if match[f"k{n}"]), "")
        if match["before"]:
            sign = match["before"].strip()
            kind = _SIGNS.get(sign, sign)
        number, extra = match["n"], 1e4 * float(match["n2"] or 0)
        readings = _read_number(number, language)
        fraction = re.split(r"[.,]", number)[-1] if readings[0] % 1 else ""
        decimals = min(len(fraction), _MAX_DIGITS)
        yield Quantity(
            tuple(value * scale + extra for value in readings),
            kind,
            "",
            "more" if match["plus"] else "",
            scale / 10**decimals,
            scale > 1 or decimals > 0,
            number,
            match.start(),
            match.end(),
        )


def _read_number(written: str, language: str) -> tuple[float, ...]:
    """Return the values that a number's form allows, the likeliest first."""
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", written)[:_MAX_DIGITS].rstrip(".,")
    separators = re.findall(r"[.,]", plain)
    if not separators:
        return (float(plain),)
    last = separators[-1]
    if len(set(separators)) == 2:
        other = "," if last == "." else "."
        return (float(plain.replace(other, "").replace(last, ".")),)
    if len(separators) > 1:
        if all(len(group) == 3 for group in re.split(r"[.,]", plain)[1:]):
            return (float(re.sub(r"[.,]", "", plain)),)
        return (float(re.split(r"[.,]", plain)[0]),)
    decimal = float(plain.replace(",", "."))
    if len(re.split(r"[.,]", plain)[1]) != 3 or plain.startswith("0"):
        return (decimal,)
    whole = float(re.sub(r"[.,]", "", plain))
    points_group = language in ("de", "it", "es", "pt", "fr", "ru")
    if not points_group:
        return (whole,) if last == "," else (decimal,)
    return (whole,) if last == "." else (decimal, whole)


# ---------------------------------------------------------------- words


def _find_words(folded: str, language: str) -> Iterator[Quantity]:
    if language in ("zh", "ja"):
        yield from _find_cjk_words(folded)
    values = _VALUE_OF.get(language, {})
    if values:
        yield from _find_shares(folded, language, values)
        yield from _find_plain_words(folded, language, values)
    for value, kind, pattern in _FIGURES.get(language, ()):
        bounds = ("", "") if language in ("zh", "ja", "th") else (r"(?<![\w-])(?:", r")(?![\w])")
        for match in re.finditer(pattern.join(bounds), folded):
            yield _make_quantity(value, kind or _find_currency(value, folded[match.end() :]), match)
    for value, pattern in enumerate(_ORDINALS.get(language, ()), 2):
        if not pattern.endswith("_"):
            for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?:-\w+)?(?!\w)", folded):
                yield _make_quantity(value, "ord", match)
    if language in ("en", "de", "fr", "es", "it", "pt"):
        for match in re.finditer(r"(?<!\w)(\d{1,2})(?:st|nd|rd|th|eme|º|ª)(?!\w)", folded):
            yield _make_quantity(int(match[1]), "ord", match)


def _find_currency(value: float, behind: str) -> str:
    """Return the currency behind a figure in words, of "one billion dollars", or nothing."""
    found = _CURRENCY.match(behind) if value >= _MIN_SUM else None
    kind = next((k for n, (k, _) in enumerate(_KINDS) if found and found[f"k{n}"]), "")
    return kind if kind in CURRENCIES else ""


def _find_shares(folded: str, language: str, values: dict[str, int]) -> Iterator[Quantity]:
    form = _SHARE_OF_TEN.get(language)
    if not form:
        return
    every = values | dict.fromkeys(_WORDS["ones"], 1)
    words = "|".join([*map(re.escape, every), r"\d{1,2}"])
    for match in re.finditer(rf"(?<!\w){form.format(w=f'(?:{words})')}(?!\w)", folded):
        part, of = (every.get(text) or float(text) for text in (match["n"], match["of"]))
        if of > part:
            yield _make_quantity(part / of, "/", match)


def _find_plain_words(folded: str, language: str, values: dict[str, int]) -> Iterator[Quantity]:
    words = join_alternatives(values)
    pattern = rf"(?<![\w'-])(?P<n>{words})(?:-(?P<one>one|{words}))?(?![\w])(?:[\s-]{_SCALE})?"
    if language == "th":
        pattern = rf"{_THAI_NUMERAL}(?=\s?(?:{_THAI_COUNTED}))(?:\s?{_SCALE})?"
    for match in re.finditer(rf"{pattern}(?:[\s-]{{0,2}}(?:{_KIND}))?", folded):
        if language == "th":
            value = _read_thai(match)
        else:
            value = float(values[match["n"]])
            if match["one"]:
                value += 1 if match["one"] == "one" else values[match["one"]]
        scale = _SCALES.get(match["scale"] or "", 1.0)
        kind = next((k for n, (k, _) in enumerate(_KINDS) if match[f"k{n}"]), "")
        found = _make_quantity(value * scale, kind, match)
        yield replace(found, step=scale, scaled=scale > 1)


def _read_thai(match: re.Match[str]) -> float:
    """Return the value of a Thai numeral below a hundred."""
    tens, ones = match["tens"], match["ones"] or match["one"]
    value = (_THAI_DIGITS.get(tens.removesuffix("สิบ"), 1) * 10) if tens else 0
    return float(value + (_THAI_DIGITS[ones] if ones else 0))


def _find_cjk_words(folded: str) -> Iterator[Quantity]:
    for match in _TENTHS.finditer(folded):
        digit = match["n"]
        value = _CJK_DIGITS.get(digit) or int(digit)
        yield _make_quantity(10.0 * value, "%", match)
    for match in _HUNDREDTHS.finditer(folded):
        yield _make_quantity(_read_cjk(match["n"]), "%", match)
    for match in _CJK_NUMBER.finditer(folded):
        if not (match["ord"] or match["scale"] or match["m"]):
            continue
        if match["n"] in ("一", "1") and not match["scale"]:  # an article, more often
            continue
        if match["n"].isdigit() and not match["ord"]:
            continue  # read among the digits
        scale = SCALES.get(match["scale"] or "", 1.0)
        kind = "ord" if match["ord"] else "x" if match["m"] == "倍" else ""
        kind = {"美元": "$", "元": "CNY"}.get(match["m"] or "", kind)
        if not match["m"] and scale > 1:
            kind = _find_currency(scale, folded[match.end() :])
        end = match.start("m") if match["m"] and kind == "" else match.end()
        found = _make_quantity(_read_cjk(match["n"]) * scale, kind, match)
        bound = "more" if match["over"] else ""
        yield replace(found, end=end, step=scale, scaled=scale > 1, bound=bound)


def _read_cjk(text: str) -> float:
    if re.fullmatch(r"[\d.]+", text):
        return float(text)
    total = current = 0
    for character in text:
        unit = {"十": 10, "百": 100, "千": 1000}.get(character)
        if unit:
            total, current = total + (current or 1) * unit, 0
        else:
            current = _CJK_DIGITS.get(character, 0)
    return float(total + current)


def _make_quantity(value: float, kind: str, match: re.Match[str]) -> Quantity:
    return Quantity((value,), kind, "", "", 1.0, False, match[0], match.start(), match.end())


# ---------------------------------------------------------------- context


def _add_context(one: Quantity, folded: str, language: str) -> Quantity:
    """Return a figure with the unit behind it and the bound beside it."""
    bound = one.bound
    before = _BOUND_BEFORE.search(folded[max(0, one.start - 28) : one.start])
    if before:
        bound = next(b for n, (b, _) in enumerate(_BOUNDS) if before[f"b{n}"])
        start = max(0, one.start - 28) + before.start()
        if re.search(r"(?:\bnot|\bno|\bnicht|\bpas|\bnon|不|ไม่)\s*$", folded[:start]):
            bound = {"more": "upto", "less": "more"}.get(bound, bound)
    behind = _BOUND_BEHIND.match(folded, one.end)
    if behind and not bound:
        bound = "more" if behind["more"] else "less"
    unit = ""
    if one.kind in ("", "/", "ord") and not _VERSION.fullmatch(one.written):
        gap = one.end + (behind.end() - behind.start() if behind else 0)
        unit = _find_unit(folded[gap : gap + _UNIT_REACH], language)
    return replace(one, bound=bound, unit=unit)


def _find_unit(behind: str, language: str) -> str:
    """Return the first unit among the words behind a figure, of its own clause."""
    unspaced = language in ("zh", "ja", "th")
    stop = re.search(
        r"[,;:.()。，、；]|\d|\b(?:a|an|the|per|each|every|pro|je|par|al|alla|all|por|ao|в)\b|ต่อ|每|毎",
        behind,
    )
    behind = behind[: stop.start()] if stop else behind
    if not unspaced:
        behind = " ".join(re.split(r"[\s-]+", behind.strip(" -"))[:3])
    found = sorted(
        find_concepts(behind, behind, language, "units.toml"), key=lambda f: (f.start, -f.end)
    )
    limit = {"zh": 2, "ja": 2, "th": 6}.get(language, _UNIT_REACH)
    return found[0].concept if found and found[0].start <= limit else ""


_LIKE = re.compile(
    r"contro|against|vs\.?|versus|compared (?:with|to)|contre|gegenuber|rispetto ai?|"
    r"and|e|und|et|y|,|to|or"
)
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
_RANGE = re.compile(
    r"(?:to|-|and|or|a|ad|al|e|(?:- ?)?bis|auf|und|à|et|hasta|y|o|ou|до|到|至|から|ถึง|di|por)?"
)


def _share_scale(folded: str, found: list[Quantity]) -> list[Quantity]:
    """Give the first of two figures the scale and kind of the second: "from 2 to 45 million"."""
    for at in range(len(found) - 1):
        one, two = found[at], found[at + 1]
        between = folded[one.end : two.start].strip()
        if _RANGE.fullmatch(between) and not one.kind and not one.unit and len(between) < 10:
            factor = two.step if two.scaled and not one.scaled and two.step > 1 else 1.0
            factor = max(factor, _get_scale(two)) if not one.scaled else 1.0
            values = one.values + tuple(v * factor for v in one.values if factor > 1)
            found[at] = replace(one, values=values, kind=two.kind, unit=two.unit)
        elif one.scaled and one.step > 1 and not two.scaled and _LIKE.fullmatch(between):
            # "243.4 billion against 239.5": the second may be of the first's scale
            factor = _get_scale(one)
            values = two.values + tuple(value * factor for value in two.values)
            found[at + 1] = replace(two, values=values)
        elif (
            one.kind == "%" and not (two.kind or two.unit) and between and _RANGE.fullmatch(between)
        ):
            found[at + 1] = replace(two, kind="%")  # "25% to 30"
        elif between == "/" and one.kind and not two.kind and not two.unit:
            found[at + 1] = replace(two, kind=one.kind)  # "$1.25/4.25"
    return _share_elided(found)


def _share_elided(found: list[Quantity]) -> list[Quantity]:
    """Let a bare figure be of the scale of a sum before it: "24 billion dollars, of which 10"."""
    sums = [quantity for quantity in found if quantity.kind in CURRENCIES and quantity.step > 1]
    for at, one in enumerate(found):
        before = [other for other in sums if other.end <= one.start]
        if before and not (one.kind or one.unit or one.scaled) and len(one.values) == 1:
            found[at] = replace(one, values=(one.value, one.value * _get_scale(before[-1])))
    return found


def _get_scale(one: Quantity) -> float:
    number = (
        float(one.written.replace(",", "."))
        if re.fullmatch(r"\d+(?:[.,]\d{1,2})?", one.written)
        else 0
    )
    return round(one.value / number) if number else 1.0


# ---------------------------------------------------------------- comparing


def carries(source: Quantity, claimed: Quantity) -> bool:
    """Return whether a figure of a source carries a claimed one: value, kind and bound."""
    if _is_same_span(source, claimed):
        return True
    if any(
        abs(times - claimed.value) <= _MAX_ROUNDING * times
        for times in _list_growth(source, claimed)
    ):
        return True
    return (
        _have_same_kind(source, claimed)
        and not _are_opposed(source, claimed)
        and any(
            _agree(value, own, claimed)
            for value in _list_shares(source)
            for own in _list_shares(claimed)
        )
    )


_YEN_OR_YUAN = frozenset({"¥", "JPY", "CNY"})  # the sign is both
# What units of one kind measure, for "half an hour" of "30 minutes".
_SCALES_OF_UNITS: tuple[Mapping[str, float], ...] = (
    {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800},
    {"kilowatt": 1e3, "megawatt": 1e6, "gigawatt": 1e9, "terawatt": 1e12},
    {"kilobyte": 1e3, "megabyte": 1e6, "gigabyte": 1e9, "terabyte": 1e12, "petabyte": 1e15},
    {"meter": 1, "kilometer": 1e3, "mile": 1609.34},
)
_MAX_CONVERTED = 0.02  # by which a converted measure may be rounded


def _is_same_span(source: Quantity, claimed: Quantity) -> bool:
    """Return whether two measures are one, in different units."""
    units = {source.unit, claimed.unit}
    scale = next((factors for factors in _SCALES_OF_UNITS if units <= factors.keys()), None)
    if scale is None or source.unit == claimed.unit:
        return False
    if not {source.kind, claimed.kind} <= {"", "/"} or {source.bound, claimed.bound} > {"more"}:
        return False
    one, two = source.value * scale[source.unit], claimed.value * scale[claimed.unit]
    slack = 1e-6 if "second" in scale else _MAX_CONVERTED
    return abs(one - two) <= slack * max(one, two)


def have_different_units(source: Quantity, claimed: Quantity) -> bool:
    """Return whether both figures name what they count, and name different things."""
    people = {"user", "customer", "employee"}
    if source.unit in people and claimed.unit in people:
        return {source.unit, claimed.unit} == {"employee", "customer"}
    if _is_same_span(source, claimed):
        return False
    return bool(source.unit and claimed.unit and source.unit != claimed.unit)


def _have_same_kind(source: Quantity, claimed: Quantity) -> bool:
    if source.kind == claimed.kind:
        return True
    if "¥" in (source.kind, claimed.kind) and {source.kind, claimed.kind} <= _YEN_OR_YUAN:
        return True
    if {source.kind, claimed.kind} <= {"%", "/"}:
        return True
    if claimed.kind == "":
        return source.kind in CURRENCIES
    return {source.kind, claimed.kind} <= {"ord", ""} and max(source.value, claimed.value) < 32


def _list_growth(source: Quantity, claimed: Quantity) -> tuple[float, ...]:
    """Return what a rise in percent is as a multiple: by so many times, or to so many."""
    if (source.kind, claimed.kind) != ("%", "x") or source.value < _MIN_GROWTH:
        return ()
    return tuple(value for one in source.values for value in (one / 100, 1 + one / 100))


def _list_shares(one: Quantity) -> tuple[float, ...]:
    return tuple(100 * v for v in one.values) if one.kind == "/" else one.values


def _are_opposed(source: Quantity, claimed: Quantity) -> bool:
    """Return whether two figures of one value are bounds of opposite sides."""
    if source.value != claimed.value:
        return False
    sides = {source.bound, claimed.bound}
    return sides in ({"more", "less"}, {"more", "upto"})


def _agree(value: float, own: float, claimed: Quantity) -> bool:
    """Return whether a claimed value is the source's, or its honest rounding."""
    difference, scale = abs(value - own), max(abs(value), 1e-12)
    if difference <= 1e-6 * scale:
        return True
    if claimed.kind in ("ord", "x") and not claimed.scaled:
        return False
    if claimed.kind == "/":
        return difference <= 4
    near = claimed.scaled and difference <= claimed.step  # rounded to the side of the bound
    if claimed.bound == "more":
        return own < value and (
            near or (difference <= _MAX_FLOOR * scale and _is_rounding(own, value))
        )
    if claimed.bound in ("less", "upto"):
        return own > value and (
            near or (difference <= _MAX_FLOOR * scale and _is_rounding(own, value))
        )
    if claimed.bound == "about":
        return difference <= _MAX_ROUNDING * scale and (
            _is_round(own) or difference <= claimed.step / 2
        )
    # Without a word for it, only a figure of fewer digits than the source's is a rounding.
    rounded = claimed.scaled or (claimed.kind == "%" and own == int(own) and value != int(value))
    return rounded and difference <= claimed.step / 2 and difference <= 0.05 * scale


def _is_round(value: float) -> bool:
    """Return whether a value has at most two digits that count."""
    return _count_digits(value) <= _MAX_ROUND_DIGITS


def _is_rounding(own: float, value: float) -> bool:
    """Return whether a round value has no more digits that count than the source's."""
    return _count_digits(own) <= min(_MAX_ROUND_DIGITS, _count_digits(value))


def _count_digits(value: float) -> int:
    return len(Decimal(f"{value:.8g}").normalize().as_tuple().digits)
