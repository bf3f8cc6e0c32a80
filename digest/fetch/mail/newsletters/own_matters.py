"""What a letter says of itself between its stories, told by how it stands there. Pure.

The words for it are countless; but it is short, and made differently from the stories, which are
made alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import LinkResolver
from digest.fetch.mail.newsletters.candidates import StoryCandidate
from digest.fetch.mail.newsletters.essays import split_sender
from digest.fetch.mail.newsletters.sections import is_aside
from digest.fetch.mail.newsletters.words import count_words, normalize_phrase

_HEAD_LINES = 5  # of a letter, which have its name
_MIN_STORIES, _MOST_ALIKE = 3, 0.6  # stories that are made alike, and their share
_MAX_LABEL, _MAX_CLOSING_LABEL = 3, 4  # words of a title that is none of a story; of one at the end
_MAX_TOLD, _MAX_CLOSING = 25, 60  # words with title
_MAX_NAME, _MIN_NAME = 4, 4  # words, and letters, of the name of a letter

Form = tuple[object, ...]


def skip_own_matters(
    candidates: Sequence[StoryCandidate],
    blocks: Sequence[Block],
    sender: str,
    resolver: LinkResolver,
) -> None:
    """Mark what a letter says of itself, as what is left out."""
    for candidate in _find_named(candidates):
        candidate.skipped = True
    told = [one for one in candidates if not (one.is_empty or one.skipped or one.sponsored)]
    for candidate in _find_odd(candidates, told, resolver):
        candidate.skipped = True
    told = [one for one in told if not one.skipped]
    for candidate in _find_closing(told, _find_names(blocks, sender)):
        candidate.skipped = True


def _find_named(candidates: Sequence[StoryCandidate]) -> list[StoryCandidate]:
    """Return what its title names as no news: "Job: …", "Our survey: …"."""
    usual = Counter(_describe_shape(one) for one in candidates if not one.is_empty)
    return [
        one
        for one in candidates
        if is_aside(one.title, like_stories=usual[_describe_shape(one)] >= _MIN_STORIES)
    ]


def _find_odd(
    candidates: Sequence[StoryCandidate], told: Sequence[StoryCandidate], resolver: LinkResolver
) -> Iterator[StoryCandidate]:
    """Yield what has a short label or a question above it, and is made unlike most stories.

    It looks like them but leads on with other words, or is alone with its look.
    """
    forms = [_describe_form(candidate, resolver) for candidate in told]
    usual, count = Counter(forms).most_common(1)[0] if forms else ((), 0)
    if count < max(_MIN_STORIES, _MOST_ALIKE * len(told)):
        return
    look = next(one.look for one, form in zip(told, forms, strict=True) if form == usual)
    looks = Counter(candidate.look for candidate in told)
    sections = {one.look for one in candidates if one.is_empty}
    for candidate, form in zip(told, forms, strict=True):
        is_alone = looks[candidate.look] == 1 and candidate.look[:-1] != look[:-1]
        is_odd = form != usual and (candidate.look == look or is_alone)
        is_odd = is_odd and candidate.look not in sections
        if is_odd and _is_labelled(candidate, resolver):
            yield candidate


def _is_labelled(candidate: StoryCandidate, resolver: LinkResolver) -> bool:
    """Return whether a short text stands below a label, with no link but one that leads on."""
    title = normalize_phrase(candidate.title)
    is_label = count_words(title) <= _MAX_LABEL and not re.search(r"\d", title)
    is_label = is_label or title.endswith("?")
    is_headed = candidate.kind != "linked" and not candidate.bullet
    leads_on = all(
        link in resolver.find_calls(block) or link.text == block.text
        for block in candidate.body
        for link in resolver.find_story_links(block)
    )
    return is_label and is_headed and leads_on and _count_told(candidate) <= _MAX_TOLD


def _describe_form(candidate: StoryCandidate, resolver: LinkResolver) -> Form:
    """Return what stories of one make have in common: the look of the title, and their call."""
    calls = [link for block in candidate.body for link in resolver.find_calls(block)]
    call = candidate.button or next(iter(calls), None)
    called = normalize_phrase(call.text) if call and not candidate.link else ""
    return *_describe_shape(candidate), called


def _describe_shape(candidate: StoryCandidate) -> Form:
    return candidate.kind, candidate.bullet, candidate.look


def _find_closing(
    told: Sequence[StoryCandidate], names: Collection[str]
) -> Iterator[StoryCandidate]:
    """Yield what a letter says of itself at its end.

    It is short, with its name and unlike the stories; or below a label where stories are headlines
    that are links, and with no link but at the end of its text.
    """
    headlines = Counter(one.look for one in told if one.kind == "linked")
    for candidate in reversed(told[_MIN_STORIES:]):
        shape = _describe_shape(candidate)
        alike = [one for one in told if _describe_shape(one) == shape]
        title = normalize_phrase(candidate.title)
        named = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) for name in names)
        is_label = candidate.kind == "heading" and count_words(title) <= _MAX_CLOSING_LABEL
        is_label = is_label and headlines[candidate.look] >= _MIN_STORIES
        is_label = is_label and not any(map(_links_inside, candidate.body))
        is_own = is_label or (named and len(alike) == 1)
        if _count_told(candidate) >= _MAX_CLOSING or not is_own:
            return
        yield candidate


def _find_names(blocks: Sequence[Block], sender: str) -> set[str]:
    """Return the names of the sender and of the letter, which stand in its head."""
    head = [block for block in blocks if block.text or block.images][:_HEAD_LINES]
    found = split_sender(sender)
    found += [block.text for block in head if block.bold or block.level]
    found += [alt for block in head for alt, _ in block.images]
    names = set(map(normalize_phrase, found))
    return {name for name in names if len(name) >= _MIN_NAME and count_words(name) <= _MAX_NAME}


def _count_told(candidate: StoryCandidate) -> int:
    texts = (candidate.title, candidate.rest, *(block.text for block in candidate.body))
    return count_words(" ".join(texts))


def _links_inside(block: Block) -> bool:
    """Return whether a text goes on after one of its links."""
    return any(re.search(r"\w", block.text[link.end :]) for link in block.links)
