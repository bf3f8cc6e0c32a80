"""The work that several commands do: collecting, deciding and building in a workspace, with the world handed in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import digest
from digest.app import compose, decide
from digest.app.collect import CollectionReport, HistoryOptions, ReadNewsletters, SourceReport
from digest.app.collect import collect_sources as collect_sources
from digest.app.logs import LOGGER, log_source_detail
from digest.app.previous import load_earlier_stories, load_open_decisions, load_radar_rings
from digest.app.workspace import Workspace, write_files
from digest.archive import Archive, SourceState
from digest.cluster import cluster_items, find_threads
from digest.config.sources import FULLTEXT_EXTRA, SourcesConfig
from digest.decide.relations import StackIndex
from digest.decide.source_health import SourceHealth
from digest.errors import DigestError, UsageError
from digest.fetch.http.client import Fetcher, FetcherProtocol
from digest.fetch.http.client import HttpLimits as FetchLimits
from digest.intake import make_items
from digest.model.decisions import EditorialDecisions
from digest.model.edition import Edition
from digest.model.item import Item
from digest.model.retrieved import FeedEntry
from digest.model.source import Source, Tier
from digest.model.stack import Stack
from digest.model.story import Story, StoryThread
from digest.period import Quarter, parse_quarter
from digest.rank import SelectionLimits, load_default_weights
from digest.tag import ItemJudge, load_quality
from digest.tag.language import detect_language

if TYPE_CHECKING:
    from digest.fetch.backfill.discovery import DiscoveryResult, FoundFeed
    from digest.fetch.mail.mailbox import ImapAccount, MailboxSession, UnclaimedSender
    from digest.render.theme import DocumentTheme


_AGENT = "martech-digest"  # our name in robots.txt
_PAGE_SECONDS = 30.0  # for an article's page: a host has one asked after the other
_LARGEST_PAGE = 4 * 2**20  # bytes
_LARGEST_LOGO = 200_000  # bytes
_RECENT = timedelta(days=400)  # what the health of a source is judged by


ProgressDisplay = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


def show_no_progress(label: str, steps: int) -> AbstractContextManager[Callable[[], None]]:  # noqa: ARG001 (a ProgressDisplay)
    """Ignore the progress of a piece of work."""
    return nullcontext(lambda: None)


@dataclass(frozen=True, slots=True)
class AppContext:
    """A workspace with its configuration and the clock of this run."""

    workspace: Workspace
    config: SourcesConfig
    now: datetime
    quiet: bool = False
    sample: bool = False
    team_folder: Path | None = (
        None  # where the team's files are (letters, stack.yaml, editions/); None: the workspace
    )
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    progress: ProgressDisplay = show_no_progress

    def resolve_quarter(self, text: str) -> Quarter:
        """Return the quarter that `2026-Q3`, `last` or `current` names. Raises UsageError."""
        settings = self.config.digest
        return parse_quarter(text, self.now, settings.timezone, settings.fiscal_year_starts)


def load_judge(context: AppContext) -> ItemJudge:
    """The shipped judgement, with what the workspace's vocabulary.yaml adds; loaded once a process and file."""
    path = vocabulary_file(context)
    return (
        _load_workspace_judge(path, path.stat().st_mtime_ns)
        if path.is_file()
        else _load_shipped_judge()
    )


def vocabulary_file(context: AppContext) -> Path:
    """Where the team's vocabulary stands, if it has one."""
    return _team_folder(context) / "vocabulary.yaml"


@cache
def _load_shipped_judge() -> ItemJudge:
    return ItemJudge.load()


@cache
def _load_workspace_judge(path: Path, changed: int) -> ItemJudge:  # noqa: ARG001 (a changed file is another key)
    from digest.app.vocabulary import load_overrides

    return ItemJudge.load(load_overrides(path))


def collect_items(
    context: AppContext,
    fetcher: FetcherProtocol | None = None,
    *,
    back_to: datetime | None = None,
    until: datetime | None = None,
) -> CollectionReport:
    """Reads every enabled source once into the workspace's archive; with `back_to`, also what has left the feeds'
    windows of the time from there to `until` (now, where it is not given)."""
    sources = context.config.sources
    steps = sum(source.enabled for source in sources)
    with (
        Archive.open(context.workspace.archive_file) as archive,
        _open_mailboxes(context) as room,
        context.progress("reading sources", steps) as done,
    ):
        return collect_sources(
            sources,
            archive,
            fetcher or make_fetcher(context),
            read_newsletters=_make_newsletter_reader(room),
            detect=detect_language,
            now=context.now,
            history=_make_history_options(context, back_to, until),
            done=done,
        )


def read_articles(
    context: AppContext,
    collected: CollectionReport,
    back_to: datetime | None = None,
    until: datetime | None = None,
) -> CollectionReport:
    """Reads the pages of relevant articles, of sources that allow it, dated from `back_to` (the current quarter's
    start, where it is not given) to `until`. Gives the report with what came of them."""
    if not any(source.enabled and source.fulltext for source in context.config.sources):
        return collected
    from digest.app.fulltext import choose_articles, read_pages
    from digest.fetch.read.article_worker import ArticleReader
    from digest.period import quarter_containing

    settings = context.config.digest
    start = (
        back_to
        or quarter_containing(context.now, settings.timezone, settings.fiscal_year_starts).start
    )
    with Archive.open(context.workspace.archive_file) as archive, ArticleReader() as reader:
        wants = choose_articles(
            archive.load_items(start, until),
            context.config.sources,
            archive.load_page_states(),
            archive.load_source_states(),
            relevant=lambda item: load_judge(context).judge_item(item).relevant,
            now=context.now,
            limit=settings.limits.fulltext_pages,
        )
        if not wants:
            return collected
        if not reader.starts():
            LOGGER.warning(f"no article is read: trafilatura does not start → {FULLTEXT_EXTRA}")
            return collected
        fetcher = make_fetcher(context, seconds=_PAGE_SECONDS, body_bytes=_LARGEST_PAGE)
        read = {
            row.source: row
            for row in read_pages(wants, archive, fetcher, reader, agent=_AGENT, now=context.now)
        }
    return CollectionReport(
        tuple(
            replace(
                row,
                pages=found.requested_pages,
                pages_read=found.read,
                notes=(*row.notes, str(found)),
            )
            if (found := read.get(row.source))
            else row
            for row in collected.reports
        )
    )


def _make_history_options(
    context: AppContext, start: datetime | None, end: datetime | None
) -> HistoryOptions | None:
    budget = context.config.digest.limits.history_requests
    return (
        HistoryOptions(start, min(end or context.now, context.now), _AGENT, budget)
        if start
        else None
    )


def check_sources(context: AppContext, names: Collection[str] = ()) -> tuple[SourceReport, ...]:
    """Asks each enabled source, or those named, now and in full; keeps nothing. Raises UsageError for unknown names."""
    sources = context.config.sources
    if unknown := set(names) - {source.name for source in sources}:
        raise UsageError(
            f"sources.yaml names no source {sorted(unknown)[0]!r}", "look at `digest sources list`"
        )
    wanted = [source for source in sources if (source.name in names if names else source.enabled)]
    with TemporaryDirectory() as scratch:
        config = replace(
            context.config, sources=tuple(replace(source, enabled=True) for source in wanted)
        )
        place = replace(context.workspace, output_folder=Path(scratch))
        return collect_items(replace(context, config=config, workspace=place)).reports


def find_feed(context: AppContext, url: str) -> tuple[FoundFeed, tuple[str, ...]]:
    """The likeliest feed of the site at an address, and the addresses of its others. Raises FetchError."""
    import asyncio

    from digest.errors import FetchError
    from digest.fetch.backfill.run import find_feeds

    async def search_site() -> DiscoveryResult:
        async with make_fetcher(context) as fetcher:
            return await find_feeds(fetcher, url)

    found = asyncio.run(search_site())
    if not found.feeds:
        raise FetchError(
            found.problems[0] if found.problems else f"no feed was found at {url}",
            "give the address of the feed itself, or claim its newsletter by mail",
        )
    return found.feeds[0], tuple(feed.url for feed in found.feeds[1:])


def preview_feed(
    context: AppContext, feed: FoundFeed, name: str, tier: Tier | None, most: int = 8
) -> Iterator[str]:
    """How the newest entries of a feed would be judged, a line each."""
    from digest.config.sources import slugify

    source = Source(name, slugify(name), feed.url, tier or "trade")
    for item in make_items(feed.document.entries[:most], source, context.now, detect_language):
        tags = load_judge(context).judge_item(item)
        verdict = (
            f"{tags.event}, {tags.category or 'no category'}, AI {tags.ai}"
            if tags.relevant
            else "not relevant"
        )
        yield f"  {item.published_or_seen:%Y-%m-%d}  {item.title[:90]}  → {verdict}"


def find_unclaimed_mail(context: AppContext) -> tuple[UnclaimedSender, ...]:
    """Letters in the configured mailboxes that no source claims, with the line that would. Raises MailboxError."""
    rules = [source.mailbox for source in context.config.sources if source.mailbox]
    if not rules:
        return ()
    with _open_mailboxes(context) as room:
        return room.find_unclaimed(rules)


def load_source_health(
    context: AppContext, quarter: Quarter
) -> tuple[tuple[SourceHealth, ...], Mapping[str, str]]:
    """How the sources have been doing, and for each (by slug) the days of the quarter that are held."""
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        states, recent, asked = (
            archive.load_source_states(),
            archive.load_items(context.now - _RECENT, context.now),
            archive.load_page_states(),
        )
        decision = decide_quarter(context, quarter, archive)
    return decide.assess_source_health(
        context.config.sources, states, recent, decision, context.now, asked
    )


def decide_quarter(
    context: AppContext, quarter: Quarter, archive: Archive
) -> decide.QuarterDecision:
    """Judges what the archive holds of a quarter."""
    limits = replace(SelectionLimits(), stories=context.config.digest.limits.stories)
    items = load_quarter_items(quarter, archive)
    held = load_quarter_decisions(context, quarter)
    lens = load_stack_index(context)
    return decide.decide_quarter(
        quarter, items, load_judge(context), weights=load_default_weights(), limits=limits, stack_index=lens, editorial_decisions=held,
        earlier=load_earlier_stories(context.workspace.output, quarter),
    )  # fmt: skip


def load_quarter_items(quarter: Quarter, archive: Archive) -> tuple[Item, ...]:
    """What the edition of a quarter is made of: its items, and those of the quarter before that came after its edition
    was released, and so were told nowhere."""
    before = quarter.previous
    released = [
        moment
        for one in archive.load_releases()
        if one.quarter == before.name and (moment := one.at or one.sent)
    ]
    late = archive.load_late_items(before.start, before.end, min(released)) if released else ()
    return (*late, *archive.load_items(quarter.start, quarter.end))


def load_stories(context: AppContext, quarter: Quarter, archive: Archive) -> tuple[Story, ...]:
    """The stories of a quarter as the machine groups and tags them."""
    return cluster_items(
        decide.judge_items(load_quarter_items(quarter, archive), load_judge(context))
    )


def build_manual_stories(
    context: AppContext, stories: Sequence[Story], held: EditorialDecisions
) -> tuple[Story, ...]:
    """The stories of items that a person added and that the gathered ones do not tell."""
    return decide.add_manual_stories(stories, held, load_judge(context))[len(stories) :]


def load_threads(
    context: AppContext, quarter: Quarter, stories: Sequence[Story]
) -> Mapping[str, StoryThread]:
    """The threads that tie gathered stories to those of earlier editions, by their lead's item."""
    return find_threads(stories, load_earlier_stories(context.workspace.output, quarter))


def decide_stories(
    context: AppContext,
    quarter: Quarter,
    stories: Sequence[Story],
    tied: Mapping[str, StoryThread],
    held: EditorialDecisions,
    known: decide.QuarterDecision | None,
) -> decide.QuarterDecision:
    """What becomes of gathered stories, and those of added items, under rulings; `known` spares what is still the
    same."""
    limits = replace(SelectionLimits(), stories=context.config.digest.limits.stories)
    return decide.decide_stories(
        quarter,
        stories,
        weights=load_default_weights(),
        limits=limits,
        stack_index=load_stack_index(context),
        editorial_decisions=held,
        known=known,
        tied=tied,
    )


def load_quarter_decisions(context: AppContext, quarter: Quarter) -> EditorialDecisions:
    """What the team decided of a quarter's edition. Raises ConfigError."""
    from digest.config.decisions import load_editorial_decisions

    return load_editorial_decisions(decisions_file(context, quarter), quarter.name)


def decisions_file(context: AppContext, quarter: Quarter) -> Path:
    """Where the team's decisions of a quarter's edition stand."""
    return _team_folder(context) / "editions" / f"{quarter.name}.yaml"


def load_stack_index(context: AppContext) -> StackIndex | None:
    """The workspace's stack; None where it has no stack.yaml, or an empty one. Raises ConfigError."""
    held = _load_cached_stack(_team_folder(context) / "stack.yaml")
    return held[0] if held else None


@cache
def _load_cached_stack(path: Path) -> tuple[StackIndex, str] | None:
    """The stack of a file and its fingerprint, read once a process."""
    if not path.is_file():
        return None
    from digest.config.stack import load_stack

    config = load_stack(path)
    return (
        (decide.build_stack_index(config.stack), config.fingerprint)
        if config.stack != Stack()
        else None
    )


def _team_folder(context: AppContext) -> Path:
    return context.team_folder or context.workspace.root


def _load_stack_context(
    context: AppContext, quarter: Quarter, before: decide.QuarterDecision
) -> compose.StackContext | None:
    """The stack with what is known of the edition before and of open decisions."""
    lens = load_stack_index(context)
    if lens is None:
        return None
    return compose.StackContext(
        lens,
        before if before.items else None,
        load_radar_rings(context.workspace.edition_folder(quarter.previous.name) / "edition.json"),
        load_open_decisions(_team_folder(context) / "editions", quarter),
    )


def config_fingerprint(context: AppContext, quarter: Quarter) -> str:
    """Of sources.yaml, and of stack.yaml, vocabulary.yaml and the team's decisions where there are some."""
    from digest.config import vocabulary
    from digest.config.decisions import fingerprint_decisions

    held = _load_cached_stack(_team_folder(context) / "stack.yaml")
    words = vocabulary.fingerprint_vocabulary(vocabulary_file(context))
    more = (held[1] if held else "", fingerprint_decisions(decisions_file(context, quarter)), words)
    if not any(more):
        return context.config.fingerprint
    parts = filter(None, (context.config.fingerprint, *more))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def is_current(context: AppContext, quarter: Quarter) -> bool:
    """Whether the edition was built from the configuration and the decisions as they are now."""
    try:
        made = json.loads(
            (context.workspace.edition_folder(quarter.name) / "edition.json").read_bytes()
        )
        return bool(made["generated_from"]["config"] == config_fingerprint(context, quarter))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def build_edition(context: AppContext, quarter: Quarter) -> Edition:
    """The edition of a quarter in the first language."""
    return build_editions(context, quarter)[0]


def build_editions(context: AppContext, quarter: Quarter) -> tuple[Edition, ...]:
    """The edition of a quarter in each language, out of the archive: one judgement, told in the headlines and summaries
    that each language has. Raises DigestError where the archive holds nothing of it."""
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        decision = decide_quarter(context, quarter, archive)
        if not decision.items:
            raise DigestError(
                f"the archive holds no item of {quarter}",
                "run `digest collect` first, or look at `digest sources check`",
            )
        before = decide_quarter(context, quarter.previous, archive)
        settings = context.config.digest
        ours = _load_stack_context(context, quarter, before)

        def build_in_language(language: str) -> Edition:
            brief = compose.EditionSettings(
                as_of=min(context.now, quarter.end) if not context.sample else quarter.end,
                language=language,
                title=settings.title,
                organisation=settings.organisation or "",
                version=digest.__version__,
                config_fingerprint=config_fingerprint(context, quarter),
                sample=context.sample,
            )
            return compose.assemble_edition(
                decision,
                archive,
                context.config.sources,
                brief,
                before=before,
                quality=load_quality(),
                ours=ours,
                editorial_decisions=load_quarter_decisions(context, quarter),
            )

        return tuple(build_in_language(language) for language in settings.languages)


def build_quarter(
    context: AppContext, quarter: Quarter, faults: list[str] | None = None
) -> tuple[Path, ...]:
    """Makes and writes a quarter's files in every language: HTML, PDF, mail and edition.json; the first language's
    stand in the edition's folder and its edition.json comes last, those of another in a folder of its name. Then
    index and feed of all editions are made anew. Gives the edition's paths; adds what is wrong with the files to
    `faults`, where it is given."""
    made = build_editions(context, quarter)
    for line in made[0].lost:
        LOGGER.warning(
            f"a decision in {decisions_file(context, quarter)} could not be carried out: {line}"
        )
    folder = context.workspace.edition_folder(quarter.name)
    seen = load_style(context)
    paths: list[Path] = []
    for one in reversed(made):
        place = folder if one is made[0] else folder / one.language
        files, wrong = render_edition_files(one, seen)
        paths += write_files(place, files)
        if faults is not None:
            from digest.render import check

            faults += [
                f"{place.name}: {fault}" for fault in (*wrong, *check.find_faults(files, seen))
            ]
    write_files(context.workspace.output, render_site(context))
    return tuple(paths)


def load_style(context: AppContext) -> DocumentTheme:
    """How the organisation's briefings look. Raises UsageError where colour or logo cannot be used."""
    from digest.render.theme import MIN_CONTRAST, DocumentTheme, compute_contrast

    settings = context.config.digest
    plain = DocumentTheme(paper=settings.paper, pages=settings.pages)
    accent = settings.theme.accent or plain.accent
    if (ratio := compute_contrast(accent, "#ffffff")) < MIN_CONTRAST:
        raise UsageError(
            f"digest.theme.accent {accent} has a contrast of {ratio:.1f} to 1 on white",
            f"choose a darker colour: text needs {MIN_CONTRAST}",
        )
    return replace(
        plain, accent=accent, logo=_load_logo(context.workspace.root, settings.theme.logo)
    )


def _load_logo(root: Path, name: str | None) -> str:
    """The logo as a data: address; "" where there is none."""
    if name is None:
        return ""
    try:
        data = (root / name).read_bytes()
    except OSError as error:
        raise UsageError(
            f"digest.theme.logo {name} cannot be read: {error.strerror}", "give the path of a file"
        ) from None
    kind = "png" if data.startswith(b"\x89PNG\r\n") else "svg+xml" if b"<svg" in data[:1000] else ""
    if not kind or len(data) > _LARGEST_LOGO:
        raise UsageError(
            f"digest.theme.logo {name} is no PNG or SVG file of at most {_LARGEST_LOGO // 1000} kB"
        )
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def render_site(context: AppContext) -> Mapping[str, bytes]:
    """The index and the feed of all editions that stand in the workspace: name → bytes."""
    from digest.render.site import FoundEdition, is_edition, render_feed, render_index

    settings, output = context.config.digest, context.workspace.output
    found = []
    for path in sorted(output.glob("*/edition.json")):
        others = tuple(
            tag for tag in settings.languages[1:] if (path.parent / tag / "edition.json").is_file()
        )
        with suppress(ValueError, OSError):  # what is no JSON is no edition
            data = json.loads(path.read_bytes())
            found += [FoundEdition(path.parent.name, data, others)] if is_edition(data) else []
    named = (settings.title, settings.organisation or "", settings.languages[0])
    home = settings.delivery.public_url or ""
    return {
        "index.html": render_index(found, *named, load_style(context)),
        "feed.xml": render_feed(found, *named, home),
    }


def render_edition_files(
    made: Edition, look: DocumentTheme
) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """The files of an edition (name → bytes), and what is wrong with the paper's layout."""
    from digest.render.edition_json import edition_to_json
    from digest.render.html import render_html
    from digest.render.mail import render_mail_parts
    from digest.render.pdf import render_and_check_pdf

    mail, text = render_mail_parts(made, look)
    paper, faults = render_and_check_pdf(made, look)
    files = {
        "digest.html": render_html(made, look),
        "digest.pdf": paper,
        "mail.html": mail.encode("utf-8", "replace"),
        "mail.txt": text.encode("utf-8", "replace"),
        "edition.json": edition_to_json(made),
    }
    return files, faults


def make_fetcher(
    context: AppContext, seconds: float | None = None, body_bytes: int | None = None
) -> Fetcher:
    """What asks the network, within the limits of the configuration, or lower ones for a request."""
    settings = context.config.digest
    most_seconds, most_bytes = settings.limits.request_seconds, settings.limits.body_bytes
    limits = FetchLimits(
        at_once=settings.limits.requests_at_once,
        per_host=settings.limits.requests_per_host,
        seconds=min(seconds or most_seconds, most_seconds),
        body_bytes=min(body_bytes or most_bytes, most_bytes),
        redirects=settings.limits.redirects,
    )
    contact = f"; {settings.contact}" if settings.contact else ""
    return Fetcher(
        user_agent=f"martech-digest/{digest.__version__} (quarterly feed reader{contact})",
        now=lambda: context.now,
        limits=limits,
        allow_private=settings.network.allow_private,
    )


@contextmanager
def _open_mailboxes(context: AppContext) -> Iterator[MailboxSession]:
    """The mailboxes of this run."""
    from digest.fetch.mail.mailbox import MailboxSession

    with MailboxSession(
        context.team_folder or context.workspace.root, load_mail_accounts(context)
    ) as room:
        yield room


def load_mail_accounts(context: AppContext) -> list[ImapAccount]:
    """The IMAP accounts of the configuration, with their secrets out of the environment."""
    from digest.fetch.mail.mailbox import ImapAccount

    return [
        ImapAccount(
            name=name,
            host=account.host,
            user=account.user,
            password=context.environ.get(account.password_env or ""),
            token=context.environ.get(account.token_env or ""),
            port=account.port,
            security=account.security,
            folder=account.folder,
        )
        for name, account in context.config.digest.mailboxes.items()
    ]


def _make_newsletter_reader(room: MailboxSession) -> ReadNewsletters:
    def read_source(
        source: Source, state: SourceState
    ) -> tuple[Sequence[FeedEntry], SourceState, tuple[str, ...]]:
        assert source.mailbox
        reading = room.read_newsletters(source.mailbox, state.memory.get("mailbox", {}))
        memory = {**state.memory, "mailbox": dict(reading.state)}
        return reading.entries, replace(state, memory=memory), reading.problems

    return read_source


def collect_workspace(context: AppContext, history: Quarter | None = None) -> CollectionReport:
    """Read every enabled source and the pages of relevant articles, with the workspace locked.

    `history` names a quarter of which also those entries are fetched that have left the feeds.
    """
    span = (history.start, history.end) if history else (None, None)
    with context.workspace.lock():
        collected = collect_items(context, back_to=span[0], until=span[1])
        collected = read_articles(context, collected, *span)
    log_collection(collected)
    return collected


def log_collection(collected: CollectionReport) -> None:
    """Log failed sources as warnings, notes and the totals as information."""
    for report in collected.failed_reports:
        hint = f" → {report.mend}" if report.mend else ""
        LOGGER.warning("%s: %s%s", report.source, report.problem, hint)
    for report in collected.reports:
        log_source_detail(report)
        for note in report.notes:
            LOGGER.info("%s: %s", report.source, note)
    total, failed = len(collected.reports), len(collected.failed_reports)
    new = sum(report.new for report in collected.reports)
    LOGGER.info("%d of %d sources read, %d new items", total - failed, total, new)
