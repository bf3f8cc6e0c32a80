"""When the thing that a claim is about can be had, by all that its story says.

All that the sentences on it say counts, and the most careful of them decides. Two reports of one
launch say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise

from digest.edition.availability import (
    choose_availability,
    read_availabilities,
    read_availability,
)
from digest.edition.claim_points import Subject, has_name, says_nothing
from digest.edition.claim_quotes import GOES_ON, is_of_another, is_quotable
from digest.edition.claim_sentences import WORD, iter_sentences
from digest.edition.claim_subjects import BYLINE
from digest.edition.quarter import QuarterView
from digest.model.edition import Claim, ClaimAvailability, Sentence
from digest.model.story import Story
from digest.text import clean_text

_ONE_LAUNCH = timedelta(days=3)  # between reports of it
_SMALL_WORDS = frozenset(
    "a an and are as at be by for from has have in into is it its of on or our out that the their "
    "this to was we will with you your more new now read minute der die das und von mit für "
    "il la di le les et en el los y".split()
)
_OF_ALL = re.compile(  # of all that was told before; or of nothing but when it comes
    r"(?:both|all(?: of them)?|you can now|start(?:ing|s)? (?:to roll|rolling) out|"
    r"starting (?:today|this week)|today,? (?:we|you)|roll(?:s|ing) out|coming soon|available|"
    r"ab sofort|da oggi|dès aujourd|a partir de hoy)\b",
    re.IGNORECASE,
)
_Pairs = tuple[set[tuple[str, str]], list[set[tuple[str, str]]]]  # of headlines, of each sentence


def agree_on_availability(claims: Sequence[Claim], quarter: QuarterView) -> list[Claim]:
    """Return the claims, of which two reports of one launch say the same: the more careful."""
    stories = {story.id: story for story in quarter.stories}
    pairs = {
        claim.story.id: _read_pairs(stories[claim.story.id], claim.subject) for claim in claims
    }
    result = []
    for claim in claims:
        states = [claim.availability]
        for other in claims:
            is_near = abs(other.story.published - claim.story.published) <= _ONE_LAUNCH
            if other is claim or other.subject != claim.subject or not is_near:
                continue
            if _share_sentence(pairs[claim.story.id], pairs[other.story.id]):
                states.append(other.availability)
        if claim.study or claim.availability is None:
            result.append(claim)
            continue
        state = choose_availability(filter(None, states))
        point = claim.points.get("availability")
        if point and read_availabilities((point.text,)) != state:  # it would deny the word
            points = {kind: words for kind, words in claim.points.items() if words is not point}
            quote = None if claim.quote == point else claim.quote
            claim = replace(claim, points=points, quote=quote)
        result.append(replace(claim, availability=state))
    return result


def _read_pairs(story: Story, subject: str) -> _Pairs:
    """Return the pairs of neighbouring words of a story's headlines, and of each of its sentences.

    Small words and those of the subject's name make none.
    """
    common = _SMALL_WORDS | {word.casefold() for word in WORD.findall(subject)}

    def read(sentence: str) -> set[tuple[str, str]]:
        pairs = pairwise(word.casefold() for word in WORD.findall(sentence))
        return {pair for pair in pairs if common.isdisjoint(pair) and min(map(len, pair)) > 1}

    items = [member.item for member in story.items]
    titles = [read(BYLINE.sub("", clean_text(item.title))) for item in items]
    sentences = dict.fromkeys(sentence for item in items for sentence in iter_sentences(item))
    return set[tuple[str, str]]().union(*titles), [*titles, *map(read, sentences)]


def _share_sentence(ours: _Pairs, theirs: _Pairs) -> bool:
    """Return whether two stories have sentences that share what one of the headlines says.

    They share two pairs of words with none in both, and a headline has one of these.
    """
    headlines = ours[0] | theirs[0]
    for one in ours[1]:
        for other in theirs[1]:
            shared = one & other if one != other else set()  # word for word: of the page
            apart = any(not set(pair) & set(more) for pair, more in combinations(shared, 2))
            if apart and shared & headlines:
                return True
    return False


def find_availability(
    story: Story, points: Mapping[str, Sentence], subject: Subject
) -> tuple[ClaimAvailability | None, Sentence | None]:
    """Return what a story says of when a thing can be had, and a sentence that says just that.

    All sentences on the subject count, and the most careful decides (`read_availabilities`); where
    none says anything, the headlines do.
    """
    titles = [member.item.title for member in story.items]
    point = points.get("availability")
    texts, quotes = [point.text] if point else [], [point] if point else []
    for item in (member.item for member in story.items):
        sentences = list(iter_sentences(item))
        before = dict(zip(sentences[1:], sentences, strict=False))
        for text in dict.fromkeys(sentences):
            is_on_it = subject.is_named(text) or GOES_ON.match(text) or _OF_ALL.match(text)
            if not is_on_it or any(has_name(text, name) for name in subject.others):
                continue
            if says_nothing(text) or is_of_another(text, before.get(text, ""), titles, subject):
                continue
            texts.append(text)
            if is_quotable(text, item, titles, subject):
                quotes.append(Sentence(text, item.source_name, item.link))
    state = read_availabilities(texts) or choose_availability(
        found for title in titles if (found := read_availability(title))
    )
    said = (one for one in quotes if state and read_availability(one.text) == state)
    return state, next(said, None)
