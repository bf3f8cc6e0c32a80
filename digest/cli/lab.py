"""`digest lab tag·cluster·rank·score·corrections·propose`: the judgement on its own, and what the team teaches it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from digest.cli.common import (
    clock,
    json_option,
    load_config,
    now_option,
    quarter_named,
    quiet_option,
    report,
    say,
    workspace_option,
)
from digest.errors import UsageError
from digest.text import clean, shorten
from digest.workspace import Workspace

if TYPE_CHECKING:
    from digest.cli.work import Job
    from digest.learn import Proposed, Reviewed
    from digest.model import Item, TaggedItem
    from digest.tag import Judge, Overrides
    from digest.tag.lab import Changed

_file = click.argument("file", type=click.File("r", encoding="utf-8"))


@click.group()
def command() -> None:
    """Judge any items given as JSON lines (id, title, summary, text, source, date, lang …); measure the judgement."""


@command.command()
@_file
@workspace_option
def tag(file: IO[str], workspace: Path) -> None:
    """Print the tags of each item of FILE, one JSON object a line. FILE may be - for standard input."""
    from digest.edition.rows import judged

    for member in _tagged(file, workspace):
        _print({"id": member.item.id} | judged(member.tags))


@command.command()
@_file
@workspace_option
def cluster(file: IO[str], workspace: Path) -> None:
    """Print the story of each item of FILE: items of one story have the same `story`."""
    from digest.cluster import cluster as stories_of

    members = list(_tagged(file, workspace))
    story_of = {member.item.id: story for story in stories_of(members) for member in story.items}
    for member in members:
        story = story_of[member.item.id]
        matched = [list(merge.matched) for merge in story.merges if member.item.id in (merge.first, merge.second)]
        _print({"id": member.item.id, "story": story.id, "matched": matched})


@command.command()
@_file
@workspace_option
def rank(file: IO[str], workspace: Path) -> None:
    """Print score and parts of each item of FILE, each taken as a story of its own."""
    from digest.model import Story
    from digest.period import quarter_of
    from digest.rank import default_weights
    from digest.rank import rank as ranked

    for member in _tagged(file, workspace):
        story = Story("s" + member.item.id, (member,), member)
        one = ranked([story], quarter_of(member.item.when), default_weights())[0]
        parts = {name: round(points, 4) for name, points in one.parts.items()}
        _print({"id": member.item.id, "score": round(one.score, 6), "parts": parts})


@command.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), required=False)
@click.option(
    "--try",
    "tried",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="VOCABULARY.yaml",
    help="Show what this file would do in the place of the workspace's vocabulary.yaml.",
)
@workspace_option
@now_option
@json_option
def score(file: IO[str] | None, tried: Path | None, workspace: Path, now: str | None, as_json: bool) -> None:
    """Measure the judgement against the labels in FILE (fields as `digest lab tag` prints them).

    Without FILE, or with --try: against what the team decided in all quarters of the workspace, and against the
    reference set that comes with the program. With --try, each figure now and with the change, and every item that is
    judged otherwise. Exit code 1 where it makes something worse: where in a field more items that were right are wrong
    then than the other way round.
    """
    from digest.cli import taught

    now_in_force = taught.overrides(workspace / "vocabulary.yaml")
    named = [_Set.of(file.name, list(_rows(file)))] if file else []
    if named and not tried:
        _report_figures(named[0].figures(named[0].judged(now_in_force)), as_json)
        return
    sets = [*_sets_of_workspace(workspace, now), *named]
    then = taught.overrides(tried) if tried else None
    compared = [one for one in (_compare(one, now_in_force, then) for one in sets) if one.figures]
    if as_json:
        report([asdict(one) for one in compared])
    else:
        _tell_compared(compared, changed=then is not None)
    worse = [f"{one.name}: {what}" for one in compared for what in one.worse]
    for line in worse:
        say(f"worse: {line}")
    if worse:
        raise SystemExit(1)


@command.command()
@click.argument("quarter", required=False)
@workspace_option
@now_option
def corrections(quarter: str | None, workspace: Path, now: str | None) -> None:
    """Print what the team corrected, as labelled items for `digest lab score`, one JSON object a line.

    Of QUARTER, or of every quarter that has a file in editions/. `given` names the fields that are the team's word,
    `corrected` those of them that the judgement has otherwise, `was` what it says; all other fields are its own.
    """
    from digest.archive import Archive
    from digest.cli import work
    from digest.cli.carried import named
    from digest.learn import labelled

    place = Workspace(workspace)
    config = load_config(place)
    job = work.Job(place, config, clock(now))
    wanted = [quarter_named(quarter, job.now, config)] if quarter else named(place.root / "editions", job.now, config)
    with Archive.open(place.archive, create=False) as archive:
        for one in wanted:
            for row in labelled(work.gathered(job, one, archive), work.rulings(job, one).stories):
                _print({"quarter": one.name} | row)


@command.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[N]…")
@click.option("--accept", is_flag=True, help="Write the proposals of these numbers into vocabulary.yaml.")
@workspace_option
@now_option
@quiet_option
@json_option
def propose(
    numbers: tuple[int, ...], accept: bool, workspace: Path, now: str | None, quiet: bool, as_json: bool
) -> None:
    """Propose lines for vocabulary.yaml, out of what the team decided in all quarters: companies with their category,
    words that speak for a category, rules that keep out or let in.

    Each rests on decisions that recur and that none contradicts, and its effect on all decisions and on the reference
    set is measured. What makes the reference set worse is shown and not offered. `--accept 1 3` writes the first and
    the third into vocabulary.yaml; the next build uses them.
    """
    from digest.cli import taught, work
    from digest.learn import proposals, together

    if accept != bool(numbers):
        raise UsageError("--accept needs numbers, and numbers need --accept", "as in `digest lab propose --accept 1 3`")
    place = Workspace(workspace)
    job = work.Job(place, load_config(place), clock(now))
    path = work.vocabulary_file(job)
    in_force = taught.overrides(path)
    reviewed = _reviewed(job)
    reference = _reference()
    found = proposals(reviewed, in_force, reference)
    offered = [one for one in found if one.offered]
    if accept:
        chosen = _accept(path, offered, numbers)
        effect = together(chosen, reviewed, in_force, reference)
        say(f"{path}: {len(chosen)} lines added; the next build uses them", quiet)
        say(f"the team's decisions judged right: {effect.right[0]} → {effect.right[1]} of {effect.of}", quiet)
        for line in effect.worse:
            say(f"worse, together: reference: {line}")
    elif as_json:
        report([_as_data(one, offered) for one in found])
    else:
        for line in _proposal_lines(found, offered):
            click.echo(line)
        say(f"{len(offered)} lines to add: digest lab propose --accept N …" if offered else "nothing to propose", quiet)


def _accept(path: Path, offered: Sequence[Proposed], numbers: Sequence[int]) -> list[Proposed]:
    """Writes the lines of proposals into vocabulary.yaml, all of them or none."""
    from digest.config.teach import teach
    from digest.workspace import write_file

    if unknown := [number for number in numbers if not 0 < number <= len(offered)]:
        raise UsageError(f"there is no proposal {unknown[0]}", "`digest lab propose` lists them")
    chosen = [offered[number - 1] for number in dict.fromkeys(numbers)]
    text = path.read_bytes().decode("utf-8") if path.exists() else ""
    write_file(path, teach(text, tuple(one.line for one in chosen), str(path)).encode())
    return chosen


def _proposal_lines(found: Sequence[Proposed], offered: Sequence[Proposed]) -> Iterator[str]:
    """The offered proposals as a vocabulary.yaml, and as comments those that would make the reference set worse."""
    from digest.config.teach import GROUPS, teach

    numbers = {id(one): number for number, one in enumerate(offered, 1)}
    for group in GROUPS:
        several = [one for one in offered if one.line.group == group]
        if several:
            yield f"{group}:"
        slugs = dict.fromkeys(slug for one in several for slug in one.line.entry) if group == "words" else (None,)
        for slug in slugs:
            if slug:
                yield f"  {slug}:"
            indent = "    " if slug else "  "
            for one in several:
                if slug is None or slug in one.line.entry:
                    yield from (f"{indent}# {line}" for line in _told(one, f"{numbers[id(one)]}. "))
                    written = teach("", (one.line,)).splitlines()
                    yield from written[1:] if slug is None else [f"    - {written[1].partition('[')[2][:-1]}"]
    for one in found:
        if one.effect.worse:
            yield from (f"# {line}" for line in _told(one, "not offered: "))
            yield f"#    the reference set gets worse: {'; '.join(one.effect.worse)}"


def _told(one: Proposed, opening: str) -> Iterator[str]:
    """Why a line is proposed, what it rests on, and what it does."""
    effect = one.effect
    yield opening + one.why
    titles = [f"“{shorten(clean(lesson.item.title), 60)}”" for lesson in one.rests_on]
    yield "   rests on " + ", ".join(titles[:4]) + (f" and {len(titles) - 4} more" if len(titles) > 4 else "")
    moved = [f"{name} {was:.3f} → {then:.3f}" for name, (was, then) in effect.figures.items() if was != then]
    told = "; reference set: " + (", ".join(moved) or "no figure moves")
    yield f"   the team's decisions judged right: {effect.right[0]} → {effect.right[1]} of {effect.of}{told}"
    if effect.moved:
        yield f"   other items of the archive judged otherwise: {effect.moved}"


def proposed(job: Job) -> list[dict[str, Any]]:
    """What `digest lab propose --json` reports."""
    from digest.cli import taught, work
    from digest.learn import proposals

    found = proposals(_reviewed(job), taught.overrides(work.vocabulary_file(job)), _reference())
    offered = [one for one in found if one.offered]
    return [_as_data(one, offered) for one in found]


def _as_data(one: Proposed, offered: Sequence[Proposed]) -> dict[str, Any]:
    from digest.config.teach import teach

    rests_on = [
        {"id": lesson.item.id, "title": lesson.item.title, "quarter": lesson.quarter} for lesson in one.rests_on
    ]
    return {
        "number": next((number for number, other in enumerate(offered, 1) if other is one), None),
        "offered": one.offered,
        "group": one.line.group,
        "entry": one.line.entry,
        "line": teach("", (one.line,)).strip(),
        "why": one.why,
        "rests_on": rests_on,
        "right": {"now": one.effect.right[0], "then": one.effect.right[1], "of": one.effect.of},
        "reference": {name: {"now": was, "then": then} for name, (was, then) in one.effect.figures.items()},
        "worse": one.effect.worse,
        "moved": one.effect.moved,
    }


def _reviewed(job: Job) -> list[Reviewed]:
    """The quarters that have a file in editions/, with what was decided of them; none where there is no archive."""
    from digest.archive import Archive
    from digest.cli import work
    from digest.cli.carried import named
    from digest.learn import Reviewed

    quarters = named(
        work.decisions_file(job, quarter_named("current", job.now, job.config)).parent, job.now, job.config
    )
    if not quarters or not job.workspace.archive.exists():
        return []
    found = []
    with Archive.open(job.workspace.archive, create=False) as archive:
        for quarter in quarters:
            decision = work.decide(job, quarter, archive)
            stories = tuple(decision.ruled.untagged.get(story.id, story) for story in decision.stories)
            told = frozenset(one.story.id for one in decision.chosen)
            found.append(Reviewed(quarter.name, stories, work.rulings(job, quarter).stories, told))
    return found


# ---------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class _Set:
    """Items and their labels. `some`: a row knows some fields only."""

    name: str
    items: Sequence[Item]
    gold: Sequence[Mapping[str, Any]]
    some: bool = False

    @classmethod
    def of(cls, name: str, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> _Set:
        """Of labelled rows, each with the number of its line."""
        from digest.tag.lab import item_from_json

        return cls(name, [item_from_json(row, line) for line, row in rows], [row for _, row in rows])

    def judged(self, overrides: Overrides) -> dict[str, dict[str, Any]]:
        """The judgement of each item, by the id in its labels."""
        from digest.tag import Judge
        from digest.tag.lab import row_of

        judge = Judge.load(overrides)
        return {str(row["id"]): row_of(judge.judge(item)) for item, row in zip(self.items, self.gold, strict=True)}

    def figures(self, judged: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
        """How a judgement agrees with the labels."""
        from digest.tag.lab import right_shares
        from digest.tag.lab import score as measure

        if self.some:
            return right_shares(self.gold, judged)
        return measure(self.gold, [{"id": key, **row} for key, row in judged.items()])


@dataclass(frozen=True, slots=True)
class _Compared:
    """A set of labels, measured: figure → now, and with the change where one is tried."""

    name: str
    items: int
    figures: Mapping[str, tuple[float, ...]]
    changed: tuple[Changed, ...] = ()
    worse: tuple[str, ...] = ()


def _sets_of_workspace(workspace: Path, now: str | None) -> Iterator[_Set]:
    """What the team decided in all quarters, and the reference set."""
    place = Workspace(workspace)
    if place.sources.is_file():
        from digest.cli import work
        from digest.learn import all_lessons

        lessons = all_lessons(_reviewed(work.Job(place, load_config(place), clock(now))))
        yield _Set("decisions", [one.item for one in lessons], [one.row for one in lessons], some=True)
    yield _Set.of("reference", list(enumerate(_reference(), 1)))


def _reference() -> Sequence[Mapping[str, Any]]:
    from digest.tag.lab import reference

    if not reference():
        say("this package holds no reference set: changes are measured on the team's decisions alone")
    return reference()


def _compare(labels: _Set, now: Overrides, then: Overrides | None) -> _Compared:
    from digest.tag.lab import changes, worse

    if not labels.items:
        return _Compared(labels.name, 0, {})
    judged = [labels.judged(one) for one in (now, then) if one is not None]
    measured = [labels.figures(one) for one in judged]
    changed = changes(labels.gold, *judged) if then is not None else ()
    figures = {name: tuple(one[name] for one in measured) for name in measured[0]}
    return _Compared(labels.name, len(labels.items), figures, changed, worse(changed))


def _report_figures(figures: Mapping[str, float], as_json: bool) -> None:
    if as_json:
        report(figures)
        return
    for name, value in figures.items():
        click.echo(f"{name:32} {value:.3f}")


def _tell_compared(compared: Sequence[_Compared], *, changed: bool) -> None:
    """One table of all figures, then the items that are judged otherwise."""
    click.echo(f"{'figure':52} {'now':>6}" + (f" {'then':>6} {'change':>7}" if changed else ""))
    for one in compared:
        for name, values in one.figures.items():
            cells = "".join(f" {value:6.3f}" for value in values)
            click.echo(f"{f'{one.name}: {name}':52}{cells}" + (f" {values[1] - values[0]:+7.3f}" if changed else ""))
    for one in compared:
        for item in one.changed:
            verdict = {"won": " (right now)", "lost": " (was right)"}.get(item.verdict, "")
            moved = f"{item.field}: {item.before or '–'} → {item.after or '–'}{verdict}"
            click.echo(clean(f"{one.name} {item.id}  {shorten(clean(item.title), 60)}"))
            click.echo(f"    {clean(moved)}")
    if changed and not any(one.changed for one in compared):
        click.echo("no item is judged otherwise")


# ---------------------------------------------------------------- lines


def _tagged(file: IO[str], workspace: Path) -> Iterator[TaggedItem]:
    from digest.model import TaggedItem
    from digest.tag.lab import item_from_json

    judge = _judge(workspace)
    for line, row in list(_rows(file)):
        item = item_from_json(row, line)
        yield TaggedItem(item, judge.judge(item))


def _judge(workspace: Path) -> Judge:
    """The judgement with the workspace's vocabulary, where it has one."""
    from digest.cli import taught
    from digest.tag import Judge

    return Judge.load(taught.overrides(workspace / "vocabulary.yaml"))


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
