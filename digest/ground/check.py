"""Check one sentence against the items that it names."""

from __future__ import annotations

from collections.abc import Sequence

from digest.ground.types import GroundItem, Verdict


def check_sentence(
    sentence: str,
    cited: Sequence[GroundItem],
    all_items: Sequence[GroundItem],
    lang: str,
) -> Verdict:
    """Return whether the cited items carry what a sentence says.

    `all_items` are those that the writer was shown, the cited ones among them; `lang` is the
    language of the sentence, as a code. Nothing is raised: what cannot be checked does not pass.
    """
    if not cited:
        return Verdict(False, "no item is cited")
    return Verdict(False, "not checked yet")
