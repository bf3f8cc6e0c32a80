"""Tell the history of a vendor or a category over all editions: what happened, what was promised
and answered, what was claimed and what of it was proven."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal, get_args

from digest.app.context import AppContext
from digest.app.editions import EditionData, iter_stories, load_editions
from digest.app.logs import LOGGER
from digest.errors import ConfigError
from digest.taxonomy import CATEGORIES
from digest.text import clean_text
from digest.urls import is_web_url

EntryKind = Literal["happened", "promised", "answered", "claimed", "proven"]
ENTRY_KINDS: tuple[EntryKind, ...] = get_args(EntryKind)
_PROOF = ("data", "customer", "result")  # points of a claim that prove it


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing of a history.

    `text` is a headline or a quote, as its source has it; `label` an event's slug or a promise's
    standing, "" where there is none.
    """

    kind: EntryKind
    day: date
    quarter: str  # of the edition that tells it; of a promise or an answer, in which it was given
    text: str
    language: str = ""
    source: str = ""
    url: str = ""
    label: str = ""
    story: str = ""  # its id
    due: date | None = None  # of a promise

    def to_json(self) -> dict[str, Any]:
        """Return the entry as plain values."""
        return {
            "kind": self.kind,
            "day": self.day.isoformat(),
            "quarter": self.quarter,
            "text": self.text,
            "language": self.language,
            "source": self.source,
            "url": self.url,
            "label": self.label,
            "story": self.story,
            "due": self.due.isoformat() if self.due else None,
        }


@dataclass(frozen=True, slots=True)
class History:
    """All that editions tell of a vendor or a category, the newest first."""

    slug: str
    name: str
    entries: tuple[HistoryEntry, ...]

    @property
    def quarters(self) -> tuple[str, ...]:
        """The quarters that tell of it, the newest first."""
        return tuple(dict.fromkeys(entry.quarter for entry in self.entries))

    def count_kinds(self) -> dict[str, int]:
        """Return how many entries there are of each kind."""
        kinds = [entry.kind for entry in self.entries]
        return {kind: kinds.count(kind) for kind in ENTRY_KINDS}

    def to_json(self) -> dict[str, Any]:
        """Return the history as plain values."""
        entries = [entry.to_json() for entry in self.entries]
        return {
            "slug": self.slug,
            "name": self.name,
            "counts": self.count_kinds(),
            "entries": entries,
        }


def load_vendor_histories(
    context: AppContext, *, ledger: bool, answers: bool
) -> dict[str, History]:
    """Return the history of each vendor by slug, those with most first.

    `ledger`: with the promises that editions list; `answers`: with what the team wrote down.
    """
    told: list[tuple[str, HistoryEntry]] = []
    for edition in load_editions(context):  # the newest first: a promise stands as it stood last
        told.extend(_read_vendor_entries(edition))
        if ledger and edition.get("ledger"):
            told.extend(_read_ledger(context, edition))
    if answers:
        told.extend(_read_answers(context))
    return _collect(told)


def load_category_histories(context: AppContext) -> dict[str, History]:
    """Return the history of each category of which an edition tells, by slug."""
    told = [
        (slug, entry)
        for edition in load_editions(context)
        for slug, entry in _read_category_entries(edition)
    ]
    found = _collect(told)
    return {slug: replace(found[slug], name=CATEGORIES[slug].name) for slug in found}


def make_slug(name: str) -> str:
    """Return a name as part of an address; letters of all scripts stay."""
    return re.sub(r"[\W_]+", "-", clean_text(name).casefold()).strip("-")


def _collect(told: Iterable[tuple[str, HistoryEntry]]) -> dict[str, History]:
    names: dict[str, str] = {}
    entries: dict[str, dict[HistoryEntry, HistoryEntry]] = {}
    for name, entry in told:
        slug = make_slug(name)
        if slug:
            names.setdefault(slug, clean_text(name))
            same = replace(entry, label="") if entry.kind == "promised" else entry
            entries.setdefault(slug, {}).setdefault(same, entry)
    histories = [
        History(
            slug,
            names[slug],
            tuple(sorted(of.values(), key=lambda one: (one.day, one.kind, one.text), reverse=True)),
        )
        for slug, of in entries.items()
    ]
    histories.sort(key=lambda one: (-len(one.entries), one.slug))
    return {history.slug: history for history in histories}


# ------------------------------------------------------------ one edition


def _read_vendor_entries(edition: EditionData) -> Iterator[tuple[str, HistoryEntry]]:
    rows = {row["story"]: row for row in edition["register"]}
    vendors = {story: {row["vendor"]} - {""} for story, row in rows.items()}
    for story in iter_stories(edition):
        vendors.setdefault(story["id"], set()).update(story["vendors"])
    for story_id, row in rows.items():
        for vendor in sorted(vendors[story_id]):
            yield vendor, _make_event(edition, row)
    known = {make_slug(vendor) for of in vendors.values() for vendor in of}
    for claim in edition["claims"]:
        subject = claim["subject"]  # a vendor, or a product of the story's
        row = rows.get(claim["story"]["id"], {})
        vendor = subject if make_slug(subject) in known else row.get("vendor") or subject
        for entry in _read_claim(edition, claim):
            yield vendor, entry


def _read_ledger(context: AppContext, edition: EditionData) -> Iterator[tuple[str, HistoryEntry]]:
    """Yield what vendors of the stack promised, in stories and by the team's list.

    What the team lists stands in every edition until it is kept; it belongs to the quarter in which
    it was promised.
    """
    for row in edition["ledger"]["vendors"]:
        for announced in row["announced"]:
            story = announced["story"]
            entry = _make_entry(edition, "promised", story["published"], announced["quote"]["text"])
            yield row["vendor"], replace(entry, **_get_origin(story))
    for line in edition["ledger"]["lines"]:
        promise = line["promise"]
        day = promise["promised"] or promise["by"] or edition["start"]
        entry = _make_entry(edition, "promised", day, promise["what"])
        quarter = context.get_quarter_of(datetime.combine(entry.day, time(12), UTC))
        url = promise["source"] if is_web_url(promise["source"]) else ""
        due = date.fromisoformat(promise["by"]) if promise["by"] else None
        entry = replace(entry, quarter=quarter.name, label=line["standing"], url=url, due=due)
        yield promise["vendor"], entry


def _read_category_entries(edition: EditionData) -> Iterator[tuple[str, HistoryEntry]]:
    category_of = {row["story"]: row["category"] for row in edition["register"]}
    for row in edition["register"]:
        if row["category"] in CATEGORIES:
            yield row["category"], _make_event(edition, row)
    for claim in edition["claims"]:
        slug = category_of.get(claim["story"]["id"])
        if slug in CATEGORIES:
            for entry in _read_claim(edition, claim):
                yield str(slug), entry


def _make_event(edition: EditionData, row: Mapping[str, Any]) -> HistoryEntry:
    entry = _make_entry(edition, "happened", row["published"], row["headline"] or row["title"])
    return replace(
        entry,
        label=row["event"] or "",
        language=row["language"],
        source=row["source"],
        url=row["url"],
        story=row["story"],
    )


def _read_claim(edition: EditionData, claim: Mapping[str, Any]) -> Iterator[HistoryEntry]:
    """Yield what is claimed, and each quote that proves it. A study claims nothing of a product."""
    if claim["study"]:
        return
    story = claim["story"]
    quote = (claim["quote"] or {}).get("text") or story["title"]
    origin = _get_origin(story)
    proof = [claim["points"][point]["text"] for point in _PROOF if point in claim["points"]]
    if quote not in proof:
        entry = _make_entry(edition, "claimed", story["published"], quote)
        yield replace(entry, label=claim["availability"] or "", **origin)
    for text in dict.fromkeys(proof):
        entry = _make_entry(edition, "proven", story["published"], text)
        yield replace(entry, label=claim["speaker"] or "", **origin)


def _make_entry(edition: EditionData, kind: EntryKind, when: str, text: str) -> HistoryEntry:
    day = datetime.fromisoformat(when).date()
    return HistoryEntry(kind, day, edition["quarter"], clean_text(text))


def _get_origin(story: Mapping[str, Any]) -> dict[str, Any]:
    names = {"language": "language", "source": "source", "url": "url", "id": "story"}
    return {field: story[name] for name, field in names.items()}


# ------------------------------------------------------------ the team's own


def _read_answers(context: AppContext) -> Iterator[tuple[str, HistoryEntry]]:
    """Yield what vendors answered, as far as vendors/*.yaml says it."""
    from digest.config.tree import parse_yaml

    for path in sorted(context.team_root.glob("vendors/*.yaml")):
        try:
            data = parse_yaml(path.read_bytes(), path.name).plain_value
            answers = _list_answers(data)
        except (ConfigError, OSError, ValueError, TypeError, KeyError) as error:
            LOGGER.warning(f"digest: {path} is not shown: {error}")
            continue
        for day, text, source in answers:
            quarter = context.get_quarter_of(datetime.combine(day, time(12), UTC))
            entry = HistoryEntry("answered", day, quarter.name, clean_text(text))
            url = source if is_web_url(source) else ""
            yield data["vendor"], replace(entry, source=clean_text(source), url=url)


def _list_answers(data: Mapping[str, Any]) -> Sequence[tuple[date, str, str]]:
    """Return day, text and source of the answers of a vendor's file. Raises what a fault gives."""
    rows = data.get("answers") or ()
    return [
        (
            row["on"] if isinstance(row["on"], date) else date.fromisoformat(str(row["on"])),
            str(row["text"]),
            str(row.get("source", "")),
        )
        for row in rows
    ]
