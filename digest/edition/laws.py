"""Which laws a text names: well-known ones by their names in our languages, others as written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digest.model.edition import RuleSubject
from digest.model.story import Story
from digest.text import clean_text

_KNOWN: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("law_names.toml").read_text(encoding="utf-8")
)
_HEAD_LENGTH = 1200  # characters of a text that are about what its headline is about
_TEXT_LENGTH = 400  # characters of a text that stand for a summary
_KINDS = "Act|Directive|Regulation|Bill"
_OTHER_LAW = re.compile(rf"\b(?:[A-Z][\w-]+ ){{1,3}}(?:{_KINDS})\b")
_LAW_WORD = re.compile(rf"\b(?:{_KINDS})\b")
_NAMES = {law: "|".join(row["names"].strip().split("\n")) for law, row in _KNOWN.items()}
# Only Latin words have ends: Thai and Chinese put no space between theirs.
_PATTERNS = {
    law: re.compile(rf"(?<![A-Za-z])(?:{names})(?![A-Za-z])") for law, names in _NAMES.items()
}
_ANY_KNOWN = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(_NAMES.values())})(?![A-Za-z])")
_ACRONYM = r"[A-Z]{3,6}"
_SPELLED_OUT = re.compile(
    rf"\b((?:[A-Z][\w&’'-]+ (?:(?:and|of|for|the|on|&) )*){{2,7}})\(({_ACRONYM})\)"
)
_IS_LAW = re.compile(rf"\b(?:{_KINDS}|Law|Code)\b")
_ACTS = re.compile(  # a law neither fines nor orders
    rf"\b({_ACRONYM})(?= (?:has |have )?(?:fines?|fined|impos\w+|slaps?|slapped|orders?|ordered|"
    r"issues?|issued|summon\w*|penali[sz]\w+|directs?|directed|prob(?:es|ed)|raps?|rapped)\b)"
)
_ARTICLE = re.compile(
    r"\b(?:[Aa]rticle|Art\.|Artikel|articolo|artículo|artigo) (\d{1,3})\b|"
    r"第 ?(\d{1,3}) ?[条條]"
)


def find_known_laws(text: str) -> frozenset[str]:
    """Return the well-known laws that a text names, as the briefing calls them: "AI Act"."""
    if not _ANY_KNOWN.search(text):
        return frozenset()
    text = drop_bodies(text)
    return frozenset(law for law, pattern in _PATTERNS.items() if pattern.search(text))


def find_laws(text: str) -> frozenset[str]:
    """Return the laws that a text names: the well-known, and others in small letters."""
    others = _OTHER_LAW.finditer(_ANY_KNOWN.sub(" ", text))
    names = (match[0].casefold().removeprefix("the ").removeprefix("eu ") for match in others)
    return find_known_laws(text) | frozenset(names)


def find_story_laws(story: Story) -> frozenset[str]:
    """Return the well-known laws that headlines name, else those that the reports begin with."""
    items = [member.item for member in story.items]
    heads = [f"{item.title}. {item.summary or item.text[:_TEXT_LENGTH]}" for item in items]
    bodies = frozenset().union(*map(_find_bodies, heads))
    for texts in ([item.title for item in items], heads):
        if found := frozenset().union(*map(find_known_laws, texts)) - bodies:
            return found
    return frozenset()


def name_law(story: Story) -> str:
    """Return the one well-known law that a story is about, as the briefing calls it; "" for none.

    It is named at the beginning of a report.
    """
    texts = (member.item.text[:_HEAD_LENGTH] for member in story.items)
    found = find_story_laws(story) or frozenset().union(*map(find_known_laws, texts))
    return next(iter(found)) if len(found) == 1 else ""


def get_law_subject(law: str) -> RuleSubject | None:
    """Return what a well-known law is about; None where the law is not known."""
    subject: RuleSubject | None = _KNOWN[law]["subject"] if law in _KNOWN else None
    return subject


def mentions_law(story: Story) -> bool:
    """Return whether a report of a story holds a word without which `find_laws` finds nothing."""
    return any(
        _LAW_WORD.search(text) or _ANY_KNOWN.search(text)
        for member in story.items
        for text in (member.item.title, member.item.summary, member.item.text)
    )


def drop_bodies(text: str, context: str = "") -> str:
    """Return a text without acronyms of laws that are those of an authority in it or in `context`.

    They spell out another name ("Central Consumer Protection Authority (CCPA)"), or let it act.
    """
    bodies = _find_bodies(f"{text}\n{context}")
    return re.sub(rf"\b(?:{'|'.join(bodies)})\b", " ", text) if bodies else text


def find_article(story: Story) -> str:
    """Return the number of the one article of a law that headlines name; "" for none or several."""
    titles = " ".join(clean_text(member.item.title) for member in story.items)
    found = {latin or other for latin, other in _ARTICLE.findall(titles)}
    return found.pop() if len(found) == 1 else ""


def _find_bodies(text: str) -> frozenset[str]:
    spelled = (acronym for name, acronym in _SPELLED_OUT.findall(text) if not _IS_LAW.search(name))
    return frozenset((*spelled, *_ACTS.findall(text)))
