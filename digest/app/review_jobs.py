"""Do the work behind the review page: judge a quarter, preview, approve, report status and sources.

What takes long is called with `call_in_process`, so that neither its time nor its memory is the
page's. Such a function is given `AppContext.detach()`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from digest.app import build, decide, judge
from digest.app.context import AppContext
from digest.app.deliver import DeliveryService, approve_quarter
from digest.app.source_health import assess_source_health
from digest.app.workspace import write_files
from digest.archive import Archive
from digest.errors import DigestError
from digest.model.decisions import EditorialDecisions
from digest.model.story import Story
from digest.period import Quarter


def judge_stories(
    context: AppContext, quarter: Quarter, decisions: EditorialDecisions
) -> tuple[tuple[Story, ...], tuple[Story, ...]]:
    """Return the stories of a quarter, and those of items that a person added."""
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        stories = judge.load_stories(context, quarter, archive)
    added = stories and decisions.added
    return stories, judge.build_manual_stories(context, stories, decisions) if added else ()


def write_preview(context: AppContext, quarter: Quarter, folder: Path) -> None:
    """Write HTML and PDF of the edition in the first language, as it is decided now."""
    edition = build.build_editions(context, quarter, ask=False)[0]
    files, _ = build.render_edition_files(edition, build.load_style(context))
    write_files(folder, {name: files[name] for name in ("digest.html", "digest.pdf")})


def build_and_approve(context: AppContext, quarter: Quarter, by: str, note: str) -> str:
    """Build an edition and release it; return what was done, in words."""
    with context.workspace.lock():
        build.build_quarter(context, quarter, ask=False)  # what was looked at, and nothing newer
    release = approve_quarter(context, quarter, by=by, note=note)
    return (
        f"{quarter}, version {release.version}: {release.state} by {release.by}, "
        f"edition.json {release.fingerprint[:16]}"
    )


def describe_status(context: AppContext, quarter: Quarter) -> str:
    """Return in words whether an edition is built, approved, sent, and from which decisions."""
    try:
        archive = Archive.open(context.workspace.archive_file, create=False)
    except DigestError as error:
        return error.message
    with archive:
        try:
            status = DeliveryService(context, archive).release_status(quarter.name)
        except DigestError:
            return "not built yet"
    release = status.release if status.is_released else None
    by = f" by {release.by}" if release and release.by else ""
    try:
        current = build.is_current(context, quarter)
        since = "" if current else ", decided otherwise since it was built"
    except DigestError:
        since = ", built from files of which one cannot be read now"
    return f"{status.label}{by}{since}"


def list_source_rows(
    context: AppContext, decision: decide.QuarterDecision
) -> list[Mapping[str, Any]]:
    """Return a row for each source, those first of which the team drops most."""
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        states = archive.load_source_states()
        recent = archive.load_item_marks(context.now - timedelta(days=400), context.now)
    sources = context.config.sources
    health, _ = assess_source_health(sources, states, recent, decision, context.now)
    printed = Counter(
        member.item.source for chosen in decision.chosen for member in chosen.story.items
    )
    rows = [
        {
            "name": row.source.name,
            "state": ", ".join(finding.kind for finding in row.findings) or "well",
            "words": "; ".join(finding.words for finding in row.findings),
            "items": row.items,
            "printed": printed[row.source.slug],
            "dropped": row.dropped,
        }
        for row in health
    ]
    return sorted(rows, key=lambda row: (-int(str(row["dropped"])), row["name"]))
