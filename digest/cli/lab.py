"""`digest lab tag·cluster·rank·ground·score·corrections·propose`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, CommandGroup, Invocation, options, print_json, print_row
from digest.cli.completion import complete_quarters
from digest.errors import UsageError
from digest.text import clean_text, format_count, list_some, truncate_text

if TYPE_CHECKING:
    from digest.app.evaluate import LabelComparison, LabelSet, ProposalReview
    from digest.learn.proposals import VocabularyProposal

_file_argument = click.argument("file", type=click.File("r", encoding="utf-8"))


@click.group(cls=CommandGroup)
def command() -> None:
    """Judge any items given as JSON lines (id, title, summary, text, source, date, lang …); measure
    the judgement.
    """


@command.command()
@_file_argument
@options("workspace")
def tag(call: Invocation, file: IO[str]) -> None:
    """Print the tags of each item of FILE, one JSON object a line. FILE may be - for standard
    input.
    """
    from digest.app.lab import tag_rows

    for row in tag_rows(file, file.name, call.workspace.root / "vocabulary.yaml"):
        print_row(row)


@command.command()
@_file_argument
@options("workspace")
def cluster(call: Invocation, file: IO[str]) -> None:
    """Print the story of each item of FILE: items of one story have the same `story`."""
    from digest.app.lab import cluster_rows

    for row in cluster_rows(file, file.name, call.workspace.root / "vocabulary.yaml"):
        print_row(row)


@command.command()
@_file_argument
@options("workspace")
def rank(call: Invocation, file: IO[str]) -> None:
    """Print score and parts of each item of FILE, each taken as a story of its own."""
    from digest.app.lab import rank_rows

    for row in rank_rows(file, file.name, call.workspace.root / "vocabulary.yaml"):
        print_row(row)


@command.command()
@_file_argument
@options("workspace")
def ground(_call: Invocation, file: IO[str]) -> None:
    """Print for each sentence of FILE whether the items that it cites carry it, and why not.

    FILE holds one JSON object a line: `id`, `items` (each with id, title, summary, text, lang,
    date), `cites` (ids of items), `sentence`, `lang`. Out come `id`, `passes` and `reason`. The
    rules alone judge: no model is asked.
    """
    from digest.app.ground import ground_rows

    for row in ground_rows(file, file.name):
        print_row(row)


@command.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), required=False)
@click.option(
    "--try",
    "tried",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="VOCABULARY.yaml",
    help="Show what this file would do in the place of the workspace's vocabulary.yaml.",
)
@click.option(
    "--judge",
    "with_model",
    is_flag=True,
    help="Show what the language model of sources.yaml does to each figure; it is asked.",
)
@options("workspace", "now", "json")
def score(call: Invocation, file: IO[str] | None, tried: Path | None, with_model: bool) -> None:
    """Measure the judgement against the labels in FILE (fields as `digest lab tag` prints them).

    Without FILE, or with --try: against what the team decided in all quarters of the workspace, and
    against the reference set that comes with the program. With --try, each figure now and with the
    change, and every item that is judged otherwise. Exit code 1 where it makes something worse:
    where in a field more items that were right are wrong then than the other way round.
    """
    from digest.app import evaluate
    from digest.app.lab import read_json_lines
    from digest.app.vocabulary import load_overrides

    current = load_overrides(call.workspace.root / "vocabulary.yaml")
    sets = []
    if file:
        rows = read_json_lines(file, file.name)
        sets.append(evaluate.make_label_set(file.name, rows))
    if with_model:
        if tried:
            raise UsageError("--judge and --try are two comparisons", "make one at a time")
        _score_with_model(call, sets or evaluate.load_label_sets(call.context))
        return
    if file and not tried:
        figures = sets[0].measure_figures(sets[0].judge_items(current))
        call.report(figures, (f"{name:32} {value:.3f}" for name, value in figures.items()))
        return
    context = call.context if call.workspace.sources_file.is_file() else None
    sets = evaluate.load_label_sets(context) + sets
    changed = load_overrides(tried) if tried else None
    compared = [evaluate.compare_label_set(labels, current, changed) for labels in sets]
    compared = [one for one in compared if one.figures]
    call.report(
        [asdict(one) for one in compared], _format_comparisons(compared, changed=bool(tried))
    )
    worse = [f"{one.name}: {fault}" for one in compared for fault in one.worse]
    for fault in worse:
        LOGGER.warning(f"worse: {fault}")
    if worse:
        raise SystemExit(1)


def _score_with_model(call: Invocation, sets: Sequence[LabelSet]) -> None:
    """Print each figure without and with the language model, and what was asked."""
    from digest.app.evaluate import compare_with_model

    compared = []
    for labels in sets:
        if labels.items:
            comparison, note = compare_with_model(call.context, labels)
            compared.append(comparison)
            LOGGER.info(f"{labels.name}: {note}")
    call.report([asdict(one) for one in compared], _format_comparisons(compared, changed=True))


@command.command()
@click.argument("quarter", required=False, shell_complete=complete_quarters)
@options("workspace", "now")
def corrections(call: Invocation, quarter: str | None) -> None:
    """Print what the team corrected, as labelled items for `digest lab score`, one JSON object a
    line.

    Of QUARTER, or of every quarter that has a file in editions/. `given` names the fields that are
    the team's word, `corrected` those of them that the judgement has otherwise, `was` what it says;
    all other fields are its own.
    """
    from digest.app.evaluate import iter_corrections

    for row in iter_corrections(call.context, call.quarter(quarter) if quarter else None):
        print_row(row)


@command.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[N]…")
@click.option(
    "--accept", is_flag=True, help="Write the proposals of these numbers into vocabulary.yaml."
)
@options(*REPORTING)
def propose(call: Invocation, numbers: tuple[int, ...], accept: bool) -> None:
    """Propose lines for vocabulary.yaml, out of what the team decided in all quarters: companies
    with their category, words that speak for a category, rules that keep out or let in.

    Each rests on decisions that recur and that none contradicts, and its effect on all decisions
    and on the reference set is measured. What makes the reference set worse is shown and not
    offered. `--accept 1 3` writes the first and the third into vocabulary.yaml; the next build uses
    them.
    """
    if accept != bool(numbers):
        raise UsageError(
            "--accept needs numbers, and numbers need --accept",
            "as in `digest lab propose --accept 1 3`",
        )
    from digest.app.evaluate import ProposalReview

    review = ProposalReview(call.context)
    if accept:
        count, effect = review.accept(numbers)
        (before, after), total = effect.right, effect.decision_count
        LOGGER.info(f"{review.path}: {format_count(count, 'line')} added; the next build uses them")
        LOGGER.info(f"the team's decisions judged right: {before} → {after} of {total}")
        for fault in effect.worse:
            LOGGER.warning(f"worse, together: reference: {fault}")
    elif call.as_json:
        print_json(review.to_json())
    else:
        for line in _format_proposals(review):
            click.echo(line)
        count = len(review.offered)
        add = f"{format_count(count, 'line')} to add: digest lab propose --accept N …"
        LOGGER.info(add if count else "nothing to propose")


def _format_comparisons(compared: Sequence[LabelComparison], *, changed: bool) -> Iterator[str]:
    """Yield one table of all figures, then the items that are judged otherwise."""
    yield f"{'figure':52} {'now':>6}" + (f" {'then':>6} {'change':>7}" if changed else "")
    for comparison in compared:
        for name, values in comparison.figures.items():
            cells = "".join(f" {value:6.3f}" for value in values)
            change = f" {values[1] - values[0]:+7.3f}" if changed else ""
            yield f"{f'{comparison.name}: {name}':52}{cells}{change}"
    for comparison in compared:
        for item in comparison.changed:
            verdict = {"won": " (right now)", "lost": " (was right)"}.get(item.verdict, "")
            title = truncate_text(clean_text(item.title), 60)
            yield clean_text(f"{comparison.name} {item.id}  {title}")
            change = f"{item.field}: {item.before or '–'} → {item.after or '–'}{verdict}"
            yield f"    {clean_text(change)}"
    if changed and not any(comparison.changed for comparison in compared):
        yield "no item is judged otherwise"


def _format_proposals(review: ProposalReview) -> Iterator[str]:
    """Yield the offered proposals as a vocabulary.yaml, the harmful ones as comments."""
    from digest.config.vocabulary import GROUPS, add_lines

    numbered = list(enumerate(review.offered, 1))
    for group in GROUPS:
        members = [(number, one) for number, one in numbered if one.line.group == group]
        if members:
            yield f"{group}:"
        if group == "events":  # several may stand under one event
            for number, one in members:
                yield from (f"  # {line}" for line in _describe_proposal(one, f"{number}. "))
            lines = tuple(one.line for _, one in members)
            yield from add_lines("", lines).splitlines()[1:]
            continue
        if group != "words":
            for number, one in members:
                yield from (f"  # {line}" for line in _describe_proposal(one, f"{number}. "))
                yield from add_lines("", (one.line,)).splitlines()[1:]
            continue
        for slug in dict.fromkeys(slug for _, one in members for slug in one.line.entry):
            yield f"  {slug}:"
            for number, one in members:
                if slug in one.line.entry:
                    yield from (f"    # {line}" for line in _describe_proposal(one, f"{number}. "))
                    words = add_lines("", (one.line,)).splitlines()[1].partition("[")[2][:-1]
                    yield f"    - {words}"
    yield from _format_refusals(review)


def _format_refusals(review: ProposalReview) -> Iterator[str]:
    """Yield as comments what would do harm, and what recurs and makes no line."""
    for proposal in review.proposals:
        if proposal.effect.worse and proposal.refusal:
            yield from (f"# {line}" for line in _describe_proposal(proposal, "not offered: "))
            yield f"#    {proposal.refusal}"
    for refusal in review.refusals:
        yield f"# not proposed: {refusal.what}: {refusal.reason}"


def _describe_proposal(proposal: VocabularyProposal, opening: str) -> Iterator[str]:
    """Yield why a line is proposed, what it rests on, and what it does."""
    effect = proposal.effect
    yield opening + proposal.why
    titles = [f"“{truncate_text(clean_text(one.item.title), 60)}”" for one in proposal.rests_on]
    yield f"   rests on {list_some(titles, 4)}"
    figures = effect.figures.items()
    moved = [f"{name} {now:.3f} → {then:.3f}" for name, (now, then) in figures if now != then]
    right = f"{effect.right[0]} → {effect.right[1]} of {effect.decision_count}"
    reference = f"reference set: {', '.join(moved) or 'no figure moves'}"
    yield f"   the team's decisions judged right: {right}; {reference}"
    if effect.moved:
        yield f"   other items of the archive judged otherwise: {effect.moved}"
