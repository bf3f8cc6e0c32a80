"""A model's drafts: what each is asked from, and how its answer becomes checked sentences.

Every sentence names the sources that it rests on, and is handed to a gate with them. A sentence
that names none, or that the gate refuses, is kept with the reason and is not printed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from digest.language_model.prompts import Prompt
from digest.language_model.protocol import AnswerError, Question, read_json_object
from digest.language_model.source_text import clean_answer, holds_link, quote_sources
from digest.model.drafts import Draft, DraftSentence, DraftTask, Receipt

ReceiptMap = Mapping[tuple[str, str, str, str], Receipt]
VOTE = "vote"
_MOST_SENTENCES: Mapping[DraftTask, int] = {
    "summary": 3, "consequence": 1, "theme": 1, "lead": 3, "translation": 8, "answer": 4,
    "letter": 5, "questions": 3,
}  # fmt: skip
_ANSWER_TOKENS = 700
_VOTE_SENTENCES = Path(__file__).parent / "votes.jsonl"
_LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class DraftSource:
    """What a draft may rest on: an item, or what the company says of itself.

    `fields` is what is shown; title, text and day are what the gate reads.
    """

    id: str
    title: str
    text: str
    lang: str = ""
    day: date | None = None
    url: str = ""
    publisher: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What a question shows of it."""
        day = self.day.isoformat() if self.day else ""
        shown = {"title": self.title, "publisher": self.publisher, "date": day, "text": self.text}
        return {name: value for name, value in shown.items() if value}


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """A draft to be asked for. `of` is a story's id, a theme's or a vendor's slug, or "".

    `question` is what an answer is asked to.
    """

    task: DraftTask
    of: str
    language: str
    sources: tuple[DraftSource, ...]
    prompt: Prompt = field(repr=False)
    question: str = ""

    def build_question(self) -> Question:
        """Return the question."""
        material = quote_sources([source.fields for source in self.sources])
        if self.question:
            material += f"\nThe question: {json.dumps(self.question, ensure_ascii=False)}"
        return Question(
            task=self.task,
            guide=self.prompt.text,
            material=material,
            prompt=self.prompt.version,
            content=hashlib.sha256(material.encode("utf-8", "replace")).hexdigest(),
            answer_tokens=_ANSWER_TOKENS,
        )


# (sentence, cited, all sources, language) → "" where the cited carry it, else why not
Gate = Callable[[str, Sequence[DraftSource], Sequence[DraftSource], str], str]


def read_draft(text: str, request: DraftRequest, model: str) -> Draft:
    """Return the draft of an answer, its sentences not yet checked. Raises AnswerError."""
    data = read_json_object(text)
    rows = data.get("sentences")
    if not isinstance(rows, list):
        raise AnswerError("the answer lists no sentences")
    urls = [source.url for source in request.sources if source.url]
    sentences = [_read_sentence(row, request, urls) for row in rows]
    title = None
    if request.task == "translation":
        given = data.get("title")
        words = clean_answer(given, urls, _LONGEST_TITLE * 2) if isinstance(given, str) else ""
        title = DraftSentence(words, (request.sources[0].id,)) if words else None
    kept = [sentence for sentence in sentences if sentence.text][: _MOST_SENTENCES[request.task]]
    return Draft(request.task, request.of, request.language, tuple(kept), model, title)


def _read_sentence(row: Any, request: DraftRequest, urls: Sequence[str]) -> DraftSentence:
    """Return one sentence of an answer. Raises AnswerError for what is none."""
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise AnswerError("a sentence of the answer is no text")
    named = row.get("sources")
    if not isinstance(named, list):
        raise AnswerError("a sentence of the answer names its sources in no list")
    ids = [
        request.sources[number - 1].id
        for number in named
        if isinstance(number, int)
        and not isinstance(number, bool)
        and 0 < number <= len(request.sources)
    ]
    text = clean_answer(row["text"], urls)
    if request.task == "answer" and holds_link(row["text"], urls):
        ids = []  # a sentence around a link says "see": nobody edits an answer
    return DraftSentence(text, tuple(dict.fromkeys(ids)) if len(ids) == len(named) else ())


def check_draft(draft: Draft, request: DraftRequest, gate: Gate) -> Draft:
    """Return a draft with what the gate says of each of its sentences."""

    def check(sentence: DraftSentence) -> DraftSentence:
        cited = [source for source in request.sources if source.id in sentence.items]
        reason = "it names no source" if not cited else ""
        reason = reason or gate(sentence.text, cited, request.sources, draft.language)
        return replace(sentence, passes=not reason, reason=reason)

    title = check(draft.title) if draft.title else None
    return replace(draft, title=title, sentences=tuple(map(check, draft.sentences)))


# ---------------------------------------------------------------- the vote


def build_vote(sentence: DraftSentence, request: DraftRequest, prompt: Prompt) -> Question:
    """Return the question whether the cited sources support a sentence."""
    cited = [source.fields for source in request.sources if source.id in sentence.items]
    material = (
        f"{quote_sources(cited)}\nThe sentence: {json.dumps(sentence.text, ensure_ascii=False)}"
    )
    return Question(
        task=VOTE,
        guide=prompt.text,
        material=material,
        prompt=prompt.version,
        content=hashlib.sha256(material.encode("utf-8", "replace")).hexdigest(),
        answer_tokens=1,
        vote=True,
    )


def list_votes(draft: Draft, request: DraftRequest, prompt: Prompt) -> list[Question]:
    """Return the votes that a checked draft needs: one for each sentence that passes the rules."""
    whole = (*filter(None, (draft.title,)), *draft.sentences)
    return [build_vote(sentence, request, prompt) for sentence in whole if sentence.passes]


def apply_votes(
    draft: Draft,
    request: DraftRequest,
    prompt: Prompt,
    receipts: ReceiptMap,
    threshold: float,
) -> Draft:
    """Return a checked draft in which what no vote supports does not pass any more."""

    def apply(sentence: DraftSentence) -> DraftSentence:
        if not sentence.passes:
            return sentence
        question = build_vote(sentence, request, prompt)
        key = (VOTE, draft.model, question.prompt, question.content)
        vote = read_vote(receipts.get(key))
        if vote is None:
            return replace(sentence, passes=False, reason="no vote was given")
        if vote < threshold:
            reason = f"the vote says no ({vote:+.1f}, {threshold:+.1f} is needed)"
            return replace(sentence, passes=False, reason=reason, vote=vote)
        return replace(sentence, vote=vote)

    title = apply(draft.title) if draft.title else None
    return replace(draft, title=title, sentences=tuple(map(apply, draft.sentences)))


def read_vote(receipt: Receipt | None) -> float | None:
    """Return the log-odds that a receipt holds; None where it holds none."""
    if receipt is None or receipt.outcome != "answered":
        return None
    try:
        return float(receipt.answer)
    except ValueError:
        return None


def find_draft(request: DraftRequest, model: str, receipts: ReceiptMap, gate: Gate) -> Draft | None:
    """Return the checked draft that was paid for; None where there is none that can be read."""
    question = request.build_question()
    receipt = receipts.get((question.task, model, question.prompt, question.content))
    if receipt is None or receipt.outcome != "answered":
        return None
    try:
        return check_draft(read_draft(receipt.answer, request, model), request, gate)
    except AnswerError:
        return None


def load_vote_sentences() -> list[dict[str, Any]]:
    """Return sentences of our own with their source, and whether it supports them."""
    lines = _VOTE_SENTENCES.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
