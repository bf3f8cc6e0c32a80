"""The page behind a link of approval, in a real Chromium."""

import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from digest.app.approval import ApprovalView
from digest.errors import DeliveryError
from digest.web.approval import ApprovalGate
from tests.factories.desk_server import ARGS, CHROMIUM

pytestmark = pytest.mark.real


class PlayedApprovals:
    """A link that releases once."""

    def __init__(self):
        self.released = []

    def view(self, token):
        if self.released:
            raise DeliveryError("this link works once", "ask the team")
        until = datetime(2026, 10, 16, tzinfo=UTC)
        readers = tuple(f"reader-{n}@a-rather-long-company-name.example" for n in range(4))
        return ApprovalView("Martech <b>digest</b>", "2026-Q3", "Ada Approver", until, readers)

    def read_pdf(self, token):
        return b"%PDF-1.7"

    def release(self, token, note=""):
        self.view(token)
        self.released.append(token)
        return "2026-Q3, version 1, is released by Ada Approver"


@pytest.fixture
def served():
    """What answers links, and where."""
    listener = socket.create_server(("127.0.0.1", 0))
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    approvals = PlayedApprovals()
    gate = ApprovalGate(PlainTextResponse("else"), approvals, [host])
    config = uvicorn.Config(gate, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield approvals, f"http://{host}/approve/a-token"
    server.should_exit = True
    thread.join()
    listener.close()


def test_a_link_is_looked_at_and_released_by_hand(served):
    """Readable on a telephone in the dark, usable by keys, clean for axe; it loads nothing foreign."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    approvals, link = served
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for width in (1280, 390):
            context = browser.new_context(
                color_scheme="dark" if width == 390 else "light",
                viewport={"width": width, "height": 800},
            )
            tab = context.new_page()
            tab.set_default_timeout(90_000)
            asked: list[str] = []
            tab.on("request", lambda request: asked.append(request.url))  # noqa: B023
            tab.goto(link)
            assert Axe().run(tab).violations_count == 0
            assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
            assert "Martech <b>digest</b>, 2026-Q3" in tab.inner_text("h1")
            assert tab.locator("li").count() == 4
            assert {url.rpartition("/approve")[0] for url in asked} == {
                link.rpartition("/approve")[0]
            }
        tab.get_by_role("button", name="Release").click()  # the browser asks for the tick
        assert approvals.released == []
        tab.get_by_role("checkbox").focus()
        tab.keyboard.press("Space")
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        tab.get_by_role("heading", name="Released").wait_for()
        assert approvals.released == ["a-token"]
        assert Axe().run(tab).violations_count == 0
        tab.goto(link)
        tab.get_by_text("this link works once").wait_for()
        browser.close()
