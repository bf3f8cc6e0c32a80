"""Keep editions/QUARTER.yaml while people work on it, on the page and in an editor at once.

The file is the truth. Before each write it is read again, and only the places that change are
changed, so whatever else is in it by now stays. Nothing is overwritten unseen:

- a place that another hand changed after a person saw it is a conflict for that person, and nothing
  is written;
- a place that the page had written and that an editor's older copy took back is a conflict for all,
  with both values, until somebody says which one stands.

A file that cannot be read is left alone; the page says where it is wrong, and works again when it
is corrected.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from digest.app.workspace import write_file
from digest.config.decision_changes import (
    LISTS,
    Place,
    Plain,
    Value,
    apply_changes,
    collect_values,
    parse_plain_values,
)
from digest.config.decisions import parse_decision_values, parse_editorial_decisions
from digest.errors import ConfigError, DigestError
from digest.model.decisions import EditorialDecisions

EDITOR = "the file"  # the name of the hand that changed a place outside the page
_SIGNATURE_KEYS = ("by", "at", "url", "item", "title")  # they go with what an entry decides
_NAME_KEYS = ("url", "item", "title", "what", "source")  # an entry is found by them
_SCHEMA_LINE = "# yaml-language-server: $schema=../.digest/decisions.schema.json\n"
_FILE_HEADER = (
    "# What the team decided on the briefing of {quarter}: "
    "read by `digest build`, written by people and `digest review`.\n"
)


class ConflictError(DigestError):
    """Somebody else changed a place after it was seen. `theirs` is what it holds now."""

    def __init__(self, place: Place, theirs: Value, by: str) -> None:
        what = place[2] or place[0]
        super().__init__(
            f"{what} was changed by {by} meanwhile, to {format_value(theirs)}; "
            "yours was not written",
            "look at it, and do it again if yours should stand",
        )
        self.place, self.theirs = place, theirs


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One change by a person, with what its places held before and after."""

    number: int
    by: str
    at: datetime
    words: str
    before: Mapping[Place, Value]
    after: Mapping[Place, Value]
    undone: bool = False


@dataclass(frozen=True, slots=True)
class EditConflict:
    """A place that the page had written and that holds something else in the file now."""

    place: Place
    mine: Value
    theirs: Value
    by: str

    @property
    def name(self) -> str:
        """The place in a line."""
        return " ".join(filter(None, self.place))


class DecisionStore:
    """The decisions of one edition, as its file was last read well.

    `version` counts every change, of the page and of others. `broken` says why the file cannot be
    read now. `values` holds every value by its place.
    """

    def __init__(self, path: Path, quarter: str) -> None:
        self.path = path
        self.quarter = quarter
        self.version = 0
        self.broken = ""
        self.steps: list[ReviewStep] = []
        self.conflicts: list[EditConflict] = []
        self.decisions = EditorialDecisions()
        self.plain: Plain = {}
        self.values: Mapping[Place, Value] = {}
        self._data = b""
        self._file_stamp: object = ()
        self._last_changes: dict[Place, tuple[int, str]] = {}  # version and hand
        self._page_values: dict[Place, tuple[Value, str]] = {}
        self.reload_file()
        self._last_changes.clear()

    def reload_file(self) -> bool:
        """Read the file if it changed; return whether anything is other than before."""
        stamp = _read_file_stamp(self.path)
        if stamp == self._file_stamp and stamp is not None:
            return False
        try:
            data = _read_data(self.path)
        except OSError as error:
            self.broken = f"{self.path} cannot be read: {error.strerror or error}"
            return True
        self._file_stamp = stamp
        if data == self._data:
            changed, self.broken = bool(self.broken), ""
            return changed
        name = self.path.name
        try:
            text = data.decode()
            plain = parse_plain_values(text, name)
            decisions = self._check_values(plain, text)
        except UnicodeDecodeError as error:
            self.broken = f"{name} is not UTF-8 at byte {error.start + 1}: save it as UTF-8"
            return True
        except ConfigError as error:
            self.broken = str(error)
            return True
        self.broken = ""
        self._replace_content(data, plain, collect_values(plain), decisions, EDITOR)
        for place, (mine, by) in list(self._page_values.items()):
            theirs = self.values.get(place)
            if theirs != mine:
                self.conflicts.append(EditConflict(place, mine, theirs, by))
                del self._page_values[place]
        return True

    def _check_values(self, plain: Plain, text: str) -> EditorialDecisions:
        """Return the decisions of a text with these values. Raises ConfigError with the places."""
        try:
            return parse_decision_values(plain, self.quarter)
        except DigestError:  # the text is read a second time only to say where it is wrong
            return parse_editorial_decisions(text, self.quarter, self.path.name)

    def apply_changes(
        self,
        changes: Mapping[Place, Value],
        *,
        by: str,
        at: datetime,
        words: str,
        seen: int | None = None,
    ) -> ReviewStep:
        """Write changes, with who made them and when beside them.

        `seen` is the version that the person looked at (None: this one). Nothing is written where
        this raises ConflictError, because another hand changed one of the places since, or
        DigestError, because the file cannot be read or written or would hold what it may not.
        """
        with self._lock_file():
            for place, value in changes.items():
                version, hand = self._last_changes.get(place, (0, ""))
                theirs = self.values.get(place)
                # also what the same person did in another tab was not seen in this one
                unseen = seen is not None and version > seen
                if unseen and theirs != _normalize_value(value):
                    raise ConflictError(place, theirs, hand)
            signed = dict(changes)
            for group, key, _ in changes:
                if group in LISTS:
                    signed[group, key, "by"] = by
                    signed[group, key, "at"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            step = self._write_changes(signed, by, at, words)
            self.steps.append(step)
            return step

    def undo_step(self, by: str, at: datetime, number: int | None = None) -> ReviewStep:
        """Take back the step of that number, else this person's last.

        Raises DigestError where there is none, ConflictError where its places were changed since.
        """
        with self._lock_file():
            for step in reversed(self.steps):
                if not step.undone and (step.by == by if number is None else step.number == number):
                    break
            else:
                raise DigestError(
                    "there is nothing to undo", "steps can be undone until the page is closed"
                )
            for place, mine in step.after.items():
                theirs = self.values.get(place)
                if place[2] not in _SIGNATURE_KEYS and theirs != _normalize_value(mine):
                    hand = self._last_changes.get(place, (0, EDITOR))[1]
                    raise ConflictError(place, theirs, hand)
            # an entry in which somebody else has decided something by now keeps its name
            kept = {
                place[:2]
                for place in self.values
                if place not in step.before
                and place[0] in LISTS
                and place[2] not in _SIGNATURE_KEYS
            }
            before = {
                place: value
                for place, value in step.before.items()
                if value is not None
                or place[:2] not in kept
                or place[2] not in (*_SIGNATURE_KEYS, *_NAME_KEYS)
            }
            done = self._write_changes(before, by, at, f"undone: {step.words}")
            self.steps[self.steps.index(step)] = replace(step, undone=True)
            return replace(done, number=step.number)

    def resolve_conflict(self, name: str, *, mine: bool, by: str, at: datetime) -> None:
        """End a conflict: write the page's value again, or leave the file's."""
        conflict = next((other for other in self.conflicts if other.name == name), None)
        if conflict is None:
            raise DigestError("this conflict is gone", "look at the story again")
        place = conflict.place
        if mine:
            # what names the entry, as the steps wrote it, in case the entry itself is gone
            identity = {
                other: value
                for step in self.steps
                for other, value in step.after.items()
                if other[:2] == place[:2] and other[2] in _NAME_KEYS and value
                if other not in self.values
            }
            changes = {**identity, place: conflict.mine}
            words = f"put {place[2] or place[0]} back"
            self.apply_changes(changes, by=by, at=at, words=words)
        self.conflicts.remove(conflict)

    def _write_changes(
        self, changes: Mapping[Place, Value], by: str, at: datetime, words: str
    ) -> ReviewStep:
        name, values_before = self.path.name, self.values
        text = self._data.decode()
        if not text:  # a new file names the schema for editors, where `digest init` put one
            schema = self.path.parent.parent / ".digest" / "decisions.schema.json"
            text = (_SCHEMA_LINE if schema.is_file() else "") + _FILE_HEADER
            text = text.format(quarter=self.quarter)
        text, plain = apply_changes(text, changes, name)
        decisions = parse_decision_values(plain, self.quarter)
        values = collect_values(plain)
        # with its last decision an entry goes, and its name with it
        entries = {place[:2] for place in changes if place[0] in LISTS}
        gone = {place for place in values_before if place[:2] in entries and place not in values}
        if values != values_before:
            data = text.encode()
            mode = self.path.stat().st_mode & 0o777 if self.path.exists() else None
            if _read_data(self.path) != self._data:
                raise DigestError(
                    f"{name} is being written by another program", "try again in a moment"
                )
            write_file(self.path.resolve(), data)  # a link stays one
            if mode is not None:
                with suppress(OSError):
                    self.path.chmod(mode)
            self._file_stamp = _read_file_stamp(self.path)
            self._replace_content(data, plain, values, decisions, by)
            for place in changes:
                if place[2] not in _SIGNATURE_KEYS:
                    self._page_values[place] = values.get(place), by
        moved = {*changes, *gone}
        before = {place: values_before.get(place) for place in moved}
        after = {place: values.get(place) for place in moved}
        return ReviewStep(len(self.steps) + 1, by, at, words, before, after)

    def _replace_content(
        self,
        data: bytes,
        plain: Plain,
        values: Mapping[Place, Value],
        decisions: EditorialDecisions,
        hand: str,
    ) -> None:
        self.version += 1
        for place in {*self.values, *values}:
            if self.values.get(place) != values.get(place):
                self._last_changes[place] = (self.version, hand)
        self._data, self.plain, self.values, self.decisions = data, plain, values, decisions

    @contextmanager
    def _lock_file(self) -> Iterator[None]:
        """Keep other pages from writing, and read the file. Raises DigestError if it is unusable.

        The lock is the folder's, because the file is replaced; the kernel ends it with the process.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path.parent, os.O_RDONLY)
        except OSError as error:
            raise DigestError(
                f"cannot write {self.path}: {error.strerror}", "check the folder"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self.reload_file()
            if self.broken:
                raise DigestError(f"nothing was written: {self.broken}", f"fix {self.path} first")
            _check_writable(self.path)
            yield
        finally:
            os.close(handle)


def format_value(value: Value) -> str:
    """Return a value as a person reads it, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        text = ", ".join(map(str, value))
    else:
        text = "yes" if value is True else str(value)
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”"


def _normalize_value(value: Value) -> Value:
    """Return a value as the file gives it back."""
    if value in ("", [], (), False):
        return None
    if isinstance(value, str):
        return value.rstrip("\n")
    return list(value) if isinstance(value, tuple) else value


def _read_file_stamp(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _read_data(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _check_writable(path: Path) -> None:
    """Raise DigestError for a write-protected file, which renaming would replace all the same."""
    if path.is_symlink() and not path.exists():
        raise DigestError(
            f"{path} is a link to {path.readlink()}, which is not there; nothing was written",
            "repair or remove the link",
        )
    if path.exists() and (not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK)):
        raise DigestError(
            f"{path} is write-protected; nothing was written", "make it writable, or ask its owner"
        )
