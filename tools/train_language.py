"""Make the table by which Latin texts are told apart: `python tools/train_language.py`.

Needs the group `train` (py3langid). The table holds, of py3langid's model (BSD-3-Clause), the byte
n-grams that tell the seven Latin languages of `_LANGUAGES` apart best, with their weights: the
same answers in 0.2 MB and 30 ms, where the library needs numpy, 78 MB and 2.7 s. The measure is
`benchmarks/bench_suites.py FOLDER lingua`.
"""

from __future__ import annotations

import gzip
from collections import deque
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

_LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "nl")
_FEATURES = 20_000
_SCALE = 16  # steps of a weight
_TARGET = Path(__file__).parents[1] / "digest/tag/vocabulary/ngrams.txt.gz"


def main() -> None:
    """Write the table."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    columns = [model.nb_classes.index(language) for language in _LANGUAGES]
    weights = np.asarray(model.nb_ptc, dtype=np.float64)[:, columns]
    shares = np.exp(weights)
    # how much a feature tells: its divergence from the mean of the languages
    tells = (shares * (weights - np.log(shares.mean(axis=1, keepdims=True)))).sum(axis=1)
    names = _name_features(model)
    chosen = [int(feature) for feature in np.argsort(-tells) if int(feature) in names][:_FEATURES]
    lines = ["\t".join(("py3langid 0.4.0, BSD-3-Clause", *_LANGUAGES))]
    for name, feature in sorted((names[feature], feature) for feature in chosen):
        steps = np.round((weights[feature] - weights[feature].mean()) * _SCALE).astype(int)
        lines.append("\t".join((name.decode("latin-1"), *map(str, steps))))
    data = "\n".join(lines).encode("utf-8")
    _TARGET.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{len(lines) - 1} n-grams, {_TARGET.stat().st_size} bytes")


def _name_features(model: LanguageIdentifier) -> dict[int, bytes]:
    """Return the bytes of each feature: the shortest way to a state of the automaton names it."""
    names: dict[int, bytes] = {}
    prefixes = {0: b""}
    waiting = deque([0])
    while waiting:
        state = waiting.popleft()
        feature = int(model.tk_output[state])
        if feature >= 0:
            names.setdefault(feature, prefixes[state])
        for byte in range(0x20, 0x100):
            following = int(model.tk_nextmove[(int(model.tk_row[state]) << 8) + byte])
            if following not in prefixes:
                prefixes[following] = prefixes[state] + bytes([byte])
                waiting.append(following)
    return names


if __name__ == "__main__":
    main()
