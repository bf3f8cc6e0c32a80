"""Answer questions with passages of the archive, and in words where a language model is configured.

Every sentence of a model names the passages that it rests on, and is shown only where the gate and
a vote find it there. Where none is, the passages stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digest.app.context import AppContext
from digest.app.gate import load_gate
from digest.app.model import WorkspaceModel, log_asking
from digest.app.search import (
    DEFAULT_LIMIT,
    SearchResult,
    StoryPassages,
    ask_archive,
    group_passages,
)
from digest.app.search_hits import Hit
from digest.archive import Archive
from digest.errors import ModelError
from digest.language_model.writer import DraftRequest, DraftSource, Gate
from digest.model.item import Item
from digest.tag import detect_language
from digest.text import clean_text, truncate_text

_MAX_SOURCES = 8  # of one answer
_MAX_BODY = 1500  # characters of a source that a model is shown
_MAX_QUESTION = 500  # characters
_MAX_EARLIER = 3  # questions before, that a follow-up is read with


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence, and the numbers of the passages that carry it, from 1 in their order."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, as far as the passages carry it."""

    sentences: tuple[AnswerSentence, ...]
    model: str
    withheld: int = 0  # sentences that the passages do not carry

    def to_json(self) -> dict[str, Any]:
        """Return the answer as `--json` prints it."""
        return {
            "model": self.model,
            "sentences": [
                {"text": sentence.text, "cites": sentence.cites} for sentence in self.sentences
            ],
            "withheld": self.withheld,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question got: passages, best first, the stories that they tell, and an answer."""

    question: str
    found: SearchResult
    stories: tuple[StoryPassages, ...]
    answer: Answer | None = None

    @property
    def passages(self) -> tuple[Hit, ...]:
        """The passages, best first; an answer cites them by their places, from 1."""
        return self.found.hits

    def number(self, hit: Hit) -> int:
        """Return by which number an answer cites a passage."""
        return [passage.id for passage in self.passages].index(hit.id) + 1

    def to_json(self) -> dict[str, Any]:
        """Return the reply as `--json` prints it."""
        story_of = {hit.id: group.story for group in self.stories for hit in group.passages}
        span = self.found.span
        data = {
            "question": self.question,
            "passages": [hit.to_json() | {"story": story_of[hit.id]} for hit in self.passages],
            "stories": [
                {"story": group.story, "passages": [hit.id for hit in group.passages]}
                for group in self.stories
            ],
            "after": span.start.isoformat() if span and span.start else None,
            "before": span.end.isoformat() if span and span.end else None,
        }
        return data | ({"answer": self.answer.to_json()} if self.answer else {})


def ask_question(
    context: AppContext,
    question: str,
    earlier: Sequence[str] = (),
    *,
    limit: int = DEFAULT_LIMIT,
    private: bool = True,
    with_model: bool = True,
) -> Reply:
    """Answer a question. `earlier`: the questions of the session before it, the oldest first.

    `private`: the team's own words are passages, too; a model is never shown them. Raises
    UsageError for a filter that names nothing known, ArchiveError without an archive.
    """
    asked = truncate_text(clean_text(question), _MAX_QUESTION)
    before = [truncate_text(clean_text(one), _MAX_QUESTION) for one in earlier][-_MAX_EARLIER:]
    found = ask_archive(context, asked, before, limit=limit, private=private)
    stories = group_passages(context, found.hits)
    answer = _write_answer(context, asked, before, found.hits) if with_model else None
    return Reply(asked, found, stories, answer)


def _write_answer(
    context: AppContext, question: str, earlier: Sequence[str], hits: Sequence[Hit]
) -> Answer | None:
    """Return what of a model's answer the passages carry; None where no model was of use."""
    settings = context.config.model
    shown = [hit for hit in hits if hit.kind == "item"][:_MAX_SOURCES]
    if settings is None or not shown:
        return None
    # nobody is there to accept an answer: a vote has to, whatever the edition's rule is
    checked = settings.model_copy(update={"verify": "model"})
    gate = _read_in_every_language(load_gate())
    with Archive.open(context.workspace.archive, create=False) as archive:
        items = {item.id: item for item in archive.load_items_by_id([hit.id for hit in shown])}
        model = WorkspaceModel(context, checked, archive, context.resolve_quarter("current").name)
        language = detect_language(question) or context.config.digest.languages[0]
        request = DraftRequest(
            task="answer",
            of="",
            language=language,
            sources=tuple(_make_source(items[hit.id], hit) for hit in shown if hit.id in items),
            prompt=model.prompt("answer", language),
            question=" / ".join((*earlier, question)),
        )
        try:
            model.ask_drafts([request], gate)
        except ModelError as error:
            model.report.faults[error.message] = None
        draft = model.find_draft(request, gate)
        log_asking(model)
    if draft is None:
        return None
    numbers = {hit.id: number for number, hit in enumerate(hits, 1)}
    sentences = tuple(
        AnswerSentence(one.text, tuple(numbers[item] for item in one.items))
        for one in draft.supported
    )
    return Answer(sentences, settings.name, len(draft.withheld))


def _read_in_every_language(gate: Gate) -> Gate:
    """Return a gate that reads a sentence in each language that it may be in.

    A model need not answer in the language that it was asked in, and a unit or an order that is
    plain in one language is no word of another.
    """

    def check(
        sentence: str, cited: Sequence[DraftSource], sources: Sequence[DraftSource], language: str
    ) -> str:
        languages = (language, detect_language(sentence), *(source.lang for source in cited))
        reasons = (
            gate(sentence, cited, sources, language) for language in dict.fromkeys(languages)
        )
        return next(filter(None, reasons), "")

    return check


def _make_source(item: Item, hit: Hit) -> DraftSource:
    """Return a passage's item as a model is shown it, the passage itself in any case."""
    body = " ".join(filter(None, (item.summary, item.text or item.fulltext or item.description)))
    body = truncate_text(clean_text(body), _MAX_BODY)
    quote = hit.quote if hit.quote != hit.title else ""
    return DraftSource(
        id=item.id,
        title=item.title,
        text=body if quote.rstrip("…") in body else f"{quote} {body}".strip(),
        lang=item.language,
        day=item.published.date() if item.published else None,
        url=item.link or item.url,
        publisher=item.source_name,
    )
