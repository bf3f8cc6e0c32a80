"""The page in a real browser: usable by everyone, wide and narrow, by day and by night, with and
without its script."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digest.render.edition_json import edition_to_dict
from digest.render.html import render_html
from digest.render.site import FoundEdition, render_index
from tests.factories import editions

pytestmark = pytest.mark.real
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the machine."""
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed: scripts/setup-real installs it")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield running
        running.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory, sample_root) -> Path:
    """The full quarter in three languages, a thin one, an empty one, the demo with its stack, and
    the index."""
    folder = tmp_path_factory.mktemp("site")
    for name in ("edition", "thin", "empty"):
        (folder / f"{name}.html").write_bytes(render_html(getattr(editions, name)()))
    for language in ("it", "th"):
        (folder / f"{language}.html").write_bytes(render_html(editions.edition(language=language)))
    shutil.copy(next(sample_root.rglob("2026-Q3/digest.html")), folder / "demo.html")
    found = [FoundEdition("2026-Q3", edition_to_dict(editions.edition()), ("it",))]
    (folder / "index.html").write_bytes(render_index(found, "Digest", "Fernwood", "en"))
    made = next(sample_root.rglob("vendors/merrowbank.html"))
    shutil.copy(made, folder / "vendor.html")
    return folder


def expect(locator: Any) -> Any:
    """Playwright's waiting assertions, imported where they are used: they are no part of a common
    installation."""
    from playwright import sync_api

    return sync_api.expect(locator)


def opened(
    browser: Any, path: Path, width: int = 1280, dark: bool = False, script: bool = True
) -> Any:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    page = context.new_page()
    page.complaints = []
    page.on(
        "console",
        lambda message: page.complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "name", ["edition", "thin", "empty", "it", "th", "demo", "index", "vendor"]
)
def test_axe_finds_nothing(browser, site, name, width, dark):
    """WCAG 2.2 AA and axe's best practices; nothing is asked of any network, and the policy is not
    broken."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = opened(browser, site / f"{name}.html", width, dark)
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    # axe comes in through the debugger, which the page's policy does not bind
    found = axe.Axe().run(page)
    told = [
        (one["id"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found.response["violations"]
    ]
    assert told == []
    page.context.close()


def test_a_narrow_page_does_not_scroll_sideways(browser, site):
    """Only tables in their own frames do."""
    for name in ("edition", "th", "demo", "index"):
        page = opened(browser, site / f"{name}.html", 390)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.context.close()


def test_the_filter_works(browser, site):
    """It shows what was asked for and says how many; a link to a hidden story shows it again;
    reset shows all."""
    page = opened(browser, site / "edition.html")
    assert page.locator("article.story:visible").count() == 40
    page.select_option("#filter-category", "cdp")
    shown = page.locator("article.story:visible")
    assert {one.get_attribute("data-category") for one in shown.all()} == {"cdp"}
    assert page.locator("#filter output").inner_text() == f"{shown.count()} of 40 stories shown"
    hidden = page.locator("article.story[hidden]").first.get_attribute("id")
    page.evaluate(f"location.hash = '#{hidden}'")
    expect(page.locator("article.story[hidden]")).to_have_count(0)
    page.select_option("#filter-ai", "core")
    page.click("#filter button[type=reset]")
    expect(page.locator("article.story[hidden]")).to_have_count(0)
    page.context.close()


def test_the_register_is_filtered_by_values_and_words(browser, site):
    """Each alone and together; headings of what is hidden go."""
    page = opened(browser, site / "edition.html")
    rows = page.locator("table.register tr.row:visible")
    every = rows.count()
    page.select_option("#register-category", "cdp")
    assert {row.get_attribute("data-category") for row in rows.all()} == {"cdp"}
    page.select_option("#register-category", "")
    page.select_option("#register-new", "yes")
    assert {row.get_attribute("data-new") for row in rows.all()} == {"yes"}
    page.select_option("#register-new", "")
    page.fill("#register-text", "orbiva opens")
    assert 0 < rows.count() < every
    assert all("orbiva" in row.inner_text().lower() for row in rows.all())
    assert page.locator("#register-filter output").inner_text() == (
        f"{rows.count()} of {every} lines shown"
    )
    assert page.locator("table.register tr.head:visible").count() <= rows.count()
    page.click("#register-filter button[type=reset]")
    expect(page.locator("table.register tr.row[hidden]")).to_have_count(0)
    page.context.close()


def test_without_script_everything_is_there(browser, site):
    """All stories, and no filter that would do nothing."""
    page = opened(browser, site / "edition.html", script=False)
    assert page.locator("article.story").count() == 40
    assert all(one.is_visible() for one in page.locator("article.story").all())
    assert not page.locator("#filter").is_visible()
    page.context.close()


def test_a_link_within_leads_to_its_story(browser, site):
    """And marks it."""
    page = opened(browser, site / "edition.html")
    page.click(".contents a[href='#rules']")
    expect(page.locator("#rules > h2")).to_be_in_viewport()
    page.context.close()
