"""Who answers for the words of a claim, and who measured its figure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.edition.claim_points import Subject, has_name
from digest.edition.claim_subjects import SAYS, is_own
from digest.model.edition import ClaimSpeaker, Sentence
from digest.model.story import Story

_SELF_SAID = r"(?:\w+ (?:to )?)?(?:cit(?:es?|ed|ing)|says?|said|claims?|claimed|reports?|reported)"
_ITS_PERSON = r"(?:['’]s?(?: \w+)? [A-Z]\w+ [A-Z][\w-]+)?"  # "’s Ann Lee", "’s CEO Ann Lee"
_ACCORDING = re.compile(
    rf"\b(?i:according to|laut|secondo|selon|según) (?:the )?(?P<to>[A-Z][\w&.-]+)|"
    rf"(?P<who>[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)?) {SAYS}\b"
)
_TESTED_BY = re.compile(
    r"\b(?:tested|measured|audited|benchmarked|evaluated|analy[sz]ed|gemessen|geprüft|misurat\w+|"
    r"mesuré\w*|medid\w+)\b",
    re.IGNORECASE,
)


def find_prover(points: Mapping[str, Sentence], speaker: ClaimSpeaker, subject: Subject) -> str:
    """Return who measured the figure of a claim; "" where nobody did or the words do not say."""
    point = points.get("result") or points.get("data")
    if point is None or speaker == "press":
        return ""
    if speaker == "vendor":
        return subject.name
    named = (match["to"] or match["who"] for match in _ACCORDING.finditer(point.text))
    others = (name for name in sorted(subject.others) if has_name(point.text, name))
    return next((name for name in (*named, *others) if not subject.is_named(name)), "")


def find_speaker(
    story: Story,
    points: Mapping[str, Sentence],
    subject: Subject,
    statement: Sentence | None = None,
) -> ClaimSpeaker:
    """Return who answers for the words: the vendor in its own place, the press, or a tester.

    Where nothing is measured, the `statement` decides, or else who published the headline.
    """
    items = [member.item for member in story.items]
    own = {item.source_name for item in items if is_own(item, subject)}
    for kind in ("result", "data"):
        point = points.get(kind)
        if point is None or point.source in own:
            continue
        if _is_said_by(point.text, subject):
            return "vendor"
        for match in _ACCORDING.finditer(point.text):
            if not subject.is_named(match["to"] or match["who"]):
                return "independent"
        if any(has_name(point.text, name) for name in subject.others) and _TESTED_BY.search(
            point.text
        ):
            return "independent"
    if not own and any(item.tier in ("analyst", "regulator") for item in items):
        return "independent"
    if statement and _is_said_by(statement.text, subject):
        return "vendor"
    source = statement.source if statement else story.lead.item.source_name
    return "vendor" if source in own else "press"


def _is_said_by(text: str, subject: Subject) -> bool:
    """Return whether words name the subject, or one of its people, as who says them."""
    return any(
        re.search(rf"\b{re.escape(name)}{_ITS_PERSON} {_SELF_SAID}\b", text)
        or re.search(rf"\baccording to {re.escape(name)}\b", text, re.IGNORECASE)
        for name in subject.names
    )
