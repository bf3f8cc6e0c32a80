"""A story before the stack: what all rules of its consequences ask."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

from digest.edition.calendar import get_printed_cost
from digest.edition.phrases import fill_text
from digest.edition.story_dates import StoryDate
from digest.edition.subjects import join_titles
from digest.i18n import N_, TranslatableText
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
from digest.period import PLANNING_HORIZON, Month

_SINCE = timedelta(days=60)  # for which "in force since" is news
_WORDS = tomllib.loads(
    Path(__file__).with_name("consequence_words.toml").read_text(encoding="utf-8")
)


class Case:
    """A story before the stack. Each rule returns its sentence, or None where it does not apply."""

    def __init__(
        self,
        story: Story,
        relations: Sequence[Relation],
        dates: Sequence[StoryDate],
        stack: Stack,
        today: date,
        touched: Sequence[Product],
        goals_told: Collection[str],
    ) -> None:
        self.goals_told = goals_told
        self.story, self.relations, self.dates = story, relations, dates
        self.stack, self.today, self.touched = stack, today, touched
        self.titles = join_titles(story)

    def tells(self, what: str) -> bool:
        """Return whether a title tells of something, whatever the story's tag says."""
        return tells(what, self.titles)

    def find_date(self, *roles: str) -> StoryDate | None:
        """Return the next date of these roles, else the last that lies not far behind."""
        found = [dated for dated in self.dates if dated.fact.role in roles]
        ahead = [dated for dated in found if dated.fact.last >= self.today]
        behind = [dated for dated in found if self.today - _SINCE <= dated.fact.last < self.today]
        return next(iter(ahead or behind[-1:]), None)

    def find_deadline(self, products: Sequence[Product]) -> TranslatableText | None:
        """Return until when a contract can be acted upon; None where it is not soon."""
        found = []
        for product in products:
            texts = [
                N_("before notice is due on %(day)s"),
                N_("before its contract ends on %(day)s"),
            ]
            if len(products) > 1:
                texts = [
                    N_("before notice for %(name)s is due on %(day)s"),
                    N_("before the contract for %(name)s ends on %(day)s"),
                ]
            days = zip((product.notice_by, product.contract_end), texts, strict=True)
            ahead = ((day, text) for day, text in days if day and self._is_soon(day))
            found += [(*pair, product.name) for pair in islice(ahead, 1)]
        if not found:
            return None
        day, text, name = min(found)
        return fill_text(text, name=name, day=day)

    def _is_soon(self, day: date) -> bool:
        return self.today <= day <= self.today + PLANNING_HORIZON

    def add_goal(self, product: Product) -> str:
        """Return a product's name with the goal that it serves."""
        for goal in self.stack.goals:
            if goal.name in self.goals_told:
                continue
            if product.categories[:1] and product.categories[0] in goal.categories:
                return TranslatableText(
                    N_("%(product)s (goal: %(goal)s)"), product=product.name, goal=goal.name
                )
        return product.name


def tells(what: str, titles: str) -> bool:
    """Return whether titles hold words of a table of consequence_words.toml."""
    return find_words(what, titles) is not None


def find_words(what: str, titles: str) -> re.Match[str] | None:
    """Return the first words of a table of consequence_words.toml in titles; None for none."""
    return _compile_words(what).search(titles)


def tells_of_our_data(story: Story) -> bool:
    """Return whether headlines tell what a vendor does with the data of its customers."""
    return tells("own_data", join_titles(story))


@cache
def _compile_words(what: str) -> re.Pattern[str]:
    def join(key: str) -> str:
        return _WORDS.get(key, "").strip().replace("\n", "|") or "(?!)"

    return re.compile(rf"(?<!\w)(?:{join(what)})(?!\w)|{join(f'wide_{what}')}", re.IGNORECASE)


def add_cost(product: Product) -> str:
    """Return a product's name with what it costs, where that is something."""
    if product.status == "retiring":
        return TranslatableText(N_("%(product)s, which we are retiring"), product=product.name)
    cost = get_printed_cost(product)
    if cost is None:
        return product.name
    return TranslatableText(N_("%(product)s (%(cost)s a year)"), product=product.name, cost=cost)


def describe_when(day: date, last: date) -> TranslatableText:
    """Return the words for a day or a span: `on 1 October 2026`, `in late October 2026`."""
    if day == last:
        return TranslatableText(N_("on %(day)s"), day=day)
    if (day.year, day.month) != (last.year, last.month):
        return TranslatableText(N_("between %(first)s and %(last)s"), first=day, last=last)
    month = Month(day.year, day.month)
    if day.day == 1 and last.day > 27:
        return TranslatableText(N_("in %(month)s"), month=month)
    if day.day == 1:
        return TranslatableText(N_("in early %(month)s"), month=month)
    if day.day == 11:
        return TranslatableText(N_("in mid-%(month)s"), month=month)
    if last.day > 27 and day.day == 21:
        return TranslatableText(N_("in late %(month)s"), month=month)
    return TranslatableText(N_("between %(first)s and %(last)s"), first=day, last=last)
