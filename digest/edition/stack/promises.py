"""What vendors promised, and what the quarter's stories show of it.

A promise is kept or broken when the team says so. A later story of the same vendor and product
whose act speaks for one or the other is shown beside it, for a person to judge; where a promise
names no product, a launch or update that shares its words is: words that match are no proof.
Silence is one only where somebody listens: without a source of the vendor's own, a promise past its
date has not slipped, it is not watched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from digest.edition.acts import read_act
from digest.edition.claim_points import has_name
from digest.edition.quarter import RELEASE_EVENTS, QuarterView
from digest.edition.stack.questions import iter_vendor_questions
from digest.edition.stack.vendors import build_vendor_rows
from digest.edition.stack.watch import is_promise_watched
from digest.model.edition import PromiseLedger, PromiseRow, PromiseStanding
from digest.model.stack import OPEN_PROMISES, Promise
from digest.model.story import Story
from digest.text import clean_text, is_issue_title, join_lines, split_sentences

_MAX_VENDORS = 10
_MAX_SEEN = 3
_STEM_LENGTH = 6  # letters in which two forms of a word agree: "scheduling" and "schedule"
_MIN_SHARED = 2
_MIN_SHARE = 0.75  # of the promise's words, where none of them is a name
_RARE = 0.02  # of all stories: a word in no more of other vendors' names something of this vendor's
_WORD = re.compile(r"[^\W_]{4,}")
_NAME = re.compile(r"\b[A-Z][^\W_]{3,}")
_ALSO_A_WORD = re.compile(  # capitalised, and no name of a product
    r"(?:Agents?|Automatic|Content|Send|Support|Voice|Customers?|Data|General|Available|Free|New)\b"
)
_PLACED = re.compile(r"\b(?:in|for|on|with|to|of|by)\s+(?:the\s+)?(?:[A-Z][\w’'-]*\s*)+")
_FAILS = re.compile(  # of what was to come
    r"\b(?:delay\w*|postpon\w+|push(?:es|ed) back|paus(?:es?|ed|ing)|scrap(?:s|ped)|"
    r"cancel\w*|shelv\w+|drops?|abandon\w*|withdraw\w*|withdrew|reverses|ends|ended|"
    r"discontinu\w+|sunsets?|switches off|gives up|removes|verschieb\w+|"
    r"verschob\w*|zieht .{0,30}zurück|rinvia\w*|ritira\w*|reporte|retire)\b|เลื่อน|ยกเลิก",
    re.IGNORECASE,
)
_COMMON = frozenset(
    "with from that this will have their your into more than also every year quarter available "
    "customers product feature support make makes using about over when they them users come comes "
    "would should".split()
)
_MAX_TEXT_LENGTH = 4000  # characters of a story that are searched for a promise's words
_HEAD_LENGTH = 400  # characters of a story in which its product is named


def build_ledger(quarter: QuarterView) -> PromiseLedger:
    """Return promises and questions.

    A promise may have been kept in the quarter before already, so both quarters are searched.
    """
    rows = build_promise_rows(quarter)
    asked = tuple(iter_vendor_questions(quarter, rows))
    questions = {one.vendor: list(one.questions) for one in asked}
    return PromiseLedger(rows, asked[:_MAX_VENDORS], build_vendor_rows(quarter, rows, questions))


def build_promise_rows(quarter: QuarterView) -> tuple[PromiseRow, ...]:
    """Return the promises of the stack file with the stories that may keep, break or name them."""
    stories = [*quarter.stories, *quarter.doubtful, *(quarter.before or ())]
    return tuple(
        _build_promise_row(promise, quarter, stories) for promise in quarter.stack.promises
    )


def find_promise_reports(promise: Promise, quarter: QuarterView) -> list[Story]:
    """Return what was told of a promised product that neither keeps nor breaks the promise."""
    stories = [*quarter.stories, *quarter.doubtful]
    told = {ref.id for ref in _build_promise_row(promise, quarter, stories).told}
    return [story for story in stories if story.id in told]


def _build_promise_row(
    promise: Promise, quarter: QuarterView, stories: Sequence[Story]
) -> PromiseRow:
    theirs = [story for story in stories if _is_of_vendor(story, promise.vendor)]
    later = [
        story
        for story in theirs
        if not promise.promised or story.items[0].item.published_or_seen.date() > promise.promised
    ]
    seen: list[Story] = []
    against: list[Story] = []
    told: list[Story] = []
    matched: tuple[str, ...] = ()
    product = find_promised_product(promise)
    for story in later if product and promise.state in OPEN_PROMISES else ():
        if not _names_product(story, product):
            continue
        matched = (product,)
        kind = _read_verdict(story)
        (seen if kind == "kept" else against if kind == "broken" else told).append(story)
    if not (seen or against) and promise.state in OPEN_PROMISES:
        found = _find_by_words(promise, later, theirs, stories)
        seen = [story for story, _ in found]
        matched = matched or tuple(dict.fromkeys(word for _, words in found for word in words))
        told = [story for story in told if story not in seen]
    return PromiseRow(
        promise,
        _judge_standing(promise, quarter, bool(seen), bool(against), theirs),
        *(tuple(map(quarter.make_ref, seen[:_MAX_SEEN])), matched),
        against=tuple(map(quarter.make_ref, against[:_MAX_SEEN])),
        told=tuple(map(quarter.make_ref, told[:_MAX_SEEN])),
    )


def _judge_standing(
    promise: Promise, quarter: QuarterView, seen: bool, against: bool, theirs: Sequence[Story]
) -> PromiseStanding:
    if promise.state != "open":
        return promise.state
    if against:
        return "contradicted"
    if seen:
        return "seen"
    is_watched = is_promise_watched(promise, quarter)
    if promise.by and promise.by < quarter.today:
        return "slipped" if is_watched else "unwatched"
    ids = {story.id for story in quarter.stories}
    if ids.isdisjoint(story.id for story in theirs):
        return "silent" if is_watched else "unwatched"
    return "open"


def _is_of_vendor(story: Story, vendor: str) -> bool:
    """Return whether a story is about a vendor: its tags or its headline name it."""
    named = vendor.casefold() in map(str.casefold, story.tags.vendors)
    return named or has_name(story.lead.item.title, vendor)


# ---------------------------------------------------------------- by product and act


def find_promised_product(promise: Promise) -> str:
    """Return the product that a promise is about; "" where neither the team nor its words name one.

    A name that only says where or for whom ("in Marketing Cloud") is not it.
    """
    if promise.product:
        return promise.product
    text = _PLACED.sub(" ", promise.what)
    for match in _NAME.finditer(text):
        is_vendor = match[0].casefold() in promise.vendor.casefold().split()
        if not is_vendor and not _ALSO_A_WORD.match(match[0]):
            return match[0]
    return ""


def _names_product(story: Story, product: str) -> bool:
    item = story.lead.item
    head = join_lines(f"{item.title} {item.summary} {item.text}")[:_HEAD_LENGTH]
    return has_name(clean_text(head), product) and not is_issue_title(item.title)


def _read_verdict(story: Story) -> str:
    """Return what the act of a story says of a promise of its product: kept, broken, or neither."""
    act = read_act(story)
    if act == "withdrawn" or _FAILS.search(story.lead.item.title):
        return "broken"
    return "kept" if act == "available" else ""


# ---------------------------------------------------------------- by words


def _find_by_words(
    promise: Promise, later: Sequence[Story], theirs: Sequence[Story], stories: Sequence[Story]
) -> list[tuple[Story, tuple[str, ...]]]:
    """Return the stories that share a promise's words, those that share most first."""
    ids = {story.id for story in theirs}
    others = Counter(
        stem
        for story in stories
        if story.id not in ids
        for stem in _extract_stems(_get_lead_text(story))
    )
    common = frozenset(
        stem for stem, count in others.items() if count > max(1, _RARE * len(stories))
    )
    found = [
        (story, shared) for story in later if (shared := _match_promise(promise, story, common))
    ]
    found.sort(
        key=lambda pair: (-len(pair[1]), pair[0].items[0].item.published_or_seen, pair[0].id)
    )
    return found[:_MAX_SEEN]


def _match_promise(promise: Promise, story: Story, common: frozenset[str]) -> tuple[str, ...]:
    """Return the words that a promise shares with a later launch or update of its vendor.

    () where they do not suffice: two at least, and a name that stories about others do not use, or
    most of the promise.
    """
    if story.tags.event not in RELEASE_EVENTS:
        return ()
    vendor, lead = _extract_stems(promise.vendor), _get_lead_text(story)
    promised = {
        stem: word for stem, word in _extract_stems(promise.what).items() if stem not in vendor
    }

    def find_shared(text: str) -> dict[str, str]:
        stems = _extract_stems(text)
        return {stem: word for stem, word in promised.items() if stem in stems}

    # Beyond headline and summary one sentence must hold them all: words that stand far apart say
    # nothing together.
    body = clean_text(story.lead.item.text[:_MAX_TEXT_LENGTH])
    best, shared = lead, find_shared(lead)
    for sentence in split_sentences(body):
        if len(found := find_shared(sentence)) > len(shared):
            best, shared = sentence, found
    names = {
        _stem_word(word)
        for word in _NAME.findall(promise.what)
        if word in best and word.lower() not in best
    }
    is_enough = (shared.keys() & names) - common or len(shared) >= _MIN_SHARE * len(promised)
    return tuple(shared.values()) if is_enough and len(shared) >= _MIN_SHARED else ()


def _get_lead_text(story: Story) -> str:
    return join_lines(f"{story.lead.item.title} {story.lead.item.summary}")


def _extract_stems(text: str) -> dict[str, str]:
    words = (word.casefold() for word in _WORD.findall(clean_text(text)))
    return {_stem_word(word): word for word in words if word not in _COMMON}


def _stem_word(word: str) -> str:
    return word.casefold().removesuffix("s")[:_STEM_LENGTH]
