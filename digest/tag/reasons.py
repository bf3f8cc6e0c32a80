"""Why an item is judged as it is, in words that a person can check against the item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.tag.lexicon import Vocabulary
from digest.tag.linear import Layers
from digest.tag.reading import Reading, ai_words, category_hits, event_words
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
    reading: Reading,
    mentions: Iterable[Mention],
    features: Mapping[str, float],
    second: Mapping[str, float],
    vocabulary: Vocabulary,
    layers: Layers,
) -> dict[str, tuple[str, ...]]:
    """Field → the words or rules that decided it, the plainest first."""
    slug = verdict.category or "none"
    category = _terms(reading, vocabulary, slug) + _homes(mentions, slug)
    category += _words(layers.words.reasons(features, "category", slug, 4 * _MOST))
    events = event_words(reading, vocabulary)
    event = [events[verdict.event, place] for place in ("title", "body") if (verdict.event, place) in events]
    event += _words(layers.words.reasons(features, "event", verdict.event, 4 * _MOST))
    in_title, in_body = ai_words(reading, vocabulary)
    ai = [*in_title, *in_body] or ["no word of AI"]
    if in_title or in_body or verdict.ai != "none":
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


def _terms(reading: Reading, vocabulary: Vocabulary, slug: str) -> list[str]:
    hits = [hit for _, hit in category_hits(reading, vocabulary) if hit.term.label == slug]
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
