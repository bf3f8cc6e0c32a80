"""Ask the configured language model, keep what was paid for, and hand out what is at hand.

Asking and using are apart. `ask_judgements` and `ask_drafts` fill the archive with receipts and are
called by a build alone; the judge, the desk and the page read receipts and ask nothing. So a build
that is killed loses no paid answer, and the same receipts give the same bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.app.context import AppContext, make_fetcher
from digest.app.disclosure import describe_disclosure
from digest.app.logs import log_event
from digest.app.model_service import load_key, make_transport, wait
from digest.archive import Archive
from digest.errors import ModelError, UsageError
from digest.fetch.http.client import Fetcher
from digest.fetch.http.exchange import format_url
from digest.fetch.http.guard import get_host_port
from digest.language_model import pairs as item_pairs
from digest.language_model.budget import Budget, Limits, Price
from digest.language_model.client import ModelClient, PaidAnswer, ask_all
from digest.language_model.importance import IMPORTANCE_TASK, ItemRatings
from digest.language_model.item_questions import ItemAnswers, ItemTask, hash_item
from digest.language_model.judge import (
    JUDGE_TASK,
    ItemJudgement,
    ModelJudge,
    OfflineJudge,
    choose_items,
)
from digest.language_model.pairs import PairAnswers
from digest.language_model.prompts import MAX_PROMPT, PROMPT_NAMES, Prompt, fill_prompt
from digest.language_model.protocol import AnswerError, Question
from digest.language_model.writer import (
    VOTE,
    DraftRequest,
    Gate,
    apply_votes,
    find_draft,
    list_votes,
    read_draft,
)
from digest.model.drafts import Draft, Receipt, ReceiptOutcome
from digest.model.item import Item
from digest.model.tags import Tags

if TYPE_CHECKING:
    from digest.config.model_settings import ModelSettings

_MICRO = 1_000_000
_MOST_ANSWER_BYTES = 2 * 2**20
_REPAIR = (
    "\n\nYour last answer could not be read: {fault}. Answer again with the one JSON object that"
    " was asked for and nothing else."
)


@dataclass(slots=True)
class AskingReport:
    """What asking did: questions that were answered, and those that were not, with the faults."""

    answered: int = 0
    unanswered: int = 0
    faults: dict[str, None] = field(default_factory=dict)  # in words, each once

    def add_faults(self, faults: Mapping[str, ModelError]) -> None:
        """Count what went wrong."""
        self.unanswered += len(faults)
        self.faults |= dict.fromkeys(error.message for error in faults.values())


class _ItemQuestion(NamedTuple):
    """What a receipt is named by, of one item of a batch: see `Question`."""

    task: str
    prompt: str
    content: str


_Asked = Question | _ItemQuestion


class WorkspaceModel:
    """The configured model, with the receipts of a workspace."""

    def __init__(
        self,
        context: AppContext,
        settings: ModelSettings,
        archive: Archive | None,
        quarter: str,
    ) -> None:
        self.settings, self.quarter, self._context = settings, quarter, context
        self.report = AskingReport()
        self._archive = archive
        self._own_prompts = load_own_prompts(context)
        self.receipts = archive.load_receipts(settings.name) if archive else {}
        before = archive.sum_model_costs(quarter, settings.currency) if archive else 0
        self.budget = Budget(
            Price(settings.price_in, settings.price_out),
            Limits(
                _to_micro(settings.run_limit),
                _to_micro(settings.quarter_limit),
                settings.run_requests,
            ),
            before,
        )
        self.unjudged = 0
        self._down = ""

    def prompt(self, name: str, language: str = "") -> Prompt:
        """Return a prompt, the team's where there is one."""
        return fill_prompt(name, language, self._own_prompts)

    def make_judge(self, offline: OfflineJudge) -> ModelJudge:
        """Return the judge that corrects the offline one by the answers at hand."""
        return ModelJudge(offline, self._find_judgements())

    def _find_judgements(self) -> ItemAnswers[ItemJudgement]:
        return ItemAnswers(JUDGE_TASK, self.receipts, self.settings.name, self.prompt("judge"))

    def make_pair_answers(self) -> PairAnswers:
        """Return what is at hand of whether reports are of one event."""
        return PairAnswers(self.receipts, self.settings.name, self.prompt("pair"))

    def make_ratings(self) -> ItemRatings:
        """Return what is at hand of how much items matter."""
        prompt = self.prompt(IMPORTANCE_TASK.name)
        return ItemRatings(IMPORTANCE_TASK, self.receipts, self.settings.name, prompt)

    def find_draft(self, request: DraftRequest, gate: Gate) -> Draft | None:
        """Return the checked draft that was paid for, with its votes where they count."""
        draft = find_draft(request, self.settings.name, self.receipts, gate)
        if draft is None or self.settings.verify != "model":
            return draft
        threshold = self.settings.vote_threshold
        return apply_votes(draft, request, self.prompt(VOTE), self.receipts, threshold)

    def ask_judgements(
        self, items: Sequence[Item], offline: OfflineJudge, *, ask: bool = True
    ) -> None:
        """Ask about the items that the settings name and that nothing is known of.

        What an answer leaves out is asked once more, and then left to the offline judge for good.
        `unjudged` counts those that got no answer; without `ask` that is all that is done.
        """
        mode = self.settings.judge
        if mode == "off":
            return
        judge = self.make_judge(offline)
        batch = self._count_at_once(JUDGE_TASK)
        chosen = choose_items(items, judge, mode, self.settings.unsure_share, batch)
        waiting = chosen if ask else []
        for is_last in (False, True):
            batches = [waiting[n : n + batch] for n in range(0, len(waiting), batch)]
            waiting = self._judge_batches(batches, judge.answers.prompt, is_last=is_last)
        self.unjudged = sum(judge.answers.find_receipt(item) is None for item in chosen)

    def ask_pairs(self, pairs: Iterable[tuple[Item, Item]]) -> None:
        """Ask whether pairs of items are of one event, where nothing is known of it.

        `pairs` come with the most doubtful first; as many are asked about as the settings let.
        """
        answers = self.make_pair_answers()
        chosen = list(pairs)[: self.settings.pairs]
        questions = {
            question.content: question
            for first, second in chosen
            if answers.find_receipt(first, second) is None
            for question in [item_pairs.build_pair_question(first, second, answers.prompt)]
        }

        def keep(name: str, paid: PaidAnswer) -> None:
            outcome: ReceiptOutcome = "answered"
            try:
                item_pairs.read_pair_answer(paid.completion.text)
            except AnswerError:
                outcome = "unusable"
            self._keep_answer(paid, questions[name], paid.completion.text, outcome)

        self._ask(questions, keep)

    def ask_importance(self, items: Sequence[Item]) -> None:
        """Ask how much items matter, where nothing is known of it."""
        ratings = self.make_ratings()
        waiting = [item for item in items if ratings.find_receipt(item) is None]
        size = self._count_at_once(IMPORTANCE_TASK)
        batches = {
            f"importance {start}": waiting[start : start + size]
            for start in range(0, len(waiting), size)
        }

        def keep(name: str, paid: PaidAnswer) -> None:
            batch = batches[name]
            try:
                found = IMPORTANCE_TASK.read_answer(paid.completion.text, batch)
            except AnswerError:
                found = {}
            self._keep_item_answers(paid, IMPORTANCE_TASK.name, ratings.prompt, batch, found)

        questions = {
            name: IMPORTANCE_TASK.build_question(batch, ratings.prompt)
            for name, batch in batches.items()
        }
        self._ask(questions, keep)

    def _count_at_once(self, task: ItemTask[Any]) -> int:
        """Return how many items one question of a task may ask about."""
        return min(self.settings.batch, task.room.count_items(self.settings.answer_tokens))

    def count_judged(self, items: Iterable[Item]) -> int:
        """Return how many of the items have labels of the model's."""
        if self.settings.judge == "off":
            return 0
        answers = self._find_judgements()
        return sum(answers.find_row(item) is not None for item in items)

    def is_known(self, request: DraftRequest) -> bool:
        """Return whether a draft was paid for, usable or not."""
        return self._key(request.build_question()) in self.receipts

    def sum_costs(self) -> int:
        """Return what the quarter's questions cost, in millionths of the currency's unit."""
        if self._archive is None:
            return self.budget.spent
        return self._archive.sum_model_costs(self.quarter, self.settings.currency)

    def _keep_item_answers(
        self,
        paid: PaidAnswer,
        task: str,
        prompt: Prompt,
        batch: Sequence[Item],
        found: Mapping[str, str],
        unusable: str = "",
    ) -> None:
        """Keep a receipt for each item of a batch: its answer, or what came and is `unusable`."""
        receipts = [
            self._make_receipt(
                _ItemQuestion(task, prompt.version, hash_item(item)),
                found.get(item.id, unusable),
                "answered" if item.id in found else "unusable",
            )
            for item in batch
        ]
        self._keep_receipts(paid, receipts)

    def _judge_batches(
        self, batches: Sequence[Sequence[Item]], prompt: Prompt, *, is_last: bool
    ) -> list[Item]:
        """Ask about batches; return the items that their answers left out."""
        by_name = {f"judge {number}": batch for number, batch in enumerate(batches)}
        left_out: list[Item] = []

        def keep(name: str, paid: PaidAnswer) -> None:
            batch = by_name[name]
            try:
                found = JUDGE_TASK.read_answer(paid.completion.text, batch)
            except AnswerError:
                found = {}
            missing = [item for item in batch if item.id not in found]
            # what cannot be used is kept too: it was paid for
            unusable = "" if is_last else paid.completion.text
            self._keep_item_answers(paid, JUDGE_TASK.name, prompt, batch, found, unusable)
            left_out.extend(missing)

        questions = {
            name: JUDGE_TASK.build_question(batch, prompt) for name, batch in by_name.items()
        }
        self._ask(questions, keep)
        return sorted(left_out, key=lambda item: item.id)

    def ask_drafts(self, requests: Iterable[DraftRequest], gate: Gate) -> None:
        """Ask for the drafts that are not there, and for the votes on what the rules let pass."""
        by_name = {f"draft {number}": request for number, request in enumerate(requests)}
        questions = {
            name: question
            for name, request in by_name.items()
            if self._key(question := request.build_question()) not in self.receipts
        }
        broken = self._ask_for_drafts(questions, by_name)
        self._ask_for_drafts(broken, by_name)
        if self.settings.verify == "model":
            self._ask_for_votes(by_name.values(), gate)

    def _ask_for_drafts(
        self, questions: Mapping[str, Question], requests: Mapping[str, DraftRequest]
    ) -> dict[str, Question]:
        """Ask, and return the questions to repair those whose answer cannot be read."""
        broken: dict[str, Question] = {}

        def keep(name: str, paid: PaidAnswer) -> None:
            question = questions[name]
            outcome: ReceiptOutcome = "answered"
            try:
                if not paid.completion.is_whole:
                    raise AnswerError("the answer was cut")
                read_draft(paid.completion.text, requests[name], self.settings.name)
            except AnswerError as error:
                outcome = "unusable"
                material = question.material + _REPAIR.format(fault=error.message)
                broken[name] = replace(question, material=material)
            self._keep_answer(paid, question, paid.completion.text, outcome)

        self._ask(questions, keep)
        return broken

    def _ask_for_votes(self, requests: Iterable[DraftRequest], gate: Gate) -> None:
        prompt = self.prompt(VOTE)
        questions: dict[str, Question] = {}
        for request in requests:
            draft = find_draft(request, self.settings.name, self.receipts, gate)
            for question in list_votes(draft, request, prompt) if draft else ():
                if self._key(question) not in self.receipts:
                    questions[question.content] = question

        def keep(name: str, paid: PaidAnswer) -> None:
            vote = paid.completion.vote
            if vote is None:
                self._keep_answer(paid, questions[name], "", "unusable")
            else:
                self._keep_answer(paid, questions[name], f"{vote:.4f}", "answered")

        self._ask(questions, keep)

    def ask_once(self, question: Question) -> tuple[PaidAnswer, float]:
        """Ask one question, keep its receipt, return the answer and the seconds it took.

        Raises ModelError.
        """
        answers: list[PaidAnswer] = []

        def keep(_: str, paid: PaidAnswer) -> None:
            answers.append(paid)
            self._keep_answer(paid, question, paid.completion.text, "answered")

        began = time.monotonic()
        faults = self._ask({"": question}, keep)
        if not answers:
            raise faults[""]
        return answers[0], time.monotonic() - began

    def _ask(
        self, questions: Mapping[str, Question], keep: Callable[[str, PaidAnswer], None]
    ) -> dict[str, ModelError]:
        """Ask questions; each answer is kept when it comes."""
        if not questions:
            return {}
        settings = self.settings
        questions = {
            name: question
            if question.vote
            else replace(question, answer_tokens=settings.answer_tokens)
            for name, question in questions.items()
        }
        try:
            key = load_key(self._context, settings)
        except ModelError as error:
            faults = dict.fromkeys(questions, error)
            self.report.add_faults(faults)
            return faults

        async def run() -> dict[str, ModelError]:
            async with self._make_fetcher() as fetcher:
                client = ModelClient(
                    settings.name,
                    make_transport(fetcher, settings, key, self._context),
                    self.budget,
                    at_once=settings.requests_at_once,
                    retries=settings.retries,
                    sleep=wait,
                    on_lost=self._keep_loss,
                )
                client.down = self._down
                try:
                    return await ask_all(client, questions, keep)
                finally:
                    self._down = client.down

        faults = asyncio.run(run())
        self.report.answered += len(questions) - len(faults)
        self.report.add_faults(faults)
        return faults

    def _make_fetcher(self) -> Fetcher:
        return make_fetcher(
            self._context,
            body_bytes=_MOST_ANSWER_BYTES,
            service=(get_host_port(self.settings.base_url), self.settings.request_seconds),
        )

    def _key(self, question: Question) -> tuple[str, str, str, str]:
        return question.task, self.settings.name, question.prompt, question.content

    def _keep_answer(
        self, paid: PaidAnswer, question: Question, answer: str, outcome: ReceiptOutcome
    ) -> None:
        """Store the answer to one question at once."""
        self._keep_receipts(paid, [self._make_receipt(question, answer, outcome)])

    def _keep_receipts(self, paid: PaidAnswer, receipts: Sequence[Receipt]) -> None:
        """Store what an answer gave at once, its cost shared among the receipts."""
        priced = []
        for number, receipt in enumerate(receipts):
            tokens_in, tokens_out, cost = (
                total // len(receipts) + (number < total % len(receipts))
                for total in (paid.tokens_in, paid.tokens_out, paid.cost)
            )
            priced.append(replace(receipt, tokens_in=tokens_in, tokens_out=tokens_out, cost=cost))
        if self._archive:
            self._archive.add_receipts(priced, at=self._context.now)
        self.receipts |= {receipt.key: receipt for receipt in priced}

    def _keep_loss(self, question: Question, cost: int) -> None:
        """Store that a question may be billed although no answer came."""
        if self._archive:
            receipt = replace(self._make_receipt(question, "", "lost"), cost=cost)
            self._archive.add_receipts([receipt], at=self._context.now)

    def _make_receipt(self, asked: _Asked, answer: str, outcome: ReceiptOutcome) -> Receipt:
        return Receipt(
            task=asked.task,
            model=self.settings.name,
            prompt=asked.prompt,
            content=asked.content,
            answer=answer,
            outcome=outcome,
            currency=self.settings.currency,
            quarter=self.quarter,
        )


def open_model(context: AppContext, archive: Archive, quarter: str) -> WorkspaceModel | None:
    """Return the configured model with what it was paid for; None where none is configured."""
    settings = context.config.model
    return WorkspaceModel(context, settings, archive, quarter) if settings else None


def load_own_prompts(context: AppContext) -> dict[str, str]:
    """Return the team's prompts by name. Raises UsageError for one that cannot be used."""
    own: dict[str, str] = {}
    for name in PROMPT_NAMES:
        path = context.team_root / "prompts" / f"{name}.md"
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read: {error}", "save it as UTF-8") from None
        if not text or len(text) > MAX_PROMPT:
            raise UsageError(
                f"{path} has {len(text)} characters", f"a prompt has 1 to {MAX_PROMPT} characters"
            )
        own[name] = text
    return own


def log_asking(model: WorkspaceModel) -> None:
    """Log what was asked, of whom, at what cost, and what went unanswered."""
    report, settings = model.report, model.settings
    if not (report.answered or report.unanswered):
        return
    place = format_url(settings.base_url)
    cost = f"{model.budget.spent / _MICRO:.4f} {settings.currency}"
    sent = "; ".join(describe_disclosure(settings)[1:])
    log_event(
        "model",
        f"{settings.name} at {place}: {report.answered} questions answered, "
        f"{report.unanswered} not, {cost}; sent was: {sent}",
        answered=report.answered,
        unanswered=report.unanswered,
        cost=model.budget.spent / _MICRO,
    )
    model.report = AskingReport()
    for fault in report.faults:
        log_event("model", f"{fault}; the sources' own sentences stand there", trouble=True)


def _to_micro(amount: float | None) -> int | None:
    return None if amount is None else round(amount * _MICRO)


def judge_with_model(
    context: AppContext, items: Sequence[Item], offline: OfflineJudge
) -> tuple[list[Tags], str]:
    """Return the tags of items as the model corrects them, asking for what is not known yet.

    `judge: off` counts as all here. What was asked, and its cost, come back in words. Raises
    UsageError where no model is configured.
    """
    settings = context.config.model
    if settings is None:
        raise UsageError("no language model is configured", "give `model:` in sources.yaml")
    if settings.judge == "off":
        settings = settings.model_copy(update={"judge": "all"})
    with Archive.open(context.workspace.archive) as archive:
        model = WorkspaceModel(context, settings, archive, "lab")
        model.ask_judgements(items, offline)
        judge = model.make_judge(offline)
        tags = [judge.judge_item(item) for item in items]
        answers = [receipt for item in items if (receipt := judge.answers.find_receipt(item))]
        tokens = [
            sum(getattr(answer, name) for answer in answers) for name in ("tokens_in", "tokens_out")
        ]
        cost = sum(answer.cost for answer in answers) / _MICRO
        note = (
            f"{settings.name}, judge: {settings.judge}: {len(answers)} of {len(items)} items,"
            f" {tokens[0]} + {tokens[1]} tokens, {cost:.4f} {settings.currency};"
            f" {model.report.answered} questions answered now, {model.report.unanswered} not"
        )
        log_asking(model)
    return tags, note
