"""Read linear models from a packaged file and apply them without any library.

The file is made by tools/train_tags.py. It holds two layers; each has fields with their classes,
and for each feature the weights that are worth keeping, as whole numbers of `scale`. Features stand
as hashes, so that the judgement can be trained from numbers alone, without anybody's texts. It is
text in three parts with an empty line between them: scale, fields and certainty as JSON, then the
rows of each layer. A row is a line: the feature, a tab, then column and weight of each kept one,
with commas. An item has a few hundred of some 80,000 features: a row is read when an item first has
it.
"""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digest.errors import DigestError

_NO_ROW: Mapping[int, int] = {}
_LEAST_SHARE = 1e-4  # of a class, so that its log odds stay finite


def hash_feature(name: str) -> int:
    """Return the number that stands for a feature in the weights and in the training data."""
    return zlib.crc32(name.encode())


def calculate_odds(share: float) -> float:
    """Return the log odds of a share, 0 to 1, kept finite."""
    clamped = min(max(share, _LEAST_SHARE), 1.0 - _LEAST_SHARE)
    return math.log(clamped / (1.0 - clamped))


@dataclass(frozen=True, slots=True)
class ModelField:
    """A judged field: classes, each with its bias, at columns `start` onwards of the weights."""

    name: str
    classes: tuple[str, ...]
    start: int
    bias: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of all fields of a layer. `rows`: hashed feature → its row as it is in the file."""

    fields: Mapping[str, ModelField]
    rows: Mapping[int, str]
    scale: float
    _read_rows: dict[str, Mapping[int, int]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def drop_unknown(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return the features that the layer has weights for: the others change nothing."""
        known, rows = self._read_rows, self.rows
        return {
            name: value
            for name, value in features.items()
            if name in known or hash_feature(name) in rows
        }

    def read_row(self, name: str) -> Mapping[int, int]:
        """Return the weights of a feature by column; none where it is not known."""
        row = self._read_rows.get(name)
        if row is None:
            listed = self.rows.get(hash_feature(name))
            if listed is None:
                return _NO_ROW
            numbers = list(map(int, listed.split(",")))
            row = dict(zip(numbers[::2], numbers[1::2], strict=True))
            self._read_rows[name] = row
        return row

    def score_classes(self, features: Mapping[str, float]) -> dict[str, dict[str, float]]:
        """Return the score of each class by field."""
        sums = [0.0] * sum(len(of.classes) for of in self.fields.values())
        for name in sorted(features):  # sums of floats depend on their order
            scaled = features[name] * self.scale
            for column, weight in self.read_row(name).items():
                sums[column] += scaled * weight
        return {
            name: {cls: of.bias[n] + sums[of.start + n] for n, cls in enumerate(of.classes)}
            for name, of in self.fields.items()
        }

    def list_top_features(
        self, features: Mapping[str, float], field_name: str, cls: str, limit: int
    ) -> list[str]:
        """Return the features that speak most for a class, strongest first."""
        where = self.fields[field_name]
        column = where.start + where.classes.index(cls)
        gains = [
            (-value * weight, name)
            for name, value in features.items()
            if (weight := self.read_row(name).get(column)) and value * weight > 0
        ]
        return [name for _, name in sorted(gains)[:limit]]


@dataclass(frozen=True, slots=True)
class FieldCertainty:
    """How often a field's label is right: a logistic regression over what was seen in deciding.

    It is fitted on publishers that the model had not seen.
    """

    signals: Mapping[str, float]  # weight by signal, see `describe_choice`
    bias: Mapping[str, float]  # by class; that of "" is added to all
    printed_from: float  # probability from which the labels together are right often enough

    def estimate(self, cls: str, signals: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1, that a chosen class is right."""
        score = self.bias[""] + self.bias.get(cls, 0.0)
        score += math.fsum(weight * signals[name] for name, weight in self.signals.items())
        return 1.0 / (1.0 + math.exp(-score))


def describe_choice(
    cls: str, shares: Mapping[str, float], first: Mapping[str, float], relevance: float
) -> dict[str, float]:
    """Return what tells how sure the choice of a class is.

    Given are the shares of all classes, the first layer's scores of them and the share of relevant:
    how likely the class and the best other one are, whether both layers agree, and by how much.
    """
    others = [share for name, share in shares.items() if name != cls]
    first_others = [score for name, score in first.items() if name != cls]
    margin = first[cls] - max(first_others)
    return {
        "odds": calculate_odds(shares[cls]),
        "runner-up": calculate_odds(max(others)),
        "first": first[cls],
        "margin": margin,
        "agree": float(margin > 0),
        "relevance": calculate_odds(relevance),
    }


@dataclass(frozen=True, slots=True)
class LayeredModel:
    """Two layers: `words` sees single words and decides the category, `judgement` its scores.

    The second decides the rest. `certainty` says by field how far a decision can be trusted;
    an item is relevant from the probability `relevant_from` on, a further category is named from
    the first layer's score `also_from` on.
    """

    words: LinearModel
    judgement: LinearModel
    certainty: Mapping[str, FieldCertainty]
    relevant_from: float
    also_from: float


def softmax(scores: Mapping[str, float], sharpness: float = 1.0) -> dict[str, float]:
    """Return scores as shares that add up to 1."""
    top = max(scores.values())
    powers = {name: math.exp(sharpness * (score - top)) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}


def load_layered_model(path: Path) -> LayeredModel:
    """Load the weights of a packaged file.

    Raises DigestError where the file is missing or is none of this version.
    """
    try:
        head, *layers = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n\n")
        raw: dict[str, Any] = json.loads(head)
        scale = float(raw["scale"])
        words, judgement = (
            LinearModel(_parse_fields(raw[name]), dict(_iter_rows(rows)), scale)
            for name, rows in zip(("words", "judgement"), layers, strict=True)
        )
        return LayeredModel(
            words,
            judgement,
            {name: FieldCertainty(**of) for name, of in raw["certainty"].items()},
            float(raw["relevant_from"]),
            float(raw["also_from"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DigestError(
            f"{path}: the tagger's weights cannot be read: {error}", "install the package again"
        ) from error


def _parse_fields(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, ModelField]:
    fields, start = {}, 0
    for name, of in raw.items():
        fields[name] = ModelField(name, tuple(of["classes"]), start, tuple(of["bias"]))
        start += len(of["classes"])
    return fields


def _iter_rows(text: str) -> Iterator[tuple[int, str]]:
    """Yield features and their rows."""
    cells = text.replace("\n", "\t").split("\t")
    return zip(map(int, cells[::2]), cells[1::2], strict=True)
