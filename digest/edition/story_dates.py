"""The dates of a story that have a consequence, each with the best sentence that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from digest.edition.dates import GRACE, DatedFact, read_text_dates
from digest.edition.rule_kinds import classify_rule
from digest.model.edition import Sentence
from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import Event
from digest.months import MONTHS
from digest.text import clean_text, join_lines, list_stems, split_sentences

_MAX_TEXT_LENGTH = 6000  # characters of a full text that are read
_MAX_QUOTE_LENGTH = 340  # characters; a longer sentence is a paragraph
_HEAD_LENGTH = 800  # characters of a text that are about what its headline is about
RULE_GRACE = timedelta(days=92)  # a rule that took effect within them is news still
_MAX_DATES = 3  # of a story
_SAME_SUBJECT = 3  # long words that a sentence shares with headline and summary
# Marks of a page around its text: a sentence with one has swallowed a heading or a menu.
_DEPENDENT = re.compile(r"(?:It|They|This|These|That|Those|He|She|Its|Their|Es|Dies\w*)\b")
_PAGE_MARKS = ("##", "⋅", "|", "http", "Skip to content", "appeared first on", "----", "{")
_EMPHASIS = re.compile(r"\*\*|__|`")
_PAIRS = (("“", "”"), ("(", ")"), ("[", "]"), ("«", "»"))
# Stories that find, praise or advise: what they say of dates is about others.
_TALK_EVENTS: frozenset[Event] = frozenset(("research", "results", "opinion", "promo", "funding"))
_TERM_EVENTS: frozenset[Event] = frozenset(("regulation", "pricing", "shutdown"))
_CHANGE_EVENTS: frozenset[Event] = frozenset(("update", "people", "other"))


# A change that comes to some first, and the places that reports name for them.
_ROLLS_OUT = re.compile(
    r"\b(?:roll(?:s|ing|ed)?[ -]?out|rollout|gradual(?:ly)?|phased|in (?:phases|stages|waves)|"
    r"begins? moving|(?:small|limited|first|initial) (?:group|number|set|subset)|subset of|"
    r"schrittweise|nach und nach|progressivement|gradualmente)\b",
    re.IGNORECASE,
)
_PLACE = (
    r"(?P<{0}>U\.S\.|US|USA|United States|U\.K\.|UK|United Kingdom|EU|European Union|Europe|EEA|"
    r"Canada|Germany|France|Italy|Spain|Japan|India|Australia|Brazil|Mexico|China|Thailand)(?!\w)"
)
_WITH_ARTICLE = frozenset(
    "U.S.,US,USA,U.K.,UK,EU,EEA,United States,United Kingdom,European Union".split(",")
)
_AUDIENCE = (
    r"(?:advertisers|accounts|users|customers|sites|publishers|merchants|brands|businesses|shops)"
)
_FIRST_PLACE = re.compile(
    r"(?:\b(?i:small|limited|first|initial|select(?:ed)?|subset)\b[^.;]{0,25}?\s(?:the )?"
    + _PLACE.format("a")
    + rf"\s(?:\w+ ){{0,2}}{_AUDIENCE}"
    + r"|\b(?i:group|number|set|subset) of (?:\w+ )?"
    + _AUDIENCE
    + r" in (?:the )?"
    + _PLACE.format("d")
    + r"|\b(?i:first|initially|only) in (?:the )?"
    + _PLACE.format("b")
    + r"|(?<![\w-])"
    + _PLACE.format("c")
    + r"(?:-based)? (?:first|only)\b)"
)
_ROLLING = re.compile(
    r"\b(?:is|are) (?:(?:now|gradually|slowly) )?rolling out\b|\bwird schrittweise\b|"
    r"\bin fase di (?:rilascio|distribuzione)\b",
    re.IGNORECASE,
)
_FOLLOWS = (
    r"\b(?:follow(?:s|ing)?|(?:be|are) (?:added|moved|included|migrated)|com(?:e|es|ing)|"
    r"get(?:s|ting)? (?:it|access)|join(?:s|ing)?|expand(?:s|ed|ing)?|roll(?:s|ing|ed)? out)\b"
    r"[^.;]{0,40}?\b(?:in|by|through|until|from|during|over) (?:\w+ ){0,3}?(?:20\d\d|next year)"
)
_LATER = tuple(  # of other places before other accounts, which may be at the same place
    re.compile(rf"^[^.;]{{0,40}}?\b(?:{others})[^;]{{0,80}}?{_FOLLOWS}", re.IGNORECASE)
    for others in (
        (
            r"non-(?:U\.S\.|US|UK|EU)|outside (?:of )?(?:the )?(?:U\.S\.|US|UK|EU)|"
            r"(?:other|more|further|additional|remaining) (?:countries|markets|regions)"
        ),
        r"(?:other|remaining|all other) (?:\w+ ){0,2}" + _AUDIENCE,
    )
)
_MAX_LATER = 140  # characters of a sentence that stands within another


@dataclass(frozen=True, slots=True)
class DateReach:
    """Whom a date is for, where a report limits it: those reached step by step, one country."""

    rolls_out: bool = False
    place: str = ""  # where it begins, as the report writes it
    later: str = ""  # the sentence that says when others follow, without its full stop


@dataclass(frozen=True, slots=True)
class StoryDate:
    """A date that a story names. `quote` is the whole sentence, or the headline that names it."""

    fact: DatedFact
    quote: Sentence
    language: str  # of the quote
    told: date  # when it was published, or a later report that names the same date

    @property
    def is_forecast(self) -> bool:
        """Whether every report of it is from before its day, which may have changed since."""
        return self.told < self.fact.day

    @property
    def stands_alone(self) -> bool:
        """Whether the quote is a whole sentence that needs none before it."""
        return _rate_quote(self.quote.text) == 0


def find_story_dates(
    story: Story, grace: timedelta = GRACE, language: str = ""
) -> tuple[StoryDate, ...]:
    """Return the dates on which something takes effect, is due or ends, by day.

    Of several sentences for one date the best is kept: one that names a day, one in `language`,
    then the lead's. Days on which something new arrives, which bind nobody, are none; see
    `read_dates` for `grace`.
    """
    if story.tags.event in _TALK_EVENTS:
        return ()
    is_policy = classify_rule(story) == "platform"
    found = [
        dated
        for dated in read_stated_dates(story, grace)
        if is_policy or _has_consequence(dated.fact, story.tags.event)
    ]

    def rank(dated: StoryDate) -> tuple[bool, bool, int]:
        is_span = dated.fact.day < dated.fact.last
        return (
            is_span,
            dated.language != (language or dated.language),
            _rate_quote(dated.quote.text),
        )

    found.sort(key=rank)
    kept: list[StoryDate] = []
    for dated in found:
        fact = dated.fact
        known = any(
            fact.day <= other.fact.last and other.fact.day <= fact.last
            for other in kept
            if other.fact.role == fact.role or fact.day < fact.last
        )
        if not known and len(kept) < _MAX_DATES:
            kept.append(replace(dated, told=_find_last_report(dated, found)))
    return tuple(sorted(kept, key=lambda dated: (dated.fact.day, dated.fact.last)))


def _find_last_report(dated: StoryDate, found: Iterable[StoryDate]) -> date:
    """Return when the last of the reports was published that name the same day."""
    days = (dated.fact.day, dated.fact.last)
    return max(one.told for one in found if (one.fact.day, one.fact.last) == days)


def read_stated_dates(story: Story, grace: timedelta) -> tuple[StoryDate, ...]:
    """Return every date that a story's reports state, whatever the story is, the lead's first."""
    members = [story.lead, *(member for member in story.items if member is not story.lead)]
    return tuple(
        StoryDate(fact, quote, member.item.language, member.item.published_or_seen.date())
        for member in members
        for fact, quote in _iter_facts(member.item, grace)
    )


def _iter_facts(item: Item, grace: timedelta) -> Iterator[tuple[DatedFact, Sentence]]:
    published = item.published_or_seen.date()
    for text in (item.summary, item.text[:_MAX_TEXT_LENGTH], item.title):
        for fact in read_text_dates(text, item.language, published, grace):
            sentence = _open_quotation(fact.sentence)
            if _is_quotable(sentence):
                yield fact, Sentence(sentence, item.source_name, item.address)


def _open_quotation(sentence: str) -> str:
    """Return the first sentence of a longer quotation without the mark that only opens it."""
    is_open = sentence.startswith("“") and "”" not in sentence
    return sentence[1:] if is_open else sentence


def _rate_quote(text: str) -> int:
    """Return how little a sentence says by itself: 0 for one that stands alone."""
    return bool(_DEPENDENT.match(text)) + 2 * (text[-1:] not in '.。”"')


def _is_quotable(sentence: str) -> bool:
    return (
        len(sentence) <= _MAX_QUOTE_LENGTH
        and not any(mark in sentence for mark in _PAGE_MARKS)
        and not sentence.endswith(("…", "..."))
        and not sentence[0].islower()
        and all(sentence.count(start) == sentence.count(end) for start, end in _PAIRS)
    )


def _has_consequence(fact: DatedFact, event: Event) -> bool:
    if fact.role != "effective" or fact.binding:
        return True
    if fact.arrives:
        return False
    return event in _TERM_EVENTS or (event in _CHANGE_EVENTS and fact.direct)


def find_head_dates(story: Story) -> tuple[StoryDate, ...]:
    """Return from when the rule of a story applies, or until when it must be met, by day.

    What took effect in the quarter before its report counts, too. What a report says far below its
    beginning may be about another rule, but for a sentence that names the platform and its policy.
    """
    heads = " ".join(
        join_lines(f"{member.item.title} {member.item.summary} {member.item.text[:_HEAD_LENGTH]}")
        for member in story.items
    )
    heads = _EMPHASIS.sub("", heads)
    is_policy = classify_rule(story) == "platform"
    return tuple(
        dated
        for dated in find_story_dates(story, RULE_GRACE, story.lead.item.language)
        if (
            dated.fact.role in ("effective", "deadline")
            or (is_policy and dated.fact.role == "ends" and dated.fact.relative)
        )
        and (dated.fact.words in heads or (is_policy and _names_policy(dated, story)))
    )


def _names_policy(dated: StoryDate, story: Story) -> bool:
    """Return whether a sentence is about a story's policy: it names whose, or what it is about."""
    if not dated.fact.binding:
        return False
    if any(name in dated.quote.text for name in story.tags.vendors):
        return True
    told = " ".join(f"{member.item.title} {member.item.summary}" for member in story.items)
    return len(list_stems(told) & list_stems(dated.quote.text)) >= _SAME_SUBJECT


def find_reach(story: Story, dated: StoryDate) -> DateReach:
    """Return how the sentences that name a date, or stand beside one that does, limit it."""
    rolls_out, place = False, ""
    for member in story.items:
        pattern = _compile_date(dated.fact, member.item.language)
        if pattern is None:
            continue
        for text in (member.item.summary, member.item.text[:_MAX_TEXT_LENGTH]):
            for line in _EMPHASIS.sub("", text).splitlines():
                sentences = split_sentences(clean_text(line))
                for at, sentence in enumerate(sentences):
                    if not pattern.search(sentence):
                        continue
                    rolls_out = rolls_out or _ROLLS_OUT.search(sentence) is not None
                    near = " ".join(sentences[max(0, at - 1) : at + 2])
                    if not place and (found := _FIRST_PLACE.search(near)):
                        place = next(filter(None, found.groups()))
                        place = f"the {place}" if place in _WITH_ARTICLE else place
    return DateReach(rolls_out, place, _find_later(story) if place else "")


def is_rolling_out(story: Story) -> bool:
    """Return whether the headline or the summary of a report says that a change is rolling out."""
    heads = (f"{member.item.title} {member.item.summary}" for member in story.items)
    return any(_ROLLING.search(head) for head in heads)


def _find_later(story: Story) -> str:
    """Return the whole sentence that says when a change comes to others; "" where none does."""
    items = [member.item for member in story.items]
    texts = [text for item in items for text in (item.summary, item.text[:_MAX_TEXT_LENGTH])]
    sentences = [
        sentence
        for text in texts
        for line in _EMPHASIS.sub("", text).splitlines()
        for sentence in split_sentences(clean_text(line))
        if len(sentence) <= _MAX_LATER and _is_quotable(sentence) and _rate_quote(sentence) == 0
    ]
    found = (one for pattern in _LATER for one in sentences if pattern.search(one))
    return next(found, "").rstrip(".")


def _compile_date(fact: DatedFact, language: str) -> re.Pattern[str] | None:
    """Return the pattern of a day or month as sentences name it; None where no table has it."""
    month = "|".join(
        re.escape(name)
        for name, number in MONTHS.get(language, {}).items()
        if number == fact.day.month
    )
    if not month or (fact.day.year, fact.day.month) != (fact.last.year, fact.last.month):
        return None
    if fact.day != fact.last:
        return re.compile(rf"(?<!\w)(?i:{month})(?!\w)")
    return compile_day(fact.day, language)


def compile_day(day: date, language: str) -> re.Pattern[str] | None:
    """Return the pattern of a day as sentences name it; None where no table has its month."""
    names = (name for name, number in MONTHS.get(language, {}).items() if number == day.month)
    month, number = "|".join(map(re.escape, names)), day.day
    if not month:
        return None
    return re.compile(
        rf"(?<!\w)(?i:{month})\.? {number}(?!\d)"
        rf"|(?<!\d){number}(?:st|nd|rd|th|\.)? (?:of )?(?i:{month})"
    )


def quote_effective_date(story: Story) -> str:
    """Return the words that say from when a rule applies; "" where none does."""
    found = sorted(find_head_dates(story), key=lambda dated: dated.fact.role != "effective")
    return found[0].fact.words if found else ""
