"""Keep what people leave on the desk of one edition and what no reader sees.

Drafts of what they are typing, remarks to each other, who looks after a story, who has opened it.
The file lies beside what the program writes, readable by its owner alone, and not in the decisions
file: nothing of it is a decision. One that cannot be read is put aside, not overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.app.workspace import write_file
from digest.text import clean_text, truncate_text

_MAX_TEXT = 12_000  # characters of a draft
_MAX_DRAFTS = 400  # of one person; the oldest give way
_MAX_REMARK = 1000
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person typed and has not saved. `base` is what stood there when they began."""

    text: str
    base: str
    at: str  # ISO 8601


@dataclass(frozen=True, slots=True)
class Remark:
    """What one of the team says to the others about a story."""

    story: str
    by: str
    text: str
    at: str


class Workbench:
    """Drafts by person and field, remarks by story, and who opened which story first.

    A draft's field is `STORY:NAME`, as `s1a2b:note`, or `:NAME` where it is the edition's.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path, self._now = path, now
        self._drafts: dict[str, dict[str, Draft]] = {}
        self.remarks: list[Remark] = []
        self._opened: dict[str, str] = {}
        self.assigned: dict[str, str] = {}  # story → who looks after it
        self.version = 0  # counts what others should see
        self._read()

    def list_drafts(self, person: str, names: Sequence[str]) -> Mapping[str, Draft]:
        """Return a person's drafts of one story, by the name of the field.

        `names` are the ids that the story had, its present one last; ("",) is the edition.
        """
        held = self._drafts.get(person, {})
        found: dict[str, Draft] = {}
        for name in names:
            start = f"{name}:"
            found |= {
                key.removeprefix(start): draft
                for key, draft in held.items()
                if key.startswith(start)
            }
        return found

    def list_drafted_stories(self, person: str) -> tuple[str, ...]:
        """Return the stories of which a person has drafts, "" for the edition; the newest first."""
        held = sorted(self._drafts.get(person, {}).items(), key=lambda one: one[1].at, reverse=True)
        return tuple(dict.fromkeys(key.partition(":")[0] for key, _ in held))

    def has_drafts(self) -> bool:
        """Return whether anybody has typed what is not saved."""
        return any(self._drafts.values())

    def save_draft(self, person: str, story_id: str, name: str, text: str, base: str) -> None:
        """Keep what a person has typed so far. What equals its base is no draft."""
        key, held = f"{story_id}:{name}", self._drafts.setdefault(person, {})
        before = held.pop(key, None)
        if _same_text(text, base):
            if before is None:
                return
        else:
            at = self._now().isoformat(timespec="seconds")
            held[key] = Draft(text[:_MAX_TEXT], base[:_MAX_TEXT], at)
            for old in list(held)[:-_MAX_DRAFTS]:
                del held[old]
        self._write()

    def end_drafts(self, person: str, names: Sequence[str], fields: Iterable[str]) -> None:
        """Forget drafts that were saved or given up; `names` as of `list_drafts`."""
        held = self._drafts.get(person, {})
        ended = [held.pop(f"{name}:{field}", None) for field in fields for name in names]
        if any(ended):
            self._write()

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


def _same_text(one: str, other: str) -> bool:
    return "\n".join(one.splitlines()).strip() == "\n".join(other.splitlines()).strip()
