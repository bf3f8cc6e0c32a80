"""What an AI does, by the words that say so, and for what a company uses such a thing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from digest.model.edition import AI_USES, AiFunction, AiUse
from digest.model.stack import Product

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # no ends of words there
_TABLE = tomllib.loads(Path(__file__).with_name("ai_functions.toml").read_text(encoding="utf-8"))


def read_ai_function(*texts: str) -> AiFunction | None:
    """Return what the AI that texts speak of does, the first text first; None where none says it.

    Of several things that a text names, the most special is it: an agent that sets bids in
    campaigns sets bids.
    """
    for text in texts:
        for function, pattern in _compile_patterns().items():
            if pattern.search(text):
                return function
    return None


def get_use(function: AiFunction) -> AiUse:
    """Return for what a company uses an AI that does this."""
    return cast(AiUse, _TABLE["functions"][function]["use"])


def list_uses(product: Product) -> tuple[AiUse, ...]:
    """Return the uses that a product serves by its categories."""
    return tuple(
        use for use in AI_USES if any(serves_use(slug, use) for slug in product.categories)
    )


def serves_use(category: str | None, use: AiUse) -> bool:
    """Return whether what stands in a stack category serves a use."""
    return category in _TABLE["serving"][use]


def list_functions(product: Product) -> frozenset[AiFunction]:
    """Return what a product does for the company, as far as the stack file's words say."""
    said = f"{product.contribution} {product.ai.purpose}"
    patterns = _compile_patterns().items()
    return frozenset(function for function, pattern in patterns if pattern.search(said))


def list_own_uses(product: Product) -> tuple[AiUse, ...]:
    """Return the uses for which the company uses a product's AI, as the stack file words it."""
    if not product.ai.used:
        return ()
    found = {
        get_use(function)
        for function, pattern in _compile_patterns().items()
        if pattern.search(product.ai.purpose)
    }
    return tuple(use for use in AI_USES if use in found)


@cache
def _compile_patterns() -> Mapping[AiFunction, re.Pattern[str]]:
    """Return the pattern of each function, the most special first."""
    return {
        cast(AiFunction, name): _compile_words(table["words"].split("\n"))
        for name, table in _TABLE["functions"].items()
    }


def _compile_words(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of expressions as whole words, where the script has them."""
    expressions = (
        word if _UNSPACED.search(word) else rf"(?<!\w)(?:{word})(?!\w)" for word in words if word
    )
    return re.compile("|".join(expressions), re.IGNORECASE)
