"""For each use of AI: what of the stack serves it, and what the quarter brought for it."""

from __future__ import annotations

from digest.edition.ai_functions import (
    get_use,
    list_own_uses,
    list_uses,
    read_ai_function,
    serves_use,
)
from digest.edition.ai_impacts import offers
from digest.edition.ai_kinds import works_with_ai
from digest.edition.claim_subjects import find_subject, name_product
from digest.edition.claims import choose_words
from digest.edition.quarter import QuarterView
from digest.edition.rivals import list_words
from digest.model.edition import AI_USES, AiArrival, AiUseRow
from digest.model.stack import OUR_RELATIONS
from digest.model.story import Story


def find_ai_uses(quarter: QuarterView) -> tuple[AiUseRow, ...]:
    """Return by use what of ours serves it and what AI for it was brought out in the quarter.

    A use of which nothing is known has no row. Whose AI is ours comes first.
    """
    arrived: dict[str, list[AiArrival]] = {}
    for story in quarter.stories:
        arrival = _read_arrival(story, quarter)
        if arrival is None:
            continue
        known = arrived.setdefault(get_use(arrival.function), [])
        if all((one.name, one.function) != (arrival.name, arrival.function) for one in known):
            known.append(arrival)  # by its best report
    rows = []
    for use in AI_USES:
        new = sorted(arrived.get(use, ()), key=lambda one: not one.own)  # stable: the best first
        serving = [one.name for one in quarter.stack.products if use in list_uses(one)]
        used = [one.name for one in quarter.stack.products if use in list_own_uses(one)]
        if serving or used or new:
            rows.append(AiUseRow(use, tuple(serving), tuple(used), tuple(new)))
    return tuple(rows)


def _read_arrival(story: Story, quarter: QuarterView) -> AiArrival | None:
    """Return the AI that a vendor brings out in a story; None where its words do not say what."""
    subject = find_subject(story, quarter)
    if not works_with_ai(story) or subject is None or not offers(story, subject):
        return None
    quote = choose_words(story, quarter)
    function = read_ai_function(*list_words(story, quote))
    kinds = {found.kind for found in quarter.get_relations(story)}
    # A search engine that sorts a reader's mail is no tool for a team's daily work; what a product
    # of ours does, we have it for, wherever it is filed.
    if function is None or not (
        "product" in kinds or serves_use(story.tags.category, get_use(function))
    ):
        return None
    own = not kinds.isdisjoint(OUR_RELATIONS)
    name = name_product(story, quarter, subject) or subject.name
    return AiArrival(quarter.make_ref(story), name, function, own)
