"""Keep a quarter judged while the team decides on it, so that each decision costs little."""

from __future__ import annotations

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
from digest.model.story import Story
from digest.period import Quarter
from digest.rank import extract_features


class ReviewQuarter:
    """The stories of a quarter, judged in another process, and what decides on them again."""

    def __init__(self, context: AppContext, quarter: Quarter) -> None:
        self._context, self._quarter = context, quarter
        self._stories: tuple[Story, ...] = ()
        self._manual: tuple[Story, ...] = ()
        self._added: tuple[Item, ...] = ()

    def judge(self, decisions: EditorialDecisions) -> None:
        """Judge the quarter's items. Raises DigestError where there is none."""
        stories, manual = processes.call_in_process(
            jobs.judge_stories, self._context.detach(), self._quarter, decisions
        )
        if not stories:
            raise DigestError(
                f"the archive holds no item of {self._quarter}", "run `digest collect` first"
            )
        self._threads = load_threads(self._context, self._quarter, stories)
        self._features = extract_features(stories, self._quarter)
        self._sentence_check = make_sentence_check(stories)
        self._stories, self._manual, self._added = stories, manual, decisions.added

    def decide(self, decisions: EditorialDecisions) -> QuarterDecision:
        """Decide what goes into the edition, under the team's decisions."""
        if decisions.added != self._added:
            self._added, self._manual = decisions.added, ()
            if decisions.added:
                self._manual = processes.call_in_process(
                    build_manual_stories, self._context.detach(), self._stories, decisions
                )
        return decide_stories(
            self._context,
            self._quarter,
            (*self._stories, *self._manual),
            self._threads,
            decisions,
            self._features,
            self._sentence_check,
        )
