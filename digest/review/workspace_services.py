"""The rest of the program as the page needs it, over a workspace: see `ReviewServices`.

What takes long runs in another process, one job at a time, while the page goes on.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from digest.app import processes
from digest.app import review_jobs as jobs
from digest.app.context import AppContext, vocabulary_file
from digest.app.evaluate import list_proposals
from digest.app.workspace import write_file
from digest.archive import read_archive_state
from digest.config.decisions import fingerprint_decision_values
from digest.config.sources import load_sources
from digest.config.vocabulary import VocabularyLine, add_lines
from digest.errors import DigestError, UsageError
from digest.learn.evaluation import collect_feedback
from digest.learn.proposals import Refusal
from digest.learn.recurring import describe_recurring
from digest.model.edition import Edition
from digest.period import Quarter
from digest.review.desk import ReviewSession
from digest.review.services import Arrivals, PreviewState

_T = TypeVar("_T")
# what was proposed: of which decisions and vocabulary, rows, what makes no line
_Proposed = tuple[tuple[object, ...], list[Mapping[str, Any]], Sequence[Refusal]]
_LOOK_AGAIN = 3.0  # seconds after which the archive is looked at for new items
_IDLE = 6.0  # seconds without a change, after which the whole edition is composed again


class WorkspaceReviewServices:
    """The rest of the program, over the workspace of one quarter."""

    def __init__(self, context: AppContext, quarter: Quarter, session: ReviewSession) -> None:
        self._context, self._quarter, self._session = context, quarter, session
        self._folder = context.workspace.output / ".review"
        self._standing: tuple[object, jobs.EditionStanding] = (None, jobs.EditionStanding(""))
        self._status: tuple[object, str] = (None, "")
        self._one_job = asyncio.Lock()  # each takes seconds and hundreds of megabytes
        self._task: asyncio.Task[None] | None = None
        self._wants_pdf = False
        self._tried: int | None = None  # the version that was last composed, or failed to be
        self._changed = (-1, 0.0)  # the version of the decisions, and since when it stands
        self.preview = PreviewState()
        self.arrivals = Arrivals()
        self._counted = (self._stamp_archive(), jobs.count_items(context, quarter))
        self._looked = 0.0  # when the archive was looked at last
        self._taking: asyncio.Task[str] | None = None
        self._proposed: _Proposed | None = None

    # ------------------------------------------------------------ items that come meanwhile

    def look_for_items(self, *, take_in: bool = False) -> None:
        """Look for items that came meanwhile; with `take_in` begin to take them in."""
        if self._taking is not None and not self._taking.done():
            return
        if time.monotonic() - self._looked >= _LOOK_AGAIN:
            self._looked = time.monotonic()
            stamp, (before, known) = self._stamp_archive(), self._counted
            if stamp != before:  # it is also written by what only judges or sends
                waiting = jobs.count_items(self._context, self._quarter) - known
                self._counted = (stamp, known)
                self.arrivals = replace(self.arrivals, waiting=max(0, waiting))
        if take_in and self.arrivals.waiting:
            self._taking = asyncio.get_running_loop().create_task(self.take_in_items())

    async def take_in_items(self) -> str:
        """Judge the quarter with its new items; return what was done, in words."""
        counted = (self._stamp_archive(), jobs.count_items(self._context, self._quarter))
        waiting = counted[1] - self._counted[1]
        stories = {ranked.story.id for ranked in self._session.decision.ranked}
        try:
            await self._judge_again()
        except DigestError as error:
            self.arrivals = Arrivals(self.arrivals.waiting, str(error))
            raise
        self._counted = counted
        new = {ranked.story.id for ranked in self._session.decision.ranked} - stories
        chosen = len(new.intersection(self._session.list_chosen_ids()))
        items = "1 new item is" if waiting == 1 else f"{waiting} new items are"
        said = f"{items} taken in: {len(new)} new stories, {chosen} of them in the edition"
        self.arrivals = Arrivals(0, f"{said}, at {self._session.now():%H:%M} UTC")
        return said

    def _stamp_archive(self) -> tuple[int, ...]:
        """Return what changes when items come: a file's times, of a database the half minute."""
        if self._context.workspace.database:
            return (int(time.monotonic() // 30),)
        file = self._context.workspace.archive_file
        files = (file, Path(f"{file}-wal"))
        return tuple(map(_read_time, files))

    # ------------------------------------------------------------ the whole edition

    def start_preview(self, *, pdf: bool = False) -> None:
        """Begin to compose the whole edition beside the page, and to draw its PDF."""
        self._wants_pdf = self._wants_pdf or pdf
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._make_preview())

    def refresh_preview(self) -> None:
        """Begin to compose the edition again, once nobody has changed anything for a while."""
        version = self._session.store.version
        if self._changed[0] != version:
            self._changed = (version, time.monotonic())
        is_first = self.preview.composed is None
        is_idle = is_first or time.monotonic() - self._changed[1] > _IDLE
        if self._tried != version and is_idle:
            self.start_preview()

    async def _make_preview(self) -> None:
        version = self._tried = self._session.store.version
        try:
            edition = self._session.live.whole
            if self.preview.composed != version or edition is None:
                self.preview = replace(self.preview, running="composing page one and tables")
                edition = await self._run_job(jobs.compose_preview, self._quarter)
                self._session.live.whole = edition
                self.preview = replace(self.preview, composed=version, problem="")
            if self._wants_pdf:
                self._wants_pdf = False
                self.preview = replace(self.preview, running="drawing the PDF")
                faults, pages = await self._run_job(
                    jobs.draw_preview, self._quarter, edition, self._folder / "preview"
                )
                self.preview = replace(
                    self.preview, drawn=version, faults=faults, pages=pages, problem=""
                )
        except DigestError as error:
            self.preview = replace(self.preview, problem=str(error))
        finally:
            self.preview = replace(self.preview, running="")

    def render_preview(self, edition: Edition) -> bytes:
        """Return an edition as HTML."""
        return jobs.render_preview(self._context, edition, self.preview.pages)

    def get_preview_pdf(self) -> Path | None:
        """Return the PDF that was drawn last."""
        return None if self.preview.drawn is None else self._folder / "preview" / "digest.pdf"

    # ------------------------------------------------------------ release

    async def approve_edition(self, by: str, note: str) -> str:
        """Build and release the edition; return what was done, in words."""
        return str(await self._run_job(jobs.build_and_approve, self._quarter, by, note))

    def list_readers(self) -> Sequence[str]:
        """Return who gets the edition once it is released."""
        return jobs.list_readers(self._get_current_context(), self._quarter)

    def list_approvers(self) -> Sequence[str]:
        """Return who can release the edition by a link."""
        return [approver.name for approver in self._context.config.digest.review.approvers]

    async def ask_approvers(self) -> str:
        """Build the edition and send the approvers their links; return what was done."""
        return str(await self._run_job(jobs.ask_approvers, self._quarter))

    async def send_proof(self, address: str) -> str:
        """Build the edition and mail a marked copy of it to one address."""
        return str(await self._run_job(jobs.send_proof, self._quarter, address))

    def edition_status(self) -> str:
        """Return where the edition stands, read again when a file that it depends on changed."""
        context, quarter, store = self._context, self._quarter, self._session.store
        folder = context.workspace.edition_folder(quarter.name)
        built = sorted(folder.iterdir()) if folder.is_dir() else ()
        of_edition = (read_archive_state(context.workspace.archive), *map(_read_time, built))
        if self._standing[0] != of_edition:
            self._standing = (of_edition, jobs.read_standing(context, quarter))
        files = (vocabulary_file(context), context.team_root / "stack.yaml")
        key = (store.version, of_edition, *map(_read_time, files))
        if self._status[0] != key:
            decisions = fingerprint_decision_values(store.plain)
            words = jobs.describe_standing(context, quarter, self._standing[1], decisions)
            self._status = (key, words)
        return self._status[1]

    # ------------------------------------------------------------ sources

    def source_health(self) -> list[Mapping[str, Any]]:
        """Return how the sources do, and how much the team drops of each."""
        return jobs.list_source_rows(self._get_current_context(), self._session.decision)

    async def repair_source(self, name: str, how: str) -> str:
        """Carry out one of the repairs of a source, and go on with the changed file."""
        from digest.app.source_care import repair_source  # it reads feeds: a third of all modules

        context = self._get_current_context()
        async with self._one_job:
            said = await asyncio.to_thread(repair_source, context, name, how)
        file = context.workspace.sources_file
        self._context = replace(self._context, config=load_sources(file, context.environ))
        return said

    # ------------------------------------------------------------ teaching

    def find_lessons(self, story_id: str) -> Sequence[str]:
        """Return in words which corrections like those of a story recur."""
        decision = self._session.decision
        story = self._session.get_story(story_id).story
        if story_id not in decision.decided.decisions:
            return ()
        feedback = collect_feedback(decision.decided.index, self._session.store.decisions.stories)
        ids = {member.item.id for member in story.items}
        return tuple(dict.fromkeys(describe_recurring(feedback, ids)))

    async def list_proposals(self) -> tuple[list[Mapping[str, Any]], Sequence[Refusal]]:
        """Return what the decisions of all quarters propose for vocabulary.yaml.

        It is measured again when decisions or the vocabulary have changed.
        """
        key = self._stamp_teaching()
        if self._proposed is None or self._proposed[0] != key:
            rows, refusals = await self._run_job(list_proposals, self._quarter)
            self._proposed = (key, rows, refusals)
        return self._proposed[1], self._proposed[2]

    def _stamp_teaching(self) -> tuple[object, ...]:
        folder = self._session.store.path.parent
        decided = tuple((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.yaml"))
        return decided, _read_text(vocabulary_file(self._context))

    async def accept_proposal(self, line: str, by: str) -> str:
        """Write an offered line into vocabulary.yaml, and judge the quarter again.

        Raises UsageError where the decisions of this moment do not propose it any more.
        """
        rows, _ = await self.list_proposals()
        row = next((row for row in rows if row["line"] == line and row["number"]), None)
        if row is None:
            raise UsageError("this line is not offered any more", "look at the proposals again")
        file = vocabulary_file(self._context)
        before, why = _read_text(file), str(row["why"])
        taught = VocabularyLine(row["group"], row["entry"])
        write_file(file, add_lines(before, (taught,), str(file)).encode())
        lesson = {
            "at": self._session.now().isoformat(timespec="seconds"),
            "by": by,
            "why": why,
            "before": before,
            "after": _read_text(file),
        }
        self._write_taught([*self._read_taught(), lesson])
        await self._judge_again()
        return f"taught: {why}"

    def list_taught(self) -> list[Mapping[str, Any]]:
        """Return what was taught on this page, the newest first.

        Those that can be taken back have a number: what somebody changed since, a person has to.
        """
        now = _read_text(vocabulary_file(self._context))
        found: list[Mapping[str, Any]] = []
        for number, lesson in enumerate(self._read_taught(), 1):
            is_last = lesson["after"] == now
            state = "" if is_last else "vocabulary.yaml was changed since: take the line out there"
            found.append({**lesson, "number": number if is_last else None, "state": state})
        return found[::-1]

    async def undo_teaching(self, number: int) -> str:
        """Take the last taught line out again, and judge the quarter again."""
        taught, file = self._read_taught(), vocabulary_file(self._context)
        if not 0 < number <= len(taught) or taught[number - 1]["after"] != _read_text(file):
            raise UsageError(
                "vocabulary.yaml was changed since; nothing was written",
                "take the line out in an editor",
            )
        lesson = taught.pop(number - 1)
        if lesson["before"]:
            write_file(file, lesson["before"].encode())
        else:
            file.unlink(missing_ok=True)
        self._write_taught(taught)
        await self._judge_again()
        return f"taken back: {lesson['why']}"

    def _read_taught(self) -> list[dict[str, str]]:
        try:
            taught: list[dict[str, str]] = json.loads((self._folder / "taught.json").read_bytes())
        except (OSError, ValueError):
            return []
        return taught

    def _write_taught(self, taught: list[dict[str, str]]) -> None:
        data = json.dumps(taught, ensure_ascii=False, indent=1).encode()
        write_file(self._folder / "taught.json", data, private=True)

    async def _judge_again(self) -> None:
        async with self._one_job:
            show = await asyncio.to_thread(self._session.judge_again)
            show()  # between two answers, and not within one
        self.preview = replace(self.preview, composed=None)
        self._tried = self._proposed = None

    # ------------------------------------------------------------ jobs

    async def _run_job(self, job: Callable[..., _T], *arguments: object) -> _T:
        async with self._one_job:
            context = self._get_current_context().detach()
            return await asyncio.to_thread(processes.call_in_process, job, context, *arguments)

    def _get_current_context(self) -> AppContext:
        return replace(self._context, now=self._session.now())


def _read_time(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
