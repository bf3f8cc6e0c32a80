"""What to leave to the register so that the paper keeps to its pages: whole stories, least first.

Type size never changes. Deals, rules and whatever touches the company's own stack always stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.model.edition import Edition, EditionStory
from digest.model.sections import BRIEF_SECTION, SECTION_KINDS, SECTIONS_BY_SLUG

_MAX_A_PAGE = 14  # stories; no page ever held more
_OTHER_PAGES = 1  # at least: page one
_LAST_STEP = 1 + max(kind.drop_step for kind in SECTION_KINDS)
_LEAST_REGISTER = 0.15  # pages; for so many no story gives way that is told in a sentence
_FULL_REGISTER = 2.0  # pages
_REGISTER_SLACK = 0.05  # of a page: its headings take room, too
_BEST = 2  # stories of a category that go late
MANY_THEMES, _LEAST_THEMES = 4, 3
MANY_POINTERS, _LEAST_POINTERS = 4, 1
ALL_NAMED = 200
_NAMED_STEPS = (0, 2, 3, 5, 8, 12, 16, 24, ALL_NAMED)  # stories that a category names
MANY_NEWS, _LEAST_NEWS = 16, 4  # launches and updates that a category names all the same
MANY_CLAIMS, _LEAST_CLAIMS = 30, 3
_USABLE_SHARE = 0.8  # of the free room: what breaks leave of it
_LEAST_SHARE = 0.2
_MIN_ROOM = 0.1  # of a page: for less nothing is laid out anew
_NAME_ROOM = 0.02  # of a page: of a line or two


@dataclass(frozen=True, slots=True)
class PaperMeasurement:
    """A laid-out paper."""

    pages: int
    last: float  # the part of the last page that is filled
    heights: Mapping[str, float]  # story id → the part of a page that it takes

    @property
    def filled(self) -> float:
        """How many pages are filled."""
        return self.pages - 1 + self.last

    def count_excess_pages(self, budget: float) -> float:
        """Return how many pages of content stand beyond the budget; 0 where it is kept."""
        return max(0.0, self.pages - budget - 1 + self.last) if self.pages > budget else 0.0


@dataclass(frozen=True, slots=True)
class PaperChoice:
    """What is printed: all but `dropped`, and as much of the register."""

    dropped: frozenset[str]
    register_pages: float
    themes: int = MANY_THEMES  # that are told together
    pointers: int = MANY_POINTERS  # of a category to stories on other pages
    named: int = ALL_NAMED  # stories that a category names and does not tell, what is new first
    concise: bool = False  # what is named stands in its headline, lists of what is not ours are cut
    news: int = MANY_NEWS  # launches and updates that a category names however small `named` is
    claims: int = MANY_CLAIMS  # in words alone, of vendors that are not the company's own
    details: int = 2  # of the stack: 2 all, 1 without what feeds what and uses of AI, 0 no figures
    radar: bool = True  # the picture, whose verdicts the stack's table says, too
    room_share: float = _USABLE_SHARE  # of the free room that may be filled again
    restored: bool = False  # what was dropped too much has come back
    grown: bool = False  # the register has taken the room that was left


def refine_choice(
    choice: PaperChoice,
    order: Sequence[str],
    measured: PaperMeasurement,
    heights: Mapping[str, float],
    budget: int,
) -> PaperChoice:
    """Return a better choice for a paper that was measured, the same one where it is good.

    Lines of the register go first, then the fourth theme, whose stories stand in their categories,
    most of what points to other pages and the picture of what feeds what, then stories in `order`,
    then unproven claims of vendors that are not the company's own, most names of what is told
    nowhere, figures of use and goals, sentences of what is named and the ends of long lists, most
    launches and updates that categories name, the rest of the register, and the radar. Room that
    is left goes to names, then to stories, then to the register, once each. `heights` are those of
    all stories that were laid out so far.
    """
    if measured.count_excess_pages(budget):
        return _shorten_paper(choice, order, measured, budget)
    room = (budget - measured.pages + 1 - measured.last) * choice.room_share
    if choice.named < ALL_NAMED and room >= _NAME_ROOM:
        more = next(number for number in _NAMED_STEPS if number > choice.named)
        return replace(choice, named=more)
    if choice.dropped and not choice.restored:
        dropped = restore_stories(order, choice.dropped, heights, room)
        if dropped != choice.dropped:
            return replace(choice, dropped=dropped, restored=True)
    if room >= _MIN_ROOM and not choice.grown and choice.register_pages < _FULL_REGISTER:
        pages = min(_FULL_REGISTER, choice.register_pages + room)
        return replace(choice, register_pages=pages, restored=True, grown=True)
    return choice


def fill_less(choice: PaperChoice) -> PaperChoice | None:
    """Return the choice for less of the free room, after what came back was too much.

    None where it is not worth another layout.
    """
    share = choice.room_share / 2
    return replace(choice, room_share=share) if share >= _LEAST_SHARE else None


def _shorten_paper(
    choice: PaperChoice, order: Sequence[str], measured: PaperMeasurement, budget: int
) -> PaperChoice:
    """Return the choice without what is to go next from a paper beyond its budget."""
    if choice.register_pages > _LEAST_REGISTER:
        shorter = budget + choice.register_pages - _LEAST_REGISTER
        dropped = choice.dropped
        is_rich = choice.themes > _LEAST_THEMES or choice.pointers > _LEAST_POINTERS
        if measured.count_excess_pages(shorter) and is_rich:
            return replace(
                choice,
                register_pages=_LEAST_REGISTER,
                themes=_LEAST_THEMES,
                pointers=_LEAST_POINTERS,
            )
        if measured.count_excess_pages(shorter):
            dropped = extend_drop(order, dropped, measured, shorter)
        return replace(choice, dropped=dropped, register_pages=_LEAST_REGISTER)
    if choice.themes > _LEAST_THEMES:
        return replace(choice, themes=_LEAST_THEMES)
    if choice.pointers > _LEAST_POINTERS:
        return replace(choice, pointers=_LEAST_POINTERS)
    if choice.details > 1:
        return replace(choice, details=1)
    if len(choice.dropped) < len(order):
        return replace(choice, dropped=extend_drop(order, choice.dropped, measured, budget))
    return _shorten_rest(choice, measured.count_excess_pages(budget))


def _shorten_rest(choice: PaperChoice, excess: float) -> PaperChoice:
    """Return the choice without what goes when no story is left to go."""
    if choice.claims:
        return replace(choice, claims=_LEAST_CLAIMS if choice.claims > _LEAST_CLAIMS else 0)
    if choice.details:
        return replace(choice, details=0)
    if choice.named > _NAMED_STEPS[0]:
        less = next(number for number in reversed(_NAMED_STEPS) if number < choice.named)
        return replace(choice, named=less)
    if not choice.concise:
        return replace(choice, concise=True)
    if choice.news > _LEAST_NEWS:
        return replace(choice, news=choice.news // 2)
    if choice.register_pages == 0 and choice.radar:
        return replace(choice, radar=False)
    left = max(0.0, choice.register_pages - excess - _REGISTER_SLACK)
    return replace(choice, register_pages=left)


def compute_drop_order(edition: Edition) -> tuple[str, ...]:
    """Return the ids of the stories that may go, in the order in which they go.

    They go by the step of their section's kind, then by score; one that has a consequence for the
    company stays, and one that the table of the stack or that of what could add to the plan names.
    Where stories stand by category, new products, news of the company's own products and the best
    of each of its categories go after all others.
    """
    lines = edition.stack.lines if edition.stack else ()
    named = {line.happened.id for line in lines if line.happened}
    if edition.stack:
        named.update(one.story.id for one in edition.stack.opportunities)
    best = _find_best_of_categories(edition)
    rows = []
    for section in edition.sections:
        step = SECTIONS_BY_SLUG[section.slug].drop_step
        briefs = {story.id for story in section.briefs}
        rows += [
            (
                _LAST_STEP
                if section.slug == BRIEF_SECTION and (_goes_last(story) or story.id in best)
                else step,
                story.id not in briefs,
                story.score,
                story.id,
            )
            for story in (*section.stories, *section.briefs)
            if step and not story.why_it_matters and story.id not in named
        ]
    return tuple(story_id for *_, story_id in sorted(rows))


def _find_best_of_categories(edition: Edition) -> frozenset[str]:
    """Return the best two stories of each category that the company runs something in."""
    lines = edition.stack.lines if edition.stack else ()
    own = {slug for line in lines for slug in line.product.categories}
    told = [
        story
        for section in edition.sections
        if section.slug == BRIEF_SECTION
        for story in (*section.stories, *section.briefs)
    ]
    best: dict[str, list[str]] = {}
    for story in sorted(told, key=lambda story: -story.score):
        if story.category in own:
            best.setdefault(story.category or "", []).append(story.id)
    return frozenset(story_id for found in best.values() for story_id in found[:_BEST])


def _goes_last(story: EditionStory) -> bool:
    """Return whether a story launches a product or is about one of the company's."""
    is_own = story.relation is not None and story.relation.kind == "product"
    return is_own or story.event == "launch"


def choose_first_drop(edition: Edition, order: Sequence[str], budget: int) -> frozenset[str]:
    """Return what surely does not fit, so that a thousand stories are not laid out whole."""
    stories = len(edition.stories) + len(edition.briefs)
    return frozenset(order[: max(0, stories - _MAX_A_PAGE * (budget - _OTHER_PAGES))])


def extend_drop(
    order: Sequence[str], dropped: Collection[str], measured: PaperMeasurement, budget: float
) -> frozenset[str]:
    """Return `dropped` and as many more as the excess asks for; at least one, where any is left."""
    extended, freed = set(dropped), 0.0
    for story_id in order:
        if story_id in dropped:
            continue
        extended.add(story_id)
        freed += measured.heights.get(story_id, 0.0)
        if freed >= measured.count_excess_pages(budget):
            break
    return frozenset(extended)


def restore_stories(
    order: Sequence[str], dropped: Collection[str], heights: Mapping[str, float], room: float
) -> frozenset[str]:
    """Return `dropped` without the best of it that fits into `room`, a part of pages.

    A story whose height is not known stays dropped.
    """
    left = set(dropped)
    for story_id in reversed(order):
        if story_id in left:
            room -= heights.get(story_id, room + 1)
            if room < 0:
                break
            left.remove(story_id)
    return frozenset(left)


def map_kept_stories(edition: Edition, dropped: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return the ids of the stories that are printed, by section."""
    return {
        section.slug: frozenset(
            story.id for story in (*section.stories, *section.briefs) if story.id not in dropped
        )
        for section in edition.sections
    }
