"""What a story means for the company: what to do about it, and by when.

Sentences are made by rules from what the story is to the stack, what happened, its dates and the
fields of stack.yaml. Where nothing follows there is no sentence: that a product is ours, or what
it costs, is none by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from digest.edition.consequence_market import MarketCase
from digest.edition.consequence_own import OwnCase
from digest.edition.quarter import QuarterView
from digest.edition.rivals import is_rival
from digest.edition.story_dates import StoryDate
from digest.edition.subjects import find_touched_products
from digest.i18n import TranslatableText
from digest.model.stack import Relation, Stack
from digest.model.story import Story


def explain_consequences(
    quarter: QuarterView, briefs: Sequence[Story] = ()
) -> dict[str, tuple[TranslatableText, ...]]:
    """Return what the briefing's stories mean for the company, by their ids.

    Each sentence is said once, at the story that ranks best, those in the edition's language before
    others, and the goal of a product with the first that is about it; those of `briefs`, which are
    told in one sentence, come last.
    """
    said: set[str] = set()
    goals_told: frozenset[str] = frozenset()
    found = {}

    def is_foreign(story: Story) -> bool:
        return quarter.make_ref(story).language != quarter.language

    for story in (*sorted(quarter.chosen, key=is_foreign), *briefs):  # stable
        sentences = explain_consequence(
            story,
            _list_sure_relations(story, quarter),
            quarter.find_dates(story),
            quarter.stack,
            quarter.today,
            goals_told,
        )
        goals_told |= _list_goals(sentences)
        new = tuple(sentence for sentence in sentences if sentence not in said)
        said.update(new)
        if new:
            found[story.id] = new
    return found


def _list_sure_relations(story: Story, quarter: QuarterView) -> list[Relation]:
    """Return the relations of a story without those to products that it is no rival of."""
    rivalled = {one.name for one in quarter.stack.products if is_rival(story, one, quarter)}
    return [
        relation
        for relation in quarter.get_relations(story)
        if relation.kind not in ("rival", "overlap") or not rivalled.isdisjoint(relation.products)
    ]


def explain_consequence(
    story: Story,
    relations: Sequence[Relation],
    dates: Sequence[StoryDate],
    stack: Stack,
    today: date,
    goals_told: Collection[str] = (),
) -> tuple[TranslatableText, ...]:
    """Return what a story means for the company, the first that holds; () where nothing does.

    The goals of `goals_told` are not named beside a product again.
    """
    touched = find_touched_products(story, relations, stack)
    own = OwnCase(story, relations, dates, stack, today, touched, goals_told)
    market = MarketCase(story, relations, dates, stack, today, touched, goals_told)
    of_products = (
        *(own.explain_incident, own.explain_deal, own.explain_price, own.explain_own_data),
        *(own.explain_date, own.explain_requirement, own.explain_leaders),
    )
    of_market = (
        market.explain_makers_price,
        market.explain_makers_breach,
        market.explain_rule,
        market.explain_rival,
        market.explain_goal,
    )
    for rule in (*of_products, *of_market) if touched else of_market:
        if sentence := rule():
            is_bound = rule in (own.explain_price, own.explain_date, own.explain_requirement)
            return (own.add_condition(sentence) if is_bound else sentence,)
    return ()


def _list_goals(sentences: Iterable[TranslatableText]) -> frozenset[str]:
    """Return the goals that sentences name beside a product."""
    values = [value for sentence in sentences for value in sentence.values.values()]
    return frozenset(
        str(value.values["goal"])
        for value in values
        if isinstance(value, TranslatableText) and "goal" in value.values
    )
