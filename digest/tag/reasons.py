"""Why an item is judged as it is, in words that a person can check against the item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.tag.linear import Layers
from digest.tag.reading import Findings
from digest.tag.vendors import Mention
from digest.taxonomy import CATEGORIES

_MOST = 6
_WORD_KINDS = ("t:", "b:", "^:", "a:")
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
    "n:relevant=": "words of items that {}",
}
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
    evidence: str
    event: str
    relevant: str


def why(
    verdict: Verdict,
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
    event += _words(layers.words.reasons(features, "event", verdict.event, 4 * _MOST))
    said = [*findings.ai_in_title, *findings.ai_in_body]
    ai = said or ["no word of AI"]
    if said or verdict.ai != "none":
        ai += _words(layers.words.reasons(features, "ai", verdict.ai, 4 * _MOST))
    relevant = _named(layers.judgement.reasons(second, "relevant", verdict.relevant, 3 * _MOST))
    evidence = _named(layers.judgement.reasons(second, "evidence", verdict.evidence, 3 * _MOST))
    found = {"relevant": relevant, "category": category, "ai": ai, "event": event}
    if verdict.ai in ("core", "applied"):
        found["evidence"] = evidence
    acting = [f"{mention.matched} ({mention.where})" for mention in mentions if mention.acting]
    if acting:
        found["vendors"] = acting
    return {field: tuple(dict.fromkeys(filter(None, words)))[:_MOST] for field, words in found.items()}


def _terms(findings: Findings, slug: str) -> list[str]:
    hits = [hit for _, hit in findings.categories if hit.term.label == slug]
    return [hit.words for hit in sorted(hits, key=lambda hit: -hit.term.weight)]


def _homes(mentions: Iterable[Mention], slug: str) -> list[str]:
    return [f"{mention.name} is at home in it" for mention in mentions if mention.acting and slug in mention.categories]


def _words(names: Iterable[str]) -> list[str]:
    """Single words and phrases of the item; what only a machine would call a reason is left out."""
    return [name[2:] for name in names if name.startswith(_WORD_KINDS) and any(map(str.isalpha, name[2:]))]


def _named(names: Iterable[str]) -> list[str]:
    """Second-layer features in plain words."""
    told = []
    for name in names:
        start = next((start for start in _SAYS if name.startswith(start)), None)
        if name in _PLAIN:
            told.append(_PLAIN[name])
        elif start and "none" not in name:
            what = name.removeprefix(start)
            told.append(_SAYS[start].format(CATEGORIES[what].name if what in CATEGORIES else what))
    return told
