"""The prompts: shipped texts, which a team may replace, each known by the hash of its words.

A file `prompts/NAME.md` in the workspace stands in the place of the shipped one. `{{language}}`
and `{{categories}}` are filled in where they stand. Reading the team's files is left to others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.taxonomy import CATEGORIES
from digest.text import clean_text

PROMPT_NAMES = (
    "judge", "pair", "importance", "summary", "consequence", "theme", "lead", "letter", "questions",
    "translation", "answer", "vote",
)  # fmt: skip
MAX_PROMPT = 20_000  # characters of a team's prompt
_SHIPPED = Path(__file__).parent / "prompts"
_LANGUAGES = {  # as a model knows them best
    "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French",
    "he": "Hebrew", "it": "Italian", "ja": "Japanese", "pt": "Portuguese", "ru": "Russian",
    "th": "Thai", "zh": "Chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, filled in."""

    name: str
    text: str

    @property
    def version(self) -> str:
        """The hash of its words, which is part of the key of every receipt."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:16]


def fill_prompt(name: str, language: str = "", own: Mapping[str, str] | None = None) -> Prompt:
    """Return a prompt, the team's `own` of that name where there is one, with its places filled."""
    text = (own or {}).get(name) or load_shipped_prompt(name)
    text = "\n".join(line.rstrip() for line in text[:MAX_PROMPT].splitlines()).strip()
    if "{{categories}}" in text:
        text = text.replace("{{categories}}", _list_categories())
    return Prompt(name, text.replace("{{language}}", name_language(language)))


@cache
def load_shipped_prompt(name: str) -> str:
    """Return a shipped prompt as it stands in its file."""
    return (_SHIPPED / f"{name}.md").read_text(encoding="utf-8")


def name_language(tag: str) -> str:
    """Return a language's English name with its tag: `Italian (it)`."""
    name = _LANGUAGES.get(tag.partition("-")[0].lower(), "")
    return f"{name} ({tag})" if name else tag or "the language of the sources"


def _list_categories() -> str:
    return "\n".join(
        f"- {slug}: {clean_text(category.definition)}" for slug, category in CATEGORIES.items()
    )
