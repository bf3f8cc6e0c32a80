"""The order of collecting: sources → fetch → intake → archive. Decides nothing but whom to ask.

Every source is archived the moment it has answered, in one transaction; what reaching back for older entries finds is a
second one. A source that fails is a value in the report and keeps what it gave before.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.archive import Archive, SourceState
from digest.errors import FetchError, SourceError
from digest.fetch.backfill import coverage as held
from digest.fetch.backfill.coverage import CoverageState
from digest.fetch.backfill.plan import is_backfill_settled
from digest.fetch.backfill.run import DEFAULT_BUDGET, Backfill, BackfillRequest
from digest.fetch.http.client import FetcherProtocol, HttpRequest
from digest.fetch.mail.newsletters.links import is_opaque
from digest.fetch.read.feeds import parse_feed
from digest.intake import LanguageDetector, make_items
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved, Validators
from digest.model.source import COVERED, FUTURE, MISSING, UNKNOWN, Source
from digest.period import Quarter

ReadNewsletters = Callable[
    [Source, SourceState], tuple[Sequence[FeedEntry], SourceState, tuple[str, ...]]
]
_MAX_FOLLOWED_LINKS = 100  # links of one reading that hide their target
_LONGEST_TTL = timedelta(
    hours=24
)  # a publisher's wish beyond it is not followed: a day's feed may lose entries
# after so many answers in a row without news, a feed is asked so seldom (hourly collecting: two days, eight days)
_QUIET_POLL_DELAYS = ((200, timedelta(hours=12)), (48, timedelta(hours=6)))
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})", re.IGNORECASE)
_COVERAGE_LETTERS = {"held": COVERED, "missing": MISSING, "unknown": UNKNOWN}


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """How far to reach back, and at what cost. `agent` is our name in robots.txt, `budget` requests a source."""

    start: datetime
    end: datetime
    agent: str
    budget: int = DEFAULT_BUDGET


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How reading one source went. `outcome`: read, unchanged, waiting, or the kind of the fault."""

    source: str  # name
    outcome: str
    entries: int = 0
    new: int = 0
    edited: int = 0
    problem: str = ""
    mend: str = ""
    notes: tuple[str, ...] = ()  # what was odd and did no harm
    pages: int = 0  # of articles, asked for in full
    pages_read: int = 0
    seconds: float = 0.0  # from asking to having stored it, waiting for its host included

    @property
    def failed(self) -> bool:
        """Whether the source gave nothing and a person may have to look."""
        return bool(self.problem)


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
    *,
    read_newsletters: ReadNewsletters,
    detect: LanguageDetector,
    now: datetime,
    history: HistoryOptions | None = None,
    done: Callable[[], None] = lambda: None,
) -> CollectionReport:
    """Reads every enabled source once, and with `history` what has left its window. `done` is called after each."""
    enabled = [source for source in sources if source.enabled]
    states = archive.load_source_states()
    keeper = _SourceRecorder(archive, detect, now)
    reports: dict[str, SourceReport] = {}

    async def collect_one(source: Source, reach: Backfill | None) -> None:
        state, began = states.get(source.slug, SourceState(source.slug)), time.monotonic()
        if source.mailbox:
            report = await _collect_newsletters(source, state, read_newsletters, fetcher, keeper)
        else:
            resting = _report_waiting(source, state, now, patient=history is None)
            report = resting or await _collect_feed(source, state, fetcher, keeper, reach, history)
        reports[source.slug] = replace(report, seconds=round(time.monotonic() - began, 3))
        done()

    async def collect_all() -> None:
        async with fetcher:
            reach = (
                Backfill(fetcher, agent=history.agent, budget=history.budget) if history else None
            )
            await asyncio.gather(*(collect_one(source, reach) for source in enabled))

    asyncio.run(collect_all())
    return CollectionReport(tuple(reports[source.slug] for source in enabled))


def coverage_days(state: SourceState | None, quarter: Quarter, now: datetime) -> str:
    """The days of a quarter for a source, in the letters of digest.model.source."""
    told = held.classify_days(_parse_history(state or SourceState("")), quarter)
    today = quarter.to_local_date(now)
    return "".join(FUTURE if day > today else _COVERAGE_LETTERS[told[day]] for day in quarter.days)


async def _collect_newsletters(
    source: Source,
    state: SourceState,
    read: ReadNewsletters,
    fetcher: FetcherProtocol,
    keeper: _SourceRecorder,
) -> SourceReport:
    """The letters of a newsletter. Links that hide their target are asked for it only where the source says so."""
    state = replace(state, last_attempt=keeper.now)
    try:
        entries, state, notes = read(source, state)
    except SourceError as error:
        return keeper.record_failure(source, state, error)
    if source.mailbox and source.mailbox.follow_links:
        hidden = [entry.link for entry in entries if is_opaque(entry.link)][:_MAX_FOLLOWED_LINKS]
        targets = {
            link: await _resolve_link(link, source, fetcher) for link in dict.fromkeys(hidden)
        }
        entries = [replace(entry, link=targets.get(entry.link, entry.link)) for entry in entries]
    return keeper.record_newsletters(source, state, entries, notes)


async def _resolve_link(link: str, source: Source, fetcher: FetcherProtocol) -> str:
    """Where a link leads; itself where it does not answer."""
    try:
        return (await fetcher.get(HttpRequest(source.slug, link, verify=source.tls_verify))).url
    except FetchError:
        return link


async def _collect_feed(
    source: Source,
    state: SourceState,
    fetcher: FetcherProtocol,
    keeper: _SourceRecorder,
    reach: Backfill | None,
    history: HistoryOptions | None,
) -> SourceReport:
    """Asks for a feed, and reaches back where that is wanted. In full where a gap is open that its pages may fill."""
    wanted = history if reach and source.history == "auto" else None
    whole = wanted is not None and not is_backfill_settled(
        _parse_history(state), wanted.start, wanted.end, keeper.now
    )
    ask = _make_request(source, state, whole=whole)
    try:
        answer: Retrieved | FetchError = await fetcher.get(ask)
    except FetchError as error:
        answer = error
    report, document, state = keeper.record_answer(source, state, answer, whole=whole)
    if not (reach and wanted and document and isinstance(answer, Retrieved)):
        return report
    known = keeper.archive.load_item_urls(source.slug)
    errand = BackfillRequest(source, document, answer, _parse_history(state), known)
    reached = await reach.run(errand, wanted.start, wanted.end)
    memory = {**state.memory, "history": reached.state.to_json()}
    return keeper.record_backfill(
        source, replace(state, memory=memory), reached.entries, reached.problems, report
    )


def _make_request(source: Source, state: SourceState, *, whole: bool) -> HttpRequest:
    assert source.url
    known = Validators() if whole or state.url != source.url else state.validators
    return HttpRequest(source.slug, source.url, known, source.headers, source.tls_verify)


def _report_waiting(
    source: Source, state: SourceState, now: datetime, *, patient: bool
) -> SourceReport | None:
    """A report instead of a request, where the publisher asked not to be asked, or, to the `patient`, not so often."""
    if state.url != source.url:
        return None
    due = state.memory.get("due")
    if patient and due and not state.problem and now < datetime.fromisoformat(due):
        return SourceReport(source.name, "waiting", notes=(f"not due before {due[:16]}",))
    if state.kind == "gone":
        return SourceReport(
            source.name, "gone", problem=state.problem, mend="remove it, or find its new address"
        )
    if state.not_before and state.not_before > now:
        return SourceReport(
            source.name,
            "waiting",
            notes=(f"asked us to wait until {state.not_before:%Y-%m-%d %H:%M}",),
        )
    return None


def _next_poll_delay(quiet: int, ttl: int | None, cache_control: str) -> timedelta:
    """How long to leave a feed alone: as it says itself (ttl in minutes, max-age), and longer where news are rare."""
    match = _MAX_AGE.search(cache_control)
    stated = max(timedelta(minutes=ttl or 0), timedelta(seconds=int(match[1]) if match else 0))
    rhythm = next((pause for answers, pause in _QUIET_POLL_DELAYS if quiet >= answers), timedelta())
    return max(min(stated, _LONGEST_TTL), rhythm)


def _parse_history(state: SourceState) -> CoverageState:
    return CoverageState.from_json(state.memory.get("history"))


@dataclass(frozen=True, slots=True)
class _SourceRecorder:
    """Turns what a source gave into archived items and a report."""

    archive: Archive
    detect: LanguageDetector
    now: datetime

    def record_answer(
        self, source: Source, state: SourceState, answer: Retrieved | FetchError, *, whole: bool
    ) -> tuple[SourceReport, ParsedFeed | None, SourceState]:
        """A feed's answer, or the fault of asking: the report, the document where one was read, the new state.

        A body that is the same as the last time is not read again, unless it was asked for `whole`.
        """
        same_place = state.url == source.url
        known = state.validators if same_place else Validators()
        state = replace(state, url=source.url, last_attempt=self.now, validators=known)
        try:
            if isinstance(answer, FetchError):
                raise answer
            body = hashlib.sha256(answer.body).hexdigest()
            same = same_place and state.memory.get("body") == body
            if answer.not_modified or (same and not whole):
                past = held.record_unchanged(_parse_history(state), self.now)
                well = self._record_success(state, answer, past, ttl=state.memory.get("ttl"))
                return (
                    self._record_items(source, well, (), "unchanged", answer.problems),
                    None,
                    well,
                )
            document = parse_feed(answer.body, answer.content_type, answer.url)
            past = held.record_window(_parse_history(state), document, self.now)
            well = self._record_success(
                state, answer, past, "" if answer.problems else body, ttl=document.ttl_minutes
            )
            notes = answer.problems + document.problems
            outcome = "unchanged" if same else "read"
            return (
                self._record_items(source, well, document.entries, outcome, notes),
                document,
                well,
            )
        except SourceError as error:
            return self.record_failure(source, state, error), None, state

    def record_newsletters(
        self,
        source: Source,
        state: SourceState,
        entries: Sequence[FeedEntry],
        notes: tuple[str, ...],
    ) -> SourceReport:
        """The stories of a newsletter's letters."""
        well = replace(state, last_success=self.now, failures=0, problem="", kind="")
        return self._record_items(source, well, entries, "read", notes)

    def record_backfill(
        self,
        source: Source,
        state: SourceState,
        entries: Sequence[FeedEntry],
        notes: tuple[str, ...],
        report: SourceReport,
    ) -> SourceReport:
        """What reaching back found, added to the report of the feed."""
        items = make_items(entries, source, self.now, self.detect)
        kept = self.archive.record_attempt(
            state, items, at=self.now, outcome="reached back", entries=len(entries)
        )
        return replace(
            report,
            entries=report.entries + len(entries),
            new=report.new + kept.new,
            edited=report.edited + kept.edited,
            notes=report.notes + notes,
        )

    def _record_success(
        self,
        state: SourceState,
        answer: Retrieved,
        past: CoverageState,
        body: str | None = None,
        ttl: int | None = None,
    ) -> SourceState:
        quiet = (
            state.memory.get("quiet", 0) + 1 if body is None else 0
        )  # answers in a row without news
        due = self.now + _next_poll_delay(quiet, ttl, answer.headers.get("cache-control", ""))
        memory = {
            **state.memory,
            "history": past.to_json(),
            "quiet": quiet,
            "ttl": ttl,
            "due": due.isoformat(),
        }
        memory |= {} if body is None else {"body": body}
        return replace(
            state,
            validators=state.validators if answer.not_modified else answer.validators,
            last_success=self.now,
            failures=0,
            problem="",
            kind="",
            moved_to=answer.moved_to,
            not_before=None,
            memory=memory,
        )

    def _record_items(
        self,
        source: Source,
        state: SourceState,
        entries: Sequence[FeedEntry],
        outcome: str,
        notes: tuple[str, ...],
    ) -> SourceReport:
        items = make_items(entries, source, self.now, self.detect)
        kept = self.archive.record_attempt(
            state, items, at=self.now, outcome=outcome, entries=len(entries)
        )
        if state.moved_to:
            notes = (*notes, f"has moved for good: put {state.moved_to} into sources.yaml")
        return SourceReport(source.name, outcome, len(entries), kept.new, kept.edited, notes=notes)

    def record_failure(
        self, source: Source, state: SourceState, error: SourceError
    ) -> SourceReport:
        """The fault of a source, kept and reported."""
        wait = error.retry_after if isinstance(error, FetchError) else None
        failed = replace(
            state,
            failures=state.failures + 1,
            problem=error.message,
            kind=error.kind,
            not_before=wait,
        )
        self.archive.record_attempt(failed, (), at=self.now, outcome=error.kind)
        return SourceReport(source.name, error.kind, problem=error.message, mend=error.hint)
