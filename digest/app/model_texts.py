"""Put what a language model wrote, and what may be printed of it, into the parts of an edition.

The sources' sentences and the team's words are told from it everywhere: a part that a model wrote
says so in `written`, and no sentence of a model is ever quoted as a source's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.edition import StoryText
from digest.i18n import TranslatableText
from digest.model.drafts import DraftTask
from digest.model.edition import FrontPage, ModelNote, Sentence, Theme
from digest.text import split_sentences

_VERBATIM = "%(words)s"  # a model's words in the edition's language already
# field of StoryDecision that the team wrote → task whose text gives way to it
_TEAM_WROTE = {"headline": "title", "summary": "summary", "note": "consequence"}


@dataclass(frozen=True, slots=True)
class StoryWriting:
    """What a model wrote of one story; "" and () for nothing."""

    title: str = ""
    summary: tuple[Sentence, ...] = ()
    consequence: str = ""

    def add(
        self, task: DraftTask, title: str, text: str, publishers: str, url: str
    ) -> StoryWriting:
        """Return this with the text of a task: a summary, a translation or a consequence."""
        if task == "consequence":
            return replace(self, consequence=text)
        sentences = (Sentence(part, publishers, url) for part in split_sentences(text))
        summary = tuple(sentences) or self.summary
        return replace(self, summary=summary, title=title or self.title)

    def override(self, other: StoryWriting) -> StoryWriting:
        """Return this with what the other has in its place."""
        return StoryWriting(
            other.title or self.title,
            other.summary or self.summary,
            other.consequence or self.consequence,
        )


@dataclass(frozen=True, slots=True)
class ModelTexts:
    """What of a model's texts an edition prints, by story id and theme slug."""

    stories: Mapping[str, StoryWriting] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""
    letter: str = ""
    note: ModelNote | None = None
    judged_alike: bool = True  # the quarter and the one before, so that they can be compared


@dataclass(frozen=True, slots=True)
class CollectedTexts:
    """Texts to print, and in words the accepted ones whose story is gone."""

    texts: ModelTexts = ModelTexts()
    lost: tuple[str, ...] = ()


NO_TEXTS = CollectedTexts()


def write_story(text: StoryText, texts: ModelTexts, language: str) -> StoryText:
    """Return a story's text with what a model wrote of it, unless the team wrote that itself."""
    writing = texts.stories.get(text.ranked.story.id)
    if writing is None:
        return text
    kept = {_TEAM_WROTE[name] for name in text.edited if name in _TEAM_WROTE}
    title = writing.title if "title" not in kept else ""
    summary = writing.summary if "summary" not in kept else ()
    if text.summary and not summary and text.language != language:
        title = ""  # a translated title over the source's sentences would pass those for a model's
    consequence = writing.consequence if "consequence" not in kept else ""
    written = [
        name
        for name, value in (
            ("title", title),
            ("summary", summary),
            ("why_it_matters", consequence),
        )
        if value
    ]
    why = text.why_it_matters
    if consequence:
        why = (*why, TranslatableText(_VERBATIM, words=consequence))
    return replace(
        text,
        title=title or text.title,
        language=language if title or (summary and text.language != language) else text.language,
        summary=summary or text.summary,
        why_it_matters=why,
        written=tuple(written),
    )


def write_themes(themes: Sequence[Theme], texts: ModelTexts, language: str) -> tuple[Theme, ...]:
    """Return themes with the titles that a model wrote."""
    return tuple(
        replace(theme, title=texts.themes[theme.slug], language=language)
        if theme.slug in texts.themes
        else theme
        for theme in themes
    )


def write_front(front: FrontPage, texts: ModelTexts) -> FrontPage:
    """Return page one with a model's lead in the place of the first finding."""
    if not texts.lead:
        return front
    lead = TranslatableText(_VERBATIM, words=texts.lead)
    told = front.lead[:1] if front.lead and "finding" in front.lead[0].values else ()
    return replace(front, lead=(lead, *front.lead[len(told) :]))
