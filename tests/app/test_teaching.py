"""What a team taught is measured on its own items when the program changes, and a loss is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.app import judgements, teaching
from digest.app.context import AppContext
from digest.app.teaching import load_teaching, update_teaching, warn_of_loss
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.config.sources import load_sources
from tests.factories.items import NOW, item, tags

SOURCES = 'sources:\n  - {name: Acme News, url: "https://acme-news.example/feed", tier: trade}\n'
DECIDED = f"""stories:
  - {{item: {item(1).id}, event: launch, category: crm}}
  - {{item: {item(2).id}, event: pricing}}
  - {{item: {item(3).id}, drop: dull}}
"""


class Program:
    """A version of the program: its name, and what it judges of every item."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name, self.tags, self.judged = "first", tags(event="launch"), 0
        for module in (judgements, teaching):
            monkeypatch.setattr(module, "fingerprint_program", lambda packages: self.name)
        monkeypatch.setattr(judgements, "load_judge", lambda context: self)

    def judge_item(self, one):
        self.judged += 1
        return self.tags

    def upgrade(self, **changed) -> None:
        self.name, self.tags = f"{self.name}, then another", replace(self.tags, **changed)


@pytest.fixture
def program(monkeypatch) -> Program:
    return Program(monkeypatch)


@pytest.fixture
def context(tmp_path) -> AppContext:
    """A workspace in which three items were decided on."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "2026-Q3.yaml").write_text(DECIDED)
    made = AppContext(Workspace(tmp_path), load_sources(tmp_path / "sources.yaml", {}), NOW)
    with Archive.open(made.workspace.archive_file) as archive:
        several = [item(n) for n in (1, 2, 3, 4)]
        archive.record_attempt(SourceState("acme-news"), several, at=NOW, outcome="read")
    return made


def test_what_a_new_program_loses_is_told_until_it_is_right_again(context, program):
    """Not what was wrong before: the price change and the drop never were right."""
    assert not update_teaching(context).lost
    program.upgrade(event="update")
    (lost,) = update_teaching(context).lost
    assert (lost.title, lost.fields) == (item(1).title, ("event",))
    assert "1 of 3 items" in load_teaching(context).describe()
    program.upgrade(ai="core")
    assert update_teaching(context).lost == (lost,)
    program.upgrade(event="launch")
    assert load_teaching(context).lost
    assert not update_teaching(context).lost


def test_a_loss_is_no_loss_once_the_team_decides_otherwise(context, program):
    """The file of decisions is read again when it changes."""
    update_teaching(context)
    program.upgrade(category="cdp")
    assert update_teaching(context).lost
    path = context.team_root / "editions" / "2026-Q3.yaml"
    path.write_text(DECIDED.replace("category: crm", "category: cdp"))
    assert not update_teaching(context).lost


def test_nothing_is_judged_while_nothing_changed(context, program):
    """And of a new program the decided items alone."""
    update_teaching(context)
    assert program.judged == 3
    update_teaching(context)
    assert program.judged == 3
    program.upgrade()
    update_teaching(context)
    assert program.judged == 6


def test_a_loss_is_warned_of_once(context, program, caplog):
    """By whoever collects by hand."""
    warn_of_loss(context)
    program.upgrade(event="update")
    for _ in range(2):
        warn_of_loss(context)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert item(1).title in caplog.text
    assert "lab propose" in caplog.text


def test_a_broken_record_is_made_anew(context, program):
    """It is the program's own file; a person may have removed or broken it."""
    update_teaching(context)
    (context.workspace.output / "teaching.json").write_text('{"program": "first", "lost": 3}')
    assert not load_teaching(context).right
    assert len(update_teaching(context).right) == 3


def test_a_broken_file_of_the_team_stops_nothing(context, program, caplog):
    """Whoever builds is told of it, too."""
    (context.team_root / "editions" / "2026-Q3.yaml").write_text("stories: {")
    warn_of_loss(context)
    assert "not measured" in caplog.text
