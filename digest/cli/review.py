"""`digest review`."""

from __future__ import annotations

import gc
import getpass
import json
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.workspace import Workspace, write_files
from digest.cli.common import (
    load_config,
    now_option,
    print_message,
    quiet_option,
    resolve_now,
    resolve_quarter,
    workspace_option,
)
from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from digest.app.decide import QuarterDecision
    from digest.app.work import AppContext
    from digest.model.decisions import EditorialDecisions
    from digest.model.story import Story
    from digest.period import Quarter
    from digest.review.desk import ReviewSession


@click.command()
@click.argument("quarter", default="last")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8484,
    show_default=True,
    help="0: any free one.",
)
@click.option(
    "--listen",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where the page listens.",
)
@click.option(
    "--host",
    "hosts",
    metavar="NAME[:PORT]",
    multiple=True,
    help="A name that a proxy calls the page by.",
)
@click.option(
    "--user-header",
    metavar="HEADER",
    help="The header in which a proxy names the user, as X-Remote-User.",
)
@click.option("--by", metavar="NAME", help="Who decides. Default: the user of this machine.")
@workspace_option
@now_option
@quiet_option
def command(
    quarter: str,
    port: int,
    listen: str,
    hosts: tuple[str, ...],
    user_header: str | None,
    by: str | None,
    workspace: Path,
    now: str | None,
    quiet: bool,
) -> None:
    """Open the team's page for QUARTER on this machine: keep, drop, pin, re-tag, merge, split, comment, approve.

    It writes editions/QUARTER.yaml at once, beside whatever you do in an editor. The page answers only to the link
    that is printed, and only on this machine; for another one, use an SSH tunnel: ssh -L 8484:localhost:8484 HOST.
    A proxy in front of it must be named with --host, and must itself set the header that --user-header names.
    """
    try:
        import uvicorn

        from digest.review.app import ReviewAccess, create_app
    except ImportError as error:
        raise UsageError(
            f"the page needs {error.name}, which is not installed",
            "install it with: pip install 'martech-digest[web]'",
        ) from None
    from digest.app.work import AppContext

    place = Workspace(workspace)
    context = AppContext(place, load_config(place), resolve_now(now), quiet)
    wanted = resolve_quarter(quarter, context.now, context.config)
    desk = open_review_session(context, wanted, _make_clock(now, context.now))
    token = secrets.token_urlsafe(24)
    with _open_socket(listen, port) as (handle, bound):
        access = ReviewAccess(
            token,
            frozenset(name.lower() for name in (*hosts, *_allowed_hosts(listen, bound))),
            by or getpass.getuser(),
            user_header or "",
            f"digest-review-{bound}",
        )
        served = create_app(
            desk,
            _WorkspaceReviewServices(context, wanted, desk),
            access,
            f"{context.config.digest.title} {wanted}",
        )
        print_message(
            f"http://{'localhost' if listen == '127.0.0.1' else listen}:{bound}/?token={token}"
        )
        print_message("this link is a key: whoever has it decides. Ctrl+C ends the page.", quiet)
        config = uvicorn.Config(served, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[handle])


def open_review_session(
    context: AppContext, quarter: Quarter, now: Callable[[], datetime]
) -> ReviewSession:
    """The desk of a quarter, judged once, in a process of its own: the judgement takes more memory than all the rest.
    Raises DigestError where the archive holds nothing of the quarter."""
    from digest.app import vocabulary as taught
    from digest.app import work
    from digest.archive import Archive
    from digest.review.desk import ReviewSession, StoryFilter
    from digest.review.store import DecisionStore

    work.load_quarter_decisions(context, quarter)  # what is wrong with these three is told as such
    taught.load_overrides(work.vocabulary_file(context))
    Archive.open(context.workspace.archive_file, create=False).close()
    store = DecisionStore(work.decisions_file(context, quarter), quarter.name)
    stories, *rest = _run_and_wait(lambda: _judge_stories(context, quarter, store.decisions))
    if not stories:
        raise DigestError(f"the archive holds no item of {quarter}", "run `digest collect` first")
    tied = work.load_threads(context, quarter, stories)
    judged: tuple[EditorialDecisions, tuple[Story, ...]] = (store.decisions, *rest)

    def decide_again(held: EditorialDecisions, known: QuarterDecision | None) -> QuarterDecision:
        nonlocal judged
        if held.added != judged[0].added:
            judged = (
                held,
                _run_and_wait(lambda: work.build_manual_stories(context, stories, held))
                if held.added
                else (),
            )
        return work.decide_stories(context, quarter, (*stories, *judged[1]), tied, held, known)

    desk = ReviewSession(store, decide_again, now)
    desk.list_rows(StoryFilter())  # so that the first view need not wait
    gc.collect()
    gc.freeze()  # the quarter stays; what an action leaves is collected without looking through it
    return desk


def _judge_stories(
    context: AppContext, quarter: Quarter, held: EditorialDecisions
) -> tuple[tuple[Story, ...], tuple[Story, ...]]:
    """The quarter's stories, and those of added items."""
    from digest.app import work
    from digest.archive import Archive

    with Archive.open(context.workspace.archive_file, create=False) as archive:
        stories = work.load_stories(context, quarter, archive)
    return stories, work.build_manual_stories(
        context, stories, held
    ) if stories and held.added else ()


def _make_clock(now: str | None, start: datetime) -> Callable[[], datetime]:
    return (lambda: start) if now else (lambda: datetime.now(UTC))


def _allowed_hosts(listen: str, port: int) -> tuple[str, ...]:
    own = (
        ("127.0.0.1", "localhost", "[::1]")
        if listen in ("127.0.0.1", "::1", "localhost")
        else (listen,)
    )
    return tuple(f"{name}:{port}" for name in own)


def _open_socket(listen: str, port: int) -> Any:
    """A listening socket and its port, closed in the end. Raises UsageError where it cannot be had."""
    import socket
    from contextlib import contextmanager

    @contextmanager
    def bind_socket() -> Any:
        try:
            handle = socket.create_server(
                (listen, port), family=socket.AF_INET6 if ":" in listen else socket.AF_INET
            )
        except OSError as error:
            raise UsageError(
                f"cannot listen on {listen}:{port}: {error.strerror}", "name another --port"
            ) from None
        with (
            handle
        ):  # without this, an answer's second part waits 40 ms for the first to be acknowledged
            handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield handle, handle.getsockname()[1]

    return bind_socket()


class _WorkspaceReviewServices:
    """The rest of the program, as the page needs it. What takes long runs in a process of its own, so that neither its
    time nor its memory is the page's."""

    def __init__(self, context: AppContext, quarter: Quarter, desk: ReviewSession) -> None:
        self._context, self._quarter, self._desk = context, quarter, desk
        self._standing: tuple[object, str] = (None, "")
        self._health: list[Mapping[str, Any]] = []

    async def build_preview(self) -> Path:
        """HTML and PDF of the edition as decided now."""
        folder = self._context.workspace.output / ".preview" / self._quarter.name
        await run_in_process(lambda: _write_preview(self._current_context(), self._quarter, folder))
        return folder

    async def approve_edition(self, by: str, note: str) -> str:
        """Builds and releases the edition."""
        return await run_in_process(
            lambda: _build_and_approve(self._current_context(), self._quarter, by, note)
        )

    def edition_status(self) -> str:
        """Where the edition stands, read again when a file of it changed."""
        place = self._context.workspace
        files = (
            place.edition_folder(self._quarter.name) / "edition.json",
            place.archive_file,
            Path(f"{place.archive_file}-wal"),
        )
        key = (
            self._desk.store.version,
            *(path.stat().st_mtime_ns if path.exists() else 0 for path in files),
        )
        if self._standing[0] != key:
            self._standing = (key, _describe_status(self._context, self._quarter))
        return self._standing[1]

    def source_health(self) -> list[Mapping[str, Any]]:
        """How the sources are doing, and what the team drops of them."""
        return build_source_rows(self._current_context(), self._desk)

    async def list_proposals(self) -> list[Mapping[str, Any]]:
        """What the decisions of all quarters propose for vocabulary.yaml."""
        found: list[Mapping[str, Any]] = json.loads(
            await run_in_process(lambda: _dump_proposals(self._current_context()))
        )
        return found

    def _current_context(self) -> AppContext:
        return replace(self._context, now=self._desk.now())


def build_source_rows(context: AppContext, desk: ReviewSession) -> list[Mapping[str, Any]]:
    """A row for each source, those whose items the team drops most first."""
    from datetime import timedelta

    from digest.app import decide
    from digest.archive import Archive

    with Archive.open(context.workspace.archive_file, create=False) as archive:
        states, recent = (
            archive.load_source_states(),
            archive.load_items(context.now - timedelta(days=400), context.now),
        )
    decision = desk.decision
    rows, _ = decide.assess_source_health(
        context.config.sources, states, recent, decision, context.now
    )
    printed = Counter(member.item.source for one in decision.chosen for member in one.story.items)
    return sorted(
        (
            {"name": row.source.name, "state": ", ".join(one.kind for one in row.findings) or "well",
             "words": "; ".join(one.words for one in row.findings), "items": row.items,
             "printed": printed[row.source.slug], "dropped": row.dropped}
            for row in rows
        ),
        key=lambda row: (-int(row["dropped"]), row["name"]),
    )  # fmt: skip


def _describe_status(context: AppContext, quarter: Quarter) -> str:
    from digest.app import work
    from digest.app.deliver import DeliveryService
    from digest.archive import Archive

    try:
        archive = Archive.open(context.workspace.archive_file, create=False)
    except DigestError as error:
        return error.message
    with archive:
        try:
            stand = DeliveryService(context, archive).release_status(quarter.name)
        except DigestError:
            return "not built yet"
    by = (
        f" by {stand.release.by}"
        if stand.release and stand.release.by and stand.is_released
        else ""
    )
    try:
        since = (
            "" if work.is_current(context, quarter) else ", decided otherwise since it was built"
        )
    except DigestError:
        since = ", built from files of which one cannot be read now"
    return f"{stand.label}{by}{since}"


def _dump_proposals(context: AppContext) -> str:
    from digest.app.evaluate import list_proposals

    return json.dumps(list_proposals(context))


def _write_preview(context: AppContext, quarter: Quarter, folder: Path) -> str:
    from digest.app import work

    files, _ = work.render_edition_files(
        work.build_edition(context, quarter), work.load_style(context)
    )
    write_files(folder, {name: files[name] for name in ("digest.html", "digest.pdf")})
    return ""


def _build_and_approve(context: AppContext, quarter: Quarter, by: str, note: str) -> str:
    from digest.app import work
    from digest.app.deliver import DeliveryService
    from digest.archive import Archive
    from digest.text import clean_text, truncate_text

    with context.workspace.lock():
        work.build_quarter(context, quarter)
        with Archive.open(context.workspace.archive_file, create=False) as archive:
            office = DeliveryService(context, archive)
            office.mark_interrupted()
            made = office.approve_edition(
                quarter.name, by=by, note=truncate_text(clean_text(note), 300)
            )
    return f"{quarter}, version {made.version}: {made.state} by {made.by}, edition.json {made.fingerprint[:16]}"


async def run_in_process(work: Callable[[], str]) -> str:
    """What `work` gives, done in a forked process. Raises the DigestError that it raises, in its words."""
    import asyncio

    process, answer = _fork_process(work)
    while not answer.poll():
        if not process.is_alive() and not answer.poll():
            break
        await asyncio.sleep(0.05)
    return str(_receive_result(process, answer))


def _run_and_wait(work: Callable[[], Any]) -> Any:
    """As `apart`, where there is nothing else to do meanwhile."""
    return _receive_result(*_fork_process(work))


def _fork_process(work: Callable[[], Any]) -> tuple[Any, Any]:
    from multiprocessing import get_context

    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run_child, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _receive_result(process: Any, answer: Any) -> Any:
    try:
        well, first, second = answer.recv()
    except EOFError:
        well, first, second = (
            False,
            "the work ended without an answer",
            "look at the terminal of `digest review`",
        )
    process.join()
    if not well:
        raise DigestError(first, second)
    return first


def _run_child(work: Callable[[], Any], answer: Any) -> None:
    try:
        answer.send((True, work(), ""))
    except DigestError as error:
        answer.send((False, error.message, error.hint))
