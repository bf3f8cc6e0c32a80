"""Explain why an item is judged as it is, in words that a person can check against the item."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from digest.model.tags import ClaimPoint
from digest.tag.language import STOPWORDS
from digest.tag.linear import LayeredModel
from digest.tag.reading import VocabularyMatches
from digest.tag.vendors import Mention
from digest.taxonomy import CATEGORIES

_MAX_REASONS = 6
_WORD_KINDS = ("t:", "b:", "^:", "a:")
_MEANINGLESS = re.compile(r"[\u0e00-\u0e7f]|^\W*\w?\W*$|^[\W\d]+$")
# `templates`, `hidden` and `phrases` of features; made for people, not for the model.
_FEATURES = tomllib.loads(
    (files("digest.tag") / "vocabulary" / "reasons.toml").read_text(encoding="utf-8")
)


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
    """Return the words or rules that decided each field, the plainest first."""

    def list_words(field: str, cls: str) -> list[str]:
        """List words and phrases of the item; not small words, nor pieces of Thai words."""
        names = layers.words.list_top_features(features, field, cls, 4 * _MAX_REASONS)
        words = (name[2:] for name in names if name.startswith(_WORD_KINDS))
        return [
            word
            for word in words
            if not _MEANINGLESS.search(word) and not STOPWORDS.issuperset(word.split())
        ]

    slug = verdict.category or "none"
    acting = [mention for mention in mentions if mention.acting]
    at_home = [f"{one.name} is at home in it" for one in acting if slug in one.categories]
    hits = [hit for _, hit in findings.categories if hit.term.label == slug]
    hits.sort(key=lambda hit: (not hit.term.of_team, -hit.term.weight))
    terms = [f"{hit.words} (the team's word)" if hit.term.of_team else hit.words for hit in hits]
    event = [
        findings.events[verdict.event, place]
        for place in ("title", "body")
        if (verdict.event, place) in findings.events
    ]
    event += list_words("event", verdict.event)[: 2 if event else _MAX_REASONS]
    ai = [*findings.ai_in_title, *findings.ai_in_body]
    if not ai:
        ai = ["no word of AI"] if verdict.ai == "none" else list_words("ai", verdict.ai)
    relevant = layers.judgement.list_top_features(
        second, "relevant", verdict.relevant, 5 * _MAX_REASONS
    )
    found = {
        "relevant": _describe_features(relevant, verdict),
        "category": [*terms, *at_home, *list_words("category", slug)],
        "ai": ai,
        "event": event,
    }
    if verdict.ai in ("core", "applied"):
        quoted = [f"{point.kind} quoted" for point in points]
        found["evidence"] = quoted or ["nothing that it rests on is said"]
        if verdict.evidence is None:
            found["evidence"] = ["no capability is claimed"]
    if acting:
        found["vendors"] = [f"{mention.matched} ({mention.where})" for mention in acting]
    return {
        field: tuple(dict.fromkeys(filter(None, words)))[:_MAX_REASONS]
        for field, words in found.items()
    }


def _describe_features(names: Iterable[str], verdict: JudgedClasses) -> list[str]:
    """Return second-layer features in plain words.

    One that speaks of another verdict than was given is no reason to a person, though its weight
    helped.
    """
    given = {
        "category": verdict.category or "none",
        "ai": verdict.ai,
        "event": verdict.event,
        "relevant": verdict.relevant,
        "evidence": verdict.evidence or "-",
    }
    found = []
    for name in names:
        if name.startswith("n:"):  # made of the first layer's scores
            field, _, value = name.removeprefix("n:").partition("=")
            if value and given[field] != value:
                continue
            if not value and field.partition(" ")[0] != given["event"]:
                continue
        if name in _FEATURES["phrases"]:
            found.append(_FEATURES["phrases"][name])
        elif not name.startswith(tuple(_FEATURES["hidden"])) and not name.endswith(("=-", "none")):
            fitting = (row for row in _FEATURES["templates"].items() if name.startswith(row[0]))
            start, template = next(fitting, ("", ""))
            what = name.removeprefix(start)
            found.append(template.format(CATEGORIES[what].name if what in CATEGORIES else what))
    return [words for words in found if words]
