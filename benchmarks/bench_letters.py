"""How many stories of letters are found, and how many of those found are stories.

    PYTHONPATH=. python benchmarks/bench_letters.py FOLDER [--misses] [--strict]

FOLDER holds letters (NN.eml), each with its stories (NN.json: {"stories": [{"title", "url"}]}),
or those of all in labels.jsonl ({"letter": "NN.eml", "stories": …} a line).
A story is found where an entry has its title (eight in ten words shared) and, where it has an
address, leads there. Many writers link or embolden the first words of a sentence, and a label states
those: a title that goes on from them is right where the address is. --strict counts it as wrong.
Advertisements that are marked as such do not count.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digest.errors import ParseError
from digest.fetch.mail.newsletters import parse_newsletter
from digest.fetch.mail.newsletters.links import unwrap_link
from digest.fetch.mail.newsletters.words import READING_TIME
from digest.model.retrieved import FeedEntry
from digest.urls import canonical_url

_SAME = 0.8  # of the words of two titles


def main() -> None:
    """Print recall and precision over all letters, and with --misses what differs."""
    folder = Path(sys.argv[1])
    stated = given = found = right = linked = 0
    labels = _read_labels(folder)
    for path in sorted(folder.glob("*.eml")):
        stories = labels[path.name]
        kind: str
        try:
            letter = parse_newsletter(path.read_bytes())
            entries, kind = [entry for entry in letter.entries if not entry.sponsored], letter.kind
        except ParseError as error:
            entries, kind = [], error.message
        missed = [one for one in stories if not any(is_story(entry, one) for entry in entries)]
        false = [one for one in entries if not any(is_story(one, story) for story in stories)]
        stated, given = stated + len(stories), given + len(entries)
        found, right = found + len(stories) - len(missed), right + len(entries) - len(false)
        linked += sum(any(leads_to(entry, one) for entry in entries) for one in stories)
        print(f"{path.stem}: {len(stories) - len(missed)}/{len(stories)} found, "
              f"{len(entries)} given, {kind}")  # fmt: skip
        if "--misses" in sys.argv:
            _print_differences(missed, false)
    print(f"recall {found}/{stated} = {found / stated:.3f}, "
          f"precision {right}/{given} = {right / given:.3f}; "
          f"by address alone {linked}/{stated} = {linked / stated:.3f}")  # fmt: skip


def _read_labels(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the stories of each letter, by the name of its file."""
    listed = folder / "labels.jsonl"
    if listed.is_file():
        rows = map(json.loads, listed.read_text("utf-8").splitlines())
        return {row["letter"]: row["stories"] for row in rows}
    return {
        path.with_suffix(".eml").name: json.loads(path.read_text("utf-8"))["stories"]
        for path in folder.glob("*.json")
    }


def _print_differences(missed: Sequence[dict[str, Any]], false: Sequence[FeedEntry]) -> None:
    for story in missed:
        print(f"    missed: {story['title']}  {story.get('url') or ''}")
    for entry in false:
        print(f"    false:  {entry.title}  {entry.link}")


def is_story(entry: FeedEntry, story: dict[str, Any]) -> bool:
    """Return whether an entry has the title and the address of a story."""
    is_same = _share_words(entry.title, story["title"]) >= _SAME
    return leads_to(entry, story) and (is_same or _goes_on(entry.title, story))


def leads_to(entry: FeedEntry, story: dict[str, Any]) -> bool:
    """Return whether an entry has a story's address; every one does where the story has none."""
    url = story.get("url")
    return not url or canonical_url(entry.link) == canonical_url(unwrap_link(url))


def _goes_on(title: str, story: dict[str, Any]) -> bool:
    """Return whether a title goes on from the words that a label states of a linked sentence."""
    stated = "".join(re.findall(r"\w", story["title"].casefold()))
    found = "".join(re.findall(r"\w", title.casefold()))
    return bool("--strict" not in sys.argv and story.get("url") and found.startswith(stated))


def _share_words(one: str, other: str) -> float:
    first, second = (
        set(re.findall(r"\w+", READING_TIME.sub(" ", text).casefold())) for text in (one, other)
    )
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


if __name__ == "__main__":
    main()
