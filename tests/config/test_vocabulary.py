"""vocabulary.yaml: read whole, with every problem at once, and felt by the judgement."""

import pytest
from click.testing import CliRunner

from digest.cli import cli
from digest.config.vocabulary import load_vocabulary
from digest.errors import ConfigError
from tests.fakes import NOW

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


def test_the_judgement_feels_it(tmp_path, httpserver):
    """A company that no list knows is named, and a rule drops an item and is named as the reason."""
    rows = "".join(
        f"<item><title>{title}</title><link>https://x.example/{n}</link>"
        f"<pubDate>0{n} Jul 2026 09:00:00 GMT</pubDate></item>"
        for n, title in enumerate(("Zorblatt launches a CRM for florists", "Zorblatt holds a garden party"), 1)
    )
    httpserver.expect_request("/feed").respond_with_data(f"<rss version='2.0'><channel>{rows}</channel></rss>")
    place = f"localhost:{httpserver.port}"
    (tmp_path / "sources.yaml").write_text(
        f"digest:\n  title: T\n  network:\n    allow_private: ['{place}']\nsources:\n  - name: X\n    url: http://{place}/feed\n"
    )
    (tmp_path / "vocabulary.yaml").write_text(GOOD)
    at = ["--workspace", str(tmp_path), "--now", NOW.isoformat()]
    assert CliRunner().invoke(cli, ["collect", *at]).exit_code == 0
    launch = CliRunner().invoke(cli, ["explain", "https://x.example/1", *at]).output
    party = CliRunner().invoke(cli, ["explain", "https://x.example/2", *at]).output
    assert "Zorblatt" in next(line for line in launch.splitlines() if line.strip().startswith("vendors"))
    assert "nothing of Zorblatt's parties" in party
