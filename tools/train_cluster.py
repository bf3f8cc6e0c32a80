"""Trains the pair model of digest.cluster on grouped items, and measures it by cross-validation.

    uv run --group train python tools/train_cluster.py ../shared/labels/stories.jsonl [--write]
    ... --vectors CACHE.npz    the pairs' weights where items have vectors (see train_vectors.py)

Input: JSON lines with id, title, summary, url, source, date, lang, story. The folds are made of
stories: a pair is scored by a model that saw no item of the stories of either side. `--write`
stores the weights of all items in digest/cluster/weights.json, or vector_weights.json. Weights go
into the repository, the items do not.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import zlib
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest import cluster as stage
from digest.cluster import grouping, pairs
from digest.cluster.traits import extract_traits
from digest.model.item import Item
from digest.model.tags import TaggedItem, Tags
from digest.tag.vectors import compose_vector_text
from digest.urls import canonical_url

sys.path.insert(0, str(Path(__file__).parent))

FOLDS = 5
NEUTRAL = Tags(True, None, (), "none", None, "other", ())


def tagged(row: dict) -> TaggedItem:
    """A labelled row as an item with neutral tags."""
    when = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
    url = canonical_url(row.get("url", ""))
    return TaggedItem(
        Item(
            row["id"],
            url,
            url,
            row["title"],
            row["source"],
            row["source"],
            "trade",
            when,
            when,
            row["lang"],
            row["summary"],
        ),
        NEUTRAL,
    )


def scores(gold: dict[str, str], groups: list[list[str]]) -> dict[str, float]:
    """Pairwise and B-cubed precision, recall, F1, as score_clusters.py counts them."""
    n = len(gold)
    size = defaultdict(int)
    for story in gold.values():
        size[story] += 1
    common = predicted = 0
    precision = recall = 0.0
    for group in groups:
        held = defaultdict(int)
        for one in group:
            held[gold[one]] += 1
        predicted += len(group) * (len(group) - 1) // 2
        for story, count in held.items():
            common += count * (count - 1) // 2
            precision += count * count / len(group) / n
            recall += count * count / size[story] / n
    total = sum(count * (count - 1) // 2 for count in size.values())
    p, r = common / max(predicted, 1), common / total
    return {
        "p": p,
        "r": r,
        "f1": 2 * p * r / max(p + r, 1e-9),
        "b3": 2 * precision * recall / (precision + recall),
    }


class Trainer:
    """Candidate pairs of a labelled set with their features."""

    def __init__(self, items: list[TaggedItem], gold: dict[str, str]) -> None:
        self.gold = gold
        items = sorted(items, key=lambda one: (one.item.published_or_seen, one.item.id))
        self.seen = [extract_traits(one) for one in items]
        self.rare = pairs.compute_rarity(self.seen)
        self.weighed = [pairs.weigh_traits(one, self.rare) for one in self.seen]
        self.story = [self.gold[one.id] for one in self.seen]
        self.fold = [zlib.crc32(story.encode()) % FOLDS for story in self.story]
        by_story = defaultdict(list)
        for at, story in enumerate(self.story):
            by_story[story].append(at)
        self.found = set(grouping.find_candidate_pairs(self.seen, self.rare))
        true = {(a, b) for held in by_story.values() for a in held for b in held if a < b}
        self.missed = true - self.found
        self.pairs = sorted(self.found | true)
        self.x = np.array([self.features(a, b) for a, b in self.pairs])
        self.y = np.array([self.story[a] == self.story[b] for a, b in self.pairs])
        self.page = np.array(
            [pairs.is_same_page(self.seen[a], self.seen[b]) for a, b in self.pairs]
        )

    def features(self, a: int, b: int) -> tuple[float, ...]:
        """Features of the items at two places."""
        return pairs.extract_pair_features(self.weighed[a], self.weighed[b], self.rare)

    def fit(self, use: np.ndarray, c: float = 1.0) -> np.ndarray:
        """Weights trained on the pairs where `use` is set."""
        use = use & ~self.page
        model = LogisticRegression(C=c, solver="newton-cholesky", fit_intercept=False).fit(
            self.x[use], self.y[use]
        )
        return model.coef_[0]

    def group(self, weights_of, floors: grouping.LinkThresholds) -> list[list[str]]:
        """Groups, where `weights_of` gives the weights for a pair's folds."""
        known = {}

        def chance(a: int, b: int) -> float:
            if (a, b) not in known:
                same = pairs.is_same_page(self.seen[a], self.seen[b])
                z = float(np.dot(self.features(a, b), weights_of(self.fold[a], self.fold[b])))
                known[a, b] = 1.0 if same else 1 / (1 + np.exp(-z))
            return known[a, b]

        likely = [pair for pair in self.found if chance(*pair) >= floors.mean]
        sure = list(grouping.find_same_page_pairs(self.seen, pairs.is_same_page))
        groups = grouping.link_groups(len(self.seen), sure, likely, chance, floors)
        return [[self.seen[at].id for at in held] for held in groups]

    def validated(self, c: float, floors: grouping.LinkThresholds) -> list[list[str]]:
        """Groups by cross-validation."""
        held = self.held_out(c)
        return self.group(lambda a, b: held[min(a, b), max(a, b)], floors)

    def held_out(self, c: float) -> dict[tuple[int, int], np.ndarray]:
        """Weights for each pair of folds, trained on neither."""
        first = np.array([self.fold[a] for a, _ in self.pairs])
        second = np.array([self.fold[b] for _, b in self.pairs])
        out = {}
        for a in range(FOLDS):
            for b in range(a, FOLDS):
                use = ~np.isin(first, (a, b)) & ~np.isin(second, (a, b))
                out[a, b] = self.fit(use, c)
        return out


def attach_vectors(items: list[TaggedItem], cache: Path) -> tuple[list[TaggedItem], np.ndarray]:
    """The items with their vectors, and the mean of those, which pairs are compared without."""
    from vector_cache import VectorCache

    found = VectorCache(cache).make_vectors([compose_vector_text(one.item) for one in items])
    mean = np.rint(found.mean(0)).astype(np.int8)
    pairs.load_common_vector = lambda: tuple(mean.tolist())  # in place of the one in the file
    with_vectors = [
        replace(one, item=replace(one.item, vector=vector.tobytes()))
        for one, vector in zip(items, found, strict=True)
    ]
    return with_vectors, mean


def measure_cross_language(
    languages: dict[str, str], gold: dict[str, str], groups: list[list[str]]
) -> str:
    """How many pairs of a story in two languages are found, and how many are wrong."""
    group_of = {one: at for at, group in enumerate(groups) for one in group}
    asked = found = wrong = 0
    for first, second in combinations(gold, 2):
        if languages[first] == languages[second]:
            continue
        same, together = gold[first] == gold[second], group_of[first] == group_of[second]
        asked, found, wrong = asked + same, found + (same and together), wrong + (together > same)
    return f"across languages {found} of {asked} pairs, {wrong} wrong"


def main() -> None:
    """Measure, and write where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--c", type=float, default=2.0)
    parser.add_argument("--vectors", type=Path, metavar="CACHE")
    given = parser.parse_args()
    rows = [
        json.loads(line) for line in given.labels.read_text("utf-8").splitlines() if line.strip()
    ]
    gold, items = {row["id"]: row["story"] for row in rows}, list(map(tagged, rows))
    mean = None
    if given.vectors:
        items, mean = attach_vectors(items, given.vectors)
    trainer = Trainer(items, gold)
    print(
        f"{len(rows)} items, {len(trainer.found)} candidates, {len(trainer.missed)} true pairs are no candidates"
    )
    groups = trainer.validated(given.c, stage.LINK_THRESHOLDS)
    print(
        "cross-validated",
        {name: round(value, 3) for name, value in scores(trainer.gold, groups).items()},
    )
    print(measure_cross_language({row["id"]: row["lang"] for row in rows}, gold, groups))
    final = trainer.fit(np.ones(len(trainer.pairs), bool), given.c)
    if given.write:
        names = pairs.FEATURES if mean is None else (*pairs.FEATURES, *pairs.VECTOR_FEATURES)
        stored: dict = {"made_by": "tools/train_cluster.py"}
        if mean is not None:
            stored["mean"] = base64.b64encode(mean.tobytes()).decode()
        stored["weights"] = {
            name: round(float(weight), 4) for name, weight in zip(names, final, strict=True)
        }
        name = "weights.json" if mean is None else "vector_weights.json"
        path = Path(__file__).parents[1] / "digest" / "cluster" / name
        path.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
