"""The radar: where vendors stand for us, by a published rule.

    act    it is ours and its terms change: closed, bought, repriced, under a rule or a ruling; and more than one
           publisher says so, or the vendor or an authority itself
    try    it is in our field (ours, a rival's, a gap, an overlap), it can be had, and it says how it works, with proof
           or with a second publisher
    ask    it is ours and anything else happened; or it is in our field and only claims
    watch  the rest of what the briefing tells

A vendor stands in the innermost ring that one of its stories earns. What the team places stays where it was placed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from digest.edition.stack.view import MakeStoryRef, Relations
from digest.i18n import N_, TranslatableText
from digest.model.edition import Blip, Radar
from digest.model.stack import RINGS, RadarPlacement, Relation, Ring
from digest.model.story import Story
from digest.model.tags import Event
from digest.taxonomy import CATEGORIES
from digest.text import truncate_text

MAX_BLIPS = 30
_CHANGE_EVENTS: frozenset[Event] = frozenset(("shutdown", "pricing", "acquisition", "regulation"))
_OUR_RELATIONS = ("product", "vendor")
_RELEASE_EVENTS: frozenset[Event] = frozenset(("launch", "update"))
_REASONS: Mapping[Ring, str] = {
    "act": N_("Ours, and its terms change: “%(title)s”"),
    "try": N_("To be had, and it says how it works: “%(title)s”"),
    "ask": N_("In our field, with questions open: “%(title)s”"),
    "watch": N_("News of the quarter: “%(title)s”"),
}
PLACED_BY_TEAM = N_("Placed by the team")
NO_RELATION = Relation("none")


def assign_ring(story: Story, relation: Relation) -> Ring:
    """The ring that a story earns."""
    tags = story.tags
    ours = relation.kind in _OUR_RELATIONS
    told = len({member.item.source_name for member in story.items})
    first_hand = any(member.item.tier in ("vendor", "regulator") for member in story.items)
    if ours and tags.event in _CHANGE_EVENTS and (told > 1 or first_hand):
        return "act"
    if relation.kind != "none" and tags.event in _RELEASE_EVENTS and tags.ai in ("core", "applied"):
        if tags.evidence == "evidenced" or (tags.evidence == "specified" and told > 1):
            return "try"
        return "ask"
    return "ask" if ours else "watch"


def build_radar(
    stories: Sequence[Story],
    relations: Relations,
    placed: Sequence[RadarPlacement],
    before: Mapping[str, Ring] | None,
    make_ref: MakeStoryRef,
) -> Radar:
    """The radar of the stories, best first. `before`: name in small letters → ring in the edition before; None where
    there is none to compare with."""
    found: dict[str, Blip] = {}
    for name, story, relation in _iter_radar_subjects(stories, relations):
        ring = assign_ring(story, relation)
        held = found.get(name.casefold())
        if held is None or RINGS.index(ring) < RINGS.index(held.ring):
            title = truncate_text(make_ref(story).title, 120)
            found[name.casefold()] = Blip(
                name,
                ring,
                _find_group(story),
                TranslatableText(_REASONS[ring], title=title),
                story=make_ref(story),
            )
    makers = {name.casefold(): maker for name, maker in _iter_product_vendors(stories, relations)}
    for one in placed:
        known = found.pop(makers.get(one.name.casefold(), one.name).casefold(), None)
        reason = (
            TranslatableText("%(reason)s", reason=one.reason)
            if one.reason
            else TranslatableText(PLACED_BY_TEAM)
        )
        group = one.group or (known.group if known else None)
        found[one.name.casefold()] = Blip(
            one.name, one.ring, group, reason, story=known.story if known else None, held=True
        )
    order = list(found)
    chosen = sorted(
        found,
        key=lambda name: (not found[name].held, RINGS.index(found[name].ring), order.index(name)),
    )
    kept = sorted(
        chosen[:MAX_BLIPS], key=lambda name: (RINGS.index(found[name].ring), order.index(name))
    )
    return Radar(
        tuple(_add_movement(found[name], before) for name in kept), compared=before is not None
    )


def index_rings(blips: Iterable[Blip]) -> dict[str, Ring]:
    """Name in small letters → ring, to compare the next edition with."""
    return {blip.name.casefold(): blip.ring for blip in blips}


def _iter_product_vendors(
    stories: Iterable[Story], relations: Relations
) -> Iterator[tuple[str, str]]:
    """Products of ours and who makes them, as far as the stories tell: a product that is placed takes the place of its
    maker."""
    for story in stories:
        for one in relations.get(story.id, ()):
            if one.kind in _OUR_RELATIONS:
                yield from ((name, one.vendor) for name in one.products)


def _iter_radar_subjects(
    stories: Sequence[Story], relations: Relations
) -> Iterator[tuple[str, Story, Relation]]:
    for story in stories:
        ours = [one for one in relations.get(story.id, ()) if one.kind in _OUR_RELATIONS]
        for one in ours:
            yield one.vendor, story, one
        if not ours and story.tags.vendors:
            closest = next(iter(relations.get(story.id, ())), NO_RELATION)
            yield story.tags.vendors[0], story, closest


def _find_group(story: Story) -> str | None:
    category = CATEGORIES.get(story.tags.category or "")
    return category.group if category else None


def _add_movement(blip: Blip, before: Mapping[str, Ring] | None) -> Blip:
    then = (before or {}).get(blip.name.casefold())
    if then is None:
        return blip
    step = RINGS.index(blip.ring) - RINGS.index(then)
    moved = "in" if step < 0 else "out" if step > 0 else "stays"
    return Blip(blip.name, blip.ring, blip.group, blip.reason, then, moved, blip.story, blip.held)  # type: ignore[arg-type]
