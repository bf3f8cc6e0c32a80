"""The announcement of an edition in Slack or Teams: the JSON payload of each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from digest.text import clean_text, truncate_text

_MAX_HEADLINE = 180  # characters


@dataclass(frozen=True, slots=True)
class EditionAnnouncement:
    """An edition in a few lines. `link`: its address; "" where it has none."""

    heading: str
    sentence: str
    headlines: Sequence[str]
    link: str
    link_text: str


def build_payload(
    kind: Literal["slack", "teams"], announcement: EditionAnnouncement
) -> dict[str, Any]:
    """Return the payload of a channel. All texts are plain: nothing in them is read as markup."""
    heading = truncate_text(clean_text(announcement.heading), 150)
    sentence = truncate_text(clean_text(announcement.sentence), 1000)
    lines = [
        f"{number}. {truncate_text(clean_text(headline), _MAX_HEADLINE)}"
        for number, headline in enumerate(announcement.headlines, 1)
    ]
    build = _build_slack_payload if kind == "slack" else _build_teams_payload
    return build(heading, sentence, lines, announcement.link, announcement.link_text)


def _build_slack_payload(
    heading: str, sentence: str, lines: list[str], link: str, link_text: str
) -> dict[str, Any]:
    def build_text(text: str) -> dict[str, Any]:
        return {"type": "plain_text", "text": text, "emoji": False}

    blocks: list[dict[str, Any]] = [{"type": "header", "text": build_text(heading)}]
    texts = filter(None, (sentence, "\n".join(lines)))
    blocks += [{"type": "section", "text": build_text(text)} for text in texts]
    if link:
        button = {"type": "button", "text": build_text(link_text), "url": link}
        blocks.append({"type": "actions", "elements": [button]})
    # the text of a notification is read as markup
    text = heading.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": text, "blocks": blocks}


def _build_teams_payload(
    heading: str, sentence: str, lines: list[str], link: str, link_text: str
) -> dict[str, Any]:
    def build_text(text: str, **style: Any) -> dict[str, Any]:
        # a RichTextBlock, because a TextBlock reads Markdown
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}

    body = [build_text(heading, size="Large", weight="Bolder")]
    body += [build_text(text) for text in (sentence, *lines) if text]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": link_text, "url": link}] if link else [],
    }
    content_type = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": content_type, "content": card}]}
