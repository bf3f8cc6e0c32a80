"""Which products of ours a rule may reach because of what we do with them: e-mail, ad tracking.

A rule on e-mail names no product; whoever sends e-mail has to read it. Whether it reaches us is
open, and said so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from digest.edition.subjects import join_titles
from digest.model.edition import RULE_USES, RuleUse
from digest.model.stack import Product
from digest.model.story import Story

_TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("rule_uses.toml").read_text(encoding="utf-8")
)


def find_rule_use(
    story: Story, products: Iterable[Product]
) -> tuple[RuleUse | None, tuple[Product, ...]]:
    """Return the use that headlines are about and the products that we use so; None for none."""
    titles = join_titles(story)
    staying = [product for product in products if product.status != "retiring"]
    for use in RULE_USES:
        row = _TABLE[use]
        if not _compile(use, "words").search(titles):
            continue
        found = [
            product
            for product in staying
            if not set(row["categories"]).isdisjoint(product.categories)
            or _compile(use, "does").search(product.contribution)
        ]
        if found:
            return use, tuple(found)
    return None, ()


@cache
def _compile(use: str, key: str) -> re.Pattern[str]:
    lines = "|".join(line for line in _TABLE[use][key].split("\n") if line) or "(?!)"
    # Only Latin words have ends: Thai and Chinese put no space between theirs.
    return re.compile(rf"(?<![A-Za-z])(?:{lines})(?![A-Za-z])", re.IGNORECASE)
