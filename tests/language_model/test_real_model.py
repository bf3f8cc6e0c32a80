"""A real server (llama.cpp) with a model of random weights, on loopback: nothing that it says reaches the page."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from digest.app.build import build_editions
from digest.app.model import WorkspaceModel
from digest.errors import ModelError
from digest.language_model.protocol import Question
from digest.render.edition_json import edition_to_json
from tests.factories.tiny_model import CONTEXT, write_tiny_model
from tests.language_model.conftest import Q3, make_workspace, receipts, replaced, settings_of

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The address of a server whose model knows bytes and nothing else."""
    xllamacpp = pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    settings = xllamacpp.CommonParams()
    settings.model.path = str(write_tiny_model(tmp_path_factory.mktemp("model") / "tiny.gguf"))
    settings.n_ctx, settings.n_parallel, settings.port = CONTEXT, 1, 0
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.hostnames, settings.verbosity = ["127.0.0.1"], -1
    settings.warmup = settings.fit_params = settings.ui = False
    server = xllamacpp.Server(settings)
    yield server.listening_address
    del server  # it serves until here


def open_workspace(folder, service, more="", **kinds):
    return make_workspace(
        folder, f"base_url: '{service}/v1', name: tiny, requests_at_once: 2{more}", **kinds
    )


def ask(context, **values):
    question = Question("lead", "Say something.", "Hello.", "p", "c", 40)
    model = WorkspaceModel(context, settings_of(context), None, "test")
    return model.ask_once(replace(question, **values))[0]


def test_nothing_that_a_model_of_random_weights_says_reaches_the_page(tmp_path, service):
    plain = json.loads(edition_to_json(build_editions(make_workspace(tmp_path / "plain"), Q3)[0]))
    more = (
        ", judge: all, write: [summary, lead, theme], verify: model, answer_tokens: 300, retries: 0"
    )
    context = open_workspace(tmp_path / "with", service, more)
    prompts = tmp_path / "with" / "prompts"
    prompts.mkdir()
    for name in ("judge", "summary", "lead", "theme"):  # short ones: it reads a token a byte
        (prompts / f"{name}.md").write_text(f"{name}: answer in JSON.", "utf-8")
    (edition,) = build_editions(context, Q3)
    made = json.loads(edition_to_json(edition))
    assert edition.model is not None
    assert (edition.model.written, edition.model.judged) == (0, 0)
    del made["model"]
    made["generated_from"] = plain["generated_from"]
    assert made == plain
    kept = receipts(context)
    assert kept
    assert all(one.tokens_in > 0 for one in kept)
    assert edition_to_json(build_editions(context, Q3)[0]) == edition_to_json(edition)


def test_json_by_grammar_comes_back_whole_or_cut(tmp_path, service):
    paid = ask(open_workspace(tmp_path, service))
    assert paid.completion.text.startswith("{")
    assert paid.tokens_in > 20


def test_a_vote_of_a_model_that_knows_no_yes_is_no_vote(tmp_path, service):
    paid = ask(open_workspace(tmp_path, service), vote=True, answer_tokens=1)
    assert (paid.completion.vote, paid.tokens_out) == (None, 1)
    assert not paid.completion.is_whole  # cut after its one token, and said to be


def test_a_question_beyond_the_context_is_refused_and_the_rest_goes_on(tmp_path, service):
    context = open_workspace(tmp_path, service)
    with pytest.raises(ModelError, match=r"refuses the question \(400\)"):
        ask(context, material="x" * (CONTEXT + 1000))
    assert ask(context).completion.text


def test_a_client_that_leaves_does_no_harm(tmp_path, service):
    context = open_workspace(tmp_path, service, ", retries: 0")
    with pytest.raises(ModelError):
        ask(replaced(context, request_seconds=0.001), material="x" * 12_000, answer_tokens=2000)
    assert ask(context).completion.text
