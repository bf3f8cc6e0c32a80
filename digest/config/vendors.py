"""vendors/NAME.yaml: what a vendor was asked, what it answered and what it promised.

The product writes letters and answers into the file at the team's word, and keeps every other byte;
people may write all of it by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from digest.config.kinds import (
    LongText,
    MailAddress,
    ShortText,
    at_most,
    matching,
    passing,
    schema_pattern,
)
from digest.config.stack import PromiseEntry as StackPromiseEntry
from digest.config.stack import to_promise
from digest.config.tree import parse_yaml
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_texts,
    find_values,
    fingerprint_values,
    key,
    load_model,
    suggest_similar,
    validate_yaml,
)
from digest.config.yaml_file import change_value, insert_value
from digest.errors import ConfigError, Problem
from digest.model.stack import Promise, PromiseState
from digest.model.vendors import (
    STANDING_QUESTIONS,
    AnswerState,
    Question,
    VendorAnswer,
    VendorLetter,
    VendorRecord,
)
from digest.period import PERIOD_NAME
from digest.text import clean_text, slugify

_LONGEST_ANSWER = 4000
_KEY = r"[a-z0-9][a-z0-9-]{0,40}"
_HEADER = (
    "# yaml-language-server: $schema=../.digest/vendors.schema.json\n"
    "# What was asked of this vendor and what it answered. `digest vendor` writes here, and people "
    "do.\n"
)

QuestionKey = Annotated[
    str,
    matching(_KEY, "must be a short name of small letters, digits and -, as data or 2026-q3-1"),
    schema_pattern(_KEY),
]
AnswerText = Annotated[
    str, AfterValidator(clean_text), passing(bool, "is empty"), at_most(_LONGEST_ANSWER)
]
QuarterName = Annotated[
    str,
    matching(PERIOD_NAME, "must be a quarter or month, as 2026-Q3 or 2026-08"),
    schema_pattern(PERIOD_NAME),
]


class QuestionEntry(Settings):
    """A question."""

    name: QuestionKey = key("the name under which its answer is recorded", ..., alias="key")
    ask: LongText = key("the question, in the words that the vendor reads", ..., min_length=3)


class LetterEntry(Settings):
    """A letter that went out."""

    on: date = key("the day on which it went out", ...)
    quarter: QuarterName | None = key("the quarter whose news it asked about")
    questions: tuple[QuestionEntry, ...] = key("what it asked", ..., min_length=1)


class AnswerEntry(Settings):
    """What the vendor answered to one question."""

    to: QuestionKey = key("the key of the question", ...)
    on: date = key("the day of the answer", ...)
    text: AnswerText = key("the answer, in the vendor's words where you have them", ...)
    source: ShortText = key("where it stands: an address, or who said it where", ...)
    state: AnswerState = key("answered | partly | refused", "answered")


class PromiseEntry(StackPromiseEntry):
    """What the vendor said it would do; its name need not stand here again."""

    vendor: ShortText | None = key("who promised; default: the vendor of this file")  # type: ignore[assignment]


class VendorFile(Settings):
    """vendors/NAME.yaml."""

    vendor: ShortText = key("the vendor, written as in stack.yaml", ...)
    contact: MailAddress | None = key("whom letters go to, as Name <name@example.com>")
    questions: tuple[QuestionEntry, ...] = key(
        "your own questions, asked in every letter; the key of a standing one replaces its words",
        (),
    )
    skip: tuple[QuestionKey, ...] = key("standing questions that this vendor is not asked", ())
    promises: tuple[PromiseEntry, ...] = key(
        "what it promised, as under promises in stack.yaml", ()
    )
    letters: tuple[LetterEntry, ...] = key("the letters that went out", ())
    answers: tuple[AnswerEntry, ...] = key("what it answered", ())


@dataclass(frozen=True, slots=True)
class VendorConfig:
    """What a file says, and a fingerprint of its values, the same under other comments."""

    record: VendorRecord
    promises: tuple[Promise, ...]
    fingerprint: str


def load_vendor(path: Path) -> VendorConfig:
    """Read and validate a file. Raises ConfigError with every problem."""
    return _build_config(load_model(path, VendorFile, rules=_check_vendor))


def parse_vendor(text: str, name: str = "vendors/NAME.yaml") -> VendorConfig:
    """Return what a text says. Raises ConfigError with every problem."""
    return _build_config(validate_yaml(text, VendorFile, name, rules=_check_vendor))


def check_vendors(files: Mapping[Path, VendorConfig]) -> None:
    """Check that no two files are of one vendor. Raises ConfigError."""
    seen: dict[str, Path] = {}
    for path, config in files.items():
        name = config.record.vendor.casefold()
        if name in seen:
            what = f"{config.record.vendor} has a file already: {seen[name]}"
            raise ConfigError((Problem(str(path), 0, 0, "vendor", what),))
        seen[name] = path


def name_file(vendor: str) -> str:
    """Return the name of a vendor's file: "Fennimore & Oake" → "fennimore-oake.yaml"."""
    return f"{slugify(vendor)}.yaml"


# ---------------------------------------------------------------- from file to values


def _build_config(file: VendorFile) -> VendorConfig:
    record = VendorRecord(
        vendor=file.vendor,
        contact=file.contact or "",
        questions=_to_questions(file.questions),
        skip=file.skip,
        letters=tuple(
            VendorLetter(entry.on, entry.quarter or "", _to_questions(entry.questions))
            for entry in file.letters
        ),
        answers=tuple(
            VendorAnswer(entry.to, entry.on, entry.text, entry.source, entry.state)
            for entry in file.answers
        ),
    )
    promises = tuple(
        to_promise(entry.model_copy(update={"vendor": entry.vendor or file.vendor}))
        for entry in file.promises
    )
    values = file.model_dump(mode="json", exclude_defaults=True)
    return VendorConfig(record, promises, fingerprint_values(values))


def _to_questions(entries: Iterable[QuestionEntry]) -> tuple[Question, ...]:
    return tuple(Question(entry.name, entry.ask) for entry in entries)


# ---------------------------------------------------------------- rules over several values


def _check_vendor(plain: Any) -> Iterator[RuleViolation]:
    yield from find_repeats(
        find_texts(plain, "questions", "*", "key"), lambda _, __: "this key stands here twice"
    )
    for loc, name in find_texts(plain, "skip", "*"):
        if name not in STANDING_QUESTIONS:
            near = suggest_similar(name, STANDING_QUESTIONS)
            yield RuleViolation(loc, f"is no standing question: {list_standing()}{near}")
    asked = {name for _, name in find_texts(plain, "questions", "*", "key")}
    asked |= {name for _, name in find_texts(plain, "letters", "*", "questions", "*", "key")}
    for loc, name in find_texts(plain, "answers", "*", "to"):
        if name not in asked and name not in STANDING_QUESTIONS:
            near = suggest_similar(name, (*asked, *STANDING_QUESTIONS))
            yield RuleViolation(loc, f"answers no question that was asked{near}")
    for loc, promise in find_values(plain, "promises", "*"):
        if isinstance(promise, dict):
            given, due = promise.get("promised"), promise.get("by")
            if isinstance(given, str) and isinstance(due, str) and "" < due < given:
                what = "lies before the day on which it was promised"
                yield RuleViolation((*loc, "by"), what)


def list_standing() -> str:
    """Return the keys of the standing questions, for messages."""
    return ", ".join(STANDING_QUESTIONS)


# ---------------------------------------------------------------- changes to the text of a file


def begin_file(vendor: str) -> str:
    """Return the text of a new file."""
    return insert_value(_HEADER, ("vendor",), vendor, name_file(vendor))


def add_letter(text: str, letter: VendorLetter, file: str) -> str:
    """Return the text with a letter at the end of its list. Raises LayoutError, ConfigError."""
    entry: dict[str, Any] = {"on": letter.sent.isoformat()}
    if letter.quarter:
        entry["quarter"] = letter.quarter
    entry["questions"] = [
        {"key": question.key, "ask": question.ask} for question in letter.questions
    ]
    return _append(text, "letters", entry, file)


def add_answer(text: str, answer: VendorAnswer, file: str) -> str:
    """Return the text with an answer at the end of its list. Raises LayoutError, ConfigError."""
    entry: dict[str, Any] = {
        "to": answer.to,
        "on": answer.on.isoformat(),
        "text": answer.text,
        "source": answer.source,
    }
    if answer.state != "answered":
        entry["state"] = answer.state
    return _append(text, "answers", entry, file)


def set_promise(
    text: str, place: int, state: PromiseState, since: date, shown: str, file: str
) -> str:
    """Return the text of a vendor's file or of stack.yaml in which a promise has another state.

    `place` counts from 0; `shown` is the address of what shows it, "" where none is given.
    Raises LayoutError, ConfigError.
    """

    def change(block: Any) -> None:
        promise = block[0]
        promise["state"] = state
        promise["since"] = since.isoformat()
        if shown:
            promise["shown"] = shown

    return change_value(text, ("promises", place), change, file)


def _append(text: str, group: str, entry: Mapping[str, Any], file: str) -> str:
    plain = parse_yaml(text, file).plain_value or {}
    entries: Sequence[Any] = plain.get(group) or ()
    return insert_value(text, (group, len(entries)), entry, file)
