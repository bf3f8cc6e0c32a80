"""Deals and vendor health, as they are printed: a table of kinds, then the stories it counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from digest.i18n import N_
from digest.model.edition import DEAL_KINDS, DealEntry, DealKind, EditionStory, Section
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.story import StoryRefView, StoryView, build_ref, build_story
from digest.render.words import LABELS

# Kinds that are named even where there is none, so that nobody has to ask; the others only if any.
ANSWERED_KINDS: tuple[DealKind, ...] = DEAL_KINDS[:6]
_MAX_SENTENCE = 260  # characters
_MAX_SAID = 330  # of what a line tells in two sentences
_MAX_HEADLINE = 110  # characters of a deal that stands in one line
_MAX_NAMES = 4
_MAX_OTHERS = 5  # products of others whose incidents paper names; funding rounds likewise


@dataclass(frozen=True, slots=True)
class DealCountView:
    """A kind of deal: how many, of whom, and which products of the stack they touch."""

    name: str
    number: str  # "" where there is none
    names: str
    ours: str


@dataclass(frozen=True, slots=True)
class DealLineView:
    """A deal that stands in a line."""

    story: StoryRefView
    is_told: bool  # in this briefing
    asks: str  # what follows for the company, where the briefing does not tell the story; else ""
    # What it tells, where it asks something, and for whom or how long; "" where nothing is held.
    said: str = ""
    more: str = ""  # how many further ones of the same product it stands for; "" for none


@dataclass(frozen=True, slots=True)
class DealGroupView:
    """The deals of a kind: stories that are told here, and a line for each other one."""

    slug: str
    name: str
    stories: tuple[StoryView, ...]  # those that concern the company first
    lines: tuple[DealLineView, ...]
    others: tuple[DealLineView, ...] = ()  # incidents of what the company does not run
    others_name: str = ""
    left: str = ""  # how many more of them, or of the lines, stand in the register alone


@dataclass(frozen=True, slots=True)
class DealsPage:
    """Deals and vendor health."""

    counts: tuple[DealCountView, ...]
    groups: tuple[DealGroupView, ...]
    has_stack: bool
    none: str  # kinds of which nothing was found; "" where there is something of each
    buyers: str  # that vendors of ours buy and none is bought; "" where that is not so
    unwatched: str  # whose news may be missing


def build_deals_page(section: Section, context: ViewContext) -> DealsPage:
    """Build the page of a section and of the deals that are told elsewhere or in one line."""
    words, deals = context.words, context.edition.deals
    stories = {story.id: story for story in section.stories}
    groups = []
    for kind in DEAL_KINDS:
        entries = [entry for entry in deals if entry.kind == kind]
        entries.sort(key=lambda entry: not _is_ours(entry))  # stable: each part stays best first
        if kind == "incident":
            entries = _put_together(entries)
        here = [stories.pop(entry.story.id) for entry in entries if entry.story.id in stories]
        name = words.translate_label(LABELS["deals"], kind)
        ours = {entry.story.id for entry in entries if _is_ours(entry)}
        here = [story for story in here if story.id in context.printed_ids]
        told = {one.id: one for one in here if _has_room(one, context, is_ours=one.id in ours)}
        in_line = {story.id for story in here} - told.keys()
        untold = [entry for entry in entries if entry.story.id not in told]
        others = [one for one in untold if kind == "incident" and not _is_ours(one)]
        in_lines = [entry for entry in untold if entry not in others]
        shown = _cut_funding(in_lines, context) if kind == "funding" else in_lines
        lines = tuple(
            _build_line(entry, context, is_place=entry.story.id in in_line) for entry in shown
        )
        views = _build_stories(tuple(told.values()), name, context)
        views = _add_missing_prices(views, entries, context)
        if views or untold:
            left = _count_left(len(in_lines) - len(shown), context)
            group = DealGroupView(f"deals-{kind}", name, views, lines, left=left)
            groups.append(_add_others(group, others, context))
    if unsure := [story for story in stories.values() if story.id in context.printed_ids]:
        views = _build_stories(unsure, None, context)
        groups.append(DealGroupView("deals-other", "", views, ()))
    counted = [
        _count(kind, [entry for entry in deals if entry.kind == kind], context)
        for kind in DEAL_KINDS
        if kind in ANSWERED_KINDS or any(entry.kind == kind for entry in deals)
    ]
    absent = [
        words.translate_label(LABELS["deals"], kind).lower()
        for kind in ANSWERED_KINDS
        if not any(entry.kind == kind for entry in deals)
    ]
    return DealsPage(
        counts=tuple(counted),
        groups=tuple(groups),
        has_stack=context.edition.stack is not None,
        none=words.translate("No news of this kind was found: %(kinds)s.", kinds="; ".join(absent))
        if absent
        else "",
        buyers=_describe_buyers(deals, context),
        unwatched=_describe_unwatched(context),
    )


def _has_room(story: EditionStory, context: ViewContext, *, is_ours: bool) -> bool:
    """Return whether a deal is told in sentences: on paper one of others stands in a line."""
    is_brief = context.options.brief and context.edition.stack is not None
    return not is_brief or is_ours or bool(story.why_it_matters)


def _cut_funding(entries: Sequence[DealEntry], context: ViewContext) -> Sequence[DealEntry]:
    """Return the rounds that there is room for, and all that the briefing tells somewhere."""
    if not context.options.concise:
        return entries
    return [
        entry
        for place, entry in enumerate(entries)
        if place < _MAX_OTHERS or entry.story.id in context.printed_ids
    ]


def _count_left(left: int, context: ViewContext) -> str:
    """Say how many stand in the register alone; "" for none."""
    text = context.words.translate_plural(
        "%(n)s more in the register alone", "%(n)s more in the register alone", left
    )
    return text if left else ""


def _describe_buyers(deals: Sequence[DealEntry], context: ViewContext) -> str:
    """Say which vendors of ours buy, where none of them is bought."""
    words, stack = context.words, context.edition.stack
    makers = {line.product.vendor_or_name for line in stack.lines} if stack else set[str]()
    ours = [one for one in deals if one.kind == "acquisition" and (one.products or one.maker_of)]
    buyers = list(dict.fromkeys(one.buyer for one in ours))
    if not ours or not makers.issuperset(buyers) or any(one.bought in makers for one in ours):
        return ""
    return (
        words.translate(
            N_("%(names)s buy; no report tells that a vendor of ours is bought."),
            names=words.join_names(buyers),
        )
        if len(buyers) > 1
        else words.translate(
            N_("%(name)s buys; no report tells that a vendor of ours is bought."), name=buyers[0]
        )
    )


def _describe_unwatched(context: ViewContext) -> str:
    """Say of how many vendors no source of their own is read; the page of the stack names them."""
    words, stack = context.words, context.edition.stack
    if stack is None or not stack.unwatched or not stack.sources:
        return ""
    return words.translate_plural(
        "%(n)s of our vendors has no source of its own here: what happened to it may be missing.",
        "%(n)s of our vendors have no source of their own here: "
        "what happened to them may be missing.",
        len(stack.unwatched),
    )


def _add_missing_prices(
    views: Iterable[StoryView], entries: Iterable[DealEntry], context: ViewContext
) -> tuple[StoryView, ...]:
    """Return the stories; an acquisition of which no report names a sum says so."""
    bare = {entry.story.id for entry in entries if entry.priced is False}
    return tuple(
        replace(
            view,
            event=context.words.translate(N_("%(event)s, price not told"), event=view.event),
        )
        if view.id in bare
        else view
        for view in views
    )


def _is_ours(entry: DealEntry) -> bool:
    return bool(entry.products or entry.maker_of or entry.addon_to or entry.follows)


def _put_together(entries: Sequence[DealEntry]) -> list[DealEntry]:
    """Return incidents, those of one product together, ours first and then the best of each."""
    best: dict[str, int] = {}
    for place, entry in enumerate(entries):
        best.setdefault(_name_hit(entry), place)
    return sorted(entries, key=lambda entry: (not _is_ours(entry), best[_name_hit(entry)]))


def _name_hit(entry: DealEntry) -> str:
    """Return what tells incidents of one product from others: its name, else the story."""
    return entry.name or entry.story.id


def _add_others(
    group: DealGroupView, others: Sequence[DealEntry], context: ViewContext
) -> DealGroupView:
    """Return a group with the incidents of others; paper names the best of a product, and counts.

    On the web each stands.
    """
    if not others:
        return group
    words, is_brief = context.words, context.options.brief
    shown: list[DealLineView] = []
    left = 0
    for _, same in groupby(others, key=_name_hit):
        first, *rest = same
        if not is_brief:
            shown += [_build_line(entry, context) for entry in (first, *rest)]
        elif len(shown) == _MAX_OTHERS:
            left += 1 + len(rest)
        else:
            line = _build_line(first, context)
            if rest:
                more = words.translate_plural(
                    "and %(n)s more of %(name)s",
                    "and %(n)s more of %(name)s",
                    len(rest),
                    name=context.fit_text(first.name, 50),
                )
                line = replace(line, more=more)
            shown.append(line)
    name = group.name
    if context.edition.stack:
        name = words.translate(N_("%(kind)s of what we do not run"), kind=name)
    return replace(group, others=tuple(shown), others_name=name, left=_count_left(left, context))


def _build_line(entry: DealEntry, context: ViewContext, *, is_place: bool = False) -> DealLineView:
    """Build the line of a deal; an incident of ours asks something of us.

    `is_place`: the story stands nowhere else, and what points to it points here.
    """
    is_told = entry.story.id in context.printed_ids and not is_place
    asks = context.words.translate_note(entry.follows) if entry.follows and not is_told else ""
    view = build_ref(entry.story, context, _MAX_HEADLINE, marks=True)
    if is_place:
        view = replace(view, anchor=entry.story.id, href=to_safe_href(entry.story.url))
    said = _find_sentence(entry, context) if asks else ""
    if not is_told and entry.reach and (asks or entry.kind == "pricing"):
        reach = context.fit_text(entry.reach.text, _MAX_SENTENCE)
        if len(said) + len(reach) > _MAX_SAID:  # whom a price reaches says more than what it was
            said, reach = (said, "") if said and entry.kind == "incident" else ("", reach)
        said = said if reach in said else f"{said} {reach}".strip()
        said = said if asks else said.rstrip(".")  # a semicolon follows
    return DealLineView(view, is_told, asks, said)


def _find_sentence(entry: DealEntry, context: ViewContext) -> str:
    """Return the sentence that the register has of a deal; "" where there is none, or it is cut."""
    said = context.find_sentence(entry.story.id)
    text = context.fit_text(said.text, _MAX_SENTENCE) if said else ""
    return "" if text.endswith("…") else text


def _build_stories(
    stories: Sequence[EditionStory], name: str | None, context: ViewContext
) -> tuple[StoryView, ...]:
    """Build stories under the name of their kind; None keeps their own label.

    On paper those that mean nothing for the company are told in a sentence.
    """
    limits = context.options.limits
    short = limits
    if context.options.brief:
        limits = replace(limits, sentences=2, characters=300)
        short = replace(limits, sentences=1, characters=220)
    views = (
        build_story(story, limits if story.why_it_matters else short, context) for story in stories
    )
    return tuple(view if name is None else replace(view, event=name) for view in views)


def _count(kind: DealKind, entries: Sequence[DealEntry], context: ViewContext) -> DealCountView:
    words = context.words
    names = list(dict.fromkeys(filter(None, (_name(entry, context) for entry in entries))))
    unnamed = sum(not _name(entry, context) for entry in entries)
    hidden = unnamed + max(0, len(names) - _MAX_NAMES)
    shown = names[:_MAX_NAMES]
    if hidden and shown:
        shown.append(words.translate_plural("%(n)s more", "%(n)s more", hidden))
    own = {name for entry in entries for name in entry.products}
    lines = context.edition.stack.lines if context.edition.stack else ()
    ours = [line.product.name for line in lines if line.product.name in own]
    made = {name for entry in entries for name in entry.maker_of} - own
    if makers := [line.product.name for line in lines if line.product.name in made]:
        text = N_("maker of %(names)s")
        if kind == "pricing" and not all(_is_told(entry, context) for entry in entries):
            text = N_("maker of %(names)s; our plan is not named")  # which a story told here says
        ours.append(words.translate(text, names=words.join_names(makers)))
    extended = {name for entry in entries for name in entry.addon_to}
    for name in (line.product.name for line in lines if line.product.name in extended):
        if name in ours:
            ours[ours.index(name)] = words.translate(
                N_("%(name)s, and an add-on for it"), name=name
            )
        else:
            ours.append(words.translate(N_("an add-on for %(name)s"), name=name))
    return DealCountView(
        name=words.translate_label(LABELS["deals"], kind),
        number=words.format_number(len(entries)) if entries else "",
        names=words.join_names(shown) or ("" if entries else words.translate(N_("none found"))),
        ours=words.join_names(ours) or (words.translate(N_("none")) if entries else ""),
    )


def _name(entry: DealEntry, context: ViewContext) -> str:
    """Return who bought whom, where that is known, else of whom a deal is told."""
    if entry.buyer and entry.bought:
        return context.words.translate(
            N_("%(buyer)s buys %(bought)s"),
            buyer=context.fit_text(entry.buyer, 50),
            bought=context.fit_text(entry.bought, 50),
        )
    return context.fit_text(entry.name, 50) if entry.name else ""


def _is_told(entry: DealEntry, context: ViewContext) -> bool:
    return entry.story.id in context.printed_ids
