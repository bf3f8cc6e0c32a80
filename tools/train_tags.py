"""Trains the linear models of digest/tag and writes their weights and figures.

    python tools/train_tags.py LABELS.jsonl [MORE.jsonl …]

Needs the group `train` (scikit-learn, numpy).
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import diags
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parents[1]))
from digest.tag.features import text_features

FIELDS = ("relevant", "category", "ai", "evidence", "event")
OUT = Path(__file__).parents[1] / "digest" / "tag" / "vocabulary"


def main(paths: list[str]) -> None:
    """Train on the labelled rows of the files."""
    rows = [json.loads(line) for path in paths for line in Path(path).read_text("utf-8").splitlines() if line.strip()]
    vectors = DictVectorizer(dtype=np.float32)
    x = vectors.fit_transform([text_features(r["title"], r["summary"], r["text"]) for r in rows]).tocsr()
    df = np.asarray((x != 0).sum(0)).ravel()
    idf = np.where(df >= 2, np.log((1 + len(rows)) / (1 + df)) + 1, 0)
    x = x @ diags(idf)
    fields, columns = {}, []
    for name in FIELDS:
        y = np.array([r[name] for r in rows])
        fit = LogisticRegression(C=3, max_iter=300, class_weight=None if name == "category" else "balanced").fit(x, y)
        coef, bias = (
            (fit.coef_, fit.intercept_)
            if len(fit.classes_) > 2
            else (np.vstack([-fit.coef_ / 2, fit.coef_ / 2]), np.r_[-fit.intercept_ / 2, fit.intercept_ / 2])
        )
        fields[name] = {"classes": list(map(str, fit.classes_)), "bias": [round(float(b), 4) for b in bias]}
        columns.append(coef * idf)
    weights = np.vstack(columns).T
    scale = 0.02
    rows_out = {}
    for name, row in zip(vectors.get_feature_names_out(), np.rint(weights / scale).astype(int), strict=True):
        kept = np.flatnonzero(np.abs(row) >= 8)
        if len(kept):
            rows_out[name] = [int(v) for c in kept for v in (c, row[c])]
    raw = json.dumps({"fields": fields, "rows": rows_out, "scale": scale}, ensure_ascii=False, separators=(",", ":"))
    (OUT / "weights.json.gz").write_bytes(gzip.compress(raw.encode(), 9, mtime=0))
    print(len(rows_out), "features", (OUT / "weights.json.gz").stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
