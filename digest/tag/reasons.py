"""Why an item is judged as it is, in words that a person can check against the item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.model import ClaimPoint
from digest.tag.language import IDLE_WORDS
from digest.tag.linear import Layers
from digest.tag.reading import Findings
from digest.tag.vendors import Mention
from digest.taxonomy import CATEGORIES

_MOST = 6
_WORD_KINDS = ("t:", "b:", "^:", "a:")
_IDLE = re.compile(r"[\u0e00-\u0e7f]|^\W*\w?\W*$|^[\W\d]+$")
_SAYS: Mapping[str, str] = {
    "e:title:": "headline of the kind {}",
    "e:body:": "text of the kind {}",
    "c:t:": "{} in the title",
    "c:b:": "{} in the text",
    "c:share:": "mostly {}",
    "c:best:": "mostly {}",
    "h:": "headline {}",
    "m:": "names {}",
    "p:": "tells of {}",
    "v:acting:": "a company of {} acts",
    "v:named:": "a company of {} is named",
    "n:event=": "reads like {}",
    "n:category=": "reads like {}",
    "n:ai=": "AI {}",
    "n:evidence=": "AI claim {}",
    "n:": "{}",
}
_SILENT = (
    "h:title words",
    "h:body length",
    "h:language",
    "n:relevant=",
    "i:body count",
    "i:body density",
    "i:body late",
)
_PLAIN: Mapping[str, str] = {
    "n:relevant=yes": "words of items that belong",
    "n:relevant=no": "words of items that do not belong",
    "i:title": "AI in the title",
    "i:body": "AI in the text",
    "i:none": "no word of AI",
    "i:body only": "AI only in the text",
    "i:body once": "AI named once",
    "i:in passing": "AI in passing",
    "v:some act": "a company acts",
    "v:none acts": "no company acts",
    "v:acting in title": "the title names who acts",
    "v:told by itself": "told by the vendor itself",
    "c:any": "words of marketing technology",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The classes that were chosen; `category` is None for none."""

    category: str | None
    ai: str
    evidence: str | None
    event: str
    relevant: str


def why(
    verdict: Verdict,
    points: Iterable[ClaimPoint],
    findings: Findings,
    mentions: Iterable[Mention],
    features: Mapping[str, float],
    second: Mapping[str, float],
    layers: Layers,
) -> dict[str, tuple[str, ...]]:
    """Field → the words or rules that decided it, the plainest first."""
    slug = verdict.category or "none"
    category = _terms(findings, slug) + _homes(mentions, slug)
    category += _words(layers.words.reasons(features, "category", slug, 4 * _MOST))
    events = findings.events
    event = [events[verdict.event, place] for place in ("title", "body") if (verdict.event, place) in events]
    event += _words(layers.words.reasons(features, "event", verdict.event, 4 * _MOST))[: 2 if event else _MOST]
    said = [*findings.ai_in_title, *findings.ai_in_body]
    ai = said or ["no word of AI"] if verdict.ai == "none" else said
    if not ai:
        ai = _words(layers.words.reasons(features, "ai", verdict.ai, 4 * _MOST))
    relevant = _named(layers.judgement.reasons(second, "relevant", verdict.relevant, 5 * _MOST), verdict)
    found = {"relevant": relevant, "category": category, "ai": ai, "event": event}
    if verdict.ai in ("core", "applied"):
        found["evidence"] = _evidence(verdict.evidence, points)
    acting = [f"{mention.matched} ({mention.where})" for mention in mentions if mention.acting]
    if acting:
        found["vendors"] = acting
    return {field: tuple(dict.fromkeys(filter(None, words)))[:_MOST] for field, words in found.items()}


def _evidence(grade: str | None, points: Iterable[ClaimPoint]) -> list[str]:
    """By the rule: which points are quoted."""
    if grade is None:
        return ["no capability is claimed"]
    return [f"{point.kind} quoted" for point in points] or ["nothing that it rests on is said"]


def _terms(findings: Findings, slug: str) -> list[str]:
    hits = [hit for _, hit in findings.categories if hit.term.label == slug]
    hits.sort(key=lambda hit: (not hit.term.of_team, -hit.term.weight))
    return [f"{hit.words} (the team's word)" if hit.term.of_team else hit.words for hit in hits]


def _homes(mentions: Iterable[Mention], slug: str) -> list[str]:
    return [f"{mention.name} is at home in it" for mention in mentions if mention.acting and slug in mention.categories]


def _words(names: Iterable[str]) -> list[str]:
    """Single words and phrases of the item; what only a machine would call a reason is left out: small words, pieces of
    Thai words."""
    told = (name[2:] for name in names if name.startswith(_WORD_KINDS))
    return [words for words in told if not _IDLE.search(words) and not IDLE_WORDS.issuperset(words.split())]


def _named(names: Iterable[str], verdict: Verdict) -> list[str]:
    """Second-layer features in plain words; a reason that speaks of another verdict than was given is none to a
    person, though its weight helped."""
    given = {"category": verdict.category or "none", "ai": verdict.ai, "event": verdict.event}
    given |= {"relevant": verdict.relevant, "evidence": verdict.evidence or "-"}
    return [told for name in names if _agrees(name, given) and (told := _in_words(name))]


def _agrees(name: str, given: Mapping[str, str]) -> bool:
    """Whether a feature made of the first layer's scores speaks of what was judged."""
    if not name.startswith("n:"):
        return True
    field, _, value = name.removeprefix("n:").partition("=")
    return given[field] == value if value else field.partition(" ")[0] == given["event"]


def _in_words(name: str) -> str:
    if name in _PLAIN:
        return _PLAIN[name]
    if name.startswith(_SILENT) or name.endswith(("=-", "none")):
        return ""
    start = next((start for start in _SAYS if name.startswith(start)), "")
    what = name.removeprefix(start)
    return _SAYS[start].format(CATEGORIES[what].name if what in CATEGORIES else what) if start else ""
