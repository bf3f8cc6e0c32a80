"""Read the sources into the archive, and look after them: check, find feeds, preview."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from digest.app.collect import (
    CollectionOptions,
    CollectionReport,
    HistoryOptions,
    ReadNewsletters,
    SourceReport,
    collect_sources,
)
from digest.app.context import AppContext, find_ca_file, find_secret, load_judge, make_fetcher
from digest.app.failures import describe_failures, describe_totals, group_failures
from digest.app.judgements import judge_new_items, open_kept_judge
from digest.app.logs import log_source_detail
from digest.app.sample_feeds import SAMPLE_READ_AT, open_sample_feeds
from digest.app.source_state import remember_letters
from digest.app.teaching import warn_of_loss
from digest.app.vectors import attach_vectors, make_vectors
from digest.app.watch import load_watched_sources
from digest.archive import Archive, SourceState
from digest.decide.source_health import DEAD_AFTER_FAILURES
from digest.errors import FetchError, UsageError
from digest.extras import suggest_install
from digest.fetch.read.parser_process import DocumentParsers, ParserProcess
from digest.intake import make_items
from digest.model.item import Item
from digest.model.retrieved import FeedEntry
from digest.model.source import Source, SourceClass, Tier, choose_tier
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.period import Quarter
from digest.tag.language import detect_language

if TYPE_CHECKING:
    from pydantic import BaseModel

    from digest.fetch.backfill.discovery import DiscoveryResult, FoundFeed
    from digest.fetch.http.client import FetcherProtocol
    from digest.fetch.mail.mailbox import ImapAccount, MailboxSession, UnclaimedSender

logger = logging.getLogger(__name__)

SOURCES_HINT = (
    "find one with `digest sources add ADDRESS`, take a list with `digest sources import FILE`, or "
    "switch some on with `digest sources enable NAME`"
)
AGENT = "martech-digest"  # our name in robots.txt
_PAGE_SECONDS = 30.0  # for an article's page: those of one host are asked for one after the other
_LARGEST_PAGE = 4 * 2**20  # bytes


def collect_workspace(context: AppContext, history: Quarter | None = None) -> CollectionReport:
    """Read every enabled source and relevant articles, with the workspace locked; log the result.

    Of the quarter `history` also those entries are fetched that have left the feeds.
    """
    require_sources(context)
    span = (history.start, history.end) if history else (None, None)
    with context.workspace.lock():
        collected = collect_items(context, back_to=span[0], until=span[1])
        make_vectors(context, span[0])
        collected = read_articles(context, collected, *span)
        judge_new_items(context, span[0])
        warn_of_loss(context)
    log_collection(collected)
    return collected


def require_sources(context: AppContext) -> None:
    """Raise UsageError where no source is switched on and no page watched: nothing to read."""
    is_on = any(source.enabled for source in context.config.sources)
    if not is_on and not load_watched_sources(context):
        raise UsageError("no source is switched on in sources.yaml", SOURCES_HINT)


def collect_items(
    context: AppContext,
    fetcher: FetcherProtocol | None = None,
    *,
    back_to: datetime | None = None,
    until: datetime | None = None,
    watched: bool = True,
) -> CollectionReport:
    """Read every enabled source once into the archive, and the pages that stack.yaml watches.

    `watched`: false leaves those pages alone. With `back_to` also fetch what has left the feeds of
    the time from there to `until`, else now. A sample is read out of the package as of the end of
    its quarter: nobody answers at its addresses.
    """
    if context.sample:
        context, fetcher = replace(context, now=SAMPLE_READ_AT), fetcher or open_sample_feeds()
        back_to = None
    pages = load_watched_sources(context) if watched else ()
    sources = (*context.config.sources, *pages)
    history = make_history_options(context, back_to, until) if back_to else None
    with (
        Archive.open(context.workspace.archive) as archive,
        ParserProcess() as parsers,
        _open_mailboxes(context, parsers) as mailboxes,
        context.progress("reading sources", sum(source.enabled for source in sources)) as advance,
    ):

        def read_newsletters(
            source: Source, state: SourceState
        ) -> tuple[Sequence[FeedEntry], SourceState, tuple[str, ...]]:
            assert source.mailbox
            result = mailboxes.read_newsletters(source.mailbox, state.memory.get("mailbox", {}))
            letters = (
                letter.entries
                for letter in result.letters
                if letter.entries or letter.kind == "empty"
            )
            memory = {**remember_letters(state.memory, letters), "mailbox": dict(result.state)}
            return result.entries, replace(state, memory=memory), result.problems

        return collect_sources(
            sources,
            archive,
            fetcher or make_fetcher(context),
            make_collection_options(context, read_newsletters, parsers, history),
            done=advance,
        )


def make_collection_options(
    context: AppContext,
    read_newsletters: ReadNewsletters,
    parsers: DocumentParsers,
    history: HistoryOptions | None,
) -> CollectionOptions:
    """Return how sources are read, within what sources.yaml allows."""
    return CollectionOptions(
        read_newsletters=read_newsletters,
        detect=detect_language,
        now=context.now,
        history=history,
        agent=AGENT,
        parsers=parsers,
        seconds=context.config.digest.limits.source_seconds,
    )


def make_history_options(
    context: AppContext, back_to: datetime, until: datetime | None = None
) -> HistoryOptions:
    """Return how far to reach back, within what sources.yaml allows."""
    limits, end = context.config.digest.limits, min(until or context.now, context.now)
    return HistoryOptions(back_to, end, AGENT, limits.history_requests, limits.history_seconds)


def read_articles(
    context: AppContext,
    collected: CollectionReport,
    back_to: datetime | None = None,
    until: datetime | None = None,
) -> CollectionReport:
    """Read the pages of relevant articles; return a longer report.

    Sources that allow it are asked for articles, others for descriptions of what has no sentence.
    The articles are dated from `back_to`, else the start of the current quarter, to `until`.
    """
    settings = context.config.digest
    if not settings.network.descriptions and not any(
        source.enabled and source.fulltext for source in context.config.sources
    ):
        return collected
    from digest.app.fulltext import choose_articles, read_pages
    from digest.fetch.read.article_worker import ArticleReader

    with Archive.open(context.workspace.archive) as archive, ArticleReader() as reader:
        start = back_to or context.resolve_quarter("current").start
        judge = open_kept_judge(context, archive)
        items = attach_vectors(context, archive, archive.load_items(start, until))
        judge.prepare_items(items)
        wanted = choose_articles(
            items,
            context.config.sources,
            archive.load_page_states(),
            archive.load_source_states(),
            relevant=lambda item: judge.judge_item(item).relevant,
            now=context.now,
            limit=settings.limits.fulltext_pages,
            lacks_sentence=_lacks_sentence if settings.network.descriptions else None,
            description_limit=settings.limits.description_pages,
        )
        judge.save_judgements()
        if any(request.part == "article" for request in wanted) and not reader.starts():
            advice = suggest_install("fulltext")
            logger.warning("no article is read: trafilatura does not start → %s", advice)
            wanted = tuple(request for request in wanted if request.part != "article")
        if not wanted:
            return collected
        fetcher = make_fetcher(context, seconds=_PAGE_SECONDS, body_bytes=_LARGEST_PAGE)
        read_rows = read_pages(
            wanted,
            archive,
            fetcher,
            reader,
            agent=AGENT,
            now=context.now,
            seconds=settings.limits.source_seconds,
            spent={report.source: report.server_seconds for report in collected.reports},
        )
        pages = {row.source: row for row in read_rows}
    return CollectionReport(
        tuple(
            replace(
                report,
                pages=read.requested_pages,
                pages_read=read.read,
                notes=(*report.notes, str(read)),
                server_seconds=read.server_seconds,
            )
            if (read := pages.get(report.source))
            else report
            for report in collected.reports
        )
    )


def _lacks_sentence(item: Item) -> bool:
    """Return whether an item alone gives an edition no sentence to print."""
    from digest.write.summaries import has_sentence

    tagged = TaggedItem(item, Tags(True, None, (), "none", None, "other", ()))
    return not has_sentence(Story(item.id, (tagged,), tagged), item.language)


def read_new_articles(context: AppContext, back_to: datetime) -> None:
    """Read the pages of relevant articles, whoever read their sources."""
    read_articles(context, CollectionReport(()), back_to)


def log_collection(collected: CollectionReport) -> None:
    """Log failed sources as warnings, notes and the totals as information.

    A source that goes on failing is a warning when it begins and when it counts as dead, so that
    cron does not mail the same every hour.
    """
    by_level: dict[int, list[SourceReport]] = {logging.WARNING: [], logging.INFO: []}
    for report in collected.failed_reports:
        goes_on = report.failures > 1 and report.failures != DEAD_AFTER_FAILURES
        by_level[logging.INFO if goes_on else logging.WARNING].append(report)
    for level, reports in by_level.items():
        for group in group_failures(reports):
            logger.log(level, "%s", describe_failures(group))
    for report in collected.reports:
        log_source_detail(report)
        for note in report.notes:
            logger.info("%s: %s", report.source, note)
    logger.info("%s", describe_totals(collected))


def check_sources(context: AppContext, names: Collection[str] = ()) -> tuple[SourceReport, ...]:
    """Ask the enabled sources, or those named, in full; keep nothing. Raises UsageError."""
    sources = context.config.sources
    if unknown := set(names) - {source.name for source in sources}:
        raise UsageError(
            f"sources.yaml names no source {sorted(unknown)[0]!r}", "look at `digest sources list`"
        )
    checked = tuple(
        replace(source, enabled=True)
        for source in sources
        if (source.name in names if names else source.enabled)
    )
    with TemporaryDirectory() as scratch:
        config = replace(context.config, sources=checked)
        workspace = replace(context.workspace, output_folder=Path(scratch))
        scratch_context = replace(context, config=config, workspace=workspace)
        return collect_items(scratch_context, watched=not names).reports


def find_feed(context: AppContext, url: str) -> tuple[FoundFeed, tuple[str, ...]]:
    """Return the likeliest feed of a site, and the addresses of its others. Raises FetchError."""
    (found,) = search_sites(context, [url])
    if not found.feeds:
        raise FetchError(
            found.problems[0] if found.problems else f"no feed was found at {url}",
            "give the address of the feed itself or of the page that lists the news; name a page "
            "in sources.yaml (kind: page, select:), or claim its newsletter by mail",
        )
    return found.feeds[0], tuple(feed.url for feed in found.feeds[1:])


def search_sites(context: AppContext, urls: Sequence[str]) -> list[DiscoveryResult]:
    """Return what was found at each address, which may be a feed or a page. Raises nothing."""
    import asyncio

    from digest.fetch.backfill.run import find_feeds

    async def search_all() -> list[DiscoveryResult]:
        with context.progress("asking for feeds", len(urls)) as advance:
            async with make_fetcher(context) as fetcher:

                async def search_one(url: str) -> DiscoveryResult:
                    found = await find_feeds(fetcher, url)
                    advance()
                    return found

                return await asyncio.gather(*map(search_one, urls))

    return asyncio.run(search_all()) if urls else []


def preview_feed(
    context: AppContext,
    feed: FoundFeed,
    name: str,
    tier: Tier | None,
    publishes: SourceClass | None = None,
    most: int = 8,
) -> Iterator[str]:
    """Yield a line on how each of a feed's `most` newest entries would be judged."""
    from digest.text import slugify

    tier = tier or choose_tier(publishes)
    source = Source(name, slugify(name), feed.url, tier, publishes=publishes)
    items = make_items(feed.document.entries, source, context.now, detect_language)
    # a page may list its oldest first; where no day is stated, its own order holds
    for item in sorted(items, key=lambda item: item.published_or_seen, reverse=True)[:most]:
        tags = load_judge(context).judge_item(item)
        verdict = f"{tags.event}, {tags.category or 'no category'}, AI {tags.ai}"
        if not tags.relevant:
            verdict = "not relevant"
        yield f"  {item.published_or_seen:%Y-%m-%d}  {item.title[:90]}  → {verdict}"


def find_unclaimed_mail(context: AppContext) -> tuple[UnclaimedSender, ...]:
    """Find letters in the configured mailboxes that no source claims. Raises MailboxError."""
    rules = [source.mailbox for source in context.config.sources if source.mailbox]
    if not rules:
        return ()
    with ParserProcess() as parsers, _open_mailboxes(context, parsers) as mailboxes:
        return mailboxes.find_unclaimed(rules)


@contextmanager
def _open_mailboxes(context: AppContext, parsers: ParserProcess) -> Iterator[MailboxSession]:
    from digest.fetch.mail.mailbox import MailboxSession

    accounts = load_mail_accounts(context)
    with MailboxSession(context.team_root, accounts, parsers.parse_newsletter) as session:
        yield session


def load_mail_accounts(context: AppContext) -> list[ImapAccount]:
    """Return the configured IMAP accounts, with their secrets."""
    from digest.fetch.mail.mailbox import ImapAccount

    return [
        ImapAccount(
            name=name,
            host=account.host,
            user=account.user,
            password=_read_value(context, account, "password"),
            token=_read_value(context, account, "token"),
            port=account.port,
            security=account.security,
            folder=account.folder,
            ca_file=find_ca_file(context),
        )
        for name, account in context.config.digest.mailboxes.items()
    ]


def _read_value(context: AppContext, account: BaseModel, name: str) -> str | None:
    """Return a secret of an account, None where it is not there: its mailbox then says so."""
    secret = find_secret(context, account, name)
    return (secret.value or None) if secret else None
