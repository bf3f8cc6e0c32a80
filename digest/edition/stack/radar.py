"""The radar: where vendors stand for the company, by a published rule.

    act    it is ours and its terms change: closed, bought, repriced, under a rule or a ruling; and
           more than one publisher says so, or the vendor or an authority itself
    try    it is in our field (ours, a rival's, a gap, an overlap), it can be had, and it says how
           it works, with proof or with a second publisher
    ask    it is ours and anything else happened; or it is in our field and only claims
    watch  the rest of what the briefing tells

A vendor stands in the innermost ring that one of its stories earns. What the team places stays
where it was placed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.i18n import N_, TranslatableText
from digest.model.edition import Blip, Radar
from digest.model.stack import OUR_RELATIONS, RINGS, Relation, Ring
from digest.model.story import Story
from digest.model.tags import Event
from digest.taxonomy import CATEGORIES
from digest.text import truncate_text

MAX_BLIPS = 30
_CHANGE_EVENTS: frozenset[Event] = frozenset(("shutdown", "pricing", "acquisition", "regulation"))
_REASONS: Mapping[Ring, str] = {
    "act": N_("Ours, and its terms change: “%(title)s”"),
    "try": N_("To be had, and it says how it works: “%(title)s”"),
    "ask": N_("In our field, with questions open: “%(title)s”"),
    "watch": N_("News of the quarter: “%(title)s”"),
}


def assign_ring(story: Story, relation: Relation) -> Ring:
    """Return the ring that a story earns."""
    tags = story.tags
    is_ours = relation.kind in OUR_RELATIONS
    publishers = len({member.item.source_name for member in story.items})
    first_hand = any(member.item.tier in ("vendor", "regulator") for member in story.items)
    if is_ours and tags.event in _CHANGE_EVENTS and (publishers > 1 or first_hand):
        return "act"
    if relation.kind != "none" and tags.event in RELEASE_EVENTS and tags.ai in AI_IN_USE:
        if tags.evidence == "evidenced" or (tags.evidence == "specified" and publishers > 1):
            return "try"
        return "ask"
    return "ask" if is_ours else "watch"


def build_radar(quarter: QuarterView, before: Mapping[str, Ring] | None) -> Radar:
    """Return the radar of what the briefing tells and of all that happened to the stack.

    `before`: rings of the edition before, by name in small letters (see `index_rings`); None where
    there is none to compare with.
    """
    found: dict[str, Blip] = {}
    makers: dict[str, str] = {}  # product → vendor, both in small letters, as far as stories tell
    for name, story, relation in _iter_subjects(quarter):
        if relation.kind in OUR_RELATIONS:
            makers |= dict.fromkeys(map(str.casefold, relation.products), name.casefold())
        ring, known = assign_ring(story, relation), found.get(name.casefold())
        if known is None or RINGS.index(ring) < RINGS.index(known.ring):
            ref, category = quarter.make_ref(story), CATEGORIES.get(story.tags.category or "")
            reason = TranslatableText(_REASONS[ring], title=truncate_text(ref.title, 120))
            group = category.group if category else None
            found[name.casefold()] = Blip(name, ring, group, reason, story=ref)
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
        found[name] = Blip(placed.name, placed.ring, group, reason, story=story_ref, held=True)
    innermost = sorted(found.values(), key=lambda blip: RINGS.index(blip.ring))
    kept = {blip.name for blip in sorted(innermost, key=lambda blip: not blip.held)[:MAX_BLIPS]}
    blips = (_add_movement(blip, before or {}) for blip in innermost if blip.name in kept)
    return Radar(tuple(blips), compared=before is not None)


def index_rings(radar: Radar) -> dict[str, Ring]:
    """Return the ring of each name in small letters, to compare the next edition with."""
    return {blip.name.casefold(): blip.ring for blip in radar.blips}


def _iter_subjects(quarter: QuarterView) -> Iterable[tuple[str, Story, Relation]]:
    """Yield each vendor that stories are about, with the story and its relation to the stack."""
    chosen = {story.id for story in quarter.chosen}
    for story in quarter.stories:
        relations = quarter.get_relations(story)
        ours = [relation for relation in relations if relation.kind in OUR_RELATIONS]
        yield from ((relation.vendor, story, relation) for relation in ours)
        if not ours and story.id in chosen and story.tags.vendors:
            yield story.tags.vendors[0], story, quarter.get_closest_relation(story)


def _add_movement(blip: Blip, before: Mapping[str, Ring]) -> Blip:
    ring = before.get(blip.name.casefold())
    if ring is None:
        return blip
    step = RINGS.index(blip.ring) - RINGS.index(ring)
    return replace(blip, before=ring, moved="in" if step < 0 else "out" if step > 0 else "stays")
