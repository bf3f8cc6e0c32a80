"""What a story means for the company: what to do about it, and by when.

Sentences are made by rules from what the story is to the stack, what happened, its dates and the
fields of stack.yaml. Where nothing follows there is no sentence: that a product is ours, or what
it costs, is none by itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

from digest.edition.calendar import get_printed_cost
from digest.edition.phrases import fill_text, list_product_names
from digest.edition.quarter import AI_IN_USE, QuarterView, get_category_name
from digest.edition.story_dates import StoryDate, find_reach, find_story_dates
from digest.edition.subjects import (
    find_dated_products,
    find_named_products,
    find_subject_relations,
    find_touched_products,
    is_about_addon,
)
from digest.i18n import N_, TranslatableText
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
from digest.period import PLANNING_HORIZON, Month

_MAX_NAMES = 4
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_SINCE = timedelta(days=60)  # for which "in force since" is news
_WORDS = tomllib.loads(
    Path(__file__).with_name("consequence_words.toml").read_text(encoding="utf-8")
)


def explain_consequences(
    quarter: QuarterView, briefs: Sequence[Story] = ()
) -> dict[str, tuple[TranslatableText, ...]]:
    """Return what the briefing's stories mean for the company, by their ids.

    Each sentence is said once, at the story that ranks best, and the goal of a product with the
    first that is about it; those of `briefs`, which are told in one sentence, come last.
    """
    said: set[str] = set()
    goals_told: frozenset[str] = frozenset()
    found = {}
    for story in (*quarter.chosen, *briefs):
        sentences = explain_consequence(
            story,
            quarter.get_relations(story),
            find_story_dates(story),
            quarter.stack,
            quarter.today,
            goals_told,
        )
        goals_told |= _list_goals(sentences)
        new = tuple(sentence for sentence in sentences if sentence not in said)
        said.update(new)
        if new:
            found[story.id] = new
    return found


def explain_consequence(
    story: Story,
    relations: Sequence[Relation],
    dates: Sequence[StoryDate],
    stack: Stack,
    today: date,
    goals_told: Collection[str] = (),
) -> tuple[TranslatableText, ...]:
    """Return what a story means for the company, the first that holds; () where nothing does.

    The goals of `goals_told` are not named beside a product again.
    """
    touched = find_touched_products(story, relations, stack)
    case = _Case(story, relations, dates, stack, today, touched, goals_told)
    of_products = (
        *(case.explain_incident, case.explain_deal, case.explain_price, case.explain_own_data),
        *(case.explain_date, case.explain_requirement, case.explain_leaders),
    )
    of_market = (
        case.explain_makers_price,
        case.explain_rule,
        case.explain_rival,
        case.explain_goal,
    )
    found = (rule() for rule in ((*of_products, *of_market) if touched else of_market))
    return tuple(filter(None, found))[:1]


def _list_goals(sentences: Iterable[TranslatableText]) -> frozenset[str]:
    """Return the goals that sentences name beside a product."""
    values = [value for sentence in sentences for value in sentence.values.values()]
    return frozenset(
        str(value.values["goal"])
        for value in values
        if isinstance(value, TranslatableText) and "goal" in value.values
    )


class _Case:
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
        self.titles = "\n".join(member.item.title for member in story.items)

    # ------------------------------------------------------------ of products that we run

    def explain_incident(self) -> TranslatableText | None:
        product = self.touched[0]
        tags = self.story.tags
        is_incident = tags.event == "incident" and tags.is_certain("event")
        is_flaw = self._tells("flaw")
        if (is_flaw or is_incident) and is_about_addon(self.story, product.name):
            return TranslatableText(
                N_(
                    "It is an add-on for %(product)s, which you run: find out whether yours has "
                    "it, and the fix."
                ),
                product=product.name,
            )
        if is_flaw:
            return TranslatableText(
                N_(
                    "You run %(product)s: find out whether what you run is affected, and whether "
                    "it has the fix."
                ),
                product=product.name,
            )
        if self._tells("breach"):
            if product.integrations:
                return TranslatableText(
                    N_(
                        "You run %(product)s, connected to %(names)s: ask whether your data was "
                        "among it, and renew its access."
                    ),
                    product=product.name,
                    names=product.integrations,
                )
            return TranslatableText(
                N_(
                    "You run %(product)s: ask whether your data was among it, and renew its access."
                ),
                product=product.name,
            )
        if self._tells("outage"):
            return TranslatableText(
                N_(
                    "You run %(product)s: ask for the cause, and what your contract gives you for "
                    "the hours lost."
                ),
                product=product.name,
            )
        return None

    def explain_deal(self) -> TranslatableText | None:
        if self.story.tags.event not in ("acquisition", "other", "update", "launch", "shutdown"):
            return None
        if not self._tells("deal"):
            return None
        if self.story.tags.event != "acquisition" and not self._tells_of_own_deal():
            return None
        order = self.stack.products.index
        products = sorted(self.touched[:2], key=order)  # so that a deal is told once
        labels = tuple(_add_cost(product) for product in products)
        deadline = self._find_deadline(products)
        if deadline:
            return TranslatableText(
                N_(
                    "You run %(products)s: ask what the deal changes in contract, price and "
                    "roadmap %(before)s."
                ),
                products=labels,
                before=deadline,
            )
        return TranslatableText(
            N_("You run %(products)s: ask what the deal changes in contract, price and roadmap."),
            products=labels,
        )

    def explain_price(self) -> TranslatableText | None:
        if not self._tells("price"):
            return None
        product = self._get_subject()
        cost = get_printed_cost(product)
        effective = self._find_date("effective", "ends")
        when = None
        if effective and effective.fact.last >= self.today:
            when = _describe_when(effective.fact.day, effective.fact.last)
        if product.cost and not cost:
            text = N_("%(product)s costs you nothing today: find out what it will cost you.")
            if when:
                text = N_(
                    "%(product)s costs you nothing today: find out what it will cost you when "
                    "this takes effect %(when)s."
                )
            return fill_text(text, product=product.name, when=when)
        deadline = self._find_deadline([product])
        text = {
            (True, True): N_(
                "You run %(product)s: the change takes effect %(when)s; ask what it means for your "
                "bill %(before)s."
            ),
            (True, False): N_(
                "You run %(product)s: the change takes effect %(when)s; ask what it means for your "
                "bill."
            ),
            (False, True): N_(
                "You run %(product)s: ask whether it applies to you, and what it means for your "
                "bill, %(before)s."
            ),
            (False, False): N_(
                "You run %(product)s: ask whether it applies to you, and what it means for your "
                "bill."
            ),
        }[when is not None, deadline is not None]
        return fill_text(text, product=_add_cost(product), when=when, before=deadline)

    def explain_own_data(self) -> TranslatableText | None:
        if not self._tells("own_data"):
            return None
        return TranslatableText(
            N_(
                "You run %(product)s: check what your contract and your settings say on the use of "
                "your data."
            ),
            product=self._get_subject().name,
        )

    def explain_date(self) -> TranslatableText | None:
        dated = self._find_date("effective", "deadline", "ends")
        if dated is None:
            return None
        fact = dated.fact
        if fact.last < self.today:
            dated = self._find_date("effective") or dated
            fact = dated.fact
        named = find_dated_products(dated.quote.text, self.story, self.touched)
        if not named:
            return None
        product = self._add_goal(named[0])
        if fact.last < self.today:
            return self._explain_past_date(dated, product)
        when = _describe_when(fact.day, fact.last)
        text = {
            "effective": N_(
                "You run %(product)s: this takes effect %(when)s; check what it changes before "
                "then."
            ),
            "ends": N_(
                "You run %(product)s: find out whether you use what ends %(when)s, and what "
                "replaces it."
            ),
            "deadline": N_("You run %(product)s: what this asks for is due %(when)s."),
        }[fact.role]
        if fact.role == "deadline" and fact.day == fact.last:
            when = TranslatableText(N_("by %(day)s"), day=fact.day)
        if fact.role == "effective":
            reach = find_reach(self.story, dated)
            if fact.day <= self.today:
                text = N_("You run %(product)s: this takes effect %(when)s; check what it changes.")
            if reach.rolls_out:
                text = N_(
                    "You run %(product)s: this begins to roll out %(when)s; check what it changes, "
                    "and when it reaches you."
                )
            if reach.place:
                text_when = N_("%(when)s, in %(place)s first")
                when = TranslatableText(text_when, when=when, place=reach.place)
        return TranslatableText(text, product=product, when=when)

    def _explain_past_date(self, dated: StoryDate, product: str) -> TranslatableText | None:
        """Say since when a change that binds holds, or comes to one after the other."""
        fact = dated.fact
        if fact.role != "effective" or fact.day != fact.last or not fact.binding:
            return None
        text = {
            (False, False): N_(
                "You run %(product)s: this has been in force since %(day)s; check what it has "
                "changed."
            ),
            (False, True): N_(
                "You run %(product)s: this has been rolling out since %(day)s; check whether it "
                "has reached you."
            ),
            (True, False): N_(
                "You run %(product)s: this was announced for %(day)s; check whether it has come, "
                "and what it changed."
            ),
            (True, True): N_(
                "You run %(product)s: this was to begin rolling out on %(day)s; check whether it "
                "has reached you."
            ),
        }[dated.is_forecast, find_reach(self.story, dated).rolls_out]
        return TranslatableText(text, product=product, day=fact.day)

    def explain_requirement(self) -> TranslatableText | None:
        named = find_named_products(self.titles, self.touched)
        if not named or not self._tells("requirement"):
            return None
        return TranslatableText(
            N_("You run %(product)s: check whether you meet this requirement."),
            product=self._add_goal(named[0]),
        )

    def explain_leaders(self) -> TranslatableText | None:
        product = self.touched[0]
        deadline = self._find_deadline([product])
        if self.story.tags.event != "people" or not deadline or not self._tells("leaders"):
            return None
        return TranslatableText(
            N_("You run %(product)s: ask who answers for your account and its roadmap %(before)s."),
            product=_add_cost(product),
            before=deadline,
        )

    # ------------------------------------------------------------ of rules, rivals and goals

    def explain_makers_price(self) -> TranslatableText | None:
        """Say whose prices change where the maker of ours changes those of something else."""
        tags = self.story.tags
        if self.touched or tags.event != "pricing" or not tags.is_certain("event"):
            return None
        for relation in find_subject_relations(self.story, self.relations):
            if relation.kind == "vendor" and relation.products:
                return TranslatableText(
                    N_(
                        "%(vendor)s makes %(products)s, which you run; your plan is not named: "
                        "ask whether your price follows."
                    ),
                    vendor=relation.vendor,
                    products=relation.products,
                )
        return None

    def explain_rule(self) -> TranslatableText | None:
        """Say which products a rule may concern: those with AI, or that hold data, by the file."""
        tags = self.story.tags
        effective = self._find_date("effective")
        if tags.event != "regulation" or (tags.vendors and not effective) or self.touched:
            return None
        if not effective and self._tells("draft"):
            return None
        if tags.ai in AI_IN_USE:
            products = [product for product in self.stack.products if product.ai.used]
            undated = N_(
                "AI works in %(names)s, which you run: settle whether this rule reaches that use, "
                "and who answers for it."
            )
            ahead = N_(
                "AI works in %(names)s, which you run: settle whether this rule reaches that use, "
                "and who answers for it, before it takes effect %(when)s."
            )
        elif self._tells("privacy"):
            products = [product for product in self.stack.products if product.data]
            undated = N_(
                "Your stack file names data in %(names)s: settle whether this concerns it."
            )
            ahead = N_(
                "Your stack file names data in %(names)s: settle whether this concerns it before "
                "it takes effect %(when)s."
            )
        else:
            products = [
                product
                for product in self.stack.products
                if product.categories[:1] == (tags.category,)
            ]
            undated = ""
            ahead = N_(
                "You run %(names)s in this field: settle what it asks of you before it takes "
                "effect %(when)s."
            )
        products = [product for product in products if product.status != "retiring"]
        is_ahead = effective is not None and effective.fact.last >= self.today
        text = ahead if is_ahead else undated
        if not products or not text:
            return None
        when = _describe_when(effective.fact.day, effective.fact.last) if effective else None
        return fill_text(text, names=list_product_names(products, _MAX_NAMES), when=when)

    def explain_rival(self) -> TranslatableText | None:
        """Say what to compare a new product with, where the contract can be ended soon."""
        if self.story.tags.event != "launch" or not self._tells("launch"):
            return None
        products = {product.name: product for product in self.stack.products}
        for relation in self.relations:
            ours = [products[name] for name in relation.products if name in products]
            if relation.kind == "gap" and relation.vendor and relation.category:
                return _explain_gap(relation.goal, relation.category)
            if relation.kind == "vendor" and (goal := self._find_unserved_goal()):
                return _explain_gap(goal, self.story.tags.category or "")
            for product in (
                ours if relation.kind in ("rival", "overlap") and relation.vendor else ()
            ):
                deadline = self._find_deadline([product])
                is_home = product.categories[:1] == (self.story.tags.category,)
                if deadline and is_home and get_printed_cost(product):
                    return TranslatableText(
                        N_(
                            "It is in the field of %(product)s, which you run: compare the two "
                            "%(before)s."
                        ),
                        product=_add_cost(product),
                        before=deadline,
                    )
        return None

    def _find_unserved_goal(self) -> str:
        """Return the goal that counts on the story's category where nothing that stays is run."""
        tags = self.story.tags
        if not tags.category or not tags.is_certain("category"):
            return ""
        for product in self.stack.products:
            if tags.category in product.categories and product.status != "retiring":
                return ""
        goals = (goal.name for goal in self.stack.goals if tags.category in goal.categories)
        return next(goals, "")

    def explain_goal(self) -> TranslatableText | None:
        """Name the goal that a study with AI, or a change of search, is about.

        In other categories than search a study has to share a word with the goal: what is filed
        there is about too many things.
        """
        tags = self.story.tags
        texts = {
            "research": N_(
                "Your goal “%(goal)s” rests on %(category)s: hold its plan against these findings."
            ),
            "update": N_(
                "Your goal “%(goal)s” rests on %(category)s: check whether its plan allows for "
                "this change."
            ),
        }
        if self.touched or tags.ai not in AI_IN_USE or tags.event not in texts:
            return None
        is_search = tags.category == "seo"
        for goal in self.stack.goals:
            if tags.category not in goal.categories or not tags.category:
                continue
            if is_search or (tags.event == "research" and self._shares_word(goal.name)):
                return TranslatableText(
                    texts[tags.event], goal=goal.name, category=get_category_name(tags.category)
                )
        return None

    # ------------------------------------------------------------ what the rules ask

    def _tells(self, what: str) -> bool:
        """Return whether a title tells of something, whatever the story's tag says."""
        return _compile_words(what).search(self.titles) is not None

    def _shares_word(self, name: str) -> bool:
        """Return whether a title has a word of a goal's name."""
        stems = {word.casefold().removesuffix("s") for word in _LONG_WORD.findall(name)}
        return any(
            word.casefold().removesuffix("s") in stems for word in _LONG_WORD.findall(self.titles)
        )

    def _tells_of_own_deal(self) -> bool:
        """Return whether a title has a product or its maker beside another company."""
        return len(find_named_products(self.titles, self.touched)) > 1

    def _get_subject(self) -> Product:
        """Return the product that the titles name, else the first that is touched."""
        return (*find_named_products(self.titles, self.touched), *self.touched)[0]

    def _find_date(self, *roles: str) -> StoryDate | None:
        """Return the next date of these roles, else the last that lies not far behind."""
        found = [dated for dated in self.dates if dated.fact.role in roles]
        ahead = [dated for dated in found if dated.fact.last >= self.today]
        behind = [dated for dated in found if self.today - _SINCE <= dated.fact.last < self.today]
        return next(iter(ahead or behind[-1:]), None)

    def _find_deadline(self, products: Sequence[Product]) -> TranslatableText | None:
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

    def _add_goal(self, product: Product) -> str:
        """Return a product's name with the goal that it serves."""
        for goal in self.stack.goals:
            if goal.name in self.goals_told:
                continue
            if product.categories[:1] and product.categories[0] in goal.categories:
                return TranslatableText(
                    N_("%(product)s (goal: %(goal)s)"), product=product.name, goal=goal.name
                )
        return product.name


@cache
def _compile_words(what: str) -> re.Pattern[str]:
    def join(key: str) -> str:
        return _WORDS.get(key, "").strip().replace("\n", "|") or "(?!)"

    return re.compile(rf"(?<!\w)(?:{join(what)})(?!\w)|{join(f'wide_{what}')}", re.IGNORECASE)


def _explain_gap(goal: str, category: str) -> TranslatableText:
    return TranslatableText(
        N_(
            "Your goal “%(goal)s” counts on %(category)s, where you run nothing that stays: see "
            "whether this fits."
        ),
        goal=goal,
        category=get_category_name(category),
    )


def _add_cost(product: Product) -> str:
    """Return a product's name with what it costs, where that is something."""
    if product.status == "retiring":
        return TranslatableText(N_("%(product)s, which you are retiring"), product=product.name)
    cost = get_printed_cost(product)
    if cost is None:
        return product.name
    return TranslatableText(N_("%(product)s (%(cost)s a year)"), product=product.name, cost=cost)


def _describe_when(day: date, last: date) -> TranslatableText:
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
