"""Which kind of rule a story tells of: a law, a ruling, a policy, a pending case, or advice."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from digest.edition.subjects import join_titles
from digest.model.edition import RuleKind
from digest.model.story import Story
from digest.model.tags import Event

_PLATFORM_EVENTS: frozenset[Event] = frozenset(("update", "other", "launch", "shutdown"))
_HEAD_LENGTH = 1200  # characters of a text that are about what its headline is about
_OF_LAW = ("pending", "court", "law", "advice", "pledge")  # words of what is likely a rule
_SENTENCE_END = re.compile(r"\n|(?<=[.!?]) |。")
_CLAUSE_END = re.compile(r"[,，;；]")
_PLEDGE_LENGTH = 120  # characters after a company's name that say what it does
_WORDS = tomllib.loads(Path(__file__).with_name("rule_words.toml").read_text(encoding="utf-8"))


def classify_rule(story: Story) -> RuleKind | None:
    """Return which kind of rule a story tells of; None where it tells of none.

    "law" is one of which nothing says whether it applies already. A law's own day, which
    `build_rules` looks up, decides between "in force" and "coming" before its words do.
    """
    tags, titles = story.tags, join_titles(story)
    if tags.event == "regulation":
        decided = tells_decided(titles)
        is_likely = decided or any(tells(what, titles) for what in _OF_LAW)
        if not tags.is_certain("event") and not is_likely:
            return None  # a headline that speaks of a case or a law confirms what is likely
        return _classify_by_headline(story, titles, decided) or _classify_by_text(story, titles)
    is_policy = (
        tags.event in _PLATFORM_EVENTS
        and tags.vendors
        and tells("policy", titles)
        and not tells("guess", titles)
    )
    return "platform" if is_policy else None


def _classify_by_headline(story: Story, titles: str, decided: bool) -> RuleKind | None:
    """Return what headlines say that a rule is; None where they say nothing of it."""
    if tells("bodies", titles):
        return "advice"
    if decided:
        return "ruling"
    if _makes_pledge(story, titles):
        return "pledge"
    if _is_advice(titles):
        return "advice"
    return "pending" if tells("pending", titles) else None


def _classify_by_text(story: Story, titles: str) -> RuleKind | None:
    """Return what summaries and the beginnings of texts say that a rule is.

    None for what only explains the rules that there are.
    """
    said = f"{titles}\n" + "\n".join(member.item.summary for member in story.items)
    is_law = tells("law", titles)  # what it punishes, and what was claimed before, is part of it
    if tells_decided(said) and not is_law:
        return "ruling"
    if tells("pending", said) and not is_law:
        return "pending"
    if tells("court", titles):
        return "ruling"
    if _is_advice(said) and not tells("in_force", said):
        return "advice"
    if tells("explainer", titles) and not any(tells(one, said) for one in ("in_force", "coming")):
        return None
    head = f"{said}\n" + "\n".join(member.item.text[:_HEAD_LENGTH] for member in story.items)
    if tells("in_force", head):
        return "in force"
    if tells("coming", head):
        return "coming"
    if tells("rule", titles):
        return "law"
    if any(name in titles for name in story.tags.vendors) and tells("pledge", titles):
        return "pledge"
    return "pending" if tells("plan", titles) else "law"


_NOT_TAKEN_BACK = re.compile(  # it refuses to, or its users may take something back
    r"\b(?:won[’']t|not|no|never|refus\w+ to|lets? (?:you|users)(?: \w+)?|how to) (?:\w+ ){0,2}"
    r"(?:roll|walk|back|U-turn|revers|scrap|drop)",
    re.IGNORECASE,
)


def offers_choice(story: Story) -> bool:
    """Return whether a platform's headlines offer what is off until one chooses it.

    Nothing there is forced, and nothing is on for all until one opts out.
    """
    titles = join_titles(story)
    said = f"{titles}\n" + "\n".join(member.item.summary for member in story.items)
    return tells("choice", titles) and not (tells("forced", said) or offers_way_out(story))


def offers_way_out(story: Story) -> bool:
    """Return whether a platform's headlines say that one can leave what is on for all."""
    return tells("opt out", join_titles(story))


def is_taken_back(story: Story) -> bool:
    """Return whether a headline says that a platform withdraws what it demanded or planned."""
    titles = [member.item.title for member in story.items]
    return any(tells("taken back", one) and not _NOT_TAKEN_BACK.search(one) for one in titles)


def tells_decided(text: str) -> bool:
    """Return whether a text says that somebody has decided, not only what threatens."""
    return tells("decided", _compile_words("threat").sub(" ", text))


def _makes_pledge(story: Story, titles: str) -> bool:
    """Return whether a company binds itself: in a headline, else in a summary.

    "Ministry tightens the rules, Acme agrees to follow them" is about the rules.
    """
    is_of_others = any(tells(what, titles) for what in ("pending", "court", "law"))
    said = [] if is_of_others else [member.item.summary for member in story.items]
    for sentence in _SENTENCE_END.split("\n".join((titles, *said))):
        for name in story.tags.vendors:
            before, _, behind = sentence.partition(name)
            if not _CLAUSE_END.search(before) and tells("pledge", behind[:_PLEDGE_LENGTH]):
                return True
    return False


def tells(what: str, text: str) -> bool:
    """Return whether a text holds words of a table of rule_words.toml."""
    return _compile_words(what).search(text) is not None


@cache
def _compile_words(what: str) -> re.Pattern[str]:
    lines = "|".join(line for line in _WORDS[what].split("\n") if line)
    # Only Latin words have ends: Thai and Chinese put no space between theirs.
    return re.compile(rf"(?<![A-Za-z])(?:{lines})(?![A-Za-z])", re.IGNORECASE)


def _is_advice(titles: str) -> bool:
    """Return whether a title gives advice, and nothing in it binds anybody."""
    return tells("advice", titles) and not any(tells(what, titles) for what in ("court", "pending"))
