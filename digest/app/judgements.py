"""Judge each item once: what items were judged to be is kept in the archive.

A judgement follows from the item's words, from the judge that comes with the program and from what
the team's vocabulary adds; it is kept under a fingerprint of all three, and made again where one of
them changed. So the same edition comes out whether or not anything was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from digest.app.context import AppContext, load_judge, vocabulary_file
from digest.app.fingerprints import JUDGING, fingerprint_parts, fingerprint_program
from digest.app.logs import LOGGER
from digest.app.vectors import attach_vectors
from digest.archive import Archive
from digest.config.vocabulary import fingerprint_vocabulary
from digest.errors import ArchiveError, ConfigError
from digest.model.item import Item
from digest.model.tags import Tags
from digest.rank import WordPoints, load_default_weights, score_words

if TYPE_CHECKING:
    from digest.app.decide import Judge

_SAVED_AT_ONCE = 500  # judgements; those of a process that is killed are made again


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an item was judged to be, and what its words are worth where it leads a story."""

    tags: Tags
    word_points: WordPoints


@cache
def _get_adapter() -> TypeAdapter[Judgement]:
    return TypeAdapter(Judgement)


class KeptJudge:
    """Judges as the judge that it stands for does, and no item a second time.

    `prepare_items` reads what is kept of items in few queries; `save_judgements` keeps what was
    made since. The judge itself is loaded when an item is met that was not judged before.
    `fingerprint` is the judge's.
    """

    def __init__(self, archive: Archive, load: Callable[[], Judge], fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._archive, self._load = archive, load
        self._fingerprints: dict[str, tuple[Item, str]] = {}  # item id → item, its fingerprint
        self._known: dict[str, tuple[str, Judgement]] = {}  # item id → fingerprint, judgement
        self._unsaved: dict[str, tuple[str, Judgement]] = {}

    def prepare_items(self, items: Iterable[Item]) -> None:
        """Load what is kept of the items."""
        wanted = {item.id: self.fingerprint_item(item) for item in items}
        read = _get_adapter().validate_json
        for key, text in self._archive.load_judgements(self.fingerprint, wanted).items():
            try:
                self._known[key] = wanted[key], read(text)
            except ValidationError:
                LOGGER.debug(f"digest: the kept judgement of {key} cannot be read")

    def judge_item(self, item: Item) -> Tags:
        """Return the tags of an item."""
        return self._judge(item).tags

    def get_word_points(self, item: Item) -> WordPoints:
        """Return what an item's words are worth under the shipped weights."""
        return self._judge(item).word_points

    def judge_and_keep(self, items: Iterable[Item], done: Callable[[], None]) -> None:
        """Judge items and keep what comes out, some hundreds at once; call `done` after each."""
        for item in items:
            self._judge(item)
            done()
            if len(self._unsaved) >= _SAVED_AT_ONCE:
                self.save_judgements()
        self.save_judgements()

    def save_judgements(self) -> None:
        """Keep what was made. Another program that writes makes this wait for the next time."""
        write = _get_adapter().dump_json
        rows = [
            (key, fingerprint, write(judgement).decode())
            for key, (fingerprint, judgement) in self._unsaved.items()
        ]
        try:
            if rows:
                self._archive.save_judgements(self.fingerprint, rows)
        except ArchiveError as error:
            LOGGER.debug(f"digest: judgements are not kept: {error}")
        self._unsaved.clear()

    def fingerprint_item(self, item: Item) -> str:
        """Return a hash of all that an item is judged by."""
        known = self._fingerprints.get(item.id)
        if known is None or known[0] is not item:
            found = fingerprint_parts(
                item.url,
                item.title,
                item.source,
                item.source_name,
                item.language,
                item.summary,
                item.text,
                item.fulltext,
                item.vector,
            )
            known = self._fingerprints[item.id] = item, found
        return known[1]

    def _judge(self, item: Item) -> Judgement:
        fingerprint = self.fingerprint_item(item)
        known = self._known.get(item.id)
        if known is None or known[0] != fingerprint:
            tags = self._load().judge_item(item)
            known = fingerprint, Judgement(tags, score_words(item, load_default_weights()))
            self._known[item.id] = self._unsaved[item.id] = known
        return known[1]


def open_kept_judge(
    context: AppContext, archive: Archive, load: Callable[[AppContext], Judge] | None = None
) -> KeptJudge:
    """Return the workspace's judge, with what the archive keeps of it. Raises ConfigError.

    `load` gives the judge itself, once an item is met that was not judged before; None: the
    workspace's.
    """
    vocabulary = fingerprint_vocabulary(vocabulary_file(context))
    fingerprint = fingerprint_parts(fingerprint_program(JUDGING), vocabulary)
    return KeptJudge(archive, lambda: (load or load_judge)(context), fingerprint)


def judge_new_items(context: AppContext, back_to: datetime | None = None) -> int:
    """Judge the items that were not judged yet, so that later no one waits; return how many.

    The items are those from `back_to`, else from the start of the quarter before this one. Where
    the team's vocabulary cannot be used, nothing is judged and whoever builds is told why.
    """
    start = min(filter(None, (back_to, context.resolve_quarter("current").previous.start)))
    with Archive.open(context.workspace.archive) as archive:
        try:
            kept = open_kept_judge(context, archive)
        except ConfigError as error:
            LOGGER.warning(f"digest: items are not judged: {error}")
            return 0
        found = archive.load_unjudged_items(kept.fingerprint, start)
        new = attach_vectors(context, archive, found)
        with context.progress("judging items", len(new)) as advance:
            kept.judge_and_keep(new, advance)
    return len(new)
