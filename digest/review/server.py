"""Serve the review page of one quarter of a workspace."""

from __future__ import annotations

import gc
import logging
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from digest.app.approval import LinkApprovals
from digest.app.context import (
    AppContext,
    decisions_file,
    load_quarter_decisions,
    load_stack_index,
    vocabulary_file,
)
from digest.app.decide import QuarterDecision
from digest.app.live_edition import LiveEdition
from digest.app.review_quarter import ReviewQuarter
from digest.app.vocabulary import load_overrides
from digest.model.decisions import EditorialDecisions
from digest.model.drafts import Proposal
from digest.model.story import Story
from digest.period import Quarter
from digest.review.app import create_app
from digest.review.desk import ProposeFunction, ReviewSession
from digest.review.rendering import ReviewAccess, ReviewPage, read_page_state
from digest.review.room import ReviewRoom
from digest.review.services import ReviewServices
from digest.review.store import DecisionStore
from digest.review.workbench import Workbench
from digest.review.workspace_services import WorkspaceReviewServices
from digest.web.approval import ApprovalGate, name_link_host
from digest.web.listening import list_own_names, name_address, open_socket, run_server

logger = logging.getLogger(__name__)

_CALM = 60.0  # seconds without an action, after which new items are taken in unasked


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
    with _collect_no_garbage():  # what is loaded stays
        session = open_review_session(context, quarter, now)
    services = WorkspaceReviewServices(context, quarter, session)
    token = secrets.token_urlsafe(24)
    with open_socket(address, port) as (listener, bound):
        names = list_own_names(address, bound, hosts)
        access = ReviewAccess(token, names, user, user_header, f"digest-review-{bound}")
        title = f"{context.config.digest.title} {quarter}"
        page = make_page(session, services, access, review_folder(context), title)
        logger.warning("http://%s:%d/?token=%s", name_address(address), bound, token)
        logger.info("this link is a key: whoever has it decides. Ctrl+C ends the page.")
        app = create_app(page)
        if context.config.digest.review.approvers:
            approvals = LinkApprovals(lambda: replace(context, now=now()))
            url = context.config.digest.review.url
            app = ApprovalGate(app, approvals, {*names, *name_link_host(url)})
        # what is judged stays: to look for garbage in it costs a tenth of a second now and then
        gc.collect()
        gc.freeze()
        # streams of events never end by themselves
        run_server(app, listener, at_stop=page.room.close)


@contextmanager
def _collect_no_garbage() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def make_page(
    session: ReviewSession,
    services: ReviewServices,
    access: ReviewAccess,
    folder: Path,
    title: str,
) -> ReviewPage:
    """Put a session together with its workbench, in a folder, and the people on the page."""
    workbench = Workbench(folder / f"{session.store.quarter}.json", session.now)

    def read_state() -> str:
        is_calm = page.room.is_quiet(_CALM) and not workbench.has_drafts()
        services.look_for_items(take_in=is_calm)
        services.refresh_preview()
        return read_page_state(page)

    page = ReviewPage(session, services, access, workbench, ReviewRoom(read_state), title)
    return page


def review_folder(context: AppContext) -> Path:
    """Return where drafts, remarks and previews lie: none of it is for readers."""
    return context.workspace.output / ".review"


def open_review_session(
    context: AppContext, quarter: Quarter, now: Callable[[], datetime]
) -> ReviewSession:
    """Open a quarter, judged once. Raises DigestError where it is empty or cannot be read."""
    store = DecisionStore(decisions_file(context, quarter), quarter.name)
    if store.broken:
        load_quarter_decisions(context, quarter)  # raises what is wrong, with its places
    load_overrides(vocabulary_file(context))
    judged = ReviewQuarter(context, quarter)
    judged.judge(store.decisions)()
    settings = context.config.digest
    live = LiveEdition(
        settings.languages[0],
        settings.title,
        min(now(), quarter.end),
        has_stack=load_stack_index(context) is not None,
    )
    session = ReviewSession(
        store,
        judged.decide,
        now,
        live,
        propose=open_proposals(context, quarter),
        places=settings.limits.stories,
        judge=judged.judge,
    )
    session.list_sections()  # so that the first view need not wait
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
