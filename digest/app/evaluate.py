"""Measure the judgement: on labels, on what the team decided, on lines that it proposes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.app.context import AppContext, decisions_file, load_quarter_decisions, vocabulary_file
from digest.app.judge import decide_quarter, load_stories
from digest.app.logs import LOGGER
from digest.app.previous import find_decided_quarters
from digest.app.vocabulary import load_overrides
from digest.app.workspace import write_file
from digest.archive import Archive
from digest.config.vocabulary import add_lines
from digest.errors import UsageError
from digest.learn.evaluation import (
    ChangeEffect,
    ReviewedQuarter,
    build_labelled_rows,
    merge_feedback,
)
from digest.learn.proposals import (
    Refusal,
    find_refusals,
    measure_combined_effect,
    propose_changes,
)
from digest.model.item import Item
from digest.period import Quarter
from digest.tag import ItemJudge, Overrides
from digest.tag.lab import (
    JudgementChange,
    compare_judgements,
    find_regressions,
    item_from_json,
    load_reference,
    measure_accuracy,
    measure_agreement,
    tags_to_row,
)

JsonRow = Mapping[str, Any]

# ---------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class ModelJudgement:
    """Tags by id as a language model corrects them, and in words what it was asked at what cost."""

    rows: Mapping[str, JsonRow]
    note: str


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Items and their labels; in a `partial` set a row knows some fields only."""

    name: str
    items: Sequence[Item]
    labels: Sequence[JsonRow]
    partial: bool = False

    def judge_items(self, overrides: Overrides) -> dict[str, dict[str, Any]]:
        """Judge each item; return the tags by the id in its labels."""
        judge = ItemJudge.load(overrides)
        return {
            str(row["id"]): tags_to_row(judge.judge_item(item))
            for item, row in zip(self.items, self.labels, strict=True)
        }

    def judge_with_model(self, context: AppContext, overrides: Overrides) -> ModelJudgement:
        """Judge each item with the language model too, asking for what is not known.

        Raises UsageError where no model is configured.
        """
        from digest.app.model import judge_with_model

        judged, note = judge_with_model(context, self.items, ItemJudge.load(overrides))
        rows = {
            str(row["id"]): tags_to_row(tags) for tags, row in zip(judged, self.labels, strict=True)
        }
        return ModelJudgement(rows, note)

    def measure_figures(self, judged: Mapping[str, JsonRow]) -> dict[str, float]:
        """Return how judged items agree with the labels: figure → value, 0 to 1."""
        if self.partial:
            return measure_accuracy(self.labels, judged)
        rows = [{"id": key, **row} for key, row in judged.items()]
        return measure_agreement(self.labels, rows)


@dataclass(frozen=True, slots=True)
class LabelComparison:
    """A set of labels, measured: figure → value now, and with the change if one is tried."""

    name: str
    items: int
    figures: Mapping[str, tuple[float, ...]]
    changed: tuple[JudgementChange, ...] = ()
    worse: tuple[str, ...] = ()


def make_label_set(name: str, rows: Iterable[tuple[int, JsonRow]]) -> LabelSet:
    """Return the set of labelled rows, each given with the number of its line."""
    numbered = list(rows)
    items = [item_from_json(row, number) for number, row in numbered]
    return LabelSet(name, items, [row for _, row in numbered])


def load_label_sets(context: AppContext | None) -> list[LabelSet]:
    """Return what the team decided in all quarters of a workspace, and the reference set."""
    sets = []
    if context:
        feedback = merge_feedback(_load_reviewed_quarters(context))
        items, labels = [one.item for one in feedback], [one.target_row for one in feedback]
        sets.append(LabelSet("decisions", items, labels, partial=True))
    return [*sets, make_label_set("reference", enumerate(_load_reference_set(), 1))]


def compare_label_set(
    labels: LabelSet, current: Overrides, changed: Overrides | None
) -> LabelComparison:
    """Measure a set of labels with the vocabulary in force, and with a changed one."""
    if not labels.items:
        return LabelComparison(labels.name, 0, {})
    judged = [labels.judge_items(one) for one in (current, changed) if one is not None]
    measured = [labels.measure_figures(rows) for rows in judged]
    changes = compare_judgements(labels.labels, *judged) if changed is not None else ()
    figures = {name: tuple(values[name] for values in measured) for name in measured[0]}
    worse = find_regressions(changes)
    return LabelComparison(labels.name, len(labels.items), figures, changes, worse)


def compare_with_model(context: AppContext, labels: LabelSet) -> tuple[LabelComparison, str]:
    """Measure a set of labels without and with the language model, and say what was asked."""
    current = load_overrides(vocabulary_file(context))
    offline = labels.judge_items(current)
    judged = labels.judge_with_model(context, current)
    measured = [labels.measure_figures(rows) for rows in (offline, judged.rows)]
    figures = {name: tuple(values[name] for values in measured) for name in measured[0]}
    changes = compare_judgements(labels.labels, offline, judged.rows)
    return LabelComparison(labels.name, len(labels.items), figures, changes), judged.note


def _load_reference_set() -> Sequence[JsonRow]:
    if not load_reference():
        LOGGER.warning(
            "this package holds no reference set:"
            " changes are measured on the team's decisions alone"
        )
    return load_reference()


# ---------------------------------------------------------------- what the team decided


def iter_corrections(
    context: AppContext, quarter: Quarter | None = None
) -> Iterator[dict[str, Any]]:
    """Yield what the team corrected as labelled items: of a quarter, else of all decided ones."""
    quarters = [quarter] if quarter else _find_decided_quarters(context)
    with Archive.open(context.workspace.archive, create=False) as archive:
        for one in quarters:
            stories = load_stories(context, one, archive)
            decisions = load_quarter_decisions(context, one).stories
            for row in build_labelled_rows(stories, decisions):
                yield {"quarter": one.name, **row}


class ProposalReview:
    """What the team's decisions propose for vocabulary.yaml, measured. Raises ConfigError.

    With a quarter `at_hand` its items count also where nothing was decided of them, as for names
    that no list knows.
    """

    def __init__(self, context: AppContext, at_hand: Quarter | None = None) -> None:
        self.path = vocabulary_file(context)
        self._in_force = load_overrides(self.path)
        self._reviewed = _load_reviewed_quarters(context, at_hand)
        self._reference = _load_reference_set()
        self.proposals = propose_changes(self._reviewed, self._in_force, self._reference)
        self.refusals = find_refusals(self._reviewed, self.proposals)
        self.offered = [proposal for proposal in self.proposals if proposal.is_offered]

    def accept(self, numbers: Iterable[int]) -> tuple[int, ChangeEffect]:
        """Write offered proposals, counted from 1, into vocabulary.yaml, all of them or none.

        Return how many they are, and their effect together. Raises UsageError.
        """
        if unknown := [number for number in numbers if not 0 < number <= len(self.offered)]:
            raise UsageError(
                f"there is no proposal {unknown[0]}", "`digest lab propose` lists them"
            )
        chosen = [self.offered[number - 1] for number in dict.fromkeys(numbers)]
        text = self.path.read_bytes().decode("utf-8") if self.path.exists() else ""
        lines = tuple(proposal.line for proposal in chosen)
        write_file(self.path, add_lines(text, lines, str(self.path)).encode())
        effect = measure_combined_effect(chosen, self._reviewed, self._in_force, self._reference)
        return len(chosen), effect

    def to_json(self) -> list[JsonRow]:
        """Return all proposals as JSON values; the offered ones have a number."""
        numbers = {id(one): number for number, one in enumerate(self.offered, 1)}
        rows: list[JsonRow] = []
        for proposal in self.proposals:
            effect, (now, then) = proposal.effect, proposal.effect.right
            rests_on = [
                {"id": one.item.id, "title": one.item.title, "quarter": one.quarter}
                for one in proposal.rests_on
            ]
            figures = {
                name: {"now": before, "then": after}
                for name, (before, after) in effect.figures.items()
            }
            row = {
                "number": numbers.get(id(proposal)),
                "offered": proposal.is_offered,
                "group": proposal.line.group,
                "entry": proposal.line.entry,
                "line": add_lines("", (proposal.line,)).strip(),
                "why": proposal.why,
                "rests_on": rests_on,
                "right": {"now": now, "then": then, "of": effect.decision_count},
                "reference": figures,
                "worse": effect.worse,
                "moved": effect.moved,
                "refusal": proposal.refusal,
            }
            rows.append(row)
        return rows


def list_proposals(
    context: AppContext, at_hand: Quarter
) -> tuple[list[JsonRow], tuple[Refusal, ...]]:
    """Return what `digest lab propose --json` reports, and what recurs and makes no line."""
    review = ProposalReview(context, at_hand)
    return review.to_json(), review.refusals


def _find_decided_quarters(context: AppContext) -> list[Quarter]:
    folder = decisions_file(context, context.resolve_quarter("current")).parent
    return find_decided_quarters(folder, context.now, context.config)


def _load_reviewed_quarters(
    context: AppContext, at_hand: Quarter | None = None
) -> list[ReviewedQuarter]:
    """Load the quarters that the team decided about, and the one at hand; none without archive."""
    quarters, file = _find_decided_quarters(context), context.workspace.archive
    if at_hand and at_hand not in quarters:
        quarters.append(at_hand)
    reviewed: list[ReviewedQuarter] = []
    if not quarters or not Archive.is_at(file):
        return reviewed
    with Archive.open(file, create=False) as archive:
        for quarter in quarters:
            decision = decide_quarter(context, quarter, archive)
            untagged = decision.decided.untagged
            stories = tuple(untagged.get(story.id, story) for story in decision.stories)
            chosen = frozenset(ranked.story.id for ranked in decision.chosen)
            decisions = load_quarter_decisions(context, quarter).stories
            reviewed.append(ReviewedQuarter(quarter.name, stories, decisions, chosen))
    return reviewed
