"""Rules on what can be looked up: figures, dates, names and quotes.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise

from digest.ground.claim import Claim, index_text
from digest.ground.dates import date_is_carried, resolve_days
from digest.ground.lexicon import find_text_concepts
from digest.ground.names import (
    Name,
    find_phrases,
    has_group,
    has_name,
    has_product,
    is_home_of,
    is_known_vendor,
)
from digest.ground.numbers import CURRENCIES, Quantity, carries, units_differ
from digest.ground.passages import MANNER, Passage, Source
from digest.ground.script import fold

_QUOTE = re.compile(
    r"\"([^\"]{2,400})\"|“([^”]{2,400})”|„([^“”]{2,400})[“”]|«\s?([^»]{2,400}?)\s?»|"
    r"「([^」]{2,400})」|『([^』]{2,400})』|"
    r"(?<![\w])[‘']([^'’]{12,400})[’'](?!\w)"
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff]")
_OPENING = 2  # sentences of an item that name what it is about
_MAX_TRANSLATED = 4  # words in quotation marks that may be a translated term
_COGNATE = 5  # letters that a name and its translation share
_PLAIN = re.compile(r"[\W_]+")


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
            _stands_bare(claim, figure) or _counts_list(claim, figure) or _spans_days(claim, figure)
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
    lent = bare and any(one.kind == figure.kind for one in source.whole.quantities)
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


_SPANS = frozenset("second minute hour day week month year".split())


def _check_spans(claim: Claim) -> str:
    """Refuse "from months to hours" where the cited items have no hours."""
    passage = claim.passage
    counted = [(one.start, one.end + _SPAN_REACH) for one in passage.quantities]
    for one in find_text_concepts(passage.text, passage.language, "units.toml"):
        before = passage.folded[max(0, one.start - 14) : one.start]
        behind = passage.folded[one.end : one.end + 12]
        if one.concept not in _SPANS or not (
            _SPAN_BEFORE.search(before) or _SPAN_BEHIND.match(behind)
        ):
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
    r"\b(?:to|in|within|from|into|past|bis|auf|von|in|innerhalb von|en|de|a|da|di|in poch[ei]|em|"
    r"para) "
    r"(?:a few |just |mere |wenigen |quelques |poch[ei] |pocos |pocas |poucos |poucas )?$"
)
_SPAN_BEHIND = re.compile(
    r"\w* (?:after|later|before|nach|spater|apres|plus tard|dopo|despues|mas tarde)\b"
)
_VERSION = re.compile(r"(?<![\w.])v(\d+(?:\.\d+)*)(?!\w)")
_RATES = frozenset("persecond perminute perhour perday perweek permonth peryear".split())


def _check_rates(claim: Claim) -> str:
    """Refuse "a week" where the cited items say "a day"."""
    told = frozenset().union(*(source.whole.concept_names for source in claim.cited)) & _RATES
    own = claim.passage.concept_names & _RATES
    if "peryear" in own and not claim.passage.quantities:
        return ""  # "annual" is a word of reports
    if own and told and not own & told:
        return f"the cited items count by another time: {min(own).removeprefix('per')}"
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
    joined = re.escape(name) + r"[\s-]?" + re.escape(number)
    # Another script writes the name its own way: the number alone must do.
    pattern = (
        joined if has_name(source.index, name) and name in source.folded else re.escape(number)
    )
    return re.search(rf"{pattern}(?![\d]|\.\d)", source.folded) is not None


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
    if not figure.written[0].isdigit() or (figure.scaled and "." not in figure.written):
        return False
    version = "v" if figure.scaled else "v?"  # "1.5 of the API" of "v1.5"
    pattern = rf"(?<![\w.,$€£]){version}{re.escape(figure.written)}(?![\w%]|[.,]\d)"
    return any(
        re.search(pattern, source.folded)
        and not any(figure.value in (day.day, day.year) for day in source.whole.dates)
        for source in claim.cited
    )


# What a figure must be told of in so many words; who and what is counted has many names.
_MEASURES = frozenset(
    "second minute hour day week month year quarter word token mile watt byte".split()
)


def _unit_differs(figure: Quantity, own: Quantity, source: Source) -> bool:
    if units_differ(own, figure):
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
    pairs = [_pair_key(pair) for pair in _find_moves(claim.passage)]
    for _, passage in claim.sentences:
        for one, two in map(_pair_key, _find_moves(passage)):
            if any(_near(one, b) and _near(two, a) and not _near(a, b) for a, b in pairs):
                return "the cited items go the other way, from the second figure to the first"
    return ""


def _near(one: float, two: float) -> bool:
    return abs(one - two) <= 0.02 * max(abs(one), abs(two), 1e-9)


def _pair_key(pair: tuple[Quantity, Quantity]) -> tuple[float, float]:
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
        if not any(
            date_is_carried(day, source.whole.dates, source.published) for source in claim.cited
        ):
            return f"date not in the cited items: {day.written}"
    return ""


# ---------------------------------------------------------------- names


def check_names(claim: Claim) -> str:
    """Refuse a name that no cited item has in any of its written forms."""
    cleared = _find_initials(claim)
    for number, form, is_country in find_phrases(claim.passage.folded):
        stands = any(has_group(one.index, number) or form in one.folded for one in claim.cited)
        if stands or (is_country and _is_home(form, claim)):
            cleared.append(form)
        elif is_country and not (len(form) < 3 and _UNSPACED.search(form)):
            return f"place not in the cited items: {form}"
    for name in claim.passage.names:
        if (
            not name.sure
            or _is_in_figure(name, claim.passage)
            or any(name.key in form.split() or name.key == form for form in cleared)
        ):
            continue
        if not any(has_name(source.index, name.key) for source in claim.cited):
            # What stands further down names rivals and their products, too.
            opening = [one for source in claim.cited for one in source.sentences[:_OPENING]]
            if any(has_product(index_text(one.text), name.key) for one in opening):
                continue
            if (
                _is_translated(name, claim)
                or _is_half_translated(name, claim)
                or _is_cognate(name, claim)
            ):
                continue
            return f"name not in the cited items: {name.text}"
    return ""


def _is_home(form: str, claim: Claim) -> bool:
    """Return whether a country may go unsaid: it alone is where an item's language is spoken at
    home, and the item names no other ("la Répression des fraudes")."""
    return any(
        is_home_of(form, source.language)
        and not any(is_country for _, _, is_country in find_phrases(source.folded))
        for source in claim.cited
    )


def _is_translated(name: Name, claim: Claim) -> bool:
    """Return whether a word with a capital is one of the known words, said in other words."""
    meant = {one.concept for one in find_text_concepts(name.text, claim.passage.language)} - MANNER
    told = frozenset().union(*(source.whole.concept_names for source in claim.cited))
    return bool(meant & told) and not is_known_vendor(name.key)


def _is_cognate(name: Name, claim: Claim) -> bool:
    """Return whether a source in another language has a name of the same stem: "Comunidad"."""
    if len(name.key) <= _COGNATE or is_known_vendor(name.key) or claim.is_same_language:
        return False
    return any(
        one.key != name.key
        and one.key[:_COGNATE] == name.key[:_COGNATE]
        and len(one.key) > _COGNATE
        and not is_known_vendor(one.key)
        for source in claim.cited
        for one in source.whole.names
    )


def _is_half_translated(name: Name, claim: Claim) -> bool:
    """Return whether a source has a word beside this one, and the rest in its own script.

    "Energy" of "LG Energy Solution", where the source writes "LG" and the rest in Chinese.
    """
    if is_known_vendor(name.key):
        return False
    run = _find_run(name, claim.passage)
    at = run.index(name)
    ways = [(run[:at], r"\s?[\u0e00-\u0eff\u3040-\u9fff]"), (run[at + 1 :], None)]
    for beside, behind in ways:
        for one in beside:
            word = rf"(?<![a-z]){re.escape(one.key)}"
            pattern = (
                word + behind
                if behind
                else r"[\u0e00-\u0eff\u3040-\u9fff]\s?" + word + r"(?![a-z])"
            )
            if any(re.search(pattern, source.folded) for source in claim.cited):
                return True
    return False


def _find_run(name: Name, passage: Passage) -> list[Name]:
    """Return the names that stand side by side with one, itself among them."""
    run: list[Name] = []
    for one in passage.names:
        if run and passage.text[run[-1].end : one.start] != " ":
            if name in run:
                return run
            run = []
        run.append(one)
    return run


def _is_in_figure(name: Name, passage: Passage) -> bool:
    """Return whether a word belongs to a figure: "US" in "5 US dollars"."""
    return any(one.start <= name.start < one.end + 1 for one in passage.quantities)


def _find_initials(claim: Claim) -> list[str]:
    """Return the runs of capitalised words whose first letters a cited item has as a word."""
    runs: list[list[Name]] = []
    text = claim.passage.text
    for name in claim.passage.names:
        gap = text[runs[-1][-1].end : name.start] if runs else None
        if gap in (" ", " of ", " and ", " & ", " for ", " der ", " de ", " di ", " für "):
            runs[-1].append(name)
        else:
            runs.append([name])
    found = []
    for run in runs:
        for begin in range(len(run) - 1):
            initials = "".join(name.key[0] for name in run[begin:])
            if any(initials in source.index.words for source in claim.cited):
                found.append(" ".join(name.key for name in run[begin:]))
                break
    return found


# ---------------------------------------------------------------- quotes


def check_quotes(claim: Claim) -> str:
    """Refuse words in quotation marks that no cited item has, word for word."""
    for match in _QUOTE.finditer(claim.passage.text):
        quote = next(filter(None, match.groups()))
        plain = _flatten(quote)
        short = len(plain) < 3 or (len(quote.split()) < 3 and not _UNSPACED.search(quote))
        if any(plain in _flatten(source.text) for source in claim.cited):
            continue
        if not claim.is_same_language and (short or len(quote.split()) <= _MAX_TRANSLATED):
            continue  # a few words, translated
        return f"quote not in the cited items: {quote}"
    return ""


def _flatten(text: str) -> str:
    return _PLAIN.sub("", fold(text))
