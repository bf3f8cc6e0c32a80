"""What a letter to a vendor asks: its promises, its news of the quarter, the standing questions.

Nothing of the team's files goes in but the names of the vendor's own products, what the vendor
promised and what was asked before: no cost, date, owner, status or remark. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from digest.i18n import N_, TranslatableText
from digest.model.edition import PromiseRow, VendorRow
from digest.model.letter import LetterPlan, LetterQuestion
from digest.model.stack import OPEN_PROMISES
from digest.model.vendors import STANDING_QUESTIONS, VendorRecord
from digest.text import clean_text, slugify

_MAX_NEWS = 5
_MAX_PROMISES = 5
_KEY_LENGTH = 32


def plan_letter(row: VendorRow, record: VendorRecord) -> LetterPlan:
    """Return what to ask a vendor, by its row of the ledger and the team's file about it.

    What was answered is not asked again; what waits for an answer is, and says since when.
    """
    answered = {one.key for one in row.asked if one.answer and one.answer.state == "answered"}
    waiting = {one.key: one for one in row.asked if one.answer is None}
    taken: set[str] = set()

    def make_key(prefix: str, text: str) -> str:
        stem = slugify(clean_text(text))[:_KEY_LENGTH].strip("-")
        key, number = f"{prefix}-{stem}".strip("-"), 2
        while key in taken:
            key, number = f"{prefix}-{stem[: _KEY_LENGTH - 3]}-{number}", number + 1
        taken.add(key)
        return key

    promises = [
        LetterQuestion(key, _ask_about_promise(one), promise=one, before=waiting.get(key))
        for one in row.promised
        if one.promise.state in OPEN_PROMISES and (key := make_key("promise", one.promise.what))
    ]
    news = [
        LetterQuestion(key, one.question, news=one, before=waiting.get(key))
        for one in row.news
        if one.question and (key := make_key("news", one.story.title))
    ]
    standing = [
        LetterQuestion(key, text, before=waiting.get(key)) for key, text in _iter_standing(record)
    ]
    return LetterPlan(
        row.vendor,
        row.products,
        *(
            tuple(one for one in some if one.key not in answered)[:limit]
            for some, limit in ((promises, _MAX_PROMISES), (news, _MAX_NEWS), (standing, None))
        ),
    )


def _iter_standing(record: VendorRecord) -> Iterator[tuple[str, TranslatableText | str]]:
    """Yield the standing questions, in the team's words where it has some, and the team's own."""
    own: Mapping[str, str] = {one.key: one.ask for one in record.questions}
    for key, text in STANDING_QUESTIONS.items():
        if key not in record.skip:
            yield key, own.get(key) or TranslatableText(text)
    yield from ((key, text) for key, text in own.items() if key not in STANDING_QUESTIONS)


def _ask_about_promise(row: PromiseRow) -> TranslatableText:
    if row.seen:
        text = N_("Is “%(title)s” that promise, in full and in every plan? If not: what is open?")
        return TranslatableText(text, title=row.seen[0].title)
    if row.against:
        text = N_("What becomes of it after “%(title)s”?")
        return TranslatableText(text, title=row.against[0].title)
    return TranslatableText(
        N_("Where does it stand, from when can it be used, and in which plans?")
    )
