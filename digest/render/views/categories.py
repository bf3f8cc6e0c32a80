"""What is new, by stack category: the company's own categories first, each story in a short entry.

A story that another page tells stands here in a few words with its page, so that a category shows
all that the briefing holds of it. What the briefing holds nothing of is named at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.model.edition import Edition, EditionStory, Section, StackView
from digest.model.stack import Goal, Product
from digest.render.views.context import StoryLimits, ViewContext
from digest.render.views.story import StoryRefView, StoryView, build_ref, build_story, refer_to
from digest.render.words import Localizer
from digest.taxonomy import CATEGORIES

_PAPER_TITLE = 52  # characters of the headline of a story that stands on another page
_WEB_TITLE = 160


@dataclass(frozen=True, slots=True)
class Entry:
    """A story in a short entry."""

    story: StoryView
    is_new: bool  # a new product
    label: str  # what happened, and what it is to products of other categories


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A stack category with what is new in it."""

    slug: str
    name: str
    ours: str  # what the company runs in it and which goal counts on it; "" for nothing
    entries: tuple[Entry, ...]  # new products first, then what concerns the company
    elsewhere: tuple[StoryRefView, ...]  # told in another section


@dataclass(frozen=True, slots=True)
class CategoriesView:
    """All categories with something new, and what is to be said of the others."""

    finding: str
    lead: str  # how many stories stand here, on other pages and in the register alone
    categories: tuple[CategoryView, ...]
    nothing: str  # the company's categories without anything new
    register_only: str  # those of which the register alone holds something


def build_categories(section: Section, context: ViewContext) -> CategoriesView:
    """Build the view of a section that is grouped by category.

    A company's own categories stand each by itself, in the order of its stack, all others together;
    without a stack each does, in the taxonomy's order.
    """
    edition, words = context.edition, context.words
    printed = context.printed_ids
    here = [one for one in (*section.briefs, *section.stories) if one.id in printed]
    ids = {story.id for story in here}
    others = [one for one in edition.stories if one.id in printed and one.id not in ids]
    new = _find_new_products(edition, here)
    groups: list[CategoryView] = []
    for slug in (*(list_own_categories(edition.stack) or CATEGORIES), None):
        told, elsewhere = (_take(some, slug, groups, edition.stack) for some in (here, others))
        if told or elsewhere:
            groups.append(_build_category(slug, told, elsewhere, new, context))
    nothing, register_only = _describe_missing(
        edition, {_choose_place(one, edition.stack) for one in (*here, *others)}, words
    )
    return CategoriesView(
        finding=_describe_finding(here, new, words),
        lead=_describe_counts(edition, len(here), len(others), words) if here or others else "",
        categories=tuple(groups),
        nothing=nothing,
        register_only=register_only,
    )


def _take(
    stories: Iterable[EditionStory],
    slug: str | None,
    groups: Iterable[CategoryView],
    stack: StackView | None,
) -> list[EditionStory]:
    """Return the stories of a category; for None those of no category that has a group."""
    if slug is not None:
        return [story for story in stories if _choose_place(story, stack) == slug]
    taken = {group.slug for group in groups}
    return [story for story in stories if _choose_place(story, stack) not in taken]


def _choose_place(story: EditionStory, stack: StackView | None) -> str | None:
    """Return the category that a story stands in: its own, else that of the product it concerns."""
    if story.category or stack is None:
        return story.category
    homes = (
        line.product.categories[0]
        for line in stack.lines
        if story.id in line.stories and line.product.categories
    )
    return next(homes, None)


def _build_category(
    slug: str | None,
    told: Sequence[EditionStory],
    elsewhere: Sequence[EditionStory],
    new: frozenset[str],
    context: ViewContext,
) -> CategoryView:
    words, options, stack = context.words, context.options, context.edition.stack
    limits = options.limits
    if options.brief:
        limits = replace(limits, sentences=1, whys=1, quotes=0, sources=1, contexts=0)
    own = {story_id for line in stack.lines for story_id in line.stories} if stack else set()
    length = _PAPER_TITLE if options.brief else _WEB_TITLE
    name = words.translate("Other categories") if stack else words.translate("Other")
    return CategoryView(
        slug=slug or "other",
        name=words.translate_category(slug) if slug else name,
        ours=_describe_ours(stack, slug, words) if stack and slug else "",
        entries=tuple(
            _build_entry(story, slug, story.id in new, limits, context)
            for story in sorted(
                told, key=lambda one: (one.id not in new, one.id not in own, -one.score)
            )
        ),
        elsewhere=tuple(build_ref(refer_to(story), context, length) for story in elsewhere),
    )


def _build_entry(
    story: EditionStory, slug: str | None, is_new: bool, limits: StoryLimits, context: ViewContext
) -> Entry:
    view, stack, words = build_story(story, limits, context), context.edition.stack, context.words
    parts = (
        view.category if slug is None else "",
        "" if is_new else view.event,
        _describe_tie(story, slug, stack, words) if stack else "",
    )
    return Entry(view, is_new, " · ".join(filter(None, parts)))


def list_own_categories(stack: StackView | None) -> list[str]:
    """Return the categories of the company's products, then those that its goals count on."""
    if stack is None:
        return []
    of_products = [slug for line in stack.lines for slug in line.product.categories]
    of_goals = [slug for goal in stack.goals for slug in goal.categories]
    return list(dict.fromkeys((*of_products, *of_goals)))


def _find_new_products(edition: Edition, here: Sequence[EditionStory]) -> frozenset[str]:
    """Return the ids of stories about new products; without a register each launch is one."""
    if edition.register:
        return frozenset(row.story for row in edition.register if row.new_product)
    return frozenset(story.id for story in here if story.event == "launch")


def _list_products(stack: StackView, slug: str) -> list[Product]:
    products = [line.product for line in stack.lines]
    return [product for product in products if slug in product.categories]


def _describe_ours(stack: StackView, slug: str, words: Localizer) -> str:
    """Say what the company runs in a category, and which goals count on it."""
    lines = [line for line in stack.lines if slug in line.product.categories]
    goals: list[Goal] = [goal for goal in stack.goals if slug in goal.categories]
    parts = []
    if lines:
        names = words.join_names(line.product.name for line in lines)
        parts.append(words.translate("you run %(names)s", names=names))
    elif goals:
        parts.append(words.translate("you run nothing here"))
    if goals:
        names = words.join_names(words.translate("“%(name)s”", name=goal.name) for goal in goals)
        parts.append(words.translate("goal: %(names)s", names=names))
    return "; ".join(parts)


def _describe_tie(story: EditionStory, slug: str | None, stack: StackView, words: Localizer) -> str:
    """Say which products of other categories a story, or the maker that it is about, concerns."""
    near = {product.name for product in _list_products(stack, slug)} if slug else set()
    names = [line.product.name for line in stack.lines if story.id in line.stories]
    if not names or not near.isdisjoint(names) or story.relation is None:
        return ""
    joined = words.join_names(names)
    if story.relation.kind == "product":
        return words.translate("about your %(names)s", names=joined)
    return words.translate("about the maker of your %(names)s", names=joined)


def _describe_finding(here: Sequence[EditionStory], new: frozenset[str], words: Localizer) -> str:
    number = sum(story.id in new for story in here)
    parts = []
    if here:
        parts.append(words.translate_plural("%(n)s story", "%(n)s stories", len(here)))
    if number:
        parts.append(words.translate_plural("%(n)s new product", "%(n)s new products", number))
    return ", ".join(parts)


def _describe_counts(edition: Edition, here: int, elsewhere: int, words: Localizer) -> str:
    """Say where the quarter's stories stand, in figures that add up."""
    values = {"here": words.format_number(here), "elsewhere": words.format_number(elsewhere)}
    if not edition.register:
        return words.translate("Told here: %(here)s; on other pages: %(elsewhere)s.", **values)
    total = len(edition.register)
    return words.translate(
        "Stories of this quarter: %(total)s. Told here: %(here)s; on other pages: %(elsewhere)s; "
        "in the register alone: %(rest)s.",
        total=words.format_number(total),
        rest=words.format_number(max(0, total - here - elsewhere)),
        **values,
    )


def _describe_missing(
    edition: Edition, told: Iterable[str | None], words: Localizer
) -> tuple[str, str]:
    """Name the company's categories of which nothing was found, and those of the register alone."""
    stack, present = edition.stack, set(told)
    counts = Counter(row.category for row in edition.register)
    missing = [slug for slug in list_own_categories(stack) if slug not in present]
    nothing, listed = [], []
    for slug in missing:
        category = words.translate_category(slug)
        if counts[slug]:
            listed.append(f"{category} ({words.format_number(counts[slug])})")
            continue
        products = [product.name for product in _list_products(stack, slug)] if stack else []
        names = words.join_names(products)
        nothing.append(f"{category} ({names})" if products else category)
    texts = (
        (words.translate("Nothing new found in: %(names)s.", names="; ".join(nothing)), nothing),
        (words.translate("In the register alone: %(names)s.", names="; ".join(listed)), listed),
    )
    first, second = (text if names else "" for text, names in texts)
    return first, second
