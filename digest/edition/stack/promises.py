"""What vendors promised, what was seen of it, and what to ask them.

A promise is kept when the team says so. A later story of the vendor's that shares its words is shown beside it as
seen, for a person to judge: words that match are no proof.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from digest.edition.stack.view import MakeStoryRef, Relations, find_related_stories
from digest.i18n import N_, TranslatableText
from digest.model.edition import PromiseLedger, PromiseRow, PromiseStanding, VendorQuestions
from digest.model.stack import Product, Promise, Stack
from digest.model.story import Story
from digest.text import clean_text

_RELEASE_EVENTS = frozenset(("launch", "update"))
_MAX_QUESTIONS = 4  # a vendor
_MAX_VENDORS = 10
_MAX_SEEN = 3
_STEM_LENGTH = (
    6  # letters by which two words are one: "agents" and "agent", "scheduling" and "schedule"
)
_MIN_SHARED = 2
_MIN_SHARE = 0.75  # of the promise's words, where none of them is a name
_WORD = re.compile(r"[^\W_]{4,}")
_RARE = (
    0.02  # of the stories about others: a word in no more of them names something of the vendor's
)
_NAME = re.compile(r"\b[A-Z][^\W_]{3,}")
_COMMON = frozenset(
    "with from that this will have their your into more than also every year quarter available customers product "
    "feature support make makes using about over when they them users come comes would should".split()
)


def build_ledger(
    stack: Stack,
    stories: Sequence[Story],
    relations: Relations,
    earlier: Sequence[Story],
    make_ref: MakeStoryRef,
    today: date,
) -> PromiseLedger:
    """Promises and questions. `stories` are the quarter's, best first, `earlier` those of the quarter before, in which
    a promise may have been kept already."""
    both = [*stories, *earlier]
    lines = tuple(
        _build_promise_line(promise, stories, both, make_ref, today) for promise in stack.promises
    )
    return PromiseLedger(
        lines,
        tuple(_iter_vendor_questions(stack, lines, stories, relations, make_ref))[:_MAX_VENDORS],
    )


def _build_promise_line(
    promise: Promise,
    quarter: Sequence[Story],
    stories: Sequence[Story],
    make_ref: MakeStoryRef,
    today: date,
) -> PromiseRow:
    theirs = [story for story in stories if _is_about_vendor(promise.vendor, story)]
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
        (story, shared) for story in theirs if (shared := _match_promise(promise, story, common))
    ]
    found.sort(
        key=lambda pair: (-len(pair[1]), pair[0].items[0].item.published_or_seen, pair[0].id)
    )
    seen = found[:_MAX_SEEN] if promise.state in ("open", "partly shipped") else []
    return PromiseRow(
        promise,
        _determine_standing(promise, quarter, bool(seen), today),
        tuple(make_ref(story) for story, _ in seen),
        tuple(dict.fromkeys(word for _, shared in seen for word in shared)),
    )


def _determine_standing(
    promise: Promise, quarter: Sequence[Story], seen: bool, today: date
) -> PromiseStanding:
    if promise.state != "open":
        return promise.state
    if seen:
        return "seen"
    if promise.by and promise.by < today:
        return "slipped"
    return "open" if any(_is_about_vendor(promise.vendor, story) for story in quarter) else "silent"


def _match_promise(promise: Promise, story: Story, common: frozenset[str]) -> tuple[str, ...]:
    """The words that a promise shares with a later launch or update of its vendor; () where they do not suffice: two at
    least, and a name that stories about others do not use, or most of the promise."""
    if story.tags.event not in _RELEASE_EVENTS:
        return ()
    if promise.promised and story.items[0].item.published_or_seen.date() <= promise.promised:
        return ()
    vendor = set(_extract_stems(promise.vendor))
    wanted = {
        stem: word for stem, word in _extract_stems(promise.what).items() if stem not in vendor
    }
    text = _get_lead_text(story)
    there = _extract_stems(text)
    shared = {stem: word for stem, word in wanted.items() if stem in there}
    names = {
        _stem_word(word)
        for word in _NAME.findall(promise.what)
        if word in text and word.lower() not in text
    }
    telling = (shared.keys() & names) - common or len(shared) >= _MIN_SHARE * len(wanted)
    return tuple(shared.values()) if telling and len(shared) >= _MIN_SHARED else ()


def _get_lead_text(story: Story) -> str:
    return f"{story.lead.item.title} {story.lead.item.summary}"


def _is_about_vendor(vendor: str, story: Story) -> bool:
    """Whether a story is about a vendor: the judgement names it, or the title does, as it is written."""
    names = {name.casefold() for name in story.tags.vendors}
    title = story.lead.item.title
    return (
        vendor.casefold() in names
        or re.search(rf"(?<!\w){re.escape(vendor)}(?!\w)", title) is not None
    )


def _extract_stems(text: str) -> dict[str, str]:
    words = (word.casefold() for word in _WORD.findall(clean_text(text)))
    return {_stem_word(word): word for word in words if word not in _COMMON}


def _stem_word(word: str) -> str:
    return word.casefold().removesuffix("s")[:_STEM_LENGTH]


# ---------------------------------------------------------------- questions


def _iter_vendor_questions(
    stack: Stack,
    lines: Sequence[PromiseRow],
    stories: Sequence[Story],
    relations: Relations,
    make_ref: MakeStoryRef,
) -> Iterator[VendorQuestions]:
    """What to ask each main maker: those of anchors first, then those that promised something, then the others."""
    promised = {line.promise.vendor.casefold() for line in lines}
    makers: dict[str, list[Product]] = {}
    for product in stack.products:
        if product.status != "retiring":
            makers.setdefault(product.vendor_or_name, []).append(product)

    def get_sort_key(maker: str) -> tuple[bool, bool]:
        return all(
            one.status != "anchor" for one in makers[maker]
        ), maker.casefold() not in promised

    for maker in sorted(makers, key=get_sort_key):
        about = _find_product_stories(makers[maker], stories, relations)
        asked = [
            *_ask_about_promises(maker, lines), *_ask_about_claims(about, make_ref), *_ask_about_changes(about, make_ref), *_ask_about_ai_use(makers[maker]),
        ]  # fmt: skip
        if asked:
            names = tuple(product.name for product in makers[maker])
            yield VendorQuestions(maker, names, tuple(dict.fromkeys(asked))[:_MAX_QUESTIONS])


def _find_product_stories(
    products: Iterable[Product], stories: Sequence[Story], relations: Relations
) -> list[Story]:
    found = {
        story.id: story
        for product in products
        for story in find_related_stories(product, stories, relations, "product", "vendor")
    }
    return [story for story in stories if story.id in found]


def _ask_about_promises(maker: str, lines: Iterable[PromiseRow]) -> Iterator[TranslatableText]:
    for line in lines:
        promise = line.promise
        if promise.vendor.casefold() != maker.casefold():
            continue
        if line.standing == "slipped" and promise.by:
            yield TranslatableText(
                "You said that this would come by %(day)s: “%(what)s”. Where does it stand, and what is the new date?",
                day=promise.by, what=promise.what,
            )  # fmt: skip
        elif line.standing in ("open", "silent"):
            yield TranslatableText(
                "What is the state of “%(what)s”, and from when can we use it?", what=promise.what
            )
        elif line.standing == "seen":
            yield TranslatableText(
                "Is “%(title)s” what you promised as “%(what)s”, in full and in our plan?",
                title=line.seen[0].title, what=promise.what,
            )  # fmt: skip


def _ask_about_claims(about: Iterable[Story], make_ref: MakeStoryRef) -> Iterator[TranslatableText]:
    for story in about:
        tags = story.tags
        if tags.ai in ("core", "applied") and tags.evidence == "claimed":
            yield TranslatableText(
                "“%(title)s”: on which data, with which method, and with what result at which customer?",
                title=make_ref(story).title,
            )


def _ask_about_changes(
    about: Iterable[Story], make_ref: MakeStoryRef
) -> Iterator[TranslatableText]:
    asks = {
        "pricing": N_("“%(title)s”: what does it mean for our contract, and from when?"),
        "shutdown": N_("“%(title)s”: which of what we use is touched, and what replaces it?"),
        "acquisition": N_("“%(title)s”: what happens to our product, its price and its people?"),
        "regulation": N_("“%(title)s”: what changes for us, and who answers for it?"),
    }
    for story in about:
        if ask := asks.get(story.tags.event):
            yield TranslatableText(ask, title=make_ref(story).title)


def _ask_about_ai_use(products: Iterable[Product]) -> Iterator[TranslatableText]:
    for product in products:
        if product.ai.used and not product.ai.data:
            yield TranslatableText(
                "On whose data does the AI in %(product)s work?", product=product.name
            )
        if product.ai.used and not product.ai.quality:
            yield TranslatableText(
                "How good is the AI in %(product)s, and how is that measured?", product=product.name
            )
