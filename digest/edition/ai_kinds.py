"""Which kind of AI the words of a story speak of; AI of every kind counts, and not only writing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS
from digest.model.edition import AiKind
from digest.model.story import Story
from digest.text import clean_text

# The first kind that fits is it: an agent that writes is an agent.
_KINDS: Sequence[tuple[AiKind, re.Pattern[str]]] = (
    (
        "agent",
        re.compile(
            r"\b(?:agents?|agentic(?! (?:coding|commerce))|copilots?|assistants?|"
            r"(?:chat|slack)bots?|agenten|agenti|agentes)\b|เอเจนต์|ผู้ช่วย|"
            r"エージェント|アシスタント|智能[体體]|AI ?代理|助手",
            re.IGNORECASE,
        ),
    ),
    (
        "generative",
        re.compile(
            r"\b(?:image|video|audio|text|content|copy|creative) generation\b|\bgenerative\b",
            re.IGNORECASE,
        ),
    ),
    (
        "search",
        re.compile(
            r"\b(?:AI (?:mode|overviews?|search|answers?|visibility|features in search)|"
            r"answer engines?|ChatGPT search|KI-(?:suche|antworten))\b",
            re.IGNORECASE,
        ),
    ),
    (
        "prediction",
        re.compile(
            r"\b(?:predict(?:s|ive|ions?|ing)?|forecast\w*|bidding|lead scor\w+|lookalike\w*|"
            r"propensity|recommend(?:er|ation)s?|machine[- ]learning|algorithms?|"
            r"target (?:CPA|ROAS)|performance max|pmax|anomal\w+|vorhersag\w*|algorithmus|"
            r"algorithmen|previsional\w*|algoritm[oi]s?|prédicti\w*|algorithmes?|predictiv\w*)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "generative",
        re.compile(
            r"\b(?:generat(?:es?|ed|ing)|(?:AI|it|that|which) (?:writes|drafts)|LLMs?|"
            r"(?:language|image|video|open[- ]weight|parameter|multimodal)[- ](?:\w+ )?models?|"
            r"GPT\S*|ChatGPT|avatars?|summari[sz]\w+)\b|"
            r"生成式|生成AI|大模型|(?:语言|語言|圖像|图像|視頻|视频)模型|(?:言語|画像|動画)モデル|โมเดลภาษา",
            re.IGNORECASE,
        ),
    ),
    (
        "detection",
        re.compile(
            r"\b(?:(?:AI|content|text|image|deepfake|fraud|bot) detect(?:ors?|ion)|"
            r"KI-Erkennung|rilevamento|détection|detección)\b|ตรวจจับ",
            re.IGNORECASE,
        ),
    ),
)
_ALGORITHM = re.compile(  # AI that no word "AI" names
    r"\b(?:(?:custom|bidding|predictive|self-learning|machine[- ]learning) algorithms?|"
    r"(?:automated|automatic|smart|conversion|algorithmic) bidding|target (?:ROAS|CPA)|"
    r"bid(?:ding)? (?:changes?|strateg(?:y|ies)|models?|targets?)|"
    r"predictive (?:models?|scor\w+|audiences?|analytics)|lookalike (?:models?|audiences?)|"
    r"recommendation engines?|propensity (?:models?|scor\w+)|(?:custom|eigene) algorithmen|"
    r"algoritmi (?:personalizzati|predittivi))\b",
    re.IGNORECASE,
)


def read_ai_kind(*texts: str) -> AiKind | None:
    """Return the kind of AI that texts speak of, the first text first; None where none says it."""
    for text in texts:
        for kind, pattern in _KINDS:
            if pattern.search(text):
                return kind
    return None


def works_with_ai(story: Story) -> bool:
    """Return whether AI of any kind works in what a story tells of.

    A launch or an update of an algorithm that bids, scores or predicts is one, whatever it is
    called.
    """
    return is_called_ai(story) or releases_algorithm(story)


def is_called_ai(story: Story) -> bool:
    """Return whether a story's reports call what it tells of AI: an algorithm alone is not."""
    return story.tags.ai in AI_IN_USE


def releases_algorithm(story: Story) -> bool:
    """Return whether a story launches or updates what bids, scores or predicts."""
    item = story.lead.item
    words = clean_text(f"{item.title} . {item.summary}")
    return story.tags.event in RELEASE_EVENTS and names_algorithm(words)


def names_algorithm(text: str) -> bool:
    """Return whether a text names what bids, scores or predicts without the word AI."""
    return bool(_ALGORITHM.search(text))
