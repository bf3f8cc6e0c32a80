"""The review page on a real socket, and hands on a keyboard in front of it."""

from __future__ import annotations

import socket
import threading
import time
from copy import copy
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.cli.common import load_config
from digest.review.app import create_app
from digest.review.rendering import ReviewAccess
from digest.review.server import make_page, open_review_session, review_folder
from digest.review.workspace_services import WorkspaceReviewServices
from digest.web.listening import PageServer
from tests.factories.gate import Gate
from tests.factories.review import TOKEN, Backstage, build_page, desk

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class RunningDesk:
    """A desk over made-up stories, served until the block ends, with gates that may hold answers."""

    def __init__(self, folder, stories, name="Anna", limit=60, header="", later=()):
        self.desk, self.stage = desk(folder, stories, limit, later), Backstage(folder)
        self.stage.session = self.desk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{self.host}/?token={TOKEN}"
        self.page = build_page(self.desk, self.stage, self.host, name, header=header)
        self.gates: list[Gate] = []
        self._app = create_app(self.page)
        config = uvicorn.Config(
            self._serve, interface="asgi3", log_level="warning", lifespan="off", ws="none"
        )
        self._server = PageServer(config, self.page.room.close)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        gate = next((one for one in self.gates if one.holds(scope)), None)
        if gate:
            await gate.serve(self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        for gate in self.gates:
            gate.open()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


class ServedWorkspace:
    """The desk of a workspace's quarter, with all that stands behind it, on a real socket.

    `started` is the processor time that opening it took, in seconds.
    """

    def __init__(self, root: Path, quarter: str, now: datetime, name: str = "Anna") -> None:
        place = Workspace(root)
        context = AppContext(place, load_config(place), now)
        began = time.process_time()
        chosen = context.resolve_quarter(quarter)
        self.desk = open_review_session(context, chosen, lambda: now)
        self.started = time.process_time() - began
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{self.host}/?token={TOKEN}"
        self.services = WorkspaceReviewServices(context, chosen, self.desk)
        access = ReviewAccess(TOKEN, frozenset({self.host}), name)
        folder = review_folder(context)
        self.page = make_page(self.desk, self.services, access, folder, f"Digest {quarter}")
        config = uvicorn.Config(
            create_app(self.page), log_level="warning", lifespan="off", ws="none"
        )
        self._server = PageServer(config, self.page.room.close)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> ServedWorkspace:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


class Hands:
    """One person at one browser, who counts keys and clicks. `errors` is what the browser said."""

    def __init__(self, chromium, running, *, name="", width=1280, height=900, scheme="light"):
        self.context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            extra_http_headers={"X-Remote-User": name} if name else None,
        )
        self.running, self.keys, self.clicks, self.errors = running, 0, 0, []
        self.tab = self.open(running.url)

    def open(self, url):
        """Open a tab and wait until the desk is there."""
        tab = self.context.new_page()
        tab.set_default_timeout(240_000)  # a machine that also does other things
        tab.on("console", self._note)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        answer = tab.goto(url)
        assert answer is not None
        assert answer.ok, answer.status
        tab.wait_for_selector("[data-open][aria-current], #name, h2[data-pane]", state="attached")
        return tab

    def beside(self, url):
        """Open another tab of the same browser."""
        other = copy(self)
        other.keys, other.clicks, other.errors = 0, 0, []
        other.tab = other.open(url)
        return other

    def _note(self, message):
        # a refusal (409, 422) is an answer that the page shows
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.errors.append(message.text)

    def press(self, *keys):
        """Press keys, each once."""
        for key in keys:
            self.keys += 1
            self.tab.keyboard.press(key)

    def type(self, text):
        """Type a text, which counts as no key: words have to be written anyhow."""
        self.tab.keyboard.type(text)

    def click(self, selector):
        """Click on the first thing that a selector finds."""
        self.clicks += 1
        self.tab.locator(selector).first.click()

    def drag(self, source, target):
        """Drag one thing onto another: a browser tells of a drag at the second move only."""
        self.idle()
        self.tab.hover(source)
        self.tab.mouse.down()
        self.tab.hover(target)
        self.tab.hover(target, position={"x": 5, "y": 5})
        self.tab.mouse.up()

    def said(self, words):
        """Wait until the page says something."""
        self.tab.locator("#said", has_text=words).wait_for()

    def idle(self):
        """Wait until nothing that was asked for is still to come."""
        self.tab.wait_for_function(
            "() => !busy && !waiting.length && !document.querySelector('.htmx-request')"
        )

    def calm(self):
        """Wait until a page that was just opened has heard who else is there, and asked for its
        lists: from then on it asks for nothing that nobody has caused."""
        self.tab.wait_for_function(
            """() => performance.getEntriesByType("resource").some((one) => one.name.includes("/lists"))"""
        )
        self.idle()

    @property
    def title(self):
        """The headline of the pane."""
        return self.tab.inner_text("#story h2")

    @property
    def story(self):
        """The id of the story in the pane."""
        return self.tab.evaluate("() => paneStory()")

    def drafts_kept(self):
        """Wait until the server has what was typed."""
        self.tab.wait_for_function("() => !Drafts.waits()")

    def find_broken_words(self):
        """Return the words in sight that stand on two lines, in a place too narrow for them."""
        return self.tab.evaluate(
            """() => {
              const found = [];
              const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                if (!node.parentElement.checkVisibility() || node.parentElement.closest("pre, code")) continue;
                for (const match of node.data.matchAll(/[\\p{L}\\p{N}]{2,24}/gu)) {
                  const range = document.createRange();
                  range.setStart(node, match.index);
                  range.setEnd(node, match.index + match[0].length);
                  const tops = [...range.getClientRects()].map((one) => Math.round(one.top));
                  if (new Set(tops).size > 1) found.push(match[0]);
                }
              }
              return found;
            }"""
        )

    def find_violations(self):
        """Return what axe finds on the page as it stands, in words."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.tab)
        return found.generate_report() if found.violations_count else ""
