"""The pages of the company's own stack as the templates need them: words chosen, amounts and days written out. Pure.

Where a file says nothing, the view holds "" and the template prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from digest.i18n import N_, TranslatableText
from digest.model.decisions import TeamDecision
from digest.model.edition import (
    Agenda,
    Blip,
    Edition,
    HeatmapRow,
    ProductRow,
    PromiseLedger,
    PromiseRow,
    ProposedStep,
    Radar,
    Spend,
    StackView,
    StoryRef,
)
from digest.model.stack import RINGS
from digest.render.charts import RadarChart, RadarMark, build_radar_chart
from digest.render.words import LABELS, Localizer, get_text_direction, sanitize_language_tag
from digest.taxonomy import GROUPS
from digest.urls import is_web_url

NO_STACK_NOTE = N_(
    "With a stack.yaml beside sources.yaml this briefing would also say what each story means for the products that "
    "you run, what they cost and when their contracts end, what vendors promised, and what belongs on the next "
    "review's agenda."
)

_HEAT_ROWS = 10  # on paper
_BRIEF_QUESTIONS = (5, 2)  # on paper: makers, questions to each
_BRIEF_STEPS = (
    3  # on paper: proposals; with the rules and what is carried over, the agenda is one page
)
_BRIEF_RULES = 3

Text = Callable[
    [str, int], str
]  # a text from outside, cut to a length, in letters that the medium can write


@dataclass(frozen=True, slots=True)
class StoryRefView:
    """A story that is pointed to: `href` leads to it in this briefing where it is told here, else to its source."""

    title: str
    lang: str
    dir: str
    href: str
    source: str
    day: str


@dataclass(frozen=True, slots=True)
class NewsView:
    """News of one kind."""

    label: str
    stories: tuple[StoryRefView, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product of ours."""

    name: str
    category: str
    traits: tuple[str, ...]  # status, owner, users
    money: tuple[str, ...]  # cost, notice or end
    contribution: str
    ai: str
    overlaps: str
    news: tuple[NewsView, ...]
    top: StoryRefView | None  # the story that a short table names
    rest: int  # how many others there are


@dataclass(frozen=True, slots=True)
class HeatView:
    """A category: AI in its stories beside what it costs."""

    category: str
    now: str
    before: str
    launches: str
    spend: str
    products: str
    heat: int


@dataclass(frozen=True, slots=True)
class StackOverviewPage:
    """The stack and its quarter."""

    lead: str
    figures: tuple[tuple[str, str], ...]
    by_category: tuple[tuple[str, str], ...]
    products: tuple[ProductView, ...]
    quiet: str  # the products without news, in one line
    heat: tuple[HeatView, ...]
    compared: bool
    before: str


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise and how it stands."""

    vendor: str
    what: str
    href: str
    promised: str
    by: str
    standing: str
    slug: str
    seen: tuple[StoryRefView, ...]
    matched: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Promises and questions."""

    lines: tuple[PromiseView, ...]
    questions: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class BlipView:
    """A blip of the radar."""

    name: str
    group: str
    group_slug: str
    moved: str
    move: str  # new | in | out | stays
    reason: str
    story: StoryRefView | None
    number: int  # in the picture


@dataclass(frozen=True, slots=True)
class RingView:
    """A ring of the radar."""

    slug: str
    name: str
    means: str
    blips: tuple[BlipView, ...]


@dataclass(frozen=True, slots=True)
class RadarPage:
    """The radar, innermost ring first."""

    rings: tuple[RingView, ...]
    compared: str
    picture: RadarChart


@dataclass(frozen=True, slots=True)
class StepView:
    """A step proposed or decided; `owner` and `due` may be empty, for a pen."""

    what: StoryRefView | None
    text: str
    step: str
    owner: str
    due: str
    since: str


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """The agenda of the review."""

    parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]  # name, points, questions
    carried: tuple[StepView, ...]
    proposals: tuple[StepView, ...]
    rules: tuple[tuple[StoryRefView, str, str], ...]  # rule, from when, products


@dataclass(frozen=True, slots=True)
class StackPages:
    """All pages of the stack, with their names."""

    names: Mapping[str, str]
    stack: StackOverviewPage
    ledger: LedgerPage | None
    radar: RadarPage | None
    agenda: AgendaPage | None

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """The pages that the first page's contents list: slug and name."""
        listed = ("stack", "radar", "agenda")  # the ledger is a part of the stack's pages
        return tuple((slug, self.names[slug]) for slug in listed if getattr(self, slug))


def build_stack_pages(
    edition: Edition,
    words: Localizer,
    text: Text,
    printed_ids: frozenset[str],
    *,
    brief: bool = False,
) -> StackPages | None:
    """The pages; None where the company has no stack.yaml. `told`: ids of the stories that stand in this medium;
    `brief`: cut to what a page of paper holds."""
    if edition.stack is None:
        return None
    teller = _StackPageBuilder(words, text, printed_ids, brief)
    ledger, radar, agenda = edition.ledger, edition.radar, edition.agenda
    return StackPages(
        names={slug: words.translate(name) for slug, name in LABELS["stack_pages"].items()},
        stack=teller.build_stack_page(edition.stack, edition),
        ledger=teller.build_ledger_page(ledger)
        if ledger and (ledger.lines or ledger.questions)
        else None,
        radar=teller.build_radar_page(radar, edition) if radar and radar.blips else None,
        agenda=teller.build_agenda_page(agenda) if agenda else None,
    )


@dataclass(frozen=True, slots=True)
class _StackPageBuilder:
    words: Localizer
    text: Text
    printed_ids: frozenset[str]
    brief: bool

    def build_ref(self, story: StoryRef, most: int = 90) -> StoryRefView:
        lang = sanitize_language_tag(story.language)
        title = self.text(story.title, most)
        if not title:
            lang, title = (
                self.words.language,
                self.words.translate(N_("A report in a script that the paper lacks")),
            )
        href = (
            f"#{story.id}"
            if story.id in self.printed_ids
            else story.url
            if is_web_url(story.url)
            else ""
        )
        return StoryRefView(
            title,
            lang,
            get_text_direction(lang),
            href,
            self.text(story.source, 50),
            self.words.format_day(story.published),
        )

    # ------------------------------------------------------------ stack

    def build_stack_page(self, view: StackView, edition: Edition) -> StackOverviewPage:
        words = self.words
        loud = [line for line in view.lines if _has_news(line)]
        quiet = [line.product.name for line in view.lines if not _has_news(line)]
        heat = [row for row in view.heat if row.ai or row.ai_before]
        if self.brief:
            heat = heat[:_HEAT_ROWS]
        peak = max((row.ai for row in heat), default=0)
        return StackOverviewPage(
            lead=words.translate_plural(
                "%(n)s product; %(loud)s of them in the news of this quarter.",
                "%(n)s products; %(loud)s of them in the news of this quarter.",
                len(view.lines),
                loud=words.format_number(len(loud)),
            ),
            figures=tuple(self._iter_figures(view.spend)),
            by_category=tuple(
                (words.translate_category(slug), words.format_money(money))
                for slug, money in view.spend.by_category
            ),
            products=tuple(self.build_product(line) for line in loud),
            quiet=words.translate(
                N_("Nothing was read of: %(names)s."), names=words.join_names(quiet)
            )
            if quiet
            else "",
            heat=tuple(self.build_heat(row, peak) for row in heat),
            compared=any(row.stories_before is not None for row in heat),
            before=words.format_previous_quarter(edition.quarter),
        )

    def _iter_figures(self, spend: Spend) -> Iterable[tuple[str, str]]:
        words = self.words
        part = bool(spend.without_cost) or len(spend.total) > 1

        def format_at_least(said: str) -> str:
            return words.translate(N_("at least %(figure)s"), figure=said) if part else said

        if spend.total:
            said = words.join_names([words.format_money(one) for one in spend.total])
            yield (
                words.translate(N_("Technology, a year")),
                format_at_least(said) if spend.without_cost else said,
            )
        if spend.share is not None:
            yield (
                words.translate(N_("Share of the marketing budget")),
                format_at_least(words.format_share(spend.share)),
            )
        if spend.per_customer is not None:
            yield (
                words.translate(N_("For each new customer")),
                format_at_least(words.format_money(spend.per_customer)),
            )
        if spend.share_of_cac is not None:
            yield (
                words.translate(N_("Share of the cost of winning a customer")),
                format_at_least(words.format_share(spend.share_of_cac)),
            )
        if spend.without_cost and spend.total:
            yield (
                words.translate(N_("Without a cost in the stack file")),
                words.join_names(spend.without_cost),
            )

    def build_product(self, line: ProductRow) -> ProductView:
        words, product = self.words, line.product
        users = (
            ""
            if product.users is None
            else words.translate_plural("%(n)s user", "%(n)s users", product.users)
        )
        kinds = (
            (N_("The product"), line.news),
            (N_("Its maker"), line.vendor_news),
            (N_("Deals and health"), line.health),
            (N_("Others launched"), line.rivals),
        )
        ours = [*line.health, *line.news, *line.vendor_news]
        return ProductView(
            name=product.name,
            category=words.translate_category(product.categories[0]) if product.categories else "",
            traits=tuple(
                filter(
                    None,
                    (
                        words.translate_label(LABELS["status"], product.status or ""),
                        product.owner,
                        users,
                    ),
                )
            ),
            money=tuple(self._iter_cost_lines(line)),
            contribution=product.contribution,
            ai=self._describe_ai(line),
            overlaps=words.translate(
                N_("Same category: %(names)s"), names=words.join_names(line.overlaps)
            )
            if line.overlaps
            else "",
            news=tuple(
                NewsView(words.translate(label), tuple(map(self.build_ref, found)))
                for label, found in kinds
                if found
            ),
            top=self.build_ref((ours or [*line.rivals])[0], 80) if ours or line.rivals else None,
            rest=max(0, len(ours) - 1),
        )

    def _iter_cost_lines(self, line: ProductRow) -> Iterable[str]:
        words, product = self.words, line.product
        if product.cost is not None:
            yield words.translate(N_("%(money)s a year"), money=words.format_money(product.cost))
        if line.notice_by:
            yield words.translate_note(
                TranslatableText(N_("notice by %(day)s"), day=line.notice_by)
            )
        elif line.ends:
            yield words.translate_note(TranslatableText(N_("contract to %(day)s"), day=line.ends))

    def _describe_ai(self, line: ProductRow) -> str:
        ai = line.product.ai
        if ai.used is None:
            return ""
        if not ai.used:
            return self.words.translate(N_("not used"))
        said = [
            ai.purpose,
            ai.data and self.words.translate(N_("on: %(data)s"), data=ai.data),
            ai.quality,
        ]
        return "; ".join(filter(None, said)) or self.words.translate(N_("used"))

    def build_heat(self, row: HeatmapRow, peak: int) -> HeatView:
        words = self.words

        def format_ratio(part: int | None, whole: int | None) -> str:
            if part is None or whole is None:
                return ""
            return words.translate(
                N_("%(part)s of %(whole)s"),
                part=words.format_number(part),
                whole=words.format_number(whole),
            )

        return HeatView(
            category=words.translate_category(row.category),
            now=format_ratio(row.ai, row.stories),
            before=format_ratio(row.ai_before, row.stories_before),
            launches=words.format_number(row.ai_launches),
            spend=words.join_names([words.format_money(one) for one in row.spend])
            if row.spend
            else "",
            products=words.join_names(row.products)
            if row.products
            else words.translate(N_("nothing")),
            heat=min(4, -(-4 * row.ai // peak)) if peak else 0,
        )

    # ------------------------------------------------------------ ledger

    def build_ledger_page(self, ledger: PromiseLedger) -> LedgerPage:
        makers, questions = _BRIEF_QUESTIONS if self.brief else (None, None)
        return LedgerPage(
            tuple(map(self._build_promise, ledger.lines)),
            tuple(
                (
                    one.vendor,
                    tuple(
                        self.text(self.words.translate_note(ask), 260)
                        for ask in one.questions[:questions]
                    ),
                )
                for one in ledger.questions[:makers]
            ),
        )

    def _build_promise(self, line: PromiseRow) -> PromiseView:
        promise = line.promise
        return PromiseView(
            vendor=promise.vendor,
            what=promise.what,
            href=promise.source if is_web_url(promise.source) else "",
            promised=self._format_day(promise.promised),
            by=self._format_day(promise.by),
            standing=self.words.translate_label(LABELS["standings"], line.standing),
            slug=line.standing.replace(" ", "-"),
            seen=tuple(map(self.build_ref, line.seen)),
            matched=self.words.join_names(line.matched) if line.matched else "",
        )

    def _format_day(self, day: date | None) -> str:
        return self.words.translate_note(TranslatableText("%(day)s", day=day)) if day else ""

    # ------------------------------------------------------------ radar

    def build_radar_page(self, radar: Radar, edition: Edition) -> RadarPage:
        words = self.words
        numbers = {id(blip): n for n, blip in enumerate(radar.blips, 1)}
        rings = [
            RingView(
                slug,
                words.translate_label(LABELS["rings"], slug),
                words.translate_label(LABELS["ring_descriptions"], slug),
                tuple(
                    self._build_blip(blip, radar.compared, numbers[id(blip)])
                    for blip in radar.blips
                    if blip.ring == slug
                ),
            )
            for slug in RINGS
        ]
        compared = words.translate(
            N_("Moves are against %(quarter)s."),
            quarter=words.format_previous_quarter(edition.quarter),
        )
        marks = [
            RadarMark(
                numbers[id(one)],
                one.name,
                one.ring,
                one.group or "",
                one.moved if radar.compared else "stays",
            )
            for one in radar.blips
        ]
        picture = build_radar_chart(rings, marks, words, radar.compared)
        return RadarPage(tuple(rings), compared if radar.compared else "", picture)

    def _build_blip(self, blip: Blip, compared: bool, number: int) -> BlipView:
        words = self.words
        reason = self.text(words.translate_note(blip.reason), 200)
        return BlipView(
            name=blip.name,
            group=words.translate_label(GROUPS, blip.group) if blip.group else "",
            group_slug=blip.group or "",
            moved=words.translate_label(LABELS["moves"], blip.moved)
            if compared and blip.moved != "stays"
            else "",
            move=blip.moved if compared else "stays",
            reason=words.translate(N_("Placed by the team: %(reason)s"), reason=reason)
            if blip.held and blip.reason.values
            else reason,
            story=self.build_ref(blip.story) if blip.story else None,
            number=number,
        )

    # ------------------------------------------------------------ agenda

    def build_agenda_page(self, agenda: Agenda) -> AgendaPage:
        words = self.words

        def format_notes(notes: Iterable[TranslatableText]) -> tuple[str, ...]:
            return tuple(self.text(words.translate_note(note), 240) for note in notes)

        return AgendaPage(
            parts=tuple(
                (
                    words.translate_label(LABELS["agenda"], one.slug),
                    format_notes(one.points),
                    format_notes(one.questions),
                )
                for one in agenda.parts
            ),
            carried=tuple(map(self._build_carried_step, agenda.carried)),
            proposals=tuple(
                map(
                    self._build_proposed_step,
                    agenda.proposals[: _BRIEF_STEPS if self.brief else None],
                )
            ),
            rules=tuple(
                (
                    self.build_ref(one.story),
                    self.text(one.effective, 60),
                    words.join_names(one.products) if one.products else "",
                )
                for one in agenda.rules[: _BRIEF_RULES if self.brief else None]
            ),
        )

    def _build_carried_step(self, one: TeamDecision) -> StepView:
        step = self.words.translate_label(LABELS["steps"], one.step) if one.step else ""
        since = self.words.format_quarter(one.quarter)
        return StepView(None, one.what, step, one.owner, self._format_day(one.due), since)

    def _build_proposed_step(self, one: ProposedStep) -> StepView:
        step = self.words.translate_label(LABELS["steps"], one.step)
        return StepView(
            self.build_ref(one.story),
            self.words.translate_note(one.reason),
            step,
            one.owner,
            self._format_day(one.due),
            "",
        )


def _has_news(line: ProductRow) -> bool:
    return bool(line.news or line.vendor_news or line.health or line.rivals)
