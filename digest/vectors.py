"""Hold the meaning of a text as a vector of small whole numbers. Pure.

A text's vector comes from a model that people install or pay for; its numbers differ in the last
places between machines. Rounded to a byte each they are stored once, so that the same archive gives
the same edition wherever it is built.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import mul

_SCALE = 400.0  # steps for a length of 1: parts of a unit vector of some hundred lie below 0.3
_LARGEST = 127


def quantize_vector(values: Sequence[float]) -> bytes:
    """Return a vector at length 1 as signed bytes. Raises ValueError where it has no length."""
    length = math.sqrt(math.fsum(value * value for value in values))
    if not length or not math.isfinite(length):
        raise ValueError("a vector without a length")
    steps = (round(value / length * _SCALE) for value in values)
    return bytes(max(-_LARGEST, min(_LARGEST, step)) & 0xFF for step in steps)


def read_vector(raw: bytes) -> tuple[int, ...]:
    """Return the numbers of a quantized vector."""
    return tuple(memoryview(raw).cast("b"))


def calculate_similarity(first: Iterable[float], second: Iterable[float]) -> float:
    """Return the cosine of two vectors; 0 where one has no length."""
    a, b = tuple(first), tuple(second)
    squares = sum(map(mul, a, a)) * sum(map(mul, b, b))
    return sum(map(mul, a, b)) / math.sqrt(squares) if squares else 0.0
