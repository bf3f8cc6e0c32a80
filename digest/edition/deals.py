"""What happened to vendors: bought, funded, closed, repriced, breached; with whom of ours it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from digest.edition.amounts import names_amount
from digest.edition.consequence import explain_consequence
from digest.edition.deal_parties import find_parties, is_only_offered
from digest.edition.quarter import QuarterView
from digest.edition.reach import find_reach
from digest.edition.rule_kinds import tells
from digest.edition.stack.verdicts import reaches_us
from digest.edition.subjects import (
    find_subject_relations,
    find_touched_products,
    is_about_addon,
    join_heads,
    join_titles,
)
from digest.i18n import TranslatableText
from digest.model.edition import DEAL_KINDS, DealEntry, DealKind
from digest.model.stack import OUR_RELATIONS
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import clean_text, split_sentences

_KINDS: Mapping[Event, DealKind] = {
    "acquisition": "acquisition",
    "funding": "funding",
    "shutdown": "withdrawal",
    "pricing": "pricing",
    "incident": "incident",
    "people": "results",
    "results": "results",
}
# Of what a briefing does not tell, one line each is printed, but for results: they are too many.
_ALWAYS: frozenset[DealKind] = frozenset(
    ("acquisition", "funding", "closure", "withdrawal", "pricing", "incident")
)
_HEAD_LENGTH = 1200  # characters of a text that are about what its headline is about
_OPENING = re.compile(r"^(?:exclusive|breaking|report|update|updated)\s*[:|–—-]\s*", re.IGNORECASE)


@lru_cache(maxsize=1)  # page one asks for them, too
def build_deals(quarter: QuarterView) -> tuple[DealEntry, ...]:
    """Return what happened to vendors by kind, in each the best story first.

    They are the stories that the briefing tells, and the relevant others of which the kind is sure;
    so are those about makers of ours that the machine alone holds for no news.
    """
    told = {story.id for story in quarter.chosen}
    found = []
    for story in (*quarter.stories, *quarter.doubtful):
        kind = classify_deal(story)
        if kind and (story.id in told or kind in _ALWAYS):
            found.append((kind, story))
    found.sort(key=lambda pair: DEAL_KINDS.index(pair[0]))  # stable: each kind stays best first
    return tuple(_build_entry(kind, story, quarter) for kind, story in found)


def _build_entry(kind: DealKind, story: Story, quarter: QuarterView) -> DealEntry:
    products = _find_products(story, quarter)
    addon_to = tuple(name for name in products if is_about_addon(story, name))
    products = tuple(name for name in products if name not in addon_to)
    maker_of = () if products or addon_to else _find_makers_products(story, quarter)
    follows = None
    if kind == "incident":
        ours = {one.name: one for one in quarter.stack.products}
        maker_of = tuple(one for one in maker_of if reaches_us(story, ours[one], quarter))
        follows = _explain_incident(story, quarter)
    parties = None
    if kind == "acquisition":
        parties = find_parties(
            (_OPENING.sub("", clean_text(member.item.title)) for member in story.items),
            (
                sentence
                for member in story.items
                for text in (member.item.summary, member.item.text[:_HEAD_LENGTH])
                for line in text.splitlines()
                for sentence in split_sentences(clean_text(line))
            ),
        )
    return DealEntry(
        story=quarter.make_ref(story),
        kind=kind,
        name=_find_subject(story, quarter) or (_join_hit(story) if kind == "incident" else ""),
        products=products,
        maker_of=maker_of,
        addon_to=addon_to,
        buyer=parties.buyer if parties else "",
        bought=parties.bought if parties else "",
        priced=_names_sum(story) if kind == "acquisition" else None,
        follows=follows,
        reach=find_reach(story, ()) if kind in ("pricing", "incident") else None,
    )


def _explain_incident(story: Story, quarter: QuarterView) -> TranslatableText | None:
    """Return what an incident asks of the company; None where nothing follows."""
    relations, dates = quarter.get_relations(story), quarter.find_dates(story)
    found = explain_consequence(story, relations, dates, quarter.stack, quarter.today)
    return next(iter(found), None)


def _names_sum(story: Story) -> bool:
    """Return whether a report of a story names a sum of money."""
    return names_amount(join_heads(story, _HEAD_LENGTH))


def classify_deal(story: Story) -> DealKind | None:
    """Return what happened to a vendor in a story; None where nothing did.

    The end of a vendor is another thing than that of what it sells; only a headline that speaks of
    the vendor's own end is taken for the first.
    """
    kind = _KINDS.get(story.tags.event)
    if kind is None or not story.tags.is_certain("event"):
        return "unsure" if kind and kind != "results" else None
    titles = join_titles(story)
    if kind == "pricing" and tells("inclusion", titles) and not tells("money", titles):
        return None  # what a plan holds is no price
    if kind == "acquisition" and is_only_offered(member.item.title for member in story.items):
        return "unsure"
    return "closure" if kind == "withdrawal" and tells("closure", titles) else kind


def _find_subject(story: Story, quarter: QuarterView) -> str:
    """Return the vendor with whose name a headline begins, else the one that published it itself.

    "" where there is none: the first vendor of a story is often another than the one it is about.
    """
    names = sorted(story.tags.vendors, key=len, reverse=True)
    for member in (story.lead, *story.items):
        title = _OPENING.sub("", member.item.title).casefold()
        for name in names:
            if re.match(rf"{re.escape(name.casefold())}(?!\w)", title):
                return name
    if len(names) == 1 and story.tags.event != "funding":  # investors and rivals are named, too
        return names[0]
    publisher = story.lead.item.source_name.casefold()
    makers = {relation.vendor for relation in quarter.get_relations(story)}
    return next(
        (name for name in (*names, *sorted(makers)) if name and name.casefold() in publisher), ""
    )


def _join_hit(story: Story) -> str:
    """Return the vendors that an incident hit, of which its headlines begin with none."""
    titles = join_titles(story)
    return ", ".join(name for name in story.tags.vendors if name in titles)


def _find_makers_products(story: Story, quarter: QuarterView) -> tuple[str, ...]:
    """Return the products of the stack whose maker a story is about."""
    relations = find_subject_relations(story, quarter.get_relations(story))
    return tuple(dict.fromkeys(name for relation in relations for name in relation.products))


def _find_products(story: Story, quarter: QuarterView) -> tuple[str, ...]:
    relations = [
        relation for relation in quarter.get_relations(story) if relation.kind in OUR_RELATIONS
    ]
    touched = find_touched_products(story, relations, quarter.stack)
    names = {product.name for product in touched}
    names.update(
        name for relation in relations if relation.kind == "product" for name in relation.products
    )
    return tuple(product.name for product in quarter.stack.products if product.name in names)
