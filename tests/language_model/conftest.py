"""A workspace with one quarter's items and a service on a loopback socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.config.model_settings import ModelSettings
from digest.config.sources import load_sources
from digest.model.item import Item
from digest.period import Quarter
from tests.factories.items import NOW, START, item
from tests.factories.model_service import Script, Service, service

Q3 = Quarter(2026, 7, "UTC")
SOURCES = """\
digest: {title: Test digest, timezone: UTC, languages: [LANGUAGES], limits: {stories: 6, story_floor: 0}}
MODEL
sources:
  - {name: Trade Daily, url: 'https://trade.example/feed', tier: trade}
"""
STORIES = (
    ("agent", "Halcyra launches Quillmark, an AI agent for email campaigns",
     "Halcyra launched Quillmark, an agent that writes email campaigns for retailers. It costs $90 a month and is generally available today."),
    ("deal", "Merrowbank acquires customer data platform Tallyvane for $40 million",
     "Merrowbank buys the CDP vendor Tallyvane for $40 million. The deal closes in September."),
    ("price", "Fernlight raises prices of its CRM for small teams",
     "Fernlight raises the price of its CRM to $90 a month for new customers."),
    ("close", "Pellworth shuts down its social media scheduler",
     "Pellworth ends its scheduler for social media posts in December and names no successor."),
)  # fmt: skip


def told(key: str, day: int, title: str, summary: str, **more) -> Item:
    url = f"https://trade.example/{key}"
    return item(
        id=f"trade-{key}", url=url, link=url, title=title, summary=summary, source="trade-daily",
        source_name="Trade Daily", published=START + timedelta(days=day, hours=9), **more,
    )  # fmt: skip


ITEMS = tuple(told(key, day, title, text) for day, (key, title, text) in enumerate(STORIES, 3))


def make_workspace(
    folder: Path, model: str = "", *, items=ITEMS, languages: str = "en", environ=None
) -> AppContext:
    folder.mkdir(parents=True, exist_ok=True)
    text = SOURCES.replace("MODEL", f"model: {{{model}}}" if model else "").replace(
        "LANGUAGES", languages
    )
    (folder / "sources.yaml").write_text(text, "utf-8")
    place = Workspace(folder)
    if not place.archive_file.exists():
        with Archive.open(place.archive_file) as archive:
            state = SourceState("trade-daily", last_success=NOW)
            archive.record_attempt(state, items, at=NOW, outcome="read")
    config = load_sources(place.sources_file, environ or {})
    return AppContext(place, config, NOW, quiet=True, environ=environ or {})


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have waits pass at once; returns how long each would have been."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("digest.app.model.wait", sleep)
    return waits


@pytest.fixture
def lenient_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the gate let pass what stands word for word in a cited source."""

    def check(sentence, cited, sources, language):
        words = " ".join(f"{source.title}. {source.text}" for source in cited)
        return "" if sentence.rstrip(".") in words else "the cited sources do not say that"

    monkeypatch.setattr("digest.app.edition_writer.load_gate", lambda: check)


@contextmanager
def served(
    folder: Path, script: Script, model: str = "", **more
) -> Iterator[tuple[Service, AppContext]]:
    """A service and a workspace that names it."""
    with service(script) as running:
        extra = f", {model}" if model else ""
        yield (
            running,
            make_workspace(folder, f"base_url: '{running.base_url}', name: tiny{extra}", **more),
        )


def settings_of(context: AppContext) -> ModelSettings:
    assert context.config.model
    return context.config.model


def receipts(context: AppContext):
    with Archive.open(context.workspace.archive_file) as archive:
        return list(archive.load_receipts("tiny").values())


def replaced(context: AppContext, **model) -> AppContext:
    """The context with other model settings."""
    settings = settings_of(context).model_copy(update=model)
    return replace(context, config=replace(context.config, model=settings))
