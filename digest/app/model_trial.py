"""Try the configured language model: a question of each task, and votes whose answer is known.

The material ships with the program and is made up, so that a trial tells the service nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from digest.app.context import AppContext
from digest.app.gate import load_gate
from digest.app.model import AskingReport, WorkspaceModel
from digest.archive import Archive
from digest.errors import ModelError, UsageError
from digest.language_model.importance import IMPORTANCE_TASK
from digest.language_model.judge import JUDGE_TASK
from digest.language_model.pairs import build_pair_question, read_pair_answer
from digest.language_model.protocol import AnswerError, Question
from digest.language_model.writer import (
    VOTE,
    DraftRequest,
    DraftSource,
    build_vote,
    check_draft,
    load_vote_sentences,
    read_draft,
)
from digest.model.drafts import DraftSentence, ModelTask
from digest.model.item import Item

_BOOKED_UNDER = "model test"
_MICRO = 1_000_000
Reader = Callable[[str], str]  # of an answer: "" where it is of use, else the fault
_TITLE = "Halcyra launches Quillmark, an AI agent for email campaigns"
_TEXT = (
    "Halcyra launched Quillmark on 14 July 2026, an agent that writes email campaigns for"
    " retailers. It costs $90 a month and is available in Germany and Italy."
    " Support for Thai is planned."
)
_OTHER = (
    "Fernlight raises the price of its CRM",
    "Fernlight will raise the price of its CRM to $120 a month for new customers in October 2026.",
)
_OURS = "We use Quillmark. Our contract for Quillmark ends on 2026-12-31."


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How one question went. `fault` says why the answer is of no use, "" where it is."""

    task: str
    answer: str
    fault: str
    seconds: float
    tokens_in: int
    tokens_out: int
    cost: float
    currency: str


@dataclass(frozen=True, slots=True)
class VoteTrial:
    """How well votes tell true sentences from altered ones.

    `auc` is the chance that a true one has the higher vote; `threshold` the lowest that lets at
    most one altered sentence in twenty pass; None where no vote was given.
    """

    sentences: int
    answered: int
    auc: float | None
    threshold: float | None
    passes_true: float | None  # share of the true sentences that the threshold lets pass
    cost: float


def try_model(context: AppContext) -> Iterator[TrialResult]:
    """Ask one question of each task, and yield how it went. Raises UsageError without a model."""
    with _open_model(context) as model:
        for question, read in _list_trials(model):
            yield _try_question(model, question, read)


def try_votes(context: AppContext) -> VoteTrial:
    """Ask for the votes of the shipped sentences, and measure them. Raises UsageError."""
    pairs = load_vote_sentences()
    with _open_model(context) as model:
        prompt = model.prompt(VOTE)
        votes: list[tuple[bool, float]] = []
        for row in pairs:
            source = DraftSource("s", row["title"], row["text"], row.get("lang", "en"))
            request = DraftRequest("summary", "", "en", (source,), prompt)
            question = build_vote(DraftSentence(row["sentence"], ("s",)), request, prompt)
            try:
                paid, _ = model.ask_once(question)
            except ModelError:
                continue
            if paid.completion.vote is not None:
                votes.append((row["supported"], paid.completion.vote))
        return _measure_votes(votes, len(pairs), model.budget.spent / _MICRO)


def _make_reader(read: Callable[[str], object]) -> Reader:
    """Return what says whether an answer can be read: "" or the fault."""

    def check(text: str) -> str:
        try:
            return "" if read(text) else "no entry of it can be used"
        except AnswerError as error:
            return error.message

    return check


class _Reader:
    """Says whether an answer is of use: "" or the fault."""

    def __init__(self, model: WorkspaceModel, request: DraftRequest | None, items: Sequence[Item]):
        self._model, self._request, self._items = model, request, items

    def __call__(self, text: str) -> str:
        try:
            if self._request is None:
                found = JUDGE_TASK.read_answer(text, self._items)
                return "" if found else "no entry of it can be used"
            draft = read_draft(text, self._request, self._model.settings.name)
        except AnswerError as error:
            return error.message
        checked = check_draft(draft, self._request, load_gate())
        return "; ".join(f"withheld: {one.text} ({one.reason})" for one in checked.withheld)


def _list_trials(model: WorkspaceModel) -> Iterator[tuple[Question, Reader | None]]:
    items = [_make_item("1", _TITLE, _TEXT), _make_item("2", *_OTHER)]
    yield JUDGE_TASK.build_question(items, model.prompt("judge")), _Reader(model, None, items)
    yield (
        build_pair_question(items[0], items[1], model.prompt("pair")),
        _make_reader(read_pair_answer),
    )
    yield (
        IMPORTANCE_TASK.build_question(items, model.prompt("importance")),
        _make_reader(lambda text: IMPORTANCE_TASK.read_answer(text, items)),
    )
    day = datetime(2026, 7, 14, tzinfo=UTC).date()
    story = DraftSource("1", _TITLE, _TEXT, "en", day, "https://example.com/1", "Trade Daily")
    other = DraftSource("2", *_OTHER, "en", day, "https://example.com/2", "Town Paper")
    ours = DraftSource("ours", "What the company runs", _OURS, "en")
    tasks: tuple[tuple[ModelTask, str, tuple[DraftSource, ...]], ...] = (
        ("summary", "en", (story,)),
        ("consequence", "en", (story, ours)),
        ("theme", "en", (story, other)),
        ("lead", "en", (story, other)),
        ("letter", "en", (story, other)),
        ("questions", "en", (story,)),
        ("translation", "it", (story,)),
    )
    for task, language, sources in tasks:
        request = DraftRequest(task, "", language, sources, model.prompt(task, language))
        yield request.build_question(), _Reader(model, request, ())
    prompt = model.prompt(VOTE)
    request = DraftRequest("summary", "", "en", (story,), prompt)
    sentence = DraftSentence("Quillmark costs $90 a month.", ("1",))
    yield build_vote(sentence, request, prompt), None


def _try_question(model: WorkspaceModel, question: Question, read: Reader | None) -> TrialResult:
    currency = model.settings.currency
    try:
        paid, seconds = model.ask_once(question)
    except ModelError as error:
        return TrialResult(question.task, "", error.message, 0.0, 0, 0, 0.0, currency)
    completion = paid.completion
    fault = read(completion.text) if read else ""
    answer = completion.text
    if question.vote:
        vote = completion.vote
        answer = f"{completion.text} (log-odds of yes: {vote:+.1f})" if vote is not None else answer
        fault = (
            ""
            if vote is not None
            else "it gives no log-probabilities: verify: model prints nothing"
        )
    elif not completion.is_whole:
        fault = "the answer was cut: raise answer_tokens"
    return TrialResult(
        question.task,
        answer,
        fault,
        round(seconds, 2),
        paid.tokens_in,
        paid.tokens_out,
        paid.cost / _MICRO,
        currency,
    )


def _measure_votes(votes: Sequence[tuple[bool, float]], asked: int, cost: float) -> VoteTrial:
    true = sorted(vote for supported, vote in votes if supported)
    false = sorted(vote for supported, vote in votes if not supported)
    if not true or not false:
        return VoteTrial(asked, len(votes), None, None, None, cost)
    wins = sum((high > low) + (high == low) / 2 for high in true for low in false)
    allowed = len(false) // 20
    highest = false[-1 - allowed]
    passing = [vote for vote in true if vote > highest]
    threshold = round(highest + 0.05, 2)
    share = round(len(passing) / len(true), 3)
    return VoteTrial(
        asked, len(votes), round(wins / len(true) / len(false), 3), threshold, share, cost
    )


class _OpenedModel:
    """The model, with the archive where there is one: a trial is booked too."""

    def __init__(self, context: AppContext) -> None:
        settings = context.config.model
        if settings is None:
            raise UsageError(
                "no language model is configured",
                "give `model:` in sources.yaml; see docs/language-model.md",
            )
        file = context.workspace.archive
        self._archive = Archive.open(file) if Archive.is_at(file) else None
        self.model = WorkspaceModel(context, settings, self._archive, _BOOKED_UNDER)
        self.model.report = AskingReport()

    def __enter__(self) -> WorkspaceModel:
        return self.model

    def __exit__(self, *error: object) -> None:
        if self._archive:
            self._archive.close()


def _open_model(context: AppContext) -> _OpenedModel:
    return _OpenedModel(context)


def _make_item(key: str, title: str, text: str) -> Item:
    moment = datetime(2026, 7, 14, tzinfo=UTC)
    url = f"https://example.com/{key}"
    item = Item(key, url, url, title, "trial", "Trade Daily", "trade", moment, moment, "en")
    return replace(item, summary=text)
