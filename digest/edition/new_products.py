"""Which launches bring a new product.

What is there already and comes to one more country is none, nor what is rebuilt, or only shown as a
preview; nor what a report of the same maker says was launched before the quarter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from babel import Locale

from digest.edition.availability import read_availability
from digest.edition.claim_points import has_name
from digest.edition.quarter import QuarterView
from digest.edition.subjects import join_titles
from digest.model.story import Story
from digest.months import MONTHS_OF_ANY_LANGUAGE
from digest.text import clean_text, is_issue_title, split_sentences

_HEAD_LENGTH = 1500  # characters of a text that are about what its headline is about
_LANGUAGES = ("en", "de", "it", "fr", "es", "pt", "th", "zh", "zh_Hant", "ja")
_ALSO_PLACES = ("UK", "U.K.", "US", "U.S.", "USA", "EU", "Europe", "Europa", "APAC", "EMEA", "ไทย")
_EXPANDS = (  # {0}: the name of a place
    r"\b(?i:(?:also|anche|auch|aussi|también|também) (?:in|en|nach|au|aux|em|a) (?:the )?){0}",
    r"\b(?i:launch(?:es|ed)? in (?:the )?){0}",  # nothing is launched but what has the name
    r"\b(?i:(?:expand|arriv|extend)\w* (?:\w+ )?(?:to|in|into) (?:the )?|comes? to (?:the )?){0}",
    r"\b(?i:(?:startet|kommt|expandiert) (?:\w+ )?(?:in|nach) (?:die )?){0}",
    r"\b(?i:(?:arriva|sbarca|si espande|debutta) (?:in|negli|nel) ){0}",
    r"\b(?i:(?:arrive|débarque|s[’']étend) (?:en|au|aux|à) ){0}",
    r"\b(?i:(?:llega|aterriza|desembarca|se expande) (?:a|en) (?:los |la )?){0}",
    r"(?:登陆|登陸|进军|進軍){0}",
    r"{0}(?:でも|に上陸|上陸)",
    r"(?:เปิดตัวใน|เข้า|ขยายสู่)(?:ประเทศ)?{0}",
)
_MORE_PLACES = re.compile(
    r"\b(?:in|to|into|en|nach|a) \d+ (?:more |new |other |further |additional |weiteren |altri |"
    r"nuovi |autres |nouveaux |otros |nuevos )?(?:\w+ )?(?:countries|markets|länder\w*|paesi|"
    r"mercati|pays|marchés|países|mercados)\b",
    re.IGNORECASE,
)
_LAUNCHES = (
    r"(?:launch|releas|introduc|unveil|debut|ship|roll)\w*(?: out)?|startet|stellt|präsentiert|"
    r"lanci?a\w*|presenta\w*|lance|présente|lanzó"
)
_REBUILT = re.compile(  # what is brought out is another form of what there was
    rf"\b(?:{_LAUNCHES}) (?:(?:an?|the|its|eine?n?|das|die|una?|la|le|une?|sa|su|[\w-]+ly|"
    r"komplett|völlig|versione?|versión) ){0,3}(?:rebuilt|redesigned|revamped|overhauled|"
    r"reworked|refreshed|reimagined|re-?engineered|überarbeitete\w*|neu gestaltete\w*|"
    r"runderneuerte\w*|riprogettat\w|rinnovat\w|ridisegnat\w|refondue?|remaniée?|repensée?|rediseñad\w|renovad\w)\b|"
    r"\brelaunch(?:es|ed)\b|\bNeuauflage\b|改版|リニューアル|刷新|ปรับโฉม|โฉมใหม่",
    re.IGNORECASE,
)
_PREVIEW = re.compile(  # what is shown, and not to be had by all
    r"\b(?:in|as an?|into) (?:(?!public\b|open\b)\w+ )?preview\b|"
    r"\b(?:private|developer|research|technical|early|limited) previews?\b|"
    r"^[\w .&’'-]{2,40} (?:previews|previewed|teases|teased)\b|\bVorabversion\b|\bals Vorschau\b|"
    r"\bin anteprima\b|\ben avant-première\b|\ben (?:aperçu|vista previa)\b|พรีวิว|プレビュー版|"
    r"[预預][览覽]版",
    re.IGNORECASE,
)
_RELEASED = (
    r"(?:\b(?:launched|released|introduced|debuted|unveiled|shipped|vorgestellt|veröffentlicht|"
    r"gestartet|lanciat\w|rilasciat\w|presentat\w|lancée?s?|sortie?s?|présentée?s?|lanzad\w|lanzó|"
    r"lanzamos|presentad\w|presentó)\b|เปิดตัว|推出|发布|發布|發表|リリース|公開|発表)"
)
_MONTH = (
    r"(?:(?:\b(?:in|im|a|ad|en|nel|last|since|seit|depuis|desde)\s+|(?:เมื่อ|ใน)(?:เดือน)?\s?)"
    rf"(?P<name>{'|'.join(map(re.escape, MONTHS_OF_ANY_LANGUAGE))})"
    r"(?:\s+(?:de\s+)?(?P<year>20\d\d))?(?!\w)|(?:(?P<cjk_year>20\d\d)年)?(?P<number>\d{1,2})月)"
)
_IN_MONTH = re.compile(_MONTH, re.IGNORECASE)
_RELEASED_BEFORE = re.compile(rf"{_RELEASED}\W+(?:[\w’'-]+\W+){{0,2}}$", re.IGNORECASE)
_RELEASED_BEHIND = re.compile(
    r"[\s,]*(?:(?:which|that|die|das|der|che|qui|que|was|were|been|has|had|wurde|è|stat[ao]|été|fue|"
    rf"ha|sido)\s|[はがをに]){{0,4}}{_RELEASED}",
    re.IGNORECASE,
)
_MONTH_BEHIND = re.compile(rf"[^,;]{{0,25}}?{_MONTH}", re.IGNORECASE)
_MONTH_THEN_RELEASED = re.compile(rf"[\sはがを]{{0,2}}{_MONTH}.{{0,30}}?{_RELEASED}", re.IGNORECASE)
_MIN_NAME = 2  # words of a name, or of its end, that stand for one product: "Quill 5"


def is_new_product(story: Story) -> bool:
    """Return whether a story surely launches a new product, by its own words.

    An issue that lists several does not.
    """
    tags = story.tags
    return (
        tags.event == "launch"
        and tags.is_certain("event")
        and not is_issue_title(story.lead.item.title)
        and not _brings_known_product(story)
        and not _is_only_shown(story)
    )


def _is_only_shown(story: Story) -> bool:
    """Return whether its headline or first sentence says that it is a preview, or to come."""
    item = story.lead.item
    title = clean_text(item.title)
    texts = (title, *split_sentences(clean_text(item.summary))[:1])
    return any(map(_PREVIEW.search, texts)) or read_availability(title) == "announced"


def _brings_known_product(story: Story) -> bool:
    """Return whether a report says that its subject comes to more places, or is rebuilt."""
    titles = clean_text(join_titles(story))
    if _MORE_PLACES.search(titles) or _compile_expansion().search(titles):
        return True
    texts = (f"{member.item.title}\n{member.item.summary}" for member in story.items)
    return any(_REBUILT.search(clean_text(text)) for text in texts)


@cache
def _compile_expansion() -> re.Pattern[str]:
    """Return the pattern of a thing that comes to one more place."""
    names = {
        name
        for language in _LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and len(name) > 1
    }
    places = "|".join(map(re.escape, sorted((*names, *_ALSO_PLACES), key=len, reverse=True)))
    return re.compile(
        "|".join(one.replace("{0}", f"(?:{places})(?![A-Za-zÀ-ž])") for one in _EXPANDS)
    )


def was_launched_before(story: Story, name: str, quarter: QuarterView) -> bool:
    """Return whether a report says that what a story launches was launched before the quarter.

    `name` is that of the product. The report is one that is about the same vendor.
    """
    words, vendors = name.split(), set(story.tags.vendors)
    ends = {" ".join(words[place:]) for place in range(len(words) - _MIN_NAME + 1)}
    if not ends or not vendors:
        return False
    stories = (*quarter.stories, *quarter.doubtful)
    first = min(one.items[0].item.published_or_seen.date() for one in stories)
    return any(
        month < (first.year, first.month)
        for other in stories
        if vendors.intersection(other.tags.vendors)
        for month in _iter_launch_months(other, ends)
    )


def _iter_launch_months(story: Story, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield the years and months in which reports of a story say that a name was launched."""
    for item in (member.item for member in story.items):
        told = item.published_or_seen.date()
        for sentence in split_sentences(clean_text(f"{item.summary}\n{item.text[:_HEAD_LENGTH]}")):
            for name in names:
                if not has_name(sentence, name):
                    continue
                before, _, behind = sentence.partition(name)
                if month := _find_month(before, behind):
                    yield _resolve_month(month, told)


def _find_month(before: str, behind: str) -> re.Match[str] | None:
    """Return the month in which what a name stands for was launched, by the words around it.

    "Acme launched it in June", "it, launched in June", "Acme hat es im Juni vorgestellt". The month
    in which something else was launched, told in the same sentence, is none.
    """
    if _RELEASED_BEFORE.search(before):
        return _MONTH_BEHIND.match(behind) or _IN_MONTH.match(before)
    if released := _RELEASED_BEHIND.match(behind):
        return _MONTH_BEHIND.match(behind[released.end() :])
    return _MONTH_THEN_RELEASED.match(behind)


def _resolve_month(named: re.Match[str], told: date) -> tuple[int, int]:
    """Return the year and month that words name: without a year the last that was."""
    number = int(named["number"] or MONTHS_OF_ANY_LANGUAGE[(named["name"] or "").lower()])
    if year := named["year"] or named["cjk_year"]:
        return int(year), number
    return told.year - (number > told.month), number
