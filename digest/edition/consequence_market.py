"""What follows from a story of the market: a rule, a rival, something that a goal rests on."""

from __future__ import annotations

import re

from digest.edition.calendar import get_printed_cost
from digest.edition.consequence_case import Case, add_cost, describe_when
from digest.edition.incidents import classify_incident
from digest.edition.phrases import fill_text, list_product_names
from digest.edition.quarter import AI_IN_USE, get_category_name
from digest.edition.rule_kinds import classify_rule
from digest.edition.subjects import find_subject_relations, is_sure_incident
from digest.i18n import N_, TranslatableText
from digest.model.edition import DATED_RULES

_MAX_NAMES = 4
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


class MarketCase(Case):
    """A story of the market; each rule returns its sentence, or None where it does not apply."""

    def explain_makers_price(self) -> TranslatableText | None:
        """Say whose prices change where the maker of ours changes those of something else."""
        tags = self.story.tags
        if self.touched or tags.event != "pricing" or not tags.is_certain("event"):
            return None
        for relation in find_subject_relations(self.story, self.relations):
            if relation.kind == "vendor" and relation.products:
                return TranslatableText(
                    N_(
                        "%(vendor)s makes %(products)s, which we run; our plan is not named: "
                        "ask whether our price follows."
                    ),
                    vendor=relation.vendor,
                    products=relation.products,
                )
        return None

    def explain_makers_breach(self) -> TranslatableText | None:
        """Say whose data a breach at a maker of ours may have reached; what it makes is not hit."""
        if self.touched or not is_sure_incident(self.story):
            return None
        for relation in find_subject_relations(self.story, self.relations):
            names = (relation.vendor, *relation.products)
            if relation.kind == "vendor" and classify_incident(self.story, names) == "breach":
                return TranslatableText(
                    N_(
                        "%(vendor)s makes %(products)s, which we run: ask whether our data is "
                        "touched."
                    ),
                    vendor=relation.vendor,
                    products=relation.products,
                )
        return None

    def explain_rule(self) -> TranslatableText | None:
        """Say which products a rule may concern: those with AI, or that hold data, by the file."""
        tags = self.story.tags
        effective = self.find_date("effective")
        if tags.event != "regulation" or (tags.vendors and not effective) or self.touched:
            return None
        if not effective and self.tells("draft"):
            return None
        if classify_rule(self.story) not in (None, *DATED_RULES):
            return None  # a case, a promise and advice reach nobody else
        if tags.ai in AI_IN_USE:
            products = [product for product in self.stack.products if product.ai.used]
            undated = N_(
                "AI works in %(names)s, which we run: settle whether this rule reaches that use, "
                "and who answers for it."
            )
            ahead = N_(
                "AI works in %(names)s, which we run: settle whether this rule reaches that use, "
                "and who answers for it, before it takes effect %(when)s."
            )
        elif self.tells("privacy"):
            products = [product for product in self.stack.products if product.data]
            undated = N_("Our stack file names data in %(names)s: settle whether this concerns it.")
            ahead = N_(
                "Our stack file names data in %(names)s: settle whether this concerns it before "
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
                "We run %(names)s in this field: settle what it asks of us before it takes "
                "effect %(when)s."
            )
        products = [product for product in products if product.status != "retiring"]
        is_ahead = effective is not None and effective.fact.last >= self.today
        text = ahead if is_ahead else undated
        if not products or not text:
            return None
        when = describe_when(effective.fact.day, effective.fact.last) if effective else None
        return fill_text(text, names=list_product_names(products, _MAX_NAMES), when=when)

    def explain_rival(self) -> TranslatableText | None:
        """Say what to compare a new product with, where the contract can be ended soon."""
        if self.story.tags.event != "launch" or not self.tells("launch"):
            return None
        products = {product.name: product for product in self.stack.products}
        for relation in self.relations:
            ours = [products[name] for name in relation.products if name in products]
            if relation.kind == "gap" and relation.vendor and relation.category:
                return self._explain_gap(relation.goal, relation.category)
            if relation.kind == "vendor" and (goal := self._find_unserved_goal()):
                return self._explain_gap(goal, self.story.tags.category or "")
            for product in (
                ours if relation.kind in ("rival", "overlap") and relation.vendor else ()
            ):
                deadline = self.find_deadline([product])
                is_home = product.categories[:1] == (self.story.tags.category,)
                if deadline and is_home and get_printed_cost(product):
                    return TranslatableText(
                        N_(
                            "It is in the field of %(product)s, which we run: compare the two "
                            "%(before)s."
                        ),
                        product=add_cost(product),
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

    def _explain_gap(self, goal: str, category: str) -> TranslatableText:
        """Say that a goal counts on a category in which nothing runs to stay."""
        text = N_(
            "Our goal “%(goal)s” counts on %(category)s, where we run nothing: see whether this "
            "fits."
        )
        if any(category in product.categories for product in self.stack.products):
            text = N_(
                "Our goal “%(goal)s” counts on %(category)s, where what we run retires: see "
                "whether this fits."
            )
        return TranslatableText(text, goal=goal, category=get_category_name(category))

    def explain_goal(self) -> TranslatableText | None:
        """Name the goal that a study with AI, or a change of search, is about.

        In other categories than search a study has to share a word with the goal: what is filed
        there is about too many things.
        """
        tags = self.story.tags
        texts = {
            "research": N_(
                "Our goal “%(goal)s” rests on %(category)s: hold its plan against these findings."
            ),
            "update": N_(
                "Our goal “%(goal)s” rests on %(category)s: check whether its plan allows for "
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

    def _shares_word(self, name: str) -> bool:
        """Return whether a title has a word of a goal's name."""
        stems = {word.casefold().removesuffix("s") for word in _LONG_WORD.findall(name)}
        return any(
            word.casefold().removesuffix("s") in stems for word in _LONG_WORD.findall(self.titles)
        )
