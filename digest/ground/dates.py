"""Read the dates of a text, and say whether one carries another.

A date is as whole as it is written: "in May" has no year and no day. What a source leaves out is
filled from the item's date; what both state must agree.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from babel import Locale

from digest.ground.numbers import count_word
from digest.ground.script import fold
from digest.months import MONTHS
from digest.patterns import join_alternatives

_BUDDHIST_YEARS = 543
_MIN_MONTH = 4  # letters of a month's name that needs no day beside it
_NEAR_DAYS = 200  # how far from an item's date a day without a year may be
_AMBIGUOUS = frozenset("may mar mars sept set mai ago out dec".split())


@cache
def _load_relative() -> dict[str, dict[str, str]]:
    """Return language → what is said, as "year-1" → the pattern of its words."""
    return tomllib.loads(files("digest.ground").joinpath("relative_dates.toml").read_text("utf-8"))


# A year or a quarter before is told in other words, too: "a year earlier", "year on year".
_AS_RELATIVE: tuple[tuple[str, str], ...] = (
    (
        (
            r"a year (?:earlier|ago|before)|year[- ](?:on|over)[- ]year|yoy|last year's|vorjahr\w*|"
            r"un an (?:plus tot|auparavant)|un anno (?:prima|fa)|un ano (?:antes|atras)|"
            r"同比|按年|一年前|"
            r"前年同期|前年比|год назад|ปีก่อน"
        ),
        "year-1",
    ),
    (
        (
            r"(?:the )?(?:latest|past|prior|previous|preceding) quarter|last quarter|"
            r"quarter[- ](?:on|over)[- ]quarter|qoq|sequentially|vorquartal\w*|"
            r"trimestre (?:precedente?|anterior)|环比|前四半期比"
        ),
        "quarter-1",
    ),
    (r"(?:the )?(?:prior|previous|preceding) month|mese precedente|环比|前月比", "month-1"),
    (  # half-years, numbered
        (
            r"first (?:half|six months)(?: of the year)?|h1(?= ?'?(?:20)?2\d)|"
            r"erste\w? (?:halbjahr\w*|jahreshalfte|sechs monate\w*)|premier semestre|"
            r"six premiers mois|primo semestre|primi sei mesi|primer semestre|"
            r"primeros seis meses|primeiro semestre|перв\w+ полугоди\w+|上半年|上半期|"
            r"ครึ่ง(?:ปี)?แรก"
        ),
        "half-1",
    ),
    (
        (
            r"second half(?: of the year)?|h2(?= ?'?(?:20)?2\d)|zweite\w? (?:halbjahr\w*|"
            r"jahreshalfte)|(?:second|deuxieme) semestre|secondo semestre|segundo semestre|"
            r"втор\w+ полугоди\w+|下半年|下半期|ครึ่ง(?:ปี)?หลัง"
        ),
        "half-2",
    ),
)
_QUARTERS: dict[str, str] = {
    "en": r"q(?P<q>[1-4])|(?P<qw>first|second|third|fourth|final)[ -]quarter",
    "de": r"q(?P<q>[1-4])|(?P<q2>[1-4])\. ?quartal|"
    r"(?P<qw>erste|zweite|dritte|vierte)[nsr]? quartal",
    "fr": r"[tq](?P<q>[1-4])|(?P<qw>premier|deuxieme|troisieme|quatrieme) trimestre|"
    r"(?P<q2>[1-4])e trimestre",
    "it": r"[qt](?P<q>[1-4])|(?P<qw>primo|secondo|terzo|quarto) trimestre",
    "es": r"[qt](?P<q>[1-4])|(?P<qw>primer|segundo|tercer|cuarto) trimestre",
    "pt": r"[qt](?P<q>[1-4])|(?P<qw>primeiro|segundo|terceiro|quarto) trimestre",
    "ru": r"q(?P<q>[1-4])|(?P<qw>перв|втор|трет|четверт)\w+ квартал\w*",
    "zh": r"(?<![a-z])q(?P<q>[1-4])|第?(?P<qw>[一二三四])季度?",
    "ja": r"(?<![a-z])q(?P<q>[1-4])|第?(?P<q2>[1-4])四半期|第(?P<qw>[一二三四])四半期",
    "th": r"(?<![a-z])q(?P<q>[1-4])|ไตรมาส(?:ที่)? ?(?P<q2>[1-4])",
}
_QUARTER_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "first erste premier primo primer primeiro перв 一",
            "second zweite deuxieme secondo segundo втор 二",
            "third dritte troisieme terzo tercer terceiro трет 三",
            "fourth final vierte quatrieme quarto cuarto четверт 四",
        ),
        1,
    )
    for word in words.split()
}
_PARTS = (
    ("early", r"early|anfang|debut|inizio|principios de|inicio de|comeco de|初|ต้นเดือน"),
    ("mid", r"mid|mitte|mi|meta|meta di|mediados de|meados de|中旬|กลางเดือน|middle of|середин\w+"),
    ("late", r"late|end of|ende|fin|fine|finales de|fim de|final de|下旬|末|底|ปลายเดือน|конц\w+"),
)  # fmt: skip
_PART = "|".join(f"(?P<{name}>{words})" for name, words in _PARTS)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as far as a text states it. `relative` as "year-1"; other fields are 0 then."""

    year: int
    month: int
    day: int
    quarter: int
    part: str
    relative: str
    start: int
    end: int
    written: str


@cache
def _load_month_names(language: str) -> dict[str, int]:
    names = {fold(name): number for name, number in MONTHS.get(language, {}).items()}
    if language not in MONTHS and language in ("ru",):
        for width in ("wide", "abbreviated"):
            for form in ("format", "stand-alone"):
                for number, name in Locale(language).months[form][width].items():
                    names[fold(name)] = number
    names |= (
        {fold(name): number for name, number in MONTHS["en"].items() if len(name) > 3}
        if language in ("zh", "ja", "th")
        else {}
    )
    return names


@cache
def _build_pattern(language: str) -> re.Pattern[str]:
    names = _load_month_names(language)
    month = join_alternatives(names)
    year = r"(?:,? (?:de |del |of |di )?(?P<{0}>(?:19|20|25)\d\d)(?![\d-]))?"
    day = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|°|ª)?"
    parts = [
        r"(?<!\d)(?P<iy>(?:19|20)\d\d)[-/.](?P<im>\d{1,2})[-/.](?P<id>\d{1,2})(?!\d)",
        r"(?<![\d.,])(?P<nd>\d{1,2})[./](?P<nm>\d{1,2})[./](?P<ny>(?:19|20|25)\d\d)(?!\d)",
        r"(?:(?P<jy>(?:19|20)\d\d)\s?年\s?)?(?P<jm>\d{1,2})\s?月\s?(?:(?P<jd>\d{1,2})\s?[日号號]?)?(?P<jp>上旬|初|中旬|下旬|底|末)?",
        r"(?P<ky>(?:19|20)\d\d)年(?:度)?",
        r"(?<![\d月])(?P<kd>\d{1,2})\)?日(?!間|内|以)",
        r"(?<!\d)(?P<ld>\d{1,2})[日号]?\s?[至到~—-]\s?(?P<llast>\d{1,2})[日号](?!间|间|内|以)",
    ]
    if month and language == "th":
        parts.append(
            rf"(?:(?P<ad>\d{{1,2}})(?:\s?(?:-|ถึง|และ)\s?(?P<alast>\d{{1,2}}))?\s*)?(?:เดือน)?(?P<am>{month})\s*(?:(?:พ\.ศ\.|ค\.ศ\.|ปี)?\s*(?P<ay>(?:20|25)\d\d))?"
        )
        parts.append(r"(?:พ\.ศ\.|ค\.ศ\.|ปี)\s*(?P<ty>(?:20|25)\d\d)")
    elif month:
        gap = r"(?:of |de |di |d')?"
        parts.append(
            rf"(?<![\w.,]){day.format('ad')}(?:\s?(?:-|to|bis|al|au|a|y|e|et|and|und|"
            rf",)\s?{day.format('alast')})?\s{gap}(?P<am>{month})\b\.?{year.format('ay')}"
        )
        if language in ("en", "zh", "ja"):
            parts.append(
                rf"(?<!\w)(?P<bm>{month})\.?\s(?P<bd>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]|"
                rf"[.,]\d)(?:\s?(?:-|and|to|through|,)\s?(?P<blast>\d{{1,2}})(?![\d:%]|"
                rf"[.,]\d))?{year.format('by')}"
            )
        parts.append(
            rf"(?<!\w)(?:(?:{_PART})[\s-]*(?:of |de |di |"
            rf"d')?)?(?P<cm>{month})(?!\w)\.?{year.format('cy')}"
        )
    quarter = _QUARTERS.get(language, _QUARTERS["en"])
    bound = "" if language in ("zh", "ja", "th") else r"(?<!\w)"
    parts.append(rf"{bound}(?:{quarter})(?:\s?(?:of |de |del |di |')?(?P<qy>(?:20)\d\d))?")
    parts.append(
        r"(?<![\w.,$€£¥-])(?P<y>(?:19[5-9]|20[0-6])\d)(?![\w%]|[.,-]\d|\s?(?:percent|prozent))"
        if language not in ("zh", "ja", "th")
        else rf"(?<![\d.,$])(?P<y>20[0-6]\d)(?![\d.,年{_COUNTERS}])"
    )
    return re.compile("|".join(f"(?:{part})" for part in parts))


# Before these a figure is no year.
_COUNTERS = "余多名人位家个個艘款台项種种辆件只次套倍万亿億元美吨間店"
# Behind these stands a count, and no year: "nearly 2000 ships".
_COUNTED = re.compile(
    r"(?:\b(?:about|around|nearly|almost|roughly|approximately|over|than|at least|some|up to|under|"
    r"rund|etwa|circa|uber|knapp|fast|gut|mindestens|bis zu|oltre|quasi|almeno|piu di|meno di|"
    r"fino a|environ|plus de|pres de|moins de|unos|unas|mas de|menos de|casi|cerca de)\s|"
    r"[约近超逾過过到])$"
)


def find_dates(text: str, language: str) -> list[DateMention]:
    """Return the dates of a text in order; places are those of its folded form."""
    folded = fold(text)
    found = []
    for match in _build_pattern(language).finditer(folded):
        mention = _read(match, language, text, folded)
        if mention is None:
            continue
        found.append(mention)
        last = match["alast"] if "alast" in match.re.groupindex else None
        last = last or (match["blast"] if "blast" in match.re.groupindex else None)
        last = last or match["llast"]
        if last and int(last) <= 31:  # "15 and 16 August" are two days
            found.append(replace(mention, day=int(last)))
    found += _find_relative(folded, language)
    found.sort(key=lambda one: one.start)
    return _share_months(folded, found)


_TO_DAY = re.compile(r"\s?(?:至|到|-|~|—|、|和|及|与)\s?")


def _share_months(folded: str, found: list[DateMention]) -> list[DateMention]:
    """Give the last day of "6月9日至13日" the month of the first."""
    for at in range(len(found) - 1):
        one, two = found[at], found[at + 1]
        if (
            one.month
            and two.day
            and not two.month
            and _TO_DAY.fullmatch(folded[one.end : two.start])
        ):
            found[at + 1] = replace(two, month=one.month, year=two.year or one.year)
    return found


def _read(match: re.Match[str], language: str, text: str, folded: str) -> DateMention | None:
    part = match.groupdict()

    def take(*names: str) -> int:
        return next((int(part[name]) for name in names if part.get(name)), 0)

    name = next((part[key] for key in ("am", "bm", "cm") if part.get(key)), "")
    month = _load_month_names(language).get(name or "", 0) or take("im", "nm", "jm")
    year = take("iy", "ny", "jy", "ky", "ay", "by", "cy", "ty", "qy", "y")
    day = take("id", "nd", "jd", "kd", "ld", "ad", "bd")
    if part.get("y") and _COUNTED.search(folded[: match.start()]):
        return None
    quarter = take("q", "q2") or _QUARTER_WORDS.get(part.get("qw") or "", 0)
    if month > 12 and day <= 12 and part.get("nm"):
        month, day = day, month
    if month > 12 or day > 31 or (part.get("jm") and not month):
        return None
    when = next((key for key, _ in _PARTS if part.get(key)), "")
    if name and not (day or year or when) and _may_be_no_month(name, match, text, folded):
        return None
    when = when or {"上": "early", "初": "early", "中": "mid"}.get((part.get("jp") or " ")[0], "")
    when = when or ("late" if part.get("jp") else "")
    year -= _BUDDHIST_YEARS if year > 2450 else 0
    return DateMention(
        year, month, day, quarter, when, "", match.start(), match.end(), match[0].strip()
    )


def _may_be_no_month(name: str, match: re.Match[str], text: str, folded: str) -> bool:
    """Return whether a month's name alone may be another word, or a short form of one."""
    if len(name) < _MIN_MONTH and name not in ("may", "mai", "mei"):
        return True
    return name in _AMBIGUOUS and not _is_month(match, text, folded)


_BEFORE_MONTH = re.compile(
    r"\b(?:depuis|seit|dal|desde|in|by|since|until|of|from|to|mid|early|late|last|this|im|ab|bis|mitte|anfang|ende|en|de|"
    r"au|debut|fin|mi|a|di|da|meta|entro|em|ate)[ -]$"
)


def _is_month(match: re.Match[str], text: str, folded: str) -> bool:
    """Return whether a word that is a month or another word is a month here."""
    before = folded[: match.start()]
    if _BEFORE_MONTH.search(before):
        return True
    if len(text) == len(folded):
        return (
            text[match.start()].isupper()
            and bool(before.strip())
            and before.strip()[-1] not in ".:!?"
        )
    return False


def _find_relative(folded: str, language: str) -> Iterator[DateMention]:
    spoken = _load_relative().get(language, {}).items()
    for pattern, says in (*((words, says) for says, words in spoken), *_AS_RELATIVE):
        bounded = pattern if language in ("zh", "ja", "th") else rf"(?<!\w)(?:{pattern})(?!\w)"
        for match in re.finditer(bounded, folded):
            yield DateMention(0, 0, 0, 0, "", says, *match.span(), match[0])


# The first months of a year, told as one: "前四个月", "from January to April".
_FIRST_MONTHS = {
    "en": r"first (?P<w>\w+) months(?! of (?!the year|20))",
    "de": r"ersten (?P<w>\w+) monate\w*",
    "fr": r"(?:(?P<w>\w+) premiers|premiers (?P<w2>\w+)) mois",
    "it": r"primi (?P<w>\w+) mesi",
    "es": r"primeros (?P<w>\w+) meses",
    "pt": r"primeiros (?P<w>\w+) meses",
    "zh": r"前(?P<w>\d{1,2}|[一二三四五六七八九十]+)个?月|(?<!\d)1\s?[至到~-]\s?(?P<w2>\d{1,2})月",
    "ja": r"(?<!\d)1\s?[~-]\s?(?P<w>\d{1,2})月",
    "th": r"(?P<w>\d{1,2}|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ)\s?เดือนแรก",
}


def find_first_months(folded: str, language: str) -> Iterator[DateMention]:
    """Yield January and the last of the months that a text tells as the first of a year."""
    for match in re.finditer(_FIRST_MONTHS.get(language, r"(?!)"), folded):
        written = match["w"] or (match["w2"] if "w2" in match.re.groupindex else "")
        last = int(written) if written.isdigit() else count_word(written, language)
        if 2 <= last <= 12:
            for month in (1, last):
                yield DateMention(0, month, 0, 0, "", "", *match.span(), match[0])


_WEEKDAYS: dict[str, tuple[str, ...]] = {
    "zh": ("周一|星期一", "周二|星期二", "周三|星期三", "周四|星期四", "周五|星期五", "周六|星期六",
           "周日|星期日|星期天"),
    "ja": ("月曜", "火曜", "水曜", "木曜", "金曜", "土曜", "日曜"),
    "th": ("วันจันทร์", "วันอังคาร", "วันพุธ", "วันพฤหัส", "วันศุกร์", "วันเสาร์", "วันอาทิตย์"),
}  # fmt: skip


@cache
def _build_weekday_patterns(language: str) -> tuple[re.Pattern[str], ...]:
    words = _WEEKDAYS.get(language)
    if words is None:
        names = Locale(language).days["format"]["wide"]
        words = tuple(rf"\b{re.escape(fold(names[day]))}s?\b" for day in range(7))
    return tuple(map(re.compile, words))


def find_weekdays(folded: str, language: str) -> set[int]:
    """Return the weekdays that a folded text names, Monday being 0."""
    return {
        day
        for day, pattern in enumerate(_build_weekday_patterns(language))
        if pattern.search(folded)
    }


def resolve_days(mentions: Sequence[DateMention], published: date | None) -> list[date]:
    """Return the days that are stated in full, a missing year being the item's, and its own day."""
    days = {published} if published else set[date]()
    for mention in mentions:
        year = mention.year or (published.year if published else 0)
        if mention.relative or not (mention.month and mention.day and year):
            continue
        try:
            days.add(date(year, mention.month, mention.day))
        except ValueError:
            continue
    return sorted(days)


# ---------------------------------------------------------------- comparing


def carries_date(
    claimed: DateMention, sources: Sequence[DateMention], published: date | None
) -> bool:
    """Return whether a claimed date stands in a source, or is the source's own date."""
    if claimed.relative:
        return _carries_relative(claimed, sources, published)
    if not published and claimed.year and claimed.year not in {source.year for source in sources}:
        return False  # which year a text without a date means nobody knows
    if published and _is_publication(claimed, published):
        stated = any(
            source.quarter if claimed.quarter else source.month or source.quarter
            for source in sources
        )
        if claimed.month or claimed.quarter:
            if claimed.day or not stated:
                return True
        elif _may_be_year(claimed.year, sources):
            return True
    if claimed.quarter and any(source.quarter for source in sources):
        # A quarter is told: the day of the news says nothing of another.
        sources = [
            source for source in sources if source.quarter or source.relative or not source.month
        ]
    return any(_agree(source, claimed, published) for source in sources)


def _may_be_year(year: int, sources: Sequence[DateMention]) -> bool:
    """Return whether an item may tell of its own year: not where it names others alone.

    Days and quarters without a year are of its own, and so is what is told of years around it.
    """
    years = {source.year for source in sources if source.year}
    return (
        not years
        or year in years
        or any(
            not source.year and (source.month or source.quarter or source.day) for source in sources
        )
        or any(source.relative for source in sources)
    )


def _is_publication(claimed: DateMention, published: date) -> bool:
    if claimed.day:
        near = (published + timedelta(days=step) for step in (-1, 0))
        return any(
            (claimed.month in (0, day.month)) and claimed.day == day.day
            and claimed.year in (0, day.year)
            for day in near
        )  # fmt: skip
    if claimed.month:
        return (
            not claimed.part
            and claimed.month == published.month
            and claimed.year in (0, published.year)
        )
    if claimed.quarter:
        return claimed.quarter == (published.month + 2) // 3 and claimed.year in (0, published.year)
    return claimed.year == published.year


def _agree(source: DateMention, claimed: DateMention, published: date | None) -> bool:
    if source.relative:
        return _resolves(source.relative, claimed, published)
    if claimed.quarter and not source.quarter and source.month:
        return claimed.quarter == (source.month + 2) // 3 and _years_agree(
            source, claimed, published
        )
    if claimed.quarter != source.quarter:
        return False
    if (
        claimed.month
        and claimed.month != source.month
        and not (claimed.day and not source.month and source.day)
    ):
        return False
    if claimed.day and claimed.day != source.day:
        return False
    if claimed.month and not source.month and published and claimed.month != published.month:
        return False
    if claimed.part and source.part and claimed.part != source.part:
        return False
    if claimed.part and source.day and claimed.part != _find_part_of_month(source.day):
        return False
    return _years_agree(source, claimed, published)


def _find_part_of_month(day: int) -> str:
    return "early" if day <= 10 else "mid" if day <= 20 else "late"


def _years_agree(source: DateMention, claimed: DateMention, published: date | None) -> bool:
    if not claimed.year or claimed.year == source.year:
        return True
    if source.year:
        return False
    if not published:
        return True  # stated elsewhere
    if not (source.month or source.quarter):
        return False
    month = source.month or 3 * source.quarter
    try:
        day = date(claimed.year, month, source.day or 15)
    except ValueError:
        return False
    return abs((day - published).days) <= _NEAR_DAYS


def _find_half_year(one: DateMention) -> int:
    """Return in which half of a year a date lies, or 0."""
    quarter = one.quarter or (one.month + 2) // 3
    return (quarter + 1) // 2


def _resolves(relative: str, claimed: DateMention, published: date | None) -> bool:
    """Return whether a relative date, seen from an item's date, is a claimed one."""
    unit, step = relative[:-2], int(relative[-2:])
    if unit == "half":
        return _find_half_year(claimed) == -step
    if not published:
        return False
    if unit == "day":
        day = published + timedelta(days=step)
        return _is_publication(claimed, day) and bool(claimed.day)
    if unit == "year":
        return claimed.year == published.year + step and not claimed.month
    if unit == "month":
        index = published.year * 12 + published.month - 1 + step
        return claimed.month == index % 12 + 1 and claimed.year in (0, index // 12)
    if unit == "quarter":
        index = published.year * 4 + (published.month - 1) // 3 + step
        return claimed.quarter == index % 4 + 1 and claimed.year in (0, index // 4)
    return False


def _carries_relative(
    claimed: DateMention, sources: Sequence[DateMention], published: date | None
) -> bool:
    if any(source.relative == claimed.relative for source in sources):
        return True
    if claimed.relative in ("quarter-1", "year-1") and _follows_itself(claimed.relative, sources):
        return True
    return any(
        not source.relative
        and (source.year or source.month)
        and _covers(claimed.relative, source, published)
        for source in sources
    )


def _follows_itself(relative: str, sources: Sequence[DateMention]) -> bool:
    """Return whether two quarters or years are told of which one is the other's previous one."""
    if relative == "year-1":
        years = {source.year for source in sources if source.year}
        return any(year - 1 in years for year in years)
    quarters = {source.quarter for source in sources if source.quarter}
    return any((quarter - 2) % 4 + 1 in quarters for quarter in quarters)


def _covers(relative: str, source: DateMention, published: date | None) -> bool:
    unit, step = relative[:-2], int(relative[-2:])
    if unit == "half":
        return _find_half_year(source) == -step
    if not published:
        return False
    year = source.year or published.year
    if unit == "year":
        return bool(source.year) and year == published.year + step
    if not source.month:
        return False
    months = (year - published.year) * 12 + source.month - published.month
    if unit == "month":
        return months == step
    if unit == "quarter":
        own = published.year * 4 + (published.month - 1) // 3
        return year * 4 + (source.month - 1) // 3 == own + step
    return abs(months) <= 1 and (months >= 0) == (step >= 0 or months == 0)
