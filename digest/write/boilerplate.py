"""What a site repeats from item to item: its boilerplate, and its advertising for itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from digest.model.item import Item
from digest.text import list_words, split_sentences

_MIN_ITEMS = 3  # that share a sentence before it is taken for the site's
_MIN_SALE_ITEMS = 2  # where it speaks to the reader or of the publisher itself
_MIN_WORDS = 4  # of a sentence; shorter ones repeat by chance
_MAX_CHARS = 8_000  # of a text that are looked at
_SALE = re.compile(r"\b(?:you|your|we|our|(?-i:us))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SiteBoilerplate:
    """The sentences that stand in several items of a source: source slug → their words."""

    sentences: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)

    def holds(self, source: str, sentence: str) -> bool:
        """Return whether a sentence is one of them, or begins with one that ran into it."""
        known = self.sentences.get(source)
        if not known:
            return False
        words = _split_words(sentence)
        return any(words[:size] in known for size in range(_MIN_WORDS, len(words) + 1))


NO_BOILERPLATE = SiteBoilerplate()


def find_site_boilerplate(items: Iterable[Item]) -> SiteBoilerplate:
    """Find what the sources repeat in a quarter's items; the same story posted twice is one."""
    by_source: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_source[item.source].append(item)
    found = {source: _find_repeated(of_source) for source, of_source in by_source.items()}
    return SiteBoilerplate({source: words for source, words in found.items() if words})


def _find_repeated(items: Iterable[Item]) -> frozenset[tuple[str, ...]]:
    """Return the words of the sentences that items of a source share."""
    # words → the title of the item that has them first, and the sentence as it stands there
    first: dict[str, tuple[str, str]] = {}
    titles: dict[str, set[str]] = {}  # of those that others have, too
    sales = set[str]()
    for item in items:
        title = item.title.casefold()
        for text in (item.summary, item.text, item.description, item.fulltext):
            for sentence in split_sentences(text[:_MAX_CHARS]):
                words = list_words(sentence.casefold())
                if len(words) < _MIN_WORDS:
                    continue
                key = " ".join(words)
                if key not in first:  # most stand in one item alone: no more is asked of these
                    first[key] = title, sentence
                    continue
                first_title, first_sentence = first[key]
                if first_title != title:
                    titles.setdefault(key, {first_title}).add(title)
                if key not in sales and any(map(_SALE.search, (first_sentence, sentence))):
                    sales.add(key)
    return frozenset(
        tuple(key.split(" "))
        for key, seen in titles.items()
        if len(seen) >= (_MIN_SALE_ITEMS if key in sales else _MIN_ITEMS)
    )


def _split_words(sentence: str) -> tuple[str, ...]:
    return tuple(list_words(sentence.casefold()))
