"""The file under the page: what a person would have written, and nothing of anybody lost."""

import errno
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from digest.config.decision_changes import apply_changes, collect_values, parse_plain_values
from digest.errors import DigestError
from digest.review.store import ConflictError, DecisionStore
from tests.factories.items import NOW

A, B = "https://a.example/1", "https://a.example/2"


def entry(url, **values):
    """Changes that decide something of a story."""
    signs = {
        ("stories", url, "url"): url,
        ("stories", url, "item"): "i" + url[-1],
        ("stories", url, "title"): "Title",
    }
    return signs | {("stories", url, name): value for name, value in values.items()}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "editions" / "2026-Q3.yaml"


def page(path):
    return DecisionStore(path, "2026-Q3")


def did(store, url, by="Anna", seen=None, **values):
    return store.apply_changes(entry(url, **values), by=by, at=NOW, words="did", seen=seen)


def test_what_the_page_writes_is_what_a_person_would_have_written(path):
    """Keys in their usual order, long text as a block, short lists in a line, who and when last."""
    store = page(path)
    did(store, A, note="It touches *us*.\n\n* one", vendors=["Acme", "Bolt"], pin=1)
    store.apply_changes(
        {("letter", "", ""): "Dear all,\n\nhello."}, by="Anna", at=NOW, words="letter"
    )
    assert path.read_text() == (
        "# What the team decided on the briefing of 2026-Q3: read by `digest build`, "
        "written by people and `digest review`.\n"
        "\nstories:\n"
        "  - url: https://a.example/1\n"
        "    item: i1\n"
        "    title: Title\n"
        "    pin: 1\n"
        "    note: |\n"
        "      It touches *us*.\n"
        "\n"
        "      * one\n"
        "    vendors: [Acme, Bolt]\n"
        "    by: Anna\n"
        "    at: 2026-10-02T06:00:00Z\n"
        "\nletter: |\n"
        "  Dear all,\n"
        "\n"
        "  hello.\n"
    )


HAND = """\
# ours
stories:
# the first
- url: https://a.example/1   # from Ben
  drop: 'dull'     # really

  # the second
- item: i9
  note: >
    folded
    text
decisions: []   # none yet
"""


def test_other_lines_stay_as_they_are(path):
    """Comments, quotes, blank lines and indentation of a person's file."""
    path.parent.mkdir()
    path.write_text(HAND)
    store = page(path)
    did(store, A, category="cdp")
    store.apply_changes(
        {("decisions", "Ask", "what"): "Ask", ("decisions", "Ask", "due"): "2026-11-30"},
        by="B",
        at=NOW,
        words="x",
    )
    text = path.read_text()
    assert "# the first\n- url: https://a.example/1" in text
    assert re.search(r"drop: 'dull' +# really", text)
    assert "\n\n  # the second\n- item: i9\n  note: >\n    folded\n    text\n" in text
    assert "decisions:   # none yet\n  - what: Ask\n    due: 2026-11-30\n" in text


def test_every_step_can_be_undone(path):
    """The last of one's own first, or any by its number; the file then decides as before."""
    path.parent.mkdir()
    path.write_text(HAND)
    store = page(path)
    before = dict(store.values)
    first = did(store, A, drop=None, keep=True)
    did(store, B, by="Ben", drop="x")
    did(store, B, headline="h")
    store.undo_step("Anna", NOW)
    assert ("stories", B, "headline") not in store.values
    store.undo_step("Anna", NOW, first.number)
    store.undo_step("Ben", NOW)
    assert store.values == before
    with pytest.raises(DigestError, match="nothing to undo"):
        store.undo_step("Anna", NOW)


def test_undo_leaves_what_another_decided_since(path):
    """Of the same story: it keeps its name, too."""
    store = page(path)
    did(store, A, drop="x")
    did(store, A, by="Ben", ring="ask")
    store.undo_step("Anna", NOW)
    assert store.decisions.stories[0].ring == "ask"
    assert store.decisions.stories[0].url == A


def test_an_edit_in_the_editor_meanwhile_is_merged(path):
    """Whatever it changed elsewhere stays."""
    store = page(path)
    did(store, A, drop="x")
    path.write_text(path.read_text().replace("stories:", "# Ben\nletter: Hello\nstories:"))
    did(store, B, keep=True)
    assert "# Ben\nletter: Hello\n" in path.read_text()
    assert store.decisions.letter == "Hello"
    assert not store.conflicts


def test_the_same_place_is_a_conflict_and_the_file_stays(path):
    """Told with what stands there now; on a second look the person may go on."""
    store = page(path)
    did(store, A, drop="x")
    seen = store.version
    path.write_text(path.read_text().replace("drop: x", "drop: because of Ben"))
    with pytest.raises(ConflictError, match="because of Ben"):
        did(store, A, drop="y", seen=seen)
    assert "because of Ben" in path.read_text()
    did(store, A, drop="y", seen=store.version)
    assert "drop: y" in path.read_text()


def test_two_people_on_the_page_see_each_other(path):
    """The later of two who saw the same is told of the first."""
    store = page(path)
    seen = store.version
    did(store, A, by="Ben", ring="ask", seen=seen)
    with pytest.raises(ConflictError, match="Ben"):
        did(store, A, by="Anna", ring="act", seen=seen)
    did(store, A, by="Anna", headline="h", seen=seen)


def test_an_old_copy_saved_over_the_pages_work_is_shown(path):
    """And can be put back with one answer, or left."""
    store = page(path)
    did(store, A, drop="x")
    old = path.read_text()
    did(store, B, keep=True, note="why")
    path.write_text(old)
    store.reload_file()
    assert {(one.place[2], one.mine, one.theirs) for one in store.conflicts} == {
        ("keep", True, None),
        ("note", "why", None),
    }
    store.resolve_conflict(f"stories {B} keep", mine=True, by="Anna", at=NOW)
    store.resolve_conflict(f"stories {B} note", mine=False, by="Anna", at=NOW)
    assert store.decisions.stories[1].keep
    assert store.decisions.stories[1].url == B
    assert not store.conflicts


def test_half_a_file_is_left_alone_until_it_is_fixed(path):
    """The page says where it is wrong, and holds what it read before."""
    store = page(path)
    did(store, A, drop="x")
    whole, half = path.read_text(), path.read_text()[:-30] + "\n   - ["
    path.write_text(half)
    with pytest.raises(DigestError, match=r"2026-Q3.yaml:\d+:\d+") as caught:
        did(store, B, keep=True)
    assert "fix" in caught.value.hint
    assert path.read_text() == half
    assert store.decisions.stories[0].drop == "x"
    path.write_text(whole)
    did(store, B, keep=True)
    assert len(store.decisions.stories) == 2


@pytest.mark.parametrize(
    "text",
    [
        "stories: [{url: https://a.example/1, drop: x}]\n",
        "letter: &a x\nstories:\n  - url: https://a.example/1\n    drop: *a\n",
    ],
)
def test_a_layout_that_takes_a_person_is_refused(path, text):
    """The file stays as it is."""
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(DigestError, match="laid out"):
        did(page(path), A, ring="ask")
    assert path.read_text() == text


@pytest.mark.parametrize(
    "values",
    [{"ring": "outer"}, {"category": "nonsense"}, {"pin": -1}, {"keep": True, "drop": "x"}],
)
def test_what_may_not_stand_there_is_refused(path, values):
    """In words; the file stays as it is."""
    store = page(path)
    did(store, B, drop="x")
    before = path.read_bytes()
    with pytest.raises(DigestError):
        did(store, A, **values)
    assert path.read_bytes() == before


def test_a_write_protected_file_stays(path):
    """Even where the folder would let it be replaced."""
    store = page(path)
    did(store, A, drop="x")
    before = path.read_bytes()
    path.chmod(0o444)
    with pytest.raises(DigestError, match="write-protected"):
        did(store, B, drop="y")
    assert path.read_bytes() == before


def test_a_link_stays_a_link(path, tmp_path):
    """What it names is written; where that is not there, nothing is, and the page says so."""
    path.parent.mkdir()
    shared = tmp_path / "shared.yaml"
    shared.write_text("# theirs\n")
    path.symlink_to(shared)
    store = page(path)
    did(store, A, drop="x")
    assert path.is_symlink()
    assert shared.read_text().startswith("# theirs\n\nstories:\n")
    shared.unlink()
    with pytest.raises(DigestError, match="is not there; nothing was written"):
        did(store, B, drop="y")
    assert path.is_symlink()


def test_a_file_that_is_not_utf8_is_left_alone(path):
    """And is told as such."""
    store = page(path)
    did(store, A, drop="x")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DigestError, match="not UTF-8 at byte 1: save it as UTF-8"):
        did(store, B, drop="y")
    assert path.read_bytes() == b"\xff\xfe"


def test_a_full_disk_leaves_the_file_as_it_was(path, monkeypatch):
    """With what to do; nothing lies about half-written, and the page works on."""
    store = page(path)
    did(store, A, drop="x")
    before = path.read_bytes()

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("digest.app.workspace.os.fsync", full)
        with pytest.raises(DigestError, match="No space left"):
            did(store, B, drop="y")
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    did(store, B, drop="y")
    assert len(store.decisions.stories) == 2


# ---------------------------------------------------------------- two writers at once

VALUES = {"drop": ("dull", "late"), "headline": ("one", "two"), "ring": ("act", "ask")}
a_place = st.sampled_from([("stories", url, name) for url in (A, B) for name in VALUES])
a_value = st.integers(0, 1)


class TwoWriters(RuleBasedStateMachine):
    """A page and an editor on one file.

    The page changes no place that its user has not seen as it is; what an editor's older copy takes
    from the page is shown as a conflict.
    """

    @initialize()
    def begin(self):
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "q.yaml"
        self.store = DecisionStore(self.path, "2026-Q3")
        self.seen, self.version, self.mine, self.buffer = {}, 0, {}, ""

    def teardown(self):
        self.folder.cleanup()

    def disk(self):
        found = (
            collect_values(parse_plain_values(self.path.read_text(), "q"))
            if self.path.exists()
            else {}
        )
        return {place: value for place, value in found.items() if place[2] in VALUES}

    @rule()
    def the_user_looks(self):
        self.store.reload_file()
        self.seen, self.version = dict(self.store.values), self.store.version

    @rule(place=a_place, value=a_value)
    def the_page_writes(self, place, value):
        before, wanted = self.disk(), VALUES[place[2]][value]
        try:
            did(self.store, place[1], seen=self.version, **{place[2]: wanted})
        except ConflictError:
            assert self.disk() == before
            return
        assert before.get(place) in (self.seen.get(place), self.mine.get(place), wanted)
        self.mine[place] = wanted
        assert self.disk() == before | {place: wanted}

    @rule()
    def the_page_undoes(self):
        before = self.disk()
        try:
            self.store.undo_step("Anna", NOW)
        except DigestError:
            assert self.disk() == before
            return
        after = self.disk()
        for place in {place for place in before | after if before.get(place) != after.get(place)}:
            assert before.get(place) == self.mine.get(place)
            self.mine[place] = after.get(place)

    @rule()
    def the_editor_opens(self):
        self.buffer = self.path.read_text() if self.path.exists() else ""

    @rule(place=a_place, value=a_value)
    def the_editor_edits(self, place, value):
        wanted = VALUES[place[2]][value]
        changes = entry(
            place[1], **{place[2]: wanted if place[2] == "ring" else f"{wanted}, says Ben"}
        )
        self.buffer, _ = apply_changes(self.buffer, changes)

    @rule()
    def the_editor_saves(self):
        self.path.write_text(self.buffer)
        self.store.reload_file()
        disk, shown = self.disk(), {(one.place, one.mine) for one in self.store.conflicts}
        for place, wanted in list(self.mine.items()):
            if disk.get(place) != wanted:
                assert (place, wanted) in shown
                del self.mine[place]


@pytest.mark.real
def test_page_and_editor_at_once_lose_nothing(monkeypatch):
    """In 200 random interleavings."""
    monkeypatch.setattr(
        "digest.app.workspace.os.fsync", lambda handle: None
    )  # the disk's time is not what is tested
    run_state_machine_as_test(
        TwoWriters,
        settings=settings(max_examples=200, stateful_step_count=8, deadline=None, database=None),
    )
