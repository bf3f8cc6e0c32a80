"""The edition as it would be printed now, kept up to date while people decide.

Titles, sentences, labels, sections and order follow each decision at once. What takes seconds to
find out (consequences, themes, page one's questions, tables) stands as in the last whole edition
that was composed, until a newer one is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from digest.app.compose import SourceWords, build_story_text, choose_source_words
from digest.app.decide import QuarterDecision
from digest.app.drafts import collect_accepted
from digest.app.model_texts import ModelTexts, write_story
from digest.decide.decisions import list_pinned_ids
from digest.edition import StoryText
from digest.edition.compose import EditionContext, compose_edition
from digest.model.decisions import EditorialDecisions
from digest.model.edition import (
    Edition,
    EditionFrame,
    Provenance,
    QuarterCounts,
    Theme,
    get_fields,
)
from digest.model.story import Story

_EMPTY_COUNTS = QuarterCounts(0, 0, 0, 0, 0)


class LiveEdition:
    """Composes an edition of a quarter in one language, again after each decision.

    `whole` is the last edition that was composed in full, None before there is one.
    """

    def __init__(self, language: str, title: str, as_of: datetime, *, has_stack: bool) -> None:
        self.whole: Edition | None = None
        self._language, self._title, self._as_of = language, title, as_of
        self._has_stack = has_stack
        self._words: dict[tuple[str, ...], SourceWords] = {}

    def get_words(self, decision: QuarterDecision, story: Story) -> SourceWords:
        """Return what a story's sources give to print; what was chosen once is kept."""
        tags, ids = story.tags, (member.item.id for member in story.items)
        key = (story.lead.item.id, tags.event, *tags.vendors, "|", *ids)
        if key not in self._words:
            summary = decision.sentence_check.summarize(story, self._language)
            self._words[key] = choose_source_words(story, self._language, summary)
        return self._words[key]

    def compose(self, decision: QuarterDecision, decisions: EditorialDecisions) -> Edition:
        """Return the edition under the decisions of this moment."""
        whole = self.whole
        told = {story.id: story for story in (*whole.stories, *whole.briefs)} if whole else {}
        consequences: Mapping[str, tuple[str, ...]] | None = None
        if self._has_stack:
            consequences = {key: story.why_it_matters for key, story in told.items()}
        inside = {entry.story.id for entry in decision.chosen}
        brief_ids = {story.id for story in whole.briefs} - inside if whole else set()
        briefs = [entry for entry in decision.ranked if entry.story.id in brief_ids]
        texts, brief_texts = (
            tuple(
                build_story_text(
                    entry,
                    decision,
                    self._language,
                    consequences,
                    self.get_words(decision, entry.story),
                )
                for entry in some
            )
            for some in (decision.chosen, briefs)
        )
        if decisions.accepted:
            accepted, _ = collect_accepted(decisions.accepted, decision, self._language)
            texts = tuple(self._write_accepted(text, accepted) for text in texts)
        context = EditionContext(
            **get_fields(self._make_frame(decision), EditionFrame)
            | {"letter": decisions.letter, "decisions": decisions.decisions},
            quarter=decision.quarter,
            pinned=list_pinned_ids(decision.chosen, decision.decided.decisions),
            disabled_sections=decisions.off,
            briefs=brief_texts,
        )
        return compose_edition(texts, context)

    def _write_accepted(self, text: StoryText, accepted: ModelTexts) -> StoryText:
        """Put in what a person accepted of a language model's title and sentences."""
        story_id = text.ranked.story.id
        if (writing := accepted.stories.get(story_id)) is None:
            return text
        # its consequence stands among those of the whole edition
        alone = ModelTexts({story_id: replace(writing, consequence="")}, {}, "")
        return write_story(text, alone, self._language)

    def _make_frame(self, decision: QuarterDecision) -> EditionFrame:
        """Return what stands beside the stories, with themes of the stories that are there."""
        if self.whole is None:
            return EditionFrame(
                as_of=self._as_of,
                language=self._language,
                title=self._title,
                organisation="",
                generated_from=Provenance("", ""),
                coverage=(),
                counts=_EMPTY_COUNTS,
                counts_before=None,
                left_out={},
                quality={},
            )
        known = {entry.story.id for entry in decision.ranked}
        themes: list[Theme] = []
        for theme in self.whole.themes:
            stories = tuple(story_id for story_id in theme.stories if story_id in known)
            themes.append(replace(theme, stories=stories))
        return replace(self.whole, themes=tuple(themes))
