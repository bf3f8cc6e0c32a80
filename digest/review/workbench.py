"""Keep what people leave on the desk of one edition and what no reader sees.

Drafts of what they are typing, remarks to each other, who looks after a story, who has opened it.
The file lies beside what the program writes, readable by its owner alone, and not in the decisions
file: nothing of it is a decision. One that cannot be read is put aside, not overwritten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.app.workspace import write_file
from digest.text import clean_text, truncate_text

_MAX_TEXT = 12_000  # characters of a draft
_MAX_DRAFTS = 400  # of one person; the oldest give way
_MAX_HEARD = 4000  # fields of open pages of which is known what was said last
_MAX_REMARK = 1000
_MAX_NAME = 60
_MOMENT_PATTERN = re.compile(r"([0-9a-z]{1,40})-([0-9]{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an open page did something. Requests overtake each other on their way; by the numbers
    that a page gives to what is typed and sent, its order is known in whichever they come.

    The pages of an earlier version, which number nothing, have no name.
    """

    page: str = ""
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Read `PAGE-NUMBER`; anything else is no page's."""
        found = _MOMENT_PATTERN.fullmatch(text)
        return cls(found[1], int(found[2])) if found else cls()

    def __str__(self) -> str:
        return f"{self.page}-{self.number}"

    def covers(self, earlier: Moment) -> bool:
        """Return whether the same page did something else before, or this itself."""
        return bool(self.page) and self.page == earlier.page and earlier.number <= self.number


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person typed and has not saved. `base` is what stood there when they began, `typed`
    the moment, by which a form says which draft it shows."""

    text: str
    base: str
    at: str  # ISO 8601
    typed: str = "-0"


@dataclass(frozen=True, slots=True)
class ClosedField:
    """A field that a form saves or gives up: the draft that it showed there, "" for none, and what
    is written there now, None where nothing is."""

    shown: str = ""
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What one of the team says to the others about a story."""

    story: str
    by: str
    text: str
    at: str


class Workbench:
    """Drafts by person, field and page, remarks by story, and who opened which story first.

    A draft lies at `STORY:FIELD@PAGE`, as `s1a2b:note@k3x`; the edition is the story "". What
    somebody types on two open pages are two drafts, unless one page showed the other's: then that
    one is gone on with.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path, self._now = path, now
        self._drafts: dict[str, dict[str, Draft]] = {}
        self.remarks: list[Remark] = []
        self._opened: dict[str, str] = {}
        self.assigned: dict[str, str] = {}  # story → who looks after it
        self.version = 0  # counts what others should see
        # person, field and page → the number of what the page said of it last; not in the file,
        # as what is under way ends with the program
        self._heard: dict[tuple[str, str, str], int] = {}
        self._read()

    def list_drafts(self, person: str, names: Sequence[str]) -> Mapping[str, Draft]:
        """Return a person's drafts of one story, by the name of the field.

        `names` are the ids that the story had, its present one last; ("",) is the edition.
        """
        held = self._drafts.get(person, {})
        found: dict[str, Draft] = {}
        for name in names:
            start = f"{name}:"
            for key, draft in held.items():  # the one that came last counts
                if key.startswith(start):
                    found[key.removeprefix(start).partition("@")[0]] = draft
        return found

    def list_drafted_stories(self, person: str) -> tuple[str, ...]:
        """Return the stories of which a person has drafts, "" for the edition; the newest first."""
        held = sorted(self._drafts.get(person, {}).items(), key=lambda one: one[1].at, reverse=True)
        return tuple(dict.fromkeys(key.partition(":")[0] for key, _ in held))

    def has_drafts(self) -> bool:
        """Return whether anybody has typed what is not saved."""
        return any(self._drafts.values())

    def save_draft(
        self,
        person: str,
        names: Sequence[str],
        field: str,
        text: str,
        base: str,
        typed: Moment = Moment(),
        over: Collection[str] = (),
    ) -> None:
        """Keep what a person has typed so far; `names` as of `list_drafts`.

        `over` are the drafts that it goes on with, which end with it, also where they come later.
        What equals its base is no draft; neither is what the page has typed over or saved since:
        that overtook this on its way.
        """
        held, own = self._drafts.setdefault(person, {}), f"{names[-1]}:{field}@{typed.page}"
        heard = self._read_heard(person, names, field, typed.page)
        is_late = bool(typed.page) and typed.number <= heard
        keys = self._find_keys(person, names, field)
        gone = [key for key in keys if _is_superseded(over, held[key].typed)]
        before = [held.pop(key, None) for key in (gone if is_late else [own, *gone])]
        if not is_late and not _is_same_text(text, base):
            at = self._now().isoformat(timespec="seconds")
            held[own] = Draft(text[:_MAX_TEXT], base[:_MAX_TEXT], at, str(typed))
            for old in list(held)[:-_MAX_DRAFTS]:
                del held[old]
        if any(before) or (own in held and not is_late):
            self._write()
        # last, so that a page whose draft could not be written may try again
        for moment in (typed, *map(Moment.parse, over)):
            self._note_heard(person, names, field, moment)

    def close_fields(
        self,
        person: str,
        names: Sequence[str],
        fields: Mapping[str, ClosedField],
        closed: Moment = Moment(),
    ) -> None:
        """Forget the drafts of fields that a form has saved or given up; `names` as of
        `list_drafts`.

        Those are what the form's page had typed there by then, also what is still under way, what
        the form showed, and what is written now. What the page typed since stays a draft, on top
        of what was written; so does what another page typed and this one did not see.
        """
        held, changed = self._drafts.get(person, {}), False
        for field, of in fields.items():
            for moment in (closed, Moment.parse(of.shown)):
                self._note_heard(person, names, field, moment)
            for key in self._find_keys(person, names, field):
                draft = held[key]
                is_written = of.written is not None and _is_same_text(draft.text, of.written)
                if is_written or _is_superseded((str(closed), of.shown), draft.typed):
                    del held[key]
                elif of.written is not None and Moment.parse(draft.typed).page == closed.page:
                    held[key] = replace(draft, base=of.written[:_MAX_TEXT])
                else:
                    continue
                changed = True
        if changed:
            self._write()

    def _find_keys(self, person: str, names: Sequence[str], field: str) -> list[str]:
        """Return where a person's drafts of a field lie, of whatever page."""
        wanted = {f"{name}:{field}" for name in names}
        return [key for key in self._drafts.get(person, {}) if key.partition("@")[0] in wanted]

    def _read_heard(self, person: str, names: Sequence[str], field: str, page: str) -> int:
        """Return the number of what a page said last of a field."""
        return max(self._heard.get((person, f"{name}:{field}", page), 0) for name in names)

    def _note_heard(self, person: str, names: Sequence[str], field: str, moment: Moment) -> None:
        if not moment.page:
            return
        for name in names:
            place = (person, f"{name}:{field}", moment.page)
            self._heard[place] = max(self._heard.pop(place, 0), moment.number)
        for old in list(self._heard)[:-_MAX_HEARD]:
            del self._heard[old]

    def add_remark(self, story_id: str, by: str, text: str) -> None:
        """Add a remark to a story."""
        at = self._now().isoformat(timespec="seconds")
        self.remarks.append(Remark(story_id, by, truncate_text(clean_text(text), _MAX_REMARK), at))
        self.version += 1
        self._write()

    def list_remarks(self, names: Collection[str]) -> list[Remark]:
        """Return the remarks on a story, by all ids that it had, the oldest first."""
        return [remark for remark in self.remarks if remark.story in names]

    def assign(self, names: Sequence[str], person: str) -> None:
        """Say who looks after a story; "" takes it back. `names` as of `list_drafts`."""
        for name in names:
            self.assigned.pop(name, None)
        if shown := truncate_text(clean_text(person), _MAX_NAME):
            self.assigned[names[-1]] = shown
        self.version += 1
        self._write()

    def mark_opened(self, story_id: str, person: str) -> None:
        """Remember that somebody opened a story."""
        if story_id not in self._opened:
            self._opened[story_id] = person
            self.version += 1
            self._write()

    def is_opened(self, story_id: str) -> bool:
        """Return whether anybody has opened a story."""
        return story_id in self._opened

    def _read(self) -> None:
        try:
            held = json.loads(self._path.read_bytes())
            self._drafts = {
                person: {key: Draft(**draft) for key, draft in drafts.items()}
                for person, drafts in held["drafts"].items()
            }
            self.remarks = [Remark(**remark) for remark in held["remarks"]]
            self._opened, self.assigned = dict(held["opened"]), dict(held["assigned"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self._drafts, self.remarks, self._opened, self.assigned = {}, [], {}, {}
            with suppress(OSError):
                self._path.rename(self._path.with_suffix(".unreadable"))

    def _write(self) -> None:
        held: dict[str, Any] = {
            "drafts": {
                person: {key: asdict(draft) for key, draft in drafts.items()}
                for person, drafts in self._drafts.items()
                if drafts
            },
            "remarks": [asdict(remark) for remark in self.remarks],
            "opened": self._opened,
            "assigned": self.assigned,
        }
        data = json.dumps(held, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        write_file(self._path, data, private=True)


def _is_superseded(later: Collection[str], typed: str) -> bool:
    """Return whether a draft, named by when it was typed, is one of some others or before them."""
    typed_at = Moment.parse(typed)
    return any(typed == one or Moment.parse(one).covers(typed_at) for one in later)


def _is_same_text(one: str, other: str) -> bool:
    return "\n".join(one.splitlines()).strip() == "\n".join(other.splitlines()).strip()
