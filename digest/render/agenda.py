"""The review's agenda as Markdown, to paste into an invitation or a page of the team's own.

It is the agenda of the briefing with room to tick off: what is to be decided, by whom and when, and
the tables that the meeting needs. Text of others is escaped, so that nothing in it is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from digest.model.decisions import TeamDecision
from digest.model.edition import (
    Agenda,
    AgendaItem,
    ContractRow,
    Edition,
    FrontDecision,
    ProposedStep,
    RuleRow,
    StoryRef,
    VendorQuestions,
)
from digest.render.views.calendar import DATE_KINDS
from digest.render.views.context import to_safe_href
from digest.render.words import LABELS, N_, Localizer, load_localizer
from digest.text import clean_text

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")
_IN_ADDRESS = {ord(sign): f"%{ord(sign):02X}" for sign in "()<>|\\` "}
_Lines = Iterator[str]


def render_agenda_markdown(edition: Edition) -> str:
    """Return the agenda of an edition; only its head where it has none."""
    writer = _AgendaWriter(edition, load_localizer(edition.language, edition.zone, edition.period))
    text = "\n".join(writer.write())
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class _AgendaWriter:
    def __init__(self, edition: Edition, words: Localizer) -> None:
        self.edition, self.words = edition, words
        self.links: Mapping[str, tuple[str, str]] = {
            row.story: (row.source, row.url) for row in edition.register
        } | {story.id: (story.items[0].source, story.items[0].url) for story in edition.stories}

    def write(self) -> _Lines:
        """Yield the lines of the agenda."""
        words, edition = self.words, self.edition
        quarter = words.format_quarter(edition.quarter)
        text = N_("Agenda of the review, %(quarter)s")
        yield f"# {self.escape(words.translate(text, quarter=quarter))}"
        yield ""
        stamp = words.translate(N_("As of %(day)s"), day=words.format_long_day(edition.as_of))
        yield " · ".join(filter(None, (self.escape(edition.organisation), stamp)))
        yield from self.write_decisions(edition.front.decisions)
        if agenda := edition.agenda:
            yield from self.write_parts(agenda)
            yield from self.write_contracts(agenda.contracts)
            yield from self.write_carried(agenda.carried)
            yield from self.write_steps(agenda.proposals)
            yield from self.write_rules(agenda.rules)
        if edition.ledger:
            yield from self.write_questions(edition.ledger.questions)

    def write_decisions(self, decisions: Sequence[FrontDecision]) -> _Lines:
        """Yield what page one asks."""
        if decisions:
            yield from self.write_heading(N_("Decisions asked"))
        for one in decisions:
            money = self.words.format_money(one.cost) if one.cost and one.cost.amount else ""
            cost = self.words.translate(N_("%(money)s a year"), money=money) if money else ""
            facts = (self.escape(one.owner), self.write_due(one.due), cost, self.link(one.story))
            yield f"- [ ] **{self.note(one.question)}** {self.note(one.reason)}"
            yield from self.write_facts(facts)

    def write_parts(self, agenda: Agenda) -> _Lines:
        """Yield the parts of the agenda: what is known, and what to decide."""
        for part in agenda.parts:
            if not (part.points or part.items):
                continue
            yield ""
            yield f"## {self.words.translate_label(LABELS['agenda'], part.slug)}"
            yield ""
            for point in part.points:
                yield f"- {self.note(point)}"
            for item in part.items:
                yield from self.write_item(item)

    def write_item(self, item: AgendaItem) -> _Lines:
        """Yield something to decide, and who is to do it until when."""
        words = self.words
        owner = self.escape(words.translate_note(item.owner))
        if not owner and item.proposed:
            owner = words.translate(N_("proposed: %(name)s"), name=self.escape(item.proposed))
        yield f"- [ ] **{self.note(item.what)}** {self.note(item.why)}"
        facts = (owner or words.translate(N_("to be named")), self.write_due(item.due))
        yield from self.write_facts((*facts, self.link(item.story)))

    def write_contracts(self, contracts: Sequence[ContractRow]) -> _Lines:
        """Yield the contracts of which a day is ahead."""
        words = self.words
        rows = [
            (
                self.escape(row.product),
                words.format_date(row.day),
                words.translate(DATE_KINDS[row.kind]),
                words.format_money(row.cost) if row.cost else "",
                self.escape(row.owner),
            )
            for row in contracts
        ]
        heads = (N_("Product"), N_("Day"), N_("What"), N_("Cost a year"), N_("Owner"))
        yield from self.write_table(N_("Contracts"), heads, rows)

    def write_carried(self, carried: Sequence[TeamDecision]) -> _Lines:
        """Yield the decisions of earlier reviews that are open."""
        if carried:
            yield from self.write_heading(N_("Open decisions, carried over"))
        for one in carried:
            yield f"- [ ] **{self.escape(one.what)}** {self.escape(one.note)}".rstrip()
            quarter = self.words.format_quarter(one.quarter) if one.quarter else ""
            yield from self.write_facts((self.escape(one.owner), self.write_due(one.due), quarter))

    def write_steps(self, steps: Sequence[ProposedStep]) -> _Lines:
        """Yield the steps that are proposed for stories."""
        words = self.words
        rows = [
            (
                words.translate_label(LABELS["steps"], one.step),
                self.write_ref(one.story),
                self.note(one.reason),
                self.escape(one.owner),
                words.format_date(one.due),
            )
            for one in steps
        ]
        heads = (N_("Step"), N_("Story"), N_("Why"), N_("Owner"), N_("Until when"))
        yield from self.write_table(N_("Proposed steps"), heads, rows)

    def write_rules(self, rules: Sequence[RuleRow]) -> _Lines:
        """Yield the rules of the quarter that touch ours or name a day."""
        rows = [
            (
                self.write_ref(rule.story),
                self.escape(rule.effective) or "–",
                self.escape(self.words.join_names(rule.products)) or "–",
            )
            for rule in rules
            if rule.products or rule.effective
        ]
        heads = (N_("Rule"), N_("From when, in its source's words"), N_("Touches"))
        yield from self.write_table(N_("Rules of the quarter"), heads, rows)

    def write_questions(self, vendors: Sequence[VendorQuestions]) -> _Lines:
        """Yield what to ask each vendor."""
        if vendors:
            yield from self.write_heading(N_("Questions to vendors"))
        for vendor in vendors:
            yield f"- **{self.escape(vendor.vendor)}**"
            yield from (f"  - [ ] {self.note(question)}" for question in vendor.questions)

    # ------------------------------------------------------------ pieces

    def write_heading(self, text: str) -> _Lines:
        """Yield a heading with the empty lines around it."""
        yield from ("", f"## {self.words.translate(text)}", "")

    def write_facts(self, facts: Iterable[str]) -> _Lines:
        """Yield the line under something to decide."""
        if line := " · ".join(filter(None, facts)):
            yield f"  - {line}"

    def write_table(
        self, heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> _Lines:
        """Yield a table under its heading; nothing where it has no rows."""
        if not rows:
            return
        yield from self.write_heading(heading)
        yield f"| {' | '.join(map(self.words.translate, columns))} |"
        yield f"|{' --- |' * len(columns)}"
        yield from (f"| {' | '.join(row)} |" for row in rows)

    def write_due(self, day: date | None) -> str:
        """Return until when; "" for None."""
        if day is None:
            return ""
        return self.words.translate(N_("by %(day)s"), day=self.words.format_date(day))

    def write_ref(self, ref: StoryRef) -> str:
        """Return a story as a link with its publisher."""
        return self.write_link(ref.title, ref.url, ref.source)

    def link(self, story: str | None) -> str:
        """Return the publisher of a story as a link; "" where it is not known."""
        source, url = self.links.get(story or "", ("", ""))
        return self.write_link(source, url) if source else ""

    def write_link(self, title: str, url: str, source: str = "") -> str:
        """Return a link; the title alone where the address is none."""
        href = to_safe_href(url).translate(_IN_ADDRESS)
        text = f"[{self.escape(title)}]({href})" if href else self.escape(title)
        return f"{text}, {self.escape(source)}" if source else text

    def note(self, text: str) -> str:
        """Return a note in the edition's language, with nothing in it that is markup."""
        return self.escape(self.words.translate_note(text))

    def escape(self, text: str) -> str:
        """Return one line of text in which nothing is markup."""
        return _MARKUP.sub(r"\\\1", clean_text(text))
