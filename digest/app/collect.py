"""The order of collecting: sources → fetch → intake → archive.

Every source that gives something is archived the moment it has answered, in one transaction; what
backfill finds of older entries is a second one. Those that give nothing new share one at the end. A
source that fails is a value in the report and keeps what it gave before. How a source's state
changes is decided in `source_state`.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from digest.app.cut_feeds import complete_posts, find_wanted_posts, remember_refusal
from digest.app.page_sources import (
    PageGate,
    describe_shrinking,
    find_layout_change,
    mark_rule,
    remember_list,
    remember_rule,
)
from digest.app.source_state import (
    PollPause,
    begin_attempt,
    clear_failures,
    find_pause,
    parse_coverage,
    record_failure,
    record_success,
    remember_coverage,
)
from digest.app.watch import WATCH_MINUTES, judge_reading
from digest.archive import Archive, SourceState
from digest.errors import FetchError, SourceError
from digest.fetch.allowance import SOURCE_SECONDS, TimeAllowance, allow_time
from digest.fetch.backfill.coverage import record_unchanged, record_window
from digest.fetch.backfill.plan import is_backfill_settled
from digest.fetch.backfill.run import (
    DEFAULT_BUDGET,
    DEFAULT_SECONDS,
    Backfill,
    BackfillRequest,
)
from digest.fetch.http.client import FetcherProtocol, HttpRequest, fetch_or_error
from digest.fetch.mail.newsletters.links import is_opaque
from digest.fetch.read.parser_process import UNBOUNDED_PARSERS, DocumentParsers
from digest.fetch.read.wordpress import find_cut_entries
from digest.intake import LanguageDetector, describe_left_out, make_items
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved, Validators
from digest.model.source import Source, find_watch_kind
from digest.text import format_count
from digest.urls import redact_url

ReadNewsletters = Callable[
    [Source, SourceState], tuple[Sequence[FeedEntry], SourceState, tuple[str, ...]]
]
_MAX_FOLLOWED_LINKS = 100  # links of one reading that hide their target


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """How far to reach back, and at what cost.

    `agent` is our name in robots.txt, `budget` the most requests for one source, `seconds` how long
    its servers may take for them.
    """

    start: datetime
    end: datetime
    agent: str
    budget: int = DEFAULT_BUDGET
    seconds: float = DEFAULT_SECONDS


@dataclass(frozen=True, slots=True)
class CollectionOptions:
    """How sources are read.

    With `history` what has left their window is read, too; `agent` is our name in robots.txt, which
    pages are read by; `parsers` are to keep bounds where strangers wrote what they parse; `seconds`
    is how long the servers of one source may take, over all its requests.
    """

    read_newsletters: ReadNewsletters
    detect: LanguageDetector
    now: datetime
    history: HistoryOptions | None = None
    agent: str = "martech-digest"
    parsers: DocumentParsers = UNBOUNDED_PARSERS
    seconds: float = SOURCE_SECONDS


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How reading one source went. `outcome`: read, unchanged, waiting, or the fault's kind."""

    source: str  # name
    outcome: str
    entries: int = 0
    new: int = 0
    edited: int = 0
    problem: str = ""
    mend: str = ""
    failures: int = 0  # in a row, this one among them
    notes: tuple[str, ...] = ()  # what was odd and did no harm
    pages: int = 0  # of articles, asked for in full
    pages_read: int = 0
    seconds: float = 0.0  # that it took, waiting for its turn included
    server_seconds: float = 0.0  # of them that servers took, without those for its history
    history_seconds: float = 0.0  # that servers took for its history

    @property
    def failed(self) -> bool:
        """Whether the source gave nothing and a person may have to look."""
        return bool(self.problem)

    def to_json(self) -> dict[str, Any]:
        """Return the report as `--json` prints it: without what differs each time."""
        fields = asdict(self)
        for name in ("seconds", "server_seconds", "history_seconds", "failures"):
            del fields[name]
        return fields


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """The report of one collecting run, in the order of the sources."""

    reports: tuple[SourceReport, ...]

    @property
    def failed_reports(self) -> tuple[SourceReport, ...]:
        """The sources that failed."""
        return tuple(report for report in self.reports if report.failed)


def collect_sources(
    sources: Iterable[Source],
    archive: Archive,
    fetcher: FetcherProtocol,
    options: CollectionOptions,
    *,
    done: Callable[[], None] = lambda: None,
    timer: Callable[[], float] = time.monotonic,
) -> CollectionReport:
    """Read every enabled source once.

    `done` is called after each source; `timer` gives seconds from any start.
    """
    enabled = [source for source in sources if source.enabled]
    states = archive.load_source_states()
    run = _CollectionRun(archive, fetcher, options)

    async def collect_one(source: Source) -> SourceReport:
        started = timer()
        report = await run.collect(source, states.get(source.slug, SourceState(source.slug)))
        done()
        return replace(report, seconds=timer() - started)

    async def collect_all() -> list[SourceReport]:
        async with fetcher:
            return await asyncio.gather(*map(collect_one, enabled))

    try:
        return CollectionReport(tuple(asyncio.run(collect_all())))
    finally:
        archive.record_unchanged(run.unchanged, at=options.now)


async def collect_source(
    source: Source,
    state: SourceState,
    archive: Archive,
    fetcher: FetcherProtocol,
    options: CollectionOptions,
) -> SourceReport:
    """Read one source with a fetcher that is open, as `collect_sources` reads it among others."""
    run = _CollectionRun(archive, fetcher, options)
    try:
        return await run.collect(source, state)
    finally:
        if run.unchanged:
            archive.record_unchanged(run.unchanged, at=options.now)


class _CollectionRun:
    """Asks sources, and turns what each gave into archived items and a report."""

    def __init__(
        self,
        archive: Archive,
        fetcher: FetcherProtocol,
        options: CollectionOptions,
    ) -> None:
        history = options.history
        self._archive, self._fetcher, self._options = archive, fetcher, options
        self._now, self._history, self._parsers = options.now, history, options.parsers
        self._gate = PageGate(fetcher, options.agent)
        self._mail = asyncio.Lock()  # newsletters of one mailbox share its connection
        # Kept in one transaction in the end: what is lost with the process is asked for again.
        self.unchanged: list[SourceState] = []
        self._backfill = (
            Backfill(
                fetcher,
                agent=history.agent,
                budget=history.budget,
                seconds=history.seconds,
                parsers=options.parsers,
            )
            if history
            else None
        )

    async def collect(self, source: Source, state: SourceState) -> SourceReport:
        """Read a source as its kind is read, within the time that its servers may take."""
        read = self.collect_newsletter if source.mailbox else self.collect_feed
        if source.reading.kind == "watch":
            read = self.collect_watched_page
        with allow_time(TimeAllowance(self._options.seconds)) as allowance:
            report = await read(source, state)
        return replace(report, server_seconds=allowance.spent)

    async def collect_newsletter(self, source: Source, state: SourceState) -> SourceReport:
        """Read the letters of a newsletter.

        Links that hide their target are asked for it only where the source says so.
        """
        try:
            # in a thread: letters take their time, and feeds are read on; how many letters there
            # are to read is the mailbox's doing, and none is left out for it
            async with self._mail:
                with allow_time(TimeAllowance()):
                    entries, state, notes = await asyncio.to_thread(
                        self._options.read_newsletters, source, state
                    )
        except SourceError as error:
            return self._archive_failure(source, state, error)
        if source.mailbox and source.mailbox.follow_links:
            targets, faults = await self._follow_links(source, entries)
            entries = [
                replace(entry, link=targets.get(entry.link, entry.link)) for entry in entries
            ]
            notes = (*notes, *faults)
        state = clear_failures(state, self._now)
        return self._archive_entries(source, state, entries, "read", notes)

    async def _follow_links(
        self, source: Source, entries: Sequence[FeedEntry]
    ) -> tuple[Mapping[str, str], tuple[str, ...]]:
        """Return where hidden links lead, and in words how many kept their target to themselves."""
        hidden = list(dict.fromkeys(entry.link for entry in entries if is_opaque(entry.link)))
        targets: dict[str, str] = {}
        faults: Counter[str] = Counter()
        for link in hidden[:_MAX_FOLLOWED_LINKS]:
            request = HttpRequest(source.slug, link, origin="")  # a letter is a stranger's
            answer = await fetch_or_error(self._fetcher, request)
            if isinstance(answer, FetchError):
                faults[answer.kind] += 1
            else:
                targets[link] = answer.url
        if len(hidden) > _MAX_FOLLOWED_LINKS:
            faults["too many in one reading"] = len(hidden) - _MAX_FOLLOWED_LINKS
        if not faults:
            return targets, ()
        reasons = ", ".join(f"{count} {kind}" for kind, count in faults.items())
        of, whose = (
            format_count(len(hidden), "hidden link"),
            "its" if faults.total() == 1 else "their",
        )
        words = f"{faults.total()} of {of} kept {whose} target ({reasons})"
        return targets, (words,)

    async def collect_feed(self, source: Source, state: SourceState) -> SourceReport:
        """Ask for a feed, unless it is to be left alone, and fill gaps of its history if wanted.

        A body that is the same as the last time is not read again, but in full where a gap is open
        that its older pages may fill.
        """
        now, history = self._now, self._history if source.history == "auto" else None
        pause = find_pause(state, source.url, now, patient=self._history is None)
        if pause:
            return _report_pause(source, pause)
        coverage = parse_coverage(state)
        in_full = history is not None and not is_backfill_settled(
            coverage, history.start, history.end, now
        )
        is_read_alike = state.memory.get("reading", "") == mark_rule(source.reading)
        in_full |= not is_read_alike
        is_known = state.url == source.url and is_read_alike
        last_body = state.memory.get("body") if is_known else None
        state = begin_attempt(state, source.url)
        try:
            answer = await self._ask(source, Validators() if in_full else state.validators)
        except SourceError as error:
            return self._archive_failure(source, state, error)
        body_hash = hashlib.sha256(answer.body).hexdigest()
        is_same = last_body == body_hash
        if answer.not_modified or (is_same and not in_full):
            coverage = record_unchanged(coverage, now)
            ttl_minutes = state.memory.get("ttl")
            state = record_success(state, answer, coverage, now, ttl_minutes=ttl_minutes)
            self.unchanged.append(state)
            notes = (*answer.problems, *_describe_move(state))
            return SourceReport(source.name, "unchanged", notes=notes)
        try:
            document = await self._parse(source, answer)
        except SourceError as error:
            return self._archive_failure(source, state, find_layout_change(state, error, now))
        outcome, notes = "unchanged" if is_same else "read", answer.problems + document.problems
        if document.is_page:
            notes += describe_shrinking(state, len(document.entries), now)
            state = remember_list(state, len(document.entries), now)
        state = remember_rule(state, source.reading)
        state = record_success(
            state,
            answer,
            record_window(coverage, document, now),
            now,
            ttl_minutes=document.ttl_minutes,
            body_hash="" if answer.problems else body_hash,
        )
        document, state, faults = await self._complete_posts(source, state, document, answer)
        report = self._archive_entries(
            source, state, document.entries, outcome, notes + faults, answer.url
        )
        known = self._archive.load_item_urls(source.slug) if history else ()
        request = BackfillRequest(source, document, answer, parse_coverage(state), known)
        return await self._fill_history(request, state, report) if history else report

    async def _parse(self, source: Source, answer: Retrieved) -> ParsedFeed:
        """Parse an answer in a thread: other sources are read on while the process works."""
        return await asyncio.to_thread(
            self._parsers.parse_feed,
            answer.body,
            answer.content_type,
            answer.url,
            answer.headers,
            source.reading,
        )

    async def _complete_posts(
        self, source: Source, state: SourceState, document: ParsedFeed, answer: Retrieved
    ) -> tuple[ParsedFeed, SourceState, tuple[str, ...]]:
        """Return a feed with the whole of the posts that it cuts, where its publisher has them.

        That a publisher has none to give is nothing to tell; that they did not come in time is.
        """
        if not find_cut_entries(document):
            return document, state, ()
        known = self._archive.load_item_urls(source.slug)
        url = find_wanted_posts(document, answer, state, known, self._now)
        if not url:
            return document, state, ()
        fault: SourceError | None = None
        try:
            document = await complete_posts(
                url,
                source,
                document,
                fetcher=self._fetcher,
                gate=self._gate,
                parsers=self._parsers,
            )
        except SourceError as error:
            fault = error
        told = (
            (f"its posts stay cut: {fault}",)
            if fault and fault.kind in ("timeout", "no-time")
            else ()
        )
        return document, remember_refusal(state, fault, self._now), told

    async def collect_watched_page(self, source: Source, state: SourceState) -> SourceReport:
        """Read a page that is watched, and tell what changed on it since it was last confirmed.

        The item is archived before the wording that it tells of: a run that dies between the two
        tells the same again, which is the same item.
        """
        now, kind = self._now, find_watch_kind(source.slug)
        assert kind
        versions = self._archive.load_page_versions(source.slug)
        is_waiting = any(not version.confirmed for version in versions)
        pause = find_pause(state, source.url, now, patient=not is_waiting)
        if pause:
            return _report_pause(source, pause)
        state = begin_attempt(state, source.url)
        try:
            answer = await self._ask(source, state.validators if versions else Validators())
            if answer.not_modified:  # it says again what it said last
                page = FeedEntry(answer.url, "", "", versions[-1].text, None)
            else:
                document = await self._parse(source, answer)
                (page,) = document.entries
            reading = judge_reading(source, kind, page, versions, now)
        except SourceError as error:
            return self._archive_failure(source, state, error)
        state = record_success(
            state, answer, parse_coverage(state), now, ttl_minutes=WATCH_MINUTES[kind]
        )
        entries = (reading.entry,) if reading.entry else ()
        outcome = "read" if reading.version else "unchanged"
        report = self._archive_entries(source, state, entries, outcome, answer.problems)
        if reading.version or is_waiting:
            self._archive.save_page_version(source.slug, reading.version)
        return report

    async def _ask(self, source: Source, validators: Validators) -> Retrieved:
        """Return the answer of a source; a web page is asked for as robots.txt allows."""
        assert source.url
        wanted = HttpRequest(source.slug, source.url, validators, source.headers, source.tls_verify)
        if source.reading.kind not in ("page", "watch"):
            return await self._fetcher.get(wanted)
        rules = await self._gate.check_page(source, source.url)
        answer = await self._fetcher.get(replace(wanted, pause=rules.pause))
        await self._gate.check_page(source, answer.url)  # where it led to may be another host
        return answer

    async def _fill_history(
        self, request: BackfillRequest, state: SourceState, report: SourceReport
    ) -> SourceReport:
        """Archive what backfill finds. Return the report of the feed with that added."""
        assert self._backfill
        assert self._history
        found = await self._backfill.run(request, self._history.start, self._history.end)
        state = remember_coverage(state, found.state)
        more = self._archive_entries(
            request.source,
            state,
            found.entries,
            "reached back",
            found.problems,
            request.retrieved.url,
        )
        return replace(
            report,
            entries=report.entries + more.entries,
            new=report.new + more.new,
            edited=report.edited + more.edited,
            notes=report.notes + found.problems,
            history_seconds=found.seconds,
        )

    def _archive_entries(
        self,
        source: Source,
        state: SourceState,
        entries: Sequence[FeedEntry],
        outcome: str,
        notes: tuple[str, ...],
        read_at: str = "",
    ) -> SourceReport:
        items = make_items(entries, source, self._now, self._options.detect, read_at)
        kept = self._archive.record_attempt(
            state, items, at=self._now, outcome=outcome, entries=len(entries)
        )
        notes = (*notes, *describe_left_out(entries, source, read_at), *_describe_move(state))
        return SourceReport(source.name, outcome, len(entries), kept.new, kept.edited, notes=notes)

    def _archive_failure(
        self, source: Source, state: SourceState, error: SourceError
    ) -> SourceReport:
        state = record_failure(state, error)
        self._archive.record_attempt(state, (), at=self._now, outcome=error.kind)
        return SourceReport(
            source.name,
            error.kind,
            problem=error.message,
            mend=error.hint,
            failures=state.failures,
        )


def _report_pause(source: Source, pause: PollPause) -> SourceReport:
    """Return the report of a source that is left alone."""
    return SourceReport(
        source.name,
        pause.outcome,
        problem=pause.problem,
        mend=pause.hint,
        notes=(pause.note,) if pause.note else (),
    )


def _describe_move(state: SourceState) -> tuple[str, ...]:
    """Return what to do where a source has moved for good."""
    if not state.moved_to:
        return ()
    return (f"has moved for good: put {redact_url(state.moved_to)} into sources.yaml",)
