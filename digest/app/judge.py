"""Judge what the archive holds of a quarter, under the team's vocabulary, stack and decisions.

`digest.app.decide` decides; this module loads what it needs from the workspace, and judges and
groups what the archive does not hold judged and grouped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from digest.app import decide
from digest.app.context import (
    AppContext,
    load_judge,
    load_quarter_decisions,
    load_stack_index,
)
from digest.app.findings import StoryFindings
from digest.app.judgements import KeptJudge, open_kept_judge
from digest.app.kept_sentences import load_kept_sentences
from digest.app.kept_stories import find_boilerplate, find_topics_once, group_items, tie_stories
from digest.app.previous import load_earlier_stories
from digest.app.vectors import attach_vectors
from digest.archive import Archive
from digest.cluster import PairRule, cluster_items
from digest.errors import UsageError
from digest.model.decisions import EditorialDecisions
from digest.model.item import Item
from digest.model.story import EarlierStory, Story, StoryThread
from digest.model.tags import TaggedItem
from digest.period import Quarter
from digest.rank import SelectionLimits, extract_features, load_default_weights
from digest.text import join_lines
from digest.write.summaries import SentenceCheck

if TYPE_CHECKING:
    from digest.language_model.importance import ItemRatings
    from digest.language_model.pairs import PairAnswers

_MAX_WORDS = 1000  # characters of an earlier item's text that threads are found by


@dataclass(frozen=True, slots=True)
class JudgedQuarter:
    """A quarter's stories, judged and grouped, with what the team's decisions leave as it is."""

    stories: tuple[Story, ...]
    threads: Mapping[str, StoryThread]  # by the lead's item id
    findings: StoryFindings


def decide_quarter(
    context: AppContext, quarter: Quarter, archive: Archive
) -> decide.QuarterDecision:
    """Judge a quarter's items and decide what goes into its edition. Raises ConfigError."""
    decisions = load_quarter_decisions(context, quarter)
    judged = judge_quarter(context, quarter, archive, decisions)
    return decide_stories(
        context,
        quarter,
        judged.stories,
        judged.threads,
        decisions,
        judged.findings,
    )


def _load_earlier(
    context: AppContext, quarter: Quarter, archive: Archive
) -> tuple[EarlierStory, ...]:
    """Load the stories of earlier editions; what a register lists, with the words of its item."""
    stories = load_earlier_stories(context.workspace.output, quarter)
    listed = [story.id.removeprefix("s") for story in stories if not story.told]
    items = {"s" + item.id: item for item in archive.load_items_by_id(listed)}
    return tuple(
        replace(story, summary=join_lines(f"{item.summary} {item.text[:_MAX_WORDS]}"))
        if not story.told and (item := items.get(story.id))
        else story
        for story in stories
    )


def load_judged_quarter(
    context: AppContext, quarter: Quarter, archive: Archive
) -> JudgedQuarter | None:
    """Load a quarter as it is kept judged and grouped; None where judging is left to be done."""
    if uses_model_judge(context):
        return None
    decisions = EditorialDecisions()
    try:
        return judge_quarter(context, quarter, archive, decisions, _refuse, _refuse)
    except _NotKeptError:
        return None


class _NotKeptError(Exception):
    """Something is to be judged or grouped first."""


def _refuse(*_: object, **__: object) -> Any:
    raise _NotKeptError


def judge_quarter(
    context: AppContext,
    quarter: Quarter,
    archive: Archive,
    decisions: EditorialDecisions,
    load: Callable[[AppContext], decide.Judge] | None = None,
    cluster: Callable[..., tuple[Story, ...]] = cluster_items,
) -> JudgedQuarter:
    """Judge and group a quarter's items, as far as the archive does not hold it. ConfigError.

    Of `decisions` only the items that a person added count. `load` gives the judge and `cluster`
    groups, where that is left to be done.
    """
    kept = open_kept_judge(context, archive, load)
    judge = _correct_judge(context, archive, kept)
    items = load_quarter_items(context, quarter, archive)
    kept.prepare_items((*items, *decisions.added))
    tagged = decide.cap_sources(decide.judge_items(items, judge), context.config.sources)
    pairs, ratings = _load_model_answers(context, archive)
    stories = group_items(
        archive,
        quarter.name,
        tagged,
        kept.fingerprint_item,
        partial(cluster, rule=_make_rule(pairs)) if pairs else cluster,
        pairs.version if pairs else "",
    )
    stories = decide.add_manual_stories(stories, decisions, judge)
    earlier = _load_earlier(context, quarter, archive)
    threads = tie_stories(archive, quarter.name, stories, earlier, kept.fingerprint_item)
    leads = (story.lead.item for story in stories)
    features = extract_features(
        stories,
        quarter,
        word_points={lead.id: kept.get_word_points(lead) for lead in leads},
        find_rating=ratings.find_rating if ratings else lambda _: None,
    )
    kept.save_judgements()
    boilerplate = find_boilerplate(archive, quarter.name, stories)
    topics_of = find_topics_once(archive, quarter.name, stories)
    check = SentenceCheck(stories, boilerplate, load_kept_sentences(archive, quarter.name))
    findings = StoryFindings(stories, features, check, topics_of)
    return JudgedQuarter(stories, threads, findings)


def load_judged_items(
    context: AppContext, quarter: Quarter, archive: Archive
) -> tuple[TaggedItem, ...]:
    """Load a quarter's items with their tags, as stories are made of them."""
    kept = open_kept_judge(context, archive)
    judge = _correct_judge(context, archive, kept)
    items = load_quarter_items(context, quarter, archive)
    kept.prepare_items(items)
    return decide.cap_sources(decide.judge_items(items, judge), context.config.sources)


def _load_model_answers(
    context: AppContext, archive: Archive
) -> tuple[PairAnswers | None, ItemRatings | None]:
    """Load what a language model was paid for about pairs and importance, where it has a say."""
    settings = context.config.model
    if settings is None or not (settings.pairs or settings.importance):
        return None, None
    from digest.app.model import WorkspaceModel

    model = WorkspaceModel(context, settings, archive, "")
    return (
        model.make_pair_answers() if settings.pairs else None,
        model.make_ratings() if settings.importance else None,
    )


def _make_rule(pairs: PairAnswers) -> PairRule:
    def rule(first: TaggedItem, second: TaggedItem) -> bool | None:
        return pairs.is_same(first.item, second.item)

    return rule


def load_current_judge(context: AppContext, archive: Archive) -> decide.Judge:
    """Load the judge, corrected by what a language model was paid for, where one is configured."""
    return _correct_judge(context, archive, open_kept_judge(context, archive))


def uses_model_judge(context: AppContext) -> bool:
    """Return whether a language model corrects the judgement."""
    settings = context.config.model
    return settings is not None and settings.judge != "off"


def _correct_judge(context: AppContext, archive: Archive, offline: KeptJudge) -> decide.Judge:
    settings = context.config.model
    if settings is None or not uses_model_judge(context):
        return offline
    from digest.app.model import WorkspaceModel

    return WorkspaceModel(context, settings, archive, "").make_judge(offline)


def load_quarter_items(context: AppContext, quarter: Quarter, archive: Archive) -> tuple[Item, ...]:
    """Load a quarter's items, and those of the one before that came after its edition."""
    released = [
        (moment, before)
        for release in archive.load_releases()
        if (moment := release.at or release.sent)
        and (before := _resolve_released(context, release.quarter))
        and before.end == quarter.start
    ]
    late: tuple[Item, ...] = ()
    if released:
        moment, before = min(released)
        late = archive.load_late_items(before.start, before.end, moment)
    items = (*late, *archive.load_items(quarter.start, quarter.end))
    return attach_vectors(context, archive, items)


def _resolve_released(context: AppContext, name: str) -> Quarter | None:
    """Return the period of a release; None where its name fits the configuration no more."""
    try:
        return context.resolve_quarter(name)
    except UsageError:
        return None


def load_stories(context: AppContext, quarter: Quarter, archive: Archive) -> tuple[Story, ...]:
    """Load a quarter's items and return them as tagged stories, without the team's decisions."""
    return judge_quarter(context, quarter, archive, EditorialDecisions()).stories


def build_manual_stories(
    context: AppContext, stories: Sequence[Story], decisions: EditorialDecisions
) -> tuple[Story, ...]:
    """Return a story for each item that a person added and that is in none of `stories`."""
    return decide.add_manual_stories(stories, decisions, load_judge(context))[len(stories) :]


def decide_stories(
    context: AppContext,
    quarter: Quarter,
    stories: Sequence[Story],
    threads: Mapping[str, StoryThread],
    decisions: EditorialDecisions,
    findings: StoryFindings | None = None,
) -> decide.QuarterDecision:
    """Decide what goes into an edition, from stories that are judged and grouped already.

    `findings` are of the stories (see `digest.app.decide.decide_stories`).
    """
    return decide.decide_stories(
        quarter,
        stories,
        weights=load_default_weights(),
        limits=_make_limits(context),
        stack_index=load_stack_index(context),
        editorial_decisions=decisions,
        tied=threads,
        findings=findings,
    )


def _make_limits(context: AppContext) -> SelectionLimits:
    limits = context.config.digest.limits
    return SelectionLimits(
        stories=limits.stories,
        floor=limits.story_floor,
        consequence_floor=limits.consequence_floor,
        own_floor=limits.own_floor,
        repeat_penalty=limits.repeat_penalty,
    )
