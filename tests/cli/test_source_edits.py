"""Many sources at once: import with names and a dry run, enable, disable, edit."""

import json
import re

import pytest
from click.testing import CliRunner

from digest.cli import cli
from digest.config.sources import load_sources
from digest.errors import ConfigError, DigestError, UsageError
from tests.cli.test_workspaces import STORIES, feed

SOURCES = """\
# Our sources.
digest:
  network: {{allow_private: ["localhost:{port}"]}}
sources:
  # the trade press
  - name: Acme News
    url: https://acme-news.example/feed  # the good one
    tags: [press, adtech]
    enabled: false  # address not certain
  # makers
  - name: Bolt Blog
    url: https://bolt.example/feed
    tier: vendor
    weight: 0.5  # mostly press releases
  - name: Crux
    url: https://crux.example/feed
    tier: vendor
"""


@pytest.fixture
def place(tmp_path, httpserver):
    """Three sources, and a site with a feed that names itself."""
    page = (
        '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    )
    httpserver.expect_request("/feed").respond_with_data(
        feed(*STORIES), content_type="application/rss+xml"
    )
    httpserver.expect_request("/blog").respond_with_data(page, content_type="text/html")
    (tmp_path / "sources.yaml").write_text(SOURCES.format(port=httpserver.port))
    return tmp_path


def sources(place, command, *args, code=0):
    result = CliRunner().invoke(
        cli, ["sources", command, *map(str, args), "--workspace", str(place)]
    )
    assert result.exit_code == code or isinstance(result.exception, DigestError), result.output
    return result


def loaded(place):
    return {one.name: one for one in load_sources(place / "sources.yaml", {}).sources}


@pytest.mark.parametrize("path", ["/feed", "/blog"])
def test_a_feed_without_a_name_is_asked_for_it(place, httpserver, path):
    """A page is replaced by its feed; the tier is the one that was given."""
    (place / "list.txt").write_text(httpserver.url_for(path) + "\n")
    sources(place, "import", place / "list.txt", "--tier", "vendor")
    new = loaded(place)["Acme"]
    assert (new.url, new.tier) == (httpserver.url_for("/feed"), "vendor")


def test_a_named_feed_is_not_asked(place, httpserver):
    """Its name is the list's; so is the name of the host where asking is not wanted."""
    (place / "list.txt").write_text(f"Named {httpserver.url_for('/feed')}\n")
    sources(place, "import", place / "list.txt")
    (place / "list.txt").write_text("https://other.example/feed\n")
    sources(place, "import", place / "list.txt", "--offline")
    assert {"Named", "other.example"} <= loaded(place).keys()
    assert not httpserver.log


def test_a_dry_run_writes_nothing(place):
    """It shows what would be added, in words and in data."""
    before = (place / "sources.yaml").read_bytes()
    (place / "list.txt").write_text(
        "New https://new.example/feed\nBolt https://bolt.example/feed\n"
    )
    told = sources(place, "import", place / "list.txt", "--dry-run")
    assert "New  https://new.example/feed" in told.stdout
    assert "1 source would be added (nothing is written), 1 was there" in told.stderr
    data = json.loads(sources(place, "import", place / "list.txt", "--dry-run", "--json").stdout)
    assert (data["written"], data["present"], len(data["added"])) == (False, 1, 1)
    assert (place / "sources.yaml").read_bytes() == before


def test_each_kind_of_problem_is_one_line(place):
    """With the first of it, and how many more."""
    lines = "".join(f"key {number}: value\n" for number in range(100))
    (place / "list.txt").write_text(f"{lines}New https://new.example/feed\n")
    told = sources(place, "import", place / "list.txt", "--offline")
    problems = [line for line in told.stderr.splitlines() if "list.txt:" in line]
    assert len(problems) == 1
    assert "line 1 holds no address" in problems[0]
    assert "99 more of this kind" in problems[0]


def test_what_answers_nothing_is_taken_as_it_stands(place, httpserver):
    """And told."""
    (place / "list.txt").write_text(httpserver.url_for("/lost") + "\n")
    told = sources(place, "import", place / "list.txt")
    assert "no feed was found" in told.stderr
    assert loaded(place)["localhost"].url == httpserver.url_for("/lost")


@pytest.mark.parametrize(
    ("chosen", "off"),
    [
        (["Bolt Blog"], {"Bolt Blog"}),
        (["bolt-blog", "Crux"], {"Bolt Blog", "Crux"}),
        (["--of-tier", "vendor"], {"Bolt Blog", "Crux"}),
        (["--with-tag", "adtech", "Crux"], {"Crux"}),
    ],
)
def test_sources_are_switched_off_and_on(place, chosen, off):
    """By name, slug, tier or tag; no other line changes, and there and back is the same text but for the keys."""
    before = (place / "sources.yaml").read_text()
    sources(place, "disable", *chosen)
    assert {name for name, one in loaded(place).items() if not one.enabled} == off | {"Acme News"}
    after = (place / "sources.yaml").read_text()
    kept = [
        line for line in after.splitlines() if "enabled: false" not in line or "certain" in line
    ]
    assert kept == before.splitlines()
    sources(place, "enable", *chosen)
    assert off <= {name for name, one in loaded(place).items() if one.enabled}


def test_the_comment_behind_a_key_stays(place):
    """Also where its value changes."""
    sources(place, "enable", "Acme News")
    sources(place, "edit", "Bolt Blog", "--weight", "0.8")
    text = (place / "sources.yaml").read_text()
    assert re.search("enabled: true +# address not certain", text)
    assert re.search("weight: 0.8 +# mostly press releases", text)


def test_keys_of_many_are_changed_at_once(place):
    """Set, replaced, and taken out."""
    sources(
        place,
        "edit",
        "--of-tier",
        "vendor",
        "--tag",
        "makers",
        "--language",
        "en",
        "--unset",
        "weight",
    )
    found = loaded(place)
    for name in ("Bolt Blog", "Crux"):
        assert (found[name].tags, found[name].language, found[name].weight) == (
            ("makers",),
            "en",
            1.0,
        )
    sources(place, "edit", "Crux", "--tag", "a", "--tag", "b", "--tier", "press")
    assert (loaded(place)["Crux"].tags, loaded(place)["Crux"].tier) == (("a", "b"), "press")


def test_a_class_is_set_and_listed(place):
    """A vendor's press room is told apart in the file, and by who looks at the list."""
    sources(place, "edit", "Crux", "--class", "press-room", "--unset", "tier")
    assert (loaded(place)["Crux"].publishes, loaded(place)["Crux"].tier) == ("press-room", "vendor")
    (row,) = (
        row for row in json.loads(sources(place, "list", "--json").stdout) if row["name"] == "Crux"
    )
    assert (row["class"], row["kind"]) == ("press-room", None)
    assert "(press-room)" in sources(place, "list").stdout


@pytest.mark.parametrize(
    ("args", "kind", "words"),
    [
        (("enable",), UsageError, "no source is chosen"),
        (("enable", "Blot Blog"), UsageError, "Bolt Blog"),
        (("edit", "Crux", "--weight", "9"), ConfigError, "weight"),
        (("edit", "Crux", "--language", "nonsense here"), ConfigError, "language"),
    ],
)
def test_what_cannot_be_changes_nothing(place, args, kind, words):
    """The mistake is told."""
    before = (place / "sources.yaml").read_bytes()
    error = sources(place, *args).exception
    assert isinstance(error, kind)
    assert words in str(error)
    assert (place / "sources.yaml").read_bytes() == before
