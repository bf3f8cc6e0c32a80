"""Have a language model write for one edition: ask for drafts, and collect what may be printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from digest.app.context import AppContext, load_stack_index
from digest.app.decide import QuarterDecision
from digest.app.drafts import (
    EDITION_TASKS,
    DraftPlan,
    collect_accepted,
    collect_supported,
    merge_texts,
    plan_drafts,
    plan_story,
)
from digest.app.gate import load_gate
from digest.app.judge import judge_quarter, load_judged_items, load_quarter_items
from digest.app.judgements import open_kept_judge
from digest.app.model import WorkspaceModel, log_asking, open_model
from digest.app.model_texts import CollectedTexts, ModelTexts
from digest.app.quarter_before import QuarterSummary
from digest.archive import Archive
from digest.cluster import find_doubtful_pairs
from digest.language_model.writer import DraftRequest, Gate
from digest.model.decisions import EditorialDecisions
from digest.model.drafts import AcceptedText, Draft, DraftTask, Proposal
from digest.model.edition import ModelNote
from digest.model.stack import Stack
from digest.model.story import Story
from digest.period import Quarter
from digest.rank import rank_stories
from digest.write.headlines import choose_headline
from digest.write.summaries import build_summary

_MICRO = 1_000_000
_MOST_UNLIKE = 0.1  # by how much the shares that a model judged may differ between two quarters


class EditionWriter:
    """Writes with a model, or without one prints what was accepted earlier."""

    def __init__(
        self,
        model: WorkspaceModel | None,
        stack: Stack,
        *,
        ask: bool,
        gate: Gate | None = None,
    ) -> None:
        self._model, self._ask = model, ask
        self._gate = gate or load_gate()
        self._stack = stack

    @classmethod
    def open(cls, context: AppContext, quarter: Quarter, archive: Archive, *, ask: bool) -> Self:
        """Open the writer of a quarter, after asking for the judgements that the settings name."""
        model = open_model(context, archive, quarter.name)
        if model:
            items = load_quarter_items(context, quarter, archive)
            judge = open_kept_judge(context, archive)
            judge.prepare_items(items)
            model.ask_judgements(items, judge, ask=ask)
            judge.save_judgements()
            if ask:
                _ask_about_stories(context, quarter, archive, model)
            log_asking(model)
        index = load_stack_index(context)
        return cls(model, index.stack if index else Stack(), ask=ask)

    def collect_texts(
        self,
        decision: QuarterDecision,
        decisions: EditorialDecisions,
        language: str,
        before: QuarterSummary | None = None,
    ) -> CollectedTexts:
        """Ask for the drafts of an edition, and return what of them may be printed.

        `before` is the quarter before, to say whether a model judged both alike.
        """
        accepted, lost = collect_accepted(decisions.accepted, decision, language)
        if self._model is None:
            return CollectedTexts(accepted, lost)
        requests = plan_drafts(decision, language, self._make_plan())
        if self._ask:
            self._model.ask_drafts(requests, self._gate)
            log_asking(self._model)
        drafts = self._find_drafts(requests)
        texts = accepted
        if self._model.settings.verify == "model":
            texts = merge_texts(collect_supported(drafts), accepted)
        note = self._make_note(decision, requests, drafts, texts, accepted)
        alike = self._judged_alike(decision, before)
        return CollectedTexts(replace(texts, note=note, judged_alike=alike), lost)

    def _judged_alike(self, decision: QuarterDecision, before: QuarterSummary | None) -> bool:
        """Return whether the model judged about the same share of the items of both quarters."""
        assert self._model
        if before is None or not before.items or not decision.items:
            return True
        shares = [
            self._model.count_judged(items) / len(items)
            for items in ([member.item for member in decision.items], before.items)
        ]
        return abs(shares[0] - shares[1]) <= _MOST_UNLIKE

    def list_proposals(
        self,
        decision: QuarterDecision,
        languages: Iterable[str],
        accepted: Iterable[AcceptedText],
        story: Story | None = None,
    ) -> list[Proposal]:
        """Return the checked drafts for a person: a story's, else those of the whole edition.

        What was accepted of each stands beside it.
        """
        languages = tuple(languages)
        if story:
            drafts = self.find_story_drafts(story, decision, languages)
        else:
            drafts = self.find_edition_drafts(decision, languages)
        printed: dict[tuple[DraftTask, str, str], str] = {
            (text.task, text.language, text.of): text.text for text in accepted
        }
        items = [member.item.id for member in story.items] if story else []
        return [
            Proposal(
                draft,
                _describe_plain(story, draft.language) if story else "",
                next(
                    (
                        printed[draft.task, draft.language, of]
                        for of in (items or [draft.of])
                        if (draft.task, draft.language, of) in printed
                    ),
                    "",
                ),
            )
            for draft in drafts
        ]

    def find_story_drafts(
        self, story: Story, decision: QuarterDecision, languages: Iterable[str]
    ) -> list[Draft]:
        """Return the drafts of a story that were paid for, checked, for a person to look at."""
        if self._model is None:
            return []
        plan = self._make_plan()
        requests = [
            request
            for language in languages
            for request in plan_story(story, decision, language, plan)
        ]
        return list(self._find_drafts(requests).values())

    def find_edition_drafts(
        self, decision: QuarterDecision, languages: Iterable[str]
    ) -> list[Draft]:
        """Return the drafts of lead and themes that were paid for, checked."""
        if self._model is None:
            return []
        plan = self._make_plan()
        plan = replace(plan, tasks=[task for task in plan.tasks if task in EDITION_TASKS])
        requests = [
            request for language in languages for request in plan_drafts(decision, language, plan)
        ]
        return list(self._find_drafts(requests).values())

    def _make_plan(self) -> DraftPlan:
        assert self._model
        settings = self._model.settings
        return DraftPlan(
            settings.write, settings.share, settings.stories, self._model.prompt, self._stack
        )

    def _find_drafts(self, requests: Iterable[DraftRequest]) -> dict[DraftRequest, Draft]:
        assert self._model
        found = ((request, self._model.find_draft(request, self._gate)) for request in requests)
        return {request: draft for request, draft in found if draft}

    def _make_note(
        self,
        decision: QuarterDecision,
        requests: Iterable[DraftRequest],
        drafts: dict[DraftRequest, Draft],
        texts: ModelTexts,
        accepted: ModelTexts,
    ) -> ModelNote:
        """Say what the model did, by what the archive holds: of the same receipts the same."""
        assert self._model
        model, settings = self._model, self._model.settings
        items = [member.item for member in decision.items]
        written = _count_texts(texts)
        withheld = sum(len(draft.withheld) for draft in drafts.values())
        proposed = sum(bool(draft.supported) for draft in drafts.values())
        unanswered = model.unjudged + sum(not model.is_known(request) for request in requests)
        return ModelNote(
            name=settings.name,
            judged=model.count_judged(items),
            items=len(items),
            written=written,
            accepted=settings.verify == "person",
            waiting=max(proposed - _count_texts(accepted), 0) if settings.verify == "person" else 0,
            withheld=withheld,
            unanswered=unanswered,
            cost=round(model.sum_costs() / _MICRO, 6),
            currency=settings.currency,
        )


def _ask_about_stories(
    context: AppContext, quarter: Quarter, archive: Archive, model: WorkspaceModel
) -> None:
    """Ask about the pairs in doubt, and then how much the stories at the top matter.

    The top is that of the ranking without the model, so that what it says asks for no more.
    """
    settings = model.settings
    if settings.pairs:
        items = load_judged_items(context, quarter, archive)
        doubtful = find_doubtful_pairs(items)
        model.ask_pairs((first.item, second.item) for first, second in doubtful)
    if settings.importance:
        judged = judge_quarter(context, quarter, archive, EditorialDecisions())
        plain = {lead: replace(one, rating=None) for lead, one in judged.findings.features.items()}
        ranked = rank_stories(judged.stories, quarter, features=plain)
        relevant = [one.story.lead.item for one in ranked if one.story.tags.relevant]
        model.ask_importance(relevant[: settings.importance])


def _describe_plain(story: Story, language: str) -> str:
    """Return headline and sentences of a story in its sources' words."""
    title, _ = choose_headline(story, language)
    return " ".join((f"{title}.", *(one.text for one in build_summary(story, language))))


def _count_texts(texts: ModelTexts) -> int:
    stories = texts.stories.values()
    words = sum(bool(story.summary or story.title) + bool(story.consequence) for story in stories)
    return words + len(texts.themes) + bool(texts.lead) + bool(texts.letter)


def open_desk_writer(context: AppContext, quarter: Quarter) -> EditionWriter:
    """Return a writer that finds what was paid for and asks nothing."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        model = open_model(context, archive, quarter.name)
    index = load_stack_index(context)
    return EditionWriter(model, index.stack if index else Stack(), ask=False)
