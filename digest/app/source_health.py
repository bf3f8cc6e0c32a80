"""How the sources do, and what they gave to a quarter's edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from digest.app.decide import QuarterDecision
from digest.app.source_state import coverage_days
from digest.archive import PageState, SourceState
from digest.decide.source_health import (
    DatedItem,
    SourceContributions,
    SourceHealth,
    SourceStatus,
    assess_sources,
)
from digest.model.source import Source

# of a source's state, for its health
_REMEMBERED = ("last_success", "failures", "kind", "problem", "moved_to")


def assess_source_health(
    sources: Sequence[Source],
    states: Mapping[str, SourceState],
    recent: Sequence[DatedItem],
    decision: QuarterDecision,
    now: datetime,
    load_pages: Callable[[Iterable[str]], Mapping[str, PageState]] = lambda _: {},
) -> tuple[tuple[SourceHealth, ...], dict[str, str]]:
    """Return the health of the sources, and by slug the coverage of each day of the quarter.

    `load_pages` gives those of articles' pages that were asked for, by Item.url.
    """
    items = [member.item for member in decision.items]
    asked = load_pages([item.url for item in items])
    pages: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        if item.url in asked:
            pages[item.source][asked[item.url].outcome] += 1
    statuses = {
        slug: SourceStatus(
            **{name: getattr(state, name) for name in _REMEMBERED},
            letters=state.memory.get("letters", {}),
            pages=pages[slug],
        )
        for slug, state in states.items()
    }
    publishers = [(story, {item.item.source for item in story.items}) for story in decision.stories]
    shared = [(story, slugs) for story, slugs in publishers if len(slugs) > 1]
    dropped = {story_id for story_id, made in decision.decided.decisions.items() if made.drop}
    contributions = SourceContributions(
        in_edition=Counter(
            member.item.source for ranked in decision.chosen for member in ranked.story.items
        ),
        told=Counter(slug for _, slugs in shared for slug in slugs),
        told_first=Counter(story.items[0].item.source for story, _ in shared),
        dropped=Counter(
            member.item.source
            for story in decision.stories
            if story.id in dropped
            for member in story.items
        ),
        relevant=Counter(member.item.source for member in decision.items if member.tags.relevant),
    )
    rows = assess_sources(sources, statuses, recent, contributions, items, now)
    coverage = {
        source.slug: coverage_days(states.get(source.slug), decision.quarter, now)
        for source in sources
    }
    return rows, coverage
