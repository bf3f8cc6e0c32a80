"""Find names that recur in headlines and that no list knows: a new company, or a known one renamed.

Pure. Such a name costs no correction, and so nobody would teach it: the items that tell of it just
name no vendor. A name stands at the head of a title, before a verb of business ("Acme launches …"),
or in a deal. A word that is also written small ("Marketers launch …") is none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.model.tags import TaggedItem
from digest.tag.language import STOPWORDS
from digest.tag.vendors import Gazetteer
from digest.tag.words import fold_text

_MIN_ITEMS = 3
_MIN_PUBLISHERS = 2  # one publisher may have a way of writing
_MOST = 6  # names, those in most items first
_MAX_WORDS = 4
_MOSTLY = 0.6  # of a name's items that name one vendor beside it
_SMALL = 0.1  # of all places of a word that may be written small
_TOKEN = re.compile(r"[^\s,;:!?()“”\"]+|[,;:!?()]")
_START = re.compile(r"[A-Z0-9][\w.&’'+-]*$")
_FORM = r"[A-Z0-9][\w.&’'-]*(?: [A-Z0-9][\w.&’'-]*){0,3}"
# how a text says that a name is new: NAME stands for it
_RENAMED = (
    (
        r"(?P<old>{form}) (?:has )?(?:rebrands?|rebranded|renames?|renamed|becomes|became|is now"
        r"|changes its name|changed its name)(?: itself)?(?: as| to| into)? {name}\b"
    ),
    r"\b{name},? \(?(?:formerly|previously|once)(?: known as| called| named)? (?P<old>{form})",
)


@dataclass(frozen=True, slots=True)
class NewName:
    """A name that no list knows, with the items that tell of it, and of whom it may be another."""

    name: str
    items: tuple[TaggedItem, ...]
    known_as: tuple[tuple[str, str], ...] = ()  # vendor, and what speaks for it, the surest first

    @property
    def publishers(self) -> int:
        """How many publishers write it."""
        return len({member.item.source_name for member in self.items})

    @property
    def home(self) -> str | None:
        """The category of at least half of its items; None where there is none."""
        counts = Counter(member.tags.category for member in self.items if member.tags.category)
        slug, count = counts.most_common(1)[0] if counts else (None, 0)
        return slug if 2 * count >= len(self.items) else None


def find_new_names(items: Sequence[TaggedItem], gazetteer: Gazetteer) -> list[NewName]:
    """Return the names that several items of several publishers tell of and no list knows."""
    found: dict[str, dict[str, TaggedItem]] = defaultdict(dict)
    for member in items:
        for name in _iter_names(member, gazetteer):
            found[name][member.item.id] = member
    often = {
        name: tuple(of_name.values())
        for name, of_name in found.items()
        if len(of_name) >= _MIN_ITEMS
        and len({one.item.source_name for one in of_name.values()}) >= _MIN_PUBLISHERS
        and any(one.tags.relevant for one in of_name.values())
    }
    names = _drop_words(often, items)
    ranked = sorted(names, key=lambda name: (-len(often[name]), name))[:_MOST]
    return [
        NewName(name, often[name], tuple(_find_former(name, often[name], gazetteer)))
        for name in ranked
    ]


def _iter_names(member: TaggedItem, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield the names of an item that no list knows: who acts in its title, who is in its deal."""
    yield from (name for name in member.tags.vendors if gazetteer.find_vendor(name) is None)
    tokens = _TOKEN.findall(member.item.title)
    name: list[str] = []
    for token in tokens[: _MAX_WORDS + 1]:
        if name and gazetteer.is_act(fold_text(token)):
            if not _names_known(name, gazetteer) and fold_text(name[0]) not in STOPWORDS:
                yield " ".join(name)
            return
        if not _START.match(token) or token.isdigit():
            return
        name.append(token)


def _names_known(words: Sequence[str], gazetteer: Gazetteer) -> bool:
    """Return whether a name holds that of a known vendor, as "Google Search" does."""
    spans = (
        words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)
    )
    return any(gazetteer.find_vendor(" ".join(span)) is not None for span in spans)


def _drop_words(names: Iterable[str], items: Sequence[TaggedItem]) -> list[str]:
    """Return the names that are no ordinary words: their words are hardly ever written small."""
    names = list(names)
    wanted = {word.casefold() for name in names for word in name.split()}
    small: Counter[str] = Counter()
    all_places: Counter[str] = Counter()
    for member in items:
        item = member.item
        for word in re.findall(r"\w[\w.&’'+-]*", f"{item.title} {item.summary} {item.text}"):
            if (folded := word.casefold()) in wanted:
                all_places[folded] += 1
                small[folded] += word[0].islower()
    return [
        name
        for name in names
        if any(small[word] <= _SMALL * all_places[word] for word in map(str.casefold, name.split()))
        and fold_text(name) not in STOPWORDS
    ]


def _find_former(
    name: str, items: Sequence[TaggedItem], gazetteer: Gazetteer
) -> Iterator[tuple[str, str]]:
    """Yield known vendors that a name may be another name of, and what speaks for each."""
    told: Counter[str] = Counter()
    for member in items:
        text = f"{member.item.title}. {member.item.summary} {member.item.text}"
        for pattern in _RENAMED:
            filled = pattern.format(form=_FORM, name=re.escape(name))
            for match in re.finditer(filled, text):
                if old := _find_last_vendor(match["old"], gazetteer):
                    told[old] += 1
    for vendor, count in told.most_common():
        yield vendor, f"{count} of them say{'s' if count == 1 else ''} that it was renamed"
    beside = Counter(
        vendor
        for member in items
        for vendor in member.tags.vendors
        if gazetteer.find_vendor(vendor) is not None
    )
    for vendor, count in beside.most_common(1):
        if vendor not in told and count >= _MOSTLY * len(items) and count >= _MIN_ITEMS:
            yield vendor, f"{count} of them name {vendor} beside it"


def _find_last_vendor(form: str, gazetteer: Gazetteer) -> str:
    """Return the known vendor that a form ends with, "" for none: "Today Acme" is Acme."""
    words = form.split()
    for start in range(len(words)):
        vendor = gazetteer.find_vendor(" ".join(words[start:]))
        if vendor is not None:
            return vendor.name
    return ""
