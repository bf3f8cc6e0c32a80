"""How many examples a property is tried with: all in the real ring, a quarter of them in the quick one."""

from __future__ import annotations

from hypothesis import settings

ALL = 100  # hypothesis' own number
QUICK = 25


def try_examples(number: int) -> settings:
    """Return the settings of a test that the real ring tries with so many examples."""
    return settings(max_examples=max(1, number * settings.default.max_examples // ALL))
