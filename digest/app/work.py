"""The work that several commands do: collecting, deciding and building in a workspace, with the world handed in."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import digest
from digest.app import pipeline
from digest.archive import Archive, SourceState
from digest.app.previous import load_open_decisions, load_radar_rings, load_earlier_stories
from digest.cli.common import show_progress, print_message
from digest.cluster import cluster_items, find_threads
from digest.app.collect import CollectionReport, HistoryOptions, ReadNewsletters, SourceReport
from digest.app.collect import collect_sources as collect_sources
from digest.config.sources import FULLTEXT_EXTRA, SourcesConfig
from digest.errors import DigestError, UsageError
from digest.fetch.http.client import Fetcher, FetcherProtocol
from digest.fetch.http.client import HttpLimits as FetchLimits
from digest.decide.source_health import SourceHealth
from digest.intake import make_items
from digest.model import Edition, FeedEntry, Item, EditorialDecisions, Source, Stack, Story, StoryThread, Tier
from digest.period import Quarter
from digest.rank import SelectionLimits, load_default_weights
from digest.decide.relations import StackIndex
from digest.tag import ItemJudge, load_quality
from digest.tag.language import detect_language
from digest.app.workspace import Workspace, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.fetch.backfill.discovery import DiscoveryResult, FoundFeed
    from digest.fetch.mail.mailbox import ImapAccount, MailboxSession, UnclaimedSender
    from digest.render.theme import DocumentTheme


_AGENT = "martech-digest"  # our name in robots.txt
_PAGE_SECONDS = 30.0  # for an article's page: a host has one asked after the other
_LARGEST_PAGE = 4 * 2**20  # bytes
_LARGEST_LOGO = 200_000  # bytes
_RECENT = timedelta(days=400)  # what the health of a source is judged by


@dataclass(frozen=True, slots=True)
class AppContext:
    """A workspace with its configuration and the clock of this run."""

    workspace: Workspace
    config: SourcesConfig
    now: datetime
    quiet: bool = False
    sample: bool = False
    team_folder: Path | None = None  # where the team's files are (letters, stack.yaml, editions/); None: the workspace


def load_judge(job: AppContext) -> ItemJudge:
    """The shipped judgement, with what the workspace's vocabulary.yaml adds; loaded once a process and file."""
    path = vocabulary_file(job)
    return _load_workspace_judge(path, path.stat().st_mtime_ns) if path.is_file() else _load_shipped_judge()


def vocabulary_file(job: AppContext) -> Path:
    """Where the team's vocabulary stands, if it has one."""
    return _team_folder(job) / "vocabulary.yaml"


@cache
def _load_shipped_judge() -> ItemJudge:
    return ItemJudge.load()


@cache
def _load_workspace_judge(path: Path, changed: int) -> ItemJudge:  # noqa: ARG001 (a changed file is another key)
    from digest.app.vocabulary import load_overrides

    return ItemJudge.load(load_overrides(path))


def collect_items(
    job: AppContext, fetcher: FetcherProtocol | None = None, *, back_to: datetime | None = None, until: datetime | None = None
) -> CollectionReport:
    """Reads every enabled source once into the workspace's archive; with `back_to`, also what has left the feeds'
    windows of the time from there to `until` (now, where it is not given)."""
    sources = job.config.sources
    steps = sum(source.enabled for source in sources)
    with (
        Archive.open(job.workspace.archive_file) as archive,
        _open_mailboxes(job) as room,
        show_progress("reading sources", steps, job.quiet) as done,
    ):
        return collect_sources(
            sources,
            archive,
            fetcher or make_fetcher(job),
            read_newsletters=_make_newsletter_reader(room),
            detect=detect_language,
            now=job.now,
            history=_make_history_options(job, back_to, until),
            done=done,
        )


def read_articles(
    job: AppContext, collected: CollectionReport, back_to: datetime | None = None, until: datetime | None = None
) -> CollectionReport:
    """Reads the pages of relevant articles, of sources that allow it, dated from `back_to` (the current quarter's
    start, where it is not given) to `until`. Gives the report with what came of them."""
    if not any(source.enabled and source.fulltext for source in job.config.sources):
        return collected
    from digest.fetch.read.article_worker import ArticleReader
    from digest.app.fulltext import choose_articles, read_pages
    from digest.period import quarter_containing

    settings = job.config.digest
    start = back_to or quarter_containing(job.now, settings.timezone, settings.fiscal_year_starts).start
    with Archive.open(job.workspace.archive_file) as archive, ArticleReader() as reader:
        wants = choose_articles(
            archive.load_items(start, until),
            job.config.sources,
            archive.load_page_states(),
            archive.load_source_states(),
            relevant=lambda item: load_judge(job).judge_item(item).relevant,
            now=job.now,
            limit=settings.limits.fulltext_pages,
        )
        if not wants:
            return collected
        if not reader.starts():
            print_message(f"no article is read: trafilatura does not start → {FULLTEXT_EXTRA}")
            return collected
        fetcher = make_fetcher(job, seconds=_PAGE_SECONDS, body_bytes=_LARGEST_PAGE)
        read = {row.source: row for row in read_pages(wants, archive, fetcher, reader, agent=_AGENT, now=job.now)}
    return CollectionReport(
        tuple(
            replace(row, pages=found.requested_pages, pages_read=found.read, notes=(*row.notes, str(found)))
            if (found := read.get(row.source))
            else row
            for row in collected.reports
        )
    )


def _make_history_options(job: AppContext, start: datetime | None, end: datetime | None) -> HistoryOptions | None:
    budget = job.config.digest.limits.history_requests
    return HistoryOptions(start, min(end or job.now, job.now), _AGENT, budget) if start else None


def check_sources(job: AppContext, names: Collection[str] = ()) -> tuple[SourceReport, ...]:
    """Asks each enabled source, or those named, now and in full; keeps nothing. Raises UsageError for unknown names."""
    sources = job.config.sources
    if unknown := set(names) - {source.name for source in sources}:
        raise UsageError(f"sources.yaml names no source {sorted(unknown)[0]!r}", "look at `digest sources list`")
    wanted = [source for source in sources if (source.name in names if names else source.enabled)]
    with TemporaryDirectory() as scratch:
        config = replace(job.config, sources=tuple(replace(source, enabled=True) for source in wanted))
        place = replace(job.workspace, output_folder=Path(scratch))
        return collect_items(replace(job, config=config, workspace=place)).reports


def find_feed(job: AppContext, url: str) -> tuple[FoundFeed, tuple[str, ...]]:
    """The likeliest feed of the site at an address, and the addresses of its others. Raises FetchError."""
    import asyncio

    from digest.errors import FetchError
    from digest.fetch.backfill.run import find_feeds

    async def search_site() -> DiscoveryResult:
        async with make_fetcher(job) as fetcher:
            return await find_feeds(fetcher, url)

    found = asyncio.run(search_site())
    if not found.feeds:
        raise FetchError(
            found.problems[0] if found.problems else f"no feed was found at {url}",
            "give the address of the feed itself, or claim its newsletter by mail",
        )
    return found.feeds[0], tuple(feed.url for feed in found.feeds[1:])


def preview_feed(job: AppContext, feed: FoundFeed, name: str, tier: Tier | None, most: int = 8) -> Iterator[str]:
    """How the newest entries of a feed would be judged, a line each."""
    from digest.config.sources import slugify

    source = Source(name, slugify(name), feed.url, tier or "trade")
    for item in make_items(feed.document.entries[:most], source, job.now, detect_language):
        tags = load_judge(job).judge_item(item)
        verdict = f"{tags.event}, {tags.category or 'no category'}, AI {tags.ai}" if tags.relevant else "not relevant"
        yield f"  {item.published_or_seen:%Y-%m-%d}  {item.title[:90]}  → {verdict}"


def find_unclaimed_mail(job: AppContext) -> tuple[UnclaimedSender, ...]:
    """Letters in the configured mailboxes that no source claims, with the line that would. Raises MailboxError."""
    rules = [source.mailbox for source in job.config.sources if source.mailbox]
    if not rules:
        return ()
    with _open_mailboxes(job) as room:
        return room.find_unclaimed(rules)


def load_source_health(job: AppContext, quarter: Quarter) -> tuple[tuple[SourceHealth, ...], Mapping[str, str]]:
    """How the sources have been doing, and for each (by slug) the days of the quarter that are held."""
    with Archive.open(job.workspace.archive_file, create=False) as archive:
        states, recent, asked = archive.load_source_states(), archive.load_items(job.now - _RECENT, job.now), archive.load_page_states()
        decision = decide_quarter(job, quarter, archive)
    return pipeline.assess_source_health(job.config.sources, states, recent, decision, job.now, asked)


def decide_quarter(job: AppContext, quarter: Quarter, archive: Archive) -> pipeline.QuarterDecision:
    """Judges what the archive holds of a quarter."""
    limits = replace(SelectionLimits(), stories=job.config.digest.limits.stories)
    items = load_quarter_items(quarter, archive)
    held = load_quarter_decisions(job, quarter)
    lens = load_stack_index(job)
    return pipeline.decide_quarter(
        quarter, items, load_judge(job), weights=load_default_weights(), limits=limits, stack_index=lens, editorial_decisions=held,
        earlier=load_earlier_stories(job.workspace.output, quarter),
    )  # fmt: skip


def load_quarter_items(quarter: Quarter, archive: Archive) -> tuple[Item, ...]:
    """What the edition of a quarter is made of: its items, and those of the quarter before that came after its edition
    was released, and so were told nowhere."""
    before = quarter.previous
    released = [moment for one in archive.load_releases() if one.quarter == before.name and (moment := one.at or one.sent)]
    late = archive.load_late_items(before.start, before.end, min(released)) if released else ()
    return (*late, *archive.load_items(quarter.start, quarter.end))


def load_stories(job: AppContext, quarter: Quarter, archive: Archive) -> tuple[Story, ...]:
    """The stories of a quarter as the machine groups and tags them."""
    return cluster_items(pipeline.judge_items(load_quarter_items(quarter, archive), load_judge(job)))


def build_manual_stories(job: AppContext, stories: Sequence[Story], held: EditorialDecisions) -> tuple[Story, ...]:
    """The stories of items that a person added and that the gathered ones do not tell."""
    return pipeline.add_manual_stories(stories, held, load_judge(job))[len(stories) :]


def load_threads(job: AppContext, quarter: Quarter, stories: Sequence[Story]) -> Mapping[str, StoryThread]:
    """The threads that tie gathered stories to those of earlier editions, by their lead's item."""
    return find_threads(stories, load_earlier_stories(job.workspace.output, quarter))


def decide_stories(
    job: AppContext,
    quarter: Quarter,
    stories: Sequence[Story],
    tied: Mapping[str, StoryThread],
    held: EditorialDecisions,
    known: pipeline.QuarterDecision | None,
) -> pipeline.QuarterDecision:
    """What becomes of gathered stories, and those of added items, under rulings; `known` spares what is still the
    same."""
    limits = replace(SelectionLimits(), stories=job.config.digest.limits.stories)
    return pipeline.decide_stories(
        quarter,
        stories,
        weights=load_default_weights(),
        limits=limits,
        stack_index=load_stack_index(job),
        editorial_decisions=held,
        known=known,
        tied=tied,
    )


def load_quarter_decisions(job: AppContext, quarter: Quarter) -> EditorialDecisions:
    """What the team decided of a quarter's edition. Raises ConfigError."""
    from digest.config.decisions import load_editorial_decisions

    return load_editorial_decisions(decisions_file(job, quarter), quarter.name)


def decisions_file(job: AppContext, quarter: Quarter) -> Path:
    """Where the team's decisions of a quarter's edition stand."""
    return _team_folder(job) / "editions" / f"{quarter.name}.yaml"


def load_stack_index(job: AppContext) -> StackIndex | None:
    """The workspace's stack; None where it has no stack.yaml, or an empty one. Raises ConfigError."""
    held = _load_cached_stack(_team_folder(job) / "stack.yaml")
    return held[0] if held else None


@cache
def _load_cached_stack(path: Path) -> tuple[StackIndex, str] | None:
    """The stack of a file and its fingerprint, read once a process."""
    if not path.is_file():
        return None
    from digest.config.stack import load_stack

    config = load_stack(path)
    return (pipeline.build_stack_index(config.stack), config.fingerprint) if config.stack != Stack() else None


def _team_folder(job: AppContext) -> Path:
    return job.team_folder or job.workspace.root


def _load_stack_context(job: AppContext, quarter: Quarter, before: pipeline.QuarterDecision) -> pipeline.StackContext | None:
    """The stack with what is known of the edition before and of open decisions."""
    lens = load_stack_index(job)
    if lens is None:
        return None
    return pipeline.StackContext(
        lens,
        before if before.items else None,
        load_radar_rings(job.workspace.edition_folder(quarter.previous.name) / "edition.json"),
        load_open_decisions(_team_folder(job) / "editions", quarter),
    )


def config_fingerprint(job: AppContext, quarter: Quarter) -> str:
    """Of sources.yaml, and of stack.yaml, vocabulary.yaml and the team's decisions where there are some."""
    from digest.config import vocabulary
    from digest.config.decisions import fingerprint_decisions

    held = _load_cached_stack(_team_folder(job) / "stack.yaml")
    words = vocabulary.fingerprint_vocabulary(vocabulary_file(job))
    more = (held[1] if held else "", fingerprint_decisions(decisions_file(job, quarter)), words)
    if not any(more):
        return job.config.fingerprint
    parts = filter(None, (job.config.fingerprint, *more))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def is_current(job: AppContext, quarter: Quarter) -> bool:
    """Whether the edition was built from the configuration and the decisions as they are now."""
    try:
        made = json.loads((job.workspace.edition_folder(quarter.name) / "edition.json").read_bytes())
        return bool(made["generated_from"]["config"] == config_fingerprint(job, quarter))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def build_edition(job: AppContext, quarter: Quarter) -> Edition:
    """The edition of a quarter in the first language."""
    return build_editions(job, quarter)[0]


def build_editions(job: AppContext, quarter: Quarter) -> tuple[Edition, ...]:
    """The edition of a quarter in each language, out of the archive: one judgement, told in the headlines and summaries
    that each language has. Raises DigestError where the archive holds nothing of it."""
    with Archive.open(job.workspace.archive_file, create=False) as archive:
        decision = decide_quarter(job, quarter, archive)
        if not decision.items:
            raise DigestError(
                f"the archive holds no item of {quarter}",
                "run `digest collect` first, or look at `digest sources check`",
            )
        before = decide_quarter(job, quarter.previous, archive)
        settings = job.config.digest
        ours = _load_stack_context(job, quarter, before)

        def build_in_language(language: str) -> Edition:
            brief = pipeline.EditionSettings(
                as_of=min(job.now, quarter.end) if not job.sample else quarter.end,
                language=language,
                title=settings.title,
                organisation=settings.organisation or "",
                version=digest.__version__,
                config_fingerprint=config_fingerprint(job, quarter),
                sample=job.sample,
            )
            return pipeline.assemble_edition(
                decision,
                archive,
                job.config.sources,
                brief,
                before=before,
                quality=load_quality(),
                ours=ours,
                editorial_decisions=load_quarter_decisions(job, quarter),
            )

        return tuple(build_in_language(language) for language in settings.languages)


def build_quarter(job: AppContext, quarter: Quarter, faults: list[str] | None = None) -> tuple[Path, ...]:
    """Makes and writes a quarter's files in every language: HTML, PDF, mail and edition.json; the first language's
    stand in the edition's folder and its edition.json comes last, those of another in a folder of its name. Then
    index and feed of all editions are made anew. Gives the edition's paths; adds what is wrong with the files to
    `faults`, where it is given."""
    made = build_editions(job, quarter)
    for line in made[0].lost:
        print_message(f"a decision in {decisions_file(job, quarter)} could not be carried out: {line}")
    folder = job.workspace.edition_folder(quarter.name)
    seen = load_style(job)
    paths: list[Path] = []
    for one in reversed(made):
        place = folder if one is made[0] else folder / one.language
        files, wrong = render_edition_files(one, seen)
        paths += write_files(place, files)
        if faults is not None:
            from digest.render import check

            faults += [f"{place.name}: {fault}" for fault in (*wrong, *check.find_faults(files, seen))]
    write_files(job.workspace.output, render_site(job))
    return tuple(paths)


def load_style(job: AppContext) -> DocumentTheme:
    """How the organisation's briefings look. Raises UsageError where colour or logo cannot be used."""
    from digest.render.theme import MIN_CONTRAST, DocumentTheme, compute_contrast

    settings = job.config.digest
    plain = DocumentTheme(paper=settings.paper, pages=settings.pages)
    accent = settings.theme.accent or plain.accent
    if (ratio := compute_contrast(accent, "#ffffff")) < MIN_CONTRAST:
        raise UsageError(
            f"digest.theme.accent {accent} has a contrast of {ratio:.1f} to 1 on white",
            f"choose a darker colour: text needs {MIN_CONTRAST}",
        )
    return replace(plain, accent=accent, logo=_load_logo(job.workspace.root, settings.theme.logo))


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
        raise UsageError(f"digest.theme.logo {name} is no PNG or SVG file of at most {_LARGEST_LOGO // 1000} kB")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def render_site(job: AppContext) -> Mapping[str, bytes]:
    """The index and the feed of all editions that stand in the workspace: name → bytes."""
    from digest.render.site import FoundEdition, render_feed, render_index, is_edition

    settings, output = job.config.digest, job.workspace.output
    found = []
    for path in sorted(output.glob("*/edition.json")):
        others = tuple(tag for tag in settings.languages[1:] if (path.parent / tag / "edition.json").is_file())
        with suppress(ValueError, OSError):  # what is no JSON is no edition
            data = json.loads(path.read_bytes())
            found += [FoundEdition(path.parent.name, data, others)] if is_edition(data) else []
    named = (settings.title, settings.organisation or "", settings.languages[0])
    home = settings.delivery.public_url or ""
    return {"index.html": render_index(found, *named, load_style(job)), "feed.xml": render_feed(found, *named, home)}


def render_edition_files(made: Edition, look: DocumentTheme) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
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


def print_collection_report(collected: CollectionReport, quiet: bool) -> None:
    """Says how collecting went: the failures always, the sum where a person wants to hear it."""
    for report in collected.failed_reports:
        print_message(f"{report.source}: {report.problem}" + (f" → {report.mend}" if report.mend else ""))
    for report in collected.reports:
        for note in report.notes:
            print_message(f"{report.source}: {note}", quiet)
    read = len(collected.reports) - len(collected.failed_reports)
    new = sum(report.new for report in collected.reports)
    print_message(f"{read} of {len(collected.reports)} sources read, {new} new items", quiet)


def make_fetcher(job: AppContext, seconds: float | None = None, body_bytes: int | None = None) -> Fetcher:
    """What asks the network, within the limits of the configuration, or lower ones for a request."""
    settings = job.config.digest
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
        now=lambda: job.now,
        limits=limits,
        allow_private=settings.network.allow_private,
    )


@contextmanager
def _open_mailboxes(job: AppContext) -> Iterator[MailboxSession]:
    """The mailboxes of this run."""
    from digest.fetch.mail.mailbox import MailboxSession

    with MailboxSession(job.team_folder or job.workspace.root, load_mail_accounts(job)) as room:
        yield room


def load_mail_accounts(job: AppContext) -> list[ImapAccount]:
    """The IMAP accounts of the configuration, with their secrets out of the environment."""
    from digest.fetch.mail.mailbox import ImapAccount

    return [
        ImapAccount(
            name=name,
            host=account.host,
            user=account.user,
            password=os.environ.get(account.password_env or ""),
            token=os.environ.get(account.token_env or ""),
            port=account.port,
            security=account.security,
            folder=account.folder,
        )
        for name, account in job.config.digest.mailboxes.items()
    ]


def _make_newsletter_reader(room: MailboxSession) -> ReadNewsletters:
    def read_source(source: Source, state: SourceState) -> tuple[Sequence[FeedEntry], SourceState, tuple[str, ...]]:
        assert source.mailbox
        reading = room.read_newsletters(source.mailbox, state.memory.get("mailbox", {}))
        memory = {**state.memory, "mailbox": dict(reading.state)}
        return reading.entries, replace(state, memory=memory), reading.problems

    return read_source
