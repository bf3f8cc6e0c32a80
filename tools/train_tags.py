"""Trains the judgement's linear models from a clone, measures them on publishers they have not
seen, and writes weights and figures.

    make train                                              from tools/labels alone
    python tools/train_tags.py --figures-only               the measure, nothing is written
    python tools/train_tags.py --refresh ../shared          make tools/labels anew

Needs the group `train` (scikit-learn, numpy). tools/labels holds of every labelled item what may be
published: labels.jsonl has its id, address, date, source, language and labels, features.npz its
features as hashes with their values. No text can be read from them; only --refresh, after a change
of the vocabulary or the features, needs the texts beside the repository.

THE measure is leave-publishers-out cross-validation over all labelled items: a fold's models have
seen no item of its publishers, none of the stories that it reports and no near-duplicate. Relevance
is measured where relevant items are as rare as in feeds: the items of wide.jsonl, which were
picked, are weighted to that share.

Two layers, both linear:

1. ridge regression over all features (words, concepts, vocabulary, headline shape, companies),
   solved in the space of items. It decides the category.
2. logistic regression over the first layer's scores and the features of grammar and shape. It
   decides relevance, AI grade, evidence and event. It is trained on scores that the first layer
   gave to a publisher's items without having seen any of them, which the inverse of ridge
   regression gives exactly, without fitting again.

Above them stands a logistic regression a field, which says how often its label is right, fitted on
the measure's judgements; thresholds follow from it.

Invented items (invented.jsonl), headlines (headlines.txt) and items that teach the category alone
(topics.jsonl, and product descriptions) are only trained on; headlines that were written with
labelled items in mind teach the shipped weights alone. The reference set is never trained on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

sys.path.insert(0, str(Path(__file__).parents[1]))

from digest.tag import ItemJudge, claims
from digest.tag.features import (
    extract_item_features,
    extract_score_features,
    extract_second_layer_features,
)
from digest.tag.judge import CATEGORY_SHARPNESS, CLAIMING_GRADES, decide_ai_grade
from digest.tag.lab import item_from_json, load_reference, measure_agreement, tags_to_row
from digest.tag.lexicon import build_vocabulary
from digest.tag.linear import (
    calculate_odds,
    describe_choice,
    hash_feature,
    load_layered_model,
)
from digest.tag.reading import match_vocabulary, read_item
from digest.tag.vendors import Gazetteer
from digest.tag.words import fold_text, split_words
from digest.taxonomy import CATEGORIES
from digest.urls import extract_host

HOME = Path(__file__).parent
OUT = HOME.parent / "digest" / "tag" / "vocabulary"
LABELS = HOME / "labels"
LABELLED = ("items", "more", "wide", "natural")
JUDGED = ("relevant", "ai", "evidence", "event")  # by the second layer
FIELDS = ("category", *JUDGED)
PUBLIC = ("id", "url", "website", "date", "source", "lang", "relevant", "category")
PUBLIC += ("also", "ai", "evidence", "event", "vendors", "accept")  # of a row: facts and labels
LAMBDA = 80.0
TRUST = {  # weight of an item by its origin
    "items": 1.0,
    "more": 1.0,
    "wide": 1.0,
    "natural": 1.0,
    "invented": 0.6,
    "headline": 0.5,
    "informed": 0.5,
    "topic": 0.6,
    "product": 0.35,
}
OF_CATEGORY = ("topic", "product")  # rows that teach the category only
STRENGTH = 0.003  # of the second layer: scikit-learn's C
BALANCE = {"relevant": 0.5, "ai": 0.3, "evidence": 0.6, "event": 0.5}  # 0 counts items, 1 classes
FOLDS = 5
NATURAL_SHARE = 0.12  # of a feed's items that are relevant: 11 % of natural.jsonl, a little below
# Relevance is decided where F1 is best if so many items are relevant, as among a team's own sources
# (23 % of items.jsonl): what is missed there is lost, what is too much there ranking leaves out.
TRADE_SHARE = 0.25
# How many of the printed labels have to be right; the threshold is the lowest that holds it.
PRINTED_RIGHT = {"relevant": 0.93, "event": 0.93, "category": 0.93, "ai": 0.95, "evidence": 0.90}
SIGNALS = ("odds", "runner-up", "first", "margin", "agree", "relevance")
SCALE = 0.001
# Weights below so many steps of SCALE are not shipped.
PRUNE_WORDS, PRUNE_JUDGEMENT = 12, 5


def read_rows(path: Path) -> list[dict]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_headlines() -> list[dict]:
    """The invented headlines as labelled rows."""
    rows, origin = [], "headline"
    for line in (HOME / "headlines.txt").read_text("utf-8").splitlines():
        origin = "informed" if line.startswith("# informed") else origin
        if line and not line.startswith("#"):
            lang, relevant, category, also, ai, evidence, event, text = line.split("|", 7)
            title, _, summary = text.partition(" :: ")
            row = {"lang": lang, "title": title, "summary": summary, "relevant": relevant}
            row |= {"category": category, "also": also.split(","), "ai": ai}
            rows.append(row | {"evidence": evidence, "event": event, "set": origin})
    return rows


def read_own_rows() -> list[dict]:
    """What we wrote ourselves, with its text."""
    invented = [{**row, "set": "invented"} for row in read_rows(HOME / "invented.jsonl")]
    topics = [{**row, "set": "topic"} for row in read_rows(HOME / "topics.jsonl")]
    return [*invented, *topics, *read_headlines()]


# ---------------------------------------------------------------- labelled items as numbers


def hash_features(rows: Sequence[dict]) -> tuple[list[dict[int, float]], set[int]]:
    """Features of rows by their hashes, and the hashes of those that the second layer sees."""
    vocabulary, gazetteer = build_vocabulary(), Gazetteer.load()
    hashed, second = [], set()
    for row in rows:
        found = extract_item_features(item_from_json(row), vocabulary, gazetteer)
        second.update(map(hash_feature, extract_second_layer_features(found)))
        hashed.append({hash_feature(name): float(np.float32(v)) for name, v in found.items()})
    return hashed, second


def refresh_labels(shared: Path) -> None:
    """Write tools/labels out of the labels and texts beside the repository."""
    rows = [
        {**row, "set": name}
        for name in LABELLED
        for row in read_rows(shared / "labels" / f"{name}.jsonl")
    ]
    stories = {get_key(row): row["story"] for row in read_rows(shared / "labels" / "stories.jsonl")}
    groups = [int(group) for group in group_rows(rows, stories)]
    products = read_rows(shared / "landscape" / "products.jsonl")
    rows += [{**row, "set": "product"} for row in products]
    hashed, second = hash_features(rows)
    # A feature of a single item teaches nothing and would say more of its text than need be.
    own, _ = hash_features(read_own_rows())
    count = Counter(key for found in (*hashed, *own) for key in found)
    kept = [sorted((key, v) for key, v in found.items() if count[key] > 1) for found in hashed]
    vocabulary = build_vocabulary()
    lines = []
    for at, row in enumerate(rows):
        public = {name: row[name] for name in PUBLIC if row.get(name)} | {"set": row["set"]}
        if row["set"] != "product":
            item = item_from_json(row)
            # what patterns find alone, whatever a model says of the whole
            points = claims.find_claim_points(
                item, vocabulary, {"evidenced": 1.0, "specified": 0.0, "claimed": 2.0}
            )
            public |= {
                "lang": item.language,
                "group": groups[at],
                "titled": not (item.summary or item.text),
                "names_ai": match_vocabulary(read_item(item), vocabulary).names_ai,
                "quoted": sorted(point.kind for point in points),
            }
        lines.append(json.dumps(public, ensure_ascii=False))
    LABELS.mkdir(exist_ok=True)
    (LABELS / "labels.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    np.savez_compressed(
        LABELS / "features.npz",
        start=np.cumsum([0, *map(len, kept)], dtype=np.int32),
        key=np.array([key for found in kept for key, _ in found], np.uint32),
        value=np.array([value for found in kept for _, value in found], np.float32),
        second=np.array(sorted(second), np.uint32),
    )


def get_key(row: Mapping) -> str:
    """A title as near-duplicates share it."""
    return " ".join(split_words(fold_text(row["title"])))


def group_rows(rows: list[dict], stories: dict[str, str]) -> np.ndarray:
    """One number for all items of a story and all near-duplicates.

    Those share two fifths of the pairs of words of the smaller.
    """
    parent = list(range(len(rows)))

    def find_root(at: int) -> int:
        while parent[at] != at:
            at = parent[at] = parent[parent[at]]
        return at

    first: dict[str, int] = {}
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    pairs = []
    for at, row in enumerate(rows):
        text = f"{row['title']} {(row.get('summary') or row.get('text') or '')[:300]}"
        pairs.append(set(pairwise(split_words(fold_text(text)))))
        for pair in pairs[-1]:
            holders[pair].append(at)
        for mark in filter(None, (get_key(row), stories.get(get_key(row)))):
            parent[find_root(at)] = find_root(first.setdefault(mark, at))
    shared: Counter[tuple[int, int]] = Counter()
    for at_rows in holders.values():
        if len(at_rows) < 15:
            shared.update((a, b) for n, a in enumerate(at_rows) for b in at_rows[n + 1 :])
    for (a, b), count in shared.items():
        if count >= 0.4 * min(len(pairs[a]), len(pairs[b])):
            parent[find_root(a)] = find_root(b)
    return np.array([find_root(at) for at in range(len(rows))])


@dataclass
class Data:
    """Rows with their labels, features and groups."""

    rows: list[dict]
    origin: np.ndarray
    x: csr_matrix
    keys: np.ndarray  # the hash of each column of x
    dense: np.ndarray  # the columns that the second layer sees
    dense_keys: np.ndarray
    publisher: np.ndarray  # a number for each; those of our own rows are theirs alone
    group: np.ndarray  # of near-duplicates and stories
    targets: dict[str, np.ndarray]
    classes: dict[str, list[str]]

    @property
    def trust(self) -> np.ndarray:
        """How much each row weighs."""
        return np.array([TRUST[origin] for origin in self.origin])

    @property
    def labelled(self) -> np.ndarray:
        """The rows that are measured."""
        return np.flatnonzero(np.isin(self.origin, LABELLED))


def load_data(labels: Path = LABELS, limit: int | None = None) -> Data:
    """All rows that teach, the labelled ones first; with a limit each n-th of them only."""
    rows, stored = read_rows(labels / "labels.jsonl"), np.load(labels / "features.npz")
    start, key, value = stored["start"], stored["key"].tolist(), stored["value"].tolist()
    hashed = [
        dict(zip(key[low:high], value[low:high], strict=True)) for low, high in pairwise(start)
    ]
    own = read_own_rows()
    own_hashed, own_second = hash_features(own[:: limit or 1])
    rows = [*rows[:: limit or 1], *own[:: limit or 1]]
    hashed = [*hashed[:: limit or 1], *own_hashed]
    count = Counter(key for found in hashed for key in found)
    keys = np.array(sorted(key for key, n in count.items() if n > 1))
    x = build_matrix(hashed, keys)
    second = np.isin(keys, sorted({*stored["second"].tolist(), *own_second}))
    names = [get_publisher(row, at) for at, row in enumerate(rows)]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(names))}
    # A category that no row teaches is none of the weights': it is told by its name in headlines
    # (digest.tag.unlearned).
    taught = {slug for row in rows for slug in (row.get("category"), *row.get("accept", ()))}
    classes = {"category": sorted(taught & {*CATEGORIES, "none"})} | {
        field: sorted({row[field] for row in rows if field in row}) for field in JUDGED
    }
    return Data(
        rows=rows,
        origin=np.array([row["set"] for row in rows]),
        x=x,
        keys=keys,
        dense=x[:, second].toarray(),
        dense_keys=keys[second],
        publisher=np.array([numbers[name] for name in names]),
        group=np.array([row.get("group", -1 - at) for at, row in enumerate(rows)]),
        targets={
            field: np.array([make_target(row, field, classes[field]) for row in rows])
            for field in FIELDS
        },
        classes=classes,
    )


def build_matrix(hashed: Sequence[Mapping[int, float]], keys: np.ndarray) -> csr_matrix:
    """Rows of features, a column for each of `keys`."""
    column = {key: at for at, key in enumerate(keys.tolist())}
    found = [sorted((column[k], v) for k, v in of.items() if k in column) for of in hashed]
    return csr_matrix(
        (
            np.array([value for of in found for _, value in of]),
            np.array([at for of in found for at, _ in of], np.int32),
            np.cumsum([0, *map(len, found)], dtype=np.int32),
        ),
        shape=(len(found), len(keys)),
    )


def get_publisher(row: Mapping, at: int) -> str:
    """A publisher's name as all its feeds share it; a product's is the site of its maker."""
    if row["set"] == "product":
        return "product " + (extract_host(row.get("website") or "") or str(at))
    if row["set"] in LABELLED:
        name = row.get("source") or extract_host(row.get("url", "")) or row["id"]
        return fold_text(name).replace(" blog", "").strip()
    return f"own {at}"


def make_target(row: Mapping, field: str, classes: list[str]) -> list[float]:
    """1 for the label, shared out among the slugs that a product's kind stands for."""
    if field == "category" and "accept" in row:
        return [(c in row["accept"]) / len(row["accept"]) for c in classes]
    return [float(c == row.get(field)) for c in classes]


# ---------------------------------------------------------------- the layers


@dataclass
class Ridge:
    """The first layer of some fields: its weights and bias, and scores of its training rows.

    Those are what it gives to a row when it has seen none of the row's publisher.
    """

    spans: dict[str, slice]
    kept: np.ndarray  # columns of x
    weights: np.ndarray
    bias: np.ndarray
    unseen: np.ndarray

    def score_rows(self, x: csr_matrix) -> np.ndarray:
        """The scores of rows."""
        return x[:, self.kept] @ self.weights + self.bias


def fit_ridge(data: Data, rows: np.ndarray, fields: Sequence[str], precision: type) -> Ridge:
    """Ridge regression on rows, with features weighed by their rarity.

    With K the inner products plus the penalty, a row's residual without its group G is
    inv(inv(K)[G, G]) @ dual[G].
    """
    count = np.asarray((data.x[rows] != 0).sum(0)).ravel()
    kept = np.flatnonzero(count >= 2)
    rarity = np.log((1 + len(rows)) / (1 + count[kept])) + 1
    scaled = (data.x[rows][:, kept] @ diags(rarity)).tocsr()
    trust = data.trust[rows]
    targets = np.hstack([data.targets[field][rows] for field in fields])
    mean = (targets * trust[:, None]).sum(0) / trust.sum()
    gram = (scaled @ scaled.T).toarray().astype(precision)
    gram += 1.0
    gram[np.diag_indices_from(gram)] += (LAMBDA / trust).astype(precision)
    inverse = invert(gram)
    products = np.flatnonzero(data.origin[rows] == "product")
    dual = inverse @ (targets - mean).astype(precision)
    if len(products):  # one whose kind stands for several slugs is told apart by a first fit
        scores = targets - dual * (LAMBDA / trust)[:, None]
        likely = np.where(targets > 0, np.clip(scores, 0.02, None), 0.0)[products] ** 2
        targets[products] = likely / likely.sum(1, keepdims=True)
        dual = inverse @ (targets - mean).astype(precision)
    unseen = np.zeros_like(targets)
    for at in split_groups(data.publisher[rows]):
        unseen[at] = targets[at] - np.linalg.solve(inverse[np.ix_(at, at)], dual[at])
    spans, start = {}, 0
    for field in fields:
        spans[field] = slice(start, start + len(data.classes[field]))
        start += len(data.classes[field])
    weights = diags(rarity) @ (scaled.T @ dual.astype(float))
    return Ridge(spans, kept, weights, dual.sum(0).astype(float) + mean, unseen)


def invert(matrix: np.ndarray) -> np.ndarray:
    """The inverse of a positive definite matrix."""
    factor, solve = (
        (lapack.spotrf, lapack.spotri)
        if matrix.dtype == np.float32
        else (lapack.dpotrf, lapack.dpotri)
    )
    made, failed = factor(np.asfortranarray(matrix), lower=1, overwrite_a=1)
    assert not failed
    made, failed = solve(made, lower=1, overwrite_c=1)
    assert not failed
    lower = np.tril(made)
    return lower + np.tril(lower, -1).T


def split_groups(of: np.ndarray) -> Iterator[np.ndarray]:
    """The places of each value."""
    order = np.argsort(of, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(of[order])) + 1)


@dataclass
class Layers:
    """Both layers, trained."""

    category: Ridge
    judged: Ridge
    mean: np.ndarray
    spread: np.ndarray
    second: dict[str, LogisticRegression]
    score_names: list[str]

    def score_rows(self, data: Data, rows: np.ndarray) -> dict[str, np.ndarray]:
        """The first layer's scores by field."""
        scores = {"category": self.category.score_rows(data.x[rows])}
        judged = self.judged.score_rows(data.x[rows])
        return scores | {field: judged[:, at] for field, at in self.judged.spans.items()}

    def judge_rows(
        self, data: Data, rows: np.ndarray, scores: dict[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """The shares of the classes by field, in the order of `data.classes`."""
        inputs = np.hstack([arrange_scores(data, scores)[0], data.dense[rows]])
        inputs = (inputs - self.mean) / self.spread
        sharp = np.exp(
            CATEGORY_SHARPNESS * (scores["category"] - scores["category"].max(1)[:, None])
        )
        shares = {"category": sharp / sharp.sum(1, keepdims=True)}
        for field, model in self.second.items():
            at = [data.classes[field].index(cls) for cls in model.classes_]
            shares[field] = np.zeros((len(rows), len(data.classes[field])))
            shares[field][:, at] = model.predict_proba(inputs)
        return shares


def arrange_scores(data: Data, scores: dict[str, np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """The first layer's scores as the second layer sees them, and the columns' names."""
    rows = [
        extract_score_features(
            {
                field: dict(zip(data.classes[field], map(float, scores[field][at]), strict=True))
                for field in FIELDS
            }
        )
        for at in range(len(scores["category"]))
    ]
    names = sorted(rows[0])
    return np.array([[row[name] for name in names] for row in rows]), names


def fit_layers(data: Data, rows: np.ndarray, precision: type = np.float64) -> Layers:
    """Both layers, trained on rows."""
    is_judged = ~np.isin(data.origin[rows], OF_CATEGORY)
    judged_rows = rows[is_judged]
    category = fit_ridge(data, rows, ("category",), precision)
    judged = fit_ridge(data, judged_rows, JUDGED, precision)
    seen = {"category": category.unseen[is_judged]}
    seen |= {field: judged.unseen[:, at] for field, at in judged.spans.items()}
    scores, names = arrange_scores(data, seen)
    inputs = np.hstack([scores, data.dense[judged_rows]])
    mean, spread = inputs.mean(0), inputs.std(0) + 1e-3
    second = {}
    for field in JUDGED:
        labels = np.array([data.rows[at][field] for at in judged_rows])
        count = Counter(labels)
        balance = np.array(
            [(len(labels) / (len(count) * count[label])) ** BALANCE[field] for label in labels]
        )
        model = LogisticRegression(C=STRENGTH, max_iter=1000, tol=1e-6)
        weights = data.trust[judged_rows] * balance
        second[field] = model.fit((inputs - mean) / spread, labels, sample_weight=weights)
    return Layers(category, judged, mean, spread, second, names)


# ---------------------------------------------------------------- measuring


@dataclass
class Judgement:
    """The first layer's scores and the shares of all rows, given by models that did not see them."""

    scores: dict[str, np.ndarray]
    shares: dict[str, np.ndarray]


def cross_validate(data: Data, by: np.ndarray) -> Judgement:
    """Judge each labelled row and product by models that saw none of its group in `by`.

    Nor have they seen near-duplicates of it, nor its story.
    """
    scores = {f: np.full((len(data.rows), len(data.classes[f])), np.nan) for f in FIELDS}
    shares = {field: of.copy() for field, of in scores.items()}
    fold = split_folds(by, np.isin(data.origin, (*LABELLED, "product")))
    for number in range(FOLDS):
        test = np.flatnonzero(fold == number)
        near = np.isin(data.group, data.group[test]) | (fold == number)
        train = np.flatnonzero(~near & (data.origin != "informed"))
        layers = fit_layers(data, train, np.float32)
        print(f"fold {number + 1} of {FOLDS}", flush=True)
        found = layers.score_rows(data, test)
        for field, of in layers.judge_rows(data, test, found).items():
            scores[field][test], shares[field][test] = found[field], of
    return Judgement(scores, shares)


def split_folds(by: np.ndarray, measured: np.ndarray, seed: int = 0) -> np.ndarray:
    """The fold of each measured row, -1 for the others; folds are of about equal size."""
    names, size = np.unique(by[measured], return_counts=True)
    order = np.random.RandomState(seed).permutation(len(names))
    order = order[np.argsort(-size[order], kind="stable")]
    load, fold_of = np.zeros(FOLDS), {}
    for at in order:
        fold_of[names[at]] = int(load.argmin())
        load[fold_of[names[at]]] += size[at]
    return np.array([fold_of[b] if m else -1 for b, m in zip(by, measured, strict=True)])


def decide_rows(
    data: Data, given: Judgement, rows: np.ndarray, relevant_from: float, also_from: float
) -> list[dict]:
    """The fields of rows as the judgement decides them."""
    decided = []
    for at in rows:
        row, shares = (
            data.rows[at],
            {f: dict(zip(data.classes[f], given.shares[f][at], strict=True)) for f in FIELDS},
        )
        topics = given.scores["category"][at]
        order = [int(n) for n in np.argsort(-topics, kind="stable")]
        names = data.classes["category"]
        also = [names[n] for n in order[1:4] if names[n] != "none" and topics[n] >= also_from][:2]
        ai = decide_ai_grade(shares["ai"], row.get("names_ai", False))
        evidence = decide_evidence(shares["evidence"], row.get("quoted", ()))
        decided.append(
            {
                "id": row.get("id", str(at)),
                "relevant": "yes" if shares["relevant"]["yes"] >= relevant_from else "no",
                "category": names[order[0]],
                "also": also,
                "ai": ai,
                "evidence": evidence if ai in CLAIMING_GRADES else "-",
                "event": max(shares["event"], key=shares["event"].__getitem__),
            }
        )
    return decided


def decide_evidence(shares: Mapping[str, float], quoted: Sequence[str]) -> str:
    """The grade as digest.tag.claims gives it, by the points that patterns find."""
    if max(shares, key=shares.__getitem__) == "-":
        return "-"
    proof = (
        {"data", "customer", "result"} if shares["evidenced"] >= claims._PROOF_THRESHOLD else set()
    )
    if proof & {*quoted}:
        return "evidenced"
    specific = max(shares["specified"], shares["evidenced"]) >= shares["claimed"]
    return "specified" if specific or {"method", "difference"} & {*quoted} else "claimed"


def weigh_rows(data: Data, rows: np.ndarray) -> np.ndarray:
    """Weights of rows with which relevant ones are as rare among the picked items as in feeds."""
    weights = np.ones(len(rows))
    picked = data.origin[rows] == "wide"
    relevant = np.array([data.rows[at]["relevant"] == "yes" for at in rows])
    weights[picked] = weigh_share(relevant[picked], weights[picked], NATURAL_SHARE)
    return weights


def weigh_share(relevant: np.ndarray, weights: np.ndarray, share: float) -> np.ndarray:
    """The weights changed so that the relevant ones have a share of them."""
    if relevant.all() or not relevant.any():
        return weights
    now = weights[relevant].sum() / weights.sum()
    return weights * np.where(relevant, share / now, (1 - share) / (1 - now))


def measure_rows(data: Data, rows: np.ndarray, decided: Mapping[int, dict]) -> dict[str, float]:
    """The figures of rows; relevance at the natural share."""
    gold = [{**data.rows[at], "id": str(at)} for at in rows]
    mine = [{**decided[at], "id": str(at)} for at in rows]
    found = measure_agreement(gold, mine)
    weights = weigh_rows(data, rows)
    want = np.array([row["relevant"] == "yes" for row in gold])
    have = np.array([row["relevant"] == "yes" for row in mine])
    trade = weigh_share(want, weights, TRADE_SHARE)
    for name, used in (("relevant F1", weights), ("relevant F1, a quarter relevant", trade)):
        total = used[want].sum() + used[have].sum()
        found[name] = 2 * used[want & have].sum() / total if total else 0.0
    return {name: round(float(value), 3) for name, value in found.items()}


def measure_interval(
    data: Data, rows: np.ndarray, decided: Mapping[int, dict], draws: int = 100
) -> dict[str, list[float]]:
    """Bounds of nine tenths of the figures when publishers are drawn anew."""
    rng = np.random.RandomState(0)
    of_publisher = [rows[at] for at in split_groups(data.publisher[rows])]
    found = defaultdict(list)
    for _ in range(draws):
        drawn = rng.randint(len(of_publisher), size=len(of_publisher))
        measured = measure_rows(data, np.concatenate([of_publisher[n] for n in drawn]), decided)
        for name, value in measured.items():
            found[name].append(value)
    return {
        name: [round(float(v), 3) for v in np.percentile(values, [5, 95])]
        for name, values in found.items()
    }


def measure_area(data: Data, rows: np.ndarray, given: Judgement) -> float:
    """How often a relevant row gets a higher share than one that is not."""
    share = given.shares["relevant"][rows, data.classes["relevant"].index("yes")]
    want = np.array([data.rows[at]["relevant"] == "yes" for at in rows])
    rank = np.empty(len(rows))
    rank[np.argsort(share, kind="stable")] = np.arange(len(rows))
    low = want.sum() * (want.sum() - 1) / 2
    return round(float((rank[want].sum() - low) / (want.sum() * (~want).sum())), 3)


# ---------------------------------------------------------------- certainty


@dataclass
class Thresholds:
    """What is decided above the layers, as the weights' file holds it."""

    certainty: dict[str, dict]
    relevant_from: float  # probability
    relevant_share: float  # the second layer's share that has this probability
    also_from: float
    printed: dict[str, dict[str, float]]  # field → share of labels printed, share of them right


def fit_thresholds(
    data: Data, given: Judgement, relevant_shares: Sequence[float] = (TRADE_SHARE,)
) -> Thresholds:
    """How sure a label is, and from where on it counts, on publishers that were not seen.

    An item counts as relevant from where the mean F1 is best over the shares of relevant items.
    """
    rows = data.labelled
    weights = weigh_rows(data, rows)
    share = given.shares["relevant"][rows, data.classes["relevant"].index("yes")]
    odds = np.array([calculate_odds(value) for value in share])
    want = np.array([data.rows[at]["relevant"] == "yes" for at in rows])
    model = LogisticRegression(C=1e6).fit(odds[:, None], want, sample_weight=weights)
    slope, bias = float(model.coef_[0, 0]), float(model.intercept_[0])
    probability = 1 / (1 + np.exp(-(slope * odds + bias)))
    order = np.argsort(-probability, kind="stable")
    f1 = np.zeros(len(rows))
    for of_relevant in relevant_shares:
        used = weigh_share(want, weights, of_relevant)
        hit = np.cumsum((used * want)[order])
        f1 += 2 * hit / (np.cumsum(used[order]) + (used * want).sum())
    relevant_from = round(float(probability[order][f1.argmax()]), 4)
    sure = np.where(probability >= relevant_from, probability, 1 - probability)
    right = (probability >= relevant_from) == want
    least, printed = find_threshold(sure, right, weights, PRINTED_RIGHT["relevant"])
    certainty = {
        "relevant": {
            "signals": {"odds": round(slope, 4)},
            "bias": {"": round(bias, 4)},
            "printed_from": least,
        }
    }
    figures = {"relevant": printed}
    also_from = choose_also(data, given, rows)
    boundary = 1 / (1 + np.exp(-(np.log(relevant_from / (1 - relevant_from)) - bias) / slope))
    decided = decide_rows(data, given, rows, boundary, also_from)
    told = probability >= relevant_from
    for field in ("event", "category", "ai", "evidence"):
        chosen = [row[field] for row in decided]
        use = np.array([field != "evidence" or cls != "-" for cls in chosen])
        right = np.array(
            [
                cls in accept_labels(data.rows[at], field)
                for at, cls in zip(rows, chosen, strict=True)
            ]
        )
        classes = sorted({cls for cls, used in zip(chosen, use, strict=True) if used})
        signals = np.array(
            [
                [
                    describe_choice(
                        cls,
                        dict(zip(data.classes[field], given.shares[field][at], strict=True)),
                        dict(zip(data.classes[field], given.scores[field][at], strict=True)),
                        float(given.shares["relevant"][at, data.classes["relevant"].index("yes")]),
                    )[name]
                    for name in SIGNALS
                ]
                for at, cls in zip(rows, chosen, strict=True)
            ]
        )
        of_class = np.array([[cls == other for other in classes] for cls in chosen], float)
        inputs = np.hstack([signals, of_class])[use]
        right, publisher = right[use], data.publisher[rows][use]
        sure = np.zeros(len(right))
        for a, b in GroupKFold(10, shuffle=True, random_state=0).split(inputs, groups=publisher):
            model = LogisticRegression(max_iter=1000).fit(inputs[a], right[a])
            sure[b] = model.predict_proba(inputs[b])[:, 1]
        model = LogisticRegression(max_iter=1000).fit(inputs, right)
        of_told = told[use]  # labels of what is told are printed
        least, figures[field] = find_threshold(
            sure[of_told], right[of_told], np.ones(of_told.sum()), PRINTED_RIGHT[field]
        )
        figures[field] |= {"right of all": round(float(right.mean()), 3)}
        if field == "category":
            exact = np.array([data.rows[at][field] for at in rows]) == np.array(chosen)
            exact = exact[use][of_told & (sure >= least)]
            figures[field] |= {"the label itself": round(float(exact.mean()), 3)}
        values = [round(float(v), 4) for v in model.coef_[0]]
        certainty[field] = {
            "signals": dict(zip(SIGNALS, values, strict=False)),
            "bias": {"": round(float(model.intercept_[0]), 4)}
            | dict(zip(classes, values[len(SIGNALS) :], strict=True)),
            "printed_from": least,
        }
    return Thresholds(certainty, relevant_from, float(boundary), also_from, figures)


def accept_labels(row: Mapping, field: str) -> set[str]:
    """The labels that are no mistake in print: a category in which a reader expects it, too."""
    return {row[field], *(row.get("also", ()) if field == "category" else ())}


def find_threshold(
    sure: np.ndarray, right: np.ndarray, weights: np.ndarray, wanted: float
) -> tuple[float, dict[str, float]]:
    """The lowest certainty from which so many are right, and the share that it lets through.

    Never fewer than twenty: a handful can be right by chance.
    """
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum((weights * right)[order]) / np.cumsum(weights[order])
    enough = np.flatnonzero((share >= wanted) & (np.arange(len(order)) >= 19))
    if not len(enough):
        return 1.0, {"printed": 0.0, "right": 0.0}
    last = enough[-1]
    printed = weights[order][: last + 1].sum() / weights.sum()
    figures = {"printed": round(float(printed), 3), "right": round(float(share[last]), 3)}
    return round(float(sure[order][last]), 4), figures


def choose_also(data: Data, given: Judgement, rows: np.ndarray) -> float:
    """The score from which naming further categories agrees best with the labels."""
    best, names = (0.0, 0.12), data.classes["category"]
    for least in np.arange(0.04, 0.2, 0.01):
        hit = named = wanted = 0
        for at in rows:
            order = np.argsort(-given.scores["category"][at], kind="stable")[:4]
            also = {names[n] for n in order[1:] if given.scores["category"][at][n] >= least}
            gold = {*data.rows[at].get("also", ()), data.rows[at]["category"]} - {"none"}
            also -= {"none"}
            hit, named = hit + len(also & gold), named + len(also)
            wanted += len(gold - {names[order[0]]})
        best = max(best, (2 * hit / max(1, named + wanted), float(round(least, 3))))
    return best[1]


# ---------------------------------------------------------------- writing


def make_figures(data: Data, given: Judgement, thresholds: Thresholds) -> dict:
    """What quality.json holds, but for the sets that the shipped weights are measured on."""
    rows = data.labelled
    every = np.flatnonzero(np.isin(data.origin, (*LABELLED, "product")))
    listed = decide_rows(data, given, every, thresholds.relevant_share, thresholds.also_from)
    decided = dict(zip(every.tolist(), listed, strict=True))
    lang = np.array([data.rows[at].get("lang", "") for at in rows])
    titled = np.array([bool(data.rows[at].get("titled")) for at in rows])
    figures: dict = {
        "unseen publishers": measure_rows(data, rows, decided)
        | {"relevant area under the curve": measure_area(data, rows, given)},
        "interval": measure_interval(data, rows, decided),
    }
    parts = {name: rows[data.origin[rows] == name] for name in LABELLED}
    parts |= {"titles alone": rows[titled], "with a summary": rows[~titled]}
    parts |= {code: rows[lang == code] for code, n in Counter(lang).most_common() if n >= 60}
    figures["unseen publishers, by part"] = {
        name: {"items": len(part)}
        | measure_rows(data, part, decided)
        | {"relevant area under the curve": measure_area(data, part, given)}
        for name, part in parts.items()
    }
    products = np.flatnonzero(data.origin == "product")
    if len(products):
        figures["products"] = {
            name: round(value, 3)
            for name, value in measure_agreement(
                [{**data.rows[at], "id": str(at)} for at in products],
                [{**decided[at], "id": str(at)} for at in products],
            ).items()
        }
    figures["printed"] = thresholds.printed
    return figures


def pack_weights(data: Data, layers: Layers, thresholds: Thresholds) -> dict:
    """Both layers as digest.tag.linear reads them."""
    keys, columns, fields = {}, [], {}
    for ridge in (layers.category, layers.judged):
        spread = np.zeros((data.x.shape[1], ridge.weights.shape[1]))
        spread[ridge.kept] = ridge.weights
        columns.append(spread)
        for field, at in ridge.spans.items():
            fields[field] = {"classes": data.classes[field], "bias": round_all(ridge.bias[at])}
    first = pack_layer(data.keys, np.hstack(columns), fields, PRUNE_WORDS)
    second_columns, second_fields = [], {}
    for field, model in layers.second.items():
        coef, intercept = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            coef, intercept = np.vstack([-coef / 2, coef / 2]), np.r_[-intercept / 2, intercept / 2]
        second_columns.append((coef / layers.spread).T)
        second_fields[field] = {
            "classes": list(map(str, model.classes_)),
            "bias": round_all(intercept - coef @ (layers.mean / layers.spread)),
        }
    keys = np.array([*map(hash_feature, layers.score_names), *data.dense_keys])
    second = pack_layer(keys, np.hstack(second_columns), second_fields, PRUNE_JUDGEMENT)
    return {
        "scale": SCALE,
        "words": first,
        "judgement": second,
        "certainty": thresholds.certainty,
        "relevant_from": thresholds.relevant_from,
        "also_from": thresholds.also_from,
    }


def pack_layer(keys: np.ndarray, columns: np.ndarray, fields: dict, least: int) -> dict:
    """Rows of (column, weight) pairs; small weights are left out."""
    steps = np.rint(columns / SCALE).astype(int)
    features, rows = [], []
    for key, row in zip(keys.tolist(), steps, strict=True):
        kept = np.flatnonzero(np.abs(row) >= least)
        if len(kept):
            features.append(key)
            rows.append([int(v) for c in kept for v in (c, row[c])])
    return {"fields": fields, "rows": dict(zip(features, rows, strict=True))}


def round_all(values: np.ndarray) -> list[float]:
    """Plain numbers for the file."""
    return [round(float(v), 5) for v in values]


def write_weights(path: Path, weights: dict) -> None:
    """The weights' file (see digest.tag.linear): the same weights are the same bytes."""
    layers = ("words", "judgement")
    head = weights | {name: weights[name]["fields"] for name in layers}
    parts = [json.dumps(head, ensure_ascii=False, separators=(",", ":"))]
    for name in layers:
        rows = weights[name]["rows"].items()
        parts.append("\n".join(f"{feature}\t{','.join(map(str, row))}" for feature, row in rows))
    raw = "\n\n".join(parts).encode()
    path.write_bytes(gzip.compress(raw, 9, mtime=0))
    print(f"{path}: {path.stat().st_size} bytes, {len(raw)} unpacked")


def measure_reference(weights: Path) -> dict[str, float]:
    """How weights do on the reference set."""
    judge = ItemJudge(load_layered_model(weights), build_vocabulary(), Gazetteer.load())
    judged = [
        {"id": row["id"], **tags_to_row(judge.judge_item(item_from_json(dict(row))))}
        for row in load_reference()
    ]
    found = measure_agreement(load_reference(), judged)
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    """Measure, then train on everything and write."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--refresh", type=Path, metavar="SHARED")
    options.add_argument("--figures-only", action="store_true")
    options.add_argument("--seen", action="store_true", help="measure seen publishers too")
    chosen = options.parse_args()
    if chosen.refresh:
        refresh_labels(chosen.refresh)
    data = load_data()
    print(f"{Counter(data.origin.tolist())}, {data.x.shape[1]} features", flush=True)
    given = cross_validate(data, data.publisher)
    thresholds = fit_thresholds(data, given)
    figures = make_figures(data, given, thresholds)
    print(json.dumps(figures, indent=1), flush=True)
    if chosen.seen:
        seen = make_figures(data, cross_validate(data, data.group), thresholds)
        figures["seen publishers"] = seen["unseen publishers"]
        print(json.dumps(figures["seen publishers"], indent=1), flush=True)
    if not chosen.figures_only:
        layers = fit_layers(data, np.arange(len(data.rows)))
        write_weights(OUT / "weights.txt.gz", pack_weights(data, layers, thresholds))
        figures["reference"] = measure_reference(OUT / "weights.txt.gz")
        (OUT / "quality.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
