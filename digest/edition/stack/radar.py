"""The radar: where vendors stand for the company, by a published rule.

    act    it is ours and its terms change: closed, bought, repriced, under a rule or a ruling; and
           more than one publisher says so, or the vendor or an authority itself. What a vendor of
           many products closes or reprices must be of a category that our product serves
    try    it is in our field (ours, a rival's, a gap, an overlap) and in its category, it can be
           had, and it says how it works, with a second publisher
    ask    it is ours and anything else happened; or it is in our field and only claims
    watch  the rest of what the briefing tells

A vendor stands in the innermost ring that one of its stories earns. It stands there only with two
independent reasons: two publishers, a publisher beside the vendor or an authority itself, or a
story and a fact of the stack. What the team places stays where it was placed, and needs none.
Below `MIN_BLIPS` a list says more than a picture, and the radar is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from digest.edition.quarter import (
    AI_IN_USE,
    RELEASE_EVENTS,
    QuarterView,
    get_category_name,
)
from digest.edition.rule_kinds import classify_rule
from digest.edition.stack.contracts import find_contract_day
from digest.i18n import N_, TranslatableText
from digest.model.edition import UNDECIDED_RULES, Blip, Radar
from digest.model.source import is_source_of
from digest.model.stack import OUR_RELATIONS, RINGS, Product, Relation, Ring
from digest.model.story import Story
from digest.model.tags import Event
from digest.taxonomy import CATEGORIES
from digest.text import truncate_text

MAX_BLIPS = 30
CHANGE_EVENTS: frozenset[Event] = frozenset(("shutdown", "pricing", "acquisition", "regulation"))
_MIN_GROUNDS = 2
_MAX_VOICES = 3  # of publishers that are named as grounds
_FIRST_HAND = ("vendor", "regulator")


class _Sighting(NamedTuple):
    """A story about a vendor, and what it is to the company."""

    story: Story
    relation: Relation
    ring: Ring


def assign_ring(story: Story, relation: Relation) -> Ring:
    """Return the ring that a story earns."""
    tags = story.tags
    is_ours = relation.kind in OUR_RELATIONS
    publishers = len(_list_publishers(story))
    if is_ours and changes_terms(story, relation) and is_well_sourced(story):
        return "act"
    if relation.kind != "none" and tags.event in RELEASE_EVENTS and tags.ai in AI_IN_USE:
        is_specific = tags.evidence in ("evidenced", "specified") and publishers > 1
        return "try" if is_specific and _is_in_field(story, relation) else "ask"
    return "ask" if is_ours else "watch"


def changes_terms(story: Story, relation: Relation) -> bool:
    """Return whether a story surely changes the terms of what it relates to.

    A deal is one of the whole company. A price, a closure or a rule is one of a product: of what a
    vendor does, only what is of the category that our product serves. What a company promises of
    itself, advice and a case that nobody has decided bind nobody else.
    """
    if story.tags.event not in CHANGE_EVENTS or not story.tags.is_certain("event"):
        return False
    if classify_rule(story) in UNDECIDED_RULES:
        return False
    is_of_company = relation.kind == "product" or story.tags.event == "acquisition"
    return is_of_company or _is_in_field(story, relation)


def _is_in_field(story: Story, relation: Relation) -> bool:
    """Return whether a story is of the category for which its relation stands."""
    return relation.kind == "product" or story.tags.category == relation.category


def build_radar(quarter: QuarterView, before: Mapping[str, Ring] | None) -> Radar:
    """Return the radar of what the briefing tells and of all that happened to the stack.

    `before`: rings of the edition before, by name in small letters (see `index_rings`); None where
    none was built.
    """
    found: dict[str, Blip] = {}
    makers: dict[str, str] = {}  # product → vendor, both in small letters, as far as stories tell
    for name, sightings in _group_sightings(quarter).items():
        for sighting in sightings:
            if sighting.relation.kind in OUR_RELATIONS:
                makers |= dict.fromkeys(map(str.casefold, sighting.relation.products), name)
        found[name] = _build_blip(sightings, quarter)
    for placed in quarter.stack.placed:
        name = placed.name.casefold()
        known = found.pop(makers.get(name, name), None)
        reason = (
            TranslatableText("%(reason)s", reason=placed.reason)
            if placed.reason
            else TranslatableText(N_("Placed by the team"))
        )
        group = placed.group or (known.group if known else None)
        story_ref = known.story if known else None
        what = known.what if known else ""
        found[name] = Blip(
            placed.name, placed.ring, group, reason, story=story_ref, held=True, what=what
        )
    earned = [blip for blip in found.values() if blip.held or len(blip.grounds) >= _MIN_GROUNDS]
    innermost = sorted(earned, key=lambda blip: RINGS.index(blip.ring))
    kept = {blip.name for blip in sorted(innermost, key=lambda blip: not blip.held)[:MAX_BLIPS]}
    blips = (_add_movement(blip, before or {}) for blip in innermost if blip.name in kept)
    return Radar(tuple(blips), compared=before is not None)


def index_rings(radar: Radar) -> dict[str, Ring]:
    """Return the ring of each name in small letters, to compare the next edition with."""
    return {blip.name.casefold(): blip.ring for blip in radar.blips}


def _group_sightings(quarter: QuarterView) -> dict[str, list[_Sighting]]:
    """Return the stories about each vendor, by its name in small letters."""
    found: dict[str, list[_Sighting]] = {}
    for story in quarter.stories:
        for name, relation in _iter_subjects(story, quarter):
            sighting = _Sighting(story, relation, assign_ring(story, relation))
            found.setdefault(name.casefold(), []).append(sighting)
    return found


def _iter_subjects(story: Story, quarter: QuarterView) -> Iterable[tuple[str, Relation]]:
    """Yield each vendor that a story is about, with its relation to the stack."""
    relations = quarter.get_relations(story)
    ours = [relation for relation in relations if relation.kind in OUR_RELATIONS]
    yield from ((relation.vendor, relation) for relation in ours)
    if not ours and story in quarter.chosen and story.tags.vendors:
        yield story.tags.vendors[0], quarter.get_closest_relation(story)


def _build_blip(sightings: Sequence[_Sighting], quarter: QuarterView) -> Blip:
    """Return the blip of a vendor: its innermost ring, the story that earns it, the grounds."""
    ring = min((sighting.ring for sighting in sightings), key=RINGS.index)
    earning = [sighting for sighting in sightings if sighting.ring == ring]
    # Of several, the one that the briefing tells; a reader can look there.
    story, relation, _ = next((one for one in earning if one.story in quarter.chosen), earning[0])
    ref, category = quarter.make_ref(story), CATEGORIES.get(story.tags.category or "")
    vendor = relation.vendor or story.tags.vendors[0]
    return Blip(
        vendor,
        ring,
        category.group if category else None,
        TranslatableText("“%(title)s”", title=truncate_text(ref.title, 120)),
        story=ref,
        what=_describe_subject(relation, story),
        grounds=tuple(
            _iter_grounds(
                [story, *(one.story for one in earning if one.story is not story)],
                vendor,
                relation,
                quarter,
            )
        ),
    )


def _describe_subject(relation: Relation, story: Story) -> TranslatableText:
    """Return what a vendor is to the company, in words."""
    category = get_category_name(relation.category or story.tags.category or "")
    values: dict[str, object] = {"category": category}
    if relation.products == (relation.vendor,):
        return TranslatableText(N_("We run it"))
    if relation.kind in OUR_RELATIONS:
        return TranslatableText(N_("Makes %(products)s, which we run"), products=relation.products)
    if relation.kind == "gap":
        text = N_("Works in %(category)s, which our goal “%(goal)s” counts on")
        return TranslatableText(text, goal=relation.goal, **values)
    if relation.kind != "none":
        text = N_("Works in %(category)s, where we run %(products)s")
        return TranslatableText(text, products=relation.products, **values)
    if category:
        return TranslatableText(N_("Works in %(category)s"), **values)
    return TranslatableText(N_("Works in no category of ours"))


def _iter_grounds(
    stories: Sequence[Story], vendor: str, relation: Relation, quarter: QuarterView
) -> Iterable[TranslatableText]:
    """Yield the independent reasons for a vendor's ring; its first publisher is one.

    `stories` earn it, the one that names the blip first. A vendor's own sources are one voice.
    """
    voices: set[str] = set()
    for story in stories:
        for name in _list_publishers(story):
            is_own = is_source_of(name, vendor)
            voice = vendor if is_own else name
            if voice in voices or len(voices) >= _MAX_VOICES:
                continue
            voices.add(voice)
            text = N_("%(source)s tells it")
            if story is not stories[0]:
                text = N_("%(source)s tells of “%(title)s”")
            elif is_own:
                text = N_("%(source)s, its own voice, tells it")
            title = truncate_text(quarter.make_ref(story).title, 60)
            values = {"source": name, "title": title}
            used = {key: value for key, value in values.items() if f"%({key})s" in text}
            yield TranslatableText(text, **used)
    products = {product.name: product for product in quarter.stack.products}
    if relation.kind in OUR_RELATIONS:
        for name in relation.products:
            if name in products:
                yield from _iter_stack_facts(products[name], quarter)


def _iter_stack_facts(product: Product, quarter: QuarterView) -> Iterable[TranslatableText]:
    contract = find_contract_day(product, quarter.today)
    if contract and contract.kind == "notice":
        text = N_("Notice for %(product)s is due by %(day)s")
        yield TranslatableText(text, product=product.name, day=contract.day)
    elif product.status == "trial":
        yield TranslatableText(N_("%(product)s is on trial"), product=product.name)


def _list_publishers(story: Story) -> list[str]:
    return list(dict.fromkeys(member.item.source_name for member in story.items))


def is_well_sourced(story: Story) -> bool:
    """Return whether two publishers, or the vendor or an authority itself, tell a story."""
    return len(_list_publishers(story)) > 1 or any(
        member.item.tier in _FIRST_HAND
        or any(is_source_of(member.item.source_name, vendor) for vendor in story.tags.vendors)
        for member in story.items
    )


def _add_movement(blip: Blip, before: Mapping[str, Ring]) -> Blip:
    ring = before.get(blip.name.casefold())
    if ring is None:
        return blip
    step = RINGS.index(blip.ring) - RINGS.index(ring)
    return replace(blip, before=ring, moved="in" if step < 0 else "out" if step > 0 else "stays")
