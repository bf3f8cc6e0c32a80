"""Stage: what each story is to the company. Pure: stories and a stack in, relations with their reasons out.

    product   it is about a product that the company runs
    vendor    it is about the maker of one
    overlap   a vendor of ours moves into a category where we run another maker's product, or somebody acts in a
              category where we run two already
    rival     somebody else acts (launches, buys, ends, reprices …) in a category where we run something
    gap       somebody acts in a category that a goal counts on and where we run nothing
    none      nothing of that

A product is known in two ways. The judgement's vendors, which tell a name from a word, say whom the story is about;
then the product's own name must stand in the words as it is written. Beside that, a name in a title is
believed by itself where the quarter's texts never write it in small letters ("Klaviyo" is, "Segment" is not), and so
is the name of a vendor's own blog.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest.i18n import TranslatableText
from digest.model.stack import RELATION_KINDS, Product, Relation, RelationKind, Stack
from digest.model.story import Story
from digest.model.tags import Event
from digest.taxonomy import CATEGORIES

# Points in the ranking. A price change of a tool that we pay for comes before the same of one that we do not.
RELATION_POINTS: Mapping[RelationKind, float] = {
    "product": 1.5, "vendor": 0.7, "overlap": 0.8, "rival": 0.3, "gap": 0.5, "none": 0.0,
}  # fmt: skip

NO_RELATION = Relation("none", reason="names nothing that the stack holds")
_MARKET_EVENTS: frozenset[Event] = frozenset(
    (
        "launch",
        "update",
        "acquisition",
        "funding",
        "partnership",
        "shutdown",
        "pricing",
        "people",
        "results",
    )
)
_NAMELESS_EVENTS: frozenset[Event] = frozenset(
    ("launch", "acquisition", "funding", "shutdown")
)  # only a vendor does them
# Where product and maker have one name, what happened tells which of them a story is about.
_COMPANY_EVENTS: frozenset[Event] = frozenset(
    ("acquisition", "funding", "partnership", "people", "results", "research", "regulation")
)
_EXPANSION_EVENTS: frozenset[Event] = frozenset(("launch", "acquisition"))


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product with the names by which the judgement and the texts know it."""

    product: Product
    maker: str  # as Tags.vendors writes it
    company: str  # likewise, where the product is known as a company of its own; else the maker
    written_forms: tuple[str, ...]  # as news write the product
    doubtful: bool = False  # a form is a word, too


@dataclass(frozen=True, slots=True)
class StackIndex:
    """The stack that a quarter is looked at through. `networks`: vendors that are the place where a tool for social
    media works, and so no rivals of it."""

    stack: Stack
    products: tuple[KnownProduct, ...]
    networks: frozenset[str] = frozenset()


def index_stack(
    stack: Stack,
    canonical: Callable[[str], str] = str,
    aliases: Callable[[str], tuple[str, ...]] = lambda _: (),
    is_word: Callable[[str], bool] = lambda _: False,
) -> tuple[KnownProduct, ...]:
    """The stack's products as the judgement knows them. `canonical` gives the company behind a name, `aliases` other
    written forms of a product, `is_word` whether a name is an ordinary word."""
    return tuple(
        KnownProduct(
            product,
            canonical(product.vendor_or_name),
            canonical(product.name),
            tuple(dict.fromkeys((product.name, *product.aliases, *aliases(product.name)))),
            is_word(product.name),
        )
        for product in stack.products
    )


def find_ambiguous_names(stories: Iterable[Story], index: StackIndex) -> frozenset[str]:
    """The names of the stack that some story of the quarter writes as a word."""
    return _find_lowercase_names(
        stories, (form for one in index.products for form in (*one.written_forms, one.maker))
    )


def relate_stories(
    stories: Sequence[Story], index: StackIndex, ambiguous_names: frozenset[str] | None = None
) -> dict[str, tuple[Relation, ...]]:
    """Story id → its relations, the closest first; never empty. `words`: what `used_as_words` gave of the quarter,
    where `stories` are a part of it."""
    judge = _RelationFinder(
        index, find_ambiguous_names(stories, index) if ambiguous_names is None else ambiguous_names
    )
    return {story.id: judge.find_relations(story) for story in stories}


def get_closest_relation(relations: Sequence[Relation]) -> Relation:
    """The relation that leads."""
    return relations[0] if relations else NO_RELATION


def score_relations(relations: Mapping[str, Sequence[Relation]]) -> dict[str, float]:
    """Story id → points in the ranking: those of the closest relation, and half of an overlap beside it."""
    return {
        story: RELATION_POINTS[get_closest_relation(found).kind]
        + (0.4 if any(one.kind == "overlap" for one in found[1:]) else 0.0)
        for story, found in relations.items()
    }


# ---------------------------------------------------------------- judging


@dataclass(frozen=True, slots=True)
class _RelationFinder:
    index: StackIndex
    ambiguous_names: frozenset[str]  # names that the quarter's texts use as words

    def find_relations(self, story: Story) -> tuple[Relation, ...]:
        found = list(self._find_own_relations(story))
        found += self._find_overlaps(story, found) if found else self._find_market_relations(story)
        order = sorted(found, key=lambda one: RELATION_KINDS.index(one.kind))
        return tuple(order) or (NO_RELATION,)

    def _find_own_relations(self, story: Story) -> Iterator[Relation]:
        """Products and makers of ours that the story is about; a maker once, with all its products."""
        named = [one for one in self.index.products if self._is_named(story, one)]
        kinds = {one.product.name: self._classify_relation(story, one) for one in named}
        for one in named:
            if kinds[one.product.name][0] == "product":
                yield self._build_relation("product", story, [one], kinds[one.product.name][1])
        covered = {one.maker for one in named if kinds[one.product.name][0] == "product"}
        makers: dict[str, list[KnownProduct]] = {}
        for one in named:
            if one.maker not in covered:
                makers.setdefault(one.maker, []).append(one)
        vendors = [vendor.casefold() for vendor in story.tags.vendors]
        for maker, products in sorted(
            makers.items(), key=lambda row: _find_position(row[0].casefold(), vendors)
        ):
            yield self._build_relation("vendor", story, products, f"names {maker}")

    def _build_relation(
        self, kind: RelationKind, story: Story, ours: Sequence[KnownProduct], reason: str
    ) -> Relation:
        home = ours[0].product.categories
        category = story.tags.category if story.tags.category in home else next(iter(home), None)
        return Relation(
            kind, tuple(one.product.name for one in ours), ours[0].maker, category, reason=reason
        )

    def _is_named(self, story: Story, one: KnownProduct) -> bool:
        vendors = _fold_names(story.tags.vendors)
        return bool(
            vendors & {one.maker.casefold(), one.company.casefold()}
            or (
                not one.doubtful
                and any(
                    self._appears_in_title(story, form) for form in (one.maker, *one.written_forms)
                )
            )
        )

    def _appears_in_title(self, story: Story, form: str) -> bool:
        """Whether a title, or the name of a vendor's own blog, holds a name that nobody writes as a word."""
        if form in self.ambiguous_names or len(form) < 3:
            return False
        names = [member.item.source_name for member in story.items if member.item.tier == "vendor"]
        return any(
            _contains_name(text, form)
            for text in (*names, *(member.item.title for member in story.items))
        )

    def _classify_relation(self, story: Story, one: KnownProduct) -> tuple[RelationKind, str]:
        own_company = one.company.casefold() != one.maker.casefold()
        if own_company and one.company.casefold() in _fold_names(story.tags.vendors):
            return "product", f"names {one.company}"
        form = next(
            (form for form in one.written_forms if _contains_name(_join_story_text(story), form)),
            "",
        )
        same_name = one.maker.casefold() in {form.casefold() for form in one.written_forms}
        if form and not (same_name and story.tags.event in _COMPANY_EVENTS):
            return "product", f"names {form}"
        return "vendor", f"names {one.maker}"

    def _find_overlaps(self, story: Story, ours: Sequence[Relation]) -> Iterator[Relation]:
        """An overlap where a vendor of ours acts in a category that another of our products serves."""
        category = story.tags.category
        touched = {name for one in ours for name in one.products}
        mine = [one for one in self.index.products if one.product.name in touched]
        makers = {one.maker for one in mine}
        if story.tags.event not in _EXPANSION_EVENTS or any(
            category in one.product.categories for one in mine
        ):
            return
        others = [one for one in self._list_running_products(category) if one.maker not in makers]
        if others:
            reason = f"{mine[0].maker} acts in a category where you run {others[0].product.name}"
            yield Relation(
                "overlap",
                tuple(one.product.name for one in others),
                mine[0].maker,
                category,
                reason=reason,
            )

    def _find_market_relations(self, story: Story) -> Iterator[Relation]:
        """What somebody else does in our categories and those of our goals."""
        tags, category = story.tags, story.tags.category
        if not category or tags.event not in (_MARKET_EVENTS if tags.vendors else _NAMELESS_EVENTS):
            return
        vendor = tags.vendors[0] if tags.vendors else ""
        if category == "social-media" and vendor in self.index.networks:
            return
        acts = f"{vendor or 'another vendor'}: {tags.event} in {category}"
        running = self._list_running_products(category)
        if len({one.maker for one in running}) > 1:
            yield Relation(
                "overlap", tuple(one.product.name for one in running), vendor, category, reason=acts
            )
        elif running:
            yield Relation(
                "rival", tuple(one.product.name for one in running), vendor, category, reason=acts
            )
        goal = next(
            (goal.name for goal in self.index.stack.goals if category in goal.categories), ""
        )
        if goal and not running:
            yield Relation("gap", (), vendor, category, goal, acts)

    def _list_running_products(self, category: str | None) -> list[KnownProduct]:
        return [
            one
            for one in self.index.products
            if category in one.product.categories and one.product.status != "retiring"
        ]


def find_goal_gaps(stack: Stack) -> tuple[tuple[str, str], ...]:
    """Categories that a goal counts on and where nothing runs that stays: (category, goal)."""
    running = {
        slug for one in stack.products if one.status != "retiring" for slug in one.categories
    }
    found: dict[str, str] = {}
    for goal in stack.goals:
        for slug in goal.categories:
            if slug not in running:
                found.setdefault(slug, goal.name)
    return tuple(found.items())


def _find_position(name: str, names: Sequence[str]) -> int:
    """The place of a name among names; after all where it is not there."""
    return names.index(name) if name in names else len(names)


def _fold_names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _join_story_text(story: Story) -> str:
    """All titles, and the lead's first sentences."""
    lead = story.lead.item
    return "\n".join(
        [*(member.item.title for member in story.items), (lead.summary or lead.text)[:600]]
    )


def _contains_name(text: str, form: str) -> bool:
    """Whether a text holds a name as it is written and as a whole word; scripts without spaces put none beside it."""
    return (
        form in text
        and re.search(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", text) is not None
    )


def _find_lowercase_names(stories: Iterable[Story], names: Iterable[str]) -> frozenset[str]:
    """The names that some text writes in small letters. A name that has none anyway is a word."""
    asked = set(names)
    found = {name for name in asked if name == name.lower()}
    for story in stories:
        text = _join_story_text(story)
        found |= {name for name in asked - found if _contains_name(text, name.lower())}
    return frozenset(found)


# ---------------------------------------------------------------- why it matters to us

_SENTENCE_STARTS: Mapping[RelationKind, str] = {
    "product": "You run %(product)s for %(category)s",
    "vendor": "%(vendor)s makes %(product)s, which you run for %(category)s",
    "overlap": "For %(category)s you already run %(product)s",
    "rival": "For %(category)s you run %(product)s",
}
_SENTENCE_ENDS = {
    (False, ""): "",
    (True, ""): ", %(cost)s a year",
    (False, "notice"): ", notice by %(day)s",
    (True, "notice"): ", %(cost)s a year, notice by %(day)s",
    (False, "end"): ", contract to %(day)s",
    (True, "end"): ", %(cost)s a year, contract to %(day)s",
}
_GAP_SENTENCE = (
    "Your goal “%(goal)s” counts on %(category)s, where your stack holds no product that stays"
)
_RETIRING_SENTENCE = "You are retiring %(product)s"
TEMPLATES = (
    *(head + tail + "." for head in _SENTENCE_STARTS.values() for tail in _SENTENCE_ENDS.values()), _GAP_SENTENCE + ".", _RETIRING_SENTENCE + ".",
)  # fmt: skip


def explain_relations(
    relations: Sequence[Relation], stack: Stack, today: date, most: int = 3
) -> tuple[TranslatableText, ...]:
    """What a story has to do with us, in facts of stack.yaml alone; () where it has nothing."""
    products = {product.name: product for product in stack.products}
    notes = [note for one in relations for note in _build_sentences(one, products, today)]
    return tuple(dict.fromkeys(notes))[:most]


def _build_sentences(
    relation: Relation, products: Mapping[str, Product], today: date
) -> Iterator[TranslatableText]:
    if relation.kind == "gap":
        yield TranslatableText(
            _GAP_SENTENCE + ".", goal=relation.goal, category=_get_category_name(relation.category)
        )
    ours = [products[name] for name in relation.products if name in products]
    if relation.kind in ("product", "vendor") or len(ours) == 1:
        for product in ours[:2]:
            yield _describe_product(relation, product, today)
            if product.status == "retiring":
                yield TranslatableText(_RETIRING_SENTENCE + ".", product=product.name)
    elif ours:
        names = tuple(product.name for product in ours)
        yield TranslatableText(
            _SENTENCE_STARTS[relation.kind] + ".",
            product=names,
            category=_get_category_name(relation.category),
            vendor=relation.vendor,
        )


def _describe_product(relation: Relation, product: Product, today: date) -> TranslatableText:
    category = (
        relation.category
        if relation.category in product.categories
        else next(iter(product.categories), None)
    )
    day, kind = next_contract_date(product, today)
    head = _SENTENCE_STARTS[relation.kind]
    if relation.kind == "vendor" and relation.vendor.casefold() == product.name.casefold():
        head = _SENTENCE_STARTS["product"]
    if category is None:
        head = head.replace("For %(category)s you", "You").replace(" for %(category)s", "")
    template = head + _SENTENCE_ENDS[(product.cost is not None, kind)] + "."
    values: dict[str, object] = {
        "product": product.name, "category": _get_category_name(category), "vendor": relation.vendor,
        "cost": product.cost, "day": day,
    }  # fmt: skip
    return TranslatableText(
        template, **{name: value for name, value in values.items() if f"%({name})s" in template}
    )


def next_contract_date(product: Product, today: date) -> tuple[date | None, str]:
    """The date ahead that matters for a contract: (day, "notice"), else (day, "end"), else (None, "")."""
    if product.notice_by and product.notice_by >= today:
        return product.notice_by, "notice"
    if product.contract_end and product.contract_end >= today:
        return product.contract_end, "end"
    return None, ""


def _get_category_name(slug: str | None) -> str:
    return CATEGORIES[slug].name if slug and slug in CATEGORIES else ""
