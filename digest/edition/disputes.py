"""What stories say opposite things about, and whose words stand against whose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from digest.edition.claim_sentences import is_clean_sentence, iter_sentences
from digest.edition.quarter import QuarterView
from digest.i18n import N_, TranslatableText
from digest.model.edition import Sentence, StoryRef, ThemeDispute
from digest.model.story import Story
from digest.text import clean_text

_MAX_OF_SIDE = 2
_MAX_SENTENCES = 8  # of a text that may stand against another
_MAX_LENGTH = 260  # characters of one


class _Axis(NamedTuple):
    """What reports may say opposite things about."""

    about: str
    one: re.Pattern[str]
    other: re.Pattern[str]


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_AI = r"ai|chat\w*|assistants?|llms?"
_SEARCH = r"(?:(?:classic|traditional|google|web|online) )?search(?:es)?"
_NOT = r"\b(?:isn['’]t|aren['’]t|not|doesn['’]t|don['’]t|never|no)\b(?: \w+)? "
_AXES = (
    _Axis(
        N_("whether AI takes the place of search"),
        _compile(
            rf"(?<!not )(?<!n['’]t )\breplac(?:e|es|ing) (?:google|{_SEARCH})"
            # Search may fall for other reasons: what AI has to do with it must stand there.
            rf"|^(?=.*\b(?:{_AI})\b).*\b(?:drop|fall|decline) in {_SEARCH}"
        ),
        _compile(rf"{_NOT}(?:replac|cannibali[sz])\w+|layering on top"),
    ),
    _Axis(
        N_("whether visits and clicks grow"),
        _compile(r"\b(?:more|rising|growing|record) (?:\w+ )?(?:clicks|traffic|visits|sales)\b"),
        _compile(
            r"\b(?:lost|fewer|less|falling) (?:\w+ )?(?:clicks|traffic|visits)\b"
            r"|\b(?:drop|fall|decline) in (?:\w+ )?(?:clicks|traffic|visits)\b"
        ),
    ),
    _Axis(
        N_("whether prices rise"),
        _compile(
            r"\bprices? (?:rises?|goes up|increases?)\b|\b(?:raises?|higher) (?:\w+ )?prices?\b"
        ),
        _compile(
            r"\bprices? (?:falls?|goes down)\b|\b(?:cuts?|lower) (?:\w+ )?prices?\b|\bcheaper\b"
        ),
    ),
    _Axis(
        N_("whether AI costs jobs"),
        _compile(
            r"\b(?:cuts?|replac(?:es|ing)|lays? off|fewer) (?:\S+ ){0,3}"
            r"(?:jobs|staff|roles|people)\b"
        ),
        _compile(r"\b(?:more|adds?|hir(?:es|ing)) (?:\S+ ){0,3}(?:jobs|staff|roles|people)\b"),
    ),
)


def find_dispute(
    stories: Sequence[Story],
    refs: Mapping[str, StoryRef],
    summaries: Mapping[str, Sequence[Sentence]],
) -> ThemeDispute | None:
    """Return what different stories say opposite things about; None where nothing is found.

    Each side is told in a sentence, or in a headline where no sentence tells it.
    """
    for axis in _AXES:
        sides: tuple[list[tuple[str, Sentence]], ...] = ([], [])
        for story in stories:
            ref = refs[story.id]
            texts = [*summaries[story.id], Sentence(ref.title, ref.source, ref.url)]
            one = next((text for text in texts if axis.one.search(text.text)), None)
            other = next((text for text in texts if axis.other.search(text.text)), None)
            if (one is None) == (other is None):  # it says nothing of it, or both
                continue
            side = sides[0] if one else sides[1]
            found = one or other
            if found and len(side) < _MAX_OF_SIDE:
                side.append((story.id, found))
        if all(sides):
            one_side, other_side = (tuple(text for _, text in side) for side in sides)
            return ThemeDispute(
                TranslatableText(axis.about),
                (one_side, other_side),
                tuple(tuple(story_id for story_id, _ in side) for side in sides),
            )
    return None


def find_contrary_words(story: Story, quarter: QuarterView) -> tuple[Sentence, ...]:
    """Return words of other stories of the quarter against what a story says; () for none.

    They are of the best of those stories, a whole sentence rather than a headline.
    """
    for axis in _AXES:
        said = _find_words(story, axis.one, quarter), _find_words(story, axis.other, quarter)
        if (said[0] is None) == (said[1] is None):  # it says nothing of it, or both
            continue
        ours, theirs = (axis.one, axis.other) if said[0] else (axis.other, axis.one)
        found = (
            _find_words(other, theirs, quarter)
            for other in quarter.stories
            if other is not story and _find_words(other, ours, quarter) is None
        )
        return tuple(dict.fromkeys(words for words in found if words))[:_MAX_OF_SIDE]
    return ()


def _find_words(story: Story, pattern: re.Pattern[str], quarter: QuarterView) -> Sentence | None:
    """Return the sentence or else the headline of a story that a pattern fits; None for none."""
    ref = quarter.make_ref(story)
    texts = (*_iter_sentences(story), Sentence(ref.title, ref.source, ref.url))
    return next((text for text in texts if pattern.search(text.text)), None)


def _iter_sentences(story: Story) -> Iterator[Sentence]:
    for item in (member.item for member in story.items):
        if clean_text(item.title):
            whole = filter(is_clean_sentence, dict.fromkeys(iter_sentences(item)))
            for text in list(whole)[:_MAX_SENTENCES]:
                if len(text) <= _MAX_LENGTH:
                    yield Sentence(text, item.source_name, item.link)
