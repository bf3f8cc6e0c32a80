"""The served archive in a real Chromium, wide and narrow: usable by everybody, loading nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from digest.serve.app import create_app
from digest.serve.archive import ServedArchive
from digest.serve.guard import ReadAccess
from digest.web.listening import list_own_names, open_socket

pytestmark = pytest.mark.real
CHROMIUM = Path("/usr/bin/chromium")
TOKEN = "a-token-of-the-tests"
PAGES = (
    "/", "/register", "/vendors", "/vendors/halcyra", "/categories", "/categories/crm",
    "/search?q=quillmark", "/search?q=vexmark", "/ask?q=Who+acquires+Tallyvane%3F",
    "/stories/trade-1", "/nowhere",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(context):
    import uvicorn

    with open_socket("127.0.0.1", 0) as (listener, port):
        access = ReadAccess(TOKEN, list_own_names("127.0.0.1", port))
        app = create_app(ServedArchive(lambda: context), access)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_usable_by_everybody(chromium, address, width):
    """No violation that axe knows, no sideways scrolling, nothing refused, nothing from elsewhere."""
    from axe_playwright_python.sync_playwright import Axe

    tab = chromium.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    faults, asked = [], set()
    tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", lambda request: asked.add(request.url.split("/")[2]))
    tab.goto(f"{address}/?token={TOKEN}")
    for page in PAGES:
        tab.goto(address + page)
        found = Axe().run(tab).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], page
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, page
    tab.close()
    assert [fault for fault in faults if "404" not in fault] == []
    assert asked == {address.removeprefix("http://")}


def test_it_is_used_by_keyboard(chromium, address):
    """Search, a follow-up question, and to a vendor's page."""
    tab = chromium.new_page()
    tab.set_default_timeout(20_000)
    tab.goto(f"{address}/?token={TOKEN}")
    tab.focus("#q")
    tab.keyboard.type("tallyvane")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".hit mark")
    tab.goto(f"{address}/ask")
    tab.focus("#q")
    tab.keyboard.type("Who raises prices?")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".hit")
    tab.focus("#q")
    tab.keyboard.type("And Merrowbank?")
    tab.keyboard.press("Enter")
    # a function: the page's policy refuses text that is to be evaluated
    tab.wait_for_function("() => document.title.startsWith('And Merrowbank?')")
    assert "Who raises prices?" in tab.inner_text("main")
    tab.goto(f"{address}/vendors")
    tab.click("text=Halcyra")
    tab.wait_for_selector("svg circle")
    tab.close()
