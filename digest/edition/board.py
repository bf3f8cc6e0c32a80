"""The board page out of an edition and the company's stack: nothing on it stands nowhere else.

The company's AI strategy is told in its own words and its spend as the edition counts it; the
market by the themes of the quarter; risks and rules by their days, those that touch what the
company runs first; and what page one asks to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from digest.model.board import Board, BoardMove, BoardRisk, BoardUse, RiskKind
from digest.model.edition import (
    CalendarEntry,
    DateKind,
    Edition,
    EditionStory,
    Sentence,
    Spend,
    StoryRef,
    Theme,
    drop_noticed_ends,
)
from digest.model.sections import FIRST_SECTION
from digest.model.stack import Stack
from digest.wholeness import find_fragment

MOVES = 3
_MAX_RISKS = 12  # a page takes fewer, and says so by what it leaves out last
_MAX_LINKS = 6  # of a move, in the notes
_DATE_KINDS: tuple[DateKind, ...] = (
    "effective",
    "deadline",
    "ends",
    "notice",
    "contract end",
)
_DEALS = ("incident", "withdrawal", "closure", "pricing", "acquisition")


def build_board(edition: Edition, stack: Stack) -> Board:
    """Return the board page of an edition; `stack` is what the company runs."""
    view = edition.stack
    return Board(
        quarter=edition.quarter,
        title=edition.title,
        organisation=edition.organisation,
        language=edition.language,
        zone=edition.zone,
        as_of=edition.as_of,
        so_far=edition.so_far,
        sample=edition.sample,
        leftovers=edition.leftovers,
        strategy=stack.ai_strategy,
        goals=tuple(goal.name for goal in stack.goals),
        uses=tuple(
            BoardUse(product.name, product.ai.purpose)
            for product in stack.products
            if product.ai.used and product.status != "retiring"
        ),
        policy_reviewed=stack.policy_reviewed,
        has_stack=view is not None,
        spend=view.spend if view else Spend(),
        moves=tuple(_choose_moves(edition)),
        risks=tuple(_choose_risks(edition)),
        decisions=edition.front.decisions,
    )


def _choose_moves(edition: Edition) -> Iterator[BoardMove]:
    """Yield the moves of the market: its themes, then the stories of page one outside of them."""
    stories = {story.id: story for story in (*edition.stories, *edition.briefs)}
    told: set[str] = set()
    count = 0
    for theme in edition.themes[:MOVES]:
        count += 1
        told.update(theme.stories)
        yield _build_theme_move(theme, [stories[one] for one in theme.stories if one in stories])
    first = next((one.stories for one in edition.sections if one.slug == FIRST_SECTION), ())
    for story in first:
        if count < MOVES and story.id not in told:
            count += 1
            yield _build_story_move(story, edition.zone)


def _build_theme_move(theme: Theme, stories: list[EditionStory]) -> BoardMove:
    refs: list[tuple[str, str, str]] = [
        (story.items[0].source, story.title, story.items[0].url) for story in stories
    ]
    refs += [(ref.source, ref.title, ref.url) for ref in theme.more]
    sentences = [_find_quote(story) for story in stories]
    return BoardMove(
        title=theme.title,
        language=theme.language,
        quote=next((one for one in sentences if one), None),
        sources=tuple(dict.fromkeys(source for source, _, _ in refs)),
        links=tuple((f"{source}: {title}", url) for source, title, url in refs[:_MAX_LINKS]),
    )


def _build_story_move(story: EditionStory, zone: str) -> BoardMove:
    return BoardMove(
        title=story.title,
        language=story.language,
        quote=_find_quote(story),
        sources=tuple(dict.fromkeys(item.source for item in story.items)),
        links=tuple(
            (f"{item.source}: {item.title}", item.url) for item in story.items[:_MAX_LINKS]
        ),
        day=story.published.astimezone(ZoneInfo(zone)).date(),
    )


def _find_quote(story: EditionStory) -> Sentence | None:
    """Return the first whole sentence that is told of a story."""
    return next((one for one in story.summary if not find_fragment(one.text)), None)


# ---------------------------------------------------------------- risks and rules


def _choose_risks(edition: Edition) -> list[BoardRisk]:
    """Return what binds or threatens, what matters most first.

    Of one story the date that lies ahead tells more than that it was told.
    """
    today = edition.as_of.astimezone(ZoneInfo(edition.zone)).date()
    dates = [
        _build_date(entry)
        for entry in drop_noticed_ends(edition.calendar)
        if entry.kind in _DATE_KINDS and entry.last >= today
    ]
    dated = {entry.story.id for entry in edition.calendar if entry.story}
    found = [*dates, *_list_deals(edition, dated), *_list_rules(edition, dated)]
    return sorted(found, key=lambda risk: _rank(risk, today))[:_MAX_RISKS]


def _rank(risk: BoardRisk, today: date) -> tuple[int, int, str]:
    """Return the key of the order: what happened to ours, what will, contracts, the market's."""
    is_contract = risk.kind in ("notice", "contract end")
    if not risk.products:
        group = 4 if risk.ahead else 5
    elif risk.kind == "incident":
        group = 0
    elif is_contract:
        group = 3
    else:
        group = 1 if risk.ahead else 2
    return group, abs((risk.day - today).days), risk.what


def _build_date(entry: CalendarEntry) -> BoardRisk:
    kind: RiskKind = "rule"
    if entry.kind in ("effective", "deadline", "ends", "notice", "contract end"):
        kind = entry.kind
    return BoardRisk(
        day=entry.day,
        last=entry.last,
        kind=kind,
        what=entry.what,
        language=entry.language,
        products=entry.products,
        source=entry.story.source if entry.story else "",
        url=entry.story.url if entry.story else "",
    )


def _list_deals(edition: Edition, dated: Collection[str]) -> Iterator[BoardRisk]:
    """Yield what happened to vendors of ours, and has no date of its own."""
    for deal in edition.deals:
        products = deal.products or deal.maker_of
        if deal.kind in _DEALS and products and deal.story.id not in dated:
            yield _build_told(deal.story, deal.kind, products, edition.zone)


def _list_rules(edition: Edition, dated: Collection[str]) -> Iterator[BoardRisk]:
    """Yield the rules that touch products of ours, or hold without a date that lies ahead."""
    for rule in edition.rules:
        binds = rule.kind in ("in force", "law", "ruling", "platform") and not rule.optional
        if binds and rule.touches_surely and rule.story.id not in dated:
            yield _build_told(rule.story, "rule", rule.products, edition.zone, rule.day)


def _build_told(
    ref: StoryRef, kind: RiskKind, products: tuple[str, ...], zone: str, day: date | None = None
) -> BoardRisk:
    told = day or ref.published.astimezone(ZoneInfo(zone)).date()
    return BoardRisk(
        day=told,
        last=told,
        kind=kind,
        what=ref.title,
        language=ref.language,
        products=products,
        source=ref.source,
        url=ref.url,
        ahead=False,
    )
