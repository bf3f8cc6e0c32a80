"""Read what an edition takes over from earlier ones: stories, radar rings, open decisions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from digest.app.context import resolve_quarter
from digest.errors import UsageError
from digest.model.decisions import TeamDecision
from digest.model.delivery import Release
from digest.model.stack import RINGS, GoalMeasure, Ring
from digest.model.story import EarlierStory
from digest.period import PeriodKind, Quarter, parse_quarter

if TYPE_CHECKING:
    from digest.app.context import AppContext
    from digest.config.sources import SourcesConfig
    from digest.decide.follow_up import TracedDecision
    from digest.model.edition import EarlierFigures


def load_radar_rings(path: Path) -> Mapping[str, Ring] | None:
    """Load the rings of an edition.json by name in small letters; None where it has no radar."""
    try:
        blips = json.loads(path.read_bytes())["radar"]["blips"]
        return {
            str(blip["name"]).casefold(): cast(Ring, blip["ring"])
            for blip in blips
            if blip["ring"] in RINGS
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None  # no edition, or one built without a stack: the archive is compared instead


def load_earlier_stories(output: Path, quarter: Quarter) -> tuple[EarlierStory, ...]:
    """Load the stories of the editions of earlier quarters, from their edition.json.

    A file of another version, or one that a person broke, is skipped: it must not stop the next.
    """
    stories: list[EarlierStory] = []
    for path in sorted(output.glob("*/edition.json")):
        if _parse_name(path.parent, quarter).precedes(quarter):
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                edition = json.loads(path.read_bytes())
                stories += _read_stories(edition)
    return tuple(stories)


def _read_stories(edition: Mapping[str, Any]) -> list[EarlierStory]:
    """Return the stories that an edition told, and those that its register alone lists."""
    register = {row["story"]: row for row in edition.get("register", ())}
    told = [story for section in edition["sections"] for story in section["stories"]]
    found = [
        replace(
            _read_row(register.get(story["id"], {})),
            id=story["id"],
            edition=edition["quarter"],
            title=story["title"],
            summary=" ".join(sentence["text"] for sentence in story["summary"]),
            url=story["items"][0]["url"] if story["items"] else "",
            published=datetime.fromisoformat(story["published"]),
            language=story["language"],
            vendors=tuple(story["vendors"]),
            event=story["event"] or "other",
        )
        for story in told
    ]
    ids = {story["id"] for story in told}
    return found + [
        replace(_read_row(row), edition=edition["quarter"], told=False)
        for story_id, row in register.items()
        if story_id not in ids
    ]


_NO_ROW = EarlierStory("", "", "", "", "", datetime(1970, 1, 1, tzinfo=UTC))


def _read_row(row: Mapping[str, Any]) -> EarlierStory:
    """Return what the register of an edition says of a story; editions made earlier say less."""
    if not row:
        return _NO_ROW
    due = row.get("due")
    return EarlierStory(
        id=row["story"],
        edition="",
        title=row["title"],
        summary="",
        url=row["url"],
        published=datetime.fromisoformat(row["published"]),
        language=row["language"],
        vendors=tuple(filter(None, [row["vendor"]])),
        parties=tuple(row.get("parties", ())),
        category=row.get("likely_category"),
        event=row["event"] or "other",
        act=row.get("act"),
        due=date.fromisoformat(due) if due else None,
    )


def load_earlier_figures(output: Path, quarter: Quarter) -> tuple[EarlierFigures, ...]:
    """Load what the editions of earlier quarters counted of the stack, the latest first.

    A file of another version, or one that a person broke, is skipped.
    """
    from pydantic import TypeAdapter

    from digest.model.edition import EarlierFigures, Spend

    found = []
    for path in output.glob("*/edition.json"):
        earlier = _parse_name(path.parent, quarter)
        if earlier.precedes(quarter):
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                edition = json.loads(path.read_bytes())
                stack = edition["stack"]
                measures = {
                    goal["name"]: TypeAdapter(GoalMeasure).validate_python(goal["measure"])
                    for goal in stack.get("goals", ())
                    if goal.get("measure")
                }
                spend = TypeAdapter(Spend).validate_python(stack["spend"])
                found.append((earlier, EarlierFigures(edition["quarter"], spend, measures)))
    found.sort(key=lambda row: row[0], reverse=True)
    return tuple(figures for _, figures in found)


@dataclass(frozen=True, slots=True)
class EarlierDecisions:
    """What an edition says of decisions that were taken before it."""

    still_open: tuple[TeamDecision, ...] = ()
    closed: tuple[TeamDecision, ...] = ()  # since the edition before


def load_earlier_decisions(folder: Path, quarter: Quarter, output: Path) -> EarlierDecisions:
    """Load what became of the decisions of earlier editions. Raises ConfigError.

    The quarter's own file may follow them up. `output` holds the earlier editions, which say what
    was told as closed already.
    """
    from digest.decide.follow_up import select_closed_decisions

    traced = [
        one
        for one in load_traced_decisions(folder, quarter)
        if one.decision.quarter != quarter.name
    ]
    closed = select_closed_decisions(
        traced,
        quarter.to_local_date(quarter.start),
        {quarter.name, *_list_names_before(folder, quarter)},
        _load_told_closings(output, quarter),
    )
    still_open = (one.decision for one in traced if one.decision.state == "open")
    return EarlierDecisions(tuple(still_open), tuple(closed))


def _list_names_before(folder: Path, quarter: Quarter) -> list[str]:
    """Return the names of the periods that end where a period starts and have a file."""
    found = (_find_quarter(path, quarter) for path in folder.glob("*.yaml"))
    return [one.name for one in found if one and one.end == quarter.start]


def load_traced_decisions(folder: Path, last: Quarter) -> tuple[TracedDecision, ...]:
    """Load the decisions of all editions up to a quarter, oldest first. Raises ConfigError."""
    from digest.config.decisions import load_team_decisions
    from digest.decide.follow_up import trace_decisions

    found = ((_find_quarter(path, last), path) for path in folder.glob("*.yaml"))
    files = sorted((quarter, path) for quarter, path in found if quarter and quarter <= last)
    return trace_decisions(
        decision for quarter, path in files for decision in load_team_decisions(path, quarter.name)
    )


def _load_told_closings(output: Path, quarter: Quarter) -> frozenset[str]:
    """Load the words of the decisions that earlier editions told as closed, in small letters."""
    told: set[str] = set()
    for path in output.glob("*/edition.json"):
        if _parse_name(path.parent, quarter).precedes(quarter):
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                closed = json.loads(path.read_bytes())["agenda"]["closed"]
                told |= {str(decision["what"]).casefold() for decision in closed}
    return frozenset(told)


def find_decided_quarters(folder: Path, now: datetime, config: SourcesConfig) -> list[Quarter]:
    """Return the quarters that have a file in the folder of the team's decisions, oldest first."""
    quarters = []
    for path in folder.glob("*.yaml"):
        with suppress(UsageError):
            quarters.append(resolve_quarter(config, path.stem, now))
    return sorted(quarters)


def list_built_quarters(context: AppContext) -> list[Quarter]:
    """Return the periods whose edition was built after they had ended, oldest first."""
    found = []
    for path in context.workspace.output.glob("*/edition.json"):
        with suppress(UsageError):
            quarter = context.resolve_quarter(path.parent.name)
            if is_built(context, quarter):
                found.append(quarter)
    return sorted(found)


def list_told_days(
    context: AppContext, releases: Iterable[Release], kind: PeriodKind
) -> frozenset[date]:
    """Return the days of editions that were released and are of another kind of period."""
    names = {release.quarter for release in releases}
    return frozenset(
        day
        for built in list_built_quarters(context)
        if built.kind != kind and built.name in names
        for day in built.days
    )


def is_built(context: AppContext, quarter: Quarter) -> bool:
    """Return whether the whole period was built, and not only what it held so far."""
    path = context.workspace.edition_folder(quarter.name) / "edition.json"
    try:
        return not json.loads(path.read_bytes()).get("so_far")
    except (OSError, ValueError, AttributeError):
        return False


def find_edition_quarter(context: AppContext, when: datetime) -> Quarter:
    """Return the period of the edition that holds an instant.

    It is that of the setting, unless the edition of its days was built while another one was set.
    """
    quarter = context.get_quarter_of(when)
    if is_built(context, quarter):
        return quarter
    others = (one for one in list_built_quarters(context) if when in one)
    return next(others, quarter)


def _parse_name(path: Path, like: Quarter) -> Quarter:
    """Return the quarter that a file is named after; `like` itself where it is named after none."""
    return _find_quarter(path, like) or like


def _find_quarter(path: Path, like: Quarter) -> Quarter | None:
    """Return the quarter that a file is named after; None where it is named after none."""
    try:
        return parse_quarter(path.stem, like.start, like.zone, like.fiscal_year_starts)
    except UsageError:
        return None
