"""What vendors promised, what was seen of it, and what to ask them.

A promise is kept when the team says so. A later story of the vendor's that shares its words is shown beside it as
seen, for a person to judge: words that match are no proof.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from digest.edition.stackview import Relations, Tell, related
from digest.model import N_, Ledger, Note, Product, Promise, PromiseLine, PromiseStanding, Questions, Stack, Story
from digest.text import clean

_SHIPS = frozenset(("launch", "update"))
_MOST_QUESTIONS = 4  # a vendor
_MOST_MAKERS = 10
_MOST_SEEN = 3
_STEM = 6  # letters by which two words are one: "agents" and "agent", "scheduling" and "schedule"
_LEAST_SHARED = 2
_LEAST_SHARE = 0.75  # of the promise's words, where none of them is a name
_WORD = re.compile(r"[^\W_]{4,}")
_RARE = 0.02  # of the stories about others: a word in no more of them names something of the vendor's
_NAME = re.compile(r"\b[A-Z][^\W_]{3,}")
_COMMON = frozenset(
    "with from that this will have their your into more than also every year quarter available customers product "
    "feature support make makes using about over when they them users come comes would should".split()
)


def ledger(
    stack: Stack, stories: Sequence[Story], relations: Relations, earlier: Sequence[Story], tell: Tell, today: date
) -> Ledger:
    """Promises and questions. `stories` are the quarter's, best first, `earlier` those of the quarter before, in which
    a promise may have been kept already."""
    both = [*stories, *earlier]
    lines = tuple(_line(promise, stories, both, tell, today) for promise in stack.promises)
    return Ledger(lines, tuple(_questions(stack, lines, stories, relations, tell))[:_MOST_MAKERS])


def _line(promise: Promise, quarter: Sequence[Story], stories: Sequence[Story], tell: Tell, today: date) -> PromiseLine:
    theirs = [story for story in stories if _is_of(promise.vendor, story)]
    ids = {story.id for story in theirs}
    others = Counter(stem for story in stories if story.id not in ids for stem in _stems(_words_of(story)))
    common = frozenset(stem for stem, count in others.items() if count > max(1, _RARE * len(stories)))
    found = [(story, shared) for story in theirs if (shared := _kept_by(promise, story, common))]
    found.sort(key=lambda pair: (-len(pair[1]), pair[0].items[0].item.when, pair[0].id))
    seen = found[:_MOST_SEEN] if promise.state in ("open", "partly shipped") else []
    return PromiseLine(
        promise,
        _standing(promise, quarter, bool(seen), today),
        tuple(tell(story) for story, _ in seen),
        tuple(dict.fromkeys(word for _, shared in seen for word in shared)),
    )


def _standing(promise: Promise, quarter: Sequence[Story], seen: bool, today: date) -> PromiseStanding:
    if promise.state != "open":
        return promise.state
    if seen:
        return "seen"
    if promise.by and promise.by < today:
        return "slipped"
    return "open" if any(_is_of(promise.vendor, story) for story in quarter) else "silent"


def _kept_by(promise: Promise, story: Story, common: frozenset[str]) -> tuple[str, ...]:
    """The words that a promise shares with a later launch or update of its vendor; () where they do not suffice: two at
    least, and a name that stories about others do not use, or most of the promise."""
    if story.tags.event not in _SHIPS:
        return ()
    if promise.promised and story.items[0].item.when.date() <= promise.promised:
        return ()
    vendor = set(_stems(promise.vendor))
    wanted = {stem: word for stem, word in _stems(promise.what).items() if stem not in vendor}
    text = _words_of(story)
    there = _stems(text)
    shared = {stem: word for stem, word in wanted.items() if stem in there}
    names = {_stem(word) for word in _NAME.findall(promise.what) if word in text and word.lower() not in text}
    telling = (shared.keys() & names) - common or len(shared) >= _LEAST_SHARE * len(wanted)
    return tuple(shared.values()) if telling and len(shared) >= _LEAST_SHARED else ()


def _words_of(story: Story) -> str:
    return f"{story.lead.item.title} {story.lead.item.summary}"


def _is_of(vendor: str, story: Story) -> bool:
    """Whether a story is about a vendor: the judgement names it, or the title does, as it is written."""
    names = {name.casefold() for name in story.tags.vendors}
    title = story.lead.item.title
    return vendor.casefold() in names or re.search(rf"(?<!\w){re.escape(vendor)}(?!\w)", title) is not None


def _stems(text: str) -> dict[str, str]:
    words = (word.casefold() for word in _WORD.findall(clean(text)))
    return {_stem(word): word for word in words if word not in _COMMON}


def _stem(word: str) -> str:
    return word.casefold().removesuffix("s")[:_STEM]


# ---------------------------------------------------------------- questions


def _questions(
    stack: Stack, lines: Sequence[PromiseLine], stories: Sequence[Story], relations: Relations, tell: Tell
) -> Iterator[Questions]:
    """What to ask each main maker: those of anchors first, then those that promised something, then the others."""
    promised = {line.promise.vendor.casefold() for line in lines}
    makers: dict[str, list[Product]] = {}
    for product in stack.products:
        if product.status != "retiring":
            makers.setdefault(product.maker, []).append(product)

    def order(maker: str) -> tuple[bool, bool]:
        return all(one.status != "anchor" for one in makers[maker]), maker.casefold() not in promised

    for maker in sorted(makers, key=order):
        about = _about(makers[maker], stories, relations)
        asked = [
            *_of_promises(maker, lines), *_of_claims(about, tell), *_of_changes(about, tell), *_of_files(makers[maker]),
        ]  # fmt: skip
        if asked:
            names = tuple(product.name for product in makers[maker])
            yield Questions(maker, names, tuple(dict.fromkeys(asked))[:_MOST_QUESTIONS])


def _about(products: Iterable[Product], stories: Sequence[Story], relations: Relations) -> list[Story]:
    found = {
        story.id: story for product in products for story in related(product, stories, relations, "product", "vendor")
    }
    return [story for story in stories if story.id in found]


def _of_promises(maker: str, lines: Iterable[PromiseLine]) -> Iterator[Note]:
    for line in lines:
        promise = line.promise
        if promise.vendor.casefold() != maker.casefold():
            continue
        if line.standing == "slipped" and promise.by:
            yield Note(
                "You said that this would come by %(day)s: “%(what)s”. Where does it stand, and what is the new date?",
                day=promise.by, what=promise.what,
            )  # fmt: skip
        elif line.standing in ("open", "silent"):
            yield Note("What is the state of “%(what)s”, and from when can we use it?", what=promise.what)
        elif line.standing == "seen":
            yield Note(
                "Is “%(title)s” what you promised as “%(what)s”, in full and in our plan?",
                title=line.seen[0].title, what=promise.what,
            )  # fmt: skip


def _of_claims(about: Iterable[Story], tell: Tell) -> Iterator[Note]:
    for story in about:
        tags = story.tags
        if tags.ai in ("core", "applied") and tags.evidence == "claimed":
            yield Note(
                "“%(title)s”: on which data, with which method, and with what result at which customer?",
                title=tell(story).title,
            )


def _of_changes(about: Iterable[Story], tell: Tell) -> Iterator[Note]:
    asks = {
        "pricing": N_("“%(title)s”: what does it mean for our contract, and from when?"),
        "shutdown": N_("“%(title)s”: which of what we use is touched, and what replaces it?"),
        "acquisition": N_("“%(title)s”: what happens to our product, its price and its people?"),
        "regulation": N_("“%(title)s”: what changes for us, and who answers for it?"),
    }
    for story in about:
        if ask := asks.get(story.tags.event):
            yield Note(ask, title=tell(story).title)


def _of_files(products: Iterable[Product]) -> Iterator[Note]:
    for product in products:
        if product.ai.used and not product.ai.data:
            yield Note("On whose data does the AI in %(product)s work?", product=product.name)
        if product.ai.used and not product.ai.quality:
            yield Note("How good is the AI in %(product)s, and how is that measured?", product=product.name)
