"""Where the packaged sample quarter is, and the moment as of which its feeds are read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from digest.fetch.http.folder import FolderFetcher

SAMPLE_FOLDER = Path(__file__).parents[1] / "sample"
SAMPLE_READ_AT = datetime(2026, 9, 30, 20, tzinfo=UTC)  # the last evening of its quarter


def open_sample_feeds() -> FolderFetcher:
    """Return a fetcher that answers from the packaged feeds: their publishers do not exist."""
    return FolderFetcher(SAMPLE_FOLDER / "feeds", SAMPLE_READ_AT)
