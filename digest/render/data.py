"""The edition as data: edition.json, and the JSON Schema that describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from digest.model import Counts, CoverageRow, Edition, EditionStory, Reference, Section, Sentence, Thread

_SCHEMA = Path(__file__).with_name("edition.schema.json")


def edition_json(edition: Edition) -> bytes:
    """The edition as UTF-8 JSON, indented, keys in order: equal editions give equal bytes."""
    text = json.dumps(edition_dict(edition), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    return (text + "\n").encode("utf-8", "replace")


def edition_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of edition.json."""
    schema: dict[str, Any] = json.loads(_SCHEMA.read_bytes())
    return schema


def edition_dict(edition: Edition) -> dict[str, Any]:
    """The edition as plain values, as the schema says. Times are ISO 8601 in UTC."""
    return {
        "quarter": edition.quarter,
        "language": edition.language,
        "title": edition.title,
        "organisation": edition.organisation,
        "start": _time(edition.start),
        "end": _time(edition.end),
        "zone": edition.zone,
        "as_of": _time(edition.as_of),
        "so_far": edition.so_far,
        "sample": edition.sample,
        "generated_from": {
            "archive": edition.archive_fingerprint,
            "config": edition.config_fingerprint,
            "version": edition.version,
        },
        "sections": [_section(section) for section in edition.sections],
        "stack": _plain(edition.stack),
        "ledger": _plain(edition.ledger),
        "radar": _plain(edition.radar),
        "agenda": _plain(edition.agenda),
        "coverage": [_coverage(row) for row in edition.coverage],
        "counts": _counts(edition.counts),
        "counts_before": _counts(edition.counts_before) if edition.counts_before else None,
        "trend": _plain(edition.trend),
        "left_out": dict(edition.left_out),
        "quality": dict(edition.quality),
        "letter": edition.letter,
        "decisions": [_plain(one) for one in edition.decisions],
        "lost": list(edition.lost),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "slug": section.slug,
        "stories": [_story(story) for story in section.stories],
        "told_before": list(section.told_before),
        "note": section.note,
    }


def _story(story: EditionStory) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": story.title,
        "language": story.language,
        "published": _time(story.published),
        "summary": [_sentence(one) for one in story.summary],
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
        "relation": _plain(story.relation),
        "note": story.note,
        "edited": list(story.edited),
        "thread": _thread(story.thread) if story.thread else None,
        "conflicts": [[_sentence(one) for one in pair] for pair in story.conflicts],
        "items": [_reference(item) for item in story.items],
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "source": sentence.source, "url": sentence.url}


def _thread(thread: Thread) -> dict[str, Any]:
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


def _reference(item: Reference) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "source": item.source,
        "title": item.title,
        "published": _time(item.published),
        "via": item.via,
    }


def _coverage(row: CoverageRow) -> dict[str, Any]:
    return {
        "source": row.source,
        "tier": row.tier,
        "url": row.url,
        "items": row.items,
        "in_edition": row.in_edition,
        "state": row.state,
        "last_success": _time(row.last_success),
        "held_from": _time(row.held_from),
        "held_to": _time(row.held_to),
        "problem": row.problem,
        "days": row.days,
    }


def _counts(counts: Counts) -> dict[str, Any]:
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


def _plain(value: Any) -> Any:
    """The pages of the stack: dataclasses as objects, days and times as ISO 8601, notes as their English."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return _time(value)
    return value.isoformat() if isinstance(value, date) else value


def _time(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z") if when else None
