"""Which headings divide a letter into stories, and which are parts or names of some. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import LinkResolver, closes_text, remove_anchors
from digest.fetch.mail.newsletters.candidates import StoryCandidate
from digest.fetch.mail.newsletters.essays import (
    MAX_NUMBERED,
    MAX_SECTION,
    MIN_SECTIONS,
    MOST_LINKED,
)
from digest.fetch.mail.newsletters.headings import split_title
from digest.fetch.mail.newsletters.links import make_target_key
from digest.fetch.mail.newsletters.sections import classify_section
from digest.fetch.mail.newsletters.story_links import count_block_words, find_link
from digest.fetch.mail.newsletters.words import count_words, normalize_phrase

_HEADLINE_WORDS = 4  # of a headline, at least
_CALL_WORDS = 12  # the most words beside a call to action
_MIN_PARTS = 2  # times that a label stands in a letter
_MAX_SECTION_NAME = 2  # words of a heading that names what stands below it
_MIN_SENTENCE, _MAX_SENTENCE = 5, 30  # words of one that is a title
_MAX_BRIEF = 60  # mean words of news without any link; the parts of an essay are longer
_MIN_LISTED = 2  # headings with a link that make those that look like them stories
_MOST_LISTED, _MIN_NUMBERED = 0.75, 0.5  # share of them, and of numbered ones

Looks = set[tuple[object, ...]]


def find_listed_looks(
    candidates: Sequence[StoryCandidate], resolver: LinkResolver, *, plain: bool
) -> Looks:
    """Return the looks of headings that head stories, so that one without a link is one, too.

    In a numbered list each number is an item; elsewhere nearly all that look so have a link.
    """
    kinds = ("heading", "linked", "lead")
    if not any(find_link(one, resolver)[0] for one in candidates):
        return _find_unlinked_looks(candidates)
    told = [one for one in candidates if one.kind in kinds and (one.body or one.rest)]
    found = set()
    for look in {candidate.look for candidate in told if candidate.kind != "linked"}:
        linked = [bool(find_link(one, resolver)[0]) for one in told if one.look == look]
        level, bold, _, marked = look
        is_lead = any(one.kind == "lead" for one in told if one.look == look)
        share = sum(linked) / len(linked)
        is_numbered = marked and sum(linked) >= _MIN_LISTED and share >= _MIN_NUMBERED
        is_headed = level or bold or is_lead or plain
        if is_numbered or (is_headed and sum(linked) > _MIN_LISTED and share >= _MOST_LISTED):
            found.add(look)
    return found


def _find_unlinked_looks(candidates: Sequence[StoryCandidate]) -> Looks:
    """Return the looks of headings above short texts, in a letter that links to nothing."""
    found: Looks = set()
    for look in {candidate.look for candidate in candidates if candidate.kind == "heading"}:
        told = [count_block_words(one.body) for one in candidates if one.look == look and one.body]
        if len(told) >= MIN_SECTIONS and sum(told) <= _MAX_BRIEF * len(told):
            found.add(look)
    return found


def find_section_looks(candidates: Sequence[StoryCandidate], resolver: LinkResolver) -> Looks:
    """Return the looks of headings that divide a letter below its one title into short stories.

    Nearly each has a page of its own. Below the headlines of several posts they are their parts.
    """
    heads = [one for one in candidates if one.kind == "heading" and one.body]
    found = set()
    for look in {candidate.look for candidate in heads}:
        alike = [one for one in heads if one.look == look]
        above = [one for one in candidates if 0 < one.level < alike[0].level]
        links = {find_link(one, resolver)[0] for one in alike} - {""}
        told = sum(count_block_words(one.body) for one in alike)
        is_short = told <= (MAX_NUMBERED if look[-1] else MAX_SECTION) * len(alike)
        is_linked = len(links) >= max(MIN_SECTIONS, MOST_LINKED * len(alike))
        if len(above) == 1 and is_short and is_linked:
            found.add(look)
    return found


def find_announced_looks(candidates: Sequence[StoryCandidate], subject: str) -> Looks:
    """Return the looks of headings of which the subject states two or more, each a story."""
    stated = normalize_phrase(subject)
    titles = [(one.look, normalize_phrase(one.title)) for one in candidates if one.body]
    named = Counter(look for look, title in titles if title in stated and title != stated)
    return {look for look, count in named.items() if count > 1}


def find_repeated_labels(candidates: Sequence[StoryCandidate]) -> set[str]:
    """Return the headings that stand in several stories: "What happened", "Why now"."""
    heads = [(normalize_phrase(one.title), one) for one in candidates if one.kind == "heading"]
    counts = Counter(title for title, one in heads if one.body)
    repeated = {title for title, count in counts.items() if count >= _MIN_PARTS}
    largest = max((one.size for title, one in heads if title not in repeated), default=0.0)
    return repeated - {title for title, one in heads if one.size >= largest}


def merge_labels(
    candidates: Sequence[StoryCandidate], labels: Collection[str]
) -> list[StoryCandidate]:
    """Merge what stands under a label of several stories into the story above."""
    merged: list[StoryCandidate] = []
    for candidate in candidates:
        is_part = candidate.kind == "heading" and normalize_phrase(candidate.title) in labels
        if is_part and merged and not (candidate.skipped or candidate.sponsored):
            merged[-1].body += [Block(f"{candidate.title}:"), *candidate.body]
        else:
            merged.append(candidate)
    return merged


def merge_subheadings(
    candidates: Sequence[StoryCandidate],
    resolver: LinkResolver,
    sections: Collection[tuple[object, ...]],
) -> list[StoryCandidate]:
    """Merge candidates under a smaller heading without a call to action into the story above.

    Those whose look is in `sections` are stories themselves.
    """
    merged: list[StoryCandidate] = []
    for candidate in candidates:
        above = merged[-1] if merged else None
        if (
            above
            and candidate.kind == "heading"
            and candidate.look not in sections
            and above.kind in ("heading", "linked")
            and not (candidate.skipped or candidate.sponsored or above.sponsored)
            and above.level > 0
            and (not candidate.level or candidate.level > above.level)
            and candidate.size < above.size
            and above.body
            and find_link(above, resolver)[0]
            and not find_link(candidate, resolver)[1]
            and not (find_link(above, resolver)[1] and _ends_with_call(candidate))
        ):
            ended = re.search(r"[.:?!…]$", candidate.title)
            above.body.append(Block(candidate.title if ended else f"{candidate.title}."))
            above.body.extend(candidate.body)
        else:
            merged.append(candidate)
    return merged


def _ends_with_call(candidate: StoryCandidate) -> bool:
    """Return whether the text of a part ends with a link of its own."""
    last = candidate.body[-1] if candidate.body else None
    return bool(last and last.links and closes_text(last.links[-1], last))


def split_section(
    candidate: StoryCandidate, resolver: LinkResolver, minimum: int
) -> list[StoryCandidate]:
    """Split a section in which at least `minimum` parts each end with their own call to action."""
    if candidate.kind != "heading":
        return [candidate]
    parts: list[list[Block]] = [[]]
    targets: set[str] = set()
    for block in candidate.body:
        parts[-1].append(block)
        calls = resolver.find_calls(block)
        if (
            calls
            and count_words(remove_anchors(block, calls)) <= _CALL_WORDS
            and count_block_words(parts[-1]) >= 10
        ):
            targets.add(make_target_key(calls[0].href))
            parts.append([])
    if len(targets) < minimum:
        return [candidate]
    stories = []
    for part in parts:
        if count_block_words(part) >= 10:
            text = next(block.text for block in part if block.word_count)
            title, rest = split_title(text)
            body = [Block(rest)] if rest else []
            body += [block for block in part if block.text != text]
            stories.append(
                StoryCandidate(
                    "paragraph", title, candidate.size, body=body, sponsored=candidate.sponsored
                )
            )
    return stories


def title_by_text(candidates: Sequence[StoryCandidate], resolver: LinkResolver) -> None:
    """Give what stands below the name of a section, alone, the title that its first words are.

    A heading of one or two words is such a name where those that look like it name sections, too,
    or are headlines.
    """
    heads = [one for one in candidates if one.kind == "heading"]
    alike = Counter(one.look for one in heads)
    names = Counter(one.look for one in heads if one.is_empty or classify_section(one.title))
    headlines = Counter(one.look for one in heads if count_words(one.title) >= _HEADLINE_WORDS)
    for candidate in [one for one in heads if count_words(one.title) <= _MAX_SECTION_NAME]:
        look, others = candidate.look, alike[candidate.look] - 1
        named = names[look] - bool(classify_section(candidate.title))
        is_name = named * 2 >= others > 0
        is_single = 0 < len(candidate.body) <= 2 and not candidate.rest and not look[-1]
        if not is_single:
            continue
        title, rest = split_title(candidate.body[0].text)
        if not (is_name or headlines[look] >= MIN_SECTIONS):
            continue
        href, _ = find_link(candidate, resolver)
        if href and _MIN_SENTENCE <= count_words(title) <= _MAX_SENTENCE:
            candidate.kind, candidate.title, candidate.rest = "item", title, rest
            candidate.link, candidate.body = Link(title, href, 0, 0), candidate.body[1:]
