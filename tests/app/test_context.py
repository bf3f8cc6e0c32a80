"""The surroundings of a run: what the team edits while the program runs is seen."""

import os
import ssl
from dataclasses import replace

import pytest
import trustme
from pytest_httpserver import HTTPServer

from digest.app.context import (
    AppContext,
    config_fingerprint,
    load_judge,
    load_shipped_judge,
    load_stack_index,
    make_fetcher,
    make_user_agent,
)
from digest.app.processes import call_in_process
from digest.app.workspace import Workspace
from digest.config.sources import parse_sources
from digest.errors import ConfigError, UsageError
from digest.fetch.http.client import HttpRequest, fetch_all
from digest.period import Quarter
from tests.factories.items import NOW, item

Q3 = Quarter(2026, 7, "UTC")
SOURCES = "sources: [{name: Acme, url: 'https://acme.example/feed', headers: {X-Key: '1'}}]"
STACK = "products: [{name: %s, categories: [crm]}]"


@pytest.fixture
def context(tmp_path):
    """A context of a workspace without any file of the team."""
    return AppContext(Workspace(tmp_path), parse_sources(SOURCES, {}), NOW)


def edit(path, text):
    """Write a file as an editor that sets its time back would."""
    path.write_text(text)
    os.utime(path, (1_700_000_000, 1_700_000_000))


def test_an_edited_stack_is_seen(context):
    """By content, in the index and in the fingerprint that says whether an edition is current."""
    path = context.workspace.root / "stack.yaml"
    assert load_stack_index(context) is None
    fingerprints = [config_fingerprint(context, Q3)]
    for name in ("Halcyra", "Quillmk"):
        edit(path, STACK % name)
        index = load_stack_index(context)
        assert [product.name for product in index.stack.products] == [name]
        fingerprints.append(config_fingerprint(context, Q3))
    assert len(set(fingerprints)) == 3
    assert load_stack_index(context) is load_stack_index(context)
    path.unlink()
    assert load_stack_index(context) is None
    assert config_fingerprint(context, Q3) == fingerprints[0]


def test_an_edited_vocabulary_is_seen(context):
    """Also while another part of the program holds the context."""
    path = context.workspace.root / "vocabulary.yaml"
    story = item(title="Zorblatt opens a plonket room", summary="It opens on Monday.")
    assert load_judge(context) is load_shipped_judge()
    for effect, relevant in (("include", True), ("exclude", False)):
        edit(path, f"rules: [{{name: rooms, effect: {effect}, words: [plonket room]}}]")
        assert load_judge(context).judge_item(story).relevant is relevant
    assert load_judge(context) is load_judge(context)
    edit(path, "rulez: []")
    with pytest.raises(ConfigError, match=r"vocabulary\.yaml:1:1"):
        load_judge(context)


@pytest.mark.whole
def test_a_detached_context_can_be_sent_to_another_process(context):
    """Without what was loaded and shown, with the environment."""
    edit(context.workspace.root / "stack.yaml", STACK % "Halcyra")
    load_stack_index(context)
    sent = call_in_process(give_back, context.detach())
    assert sent == context.detach()


def give_back(context):
    return context


@pytest.mark.parametrize(
    ("contact", "page", "named"),
    [
        (None, "", "(quarterly feed reader)"),
        ("a@b.example", "", "(quarterly feed reader; a@b.example)"),
        (None, "https://p.example/", "(quarterly feed reader; +https://p.example/)"),
        ("a@b.example", "https://p.example/", "reader; +https://p.example/; a@b.example)"),
    ],
)
def test_publishers_see_who_asks(contact, page, named):
    """The project's page and whom to reach, as far as there are any."""
    assert make_user_agent(contact, page).endswith(named)


@pytest.mark.whole
@pytest.mark.parametrize("way", ["ca_file", "SSL_CERT_FILE"])
def test_fetcher_trusts_own_authority(tmp_path, way):
    """A feed whose certificate the company's own authority signed is read."""
    authority, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.cert_pem.write_to_path(tmp_path / "own.pem")
    with HTTPServer(ssl_context=server) as site:
        site.expect_request("/feed").respond_with_data("<rss/>")
        network = f"network: {{allow_private: ['127.0.0.1:{site.port}']%s}}"
        network %= ", ca_file: own.pem" if way == "ca_file" else ""
        environ = {} if way == "ca_file" else {way: str(tmp_path / "own.pem")}
        url = f"https://127.0.0.1:{site.port}/feed"
        config = parse_sources(
            f"digest: {{{network}}}\nsources: [{{name: Acme, url: '{url}'}}]", environ
        )
        trusting = AppContext(Workspace(tmp_path), config, NOW, environ=environ)
        plain = replace(trusting, workspace=Workspace(tmp_path), environ={})
        (answer,) = fetch_all(make_fetcher(trusting), [HttpRequest("acme", url)])
        assert answer.body == b"<rss/>"
        if way == "SSL_CERT_FILE":
            (refusal,) = fetch_all(make_fetcher(plain), [HttpRequest("acme", url)])
            assert refusal.kind == "certificate"


def test_unreadable_authority_is_told(tmp_path):
    """A file that holds no certificate is an error with its name, before anything is asked."""
    (tmp_path / "own.pem").write_text("no certificate")
    config = parse_sources(f"digest: {{network: {{ca_file: own.pem}}}}\n{SOURCES}", {})
    with pytest.raises(UsageError, match=r"own\.pem cannot be read"):
        make_fetcher(AppContext(Workspace(tmp_path), config, NOW))
