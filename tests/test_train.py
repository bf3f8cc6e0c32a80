"""The judgement is trained from a clone: from numbers and facts, the same weights each time."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / "tools"
LABELS = TOOLS / "labels" / "labels.jsonl"
SHARED = TOOLS.parents[1] / "shared"
PUBLISHED = {
    *("id", "url", "website", "date", "source", "lang", "set", "group", "titled", "names_ai"),
    *("quoted", "relevant", "category", "also", "ai", "evidence", "event", "vendors", "accept"),
}


def test_labelled_items_are_published_as_facts_and_labels() -> None:
    """Nothing of what they say: neither title nor summary nor text."""
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    assert len(rows) > 5_000
    assert {name for row in rows for name in row} <= PUBLISHED


@pytest.fixture(scope="module")
def trainer():
    """The trainer as a module; it needs the group `train`."""
    pytest.importorskip("sklearn")
    sys.path.insert(0, str(TOOLS))
    trainer = importlib.import_module("train_tags")

    yield trainer
    sys.path.remove(str(TOOLS))


@pytest.mark.slow
def test_the_same_weights_come_out_of_a_part(trainer, tmp_path: Path) -> None:
    """Twice from a sixteenth of what a clone holds; what was measured was not seen."""
    made = []
    for name in ("first", "second"):
        data = trainer.load_data(limit=16)
        given = trainer.cross_validate(data, data.publisher)
        thresholds = trainer.fit_thresholds(data, given)
        layers = trainer.fit_layers(data, trainer.np.arange(len(data.rows)))
        trainer.write_weights(tmp_path / name, trainer.pack_weights(data, layers, thresholds))
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert not trainer.np.isnan(given.shares["relevant"][data.labelled]).any()


@pytest.mark.slow
def test_a_category_that_no_row_teaches_is_no_class(trainer) -> None:
    """Its score would always be nothing, and the judgement would take it for learned."""
    data = trainer.load_data(limit=20)
    assert data.targets["category"].any(0).all()


@pytest.mark.slow
def test_folds_share_no_publisher(trainer) -> None:
    """Each publisher's items are all of one fold."""
    data = trainer.load_data(limit=20)
    fold = trainer.split_folds(data.publisher, trainer.np.isin(data.origin, trainer.LABELLED))
    places = {(int(p), int(f)) for p, f in zip(data.publisher, fold, strict=True) if f >= 0}
    assert len(places) == len({publisher for publisher, _ in places})
    assert {f for _, f in places} == set(range(trainer.FOLDS))


@pytest.mark.slow
def test_scores_of_unseen_publishers_are_those_of_a_fit_without_them(trainer) -> None:
    """What the inverse gives at once is what leaving the publisher out would give."""
    np = trainer.np
    data = trainer.load_data(limit=80)
    rows = np.flatnonzero(~np.isin(data.origin, trainer.OF_CATEGORY))
    ridge = trainer.fit_ridge(data, rows, ("relevant",), np.float64)
    publisher = data.publisher[data.labelled[0]]
    out = np.flatnonzero(data.publisher == publisher)
    gram, targets = _weigh(trainer, data, rows)
    kept = np.setdiff1d(rows, out)
    mean = np.average(targets[rows], axis=0, weights=data.trust[rows])
    dual = np.linalg.solve(
        gram[np.ix_(kept, kept)] + np.diag(trainer.LAMBDA / data.trust[kept]),
        targets[kept] - mean,
    )
    assert np.allclose(ridge.unseen[np.isin(rows, out)], gram[np.ix_(out, kept)] @ dual + mean)


def _weigh(trainer, data, rows):
    """The inner products of all rows with the rarity of all, and the targets."""
    np = trainer.np
    count = np.asarray((data.x[rows] != 0).sum(0)).ravel()
    kept = np.flatnonzero(count >= 2)
    rarity = np.log((1 + len(rows)) / (1 + count[kept])) + 1
    scaled = data.x[:, kept] @ trainer.diags(rarity)
    return (scaled @ scaled.T).toarray() + 1.0, data.targets["relevant"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labels' texts are not here")
@pytest.mark.slow
def test_published_numbers_are_those_of_the_texts(trainer) -> None:
    """A change of vocabulary or features needs `train_tags.py --refresh`."""
    np = trainer.np
    stored = np.load(TOOLS / "labels" / "features.npz")
    texts = trainer.read_rows(SHARED / "labels" / "items.jsonl")[:40]
    hashed, _ = trainer.hash_features(texts)
    for at, found in enumerate(hashed):
        low, high = stored["start"][at : at + 2]
        kept = dict(zip(stored["key"][low:high].tolist(), stored["value"][low:high], strict=True))
        assert kept.items() <= found.items()
