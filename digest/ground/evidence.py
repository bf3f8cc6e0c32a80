"""Rules on what a sentence may rest on: what its sources report, not what they ask for.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digest.ground.addresses import find_address
from digest.ground.claim import Claim, index_text, join_concepts, score_overlap
from digest.ground.name_index import has_name
from digest.ground.name_tables import is_known_vendor
from digest.ground.passages import Passage
from digest.ground.roles import find_speakers
from digest.ground.script import fold

_LINK = re.compile(
    r"https?://\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.[a-z]{2,}|"
    r"\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|ai|co|dev|app|info|biz|example|test|xyz|it|de|fr|es|"
    r"eu|cn|jp|th|uk)\b(?:/\S*)?",
    re.IGNORECASE,
)
# News names a site; it does not send its reader there.
_LEADS_AWAY = re.compile(
    r"(?:\b(?:at|via|from|through|on|to|tool|site|website|page|auf|unter|uber|su|sul|tramite|sur|en|em|"
    r"a)|เว็บไซต์|ที่|ผ่าน)\s?$"
)
_RESTED = 0.5  # of what can be looked for in a clause, for a sentence to carry it
_MIN_LEAD = 0.1  # by which a refused sentence must carry more of a clause than each report


def check_address(claim: Claim) -> str:
    """Refuse what speaks to the reader or a machine, and addresses that no source has."""
    for match in _LINK.finditer(claim.passage.text):
        link = fold(match[0]).rstrip(".,;:!?)")
        if is_known_vendor(link):
            continue  # a company's name that is its address: "WordPress.com"
        if not any(link in source.folded for source in claim.cited):
            return f"link or address not in the cited items: {match[0]}"
        if _LEADS_AWAY.search(claim.passage.folded[: match.start()]):
            return f"leads its reader elsewhere: {match[0]}"
    language = claim.passage.language
    for part in re.split(r"(?<=[.!?。！？])\s*", claim.passage.text):
        found = find_address(part, language, ("machine", "reader", "demand", "voice", "markup"))
        if found:
            return f"reads as an instruction: {found}"
    for clause in claim.clauses:
        found = find_address(clause.text, language, ("advice",))
        if found and not any(True for _ in find_speakers(claim.passage)):
            return f"advice in nobody's name: {found}"
    return ""


def check_evidence(claim: Claim) -> str:
    """Refuse a clause that the cited items say to their reader or a machine, and do not report."""
    refused = [passage for source in claim.cited for passage in source.refused]
    if not refused:
        return ""
    for clause in claim.clauses:
        spoken = max(_measure(clause, passage) for passage in refused)
        reported = max((_measure(clause, one) for _, one in claim.sentences), default=0.0)
        if spoken >= _RESTED and spoken > reported + _MIN_LEAD:
            return "the cited items only ask for this to be said, or to be done"
    return _check_inserted(claim, refused)


def _check_inserted(claim: Claim, refused: Sequence[Passage]) -> str:
    """Refuse names and words that the cited items have in a command to a machine alone."""
    commands = [
        one for one in refused if find_address(one.text, one.language, ("machine", "demand"))
    ]
    if not commands:
        return ""
    passage = claim.passage
    for command in commands:
        index = index_text(command.text)
        for name in passage.sure_names:
            if has_name(index, name.key) and not any(
                has_name(source.index, name.key) for source in claim.cited
            ):
                return f"only a command in the cited items has this: {name.text}"
        inserted = {
            concept
            for concept in passage.subjects & command.subjects
            if not any(concept in own.concept_names for _, own in claim.sentences)
        } - _COMMON
        words: set[str] = set()
        if passage.language == command.language:
            own = {stem for source in claim.cited for stem, _ in source.whole.stems}
            told = join_concepts(source.whole for source in claim.cited)
            known = {
                stem
                for stem, at in passage.stems
                for found in passage.concepts
                if found.start <= at < found.end and found.concept in told
            }
            words = (
                ({stem for stem, _ in passage.stems} & {s for s, _ in command.stems}) - own - known
            )
        if inserted or words:
            return "only a command in the cited items says this: " + min(inserted or words)
    return ""


_COMMON = frozenset({"said", "use", "build", "add", "available"})


def _measure(clause: Passage, passage: Passage) -> float:
    """Return how much of a clause a sentence of a source has, of 1."""
    whole = score_overlap(clause, replace(clause, language=passage.language))
    return score_overlap(clause, passage) / whole if whole else 0.0
