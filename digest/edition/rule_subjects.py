"""What a rule is about: privacy, copyright, AI, competition; and what its report lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.edition.laws import drop_bodies, find_laws, get_law_subject
from digest.edition.rule_kinds import tells
from digest.edition.subjects import join_titles
from digest.model.edition import RuleKind, RuleSubject
from digest.model.story import Story
from digest.text import clean_text

_HEAD_LENGTH = 1200  # characters of a text that are about what its headline is about
_MAX_POINT = 80  # characters
# Copyright stands before AI: that a model was trained on books is a matter of the books.
_WORDS: Mapping[RuleSubject, str] = {
    "copyright": "copyright",
    "privacy": "privacy",
    "AI law": "ai_law",
    "competition": "competition",
}
_NUMBERS = "one two three four five six seven eight nine ten".split()
_COUNT = re.compile(
    rf"\b(?P<count>{'|'.join(_NUMBERS[1:])}|[2-9]|10) (?:\w+ )?[^\W\d_]{{3,}}s\b", re.IGNORECASE
)
_POINT = re.compile(r"^#{1,6}\s*(?P<number>\d{1,2})[.)]\s+(?P<name>\S.*?)\s*$")


def find_subject(kind: RuleKind, story: Story) -> RuleSubject:
    """Return what a rule is about: by its headlines, else its summaries, else the one law named."""
    if kind == "platform":
        return "platform policy"
    heads = "\n".join(f"{one.item.title}\n{one.item.summary}" for one in story.items)
    titles = join_titles(story)
    for text in (drop_bodies(titles, heads), drop_bodies(heads)):
        for subject, words in _WORDS.items():
            if tells(words, text):
                return subject
    subjects = {one for law in name_laws(story) if (one := get_law_subject(law))}
    return subjects.pop() if len(subjects) == 1 else "other"


def name_laws(story: Story) -> frozenset[str]:
    """Return the names of the laws that the beginnings of a story's reports name."""
    return frozenset().union(
        *(
            find_laws(
                f"{member.item.title}. {member.item.summary}\n{member.item.text[:_HEAD_LENGTH]}"
            )
            for member in story.items
        )
    )


def list_counted_points(story: Story) -> tuple[str, ...]:
    """Return what a headline counts ("has four exemptions"), as numbered headings name it.

    () where the headings are not as many as the headline says.
    """
    for member in story.items:
        count = _COUNT.search(clean_text(member.item.title))
        if not count:
            continue
        found = [
            match for line in member.item.text.splitlines() if (match := _POINT.match(line.strip()))
        ]
        word = count["count"].casefold()
        number = _NUMBERS.index(word) + 1 if word in _NUMBERS else int(word)
        names = tuple(clean_text(match["name"]) for match in found)
        is_whole = [int(match["number"]) for match in found] == list(range(1, number + 1))
        if is_whole and all(len(name) <= _MAX_POINT for name in names):
            return names
    return ()
