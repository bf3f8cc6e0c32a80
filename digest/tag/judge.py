"""An item judged: relevant or not, category, AI grade, evidence, event, vendors, each with its reasons.

Two linear layers decide (see tools/train_tags.py). The vocabulary gives them features, and gives people the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

from digest import model
from digest.tag import claims, reasons
from digest.tag.features import for_second_layer, mentions_of, of_reading, of_scores, of_vendors
from digest.tag.lexicon import Vocabulary, extended, load
from digest.tag.linear import Layers, softmax
from digest.tag.linear import read as read_weights
from digest.tag.reading import Findings, find, read
from digest.tag.rules import Overrides
from digest.tag.vendors import Gazetteer, acting_vendors

_WEIGHTS = Path(__file__).parent / "vocabulary" / "weights.json.gz"
_SHARPNESS = 6.0  # turns the first layer's scores, which lie near 0 and 1, into shares
_ALSO_SCORE = 0.12  # a further category is named from this first-layer score on
_MOST_ALSO = 2
CLAIMING = ("core", "applied")
_AI_WORKS = 0.45  # share of core and applied together from which AI is at work
_NO_OVERRIDES = Overrides()


@cache
def _packaged_weights() -> Layers:
    return read_weights(_WEIGHTS)


@cache
def _packaged_vocabulary() -> Vocabulary:
    return load()


@cache
def _packaged_vendors() -> Gazetteer:
    return Gazetteer.load()


@dataclass(frozen=True, slots=True)
class Judge:
    """The judgement, built once; pure afterwards: the same item gives the same tags, whatever was judged before."""

    layers: Layers
    vocabulary: Vocabulary
    vendors: Gazetteer
    overrides: Overrides = _NO_OVERRIDES

    @classmethod
    def load(cls, overrides: Overrides | None = None) -> Judge:
        """The packaged judgement, with what the team adds."""
        if overrides is None:
            return cls(_packaged_weights(), _packaged_vocabulary(), _packaged_vendors())
        words = bool(overrides.terms or overrides.without)
        vocabulary = load(overrides.terms, overrides.without) if words else _packaged_vocabulary()
        if overrides.events or overrides.claims or overrides.ai:
            vocabulary = extended(vocabulary, overrides.events, overrides.claims, overrides.ai)
        vendors = Gazetteer.load(overrides.vendors) if overrides.vendors else _packaged_vendors()
        return cls(_packaged_weights(), vocabulary, vendors, overrides)

    def judge(self, item: model.Item) -> model.Tags:
        """The tags of an item, by its title, summary and text, with reasons and confidence. The team's rules have the
        last word on relevance."""
        tags = self._judged(item)
        rule = self.overrides.first_rule(item, tags)
        if rule is None:
            return tags
        return replace(
            tags,
            relevant=rule.effect == "include",
            why={**tags.why, "relevant": (f"rule {rule.name}: {rule.effect}",)},
            confidence={**tags.confidence, "relevant": 1.0},
        )

    def _judged(self, item: model.Item) -> model.Tags:
        reading = read(item)
        mentions = mentions_of(item, self.vendors)
        findings = find(reading, self.vocabulary)
        features = of_reading(reading, findings, self.vocabulary) | of_vendors(mentions)
        first = self.layers.words.scores(features)
        second_features = for_second_layer(features) | of_scores(first)
        shares = {name: softmax(scores) for name, scores in self.layers.judgement.scores(second_features).items()}
        best = {name: _best(of) for name, of in shares.items()} | {"ai": ai_of(shares["ai"], findings)}
        category, also = _categories(first["category"])
        claimed = best["ai"] in CLAIMING and best["evidence"] != "-"
        found = claims.points(item, self.vocabulary, shares["evidence"]) if claimed else ()
        grade = claims.grade(found) if claimed else None
        confidence = {name: round(of[best[name]], 3) for name, of in shares.items()}
        confidence["category"] = round(softmax(first["category"], _SHARPNESS)[category or "none"], 3)
        verdict = reasons.Verdict(category, best["ai"], grade, best["event"], best["relevant"])
        return model.Tags(
            relevant=best["relevant"] == "yes",
            category=category,
            also=also,
            ai=cast("model.Ai", best["ai"]),
            evidence=grade,
            event=cast("model.Event", best["event"]),
            vendors=acting_vendors(mentions),
            points=found,
            why=reasons.why(verdict, found, findings, mentions, features, second_features, self.layers),
            confidence=confidence,
        )


def _best(shares: Mapping[str, float]) -> str:
    return min(shares, key=lambda cls: (-shares[cls], cls))


def ai_of(shares: Mapping[str, float], findings: Findings) -> str:
    """Whether AI is at work at all is decided first, core and applied together, then the grade. What names no AI cannot
    mention it; it may still be about it, as a model maker's news is."""
    works = sum(shares[grade] for grade in CLAIMING) > _AI_WORKS
    if not works and not findings.ai_in_title and not findings.ai_in_body:
        return "none"
    return _best({grade: share for grade, share in shares.items() if (grade in CLAIMING) == works})


def _categories(scores: Mapping[str, float]) -> tuple[str | None, tuple[str, ...]]:
    order = sorted(scores, key=lambda slug: (-scores[slug], slug))
    also = tuple(slug for slug in order[1:4] if slug != "none" and scores[slug] >= _ALSO_SCORE)[:_MOST_ALSO]
    return (None if order[0] == "none" else order[0]), also
