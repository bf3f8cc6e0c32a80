"""Measures what signals and words are worth for the ranking (digest/rank/weights.json), and how
well that ranks.

    uv run --group train python tools/train_rank.py ../shared [--write]

Input: two sets of items with their importance, 0 to 3, all rated by one guide. The first is
shared/labels/importance.jsonl (three readers' mean) with our own ratings of more items, the second
the three readers' mean of items of other publishers in eleven languages. What is not in
importance.jsonl stands in tools/importance_ratings.json (item → importance; the items' words are
read from shared/ and stay there).

Ridge regression; an item weighs 1 + its importance, because the first places count, and the base is
then put where the scores' mean is that of the ratings, as floors are on their scale. A word or pair
has a weight where it stands in eight rated items or more: rarer ones tell whose news it is and which,
and rank what is new by chance. The tables of events, categories, tiers and so on are set by hand
and kept as they stand in the file; the figures are of signals and words alone.

Cross-validation keeps together what tells one story (near copies, and
tools/importance_stories.json, which lists stories that are told in several languages), else what a
publisher of the second set wrote.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold

from digest.cluster import cluster_items
from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.rank.signals import COMBINED_SIGNALS, find_signals, load_signals
from digest.rank.words import extract_grams, normalize_body, normalize_title

HOME = Path(__file__).parents[1]
NAMES = sorted(load_signals() | COMBINED_SIGNALS)
WHEN = datetime(2026, 7, 1, tzinfo=UTC)
TAGS = Tags(True, None, (), "none", None, "other", ())
ALPHA, SIGNAL_SCALE, WORD_SCALE = 8.0, 0.675, 3.0
MIN_WORD_ITEMS = 8
SEEDS = (0, 1, 2, 3)
FOLDS = 6


def read(path: Path) -> list[dict]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def story(row: dict) -> Story:
    """A row as a story of its own."""
    item = Item(
        row["id"],
        "",
        "",
        row["title"],
        "",
        "",
        "trade",
        WHEN,
        WHEN,
        "en",
        row["summary"],
        row.get("text", ""),
    )
    tagged = TaggedItem(item, TAGS)
    return Story("s" + item.id, (tagged,), tagged)


@dataclass(frozen=True)
class RatedItems:
    """Items with their importance; `first` and `second` are the rows that are measured."""

    rows: list[dict]
    importance: np.ndarray
    first: np.ndarray  # of the three readers; our own ratings of its publishers only train
    second: np.ndarray

    @property
    def is_english(self) -> np.ndarray:
        """Whether each row is in English."""
        return np.array([row.get("lang", "en") == "en" for row in self.rows])


def read_rated(shared: Path) -> RatedItems:
    """Both sets with their importance."""
    labels = shared / "labels"
    rows = read(labels / "importance.jsonl")
    by_id = {
        f"r{number}": row | {"text": row["body"]}
        for number, row in enumerate(read(shared / "real" / "items.jsonl"))
    }
    by_id |= {"s" + row["id"]: row for row in read(labels / "stories.jsonl")}
    second = {
        row["id"]: row for name in ("natural", "wide") for row in read(labels / f"{name}.jsonl")
    }
    by_id |= second
    first = np.arange(len(rows))
    more = json.loads((HOME / "tools" / "importance_ratings.json").read_text("utf-8"))
    rows += [
        by_id[key] | {"id": key, "importance": value} for key, value in more.items() if key in by_id
    ]
    return RatedItems(
        rows,
        np.array([float(row["importance"]) for row in rows]),
        first,
        np.array([at for at, row in enumerate(rows) if row["id"] in second]),
    )


def find_groups(rated: RatedItems, stories: list[Story]) -> np.ndarray:
    """The number of the group of each row, which no fold parts."""
    listed = json.loads((HOME / "tools" / "importance_stories.json").read_text("utf-8"))
    keys: dict[str, str] = {key: name for name, ids in listed.items() for key in ids}
    near = cluster_items(
        [
            replace(one.lead, item=replace(one.lead.item, source=str(at)))
            for at, one in enumerate(stories)
        ]
    )
    for number, group in enumerate(near):
        if len(group.items) > 1:
            for member in group.items:
                keys.setdefault(member.item.id, f"near {number}")
    for at in rated.second:
        row = rated.rows[at]
        keys.setdefault(row["id"], f"by {row['source']}")
    return np.unique([keys.get(row["id"], row["id"]) for row in rated.rows], return_inverse=True)[1]


@cache  # each fold asks anew
def read_words(title: str, body: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The signals in a title, those in all of it, and its words and pairs."""
    return *find_signals(title, f"{title}. {body}"), extract_grams(title, body)


class Features:
    """Signals and words of stories as a matrix; the vocabulary is that of the stories it was made
    of.
    """

    def __init__(self, stories: list[Story]) -> None:
        counts = Counter(gram for one in stories for gram in self.grams(one))
        self.vocabulary = {
            gram: at
            for at, gram in enumerate(
                sorted(gram for gram, count in counts.items() if count >= MIN_WORD_ITEMS)
            )
        }

    @staticmethod
    def grams(one: Story) -> frozenset[str]:
        """The words of a story."""
        return read_words(normalize_title(one.lead.item), normalize_body(one.lead.item))[2]

    def matrix(self, stories: list[Story]) -> csr_matrix:
        """Title signals, signals, words."""
        said, rows, columns, values = [], [], [], []
        for at, one in enumerate(stories):
            heads, all_of_it, found = read_words(
                normalize_title(one.lead.item), normalize_body(one.lead.item)
            )
            said.append(
                [SIGNAL_SCALE * (name in held) for held in (heads, all_of_it) for name in NAMES]
            )
            for gram in found & self.vocabulary.keys():
                rows.append(at)
                columns.append(self.vocabulary[gram])
                values.append(WORD_SCALE / math.sqrt(len(found)))
        words = csr_matrix((values, (rows, columns)), shape=(len(stories), len(self.vocabulary)))
        return hstack([csr_matrix(np.array(said)), words]).tocsr()


def fit(stories: list[Story], importance: np.ndarray) -> tuple[Features, Ridge]:
    """The model of rated stories."""
    features = Features(stories)
    matrix = features.matrix(stories)
    model = Ridge(alpha=ALPHA).fit(matrix, importance, sample_weight=1 + importance)
    model.intercept_ -= np.mean(model.predict(matrix) - importance)
    return features, model


def ndcg(importance: np.ndarray, score: np.ndarray, most: int = 40) -> float:
    """As score_rank.py counts it."""

    def dcg(values: np.ndarray) -> float:
        return sum(
            (2**value - 1) / math.log2(place + 2) for place, value in enumerate(values[:most])
        )

    return dcg(importance[np.argsort(-score, kind="stable")]) / dcg(np.sort(importance)[::-1])


def main() -> None:
    """Measure, and write where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rated = read_rated(given.shared)
    stories = [story(row) for row in rated.rows]
    groups = find_groups(rated, stories)
    print(
        f"{len(rated.first)} of {len(stories) - len(rated.second)} items, {len(rated.second)} items"
    )

    def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        features, model = fit([stories[at] for at in train], rated.importance[train])
        return model.predict(features.matrix([stories[at] for at in test]))

    def cross_validate(rows: np.ndarray) -> list[np.ndarray]:
        found = []
        for seed in SEEDS:
            score = np.zeros(len(stories))
            folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
            for train, test in folds.split(rows, groups=groups[rows]):
                score[rows[test]] = predict(rows[train], rows[test])
            found.append(score)
        return found

    every = np.arange(len(stories))
    first = np.setdiff1d(every, rated.second)
    unseen = first[~np.isin(groups[first], groups[rated.second])]
    score = np.zeros(len(stories))
    score[rated.second] = predict(unseen, rated.second)
    both = cross_validate(every)
    english = rated.second[rated.is_english[rated.second]]
    others = np.setdiff1d(rated.second, english)
    for name, rows, scores in (
        ("first set, trained on it", rated.first, cross_validate(first)),
        ("first set, trained on both", rated.first, both),
        ("second set, trained on the first", rated.second, [score]),
        ("second set, trained on both", rated.second, both),
        ("second set, trained on both, English", english, both),
        ("second set, trained on both, other languages", others, both),
    ):
        figures = [ndcg(rated.importance[rows], score[rows]) for score in scores]
        print(f"{name}: nDCG@40 {np.mean(figures):.3f}", np.round(figures, 3))
    if given.write:
        write(*fit(stories, rated.importance))


def write(features: Features, model: Ridge) -> None:
    """Puts the measured weights into weights.json, beside those that are set by hand."""
    path = HOME / "digest" / "rank" / "weights.json"
    held = json.loads(path.read_text("utf-8"))
    head, text, words = np.split(model.coef_, [len(NAMES), 2 * len(NAMES)])
    held["base"] = round(float(model.intercept_), 4)
    held["title_signals"] = {
        name: round(float(SIGNAL_SCALE * w), 4) for name, w in zip(NAMES, head, strict=True)
    }
    held["signals"] = {
        name: round(float(SIGNAL_SCALE * w), 4) for name, w in zip(NAMES, text, strict=True)
    }
    held["words"] = {
        gram: round(float(WORD_SCALE * words[at]), 3)
        for gram, at in features.vocabulary.items()
        if abs(WORD_SCALE * words[at]) >= 0.02
    }
    path.write_text(json.dumps(held, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(f"wrote {path}: {len(held['words'])} words")


if __name__ == "__main__":
    main()
