"""What is new, by stack category: the company's own categories first, each story in a short entry.

A story that another page tells or names stands here in a few words with its page. On paper what is
left is named, too, new products, launches and updates first and apart from other news; for what
there is no room is counted. Categories without any are named at the end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from digest.i18n import N_
from digest.model.edition import (
    Edition,
    EditionStory,
    RegisterRow,
    Section,
    Sentence,
    StackView,
    StoryRef,
)
from digest.model.sections import THEME_SECTION
from digest.model.stack import Goal, Product
from digest.model.tags import Event
from digest.render.views.context import StoryLimits, ViewContext
from digest.render.views.opportunities import OpportunitiesView, build_opportunities
from digest.render.views.story import (
    StoryRefView,
    StoryView,
    build_ref,
    build_story,
    mark_language,
    refer_to,
)
from digest.render.words import Localizer
from digest.taxonomy import CATEGORIES
from digest.text import is_issue_title, list_words

_PAPER_TITLE = 55  # characters of the headline of a story that stands on another page
_LISTED_TITLE = 66  # of one that stands on no other
_WEB_TITLE = 160
_MAX_SENTENCE = 260  # characters of a sentence
_MIN_NAMED = 3  # stories of a category, as far as there are so many
_NEWS = ("launch", "update")
_MAX_NEWS_ELSEWHERE = 8  # launches and updates of a category that other pages tell
_FIRST_WORDS, _FULL_WORD = 2, 4  # of a sentence; letters of one that says something
_STEM = 5  # letters in which forms of a word are alike
_SHARED_WORDS = 0.25  # of a headline that the sentence in its place has
_SHORT = 200  # characters of a sentence that says what a named release is
_OF_SPEAKER = re.compile(
    r"\b(?:[Ww]e|[Oo]urs?|us|I|[Mm]y|[Ww]ir|[Uu]nser\w*|[Nn]oi|[Nn]ous|[Nn]uestr\w+)\b"
)
_MAX_LISTED = 2  # stories that the register alone holds and a category names


@dataclass(frozen=True, slots=True)
class Entry:
    """A story in a short entry."""

    story: StoryView
    is_new: bool  # a new product
    label: str  # what happened, and what it is to products of other categories


@dataclass(frozen=True, slots=True)
class _Piece:
    """A story of the quarter, whether or not the briefing tells it."""

    id: str
    category: str | None
    ref: StoryRef
    said: Sentence | None = None  # a sentence of it
    title: str = ""  # as the source has it
    withdrawn_by: str | None = None  # the story that tells that the product was withdrawn


_T = TypeVar("_T", EditionStory, _Piece)


@dataclass(frozen=True, slots=True)
class NamedStory:
    """A story that stands in a few words, for its place or because no part tells it."""

    story: StoryRefView
    text: str = ""  # a whole sentence in place of its headline
    withdrawn: bool = False
    withdrawn_href: str = ""  # where the briefing tells that it was withdrawn


@dataclass(frozen=True, slots=True)
class NewsList:
    """Stories of a category of one kind: new products, launches and updates, or other news."""

    label: str
    elsewhere: tuple[NamedStory, ...]  # that other parts tell
    named: tuple[NamedStory, ...]  # that none tells

    @property
    def named_by_source(self) -> tuple[tuple[str, tuple[NamedStory, ...]], ...]:
        """The stories that are named, under the name of their source, as it first comes."""
        found: dict[str, list[NamedStory]] = {}
        for one in self.named:
            found.setdefault(one.story.source, []).append(one)
        return tuple((source, tuple(stories)) for source, stories in found.items())


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A stack category with what is new in it."""

    slug: str
    name: str
    ours: str  # what the company runs in it and which goal counts on it; "" for nothing
    entries: tuple[Entry, ...]  # new products first, then what concerns the company
    elsewhere: tuple[StoryRefView, ...]  # on the page: told or named in another section
    lists: tuple[NewsList, ...]  # on paper: what stands elsewhere or nowhere, by kind
    listed: tuple[NamedStory, ...]  # on the page: others of the register alone, if they are few
    more: str  # how many others there are; "" for none
    silence: str  # that it has no launch or update, where it surely has none


@dataclass(frozen=True, slots=True)
class CategoriesView:
    """All categories with something new, and what is to be said of the others."""

    finding: str
    lead: str  # how many stories stand here, on other pages and in the register alone
    opportunities: OpportunitiesView | None  # what could add to the company's plan
    categories: tuple[CategoryView, ...]
    nothing: str  # the company's categories without anything new


def build_categories(section: Section, context: ViewContext) -> CategoriesView:
    """Build the view of a section that is grouped by category.

    A company's own categories stand each by itself, in the order of its stack, all others together;
    without a stack each does, in the taxonomy's order.
    """
    edition, words = context.edition, context.words
    printed = context.printed_ids
    moved = list_stories_without_theme(context)
    all_here = [one for one in (*section.briefs, *section.stories, *moved) if one.id in printed]
    brief = context.options.brief
    opportunities = build_opportunities(context, all_here if brief else ())
    in_table = opportunities.told if opportunities and brief else frozenset()
    here = [story for story in all_here if story.id not in in_table]
    ids = {story.id for story in all_here} | in_table
    pieces = _list_pieces(edition)
    others = [piece for piece in pieces if piece.id not in ids]
    if brief:  # what could add to the plan is of a category, too
        others += [piece for piece in pieces if piece.id in in_table]
    new = _find_new_products(edition, here)
    own = list_own_categories(edition.stack)
    groups: list[CategoryView] = []
    for slug in (*(own or CATEGORIES), None):
        told = _take(here, slug, groups, edition.stack)
        rest = _take(others, slug, groups, edition.stack)
        is_named = any(context.find_place(piece.id) for piece in rest)
        is_new = brief and any(piece.ref.event in _NEWS for piece in rest)
        if told or is_named or is_new or (rest and slug in own):
            groups.append(_build_category(slug, told, rest, new, context))
    context.groups.update(group.slug for group in groups)
    named = sum(len(group.listed) for group in groups) if brief else 0
    named += sum(len(one.named) for group in groups for one in group.lists)
    told_here = {story.id for story in all_here}
    told_here |= in_table - (opportunities.pointed if opportunities else frozenset())
    left = [piece for piece in pieces if piece.id not in told_here]
    elsewhere = sum(bool(context.find_place(piece.id)) for piece in left) - named
    news_left = sum(
        row.event in _NEWS and not context.find_place(row.story) for row in edition.register
    )
    return CategoriesView(
        finding=_describe_finding(edition, all_here, new, words),
        lead=_describe_counts(edition, len(told_here), named, elsewhere, news_left, words),
        opportunities=opportunities,
        categories=tuple(groups),
        nothing=_describe_missing(edition, {group.slug for group in groups}, words),
    )


def list_stories_without_theme(context: ViewContext) -> list[EditionStory]:
    """Return the stories of themes for which the medium has no room."""
    edition, number = context.edition, context.options.themes
    if number is None or number >= len(edition.themes):
        return []
    kept = {story_id for theme in edition.themes[:number] for story_id in theme.stories}
    of_themes = (one for one in edition.sections if one.slug == THEME_SECTION)
    return [story for one in of_themes for story in one.stories if story.id not in kept]


def _refer_to_row(row: RegisterRow) -> StoryRef:
    return StoryRef(
        row.story, row.headline, row.language, row.url, row.source, row.published, row.event, None
    )


def _list_pieces(edition: Edition) -> list[_Piece]:
    """Return all stories of the quarter, best first."""
    told = (*edition.stories, *edition.briefs)
    said = {story.id: story.summary[0] for story in told if story.summary}
    said |= {row.story: row.sentence for row in edition.register if row.sentence}
    pieces = [
        _Piece(
            row.story,
            row.category,
            _refer_to_row(row),
            said.get(row.story),
            row.title,
            row.withdrawn_by,
        )
        for row in sorted(edition.register, key=lambda row: row.rank)
    ]
    known = {piece.id for piece in pieces}
    return pieces + [
        _Piece(one.id, one.category, refer_to(one)) for one in told if one.id not in known
    ]


def _take(
    stories: Iterable[_T],
    slug: str | None,
    groups: Iterable[CategoryView],
    stack: StackView | None,
) -> list[_T]:
    """Return the stories of a category; for None those of no category that has a group."""
    if slug is not None:
        return [story for story in stories if _choose_place(story, stack) == slug]
    taken = {group.slug for group in groups}
    return [story for story in stories if _choose_place(story, stack) not in taken]


def _choose_place(story: EditionStory | _Piece, stack: StackView | None) -> str | None:
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
    rest: Sequence[_Piece],
    new: frozenset[str],
    context: ViewContext,
) -> CategoryView:
    words, options, stack = context.words, context.options, context.edition.stack
    limits = options.limits
    if options.brief:
        limits = replace(limits, sentences=1, whys=1, quotes=0, sources=1, contexts=0)
    own = {story_id for line in stack.lines for story_id in line.stories} if stack else set()
    rest = sorted(rest, key=lambda piece: piece.id not in own)  # stable: else the best first
    placed = [
        piece
        for piece in rest
        if context.find_place(piece.id) and not (options.brief and piece.id in context.bare)
    ]
    ids = {piece.id for piece in placed}
    left = [piece for piece in rest if piece.id not in ids]
    readable = _list_readable(left, own, context)
    shown = _choose_placed(placed, told, context)
    listed = _choose_listed(readable or left, told, placed, context) if slug else []
    ids = {piece.id for piece in listed}
    named = _choose_named([piece for piece in readable if piece.id not in ids], context)
    ids |= {piece.id for piece in named} | context.bare
    name = words.translate("Other categories") if stack else words.translate("Other")
    events = [*(story.event for story in told), *(piece.ref.event for piece in rest)]
    if stack:  # what is new in a product stands in one of its categories
        here = {one.name for one in _list_products(stack, slug)} if slug else set[str]()
        events += [
            ref.event for line in stack.lines if line.product.name in here for ref in line.news
        ]
    return CategoryView(
        slug=slug or "other",
        name=words.translate_category(slug) if slug else name,
        ours=_describe_ours(stack, slug, words) if stack and slug else "",
        silence=_describe_no_news(slug, [*told, *rest], events, context) if slug else "",
        entries=tuple(
            _build_entry(story, slug, story.id in new, limits, context)
            for story in sorted(
                told, key=lambda one: (one.id not in new, one.id not in own, -one.score)
            )
        ),
        elsewhere=() if options.brief else tuple(_point_to(piece, context) for piece in shown),
        lists=_build_lists(shown, listed, named, new, context) if options.brief else (),
        listed=() if options.brief else tuple(_name_story(piece, context) for piece in listed),
        more=_describe_more(
            0 if options.brief else len(placed) - len(shown),
            [piece for piece in left if piece.id not in ids],
            words,
        ),
    )


def _describe_no_news(
    slug: str,
    stories: Sequence[EditionStory | _Piece],
    events: Sequence[Event | None],
    context: ViewContext,
) -> str:
    """Say that a category surely has no launch or update, or where those of its products stand."""
    words, stack = context.words, context.edition.stack
    if not any(event is None or event in _NEWS for event in events):
        return words.translate(N_("No launch or update found."))
    here = (one.event if isinstance(one, EditionStory) else one.ref.event for one in stories)
    if stack is None or any(event is None or event in _NEWS for event in here):
        return ""
    homes = {
        product.name: product.categories[0]
        for product in _list_products(stack, slug)
        if product.categories[0] != slug
        for line in stack.lines
        if line.product == product and any(ref.event in _NEWS for ref in line.news)
    }
    if len(set(homes.values())) != 1:
        return ""
    return words.translate(
        N_("Launches and updates of %(names)s stand under %(category)s."),
        names=words.join_names(homes),
        category=words.translate_category(next(iter(homes.values()))),
    )


def _choose_placed(
    placed: Sequence[_Piece], told: Sequence[EditionStory], context: ViewContext
) -> Sequence[_Piece]:
    """Return the stories of a category that stand elsewhere and are pointed to.

    A paper points to what is new first. Where a category of it has entries of its own, other news
    are pointed to where page one or the page of claims has them, and all else is counted.
    """
    options = context.options
    if not options.brief:
        return placed[: options.pointers]
    news = [one for one in placed if one.ref.event in _NEWS]
    others = [one for one in placed if one.ref.event not in _NEWS]
    if told:
        pointed = {claim.story.id for claim in context.edition.claims}
        pointed |= {one.id for one in context.first_stories if one.event is None}
        others = [one for one in others if one.id in pointed]
    return [*news[:_MAX_NEWS_ELSEWHERE], *others[: options.pointers]]


def _choose_listed(
    left: list[_Piece],
    told: Sequence[EditionStory],
    placed: Sequence[_Piece],
    context: ViewContext,
) -> list[_Piece]:
    """Return the stories that no part tells and of which a category has a sentence.

    On paper what is new needs the room, but for what is about a product of the company; this stands
    first in `left` then.
    """
    number = _MAX_LISTED if len(left) <= _MAX_LISTED else _MIN_NAMED - len(told) - len(placed)
    if context.options.brief and (told or placed):
        stack = context.edition.stack
        about = {ref.id for line in stack.lines for ref in line.news} if stack else set[str]()
        left.sort(key=lambda piece: piece.id not in about)  # stable
        number = min(1, sum(piece.id in about and piece.ref.event not in _NEWS for piece in left))
    return left[: max(0, number)]


def _list_readable(
    pieces: list[_Piece], own: Collection[str], context: ViewContext
) -> list[_Piece]:
    """Return the stories that paper may name: in the edition's language, or in English.

    What the reader may not be able to read names nothing, but for stories of `own` products. The
    page has all.
    """
    if not context.options.brief:
        return pieces
    return [
        piece
        for piece in pieces
        if piece.id in own or mark_language(piece.ref.language, context.words) in ("", "EN")
    ]


def _choose_named(left: Sequence[_Piece], context: ViewContext) -> Sequence[_Piece]:
    """Return the stories that paper names, launches and updates first; the page has all rows."""
    if not context.options.brief:
        return ()
    room, named = context.options.named, list[_Piece]()
    # Stable: else the best first.
    for piece in sorted(left, key=lambda piece: piece.ref.event not in _NEWS):
        least = context.options.news if piece.ref.event in _NEWS else 0
        if room is not None and len(named) >= max(room, least):
            break
        # An issue of a letter and a round-up name no thing in their titles.
        if not is_issue_title(piece.title) and not is_issue_title(piece.ref.title):
            named.append(piece)
    return named


def _build_lists(
    shown: Sequence[_Piece],
    listed: Sequence[_Piece],
    named: Sequence[_Piece],
    new: frozenset[str],
    context: ViewContext,
) -> tuple[NewsList, ...]:
    """Build the lists of a category on paper: new products, other releases, other news."""
    words = context.words

    own_use = {row.story for row in context.edition.register if row.own_use}

    def find_kind(piece: _Piece) -> int:
        if piece.id in new:
            return 0
        if piece.id in own_use:
            return 2
        return 1 if piece.ref.event in _NEWS else 3

    labels = (
        words.translate(N_("New products:")),
        words.translate(N_("Launches and updates:")),
        words.translate(N_("Shops and brands for their own customers:")),
        words.translate(N_("Also in the news:")),
    )
    lists = []
    for kind, label in enumerate(labels):
        elsewhere = tuple(
            _mark_withdrawn(piece, NamedStory(_point_to(piece, context)), context)
            for piece in shown
            if find_kind(piece) == kind
        )
        here = tuple(
            _name_story(piece, context)
            if piece in listed and not context.options.concise
            else _name_story(piece, context, whole=_can_be_whole(piece, context), longest=_SHORT)
            for piece in (*listed, *named)
            if find_kind(piece) == kind
        )
        if elsewhere or here:
            lists.append(NewsList(label, elsewhere, here))
    return tuple(lists)


def _can_be_whole(piece: _Piece, context: ViewContext) -> bool:
    """Return whether a story that is named may stand in its sentence."""
    return piece.ref.event in _NEWS and not context.options.concise


def _says_what(piece: _Piece, longest: int) -> bool:
    """Return whether a story's sentence says what its headline is about, in `longest` characters.

    It begins with a word of the headline, has a good part of its words, and does not only announce
    in the first person: who recommends a thing, or praises it, does not say what it is.
    """
    text = piece.said.text if piece.said else ""
    title = {word.casefold() for word in list_words(piece.ref.title)}
    words = [word.casefold() for word in list_words(text)]
    begins = any(word in title for word in words[:_FIRST_WORDS] if len(word) >= _FULL_WORD)
    stems = {word[:_STEM] for word in title if len(word) >= _FULL_WORD}
    shared = stems & {word[:_STEM] for word in words}
    return (
        begins
        and len(shared) >= _SHARED_WORDS * len(stems)
        and len(text) <= longest
        and _OF_SPEAKER.search(text) is None
    )


def _point_to(piece: _Piece, context: ViewContext) -> StoryRefView:
    """Return a reference to the place where another part tells or names a story."""
    view = build_ref(piece.ref, context, _PAPER_TITLE if context.options.brief else _WEB_TITLE)
    return replace(view, href=context.find_place(piece.id))


def _name_story(
    piece: _Piece, context: ViewContext, *, whole: bool = True, longest: int = _MAX_SENTENCE
) -> NamedStory:
    """Build a story that no part tells, to which other parts of a paper may point.

    `whole`: with its sentence, which stands whole or not at all, and for a release has to say what
    the headline says, in `longest` characters.
    """
    is_telling = whole and (piece.ref.event not in _NEWS or _says_what(piece, longest))
    said = piece.said if is_telling else None
    text = context.fit_text(said.text, _MAX_SENTENCE).removesuffix(".") if said else ""
    if not said or text.endswith("…"):
        said, text = None, ""
    ref = replace(piece.ref, source=said.source, url=said.url) if said else piece.ref
    story = build_ref(ref, context, _LISTED_TITLE, marks=context.options.brief)
    return _mark_withdrawn(piece, NamedStory(story, text), context)


def _mark_withdrawn(piece: _Piece, named: NamedStory, context: ViewContext) -> NamedStory:
    """Say of a product that was withdrawn since that it was, and where that is told."""
    if piece.withdrawn_by is None:
        return named
    href = context.find_place(piece.withdrawn_by)
    return replace(named, withdrawn=True, withdrawn_href=href)


def _describe_more(elsewhere: int, listed: Sequence[_Piece], words: Localizer) -> str:
    """Say how many stories of a category stand elsewhere without a pointer, and where.

    `listed` are those of the register alone; where no release is among them, that is said.
    """
    parts = []
    if elsewhere:
        parts.append(
            words.translate_plural(
                "%(n)s more elsewhere in this briefing",
                "%(n)s more elsewhere in this briefing",
                elsewhere,
            )
        )
    if any(piece.ref.event in _NEWS for piece in listed):
        parts.append(
            words.translate_plural(
                "%(n)s more in the register alone",
                "%(n)s more in the register alone",
                len(listed),
            )
        )
    elif listed:
        parts.append(
            words.translate_plural(
                "Other news: %(n)s in the register alone",
                "Other news: %(n)s in the register alone",
                len(listed),
            )
        )
    return "; ".join(parts)


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
        parts.append(words.translate("we run %(names)s", names=names))
    elif goals:
        parts.append(words.translate("we run nothing here"))
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
        return words.translate("about our %(names)s", names=joined)
    return words.translate("about the maker of our %(names)s", names=joined)


def _describe_finding(
    edition: Edition, here: Sequence[EditionStory], new: frozenset[str], words: Localizer
) -> str:
    """Return how many launches and updates there were; where few are sure, what stands here."""
    news = sum(
        row.event in _NEWS and not row.new_product and not row.own_use for row in edition.register
    )
    others = sum(story.id not in new for story in here)
    if news and news >= others:
        told = words.translate_plural("%(n)s launch or update", "%(n)s launches and updates", news)
    elif others:
        told = words.translate_plural("%(n)s story", "%(n)s stories", others)
    elif not new:
        return ""
    else:
        told = ""
    if not new:
        return told
    products = words.translate_plural("%(n)s new product", "%(n)s new products", len(new))
    return ", ".join(filter(None, (told, products)))


def _describe_counts(
    edition: Edition, here: int, named: int, elsewhere: int, news_left: int, words: Localizer
) -> str:
    """Say where the quarter's stories stand, in figures that add up.

    `news_left` are the launches and updates that the register alone has.
    """
    if not here + named + elsewhere:
        return ""
    if not edition.register:
        values = {"here": words.format_number(here), "elsewhere": words.format_number(elsewhere)}
        return words.translate("Told here: %(here)s; on other pages: %(elsewhere)s.", **values)
    total = len(edition.register)
    values = {"total": words.format_number(total)}
    rest = words.format_number(max(0, total - here - named - elsewhere))
    if news_left:
        rest = words.translate(
            "%(rest)s, launches and updates among them: %(news)s",
            rest=rest,
            news=words.format_number(news_left),
        )
    elif total > here + named + elsewhere:
        rest = words.translate("%(rest)s, none of them surely a launch or an update", rest=rest)
    values["rest"] = rest
    return words.translate(
        "Of %(total)s stories of this quarter %(told)s stand in this briefing; in the register "
        "of the HTML edition alone: %(rest)s.",
        told=words.format_number(here + named + elsewhere),
        **values,
    )


def _describe_missing(edition: Edition, present: Collection[str], words: Localizer) -> str:
    """Name the company's categories of which nothing was found, with what is run there.

    Where something is told of a product of it in another category, that is said.
    """
    stack, nothing = edition.stack, []
    told = {line.product.name for line in stack.lines if line.news} if stack else set[str]()
    for slug in list_own_categories(stack):
        here = _list_products(stack, slug) if stack else ()
        if slug not in present:
            category = words.translate_category(slug)
            names = words.join_names(one.name for one in here)
            if any(one.name in told for one in here):
                names = words.translate(N_("%(names)s: in other categories"), names=names)
            nothing.append(f"{category} ({names})" if names else category)
    if not nothing:
        return ""
    return words.translate("Nothing new found in: %(names)s.", names="; ".join(nothing))
