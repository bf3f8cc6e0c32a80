"""`digest lab tag·cluster·rank·score`: the judgement on its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from digest.cli.common import (
    clock,
    json_option,
    load_config,
    now_option,
    quarter_named,
    report,
    workspace_option,
)
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.model import TaggedItem

_file = click.argument("file", type=click.File("r", encoding="utf-8"))


@click.group()
def command() -> None:
    """Judge any items given as JSON lines (id, title, summary, text, source, date, lang …); measure the judgement."""


@command.command()
@_file
def tag(file: IO[str]) -> None:
    """Print the tags of each item of FILE, one JSON object a line. FILE may be - for standard input."""
    from digest.edition.rows import judged

    for member in _tagged(file):
        _print({"id": member.item.id} | judged(member.tags))


@command.command()
@_file
def cluster(file: IO[str]) -> None:
    """Print the story of each item of FILE: items of one story have the same `story`."""
    from digest.cluster import cluster as stories_of

    members = list(_tagged(file))
    story_of = {member.item.id: story for story in stories_of(members) for member in story.items}
    for member in members:
        story = story_of[member.item.id]
        matched = [list(merge.matched) for merge in story.merges if member.item.id in (merge.first, merge.second)]
        _print({"id": member.item.id, "story": story.id, "matched": matched})


@command.command()
@_file
def rank(file: IO[str]) -> None:
    """Print score and parts of each item of FILE, each taken as a story of its own."""
    from digest.model import Story
    from digest.period import quarter_of
    from digest.rank import default_weights
    from digest.rank import rank as ranked

    for member in _tagged(file):
        story = Story("s" + member.item.id, (member,), member)
        one = ranked([story], quarter_of(member.item.when), default_weights())[0]
        parts = {name: round(points, 4) for name, points in one.parts.items()}
        _print({"id": member.item.id, "score": round(one.score, 6), "parts": parts})


@command.command()
@_file
@json_option
def score(file: IO[str], as_json: bool) -> None:
    """Measure the tags against the labels in FILE (fields as `digest lab tag` prints them)."""
    from digest.edition.rows import judged
    from digest.tag.lab import score as measure

    gold = list(_rows(file))
    tagged = [{"id": member.item.id} | judged(member.tags) for member in _judge(gold)]
    figures = measure([row for _, row in gold], tagged)
    if as_json:
        report(figures)
        return
    for name, value in figures.items():
        click.echo(f"{name:32} {value:.3f}")


@command.command()
@click.argument("quarter", required=False)
@workspace_option
@now_option
def corrections(quarter: str | None, workspace: Path, now: str | None) -> None:
    """Print what the team corrected, as labelled items for `digest lab score`, one JSON object a line.

    Of QUARTER, or of every quarter that has a file in editions/. `corrected` names the fields that the team changed,
    `was` what the judgement had said; the other fields are the judgement's.
    """
    from digest.archive import Archive
    from digest.cli import work
    from digest.cli.carried import named
    from digest.learn import labelled
    from digest.workspace import Workspace

    place = Workspace(workspace)
    config = load_config(place)
    job = work.Job(place, config, clock(now))
    wanted = [quarter_named(quarter, job.now, config)] if quarter else named(place.root / "editions", job.now, config)
    with Archive.open(place.archive, create=False) as archive:
        for one in wanted:
            for row in labelled(work.gathered(job, one, archive), work.rulings(job, one).stories):
                _print({"quarter": one.name} | row)


def _tagged(file: IO[str]) -> Iterator[TaggedItem]:
    return _judge(list(_rows(file)))


def _judge(rows: list[tuple[int, dict[str, Any]]]) -> Iterator[TaggedItem]:
    from digest.model import TaggedItem
    from digest.tag import Judge
    from digest.tag.lab import item_from_json

    judge = Judge.load()
    for line, row in rows:
        item = item_from_json(row, line)
        yield TaggedItem(item, judge.judge(item))


def _rows(file: IO[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    seen: set[str] = set()
    for number, line in enumerate(_text(file), 1):
        if not line.strip():
            continue
        where = f"{file.name}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{where}: no JSON: {error}", "give one JSON object a line") from None
        except RecursionError:
            raise UsageError(f"{where}: nested too deeply", "give one flat JSON object a line") from None
        if not isinstance(row, dict) or not isinstance(row.get("id"), str | int):
            raise UsageError(f"{where}: an object with an id is wanted", "give one JSON object a line")
        row["id"] = str(row["id"])
        if row["id"] in seen:
            raise UsageError(f"{where}: id {row['id']} is given twice", "each item needs an id of its own")
        seen.add(row["id"])
        yield number, row


def _text(file: IO[str]) -> Iterator[str]:
    try:
        yield from file
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name}: not UTF-8: {error.reason}", "save it as UTF-8") from None


def _print(row: dict[str, Any]) -> None:
    click.echo(json.dumps(row, ensure_ascii=False))
