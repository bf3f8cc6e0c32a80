"""editions/QUARTER.yaml: what it may hold, and how mistakes are told."""

import json
from datetime import UTC, date, datetime

import jsonschema
import pytest
from ruamel.yaml import YAML

from digest.config.decisions import (
    load_editorial_decisions,
    parse_editorial_decisions,
)
from digest.config.starter import DECISIONS_SCHEMA, build_schemas
from digest.decide.follow_up import trace_decisions
from digest.errors import ConfigError

WHOLE = """\
# our third quarter
letter: |
  Dear all,

  * one
  * **two**
sections:
  deals: off
  rules: on
stories:
  - url: https://acme.example/1?utm_source=x
    item: i000000000001
    title: Vendor launches product
    pin: 1
    headline: Vendor ships
    note: |
      It touches *us*.
    category: none
    ai: applied
    vendors: [Acme]
    relation: product
    ring: ask
    merge: [https://acme.example/2]
    split: [i000000000003]
    by: Anna
    at: 2026-10-02T09:12:00+02:00
  - item: i000000000004
    drop: not our market
added:
  - url: https://bolt.example/x
    title: Bolt opens
    source: Bolt Blog
    published: 2026-08-11
decisions:
  - what: ask Bolt for its data terms
    step: ask
    owner: Ben
    due: 2026-11-30
"""


def test_all_that_may_stand_in_it_is_read():
    """Every kind of decision, with who and when; addresses become canonical."""
    read = parse_editorial_decisions(WHOLE, "2026-Q3")
    first, second = read.stories
    assert read.letter == "Dear all,\n\n* one\n* **two**"
    assert read.off == {"deals"}
    assert (first.url, first.item, first.pin, first.headline) == (
        "https://acme.example/1",
        "i000000000001",
        1,
        "Vendor ships",
    )
    assert dict(first.tags) == {"category": None, "ai": "applied", "vendors": ("Acme",)}
    assert (first.relation, first.ring, first.note) == ("product", "ask", "It touches *us*.")
    assert (first.merge, first.split) == (("https://acme.example/2",), ("i000000000003",))
    assert (first.by, first.at) == ("Anna", datetime(2026, 10, 2, 7, 12, tzinfo=UTC))
    assert (second.url, second.drop, second.by) == ("", "not our market", "")
    assert (read.added[0].source_name, read.added[0].published) == (
        "Bolt Blog",
        datetime(2026, 8, 11, 12, tzinfo=UTC),
    )
    assert read.decisions[0].due == date(2026, 11, 30)
    traced = tuple(one.decision for one in trace_decisions(read.decisions))
    assert traced == read.decisions
    assert all(one.state == "open" for one in traced)


def test_no_file_and_an_empty_file_decide_nothing(tmp_path):
    """Nothing is asked of a team that has nothing to say."""
    assert load_editorial_decisions(
        tmp_path / "2026-Q3.yaml", "2026-Q3"
    ) == parse_editorial_decisions("", "2026-Q3")
    assert parse_editorial_decisions("stories:\nletter:\n", "2026-Q3").stories == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stories:\n  - drop: dull\n", "f:2:5: stories[0]: names no story"),
        ("stories:\n  - item: a\n    drop: x\n    keep: true\n", "kept and dropped at once"),
        ("stories:\n  - item: a\n  - item: a\n", "stands here twice (line 2)"),
        (
            "stories:\n  - item: a\n    ring: outer\n",
            "f:3:11: stories[0].ring: 'outer' is not one of act, try, ask, watch",
        ),
        ("stories:\n  - item: a\n    catgory: cdp\n", "unknown key; did you mean category?"),
        ("stories:\n  - item: a\n    category: cdpp\n", "is no stack category"),
        ("stories:\n  - item: a\n    pin: first\n", "must be a whole number"),
        ("stories:\n  - item: a\n    at: yesterday\n", "must be a time with its zone"),
        ("stories:\n  - item: a\n    drop:\n  - item: b\n    note: [x", "f:"),
        ("sections:\n  front: off\n", "'front' is not one of"),
        (
            "added:\n  - url: javascript:alert(1)\n    title: x\n    source: y\n",
            "must be an address",
        ),
        ("letter: " + "x" * 7000, "at most 6000 characters"),
        ("stories: !!python/object:os.system {}\n", "tags (!…) are not accepted"),
    ],
)
def test_mistakes_are_told_with_their_place(text, told):
    """File, line and column, and what is allowed."""
    with pytest.raises(ConfigError) as caught:
        parse_editorial_decisions(text, "2026-Q3", "f")
    assert told in str(caught.value)


def test_the_schema_for_editors_is_the_one_that_is_shipped():
    """And takes what the program takes."""
    shipped = json.loads(DECISIONS_SCHEMA.read_text("utf-8"))
    assert shipped == json.loads(build_schemas()[DECISIONS_SCHEMA]), "run: make generate"
    jsonschema.Draft202012Validator.check_schema(shipped)
    plain = json.loads(json.dumps(YAML(typ="safe").load(WHOLE), default=str))
    plain["sections"] = {"deals": "off"}
    jsonschema.validate(plain, shipped)
