"""Do two items report the same event? Features of a pair, a logistic model over them, and the reasons in words.

The model's weights are data (`weights.json`, made by tools/train_cluster.py). A word counts by how rare it is among the
items at hand: a name in every second item of the quarter tells no event apart.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digest.cluster.traits import Traits

_DAY = 86_400
FEATURES = (
    "bias", "title", "words", "words_sum", "cross_words", "cross_sum", "names", "names_sum", "rarest", "figures", "figures_sum",
    "figures_apart", "days", "versions", "versions_apart", "slug", "slug_title", "gap", "gap_week", "gap_long", "same_day",
    "same_source", "same_site", "same_page", "cross", "cross_figures", "cross_names", "short", "event_same",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much a token tells: ln(N / items that hold it), 0 for one in every item. N is at least `_LEAST`, so that a
    handful of items is not judged by their own few words."""

    weights: Mapping[str, float]
    total: int

    def of(self, tokens: Iterable[str]) -> float:
        """Sum over tokens."""
        return sum(map(self.weights.__getitem__, tokens))

    def squares(self, tokens: Iterable[str]) -> float:
        """Sum of squares over tokens."""
        return sum(self.weights[token] ** 2 for token in tokens)


def rarity(items: Sequence[Traits]) -> Rarity:
    """The rarity of every token of `items`."""
    counts: Counter[str] = Counter()
    for one in items:
        counts.update(one.words | one.names | one.figures | one.days)
    total = max(len(items), _LEAST)
    return Rarity({token: math.log(total / count) / math.log(total) for token, count in counts.items()}, total)


_LEAST = 1000


def features(a: Traits, b: Traits, rare: Rarity) -> tuple[float, ...]:
    """What two items share and where they differ, in the order of FEATURES. Symmetric."""
    cross = float(a.script != b.script)
    shared = a.words & b.words
    words, words_sum = _cosine(a.words, b.words, shared, rare), rare.of(shared)
    names = a.names & b.names
    names_sum = rare.of(names)
    names_share = names_sum / max(min(rare.of(a.names), rare.of(b.names)), 0.5)
    figures = a.figures & b.figures
    figures_sum = rare.of(figures)
    gap = abs((a.when - b.when).total_seconds()) / _DAY
    same_version, other_version = _versions(a, b)
    return (
        1.0,
        _cosine(a.title, b.title, a.title & b.title, rare),
        words * (1 - cross),
        min(words_sum, 8.0) * (1 - cross) / 8,
        words * cross,
        min(words_sum, 8.0) * cross / 8,
        names_share,
        min(names_sum, 5.0) / 5,
        max(map(rare.weights.__getitem__, shared | names), default=0.0),
        float(bool(figures)),
        min(figures_sum, 3.0) / 3,
        float(bool(a.figures) and bool(b.figures) and not figures),
        min(rare.of(a.days & b.days), 2.0) / 2,
        same_version,
        other_version,
        _cosine(a.slug, b.slug, a.slug & b.slug, rare) if a.slug and b.slug else 0.0,
        max(_cosine(a.slug, b.title, a.slug & b.title, rare), _cosine(b.slug, a.title, b.slug & a.title, rare)),
        min(gap, 3.0) / 3,
        min(max(gap - 3, 0.0), 4.0) / 4,
        min(max(gap - 7, 0.0), 23.0) / 23,
        float(gap < 1),
        float(a.source == b.source),
        float(a.site == b.site and bool(a.site)),
        float(a.page == b.page and bool(a.page) and a.entry == b.entry),
        cross,
        cross * min(figures_sum, 3.0) / 3,
        cross * min(names_sum, 5.0) / 5,
        1 / math.sqrt(1 + min(len(a.words), len(b.words))),
        float(a.event == b.event != "other"),
    )


def probability(values: Sequence[float]) -> float:
    """The chance that a pair with these features reports one event."""
    z = sum(map(float.__mul__, values, weights()))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


@cache
def weights() -> tuple[float, ...]:
    """The model's weights, in the order of FEATURES."""
    held = json.loads(resources.files("digest.cluster").joinpath("weights.json").read_text("utf-8"))
    return tuple(float(held["weights"][name]) for name in FEATURES)


def same_page(a: Traits, b: Traits) -> bool:
    """Whether two items have the address of one article. Different fragments name different entries of a page."""
    return a.article and a.page == b.page and not (a.entry and b.entry and a.entry != b.entry)


def reasons(a: Traits, b: Traits, rare: Rarity) -> tuple[str, ...]:
    """What two items share, in words, the telling first."""
    found = []
    if same_page(a, b):
        found.append("same address")
    names = _telling(a.names & b.names, rare)
    if names:
        found.append("both name " + ", ".join(names))
    figures = _telling(a.figures & b.figures, rare)
    if figures:
        found.append("both say " + ", ".join(map(_figure, figures)))
    if a.event == b.event != "other":
        found.append(f"both: {a.event}")
    shared = a.words & b.words - a.names
    words = _telling(shared, rare)
    if words:
        alike = _cosine(a.words, b.words, a.words & b.words, rare)
        found.append(f"similar words {alike:.2f}: " + ", ".join(words))
    return tuple(found)


def _telling(tokens: Iterable[str], rare: Rarity) -> list[str]:
    return sorted(tokens, key=lambda token: (-rare.weights[token], token))[:4]


def _figure(token: str) -> str:
    body = token.removeprefix("#")
    return body[1:] + "%" if body.startswith("%") else f"{float(body):,.10g}"


def _cosine(a: frozenset[str], b: frozenset[str], shared: frozenset[str], rare: Rarity) -> float:
    if not shared:
        return 0.0
    return rare.squares(shared) / math.sqrt(rare.squares(a) * rare.squares(b) or 1.0)


def _versions(a: Traits, b: Traits) -> tuple[float, float]:
    same = other = 0.0
    for product, numbers in a.versions.items():
        if product in b.versions:
            if numbers & b.versions[product]:
                same = 1.0
            else:
                other = 1.0
    return same, other
