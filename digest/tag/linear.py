"""Read linear models from a packaged file and apply them without any library.

The file is made by tools/train_tags.py. It holds two layers; each has fields with their classes,
and for each feature the weights that are worth keeping, as whole numbers of `scale`. It is text in
three parts with an empty line between them: scale and fields as JSON, then the rows of each layer.
A row is a line: the feature, a tab, then column and weight of each kept one, with commas. An item
has a few hundred of the 82,000 features: a row is read when an item first has it.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
    """Weights of all fields of a layer. `rows`: feature → its row as it stands in the file."""

    fields: Mapping[str, ModelField]
    rows: Mapping[str, str]
    scale: float
    _read_rows: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def read_row(self, name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the columns and weights of a feature; none where the model does not know it."""
        if name not in self.rows:
            return (), ()
        if name not in self._read_rows:
            numbers = tuple(map(int, self.rows[name].split(",")))
            self._read_rows[name] = numbers[::2], numbers[1::2]
        return self._read_rows[name]

    def score_classes(self, features: Mapping[str, float]) -> dict[str, dict[str, float]]:
        """Return the score of each class by field."""
        sums = [0.0] * sum(len(of.classes) for of in self.fields.values())
        for name in sorted(features):  # sums of floats depend on their order
            scaled = features[name] * self.scale
            for column, weight in zip(*self.read_row(name), strict=True):
                sums[column] += scaled * weight
        return {
            name: {cls: of.bias[n] + sums[of.start + n] for n, cls in enumerate(of.classes)}
            for name, of in self.fields.items()
        }

    def top_features(
        self, features: Mapping[str, float], field_name: str, cls: str, limit: int
    ) -> list[str]:
        """Return the features that speak most for a class, strongest first."""
        where = self.fields[field_name]
        column = where.start + where.classes.index(cls)
        gains = []
        for name, value in features.items():
            columns, weights = self.read_row(name)
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
        head, *layers = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n\n")
        raw: dict[str, Any] = json.loads(head)
        scale = float(raw["scale"])
        words, judgement = (
            LinearModel(_parse_fields(raw[name]), dict(_iter_rows(rows)), scale)
            for name, rows in zip(("words", "judgement"), layers, strict=True)
        )
        certainty = {name: FieldCertainty(**of) for name, of in raw["certainty"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DigestError(
            f"{path}: the tagger's weights cannot be read: {error}", "install the package again"
        ) from error
    return LayeredModel(words, judgement, certainty)


def _parse_fields(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, ModelField]:
    fields, start = {}, 0
    for name, of in raw.items():
        fields[name] = ModelField(name, tuple(of["classes"]), start, tuple(of["bias"]))
        start += len(of["classes"])
    return fields


def _iter_rows(text: str) -> Iterator[tuple[str, str]]:
    """Yield features and their rows."""
    cells = text.replace("\n", "\t").split("\t")
    return zip(cells[::2], cells[1::2], strict=True)
