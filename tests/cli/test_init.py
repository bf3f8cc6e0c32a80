"""`digest init`: what is answered becomes a workspace, and a workspace a first edition."""

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import sources as app_sources
from digest.cli import cli
from digest.config.sources import load_sources
from digest.config.stack import load_stack
from digest.errors import DigestError, UsageError
from digest.fetch.http.folder import FolderFetcher

SAMPLE = Path(app_sources.__file__).parents[1] / "sample"


def init(*args, typed=""):
    return CliRunner().invoke(cli, ["init", *map(str, args)], input=typed)


def names_of_enabled(folder):
    return {one.name for one in load_sources(folder / "sources.yaml", {}).sources if one.enabled}


def test_options_fill_in_the_files(tmp_path):
    """Whatever signs stand in them; the comments beside them stay."""
    init(
        tmp_path, "--organisation", "Acme: #1 Ltd", "--timezone", "Europe/Rome", "--language", "en",
        "--language", "it", "--contact", 'Team: "us" <a@b.example>', "--product", "HubSpot",
    )  # fmt: skip
    settings = load_sources(tmp_path / "sources.yaml", {}).digest
    assert (settings.organisation, settings.timezone) == ("Acme: #1 Ltd", "Europe/Rome")
    assert settings.languages == ("en", "it")
    assert settings.contact == 'Team: "us" <a@b.example>'
    assert [product.name for product in load_stack(tmp_path / "stack.yaml").stack.products] == [
        "HubSpot"
    ]
    assert "#  - name: HubSpot" in (tmp_path / "stack.yaml").read_text()
    assert "one edition in each: [en, it, th]" in (tmp_path / "sources.yaml").read_text()


@pytest.mark.whole
@pytest.mark.parametrize(
    ("options", "on", "off"),
    [
        ((), {"MarTech", "EDPB", "FTC", "CMA"}, {"Shopify", "Engage", "CNIL"}),
        (("--region", "uk"), {"MarTech", "CMA", "W3C News"}, {"EDPB", "FTC"}),
        (("--region", "none", "--no-press", "--product", "Shopify"), {"Shopify"}, {"MarTech", "EDPB"}),
        (("--language", "it"), {"Engage"}, {"OnlineMarketing.de"}),
        (("--product", "Google Ads"), {"Google Ads Developer Blog"}, {"YouTube", "Google AI"}),
        (("--product", "GA4"), {"Google Analytics"}, {"YouTube", "Google Ads Developer Blog"}),
        (("--product", "Google Analytics 4"), {"Google Analytics"}, {"YouTube", "Google AI"}),
        (("--product", "Salesforce Marketing Cloud"), {"Salesforce Blog"}, {"HubSpot Marketing Blog"}),
    ],
)  # fmt: skip
def test_sources_are_those_that_were_asked_for(tmp_path, options, on, off):
    """The others stay in the file and wait."""
    assert init(tmp_path, *options).exit_code == 0
    enabled = names_of_enabled(tmp_path)
    assert on <= enabled
    assert enabled.isdisjoint(off)
    everything = {one.name for one in load_sources(tmp_path / "sources.yaml", {}).sources}
    assert off <= everything


@pytest.mark.whole
def test_a_product_without_a_source_is_told(tmp_path):
    """With the command that finds one."""
    assert "Zorbly: the packaged list has no source" in init(tmp_path, "--product", "Zorbly").output


def test_near_names_of_products_are_understood_or_asked_about(tmp_path):
    """What is taken for what is said; what is merely like a name stays, with what it may mean."""
    said = init(tmp_path, "--product", "Sales force", "--product", "HubSopt").output
    assert "Sales force is taken for Salesforce\n" in said
    assert 'if HubSpot is meant, say so in stack.yaml, then `digest sources enable "HubSpot' in said
    products = load_stack(tmp_path / "stack.yaml").stack.products
    assert [product.name for product in products] == ["Salesforce", "HubSopt"]
    enabled = names_of_enabled(tmp_path)
    assert "Salesforce Blog" in enabled
    assert "HubSpot Marketing Blog" not in enabled


def test_a_spreadsheet_becomes_the_stack(tmp_path):
    """And names whose news are read."""
    sheet = tmp_path / "own.csv"
    sheet.write_text("Product,Vendor,Owner\nKlaviyo,Klaviyo,Ada\n")
    init(tmp_path / "new", "--stack", sheet)
    (product,) = load_stack(tmp_path / "new" / "stack.yaml").stack.products
    assert (product.name, product.owner) == ("Klaviyo", "Ada")
    assert "Klaviyo" in names_of_enabled(tmp_path / "new")


def test_questions_are_asked_where_a_person_watches(tmp_path, monkeypatch):
    """A wrong answer is asked again; an empty one takes what is proposed."""
    monkeypatch.setattr("digest.cli.init._is_watched", lambda: True)
    monkeypatch.setenv("TZ", "Asia/Bangkok")
    answers = ("Acme", "en, 7", "en, th", "", "", "HubSpot", "no", "uk", "")
    said = init(tmp_path, typed="\n".join(answers))
    assert "must be a language tag" in said.output
    config = load_sources(tmp_path / "sources.yaml", {})
    assert (config.digest.organisation, config.digest.timezone) == ("Acme", "Asia/Bangkok")
    assert config.digest.languages == ("en", "th")
    enabled = names_of_enabled(tmp_path)
    assert {"HubSpot Marketing Blog", "CMA"} <= enabled
    assert enabled.isdisjoint({"MarTech", "FTC"})


@pytest.mark.parametrize(
    "options",
    [("--contact", "für uns"), ("--timezone", "Europe/Roma"), ("--language", "english please"),
     ("--stack", "missing.csv"), ("--region", "mars")],
)  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path, options):
    """And nothing is written."""
    said = init(tmp_path / "new", *options)
    assert said.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_reading_without_sources_is_an_error(tmp_path):
    """It says what to do; a run goes on, as it may have something to send."""
    init(tmp_path, "--empty")
    result = CliRunner().invoke(cli, ["collect", "--workspace", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert "digest sources add" in result.exception.hint


def list_sample_feeds(file):
    sources = load_sources(SAMPLE / "sources.yaml", {}).sources
    file.write_text("".join(f"{one.name} {one.url}\n" for one in sources if one.url))
    return file


@pytest.mark.whole
def test_try_makes_a_first_edition_of_own_feeds(tmp_path, monkeypatch, no_paper):
    """One command from nothing to all files, the PDF among them."""
    now = "2026-09-30T20:00:00Z"
    fetcher = FolderFetcher(SAMPLE / "feeds", datetime.fromisoformat(now))
    monkeypatch.setattr(app_sources, "make_fetcher", lambda *_, **__: fetcher)
    feeds = list_sample_feeds(tmp_path / "feeds.txt")
    said = init(tmp_path / "new", "--feeds", feeds, "--try", "--now", now)
    assert said.exit_code in (0, 3)
    assert "sources read" in said.output
    folder = tmp_path / "new" / "output" / "2026-Q3"
    assert {"digest.pdf", "digest.html"} <= {path.name for path in folder.iterdir()}


def test_feeds_of_one_host_are_told_apart(tmp_path):
    """A list without names: they are called by their host, with a number, and that is said."""
    feeds = tmp_path / "feeds.txt"
    feeds.write_text(
        "https://acme.example/a\nhttps://acme.example/b\nBolide https://acme.example/c\n"
    )
    said = init(tmp_path / "new", "--feeds", feeds)
    assert said.exit_code == 0, said.output
    sources = load_sources(tmp_path / "new" / "sources.yaml", {}).sources
    assert [one.name for one in sources] == ["acme.example", "acme.example (2)", "Bolide"]
    assert "2 feeds without a name there are called by their host" in said.output


@pytest.mark.whole
@pytest.mark.parametrize(
    ("now", "quarter", "words"),
    [
        ("2026-09-30T20:00:00Z", "2026-Q3", "it tells of the quarter so far"),
        ("2026-10-05T06:00:00Z", "2026-Q3", "it tells of 2026-Q3, as the quarter since has only"),
    ],
)
@pytest.mark.usefixtures("no_paper")
def test_a_quarter_that_has_only_begun_is_not_the_first_edition(
    tmp_path, monkeypatch, now, quarter, words
):
    """The one before has more to tell."""
    fetcher = FolderFetcher(SAMPLE / "feeds", datetime.fromisoformat(now))
    monkeypatch.setattr(app_sources, "make_fetcher", lambda *_, **__: fetcher)
    feeds = tmp_path / "feeds.txt"
    feeds.write_text("Merrowbank Blog https://www.merrowbank.example/blog/feed/\n")
    said = init(tmp_path / "new", "--feeds", feeds, "--try", "--now", now)
    assert words in said.output
    assert (tmp_path / "new" / "output" / quarter / "edition.json").is_file()


@pytest.mark.whole
def test_private_addresses_are_allowed_by_an_option(tmp_path):
    """What is no address is refused."""
    init(
        tmp_path, "--allow-private", "feeds.intranet.example:8080", "--allow-private", "127.0.0.1:9"
    )
    network = load_sources(tmp_path / "sources.yaml", {}).digest.network
    assert network.allow_private == ("feeds.intranet.example:8080", "127.0.0.1:9")
    assert init(tmp_path / "new", "--allow-private", "http://a/b").exit_code == 2


@pytest.mark.whole
def test_try_of_private_feeds_says_what_allows_them(tmp_path):
    """No network is to blame, nor a proxy."""
    feeds = tmp_path / "feeds.txt"
    feeds.write_text("In http://127.0.0.1:9/feed\nInner http://127.0.0.1:9/rss\n")
    said = init(tmp_path / "new", "--feeds", feeds, "--try")
    assert isinstance(said.exception, DigestError)
    assert "add 127.0.0.1:9 to digest.network.allow_private" in said.exception.hint
    assert "digest collect, digest build current" in said.exception.hint


def test_try_without_an_answer_of_any_source_builds_nothing(tmp_path, monkeypatch):
    """What to look at is said."""
    fetcher = FolderFetcher(tmp_path, datetime.fromisoformat("2026-09-30T20:00:00Z"))
    monkeypatch.setattr(app_sources, "make_fetcher", lambda *_, **__: fetcher)
    feeds = list_sample_feeds(tmp_path / "feeds.txt")
    said = init(tmp_path / "new", "--feeds", feeds, "--try", "--now", "2026-09-30T20:00:00Z")
    assert isinstance(said.exception, DigestError)
    assert "no source could be read" in str(said.exception)
    assert not (tmp_path / "new" / "output" / "2026-Q3").exists()
