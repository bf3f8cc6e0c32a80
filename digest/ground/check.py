"""Check one sentence against the items that it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from digest.ground.claim import Claim
from digest.ground.evidence import check_address, check_evidence
from digest.ground.facts import check_dates, check_figures
from digest.ground.lists import check_ways
from digest.ground.manner import check_direction, check_negation
from digest.ground.naming import check_names
from digest.ground.origin import check_mixture, check_support
from digest.ground.passages import read_item, read_passage
from digest.ground.quotes import check_quotes
from digest.ground.reasons import check_comparisons, check_reasons
from digest.ground.roles import check_attribution, check_roles, check_ties, check_turned
from digest.ground.scope import check_scope, check_superlatives
from digest.ground.script import detect_language, normalize_source
from digest.ground.strength import check_strength
from digest.ground.types import GroundItem, Verdict

_MAX_SENTENCE = 2_000  # characters; a longer "sentence" is none
_MAX_FIGURES = 40  # each is compared with all of the sources

# In this order: what is wrong beyond doubt before what is compared by likeness.
RULES: tuple[Callable[[Claim], str], ...] = (
    check_address,
    check_evidence,
    check_quotes,
    check_figures,
    check_dates,
    check_names,
    check_support,
    check_mixture,
    check_ways,
    check_direction,
    check_negation,
    check_superlatives,
    check_scope,
    check_strength,
    check_attribution,
    check_roles,
    check_turned,
    check_ties,
    check_reasons,
    check_comparisons,
)


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
    text = normalize_source(sentence).replace("\n", " ")
    if not text or len(text) > _MAX_SENTENCE:
        return Verdict(False, "no sentence" if not text else "too long for a sentence")
    ids = {item.id for item in cited}
    passage = read_passage(text, detect_language(text, lang))
    if len(passage.quantities) > _MAX_FIGURES:
        return Verdict(False, "too many figures for a sentence")
    claim = Claim(
        passage,
        tuple(map(read_item, cited)),
        tuple(read_item(item) for item in all_items if item.id not in ids),
    )
    for rule in RULES:
        reason = rule(claim)
        if reason:
            return Verdict(False, reason)
    return Verdict(True)
