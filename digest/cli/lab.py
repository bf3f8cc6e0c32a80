"""`digest lab tag·cluster·rank·score·corrections·propose`: the judgement on its own, and what the team teaches it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from digest.app.workspace import Workspace
from digest.cli.common import (
    json_option,
    load_config,
    now_option,
    print_json,
    print_message,
    quiet_option,
    resolve_now,
    resolve_quarter,
    workspace_option,
)
from digest.errors import UsageError
from digest.text import clean_text, truncate_text

if TYPE_CHECKING:
    from digest.app.context import AppContext
    from digest.learn.evaluation import ReviewedQuarter
    from digest.learn.proposals import VocabularyProposal
    from digest.model.item import Item
    from digest.model.tags import TaggedItem
    from digest.tag import ItemJudge, Overrides
    from digest.tag.lab import JudgementChange

_file_argument = click.argument("file", type=click.File("r", encoding="utf-8"))


@click.group()
def command() -> None:
    """Judge any items given as JSON lines (id, title, summary, text, source, date, lang …); measure the judgement."""


@command.command()
@_file_argument
@workspace_option
def tag(file: IO[str], workspace: Path) -> None:
    """Print the tags of each item of FILE, one JSON object a line. FILE may be - for standard input."""
    from digest.edition.rows import tags_to_dict

    for member in _tag_items(file, workspace):
        _print_row({"id": member.item.id} | tags_to_dict(member.tags))


@command.command()
@_file_argument
@workspace_option
def cluster(file: IO[str], workspace: Path) -> None:
    """Print the story of each item of FILE: items of one story have the same `story`."""
    from digest.cluster import cluster_items as stories_of

    members = list(_tag_items(file, workspace))
    story_of = {member.item.id: story for story in stories_of(members) for member in story.items}
    for member in members:
        story = story_of[member.item.id]
        matched = [
            list(merge.matched)
            for merge in story.merges
            if member.item.id in (merge.first, merge.second)
        ]
        _print_row({"id": member.item.id, "story": story.id, "matched": matched})


@command.command()
@_file_argument
@workspace_option
def rank(file: IO[str], workspace: Path) -> None:
    """Print score and parts of each item of FILE, each taken as a story of its own."""
    from digest.model.story import Story
    from digest.period import quarter_containing
    from digest.rank import load_default_weights
    from digest.rank import rank_stories as ranked

    for member in _tag_items(file, workspace):
        story = Story("s" + member.item.id, (member,), member)
        one = ranked(
            [story], quarter_containing(member.item.published_or_seen), load_default_weights()
        )[0]
        parts = {name: round(points, 4) for name, points in one.parts.items()}
        _print_row({"id": member.item.id, "score": round(one.score, 6), "parts": parts})


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
def score(
    file: IO[str] | None, tried: Path | None, workspace: Path, now: str | None, as_json: bool
) -> None:
    """Measure the judgement against the labels in FILE (fields as `digest lab tag` prints them).

    Without FILE, or with --try: against what the team decided in all quarters of the workspace, and against the
    reference set that comes with the program. With --try, each figure now and with the change, and every item that is
    judged otherwise. Exit code 1 where it makes something worse: where in a field more items that were right are wrong
    then than the other way round.
    """
    from digest.app import vocabulary as taught

    now_in_force = taught.load_overrides(workspace / "vocabulary.yaml")
    named = [_LabelSet.from_rows(file.name, list(_read_rows(file)))] if file else []
    if named and not tried:
        _print_figures(named[0].measure_figures(named[0].judge_items(now_in_force)), as_json)
        return
    sets = [*_load_label_sets(workspace, now), *named]
    then = taught.load_overrides(tried) if tried else None
    compared = [
        one for one in (_compare_judgements(one, now_in_force, then) for one in sets) if one.figures
    ]
    if as_json:
        print_json([asdict(one) for one in compared])
    else:
        _print_comparisons(compared, changed=then is not None)
    worse = [f"{one.name}: {what}" for one in compared for what in one.worse]
    for line in worse:
        print_message(f"worse: {line}")
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
    from digest.app.context import AppContext, load_quarter_decisions
    from digest.app.judge import load_stories
    from digest.app.previous import find_decided_quarters
    from digest.archive import Archive
    from digest.learn.evaluation import build_labelled_rows

    place = Workspace(workspace)
    config = load_config(place)
    context = AppContext(place, config, resolve_now(now))
    wanted = (
        [resolve_quarter(quarter, context.now, config)]
        if quarter
        else find_decided_quarters(place.root / "editions", context.now, config)
    )
    with Archive.open(place.archive_file, create=False) as archive:
        for one in wanted:
            for row in build_labelled_rows(
                load_stories(context, one, archive),
                load_quarter_decisions(context, one).stories,
            ):
                _print_row({"quarter": one.name} | row)


@command.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[N]…")
@click.option(
    "--accept", is_flag=True, help="Write the proposals of these numbers into vocabulary.yaml."
)
@workspace_option
@now_option
@quiet_option
@json_option
def propose(
    numbers: tuple[int, ...],
    accept: bool,
    workspace: Path,
    now: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Propose lines for vocabulary.yaml, out of what the team decided in all quarters: companies with their category,
    words that speak for a category, rules that keep out or let in.

    Each rests on decisions that recur and that none contradicts, and its effect on all decisions and on the reference
    set is measured. What makes the reference set worse is shown and not offered. `--accept 1 3` writes the first and
    the third into vocabulary.yaml; the next build uses them.
    """
    from digest.app import vocabulary as taught
    from digest.app.context import AppContext, vocabulary_file
    from digest.learn.proposals import measure_combined_effect, propose_changes

    if accept != bool(numbers):
        raise UsageError(
            "--accept needs numbers, and numbers need --accept",
            "as in `digest lab propose --accept 1 3`",
        )
    place = Workspace(workspace)
    context = AppContext(place, load_config(place), resolve_now(now))
    path = vocabulary_file(context)
    in_force = taught.load_overrides(path)
    reviewed = _load_reviewed_quarters(context)
    reference = _load_reference_set()
    found = propose_changes(reviewed, in_force, reference)
    offered = [one for one in found if one.is_offered]
    if accept:
        chosen = _accept_proposals(path, offered, numbers)
        effect = measure_combined_effect(chosen, reviewed, in_force, reference)
        print_message(f"{path}: {len(chosen)} lines added; the next build uses them", quiet)
        print_message(
            f"the team's decisions judged right: {effect.right[0]} → {effect.right[1]} of {effect.decision_count}",
            quiet,
        )
        for line in effect.worse:
            print_message(f"worse, together: reference: {line}")
    elif as_json:
        print_json([_proposal_to_json(one, offered) for one in found])
    else:
        for line in _format_proposals(found, offered):
            click.echo(line)
        print_message(
            f"{len(offered)} lines to add: digest lab propose --accept N …"
            if offered
            else "nothing to propose",
            quiet,
        )


def _accept_proposals(
    path: Path, offered: Sequence[VocabularyProposal], numbers: Sequence[int]
) -> list[VocabularyProposal]:
    """Writes the lines of proposals into vocabulary.yaml, all of them or none."""
    from digest.app.workspace import write_file
    from digest.config.vocabulary import add_lines

    if unknown := [number for number in numbers if not 0 < number <= len(offered)]:
        raise UsageError(f"there is no proposal {unknown[0]}", "`digest lab propose` lists them")
    chosen = [offered[number - 1] for number in dict.fromkeys(numbers)]
    text = path.read_bytes().decode("utf-8") if path.exists() else ""
    write_file(path, add_lines(text, tuple(one.line for one in chosen), str(path)).encode())
    return chosen


def _format_proposals(
    found: Sequence[VocabularyProposal], offered: Sequence[VocabularyProposal]
) -> Iterator[str]:
    """The offered proposals as a vocabulary.yaml, and as comments those that would make the reference set worse."""
    from digest.config.vocabulary import GROUPS, add_lines

    numbers = {id(one): number for number, one in enumerate(offered, 1)}
    for group in GROUPS:
        several = [one for one in offered if one.line.group == group]
        if several:
            yield f"{group}:"
        slugs = (
            dict.fromkeys(slug for one in several for slug in one.line.entry)
            if group == "words"
            else (None,)
        )
        for slug in slugs:
            if slug:
                yield f"  {slug}:"
            indent = "    " if slug else "  "
            for one in several:
                if slug is None or slug in one.line.entry:
                    yield from (
                        f"{indent}# {line}"
                        for line in _format_proposal(one, f"{numbers[id(one)]}. ")
                    )
                    written = add_lines("", (one.line,)).splitlines()
                    yield from (
                        written[1:]
                        if slug is None
                        else [f"    - {written[1].partition('[')[2][:-1]}"]
                    )
    for one in found:
        if one.effect.worse:
            yield from (f"# {line}" for line in _format_proposal(one, "not offered: "))
            yield f"#    the reference set gets worse: {'; '.join(one.effect.worse)}"


def _format_proposal(one: VocabularyProposal, opening: str) -> Iterator[str]:
    """Why a line is proposed, what it rests on, and what it does."""
    effect = one.effect
    yield opening + one.why
    titles = [f"“{truncate_text(clean_text(lesson.item.title), 60)}”" for lesson in one.rests_on]
    yield (
        "   rests on "
        + ", ".join(titles[:4])
        + (f" and {len(titles) - 4} more" if len(titles) > 4 else "")
    )
    moved = [
        f"{name} {was:.3f} → {then:.3f}"
        for name, (was, then) in effect.figures.items()
        if was != then
    ]
    told = "; reference set: " + (", ".join(moved) or "no figure moves")
    yield f"   the team's decisions judged right: {effect.right[0]} → {effect.right[1]} of {effect.decision_count}{told}"
    if effect.moved:
        yield f"   other items of the archive judged otherwise: {effect.moved}"


def list_proposals(context: AppContext) -> list[dict[str, Any]]:
    """What `digest lab propose --json` reports."""
    from digest.app import vocabulary as taught
    from digest.app.context import vocabulary_file
    from digest.learn.proposals import propose_changes

    found = propose_changes(
        _load_reviewed_quarters(context),
        taught.load_overrides(vocabulary_file(context)),
        _load_reference_set(),
    )
    offered = [one for one in found if one.is_offered]
    return [_proposal_to_json(one, offered) for one in found]


def _proposal_to_json(
    one: VocabularyProposal, offered: Sequence[VocabularyProposal]
) -> dict[str, Any]:
    from digest.config.vocabulary import add_lines

    rests_on = [
        {"id": lesson.item.id, "title": lesson.item.title, "quarter": lesson.quarter}
        for lesson in one.rests_on
    ]
    return {
        "number": next((number for number, other in enumerate(offered, 1) if other is one), None),
        "offered": one.is_offered,
        "group": one.line.group,
        "entry": one.line.entry,
        "line": add_lines("", (one.line,)).strip(),
        "why": one.why,
        "rests_on": rests_on,
        "right": {
            "now": one.effect.right[0],
            "then": one.effect.right[1],
            "of": one.effect.decision_count,
        },
        "reference": {
            name: {"now": was, "then": then} for name, (was, then) in one.effect.figures.items()
        },
        "worse": one.effect.worse,
        "moved": one.effect.moved,
    }


def _load_reviewed_quarters(context: AppContext) -> list[ReviewedQuarter]:
    """The quarters that have a file in editions/, with what was decided of them; none where there is no archive."""
    from digest.app.context import decisions_file, load_quarter_decisions
    from digest.app.judge import decide_quarter
    from digest.app.previous import find_decided_quarters
    from digest.archive import Archive
    from digest.learn.evaluation import ReviewedQuarter

    quarters = find_decided_quarters(
        decisions_file(context, resolve_quarter("current", context.now, context.config)).parent,
        context.now,
        context.config,
    )
    if not quarters or not context.workspace.archive_file.exists():
        return []
    found = []
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        for quarter in quarters:
            decision = decide_quarter(context, quarter, archive)
            stories = tuple(
                decision.decided.untagged.get(story.id, story) for story in decision.stories
            )
            told = frozenset(one.story.id for one in decision.chosen)
            found.append(
                ReviewedQuarter(
                    quarter.name,
                    stories,
                    load_quarter_decisions(context, quarter).stories,
                    told,
                )
            )
    return found


# ---------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class _LabelSet:
    """Items and their labels. `some`: a row knows some fields only."""

    name: str
    items: Sequence[Item]
    gold: Sequence[Mapping[str, Any]]
    partial: bool = False

    @classmethod
    def from_rows(cls, name: str, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> _LabelSet:
        """Of labelled rows, each with the number of its line."""
        from digest.tag.lab import item_from_json

        return cls(
            name, [item_from_json(row, line) for line, row in rows], [row for _, row in rows]
        )

    def judge_items(self, overrides: Overrides) -> dict[str, dict[str, Any]]:
        """The judgement of each item, by the id in its labels."""
        from digest.tag import ItemJudge
        from digest.tag.lab import tags_to_row

        judge = ItemJudge.load(overrides)
        return {
            str(row["id"]): tags_to_row(judge.judge_item(item))
            for item, row in zip(self.items, self.gold, strict=True)
        }

    def measure_figures(self, judged: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
        """How a judgement agrees with the labels."""
        from digest.tag.lab import measure_accuracy
        from digest.tag.lab import measure_agreement as measure

        if self.partial:
            return measure_accuracy(self.gold, judged)
        return measure(self.gold, [{"id": key, **row} for key, row in judged.items()])


@dataclass(frozen=True, slots=True)
class _LabelComparison:
    """A set of labels, measured: figure → now, and with the change where one is tried."""

    name: str
    items: int
    figures: Mapping[str, tuple[float, ...]]
    changed: tuple[JudgementChange, ...] = ()
    worse: tuple[str, ...] = ()


def _load_label_sets(workspace: Path, now: str | None) -> Iterator[_LabelSet]:
    """What the team decided in all quarters, and the reference set."""
    place = Workspace(workspace)
    if place.sources_file.is_file():
        from digest.app.context import AppContext
        from digest.learn.evaluation import latest_feedback

        lessons = latest_feedback(
            _load_reviewed_quarters(AppContext(place, load_config(place), resolve_now(now)))
        )
        yield _LabelSet(
            "decisions",
            [one.item for one in lessons],
            [one.target_row for one in lessons],
            partial=True,
        )
    yield _LabelSet.from_rows("reference", list(enumerate(_load_reference_set(), 1)))


def _load_reference_set() -> Sequence[Mapping[str, Any]]:
    from digest.tag.lab import load_reference

    if not load_reference():
        print_message(
            "this package holds no reference set: changes are measured on the team's decisions alone"
        )
    return load_reference()


def _compare_judgements(
    labels: _LabelSet, now: Overrides, then: Overrides | None
) -> _LabelComparison:
    from digest.tag.lab import compare_judgements, find_regressions

    if not labels.items:
        return _LabelComparison(labels.name, 0, {})
    judged = [labels.judge_items(one) for one in (now, then) if one is not None]
    measured = [labels.measure_figures(one) for one in judged]
    changed = compare_judgements(labels.gold, *judged) if then is not None else ()
    figures = {name: tuple(one[name] for one in measured) for name in measured[0]}
    return _LabelComparison(
        labels.name, len(labels.items), figures, changed, find_regressions(changed)
    )


def _print_figures(figures: Mapping[str, float], as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        click.echo(f"{name:32} {value:.3f}")


def _print_comparisons(compared: Sequence[_LabelComparison], *, changed: bool) -> None:
    """One table of all figures, then the items that are judged otherwise."""
    click.echo(f"{'figure':52} {'now':>6}" + (f" {'then':>6} {'change':>7}" if changed else ""))
    for one in compared:
        for name, values in one.figures.items():
            cells = "".join(f" {value:6.3f}" for value in values)
            click.echo(
                f"{f'{one.name}: {name}':52}{cells}"
                + (f" {values[1] - values[0]:+7.3f}" if changed else "")
            )
    for one in compared:
        for item in one.changed:
            verdict = {"won": " (right now)", "lost": " (was right)"}.get(item.verdict, "")
            moved = f"{item.field}: {item.before or '–'} → {item.after or '–'}{verdict}"
            click.echo(
                clean_text(f"{one.name} {item.id}  {truncate_text(clean_text(item.title), 60)}")
            )
            click.echo(f"    {clean_text(moved)}")
    if changed and not any(one.changed for one in compared):
        click.echo("no item is judged otherwise")


# ---------------------------------------------------------------- lines


def _tag_items(file: IO[str], workspace: Path) -> Iterator[TaggedItem]:
    from digest.model.tags import TaggedItem
    from digest.tag.lab import item_from_json

    judge = _load_judge(workspace)
    for line, row in list(_read_rows(file)):
        item = item_from_json(row, line)
        yield TaggedItem(item, judge.judge_item(item))


def _load_judge(workspace: Path) -> ItemJudge:
    """The judgement with the workspace's vocabulary, where it has one."""
    from digest.app import vocabulary as taught
    from digest.tag import ItemJudge

    return ItemJudge.load(taught.load_overrides(workspace / "vocabulary.yaml"))


def _read_rows(file: IO[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    seen: set[str] = set()
    for number, line in enumerate(_read_lines(file), 1):
        if not line.strip():
            continue
        where = f"{file.name}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{where}: no JSON: {error}", "give one JSON object a line") from None
        except RecursionError:
            raise UsageError(
                f"{where}: nested too deeply", "give one flat JSON object a line"
            ) from None
        if not isinstance(row, dict) or not isinstance(row.get("id"), str | int):
            raise UsageError(
                f"{where}: an object with an id is wanted", "give one JSON object a line"
            )
        row["id"] = str(row["id"])
        if row["id"] in seen:
            raise UsageError(
                f"{where}: id {row['id']} is given twice", "each item needs an id of its own"
            )
        seen.add(row["id"])
        yield number, row


def _read_lines(file: IO[str]) -> Iterator[str]:
    try:
        yield from file
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name}: not UTF-8: {error.reason}", "save it as UTF-8") from None


def _print_row(row: dict[str, Any]) -> None:
    click.echo(json.dumps(row, ensure_ascii=False))
