"""The title of a theme: its topic, and the first that its stories show together.

It is made by rule: what the stories do not agree on, what studies found, from when changes hold,
else what happened how often. It is never a headline alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from digest.edition.quarter import QuarterView
from digest.edition.studies import find_measurer
from digest.i18n import N_, TranslatableText
from digest.model.edition import StoryRef, ThemeDispute
from digest.model.stack import Stack
from digest.model.story import Story, StoryTheme
from digest.model.tags import Event
from digest.taxonomy import CATEGORIES

MIN_STUDIES = 2  # that make a theme one of findings
_MAX_FINDING = 90  # characters of a headline in a title
_MIN_TITLE_SCORE = 3  # of a headline with a figure and what happened
_MAX_COUNTS = 2  # kinds of events that a title counts
_VERB_SCORE = 2  # of one that says what happened

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
    "consent": N_("privacy and consent"),
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
    r"|gets?|puts?|joins?|launch(?:es|ed)|unveil(?:s|ed)|introduc(?:es|ed)|expand(?:s|ed)|lets?|gives?"
    r"|debut(?:s|ed)|releas(?:es|ed)|rolls? out|starts?|begins?|can|could|may|will|has|have|is|are"
    r"|isn['’]t|aren['’]t|tied to|recogni[sz]es?|mentions?)\b",
    re.IGNORECASE,
)
_NO_FINDING = re.compile(
    r"\?|^(?:why|how|what|when|where|who|inside|introducing|announcing|meet|celebrating|guide)\b"
    r"|^\d+ (?:ways|things|tips|reasons|steps)\b|\b(?:you|your|bets?|hopes?|wants?)\b|: use this\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(  # says that what others measure cannot be relied on
    r"\b(?:noise|(?:isn['’]t|aren['’]t|not) (?:stable|reliable|accurate)|unstable|unreliable"
    r"|inaccura\w+|mislead\w*|flawed|inconsisten\w+|(?:can['’]t|cannot|not to) (?:be )?trust\w*"
    r"|unzuverlässig\w*|irreführend\w*|peu fiables?|trompeu\w+|inaffidabil\w+|fuorviant\w+"
    r"|poco fiables?|engaños\w+|enganos\w+)\b",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(  # at the end of a headline: that somebody says so
    r"(?:,| [-–—]) (?:(?:an? |the )?(?:new |latest )?(?:study|data|research|report|survey)"
    r"(?: (?:finds?|shows?|says?|suggests?))?|\w+ data)$",
    re.IGNORECASE,
)


def compose_title(
    group: StoryTheme,
    members: Sequence[Story],
    told: Sequence[Story],
    refs: Mapping[str, StoryRef],
    dispute: ThemeDispute | None,
    quarter: QuarterView,
) -> TranslatableText:
    """Return the topic and the first that the stories show: a dispute, findings, dates, counts.

    A finding is that of a story which is `told`, where one has any: a title that quotes what stands
    below it in a list alone promises what the theme does not keep.
    """
    topic = _name_topic(group)
    ranked = [refs[one.id] for one in members]
    first = [refs[one.id] for one in told]
    own = {one.id: name for one in members if (name := _name_own_vendor(one, quarter.stack))}
    return (
        _title_dispute(topic, len(members), dispute)
        or _title_studies(topic, ranked, first, own)
        or _title_dates(topic, members, ranked, quarter)
        or _title_finding(topic, ranked, first)
        or _title_counts(topic, members, ranked)
    )


def _title_dispute(
    topic: TranslatableText, number: int, dispute: ThemeDispute | None
) -> TranslatableText | None:
    if dispute is None:
        return None
    return TranslatableText(
        N_("%(topic)s: %(n)s stories, and accounts differ on %(about)s"),
        topic=topic,
        n=number,
        about=dispute.about,
    )


def _title_studies(
    topic: TranslatableText,
    refs: Sequence[StoryRef],
    told: Sequence[StoryRef],
    own: Mapping[str, str],
) -> TranslatableText | None:
    """Return what studies found, of which `own` names by story those that a vendor of ours made.

    A study that doubts such figures goes before the figures, and one that nobody of ours made
    before those of a vendor, which is named.
    """
    studies = [ref for ref in refs if ref.event == "research"]
    if len(studies) < MIN_STUDIES:
        return None
    doubts = [ref for ref in studies if _DOUBT.search(ref.title)]
    of_others = [ref for ref in studies if ref.id not in own]
    finding = (
        _choose_finding(doubts, _VERB_SCORE)
        or _choose_finding([ref for ref in told if ref in of_others], _VERB_SCORE)
        or _choose_finding(of_others)
        or _choose_finding([ref for ref in told if ref in studies], _VERB_SCORE)
        or _choose_finding(studies)
    )
    if finding is None or (doubts and finding not in doubts):  # what is doubted is no finding
        return None
    values = {"topic": topic, "n": len(studies), "finding": _strip_attribution(finding.title)}
    is_mixed = len(refs) > len(studies)
    if is_mixed:
        values |= {"all": len(refs)}
    if vendor := own.get(finding.id):
        return TranslatableText(
            N_(
                "%(topic)s: %(all)s stories, %(n)s of them studies: “%(finding)s”, says "
                "%(vendor)s, a vendor of ours"
            )
            if is_mixed
            else N_(
                "%(topic)s: %(n)s studies, among them “%(finding)s”, says %(vendor)s, a vendor of "
                "ours"
            ),
            vendor=vendor,
            **values,
        )
    return TranslatableText(
        N_("%(topic)s: %(all)s stories, %(n)s of them studies: “%(finding)s”")
        if is_mixed
        else N_("%(topic)s: %(n)s studies, among them “%(finding)s”"),
        **values,
    )


def _name_own_vendor(story: Story, stack: Stack) -> str:
    """Return the vendor of ours that made a study; "" for all else."""
    if story.tags.event != "research":
        return ""
    ours = {
        name.casefold()
        for product in stack.products
        for name in (product.name, product.vendor_or_name)
    }
    measurer = find_measurer(story)
    return measurer if measurer.casefold() in ours else ""


def _title_dates(
    topic: TranslatableText,
    members: Sequence[Story],
    refs: Sequence[StoryRef],
    quarter: QuarterView,
) -> TranslatableText | None:
    days = _list_change_days(members, quarter)
    if len(days) > 1:
        return TranslatableText(
            N_("%(topic)s: changes take effect between %(first)s and %(last)s"),
            topic=topic,
            first=days[0],
            last=days[-1],
        )
    if not days:
        return None
    if counted := _count_all_events(refs):
        return TranslatableText(
            N_("%(topic)s: %(counts)s, with a change in effect from %(day)s"),
            topic=topic,
            counts=counted,
            day=days[0],
        )
    return TranslatableText(
        N_("%(topic)s: %(n)s stories, with a change in effect from %(day)s"),
        topic=topic,
        n=len(members),
        day=days[0],
    )


def _title_finding(
    topic: TranslatableText, refs: Sequence[StoryRef], told: Sequence[StoryRef]
) -> TranslatableText | None:
    finding = _choose_finding(told) or _choose_finding(refs)
    if finding is None and not all(ref.event in _EVENT_COUNTS for ref in refs):
        # counts would leave some out
        finding = _choose_finding(told, _VERB_SCORE) or _choose_finding(refs, _VERB_SCORE)
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
    if counted := _count_all_events(refs):
        return TranslatableText(N_("%(topic)s: %(counts)s"), topic=topic, counts=counted)
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
    if names[0] in names[1]:  # "visibility in search and AI answers" names the place
        return TranslatableText("%(topic)s", topic=names[1])
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


def _list_change_days(stories: Sequence[Story], quarter: QuarterView) -> list[date]:
    """Return the days from which something that the stories tell holds, each once."""
    return sorted(
        {
            dated.fact.day
            for story in stories
            for dated in quarter.find_dates(story)
            if dated.fact.role == "effective" and dated.fact.day == dated.fact.last
        }
    )


def _count_all_events(refs: Sequence[StoryRef]) -> tuple[TranslatableText, ...]:
    """Return how often what happened did, where that says it of every story; else ()."""
    events = {ref.event for ref in refs}
    return _count_events(refs) if len(events) <= _MAX_COUNTS and None not in events else ()


def _count_events(refs: Sequence[StoryRef]) -> tuple[TranslatableText, ...]:
    """Return how often the two commonest things happened, as far as that is sure."""
    counts = Counter(ref.event for ref in refs)
    found = [event for event in _EVENT_COUNTS if counts[event]]
    common = sorted(found, key=lambda event: -counts[event])[:_MAX_COUNTS]  # stable
    return tuple(_count(counts[event], *_EVENT_COUNTS[event]) for event in common)


def _count(number: int, one: str, many: str) -> TranslatableText:
    return TranslatableText(one) if number == 1 else TranslatableText(many, n=number)
