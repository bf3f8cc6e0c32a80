"""Mend a source with one word: what a person would else do by hand in sources.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin

from digest.app.context import AppContext
from digest.app.source_file import write_sources
from digest.app.sources import check_sources, find_feed
from digest.archive import Archive, SourceState
from digest.config.source_changes import change_sources, remove_source
from digest.decide.source_health import SourceFinding
from digest.errors import UsageError
from digest.model.source import Source
from digest.text import slugify
from digest.urls import redact_url

_CAP = 5  # items of one day that a source that floods may still give
_RETRY = {"retry": "Try again now"}
_DISABLE = {"disable": "Switch it off"}
_SEARCH = {"search": "Look for another feed"}
_REMOVE = {"remove": "Remove it"}
_MENDS: dict[str, dict[str, str]] = {  # kind of finding → how → label
    "dead": _RETRY | _SEARCH | _DISABLE | _REMOVE,
    "blocked": _RETRY | _SEARCH | _DISABLE,
    "changed": _RETRY | _SEARCH | _DISABLE,
    "moved": {"move": "Take the new address"},
    "silent": _RETRY | _SEARCH | _DISABLE,
    "unread": {"no-fulltext": "Read its feed alone"},
    "undated": {},
    "duplicate": _DISABLE | _REMOVE,
    "flood": {"cap": f"Tell {_CAP} a day at most"} | _DISABLE | _REMOVE,
    "off-topic": _DISABLE | _REMOVE,
    "letter": {"split": "Split its letters into stories"} | _RETRY | _DISABLE,
}


def list_mends(source: Source, findings: Sequence[SourceFinding]) -> dict[str, str]:
    """Return what can be done about a source's findings: its short name → what a button says."""
    mends: dict[str, str] = {}
    for finding in findings:
        mends |= _MENDS.get(finding.kind, _DISABLE)
    if source.url is None:  # its letters come by mail: no site is known, and they are split already
        mends = {how: label for how, label in mends.items() if how not in ("search", "split")}
    return mends


def mend_source(context: AppContext, name: str, how: str) -> str:
    """Carry out a mend of a source; return what was done. Raises DigestError."""
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
        raise UsageError(f"a source cannot be mended by {how!r}", "load the page again")
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
    "cap": {"per_day": _CAP},
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
