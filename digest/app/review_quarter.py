"""Keep a quarter judged while the team decides on it, so that each decision costs little."""

from __future__ import annotations

from collections.abc import Callable

from digest.app import processes
from digest.app import review_jobs as jobs
from digest.app.context import AppContext
from digest.app.decide import QuarterDecision
from digest.app.findings import StoryFindings
from digest.app.judge import JudgedQuarter, build_manual_stories, decide_stories
from digest.errors import DigestError
from digest.model.decisions import EditorialDecisions
from digest.model.item import Item
from digest.period import Quarter


class ReviewQuarter:
    """The stories of a quarter, judged, and what decides on them again.

    What the archive keeps judged is loaded; where anything is to be judged first, which takes
    seconds and hundreds of megabytes, another process does it.
    """

    def __init__(self, context: AppContext, quarter: Quarter) -> None:
        self._context, self._quarter = context, quarter
        self._judged: JudgedQuarter | None = None
        self._findings: StoryFindings | None = None
        self._added: tuple[Item, ...] = ()  # of which the findings hold the stories

    def judge(self, decisions: EditorialDecisions) -> Callable[[], None]:
        """Judge the quarter's items; return what puts the judgement in place of the one before.

        This may run in a thread; until the other is called, decisions are made on the old
        judgement. Raises DigestError where the quarter holds no item.
        """
        context, quarter = self._context, self._quarter
        judged = jobs.load_judged_quarter(context, quarter) or processes.call_in_process(
            jobs.judge_quarter, context.detach(), quarter
        )
        if not judged.stories:
            raise DigestError(
                f"the archive holds no item of {quarter}", "run `digest collect` first"
            )
        findings = self._find_in_added(judged, decisions)

        def take_over() -> None:
            self._judged, self._findings, self._added = judged, findings, decisions.added

        return take_over

    def decide(self, decisions: EditorialDecisions) -> QuarterDecision:
        """Decide what goes into the edition, under the team's decisions."""
        assert self._judged
        assert self._findings
        if decisions.added != self._added:
            self._added = decisions.added
            self._findings = self._find_in_added(self._judged, decisions)
        return decide_stories(
            self._context,
            self._quarter,
            self._findings.stories,
            self._judged.threads,
            decisions,
            self._findings,
        )

    def _find_in_added(self, judged: JudgedQuarter, decisions: EditorialDecisions) -> StoryFindings:
        """Return the findings with the stories of items that a person added."""
        if not decisions.added:
            return judged.findings
        manual = processes.call_in_process(
            build_manual_stories, self._context.detach(), judged.stories, decisions
        )
        features, check = judged.findings.features, judged.findings.sentence_check
        return StoryFindings((*judged.stories, *manual), features, check)
