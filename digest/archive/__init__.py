"""The archive: the only state of the program, and the only code that opens the database.

SQLAlchemy Core on SQLite (WAL), or on PostgreSQL where sources.yaml names one; `dialects` holds
what they do differently. One transaction per source: what one call of `record_attempt` is given is
stored whole or not at all, whenever the process dies. Collecting never deletes items; an edited
item keeps its earlier wording in `revisions`. The tables are in `tables`; older archives are
migrated by `migrations`; an archive that is newer than this program is refused.
"""

from __future__ import annotations

from pathlib import Path

from digest.archive.collected import CollectedArchive
from digest.archive.copying import copy_archive
from digest.archive.deliveries import DeliveryArchive
from digest.archive.dialects import ArchivePlace
from digest.archive.made import MadeArchive
from digest.archive.records import (
    PAGE_READ,
    ArchiveChanges,
    ItemMark,
    ItemSpan,
    PageState,
    PageVersion,
    SourceState,
)
from digest.archive.rows import fingerprint_items

__all__ = [
    "PAGE_READ",
    "Archive",
    "ArchiveChanges",
    "ArchivePlace",
    "ItemMark",
    "ItemSpan",
    "PageState",
    "PageVersion",
    "SourceState",
    "copy_archive",
    "fingerprint_items",
    "read_archive_state",
]


class Archive(CollectedArchive, MadeArchive, DeliveryArchive):
    """The archive of one workspace. Use as a context manager. Every method raises ArchiveError."""


def read_archive_state(place: ArchivePlace) -> str:
    """Return a mark of an archive that is another one after each change; "" where there is none."""
    if isinstance(place, Path):
        files = (place, place.with_name(place.name + "-wal"))
        states = (path.stat() for path in files if path.exists())
        return " ".join(f"{state.st_mtime_ns} {state.st_size}" for state in states)
    with Archive.open(place, create=False) as archive:
        return archive.read_change_mark() or ""
