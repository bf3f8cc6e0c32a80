"""Keep a quarter judged while the team decides on it, so that each decision costs little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digest.app import processes
from digest.app import review_jobs as jobs
from digest.app.context import AppContext
from digest.app.decide import QuarterDecision
from digest.app.judge import (
    build_manual_stories,
    decide_stories,
    load_threads,
    make_sentence_check,
)
from digest.errors import DigestError
from digest.model.decisions import EditorialDecisions
from digest.model.item import Item
from digest.model.story import Story, StoryThread
from digest.period import Quarter
from digest.rank import StoryFeatures, extract_features
from digest.write.summaries import SentenceCheck


@dataclass(frozen=True, slots=True)
class _Judgement:
    """A quarter's stories, and what is found out of them once."""

    stories: tuple[Story, ...]
    threads: Mapping[str, StoryThread]
    features: Mapping[str, StoryFeatures]
    sentence_check: SentenceCheck


class ReviewQuarter:
    """The stories of a quarter, judged in another process, and what decides on them again."""

    def __init__(self, context: AppContext, quarter: Quarter) -> None:
        self._context, self._quarter = context, quarter
        self._judgement: _Judgement | None = None
        self._manual: tuple[Story, ...] = ()
        self._added: tuple[Item, ...] = ()

    def judge(self, decisions: EditorialDecisions) -> Callable[[], None]:
        """Judge the quarter's items; return what puts the judgement in place of the one before.

        The judging takes seconds and may run in a thread; until the other is called, decisions are
        made on the old judgement. Raises DigestError where the quarter holds no item.
        """
        stories, manual = processes.call_in_process(
            jobs.judge_stories, self._context.detach(), self._quarter, decisions
        )
        if not stories:
            raise DigestError(
                f"the archive holds no item of {self._quarter}", "run `digest collect` first"
            )
        judgement = _Judgement(
            stories,
            load_threads(self._context, self._quarter, stories),
            extract_features(stories, self._quarter),
            make_sentence_check(stories),
        )

        def take_over() -> None:
            self._judgement = judgement
            self._manual, self._added = manual, decisions.added

        return take_over

    def decide(self, decisions: EditorialDecisions) -> QuarterDecision:
        """Decide what goes into the edition, under the team's decisions."""
        judgement = self._judgement
        assert judgement
        if decisions.added != self._added:
            self._added, self._manual = decisions.added, ()
            if decisions.added:
                self._manual = processes.call_in_process(
                    build_manual_stories, self._context.detach(), judgement.stories, decisions
                )
        return decide_stories(
            self._context,
            self._quarter,
            (*judgement.stories, *self._manual),
            judgement.threads,
            decisions,
            judgement.features,
            judgement.sentence_check,
        )
