"""Care for sources.yaml: list, add, import, remove."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from digest.app.context import AppContext
from digest.app.sources import find_feed, preview_feed, search_sites
from digest.app.workspace import Workspace, write_file
from digest.archive import Archive
from digest.config.opml import (
    ListedFeed,
    find_free_name,
    import_feed_list,
    summarize_problems,
)
from digest.config.source_changes import add_source, change_sources, remove_source
from digest.config.sources import SourcesConfig, parse_sources
from digest.config.validate import suggest_similar
from digest.errors import UsageError
from digest.model.source import SourceClass, Tier
from digest.text import slugify
from digest.urls import canonical_url, extract_host, redact_url

_SHOWN_SETTINGS = ("name", "slug", "tier", "url", "enabled", "language", "tags")


class NewSource(NamedTuple):
    """A feed that could be added: its title and address, how it was found, other feeds of the
    site, how its newest entries are judged, and the sources.yaml with it."""

    title: str
    url: str
    how: str
    others: tuple[str, ...]
    preview: tuple[str, ...]
    text: str


class FeedImport(NamedTuple):
    """The entries that a list adds, how many of its feeds are there already, what could not be
    read of it (a line for each kind of problem), and the sources.yaml with them."""

    entries: tuple[Mapping[str, Any], ...]
    present: int
    problems: tuple[str, ...]
    text: str


def list_source_rows(workspace: Workspace, config: SourcesConfig) -> list[dict[str, Any]]:
    """Return the configured sources, with what the archive holds of each."""
    spans = {}
    if Archive.is_at(workspace.archive):
        with Archive.open(workspace.archive, create=False) as archive:
            spans = archive.load_item_spans()
    return [
        {name: getattr(source, name) for name in _SHOWN_SETTINGS}
        | {"kind": source.reading.kind, "class": source.publishes}
        | {
            "url": redact_url(source.url) if source.url else None,
            "items": spans[source.slug].items if source.slug in spans else 0,
            "newest": spans[source.slug].newest if source.slug in spans else None,
        }
        for source in config.sources
    ]


def find_new_source(
    context: AppContext,
    url: str,
    *,
    name: str | None = None,
    tier: Tier | None = None,
    publishes: SourceClass | None = None,
    tags: Iterable[str] = (),
) -> NewSource:
    """Find the feed of a site or address. Raises FetchError, or UsageError if it is listed."""
    feed, others = find_feed(context, url if "//" in url else f"https://{url}")
    file = context.workspace.sources_file
    for source in context.config.sources:
        if source.url and canonical_url(source.url) == canonical_url(feed.url):
            raise UsageError(f"{redact_url(feed.url)} is in {file} already, as {source.name!r}")
    title = name or feed.document.title or extract_host(feed.url)
    fields = {
        "name": title,
        "url": feed.url,
        "kind": feed.kind,
        "tier": tier,
        "class": publishes,
        "language": feed.document.language,
        "tags": list(tags) or None,
    }
    preview = tuple(preview_feed(context, feed, title, tier, publishes))
    text = add_source(file.read_text(encoding="utf-8"), fields)
    return NewSource(title, feed.url, feed.how, others, preview, text)


def plan_import(
    context: AppContext, data: bytes, *, tier: Tier | None = None, ask: bool = True
) -> FeedImport:
    """Find what an OPML file or a list of addresses adds to sources.yaml. Writes nothing.

    `tier` is for feeds of which the list says none. With `ask` the feeds that the list does not
    name are read once: each gets the name that it gives itself, and a page its feed.
    """
    found = import_feed_list(data)
    known = {canonical_url(one.url) for one in context.config.sources if one.url}
    new = [feed for feed in found.feeds if canonical_url(feed.url) not in known]
    present, problems = len(found.feeds) - len(new), list(found.problems)
    if ask:
        new = list(_name_feeds(context, new, problems))
    slugs = {source.slug for source in context.config.sources}
    text, entries = context.workspace.sources_file.read_text(encoding="utf-8"), []
    for feed in new:
        if canonical_url(feed.url) in known:  # a page whose feed is there
            present += 1
            continue
        known.add(canonical_url(feed.url))
        name = find_free_name(feed.name, slugs)
        slugs.add(slugify(name))
        entry = feed.to_source_entry() | {"name": name}
        if tier:
            entry.setdefault("tier", tier)
        text = add_source(text, entry)
        entries.append(entry)
    return FeedImport(tuple(entries), present, tuple(summarize_problems(problems)), text)


def _name_feeds(
    context: AppContext, feeds: Sequence[ListedFeed], problems: list[str]
) -> Iterator[ListedFeed]:
    """Yield the feeds, those without a name as they call themselves. Puts into `problems` what
    gives no feed; that stays as the list has it."""
    nameless = [feed.url for feed in feeds if not feed.is_named]
    found = dict(zip(nameless, search_sites(context, nameless), strict=True))
    for feed in feeds:
        if feed.url not in found:
            yield feed
        elif not found[feed.url].feeds:
            why = "; ".join(found[feed.url].problems[:1])
            check = "taken as it stands: look at `digest sources check`"
            problems.append(f"{feed.name}: no feed was found ({why}); {check}")
            yield feed
        else:
            first = found[feed.url].feeds[0]
            yield replace(feed, name=first.document.title or feed.name, url=first.url)


def remove_named_source(workspace: Workspace, name: str) -> None:
    """Take a source out of sources.yaml. Raises UsageError where there is none of that name."""
    write_sources(workspace, remove_source(workspace.sources_file.read_text("utf-8"), name))


def select_sources(
    config: SourcesConfig, names: Collection[str], tiers: Collection[Tier], tags: Collection[str]
) -> tuple[str, ...]:
    """Return the names of the sources that are named, of one of the tiers or with one of the tags.

    Raises UsageError for a name that no source has, and where none is chosen.
    """
    by_name = {key: source.name for source in config.sources for key in (source.name, source.slug)}
    for name in names:
        if name not in by_name:
            near = suggest_similar(name, by_name)
            raise UsageError(f"sources.yaml has no source {name!r}{near}")
    named = {by_name[name] for name in names}
    chosen = tuple(
        source.name
        for source in config.sources
        if source.name in named or source.tier in tiers or not set(tags).isdisjoint(source.tags)
    )
    if not chosen:
        raise UsageError("no source is chosen", "name some, or give --of-tier or --with-tag")
    return chosen


def edit_sources(workspace: Workspace, names: Iterable[str], keys: Mapping[str, Any]) -> None:
    """Set keys of sources in sources.yaml, None to take one out; its comments stay.

    Raises ConfigError where a value cannot be; nothing is written then.
    """
    text = workspace.sources_file.read_text(encoding="utf-8")
    write_sources(workspace, change_sources(text, names, keys))


def write_sources(workspace: Workspace, text: str) -> None:
    """Write sources.yaml if it is valid. Raises ConfigError, and leaves the file, if not."""
    parse_sources(text, {}, str(workspace.sources_file))
    write_file(workspace.sources_file, text.encode())
