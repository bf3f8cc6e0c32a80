"""The edition as data: edition.json, and the JSON Schema that describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from digest.model.edition import (
    CoverageRow,
    Edition,
    EditionStory,
    QuarterCounts,
    Reference,
    Section,
    Sentence,
)
from digest.model.story import StoryThread

_SCHEMA = Path(__file__).with_name("edition.schema.json")


def edition_to_json(edition: Edition) -> bytes:
    """The edition as UTF-8 JSON, indented, keys in order: equal editions give equal bytes."""
    text = json.dumps(
        edition_to_dict(edition), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False
    )
    return (text + "\n").encode("utf-8", "replace")


def load_edition_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of edition.json."""
    schema: dict[str, Any] = json.loads(_SCHEMA.read_bytes())
    return schema


def edition_to_dict(edition: Edition) -> dict[str, Any]:
    """The edition as plain values, as the schema says. Times are ISO 8601 in UTC."""
    return {
        "quarter": edition.quarter,
        "language": edition.language,
        "title": edition.title,
        "organisation": edition.organisation,
        "start": _format_time(edition.start),
        "end": _format_time(edition.end),
        "zone": edition.zone,
        "as_of": _format_time(edition.as_of),
        "so_far": edition.so_far,
        "sample": edition.sample,
        "generated_from": {
            "archive": edition.archive_fingerprint,
            "config": edition.config_fingerprint,
            "version": edition.version,
        },
        "sections": [_section_to_dict(section) for section in edition.sections],
        "stack": _to_plain_value(edition.stack),
        "ledger": _to_plain_value(edition.ledger),
        "radar": _to_plain_value(edition.radar),
        "agenda": _to_plain_value(edition.agenda),
        "coverage": [_coverage_to_dict(row) for row in edition.coverage],
        "counts": _counts_to_dict(edition.counts),
        "counts_before": _counts_to_dict(edition.counts_before) if edition.counts_before else None,
        "trend": _to_plain_value(edition.trend),
        "left_out": dict(edition.left_out),
        "quality": dict(edition.quality),
        "letter": edition.letter,
        "decisions": [_to_plain_value(one) for one in edition.decisions],
        "lost": list(edition.lost),
    }


def _section_to_dict(section: Section) -> dict[str, Any]:
    return {
        "slug": section.slug,
        "stories": [_story_to_dict(story) for story in section.stories],
        "told_before": list(section.told_before),
        "note": section.note,
    }


def _story_to_dict(story: EditionStory) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": story.title,
        "language": story.language,
        "published": _format_time(story.published),
        "summary": [_sentence_to_dict(one) for one in story.summary],
        "why_it_matters": list(story.why_it_matters),
        "category": story.category,
        "also": list(story.also),
        "ai": story.ai,
        "evidence": story.evidence,
        "points": [{"kind": point.kind, "quote": point.quote} for point in story.points],
        "event": story.event,
        "vendors": list(story.vendors),
        "score": story.score,
        "parts": dict(story.parts),
        "ring": story.ring,
        "relation": _to_plain_value(story.relation),
        "note": story.note,
        "edited": list(story.edited),
        "thread": _thread_to_dict(story.thread) if story.thread else None,
        "conflicts": [[_sentence_to_dict(one) for one in pair] for pair in story.conflicts],
        "items": [_reference_to_dict(item) for item in story.items],
    }


def _sentence_to_dict(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "source": sentence.source, "url": sentence.url}


def _thread_to_dict(thread: StoryThread) -> dict[str, Any]:
    told = thread.earlier
    return {
        "edition": told.edition,
        "story": told.id,
        "title": told.title,
        "language": told.language,
        "url": told.url,
        "news": list(thread.news),
        "matched": list(thread.matched),
    }


def _reference_to_dict(item: Reference) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "source": item.source,
        "title": item.title,
        "published": _format_time(item.published),
        "via": item.via,
    }


def _coverage_to_dict(row: CoverageRow) -> dict[str, Any]:
    return {
        "source": row.source,
        "tier": row.tier,
        "url": row.url,
        "items": row.items,
        "in_edition": row.in_edition,
        "state": row.state,
        "last_success": _format_time(row.last_success),
        "held_from": _format_time(row.held_from),
        "held_to": _format_time(row.held_to),
        "problem": row.problem,
        "days": row.days,
    }


def _counts_to_dict(counts: QuarterCounts) -> dict[str, Any]:
    tables: Mapping[str, Mapping[str, int]] = {
        "by_category": counts.by_category,
        "by_event": counts.by_event,
        "by_ai": counts.by_ai,
        "by_evidence": counts.by_evidence,
    }
    return {
        "items": counts.items,
        "relevant": counts.relevant,
        "stories": counts.stories,
        "in_edition": counts.in_edition,
        "sources": counts.sources,
        **{name: dict(table) for name, table in tables.items()},
    }


def _to_plain_value(value: Any) -> Any:
    """The pages of the stack: dataclasses as objects, days and times as ISO 8601, notes as their English."""
    if is_dataclass(value):
        return {field.name: _to_plain_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_to_plain_value(one) for one in value]
    if isinstance(value, datetime):
        return _format_time(value)
    return value.isoformat() if isinstance(value, date) else value


def _format_time(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z") if when else None
