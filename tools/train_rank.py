"""Measures what signals and words are worth for the ranking (digest/rank/weights.json), and how
well that ranks.

    uv run --group train python tools/train_rank.py ../shared [--write]

Input: shared/labels/importance.jsonl (three readers' mean, 0 to 3) and
tools/importance_ratings.json (our own ratings of more items, by the same guide: item → 0 to 3; the
items' words are read from shared/ and stay there). Ridge regression; an item weighs 1 + its
importance, because the first places count. Cross-validation keeps near copies in one fold. The
tables of events, categories, tiers and so on are set by hand and kept as they stand in the file.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
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
ALPHA, SIGNAL_SCALE, WORD_SCALE = 8.0, 0.45, 3.0
SEEDS = (0, 1, 2, 3)


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


def rated(shared: Path) -> tuple[list[dict], int]:
    """Rows with their importance, those of the three readers first; and how many these are."""
    first = read(shared / "labels" / "importance.jsonl")
    by_id = {
        f"r{number}": row | {"text": row["body"]}
        for number, row in enumerate(read(shared / "real" / "items.jsonl"))
    }
    by_id |= {"s" + row["id"]: row for row in read(shared / "labels" / "stories.jsonl")}
    more = json.loads((HOME / "tools" / "importance_ratings.json").read_text("utf-8"))
    return first + [
        by_id[key] | {"id": key, "importance": value} for key, value in more.items() if key in by_id
    ], len(first)


class Features:
    """Signals and words of stories as a matrix; the vocabulary is that of the stories it was made
    of.
    """

    def __init__(self, stories: list[Story]) -> None:
        counts = Counter(gram for one in stories for gram in self.grams(one))
        self.vocabulary = {
            gram: at for at, gram in enumerate(sorted(gram for gram in counts if counts[gram] > 1))
        }

    @staticmethod
    def grams(one: Story) -> frozenset[str]:
        """The words of a story."""
        return extract_grams(normalize_title(one.lead.item), normalize_body(one.lead.item))

    def matrix(self, stories: list[Story]) -> csr_matrix:
        """Title signals, signals, words."""
        said, rows, columns, values = [], [], [], []
        for at, one in enumerate(stories):
            title = normalize_title(one.lead.item)
            heads, all_of_it = find_signals(title, f"{title}. {normalize_body(one.lead.item)}")
            said.append(
                [SIGNAL_SCALE * (name in held) for held in (heads, all_of_it) for name in NAMES]
            )
            found = self.grams(one)
            for gram in found & self.vocabulary.keys():
                rows.append(at)
                columns.append(self.vocabulary[gram])
                values.append(WORD_SCALE / math.sqrt(len(found)))
        words = csr_matrix((values, (rows, columns)), shape=(len(stories), len(self.vocabulary)))
        return hstack([csr_matrix(np.array(said)), words]).tocsr()


def fit(stories: list[Story], importance: np.ndarray) -> tuple[Features, Ridge]:
    """The model of rated stories."""
    features = Features(stories)
    model = Ridge(alpha=ALPHA).fit(
        features.matrix(stories), importance, sample_weight=1 + importance
    )
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
    rows, first = rated(given.shared)
    stories, importance = (
        [story(row) for row in rows],
        np.array([float(row["importance"]) for row in rows]),
    )
    near = cluster_items(
        [
            replace(one.lead, item=replace(one.lead.item, source=str(at)))
            for at, one in enumerate(stories)
        ]
    )
    home = {member.item.id: number for number, group in enumerate(near) for member in group.items}
    groups = np.array([home[row["id"]] for row in rows])
    figures = []
    for seed in SEEDS:
        score = np.zeros(first)
        for train, test in GroupKFold(6, shuffle=True, random_state=seed).split(
            rows, groups=groups
        ):
            features, model = fit([stories[at] for at in train], importance[train])
            held = [at for at in test if at < first]
            score[held] = model.predict(features.matrix([stories[at] for at in held]))
        figures.append(ndcg(importance[:first], score))
    print(
        f"{first} + {len(rows) - first} items; cross-validated nDCG@40 {np.mean(figures):.3f}",
        np.round(figures, 3),
    )
    features, model = fit(stories, importance)
    if given.write:
        write(features, model)


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
