"""The register: every relevant story of the quarter in one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from digest.edition.acts import find_due_day, read_act
from digest.edition.claim_points import has_name
from digest.edition.new_products import is_new_product, was_launched_before
from digest.edition.quarter import RELEASE_EVENTS, QuarterView, Summarizer
from digest.edition.subjects import join_heads
from digest.model.edition import RegisterRow
from digest.model.story import Story
from digest.taxonomy import CATEGORIES
from digest.text import clean_text, is_issue_title

_HEAD_LENGTH = 600  # characters of a text that are about what its headline is about
_NOT_YET = re.compile(  # but a month is no verb, and a word is not what it only holds
    r"\bmay (?:be|have|not|soon|drop|get|add|bring|launch|let|make|face|require|penali[sz]e|expose|"
    r"open|end|ban|block|charge|show|use|come|lose|mean|change)\b|"
    r"\b(?:might|intends? to|plans? to (?!its\b|the\b|our\b|their\b|an?\b)|considers?|weighs?|"
    r"hints? at|clarif(?:y|ies)|explains?|könnten?|erwägt|potrebber?o?|pourrai(?:t|ent)|"
    r"envisage|podrían?|planea)\b|อาจ(?!าร)|或将|或將|(?<![虚虛模])拟|(?<![模虛])擬|検討",
    re.IGNORECASE,
)
_NO_RELEASE = re.compile(  # what is made, what others do with it, a campaign
    r"^here(?: are\b| is\b|['’]s\b)|\b(?:is|are) (?:\w+ )?(?:working on|fighting|racing|vying)\b|"
    r"\barbeitet an\b|\btravaille sur\b|\bsta lavorando\b|\btrabaja en\b|\btrabalha em\b|開発中|"
    r"研发中|研發中|กำลังพัฒนา|\b(?:launch\w*|start\w*|kick\w* off|unveil\w*|debut\w*) "
    r"(?:[\w’'-]+ ){0,5}campaign\b(?! (?:type|tool|manager|builder|planner|format))",
    re.IGNORECASE,
)
_ORDER = {slug: place for place, slug in enumerate(CATEGORIES)}


def build_register(
    quarter: QuarterView,
    find_product: Callable[[Story], str] = lambda _: "",
    find_parties: Callable[[Story], tuple[str, ...]] = lambda _: (),
    summarize: Summarizer = lambda _: (),
) -> tuple[RegisterRow, ...]:
    """Return a row for each relevant story and each that concerns a maker of ours.

    New products come first, then the rest by category and day.
    `find_product` names the product that a story is about, "" where that is not sure,
    `find_parties` who acts in it; `summarize` returns the sentences of a story.
    """
    told = {story.id for story in quarter.chosen}
    rows = [
        replace(
            _build_row(story, rank, quarter, find_product(story), story.id in told),
            parties=find_parties(story),
            sentence=None if story.id in told else next(iter(summarize(story)), None),
        )
        for rank, story in enumerate((*quarter.stories, *quarter.doubtful), 1)
    ]
    texts = {
        story.id: clean_text(join_heads(story, _HEAD_LENGTH))
        for story in (*quarter.stories, *quarter.doubtful)
    }
    rows = [replace(row, withdrawn_by=_find_withdrawal(row, rows, texts)) for row in rows]
    return tuple(sorted(rows, key=_get_place))


def _find_withdrawal(
    row: RegisterRow, rows: Sequence[RegisterRow], texts: Mapping[str, str]
) -> str | None:
    """Return the id of the first later story in which a new product's maker withdraws it."""
    if not row.new_product or row.subject in ("", row.vendor):
        return None
    found = [
        other
        for other in rows
        if other.act == "withdrawn"
        and other.vendor == row.vendor
        and other.published > row.published
        and has_name(texts[other.story], row.subject)
    ]
    return min(found, key=lambda other: other.published).story if found else None


def _build_row(
    story: Story, rank: int, quarter: QuarterView, product: str, told: bool
) -> RegisterRow:
    reference, tags, lead = quarter.make_ref(story), story.tags, story.lead.item
    event = tags.event if tags.is_certain("event") else None
    if event in RELEASE_EVENTS and not _names_release(lead.title):
        event = None
    vendor = next(iter(tags.vendors), "")
    own_use = event in RELEASE_EVENTS and quarter.is_own_use(story)
    act = read_act(story)
    return RegisterRow(
        story=story.id,
        title=lead.title,
        headline=reference.title,
        language=reference.language,
        subject=product or vendor,
        vendor=vendor,
        category=tags.category if tags.is_certain("category") else None,
        event=event,
        ai=tags.ai if tags.is_certain("ai") else None,
        source=reference.source,
        url=reference.url,
        published=reference.published,
        new_product=event == "launch"
        and is_new_product(story)
        and not (own_use or was_launched_before(story, product, quarter)),
        own_use=own_use,
        told=told,
        rank=rank,
        likely_category=tags.category,
        act=act,
        due=find_due_day(story) if act == "announced" else None,
    )


def _names_release(title: str) -> bool:
    """Return whether a headline can be that of a launch or an update.

    An issue of a letter and a round-up tell of many things; what may be, is intended or only
    explained has not come. What is worked on, a list of who uses a thing and a campaign are none.
    """
    text = clean_text(title)
    return not (is_issue_title(title) or _NOT_YET.search(text) or _NO_RELEASE.search(text))


def _get_place(row: RegisterRow) -> tuple[object, ...]:
    category = -1 if row.new_product else _ORDER.get(row.category or "", len(_ORDER))
    return (not row.new_product, category, row.published, row.story)
