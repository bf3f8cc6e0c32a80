"""Which stories that the briefing does not tell in full it tells in one sentence all the same.

These are new products, news of what the company runs (a reader who finds a headline of their own
vendor in the table of the stack has to find there what it says, too), and the best news of the
categories that it runs something in or that its goals count on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from digest.edition.availability import read_availability
from digest.edition.new_products import is_new_product
from digest.edition.quarter import RELEASE_EVENTS, QuarterView
from digest.edition.stack.promises import build_promise_rows
from digest.edition.subjects import (
    concerns_our_maker,
    find_subject_relations,
    is_sure_incident,
)
from digest.model.edition import StackView
from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.stack import Relation, Stack
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import clean_text, is_issue_title

_MAX_BRIEFS = 40  # more are a list, which the register is
_MAX_OF_CATEGORY = 4  # stories of a field of ours that are told for their field alone
# What can add to a plan, or change what it rests on; results, people and comment do not.
_NEWS_OF_FIELD: frozenset[Event] = frozenset(("launch", "update", "partnership", "research"))
# What kept a story out says nothing against a line on what the company runs.
_FOR_OWN = frozenset(
    (
        LeftOutReason.BELOW_FLOOR,
        LeftOutReason.BELOW_LAST,
        LeftOutReason.OLDER_PART,
        LeftOutReason.NO_SENTENCE,
        LeftOutReason.HOWTO,
        LeftOutReason.PROMOTION,
        LeftOutReason.OPINION,
        LeftOutReason.ROUND_UP,
    )
)
_FOR_NEWS = frozenset(
    (LeftOutReason.BELOW_FLOOR, LeftOutReason.BELOW_LAST, LeftOutReason.NO_SENTENCE)
)


# What the machine alone decides; the team's own reasons stand.
_BY_MACHINE = frozenset(
    (LeftOutReason.NOT_RELEVANT, LeftOutReason.OPINION, LeftOutReason.PROMOTION)
)
_BY_RANK = frozenset((LeftOutReason.BELOW_FLOOR, LeftOutReason.BELOW_LAST))


def find_doubtful_stories(
    stories: Iterable[Story],
    left_out: Mapping[str, LeftOut],
    relations: Mapping[str, Sequence[Relation]],
    stack: Stack,
) -> tuple[Story, ...]:
    """Return the stories about makers of ours that the machine alone holds for no news.

    A label can be wrong, and a reader who misses a story of their own vendor is served worse than
    one who skips a line. What makers write of themselves is much, and counts where it launches a
    product and ranks with the relevant ones, or where it brings our product something.
    """
    found = []
    for story in stories:
        if story.tags.relevant or not (left := left_out.get(story.id)):
            continue
        related = relations.get(story.id, ())
        if left.reason in _BY_RANK:
            is_ours = is_new_product(story) and bool(find_subject_relations(story, related))
        else:
            is_ours = left.reason in _BY_MACHINE and (
                concerns_our_maker(story, related, stack) or _brings_us_something(story, related)
            )
        if is_ours:
            found.append(story)
    return tuple(found)


def _brings_us_something(story: Story, relations: Sequence[Relation]) -> bool:
    """Return whether a product of the company's gets something, or its maker says it can be had."""
    title = clean_text(story.lead.item.title)
    if story.tags.event not in RELEASE_EVENTS or is_issue_title(title):
        return False
    kinds = {relation.kind for relation in find_subject_relations(story, relations)}
    return "product" in kinds or ("vendor" in kinds and read_availability(title) == "available")


def choose_briefs(
    quarter: QuarterView, left_out: Mapping[str, LeftOut], stack: StackView | None
) -> tuple[Story, ...]:
    """Return the stories to tell in one sentence, best first.

    `left_out` says why each story is not told in full; what the team or a switched-off section
    keeps out stays out.
    """
    lines = stack.lines if stack else ()
    named = {line.happened.id for line in lines if line.happened}
    for row in build_promise_rows(quarter) if lines else ():
        named.update(ref.id for ref in (*row.seen, *row.against, *row.told))
    own = {story_id for line in lines for story_id in line.stories}
    found = [
        story
        for story in quarter.stories
        if (left := left_out.get(story.id)) and _is_wanted(story, left.reason, named, own)
    ]
    found += [story for story in quarter.doubtful if story.id in own]
    taken = {story.id for story in found}
    found += [story for story in _choose_field_news(quarter, left_out) if story.id not in taken]
    first = sorted(found, key=lambda story: (story.id not in named, story.id not in own))
    kept = {story.id for story in first[:_MAX_BRIEFS]}
    # What happened to ours is told with the deals, with what it asks.
    return tuple(one for one in found if one.id in kept and not is_sure_incident(one))


def _choose_field_news(quarter: QuarterView, left_out: Mapping[str, LeftOut]) -> Iterator[Story]:
    """Yield the best news of each category that the company's products or goals stand in."""
    stack = quarter.stack
    own = [slug for product in stack.products for slug in product.categories]
    own += [slug for goal in stack.goals for slug in goal.categories]
    fields = Counter(dict.fromkeys(own, _MAX_OF_CATEGORY))
    for story in quarter.stories:
        tags, left = story.tags, left_out.get(story.id)
        is_sure = tags.is_certain("event") and tags.is_certain("category")
        if (
            left
            and left.reason in (LeftOutReason.BELOW_FLOOR, LeftOutReason.BELOW_LAST)
            and tags.event in _NEWS_OF_FIELD
            and is_sure
            and fields[tags.category or ""] > 0
            and not is_issue_title(story.lead.item.title)
        ):
            fields[tags.category or ""] -= 1
            yield story


def _is_wanted(
    story: Story, reason: LeftOutReason, named: Collection[str], own: Collection[str]
) -> bool:
    """Return whether a story is told in a sentence, given why it is not told in full.

    Of what only comments or teaches, that alone is told which the table of the stack or the ledger
    of promises names.
    """
    if story.id in named:
        return reason in _FOR_OWN
    if story.id in own:
        return reason in _FOR_NEWS or reason is LeftOutReason.OLDER_PART
    return reason in _FOR_NEWS and is_new_product(story)
