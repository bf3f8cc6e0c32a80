"""Read linear models from a packaged file and apply them without any library.

The file is made by tools/train_tags.py. It holds two layers; each has fields with their classes,
and for each feature the weights that are worth keeping, as whole numbers of `scale`.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.errors import DigestError

_LEAST_SHARE = 1e-4  # of a class, so that its log odds stay finite


@dataclass(frozen=True, slots=True)
class ModelField:
    """A judged field: classes, each with its bias, at columns `start` onwards of the weights."""

    name: str
    classes: tuple[str, ...]
    start: int
    bias: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of all fields of a layer. `rows`: feature → (columns, their weights)."""

    fields: Mapping[str, ModelField]
    rows: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    scale: float

    def score_classes(self, features: Mapping[str, float]) -> dict[str, dict[str, float]]:
        """Return the score of each class by field."""
        sums = [0.0] * sum(len(field.classes) for field in self.fields.values())
        rows, scale = self.rows, self.scale
        for name in sorted(features):  # sums of floats depend on their order
            row = rows.get(name)
            if row:
                scaled = features[name] * scale
                for column, weight in zip(*row, strict=True):
                    sums[column] += scaled * weight
        return {
            name: {
                cls: field.bias[n] + sums[field.start + n] for n, cls in enumerate(field.classes)
            }
            for name, field in self.fields.items()
        }

    def top_features(
        self, features: Mapping[str, float], field: str, cls: str, limit: int
    ) -> list[str]:
        """Return the features that speak most for a class, strongest first."""
        where = self.fields[field]
        column = where.start + where.classes.index(cls)
        gains = []
        for name, value in features.items():
            columns, weights = self.rows.get(name, ((), ()))
            if column in columns:
                gain = value * weights[columns.index(column)]
                if gain > 0:
                    gains.append((-gain, name))
        return [name for _, name in sorted(gains)[:limit]]


@dataclass(frozen=True, slots=True)
class FieldCertainty:
    """How often a field's label is right, by the model's share for it and by the label.

    It is a logistic regression (Platt's scaling with a bias for each class), fitted on publishers
    that the model had not seen.
    """

    slope: float  # times the log odds of the share
    bias: Mapping[str, float]  # by class; that of "" is added to all
    printed_from: float  # probability from which the labels together are right often enough

    def calibrate(self, cls: str, share: float) -> float:
        """Return the probability, 0 to 1, that a class chosen with a share is right."""
        clamped = min(max(share, _LEAST_SHARE), 1.0 - _LEAST_SHARE)
        odds = math.log(clamped / (1.0 - clamped))
        score = self.slope * odds + self.bias[""] + self.bias.get(cls, 0.0)
        return 1.0 / (1.0 + math.exp(-score))


@dataclass(frozen=True, slots=True)
class LayeredModel:
    """Two layers: `words` sees single words and decides the category, `judgement` its scores.

    The second decides the rest. `certainty` says by field how far a decision can be trusted.
    """

    words: LinearModel
    judgement: LinearModel
    certainty: Mapping[str, FieldCertainty]


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
        raw: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
        scale = float(raw["scale"])
        return LayeredModel(
            _parse_linear_model(raw["words"], scale),
            _parse_linear_model(raw["judgement"], scale),
            {name: FieldCertainty(**field) for name, field in raw["certainty"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DigestError(
            f"{path}: the tagger's weights cannot be read: {error}", "install the package again"
        ) from error


def _parse_linear_model(raw: Mapping[str, Any], scale: float) -> LinearModel:
    fields, start = {}, 0
    for name, field in raw["fields"].items():
        fields[name] = ModelField(name, tuple(field["classes"]), start, tuple(field["bias"]))
        start += len(field["classes"])
    return LinearModel(
        fields,
        {name: (tuple(row[::2]), tuple(row[1::2])) for name, row in raw["rows"].items()},
        scale,
    )
