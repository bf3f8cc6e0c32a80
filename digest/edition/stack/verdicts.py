"""One word on each product of the stack, and why: the same rule for all of them.

    act    a notice falls due before the next review but one, or terms change and two independent
           sources, or the vendor or an authority itself, say so
    ask    terms change and one source says so, a promise is late, a claim lacks proof, a notice
           falls due within two quarters, or the file does not say on what data its AI works
    try    it is on trial, or its vendor's new AI comes with proof
    watch  the rest
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.stack.contracts import SOON, find_contract_day
from digest.edition.stack.radar import CHANGE_EVENTS, assign_ring
from digest.i18n import N_, TranslatableText
from digest.model.edition import Verdict
from digest.model.stack import OPEN_PROMISES, Product
from digest.model.story import Story
from digest.model.tags import Event

_CHANGES: dict[Event, str] = {
    "pricing": N_("Prices change"),
    "shutdown": N_("Something ends"),
    "acquisition": N_("A deal of its vendor"),
    "regulation": N_("A rule or ruling"),
}


def judge_product(
    product: Product, stories: Sequence[Story], quarter: QuarterView
) -> tuple[Verdict, TranslatableText]:
    """Return the verdict on a product and its reason. `stories` are about it or its vendor."""
    if verdict := next(_iter_verdicts(product, stories, quarter), None):
        word, reason, values = verdict
        return word, TranslatableText(reason, **values)
    text = N_("Nothing to do") if stories else N_("No news")
    return "watch", TranslatableText(text)


def _iter_verdicts(
    product: Product, stories: Sequence[Story], quarter: QuarterView
) -> Iterable[tuple[Verdict, str, dict[str, object]]]:
    """Yield each verdict that a product earns, the strongest first."""
    contract = find_contract_day(product, quarter.today)
    is_notice = contract is not None and contract.kind == "notice"
    if product.status == "retiring":
        if contract and is_notice:
            yield "act", N_("Let it end: notice by %(day)s"), {"day": contract.day}
        yield "watch", N_("It is being retired"), {}
        return
    changes = [story for story in stories if story.tags.event in CHANGE_EVENTS]
    rings = [assign_ring(story, quarter.get_relation_to(story, product.name)) for story in changes]
    for story, ring in zip(changes, rings, strict=True):
        if ring == "act":
            yield "act", _CHANGES[story.tags.event], {}
    if contract and is_notice and contract.day <= quarter.today + SOON:
        yield "act", N_("Keep or leave: notice by %(day)s"), {"day": contract.day}
    if product.status == "trial":
        yield "try", N_("On trial: what did it show?"), {}
    for story in changes:
        yield "ask", _CHANGES[story.tags.event], {}
    if any(
        promise.state in OPEN_PROMISES
        and promise.vendor.casefold() == product.vendor_or_name.casefold()
        and promise.by
        and promise.by < quarter.today
        for promise in quarter.stack.promises
    ):
        yield "ask", N_("A promise is past its date"), {}
    releases = [story for story in stories if _is_ai_release(story)]
    for story in releases:
        if assign_ring(story, quarter.get_relation_to(story, product.name)) == "try":
            yield "try", N_("New AI with proof"), {}
    if any(story.tags.evidence == "claimed" for story in releases):
        yield "ask", N_("An AI claim without proof"), {}
    if contract and is_notice:
        yield "ask", N_("Notice by %(day)s"), {"day": contract.day}
    if product.ai.used and not product.ai.data:
        yield "ask", N_("On whose data does its AI work?"), {}


def _is_ai_release(story: Story) -> bool:
    return story.tags.event in RELEASE_EVENTS and story.tags.ai in AI_IN_USE
