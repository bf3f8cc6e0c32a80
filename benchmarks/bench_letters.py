"""How many stories of letters are found, and how many of those found are stories.

    PYTHONPATH=. python benchmarks/bench_letters.py FOLDER [--misses]

FOLDER holds letters (NN.eml), each with its stories (NN.json: {"stories": [{"title", "url"}]}).
A story is found where an entry has its title (eight in ten words shared) and, where it has an
address, leads there. Advertisements that are marked as such do not count.
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
from digest.model.retrieved import FeedEntry
from digest.urls import canonical_url

_SAME = 0.8  # of the words of two titles


def main() -> None:
    """Print recall and precision over all letters, and with --misses what differs."""
    folder = Path(sys.argv[1])
    stated = given = found = right = linked = 0
    for path in sorted(folder.glob("*.eml")):
        stories = json.loads(path.with_suffix(".json").read_text("utf-8"))["stories"]
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


def _print_differences(missed: Sequence[dict[str, Any]], false: Sequence[FeedEntry]) -> None:
    for story in missed:
        print(f"    missed: {story['title']}  {story.get('url') or ''}")
    for entry in false:
        print(f"    false:  {entry.title}  {entry.link}")


def is_story(entry: FeedEntry, story: dict[str, Any]) -> bool:
    """Return whether an entry has the title and the address of a story."""
    return leads_to(entry, story) and _share_words(entry.title, story["title"]) >= _SAME


def leads_to(entry: FeedEntry, story: dict[str, Any]) -> bool:
    """Return whether an entry has a story's address; every one does where the story has none."""
    url = story.get("url")
    return not url or canonical_url(entry.link) == canonical_url(unwrap_link(url))


def _share_words(one: str, other: str) -> float:
    first, second = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


if __name__ == "__main__":
    main()
