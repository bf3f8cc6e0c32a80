"""editions/QUARTER.yaml: what the team decided of an edition, and nothing else.

A decision names its story by an item of it, by address and id, so that it finds the story again
after a rebuild, a late item or another clustering. Whether the story is there is not checked here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, ValidationError

from digest.config.categories import CategorySlug
from digest.config.kinds import Language, LongText, ShortText, WebUrl
from digest.config.validate import (
    RuleViolation,
    Settings,
    describe_first_error,
    find_repeats,
    find_values,
    fingerprint_file,
    key,
    load_model,
    validate_yaml,
)
from digest.errors import DigestError
from digest.model.decisions import DecisionState, EditorialDecisions, StoryDecision, TeamDecision
from digest.model.drafts import AcceptedText, ModelTask
from digest.model.item import Item
from digest.model.sections import SwitchableSlug
from digest.model.stack import RelationKind, Ring
from digest.model.tags import Ai, Event, Evidence
from digest.text import clean_text
from digest.urls import canonical_url

DECISION_KEYS = (
    "keep drop pin headline summary note relevant category ai evidence event vendors relation ring "
    "merge split"
).split()
# the order in which the keys of an entry are written
KEY_ORDER = (
    *("url", "item", "title"),
    *DECISION_KEYS,
    *"source published language task of text model what step story owner due state closed".split(),
    *("outcome", "by", "at"),
)
_TAGS = ("relevant", "category", "ai", "evidence", "event", "vendors")
_LONGEST_PROSE = 6000


def validate_markdown(text: str) -> str:
    """Return Markdown without control characters, its lines and indents kept.

    Raises ValueError where it is too long.
    """
    if len(text) > _LONGEST_PROSE:
        raise ValueError(f"must have at most {_LONGEST_PROSE} characters")
    lines = (
        line[: len(line) - len(line.lstrip(" "))] + clean_text(line) for line in text.splitlines()
    )
    return "\n".join(line.rstrip() for line in lines).strip("\n")


MarkdownText = Annotated[str, AfterValidator(validate_markdown)]


class StoryDecisionEntry(Settings):
    """What was decided of a story."""

    url: WebUrl | None = key("the address of an item of the story")
    item: ShortText | None = key("the id of that item, as `digest export items` prints it")
    title: ShortText | None = key("what it is called, for whoever reads this file")
    keep: bool = key("true: it goes in, whatever its score", False)
    drop: ShortText | None = key("why it stays out, in a few words")
    pin: int | None = key("it goes first, in the order of these numbers", ge=1, le=999)
    headline: ShortText | None = key("instead of the source's title")
    summary: MarkdownText = key("instead of the sources' sentences", "")
    note: MarkdownText = key("why it matters, in Markdown", "")
    relevant: bool | None = key("whether it is marketing technology at all")
    category: CategorySlug | Literal["none"] | None = key("its stack category, or none")
    ai: Ai | None = key("core | applied | mention | none")
    evidence: Evidence | Literal["none"] | None = key("evidenced | specified | claimed | none")
    event: Event | None = key("what happened: launch, update, acquisition …")
    vendors: tuple[ShortText, ...] | None = key("whom it is about, the first first")
    relation: RelationKind | None = key(
        "what it is to us: product, vendor, overlap, rival, gap, none"
    )
    ring: Ring | None = key("act | try | ask | watch")
    merge: tuple[ShortText, ...] = key("items, by address or id, whose stories are this one", ())
    split: tuple[ShortText, ...] = key("items, by address or id, that are a story of their own", ())
    by: ShortText | None = key("who decided last")
    at: AwareDatetime | None = key("when")


class ManualItemEntry(Settings):
    """An item that no source gave."""

    url: WebUrl = key("its address", ...)
    title: ShortText = key("its title, in its own words", ...)
    source: ShortText = key("its publisher", ...)
    published: date | None = key("its day; default: the day on which it was added")
    summary: LongText = key("a few sentences of it, in its own words", "")
    language: Language = key("of title and summary", "en")
    by: ShortText | None = key("who put it in")
    at: AwareDatetime | None = key("when")


class TeamDecisionEntry(Settings):
    """A decision of the team."""

    what: ShortText = key(
        "what was decided, in a few words; the same words in a later file follow it up", ...
    )
    step: Literal["act", "try", "ask", "watch", "ignore"] | None = key(
        "act | try | ask | watch | ignore"
    )
    story: ShortText | None = key("the id of the story that it answers")
    owner: ShortText | None = key("who does it")
    due: date | None = key("until when")
    state: DecisionState = key("open | done | dropped", "open")
    outcome: LongText = key("what came of it", "")
    closed: date | None = key("when it was done or dropped")
    note: LongText = key("what else is worth knowing", "")
    by: ShortText | None = key("who wrote it down")
    at: AwareDatetime | None = key("when")


class AcceptedTextEntry(Settings):
    """A text of the language model that a person accepted for print."""

    task: ModelTask = key(
        "summary, consequence, theme, lead, translation, letter or questions", ...
    )
    language: Language = key("of the edition that prints it", "en")
    of: ShortText | None = key("the id of an item of its story, or the theme's short name")
    title: ShortText | None = key("the title, of a translation")
    text: LongText = key("the words, as they are printed", "")
    model: ShortText | None = key("the model that wrote them")
    by: ShortText | None = key("who accepted them")
    at: AwareDatetime | None = key("when")


class DecisionsFile(Settings):
    """editions/QUARTER.yaml."""

    letter: MarkdownText = key("the editor's letter, in Markdown", "")
    stories: tuple[StoryDecisionEntry, ...] = key("what was decided of stories", ())
    added: tuple[ManualItemEntry, ...] = key("items that no source gave", ())
    decisions: tuple[TeamDecisionEntry, ...] = key(
        "what the company does about it: who, until when", ()
    )
    accepted: tuple[AcceptedTextEntry, ...] = key(
        "texts of the language model that may be printed", ()
    )
    sections: dict[SwitchableSlug, Literal["on", "off"]] = key(
        "sections switched off, as `deals: off`", {}
    )


def load_editorial_decisions(path: Path, quarter: str) -> EditorialDecisions:
    """Return what the team decided of an edition; nothing where there is no file.

    Raises ConfigError with every problem.
    """
    return _to_editorial_decisions(_load_file(path), quarter)


def parse_editorial_decisions(
    text: str, quarter: str, name: str = "the decisions"
) -> EditorialDecisions:
    """Return the decisions that a text holds. Raises ConfigError with every problem."""
    file = validate_yaml(text, DecisionsFile, name, rules=_check_decisions)
    return _to_editorial_decisions(file, quarter)


def parse_decision_values(plain: Mapping[str, Any], quarter: str) -> EditorialDecisions:
    """Return the decisions that plain values hold, without a text to point into.

    Raises DigestError with the first fault.
    """
    try:
        file = DecisionsFile.model_validate_json(json.dumps(plain))
    except ValidationError as error:
        what = describe_first_error(error, plain)
        raise DigestError(what, "nothing was written: give another value") from None
    for violation in _check_decisions(plain):
        raise DigestError(violation.what)
    return _to_editorial_decisions(file, quarter)


def fingerprint_decisions(path: Path) -> str:
    """Return a fingerprint of what a file decides; "" where it decides nothing.

    It is the same under other comments.
    """
    return fingerprint_file(_load_file(path))


def fingerprint_decision_values(plain: Mapping[str, Any]) -> str:
    """Return what `fingerprint_decisions` gives for a file of these values, which are valid."""
    return fingerprint_file(DecisionsFile.model_validate_json(json.dumps(plain)))


def load_team_decisions(path: Path, quarter: str) -> tuple[TeamDecision, ...]:
    """Return the decisions of one edition. Raises ConfigError with every problem."""
    return load_editorial_decisions(path, quarter).decisions


# ---------------------------------------------------------------- from file to values


def _load_file(path: Path) -> DecisionsFile:
    if not path.exists():
        return DecisionsFile()
    return load_model(path, DecisionsFile, rules=_check_decisions)


def _to_editorial_decisions(file: DecisionsFile, quarter: str) -> EditorialDecisions:
    return EditorialDecisions(
        stories=tuple(map(_to_story_decision, file.stories)),
        added=tuple(map(_to_manual_item, file.added)),
        letter=file.letter,
        decisions=tuple(
            TeamDecision(
                what=entry.what,
                step=entry.step,
                story=entry.story or "",
                owner=entry.owner or "",
                due=entry.due,
                state=entry.state,
                quarter=quarter,
                note=entry.note,
                outcome=entry.outcome,
                closed=entry.closed,
            )
            for entry in file.decisions
        ),
        accepted=tuple(map(_to_accepted_text, file.accepted)),
        off=frozenset(name for name, state in file.sections.items() if state == "off"),
    )


def _to_story_decision(entry: StoryDecisionEntry) -> StoryDecision:
    tags = {name: value for name in _TAGS if (value := getattr(entry, name)) is not None}
    tags |= {name: None for name in ("category", "evidence") if tags.get(name) == "none"}
    return StoryDecision(
        url=canonical_url(entry.url) if entry.url else "",
        item=entry.item or "",
        title=entry.title or "",
        keep=entry.keep,
        drop=entry.drop or "",
        pin=entry.pin,
        headline=entry.headline or "",
        summary=entry.summary,
        note=entry.note,
        tags=MappingProxyType(tags),
        relation=entry.relation,
        ring=entry.ring,
        merge=entry.merge,
        split=entry.split,
        by=entry.by or "",
        at=entry.at.astimezone(UTC) if entry.at else None,
    )


def _to_accepted_text(entry: AcceptedTextEntry) -> AcceptedText:
    return AcceptedText(
        task=entry.task,
        language=entry.language,
        text=clean_text(entry.text),
        of=entry.of or "",
        title=entry.title or "",
        model=entry.model or "",
        by=entry.by or "",
        at=entry.at.astimezone(UTC) if entry.at else None,
    )


def _to_manual_item(entry: ManualItemEntry) -> Item:
    url = canonical_url(entry.url)
    day = datetime.combine(entry.published, time(12), UTC) if entry.published else None
    seen = entry.at.astimezone(UTC) if entry.at else day or datetime(1970, 1, 1, tzinfo=UTC)
    return Item(
        id="h" + hashlib.sha256(url.encode()).hexdigest()[:12],
        url=url,
        link=entry.url,
        title=entry.title,
        source="added-by-hand",
        source_name=entry.source,
        tier="press",
        published=day,
        first_seen=seen,
        language=entry.language,
        summary=entry.summary,
    )


# ---------------------------------------------------------------- rules over several values


def make_accepted_key(task: str, language: str, of: str) -> str:
    """Return what an accepted text is known by."""
    return f"{task} {language} {of}".strip()


def make_entry_key(entry: Any) -> str:
    """Return what an entry of a list is known by; "" where it names nothing."""
    if not isinstance(entry, dict):
        return ""
    if entry.get("task"):
        return make_accepted_key(entry["task"], entry.get("language", "en"), entry.get("of") or "")
    return next((str(entry[name]) for name in ("url", "item", "what") if entry.get(name)), "")


def _check_decisions(plain: Any) -> Iterator[RuleViolation]:
    for loc, entry in find_values(plain, "stories", "*"):
        if not isinstance(entry, dict):
            continue
        if not entry.get("url") and not entry.get("item"):
            what = "names no story: give it the url of an item, or its id as item"
            yield RuleViolation(loc, what)
        if entry.get("drop") and (entry.get("keep") is True or entry.get("pin")):
            what = "the story is kept and dropped at once: take one out"
            yield RuleViolation((*loc, "drop"), what)
    for loc, entry in find_values(plain, "decisions", "*"):
        is_closed = isinstance(entry, dict) and entry.get("state") in ("done", "dropped")
        if isinstance(entry, dict) and entry.get("closed") and not is_closed:
            yield RuleViolation((*loc, "closed"), "needs state: done or dropped beside it")
    for group in ("stories", "added", "decisions", "accepted"):
        entries = find_values(plain, group, "*")
        yield from find_repeats(
            ((loc, name) for loc, entry in entries if (name := make_entry_key(entry))),
            lambda _, __: "the same stands here twice",
        )
