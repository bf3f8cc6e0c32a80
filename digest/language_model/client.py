"""Ask a service questions: within limits, again where that may help, each paid answer kept.

What it sees to: at most so many questions at once; a question that got no answer is asked again
after the time that the service names, or a growing one; a service that is down is left alone for
the rest of the run; a limit of money holds before a question goes out. What it leaves to others:
what is asked, what the answer means, and where answers are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from digest.errors import ModelError
from digest.language_model.budget import Budget, BudgetError, estimate_tokens
from digest.language_model.protocol import (
    AnswerError,
    Completion,
    Question,
    build_request,
    read_completion,
)

_FIRST_WAIT = 1.0  # seconds before a question is asked again; doubled each time
_LONGEST_WAIT = 60.0  # a service that wants more is down for this run
# Questions in a row without an answer add up: one that met silence or overload counts three, one
# that met a fault inside the service one, because llama.cpp answers 500 where an output broke off.
_DOWN_FROM = 6
_SILENCE, _FAULT = 3, 1
_TRY_AGAIN = (408, 409, 425, 429, 500, 502, 503, 504, 529)
_REFUSED = (301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 410)  # so will every question be


class ServiceDownError(ModelError):
    """The service gives no answers; it is not asked again in this run."""


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What a service answered: `status` 0 where nothing came, then `fault` says why.

    `wait` is how many seconds it bids us wait. `sent` tells whether the question may have arrived.
    """

    status: int
    body: bytes = b""
    wait: float | None = None
    fault: str = ""
    sent: bool = True


class Transport(Protocol):
    """Carries one request to the configured service, and its answer back. Raises nothing."""

    async def __call__(self, data: bytes) -> ServiceAnswer:
        """Send the body of a request."""


@dataclass(frozen=True, slots=True)
class PaidAnswer:
    """An answer with what it cost, in millionths of the currency's unit."""

    completion: Completion
    tokens_in: int
    tokens_out: int
    cost: int


def _ignore_loss(_question: Question, _cost: int) -> None:
    """Keep nothing of a question without an answer."""


class ModelClient:
    """Asks one service in one run. `on_lost` is told what an unanswered question may have cost."""

    def __init__(
        self,
        model: str,
        transport: Transport,
        budget: Budget,
        *,
        at_once: int = 4,
        retries: int = 3,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_lost: Callable[[Question, int], None] = _ignore_loss,
    ) -> None:
        self.model, self.budget, self.down = model, budget, ""
        self._transport, self._retries, self._sleep = transport, retries, sleep
        self._slots, self._on_lost = asyncio.Semaphore(at_once), on_lost
        self._failures = 0
        self._json_mode = True

    async def ask(self, question: Question) -> PaidAnswer:
        """Return the answer to a question.

        Raises AnswerError where it cannot be read, ServiceDownError where the service is down,
        BudgetError where it may not be asked.
        """
        async with self._slots:
            for attempt in range(self._retries + 1):
                if self.down:
                    raise ServiceDownError(self.down)
                answer = await self._send(question)
                if answer.status == 200:
                    self._failures = 0
                    return self._settle(question, answer)
                if answer.status == 400 and self._json_mode and b"response_format" in answer.body:
                    self._json_mode = False  # it does not know the mode: asked in words alone
                    continue
                self._check_refusal(answer)
                wait = _FIRST_WAIT * 2**attempt if answer.wait is None else answer.wait
                if wait > _LONGEST_WAIT:
                    self._give_up(f"it asks us to wait {wait:.0f} s")
                if attempt < self._retries:
                    await self._sleep(wait)
            self._failures += _FAULT if answer.status == 500 else _SILENCE
            fault = answer.fault or f"it answers {answer.status}"
            if self._failures >= _DOWN_FROM:
                self._give_up(fault)
            raise AnswerError(f"no answer after {self._retries + 1} tries: {fault}")

    async def _send(self, question: Question) -> ServiceAnswer:
        """Send a question once; what it may have cost is counted, whatever came back."""
        data = build_request(question, self.model, json_mode=self._json_mode)
        reserved = self.budget.reserve(len(data), question.answer_tokens)
        cost = reserved  # also where this task is cancelled, or the process is told to stop
        try:
            answer = await self._transport(data)
            if answer.status == 200:
                cost = 0  # settled from the answer itself, right after
            elif answer.status or not answer.sent:
                cost = 0  # refused, or it never arrived
        finally:
            self.budget.settle(reserved, cost)
            if cost:
                self._on_lost(question, cost)
        return answer

    def _settle(self, question: Question, answer: ServiceAnswer) -> PaidAnswer:
        try:
            completion = read_completion(answer.body)
        except AnswerError:
            cost = self.budget.price.calculate(
                estimate_tokens(len(question.guide) + len(question.material)),
                question.answer_tokens,
            )
            self.budget.settle(0, cost)
            self._on_lost(question, cost)
            raise
        tokens_in, tokens_out = completion.tokens_in, completion.tokens_out
        if tokens_in is None:
            words = question.guide + question.material
            tokens_in = estimate_tokens(len(words.encode("utf-8", "replace")))
        if tokens_out is None:
            tokens_out = estimate_tokens(len(completion.text.encode("utf-8", "replace")))
        cost = self.budget.price.calculate(tokens_in, tokens_out)
        self.budget.settle(0, cost)
        return PaidAnswer(completion, tokens_in, tokens_out, cost)

    def _check_refusal(self, answer: ServiceAnswer) -> None:
        """Raise for an answer after which asking again is no use."""
        if answer.status in _REFUSED:
            hints = {401: "check the key", 403: "check the key", 404: "check base_url and name"}
            hint = hints.get(answer.status, "")
            self._give_up(f"it answers {answer.status}" + (f": {hint}" if hint else ""))
        if answer.status and answer.status not in _TRY_AGAIN:
            raise AnswerError(f"the service refuses the question ({answer.status})")

    def _give_up(self, fault: str) -> None:
        self.down = f"the language model is not asked any more in this run: {fault}"
        raise ServiceDownError(self.down)


async def ask_all(
    client: ModelClient,
    questions: Mapping[str, Question],
    keep: Callable[[str, PaidAnswer], None],
) -> dict[str, ModelError]:
    """Ask questions at once, hand each answer to `keep` as it comes; return what went wrong.

    A limit that is reached, or a service that goes down, ends the asking and loses no answer.
    """
    faults: dict[str, ModelError] = {}

    async def ask_one(name: str, question: Question) -> None:
        try:
            keep(name, await client.ask(question))
        except (AnswerError, ServiceDownError, BudgetError) as error:
            faults[name] = error

    await asyncio.gather(*(ask_one(name, question) for name, question in questions.items()))
    return {name: faults[name] for name in questions if name in faults}
