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
from digest import pipeline
from digest.archive import Archive, SourceState
from digest.cli.carried import carried_decisions, rings_of, told_before
from digest.cli.common import progress, say
from digest.cluster import cluster, threads
from digest.collect import Collected, History, Letters, SourceReport
from digest.collect import collect as collect_sources
from digest.config.sources import FULLTEXT_EXTRA, SourcesConfig
from digest.errors import DigestError, UsageError
from digest.fetch.http import Fetcher, Getter
from digest.fetch.http import Limits as FetchLimits
from digest.health import Health
from digest.intake import items_of
from digest.model import Edition, Entry, Item, Rulings, Source, Stack, Story, Thread, Tier
from digest.period import Quarter
from digest.rank import Limits, default_weights
from digest.relate import Lens
from digest.tag import Judge, quality
from digest.tag.language import detect_language
from digest.workspace import Workspace, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.fetch.discovery import Discovered, FoundFeed
    from digest.fetch.mailbox import Account, Mailroom, Unclaimed
    from digest.render.look import Look


_AGENT = "martech-digest"  # our name in robots.txt
_PAGE_SECONDS = 30.0  # for an article's page: a host has one asked after the other
_LARGEST_PAGE = 4 * 2**20  # bytes
_LARGEST_LOGO = 200_000  # bytes
_RECENT = timedelta(days=400)  # what the health of a source is judged by


@dataclass(frozen=True, slots=True)
class Job:
    """A workspace with its configuration and the clock of this run."""

    workspace: Workspace
    config: SourcesConfig
    now: datetime
    quiet: bool = False
    sample: bool = False
    letters_from: Path | None = None  # where the team's files are (letters, stack.yaml, editions/); None: the workspace


def judge(job: Job) -> Judge:
    """The shipped judgement, with what the workspace's vocabulary.yaml adds; loaded once a process and file."""
    path = vocabulary_file(job)
    return _taught(path, path.stat().st_mtime_ns) if path.is_file() else _shipped()


def vocabulary_file(job: Job) -> Path:
    """Where the team's vocabulary stands, if it has one."""
    return _team_files(job) / "vocabulary.yaml"


@cache
def _shipped() -> Judge:
    return Judge.load()


@cache
def _taught(path: Path, changed: int) -> Judge:  # noqa: ARG001 (a changed file is another key)
    from digest.cli.taught import overrides

    return Judge.load(overrides(path))


def collect(
    job: Job, fetcher: Getter | None = None, *, back_to: datetime | None = None, until: datetime | None = None
) -> Collected:
    """Reads every enabled source once into the workspace's archive; with `back_to`, also what has left the feeds'
    windows of the time from there to `until` (now, where it is not given)."""
    sources = job.config.sources
    steps = sum(source.enabled for source in sources)
    with (
        Archive.open(job.workspace.archive) as archive,
        _mailroom(job) as room,
        progress("reading sources", steps, job.quiet) as done,
    ):
        return collect_sources(
            sources,
            archive,
            fetcher or live_fetcher(job),
            letters=_letters(room),
            detect=detect_language,
            now=job.now,
            history=_history(job, back_to, until),
            done=done,
        )


def read_articles(
    job: Job, collected: Collected, back_to: datetime | None = None, until: datetime | None = None
) -> Collected:
    """Reads the pages of relevant articles, of sources that allow it, dated from `back_to` (the current quarter's
    start, where it is not given) to `until`. Gives the report with what came of them."""
    if not any(source.enabled and source.fulltext for source in job.config.sources):
        return collected
    from digest.fetch.apart import ArticleReader
    from digest.fulltext import choose, read_pages
    from digest.period import quarter_of

    settings = job.config.digest
    start = back_to or quarter_of(job.now, settings.timezone, settings.fiscal_year_starts).start
    with Archive.open(job.workspace.archive) as archive, ArticleReader() as reader:
        wants = choose(
            archive.items(start, until),
            job.config.sources,
            archive.pages(),
            archive.states(),
            relevant=lambda item: judge(job).judge(item).relevant,
            now=job.now,
            most=settings.limits.fulltext_pages,
        )
        if not wants:
            return collected
        if not reader.starts():
            say(f"no article is read: trafilatura does not start → {FULLTEXT_EXTRA}")
            return collected
        fetcher = live_fetcher(job, seconds=_PAGE_SECONDS, body_bytes=_LARGEST_PAGE)
        read = {row.source: row for row in read_pages(wants, archive, fetcher, reader, agent=_AGENT, now=job.now)}
    return Collected(
        tuple(
            replace(row, pages=found.asked, pages_read=found.read, notes=(*row.notes, str(found)))
            if (found := read.get(row.source))
            else row
            for row in collected.reports
        )
    )


def _history(job: Job, start: datetime | None, end: datetime | None) -> History | None:
    budget = job.config.digest.limits.history_requests
    return History(start, min(end or job.now, job.now), _AGENT, budget) if start else None


def check(job: Job, names: Collection[str] = ()) -> tuple[SourceReport, ...]:
    """Asks each enabled source, or those named, now and in full; keeps nothing. Raises UsageError for unknown names."""
    sources = job.config.sources
    if unknown := set(names) - {source.name for source in sources}:
        raise UsageError(f"sources.yaml names no source {sorted(unknown)[0]!r}", "look at `digest sources list`")
    wanted = [source for source in sources if (source.name in names if names else source.enabled)]
    with TemporaryDirectory() as scratch:
        config = replace(job.config, sources=tuple(replace(source, enabled=True) for source in wanted))
        place = replace(job.workspace, output_folder=Path(scratch))
        return collect(replace(job, config=config, workspace=place)).reports


def find_feed(job: Job, url: str) -> tuple[FoundFeed, tuple[str, ...]]:
    """The likeliest feed of the site at an address, and the addresses of its others. Raises FetchError."""
    import asyncio

    from digest.errors import FetchError
    from digest.fetch.reach import find_feeds

    async def search() -> Discovered:
        async with live_fetcher(job) as fetcher:
            return await find_feeds(fetcher, url)

    found = asyncio.run(search())
    if not found.feeds:
        raise FetchError(
            found.problems[0] if found.problems else f"no feed was found at {url}",
            "give the address of the feed itself, or claim its newsletter by mail",
        )
    return found.feeds[0], tuple(feed.url for feed in found.feeds[1:])


def preview(job: Job, feed: FoundFeed, name: str, tier: Tier | None, most: int = 8) -> Iterator[str]:
    """How the newest entries of a feed would be judged, a line each."""
    from digest.config.sources import slugify

    source = Source(name, slugify(name), feed.url, tier or "trade")
    for item in items_of(feed.document.entries[:most], source, job.now, detect_language):
        tags = judge(job).judge(item)
        verdict = f"{tags.event}, {tags.category or 'no category'}, AI {tags.ai}" if tags.relevant else "not relevant"
        yield f"  {item.when:%Y-%m-%d}  {item.title[:90]}  → {verdict}"


def unclaimed(job: Job) -> tuple[Unclaimed, ...]:
    """Letters in the configured mailboxes that no source claims, with the line that would. Raises MailboxError."""
    rules = [source.mailbox for source in job.config.sources if source.mailbox]
    if not rules:
        return ()
    with _mailroom(job) as room:
        return room.unclaimed(rules)


def health(job: Job, quarter: Quarter) -> tuple[tuple[Health, ...], Mapping[str, str]]:
    """How the sources have been doing, and for each (by slug) the days of the quarter that are held."""
    with Archive.open(job.workspace.archive, create=False) as archive:
        states, recent, asked = archive.states(), archive.items(job.now - _RECENT, job.now), archive.pages()
        decision = decide(job, quarter, archive)
    return pipeline.health_of(job.config.sources, states, recent, decision, job.now, asked)


def decide(job: Job, quarter: Quarter, archive: Archive) -> pipeline.Decision:
    """Judges what the archive holds of a quarter."""
    limits = replace(Limits(), stories=job.config.digest.limits.stories)
    items = items_for(quarter, archive)
    held = rulings(job, quarter)
    lens = stack_lens(job)
    return pipeline.decide(
        quarter, items, judge(job), weights=default_weights(), limits=limits, lens=lens, rulings=held,
        earlier=told_before(job.workspace.output, quarter),
    )  # fmt: skip


def items_for(quarter: Quarter, archive: Archive) -> tuple[Item, ...]:
    """What the edition of a quarter is made of: its items, and those of the quarter before that came after its edition
    was released, and so were told nowhere."""
    before = quarter.previous
    released = [moment for one in archive.releases() if one.quarter == before.name and (moment := one.at or one.sent)]
    late = archive.late(before.start, before.end, min(released)) if released else ()
    return (*late, *archive.items(quarter.start, quarter.end))


def gathered(job: Job, quarter: Quarter, archive: Archive) -> tuple[Story, ...]:
    """The stories of a quarter as the machine groups and tags them."""
    return cluster(pipeline.judge_items(items_for(quarter, archive), judge(job)))


def added(job: Job, stories: Sequence[Story], held: Rulings) -> tuple[Story, ...]:
    """The stories of items that a person added and that the gathered ones do not tell."""
    return pipeline.with_added(stories, held, judge(job))[len(stories) :]


def tied(job: Job, quarter: Quarter, stories: Sequence[Story]) -> Mapping[str, Thread]:
    """The threads that tie gathered stories to those of earlier editions, by their lead's item."""
    return threads(stories, told_before(job.workspace.output, quarter))


def settle(
    job: Job,
    quarter: Quarter,
    stories: Sequence[Story],
    tied: Mapping[str, Thread],
    held: Rulings,
    known: pipeline.Decision | None,
) -> pipeline.Decision:
    """What becomes of gathered stories, and those of added items, under rulings; `known` spares what is still the
    same."""
    limits = replace(Limits(), stories=job.config.digest.limits.stories)
    return pipeline.settle(
        quarter,
        stories,
        weights=default_weights(),
        limits=limits,
        lens=stack_lens(job),
        rulings=held,
        known=known,
        tied=tied,
    )


def rulings(job: Job, quarter: Quarter) -> Rulings:
    """What the team decided of a quarter's edition. Raises ConfigError."""
    from digest.config.decisions import load_rulings

    return load_rulings(decisions_file(job, quarter), quarter.name)


def decisions_file(job: Job, quarter: Quarter) -> Path:
    """Where the team's decisions of a quarter's edition stand."""
    return _team_files(job) / "editions" / f"{quarter.name}.yaml"


def stack_lens(job: Job) -> Lens | None:
    """The workspace's stack; None where it has no stack.yaml, or an empty one. Raises ConfigError."""
    held = _stack(_team_files(job) / "stack.yaml")
    return held[0] if held else None


@cache
def _stack(path: Path) -> tuple[Lens, str] | None:
    """The stack of a file and its fingerprint, read once a process."""
    if not path.is_file():
        return None
    from digest.config.stack import load_stack

    config = load_stack(path)
    return (pipeline.lens_of(config.stack), config.fingerprint) if config.stack != Stack() else None


def _team_files(job: Job) -> Path:
    return job.letters_from or job.workspace.root


def _ours(job: Job, quarter: Quarter, before: pipeline.Decision) -> pipeline.Ours | None:
    """The stack with what is known of the edition before and of open decisions."""
    lens = stack_lens(job)
    if lens is None:
        return None
    return pipeline.Ours(
        lens,
        before if before.items else None,
        rings_of(job.workspace.edition(quarter.previous.name) / "edition.json"),
        carried_decisions(_team_files(job) / "editions", quarter),
    )


def config_fingerprint(job: Job, quarter: Quarter) -> str:
    """Of sources.yaml, and of stack.yaml, vocabulary.yaml and the team's decisions where there are some."""
    from digest.config import vocabulary
    from digest.config.decisions import fingerprint

    held = _stack(_team_files(job) / "stack.yaml")
    words = vocabulary.fingerprint(vocabulary_file(job))
    more = (held[1] if held else "", fingerprint(decisions_file(job, quarter)), words)
    if not any(more):
        return job.config.fingerprint
    parts = filter(None, (job.config.fingerprint, *more))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def is_current(job: Job, quarter: Quarter) -> bool:
    """Whether the edition was built from the configuration and the decisions as they are now."""
    try:
        made = json.loads((job.workspace.edition(quarter.name) / "edition.json").read_bytes())
        return bool(made["generated_from"]["config"] == config_fingerprint(job, quarter))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def edition(job: Job, quarter: Quarter) -> Edition:
    """The edition of a quarter in the first language."""
    return editions(job, quarter)[0]


def editions(job: Job, quarter: Quarter) -> tuple[Edition, ...]:
    """The edition of a quarter in each language, out of the archive: one judgement, told in the headlines and summaries
    that each language has. Raises DigestError where the archive holds nothing of it."""
    with Archive.open(job.workspace.archive, create=False) as archive:
        decision = decide(job, quarter, archive)
        if not decision.items:
            raise DigestError(
                f"the archive holds no item of {quarter}",
                "run `digest collect` first, or look at `digest sources check`",
            )
        before = decide(job, quarter.previous, archive)
        settings = job.config.digest
        ours = _ours(job, quarter, before)

        def made(language: str) -> Edition:
            brief = pipeline.Brief(
                as_of=min(job.now, quarter.end) if not job.sample else quarter.end,
                language=language,
                title=settings.title,
                organisation=settings.organisation or "",
                version=digest.__version__,
                config_fingerprint=config_fingerprint(job, quarter),
                sample=job.sample,
            )
            return pipeline.edition_of(
                decision,
                archive,
                job.config.sources,
                brief,
                before=before,
                quality=quality(),
                ours=ours,
                rulings=rulings(job, quarter),
            )

        return tuple(made(language) for language in settings.languages)


def build(job: Job, quarter: Quarter, faults: list[str] | None = None) -> tuple[Path, ...]:
    """Makes and writes a quarter's files in every language: HTML, PDF, mail and edition.json; the first language's
    stand in the edition's folder and its edition.json comes last, those of another in a folder of its name. Then
    index and feed of all editions are made anew. Gives the edition's paths; adds what is wrong with the files to
    `faults`, where it is given."""
    made = editions(job, quarter)
    for line in made[0].lost:
        say(f"a decision in {decisions_file(job, quarter)} could not be carried out: {line}")
    folder = job.workspace.edition(quarter.name)
    seen = look(job)
    paths: list[Path] = []
    for one in reversed(made):
        place = folder if one is made[0] else folder / one.language
        files, wrong = rendered(one, seen)
        paths += write_files(place, files)
        if faults is not None:
            from digest.render import check

            faults += [f"{place.name}: {fault}" for fault in (*wrong, *check.faults(files, seen))]
    write_files(job.workspace.output, site(job))
    return tuple(paths)


def look(job: Job) -> Look:
    """How the organisation's briefings look. Raises UsageError where colour or logo cannot be used."""
    from digest.render.look import LEAST_CONTRAST, Look, contrast

    settings = job.config.digest
    plain = Look(paper=settings.paper, pages=settings.pages)
    accent = settings.theme.accent or plain.accent
    if (ratio := contrast(accent, "#ffffff")) < LEAST_CONTRAST:
        raise UsageError(
            f"digest.theme.accent {accent} has a contrast of {ratio:.1f} to 1 on white",
            f"choose a darker colour: text needs {LEAST_CONTRAST}",
        )
    return replace(plain, accent=accent, logo=_logo(job.workspace.root, settings.theme.logo))


def _logo(root: Path, name: str | None) -> str:
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


def site(job: Job) -> Mapping[str, bytes]:
    """The index and the feed of all editions that stand in the workspace: name → bytes."""
    from digest.render.site import Found, feed_xml, index_html, is_edition

    settings, output = job.config.digest, job.workspace.output
    found = []
    for path in sorted(output.glob("*/edition.json")):
        others = tuple(tag for tag in settings.languages[1:] if (path.parent / tag / "edition.json").is_file())
        with suppress(ValueError, OSError):  # what is no JSON is no edition
            data = json.loads(path.read_bytes())
            found += [Found(path.parent.name, data, others)] if is_edition(data) else []
    named = (settings.title, settings.organisation or "", settings.languages[0])
    home = settings.delivery.public_url or ""
    return {"index.html": index_html(found, *named, look(job)), "feed.xml": feed_xml(found, *named, home)}


def rendered(made: Edition, look: Look) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """The files of an edition (name → bytes), and what is wrong with the paper's layout."""
    from digest.render.data import edition_json
    from digest.render.html import html
    from digest.render.mail import mail_parts
    from digest.render.pdf import drawn

    mail, text = mail_parts(made, look)
    paper, faults = drawn(made, look)
    files = {
        "digest.html": html(made, look),
        "digest.pdf": paper,
        "mail.html": mail.encode("utf-8", "replace"),
        "mail.txt": text.encode("utf-8", "replace"),
        "edition.json": edition_json(made),
    }
    return files, faults


def tell(collected: Collected, quiet: bool) -> None:
    """Says how collecting went: the failures always, the sum where a person wants to hear it."""
    for report in collected.failed:
        say(f"{report.source}: {report.problem}" + (f" → {report.mend}" if report.mend else ""))
    for report in collected.reports:
        for note in report.notes:
            say(f"{report.source}: {note}", quiet)
    read = len(collected.reports) - len(collected.failed)
    new = sum(report.new for report in collected.reports)
    say(f"{read} of {len(collected.reports)} sources read, {new} new items", quiet)


def live_fetcher(job: Job, seconds: float | None = None, body_bytes: int | None = None) -> Fetcher:
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
def _mailroom(job: Job) -> Iterator[Mailroom]:
    """The mailboxes of this run."""
    from digest.fetch.mailbox import Mailroom

    with Mailroom(job.letters_from or job.workspace.root, accounts(job)) as room:
        yield room


def accounts(job: Job) -> list[Account]:
    """The IMAP accounts of the configuration, with their secrets out of the environment."""
    from digest.fetch.mailbox import Account

    return [
        Account(
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


def _letters(room: Mailroom) -> Letters:
    def read(source: Source, state: SourceState) -> tuple[Sequence[Entry], SourceState, tuple[str, ...]]:
        assert source.mailbox
        reading = room.read(source.mailbox, state.memory.get("mailbox", {}))
        memory = {**state.memory, "mailbox": dict(reading.state)}
        return reading.entries, replace(state, memory=memory), reading.problems

    return read
