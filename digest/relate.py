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

from digest.model import RELATION_KINDS, Event, Note, Product, Relation, RelationKind, Stack, Story
from digest.taxonomy import CATEGORIES

# Points in the ranking. A price change of a tool that we pay for comes before the same of one that we do not.
POINTS: Mapping[RelationKind, float] = {
    "product": 1.5, "vendor": 0.7, "overlap": 0.8, "rival": 0.3, "gap": 0.5, "none": 0.0,
}  # fmt: skip

NONE = Relation("none", reason="names nothing that the stack holds")
_ACTS: frozenset[Event] = frozenset(
    ("launch", "update", "acquisition", "funding", "partnership", "shutdown", "pricing", "people", "results")
)
_NAMELESS_ACTS: frozenset[Event] = frozenset(
    ("launch", "acquisition", "funding", "shutdown")
)  # only a vendor does them
# Where product and maker have one name, what happened tells which of them a story is about.
_OF_THE_COMPANY: frozenset[Event] = frozenset(
    ("acquisition", "funding", "partnership", "people", "results", "research", "regulation")
)
_WIDENS: frozenset[Event] = frozenset(("launch", "acquisition"))


@dataclass(frozen=True, slots=True)
class Known:
    """A product with the names by which the judgement and the texts know it."""

    product: Product
    maker: str  # as Tags.vendors writes it
    own: str  # likewise, where the product is known as a company of its own; else the maker
    forms: tuple[str, ...]  # as news write the product
    doubtful: bool = False  # a form is a word, too


@dataclass(frozen=True, slots=True)
class Lens:
    """The stack that a quarter is looked at through. `networks`: vendors that are the place where a tool for social
    media works, and so no rivals of it."""

    stack: Stack
    known: tuple[Known, ...]
    networks: frozenset[str] = frozenset()


def know(
    stack: Stack,
    canonical: Callable[[str], str] = str,
    aliases: Callable[[str], tuple[str, ...]] = lambda _: (),
    is_word: Callable[[str], bool] = lambda _: False,
) -> tuple[Known, ...]:
    """The stack's products as the judgement knows them. `canonical` gives the company behind a name, `aliases` other
    written forms of a product, `is_word` whether a name is an ordinary word."""
    return tuple(
        Known(
            product,
            canonical(product.maker),
            canonical(product.name),
            tuple(dict.fromkeys((product.name, *product.aliases, *aliases(product.name)))),
            is_word(product.name),
        )
        for product in stack.products
    )


def used_as_words(stories: Iterable[Story], lens: Lens) -> frozenset[str]:
    """The names of the stack that some story of the quarter writes as a word."""
    return _small_words(stories, (form for one in lens.known for form in (*one.forms, one.maker)))


def relate(
    stories: Sequence[Story], lens: Lens, words: frozenset[str] | None = None
) -> dict[str, tuple[Relation, ...]]:
    """Story id → its relations, the closest first; never empty. `words`: what `used_as_words` gave of the quarter,
    where `stories` are a part of it."""
    judge = _Judge(lens, used_as_words(stories, lens) if words is None else words)
    return {story.id: judge.relations(story) for story in stories}


def closest(relations: Sequence[Relation]) -> Relation:
    """The relation that leads."""
    return relations[0] if relations else NONE


def points(relations: Mapping[str, Sequence[Relation]]) -> dict[str, float]:
    """Story id → points in the ranking: those of the closest relation, and half of an overlap beside it."""
    return {
        story: POINTS[closest(found).kind] + (0.4 if any(one.kind == "overlap" for one in found[1:]) else 0.0)
        for story, found in relations.items()
    }


# ---------------------------------------------------------------- judging


@dataclass(frozen=True, slots=True)
class _Judge:
    lens: Lens
    words: frozenset[str]  # names that the quarter's texts use as words

    def relations(self, story: Story) -> tuple[Relation, ...]:
        found = list(self._ours(story))
        found += self._widening(story, found) if found else self._market(story)
        order = sorted(found, key=lambda one: RELATION_KINDS.index(one.kind))
        return tuple(order) or (NONE,)

    def _ours(self, story: Story) -> Iterator[Relation]:
        """Products and makers of ours that the story is about; a maker once, with all its products."""
        named = [one for one in self.lens.known if self._named(story, one)]
        kinds = {one.product.name: self._kind(story, one) for one in named}
        for one in named:
            if kinds[one.product.name][0] == "product":
                yield self._relation("product", story, [one], kinds[one.product.name][1])
        covered = {one.maker for one in named if kinds[one.product.name][0] == "product"}
        makers: dict[str, list[Known]] = {}
        for one in named:
            if one.maker not in covered:
                makers.setdefault(one.maker, []).append(one)
        vendors = [vendor.casefold() for vendor in story.tags.vendors]
        for maker, products in sorted(makers.items(), key=lambda row: _place(row[0].casefold(), vendors)):
            yield self._relation("vendor", story, products, f"names {maker}")

    def _relation(self, kind: RelationKind, story: Story, ours: Sequence[Known], reason: str) -> Relation:
        home = ours[0].product.categories
        category = story.tags.category if story.tags.category in home else next(iter(home), None)
        return Relation(kind, tuple(one.product.name for one in ours), ours[0].maker, category, reason=reason)

    def _named(self, story: Story, one: Known) -> bool:
        vendors = _folded(story.tags.vendors)
        return bool(
            vendors & {one.maker.casefold(), one.own.casefold()}
            or (not one.doubtful and any(self._in_title(story, form) for form in (one.maker, *one.forms)))
        )

    def _in_title(self, story: Story, form: str) -> bool:
        """Whether a title, or the name of a vendor's own blog, holds a name that nobody writes as a word."""
        if form in self.words or len(form) < 3:
            return False
        names = [member.item.source_name for member in story.items if member.item.tier == "vendor"]
        return any(_holds(text, form) for text in (*names, *(member.item.title for member in story.items)))

    def _kind(self, story: Story, one: Known) -> tuple[RelationKind, str]:
        own_company = one.own.casefold() != one.maker.casefold()
        if own_company and one.own.casefold() in _folded(story.tags.vendors):
            return "product", f"names {one.own}"
        form = next((form for form in one.forms if _holds(_words_of(story), form)), "")
        same_name = one.maker.casefold() in {form.casefold() for form in one.forms}
        if form and not (same_name and story.tags.event in _OF_THE_COMPANY):
            return "product", f"names {form}"
        return "vendor", f"names {one.maker}"

    def _widening(self, story: Story, ours: Sequence[Relation]) -> Iterator[Relation]:
        """An overlap where a vendor of ours acts in a category that another of our products serves."""
        category = story.tags.category
        touched = {name for one in ours for name in one.products}
        mine = [one for one in self.lens.known if one.product.name in touched]
        makers = {one.maker for one in mine}
        if story.tags.event not in _WIDENS or any(category in one.product.categories for one in mine):
            return
        others = [one for one in self._running(category) if one.maker not in makers]
        if others:
            reason = f"{mine[0].maker} acts in a category where you run {others[0].product.name}"
            yield Relation("overlap", tuple(one.product.name for one in others), mine[0].maker, category, reason=reason)

    def _market(self, story: Story) -> Iterator[Relation]:
        """What somebody else does in our categories and those of our goals."""
        tags, category = story.tags, story.tags.category
        if not category or tags.event not in (_ACTS if tags.vendors else _NAMELESS_ACTS):
            return
        vendor = tags.vendors[0] if tags.vendors else ""
        if category == "social-media" and vendor in self.lens.networks:
            return
        acts = f"{vendor or 'another vendor'}: {tags.event} in {category}"
        running = self._running(category)
        if len({one.maker for one in running}) > 1:
            yield Relation("overlap", tuple(one.product.name for one in running), vendor, category, reason=acts)
        elif running:
            yield Relation("rival", tuple(one.product.name for one in running), vendor, category, reason=acts)
        goal = next((goal.name for goal in self.lens.stack.goals if category in goal.categories), "")
        if goal and not running:
            yield Relation("gap", (), vendor, category, goal, acts)

    def _running(self, category: str | None) -> list[Known]:
        return [
            one for one in self.lens.known if category in one.product.categories and one.product.status != "retiring"
        ]


def gaps(stack: Stack) -> tuple[tuple[str, str], ...]:
    """Categories that a goal counts on and where nothing runs that stays: (category, goal)."""
    running = {slug for one in stack.products if one.status != "retiring" for slug in one.categories}
    found: dict[str, str] = {}
    for goal in stack.goals:
        for slug in goal.categories:
            if slug not in running:
                found.setdefault(slug, goal.name)
    return tuple(found.items())


def _place(name: str, names: Sequence[str]) -> int:
    """The place of a name among names; after all where it is not there."""
    return names.index(name) if name in names else len(names)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _words_of(story: Story) -> str:
    """All titles, and the lead's first sentences."""
    lead = story.lead.item
    return "\n".join([*(member.item.title for member in story.items), (lead.summary or lead.text)[:600]])


def _holds(text: str, form: str) -> bool:
    """Whether a text holds a name as it is written and as a whole word; scripts without spaces put none beside it."""
    return form in text and re.search(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", text) is not None


def _small_words(stories: Iterable[Story], names: Iterable[str]) -> frozenset[str]:
    """The names that some text writes in small letters. A name that has none anyway is a word."""
    asked = set(names)
    found = {name for name in asked if name == name.lower()}
    for story in stories:
        text = _words_of(story)
        found |= {name for name in asked - found if _holds(text, name.lower())}
    return frozenset(found)


# ---------------------------------------------------------------- why it matters to us

_HEADS: Mapping[RelationKind, str] = {
    "product": "You run %(product)s for %(category)s",
    "vendor": "%(vendor)s makes %(product)s, which you run for %(category)s",
    "overlap": "For %(category)s you already run %(product)s",
    "rival": "For %(category)s you run %(product)s",
}
_TAILS = {
    (False, ""): "",
    (True, ""): ", %(cost)s a year",
    (False, "notice"): ", notice by %(day)s",
    (True, "notice"): ", %(cost)s a year, notice by %(day)s",
    (False, "end"): ", contract to %(day)s",
    (True, "end"): ", %(cost)s a year, contract to %(day)s",
}
_GAP = "Your goal “%(goal)s” counts on %(category)s, where your stack holds no product that stays"
_RETIRING = "You are retiring %(product)s"
TEMPLATES = (
    *(head + tail + "." for head in _HEADS.values() for tail in _TAILS.values()), _GAP + ".", _RETIRING + ".",
)  # fmt: skip


def why(relations: Sequence[Relation], stack: Stack, today: date, most: int = 3) -> tuple[Note, ...]:
    """What a story has to do with us, in facts of stack.yaml alone; () where it has nothing."""
    products = {product.name: product for product in stack.products}
    notes = [note for one in relations for note in _notes(one, products, today)]
    return tuple(dict.fromkeys(notes))[:most]


def _notes(relation: Relation, products: Mapping[str, Product], today: date) -> Iterator[Note]:
    if relation.kind == "gap":
        yield Note(_GAP + ".", goal=relation.goal, category=_category(relation.category))
    ours = [products[name] for name in relation.products if name in products]
    if relation.kind in ("product", "vendor") or len(ours) == 1:
        for product in ours[:2]:
            yield _about(relation, product, today)
            if product.status == "retiring":
                yield Note(_RETIRING + ".", product=product.name)
    elif ours:
        names = tuple(product.name for product in ours)
        yield Note(
            _HEADS[relation.kind] + ".", product=names, category=_category(relation.category), vendor=relation.vendor
        )


def _about(relation: Relation, product: Product, today: date) -> Note:
    category = relation.category if relation.category in product.categories else next(iter(product.categories), None)
    day, kind = upcoming(product, today)
    head = _HEADS[relation.kind]
    if relation.kind == "vendor" and relation.vendor.casefold() == product.name.casefold():
        head = _HEADS["product"]
    if category is None:
        head = head.replace("For %(category)s you", "You").replace(" for %(category)s", "")
    template = head + _TAILS[(product.cost is not None, kind)] + "."
    values: dict[str, object] = {
        "product": product.name, "category": _category(category), "vendor": relation.vendor,
        "cost": product.cost, "day": day,
    }  # fmt: skip
    return Note(template, **{name: value for name, value in values.items() if f"%({name})s" in template})


def upcoming(product: Product, today: date) -> tuple[date | None, str]:
    """The date ahead that matters for a contract: (day, "notice"), else (day, "end"), else (None, "")."""
    if product.notice_by and product.notice_by >= today:
        return product.notice_by, "notice"
    if product.contract_end and product.contract_end >= today:
        return product.contract_end, "end"
    return None, ""


def _category(slug: str | None) -> str:
    return CATEGORIES[slug].name if slug and slug in CATEGORIES else ""
