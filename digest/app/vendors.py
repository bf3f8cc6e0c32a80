"""The ledger of asks and answers: who was asked what, a letter, an answer, a promise confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from digest.app.build import build_editions
from digest.app.context import (
    AppContext,
    load_quarter_decisions,
    load_stack_index,
    load_vendors,
    vendors_folder,
)
from digest.app.drafts import list_accepted_questions
from digest.app.workspace import write_file
from digest.config.stack import load_stack, parse_stack
from digest.config.validate import suggest_similar
from digest.config.vendors import (
    add_answer,
    add_letter,
    begin_file,
    name_file,
    parse_vendor,
    set_promise,
)
from digest.deliver.message import build_draft
from digest.edition.letter import plan_letter
from digest.edition.stack.asked import list_asked
from digest.errors import UsageError
from digest.model.edition import AskedQuestion, Edition, VendorRow
from digest.model.stack import Product, Promise, PromiseState, Stack
from digest.model.vendors import (
    STANDING_QUESTIONS,
    AnswerState,
    Question,
    VendorAnswer,
    VendorLetter,
    VendorRecord,
)
from digest.period import Quarter
from digest.render.letter import LetterFrame, VendorLetterText, write_letter
from digest.render.words import LANGUAGES, load_localizer

REPLY_DAYS = 21  # within which a letter asks for an answer


@dataclass(frozen=True, slots=True)
class PlacedPromise:
    """A promise and the file that holds it: its place there counts from 0."""

    promise: Promise
    file: Path
    place: int


@dataclass(frozen=True, slots=True)
class VendorLedger:
    """What the team's files say of one vendor."""

    vendor: str
    file: Path  # of vendors/, whether or not it is there
    products: tuple[Product, ...]
    record: VendorRecord
    promises: tuple[PlacedPromise, ...]


@dataclass(frozen=True, slots=True)
class DraftLetter:
    """A letter that nobody has sent yet: as text, as a mail's bytes, and where both were put."""

    letter: VendorLetterText
    mail: bytes
    files: tuple[Path, ...]


def list_ledgers(context: AppContext) -> tuple[VendorLedger, ...]:
    """Return the ledger of each vendor of stack.yaml and of vendors/. Raises ConfigError."""
    index, files = load_stack_index(context), load_vendors(context)
    stack = index.stack if index else Stack()
    by_name = {config.record.vendor.casefold(): path for path, config in files.items()}
    names = [product.vendor_or_name for product in stack.products]
    names += [promise.vendor for promise in stack.promises]
    names += [config.record.vendor for config in files.values()]
    unique = {name.casefold(): name for name in reversed(names)}
    placed = list(_iter_promises(context))
    return tuple(
        VendorLedger(
            vendor=name,
            file=by_name.get(folded, vendors_folder(context) / name_file(name)),
            products=tuple(
                product for product in stack.products if product.vendor_or_name.casefold() == folded
            ),
            record=files[by_name[folded]].record if folded in by_name else VendorRecord(name),
            promises=tuple(one for one in placed if one.promise.vendor.casefold() == folded),
        )
        for folded, name in sorted(unique.items())
    )


def _iter_promises(context: AppContext) -> Iterable[PlacedPromise]:
    path = context.team_root / "stack.yaml"
    if path.is_file():
        for place, promise in enumerate(load_stack(path).stack.promises):
            yield PlacedPromise(promise, path, place)
    for file, config in load_vendors(context).items():
        for place, promise in enumerate(config.promises):
            yield PlacedPromise(promise, file, place)


def find_ledger(context: AppContext, name: str) -> VendorLedger:
    """Return the ledger of a vendor, named by itself, its file or a product of it.

    Raises UsageError where there is none.
    """
    ledgers, wanted = list_ledgers(context), name.casefold()
    for ledger in ledgers:
        known = {ledger.vendor, ledger.file.stem, *(product.name for product in ledger.products)}
        if wanted in map(str.casefold, known):
            return ledger
    near = suggest_similar(name, (ledger.vendor for ledger in ledgers))
    raise UsageError(
        f"no vendor is called {name!r}{near}",
        "`digest vendor list` shows those of stack.yaml and vendors/",
    )


def list_questions(ledger: VendorLedger, today: date) -> tuple[AskedQuestion, ...]:
    """Return what the vendor was asked, what waits for an answer first."""
    return list_asked(ledger.record, today)


def ledger_to_json(ledger: VendorLedger, today: date) -> dict[str, Any]:
    """Return a ledger as JSON values."""
    asked = [asdict(question) for question in list_questions(ledger, today)]
    return {
        "vendor": ledger.vendor,
        "file": str(ledger.file),
        "products": [product.name for product in ledger.products],
        "promises": [
            {"number": number, **asdict(one.promise), "file": str(one.file)}
            for number, one in enumerate(ledger.promises, 1)
        ],
        "letters": [asdict(letter) for letter in ledger.record.letters],
        "asked": asked,
    }


def load_proposals(context: AppContext, ledger: VendorLedger) -> Mapping[str, dict[str, Any]]:
    """Load what the newest edition shows of a vendor's promises, by the promise's words.

    Nothing where no edition was built.
    """
    editions = sorted(context.workspace.output.glob("*/edition.json"), reverse=True)
    for path in editions:
        try:
            rows = json.loads(path.read_bytes())["ledger"]["lines"]
            return {
                row["promise"]["what"]: row
                for row in rows
                if row["promise"]["vendor"].casefold() == ledger.vendor.casefold()
            }
        except (OSError, ValueError, KeyError, TypeError):
            continue  # no edition, or one without a stack
    return {}


# ---------------------------------------------------------------- a letter


def draft_letter(
    context: AppContext,
    quarter: Quarter,
    ledger: VendorLedger,
    *,
    language: str = "",
    figures: bool = False,
    folder: Path | None = None,
) -> DraftLetter:
    """Write a letter to a vendor with what the quarter's news adds, as text and as a mail.

    Nothing of the stack goes in but names of products, unless `figures` lets the vendor know users,
    cost and contract. Files are put into `folder`, by default output/QUARTER/letters.
    """
    if language and language not in LANGUAGES:
        raise UsageError(f"there is no catalogue of {language!r}", f"use {', '.join(LANGUAGES)}")
    edition = _choose_edition(build_editions(context, quarter, ask=False), language)
    row = _find_row(edition, ledger)
    words = load_localizer(language or edition.language, edition.zone, edition.period)
    settings, written = context.config.digest, quarter.to_local_date(context.now)
    contact, bracket, _ = ledger.record.contact.partition(" <")
    frame = LetterFrame(
        organisation=settings.organisation or settings.title,
        quarter=quarter.name,
        written=written,
        reply_by=written + timedelta(days=REPLY_DAYS),
        contact=contact if bracket else "",
        figures=ledger.products if figures else (),
    )
    accepted = load_quarter_decisions(context, quarter).accepted
    questions = list_accepted_questions(accepted, ledger.vendor, words.language)
    record = replace(ledger.record, questions=(*ledger.record.questions, *questions))
    letter = write_letter(plan_letter(row, record), frame, words)
    sender = settings.delivery.sender or ""
    mail = build_draft(letter.subject, letter.text, ledger.record.contact, sender, context.now)
    target = folder or context.workspace.edition_folder(quarter.name) / "letters"
    files = (target / f"{ledger.file.stem}.txt", target / f"{ledger.file.stem}.eml")
    for path, data in zip(files, (letter.text.encode(), mail), strict=True):
        write_file(path, data)
    return DraftLetter(letter, mail, files)


def _choose_edition(editions: Sequence[Edition], language: str) -> Edition:
    return next((edition for edition in editions if edition.language == language), editions[0])


def _find_row(edition: Edition, ledger: VendorLedger) -> VendorRow:
    rows = edition.ledger.vendors if edition.ledger else ()
    same = (row for row in rows if row.vendor.casefold() == ledger.vendor.casefold())
    return next(same, VendorRow(ledger.vendor, tuple(product.name for product in ledger.products)))


def record_letter(
    ledger: VendorLedger,
    questions: Sequence[Question],
    *,
    sent: date,
    quarter: str,
) -> Path:
    """Write into the vendor's file that a letter has gone out. Returns the file."""
    letter = VendorLetter(sent, quarter, tuple(questions))
    return _change_file(ledger, lambda text, name: add_letter(text, letter, name))


# ---------------------------------------------------------------- answers and promises


def record_answer(
    ledger: VendorLedger,
    key: str,
    text: str,
    *,
    source: str,
    on: date,
    state: AnswerState = "answered",
) -> Path:
    """Write an answer into the vendor's file. `key` names the question, or its number in the last
    letter. Returns the file. Raises UsageError where no such question was asked.
    """
    record = ledger.record
    last = max(record.letters, key=lambda letter: letter.sent, default=None)
    numbered = {str(at): one.key for at, one in enumerate(last.questions, 1)} if last else {}
    known = {question.key for letter in record.letters for question in letter.questions}
    known |= {*STANDING_QUESTIONS, *(question.key for question in record.questions)}
    to = numbered.get(key, key)
    if to not in known:
        raise UsageError(
            f"{ledger.vendor} was asked no question {key!r}{suggest_similar(key, known)}",
            "`digest vendor show NAME` lists the questions with their keys",
        )
    answer = VendorAnswer(to, on, text, source, state)
    return _change_file(ledger, lambda held, name: add_answer(held, answer, name))


def confirm_promise(
    ledger: VendorLedger, number: int, state: PromiseState, *, since: date, shown: str
) -> PlacedPromise:
    """Write the team's word on a promise into the file that holds it. Returns the promise.

    `number` counts as `digest vendor show` does, from 1. Raises UsageError where there is none.
    """
    if not 1 <= number <= len(ledger.promises):
        raise UsageError(
            f"{ledger.vendor} has {len(ledger.promises)} promises on record, and none of number "
            f"{number}",
            "`digest vendor show NAME` numbers them",
        )
    placed = ledger.promises[number - 1]
    text = placed.file.read_text(encoding="utf-8")
    new = set_promise(text, placed.place, state, since, shown, placed.file.name)
    (parse_stack if placed.file.name == "stack.yaml" else parse_vendor)(new, placed.file.name)
    write_file(placed.file, new.encode())
    return replace(placed, promise=replace(placed.promise, state=state, since=since, shown=shown))


def _change_file(ledger: VendorLedger, change: Any) -> Path:
    """Change the vendor's file, or begin it. What would be wrong in it is not written."""
    file = ledger.file
    text = file.read_text(encoding="utf-8") if file.is_file() else begin_file(ledger.vendor)
    new = change(text, file.name)
    parse_vendor(new, file.name)
    write_file(file, new.encode())
    return file
