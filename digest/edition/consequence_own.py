"""What follows from a story that touches products that the company runs."""

from __future__ import annotations

from collections.abc import Mapping

from digest.edition.calendar import get_printed_cost
from digest.edition.consequence_case import Case, add_cost, describe_when
from digest.edition.incidents import (
    IncidentKind,
    classify_incident,
    find_fixed_version,
    read_incident_kind,
)
from digest.edition.phrases import fill_text
from digest.edition.reach import find_condition
from digest.edition.stack.duties import find_demand
from digest.edition.stack.watch import list_names
from digest.edition.story_dates import StoryDate, find_reach
from digest.edition.subjects import (
    find_dated_products,
    find_named_products,
    is_about_addon,
)
from digest.i18n import N_, TranslatableText
from digest.model.stack import Product

_INCIDENT_TEXTS: Mapping[IncidentKind, str] = {  # of what follows something
    "attack by AI": N_(
        "We run %(product)s, of whose maker the AI in this incident is: ask what keeps it within "
        "its bounds, and whether our data was touched."
    ),
    "weakness": N_(
        "We run %(product)s: find out whether what we run is affected, and whether it has the fix."
    ),
    "breach": N_("We run %(product)s: ask whether our data was among it, and renew its access."),
    "outage": N_(
        "We run %(product)s: ask for the cause, and what our contract gives us for the hours lost."
    ),
    "other": N_("We run %(product)s: ask whether this touches us."),
}


class OwnCase(Case):
    """A story that touches products of the stack; each rule returns its sentence or None."""

    def explain_incident(self) -> TranslatableText | None:
        """Say what to find out of an incident; headlines tell of one whatever the story's tag."""
        product, event = self.touched[0], self.story.tags.event
        kind = read_incident_kind(self.titles) if event != "regulation" else None
        if event == "incident":
            kind = classify_incident(self.story, list_names(product))
        if kind is None:
            return None
        fixed = find_fixed_version(self.story) if kind == "weakness" else ""
        if is_about_addon(self.story, product.name):
            text = N_(
                "It is an add-on for %(product)s, which we run: find out whether ours has "
                "it, and the fix."
            )
            if fixed := fixed or find_fixed_version(self.story):
                text = N_(
                    "It is an add-on for %(product)s, which we run: find out whether ours has "
                    "it, and if so the fix, version %(fixed)s."
                )
            return fill_text(text, product=product.name, fixed=fixed)
        text = _INCIDENT_TEXTS.get(kind, "")
        if fixed:
            text = N_("We run %(product)s: find out whether ours has the fix, version %(fixed)s.")
        if kind == "outage" and product.contract_end is None:
            text = N_("We run %(product)s: find out what we lost by it.")
        if kind == "breach" and product.integrations:
            text = N_(
                "We run %(product)s, connected to %(names)s: ask whether our data was "
                "among it, and renew its access."
            )
        if not text:
            return None
        return fill_text(text, product=product.name, names=product.integrations, fixed=fixed)

    def explain_deal(self) -> TranslatableText | None:
        if self.story.tags.event not in ("acquisition", "other", "update", "launch", "shutdown"):
            return None
        if not self.tells("deal"):
            return None
        if self.story.tags.event != "acquisition" and not self._tells_of_own_deal():
            return None
        order = self.stack.products.index
        products = sorted(self.touched[:2], key=order)  # so that a deal is told once
        labels = tuple(add_cost(product) for product in products)
        deadline = self.find_deadline(products)
        if deadline:
            return TranslatableText(
                N_(
                    "We run %(products)s: ask what the deal changes in contract, price and "
                    "roadmap %(before)s."
                ),
                products=labels,
                before=deadline,
            )
        return TranslatableText(
            N_("We run %(products)s: ask what the deal changes in contract, price and roadmap."),
            products=labels,
        )

    def explain_price(self) -> TranslatableText | None:
        if not self.tells("price"):
            return None
        product = self._get_subject()
        cost = get_printed_cost(product)
        effective = self.find_date("effective", "ends")
        when = None
        if effective and effective.fact.last >= self.today:
            when = describe_when(effective.fact.day, effective.fact.last)
        if product.cost and not cost:
            text = N_("%(product)s costs us nothing today: find out what it will cost us.")
            if when:
                text = N_(
                    "%(product)s costs us nothing today: find out what it will cost us when "
                    "this takes effect %(when)s."
                )
            return fill_text(text, product=product.name, when=when)
        deadline = self.find_deadline([product])
        text = {
            (True, True): N_(
                "We run %(product)s: the change takes effect %(when)s; ask what it means for our "
                "bill %(before)s."
            ),
            (True, False): N_(
                "We run %(product)s: the change takes effect %(when)s; ask what it means for our "
                "bill."
            ),
            (False, True): N_(
                "We run %(product)s: ask whether it applies to us, and what it means for our "
                "bill, %(before)s."
            ),
            (False, False): N_(
                "We run %(product)s: ask whether it applies to us, and what it means for our bill."
            ),
        }[when is not None, deadline is not None]
        return fill_text(text, product=add_cost(product), when=when, before=deadline)

    def explain_own_data(self) -> TranslatableText | None:
        if not self.tells("own_data"):
            return None
        return TranslatableText(
            N_(
                "We run %(product)s: check what our contract and our settings say on the use of "
                "our data."
            ),
            product=self._get_subject().name,
        )

    def explain_date(self) -> TranslatableText | None:
        dated = self.find_date("effective", "deadline", "ends")
        if dated is None:
            return None
        fact = dated.fact
        if fact.last < self.today:
            dated = self.find_date("effective") or dated
            fact = dated.fact
        named = find_dated_products(
            dated.quote.text, self.story, self.touched, of_price=fact.of_price
        )
        if not named:
            return None
        product = self.add_goal(named[0])
        if fact.last < self.today:
            return self._explain_past_date(dated, product)
        when = describe_when(fact.day, fact.last)
        if fact.of_price:
            text = N_(
                "We run %(product)s: the change takes effect %(when)s; ask what it means for our "
                "bill."
            )
            return fill_text(text, product=product, when=when)
        text = {
            "effective": N_(
                "We run %(product)s: this takes effect %(when)s; check what it changes before then."
            ),
            "ends": N_(
                "We run %(product)s: find out whether we use what ends %(when)s, and what "
                "replaces it."
            ),
            "deadline": N_("We run %(product)s: what this asks for is due %(when)s."),
        }[fact.role]
        if fact.role == "deadline" and fact.day == fact.last:
            when = TranslatableText(N_("by %(day)s"), day=fact.day)
        if fact.role == "effective":
            text, when = self._explain_start(dated, text, when)
        return TranslatableText(text, product=product, when=when)

    def _explain_start(
        self, dated: StoryDate, text: str, when: TranslatableText
    ) -> tuple[str, TranslatableText]:
        """Return the sentence on a day that is ahead, and its day, as far as reports limit it."""
        reach = find_reach(self.story, dated)
        if dated.fact.day <= self.today:
            text = N_("We run %(product)s: this takes effect %(when)s; check what it changes.")
        if reach.rolls_out:
            text = N_(
                "We run %(product)s: this begins to roll out %(when)s; check what it changes, "
                "and when it reaches us."
            )
        if reach.place:
            text_when = N_("%(when)s, in %(place)s first")
            if reach.later and find_condition(self.story) is None:  # whom it reaches says more
                text_when = N_("%(when)s, in %(place)s first (“%(later)s”)")
            when = fill_text(text_when, when=when, place=reach.place, later=reach.later)
        return text, when

    def _explain_past_date(self, dated: StoryDate, product: str) -> TranslatableText | None:
        """Say since when a change that binds holds, or comes to one after the other."""
        fact = dated.fact
        binds = fact.binding or self.tells("requirement")
        if fact.role != "effective" or fact.day != fact.last or not binds:
            return None
        text = {
            (False, False): N_(
                "We run %(product)s: this has been in force since %(day)s; check what it has "
                "changed."
            ),
            (False, True): N_(
                "We run %(product)s: this has been rolling out since %(day)s; check whether it "
                "has reached us."
            ),
            (True, False): N_(
                "We run %(product)s: this was announced for %(day)s; check whether it has come, "
                "and what it changed."
            ),
            (True, True): N_(
                "We run %(product)s: this was to begin rolling out on %(day)s; check whether it "
                "has reached us."
            ),
        }[dated.is_forecast, find_reach(self.story, dated).rolls_out]
        return TranslatableText(text, product=product, day=fact.day)

    def explain_requirement(self) -> TranslatableText | None:
        named = find_named_products(self.titles, self.touched)
        if not named or not self.tells("requirement"):
            return None
        text = N_("We run %(product)s: check whether we meet this requirement.")
        if find_demand(self.story) is None:  # a headline alone says that there is one
            text = N_("We run %(product)s: ask what it requires of us, and from when.")
        return TranslatableText(text, product=self.add_goal(named[0]))

    def explain_leaders(self) -> TranslatableText | None:
        product = self.touched[0]
        deadline = self.find_deadline([product])
        if self.story.tags.event != "people" or not deadline or not self.tells("leaders"):
            return None
        return TranslatableText(
            N_("We run %(product)s: ask who answers for our account and its roadmap %(before)s."),
            product=add_cost(product),
            before=deadline,
        )

    def add_condition(self, sentence: TranslatableText) -> TranslatableText:
        """Return a sentence with the question whether we are among those whom it holds for."""
        condition = find_condition(self.story)
        if condition is None:
            return sentence
        text = N_("%(sentence)s It reaches “%(whom)s”: does this hold for us?")
        if condition.choice:
            text = N_("%(sentence)s It reaches “%(whom)s” (“%(choice)s”): does this hold for us?")
        values = {"whom": condition.whom, "choice": condition.choice}
        return fill_text(text, sentence=sentence, **values)

    def _tells_of_own_deal(self) -> bool:
        """Return whether a title has a product or its maker beside another company."""
        return len(find_named_products(self.titles, self.touched)) > 1

    def _get_subject(self) -> Product:
        """Return the product that the titles name, else the first that is touched."""
        return (*find_named_products(self.titles, self.touched), *self.touched)[0]
