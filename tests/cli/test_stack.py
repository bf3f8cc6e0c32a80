"""`digest stack`, and what a briefing says with and without a stack."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

import jsonschema
import pytest
from click.testing import CliRunner, Result

from digest.archive import Archive
from digest.cli.stack import command
from digest.errors import ConfigError, UsageError
from tests.factories.sample import SAMPLE


def run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(
        command, [str(one) for one in arguments], input=text, catch_exceptions=False
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "stack.yaml").write_bytes((SAMPLE / "stack.yaml").read_bytes())
    (tmp_path / "sources.yaml").write_bytes((SAMPLE / "sources.yaml").read_bytes())
    return tmp_path


def test_check_names_gaps_contracts_and_makers_without_a_source(workspace: Path) -> None:
    """Merrowbank's own blog is read, Tamberlyn's is not; a goal counts on categories where nothing runs."""
    with (workspace / "stack.yaml").open("a") as file:
        file.write("\n# no category yet\n")
    text = (workspace / "stack.yaml").read_text().replace("categories: [print]", "categories: []")
    (workspace / "stack.yaml").write_text(text)
    out = run("check", "--workspace", workspace, "--now", "2026-10-02").stdout.splitlines()
    assert (
        "gap        Answer within the hour: nothing runs in Call Analytics & Management that stays"
        in out
    )
    assert "contract   Tamberlyn: notice by 2026-11-01, the contract ends on 2026-12-31" in out
    assert (
        "contract   Vantelope: the day of notice, 2026-09-01, has passed; the contract ends on 2026-11-30"
        in out
    )
    assert "category   Postquill is in no category" in out
    makers = [line for line in out if line.startswith("source")]
    assert any("Tamberlyn: no source of its own is read; find its feed" in line for line in makers)
    assert not any("Merrowbank" in line or "Wherrow" in line for line in makers)


def test_check_names_the_feed_that_could_be_added(tmp_path: Path) -> None:
    """Where the starter list knows the maker's own feed."""
    (tmp_path / "stack.yaml").write_text("products:\n  - {name: HubSpot, categories: [crm]}\n")
    *_, line = run("check", "--workspace", tmp_path, "--now", "2026-10-02").stdout.splitlines()
    assert line.startswith("source     HubSpot: no source of its own is read; add https://")


def test_check_refuses_a_wrong_file_with_all_its_problems(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(
        "products:\n  - {name: A, categories: [crmm], cost: ca. 20k}\n"
    )
    with pytest.raises(ConfigError) as caught:
        run("check", "--workspace", tmp_path)
    assert len(caught.value.problems) == 2
    assert caught.value.exit_code == 2


def test_without_a_file_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no stack\.yaml"):
        run("show", "--workspace", tmp_path)


def test_show_as_table_data_and_page(workspace: Path) -> None:
    table = run("show", "--workspace", workspace).stdout
    assert "Merrowbank" in table
    assert "That is at least 26% of the marketing budget." in table
    data = json.loads(run("show", "--workspace", workspace, "--json").stdout)
    assert len(data["products"]) == 25
    assert data["products"][0]["notice_by"] == "2026-12-31"
    page = run("show", "--workspace", workspace, "--html").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<tr>") == 26


def test_a_name_with_markup_is_text_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text("products:\n  - {name: <script>, categories: [crm]}\n")
    assert "<script>" not in run("show", "--workspace", tmp_path, "--html").stdout


def test_import_shows_before_it_writes(tmp_path: Path) -> None:
    """Without --yes nothing is written; with it the file is, once."""
    sheet = tmp_path / "list.csv"
    sheet.write_bytes(
        "Produkt;Kategorie;Kosten (€)\nHally;CRM;ca. 20k\nTallyvane;SEO;38.000\n".encode("cp1252")
    )
    shown = run("import", sheet, "--workspace", tmp_path)
    assert "+ Tallyvane: new (categories: seo, cost: 38000, currency: EUR)" in shown.stdout
    assert "row 2, Kosten (€): 'ca. 20k' is no amount" in shown.stderr
    assert not (tmp_path / "stack.yaml").exists()
    assert run("import", sheet, "--workspace", tmp_path, "--yes").exit_code == 0
    assert "cost: 38000" in (tmp_path / "stack.yaml").read_text()
    with pytest.raises(UsageError, match="holds a stack already"):
        run("import", sheet, "--workspace", tmp_path, "--yes")


TEN = {  # products that exist → their home category
    "HubSpot": "crm",
    "Salesforce Marketing Cloud": "marketing-automation",
    "Google Ads": "search-social-ads",
    "Google Analytics 4": "web-analytics",
    "Semrush": "seo",
    "Klaviyo": "email-marketing",
    "Adobe Experience Manager": "cms-web-experience",
    "ChatGPT Enterprise": "ai-platforms",
    "WordPress": "cms-web-experience",
    "Mailchimp": "email-marketing",
}


def test_ten_products_come_out_of_a_list_with_their_categories(tmp_path: Path) -> None:
    """No hand fills them in; the starter's comments and its line for editors stay."""
    from digest.config.stack import load_stack
    from digest.config.starter import load_starter_files

    starter = load_starter_files()["stack.yaml"]
    (tmp_path / "stack.yaml").write_text(starter)
    sheet = tmp_path / "list.csv"
    sheet.write_text("Product,Owner\n" + "".join(f"{name},Ada\n" for name in TEN))
    assert run("import", sheet, "--workspace", tmp_path, "--yes").exit_code == 0
    text = (tmp_path / "stack.yaml").read_text()
    products = load_stack(tmp_path / "stack.yaml").stack.products
    assert {one.name: one.categories[0] for one in products} == TEN
    assert {one.vendor for one in products} == {"", "Salesforce", "Google", "Adobe", "OpenAI"}
    lines = text.splitlines()
    assert [one for one in starter.splitlines() if one not in lines] == ["products: []"]


def test_a_second_import_updates_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    """It shows what would change; a category that the team corrected is not changed back."""
    stack = tmp_path / "stack.yaml"
    before = (
        "# Ada keeps this\nproducts:\n  - name: Klaviyo  # letters\n"
        "    categories: [advocacy-loyalty]  # for us\n    fields: {nps: 4}\n"
        "  - name: Old one\n    categories: [crm]\n"
    )
    stack.write_text(before)
    sheet = tmp_path / "list.csv"
    sheet.write_text("Product,Owner\nKlaviyo,Bo\n")
    shown = run("import", sheet, "--workspace", tmp_path, "--update")
    assert shown.stdout == "~ Klaviyo: owner: not given → Bo\n"
    assert "does not list them: Old one" in shown.stderr
    assert stack.read_text() == before
    assert run("import", sheet, "--workspace", tmp_path, "--update", "--yes").exit_code == 0
    assert stack.read_text() == before.replace("nps: 4}\n", "nps: 4}\n    owner: Bo\n")
    again = run("import", sheet, "--workspace", tmp_path, "--update", "--yes", "--json")
    assert json.loads(again.stdout)["changes"] == []


def test_check_proposes_what_is_known_and_tells_what_is_missing_or_old(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text("""\
products:
  - name: Google Ads
    categories: []
    owner: Ada
    ai: {used: true}
    usage: {seats: 5, used: 6, date: 2026-01-31}
    integrations: [{feeds: Google Analytics}]
  - {name: Google Analytics 4, vendor: Google, categories: [web-analytics], owner: Bo}
goals:
  - {name: Grow, categories: [web-analytics], measure: {value: 3, date: 2025-12-31}}
""")
    out = run("check", "--workspace", tmp_path, "--now", "2026-10-02").stdout
    for line in (
        "category   Google Ads is in no category; put in categories: [search-social-ads]",
        "category   Google Ads is made by Google; put in vendor: Google",
        "missing    contribution is not given for Google Ads, Google Analytics 4",
        "figure     Google Ads: 6 seats are used, 5 are bought",
        "figure     Google Ads: its figures of use are of 2026-01-31",
        "figure     Grow: its figure is of 2025-12-31",
        "connection Google Analytics is no product of the file; did you mean Google Analytics 4?",
        "policy     AI works in the stack and no ai_policy is given",
    ):
        assert f"{line}\n" in out
    assert "source     Google Ads: no source of its own is read; add https://" in out


def test_categories_are_listed(tmp_path: Path) -> None:
    assert (
        "  marketing-automation           Marketing Automation"
        in run("check", "--categories").stdout
    )


# ---------------------------------------------------------------- the briefing


class Nothing:
    """An archive that knows nothing of its sources."""

    def load_source_states(self) -> dict[str, object]:
        return {}

    def load_item_spans(self) -> dict[str, object]:
        return {}


@cache
def edition_of_sample(with_stack: bool):
    from digest.app import compose
    from digest.app.previous import load_earlier_decisions
    from digest.config.sources import load_sources
    from digest.model.edition import EditionSettings, Provenance
    from tests.factories.sample import Q3, decision, lens

    settings = EditionSettings(
        as_of=datetime(2026, 10, 1, tzinfo=UTC),
        language="en",
        title="Sample",
        organisation="Fossgate Furniture",
        generated_from=Provenance("0", "x"),
        sample=True,
    )
    decided = load_earlier_decisions(SAMPLE / "editions", Q3, SAMPLE / "output")
    ours = compose.StackContext(lens(), None, decided.still_open, decided.closed)
    sources = load_sources(SAMPLE / "sources.yaml", {}).sources
    return compose.assemble_edition(
        decision(),
        cast(Archive, Nothing()),
        sources,
        settings,
        before=None,
        quality={},
        ours=ours if with_stack else None,
    )


@pytest.mark.whole
def test_a_briefing_with_a_stack_holds_its_pages_in_page_and_data() -> None:
    """The data keeps to its schema, and page and data name the same blips, promises and rules."""
    from digest.render.edition_json import build_edition_schema, edition_to_json
    from digest.render.html import render_html

    made = edition_of_sample(with_stack=True)
    data = json.loads(edition_to_json(made))
    jsonschema.validate(data, build_edition_schema(), jsonschema.Draft202012Validator)
    page = render_html(made).decode()
    for anchor in ("stack", "ledger", "radar", "agenda"):
        assert f'id="{anchor}"' in page
    names = [blip["name"] for blip in data["radar"]["blips"]]
    assert [name for name in names if name not in page] == []
    assert data["agenda"]["carried"][0]["owner"] == "Ines Aldous"
    assert any(why.startswith("We run Merrowbank") for s in data["sections"] for t in s["stories"]
               for why in t["why_it_matters"])  # fmt: skip


@pytest.mark.whole
def test_a_briefing_without_a_stack_is_whole_and_says_what_it_would_gain() -> None:
    from digest.render.edition_json import edition_to_json
    from digest.render.html import render_html

    made = edition_of_sample(with_stack=False)
    data = json.loads(edition_to_json(made))
    assert [data[name] for name in ("stack", "ledger", "radar", "agenda")] == [None] * 4
    page = render_html(made).decode()
    assert 'id="stack"' not in page
    assert page.count("With a stack.yaml beside sources.yaml this briefing would also say") == 1
    assert not any(story.why_it_matters for story in made.stories)


@pytest.mark.whole
def test_the_radar_before_is_read_from_the_edition_that_was_built(tmp_path: Path) -> None:
    """From edition.json where there is one with a radar; a broken or older file is as none."""
    from digest.app.previous import load_radar_rings
    from digest.render.edition_json import edition_to_json

    path = tmp_path / "edition.json"
    assert load_radar_rings(path) is None
    path.write_bytes(edition_to_json(edition_of_sample(with_stack=True)))
    held = load_radar_rings(path)
    assert held is not None
    assert held["merrowbank"] == "act"
    path.write_bytes(edition_to_json(edition_of_sample(with_stack=False)))
    assert load_radar_rings(path) is None
    path.write_text("{")
    assert load_radar_rings(path) is None
