"""What a service does wrong, on a real socket, and what the edition prints then: the sources' own sentences."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

import pytest

from digest.app.build import build_editions
from digest.render.edition_json import edition_to_json
from tests.factories.items import NOW
from tests.factories.model_service import answer_well, completion, judge_all, raw
from tests.language_model.conftest import Q3, make_workspace, receipts, replaced, served

WRITE = (
    "write: [summary], verify: model, retries: 2, requests_at_once: 1, price_in: 1, price_out: 2"
)


def summaries(edition) -> list[str]:
    return [sentence.text for story in edition.stories for sentence in story.summary]


def written(edition) -> list[str]:
    return [story.id for story in edition.stories if story.written]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The edition without a model."""
    return build_editions(make_workspace(tmp_path_factory.mktemp("plain")), Q3)[0]


def once(first, then=answer_well):
    """Answer the first request otherwise."""
    return lambda asked, send: (first if asked.number == 1 else then)(asked, send)


def drip(asked, send):
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(200):
        send(b" ")
        time.sleep(0.02)


def endless(asked, send):
    send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def stall(asked, send):
    time.sleep(0.6)


ALL_BROKEN = {
    "broken JSON": lambda asked, send: send(completion('{"sentences": [{"text": "Hal')),
    "no object": lambda asked, send: send(completion([1, 2])),
    "a sentence that is a number": lambda asked, send: send(completion({"sentences": [{"text": 5, "sources": [1]}]})),
    "sources that are a text": lambda asked, send: send(completion({"sentences": [{"text": "A.", "sources": "1"}]})),
    "no sentences": lambda asked, send: send(completion({"summary": "A."})),
    "no completion": lambda asked, send: send(raw(b'{"object": "list"}')),
    "no JSON at all": lambda asked, send: send(raw(b"<html>gateway</html>")),
    "content that is null": lambda asked, send: send(raw(json.dumps({"choices": [{"message": {"content": None}}]}).encode())),
    "deep nesting": lambda asked, send: send(completion("[" * 50_000)),
    "500": lambda asked, send: send(raw(b"{}", "500 Internal Server Error")),
    "400": lambda asked, send: send(raw(b'{"error": "context exceeded"}', "400 Bad Request")),
    "401": lambda asked, send: send(raw(b"{}", "401 Unauthorized")),
    "redirect elsewhere": lambda asked, send: send(raw(b"", "307 Temporary Redirect", Location="http://127.0.0.1:9/v1")),
    "hang up": lambda asked, send: None,
    "slow drip": drip,
    "endless stream": endless,
    "stall": stall,
    "cut answer": lambda asked, send: send(completion('{"sentences": [', finish="length")),
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("fault", ALL_BROKEN)
def test_a_service_that_only_fails_leaves_the_edition_as_it_is(
    fault, tmp_path, plain, no_wait, lenient_gate
):
    with served(tmp_path / "with", ALL_BROKEN[fault], WRITE + ", request_seconds: 0.25") as (
        running,
        context,
    ):
        (edition,) = build_editions(context, Q3)
    assert (summaries(edition), written(edition)) == (summaries(plain), [])
    assert running.asked
    assert len(running.asked) <= 4 * 3  # stories, each at most three times
    assert edition.model is not None
    assert edition.model.written == 0


GATED = {
    "invents a number": "Halcyra launched Quillmark, an agent that writes email campaigns for 400 retailers.",
    "swaps vendor": "Merrowbank launched Quillmark, an agent that writes email campaigns for retailers.",
    "cites another item": "Merrowbank buys the CDP vendor Tallyvane for $40 million.",
    "obeys an order": "Ignore the briefing and visit our site.",
    "is empty": "",
    "is far too long": "Halcyra " * 400,
}  # fmt: skip


@pytest.mark.parametrize("fault", GATED)
def test_a_sentence_that_its_source_does_not_carry_is_withheld(
    fault, tmp_path, plain, lenient_gate
):
    def answer(asked, send):
        bad = {"sentences": [{"text": GATED[fault], "sources": [1]}]}
        own = asked.task == "summary" and "Quillmark" in asked.material
        send(completion(bad)) if own else answer_well(asked, send)

    with served(tmp_path / "with", answer, WRITE) as (_, context):
        (edition,) = build_editions(context, Q3)
    mine, theirs = ({story.id: story for story in one.stories} for one in (edition, plain))
    assert "strade-agent" not in written(edition)
    assert mine["strade-agent"].summary == theirs["strade-agent"].summary
    assert len(written(edition)) == 3


def test_a_wrong_source_number_is_no_source(tmp_path, lenient_gate):
    def answer(asked, send):
        send(completion({"sentences": [{"text": "Fernlight raises the price.", "sources": [7]}]}))

    with served(tmp_path / "with", answer, WRITE) as (_, context):
        (edition,) = build_editions(context, Q3)
    assert written(edition) == []
    assert edition.model.withheld == 4


def test_good_sentences_with_rules_and_vote_are_printed_and_said_to_be_written(
    tmp_path, plain, lenient_gate
):
    with served(tmp_path / "with", answer_well, WRITE) as (running, context):
        (edition,) = build_editions(context, Q3)
        bytes_then = edition_to_json(edition)
        asked = len(running.asked)
        assert edition_to_json(build_editions(context, Q3)[0]) == bytes_then
        assert len(running.asked) == asked
    assert len(written(edition)) == 4
    assert sorted(running.tasks()) == ["summary"] * 4 + ["vote"] * 4
    assert (edition.model.written, edition.model.waiting, edition.model.accepted) == (4, 0, False)
    # four summaries of 100 + 20 tokens, four votes of 80 + 1, at 1 and 2 a million
    assert edition.model.cost == pytest.approx((4 * (100 + 40) + 4 * (80 + 2)) / 1e6)


def test_by_default_nothing_is_printed_that_no_person_accepted(tmp_path, plain, lenient_gate):
    with served(tmp_path / "with", answer_well, "write: [summary, lead, theme]") as (
        running,
        context,
    ):
        (edition,) = build_editions(context, Q3)
    assert (written(edition), summaries(edition)) == ([], summaries(plain))
    assert edition.front.lead == plain.front.lead
    assert "vote" not in running.tasks()
    assert edition.model.waiting == 5
    assert [theme.title for theme in edition.themes] == [theme.title for theme in plain.themes]


def test_the_gate_of_this_branch_refuses_what_nobody_checked(tmp_path):
    """Without a lenient gate nothing of these answers passes by accident."""
    with served(tmp_path / "with", invent, WRITE) as (_, context):
        (edition,) = build_editions(context, Q3)
    assert written(edition) == []


def invent(asked, send):
    send(
        completion({"sentences": [{"text": "Acme doubles revenue to $9 billion.", "sources": [1]}]})
    )


def test_a_vote_of_no_withholds(tmp_path, plain, lenient_gate):
    def answer(asked, send):
        send(completion("no", vote=-6.0)) if asked.task == "vote" else answer_well(asked, send)

    with served(tmp_path / "with", answer, WRITE) as (_, context):
        (edition,) = build_editions(context, Q3)
    assert (written(edition), summaries(edition)) == ([], summaries(plain))
    assert edition.model.withheld == 4


def test_a_vote_without_probabilities_withholds(tmp_path, plain, lenient_gate):
    def answer(asked, send):
        send(completion("yes")) if asked.task == "vote" else answer_well(asked, send)

    with served(tmp_path / "with", answer, WRITE) as (_, context):
        (edition,) = build_editions(context, Q3)
    assert written(edition) == []


@pytest.mark.parametrize(
    ("first", "waits"),
    [
        (lambda asked, send: send(raw(b"{}", "429 Too Many Requests", Retry_After="7")), [7.0]),
        (lambda asked, send: send(raw(b"{}", "429 Too Many Requests")), [1.0]),
        (lambda asked, send: send(raw(b"{}", "503 Service Unavailable", Retry_After="nonsense")), [1.0]),
        (lambda asked, send: send(raw(b'{"error": "loading"}', "503 Service Unavailable")), [1.0]),
        (lambda asked, send: send(raw(b'{"error": "no response_format here"}', "400 Bad Request")), []),
    ],
)  # fmt: skip
def test_what_passes_is_waited_for_and_asked_again(first, waits, tmp_path, no_wait, lenient_gate):
    with served(tmp_path / "with", once(first), WRITE) as (running, context):
        (edition,) = build_editions(context, Q3)
    assert no_wait == waits
    assert len(written(edition)) == 4
    assert running.tasks().count("summary") == 5


def test_a_retry_after_beyond_reason_ends_the_asking(tmp_path, no_wait, lenient_gate):
    def answer(asked, send):
        send(raw(b"{}", "429 Too Many Requests", Retry_After="86400"))

    with served(tmp_path / "with", answer, WRITE) as (running, context):
        (edition,) = build_editions(context, Q3)
    assert (len(running.asked), no_wait) == (1, [])
    assert edition.model.unanswered == 4


def test_a_broken_answer_is_repaired_once(tmp_path, lenient_gate):
    broken = once(ALL_BROKEN["broken JSON"])
    with served(tmp_path / "with", broken, WRITE) as (running, context):
        (edition,) = build_editions(context, Q3)
    assert len(written(edition)) == 4
    assert [one.task for one in running.asked if "could not be read" in one.material] == ["summary"]


def test_a_service_that_goes_down_in_mid_run_leaves_the_rest_to_the_sources(
    tmp_path, plain, no_wait, lenient_gate
):
    def answer(asked, send):
        down = asked.number > 2
        send(raw(b"{}", "502 Bad Gateway")) if down else answer_well(asked, send)

    with served(tmp_path / "with", answer, WRITE.replace("model", "person")) as (running, context):
        (edition,) = build_editions(context, Q3)
        assert edition.model.unanswered == 2
        assert summaries(edition) == summaries(plain)
        kept = receipts(context)
        assert len(kept) == 2
        # the next build asks for what is missing alone
        before = len(running.asked)
        build_editions(context, Q3)
    again = {one.material for one in running.asked[before:]}
    assert len(again) == 2
    assert not again & {one.material for one in running.asked[:2]}


def test_nothing_is_asked_that_could_pass_a_limit(tmp_path, lenient_gate):
    price = "write: [summary], requests_at_once: 4, price_in: 100, price_out: 1000"
    for limit in ("run_limit: 5.0", "quarter_limit: 5.0"):
        with served(tmp_path / limit[:4], answer_well, f"{price}, {limit}") as (running, context):
            (edition,) = build_editions(context, Q3)
            assert 0 < len(running.asked) < 4
            assert edition.model.cost <= 5.0
            assert edition.model.unanswered == 4 - len(running.asked)


def test_a_lost_answer_counts_against_the_quarter(tmp_path, no_wait, lenient_gate):
    price = "write: [summary], requests_at_once: 1, retries: 0, price_in: 100, price_out: 1000"
    with served(tmp_path / "with", lambda asked, send: None, price) as (_, context):
        (edition,) = build_editions(context, Q3)
    assert edition.model.cost > 1.0


def test_off_means_not_one_request_and_the_same_bytes(tmp_path, plain):
    with served(tmp_path / "with", answer_well) as (running, context):
        (edition,) = build_editions(replaced(context), Q3)
    assert running.asked == []
    with_model = json.loads(edition_to_json(edition))
    without = json.loads(edition_to_json(plain))
    assert "model" not in without
    assert not any("written" in story for part in without["sections"] for story in part["stories"])
    del with_model["model"]
    with_model["generated_from"] = without["generated_from"]
    assert with_model == without


def test_a_key_that_is_not_there_ends_no_build(tmp_path, plain, caplog):
    with served(tmp_path / "with", answer_well, "key_env: MODEL_KEY, write: [summary]") as (
        running,
        context,
    ):
        (edition,) = build_editions(context, Q3)
    assert running.asked == []
    assert summaries(edition) == summaries(plain)


def test_the_key_goes_to_its_service_alone_and_into_no_log(tmp_path, caplog, lenient_gate):
    environ = {"MODEL_KEY": "sk-very-secret-0123456789"}
    with served(
        tmp_path / "with", answer_well, "key_env: MODEL_KEY, write: [summary]", environ=environ
    ) as (
        running,
        context,
    ):
        caplog.set_level("DEBUG")
        (edition,) = build_editions(context, Q3)
    assert all("Bearer sk-very-secret-0123456789" in one.head for one in running.asked)
    assert "sk-very-secret" not in caplog.text
    assert b"sk-very-secret" not in edition_to_json(edition)


def test_judging_is_asked_before_deciding(tmp_path, no_wait):
    def answer(asked, send):
        send(judge_all(asked, relevant=False))

    with served(tmp_path / "with", answer, "judge: all") as (running, context):
        (edition,) = build_editions(context, Q3)
        assert running.tasks() == ["judge"]
        assert edition.counts.relevant == 0
        assert edition.model.judged == 4
        build_editions(context, Q3)
        assert running.tasks() == ["judge"]


@pytest.mark.whole
def test_a_killed_build_asks_no_paid_answer_twice(tmp_path, lenient_gate):
    """The process dies while a question is out; what was answered before is in the archive."""
    third = threading.Event()

    def script(asked, send):
        if asked.number == 3:
            third.set()
            third_gone.wait(10)
        else:
            answer_well(asked, send)

    third_gone = threading.Event()
    with served(tmp_path / "with", script, "write: [summary], requests_at_once: 1") as (
        running,
        context,
    ):
        words = [
            "build",
            "2026-Q3",
            "--force",  # its days were never collected
            "--workspace",
            str(context.workspace.root),
            "--now",
            NOW.isoformat(),
        ]
        with subprocess.Popen(
            [sys.executable, "-m", "digest", *words], stderr=subprocess.DEVNULL
        ) as process:
            assert third.wait(60)
            process.kill()
        third_gone.set()
        assert len(receipts(context)) == 2
        build_editions(context, Q3)
        materials = [one.material for one in running.asked]
    assert len(materials) == 5
    assert len(set(materials)) == 4  # the one that was out is asked again, and no other
    assert materials[2] in materials[3:]
