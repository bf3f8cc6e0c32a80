"""Leaf: the letters that stand for the days of a source in a quarter, one a day."""

from __future__ import annotations

COVERED = "h"  # all that the source listed of that day is held
MISSING = "m"  # the feed moved on too far between two readings, and nothing filled the gap
UNKNOWN = "u"  # no reading tells
FUTURE = "."  # not yet come
