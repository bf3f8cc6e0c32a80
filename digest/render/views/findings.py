"""What a section found, in a few words: its heading where facts give one.

Every finding is counted from the edition; a section without one is headed by its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from digest.i18n import N_
from digest.model.edition import (
    UNDECIDED_RULES,
    Edition,
    EditionStory,
    count_proven_claims,
    list_dates_ahead,
)
from digest.model.sections import SECTIONS_BY_SLUG
from digest.model.stack import RINGS
from digest.render.views.rules import count_rules
from digest.render.words import LABELS, Localizer

_SHORT_STANDINGS = {
    "unwatched": N_("without the maker’s own source"),
    "seen": N_("perhaps shipped"),
    "contradicted": N_("perhaps broken"),
}


def describe_finding(slug: str, edition: Edition, words: Localizer) -> str:
    """Return what a section found; "" where nothing can be counted."""
    count = _COUNTERS.get(slug)
    if count:
        return ", ".join(count(edition, words))
    if slug in SECTIONS_BY_SLUG and SECTIONS_BY_SLUG[slug].grouping != "theme":
        return ", ".join(_count_stories(slug, edition, words))
    return ""


def _count_stories(slug: str, edition: Edition, words: Localizer) -> Iterator[str]:
    """Yield the counts of a section's events, and for what always stays how many are our own."""
    stories = list(list_section_stories(edition, slug))
    counts = Counter[str](story.event or "" for story in stories)
    yield from _count_kinds(counts, LABELS["event_counts"], words)
    if stories and edition.stack and not SECTIONS_BY_SLUG[slug].drop_step:
        yield _count_own(sum(is_own(story) for story in stories), words)


def _count_dates(edition: Edition, words: Localizer) -> Iterator[str]:
    today = edition.as_of.astimezone(words.zone).date()
    near = len(list_dates_ahead(edition.calendar, today))
    if near:
        yield words.translate_plural(
            "%(n)s date in the next six months", "%(n)s dates in the next six months", near
        )


def _count_products(edition: Edition, words: Localizer) -> Iterator[str]:
    lines = edition.stack.lines if edition.stack else ()
    loud = [line for line in lines if line.happened]
    of_makers = sum(line.of_maker for line in loud)
    if products := len(loud) - of_makers:
        yield words.translate(
            "%(loud)s of %(all)s products in the news",
            loud=words.format_number(products),
            all=words.format_number(len(lines)),
        )
    if of_makers and products:
        yield words.translate_plural(
            "of %(n)s more its maker", "of %(n)s more their makers", of_makers
        )
    elif of_makers:
        yield words.translate_plural(
            "%(n)s maker in the news", "%(n)s makers in the news", of_makers
        )


def _count_impacts(edition: Edition, words: Localizer) -> Iterator[str]:
    """Yield how many products AI is said to add to, and of how many it could threaten the field."""
    impacts = edition.stack.impacts if edition.stack else ()
    if not impacts or not edition.stack:
        return
    gaining = {one.product for one in impacts if one.kind == "adds"}
    yield words.translate(
        "AI is said to add to %(n)s of %(all)s products",
        n=words.format_number(len(gaining)),
        all=words.format_number(len(edition.stack.lines)),
    )
    threatened = {one.product for one in impacts if one.kind == "threatens" and not one.rival}
    yield words.translate(
        "could threaten the field of %(n)s", n=words.format_number(len(threatened))
    )
    beside = {one.product for one in impacts if one.kind == "threatens" and one.rival}
    yield words.translate("rivals bring it beside %(n)s", n=words.format_number(len(beside)))


def _count_claims(edition: Edition, words: Localizer) -> Iterator[str]:
    proof = count_proven_claims(edition.claims)
    if proof.made:
        yield words.translate_plural(
            "%(measured)s of %(n)s claim measured by others",
            "%(measured)s of %(n)s claims measured by others",
            proof.read,
            measured=words.format_number(proof.measured),
        )
    if proof.own:
        yield words.translate_plural(
            "%(n)s by its vendor alone", "%(n)s by their vendors alone", proof.own
        )
    if proof.unread:
        yield words.translate_plural(
            "%(n)s more read as a teaser", "%(n)s more read as teasers", proof.unread
        )


def _count_promises(edition: Edition, words: Localizer) -> Iterator[str]:
    counts = Counter[str](row.standing for row in edition.ledger.lines) if edition.ledger else {}
    for standing, name in LABELS["standings"].items():
        if number := counts.get(standing):
            yield words.translate_plural(
                "%(n)s promise %(standing)s",
                "%(n)s promises %(standing)s",
                number,
                standing=words.translate(_SHORT_STANDINGS.get(standing, name)).lower(),
            )
    if edition.ledger and edition.ledger.vendors:
        rows = edition.ledger.vendors
        ours = sum(row.with_ai_for_us > 0 for row in rows)
        yield words.translate(
            "%(shipped)s of %(all)s vendors reported with AI in our products",
            shipped=words.format_number(ours),
            all=words.format_number(len(rows)),
        )


def _count_blips(edition: Edition, words: Localizer) -> Iterator[str]:
    near = sum(blip.ring == RINGS[0] for blip in edition.radar.blips) if edition.radar else 0
    if near:
        yield words.translate_plural("%(n)s to act on", "%(n)s to act on", near)


def _count_decisions(edition: Edition, words: Localizer) -> Iterator[str]:
    if items := sum(len(part.items) for part in edition.agenda.parts) if edition.agenda else 0:
        items += len(edition.front.decisions)
        yield words.translate_plural("%(n)s to decide", "%(n)s to decide", items)
    number = len(edition.agenda.carried) if edition.agenda else 0
    if number:
        yield words.translate_plural("%(n)s decision is open", "%(n)s decisions are open", number)
    today = edition.as_of.astimezone(words.zone).date()
    carried = edition.agenda.carried if edition.agenda else ()
    if late := sum(decision.is_late(today) for decision in carried):
        yield words.translate_plural("%(n)s past its day", "%(n)s past their day", late)


def _count_register(edition: Edition, words: Localizer) -> Iterator[str]:
    if edition.register:
        yield words.translate_plural("%(n)s story", "%(n)s stories", len(edition.register))
    if new := sum(row.new_product for row in edition.register):
        yield words.translate_plural("%(n)s new product", "%(n)s new products", new)


def _count_rules(edition: Edition, words: Localizer) -> Iterator[str]:
    yield from _count_kinds(count_rules(edition.rules), LABELS["rule_counts"], words)
    if edition.rules and edition.stack:
        if own := sum(entry.touches_surely for entry in edition.rules):
            yield words.translate_plural(
                "%(n)s touches a product of ours", "%(n)s touch products of ours", own
            )
        if (
            perhaps := sum(
                bool(entry.products) and entry.kind not in UNDECIDED_RULES
                for entry in edition.rules
            )
            - own
        ):
            yield words.translate_plural(
                "%(n)s may touch a product of ours", "%(n)s may touch products of ours", perhaps
            )
        elif not own:
            yield _count_own(own, words)


def _count_deals(edition: Edition, words: Localizer) -> Iterator[str]:
    counts = Counter[str](entry.kind for entry in edition.deals)
    yield from _count_kinds(counts, LABELS["deal_counts"], words)
    counted = [entry for entry in edition.deals if entry.kind in LABELS["deal_counts"]]
    if counted and edition.stack:
        own = sum(bool(entry.products or entry.maker_of or entry.addon_to) for entry in counted)
        yield _count_own(own, words)


def _count_kinds(
    counts: Mapping[str, int], labels: Mapping[str, tuple[str, str]], words: Localizer
) -> Iterator[str]:
    for kind, (one, many) in labels.items():
        if number := counts.get(kind):
            yield words.translate_plural(one, many, number)


def _count_own(own: int, words: Localizer) -> str:
    if not own:
        return words.translate("none of ours")
    return words.translate_plural("%(n)s touches ours", "%(n)s touch ours", own)


_COUNTERS: Mapping[str, Callable[[Edition, Localizer], Iterator[str]]] = {
    "calendar": _count_dates,
    "deals": _count_deals,
    "rules": _count_rules,
    "stack": _count_products,
    "ai-impacts": _count_impacts,
    "ai-watch": _count_claims,
    "ledger": _count_promises,
    "radar": _count_blips,
    "agenda": _count_decisions,
    "register": _count_register,
}


def list_section_stories(edition: Edition, slug: str) -> Iterable[EditionStory]:
    """Return the stories that belong to a section, those told on page one first."""
    told = {story.id: story for story in edition.stories}
    for section in edition.sections:
        if section.slug == slug:
            yield from (told[one] for one in section.told_before if one in told)
            yield from section.stories


def is_own(story: EditionStory) -> bool:
    """Return whether a story is about a product that the company runs, or says what follows."""
    return bool(story.why_it_matters) or bool(story.relation and story.relation.kind == "product")
