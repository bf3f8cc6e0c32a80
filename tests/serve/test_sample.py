"""The sample's hostile texts through search, ask, the site and the server for assistants."""

from __future__ import annotations

import json
import re

import anyio
import pytest
from click.testing import CliRunner
from mcp import Client

from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.assistants.server import build_server
from digest.cli import cli
from digest.config.sources import load_sources
from tests.factories.items import NOW
from tests.factories.sample import items
from tests.serve.test_site import open_site, parse

# markup, templates, orders to a model, controls, directions: whatever would act elsewhere
ACTIVE = re.compile(
    r"<\s*(?:script|img|iframe|svg|a)\b|javascript:|onerror|\{\{|\{%|ignore (?:all|previous)|"
    r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE,
)

SCRIPTED = "bidside-gazette"  # its feed has scripts and handlers


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The items of the sample's feeds in an archive of their own, and the hostile ones among them."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "sources.yaml").write_text("sources: [{name: A, url: 'https://a.example/feed'}]")
    place = Workspace(folder)
    with Archive.open(place.archive_file) as archive:
        archive.record_attempt(SourceState("a"), items(), at=NOW, outcome="read")
    hostile = [
        one
        for one in items()
        if one.source == SCRIPTED
        or ACTIVE.search(" ".join((one.title, one.summary, one.text, one.link)))
    ]
    return AppContext(place, load_sources(place.sources_file, {}), NOW, quiet=True), hostile


def test_the_sample_has_hostile_texts(sample):
    """Else the others show nothing."""
    assert len(sample[1]) >= 3


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.whole)])
def test_they_are_text_on_the_terminal(sample, step):
    """No control character reaches it. A command each, so the quick ring takes some of them."""
    context, hostile = sample
    common = ["--workspace", str(context.workspace.root), "--now", NOW.isoformat()]
    for one in hostile[::step]:
        for command in ("search", "ask"):
            shown = CliRunner().invoke(cli, [command, "--", one.title, *common]).stdout
            assert not set(shown) & set(map(chr, (*range(10), *range(11, 32), 127))), one.title
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown), one.title


@pytest.mark.whole
@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.whole)])
def test_they_are_text_on_the_site(sample, step):
    """No element, no address and no attribute of theirs."""
    context, hostile = sample
    site = open_site(context)
    for one in hostile[::step]:
        for path in ("/search", "/ask"):
            page = parse(site.get(path, params={"q": one.title}).text)
            assert not page.xpath("//script | //img | //iframe | //object | //embed | //@onerror")
            for link in page.xpath("//a/@href"):
                assert re.match(r"/|#|https?://", link), link


@pytest.mark.whole
def test_they_are_marked_for_assistants(sample):
    """One line each, in fields that say whose words they are."""
    context, hostile = sample

    async def run():
        async with Client(build_server(lambda: context)) as client:
            return [
                (await client.call_tool(tool, {name: one.title[:900]})).structured_content
                for one in hostile
                for tool, name in (("search", "query"), ("ask_passages", "question"))
            ]

    answers = [answer for answer in anyio.run(run) if answer]
    assert any(answer["passages"] for answer in answers)
    for passage in (passage for answer in answers for passage in answer["passages"]):
        assert not re.search("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", json.dumps(passage, ensure_ascii=False))  # fmt: skip
        for name, value in passage.items():
            if isinstance(value, str) and re.search("<script|ignore all", value, re.IGNORECASE):
                assert name.startswith("untrusted_")
