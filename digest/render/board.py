"""The board page laid out: what stands where, with every text measured so that none leaves its box.

One layout serves paper and slides of any size; `board_pdf` and `board_slides` draw it. Texts shrink
to the smallest size that can be read in a room, then lose whole sentences; rows that have no room
are left out, the least urgent first, and the heading says how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from digest.i18n import N_, TranslatableText
from digest.model.board import Board, BoardMove, BoardRisk, RiskKind
from digest.model.edition import FrontDecision
from digest.model.stack import Money
from digest.render.board_boxes import (
    ChartBox,
    Paragraph,
    Place,
    TableBox,
    TextBox,
    fit_heading,
    fit_paragraphs,
    fit_table,
)
from digest.render.glyphs import make_legible, read_code_points
from digest.render.templates import find_templates_dir
from digest.render.text_measure import TextStyle, fit_line
from digest.render.views.calendar import DATE_KINDS
from digest.render.views.themes import capitalize
from digest.render.words import LABELS, Localizer, sanitize_language_tag
from digest.text import clean_text, truncate_text

_TITLE_SIZES = (20.0, 18.0, 16.0, 14.0)  # points, the first that fits
_KICKER_SIZES = (10.0,)
_MAX_BARS = 6
_MAX_NAME = 60  # characters
_MAX_CATEGORY = 46
_MAX_USES = 3
_MAX_SOURCES = 3
_MAX_CREDITS = 2  # of a move; the speaker's notes have all


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSheet:
    """The page, ready to be drawn."""

    width: float  # inches
    height: float
    lang: str
    heading: str
    points: float  # of the heading
    kicker: str  # whose page it is, and that it is a draft or a sample
    stamp: str  # as of when
    footer: str
    boxes: tuple[TextBox, ...]
    tables: tuple[TableBox, ...]
    chart: ChartBox | None
    notes: tuple[str, ...]  # the sources, a line each


@dataclass(frozen=True, slots=True)
class _Writer:
    """What every part is written with."""

    board: Board
    words: Localizer
    legible: Callable[[str], str | None] = field(repr=False)

    def clean(self, text: str) -> str:
        """Return a text that the fonts can write; "" where they cannot."""
        return self.legible(clean_text(self.words.translate_note(text))) or ""

    def tag(self, language: str) -> str:
        """Return the language of a text; that of the page where it is ours."""
        return sanitize_language_tag(language) if language else self.words.language


def lay_out_board(board: Board, words: Localizer, width: float, height: float) -> BoardSheet:
    """Lay out the page for paper or a slide of a width and height in inches."""
    covered = read_code_points(find_templates_dir() / "fonts")
    writer = _Writer(board, words, partial(make_legible, covered=covered))
    margin, gutter = 0.03 * width, 0.2
    inner = width - 2 * margin
    top, bottom = 0.98, height - 0.36
    room = bottom - top - 2 * gutter
    heights = (0.37 * room, 0.24 * room, 0.39 * room)
    rows = (top, top + heights[0] + gutter, top + heights[0] + heights[1] + 2 * gutter)
    third = (inner - 2 * gutter) / 3
    columns = tuple(margin + number * (third + gutter) for number in range(3))
    left = 0.58 * (inner - gutter)
    boxes = [
        _build_strategy(writer, Place(columns[0], rows[0], third, heights[0])),
        *_build_moves(writer, [Place(x, rows[1], third, heights[1]) for x in columns]),
    ]
    chart = _build_chart(writer, Place(columns[1], rows[0], third, heights[0]))
    tables = [
        _build_money(writer, Place(columns[2], rows[0], third, heights[0])),
        _build_risks(writer, Place(margin, rows[2], left, heights[2])),
        _build_decisions(
            writer, Place(margin + left + gutter, rows[2], inner - left - gutter, heights[2])
        ),
    ]
    text = N_("Technology in marketing, %(quarter)s: what the board should know")
    title = words.translate(text, quarter=words.format_quarter(board.quarter))
    heading, points = fit_line(title, inner, _TITLE_SIZES, bold=True)
    scope = words.translate(N_("Board page"))
    parts = (writer.clean(board.organisation), scope, *_list_banners(board, words))
    kicker, _ = fit_line(" · ".join(filter(None, parts)), 0.7 * inner, _KICKER_SIZES, bold=True)
    return BoardSheet(
        width=width,
        height=height,
        lang=words.language,
        heading=heading,
        points=points,
        kicker=kicker,
        stamp=words.translate(N_("As of %(day)s"), day=words.format_long_day(board.as_of)),
        footer=words.translate(
            N_("Sentences and headlines are their sources’ own; figures are the company’s.")
        ),
        boxes=tuple(boxes),
        tables=tuple(table for table in tables if table),
        chart=chart,
        notes=tuple(_iter_notes(writer)),
    )


def _list_banners(board: Board, words: Localizer) -> list[str]:
    notes = []
    if board.sample:
        notes.append(words.translate(N_("Sample: made-up data")))
    if board.leftovers:
        notes.append(words.translate(N_("Most days of the quarter are missing")))
    if board.so_far:
        notes.append(words.translate(N_("The quarter has not ended: a draft")))
    return notes


# ---------------------------------------------------------------- texts


_PLAIN, _STRONG, _SMALL = TextStyle(0.0), TextStyle(0.0, bold=True), TextStyle(-0.5)


def _build_strategy(writer: _Writer, place: Place) -> TextBox:
    """Build the company's AI strategy in its own words, and where it uses AI."""
    board, words = writer.board, writer.words
    own = writer.words.language
    paragraphs = [
        Paragraph(text, _PLAIN, own, whole=True)
        for one in board.strategy
        if (text := writer.clean(one))
    ]
    if not paragraphs:
        note = words.translate(N_("The stack file states no AI strategy (ai_strategy)."))
        paragraphs.append(Paragraph(note, _PLAIN, own, "soft"))
    if board.goals:
        goals = words.join_names(filter(None, map(writer.clean, board.goals)))
        text = words.translate(N_("Goals: %(goals)s"), goals=goals)
        paragraphs.append(Paragraph(text, _SMALL, own, "soft"))
    uses = [
        f"{writer.clean(use.product)} ({writer.clean(use.purpose)})"
        if use.purpose
        else writer.clean(use.product)
        for use in board.uses
    ]
    if uses:
        more = len(uses) - _MAX_USES
        shown = (
            uses[:_MAX_USES]
            if more <= 0
            else [*uses[:_MAX_USES], words.translate(N_("%(count)s more"), count=more)]
        )
        text = words.translate(N_("AI in use: %(uses)s"), uses=words.join_names(shown))
        paragraphs.append(Paragraph(text, _SMALL, own, "soft"))
    if board.policy_reviewed:
        text = words.translate(
            N_("AI policy last reviewed on %(day)s"), day=words.format_date(board.policy_reviewed)
        )
        paragraphs.append(Paragraph(text, _SMALL, own, "soft"))
    heading = words.translate(N_("Our AI strategy"))
    (fitted,) = fit_paragraphs([paragraphs], [place])
    return TextBox("strategy", place, fit_heading(heading, place), fitted)


def _build_moves(writer: _Writer, places: Sequence[Place]) -> Iterator[TextBox]:
    """Yield the moves of the market, all at one size."""
    words = writer.words
    texts = [tuple(_write_move(move, writer)) for move in writer.board.moves]
    if not texts:
        note = words.translate(N_("The briefing holds no story of this quarter."))
        texts = [(Paragraph(note, _PLAIN, words.language, "soft"),)]
    heading = words.translate(N_("Moves of the market"))
    for number, fitted in enumerate(fit_paragraphs(texts, places[: len(texts)]), 1):
        place = places[number - 1]
        name = fit_heading(f"{heading} · {number}", place)
        yield TextBox(f"move-{number}", place, name, fitted)


def _write_move(move: BoardMove, writer: _Writer) -> Iterator[Paragraph]:
    words = writer.words
    yield Paragraph(capitalize(writer.clean(move.title)), _STRONG, writer.tag(move.language))
    names = [writer.clean(name) for name in move.sources]
    sources = words.join_names(names[:_MAX_CREDITS])
    if (more := len(names) - _MAX_CREDITS) > 0:
        sources = words.translate(N_("%(names)s and %(count)s more"), names=sources, count=more)
    credit = ", ".join(filter(None, (sources, words.format_short_date(move.day))))
    yield Paragraph(credit, _SMALL, words.language, "soft")
    if move.quote and (quote := writer.clean(move.quote.text)):
        lang = "und" if move.language else words.language
        yield Paragraph(f"“{quote}”", _PLAIN, lang, whole=True)


# ---------------------------------------------------------------- money


def _build_chart(writer: _Writer, place: Place) -> ChartBox | None:
    """Build the bars of what technology costs by category; None where no cost is given.

    One currency is drawn, that of most money: amounts of two are never set side by side.
    """
    spend, words = writer.board.spend, writer.words
    currency = spend.total[0].currency if spend.total else ""
    rows = [
        (slug, money)
        for slug, money in spend.by_category
        if money.currency == currency and money.amount
    ]
    if not rows:
        return None
    shown = rows[:_MAX_BARS]
    rest = sum(money.amount for _, money in rows[_MAX_BARS:])
    names = [truncate_text(words.translate_category(slug), _MAX_CATEGORY) for slug, _ in shown]
    amounts = [money.amount for _, money in shown]
    if rest:
        names.append(words.translate(N_("All others")))
        amounts.append(rest)
    labels = tuple(words.format_money(Money(amount, currency)) for amount in amounts)
    pairs = ", ".join(f"{name} {label}" for name, label in zip(names, labels, strict=True))
    heading = words.translate(
        N_("Technology per year by category (%(currency)s)"), currency=currency
    )
    return ChartBox(
        "chart",
        place,
        fit_heading(heading, place),
        tuple(names),
        tuple(amounts),
        labels,
        f"{heading}: {pairs}",
    )


def _build_money(writer: _Writer, place: Place) -> TableBox:
    """Build the table of what technology costs beside budget and customers."""
    words, spend = writer.words, writer.board.spend
    at_least = bool(spend.without_cost)
    rows: list[tuple[str, str]] = []

    def add(label: str, value: str) -> None:
        if value:
            rows.append((words.translate(label), value))

    add(N_("Technology per year"), words.join_names(map(words.format_money, spend.total)))
    add(N_("Marketing budget"), words.format_money(spend.budget) if spend.budget else "")
    share = words.format_share(spend.share, down=at_least) if spend.share is not None else ""
    add(N_("Share of the budget"), _mark_minimum(share, words, at_least=at_least))
    customer = words.format_money(spend.per_customer) if spend.per_customer else ""
    add(N_("Technology per new customer"), _mark_minimum(customer, words, at_least=at_least))
    add(N_("Cost of winning one (CAC)"), words.format_money(spend.cac) if spend.cac else "")
    cac = words.format_share(spend.share_of_cac, down=at_least) if spend.share_of_cac else ""
    add(N_("Share of CAC"), _mark_minimum(cac, words, at_least=at_least))
    if spend.without_cost:
        add(N_("Products without a cost given"), words.format_number(len(spend.without_cost)))
    if not rows:
        rows.append((words.translate(N_("The stack file gives no amounts.")), ""))
    own = words.language
    cells = [
        (Paragraph(label, _PLAIN, own, "soft"), Paragraph(value, _STRONG, own))
        for label, value in rows
    ]
    heading = words.translate(N_("Against budget and customers"))
    return fit_table("money", place, heading, (), (0.6, 0.4), cells, lines=(2,))


def _mark_minimum(value: str, words: Localizer, *, at_least: bool) -> str:
    if not value or not at_least:
        return value
    return words.translate(N_("at least %(amount)s"), amount=value)


# ---------------------------------------------------------------- tables


def _build_risks(writer: _Writer, place: Place) -> TableBox:
    """Build the table of risks and rules: those that matter most, by their days."""
    words = writer.words
    columns = [
        words.translate(name) for name in (N_("When"), N_("What"), N_("Of ours"), N_("Source"))
    ]
    heading = words.translate(N_("Risks and rules"))
    fit = partial(fit_table, "risks", place, heading, columns, (0.15, 0.49, 0.19, 0.17))
    risks = writer.board.risks
    if not risks:
        empty = Paragraph("", _PLAIN, words.language)
        note = Paragraph(words.translate(N_("None is known.")), _PLAIN, words.language, "soft")
        return fit([(empty, note, empty, empty)], lines=(2,))
    table = fit([_write_risk(risk, writer) for risk in risks], lines=(2,))
    kept = sorted(risks[: len(table.rows)], key=lambda risk: (risk.day, risk.last))
    by_day = fit([_write_risk(risk, writer) for risk in kept], lines=(2,))
    return replace(by_day, heading=table.heading)


def _write_risk(risk: BoardRisk, writer: _Writer) -> tuple[Paragraph, ...]:
    words = writer.words
    own = words.language
    day = words.format_short_date(risk.day)
    if risk.last != risk.day:
        day = words.format_month(risk.day)
    kind = _name_kind(risk.kind, words) if risk.source else ""
    what = ": ".join(filter(None, (kind, writer.clean(risk.what))))
    names = words.join_names(writer.clean(name) for name in risk.products[:_MAX_SOURCES])
    source = writer.clean(risk.source) or "stack.yaml"
    return (
        Paragraph(day, _STRONG if risk.ahead else _PLAIN, own, "ink" if risk.ahead else "soft"),
        Paragraph(what, _PLAIN, writer.tag(risk.language)),
        Paragraph(names, _PLAIN, own, "accent"),
        Paragraph(source, _SMALL, own, "soft"),
    )


def _name_kind(kind: RiskKind, words: Localizer) -> str:
    if kind in DATE_KINDS:
        return words.translate(DATE_KINDS[kind])  # type: ignore[index] # the narrower one
    if kind in LABELS["deals"]:
        return words.translate_label(LABELS["deals"], kind)
    return words.translate(N_("Rule or ruling"))


def _build_decisions(writer: _Writer, place: Place) -> TableBox:
    """Build the table of what is to be decided."""
    words = writer.words
    rows = [_write_decision(one, writer) for one in writer.board.decisions]
    if not rows:
        note = Paragraph(words.translate(N_("Nothing is asked.")), _PLAIN, words.language, "soft")
        rows.append((note, Paragraph("", _PLAIN, words.language)))
    columns = [words.translate(name) for name in (N_("Question"), N_("Who, when, what it costs"))]
    heading = words.translate(N_("Decisions asked"))
    return fit_table(
        "decisions", place, heading, columns, (0.6, 0.4), rows, lines=(7, 6, 5, 4, 3, 2)
    )


def _write_decision(decision: FrontDecision, writer: _Writer) -> tuple[Paragraph, ...]:
    words = writer.words
    facts_of_reason = map(writer.clean, _list_facts(decision.reason))
    text = "\n".join(filter(None, (writer.clean(decision.question), *facts_of_reason)))
    cost = words.format_money(decision.cost) if decision.cost and decision.cost.amount else ""
    facts = (
        writer.clean(truncate_text(decision.owner, _MAX_NAME)),
        words.translate(N_("by %(day)s"), day=words.format_short_date(decision.due))
        if decision.due
        else "",
        words.translate(N_("%(money)s a year"), money=cost) if cost else "",
    )
    own = words.language
    return (
        Paragraph(text, _PLAIN, own),
        Paragraph(" · ".join(filter(None, facts)), _PLAIN, own, "soft"),
    )


def _list_facts(reason: TranslatableText) -> tuple[str, ...]:
    """Return the facts that a reason is made of, so that each is printed whole or not at all."""
    facts = [value for name, value in reason.values.items() if name.startswith("fact")]
    return (
        tuple(one for one in facts if isinstance(one, str))
        if facts and len(facts) == len(reason.values)
        else (reason,)
    )


# ---------------------------------------------------------------- notes


def _iter_notes(writer: _Writer) -> Iterator[str]:
    """Yield where everything on the page stands, for whoever speaks to it."""
    board, words = writer.board, writer.words
    yield words.translate(
        N_("Strategy, goals, costs and contracts: stack.yaml, the team’s own file.")
    )
    if board.spend.without_cost:
        names = words.join_names(map(writer.clean, board.spend.without_cost))
        yield words.translate(N_("No cost is given for %(names)s: sums are too low."), names=names)
    for number, move in enumerate(board.moves, 1):
        text = N_("Move %(n)s: %(title)s")
        yield words.translate(text, n=number, title=writer.clean(move.title))
        if move.quote:
            where = f"{clean_text(move.quote.source)}, {clean_text(move.quote.url)}"
            yield f"  “{clean_text(move.quote.text)}” ({where})"
        for title, url in move.links:
            yield f"  {clean_text(title)} {clean_text(url)}"
    for risk in board.risks:
        where = (
            " ".join(filter(None, (clean_text(risk.source), clean_text(risk.url)))) or "stack.yaml"
        )
        what = clean_text(words.translate_note(risk.what))
        yield f"{words.format_date(risk.day)}: {what} ({where})"
    for decision in board.decisions:
        reason = clean_text(words.translate_note(decision.reason))
        yield f"{clean_text(words.translate_note(decision.question))} {reason}"
