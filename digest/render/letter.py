"""A letter to a vendor as plain text, in the language of the edition or another one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from digest.i18n import TranslatableText
from digest.model.letter import LetterPlan, LetterQuestion
from digest.model.stack import Product
from digest.model.vendors import Question
from digest.render.words import Localizer
from digest.text import clean_text, truncate_text

_WIDTH = 76  # columns, as mail programs break lines
_MAX_QUOTE = 400  # characters
_MAX_MARKS = 2  # before a headline that begins a question: a quotation mark


@dataclass(frozen=True, slots=True)
class LetterFrame:
    """What stands around the questions. `figures` are products whose figures may go out."""

    organisation: str
    quarter: str
    written: date
    reply_by: date
    contact: str = ""  # a person's name
    figures: Sequence[Product] = ()


@dataclass(frozen=True, slots=True)
class VendorLetterText:
    """A letter, and its questions as they are recorded when it has gone out."""

    subject: str
    text: str
    questions: tuple[Question, ...]


def write_letter(plan: LetterPlan, frame: LetterFrame, words: Localizer) -> VendorLetterText:
    """Return the letter. A question has one number through all of it."""
    subject = words.translate(
        "Our questions about AI in %(products)s, %(quarter)s",
        products=words.join_names(plan.products or (plan.vendor,)),
        quarter=words.format_quarter(frame.quarter),
    )
    numbers = {one.key: number for number, one in enumerate(plan.questions, 1)}
    lines = [*_open_letter(plan, frame, words)]
    parts = (
        (words.translate("What you announced"), plan.promises),
        (
            words.translate(
                "What we read about you in %(quarter)s",
                quarter=words.format_quarter(frame.quarter),
            ),
            plan.news,
        ),
        (words.translate("What we ask every main vendor"), plan.standing),
    )
    for heading, questions in parts:
        if questions:
            lines += ["", heading.upper() if words.language != "th" else heading]
        for question in questions:
            lines += ["", *_write_question(numbers[question.key], question, words)]
    lines += ["", *_write_figures(frame, words), *_close_letter(frame, words)]
    asked = tuple(Question(one.key, _say(one.ask, words)) for one in plan.questions)
    return VendorLetterText(clean_text(subject), "\n".join(lines).strip() + "\n", asked)


def _open_letter(plan: LetterPlan, frame: LetterFrame, words: Localizer) -> Iterator[str]:
    yield words.format_date(frame.written)
    yield ""
    if frame.contact:
        yield words.translate("Dear %(name)s,", name=clean_text(frame.contact))
    else:
        yield words.translate("Dear %(name)s team,", name=clean_text(plan.vendor))
    yield ""
    yield from _wrap(
        words.translate(
            "we at %(organisation)s use %(products)s and review our marketing technology every "
            "quarter. Please answer the questions below by %(day)s, each with a sentence or two "
            "and, where there is one, a link. “Not decided” and “we do not say” are answers, too: "
            "we note them as such.",
            organisation=clean_text(frame.organisation),
            products=words.join_names(plan.products or (plan.vendor,)),
            day=words.format_date(frame.reply_by),
        )
    )


def _write_question(number: int, question: LetterQuestion, words: Localizer) -> Iterator[str]:
    head = f"{number}. "
    indent = " " * len(head)
    body: list[str] = []
    if question.promise:
        promise = question.promise.promise
        said = [f"“{clean_text(promise.what)}”"]
        if promise.promised:
            said.append(words.translate("said %(day)s", day=words.format_date(promise.promised)))
        if promise.by:
            said.append(words.translate("by %(day)s", day=words.format_date(promise.by)))
        body += [", ".join(said), promise.source]
    if question.news:
        story, quote = question.news.story, question.news.quote
        where = f"{story.source}, {words.format_day(story.published)}"
        body += [f"“{clean_text(story.title)}” ({where})"]
        if quote:
            body.append(f"> {truncate_text(quote.text, _MAX_QUOTE)}")
        body.append(story.url)
    body.append(_ask_beside_title(question, words))
    if question.before:
        body.append(
            words.translate(
                "(We asked this on %(day)s and have no answer yet.)",
                day=words.format_date(question.before.asked),
            )
        )
    first = True
    for line in filter(None, body):
        yield from _wrap(line, head if first else indent, indent)
        first = False


def _ask_beside_title(question: LetterQuestion, words: Localizer) -> str:
    """Return the question; one that begins with the headline above it, without the headline."""
    text = _say(question.ask, words)
    title = question.ask.values.get("title") if isinstance(question.ask, TranslatableText) else None
    if not question.news or not isinstance(title, str):
        return text
    before, found, rest = text.partition(title)
    rest = rest.lstrip("”“»«\"' :")
    is_head = bool(found) and len(before) <= _MAX_MARKS and bool(rest)
    return rest[:1].upper() + rest[1:] if is_head else text


def _write_figures(frame: LetterFrame, words: Localizer) -> Iterator[str]:
    """Yield what the team lets the vendor know of its use of its products."""
    if not frame.figures:
        return
    yield words.translate("For your answer on terms")
    for product in frame.figures:
        facts = []
        if product.users is not None:
            facts.append(words.translate_plural("%(n)s user", "%(n)s users", product.users))
        if product.cost:
            facts.append(
                words.translate("%(money)s a year", money=words.format_money(product.cost))
            )
        if product.contract_end:
            facts.append(
                words.translate("contract to %(day)s", day=words.format_date(product.contract_end))
            )
        if facts:
            yield f"- {product.name}: {', '.join(facts)}"
    yield ""


def _close_letter(frame: LetterFrame, words: Localizer) -> Iterator[str]:
    yield from _wrap(
        words.translate(
            "Your answers stand in our quarterly review beside what you announced and what you "
            "shipped, with date and source. What has no answer stands there as such."
        )
    )
    yield ""
    yield words.translate("Kind regards")
    yield clean_text(frame.organisation)


def _say(text: TranslatableText | str, words: Localizer) -> str:
    return str(words.translate_note(text))


def _wrap(text: str, head: str = "", indent: str = "") -> Iterator[str]:
    """Yield the lines of a paragraph; an address stays on one line, whatever its length."""
    if text.startswith(("http://", "https://")):
        yield f"{head}{text}"
        return
    yield from textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [head.rstrip()]
