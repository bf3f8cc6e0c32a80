"""What a rule is about: privacy, copyright, AI, competition; and what its report lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.edition.rule_kinds import tells
from digest.model.edition import RuleKind, RuleSubject
from digest.model.story import Story
from digest.text import clean_text

_HEAD_LENGTH = 1200  # characters of a text that are about what its headline is about
_MAX_POINT = 80  # characters
# Names of laws as reports write them: "AI Act", "Digital Markets Act", "GDPR".
_LAW_KINDS = "Act|Directive|Regulation|Bill"
_LAW_ACRONYMS = (
    "GDPR|DMA|DSA|CCPA|CPRA|COPPA|DMCA|HIPAA|TCPA|CAN-SPAM|PIPL|PIPEDA|LGPD|DSGVO|RGPD|KI-Gesetz"
)
_LAW_NAME = re.compile(rf"\b(?:(?:[A-Z][\w-]+ ){{1,3}}(?:{_LAW_KINDS})\b|{_LAW_ACRONYMS})\b")
_LAW_WORD = re.compile(f"{_LAW_KINDS}|{_LAW_ACRONYMS}")  # without one a text names no law
_LAW_ALIASES = {"artificial intelligence act": "ai act", "dsgvo": "gdpr", "rgpd": "gdpr"}
_LAW_ALIASES |= {"dma": "digital markets act", "dsa": "digital services act"}
# Copyright stands before AI: that a model was trained on books is a matter of the books.
_WORDS: Mapping[RuleSubject, str] = {
    "copyright": "copyright",
    "privacy": "privacy",
    "AI law": "ai_law",
    "competition": "competition",
}
_LAWS: Mapping[str, RuleSubject] = {
    **dict.fromkeys(
        ("gdpr", "ccpa", "cpra", "coppa", "hipaa", "pipl", "pipeda", "lgpd"), "privacy"
    ),
    "dmca": "copyright",
    "ai act": "AI law",
    "ki-gesetz": "AI law",
    "digital markets act": "competition",
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
    titles = "\n".join(member.item.title for member in story.items)
    summaries = "\n".join(member.item.summary for member in story.items)
    for text in (titles, summaries):
        for subject, words in _WORDS.items():
            if tells(words, text):
                return subject
    subjects = {_LAWS[law] for law in name_laws(story) if law in _LAWS}
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


def find_laws(text: str) -> frozenset[str]:
    """Return the names of the laws in a text, each in its shortest form: "ai act"."""
    found = set()
    for match in _LAW_NAME.finditer(text):
        name = match[0].casefold().removeprefix("the ").removeprefix("eu ")
        name = name.removeprefix("the ")
        found.add(_LAW_ALIASES.get(name, name))
    return frozenset(found)


def mentions_law(story: Story) -> bool:
    """Return whether a report of a story holds a word without which `find_laws` finds nothing."""
    return any(
        _LAW_WORD.search(text)
        for member in story.items
        for text in (member.item.title, member.item.summary, member.item.text)
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
