"""Why an item is judged as it is, in words that a person can check against the item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.model.tags import ClaimPoint
from digest.tag.language import STOPWORDS
from digest.tag.linear import LayeredModel
from digest.tag.reading import VocabularyMatches
from digest.tag.vendors import Mention
from digest.taxonomy import CATEGORIES

_MAX_REASONS = 6
_WORD_KINDS = ("t:", "b:", "^:", "a:")
_MEANINGLESS = re.compile(r"[\u0e00-\u0e7f]|^\W*\w?\W*$|^[\W\d]+$")
_FEATURE_TEMPLATES: Mapping[str, str] = {
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
_HIDDEN_FEATURES = (
    "h:title words",
    "h:body length",
    "h:language",
    "n:relevant=",
    "i:body count",
    "i:body density",
    "i:body late",
)
_FEATURE_PHRASES: Mapping[str, str] = {
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
class JudgedClasses:
    """The classes that were chosen; `category` is None for none."""

    category: str | None
    ai: str
    evidence: str | None
    event: str
    relevant: str


def explain_judgement(
    verdict: JudgedClasses,
    points: Iterable[ClaimPoint],
    findings: VocabularyMatches,
    mentions: Iterable[Mention],
    features: Mapping[str, float],
    second: Mapping[str, float],
    layers: LayeredModel,
) -> dict[str, tuple[str, ...]]:
    """Field → the words or rules that decided it, the plainest first."""
    slug = verdict.category or "none"
    category = _list_terms(findings, slug) + _list_home_vendors(mentions, slug)
    category += _list_words(layers.words.top_features(features, "category", slug, 4 * _MAX_REASONS))
    events = findings.events
    event = [
        events[verdict.event, place]
        for place in ("title", "body")
        if (verdict.event, place) in events
    ]
    event += _list_words(
        layers.words.top_features(features, "event", verdict.event, 4 * _MAX_REASONS)
    )[: 2 if event else _MAX_REASONS]
    said = [*findings.ai_in_title, *findings.ai_in_body]
    ai = said or ["no word of AI"] if verdict.ai == "none" else said
    if not ai:
        ai = _list_words(layers.words.top_features(features, "ai", verdict.ai, 4 * _MAX_REASONS))
    relevant = _describe_features(
        layers.judgement.top_features(second, "relevant", verdict.relevant, 5 * _MAX_REASONS),
        verdict,
    )
    found = {"relevant": relevant, "category": category, "ai": ai, "event": event}
    if verdict.ai in ("core", "applied"):
        found["evidence"] = _explain_evidence(verdict.evidence, points)
    acting = [f"{mention.matched} ({mention.where})" for mention in mentions if mention.acting]
    if acting:
        found["vendors"] = acting
    return {
        field: tuple(dict.fromkeys(filter(None, words)))[:_MAX_REASONS]
        for field, words in found.items()
    }


def _explain_evidence(grade: str | None, points: Iterable[ClaimPoint]) -> list[str]:
    """By the rule: which points are quoted."""
    if grade is None:
        return ["no capability is claimed"]
    return [f"{point.kind} quoted" for point in points] or ["nothing that it rests on is said"]


def _list_terms(findings: VocabularyMatches, slug: str) -> list[str]:
    hits = [hit for _, hit in findings.categories if hit.term.label == slug]
    hits.sort(key=lambda hit: (not hit.term.of_team, -hit.term.weight))
    return [f"{hit.words} (the team's word)" if hit.term.of_team else hit.words for hit in hits]


def _list_home_vendors(mentions: Iterable[Mention], slug: str) -> list[str]:
    return [
        f"{mention.name} is at home in it"
        for mention in mentions
        if mention.acting and slug in mention.categories
    ]


def _list_words(names: Iterable[str]) -> list[str]:
    """Single words and phrases of the item; what only a machine would call a reason is left out: small words, pieces of
    Thai words."""
    told = (name[2:] for name in names if name.startswith(_WORD_KINDS))
    return [
        words
        for words in told
        if not _MEANINGLESS.search(words) and not STOPWORDS.issuperset(words.split())
    ]


def _describe_features(names: Iterable[str], verdict: JudgedClasses) -> list[str]:
    """Second-layer features in plain words; a reason that speaks of another verdict than was given is none to a
    person, though its weight helped."""
    given = {"category": verdict.category or "none", "ai": verdict.ai, "event": verdict.event}
    given |= {"relevant": verdict.relevant, "evidence": verdict.evidence or "-"}
    return [
        told for name in names if _is_consistent(name, given) and (told := _describe_feature(name))
    ]


def _is_consistent(name: str, given: Mapping[str, str]) -> bool:
    """Whether a feature made of the first layer's scores speaks of what was judged."""
    if not name.startswith("n:"):
        return True
    field, _, value = name.removeprefix("n:").partition("=")
    return given[field] == value if value else field.partition(" ")[0] == given["event"]


def _describe_feature(name: str) -> str:
    if name in _FEATURE_PHRASES:
        return _FEATURE_PHRASES[name]
    if name.startswith(_HIDDEN_FEATURES) or name.endswith(("=-", "none")):
        return ""
    start = next((start for start in _FEATURE_TEMPLATES if name.startswith(start)), "")
    what = name.removeprefix(start)
    return (
        _FEATURE_TEMPLATES[start].format(CATEGORIES[what].name if what in CATEGORIES else what)
        if start
        else ""
    )
