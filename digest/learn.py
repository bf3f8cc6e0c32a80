"""What the team's corrections teach: labelled items to measure the judgement on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from digest.model import Ruling, Story, Tags
from digest.overrule import Finder

_FIELDS = ("relevant", "category", "ai", "evidence", "event")


def labelled(stories: Sequence[Story], rulings: Sequence[Ruling]) -> Iterator[dict[str, Any]]:
    """A row for each item that a correction names, with its words and all labels: those the team gave, and the
    judgement's own for the rest. What a person kept is relevant. Corrections that name no item are left out."""
    members = {member.item.id: member for story in stories for member in story.items}
    finder = Finder(stories)
    for ruling in rulings:
        given = {name: value for name, value in ruling.tags.items() if name in _FIELDS}
        anchor = finder.anchor(ruling)
        if anchor is None:
            continue
        item, tags = members[anchor].item, members[anchor].tags
        if (ruling.keep or ruling.pin) and not tags.relevant:
            given.setdefault("relevant", True)
        if given.get("ai") in ("mention", "none"):
            given["evidence"] = None
        was = {name: getattr(tags, name) for name in given}
        changed = [name for name in given if given[name] != was[name]]
        if changed:
            yield {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "text": item.text,
                "source": item.source,
                "date": item.when.isoformat(),
                "lang": item.language,
                **_labels(tags),
                **given,
                "corrected": changed,
                "was": {name: was[name] for name in changed},
            }


def _labels(tags: Tags) -> dict[str, Any]:
    return {name: getattr(tags, name) for name in _FIELDS}
