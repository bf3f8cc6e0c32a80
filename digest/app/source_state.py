"""How a source's state changes with each reading, and when it may be asked again. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from digest.archive import SourceState
from digest.errors import FetchError, SourceError
from digest.fetch.backfill.coverage import CoverageState, TimeSpan, classify_days
from digest.model.retrieved import Retrieved, Validators
from digest.model.source import COVERED, FUTURE, MISSING, UNKNOWN
from digest.period import Quarter

# a publisher's wish beyond it is not followed: a day's feed may lose entries
_MAX_TTL = timedelta(hours=24)
# after so many answers in a row without news (asked hourly: 40 days, 4 days, half a day), a feed is
# asked less; ten minutes are left for a run that begins early
_QUIET_POLL_DELAYS = (
    (200, timedelta(hours=12)),
    (48, timedelta(hours=6)),
    (12, timedelta(minutes=110)),
)
_COVERAGE_LETTERS = {"held": COVERED, "missing": MISSING, "unknown": UNKNOWN}
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PollPause:
    """Why a source is not asked now. A pause with a problem needs a person."""

    outcome: str
    note: str = ""
    problem: str = ""
    hint: str = ""


def find_pause(
    state: SourceState, url: str | None, now: datetime, *, patient: bool
) -> PollPause | None:
    """Return why a source at `url` is not to be asked; None where it may be.

    The publisher asked not to be asked, or, which only the `patient` obey, not so often.
    """
    if state.url != url:
        return None
    due = state.memory.get("due")
    if patient and due and not state.problem and now < datetime.fromisoformat(due):
        return PollPause("waiting", f"not due before {due[:16]}")
    if state.kind == "gone":
        hint = "remove it, or find its new address"
        return PollPause("gone", problem=state.problem, hint=hint)
    if state.not_before and state.not_before > now:
        return PollPause("waiting", f"asked us to wait until {state.not_before:%Y-%m-%d %H:%M}")
    return None


def parse_coverage(state: SourceState) -> CoverageState:
    """Return what the state remembers of the source's history."""
    return CoverageState.from_json(state.memory.get("history"))


def coverage_days(state: SourceState | None, quarter: Quarter, now: datetime) -> str:
    """Return the days of a quarter for a source, in the letters of digest.model.source."""
    spans = parse_coverage(state or SourceState("")).spans
    return _write_days(spans, quarter, quarter.to_local_date(now))


@lru_cache(maxsize=4096)  # a decision at the desk asks again for what no decision changes
def _write_days(spans: tuple[TimeSpan, ...], quarter: Quarter, today: date) -> str:
    statuses = classify_days(CoverageState(spans), quarter)
    return "".join(
        FUTURE if day > today else _COVERAGE_LETTERS[statuses[day]] for day in quarter.days
    )


def remember_coverage(state: SourceState, coverage: CoverageState) -> SourceState:
    """Return the state that remembers this of the source's history."""
    return replace(state, memory={**state.memory, "history": coverage.to_json()})


def remember_letters(
    memory: Mapping[str, Any], letters: Iterable[Collection[object]]
) -> Mapping[str, Any]:
    """Return a newsletter's memory after more letters, each given as its stories.

    It counts the letters at the end that gave none, and all stories that those before gave.
    """
    counts = dict(memory.get("letters") or {"stories": 0, "empty": 0})
    for stories in letters:
        counts["stories"] += len(stories)
        counts["empty"] = 0 if stories else counts["empty"] + 1
    return {**memory, "letters": counts}


def begin_attempt(state: SourceState, url: str | None) -> SourceState:
    """Return the state once a source was asked at `url`; validators belong to one address."""
    validators = state.validators if state.url == url else Validators()
    return replace(state, url=url, validators=validators)


def record_success(
    state: SourceState,
    answer: Retrieved,
    coverage: CoverageState,
    now: datetime,
    *,
    ttl_minutes: int | None,
    body_hash: str | None = None,
) -> SourceState:
    """Return the state after a feed answered. `body_hash` is None where it brought no news."""
    memory: Mapping[str, Any] = remember_coverage(state, coverage).memory
    quiet = state.memory.get("quiet", 0) + 1 if body_hash is None else 0
    delay = compute_poll_delay(quiet, ttl_minutes, answer.headers.get("cache-control", ""))
    memory = {**memory, "quiet": quiet, "ttl": ttl_minutes, "due": (now + delay).isoformat()}
    if body_hash is not None:
        memory["body"] = body_hash
    return replace(
        clear_failures(state, now),
        validators=state.validators if answer.not_modified else answer.validators,
        moved_to=answer.moved_to,
        not_before=None,
        memory=memory,
    )


def clear_failures(state: SourceState, now: datetime) -> SourceState:
    """Return the state after a source was read, a newsletter's mailbox too."""
    return replace(state, last_success=now, failures=0, problem="", kind="")


def record_failure(state: SourceState, error: SourceError) -> SourceState:
    """Return the state after a source could not be read."""
    return replace(
        state,
        failures=state.failures + 1,
        problem=error.message,
        kind=error.kind,
        not_before=error.retry_after if isinstance(error, FetchError) else None,
    )


def compute_poll_delay(quiet: int, ttl_minutes: int | None, cache_control: str) -> timedelta:
    """Return how long to leave a feed alone.

    As long as it says (its own ttl, max-age), and longer after `quiet` answers without news.
    """
    max_age = _MAX_AGE.search(cache_control)
    stated = max(
        timedelta(minutes=ttl_minutes or 0), timedelta(seconds=int(max_age[1]) if max_age else 0)
    )
    delays = (delay for answers, delay in _QUIET_POLL_DELAYS if quiet >= answers)
    return max(min(stated, _MAX_TTL), next(delays, timedelta()))
