"""What vendors promised, what was seen of it, and what to ask them.

A promise is kept when the team says so. A later story of the vendor's that shares its words is
shown beside it as seen, for a person to judge: words that match are no proof.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.i18n import N_, TranslatableText
from digest.model.edition import PromiseLedger, PromiseRow, PromiseStanding, VendorQuestions
from digest.model.stack import Product, Promise
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import clean_text

_MAX_QUESTIONS = 4  # a vendor
_MAX_VENDORS = 10
_MAX_SEEN = 3
_STEM_LENGTH = 6  # letters in which two forms of a word agree: "scheduling" and "schedule"
_MIN_SHARED = 2
_MIN_SHARE = 0.75  # of the promise's words, where none of them is a name
_RARE = 0.02  # of all stories: a word in no more of other vendors' names something of this vendor's
_WORD = re.compile(r"[^\W_]{4,}")
_NAME = re.compile(r"\b[A-Z][^\W_]{3,}")
_COMMON = frozenset(
    "with from that this will have their your into more than also every year quarter available "
    "customers product feature support make makes using about over when they them users come comes "
    "would should".split()
)
_CLAIM_QUESTION = N_(
    "“%(title)s”: on which data, with which method, and with what result at which customer?"
)
_QUESTIONS_BY_EVENT: Mapping[Event, str] = {
    "pricing": N_("“%(title)s”: what does it mean for our contract, and from when?"),
    "shutdown": N_("“%(title)s”: which of what we use is touched, and what replaces it?"),
    "acquisition": N_("“%(title)s”: what happens to our product, its price and its people?"),
    "incident": N_("“%(title)s”: which of our data was touched, and what was done about it?"),
    "regulation": N_("“%(title)s”: what changes for us, and who answers for it?"),
}


def build_ledger(quarter: QuarterView) -> PromiseLedger:
    """Return promises and questions.

    A promise may have been kept in the quarter before already, so both quarters are searched.
    """
    stories = [*quarter.stories, *(quarter.before or ())]
    rows = tuple(
        _build_promise_row(promise, quarter, stories) for promise in quarter.stack.promises
    )
    return PromiseLedger(rows, tuple(_iter_vendor_questions(quarter, rows))[:_MAX_VENDORS])


def _build_promise_row(
    promise: Promise, quarter: QuarterView, stories: Sequence[Story]
) -> PromiseRow:
    in_title = re.compile(rf"(?<!\w){re.escape(promise.vendor)}(?!\w)")  # as it is written
    theirs = [
        story
        for story in stories
        if promise.vendor.casefold() in map(str.casefold, story.tags.vendors)
        or in_title.search(story.lead.item.title)
    ]
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
    standing: PromiseStanding = promise.state
    if promise.state == "open" and seen:
        standing = "seen"
    elif promise.state == "open" and promise.by and promise.by < quarter.today:
        standing = "slipped"
    elif promise.state == "open" and ids.isdisjoint(story.id for story in quarter.stories):
        standing = "silent"
    return PromiseRow(
        promise,
        standing,
        tuple(quarter.make_ref(story) for story, _ in seen),
        tuple(dict.fromkeys(word for _, shared in seen for word in shared)),
    )


def _match_promise(promise: Promise, story: Story, common: frozenset[str]) -> tuple[str, ...]:
    """Return the words that a promise shares with a later launch or update of its vendor.

    () where they do not suffice: two at least, and a name that stories about others do not use, or
    most of the promise.
    """
    if story.tags.event not in RELEASE_EVENTS:
        return ()
    if promise.promised and story.items[0].item.published_or_seen.date() <= promise.promised:
        return ()
    vendor, text = _extract_stems(promise.vendor), _get_lead_text(story)
    promised = {
        stem: word for stem, word in _extract_stems(promise.what).items() if stem not in vendor
    }
    stems = _extract_stems(text)
    shared = {stem: word for stem, word in promised.items() if stem in stems}
    names = {
        _stem_word(word)
        for word in _NAME.findall(promise.what)
        if word in text and word.lower() not in text
    }
    is_enough = (shared.keys() & names) - common or len(shared) >= _MIN_SHARE * len(promised)
    return tuple(shared.values()) if is_enough and len(shared) >= _MIN_SHARED else ()


def _get_lead_text(story: Story) -> str:
    return f"{story.lead.item.title} {story.lead.item.summary}"


def _extract_stems(text: str) -> dict[str, str]:
    words = (word.casefold() for word in _WORD.findall(clean_text(text)))
    return {_stem_word(word): word for word in words if word not in _COMMON}


def _stem_word(word: str) -> str:
    return word.casefold().removesuffix("s")[:_STEM_LENGTH]


# ---------------------------------------------------------------- questions


def _iter_vendor_questions(
    quarter: QuarterView, rows: Sequence[PromiseRow]
) -> Iterator[VendorQuestions]:
    """Yield what to ask each vendor.

    Vendors of anchors come first, then those that promised something, then the others.
    """
    promised = {row.promise.vendor.casefold() for row in rows}
    products: dict[str, list[Product]] = {}
    for product in quarter.stack.products:
        if product.status != "retiring":
            products.setdefault(product.vendor_or_name, []).append(product)

    def get_sort_key(vendor: str) -> tuple[bool, bool]:
        is_anchor = any(product.status == "anchor" for product in products[vendor])
        return not is_anchor, vendor.casefold() not in promised

    for vendor in sorted(products, key=get_sort_key):
        names = tuple(product.name for product in products[vendor])
        about = quarter.find_related(names, "product", "vendor")
        theirs = [row for row in rows if row.promise.vendor.casefold() == vendor.casefold()]
        titled = [(story.tags, quarter.make_ref(story).title) for story in about]
        questions = [
            *_ask_about_promises(theirs),
            # Claims without proof first, then changes of terms.
            *(
                TranslatableText(_CLAIM_QUESTION, title=title)
                for tags, title in titled
                if tags.ai in AI_IN_USE and tags.evidence == "claimed"
            ),
            *(
                TranslatableText(_QUESTIONS_BY_EVENT[tags.event], title=title)
                for tags, title in titled
                if tags.event in _QUESTIONS_BY_EVENT
            ),
        ]
        for product in (product for product in products[vendor] if product.ai.used):
            if not product.ai.data:
                text = N_("On whose data does the AI in %(product)s work?")
                questions.append(TranslatableText(text, product=product.name))
            if not product.ai.quality:
                text = N_("How good is the AI in %(product)s, and how is that measured?")
                questions.append(TranslatableText(text, product=product.name))
        if questions:
            yield VendorQuestions(vendor, names, tuple(dict.fromkeys(questions))[:_MAX_QUESTIONS])


def _ask_about_promises(rows: Iterable[PromiseRow]) -> Iterator[TranslatableText]:
    for row in rows:
        promise = row.promise
        if row.standing == "slipped" and promise.by:
            yield TranslatableText(
                "You said that this would come by %(day)s: “%(what)s”. Where does it stand, and "
                "what is the new date?",
                day=promise.by,
                what=promise.what,
            )
        elif row.standing in ("open", "silent"):
            yield TranslatableText(
                "What is the state of “%(what)s”, and from when can we use it?", what=promise.what
            )
        elif row.standing == "seen":
            yield TranslatableText(
                "Is “%(title)s” what you promised as “%(what)s”, in full and in our plan?",
                title=row.seen[0].title,
                what=promise.what,
            )
