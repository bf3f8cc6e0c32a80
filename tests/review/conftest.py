"""What the desk's browser tests share."""

from pathlib import Path

import pytest

from tests.factories.desk_server import ARGS, CHROMIUM, RunningDesk
from tests.factories.review import story


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests of a module."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def chromium(browser):
    """The browser, without what tests before have left open: their tabs would go on asking."""
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.fixture
def running(tmp_path):
    """A desk of ten stories in eight places, signed by Anna."""
    with RunningDesk(tmp_path, [story(n, size=2 if n == 4 else 1) for n in range(10)], limit=8) as (
        served
    ):
        yield served
