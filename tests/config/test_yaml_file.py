"""A change of a file changes its own lines and not one other byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.source_changes import add_source, remove_source
from digest.config.sources import parse_sources
from digest.config.starter import load_starter_files
from digest.config.tree import parse_yaml
from digest.config.yaml_file import (
    LayoutError,
    change_value,
    insert_value,
    remove_value,
)
from digest.errors import ConfigError, DigestError, UsageError
from tests.factories.examples import try_examples

HAND_MADE = """\
# our sources

digest:
  title:   "Ours"      # odd   spacing is ours, too

sources:   # by tier
  # trade
  - name: First
    url:   "https://first.example/feed"
    # tags: [maybe]

  # vendors
  - {name: Second, url: https://second.example/feed}   # in one line
  - url: 'https://third.example/feed'
    name: Third
    tags:
      - one

      # a comment inside
  # - name: Example, commented out
  #   url: https://example.example/

# the end
"""


def test_a_source_is_added_behind_the_last_one() -> None:
    """Same indentation, before the comments that stand at the list's own depth."""
    new = add_source(
        HAND_MADE,
        {"name": "New", "url": "https://new.example/feed", "tier": "vendor", "tags": ["a", "b"]},
    )
    added = "  - name: New\n    url: https://new.example/feed\n    tier: vendor\n    tags: [a, b]\n"
    before, after = HAND_MADE.split("  # - name: Example")
    assert new == before + added + "  # - name: Example" + after


REMOVED = [
    ("First", '  - name: First\n    url:   "https://first.example/feed"\n    # tags: [maybe]\n'),
    ("first", '  - name: First\n    url:   "https://first.example/feed"\n    # tags: [maybe]\n'),
    ("Second", "  - {name: Second, url: https://second.example/feed}   # in one line\n"),
    ("Third", HAND_MADE[HAND_MADE.index("  - url:") : HAND_MADE.index("  # - name: Example")]),
]


@pytest.mark.parametrize(("name", "lines"), REMOVED, ids=[case[0] for case in REMOVED])
def test_a_source_is_removed_with_its_own_comments(name: str, lines: str) -> None:
    """By name or slug; headings and neighbours stay."""
    assert remove_source(HAND_MADE, name) == HAND_MADE.replace(lines, "")


ADDED = [
    ("an empty file", "", "sources:\n  - name: N\n"),
    ("comments alone", "# x", "# x\nsources:\n  - name: N\n"),
    ("no sources yet", "digest: {}\n", "digest: {}\nsources:\n  - name: N\n"),
    ("sources left empty", "sources:  # ours\nx: 1\n", "sources:  # ours\n  - name: N\nx: 1\n"),
    ("an empty list", "sources: []\nx: 1\n", "sources:\n  - name: N\nx: 1\n"),
    ("an empty list with a comment", "sources: [ ]  # none\n", "sources:  # none\n  - name: N\n"),
    ("null", "sources: null", "sources:\n  - name: N\n"),
    ("no indentation", "sources:\n- name: A\nx: 1\n", "sources:\n- name: A\n- name: N\nx: 1\n"),
    ("deep indentation", "sources:\n      - name: A\n", "sources:\n      - name: A\n      - name: N\n"),
    ("no line break at the end", "sources:\n  - name: A", "sources:\n  - name: A\n  - name: N\n"),
    ("Windows", "sources:\r\n  - name: A\r\n", "sources:\r\n  - name: A\r\n  - name: N\r\n"),
    ("a byte order mark", "\ufeffsources:\n  - name: A\n", "\ufeffsources:\n  - name: A\n  - name: N\n"),
    ("a text block last", "sources:\n- name: |\n   A\n\nx: 1\n", "sources:\n- name: |\n   A\n- name: N\n\nx: 1\n"),
    ("an alias last", "x: &x [a]\nsources:\n  - tags: *x\n", "x: &x [a]\nsources:\n  - tags: *x\n  - name: N\n"),
    ("a document's end", "---\nsources:\n  - name: A\n...\n", "---\nsources:\n  - name: A\n  - name: N\n...\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "new"), [case[1:] for case in ADDED], ids=[case[0] for case in ADDED]
)
def test_a_source_is_added_to_any_layout(text: str, new: str) -> None:
    """Whatever the list looks like, one item comes to it."""
    assert add_source(text, {"name": "N", "url": None}) == new


REFUSED = [
    "sources: [{name: A}]\n",
    "{}\n",
    "[]\n",
    "sources: x\n",
    "sources:\n-\n  name: A\n",
    "digest: {}\n...\n",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_layout_that_takes_a_person_is_refused(text: str) -> None:
    """No half-right edit: the file is left to a person, with what to do."""
    with pytest.raises(DigestError, match="edit it by hand"):
        add_source(text, {"name": "N"})


def test_an_anchor_that_is_used_is_not_removed() -> None:
    """An edit that would break the rest of the file is refused."""
    text = "sources:\n  - name: A\n    tags: &t [x]\n  - name: B\n    tags: *t\n"
    with pytest.raises(DigestError, match="edit it by hand"):
        remove_source(text, "A")
    assert remove_source(text, "B") == "sources:\n  - name: A\n    tags: &t [x]\n"


def test_the_last_source_leaves_an_empty_list() -> None:
    """The file stays valid, and the next source can be added."""
    empty = remove_source(
        "sources:   # ours\n  - name: A\n    url: https://a.example/\n# end\n", "A"
    )
    assert empty == "sources: []   # ours\n# end\n"
    assert parse_sources(empty, {}).sources == ()


def test_an_unknown_source_is_told_with_the_nearest() -> None:
    """A slip of the pen removes nothing."""
    with pytest.raises(UsageError, match=r"has no source 'Frist'; did you mean First\?"):
        remove_source(HAND_MADE, "Frist")
    with pytest.raises(UsageError, match="has no source 'A'"):
        remove_source("", "A")


def test_a_text_that_cannot_be_read_is_told() -> None:
    """Broken YAML is no place for an edit."""
    for edit in (
        lambda text: add_source(text, {"name": "N"}),
        lambda text: remove_source(text, "N"),
    ):
        with pytest.raises(ConfigError):
            edit("sources:\n\t- name: N\n")


def test_every_source_of_the_starter_can_be_removed_and_added_again() -> None:
    """The shipped file: removing takes just the source's lines, and adding puts a source before the examples."""
    text = load_starter_files()["sources.yaml"]
    for source in parse_sources(text, {}).sources[::80]:
        less = remove_source(text, source.name)
        assert less in _without_one_run_of_lines(text)
        assert source not in parse_sources(less, {}).sources
        again = add_source(less, {"name": source.name, "url": source.url, "tier": source.tier})
        assert parse_sources(again, {}).sources[-1].slug == source.slug


class _without_one_run_of_lines:  # noqa: N801  (reads as a sentence where it is used)
    """All texts that are a text less one run of lines."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines(keepends=True)

    def __contains__(self, less: object) -> bool:
        lines = str(less).splitlines(keepends=True)
        same = next(
            (n for n, (a, b) in enumerate(zip(self.lines, lines, strict=False)) if a != b),
            len(lines),
        )
        return lines[same:] == self.lines[len(self.lines) - len(lines) + same :]


DECIDED = """\
letter:   'Dear all'    # odd   spacing
stories:
- url:  https://a.example/   # first
  note: |
    It *matters*.

    A lot.
  vendors: [Acme,  Bolt]     # two

  # about the next
- {url: https://b.example/, drop: x}
# the end
"""


def set_pin(block: Any) -> None:
    """Change what `change_value` loaded."""
    block[0]["pin"] = 1


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_changed_entry_leaves_all_other_lines(mark: str, newline: str) -> None:
    """With Windows' line ends and a byte order mark, too; the entry keeps its comments and quotes."""
    text = mark + DECIDED.replace("\n", newline)
    changed = change_value(text, ("stories", 0), set_pin, "f")
    before, after = text.split(newline), changed.split(newline)
    at = after.index("  pin: 1")
    assert after[:at] + after[at + 1 :] == before
    # an entry in brackets stays in its line
    flow = change_value(text, ("stories", 1), set_pin, "f")
    assert flow == text.replace("drop: x}", "drop: x, pin: 1}")


def test_places_after_a_change_are_those_of_the_new_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a change keeps for the next one is what reading the text anew gives."""
    places = [("stories", n, name) for n in range(3) for name in ("url", "note", "pin", "drop")]
    text = insert_value(DECIDED, ("stories", 2), {"url": "u", "note": "a\n\nb"}, "f")
    text = change_value(text, ("stories", 0), set_pin, "f")
    kept = parse_yaml(text, "f")
    monkeypatch.setattr("digest.config.tree._kept", {})
    read = parse_yaml(text, "f")
    assert kept is not read
    assert kept.plain_value == read.plain_value
    for place in (*places, ("letter",), ("stories",)):
        for at_key in (True, False):
            assert kept.make_problem(place, "", at_key=at_key) == read.make_problem(
                place, "", at_key=at_key
            )


def test_a_key_of_the_file_is_changed_in_its_line() -> None:
    """The first key as well, whatever its quotes; long lines are not broken."""

    def set_letter(block: Any) -> None:
        block["letter"] = "word " * 60

    changed = change_value("\ufeff" + DECIDED, ("letter",), set_letter, "f")
    first, rest = changed.split("\n", 1)
    assert first.startswith("\ufeffletter: ")
    assert first.count("word") == 60
    assert rest == DECIDED.split("\n", 1)[1]
    assert remove_value("\ufeff" + DECIDED, ("letter",), "f") == "\ufeff" + rest


def test_what_an_anchor_ties_together_takes_a_person() -> None:
    """A block that needs another one, or that another one needs, is not rewritten."""
    tied = "letter: &a x\nstories:\n  - url: u\n    drop: *a\n  - url: v\n"
    with pytest.raises(LayoutError):
        change_value(tied, ("stories", 0), set_pin, "f")
    with pytest.raises(LayoutError):
        remove_value(tied, ("letter",), "f")
    assert change_value(tied, ("stories", 1), set_pin, "f") == tied + "    pin: 1\n"


def test_a_missing_group_is_begun_at_the_end() -> None:
    """With what it holds, and what stood there stays."""
    assert insert_value("a: 1  # one\n# end", ("words", "crm", 0), "x", "f") == (
        "a: 1  # one\n# end\nwords:\n  crm: [x]\n"
    )


_name = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=12,
)
_scalar = (
    _name
    | st.booleans()
    | st.integers(-999, 999)
    | st.sampled_from(["no", "~", "1.5", "- x", "a: b", "#", "*x", "2026-01-01"])
)
_letters = st.dictionaries(st.sampled_from(["from", "to"]), _name, min_size=1)
_optional = {
    "url": _name,
    "weight": _scalar,
    "tags": st.lists(_name, max_size=3),
    "newsletter": _letters,
}
_source = st.fixed_dictionaries({"name": _name}, optional=_optional)
_comments = st.lists(
    st.sampled_from(["", "\n", "  # about it\n", "# at the edge\n", "\n    # deep\n"]),
    min_size=8,
    max_size=8,
)


@given(
    st.lists(_source, min_size=1, max_size=5, unique_by=lambda one: str(one["name"])),
    _comments,
    st.data(),
)
@try_examples(40)
def test_edits_are_byte_exact(
    sources: list[dict[str, Any]], comments: list[str], data: st.DataObject
) -> None:
    """Added one by one with comments strewn between, each can be added to and removed from any place: what is left is
    the same bytes, and adding then removing a source gives the text back."""
    text = "# head\ndigest:\n  title:  x  # t\nsources:\n"
    for source, comment in zip(sources, comments, strict=False):
        text = add_source(text, source) + comment
    new = {"name": "An entirely new name", "url": "https://new.example/"}
    more = add_source(text, new)
    assert remove_source(more, new["name"]) == text
    name = data.draw(st.sampled_from(sources))["name"]
    less = remove_source(text, name)
    assert less in _without_one_run_of_lines(text) or len(sources) == 1
