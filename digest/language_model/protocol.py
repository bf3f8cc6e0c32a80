"""The chat protocol that OpenAI-compatible services speak, as far as it is used here. Pure.

One request, one whole answer: no stream, no tools, no state at the service. Only fields that
Ollama, llama.cpp, vLLM and hosted services all know are sent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from digest.errors import ModelError

_MAX_ANSWER = 200_000  # characters of an answer that is read at all
_LEAST_LOG = -100.0


class AnswerError(ModelError):
    """An answer is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the task's guide, and the material as the user's words.

    `task`, `prompt` (the guide's hash) and `content` (what it is about) name its receipt.
    `vote` asks for one token and its log-probabilities.
    """

    task: str
    guide: str
    material: str
    prompt: str
    content: str
    answer_tokens: int
    vote: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer as it came. `is_whole` is false where the service cut it."""

    text: str
    tokens_in: int | None  # None where the service does not say
    tokens_out: int | None
    is_whole: bool = True
    vote: float | None = None


def build_request(question: Question, model: str, *, json_mode: bool = True) -> bytes:
    """Return the body of a request. The same question gives the same bytes.

    `json_mode` asks the service to write JSON and nothing else; not all know how.
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": question.guide},
            {"role": "user", "content": question.material},
        ],
        "temperature": 0,
        "max_tokens": question.answer_tokens,
        "stream": False,
    }
    if question.vote:
        body |= {"max_tokens": 1, "logprobs": True, "top_logprobs": 10}
    elif json_mode:
        body["response_format"] = {"type": "json_object"}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def read_completion(body: bytes) -> Completion:
    """Return the answer that a service's body holds. Raises AnswerError where it holds none."""
    try:
        data = json.loads(body)
        choice = data["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise AnswerError("the service answers in no form that is known") from None
    if not isinstance(text, str):
        raise AnswerError("the service answers without a text")
    usage = data.get("usage")
    counts = [
        value
        if isinstance(usage, dict)
        and isinstance(value := usage.get(name), int)
        and not isinstance(value, bool)
        and 0 <= value < 10**9
        else None
        for name in ("prompt_tokens", "completion_tokens")
    ]
    is_whole = choice.get("finish_reason") in ("stop", None) and len(text) <= _MAX_ANSWER
    return Completion(text[:_MAX_ANSWER], counts[0], counts[1], is_whole, _read_vote(choice))


def read_json_object(text: str) -> dict[str, Any]:
    """Return the one JSON object of an answer, without the fence that many models put around it.

    Raises AnswerError.
    """
    text = text.strip()
    if "</think>" in text:
        text = text.rpartition("</think>")[2].strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise AnswerError("the answer is no JSON") from None
    if not isinstance(value, dict):
        raise AnswerError("the answer is no JSON object")
    return value


def number_rows(rows: Sequence[Any], count: int) -> Iterator[tuple[int, Any]]:
    """Yield the entries of an answer that name one of `count` sources, with its number."""
    for row in rows[: 4 * count]:
        number = row.get("id") if isinstance(row, dict) else None
        number = int(number) if isinstance(number, str) and number.isdigit() else number
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= count:
            yield number, row


def _read_vote(choice: Any) -> float | None:
    """Return the log-odds of yes against no in an answer's first token.

    Where the service gives no log-probabilities the answer cannot be weighed: None.
    """
    try:
        first = choice["logprobs"]["content"][0]
        options = first.get("top_logprobs") or [first]
        weights = {"yes": 0.0, "no": 0.0}
        for option in options:
            word = option["token"].strip().strip('"*.').casefold()
            value = float(option["logprob"])
            if word in weights and math.isfinite(value):
                weights[word] += math.exp(max(min(value, 0.0), _LEAST_LOG))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None
    if not any(weights.values()):
        return None
    return math.log(max(weights["yes"], 1e-9)) - math.log(max(weights["no"], 1e-9))
