"""Keep the search index whole: what items are judged to be, and what the team and editions say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from digest.app.context import AppContext, vocabulary_file
from digest.app.judgements import open_kept_judge
from digest.app.logs import LOGGER
from digest.app.vectors import attach_vectors
from digest.archive import Archive
from digest.archive.search import Judgement, SearchDocument
from digest.errors import ArchiveError, ConfigError
from digest.model.item import Item
from digest.model.stack import Promise
from digest.model.tags import TaggedItem, Tags
from digest.model.vendors import STANDING_QUESTIONS
from digest.period import Quarter, quarter_containing
from digest.version import __version__

_DOCUMENTS_VERSION = 2  # of what is made of the files; another is rebuilt
JUDGED_AT_ONCE = 400  # items that are judged before a search, at most


def update_search_index(
    context: AppContext, archive: Archive, *, most: int | None = None, rebuild: bool = False
) -> int:
    """Make the index whole; return how many items are still to be judged.

    `most`: items that may be judged now, all of them where None. Items are found by their words
    before, by filters and by words of a category only once they are judged.
    """
    archive.rebuild_search(only_outdated=not rebuild)
    fingerprint = _fingerprint_documents(context)
    if archive.load_documents_fingerprint() != fingerprint:
        documents, editions = _collect_documents(context)
        archive.save_search_documents(documents, editions, fingerprint)
    return _judge_items(context, archive, most)


def _judge_items(context: AppContext, archive: Archive, most: int | None) -> int:
    vocabulary = _fingerprint_vocabulary(context)
    with archive.open_search() as index:
        waiting = index.list_unjudged(vocabulary, most=10_000_000 if most is None else most + 1)
    chosen = waiting if most is None else waiting[:most]
    if chosen:
        judge = open_kept_judge(context, archive)
        for start in range(0, len(chosen), JUDGED_AT_ONCE):
            found = archive.load_items_by_id(chosen[start : start + JUDGED_AT_ONCE])
            items = attach_vectors(context, archive, found)
            judge.prepare_items(items)
            judgements = [make_judgement(item, judge.judge_item(item)) for item in items]
            archive.save_search_judgements(judgements, vocabulary)
            judge.save_judgements()
    return len(waiting) - len(chosen)


def keep_judgements(context: AppContext, archive: Archive, judged: Iterable[TaggedItem]) -> None:
    """Keep what a build has judged, so that no search has to judge it again.

    The index waits where another program writes: nothing but search needs it.
    """
    judgements = [make_judgement(one.item, one.tags) for one in judged]
    try:
        archive.rebuild_search(only_outdated=True)
        if judgements:
            archive.save_search_judgements(judgements, _fingerprint_vocabulary(context))
    except ArchiveError as error:
        LOGGER.debug(f"digest: the search index is not brought up to date: {error}")


def make_judgement(item: Item, tags: Tags) -> Judgement:
    """Return what the index keeps of an item's tags."""
    labels = [f"vendor:{vendor}" for vendor in tags.vendors]
    labels += [f"category:{slug}" for slug in (tags.category, *tags.also) if slug]
    labels += [f"event:{tags.event}", f"ai:{tags.ai}"]
    return Judgement(item.id, tuple(dict.fromkeys(labels)), round(tags.relevance_probability, 3))


def _fingerprint_vocabulary(context: AppContext) -> str:
    path = vocabulary_file(context)
    team = hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""
    return f"{__version__} {team}"


# ------------------------------------------------------------ documents


def _list_files(context: AppContext) -> list[Path]:
    root = context.team_root
    return sorted(
        [
            *root.glob("editions/*.yaml"),
            *root.glob("stack.yaml"),
            *root.glob("vendors/*.yaml"),
            *context.workspace.output.glob("*/edition.json"),
        ]
    )


def _fingerprint_documents(context: AppContext) -> str:
    digest = hashlib.sha256(str(_DOCUMENTS_VERSION).encode())
    for path in _list_files(context):
        state = path.stat()
        digest.update(f"{path}\n{state.st_mtime_ns}\n{state.st_size}\n".encode())
    return digest.hexdigest()[:16]


def _collect_documents(
    context: AppContext,
) -> tuple[list[SearchDocument], dict[str, tuple[str, ...]]]:
    """Return the documents of the workspace, and which items stand in which edition."""
    documents: list[SearchDocument] = []
    editions: dict[str, tuple[str, ...]] = {}
    for path in _list_files(context):
        try:
            if path.name == "edition.json":
                edition = json.loads(path.read_text("utf-8"))
                documents.extend(_read_edition(edition))
                editions[edition["quarter"]] = tuple(_list_edition_items(edition))
            elif path.name == "stack.yaml":
                documents.extend(_read_stack(context, path))
            elif path.parent.name == "vendors":
                documents.extend(_read_vendor(context, path))
            else:
                documents.extend(_read_decisions(context, path))
        except (ConfigError, ValueError, KeyError, TypeError) as error:
            LOGGER.warning(f"digest: {path} is not searched: {error}")
    return documents, editions


def _list_stories(edition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in edition["sections"]:
        yield from section["stories"]


def _list_edition_items(edition: dict[str, Any]) -> Iterator[str]:
    for story in _list_stories(edition):
        for item in story["items"]:
            yield item["id"]


def _read_edition(edition: dict[str, Any]) -> Iterator[SearchDocument]:
    quarter = edition["quarter"]
    for story in _list_stories(edition):
        labels = [f"vendor:{vendor}" for vendor in story["vendors"]]
        labels += [f"category:{story['category']}"] if story["category"] else []
        labels += [f"event:{story['event']}"] if story["event"] else []
        labels += [f"ai:{story['ai']}"] if story["ai"] else []
        parts = (*(part["text"] for part in story["summary"]), *story["why_it_matters"])
        dates = [item["published"] for item in story["items"] if item["published"]]
        yield SearchDocument(
            kind="story",
            id=story["id"],
            at=_read_time(min(dates, default=edition["start"])),
            title=story["title"],
            text="\n".join(filter(None, parts)),
            url=story["items"][0]["url"] if story["items"] else "",
            source=f"edition {quarter}",
            labels=(*labels, "in:edition", f"in:{quarter}"),
        )


def _read_decisions(context: AppContext, path: Path) -> Iterator[SearchDocument]:
    from digest.config.decisions import load_editorial_decisions

    try:
        quarter = context.resolve_quarter(path.stem)
    except Exception as error:
        raise ValueError(f"{path.stem} names no quarter") from error
    decisions = load_editorial_decisions(path, quarter.name)
    at, source = min(quarter.end, context.now), f"team, {quarter.name}"
    if decisions.letter:
        title = f"Letter of {quarter.name}"
        yield SearchDocument("letter", quarter.name, at, title, decisions.letter, source=source)
    for story in decisions.stories:
        if story.note:
            yield SearchDocument(
                kind="note",
                id=f"{quarter.name} {story.item or story.url}",
                at=story.at or at,
                title=story.headline or story.title,
                text=story.note,
                url=story.url,
                source=source,
                private=True,
            )
    for place, decision in enumerate(decisions.decisions, 1):
        due = f"due {decision.due}" if decision.due else ""
        yield SearchDocument(
            kind="decision",
            id=f"{quarter.name} {place}",
            at=at,
            title=decision.what,
            text="\n".join(filter(None, (decision.note, decision.owner, due, decision.state))),
            source=source,
            private=True,
        )


def _read_stack(context: AppContext, path: Path) -> Iterator[SearchDocument]:
    """Yield what vendors promised, with what the team knows of it."""
    from digest.config.stack import load_stack

    for place, promise in enumerate(load_stack(path).stack.promises, 1):
        yield _make_promise(context, promise, f"promise {place}", path.name)


def _read_vendor(context: AppContext, path: Path) -> Iterator[SearchDocument]:
    """Yield what a vendor promised and answered, by its own file."""
    from digest.config.vendors import load_vendor

    config, source = load_vendor(path), f"{path.parent.name}/{path.name}"
    record = config.record
    for place, promise in enumerate(config.promises, 1):
        yield _make_promise(context, promise, f"{path.stem} promise {place}", source)
    asked = {**STANDING_QUESTIONS, **{question.key: question.ask for question in record.questions}}
    asked |= {
        question.key: question.ask for letter in record.letters for question in letter.questions
    }
    for place, answer in enumerate(record.answers, 1):
        yield SearchDocument(
            kind="answer",
            id=f"{path.stem} answer {place}",
            at=datetime.combine(answer.on, time(), UTC),
            title=f"{record.vendor}: {asked.get(answer.to, answer.to)}",
            text=f"{answer.text}\n{answer.source}",
            source=source,
            labels=(f"vendor:{record.vendor}",),
            private=True,
        )


def _make_promise(context: AppContext, promise: Promise, name: str, source: str) -> SearchDocument:
    day = promise.promised or promise.by or context.now.date()
    return SearchDocument(
        kind="promise",
        id=name,
        at=datetime.combine(day, time(), UTC),
        title=f"{promise.vendor}: {promise.what}",
        text="\n".join(filter(None, (promise.note, promise.state))),
        url=promise.source or "",
        source=source,
        labels=(f"vendor:{promise.vendor}",),
        private=True,
    )


def _read_time(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def get_quarter(context: AppContext) -> Quarter:
    """Return the quarter of now, in the team's counting."""
    settings = context.config.digest
    return quarter_containing(context.now, settings.timezone, settings.fiscal_year_starts)
