"""Measure what the team taught after each new version of the program, and tell a loss.

Which of the team's labels the judgement has right stands in output/teaching.json. When the program
changes, the same items are judged again; what was right and is no longer is told to the team until
it is right again, or no longer decided. As long as program, vocabulary and decisions are the same,
nothing is judged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from digest.app.context import AppContext, decisions_file, load_quarter_decisions, vocabulary_file
from digest.app.fingerprints import JUDGING, fingerprint_parts, fingerprint_program
from digest.app.judgements import open_kept_judge
from digest.app.logs import LOGGER
from digest.app.previous import find_decided_quarters
from digest.app.vectors import attach_vectors
from digest.app.workspace import write_file
from digest.archive import Archive
from digest.config.vocabulary import fingerprint_vocabulary
from digest.errors import DigestError
from digest.learn.retention import TaughtLoss, describe_losses, find_losses, measure_decisions
from digest.model.story import Story
from digest.model.tags import TaggedItem

if TYPE_CHECKING:
    from digest.learn.evaluation import ItemFeedback

_FILE = "teaching.json"


@dataclass(frozen=True, slots=True)
class TeachingRecord:
    """What was measured last: of which program and of which decisions and words, and the result."""

    program: str = ""
    taught: str = ""
    right: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    lost: tuple[TaughtLoss, ...] = ()

    def describe(self) -> str:
        """Return the loss in words; "" where there is none."""
        return describe_losses(self.lost, len(self.right))


def update_teaching(context: AppContext) -> TeachingRecord:
    """Measure the team's decisions where program, words or decisions changed; return the record.

    Raises ConfigError for a vocabulary or a file of decisions that cannot be used.
    """
    record, program = load_teaching(context), fingerprint_program(JUDGING)
    taught = _fingerprint_taught(context)
    if (record.program, record.taught) == (program, taught):
        return record
    feedback = _load_feedback(context)
    right = measure_decisions(feedback)
    before = {loss.id: dict.fromkeys(loss.fields, True) for loss in record.lost}
    if record.program != program:
        for key, labels in record.right.items():
            before[key] = {**labels, **before.get(key, {})}
    record = TeachingRecord(program, taught, right, find_losses(feedback, before, right))
    data = json.dumps(asdict(record), ensure_ascii=False, indent=1) + "\n"
    write_file(_get_file(context), data.encode(), private=True)
    return record


def warn_of_loss(context: AppContext) -> None:
    """Measure as `update_teaching` does, and warn once of what a new program lost."""
    known = load_teaching(context).program
    try:
        record = update_teaching(context)
    except DigestError as error:
        LOGGER.warning(f"digest: what the team taught is not measured: {error}")
        return
    if record.program != known and record.lost:
        LOGGER.warning(f"digest: {record.describe()}")


def load_teaching(context: AppContext) -> TeachingRecord:
    """Return what was measured last, an empty record where nothing was or the file is broken."""
    try:
        raw = json.loads(_get_file(context).read_bytes())
        lost = (TaughtLoss(row["id"], row["title"], tuple(row["fields"])) for row in raw["lost"])
        return TeachingRecord(raw["program"], raw["taught"], dict(raw["right"]), tuple(lost))
    except (OSError, ValueError, KeyError, TypeError):
        return TeachingRecord()


def _get_file(context: AppContext) -> Path:
    return context.workspace.output / _FILE


def _fingerprint_taught(context: AppContext) -> str:
    """Return a hash of the team's words and decisions."""
    folder = decisions_file(context, context.resolve_quarter("current")).parent
    files = (path.read_bytes() for path in sorted(folder.glob("*.yaml")))
    return fingerprint_parts(fingerprint_vocabulary(vocabulary_file(context)), *files)


def _load_feedback(context: AppContext) -> tuple[ItemFeedback, ...]:
    """Return what the team decided on items of the archive, beside how they are judged now."""
    from digest.learn.evaluation import ReviewedQuarter, merge_feedback

    folder = decisions_file(context, context.resolve_quarter("current")).parent
    reviewed = []
    with Archive.open(context.workspace.archive) as archive:
        kept = open_kept_judge(context, archive)
        for quarter in find_decided_quarters(folder, context.now, context.config):
            decisions = load_quarter_decisions(context, quarter).stories
            found = archive.load_items_by_id(
                [decision.item for decision in decisions if decision.item]
            )
            items = attach_vectors(context, archive, found)
            kept.prepare_items(items)
            tagged = [TaggedItem(item, kept.judge_item(item)) for item in items]
            stories = tuple(Story("s" + one.item.id, (one,), one) for one in tagged)
            reviewed.append(ReviewedQuarter(quarter.name, stories, decisions))
        kept.save_judgements()
    return merge_feedback(reviewed)
