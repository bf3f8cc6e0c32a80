"""Judge an item: relevant or not, category, AI grade, evidence, event, vendors, each with reasons.

Two linear layers decide (see tools/train_tags.py). The vocabulary gives them features, and gives
people the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import cast

from digest.model.item import Item
from digest.model.tags import Ai, Event, Tags
from digest.tag import claims, reasons
from digest.tag.confirm import CONFIRMED, confirms_event, denies_event
from digest.tag.features import (
    extract_score_features,
    extract_second_layer_features,
    extract_text_features,
    extract_vendor_features,
    find_item_mentions,
)
from digest.tag.lexicon import Vocabulary, build_vocabulary, extend_vocabulary
from digest.tag.linear import (
    LayeredModel,
    calculate_odds,
    describe_choice,
    load_layered_model,
    softmax,
)
from digest.tag.paid import name_paid_post
from digest.tag.reading import match_vocabulary, read_item
from digest.tag.rules import Overrides
from digest.tag.unlearned import choose_unlearned_category
from digest.tag.vectors import load_vector_model, mix_category_scores, mix_shares
from digest.tag.vendors import Gazetteer, list_acting_vendors
from digest.tag.watched import name_watched_change

_WEIGHTS = Path(__file__).parent / "vocabulary" / "weights.txt.gz"
CATEGORY_SHARPNESS = 12.0  # turns the first layer's scores, which lie near 0 and 1, into shares
_MAX_ALSO = 2
CLAIMING_GRADES = ("core", "applied")
_AI_THRESHOLD = 0.45  # share of core and applied together from which AI is at work
_NO_OVERRIDES = Overrides()
_load_packaged_vocabulary = cache(build_vocabulary)
_load_packaged_vendors = cache(Gazetteer.load)

_load_packaged_model = cache(partial(load_layered_model, _WEIGHTS))


@dataclass(frozen=True, slots=True)
class ItemJudge:
    """The judgement, built once and pure afterwards.

    The same item gives the same tags, whatever was judged before.
    """

    layers: LayeredModel
    vocabulary: Vocabulary
    vendors: Gazetteer
    overrides: Overrides = _NO_OVERRIDES

    @classmethod
    def load(cls, overrides: Overrides | None = None) -> ItemJudge:
        """Return the packaged judgement with what the team adds."""
        overrides = overrides or _NO_OVERRIDES
        vocabulary = _load_packaged_vocabulary()
        if overrides.terms or overrides.without:
            vocabulary = build_vocabulary(overrides.terms, overrides.without)
        if overrides.events or overrides.claims or overrides.ai:
            vocabulary = extend_vocabulary(
                vocabulary, overrides.events, overrides.claims, overrides.ai
            )
        vendors = _load_packaged_vendors()
        if overrides.vendors:
            vendors = Gazetteer.load(overrides.vendors)
        return cls(_load_packaged_model(), vocabulary, vendors, overrides)

    def judge_item(self, item: Item) -> Tags:
        """Return the tags of an item, by its title, summary and text, with reasons and confidence.

        The team's rules have the last word on relevance.
        """
        tags = name_paid_post(item, name_watched_change(item, self._judge_by_models(item)))
        rule = self.overrides.find_rule(item, tags)
        if rule is None:
            return tags
        return replace(
            tags,
            relevant=rule.effect == "include",
            why={**tags.why, "relevant": (f"rule {rule.name}: {rule.effect}",)},
            confidence={**tags.confidence, "relevant": 1.0},
            unsure=tags.unsure - {"relevant"},
        )

    def _judge_by_models(self, item: Item) -> Tags:
        reading = read_item(item)
        mentions = find_item_mentions(item, self.vendors)
        findings = match_vocabulary(reading, self.vocabulary)
        features = extract_text_features(reading, findings, self.vocabulary)
        features |= extract_vendor_features(mentions)
        known = self.layers.words.drop_unknown(features)
        first = self.layers.words.score_classes(known)
        second_features = extract_second_layer_features(features) | extract_score_features(first)
        shares = {
            name: softmax(scores)
            for name, scores in self.layers.judgement.score_classes(second_features).items()
        }
        shares["category"] = softmax(first["category"], CATEGORY_SHARPNESS)
        by_words = {name: choose_class(shares[name]) for name in ("category", "event")}
        layers = _mix_in_vector(self.layers, item.vector, first, shares)
        probability = _estimate_relevance(layers, shares["relevant"]["yes"])
        best = {name: choose_class(of) for name, of in shares.items()} | {
            "ai": decide_ai_grade(shares["ai"], findings.names_ai),
            "relevant": "yes" if probability >= layers.relevant_from else "no",
        }
        topics = first["category"]
        order = sorted(topics, key=lambda slug: (-topics[slug], slug))
        category = None if best["category"] == "none" else best["category"]
        also = [slug for slug in order[1:4] if slug != "none" and topics[slug] >= layers.also_from]
        claimed = best["ai"] in CLAIMING_GRADES and best["evidence"] != "-"
        found = (
            claims.find_claim_points(item, self.vocabulary, shares["evidence"]) if claimed else ()
        )
        grade = claims.grade_claim(found) if claimed else None
        graded = best | {"evidence": grade or "-"}
        confidence = {
            name: _estimate_confidence(layers, name, cls, shares, first)
            for name, cls in graded.items()
            if name != "relevant"
        } | {"relevant": probability if best["relevant"] == "yes" else 1.0 - probability}
        if denies_event(cast("Event", best["event"]), item):
            confidence["event"] = 0.0
        elif confirms_event(cast("Event", best["event"]), item):
            confidence["event"] = max(confidence["event"], CONFIRMED)
        verdict = reasons.JudgedClasses(
            category, best["ai"], grade, best["event"], best["relevant"]
        )
        tags = Tags(
            relevant=best["relevant"] == "yes",
            category=category,
            also=tuple(also[:_MAX_ALSO]),
            ai=cast("Ai", best["ai"]),
            evidence=grade,
            event=cast("Event", best["event"]),
            vendors=list_acting_vendors(mentions),
            points=found,
            why=reasons.explain_judgement(
                verdict, found, findings, mentions, known, second_features, self.layers
            )
            | {
                name: (f"its vector; by its words: {cls}",)
                for name, cls in by_words.items()
                if cls != best[name]
            },
            confidence={name: round(value, 3) for name, value in confidence.items()},
            unsure=frozenset(
                name
                for name, value in confidence.items()
                if value < layers.certainty[name].printed_from
            ),
        )
        return choose_unlearned_category(tags, findings, topics.keys())


def _mix_in_vector(
    layers: LayeredModel,
    vector: bytes,
    first: dict[str, dict[str, float]],
    shares: dict[str, dict[str, float]],
) -> LayeredModel:
    """Let an item's vector have half a say in `first` and `shares`, where it has one.

    Returns the model with the thresholds that hold of them.
    """
    if not vector:
        return layers
    model = load_vector_model()
    for name, by_vector in model.estimate_shares(vector).items():
        shares[name] = mix_shares(shares[name], by_vector)
        if name == "category":
            first[name] = mix_category_scores(first[name], by_vector, CATEGORY_SHARPNESS)
    return model.replace_thresholds(layers)


def _estimate_relevance(layers: LayeredModel, share: float) -> float:
    """Return the probability that an item is relevant, where relevant ones are as rare as in
    feeds.
    """
    return layers.certainty["relevant"].estimate("", {"odds": calculate_odds(share)})


def _estimate_confidence(
    layers: LayeredModel,
    name: str,
    cls: str,
    shares: Mapping[str, Mapping[str, float]],
    first: Mapping[str, Mapping[str, float]],
) -> float:
    signals = describe_choice(cls, shares[name], first[name], shares["relevant"]["yes"])
    return layers.certainty[name].estimate(cls, signals)


def choose_class(shares: Mapping[str, float]) -> str:
    """Return the class of the highest share, the first by name of equal ones."""
    return min(shares, key=lambda cls: (-shares[cls], cls))


def decide_ai_grade(shares: Mapping[str, float], names_ai: bool) -> str:
    """Return the grade of AI.

    Whether AI is at work at all is decided first, core and applied together, then the grade. What
    names no AI cannot mention it; it may still be about it, as a model maker's news is.
    """
    works = sum(shares[grade] for grade in CLAIMING_GRADES) > _AI_THRESHOLD
    if not works and not names_ai:
        return "none"
    return choose_class(
        {grade: share for grade, share in shares.items() if (grade in CLAIMING_GRADES) == works}
    )
