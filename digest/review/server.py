"""Serve the review page of one quarter of a workspace."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket  # noqa: TID251 - the page listens on a socket of its own
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from digest.app import processes
from digest.app import review_jobs as jobs
from digest.app.context import AppContext, decisions_file, load_quarter_decisions, vocabulary_file
from digest.app.decide import QuarterDecision
from digest.app.evaluate import list_proposals
from digest.app.judge import (
    build_manual_stories,
    decide_stories,
    load_threads,
    make_sentence_check,
)
from digest.app.vocabulary import load_overrides
from digest.archive import Archive
from digest.errors import DigestError, UsageError
from digest.model.decisions import EditorialDecisions
from digest.model.drafts import Proposal
from digest.model.story import Story
from digest.period import Quarter
from digest.rank import extract_features
from digest.review.app import ReviewAccess, create_app
from digest.review.desk import ProposeFunction, ReviewSession, StoryFilter
from digest.review.store import DecisionStore

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def serve_review(
    context: AppContext,
    quarter: Quarter,
    *,
    now: Callable[[], datetime],
    address: str,
    port: int,
    hosts: Collection[str],
    user: str,
    user_header: str,
) -> None:
    """Serve the page until it is interrupted; log its link, which holds the key.

    `hosts` are further names that the page answers to, `user` signs where no `user_header` does.
    Raises DigestError where the quarter cannot be opened, UsageError where the port is in use.
    """
    session = open_review_session(context, quarter, now)
    services = WorkspaceReviewServices(context, quarter, session)
    token = secrets.token_urlsafe(24)
    with open_socket(address, port) as (listener, bound):
        own = _LOOPBACK_HOSTS if address in ("127.0.0.1", "::1", "localhost") else (address,)
        names = (*(name.lower() for name in hosts), *(f"{name}:{bound}" for name in own))
        access = ReviewAccess(token, frozenset(names), user, user_header, f"digest-review-{bound}")
        page = create_app(session, services, access, f"{context.config.digest.title} {quarter}")
        host = "localhost" if address == "127.0.0.1" else address
        logger.warning("http://%s:%d/?token=%s", host, bound, token)
        logger.info("this link is a key: whoever has it decides. Ctrl+C ends the page.")
        config = uvicorn.Config(page, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def open_socket(address: str, port: int) -> Iterator[tuple[socket.socket, int]]:
    """Listen on an address; yield the socket and its port. Raises UsageError if it is in use."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listener = socket.create_server((address, port), family=family)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {address}:{port}: {error.strerror}", "name another --port"
        ) from None
    with listener:
        # else the second part of an answer waits 40 ms for the first to be acknowledged
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener, listener.getsockname()[1]


def open_review_session(
    context: AppContext, quarter: Quarter, now: Callable[[], datetime]
) -> ReviewSession:
    """Open a quarter, judged once, in another process. Raises DigestError where it is empty."""
    load_quarter_decisions(context, quarter)  # so that its faults are reported with their places
    load_overrides(vocabulary_file(context))
    Archive.open(context.workspace.archive_file, create=False).close()
    store = DecisionStore(decisions_file(context, quarter), quarter.name)
    added = store.decisions.added
    stories, manual = processes.call_in_process(
        jobs.judge_stories, context.detach(), quarter, store.decisions
    )
    if not stories:
        raise DigestError(f"the archive holds no item of {quarter}", "run `digest collect` first")
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        threads = load_threads(context, quarter, stories, archive)
    features, sentence_check = extract_features(stories, quarter), make_sentence_check(stories)

    def decide_again(decisions: EditorialDecisions) -> QuarterDecision:
        nonlocal added, manual
        if decisions.added != added:
            added, manual = decisions.added, ()
            if added:
                manual = processes.call_in_process(
                    build_manual_stories, context.detach(), stories, decisions
                )
        return decide_stories(
            context,
            quarter,
            (*stories, *manual),
            threads,
            decisions,
            features,
            sentence_check,
        )

    session = ReviewSession(store, decide_again, now, open_proposals(context, quarter))
    session.list_rows(StoryFilter())  # so that the first view need not wait
    return session


def open_proposals(context: AppContext, quarter: Quarter) -> ProposeFunction | None:
    """Return what finds the drafts that builds have paid for; None without a language model."""
    if context.config.model is None:
        return None
    from digest.app.edition_writer import open_desk_writer

    writer = open_desk_writer(context, quarter)
    languages = context.config.digest.languages

    def propose(
        decision: QuarterDecision, decisions: EditorialDecisions, story: Story | None
    ) -> list[Proposal]:
        return writer.list_proposals(decision, languages, decisions.accepted, story)

    return propose


class WorkspaceReviewServices:
    """The rest of the program as the page needs it: see `digest.review.app.ReviewServices`."""

    def __init__(self, context: AppContext, quarter: Quarter, session: ReviewSession) -> None:
        self._context, self._quarter, self._session = context, quarter, session
        self._status: tuple[object, str] = (None, "")
        self._one_job = asyncio.Lock()  # each takes seconds and hundreds of megabytes
        self._preview: tuple[object, asyncio.Future[None] | None] = (None, None)

    async def build_preview(self) -> Path:
        """Write HTML and PDF of the edition as decided now; return their folder."""
        folder = self._context.workspace.output / ".preview" / self._quarter.name
        version, running = self._preview
        if running is None or running.done() or version != self._session.store.version:
            job = self._run_job(jobs.write_preview, self._quarter, folder)
            running = asyncio.ensure_future(job)
            self._preview = (self._session.store.version, running)
        await asyncio.shield(running)  # who asks while it is made gets the same
        return folder

    async def approve_edition(self, by: str, note: str) -> str:
        """Build and release the edition; return what was done, in words."""
        return str(await self._run_job(jobs.build_and_approve, self._quarter, by, note))

    async def list_proposals(self) -> list[Mapping[str, Any]]:
        """Return what the decisions of all quarters propose for vocabulary.yaml."""
        return await self._run_job(list_proposals)

    def edition_status(self) -> str:
        """Return where the edition stands, read again when a file that it depends on changed."""
        workspace = self._context.workspace
        files = (
            workspace.edition_folder(self._quarter.name) / "edition.json",
            workspace.archive_file,
            Path(f"{workspace.archive_file}-wal"),
            vocabulary_file(self._context),
            self._context.team_root / "stack.yaml",
        )
        times = [path.stat().st_mtime_ns if path.exists() else 0 for path in files]
        key = (self._session.store.version, *times)
        if self._status[0] != key:
            self._status = (key, jobs.describe_status(self._context, self._quarter))
        return self._status[1]

    def source_health(self) -> list[Mapping[str, Any]]:
        """Return how the sources do, and how much the team drops of each."""
        return jobs.list_source_rows(self._current_context(), self._session.decision)

    async def _run_job(self, job: Callable[..., _T], *arguments: object) -> _T:
        context = self._current_context().detach()
        async with self._one_job:
            return await asyncio.to_thread(processes.call_in_process, job, context, *arguments)

    def _current_context(self) -> AppContext:
        return replace(self._context, now=self._session.now())
