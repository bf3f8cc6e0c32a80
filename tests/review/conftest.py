"""What the desk's browser tests share."""

from pathlib import Path

import pytest

from tests.factories.desk_server import ARGS, CHROMIUM, RunningDesk
from tests.factories.review import story


@pytest.fixture(scope="module")
def chromium():
    """One browser for all tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def running(tmp_path):
    """A desk of ten stories in eight places, signed by Anna."""
    with RunningDesk(tmp_path, [story(n, size=2 if n == 4 else 1) for n in range(10)], limit=8) as (
        served
    ):
        yield served
