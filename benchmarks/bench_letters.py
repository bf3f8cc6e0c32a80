"""How many stories of letters are found, and how many of those found are stories.

    PYTHONPATH=. python benchmarks/bench_letters.py FOLDER [--misses] [--strict] [--figures]

FOLDER holds letters (NN.eml), each with its stories (NN.json: {"stories": [{"title", "link", "summary"}]}),
or those of all in labels.jsonl ({"letter": "NN.eml", "stories": …} a line); "url" is the same as "link".
`links_also` and `titles_also` are as right as the first.
A story is found where an entry has its title (eight in ten words shared) and, where it has an
address, leads there. Many writers link or embolden the first words of a sentence, and a label states
those: a title that goes on from them is right where the address is. --strict counts it as wrong.
Each entry counts for one story. A second line counts what has the address or the title, and the share
of those whose summary begins as stated. --misses prints what differs, --figures only the last lines.
Advertisements that are marked as such do not count.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from digest.errors import ParseError
from digest.fetch.mail.newsletters import parse_newsletter
from digest.fetch.mail.newsletters.links import unwrap_link
from digest.fetch.mail.newsletters.words import READING_TIME
from digest.model.retrieved import FeedEntry
from digest.urls import canonical_url

_SAME = 0.8  # of the words of two titles, or two summaries

Story = dict[str, Any]
Match = Callable[[FeedEntry, Story], bool]


def main() -> None:
    """Print recall and precision over all letters, and with --misses what differs."""
    folder = Path(sys.argv[1])
    totals: Counter[str] = Counter()
    labels = _read_labels(folder)
    for path in sorted(folder.glob("*.eml")):
        stories = labels[path.name]
        kind: str
        try:
            letter = parse_newsletter(path.read_bytes())
            entries, kind = [entry for entry in letter.entries if not entry.sponsored], letter.kind
        except ParseError as error:
            entries, kind = [], error.message
        pairs = pair_stories(entries, stories, is_story)
        loose = pair_stories(entries, stories, is_recognized)
        told = sum(has_summary(entry, story) for entry, story in loose)
        totals.update(stated=len(stories), given=len(entries), found=len(pairs), loose=len(loose),
                      told=told, linked=len(pair_stories(entries, stories, leads_to)))  # fmt: skip
        if "--figures" not in sys.argv:
            print(f"{path.stem}: {len(pairs)}/{len(stories)} found, {len(entries)} given, {kind}; "
                  f"by either {len(loose)}, {told} with their summary")  # fmt: skip
        if "--misses" in sys.argv:
            _print_differences(pairs, entries, stories)
            for entry, story in loose:
                if not has_summary(entry, story):
                    print(
                        f"    summary: {story.get('summary', '')[:110]!r}\n         is: {entry.summary[:110]!r}"
                    )
    for name, count in (("title and address", "found"), ("title or address", "loose"),
                        ("address", "linked")):  # fmt: skip
        right, stated, given = totals[count], totals["stated"], totals["given"]
        print(f"by {name}: recall {right}/{stated} = {right / max(1, stated):.3f}, "
              f"precision {right}/{given} = {right / max(1, given):.3f}")  # fmt: skip
    print(
        f"summaries {totals['told']}/{totals['loose']} = {totals['told'] / max(1, totals['loose']):.3f}"
    )


def _read_labels(folder: Path) -> dict[str, list[Story]]:
    """Return the stories of each letter, by the name of its file."""
    listed = folder / "labels.jsonl"
    if listed.is_file():
        rows = map(json.loads, listed.read_text("utf-8").splitlines())
        return {row["letter"]: row["stories"] for row in rows}
    return {
        path.with_suffix(".eml").name: json.loads(path.read_text("utf-8"))["stories"]
        for path in folder.glob("*.json")
    }


def _print_differences(
    pairs: Sequence[tuple[FeedEntry, Story]], entries: Sequence[FeedEntry], stories: Sequence[Story]
) -> None:
    for story in stories:
        if not any(other is story for _, other in pairs):
            print(f"    missed: {story['title']}  {' '.join(_read_links(story))[:120]}")
    for entry in entries:
        if not any(other is entry for other, _ in pairs):
            print(f"    false:  {entry.title}  {entry.link[:120]}")


def pair_stories(
    entries: Sequence[FeedEntry], stories: Sequence[Story], match: Match
) -> list[tuple[FeedEntry, Story]]:
    """Pair entries with stories that match, each once; those with title and address first."""
    pairs: list[tuple[FeedEntry, Story]] = []
    for rule in (is_story, match):
        for story in stories:
            if any(story is other for _, other in pairs):
                continue
            free = (one for one in entries if not any(one is other for other, _ in pairs))
            found = next((one for one in free if rule(one, story) and match(one, story)), None)
            pairs += [(found, story)] if found else []
    return pairs


def is_story(entry: FeedEntry, story: Story) -> bool:
    """Return whether an entry has the title and the address of a story."""
    return leads_to(entry, story) and (_has_title(entry, story) or _goes_on(entry.title, story))


def is_recognized(entry: FeedEntry, story: Story) -> bool:
    """Return whether an entry has the title or the address of a story."""
    return _has_title(entry, story) or bool(_read_links(story) and leads_to(entry, story))


def leads_to(entry: FeedEntry, story: Story) -> bool:
    """Return whether an entry has a story's address; every one does where the story has none."""
    links = {canonical_url(unwrap_link(link)) for link in _read_links(story)}
    return not links or canonical_url(entry.link) in links


def has_summary(entry: FeedEntry, story: Story) -> bool:
    """Return whether an entry says what a summary states: at its beginning, or already in its title.

    A story without a summary has none given.
    """
    stated, given, title = (
        re.findall(r"[^\W_]+", text.casefold())
        for text in (story.get("summary", ""), entry.summary, entry.title)
    )
    if not stated:
        return not given
    rest = given[len(title) :] if given[: len(title)] == title else given
    texts = (given, rest, title + given)  # the title may be the first sentence of what is stated
    begins = any(_share(stated, text[: len(stated)]) >= _SAME for text in texts)
    return begins or set(stated) <= set(title)


def _read_links(story: Story) -> list[str]:
    links = [story.get("link") or story.get("url"), *story.get("links_also", ())]
    return [link for link in links if link]


def _has_title(entry: FeedEntry, story: Story) -> bool:
    titles = [story["title"], *story.get("titles_also", ())]
    return any(_share_words(entry.title, title) >= _SAME for title in titles)


def _goes_on(title: str, story: Story) -> bool:
    """Return whether a title goes on from the words that a label states of a linked sentence."""
    stated = "".join(re.findall(r"\w", story["title"].casefold()))
    found = "".join(re.findall(r"\w", title.casefold()))
    return bool("--strict" not in sys.argv and _read_links(story) and found.startswith(stated))


def _share_words(one: str, other: str) -> float:
    first, second = (
        re.findall(r"\w+", READING_TIME.sub(" ", text).casefold()) for text in (one, other)
    )
    return _share(first, second)


def _share(one: Sequence[str], other: Sequence[str]) -> float:
    first, second = set(one), set(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


if __name__ == "__main__":
    main()
