"""The surroundings of a run: what the team edits while the program runs is seen."""

import os

import pytest

from digest.app.context import (
    AppContext,
    config_fingerprint,
    load_judge,
    load_shipped_judge,
    load_stack_index,
)
from digest.app.processes import call_in_process
from digest.app.workspace import Workspace
from digest.config.sources import parse_sources
from digest.errors import ConfigError
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


def test_a_detached_context_can_be_sent_to_another_process(context):
    """Without what was loaded and shown, with the environment."""
    edit(context.workspace.root / "stack.yaml", STACK % "Halcyra")
    load_stack_index(context)
    sent = call_in_process(give_back, context.detach())
    assert sent == context.detach()


def give_back(context):
    return context
