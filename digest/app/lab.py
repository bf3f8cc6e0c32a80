"""Judge items given as JSON lines: their tags, their stories, their scores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from digest.app.vocabulary import load_overrides
from digest.errors import UsageError
from digest.model.story import Story
from digest.model.tags import TaggedItem, tags_to_dict
from digest.period import quarter_containing
from digest.tag import ItemJudge
from digest.tag.lab import item_from_json


def read_json_lines(lines: Iterable[str], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of JSON lines with their line numbers, ids as texts.

    Raises UsageError, with the name and the line, for what is no object with an id of its own.
    """
    seen: set[str] = set()
    try:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where, hint = f"{name}:{number}", "give one JSON object a line"
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UsageError(f"{where}: no JSON: {error}", hint) from None
            except RecursionError:
                hint = "give one flat JSON object a line"
                raise UsageError(f"{where}: nested too deeply", hint) from None
            if not isinstance(row, dict) or not isinstance(row.get("id"), str | int):
                raise UsageError(f"{where}: an object with an id is wanted", hint)
            row["id"] = str(row["id"])
            if row["id"] in seen:
                hint = "each item needs an id of its own"
                raise UsageError(f"{where}: id {row['id']} is given twice", hint)
            seen.add(row["id"])
            yield number, row
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not UTF-8: {error.reason}", "save it as UTF-8") from None


def tag_rows(lines: Iterable[str], name: str, vocabulary: Path) -> Iterator[dict[str, Any]]:
    """Yield the tags of each item."""
    for member in _judge_lines(lines, name, vocabulary):
        yield {"id": member.item.id, **tags_to_dict(member.tags)}


def cluster_rows(lines: Iterable[str], name: str, vocabulary: Path) -> Iterator[dict[str, Any]]:
    """Yield the story of each item, and what it has in common with others of it."""
    from digest.cluster import cluster_items

    members = list(_judge_lines(lines, name, vocabulary))
    story_of = {member.item.id: story for story in cluster_items(members) for member in story.items}
    for member in members:
        item_id, story = member.item.id, story_of[member.item.id]
        merges = [merge for merge in story.merges if item_id in (merge.first, merge.second)]
        matched = [list(merge.matched) for merge in merges]
        yield {"id": item_id, "story": story.id, "matched": matched}


def rank_rows(lines: Iterable[str], name: str, vocabulary: Path) -> Iterator[dict[str, Any]]:
    """Yield score and parts of each item, taken as a story of its own."""
    from digest.rank import load_default_weights, rank_stories

    for member in _judge_lines(lines, name, vocabulary):
        story = Story(f"s{member.item.id}", (member,), member)
        quarter = quarter_containing(member.item.published_or_seen)
        (ranked,) = rank_stories([story], quarter, load_default_weights())
        parts = {part: round(points, 4) for part, points in ranked.parts.items()}
        yield {"id": member.item.id, "score": round(ranked.score, 6), "parts": parts}


def _judge_lines(lines: Iterable[str], name: str, vocabulary: Path) -> Iterator[TaggedItem]:
    """Yield each item with its tags. Faulty lines are told before the judge is loaded."""
    given = [item_from_json(row, number) for number, row in read_json_lines(lines, name)]
    judge = ItemJudge.load(load_overrides(vocabulary))
    for item in given:
        yield TaggedItem(item, judge.judge_item(item))
