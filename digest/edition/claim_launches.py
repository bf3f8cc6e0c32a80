"""Which claims report one launch or study: they are one claim, told by several reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise

from digest.edition.availability import choose_availability, read_availabilities
from digest.edition.claim_points import PROOF_POINTS
from digest.edition.claim_sentences import WORD, iter_sentences
from digest.edition.claim_subjects import BYLINE
from digest.model.edition import Claim
from digest.model.story import Story
from digest.text import clean_text

_SHARE = re.compile(r"\d+[.,]\d+(?= ?%)")  # one that is not round
_ONE_LAUNCH = timedelta(days=3)  # between reports of it
_SMALL_WORDS = frozenset(
    "a an and are as at be by for from has have in into is it its of on or our out that the their "
    "this to was we will with you your more new now read minute der die das und von mit für "
    "il la di le les et en el los y".split()
)
_Pairs = tuple[set[tuple[str, str]], list[set[tuple[str, str]]]]  # of headlines, of each sentence


def merge_reports(claims: Sequence[Claim], reported: Iterable[Story]) -> list[Claim]:
    """Return the claims, each launch and study once: by the report that says most.

    The others stand beside it. When a thing can be had is what the most careful report says.
    """
    stories = {story.id: story for story in reported}
    pairs = {
        claim.story.id: _read_pairs(stories[claim.story.id], claim.subject) for claim in claims
    }

    def is_told_twice(claim: Claim, other: Claim) -> bool:
        if claim.study and other.study:
            return _share_figures(claim, other)
        is_near = abs(other.story.published - claim.story.published) <= _ONE_LAUNCH
        return (
            is_near
            and not (claim.study or other.study)
            and other.subject == claim.subject
            and _share_sentence(pairs[claim.story.id], pairs[other.story.id])
        )

    groups: list[list[Claim]] = []
    for claim in claims:
        group = next((group for group in groups if is_told_twice(claim, group[0])), None)
        if group is None:
            groups.append([claim])
        else:
            group.append(claim)
    return [_merge_claims(group) for group in groups]


def _share_figures(claim: Claim, other: Claim) -> bool:
    """Return whether two studies were made on the same number of things and found the same share.

    So they are one data set, whoever writes of it.
    """
    if not claim.data_size or claim.data_size != other.data_size:
        return False
    shares = (
        {share for point in one.points.values() for share in _SHARE.findall(point.text)}
        for one in (claim, other)
    )
    return not set.isdisjoint(*shares)


def _merge_claims(claims: Sequence[Claim]) -> Claim:
    """Return the claim of several that says most, with the others as its reports."""
    best = max(
        claims,
        key=lambda claim: (
            len(PROOF_POINTS & claim.points.keys()),
            claim.statement is not None,
            claim.function is not None,
            len(claim.points),
        ),
    )
    reports = tuple(claim.story for claim in claims if claim is not best)
    state = choose_availability(claim.availability for claim in claims if claim.availability)
    point = best.points.get("availability")
    if point and read_availabilities((point.text,)) != state:  # it would deny the word
        points = {kind: words for kind, words in best.points.items() if words is not point}
        best = replace(best, points=points, quote=None if best.quote == point else best.quote)
    return replace(best, availability=state, reports=reports)


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
