"""Trains the judgement's linear models, measures them by cross-validation, and writes weights and
figures.

    python tools/train_tags.py SHARED [--more LABELS.jsonl …] [--figures-only | --weights-only]

SHARED is the folder with labels/ and landscape/; each `--more` holds further labelled items. Needs
the group `train` (scikit-learn, numpy). Two layers, both linear:

1. ridge regression over all features (words, vocabulary, headline shape, companies), solved in the space of items,
   which makes it fast with few items and many features. It decides the category.
2. logistic regression over the first layer's scores and the features that are no single words. It decides relevance,
   AI grade, evidence and event. It is trained on scores that the first layer gave to items it had not seen.

Folds keep near-duplicates and items of one story together. Invented items (invented.jsonl),
headlines (headlines.txt) and items that teach the category alone (topics.jsonl: invented by
category, so that they tell nothing of how often news is relevant) are only trained on; those that
were written with labelled items in mind teach the shipped weights alone, so that the figures are
honest. The reference set (digest/tag/vocabulary/reference.jsonl) is never trained on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

sys.path.insert(0, str(Path(__file__).parents[1]))

from digest.tag import claims
from digest.tag.features import extract_item_features, extract_score_features, second_layer_features
from digest.tag.judge import CLAIMING_GRADES, decide_ai_grade
from digest.tag.lab import item_from_json, load_reference, measure_agreement
from digest.tag.lexicon import Vocabulary, build_vocabulary
from digest.tag.reading import match_vocabulary, read_item
from digest.tag.vendors import Gazetteer
from digest.tag.words import fold_text, split_words
from digest.taxonomy import CATEGORIES

OUT = Path(__file__).parents[1] / "digest" / "tag" / "vocabulary"
INVENTED = Path(__file__).parent / "invented.jsonl"
TOPICS = Path(__file__).parent / "topics.jsonl"
HEADLINES = Path(__file__).parent / "headlines.txt"
JUDGED = ("relevant", "ai", "evidence", "event")  # by the second layer
FIELDS = ("category", *JUDGED)
LAMBDA = 8.0
TRUST = {
    "items": 1.0,
    "more": 1.0,
    "own": 0.6,
    "invented": 0.6,
    "headline": 0.5,
    "informed": 0.5,
    "topic": 0.6,
    "product": 0.35,
    "reference": 0.0,
}  # weight of an item by its origin
STRENGTH = 0.003  # of the second layer: scikit-learn's C
BALANCE = {
    "relevant": 0.5,
    "ai": 0.3,
    "evidence": 0.6,
    "event": 0.5,
}  # 0 counts items, 1 counts classes
OF_CATEGORY = ("topic", "product")  # rows that teach the category only
FOLDS = 5
SCALE = 0.001
# Weights below so many steps of SCALE are not shipped: no figure of the reference set falls, 40 % of the size is saved.
PRUNE_WORDS, PRUNE_JUDGEMENT = 20, 10


@dataclass
class Data:
    """Rows with their labels, features and groups."""

    rows: list[dict]
    origin: np.ndarray
    features: list[dict[str, float]]
    groups: np.ndarray
    targets: dict[str, np.ndarray]
    classes: dict[str, list[str]]

    @property
    def trust(self) -> np.ndarray:
        """How much each row weighs."""
        return np.array([TRUST[o] for o in self.origin])


def read_rows(path: Path) -> list[dict]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def headlines() -> list[dict]:
    """The invented headlines as labelled rows."""
    rows = []
    origin = "headline"
    for number, line in enumerate(HEADLINES.read_text("utf-8").splitlines()):
        origin = "informed" if line.startswith("# informed") else origin
        if line and not line.startswith("#"):
            lang, relevant, category, also, ai, evidence, event, text = line.split("|", 7)
            title, _, summary = text.partition(" :: ")
            rows.append(
                {
                    "id": f"h{number}",
                    "lang": lang,
                    "title": title,
                    "summary": summary,
                    "relevant": relevant,
                }
                | {
                    "category": category,
                    "also": also.split(","),
                    "ai": ai,
                    "evidence": evidence,
                    "event": event,
                    "origin": origin,
                }
            )
    return rows


def gather(shared: Path, more: Sequence[Path]) -> Data:
    """All rows, their features and folds' groups."""
    parts = {
        "items": read_rows(shared / "labels" / "items.jsonl"),
        "more": read_rows(shared / "labels" / "more.jsonl"),
        "own": [row for path in more for row in read_rows(path)],
        "invented": [{"id": f"v{at}"} | row for at, row in enumerate(read_rows(INVENTED))],
        "topic": [{"id": f"t{at}"} | row for at, row in enumerate(read_rows(TOPICS))],
        "headline": headlines(),
        "reference": load_reference(),
        "product": read_rows(shared / "landscape" / "products.jsonl"),
    }
    rows = [row for part in parts.values() for row in part]
    origin = np.array([row.get("origin", name) for name, part in parts.items() for row in part])
    vocabulary, gazetteer = build_vocabulary(), Gazetteer.load()
    features = [extract_item_features(item_from_json(row), vocabulary, gazetteer) for row in rows]
    stories = {key(row): row["story"] for row in read_rows(shared / "labels" / "stories.jsonl")}
    classes = {"category": sorted({*CATEGORIES, "none"})}
    labelled = [row for row in rows if "accept" not in row]
    classes |= {field: sorted({row[field] for row in labelled}) for field in JUDGED}
    targets = {
        field: np.array([target(row, field, classes[field]) for row in rows]) for field in FIELDS
    }
    return Data(rows, origin, features, group(rows, stories), targets, classes)


def target(row: dict, field: str, classes: list[str]) -> list[float]:
    """1 for the label, shared out among the slugs that a product's kind stands for."""
    accepted = row["accept"] if "accept" in row else [row[field]]
    return [
        1.0 / len(accepted) if field in ("category",) and c in accepted else float([c] == accepted)
        for c in classes
    ]


def key(row: dict) -> str:
    """A title as near-duplicates share it."""
    return " ".join(split_words(fold_text(row["title"])))


def group(rows: list[dict], stories: dict[str, str]) -> np.ndarray:
    """One number for all items of a story and all near-duplicates.

    Half of the pairs of words of the smaller shared.
    """
    parent = list(range(len(rows)))

    def root(at: int) -> int:
        while parent[at] != at:
            at = parent[at] = parent[parent[at]]
        return at

    first: dict[str, int] = {}
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    pairs = []
    for at, row in enumerate(rows):
        tokens = split_words(
            fold_text(f"{row['title']} {(row.get('summary') or row.get('text') or '')[:300]}")
        )
        pairs.append(set(pairwise(tokens)))
        for pair in pairs[-1]:
            holders[pair].append(at)
        for mark in filter(None, (key(row), row.get("story") or stories.get(key(row)))):
            parent[root(at)] = root(first.setdefault(mark, at))
    shared: Counter[tuple[int, int]] = Counter()
    for at_rows in holders.values():
        if len(at_rows) < 15:
            shared.update((a, b) for n, a in enumerate(at_rows) for b in at_rows[n + 1 :])
    for (a, b), count in shared.items():
        if count >= 0.4 * min(len(pairs[a]), len(pairs[b])):
            parent[root(a)] = root(b)
    return np.array([root(at) for at in range(len(rows))])


# ---------------------------------------------------------------- the layers


@dataclass
class Kernel:
    """Features scaled by rarity in the training rows, and the inner products of all rows."""

    names: np.ndarray
    rarity: np.ndarray
    x: csr_matrix
    gram: np.ndarray


def kernel(x: csr_matrix, names: np.ndarray, train: np.ndarray) -> Kernel:
    """Of features that at least two training rows have."""
    count = np.asarray((x[train] != 0).sum(0)).ravel()
    kept = np.flatnonzero(count >= 2)
    rarity = np.log((1 + len(train)) / (1 + count[kept])) + 1
    scaled = (x[:, kept] @ diags(rarity)).tocsr()
    return Kernel(names[kept], rarity, scaled, (scaled @ scaled.T).toarray())


def duals(
    k: Kernel, rows: np.ndarray, targets: np.ndarray, trust: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ridge regression: the rows' weights, and the mean that they are added to."""
    mean = (targets * trust[:, None]).sum(0) / trust.sum()
    matrix = k.gram[np.ix_(rows, rows)] + 1.0 + np.diag(LAMBDA / trust)
    return cho_solve(cho_factor(matrix), targets - mean), mean


def solved(
    data: Data, k: Kernel, rows: np.ndarray, fields: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The first layer for some fields.

    A product whose kind stands for several slugs is told apart by a first fit.
    """
    targets = np.hstack([data.targets[f][rows] for f in fields])
    weights, mean = duals(k, rows, targets, data.trust[rows])
    products = np.flatnonzero(data.origin[rows] == "product")
    if not len(products):
        return weights, mean
    scores = (k.gram[np.ix_(rows[products], rows)] + 1.0) @ weights + mean
    likely = np.where(targets[products] > 0, np.clip(scores, 0.02, None), 0.0) ** 2
    targets[products] = likely / likely.sum(1, keepdims=True)
    return duals(k, rows, targets, data.trust[rows])


def first_layer(
    data: Data, k: Kernel, train: np.ndarray, test: np.ndarray
) -> dict[str, np.ndarray]:
    """Scores of test rows. Products and topics teach the category only."""
    out = {}
    judged = train[~np.isin(data.origin[train], OF_CATEGORY)]
    for fields, rows in ((("category",), train), (JUDGED, judged)):
        weights, mean = solved(data, k, rows, fields)
        scores = (k.gram[np.ix_(test, rows)] + 1.0) @ weights + mean
        for field, at in spans(data, fields).items():
            out[field] = scores[:, at]
    return out


def spans(data: Data, fields: tuple[str, ...]) -> dict[str, slice]:
    """Where each field's classes stand when those of `fields` are laid side by side."""
    out, at = {}, 0
    for field in fields:
        out[field] = slice(at, at + len(data.classes[field]))
        at += len(data.classes[field])
    return out


def unseen(data: Data, k: Kernel, train: np.ndarray) -> dict[str, np.ndarray]:
    """First-layer scores of the training rows, each given without having seen the row."""
    out = {field: np.zeros((len(train), len(data.classes[field]))) for field in FIELDS}
    for a, b in GroupKFold(FOLDS, shuffle=True, random_state=1).split(
        train, groups=data.groups[train]
    ):
        for field, scores in first_layer(data, k, train[a], train[b]).items():
            out[field][b] = scores
    return out


def second_input(data: Data, scores: dict[str, np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """The first layer's scores as the second layer sees them, and the columns' names."""
    count = len(scores["category"])
    rows = [
        extract_score_features(
            {f: dict(zip(data.classes[f], map(float, scores[f][at]), strict=True)) for f in FIELDS}
        )
        for at in range(count)
    ]
    names = sorted(rows[0])
    return np.array([[row[name] for name in names] for row in rows]), names


def second_layer(data: Data, field: str, x: np.ndarray, rows: np.ndarray) -> LogisticRegression:
    """Trained on standardised columns."""
    y = np.array([data.rows[at][field] for at in rows])
    count = Counter(y)
    balance = np.array([(len(y) / (len(count) * count[label])) ** BALANCE[field] for label in y])
    return LogisticRegression(C=STRENGTH, max_iter=400).fit(
        x, y, sample_weight=data.trust[rows] * balance
    )


def standardised(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of the columns."""
    return x.mean(0), x.std(0) + 1e-3


# ---------------------------------------------------------------- measuring


def cross_validate(
    data: Data, x: csr_matrix, names: np.ndarray, dense: np.ndarray, seed: int = 0
) -> dict[str, dict]:
    """Row id → judged fields, each by models that saw neither the row nor its likes."""
    judged: dict[str, dict] = {}
    vocabulary = build_vocabulary()
    everything = np.arange(len(data.rows))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(
        everything, groups=data.groups
    ):
        train = train[~np.isin(data.origin[train], ("informed", "reference"))]
        k = kernel(x, names, train)
        taught = train[~np.isin(data.origin[train], OF_CATEGORY)]
        seen, fresh = unseen(data, k, train), first_layer(data, k, train, test)
        taught_at = np.flatnonzero(~np.isin(data.origin[train], OF_CATEGORY))
        a = np.hstack([second_input(data, seen)[0][taught_at], dense[taught]])
        b = np.hstack([second_input(data, fresh)[0], dense[test]])
        mean, spread = standardised(a)
        a, b = (a - mean) / spread, (b - mean) / spread
        for at, scores in zip(test, fresh["category"], strict=True):
            judged[data.rows[at]["id"]] = {"id": data.rows[at]["id"]} | categories(data, scores)
        for field in JUDGED:
            model = second_layer(data, field, a, taught)
            for at, shares in zip(test, model.predict_proba(b), strict=True):
                judged[data.rows[at]["id"]][field] = dict(
                    zip(map(str, model.classes_), shares, strict=True)
                )
        for at in test:
            judged[data.rows[at]["id"]] |= decided(
                data.rows[at], judged[data.rows[at]["id"]], vocabulary
            )
    return judged


def decided(
    row: dict, shares: dict[str, dict[str, float]], vocabulary: Vocabulary
) -> dict[str, str]:
    """The fields as the judgement decides them by the shares."""
    best = {field: max(shares[field], key=shares[field].__getitem__) for field in JUDGED}
    item = item_from_json(row)
    best["ai"] = decide_ai_grade(shares["ai"], match_vocabulary(read_item(item), vocabulary))
    if best["ai"] not in CLAIMING_GRADES:
        best["evidence"] = "-"
    elif best["evidence"] != "-":
        best["evidence"] = claims.grade_claim(
            claims.find_claim_points(item, vocabulary, shares["evidence"])
        )
    return best


def categories(data: Data, scores: np.ndarray) -> dict:
    """The best category and those beside it."""
    order = [data.classes["category"][at] for at in np.argsort(-scores)]
    return {"category": order[0], "also": [slug for slug in order[1:4] if slug != "none"][:2]}


def figures(data: Data, judged: dict[str, dict]) -> dict[str, dict[str, float]]:
    """Name of a set of rows → its figures."""
    of = lambda *origins: [
        row for row, o in zip(data.rows, data.origin, strict=True) if o in origins
    ]
    sets = {
        "items": of("items"),
        "items and more": of("items", "more"),
        "reference": of("reference"),
        "products": of("product"),
    }
    rows = list(judged.values())
    return {
        name: {n: round(v, 3) for n, v in measure_agreement(gold, rows).items()}
        for name, gold in sets.items()
    }


# ---------------------------------------------------------------- writing


def weights(
    data: Data, x: csr_matrix, names: np.ndarray, dense: np.ndarray, dense_names: np.ndarray
) -> dict:
    """Both layers trained on everything, as digest.tag.linear reads them."""
    everything = np.flatnonzero(data.origin != "reference")
    k = kernel(x, names, everything)
    columns, bias, fields = [], [], {}
    judged = everything[~np.isin(data.origin[everything], OF_CATEGORY)]
    for group_of, rows in ((("category",), everything), (JUDGED, judged)):
        dual, mean = solved(data, k, rows, group_of)
        columns.append(diags(k.rarity) @ (k.x[rows].T @ dual))
        bias.append(dual.sum(0) + mean)
        for field, at in spans(data, group_of).items():
            fields[field] = {"classes": data.classes[field], "bias": rounded(bias[-1][at])}
    first = packed(k.names, np.hstack(columns), fields, PRUNE_WORDS)
    seen = unseen(data, k, everything)
    inputs, score_names = second_input(data, seen)
    a = np.hstack([inputs[~np.isin(data.origin[everything], OF_CATEGORY)], dense[judged]])
    mean, spread = standardised(a)
    second_columns, second_fields = [], {}
    for field in JUDGED:
        model = second_layer(data, field, (a - mean) / spread, judged)
        coef, intercept = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            coef, intercept = np.vstack([-coef / 2, coef / 2]), np.r_[-intercept / 2, intercept / 2]
        second_columns.append((coef / spread).T)
        second_fields[field] = {
            "classes": list(map(str, model.classes_)),
            "bias": rounded(intercept - coef @ (mean / spread)),
        }
    second = packed(
        np.array([*score_names, *dense_names]),
        np.hstack(second_columns),
        second_fields,
        PRUNE_JUDGEMENT,
    )
    return {"scale": SCALE, "words": first, "judgement": second}


def packed(names: np.ndarray, columns: np.ndarray, fields: dict, least: int) -> dict:
    """Rows of (column, weight) pairs; small weights are left out."""
    rows = {}
    for name, row in zip(names, np.rint(columns / SCALE).astype(int), strict=True):
        kept = np.flatnonzero(np.abs(row) >= least)
        if len(kept):
            rows[str(name)] = [int(v) for c in kept for v in (c, row[c])]
    return {"fields": fields, "rows": rows}


def as_text(layers: dict) -> str:
    """The file's text: scale and fields, then the rows of each layer (see digest.tag.linear)."""
    names = ("words", "judgement")
    head = {"scale": layers["scale"], **{name: layers[name]["fields"] for name in names}}
    parts = [json.dumps(head, ensure_ascii=False, separators=(",", ":"))]
    for name in names:
        rows = layers[name]["rows"].items()
        parts.append("\n".join(f"{feature}\t{','.join(map(str, row))}" for feature, row in rows))
    return "\n\n".join(parts)


def rounded(values: np.ndarray) -> list[float]:
    """Plain numbers for the file."""
    return [round(float(v), 5) for v in values]


def main() -> None:
    """Measure, then train on everything and write."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("shared", type=Path)
    options.add_argument("--more", type=Path, action="append", default=[])
    options.add_argument("--figures-only", action="store_true")
    options.add_argument("--weights-only", action="store_true")
    chosen = options.parse_args()
    data = gather(chosen.shared, chosen.more)
    vectors, dense_vectors = (
        DictVectorizer(dtype=np.float32),
        DictVectorizer(sparse=False, dtype=np.float32),
    )
    x = vectors.fit_transform(data.features).tocsr()
    names = vectors.get_feature_names_out()
    dense = dense_vectors.fit_transform([second_layer_features(found) for found in data.features])
    print(
        f"{Counter(data.origin)}, {len(set(data.groups))} groups, {x.shape[1]} features, {dense.shape[1]} dense"
    )
    if not chosen.weights_only:
        measured = figures(data, cross_validate(data, x, names, dense))
        for name, of in measured.items():
            print(f"{name}: {of}")
        if not chosen.figures_only:
            (OUT / "quality.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    if not chosen.figures_only:
        raw = as_text(weights(data, x, names, dense, dense_vectors.get_feature_names_out()))
        path = OUT / "weights.txt.gz"
        path.write_bytes(gzip.compress(raw.encode(), 9, mtime=0))
        print(f"{path}: {path.stat().st_size} bytes, {len(raw)} unpacked")


if __name__ == "__main__":
    main()
