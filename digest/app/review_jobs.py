"""Do the work behind the review page: judge a quarter, preview, approve, report status and sources.

What takes long is called with `call_in_process`, so that neither its time nor its memory is the
page's. Such a function is given `AppContext.detach()`. Editions are built with `force`: whoever
does it has the page before them, which says what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from digest.app import approval, build, decide, judge
from digest.app.context import AppContext, config_fingerprint, load_quarter_decisions
from digest.app.deliver import DeliveryService, approve_quarter
from digest.app.source_health import assess_source_health
from digest.app.source_repairs import list_repairs
from digest.app.workspace import write_files
from digest.archive import Archive
from digest.errors import DigestError
from digest.model.decisions import EditorialDecisions
from digest.model.delivery import Release
from digest.model.edition import Edition
from digest.period import Quarter

# for each page of a PDF, from the first, the ids of what begins on it, from above
PageBreaks = Sequence[Sequence[str]]


def load_judged_quarter(context: AppContext, quarter: Quarter) -> judge.JudgedQuarter | None:
    """Load a quarter as it is kept judged; None where judging it is left to be done."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        return judge.load_judged_quarter(context, quarter, archive)


def judge_quarter(context: AppContext, quarter: Quarter) -> judge.JudgedQuarter:
    """Judge a quarter, without items that a person added."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        return judge.judge_quarter(context, quarter, archive, EditorialDecisions())


def count_items(context: AppContext, quarter: Quarter) -> int:
    """Return how many items the archive holds of a quarter; 0 where it cannot be opened."""
    try:
        with Archive.open(context.workspace.archive, create=False) as archive:
            return len(archive.load_item_marks(quarter.start, quarter.end))
    except DigestError:
        return 0


def compose_preview(context: AppContext, quarter: Quarter) -> Edition:
    """Return the whole edition in the first language, as it is decided now."""
    return build.build_editions(context, quarter, ask=False)[0]


def render_preview(context: AppContext, edition: Edition, pages: PageBreaks = ()) -> bytes:
    """Return an edition as HTML, which takes a part of a second, with marks where pages begin."""
    from digest.render.html import mark_pages, render_html

    return mark_pages(render_html(edition, build.load_style(context)), pages)


def draw_preview(
    context: AppContext, quarter: Quarter, edition: Edition, folder: Path
) -> tuple[tuple[str, ...], PageBreaks]:
    """Write the files of an edition into a folder.

    Return what the checks find in them, and for each page of the PDF what begins on it: the ids of
    stories and sections, from above.
    """
    from digest.render import check
    from digest.render.pdf_text import list_page_anchors

    theme = build.load_style(context)
    files, faults = build.render_edition_files(edition, theme)
    write_files(folder, {name: files[name] for name in ("digest.html", "digest.pdf")})
    private = build.list_private_texts(context, load_quarter_decisions(context, quarter))
    found = (*faults, *check.find_faults(files, theme, private))
    return found, list_page_anchors(files["digest.pdf"])


def send_proof(context: AppContext, quarter: Quarter, address: str) -> str:
    """Build an edition and mail a marked copy of it to one address; return what was done."""
    with context.workspace.lock():
        build.build_quarter(context, quarter, ask=False, force=True)
        with Archive.open(context.workspace.archive, create=False) as archive:
            DeliveryService(context, archive).send_proof(quarter.name, [address])
    return f"a marked copy of {quarter} went to {address}"


def ask_approvers(context: AppContext, quarter: Quarter) -> str:
    """Build an edition and send its approvers their links; return what was done, in words."""
    with context.workspace.lock():
        build.build_quarter(context, quarter, ask=False, force=True)
    names = approval.ask_approvers(context, quarter.name)
    return f"{', '.join(names)} can release {quarter} by a link now"


def list_readers(context: AppContext, quarter: Quarter) -> list[str]:
    """Return the addresses and channels that get an edition once it is released."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        service = DeliveryService(context, archive)
        if not service.has_recipients:
            return []
        release = Release(quarter.name, 1, "draft")
        return [recipient.address for recipient in service.list_recipients(release)]


def build_and_approve(context: AppContext, quarter: Quarter, by: str, note: str) -> str:
    """Build an edition and release it; return what was done, in words."""
    with context.workspace.lock():
        # what was looked at, and nothing newer
        build.build_quarter(context, quarter, ask=False, force=True)
    release = approve_quarter(context, quarter, by=by, note=note)
    return (
        f"{quarter}, version {release.version}: {release.state} by {release.by}, "
        f"edition.json {release.fingerprint[:16]}"
    )


@dataclass(frozen=True, slots=True)
class EditionStanding:
    """Where an edition stands, in words, and the fingerprint of what it was built from.

    Without an edition `built_from` is None.
    """

    words: str
    built_from: str | None = None


def read_standing(context: AppContext, quarter: Quarter) -> EditionStanding:
    """Return whether an edition is built, approved, sent."""
    try:
        archive = Archive.open(context.workspace.archive, create=False)
    except DigestError as error:
        return EditionStanding(error.message)
    with archive:
        try:
            status = DeliveryService(context, archive).release_status(quarter.name)
        except DigestError:
            return EditionStanding("not built yet")
    release = status.release if status.is_released else None
    by = f" by {release.by}" if release and release.by else ""
    return EditionStanding(f"{status.label}{by}", build.read_built_from(context, quarter))


def describe_standing(
    context: AppContext, quarter: Quarter, standing: EditionStanding, decisions: str
) -> str:
    """Return in words where an edition stands, and whether it is as it would be built now.

    `decisions` is the fingerprint of the quarter's decisions.
    """
    if standing.built_from is None:
        return standing.words
    try:
        is_current = standing.built_from == config_fingerprint(context, quarter, decisions)
        since = "" if is_current else ", decided otherwise since it was built"
    except DigestError:
        since = ", built from files of which one cannot be read now"
    return f"{standing.words}{since}"


def list_source_rows(
    context: AppContext, decision: decide.QuarterDecision
) -> list[Mapping[str, Any]]:
    """Return a row for each source: what needs a person, with its repairs, and what it gave."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        states = archive.load_source_states()
        recent = archive.load_item_marks(context.now - timedelta(days=400), context.now)
    sources = context.config.sources
    health, _ = assess_source_health(sources, states, recent, decision, context.now)
    printed = Counter(
        member.item.source for chosen in decision.chosen for member in chosen.story.items
    )
    relevant = Counter(member.item.source for member in decision.items if member.tags.relevant)
    rows = [
        {
            "name": row.source.name,
            "findings": row.findings,
            "repairs": list_repairs(row.source, row.findings),
            "items": row.items,
            "relevant": relevant[row.source.slug],
            "printed": printed[row.source.slug],
            "dropped": row.dropped,
        }
        for row in health
    ]
    # what has gone wrong stands before what has merely grown silent
    wrong = {
        row.source.name
        for row in health
        if any(finding.kind != "silent" for finding in row.findings)
    }

    def order(row: Mapping[str, Any]) -> tuple[bool, int, str]:
        return row["name"] not in wrong, -int(row["dropped"]), str(row["name"])

    return sorted(rows, key=order)
