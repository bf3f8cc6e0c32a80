"""Mend a source with one word: what a person would else do by hand in sources.yaml."""

from __future__ import annotations

from urllib.parse import urljoin

from digest.app.context import AppContext
from digest.app.source_file import write_sources
from digest.app.source_repairs import FLOOD_CAP
from digest.app.sources import check_sources, find_feed
from digest.archive import Archive, SourceState
from digest.config.source_changes import change_sources, remove_source
from digest.errors import UsageError
from digest.text import slugify
from digest.urls import redact_url


def repair_source(context: AppContext, name: str, how: str) -> str:
    """Carry out a repair, named by one word; return what was done. Raises DigestError."""
    file = context.workspace.sources_file
    text = file.read_text(encoding="utf-8")
    if how == "retry":
        (report,) = check_sources(context, [name])
        return f"{name}: {report.problem or f'{report.outcome}, {report.entries} entries'}"
    if how == "search":
        return _take_found_feed(context, name, text)
    if how == "remove":
        write_sources(context.workspace, remove_source(text, name))
        return f"{name} was removed from sources.yaml; what it gave stays"
    changes: dict[str, object] = {}
    if how == "move":
        changes = {"url": _find_new_address(context, name)}
    elif how in _CHANGES:
        changes = dict(_CHANGES[how])
    else:
        raise UsageError(f"a source cannot be repaired by {how!r}", "load the page again")
    write_sources(context.workspace, change_sources(text, [name], changes))
    said = ", ".join(
        f"{key}: {redact_url(str(value)) if key == 'url' else str(value).lower()}"
        for key, value in changes.items()
    )
    return f"{name}: {said} in sources.yaml; it counts from the next collect on"


_CHANGES: dict[str, dict[str, object]] = {
    "disable": {"enabled": False},
    "no-fulltext": {"fulltext": False},
    "split": {"newsletter": True},
    "cap": {"per_day": FLOOD_CAP},
}


def _find_new_address(context: AppContext, name: str) -> str:
    with Archive.open(context.workspace.archive, create=False) as archive:
        state = archive.load_source_states().get(slugify(name), SourceState(slugify(name)))
    if not state.moved_to:
        raise UsageError(f"{name} has not moved", "load the page again")
    return state.moved_to


def _take_found_feed(context: AppContext, name: str, text: str) -> str:
    """Look for another feed on a source's home page, and take its address."""
    sources = [source for source in context.config.sources if source.name == name]
    if not sources or not sources[0].url:
        raise UsageError(f"{name} has no address to look at", "look at its site in a browser")
    feed, _ = find_feed(context, urljoin(sources[0].url, "/"))
    if feed.url == sources[0].url:
        return f"{name}: its site names the same feed, {redact_url(feed.url)}"
    write_sources(context.workspace, change_sources(text, [name], {"url": feed.url}))
    return f"{name}: url: {redact_url(feed.url)} in sources.yaml, found on its home page"
