"""Themes: stories of the quarter that are about one thing, titled by what they show together.

A title is made by rule of the theme's topic and its facts: what its stories do not agree on, from
when its changes hold, what its studies found, else what happened how often. It is never a headline
alone. A theme tells at least three stories, and two of them in a whole sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from digest.edition.disputes import find_dispute
from digest.edition.forced import list_forced_changes
from digest.edition.quarter import QuarterView, Summarizer
from digest.edition.story_dates import find_story_dates
from digest.i18n import N_, TranslatableText
from digest.model.edition import Sentence, StoryRef, Theme, ThemeDispute, ThemeFigure
from digest.model.story import Story, StoryTheme
from digest.model.tags import Event
from digest.taxonomy import CATEGORIES

MAX_THEMES = 6
MAX_TOLD = 8  # stories of a theme that are told, the best
MAX_MORE = 4  # and that the briefing does not tell
MIN_STORIES = 3
MIN_SENTENCES = 2  # of different stories
MIN_STUDIES = 2  # that make a theme one of findings
_MAX_SENTENCE = 250  # characters of one that the theme tells of a story
_MAX_FINDING = 85  # characters of a headline in a title
_MIN_TITLE_SCORE = 3  # of a headline with a figure and what happened
_VERB_SCORE = 2  # of one that says what happened
_FORCED_TOPIC = "forced-change"
FigureFinder = Callable[[Sequence[Story]], tuple[ThemeFigure, ...]]

# The topics of digest/cluster/topics.tsv as a title names them; a vendor has its own name.
TOPIC_NAMES: Mapping[str, str] = {
    "ads": N_("ads"),
    "assistant": N_("AI assistants"),
    "ai-answers": N_("AI answers"),
    "visibility": N_("visibility in search and AI answers"),
    "clicks": N_("clicks"),
    "label": N_("labels and disclosure"),
    "made-by-ai": N_("content made by AI"),
    "crawling": N_("crawling"),
    "copyright": N_("copyright"),
    "competition-law": N_("competition law"),
    "consent": N_("consent"),
    "agents": N_("AI agents"),
    "commerce": N_("commerce"),
    "bidding": N_("bidding"),
    "api": N_("APIs"),
    "security": N_("security"),
    "minors": N_("minors"),
    "measurement": N_("measurement"),
    "conversions": N_("conversions"),
    "prices": N_("prices"),
    "outcome-fees": N_("fees by outcome"),
    "video": N_("video"),
    "images": N_("images"),
    "reviews": N_("reviews"),
    "email": N_("e-mail"),
    "messaging": N_("messaging"),
    "creators": N_("creators"),
    "social": N_("social media"),
    "keywords": N_("keywords"),
    "data-access": N_("access to data"),
    "jobs": N_("jobs"),
    "budgets": N_("budgets"),
    "models": N_("AI models"),
    "feed": N_("product data"),
    "voice": N_("voice"),
    "forced-change": N_("forced changes"),
    "acquisition": N_("acquisitions"),
    "shutdown": N_("closures"),
    "regulation": N_("rules"),
}
_EVENT_COUNTS: Mapping[Event, tuple[str, str]] = {
    "regulation": (N_("one rule or ruling"), N_("%(n)s rules or rulings")),
    "acquisition": (N_("one acquisition"), N_("%(n)s acquisitions")),
    "shutdown": (N_("one closure"), N_("%(n)s closures")),
    "pricing": (N_("one price change"), N_("%(n)s price changes")),
    "incident": (N_("one incident"), N_("%(n)s incidents")),
    "launch": (N_("one launch"), N_("%(n)s launches")),
    "update": (N_("one update"), N_("%(n)s updates")),
    "research": (N_("one study"), N_("%(n)s studies")),
    "results": (N_("one report of results"), N_("%(n)s reports of results")),
}


# What makes a headline a finding: a figure, a verb of what happened or was found. What a headline
# only asks, promises or counts is none.
_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*\s?%|[$€£]\s?\d|\b\d+ (?:in|of|out of) \d+|\b\d+(?:\.\d+)?x\b"
)
_FINDING = re.compile(
    r"\b(?:says?|shows?|finds?|found|rules?|requires?|must|bans?|ends?|adds?|opens?|closes?|cuts?"
    r"|raises?|drops?|falls?|grows?|rises?|drives?|driving|becom(?:es|ing)|replac(?:es|ing)|moves?"
    r"|clears?|buys?|acquires?|charges?|costs?|brings?|comes?|leaves?|loses?|lost|makes?|takes?"
    r"|gets?|puts?|joins?|launch(?:es|ed)|starts?|begins?|can|could|may|will|has|have|is|are"
    r"|isn['’]t|aren['’]t|tied to|recogni[sz]es?|mentions?)\b",
    re.IGNORECASE,
)
_NO_FINDING = re.compile(
    r"\?|^(?:why|how|what|when|where|who|inside|introducing|announcing|meet|celebrating|guide)\b"
    r"|^\d+ (?:ways|things|tips|reasons|steps)\b|\b(?:you|your)\b|: use this\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"[$€£]\s?\d[\d.,]*(?:\s?(?:thousand|million|billion|trillion|[kmb]n?)\b)?", re.IGNORECASE
)
_SAYS_SO = re.compile(  # at the end of a headline: that somebody says so
    r"(?:,| [-–—]) (?:(?:an? |the )?(?:new |latest )?(?:study|data|research|report|survey)"
    r"(?: (?:finds?|shows?|says?|suggests?))?|\w+ data)$",
    re.IGNORECASE,
)


# A day that is told from the day of writing is another when it is read.
_RELATIVE_DAY = re.compile(
    r"^(?:today|yesterday|this (?:week|month)|in the (?:last|past))\b", re.IGNORECASE
)


def find_themes(
    quarter: QuarterView,
    find_figures: FigureFinder = lambda _: (),
    summarize: Summarizer = lambda _: (),
) -> tuple[Theme, ...]:
    """Return up to six themes, the one that weighs most first.

    A theme is one of the quarter's groups of stories of which the briefing tells at least one.
    `find_figures` returns the figures of stories that can be compared, or none; `summarize` the
    sentences of a story.
    """
    places = {story.id: place for place, story in enumerate(quarter.stories)}
    stories = {story.id: story for story in quarter.stories}
    chosen = {story.id for story in quarter.chosen}
    themes: list[Theme] = []
    standing: set[str] = set()  # the stories of the themes that were found
    for group in quarter.themes:
        members = sorted(_list_members(group, stories, quarter), key=lambda story: places[story.id])
        is_old = sum(story.id in standing for story in members) > len(members) // 2
        if is_old:  # what the theme would tell stands in those before it
            continue
        told = [story for story in members if story.id in chosen][:MAX_TOLD]
        if not told or len(members) < MIN_STORIES:
            continue
        # Of the others those that have a sentence come first.
        others = sorted(
            (story for story in members if story not in told), key=lambda one: not summarize(one)
        )[:MAX_MORE]
        summaries = {story.id: tuple(summarize(story)) for story in (*told, *others)}
        if sum(bool(found) for found in summaries.values()) >= MIN_SENTENCES:
            standing.update(story.id for story in members)
            themes.append(_build_theme(group, members, told, others, summaries, quarter))
            themes[-1] = _add_figures(themes[-1], find_figures(members))
        if len(themes) == MAX_THEMES:
            break
    return tuple(themes)


def _list_members(
    group: StoryTheme, stories: Mapping[str, Story], quarter: QuarterView
) -> list[Story]:
    """Return a theme's stories.

    Words such as "must" and "by default" only hint at a forced change: a theme of those has each
    story of its vendor's field that tells of one, and no other. What repeats a story that the
    briefing tells elsewhere gives way to it.
    """
    found = [stories[story_id] for story_id in group.stories if story_id in stories]
    if _is_forced(group):
        vendor, _, slug = group.topics[0].partition(" in ")
        field = slug if slug in CATEGORIES else ""
        theirs = (
            story
            for story in quarter.stories
            if vendor in story.tags.vendors[:1] and field in ("", story.tags.category)
        )
        return [change.story for change in list_forced_changes(theirs)]
    told = [_find_told(story, quarter) or story for story in found]
    return list({story.id: story for story in told}.values())


def _is_forced(group: StoryTheme) -> bool:
    return group.topics[-1] == _FORCED_TOPIC and len(group.topics) > 1


def _find_told(story: Story, quarter: QuarterView) -> Story | None:
    """Return the story of the briefing that tells the same: of whom, what, and the same amount."""
    amounts = _list_amounts(story)
    for other in quarter.chosen:
        if other.id == story.id:
            return None
        same = other.tags.event == story.tags.event and other.tags.vendors[:1] == (
            story.tags.vendors[:1] or None
        )
        if same and amounts & _list_amounts(other):
            return other
    return None


def _list_amounts(story: Story) -> frozenset[str]:
    """Return the sums of money that headline and summary of a story name."""
    item = story.lead.item
    found = _AMOUNT.finditer(f"{item.title}\n{item.summary}")
    return frozenset(re.sub(r"\W+", "", match[0].casefold()) for match in found)


def _build_theme(
    group: StoryTheme,
    members: Sequence[Story],
    told: Sequence[Story],
    others: Sequence[Story],
    summaries: Mapping[str, Sequence[Sentence]],
    quarter: QuarterView,
) -> Theme:
    """Build a theme of `members`, best first: those that are told, and those in short."""
    refs = {story.id: quarter.make_ref(story) for story in members}
    dispute = find_dispute([*told, *others], refs, summaries)
    elsewhere = {  # a sentence that does not stand with the story already
        story.id: tuple(
            sentence
            for sentence in summaries[story.id][first:]
            if len(sentence.text) <= _MAX_SENTENCE and not _RELATIVE_DAY.match(sentence.text)
        )[:1]
        for first, found in ((1, told), (0, others))
        for story in found
        if story.id in group.stories or _is_forced(group)  # what another page tells is a line
    }
    return Theme(
        slug=make_slug(group),
        title=_compose_title(group, members, refs, dispute),
        language="",
        stories=tuple(ref.id for ref in sorted((refs[one.id] for one in told), key=_get_time)),
        more=tuple(sorted((refs[one.id] for one in others), key=_get_time)),
        told={story_id: found for story_id, found in elsewhere.items() if found},
        dispute=dispute,
        distinct=_is_forced(group),
    )


def _add_figures(theme: Theme, figures: tuple[ThemeFigure, ...]) -> Theme:
    return replace(theme, figures=figures, unit="%") if figures else theme


def make_slug(group: StoryTheme) -> str:
    """Return the name of a theme in addresses: the same for the same topics."""
    parts = [re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-") for topic in group.topics]
    return "-".join(part or group.stories[0] for part in parts)  # no Latin letter names no place


# ---------------------------------------------------------------- titles


def _compose_title(
    group: StoryTheme,
    members: Sequence[Story],
    refs: Mapping[str, StoryRef],
    dispute: ThemeDispute | None,
) -> TranslatableText:
    """Return the topic and the first that the stories show: a dispute, findings, dates, counts."""
    topic = _name_topic(group)
    ranked = [refs[one.id] for one in members]
    return (
        _title_dispute(topic, len(members), dispute)
        or _title_studies(topic, ranked)
        or _title_dates(topic, members, ranked)
        or _title_finding(topic, ranked)
        or _title_counts(topic, members, ranked)
    )


def _title_dispute(
    topic: TranslatableText, number: int, dispute: ThemeDispute | None
) -> TranslatableText | None:
    if dispute is None:
        return None
    return TranslatableText(
        N_("%(topic)s: %(n)s of %(all)s stories differ on %(about)s"),
        topic=topic,
        n=sum(map(len, dispute.sides)),
        all=number,
        about=dispute.about,
    )


def _title_studies(topic: TranslatableText, refs: Sequence[StoryRef]) -> TranslatableText | None:
    studies = [ref for ref in refs if ref.event == "research"]
    finding = _choose_finding(studies)
    if len(studies) < MIN_STUDIES or finding is None:
        return None
    return TranslatableText(
        N_("%(topic)s: %(n)s studies, one of which finds “%(finding)s”"),
        topic=topic,
        n=len(studies),
        finding=_strip_attribution(finding.title),
    )


def _title_dates(
    topic: TranslatableText, members: Sequence[Story], refs: Sequence[StoryRef]
) -> TranslatableText | None:
    days = _list_change_days(members)
    if len(days) > 1:
        return TranslatableText(
            N_("%(topic)s: changes take effect between %(first)s and %(last)s"),
            topic=topic,
            first=days[0],
            last=days[-1],
        )
    counted = _count_events(refs)
    if not (days and counted):
        return None
    return TranslatableText(
        N_("%(topic)s: %(counts)s, with a change in effect from %(day)s"),
        topic=topic,
        counts=counted,
        day=days[0],
    )


def _title_finding(topic: TranslatableText, refs: Sequence[StoryRef]) -> TranslatableText | None:
    finding = _choose_finding(refs)
    if finding is None and not all(ref.event in _EVENT_COUNTS for ref in refs):
        finding = _choose_finding(refs, _VERB_SCORE)  # counts would leave some out
    if finding is None:
        return None
    return TranslatableText(
        N_("%(topic)s: %(n)s stories, among them “%(finding)s”"),
        topic=topic,
        n=len(refs),
        finding=_strip_attribution(finding.title),
    )


def _title_counts(
    topic: TranslatableText, members: Sequence[Story], refs: Sequence[StoryRef]
) -> TranslatableText:
    if counted := _count_events(refs):
        return TranslatableText(
            N_("%(topic)s: %(counts)s in %(n)s stories"),
            topic=topic,
            counts=counted,
            n=len(members),
        )
    publishers = {member.item.source_name for one in members for member in one.items}
    return TranslatableText(
        N_("%(topic)s: %(n)s stories from %(sources)s sources"),
        topic=topic,
        n=len(members),
        sources=len(publishers),
    )


def _name_topic(group: StoryTheme) -> TranslatableText:
    """Return the name of a theme's topic: a subject, a place and a matter, or whose matter."""
    names = [_name_part(topic) for topic in group.topics]
    if len(names) == 1:
        return TranslatableText("%(topic)s", topic=names[0])
    if group.topics[0] in TOPIC_NAMES:
        return TranslatableText(N_("%(matter)s and %(place)s"), place=names[0], matter=names[1])
    return TranslatableText(N_("%(matter)s at %(vendor)s"), vendor=names[0], matter=names[1])


def _name_part(topic: str) -> str:
    if topic in TOPIC_NAMES:
        return TranslatableText(TOPIC_NAMES[topic])
    vendor, _, slug = topic.rpartition(" in ")  # a vendor's field
    return vendor if vendor and slug in CATEGORIES else topic


def _choose_finding(refs: Sequence[StoryRef], least: int = _MIN_TITLE_SCORE) -> StoryRef | None:
    """Return the first whose headline tells a figure and what it is of, or `least` of that."""
    good = [
        ref
        for ref in refs
        if len(_strip_attribution(ref.title)) <= _MAX_FINDING and _score_title(ref.title) >= least
    ]
    return next(iter(good), None)


def _strip_attribution(title: str) -> str:
    return _SAYS_SO.sub("", title)


def _score_title(title: str) -> int:
    """Return how much a headline says of what was found; 0 or less for nothing."""
    return (
        2 * bool(_FIGURE.search(title))
        + 2 * bool(_FINDING.search(title))
        - 4 * bool(_NO_FINDING.search(title))
    )


def _list_change_days(stories: Sequence[Story]) -> list[date]:
    """Return the days from which something that the stories tell holds, each once."""
    return sorted(
        {
            dated.fact.day
            for story in stories
            for dated in find_story_dates(story)
            if dated.fact.role == "effective" and dated.fact.day == dated.fact.last
        }
    )


def _count_events(refs: Sequence[StoryRef]) -> tuple[TranslatableText, ...]:
    """Return how often the two commonest things happened, as far as that is sure."""
    counts = Counter(ref.event for ref in refs)
    found = [event for event in _EVENT_COUNTS if counts[event]]
    common = sorted(found, key=lambda event: -counts[event])[:2]  # stable
    return tuple(_count(counts[event], *_EVENT_COUNTS[event]) for event in common)


def _count(number: int, one: str, many: str) -> TranslatableText:
    return TranslatableText(one) if number == 1 else TranslatableText(many, n=number)


def _get_time(ref: StoryRef) -> tuple[object, ...]:
    return ref.published, ref.id
