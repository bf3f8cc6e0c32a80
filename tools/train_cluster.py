"""Trains the pair model of digest.cluster on grouped items, and measures it by cross-validation.

    uv run --group train python tools/train_cluster.py ../shared/labels [--write]
    ... --vectors CACHE.npz    the pairs' weights where items have vectors (see train_vectors.py)

Input: the folder of labels. stories.jsonl and the August of tools/story_groups.json, which groups
items of wide.jsonl and natural.jsonl by their ids, are learned from, each a set by itself, compared
within itself; its July is scored by a model that saw neither. The folds are made of stories: a pair is scored by a model that saw
no item of the stories of either side. `--write` stores the weights of all items in
digest/cluster/weights.json, or vector_weights.json. Weights go into the repository, the items do
not.
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
from digest.tag.vendors import Gazetteer, list_acting_vendors
from digest.urls import canonical_url

sys.path.insert(0, str(Path(__file__).parent))

FOLDS = 5
NEUTRAL = Tags(True, None, (), "none", None, "other", ())


def tagged(row: dict, vendors: Gazetteer) -> TaggedItem:
    """A labelled row as an item with the vendors that act in it, and neutral tags otherwise."""
    when = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
    url = canonical_url(row.get("url", ""))
    item = Item(
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
    )
    mentions = vendors.find_mentions(item.title, item.summary, "", item.url, item.source_name)
    return TaggedItem(item, replace(NEUTRAL, vendors=list_acting_vendors(mentions)))


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

    def __init__(self, name: str, items: list[TaggedItem], gold: dict[str, str]) -> None:
        self.name, self.gold = name, gold
        self.languages = {one.item.id: one.item.language for one in items}
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

    def find_pairs_outside(self, *folds: int) -> np.ndarray:
        """Which pairs have an item in none of some folds, and no address in common."""
        outside = [not {self.fold[a], self.fold[b]} & set(folds) for a, b in self.pairs]
        return np.array(outside) & ~self.page


def fit(sets: list[Trainer], c: float, *folds: int) -> np.ndarray:
    """Weights trained on all sets without some folds."""
    use = [one.find_pairs_outside(*folds) for one in sets]
    x = np.vstack([one.x[at] for one, at in zip(sets, use, strict=True)])
    y = np.concatenate([one.y[at] for one, at in zip(sets, use, strict=True)])
    model = LogisticRegression(C=c, solver="newton-cholesky", fit_intercept=False)
    return model.fit(x, y).coef_[0]


def fit_held_out(sets: list[Trainer], c: float) -> dict[tuple[int, int], np.ndarray]:
    """Weights for each pair of folds, trained on neither."""
    return {(a, b): fit(sets, c, a, b) for a in range(FOLDS) for b in range(a, FOLDS)}


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


def report(how: str, one: Trainer, groups: list[list[str]]) -> None:
    """Print how far groups are the labelled stories, and how far across languages."""
    found_scores = {name: round(value, 3) for name, value in scores(one.gold, groups).items()}
    group_of = {item: at for at, group in enumerate(groups) for item in group}
    asked = found = wrong = 0
    for first, second in combinations(one.gold, 2):
        if one.languages[first] == one.languages[second]:
            continue
        same = one.gold[first] == one.gold[second]
        together = group_of[first] == group_of[second]
        asked, found, wrong = asked + same, found + (same and together), wrong + (together > same)
    print(how, one.name, found_scores)
    print(f"  across languages {found} of {asked} pairs, {wrong} wrong")


def read_rows(path: Path) -> list[dict]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_group(labels: Path, name: str) -> list[dict]:
    """The items of a part of story_groups.json, each with its story."""
    groups = json.loads(Path(__file__).with_name("story_groups.json").read_text("utf-8"))[name]
    story = {item: item for item in groups["alone"]}
    story |= {item: group[0] for group in groups["groups"] for item in group}
    rows = {
        row["id"]: row
        for file in ("wide", "natural")
        for row in read_rows(labels / f"{file}.jsonl")
    }
    return [rows[item] | {"story": story[item]} for item in sorted(story) if item in rows]


def make_set(
    name: str, rows: list[dict], vectors: Path | None
) -> tuple[Trainer, np.ndarray | None]:
    """A labelled set, and the mean of its vectors where they are given."""
    gazetteer = Gazetteer.load()
    items = [tagged(row, gazetteer) for row in rows]
    mean = None
    if vectors:
        items, mean = attach_vectors(items, vectors)
    made = Trainer(name, items, {row["id"]: row["story"] for row in rows})
    print(
        f"{name}: {len(rows)} items, {len(made.found)} candidates, "
        f"{len(made.missed)} true pairs are no candidates"
    )
    return made, mean


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
    labels: Path = given.labels
    learned = {
        "stories": read_rows(labels / "stories.jsonl"),
        "august": read_group(labels, "august"),
    }
    read = [make_set(name, rows, given.vectors) for name, rows in learned.items()]
    sets, mean = [one for one, _ in read], read[0][1]
    held = fit_held_out(sets, given.c)
    for one in sets:
        groups = one.group(lambda a, b: held[min(a, b), max(a, b)], stage.LINK_THRESHOLDS)
        report("cross-validated", one, groups)
    final = fit(sets, given.c)
    july, _ = make_set("july", read_group(labels, "july"), given.vectors)
    report("never seen", july, july.group(lambda *_: final, stage.LINK_THRESHOLDS))
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
