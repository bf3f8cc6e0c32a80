"""Judge by the vectors that a team's own model makes of items, beside the words. Pure.

The weights (`vocabulary/vector_weights.json`, made by tools/train_vectors.py) are one logistic
regression a field over the vectors of one model. Its shares are mixed half and half with those of
the words. How far the mixture can be trusted was measured on it, so it has thresholds of its own.

The weights are worth nothing with other vectors. So they hold a few short texts with the vectors
that the model makes of them (`probes`): what serves or runs the model has to give the same.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import mul
from pathlib import Path
from typing import Any

from digest.errors import DigestError
from digest.model.item import Item
from digest.tag.linear import FieldCertainty, LayeredModel, softmax
from digest.tag.reading import join_summary_text, strip_boilerplate
from digest.vectors import calculate_similarity, quantize_vector, read_vector

_WEIGHTS = Path(__file__).parent / "vocabulary" / "vector_weights.json"
_BODY_CHARS = 300  # of an item's summary and text: the news stands at the top
_LEAST_SHARE = 1e-6
_MIN_PROBE_SIMILARITY = 0.96  # of each probe: in 4 bits the model reaches .98, a passage .95
PREFIXES = ("query: ", "")  # what the model wants before a text; some servers put it there
EmbedTexts = Callable[[Sequence[str]], Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class VectorField:
    """The weights of a judged field: a row of whole numbers of `scale` a class, and its bias."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    rows: tuple[tuple[int, ...], ...]

    def score_classes(self, vector: Sequence[int]) -> dict[str, float]:
        """Return the score of each class."""
        return {
            name: bias + self.scale * sum(map(mul, row, vector))
            for name, bias, row in zip(self.classes, self.bias, self.rows, strict=True)
        }


@dataclass(frozen=True, slots=True)
class VectorModel:
    """What the judgement knows of one model's vectors."""

    model: str
    dimensions: int
    fields: Mapping[str, VectorField]
    certainty: Mapping[str, FieldCertainty]
    relevant_from: float
    also_from: float
    probes: Mapping[str, bytes]  # text → the vector that the model makes of it

    def replace_thresholds(self, layers: LayeredModel) -> LayeredModel:
        """Return the judgement by words with the thresholds of the mixture."""
        return replace(
            layers,
            certainty=self.certainty,
            relevant_from=self.relevant_from,
            also_from=self.also_from,
        )

    def estimate_shares(self, vector: bytes) -> dict[str, dict[str, float]]:
        """Return the share of each class by field. Raises ValueError for another model's vector."""
        numbers = read_vector(vector)
        if len(numbers) != self.dimensions:
            raise ValueError(f"{len(numbers)} numbers in place of {self.dimensions}")
        return {name: softmax(of.score_classes(numbers)) for name, of in self.fields.items()}


def mix_shares(by_words: Mapping[str, float], by_vector: Mapping[str, float]) -> dict[str, float]:
    """Return the mean of two judgements' shares."""
    return {name: (share + by_vector.get(name, 0.0)) / 2 for name, share in by_words.items()}


def mix_category_scores(
    scores: Mapping[str, float], by_vector: Mapping[str, float], sharpness: float
) -> dict[str, float]:
    """Return the first layer's scores of categories as they would stand for the mixed shares."""
    mixed = mix_shares(softmax(scores, sharpness), by_vector)
    top = max(scores.values())
    total = math.fsum(math.exp(sharpness * (score - top)) for score in scores.values())
    level = top + math.log(total) / sharpness
    return {
        name: level + math.log(max(share, _LEAST_SHARE)) / sharpness
        for name, share in mixed.items()
    }


def compose_vector_text(item: Item) -> str:
    """Return the words of an item that its vector is made of."""
    title = strip_boilerplate(item.title)
    body = strip_boilerplate(join_summary_text(item.summary, item.text)[:2000])
    body = body.removeprefix(title).strip()[:_BODY_CHARS]
    return f"{title}. {body}".strip()


def choose_prefix(model: VectorModel, embed: EmbedTexts) -> str:
    """Return what has to stand before a text so that `embed` gives the vectors of `model`.

    Raises DigestError where it gives those of no known model, or none at all.
    """
    found: dict[str, float] = {}
    for prefix in PREFIXES:
        made = embed([prefix + text for text in model.probes])
        if any(len(vector) != model.dimensions for vector in made):
            raise DigestError(
                f"the vectors have {len(made[0])} numbers, those of {model.model} have "
                f"{model.dimensions}",
                f"serve {model.model}: there are weights for no other model",
            )
        found[prefix] = min(
            calculate_similarity(read_vector(wanted), read_vector(quantize_vector(vector)))
            for wanted, vector in zip(model.probes.values(), made, strict=True)
        )
    best = max(PREFIXES, key=found.__getitem__)
    if found[best] < _MIN_PROBE_SIMILARITY:
        raise DigestError(
            f"the vectors are not those of {model.model} (similarity {found[best]:.2f} in place of "
            f"{_MIN_PROBE_SIMILARITY:.2f} or more)",
            f"serve {model.model}: there are weights for no other model",
        )
    return best


@cache
def load_vector_model() -> VectorModel:
    """Load the packaged weights. Raises DigestError where they cannot be read."""
    try:
        raw: dict[str, Any] = json.loads(_WEIGHTS.read_text("utf-8"))
        return VectorModel(
            model=raw["model"],
            dimensions=raw["dimensions"],
            fields={
                name: _parse_field(of, raw["dimensions"]) for name, of in raw["fields"].items()
            },
            certainty={name: FieldCertainty(**of) for name, of in raw["certainty"].items()},
            relevant_from=float(raw["relevant_from"]),
            also_from=float(raw["also_from"]),
            probes={text: base64.b64decode(vector) for text, vector in raw["probes"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DigestError(
            f"{_WEIGHTS}: the weights for vectors cannot be read: {error}",
            "install the package again",
        ) from error


def _parse_field(raw: Mapping[str, Any], dimensions: int) -> VectorField:
    numbers = read_vector(base64.b64decode(raw["weights"]))
    rows = tuple(
        numbers[start : start + dimensions] for start in range(0, len(numbers), dimensions)
    )
    return VectorField(tuple(raw["classes"]), tuple(raw["bias"]), float(raw["scale"]), rows)
