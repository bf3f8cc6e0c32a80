"""How a source's state changes, and when it may be asked again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.app.source_state import (
    begin_attempt,
    compute_poll_delay,
    find_pause,
    record_failure,
    record_success,
)
from digest.archive import SourceState
from digest.errors import FetchError, ParseError
from digest.fetch.backfill.coverage import CoverageState
from digest.model.retrieved import Retrieved, Validators
from tests.factories.items import NOW

URL = "https://acme.example/feed"
STATE = SourceState("acme", url=URL, validators=Validators('"v1"'))
ANSWER = Retrieved("acme", URL, URL, 200, b"x", "", Validators('"v2"'), NOW)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("quiet", "ttl", "cache_control", "hours"),
    [
        (0, None, "", 0),
        (0, 90, "max-age=60", 1.5),
        (0, 90, "max-age=7200", 2),
        (0, 100_000, "", 24),
        (11, None, "", 0),
        (12, None, "", 110 / 60),
        (48, None, "", 6),
        (200, None, "max-age=60", 12),
    ],
)
def test_how_long_a_feed_is_left_alone(
    quiet: int, ttl: int | None, cache_control: str, hours: float
) -> None:
    assert compute_poll_delay(quiet, ttl, cache_control) == timedelta(hours=hours)


def test_validators_belong_to_an_address() -> None:
    assert begin_attempt(STATE, URL).validators == Validators('"v1"')
    assert begin_attempt(STATE, URL + "2").validators == Validators()


def test_a_success_forgets_failures_and_an_answer_without_news_counts() -> None:
    failed = record_failure(STATE, ParseError("no feed", kind="not-a-feed"))
    assert (failed.failures, failed.problem, failed.kind) == (1, "no feed", "not-a-feed")
    news = record_success(failed, ANSWER, CoverageState(), NOW, ttl_minutes=5, body_hash="h")
    assert (news.failures, news.problem, news.validators) == (0, "", ANSWER.validators)
    assert (news.memory["quiet"], news.memory["body"], news.memory["ttl"]) == (0, "h", 5)
    unchanged = replace(ANSWER, status=304, validators=Validators())
    quiet = record_success(news, unchanged, CoverageState(), NOW, ttl_minutes=5)
    assert (quiet.memory["quiet"], quiet.memory["body"]) == (1, "h")
    assert quiet.validators == ANSWER.validators


@pytest.mark.parametrize(
    ("error", "outcome", "problem"),
    [
        (FetchError("gone", kind="gone"), "gone", "gone"),
        (FetchError("busy", kind="http-429", retry_after=LATER), "waiting", ""),
    ],
)
def test_a_publishers_word_is_kept_until_the_address_changes(
    error: FetchError, outcome: str, problem: str
) -> None:
    state = record_failure(STATE, error)
    pause = find_pause(state, URL, NOW, patient=False)
    assert pause is not None
    assert (pause.outcome, pause.problem) == (outcome, problem)
    assert find_pause(state, URL + "2", NOW, patient=True) is None


def test_only_the_patient_wait_until_a_feed_is_due() -> None:
    state = record_success(STATE, ANSWER, CoverageState(), NOW, ttl_minutes=60, body_hash="h")
    assert find_pause(state, URL, NOW, patient=True) is not None
    assert find_pause(state, URL, NOW, patient=False) is None
    assert find_pause(state, URL, LATER, patient=True) is None
