"""What each vendor of the stack promised, shipped, was asked and is to be asked, as printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.i18n import N_
from digest.model.edition import (
    AskedQuestion,
    ClaimAvailability,
    EarlierAnnouncement,
    Edition,
    PromiseLedger,
    PromiseRow,
    Sentence,
    StoryRef,
    VendorRow,
)
from digest.model.vendors import STANDING_QUESTIONS, VendorAnswer
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.quotes import QuoteView
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS, Localizer, sanitize_language_tag
from digest.text import slugify

MAX_VENDORS = 10  # on paper
_MAX_ROWS_OF_MANY = 6  # where there are more vendors
_MAX_QUESTIONS, _MAX_ANNOUNCED = 2, 1  # of a vendor, on paper
_MAX_SHIPPED, _MAX_ANSWERS, _MAX_BEFORE = 2, 3, 2  # of a vendor, on paper
_MAX_TITLE, _MAX_NAME, _MAX_QUESTION = 70, 46, 280  # characters, on paper
_MAX_SHIPPED_TITLE = 76
_MAX_SHIPPED_QUOTE = 130  # characters, on paper: a longer sentence is left out, and none is cut
_MAX_ANSWER, _MAX_WEB_ANSWER = 160, 1200  # characters
_MAX_KEY = 70  # characters of a question that stands for itself


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise of the team's files, and how it stands."""

    what: str
    href: str
    said: str  # when, and by when
    standing: str
    slug: str
    seen: tuple[StoryRefView, ...]
    against: tuple[StoryRefView, ...]
    told: tuple[StoryRefView, ...]
    matched: str
    shown: str  # address of what shows that it is kept or broken


@dataclass(frozen=True, slots=True)
class BeforeView:
    """What an earlier edition told would come, and what came of it."""

    title: str
    lang: str
    href: str
    said: str  # in which edition, and what
    now: str
    outcome: StoryRefView | None


@dataclass(frozen=True, slots=True)
class ShippedView:
    """A launch or update with the sentence that says most of it."""

    story: StoryRefView
    quote: QuoteView | None
    note: str  # that its words do not say that it is AI, or when it can be had


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer to a question of ours."""

    question: str
    text: str
    said: str  # when, and where it stands
    href: str
    state: str  # "" where it answers in full


@dataclass(frozen=True, slots=True)
class AskedView:
    """What a vendor was asked: how it stands, what waits, what was answered."""

    summary: str
    waiting: tuple[str, ...]
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class VendorView:
    """A vendor of the stack in a row."""

    anchor: str  # the id of its row
    name: str
    products: str
    cost: str
    promised: tuple[PromiseView, ...]
    announced: tuple[tuple[QuoteView, StoryRefView, str], ...]  # and for whom, if not for us
    before: tuple[BeforeView, ...]
    shipped: tuple[ShippedView, ...]  # for products of ours
    elsewhere: tuple[tuple[StoryRefView, str], ...]  # on the page: at their maker; for other plans
    silence: str  # where nothing was found that it shipped
    asked: AskedView | None
    questions: tuple[str, ...]

    @property
    def is_silent(self) -> bool:
        """Whether it promised nothing and nothing was found that it shipped."""
        said = self.promised or self.announced or self.before
        return not (said or self.shipped or self.elsewhere or self.asked)


@dataclass(frozen=True, slots=True)
class VendorsPage:
    """The rows of the page, the dearest vendor first, and who has none on paper."""

    rows: tuple[VendorView, ...]
    silent: str  # of whom nothing is on record and nothing was found
    more: str  # who stands in the HTML edition alone
    unasked: str = ""  # that no question to any of them is on record


def build_vendors_page(ledger: PromiseLedger, context: ViewContext) -> VendorsPage:
    """Return the page.

    Paper names those in one line of whom there is nothing to tell and that are asked for no more
    than their plans. Where it has not room for all others, it has rows for the dearest.
    """
    words, rows = context.words, ledger.vendors
    if not context.options.brief:
        return VendorsPage(tuple(_build_vendor(row, context) for row in rows), "", "")
    is_many = context.options.concise or len(rows) > MAX_VENDORS
    questions = 1 if context.options.concise else _MAX_QUESTIONS
    told = [
        row
        for row in rows
        if _has_record(row) or (not is_many and (len(row.questions) != 1 or not row.roadmap))
    ]
    if is_many:  # what waits for the team's word is shown, however little its vendor costs
        told.sort(key=lambda row: not any(one.seen or one.against for one in row.promised))
    shown = told[: _MAX_ROWS_OF_MANY if is_many else None]
    silent = words.join_names(row.vendor for row in rows if row not in told)
    more = words.join_names(row.vendor for row in told if row not in shown)
    return VendorsPage(
        tuple(_build_vendor(row, context, questions) for row in shown),
        words.translate(
            "No promise on record, no shipped AI found: %(names)s. To ask: what AI comes, from "
            "when and on which data.",
            names=silent,
        )
        if silent
        else "",
        words.translate("In the HTML edition alone: %(what)s.", what=more) if more else "",
        words.translate("No question that was sent to any vendor is on record.")
        if shown and not any(row.asked for row in rows)
        else "",
    )


def name_vendor_row(vendor: str) -> str:
    """Return the id of a vendor's row."""
    return f"vendor-{slugify(vendor)}"


def _has_record(row: VendorRow) -> bool:
    """Return whether there is anything to tell of a vendor but what to ask it."""
    return bool(row.promised or row.announced or row.before or row.shipped or row.asked)


def _map_availability(edition: Edition) -> dict[str, ClaimAvailability | None]:
    """Return when what a story claims can be had, by its id: as the table of claims says."""
    return {
        ref.id: claim.availability
        for claim in edition.claims
        if not claim.study
        for ref in (claim.story, *claim.reports)
    }


def _build_vendor(row: VendorRow, context: ViewContext, limit: int = _MAX_QUESTIONS) -> VendorView:
    words, brief = context.words, context.options.brief
    quotes = {news.story.id: news.quote for news in row.news}
    if brief and not _has_record(row):
        limit = 1  # of whom there is nothing to tell
    states = _map_availability(context.edition)
    out = [one for one in row.shipped if states.get(one.id, "") != "announced"]
    ours = [one for one in out if one.id in row.ours]
    elsewhere = [one for one in out if one.id not in row.ours]
    announced = [one for one in row.announced if one.ours or not brief]
    quoted = _choose_quoted(ours, quotes, context)
    if brief:  # a story that is cut must not take a place, to which other pages would point
        ours, elsewhere = ours[:_MAX_SHIPPED], []  # the table of the stack names those
    length = _MAX_NAME if brief else 160
    return VendorView(
        anchor=name_vendor_row(row.vendor),
        name=row.vendor,
        products=words.join_names(name for name in row.products if name != row.vendor),
        cost=words.join_names(map(words.format_money, row.cost)),
        promised=tuple(
            _build_promise(one, context, has_updates=bool(ours)) for one in row.promised
        ),
        announced=tuple(
            (
                _build_quote(one.quote, one.story, context),
                build_ref(one.story, context, _MAX_TITLE),
                "" if one.ours else words.translate("for no product of ours"),
            )
            for one in announced[: _MAX_ANNOUNCED if brief else None]
        ),
        before=tuple(
            _build_before(one, context) for one in row.before[: _MAX_BEFORE if brief else None]
        ),
        shipped=tuple(
            ShippedView(
                build_ref(one, context, _MAX_SHIPPED_TITLE if brief else length, marks=True),
                _build_quote(quote, one, context)
                if (quote := quotes.get(one.id)) and (not brief or one.id == quoted)
                else None,
                _describe_gap(one, row, states, words),
            )
            for one in ours
        ),
        elsewhere=tuple(
            (
                build_ref(one, context, length, marks=True),
                words.translate(N_("other plans than ours"))
                if one.id in row.of_other_plans
                else "",
            )
            for one in elsewhere
        ),
        silence=_describe_silence(row, context),
        asked=_build_asked(row.asked, context) if row.asked else None,
        questions=tuple(
            context.fit_text(words.translate_note(question), _MAX_QUESTION)
            for question in row.questions[: limit if brief else None]
        ),
    )


def _describe_gap(
    story: StoryRef,
    row: VendorRow,
    states: Mapping[str, ClaimAvailability | None],
    words: Localizer,
) -> str:
    """Say that no report calls a thing AI, or that none says when it can be had; "" for neither."""
    if story.id in states:
        return "" if states[story.id] else words.translate(N_("availability not said"))
    return "" if row.with_ai_for_us else words.translate(N_("no report calls it AI"))


def _choose_quoted(
    stories: Sequence[StoryRef], quotes: Mapping[str, Sentence | None], context: ViewContext
) -> str:
    """Return the id of the latest story with a sentence that paper has room for; "" for none.

    What the pages of the stack print anyway is not printed twice.
    """
    stack = context.edition.stack
    printed = {one.quote.text for one in stack.impacts if one.quote} if stack else set()
    fitting = [
        one
        for one in stories
        if (quote := quotes.get(one.id))
        and len(quote.text) <= _MAX_SHIPPED_QUOTE
        and quote.text not in printed
    ]
    return max(fitting, key=lambda one: (one.published, one.id)).id if fitting else ""


def _build_quote(quote: Sentence, story: StoryRef, context: ViewContext) -> QuoteView:
    return QuoteView(
        context.fit_text(quote.text, len(quote.text)),
        sanitize_language_tag(story.language),
        context.fit_text(quote.source, 50),
        to_safe_href(quote.url),
    )


def _describe_silence(row: VendorRow, context: ViewContext) -> str:
    words = context.words
    if not row.shipped:
        if not row.watched:
            return words.translate("No shipped AI found; it has no source of its own")
        return words.translate("No shipped AI found")
    if not row.with_ai:
        return words.translate("Nothing with AI found")
    if any(one.id in row.ours for one in row.shipped):
        return ""
    if not row.watched:
        return words.translate("Nothing for our products; it has no source of its own")
    return words.translate("Nothing for our products")


def _build_promise(row: PromiseRow, context: ViewContext, *, has_updates: bool) -> PromiseView:
    words, promise = context.words, row.promise
    said = []
    if promise.promised:
        said.append(words.translate("said %(day)s", day=words.format_date(promise.promised)))
    standing = words.translate_label(LABELS["standings"], row.standing)
    if promise.by and promise.by < context.today and row.standing == "unwatched":
        # Nobody is late of whom nothing is read.
        standing = words.translate(
            "was due on %(day)s; %(vendor)s has no source of its own here: ask",
            day=words.format_date(promise.by),
            vendor=promise.vendor,
        )
    elif promise.by:
        said.append(words.translate("by %(day)s", day=words.format_date(promise.by)))
    if promise.since and row.standing == promise.state:
        standing = words.translate(
            "%(standing)s since %(day)s", standing=standing, day=words.format_date(promise.since)
        )
    if has_updates and row.standing == "open" and not (row.seen or row.told or row.against):
        standing = words.translate(
            N_("%(standing)s (what was read of its updates does not name it)"), standing=standing
        )

    def build_refs(
        stories: Sequence[StoryRef], length: int = _MAX_TITLE, *, marks: bool = False
    ) -> tuple[StoryRefView, ...]:
        return tuple(build_ref(one, context, length, marks=marks) for one in stories)

    return PromiseView(
        what=context.fit_text(promise.what, 600),
        href=to_safe_href(promise.source),
        said=", ".join(said),
        standing=standing,
        slug=row.standing.replace(" ", "-"),
        seen=build_refs(row.seen, marks=True),
        against=build_refs(row.against),
        told=build_refs(row.told[: 1 if context.options.brief else None], _MAX_NAME),
        matched=words.join_names(row.matched),
        shown=to_safe_href(promise.shown),
    )


def _build_before(row: EarlierAnnouncement, context: ViewContext) -> BeforeView:
    words = context.words
    quarter = words.format_quarter(row.quarter)
    act = words.translate_label(LABELS["acts"], row.act)
    said = words.translate("%(act)s in %(quarter)s", act=act, quarter=quarter)
    if row.due:
        said = words.translate(
            "%(act)s in %(quarter)s for %(day)s",
            act=act,
            quarter=quarter,
            day=words.format_date(row.due),
        )
    now = words.translate("nothing found since")
    if row.outcome:
        now = words.translate("since then")
        if row.now and row.now != row.act:
            act = words.translate_label(LABELS["acts"], row.now)
            now = words.translate("now %(act)s", act=act)
    return BeforeView(
        title=context.fit_text(row.title, _MAX_TITLE if context.options.brief else 160),
        lang=sanitize_language_tag(row.language),
        href=to_safe_href(row.url),
        said=said,
        now=now,
        outcome=build_ref(row.outcome, context, _MAX_TITLE) if row.outcome else None,
    )


# ---------------------------------------------------------------- questions and answers


def _build_asked(rows: Sequence[AskedQuestion], context: ViewContext) -> AskedView:
    words, brief = context.words, context.options.brief
    waiting = [row for row in rows if row.answer is None]
    answered = sorted(
        (row for row in rows if row.answer), key=lambda row: _get_day(row), reverse=True
    )
    return AskedView(
        summary=words.translate(
            "%(answered)s of %(asked)s answered",
            answered=words.format_number(len(answered)),
            asked=words.format_number(len(rows)),
        ),
        waiting=_group_waiting(waiting, context),
        answers=tuple(
            _build_answer(row, row.answer, context)
            for row in answered[: _MAX_ANSWERS if brief else None]
            if row.answer
        ),
    )


def _get_day(row: AskedQuestion) -> str:
    return row.answer.on.isoformat() if row.answer else ""


def _group_waiting(rows: Sequence[AskedQuestion], context: ViewContext) -> tuple[str, ...]:
    """Return what waits for an answer, a line for each letter that asked first."""
    words = context.words
    letters: dict[tuple[str, str], list[AskedQuestion]] = {}
    for row in rows:
        day = words.format_date(row.asked)
        quarter = words.format_quarter(row.quarter) if row.quarter else ""
        letters.setdefault((day, quarter), []).append(row)
    lines = []
    for (day, quarter), of_letter in letters.items():
        names = words.join_names(_name_question(row, context) for row in of_letter)
        when = f"{quarter} ({day})" if quarter else day
        lines.append(
            words.translate("no answer since %(when)s: %(questions)s", when=when, questions=names)
        )
    return tuple(lines)


def _name_question(row: AskedQuestion, context: ViewContext) -> str:
    """Return a question by its short name where it is a standing one, else by its words."""
    if row.key in STANDING_QUESTIONS:
        return context.words.translate_label(LABELS["standing_questions"], row.key)
    return context.fit_text(row.text, _MAX_KEY if context.options.brief else 600)


def _build_answer(row: AskedQuestion, answer: VendorAnswer, context: ViewContext) -> AnswerView:
    words = context.words
    day = words.format_date(answer.on)
    href = to_safe_href(answer.source)
    source = "" if href else context.fit_text(answer.source, 80)
    state = ""
    if answer.state != "answered":
        state = words.translate_label(LABELS["answer_states"], answer.state)
    return AnswerView(
        question=_name_question(row, context),
        text=context.fit_text(
            answer.text, _MAX_ANSWER if context.options.brief else _MAX_WEB_ANSWER
        ),
        said=", ".join(filter(None, (day, source))),
        href=href,
        state=state,
    )
