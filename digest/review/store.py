"""Edge: editions/QUARTER.yaml while people work on it, on the page and in an editor at once.

The file is the truth. Before each write it is read again, and only the places that change are changed, so whatever
else stands there by now stays. Nothing is overwritten unseen:

- a place that another hand changed after a person saw it is a conflict for that person, and nothing is written;
- a place that the page had written and that an editor's older copy took back is a conflict for all, with both values,
  until somebody says which one stands.

A file that cannot be read is left alone; the page says where it is wrong, and works on when it is mended.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
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

EDITOR = "the file"  # whose hand it is, where the page did not write
_SIGNATURE_FIELDS = (
    "by",
    "at",
    "url",
    "item",
    "title",
)  # of an entry: they go with what was decided
_FILE_HEADER = """\
# What the team decided on the briefing of {quarter}: read by `digest build`, written by people and `digest review`.
"""


class ConflictError(DigestError):
    """Somebody else changed a place after it was seen. `theirs` is what stands there."""

    def __init__(self, place: Place, theirs: Value, by: str) -> None:
        what = place[2] or place[0]
        super().__init__(
            f"{what} was changed by {by} meanwhile, to {format_value(theirs)}; yours was not written",
            "look at it, and do it again if yours should stand",
        )
        self.place, self.theirs = place, theirs


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One thing that a person did, and what it takes to undo it."""

    number: int
    by: str
    at: datetime
    words: str
    before: Mapping[Place, Value]
    after: Mapping[Place, Value]
    undone: bool = False


@dataclass(frozen=True, slots=True)
class EditConflict:
    """A place that the page had written and that stands otherwise in the file now."""

    place: Place
    mine: Value
    theirs: Value
    by: str

    @property
    def name(self) -> str:
        """The place in a line."""
        return " ".join(filter(None, self.place))


@dataclass(slots=True)
class _FileSnapshot:
    """The file as it was read last."""

    data: bytes = b""
    text: str = ""
    plain: Plain = field(default_factory=dict)
    values: dict[Place, Value] = field(default_factory=dict)
    decisions: EditorialDecisions = field(default_factory=EditorialDecisions)


class DecisionStore:
    """The decisions of one edition."""

    def __init__(self, path: Path, quarter: str) -> None:
        self.path = path
        self.quarter = quarter
        self.version = 0  # counts every change, of the page and of others
        self.broken = ""  # why the file cannot be read now
        self.steps: list[ReviewStep] = []
        self.conflicts: list[EditConflict] = []
        self._snapshot = _FileSnapshot()
        self._file_stamp: object = ()
        self._last_changes: dict[Place, tuple[int, str]] = {}
        self._page_values: dict[Place, tuple[Value, str]] = {}
        self.reload_file()
        self._last_changes.clear()

    @property
    def decisions(self) -> EditorialDecisions:
        """What the file holds, as far as it was last read well."""
        return self._snapshot.decisions

    @property
    def values(self) -> Mapping[Place, Value]:
        """Every value and its place."""
        return self._snapshot.values

    @property
    def plain(self) -> Plain:
        """The file's plain values."""
        return self._snapshot.plain

    def reload_file(self) -> bool:
        """Reads the file if it changed. Gives whether anything is other than before."""
        stat = _read_file_stamp(self.path)
        if stat == self._file_stamp and stat is not None:
            return False
        try:
            data = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            self.broken = f"{self.path} cannot be read: {error.strerror or error}"
            return True
        self._file_stamp = stat
        if data == self._snapshot.data:
            changed, self.broken = bool(self.broken), ""
            return changed
        try:
            rulings = parse_editorial_decisions(data.decode(), self.quarter, self.path.name)
            text = data.decode()
            plain = parse_plain_values(text, self.path.name)
        except UnicodeDecodeError as error:
            self.broken = (
                f"{self.path.name} is not UTF-8 at byte {error.start + 1}: save it as UTF-8"
            )
            return True
        except ConfigError as error:
            self.broken = str(error)
            return True
        self.broken = ""
        self._replace_snapshot(
            _FileSnapshot(data, text, plain, collect_values(plain), rulings), EDITOR
        )
        for place, (mine, by) in list(self._page_values.items()):
            theirs = self.values.get(place)
            if theirs != mine:
                self.conflicts.append(EditConflict(place, mine, theirs, by))
                del self._page_values[place]
        return True

    def apply_changes(
        self,
        changes: Mapping[Place, Value],
        *,
        by: str,
        at: datetime,
        words: str,
        seen: int | None = None,
    ) -> ReviewStep:
        """Writes changes, with who and when beside them. `seen`: the version that the person looked at (None: now).

        Raises ConflictError where another hand changed one of the places since; DigestError where the file cannot be
        read or written, or would hold what it may not. Then nothing was written.
        """
        with self._lock_folder():
            self._ensure_readable()
            for place, wanted in changes.items():
                version, hand = self._last_changes.get(place, (0, ""))
                theirs = self.values.get(place)
                if (
                    seen is not None
                    and version > seen
                    and hand != by
                    and theirs != _normalize_value(wanted)
                ):
                    raise ConflictError(place, theirs, hand)
            step = self._write_changes(self._add_signature(changes, by, at), by, at, words)
            self.steps.append(step)
            return step

    def undo_step(self, by: str, at: datetime, number: int | None = None) -> ReviewStep:
        """Takes a step back: the one named, else this person's last. Raises DigestError where there is none, and
        ConflictError where its places were changed since."""
        with self._lock_folder():
            self._ensure_readable()
            step = self._find_undoable_step(by, number)
            for place, mine in step.after.items():
                theirs = self.values.get(place)
                if place[2] not in _SIGNATURE_FIELDS and theirs != _normalize_value(mine):
                    raise ConflictError(
                        place, theirs, self._last_changes.get(place, (0, EDITOR))[1]
                    )
            done = self._write_changes(
                self._preserve_others(step.before), by, at, f"undone: {step.words}"
            )
            self.steps[self.steps.index(step)] = replace(step, undone=True)
            return replace(done, number=step.number)

    def resolve_conflict(self, name: str, *, mine: bool, by: str, at: datetime) -> None:
        """Ends a conflict: the page's value goes in again, or the file's stays."""
        found = next((one for one in self.conflicts if one.name == name), None)
        if found is None:
            raise DigestError("this conflict is gone", "look at the story again")
        place = found.place
        if mine:
            identity = {
                one: value
                for one, value in self._find_entry_identity(place).items()
                if one not in self.values
            }
            self.apply_changes(
                {**identity, place: found.mine},
                by=by,
                at=at,
                words=f"put {place[2] or place[0]} back",
            )
        self.conflicts.remove(found)

    # ------------------------------------------------------------ how

    def _find_entry_identity(self, place: Place) -> dict[Place, Value]:
        """What an entry needs to be found, out of the steps that made it."""
        group, key, _ = place
        names = ("url", "item", "title", "what", "source")
        signs: dict[Place, Value] = {}
        for step in self.steps:
            mine = {
                one: value for one, value in step.after.items() if one[:2] == (group, key) and value
            }
            signs |= {one: value for one, value in mine.items() if one[2] in names}
        return signs

    def _preserve_others(self, before: Mapping[Place, Value]) -> dict[Place, Value]:
        """What a step found, but for the name of an entry in which somebody else has decided something by now."""
        stays = {
            place[:2]
            for place in self.values
            if place not in before and place[0] in LISTS and place[2] not in _SIGNATURE_FIELDS
        }
        return {
            place: value
            for place, value in before.items()
            if value is not None
            or place[:2] not in stays
            or place[2] not in (*_SIGNATURE_FIELDS, "what", "source")
        }

    def _find_undoable_step(self, by: str, number: int | None) -> ReviewStep:
        for step in reversed(self.steps):
            if not step.undone and (step.by == by if number is None else step.number == number):
                return step
        raise DigestError(
            "there is nothing to undo", "steps can be undone until the page is closed"
        )

    def _ensure_readable(self) -> None:
        self.reload_file()
        if self.broken:
            raise DigestError(f"nothing was written: {self.broken}", f"mend {self.path} first")
        _check_writable(self.path)

    def _add_signature(
        self, changes: Mapping[Place, Value], by: str, at: datetime
    ) -> dict[Place, Value]:
        signs: dict[Place, Value] = {}
        for group, key, _ in changes:
            if group in LISTS:
                signs[group, key, "by"] = by
                signs[group, key, "at"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {**changes, **signs}

    def _write_changes(
        self, changes: Mapping[Place, Value], by: str, at: datetime, words: str
    ) -> ReviewStep:
        held = self._snapshot
        text = held.text or self._build_file_header()
        text, plain = apply_changes(text, changes, self.path.name)
        rulings = parse_decision_values(plain, self.quarter)
        values = collect_values(plain)
        entries = {place[:2] for place in changes if place[0] in LISTS}
        went = {place for place in held.values if place[:2] in entries and place not in values}
        moved = {*changes, *went}  # with its last decision an entry goes, and its name with it
        if values != held.values:
            data = text.encode()
            mode = self.path.stat().st_mode & 0o777 if self.path.exists() else None
            if _read_bytes(self.path) != held.data:
                raise DigestError(
                    f"{self.path.name} is being written by another program", "try again in a moment"
                )
            write_file(self.path.resolve(), data)  # a link stays one
            if mode is not None:
                with suppress(OSError):
                    self.path.chmod(mode)
            self._file_stamp = _read_file_stamp(self.path)
            self._replace_snapshot(_FileSnapshot(data, text, plain, values, rulings), by)
            self._page_values |= {
                place: (values.get(place), by)
                for place in changes
                if place[2] not in _SIGNATURE_FIELDS
            }
        before = {place: held.values.get(place) for place in moved}
        return ReviewStep(
            len(self.steps) + 1,
            by,
            at,
            words,
            before,
            {place: values.get(place) for place in moved},
        )

    def _build_file_header(self) -> str:
        """What a new file begins with: for editors, the schema that `digest init` put into the workspace."""
        schema = self.path.parent.parent / ".digest" / "decisions.schema.json"
        named = (
            "# yaml-language-server: $schema=../.digest/decisions.schema.json\n"
            if schema.is_file()
            else ""
        )
        return named + _FILE_HEADER.format(quarter=self.quarter)

    def _replace_snapshot(self, new: _FileSnapshot, hand: str) -> None:
        self.version += 1
        old = self._snapshot.values
        for place in {*old, *new.values}:
            if old.get(place) != new.values.get(place):
                self._last_changes[place] = (self.version, hand)
        self._snapshot = new

    @contextmanager
    def _lock_folder(self) -> Iterator[None]:
        """Keeps other pages from writing meanwhile. The lock is the folder's, and goes with the process."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path.parent, os.O_RDONLY)
        except OSError as error:
            raise DigestError(
                f"cannot write {self.path}: {error.strerror}", "check the folder"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def format_value(value: Value) -> str:
    """A value for a person, short."""
    if value is None:
        return "nothing"
    text = (
        ", ".join(map(str, value))
        if isinstance(value, list | tuple)
        else "yes"
        if value is True
        else str(value)
    )
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”"


def list_entry_keys(plain: Plain, group: str) -> Sequence[str]:
    """What the entries of a list are known by, in their order."""
    from digest.config.decisions import entry_key

    return [entry_key(entry) for entry in plain.get(group) or ()]


def _normalize_value(value: Value) -> Value:
    if value in ("", [], (), False):
        return None
    return (
        value.rstrip("\n")
        if isinstance(value, str)
        else list(value)
        if isinstance(value, tuple)
        else value
    )


def _read_file_stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read_bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _check_writable(path: Path) -> None:
    """Renaming would replace a file that is write-protected; its owner meant something by that."""
    if path.is_symlink() and not path.exists():
        raise DigestError(
            f"{path} is a link to {path.readlink()}, which is not there; nothing was written",
            "mend or remove the link",
        )
    if path.exists() and (not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK)):
        raise DigestError(
            f"{path} is write-protected; nothing was written", "make it writable, or ask its owner"
        )
