"""Rules on what can be looked up: figures, dates, names and quotes.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise

from digest.ground.claim import Claim, index_text, score_overlap
from digest.ground.dates import (
    DateMention,
    carries_date,
    find_first_months,
    find_weekdays,
    resolve_days,
)
from digest.ground.lexicon import find_text_concepts
from digest.ground.name_index import has_name
from digest.ground.numbers import CURRENCIES, Quantity, carries, have_different_units
from digest.ground.passages import Passage, Source

# ---------------------------------------------------------------- figures


def check_figures(claim: Claim) -> str:
    """Refuse a figure that no cited item has, in its value, kind, bound or unit."""
    for figure in claim.passage.quantities:
        version = find_version(claim.passage, figure)
        if version:
            if not any(_has_version(source, version) for source in claim.cited):
                return f"name not in the cited items: {version}"
            continue
        found = [
            (source, passage, own)
            for source, passage in claim.sentences
            for own in passage.quantities
            if carries(own, figure) or carries(_lend_currency(own, figure, source), figure)
        ]
        if not found and not (
            _stands_bare(claim, figure)
            or _counts_list(claim, figure)
            or _spans_days(claim, figure)
            or _follows_from_two(claim, figure)
            or _is_quarter(claim, figure)
        ):
            return f"figure not in the cited items: {_show(claim, figure)}"
        if (
            found
            and all(_unit_differs(figure, own, source) for source, _, own in found)
            and not (figure.unit not in _MEASURES and _counts_this(claim, figure))
        ):
            return f"the cited items count something else: {_show(claim, figure)}"
    return (
        _check_versions(claim)
        or _check_spans(claim)
        or _check_rates(claim)
        or _check_kinds(claim)
        or _check_order(claim)
    )


def _lend_currency(own: Quantity, figure: Quantity, source: Source) -> Quantity:
    """Return a large bare figure of a source as one of its sums: "fined 890 million euros, 460 of
    which" go on without the currency."""
    bare = not own.kind and not own.unit and own.scaled and own.step > 1
    lent = bare and any(quantity.kind == figure.kind for quantity in source.whole.quantities)
    return replace(own, kind=figure.kind) if lent and figure.kind in CURRENCIES else own


_SPAN_DAYS = {"day": (1, 0), "week": (7, 3), "month": (30.4, 10), "year": (365.25, 45)}


def _spans_days(claim: Claim, figure: Quantity) -> bool:
    """Return whether two days of a cited item lie as far apart as "two weeks later" says."""
    if figure.unit not in _SPAN_DAYS or not {"after", "before"} & claim.passage.concept_names:
        return False
    length, slack = _SPAN_DAYS[figure.unit]
    for source in claim.cited:
        days = resolve_days(source.whole.dates, source.published)
        for one, two in combinations(days, 2):
            if abs(abs((one - two).days) - figure.value * length) <= slack:
                return True
    return False


def _is_quarter(claim: Claim, figure: Quantity) -> bool:
    """Return whether an ordinal is that of a quarter: "more in the third than in the second"."""
    return figure.kind == "ord" and any(
        day.quarter == figure.value for source in claim.cited for day in source.whole.dates
    )


_MAX_MULTIPLE = 1.5  # how far above "more than twice" two figures may lie apart
_RECKONED = 0.02  # how far what a reader reckons may be from what is told


def _follows_from_two(claim: Claim, figure: Quantity) -> bool:
    """Return whether a figure is what two of one sentence make: "twice", "a 30-point gap"."""
    return any(
        _is_reckoned_from(one, two, figure)
        for _, passage in claim.sentences
        for one, two in combinations(
            [own for own in passage.quantities if own.kind not in ("ord", "x", "/") and own.value],
            2,
        )
        if one.kind == two.kind and one.unit == two.unit
    )


def _is_reckoned_from(one: Quantity, two: Quantity, figure: Quantity) -> bool:
    low, high = sorted((one.value, two.value))
    if figure.kind == one.kind and figure.value == low + high:
        return True
    if not (one.kind or one.scaled or one.unit):
        return False
    if figure.kind == "x":
        if figure.bound == "more":
            return figure.value <= high / low <= _MAX_MULTIPLE * figure.value
        return abs(high / low - figure.value) <= _RECKONED * 5 * figure.value
    if figure.kind == "pp" and one.kind == "%":
        return abs(high - low - figure.value) <= figure.step / 2
    if figure.kind == "%" and one.kind != "%":
        changes = (100 * (high / low - 1), 100 * (1 - low / high))
        return any(abs(change - figure.value) <= figure.step / 2 for change in changes)
    same = figure.kind == one.kind and one.kind in CURRENCIES
    return same and abs(high - low - figure.value) <= _RECKONED * figure.value


_SPANS = frozenset("second minute hour day week month year".split())


def _check_spans(claim: Claim) -> str:
    """Refuse "from months to hours" where the cited items have no hours."""
    passage = claim.passage
    counted = [
        (quantity.start, quantity.end + _SPAN_REACH)
        for quantity in passage.quantities
        if quantity.kind in ("", "/")
    ]
    for one in find_text_concepts(passage.text, passage.language, "units.toml"):
        before = passage.folded[max(0, one.start - 14) : one.start]
        behind = passage.folded[one.end : one.end + 12]
        opens = _SPAN_BEFORE_ENGLISH if passage.language == "en" else _SPAN_BEFORE
        if one.concept not in _SPANS or not (opens.search(before) or _SPAN_BEHIND.match(behind)):
            continue
        if any(start <= one.start < end for start, end in counted):
            continue
        told = {
            found.concept
            for source in claim.cited
            for found in find_text_concepts(source.text, source.language, "units.toml")
        }
        if told & _SPANS and one.concept not in told:
            return f"the cited items count by another time: {passage.folded[one.start : one.end]}"
    return ""


def _check_versions(claim: Claim) -> str:
    """Refuse "v12" where no cited item has a version of that number."""
    for match in _VERSION.finditer(claim.passage.folded):
        number = rf"(?<![\d.]){re.escape(match[1])}(?![\d]|\.\d)"
        if not any(re.search(number, source.folded) for source in claim.cited):
            return f"version not in the cited items: {match[0]}"
    return ""


_SPAN_REACH = 12  # characters behind a figure in which its unit stands
_SPAN_BEFORE = re.compile(
    r"\b(?:bis|auf|von|in|innerhalb von|en|de|a|da|di|in poch[ei]|em|"
    r"para) "
    r"(?:a few |just |mere |wenigen |quelques |poch[ei] |pocos |pocas |poucos |poucas )?$"
)
_SPAN_BEFORE_ENGLISH = re.compile(
    r"\b(?:(?:to|in|within|from|into|past) (?:a few |just |mere )?|"
    r"(?:few|several|couple of) )$"
)
_SPAN_BEHIND = re.compile(
    r"\w* (?:after|later|before|nach|spater|apres|plus tard|dopo|despues|mas tarde)\b"
)
_VERSION = re.compile(r"(?<![a-z\d.])v(\d+(?:\.\d+)*)(?![a-z\d]|\.\d)")
_RATES = frozenset("persecond perminute perhour perday perweek permonth peryear".split())


def _check_rates(claim: Claim) -> str:
    """Refuse "a week" where the cited items say "a day"."""
    reason = _check_base(claim)
    if reason:
        return reason
    told = frozenset().union(*(source.whole.concept_names for source in claim.cited)) & _RATES
    own = claim.passage.concept_names & _RATES
    if "peryear" in own and not claim.passage.quantities:
        return ""  # "annual" is a word of reports
    if told and own - told:
        return f"the cited items count by another time: {min(own - told).removeprefix('per')}"
    return ""


# What a rise is told against.
_BASES = {
    "year": re.compile(
        r"同比|按年|\b(?:year[- ](?:on|over)[- ]year|yoy|a year (?:earlier|before|ago)|"
        r"vorjahr\w*|su base annua|base annuale|sur un an|interanual\w*)\b|"
        r"前年同期|前年比|เทียบกับปีก่อน"
    ),
    "quarter": re.compile(
        r"环比|\b(?:quarter[- ](?:on|over)[- ]quarter|qoq|month[- ](?:on|over)[- ]month|"
        r"sequential\w*|"
        r"a month (?:earlier|before|ago)|"
        r"vorquartal\w*|vormonat\w*|base (?:trimestrale|mensile))\b|前月比|前期比"
    ),
}


def _check_base(claim: Claim) -> str:
    """Refuse "on the quarter" where the cited items compare with a year before alone, and so on."""
    own = {base for base, words in _BASES.items() if words.search(claim.passage.folded)}
    told = {
        base
        for base, words in _BASES.items()
        if any(words.search(source.folded) for source in claim.cited)
    }
    if len(own) == 1 and told and not own & told:
        return "the cited items compare with another time"
    return ""


# Of each kind a source that has another has not this one.
_KINDS = (
    frozenset({"hundreds", "thousands", "millions", "billions"}),
    frozenset({"spring", "summer", "autumn", "winter"}),
)


def _check_kinds(claim: Claim) -> str:
    """Refuse "billions of TVs" and "in winter" where the cited items have millions and summer."""
    told = frozenset().union(*(source.whole.concept_names for source in claim.cited))
    for kind in _KINDS:
        own = claim.passage.concept_names & kind
        if own and told & kind and not own <= told:
            return f"the cited items say {min(told & kind)}, not {min(own - told)}"
    return ""


def _show(claim: Claim, figure: Quantity) -> str:
    return claim.passage.folded[figure.start : figure.end + 14].strip()


def find_version(passage: Passage, figure: Quantity) -> str:
    """Return the name that a bare number ends ("Opus 5"), or nothing."""
    if (
        figure.kind
        or figure.unit
        or figure.bound
        or not re.fullmatch(r"\d+(?:\.\d+)*", figure.written)
    ):
        return ""
    if figure.value >= 100 or (figure.scaled and "." not in figure.written):
        return ""
    before = passage.folded[: figure.start]
    for name in passage.names:
        if re.search(rf"(?<!\w){re.escape(name.key)}(?:'s)?[ -]$", before):
            return f"{name.key} {figure.written}"
    return ""


def _has_version(source: Source, version: str) -> bool:
    name, number = version.rsplit(" ", 1)
    if "." in number and _has_dotted(source, name, number):
        return True
    joined = re.escape(name) + r"[\s-]?(?:v|version )?" + re.escape(number)
    # Another script writes the name its own way: the number alone must do.
    pattern = (
        joined if has_name(source.index, name) and name in source.folded else re.escape(number)
    )
    return re.search(rf"{pattern}(?![\d]|\.\d)", source.folded) is not None


def _has_dotted(source: Source, name: str, number: str) -> bool:
    """Return whether a sentence of a source has a name and a version apart: "release 7.0.3"."""
    written = re.compile(rf"(?<![\d.,$€£¥])v?{re.escape(number)}(?![\d%]|[.,]\d)")
    return any(
        has_name(index_text(sentence.text), name) and written.search(sentence.folded)
        for sentence in source.sentences
    )


_LIST_GAP = re.compile(
    r"\s*(?:[,;、&]|,?\s?(?:and|or|und|oder|et|ou|e|o|y|и|和|และ|と)\b)\s*"
    r"(?:the |and |und |et |e |y )?"
)
_RUN = re.compile(
    r"(?<![\w.-])(?:[\w.-]+, ){1,9}(?:[\w.-]+,? )?(?:and|or|und|oder|et|ou|e|o|y) [\w.-]+\b"
)
_WORD = re.compile(r"[\w.-]+")
_MAX_COUNTED = 10  # things in a list that a writer may have counted


def _counts_list(claim: Claim, figure: Quantity) -> bool:
    """Return whether a small count is that of names that a source lists: "in four countries"."""
    if figure.kind or figure.unit in _MEASURES or not 2 <= figure.value <= _MAX_COUNTED:
        return False
    if figure.value == len(claim.cited):
        return True
    counts = {
        own.value
        for one in claim.align(claim.passage)
        for own in one.passage.quantities
        if not own.kind and not own.scaled and not find_version(one.passage, own)
    }
    if any(2 <= count <= _MAX_COUNTED for count in counts - {figure.value}):
        return False  # they are counted already
    for _, passage in claim.sentences:
        if any(
            len(_WORD.findall(run[0])) - 1 == figure.value for run in _RUN.finditer(passage.text)
        ):
            return True
        length = 1
        for before, name in pairwise(passage.names):
            listed = _LIST_GAP.fullmatch(passage.text[before.end : name.start])
            length = length + 1 if listed else 1
            if length == figure.value:
                return True
    return False


def _stands_bare(claim: Claim, figure: Quantity) -> bool:
    """Return whether a count stands in a source as it is written, perhaps in a name."""
    if figure.kind not in ("", "ord") or figure.unit:
        return False
    if figure.kind == "ord" and figure.value == _THIRD and _stands_third_party(claim):
        return True
    if not figure.written[0].isdigit() or (figure.scaled and "." not in figure.written):
        return False
    version = "v" if figure.scaled else "v?"  # "1.5 of the API" of "v1.5"
    pattern = rf"(?<![\w.,$€£]){version}{re.escape(figure.written)}(?![\w%]|[.,]\d)"
    return any(
        re.search(pattern, source.folded)
        and not any(figure.value in (day.day, day.year) for day in source.whole.dates)
        for source in claim.cited
    )


_THIRD = 3
_THIRD_PARTY = re.compile(
    r"third[- ]part|drittanbieter|dritter?n?\b|\btiers\b|\bterz[eio]\b|\bterceir?[oa]s?\b|"
    r"第三方|サードパーティ|บุคคลที่สาม"
)


def _stands_third_party(claim: Claim) -> bool:
    """Return whether a cited item speaks of third parties, whom some languages call thirds."""
    return any(_THIRD_PARTY.search(source.folded) for source in claim.cited)


# What a figure must be told of in so many words; who and what is counted has many names.
_MEASURES = frozenset(
    "second minute hour day week month year quarter word token mile kilometer meter kilowatt "
    "megawatt gigawatt terawatt kilobyte megabyte gigabyte terabyte petabyte".split()
)


def _unit_differs(figure: Quantity, own: Quantity, source: Source) -> bool:
    if have_different_units(own, figure):
        return True
    if figure.unit not in _MEASURES or own.unit or figure.kind == "ord":
        return False
    said = find_text_concepts(source.text, source.language, "units.toml")
    return not any(one.concept == figure.unit for one in said)


def _counts_this(claim: Claim, figure: Quantity) -> bool:
    """Return whether a cited item speaks of what a figure counts, in whatever words beside it."""
    return any(
        one.concept == figure.unit
        for source in claim.cited
        for one in find_text_concepts(source.text, source.language, "units.toml")
    )


def _check_order(claim: Claim) -> str:
    """Refuse "from A to B" where a source goes from B to A."""
    pairs = [_get_last_values(pair) for pair in _find_moves(claim.passage)]
    for _, passage in claim.sentences:
        for one, two in map(_get_last_values, _find_moves(passage)):
            if any(_is_near(one, b) and _is_near(two, a) and not _is_near(a, b) for a, b in pairs):
                return "the cited items go the other way, from the second figure to the first"
    moved = _find_date_moves(claim.passage)
    told = {pair for _, passage in claim.sentences for pair in _find_date_moves(passage)}
    if any((two, one) in told and (one, two) not in told for one, two in moved):
        return "the cited items go the other way, from the second date to the first"
    return ""


def _find_date_moves(passage: Passage) -> list[tuple[int, int]]:
    """Return the pairs of months of which a passage says that one became the other."""
    days = [day for day in passage.dates if day.month]
    return [
        (one.month, two.month)
        for one, two in pairwise(days)
        if one.month != two.month
        and _FROM_DATE.search(passage.folded[: one.start])
        and _TO_DATE.fullmatch(passage.folded[one.end : two.start])
    ]


_FROM_DATE = re.compile(
    r"(?:\b(?:from|vom|von|de|du|da|dal|dall'|d'|del|desde|do|с)|从|由|自|จาก(?:เดือน)?)\s?$"
)
_TO_DATE = re.compile(
    r"\W*(?:to|in den|in|auf den|auf|zum|a|au|en|al|ad|hasta|para|na|à|ao|至|到|から|เป็น|"
    r"ไป)?(?:เดือน)?\W*"
)


def _is_near(one: float, two: float) -> bool:
    return abs(one - two) <= 0.02 * max(abs(one), abs(two), 1e-9)


def _get_last_values(pair: tuple[Quantity, Quantity]) -> tuple[float, float]:
    return pair[0].values[-1], pair[1].values[-1]


_MOVE = re.compile(
    r"(?P<from>\bfrom|\bvon|\bde|\bda|\bdal|\bdagli|\bdai|\bdesde|\bdo|从|由|自|"
    r"จาก)\W{0,3}(?:us)?\W{0,2}$"
)
_MOVE_TO = re.compile(
    r"^\W*(?:(?:[^\W\d]+\W+){0,4}?)(?:to|auf|zu|a|ad|à|al|hasta|para|até|至|到|降至|增至|升至|เป็น|ถึง|に|"
    r"へ)\W{0,3}(?:us)?\W{0,2}$"
)
_UP_FROM = re.compile(
    r"(?:up|down|compared|versus|vs\.?|against|gegenuber|nach|contre|contro|rispetto|frente|ante|"
    r"高于|低于|相比|起点)"
    r"[^\d]{0,24}(?:us)?\W{0,2}$"
)


def _find_moves(passage: Passage) -> list[tuple[Quantity, Quantity]]:
    """Return the pairs of figures of which a passage says that one became the other."""
    moves = []
    figures = passage.quantities
    for one, two in pairwise(figures):
        between = passage.folded[one.end : two.start]
        if len(between) > 40:
            continue
        if _MOVE.search(passage.folded[: one.start]) and _MOVE_TO.match(between):
            moves.append((one, two))
        elif _UP_FROM.search(between) or re.search(
            r"\b(?:from|von|de|da|dal|desde)\W*(?:us)?\W*$", between
        ):
            moves.append((two, one))
    return moves


# ---------------------------------------------------------------- dates


def check_dates(claim: Claim) -> str:
    """Refuse a date that no cited item has or implies."""
    for day in claim.passage.dates:
        if day.relative == "year+0":
            continue  # of a report that is new every year is this
        if not any(
            carries_date(
                day,
                [*source.whole.dates, *find_first_months(source.folded, source.language)],
                source.published,
            )
            or _is_reckoned(day, source)
            for source in claim.cited
        ):
            return f"date not in the cited items: {day.written}"
    return _check_weekdays(claim) or _check_moved(claim)


_MIN_MOVED = 3.0  # of a sentence with another day, to tell the same as a clause
_MOVED_LEAD = 1.0  # by which it must do so more than each sentence that has the day


def _check_moved(claim: Claim) -> str:
    """Refuse a day that the cited items tell of something else, and of this another."""
    for clause in claim.clauses:
        days = [day for day in clause.dates if day.day and day.month]
        if len(days) != 1:
            continue
        bare = replace(clause, dates=())
        own, other = 0.0, 0.0
        for source, passage in claim.sentences:
            score = score_overlap(bare, passage)
            told = [day for day in passage.dates if day.day and day.month]
            if not told or carries_date(days[0], passage.dates, source.published):
                own = max(own, score)
            else:
                other = max(other, score)
        if other >= _MIN_MOVED and other >= own + _MOVED_LEAD:
            return f"the cited items tell this day of something else: {days[0].written}"
    return ""


def _check_weekdays(claim: Claim) -> str:
    """Refuse a weekday that no cited item names, nor the day of a date that it states."""
    own = find_weekdays(claim.passage.folded, claim.passage.language)
    if not own:
        return ""
    told: set[int] = set()
    for source in claim.cited:
        told |= find_weekdays(source.folded, source.language)
        told |= {day.weekday() for day in resolve_days(source.whole.dates, source.published)}
        if source.published:  # and the day before, of which news tells
            told.add((source.published - timedelta(days=1)).weekday())
    if told and not own <= told:
        return "weekday not in the cited items"
    return ""


_LATER = re.compile(
    r"^\W*(?:\w+ )?(?:later|after|earlier|before|spater|danach|zuvor|plus tard|apres|avant|dopo|"
    r"prima|"
    r"despues|antes|depois|后|後|前|ต่อมา|หลัง|ก่อน)"
)


def _is_reckoned(day: DateMention, source: Source) -> bool:
    """Return whether a day lies as far from one that an item states as the item says."""
    if not (day.day and day.month):
        return False
    stated = resolve_days(source.whole.dates, source.published)
    for passage in source.sentences:
        for span in passage.quantities:
            if span.unit not in ("day", "week") or not _LATER.match(passage.folded[span.end :]):
                continue
            step = timedelta(days=span.value * (7 if span.unit == "week" else 1))
            for one in stated:
                for other in (one + step, one - step):
                    if (other.month, other.day) == (day.month, day.day) and day.year in (
                        0,
                        other.year,
                    ):
                        return True
    return False
