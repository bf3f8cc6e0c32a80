"""What the team's decisions say of the judgement: labelled items, and what a change does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from digest.decide.decisions import ItemIndex
from digest.model.decisions import StoryDecision
from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.tag import ItemJudge, Overrides, item_from_json, measure_agreement
from digest.tag.lab import FIELDS, compare_judgements, find_regressions, is_correct, tags_to_row
from digest.text import join_lines


@dataclass(frozen=True, slots=True)
class ItemFeedback:
    """What the team decided on one item, beside the machine's judgement.

    `given` holds its labels by field; what a person kept is relevant. `drop_reason` says nothing of
    the tags.
    """

    item: Item
    tags: Tags
    given: Mapping[str, Any] = field(default_factory=dict)
    drop_reason: str = ""
    quarter: str = ""

    @property
    def target_labels(self) -> Mapping[str, Any]:
        """What the judgement should say: a dropped item stays out."""
        return {**self.given, "relevant": False} if self.drop_reason else self.given

    @property
    def target_row(self) -> dict[str, Any]:
        """The labels as a row that knows some fields only."""
        return {"id": self.item.id, "title": self.item.title, **self.target_labels}

    @property
    def category(self) -> str | None:
        """The category by the team's word, else the machine's."""
        category: str | None = self.given.get("category", self.tags.category)
        return category

    @property
    def is_recategorised(self) -> bool:
        """Whether the team named another category."""
        return "category" in self.given and self.given["category"] != self.tags.category


def collect_feedback(
    index: ItemIndex, decisions: Iterable[StoryDecision], quarter: str = ""
) -> Iterator[ItemFeedback]:
    """Yield what each decision says of its item, as the machine tags it in `index`.

    Those that name no item, or say nothing of what it is, are left out.
    """
    for decision in decisions:
        given = {name: value for name, value in decision.tags.items() if name in FIELDS}
        anchor = index.find_anchor(decision)
        if anchor is None:
            continue
        if (decision.keep or decision.pin) and not decision.drop:
            given.setdefault("relevant", True)
        if given.get("ai") in ("mention", "none"):
            given["evidence"] = None
        if "vendors" in given:
            given["vendors"] = tuple(given["vendors"])
        if given or decision.drop:
            member = index.members[anchor]
            yield ItemFeedback(member.item, member.tags, given, decision.drop, quarter)


def build_labelled_rows(
    stories: Sequence[Story], decisions: Sequence[StoryDecision]
) -> Iterator[dict[str, Any]]:
    """Yield a row for each item that the team gave labels, with its words and all labels.

    These are the labels given, and the judgement's own for the rest. `corrected` names those that
    the judgement has otherwise, `was` what it says.
    """
    for feedback in collect_feedback(ItemIndex(stories), decisions):
        item, given = feedback.item, feedback.given
        judged = {name: getattr(feedback.tags, name) for name in FIELDS}
        changed = [name for name in given if given[name] != judged[name]]
        if given:
            yield {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "summary": join_lines(item.summary),
                "text": join_lines(item.text),
                "source": item.source_name,
                "date": item.published_or_seen.isoformat(),
                "lang": item.language,
                **judged,
                **given,
                "given": list(given),
                "corrected": changed,
                "was": {name: judged[name] for name in changed},
            }


@dataclass(frozen=True, slots=True)
class ReviewedQuarter:
    """A quarter that the team reviewed.

    It holds its stories as the machine tags them, what was decided on them, and the ids of those
    that its edition tells.
    """

    quarter: str
    stories: tuple[Story, ...]
    rulings: tuple[StoryDecision, ...]
    told: frozenset[str] = frozenset()

    @property
    def feedback(self) -> tuple[ItemFeedback, ...]:
        """What was decided on its items."""
        return tuple(collect_feedback(ItemIndex(self.stories), self.rulings, self.quarter))

    @property
    def accepted_items(self) -> tuple[TaggedItem, ...]:
        """The leads of told stories that nobody dropped."""
        dropped = {feedback.item.id for feedback in self.feedback if feedback.drop_reason}
        return tuple(
            story.lead
            for story in self.stories
            if story.id in self.told
            and dropped.isdisjoint(member.item.id for member in story.items)
        )


def merge_feedback(reviewed: Iterable[ReviewedQuarter]) -> tuple[ItemFeedback, ...]:
    """Return the feedback of all quarters; of one item the last decision counts."""
    latest = {feedback.item.id: feedback for quarter in reviewed for feedback in quarter.feedback}
    return tuple(latest.values())


# ---------------------------------------------------------------- effect


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change does to the judgement, each time before and after it."""

    right: tuple[int, int]  # labels by the team's decisions that are judged right
    decision_count: int  # of so many
    figures: Mapping[str, tuple[float, float]]  # of the reference set
    worse: tuple[str, ...]  # fields in which the reference set gets worse, in words
    moved: int = 0  # items of the archive without a decision that are judged otherwise
    lost: int = 0  # right labels of the reference set that are lost, less those that are won

    @property
    def gain(self) -> int:
        """How many more of the team's decisions are judged right."""
        return self.right[1] - self.right[0]


# whether a change can reach an item: it may say yes too often
AffectsItem = Callable[[Item, Tags], bool]


@dataclass(frozen=True)
class ChangeBenchmark:
    """What a change is measured on: the team's decisions and the reference set, as judged now."""

    overrides: Overrides
    feedback: tuple[ItemFeedback, ...]
    reference: tuple[Mapping[str, Any], ...]
    undecided_items: tuple[TaggedItem, ...] = ()  # of the archive, without a decision

    @cached_property
    def current_judge(self) -> ItemJudge:
        """The judgement in force."""
        return ItemJudge.load(self.overrides)

    def measure_effect(
        self, changed: Overrides, can_affect: AffectsItem = lambda *_: True
    ) -> ChangeEffect:
        """Return what it does to put `changed` in force."""
        judge = ItemJudge.load(changed)

        def judge_again(item: Item, tags: Tags) -> Tags:
            return judge.judge_item(item) if can_affect(item, tags) else tags

        before = [(feedback, feedback.tags) for feedback in self.feedback]
        after = [(feedback, judge_again(feedback.item, tags)) for feedback, tags in before]
        rows = {
            key: tags_to_row(judge_again(item, tags))
            for key, (item, tags) in self._reference_items.items()
        }
        old, new = self._score_rows(self._reference_rows), self._score_rows(rows)
        changes = compare_judgements(self.reference, self._reference_rows, rows)
        verdicts = Counter(change.verdict for change in changes)
        return ChangeEffect(
            right=(_count_correct(before), _count_correct(after)),
            decision_count=sum(len(feedback.target_labels) for feedback in self.feedback),
            figures={name: (old[name], new[name]) for name in old},
            worse=find_regressions(changes),
            lost=verdicts["lost"] - verdicts["won"],
            moved=sum(
                tags_to_row(member.tags) != tags_to_row(judge.judge_item(member.item))
                for member in self.undecided_items
                if can_affect(member.item, member.tags)
            ),
        )

    @cached_property
    def _reference_items(self) -> dict[str, tuple[Item, Tags]]:
        items = {str(row["id"]): item_from_json(row) for row in self.reference}
        return {key: (item, self.current_judge.judge_item(item)) for key, item in items.items()}

    @cached_property
    def _reference_rows(self) -> dict[str, dict[str, Any]]:
        return {key: tags_to_row(tags) for key, (_, tags) in self._reference_items.items()}

    def _score_rows(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
        if not self.reference:
            return {}
        return measure_agreement(self.reference, [{"id": key, **row} for key, row in rows.items()])


def _count_correct(judged: Iterable[tuple[ItemFeedback, Tags]]) -> int:
    return sum(
        bool(is_correct(feedback.target_labels, tags_to_row(tags), name))
        for feedback, tags in judged
        for name in feedback.target_labels
    )
