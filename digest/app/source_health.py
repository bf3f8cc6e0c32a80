"""How the sources do, and what they gave to a quarter's edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from digest.app.context import AppContext, vocabulary_file
from digest.app.decide import QuarterDecision
from digest.app.judge import decide_quarter
from digest.app.source_state import coverage_days
from digest.archive import Archive, PageState, SourceState
from digest.decide.source_health import (
    DatedItem,
    SourceContributions,
    SourceHealth,
    SourceStatus,
    assess_sources,
)
from digest.model.source import Source
from digest.period import Quarter
from digest.text import format_count

# of a source's state, for its health
_REMEMBERED = ("last_success", "failures", "kind", "problem", "moved_to")
_SHOWN = ("last_success", "failures", "items", "in_edition", "first", "dropped")
_RECENT = timedelta(days=400)  # the time that the health of a source is judged by


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


def load_source_health(
    context: AppContext, quarter: Quarter
) -> tuple[tuple[SourceHealth, ...], Mapping[str, str]]:
    """Return how the sources do, and for each slug which days of the quarter are covered."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        return assess_source_health(
            context.config.sources,
            archive.load_source_states(),
            archive.load_item_marks(context.now - _RECENT, context.now),
            decide_quarter(context, quarter, archive),
            context.now,
            archive.load_page_states,
        )


def load_health_rows(context: AppContext, quarter: Quarter) -> list[dict[str, Any]]:
    """Return how each source has been doing, as JSON values; `days` shows the quarter."""
    rows, days = load_source_health(context, quarter)
    return [
        {
            "name": row.source.name,
            "slug": row.source.slug,
            **{name: getattr(row, name) for name in _SHOWN},
            "articles": dict(row.pages),
            "days": days[row.source.slug],
            "findings": [asdict(finding) for finding in row.findings],
        }
        for row in rows
    ]


def describe_dropped(context: AppContext, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the sources of which the team dropped most, and where a rule may be proposed."""
    if not any(row["dropped"] for row in rows):
        return
    from digest.app.vocabulary import load_overrides
    from digest.learn.proposals import justifies_rule

    overrides = load_overrides(vocabulary_file(context))
    ruled = {name for rule in overrides.rules for name in rule.sources}
    for row in sorted(rows, key=lambda row: (-row["dropped"], row["name"])):
        if row["dropped"]:
            printed = round((row["in_edition"] or 0.0) * row["items"])
            recurs = justifies_rule(row["dropped"], row["dropped"] + printed)
            propose = recurs and not ruled & {row["name"], row["slug"]}
            hint = " → see `digest lab propose` for a rule" if propose else ""
            count = f"{row['dropped']} of {format_count(row['items'], 'item')}"
            yield f"{'dropped':10} {row['name']}: {count} by the team{hint}"
