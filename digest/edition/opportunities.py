"""Which launches and updates of the quarter could add to what the company runs and plans.

What comes in a product of the company's can be used as soon as it is there. What else is new in a
category that a goal counts on could serve that goal, and what a rival launches is there to be
compared. It has to be new for those who market, and its own words have to say what gets better, or
what the goal names. What users must follow, what takes the place of something of ours and what
other plans get adds nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from digest.edition.acts import read_stated_act
from digest.edition.ai_impacts import find_ai_impacts, is_in_our_plan
from digest.edition.claim_sentences import is_clean_sentence
from digest.edition.claims import choose_words
from digest.edition.forced import find_forced_change
from digest.edition.goal_words import count_goal_words
from digest.edition.new_products import is_new_product
from digest.edition.quarter import RELEASE_EVENTS, QuarterView
from digest.edition.rivals import is_rival
from digest.edition.rule_kinds import classify_rule
from digest.edition.stack.duties import forces_change
from digest.edition.subjects import find_subject_relations, find_touched_products
from digest.model.edition import Opportunity, OpportunityWay, Sentence
from digest.model.stack import Goal
from digest.model.story import Act, Story
from digest.text import clean_text, is_issue_title, split_sentences

_MAX_OF_GOAL = 4
_MAX_OF_PRODUCT = 2  # of a product that serves no goal
_GAIN = re.compile(
    r"\b(?:adds(?! to\b)|add(?:ed|ing) (?:new|support|more)|new (?:features?|reports?|reporting|"
    r"insights?|controls?|tools?)|improv\w+|better|faster|quicker|stronger|smarter|easier|ease|"
    r"cheaper|more (?:accurate|control|granular|efficient|precise|relevant)|simplif\w+|enhanc\w+|"
    r"streamlin\w+|automat(?:es|ically)|lets (?:you|your|advertisers|marketers|teams|brands|"
    r"businesses|merchants)|helps? (?:you|your|advertisers|marketers|teams|brands|businesses|"
    r"merchants)|saves? (?:time|money|hours)|reduc(?:es|ing)|boosts?|increases|reporting|insights|"
    r"verbesser\w+|schneller|einfacher|vereinfach\w+|migliora\w*|più (?:veloce|semplice|facile)|"
    r"semplifica\w*|amélior\w+|simplifi\w+|mejor\w*|simplific\w+)\b|ดีขึ้น|เร็วขึ้น|ง่ายขึ้น",
    re.IGNORECASE,
)
_LOSS = re.compile(
    r"\b(?:penali[sz]\w+|warns?|warning|risks?|delay\w*|expose\w*|gaps?|trap|scrap\w+|block\w*|"
    r"fails?|wrong|threat\w*|loses?|lost|drops?|worse|clarif\w+|despite)\b",
    re.IGNORECASE,
)
_FOR_MARKETING = re.compile(
    r"\b(?:advertis\w+|market(?:er|ing)\w*|merchants?|brands?|publishers?|site owners?|sites|seo|"
    r"campaigns?|search console|structured data|ads?|creatives?|audiences?|leads?|customers?|"
    r"conversions?|sign-?ups?|e-?mails?|crm|newsletters?|werb\w+|kampagne\w*|kunden|pubblicit\w+|"
    r"campagn\w+|clienti|publicité|clients|anuncios|campañas|clientes)\b|โฆษณา|ลูกค้า|แคมเปญ",
    re.IGNORECASE,
)
_FOR_DEVELOPERS = re.compile(r"\b(?:APIs?|SDKs?|v\d+(?:\.\d+)*)\b")
_ACTS: frozenset[Act | None] = frozenset(("announced", "in test", "available"))
_WAYS: tuple[OpportunityWay, ...] = ("product", "maker", "market", "rival")  # the nearest first


@dataclass(frozen=True, slots=True)
class _Offer:
    """A release, and what it could be to the plan, whatever goal it serves."""

    story: Story
    opportunity: Opportunity
    gain: str  # the headline or sentence that says what gets better; "" for none
    is_new: bool  # a new product, surely


def find_opportunities(quarter: QuarterView) -> tuple[Opportunity, ...]:
    """Return what could add to the plan: by goal, then what comes in products without a goal.

    Within each, what speaks of what the goal names comes first, then new products, then the
    nearest, then the best; notes for developers come last.
    """
    impacts = find_ai_impacts(quarter)
    lost = {one.story.id for one in impacts if one.kind == "threatens" and not one.rival}
    releases = [
        story
        for story in quarter.stories
        if story.id not in lost and _is_release(story) and not quarter.is_own_use(story)
    ]
    offers = [_make_offer(story, quarter) for story in releases]
    told: set[str] = set()
    found: list[Opportunity] = []
    for goal in quarter.stack.goals:
        left = [offer for offer in offers if offer.story.id not in told]
        found += _list_of_goal(goal, left, quarter)
        told.update(one.story.id for one in found)
    return (
        *found,
        *_list_of_products((one for one in offers if one.story.id not in told), quarter),
    )


def _is_release(story: Story) -> bool:
    """Return whether a story surely tells of one new thing that nobody has to follow.

    Where its kind of event is only likely, its words have to say that the thing can be had.
    """
    tags = story.tags
    is_sure = tags.is_certain("event") or read_stated_act(story) in _ACTS
    return (
        tags.event in RELEASE_EVENTS
        and is_sure
        and not is_issue_title(story.lead.item.title)
        and classify_rule(story) != "platform"
        and not forces_change(story)
    )


def _list_of_goal(goal: Goal, offers: Iterable[_Offer], quarter: QuarterView) -> list[Opportunity]:
    """Return what is new in the categories that a goal counts on."""
    found = []
    for offer in offers:
        one, story = offer.opportunity, offer.story
        words = count_goal_words(story, goal)
        is_offer = offer.is_new or (one.way != "rival" and bool(words or offer.gain))
        is_near = _serves_goal(story, one, goal, quarter)
        if is_offer and is_near and _FOR_MARKETING.search(_join_lead(story)):
            is_note = is_for_developers(one.story.title)
            is_far = bool(one.place) or one.act == "in test"
            place = (is_note, is_far, -words, not offer.is_new, _WAYS.index(one.way))
            found.append((*place, replace(one, goal=goal.name)))
    found.sort(key=lambda row: row[:-1])  # stable: the best first
    return [one for *_, one in found[:_MAX_OF_GOAL]]


def _serves_goal(story: Story, one: Opportunity, goal: Goal, quarter: QuarterView) -> bool:
    """Return whether a story surely is of a goal's category, or comes in a product that serves it.

    It does so where the category of the story itself is not sure.
    """
    tags = story.tags
    if tags.is_certain("category"):
        return tags.category in goal.categories
    return one.way == "product" and any(
        product.categories[:1] and product.categories[0] in goal.categories
        for product in quarter.stack.products
        if product.name in one.products
    )


def _list_of_products(offers: Iterable[_Offer], quarter: QuarterView) -> Iterator[Opportunity]:
    """Yield what comes in products of ours, and what a rival launched in their home category.

    Notes for developers are left out: without a goal nothing says what they are for.
    """
    adds = {one.story.id for one in find_ai_impacts(quarter) if one.kind == "adds"}
    number: Counter[str] = Counter()
    for offer in offers:
        one = offer.opportunity
        is_gain = offer.story.id in adds or bool(offer.gain)
        if is_for_developers(one.story.title):
            continue  # its category names it
        if (one.way == "product" and is_gain) or (one.way == "rival" and offer.is_new):
            number.update(one.products)
            if all(number[name] <= _MAX_OF_PRODUCT for name in one.products):
                yield one


def _find_gain(story: Story) -> str:
    """Return the headline or the sentence of a summary that says what gets better; "" for none."""
    item = story.lead.item
    texts = (clean_text(item.title), *split_sentences(clean_text(item.summary)))
    if _LOSS.search(texts[0]):
        return ""
    return next((text for text in texts if _GAIN.search(text) and not _LOSS.search(text)), "")


def is_for_developers(title: str) -> bool:
    """Return whether a headline names an interface or a version, which is a note for developers."""
    return _FOR_DEVELOPERS.search(title) is not None


def _join_lead(story: Story) -> str:
    return f"{story.lead.item.title}\n{story.lead.item.summary}"


def _make_offer(story: Story, quarter: QuarterView) -> _Offer:
    (way, products), gain, item = _find_way(story, quarter), _find_gain(story), story.lead.item
    # Where the headline alone says it there is nothing more to quote.
    is_sentence = gain and gain != clean_text(item.title) and is_clean_sentence(gain)
    ref = quarter.make_ref(story)
    opportunity = Opportunity(
        story=ref,
        way=way,
        products=products,
        category=story.tags.category if story.tags.is_certain("category") else None,
        vendor=next(iter(story.tags.vendors), ""),
        act=read_stated_act(story),
        gain=Sentence(gain, item.source_name, item.link) if is_sentence else None,
        place=change.place if (change := find_forced_change(story, quarter)) else "",
    )
    return _Offer(story, opportunity, gain, is_new_product(story))


def _find_way(story: Story, quarter: QuarterView) -> tuple[OpportunityWay, tuple[str, ...]]:
    """Return how the company would come by what a story tells of, and by which of its products."""
    relations, stack = quarter.get_relations(story), quarter.stack
    staying = [one for one in stack.products if one.status != "retiring"]
    words = choose_words(story, quarter)
    touched = tuple(
        product.name
        for product in find_touched_products(story, relations, stack)
        if product in staying and is_in_our_plan(story, product, words)
    )
    if touched:
        return "product", touched
    if any(relation.kind == "vendor" for relation in find_subject_relations(story, relations)):
        return "maker", ()
    for product in staying:
        is_home = product.categories[:1] == (story.tags.category,)
        if is_home and is_rival(story, product, quarter):
            return "rival", (product.name,)
    return "market", ()
