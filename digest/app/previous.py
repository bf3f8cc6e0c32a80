"""What an edition takes over from those before it: what they told, the radar's rings, and open decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from digest.errors import UsageError
from digest.model.decisions import TeamDecision
from digest.model.stack import RINGS, Ring
from digest.model.story import EarlierStory
from digest.period import Quarter, parse_quarter

if TYPE_CHECKING:
    from digest.config.sources import SourcesConfig


def load_radar_rings(path: Path) -> Mapping[str, Ring] | None:
    """Name in small letters → ring, out of an edition.json; None where there is none, or none with a radar."""
    try:
        blips = json.loads(path.read_bytes())["radar"]["blips"]
        return {
            str(blip["name"]).casefold(): cast(Ring, blip["ring"])
            for blip in blips
            if blip["ring"] in RINGS
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None  # an edition that was built without a stack, or none: compared with the archive instead


def load_earlier_stories(output: Path, quarter: Quarter) -> tuple[EarlierStory, ...]:
    """The stories that the editions of earlier quarters told, out of their edition.json. What is no edition is passed
    over: a file of another version, or one that a person broke, must not stop the next."""
    told: list[EarlierStory] = []
    for path in sorted(output.glob("*/edition.json")):
        if _parse_quarter_name(path.parent, quarter) < quarter:
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                told += _parse_edition_stories(json.loads(path.read_bytes()))
    return tuple(told)


def _parse_edition_stories(data: dict[str, Any]) -> list[EarlierStory]:
    return [
        EarlierStory(
            id=story["id"],
            edition=data["quarter"],
            title=story["title"],
            summary=" ".join(sentence["text"] for sentence in story["summary"]),
            url=story["items"][0]["url"] if story["items"] else "",
            published=datetime.fromisoformat(story["published"]),
            language=story["language"],
            vendors=tuple(story["vendors"]),
        )
        for section in data["sections"]
        for story in section["stories"]
    ]


def load_open_decisions(folder: Path, quarter: Quarter) -> tuple[TeamDecision, ...]:
    """The decisions of earlier editions that are still open. Raises ConfigError where a file is wrong."""
    from digest.config.decisions import filter_open_decisions, load_team_decisions

    earlier = sorted(
        (named, path)
        for path in folder.glob("*.yaml")
        if (named := _parse_quarter_name(path, quarter)) < quarter
    )
    return filter_open_decisions(
        [one for named, path in earlier for one in load_team_decisions(path, named.name)]
    )


def find_decided_quarters(folder: Path, now: datetime, config: SourcesConfig) -> list[Quarter]:
    """The quarters that have a file in the folder of the team's decisions, oldest first."""
    found = []
    for path in folder.glob("*.yaml"):
        with suppress(UsageError):
            found.append(
                parse_quarter(
                    path.stem, now, config.digest.timezone, config.digest.fiscal_year_starts
                )
            )
    return sorted(found)


def _parse_quarter_name(path: Path, like: Quarter) -> Quarter:
    """The quarter that a file is named after; `like` itself where it is named after none."""
    try:
        return parse_quarter(path.stem, like.start, like.zone, like.fiscal_year_starts)
    except UsageError:
        return like
