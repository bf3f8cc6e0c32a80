"""What of the quarter could add to the company's plan, by goal, as it is printed.

On paper a story that another page tells stands here in its headline with its page, and any other is
told here. The page has room for both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.i18n import N_
from digest.model.edition import EditionStory, Opportunity, OpportunityWay
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS

_MAX_TITLE = 120  # characters
_MAX_NAME = 40
_MAX_SENTENCE = 260
_MAX_WHY = 260
_PAPER_ROWS = 2  # of a goal, and of products without one
_WAYS: Mapping[OpportunityWay, str] = {
    "product": N_("In our %(products)s: do we have it?"),
    "maker": N_("By %(vendor)s, outside our products"),
    "market": N_("By %(vendor)s, no vendor of ours"),
    "rival": N_("By %(vendor)s, beside our %(products)s"),
}


@dataclass(frozen=True, slots=True)
class OpportunityView:
    """Something new that could add to the plan."""

    story: StoryRefView
    place: str  # where another part of this briefing tells it, as #id; "" where this row does
    text: str  # what its source says gets better; on paper "" where another part tells it
    is_new: bool  # a new product
    category: str  # "" where that is not sure
    way: str  # how we would come by it
    act: str  # announced, in test, there; "" where that is not known
    why: str  # what follows for the company; "" where another part says it


@dataclass(frozen=True, slots=True)
class OpportunityGroup:
    """What could serve a goal, or comes in products without one."""

    name: str
    rows: tuple[OpportunityView, ...]


@dataclass(frozen=True, slots=True)
class OpportunitiesView:
    """All that could add to the plan, and for which goals nothing was found."""

    groups: tuple[OpportunityGroup, ...]
    nothing: str

    @property
    def told(self) -> frozenset[str]:
        """The ids of the stories that stand here, told here or elsewhere."""
        return frozenset(row.story.id for group in self.groups for row in group.rows)

    @property
    def pointed(self) -> frozenset[str]:
        """The ids of those that another part of the briefing tells."""
        return frozenset(row.story.id for group in self.groups for row in group.rows if row.place)


def build_opportunities(
    context: ViewContext, stories: Collection[EditionStory]
) -> OpportunitiesView | None:
    """Build the view; None where nothing that is still there could add to the plan.

    What of `stories` could add to the plan is told in its row, and nowhere else in the section.
    """
    stack, words = context.edition.stack, context.words
    here = {story.id: story for story in stories}
    withdrawn = {row.story for row in context.edition.register if row.withdrawn_by}
    found = [one for one in (stack.opportunities if stack else ()) if one.story.id not in withdrawn]
    if stack is None or not found:
        return None
    groups, nothing = [], []
    for goal in stack.goals:
        rows = [one for one in found if one.goal == goal.name]
        if rows:
            name = words.translate("Goal: “%(name)s”", name=goal.name)
            groups.append(_build_group(name, rows, context, here))
        else:
            nothing.append(words.translate("“%(name)s”", name=goal.name))
    if others := [one for one in found if not one.goal]:
        name = words.translate("Other news in our products and beside them")
        groups.append(_build_group(name, others, context, here))
    text = N_("Nothing new was found that speaks for %(names)s.")
    names = words.join_names(nothing)
    return OpportunitiesView(tuple(groups), words.translate(text, names=names) if nothing else "")


def _build_group(
    name: str,
    rows: Sequence[Opportunity],
    context: ViewContext,
    here: Mapping[str, EditionStory],
) -> OpportunityGroup:
    limit = _PAPER_ROWS if context.options.brief else None
    return OpportunityGroup(name, tuple(_build_row(one, context, here) for one in rows[:limit]))


def _build_row(
    one: Opportunity, context: ViewContext, here: Mapping[str, EditionStory]
) -> OpportunityView:
    words, told = context.words, here.get(one.story.id)
    place = "" if told else context.find_place(one.story.id)
    story = build_ref(one.story, context, _MAX_TITLE, marks=not place)
    if told:
        story = replace(story, anchor=told.id, href=to_safe_href(one.story.url))
    why = next(iter(told.why_it_matters), "") if told else ""
    vendor = context.fit_text(one.vendor, _MAX_NAME) or words.translate("others")
    return OpportunityView(
        story=replace(story, href=place) if place else story,
        place=place,
        text="" if place and context.options.brief else _choose_text(one, context),
        is_new=_is_new(one, context),
        category=words.translate_category(one.category) if one.category else "",
        way=words.translate(_WAYS[one.way], products=words.join_names(one.products), vendor=vendor),
        act=" · ".join(filter(None, _iter_acts(one, context))),
        why=context.fit_text(words.translate_note(why), _MAX_WHY),
    )


def _is_new(one: Opportunity, context: ViewContext) -> bool:
    """Return whether it is a new product, as the register says; without one each launch is."""
    register = context.edition.register
    rows = (row for row in register if row.story == one.story.id)
    return any(row.new_product for row in rows) if register else one.story.event == "launch"


def _iter_acts(one: Opportunity, context: ViewContext) -> Iterator[str]:
    """Yield when it can be had, where it begins, and that no more than a teaser was read of it."""
    words = context.words
    yield words.translate_label(LABELS["acts"], one.act) if one.act else ""
    if one.place:
        yield words.translate(N_("in %(place)s first"), place=context.fit_text(one.place, 40))
    claims = (claim for claim in context.edition.claims if claim.story.id == one.story.id)
    is_bare = not one.gain and not _choose_text(one, context)
    if is_bare or any(claim.teaser and not claim.points for claim in claims):
        yield words.translate(N_("of its features no more was read"))


def _choose_text(one: Opportunity, context: ViewContext) -> str:
    """Return the sentence that says what gets better, else what the story tells; whole, or ""."""
    edition, name = context.edition, one.story.id
    told = (story for story in (*edition.stories, *edition.briefs) if story.id == name)
    sentences = [one.gain, *(said for story in told for said in story.summary[:1])]
    sentences += [row.sentence for row in edition.register if row.story == name]
    text = next((said.text for said in sentences if said), "")
    fitted = context.fit_text(text, _MAX_SENTENCE)
    return "" if fitted.endswith("…") else fitted
