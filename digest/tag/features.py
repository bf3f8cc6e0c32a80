"""Turn an item into the features of the linear models.

They are its words by place, what the vocabulary finds, and the shape of its headline. A feature's
name begins with its kind, so that reasons can be turned back into words: `t:` words of the title,
`b:` of summary and text, `a:` anywhere, `s:` stems, `^:` how the title begins, `k:` concepts of the
trade, said in any language, `w:` who acts or is named, by trade, `c:` a category's terms, `e:` an
event's patterns, `i:` AI words, `m:` AI models, `p:` points of a claim, `h:` shape of the headline,
`v:` companies, `x:` two of these at once. Values do not grow with the text's length. Neither the
source nor the lack of a summary is a feature: they would teach which publishers were labelled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from digest.model.item import Item
from digest.tag.language import STOPWORDS
from digest.tag.lexicon import Vocabulary
from digest.tag.reading import ItemText, VocabularyMatches, match_vocabulary, read_item
from digest.tag.vendors import Gazetteer, Mention
from digest.tag.words import fold_text, split_words
from digest.text import join_lines

FeatureVector = dict[str, float]
_STEM_CHARS = 6  # letters of a word's stem
_SECOND_LAYER = ("e:", "h:", "i:", "m:", "p:")
_OPENING_CHARS = 12  # characters: an AI word before them begins the text
_BARE_AI_WORDS = frozenset({"ai", "a.i.", "ki", "ia", "ии"})
_SENTENCE_END = re.compile(r"[.!?。！？]+\s*")
_MAX_TERM_WEIGHT = 6.0  # of a category's terms that counts


def extract_item_features(
    item: Item, vocabulary: Vocabulary, gazetteer: Gazetteer
) -> FeatureVector:
    """Return all features of an item, as the first layer sees them."""
    reading = read_item(item)
    findings = match_vocabulary(reading, vocabulary)
    mentions = find_item_mentions(item, gazetteer)
    return extract_text_features(reading, findings, vocabulary) | extract_vendor_features(mentions)


def find_item_mentions(item: Item, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """Return the companies that an item names."""
    summary, text = join_lines(item.summary), join_lines(item.text)
    return gazetteer.find_mentions(item.title, summary, text, item.url, item.source_name)


def extract_second_layer_features(features: Mapping[str, float]) -> FeatureVector:
    """Return the features of the second layer: grammar and shape, no words, names or subjects."""
    return {name: value for name, value in features.items() if name.startswith(_SECOND_LAYER)}


def extract_score_features(scores: Mapping[str, Mapping[str, float]]) -> FeatureVector:
    """Return the first layer's scores (field → class → score) as features of the second.

    Each stands alone, and each event together with what the category scores say the item is about.
    """
    found = {f"n:{field}={cls}": score for field, of in scores.items() for cls, score in of.items()}
    none, general = (_clamp_share(scores["category"][slug]) for slug in ("none", "ai-platforms"))
    martech = _clamp_share(1.0 - none - general)
    for event, score in scores["event"].items():
        share = _clamp_share(score)
        found[f"n:{event} in martech"] = share * martech
        found[f"n:{event} in general AI"] = share * general
        found[f"n:{event} elsewhere"] = share * none
    return found


def _clamp_share(score: float) -> float:
    return min(1.0, max(0.0, score))


def extract_text_features(
    reading: ItemText, findings: VocabularyMatches, vocabulary: Vocabulary
) -> FeatureVector:
    """Return all features but those of companies."""
    by_category = _extract_category_features(findings)
    place = "title" if findings.ai_in_title else "body" if findings.ai_in_body else "none"
    found = {
        **_extract_word_features(reading),
        **_extract_concept_features(findings),
        **by_category,
        **_extract_event_features(findings, by_category, place),
        **_extract_ai_word_features(findings.ai_in_title, findings.ai_in_body, reading.folded_body),
    }
    title, body = reading.folded_title, reading.folded_body
    texts = {"title": (title,), "body": (body,), "anywhere": (title, body)}
    for where, words in texts.items():
        phrases = vocabulary.phrases[where].items()
        found |= {name: 0.4 for name, pattern in phrases if any(map(pattern.search, words))}
    whole = f"{title} . {body}"
    for kind, patterns in vocabulary.claims.items():
        if any(pattern.search(whole) for pattern in patterns):
            found[f"p:{kind}"] = 0.5
    found["h:title words"] = min(len(split_words(title)), 20) / 40.0
    return found


def _extract_word_features(reading: ItemText) -> FeatureVector:
    title, body = split_words(reading.folded_title), split_words(reading.folded_body)
    stems = {
        word[:_STEM_CHARS] for word in title + body if len(word) > _STEM_CHARS and word.isalpha()
    }
    found: FeatureVector = {}
    for kind, grams in (
        ("t:", _build_ngrams(title, 3)),
        ("b:", _build_ngrams(body, 2)),
        ("a:", {*title, *body} - STOPWORDS),
        ("s:", stems),
    ):
        found |= dict.fromkeys((kind + gram for gram in grams), 1.0 / max(1.0, len(grams)) ** 0.5)
    for size in range(1, min(3, len(title)) + 1):
        found["^:" + " ".join(title[:size])] = 0.5
    return found


def _extract_concept_features(findings: VocabularyMatches) -> FeatureVector:
    """Return what is said of the trade, in whatever language, and who it is said of."""
    found: FeatureVector = {}
    for kind, listed in (("k", findings.concepts), ("w", findings.actors)):
        for place, value in (("title", 0.5), ("body", 0.3)):
            found |= {f"{kind}:{place}:{name}": value for name in listed[place]}
    titled = findings.concepts["title"]
    for at, name in enumerate(titled):
        found |= {f"x:{name} and {other}": 0.4 for other in titled[at + 1 :]}
        found |= {f"x:{name}, {who}": 0.4 for who in findings.actors["title"]}
    return found


def _build_ngrams(tokens: list[str], longest: int) -> set[str]:
    return {
        " ".join(tokens[at : at + size])
        for size in range(1, longest + 1)
        for at in range(len(tokens) - size + 1)
        if not STOPWORDS.issuperset(tokens[at : at + size])
    }


def _extract_category_features(findings: VocabularyMatches) -> FeatureVector:
    weight: dict[tuple[str, str], float] = defaultdict(float)
    for place, hit in findings.categories:
        weight[place, hit.term.label] += hit.term.weight
    total: dict[str, float] = defaultdict(float)
    for (place, slug), of_place in weight.items():
        total[slug] += (1.0 if place == "title" else 0.5) * of_place
    whole = sum(total.values())
    found = {
        f"c:{place}:{slug}": min(of, _MAX_TERM_WEIGHT) / _MAX_TERM_WEIGHT
        for (place, slug), of in weight.items()
    }
    found |= {f"c:share:{slug}": of / whole for slug, of in total.items()}
    if total:
        found["c:best:" + max(sorted(total), key=lambda slug: total[slug])] = 0.5
    found["c:any"] = min(whole, 10.0) / 10.0
    return found


def _extract_event_features(
    findings: VocabularyMatches, by_category: FeatureVector, ai_place: str
) -> FeatureVector:
    events = findings.events
    about = "martech"  # what the category terms say the item is about
    if not by_category["c:any"]:
        about = "neither"
    elif by_category.get("c:share:ai-platforms", 0.0) > 0.5:
        about = "general AI"
    found = {f"e:{place}:{event}": 0.5 for event, place in events}
    titled = [event for event, place in events if place == "title"]
    for event in titled:
        found[f"x:{event} and {about}"] = 0.5
        found[f"x:{event}, AI in {ai_place}"] = 0.3
        found |= {f"x:{event} and {other}": 0.3 for other in titled if event < other}
        found |= {f"x:{event} by {who}": 0.4 for who in findings.actors["title"]}
    if not titled:
        found["e:title:none"] = 0.5
    return found


def _extract_ai_word_features(
    in_title: tuple[str, ...], in_body: tuple[str, ...], body: str
) -> FeatureVector:
    if not in_title and not in_body:
        return {"i:none": 0.6}
    found: FeatureVector = {}
    if set(in_title + in_body) <= _BARE_AI_WORDS:
        found["i:the bare word alone"] = 0.5
    if in_title:
        found["i:title"] = 0.6
    if len(set(in_title)) > 1:
        found["i:title several"] = 0.4
    if in_body:
        found["i:body"] = 0.5
        found["i:body count"] = min(len(set(in_body)), 5) / 6.0
        found["i:body density"] = min(8.0 * len(in_body) / (len(body.split()) + 8.0), 1.0) * 0.6
        first = min((body.find(word) for word in set(in_body) if word in body), default=0)
        found["i:body late"] = min(first, 300) / 500.0
        sentences = [sentence for sentence in _SENTENCE_END.split(body) if sentence.strip()]
        with_ai = sum(any(word in sentence for word in in_body) for sentence in sentences)
        found["i:body share of sentences"] = 0.8 * (with_ai / max(1, len(sentences)))
        if first < _OPENING_CHARS:
            found["i:body at once"] = 0.5
        if not in_title:
            found["i:body only"] = 0.5
            if len(in_body) == 1:
                found["i:body once"] = 0.5
    return found


def extract_vendor_features(mentions: Iterable[Mention]) -> FeatureVector:
    """Return features of the companies named: how many act, and their home categories."""
    mentions = list(mentions)
    acting = [mention for mention in mentions if mention.acting]
    found: FeatureVector = {"v:some act" if acting else "v:none acts": 0.4}
    for mention in acting:
        found |= {
            f"v:acting:{slug}": 0.4 / rank for rank, slug in enumerate(mention.categories[:2], 1)
        }
        found["v:name:" + fold_text(mention.name)] = 0.3
    for mention in mentions:
        if not mention.acting and mention.where != "source":
            found |= {f"v:named:{slug}": 0.2 for slug in mention.categories[:1]}
    if any(mention.where == "title" for mention in acting):
        found["v:acting in title"] = 0.5
    if any(mention.where == "source" for mention in acting):
        found["v:told by itself"] = 0.4
    return found
