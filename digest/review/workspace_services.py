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
from digest.app.source_care import mend_source
from digest.app.workspace import write_file
from digest.archive import read_archive_state
from digest.config.sources import load_sources
from digest.errors import DigestError, UsageError
from digest.learn.evaluation import collect_feedback
from digest.learn.proposals import Refusal
from digest.learn.recurring import describe_recurring
from digest.model.edition import Edition
from digest.period import Quarter
from digest.review.desk import ReviewSession
from digest.review.services import PreviewState

_T = TypeVar("_T")
_IDLE = 6.0  # seconds without a change, after which the whole edition is composed anew


class WorkspaceReviewServices:
    """The rest of the program, over the workspace of one quarter."""

    def __init__(self, context: AppContext, quarter: Quarter, session: ReviewSession) -> None:
        self._context, self._quarter, self._session = context, quarter, session
        self._folder = context.workspace.output / ".review"
        self._status: tuple[object, str] = (None, "")
        self._one_job = asyncio.Lock()  # each takes seconds and hundreds of megabytes
        self._task: asyncio.Task[None] | None = None
        self._wants_pdf = False
        self._tried: int | None = None  # the version that was last composed, or failed to be
        self._changed = (-1, 0.0)  # the version of the decisions, and since when it stands
        self.preview = PreviewState()

    # ------------------------------------------------------------ the whole edition

    def start_preview(self, *, pdf: bool = False) -> None:
        """Begin to compose the whole edition beside the page, and to draw its PDF."""
        self._wants_pdf = self._wants_pdf or pdf
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._make_preview())

    def refresh_preview(self) -> None:
        """Begin to compose the edition anew, once nobody has changed anything for a while."""
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
                faults = await self._run_job(
                    jobs.draw_preview, self._quarter, edition, self._folder / "preview"
                )
                self.preview = replace(self.preview, drawn=version, faults=faults, problem="")
        except DigestError as error:
            self.preview = replace(self.preview, problem=str(error))
        finally:
            self.preview = replace(self.preview, running="")

    def render_preview(self, edition: Edition) -> bytes:
        """Return an edition as HTML."""
        return jobs.render_preview(self._context, edition)

    def get_preview_pdf(self) -> Path | None:
        """Return the PDF that was drawn last."""
        return None if self.preview.drawn is None else self._folder / "preview" / "digest.pdf"

    # ------------------------------------------------------------ release

    async def approve_edition(self, by: str, note: str) -> str:
        """Build and release the edition; return what was done, in words."""
        return str(await self._run_job(jobs.build_and_approve, self._quarter, by, note))

    def list_readers(self) -> Sequence[str]:
        """Return who gets the edition once it is released."""
        return jobs.list_readers(self._current_context(), self._quarter)

    async def send_proof(self, address: str) -> str:
        """Build the edition and mail a marked copy of it to one address."""
        return str(await self._run_job(jobs.send_proof, self._quarter, address))

    def edition_status(self) -> str:
        """Return where the edition stands, read again when a file that it depends on changed."""
        workspace = self._context.workspace
        files = (
            workspace.edition_folder(self._quarter.name) / "edition.json",
            vocabulary_file(self._context),
            self._context.team_root / "stack.yaml",
        )
        times = [path.stat().st_mtime_ns if path.exists() else 0 for path in files]
        key = (self._session.store.version, read_archive_state(workspace.archive), *times)
        if self._status[0] != key:
            self._status = (key, jobs.describe_status(self._context, self._quarter))
        return self._status[1]

    # ------------------------------------------------------------ sources

    def source_health(self) -> list[Mapping[str, Any]]:
        """Return how the sources do, and how much the team drops of each."""
        return jobs.list_source_rows(self._current_context(), self._session.decision)

    async def mend_source(self, name: str, how: str) -> str:
        """Carry out one of the mends of a source, and go on with the changed file."""
        context = self._current_context()
        async with self._one_job:
            said = await asyncio.to_thread(mend_source, context, name, how)
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
        untagged = decision.decided.untagged
        stories = [untagged.get(one.id, one) for one in decision.stories]
        feedback = collect_feedback(stories, self._session.store.decisions.stories)
        ids = {member.item.id for member in story.items}
        return tuple(dict.fromkeys(describe_recurring(feedback, ids)))

    async def list_proposals(self) -> tuple[list[Mapping[str, Any]], Sequence[Refusal]]:
        """Return what the decisions of all quarters propose for vocabulary.yaml."""
        return await self._run_job(list_proposals)

    async def accept_proposal(self, line: str, by: str) -> str:
        """Write an offered line into vocabulary.yaml, and judge the quarter anew."""
        file = vocabulary_file(self._context)
        before = _read_text(file)
        why = await self._run_job(jobs.accept_line, line)
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
        """Take the last taught line out again, and judge the quarter anew."""
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
            await asyncio.to_thread(self._session.judge_again)
        self.preview = replace(self.preview, composed=None)
        self._tried = None

    # ------------------------------------------------------------ jobs

    async def _run_job(self, job: Callable[..., _T], *arguments: object) -> _T:
        async with self._one_job:
            context = self._current_context().detach()
            return await asyncio.to_thread(processes.call_in_process, job, context, *arguments)

    def _current_context(self) -> AppContext:
        return replace(self._context, now=self._session.now())


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
