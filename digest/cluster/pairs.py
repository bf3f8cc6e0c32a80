"""Judge whether two items report the same event.

Features of a pair go into a logistic model, and the reasons are given in words. The model's weights
are data (`weights.json`, made by tools/train_cluster.py). A word counts by how rare it is among the
items at hand: a name in every second item of the quarter tells no event apart.
"""

from __future__ import annotations

import base64
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import mul

from digest.cluster.names import read_data_file
from digest.cluster.traits import ItemTraits
from digest.vectors import read_vector

_DAY = 86_400
_MIN_ITEMS = 1000  # rarity among at least so many, lest a handful be judged by its own few words
_RARE_PARTY = 0.75  # rarity of the party of a case that few items name
_RARE_SUBJECT = 0.6  # rarity of a word for what a vendor changes
_SHARED_HEADLINE = 0.4  # of a headline, that stands in the words of another report of its event
_MONTHS_AHEAD = 6  # in which a change is announced
_LAWS = frozenset(  # names that many a case has in common
    "dmca dma dsa gdpr ccpa coppa eu act ai ftc doj european commission uk us".split()
)
FEATURES = (
    "bias",
    "title",  # cosine of the titles' words
    "title_in",  # share of a title's words that the other item holds, the greater
    "title_in_least",  # and the lesser
    "words",  # cosine of all words, in one language and script
    "words_sum",
    "cross_words",  # and across two
    "cross_sum",
    "names",  # share of the names of the item with fewer
    "names_sum",
    "cross_names",
    "subject",  # the titles begin with the same name
    "rarest",  # rarity of the rarest token that both hold
    "rarest_three",
    "figures",
    "figures_sum",
    "figures_apart",  # both have figures, and none in common
    "cross_figures",
    "days",
    "versions",
    "versions_apart",  # one product, different versions
    "slug",
    "slug_title",
    "headline_kind",  # both titles tell of one kind of event
    "cross_headline_kind",
    "kinds",
    "gap",  # days between them, up to three
    "gap_week",
    "gap_long",
    "same_day",
    "same_source",
    "same_site",
    "same_page",
    "cross",
    "short",
    # and of two languages:
    "cross_concepts",  # what both speak of
    "cross_title_concepts",  # what both titles speak of
    "cross_who",  # rarity of a name in both titles
    "cross_act",  # of both titles: a name, and what they speak of, near in time
    "cross_act_whole",  # the same where one title speaks of little else
    "cross_days",
    "cross_gap",
    "cross_gap_week",
)
_NO_ACTS = (0.0,) * 8  # within a language, words tell
VECTOR_FEATURES = (  # and of two items that both have a vector
    "vector",  # cosine of the vectors without what all items' have in common
    "vector_high",  # the part above one half
    "cross_vector",
    "cross_vector_high",
)


@dataclass(frozen=True, slots=True)
class TokenRarity:
    """How much a token tells: 1 - ln(n) / ln(N) for n of N items that hold it.

    It is 1 for a token of one item and 0 for one of all. Sums are rounded once, so that the order
    of a set does not show.
    """

    weights: Mapping[str, float]
    squared: Mapping[str, float]

    def sum_weights(self, tokens: Iterable[str]) -> float:
        """Return the sum over tokens."""
        return math.fsum(map(self.weights.__getitem__, tokens))

    def sum_squares(self, tokens: Iterable[str]) -> float:
        """Return the sum of squares over tokens."""
        return math.fsum(map(self.squared.__getitem__, tokens))


@dataclass(frozen=True, slots=True)
class WeightedTraits:
    """An item's traits with the sums that every comparison needs."""

    traits: ItemTraits
    title: float
    title_squares: float
    words_squares: float
    slug_squares: float
    names: float
    direction: tuple[float, ...] = ()  # the vector without what all items' have in common


def compute_rarity(items: Sequence[ItemTraits]) -> TokenRarity:
    """Return the rarity of every token of `items`."""
    counts: Counter[str] = Counter()
    for item in items:
        counts.update(item.words | item.names | item.figures | item.days | item.concepts)
    scale = math.log(max(len(items), _MIN_ITEMS))
    weights = {token: 1 - math.log(count) / scale for token, count in counts.items()}
    return TokenRarity(weights, {token: weight**2 for token, weight in weights.items()})


def weigh_traits(traits: ItemTraits, rare: TokenRarity) -> WeightedTraits:
    """Return traits with their sums."""
    return WeightedTraits(
        traits=traits,
        title=rare.sum_weights(traits.title),
        title_squares=rare.sum_squares(traits.title),
        words_squares=rare.sum_squares(traits.words),
        slug_squares=rare.sum_squares(traits.slug),
        names=rare.sum_weights(traits.names),
        direction=_center_vector(traits.vector) if traits.vector else (),
    )


def extract_pair_features(
    first: WeightedTraits, second: WeightedTraits, rare: TokenRarity
) -> tuple[float, ...]:
    """Return what two items share and where they differ, in the order of FEATURES. Symmetric.

    Where both have a vector, VECTOR_FEATURES follow.
    """

    def cosine(shared: frozenset[str], a_squares: float, b_squares: float) -> float:
        return _cosine_similarity(rare.sum_squares(shared), a_squares, b_squares)

    a, b = first.traits, second.traits
    cross = float(a.language != b.language or a.script != b.script)
    words, names = a.words & b.words, a.names & b.names
    alike = cosine(words, first.words_squares, second.words_squares)
    words_sum, names_sum = min(rare.sum_weights(words), 8.0) / 8, rare.sum_weights(names)
    top = sorted(map(rare.weights.__getitem__, words | names))[-3:]
    figures = a.figures & b.figures
    figures_sum = min(rare.sum_weights(figures), 3.0) / 3
    title_shares = _share_headlines(first, second, rare)
    slug_title = cosine(a.slug & b.title, first.slug_squares, second.title_squares)
    title_slug = cosine(b.slug & a.title, second.slug_squares, first.title_squares)
    headline_kind = float(not a.headline_kinds.isdisjoint(b.headline_kinds))
    products = a.versions.keys() & b.versions.keys()
    same_versions = [not a.versions[name].isdisjoint(b.versions[name]) for name in products]
    gap = abs((a.when - b.when).total_seconds()) / _DAY
    return (
        1.0,
        cosine(a.title & b.title, first.title_squares, second.title_squares),
        max(title_shares),
        min(title_shares),
        alike * (1 - cross),
        words_sum * (1 - cross),
        alike * cross,
        words_sum * cross,
        names_sum / max(min(first.names, second.names), 0.5),
        min(names_sum, 5.0) / 5,
        cross * min(names_sum, 5.0) / 5,
        float(a.subject == b.subject != ""),
        top[-1] if top else 0.0,
        sum(top) / 3,
        float(bool(figures)),
        figures_sum,
        float(bool(a.figures) and bool(b.figures) and not figures),
        cross * figures_sum,
        min(rare.sum_weights(a.days & b.days), 2.0) / 2,
        float(any(same_versions)),
        float(not all(same_versions)),
        cosine(a.slug & b.slug, first.slug_squares, second.slug_squares),
        max(slug_title, title_slug),
        headline_kind,
        cross * headline_kind,
        len(a.kinds & b.kinds) / max(len(a.kinds | b.kinds), 1),
        min(gap, 3.0) / 3,
        min(max(gap - 3, 0.0), 4.0) / 4,
        min(max(gap - 7, 0.0), 23.0) / 23,
        float(gap < 1),
        float(a.source == b.source),
        float(a.site == b.site != ""),
        float(a.page == b.page != "" and a.entry == b.entry),
        cross,
        1 / math.sqrt(1 + min(len(a.words), len(b.words))),
        *(_compare_acts(a, b, rare, gap) if cross else _NO_ACTS),
        *_compare_vectors(first, second, cross),
    )


def _compare_acts(a: ItemTraits, b: ItemTraits, rare: TokenRarity, gap: float) -> tuple[float, ...]:
    """Return how far two items in different languages tell that one does the same thing.

    They share few words. A party alone is in many stories of a week, a matter alone too: both
    together, near in time, tell an event.
    """
    shared = rare.sum_weights(a.title_concepts & b.title_concepts)
    least = min(rare.sum_weights(a.title_concepts), rare.sum_weights(b.title_concepts))
    names = a.title_names & b.title_names
    act = (1 - min(gap, 7.0) / 7) * min(shared, 2.0) / 2 if names else 0.0
    return (
        min(rare.sum_weights(a.concepts & b.concepts), 6.0) / 6,
        min(shared, 4.0) / 4,
        max(map(rare.weights.__getitem__, names), default=0.0),
        act,
        act * shared / max(least, 0.5),
        min(rare.sum_weights(a.days & b.days), 2.0) / 2,
        min(gap, 3.0) / 3,
        min(max(gap - 3, 0.0), 4.0) / 4,
    )


def _compare_vectors(
    first: WeightedTraits, second: WeightedTraits, cross: float
) -> tuple[float, ...]:
    if not (first.direction and second.direction):
        return ()
    alike = _measure_likeness(first, second)
    high = max(alike - 0.5, 0.0)
    return alike, high, cross * alike, cross * high


def _measure_likeness(first: WeightedTraits, second: WeightedTraits) -> float:
    return math.fsum(map(mul, first.direction, second.direction))


def _center_vector(vector: bytes) -> tuple[float, ...]:
    """Return a vector without what all items' have in common, at length 1."""
    centered = [a - b for a, b in zip(read_vector(vector), load_common_vector(), strict=True)]
    length = math.sqrt(math.fsum(map(mul, centered, centered))) or 1.0
    return tuple(value / length for value in centered)


def estimate_probability(values: Sequence[float]) -> float:
    """Return the probability that a pair with these features reports one event."""
    has_vectors = len(values) > len(FEATURES)
    weights = load_vector_pair_weights() if has_vectors else load_pair_weights()
    z = math.fsum(map(float.__mul__, values, weights))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


@cache
def load_pair_weights() -> tuple[float, ...]:
    """Return the model's weights in the order of FEATURES."""
    weights = json.loads(read_data_file("weights.json"))["weights"]
    return tuple(float(weights[name]) for name in FEATURES)


@cache
def load_vector_pair_weights() -> tuple[float, ...]:
    """Return the weights for pairs with vectors, in the order of FEATURES, then VECTOR_FEATURES."""
    weights = json.loads(read_data_file("vector_weights.json"))["weights"]
    return tuple(float(weights[name]) for name in (*FEATURES, *VECTOR_FEATURES))


@cache
def load_common_vector() -> tuple[int, ...]:
    """Return the mean of all items' vectors: in this model's, any two texts are much alike."""
    return read_vector(base64.b64decode(json.loads(read_data_file("vector_weights.json"))["mean"]))


def is_same_page(a: ItemTraits, b: ItemTraits) -> bool:
    """Return whether two items have the address of one article.

    Different fragments name different entries of a page.
    """
    return a.article and a.page == b.page and not (a.entry and b.entry and a.entry != b.entry)


def is_same_case(first: WeightedTraits, second: WeightedTraits, rare: TokenRarity) -> bool:
    """Return whether two items tell of one decision of a court or an authority.

    Both headlines say that something was decided, and both reports have parties in common, one of
    which few others name; the one's headline stands in the other's words. A publisher that explains
    a ruling a week after it reported it would otherwise tell it twice: two reports of one publisher
    are mostly of different events.
    """
    a, b = first.traits, second.traits
    if not (a.decided and b.decided) or a.vendors.isdisjoint(b.vendors):
        return False
    parties = (a.names & b.names) - _LAWS
    if len(parties) < 2 or max(map(rare.weights.__getitem__, parties)) < _RARE_PARTY:
        return False
    return max(_share_headlines(first, second, rare)) >= _SHARED_HEADLINE


def is_same_change(first: WeightedTraits, second: WeightedTraits, rare: TokenRarity) -> bool:
    """Return whether two items tell of one change that a vendor has announced for a day.

    Both name the vendor and a day that was still to come when they were published; the headlines
    share a word that few use and that is no name, and the one's stands in the other's words. Who
    explains such a change weeks after another reported it has little else in common with the
    report.
    """
    a, b = first.traits, second.traits
    if a.vendors.isdisjoint(b.vendors):
        return False
    latest = max(a.when, b.when)
    if not any(_is_to_come(day, latest) for day in a.days & b.days):
        return False
    subjects = (a.title & b.title) - a.names - b.names
    if max(map(rare.weights.__getitem__, subjects), default=0.0) < _RARE_SUBJECT:
        return False
    return max(_share_headlines(first, second, rare)) >= _SHARED_HEADLINE


def _share_headlines(
    first: WeightedTraits, second: WeightedTraits, rare: TokenRarity
) -> tuple[float, float]:
    """Return how much of each one's headline stands in the other's words, 0 to 1."""
    a, b = first.traits, second.traits
    return (
        rare.sum_weights(a.title & b.words) / max(first.title, 0.5),
        rare.sum_weights(b.title & a.words) / max(second.title, 0.5),
    )


def _is_to_come(token: str, when: datetime) -> bool:
    """Return whether a day (`@8-17`) lies in the half year after a time."""
    month, day = map(int, token.removeprefix("@").split("-"))
    months = (month - when.month) % 12
    return (months, day) > (0, when.day) and months < _MONTHS_AHEAD


def explain_match(
    first: WeightedTraits, second: WeightedTraits, rare: TokenRarity
) -> tuple[str, ...]:
    """Return what two items share, in words, the telling first."""
    a, b = first.traits, second.traits
    found = ["same address"] if is_same_page(a, b) else []
    if kinds := sorted(a.headline_kinds & b.headline_kinds):
        found.append("both tell of: " + ", ".join(kinds))
    if names := _pick_rarest(a.names & b.names, rare):
        found.append("both name: " + ", ".join(names))
    if figures := _pick_rarest(a.figures & b.figures, rare):
        shown = (
            f"{figure[2:]}%" if figure.startswith("#%") else f"{float(figure[1:]):,.10g}"
            for figure in figures
        )
        found.append("both say: " + ", ".join(shown))
    if first.direction and second.direction:
        found.append(f"alike in meaning: {_measure_likeness(first, second):.2f}")
    shared = a.words & b.words
    if words := _pick_rarest(shared - a.names, rare):
        squares = rare.sum_squares(shared)
        alike = _cosine_similarity(squares, first.words_squares, second.words_squares)
        found.append(f"similar words {alike:.2f}: " + ", ".join(words))
    return tuple(found)


def _pick_rarest(tokens: Iterable[str], rare: TokenRarity) -> list[str]:
    return sorted(tokens, key=lambda token: (-rare.weights[token], token))[:4]


def _cosine_similarity(shared: float, a: float, b: float) -> float:
    return shared / math.sqrt(a * b) if shared else 0.0
