"""What a channel in Slack or Teams is told of an edition: the form of each, made of our words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from digest.text import clean_text, truncate_text

_LINE = 180  # characters of a headline


@dataclass(frozen=True, slots=True)
class EditionAnnouncement:
    """An edition in a few lines. `link`: where it can be read; "" where nowhere."""

    heading: str
    sentence: str
    headlines: Sequence[str]
    link: str
    link_text: str  # the words of the link


def build_payload(kind: Literal["slack", "teams"], told: EditionAnnouncement) -> dict[str, Any]:
    """The announcement in the form that a channel takes. All texts are plain: nothing in them is read as markup."""
    heading, sentence = (
        truncate_text(clean_text(told.heading), 150),
        truncate_text(clean_text(told.sentence), 1000),
    )
    lines = [
        f"{number}. {truncate_text(clean_text(line), _LINE)}"
        for number, line in enumerate(told.headlines, 1)
    ]
    return (_build_slack_payload if kind == "slack" else _build_teams_payload)(
        heading, sentence, lines, told.link, told.link_text
    )


def _build_slack_payload(
    heading: str, sentence: str, lines: list[str], link: str, read: str
) -> dict[str, Any]:
    def build_section(text: str) -> dict[str, Any]:
        return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}

    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": heading, "emoji": False}}
    ]
    blocks += [build_section(text) for text in (sentence, "\n".join(lines)) if text]
    if link:
        button = {
            "type": "button",
            "text": {"type": "plain_text", "text": read, "emoji": False},
            "url": link,
        }
        blocks.append({"type": "actions", "elements": [button]})
    plain = (
        heading.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )  # what a notification shows
    return {"text": plain, "blocks": blocks}


def _build_teams_payload(
    heading: str, sentence: str, lines: list[str], link: str, read: str
) -> dict[str, Any]:
    def build_text_block(text: str, **more: Any) -> dict[str, Any]:
        runs = [
            {"type": "TextRun", "text": text, **more}
        ]  # a RichTextBlock, because a TextBlock reads Markdown
        return {"type": "RichTextBlock", "inlines": runs}

    body = [
        build_text_block(heading, size="Large", weight="Bolder"),
        *(build_text_block(text) for text in (sentence, *lines) if text),
    ]
    actions = [{"type": "Action.OpenUrl", "title": read, "url": link}] if link else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": actions,
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        ],
    }
