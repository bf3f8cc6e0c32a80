"""What a vendor was asked until a day, with the last answer to each question. Pure."""

from __future__ import annotations

from datetime import date

from digest.model.edition import AskedQuestion
from digest.model.vendors import STANDING_QUESTIONS, VendorAnswer, VendorRecord


def list_asked(record: VendorRecord, today: date) -> tuple[AskedQuestion, ...]:
    """Return the questions that letters asked: those that wait first, the longest waiting first.

    What happened after `today` is not known yet. A question that is asked again after an answer
    waits again, but for one that was answered in part: that part stands until more is known. One
    that was answered without a letter counts as asked on that day.
    """
    found: dict[str, AskedQuestion] = {}
    answers: dict[str, VendorAnswer] = {}
    for answer in sorted(record.answers, key=lambda one: one.on):
        if answer.on <= today:
            answers[answer.to] = answer
    for letter in sorted(record.letters, key=lambda one: one.sent):
        for question in letter.questions if letter.sent <= today else ():
            known = found.get(question.key)
            last = answers.get(question.key)
            if known is None or _is_answered(known, letter.sent, answers):
                first, count = (letter.sent, letter.quarter), 1
            else:
                first, count = (known.asked, known.quarter), known.letters + 1
            is_current = last is not None and last.on >= first[0]
            found[question.key] = AskedQuestion(
                *(question.key, question.ask, *first, count), answer=last if is_current else None
            )
    words = {**STANDING_QUESTIONS, **{one.key: one.ask for one in record.questions}}
    for key, answer in answers.items():
        if key not in found:
            found[key] = AskedQuestion(key, words.get(key, key), answer.on, "", 0, answer)
    return tuple(
        sorted(found.values(), key=lambda one: (one.answer is not None, one.asked, one.key))
    )


def _is_answered(asked: AskedQuestion, before: date, answers: dict[str, VendorAnswer]) -> bool:
    """Return whether a question was answered, and not in part, before it was asked again."""
    answer = answers.get(asked.key)
    return answer is not None and answer.state != "partly" and asked.asked <= answer.on <= before
