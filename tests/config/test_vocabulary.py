"""vocabulary.yaml: read whole, with every problem at once, and felt by the judgement."""

import json
import re

import jsonschema
import pytest
from click.testing import CliRunner

from digest.app.vocabulary import load_overrides
from digest.cli import cli
from digest.config.starter import (
    VOCABULARY_SCHEMA,
    build_schemas,
    find_starter_file,
    load_starter_files,
)
from digest.config.tree import parse_yaml
from digest.config.vocabulary import (
    fingerprint_vocabulary,
    load_vocabulary,
    parse_vocabulary,
)
from digest.errors import ConfigError
from tests.factories.items import NOW

SCHEMA = json.loads(build_schemas()[VOCABULARY_SCHEMA])
GOOD = """\
words:
  crm: [contact ledger^3]
vendors:
  - name: Zorblatt
    site: zorblatt.example
    categories: [crm]
rules:
  - name: nothing of Zorblatt's parties
    effect: exclude
    words: [garden party]
"""
WRONG = """\
words:
  crmm: [x]
vendors:
  - nam: Zorblatt
rules:
  - name: bad
    effect: hide
"""


def test_a_good_file_is_read(tmp_path):
    """Its values, as they stand."""
    (tmp_path / "vocabulary.yaml").write_text(GOOD)
    file = load_vocabulary(tmp_path / "vocabulary.yaml")
    assert file.vendors[0].categories == ("crm",)
    assert file.rules[0].effect == "exclude"


def test_all_problems_are_told_at_once(tmp_path):
    """Each with its line."""
    (tmp_path / "vocabulary.yaml").write_text(WRONG)
    with pytest.raises(ConfigError) as told:
        load_vocabulary(tmp_path / "vocabulary.yaml")
    assert {problem.line for problem in told.value.problems} >= {2, 4, 7}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "events:\n  launch:\n    title: [ok, '(a+)+b']\n",
            "v:3:17: events.launch.title[1]: the pattern could take",
        ),
        ("events:\n  start:\n    title: [x]\n", "v:2:3: events.start"),
        ("events:\n  launch:\n    head: [x]\n", "v:3:5: events.launch.head: unknown key"),
        (
            "claims:\n  data:\n    - '('\n",
            "v:3:7: claims.data[0]: the pattern is no regular expression",
        ),
        ("claims:\n  hype: [x]\n", "v:2:3: claims.hype"),
        (
            "rules:\n  - {name: r, effect: exclude, pattern: a*b*c*}\n",
            "v:2:41: rules[0].pattern: the pattern could take",
        ),
        (
            "rules:\n  - {name: r, effect: exclude}\n",
            "v:2:5: rules[0]: a rule needs at least one condition",
        ),
        ("ai: [Zorb*]\n", "v:1:6: ai[0]: a word with a capital"),
        ("words:\n  crm: [a, b^x]\n", "v:2:12: words.crm[1]: the weight behind ^ must be a number"),
        ("words:\n  crm: [^2]\n", "v:2:9: words.crm[0]: holds no word"),
        (
            "vendors: [{name: A}, {name: A}]\n",
            "v:1:29: vendors[1].name: the same name stands here twice",
        ),
    ],
)
def test_each_problem_has_its_place(text, told):
    """File, line and column, and what to do."""
    with pytest.raises(ConfigError) as error:
        parse_vocabulary(text, "v")
    assert told in str(error.value)


def test_the_fingerprint_is_of_what_is_taught(tmp_path):
    """Not of comments and order of keys; nothing where nothing is taught."""
    path = tmp_path / "vocabulary.yaml"
    assert fingerprint_vocabulary(path) == ""
    seen = []
    for text in (
        "# only comments\n",
        "ai: [x]\nwithout: [y]\n",
        "without: [y]\n# more\nai: [x]\n",
        "ai: [z]\n",
    ):
        path.write_text(text)
        seen.append(fingerprint_vocabulary(path))
    assert seen[0] == ""
    assert seen[1] == seen[2] != seen[3]


def test_the_starter_teaches_nothing_and_its_examples_are_right(tmp_path):
    """Taking off the comment signs gives a valid file, which the judgement and the schema take."""
    text = find_starter_file("vocabulary.yaml").read_text("utf-8")
    assert fingerprint_vocabulary(find_starter_file("vocabulary.yaml")) == ""
    examples = re.sub(r"^#(?=\w|  )", "", text.partition("\n\n")[2], flags=re.MULTILINE)
    (tmp_path / "v.yaml").write_text(examples, "utf-8")
    made = load_overrides(tmp_path / "v.yaml")
    assert all(
        (made.terms, made.without, made.vendors, made.rules, made.events, made.claims, made.ai)
    )
    jsonschema.Draft202012Validator(SCHEMA).validate(parse_yaml(examples.encode(), "v").plain_value)


def test_the_shipped_schema_is_current_and_named():
    """A workspace's file names its copy."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(VOCABULARY_SCHEMA.read_text("utf-8")) == SCHEMA, "run: make generate"
    files = load_starter_files()
    named = files["vocabulary.yaml"].splitlines()[0].partition("$schema=")[2]
    assert json.loads(files[named]) == SCHEMA


def test_the_judgement_feels_it(tmp_path, httpserver):
    """A company that no list knows is named, and a rule drops an item and is named as the reason."""
    rows = "".join(
        f"<item><title>{title}</title><link>https://x.example/{n}</link>"
        f"<pubDate>0{n} Jul 2026 09:00:00 GMT</pubDate></item>"
        for n, title in enumerate(
            ("Zorblatt launches a CRM for florists", "Zorblatt holds a garden party"), 1
        )
    )
    httpserver.expect_request("/feed").respond_with_data(
        f"<rss version='2.0'><channel>{rows}</channel></rss>"
    )
    place = f"localhost:{httpserver.port}"
    (tmp_path / "sources.yaml").write_text(
        f"digest:\n  title: T\n  network:\n    allow_private: ['{place}']\nsources:\n  - name: X\n    url: http://{place}/feed\n"
    )
    (tmp_path / "vocabulary.yaml").write_text(GOOD)
    at = ["--workspace", str(tmp_path), "--now", NOW.isoformat()]
    assert CliRunner().invoke(cli, ["collect", *at]).exit_code == 0
    launch = CliRunner().invoke(cli, ["explain", "https://x.example/1", *at]).output
    party = CliRunner().invoke(cli, ["explain", "https://x.example/2", *at]).output
    assert "Zorblatt" in next(
        line for line in launch.splitlines() if line.strip().startswith("vendors")
    )
    assert "nothing of Zorblatt's parties" in party
