"""What the page needs of the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from digest.learn.proposals import Refusal
from digest.model.edition import Edition


@dataclass(frozen=True)
class PreviewState:
    """How far the edition is composed in full, which takes seconds and runs beside the page.

    `running` says what is being done, "" for nothing. `composed` and `drawn` are the versions of
    the decisions of which whole edition and PDF are, None where there is none. `faults` is what the
    checks found in the drawn files, `pages` what begins on each page of the PDF (ids of stories and
    sections, from above), `problem` why the last try failed.
    """

    running: str = ""
    composed: int | None = None
    drawn: int | None = None
    faults: tuple[str, ...] = ()
    pages: Sequence[Sequence[str]] = ()
    problem: str = ""

    @cached_property
    def page_of(self) -> Mapping[str, int]:
        """The page that a story or section begins on, from 1."""
        return {name: number for number, names in enumerate(self.pages, 1) for name in names}

    @property
    def stamp(self) -> str:
        """What changes when a page that shows this is out of date."""
        return f"{self.running}:{self.composed}:{self.drawn}:{len(self.problem)}"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Items that the archive got while the desk is open: how many wait, and what became of the last
    that were taken in, in words."""

    waiting: int = 0
    taken: str = ""

    @property
    def stamp(self) -> str:
        """What changes when a page that shows this is out of date."""
        return f"{self.waiting}:{self.taken}"


class ReviewServices(Protocol):
    """The rest of the program; the coroutines may take long. All raise DigestError."""

    @property
    def preview(self) -> PreviewState:
        """How far the whole edition is."""

    @property
    def arrivals(self) -> Arrivals:
        """What `collect` brought meanwhile."""

    def look_for_items(self, *, take_in: bool = False) -> None:
        """Look for items that came into the archive meanwhile. Called often.

        With `take_in` begin to take them in, because nobody would be disturbed.
        """

    async def take_in_items(self) -> str:
        """Judge the quarter with its new items, return what was done."""

    def start_preview(self, *, pdf: bool = False) -> None:
        """Begin to compose the whole edition beside the page, and to draw its PDF."""

    def refresh_preview(self) -> None:
        """Begin to compose the edition again where it is of older decisions. Called often."""

    def render_preview(self, edition: Edition) -> bytes:
        """Return an edition as HTML."""

    def get_preview_pdf(self) -> Path | None:
        """Return the PDF that was drawn last."""

    async def approve_edition(self, by: str, note: str) -> str:
        """Build and release the edition, return what was done, in words."""

    def list_readers(self) -> Sequence[str]:
        """Return who gets the edition once it is released."""

    def list_approvers(self) -> Sequence[str]:
        """Return who can release the edition by a link."""

    async def ask_approvers(self) -> str:
        """Build the edition and send the approvers their links, return what was done."""

    async def send_proof(self, address: str) -> str:
        """Build the edition and mail a marked copy to one address, return what was done."""

    def edition_status(self) -> str:
        """Return whether the edition is a draft, approved, sent, or changed since."""

    def source_health(self) -> list[Mapping[str, Any]]:
        """Return how the sources do: name, findings with their repairs, what they gave."""

    async def repair_source(self, name: str, how: str) -> str:
        """Carry out one of the repairs of a source, return what was done."""

    def find_lessons(self, story_id: str) -> Sequence[str]:
        """Return in words which corrections like those of a story recur, so that they may teach."""

    async def list_proposals(self) -> tuple[list[Mapping[str, Any]], Sequence[Refusal]]:
        """Return what the decisions of all quarters propose for vocabulary.yaml.

        Each is as `digest lab propose --json` reports it; those that are offered have a number.
        The others are what recurs and makes no line.
        """

    async def accept_proposal(self, line: str, by: str) -> str:
        """Write an offered line into vocabulary.yaml, return what was done."""

    def list_taught(self) -> list[Mapping[str, Any]]:
        """Return what was taught on this page, the newest first, and whether it can be undone."""

    async def undo_teaching(self, number: int) -> str:
        """Take a taught line out again, return what was done."""
