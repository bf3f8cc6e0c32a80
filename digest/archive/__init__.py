"""The archive: the only state of the program, and the only code that opens the database.

SQLAlchemy Core on SQLite (WAL). One transaction per source: what one call of `record_attempt` is
given is stored whole or not at all, whenever the process dies. Collecting never deletes items; an
edited item keeps its earlier wording in `revisions`. The tables are in `tables`; older archives are
migrated by `migrations`; an archive that is newer than this program is refused.
"""

from __future__ import annotations

from digest.archive.collected import CollectedArchive
from digest.archive.deliveries import DeliveryArchive
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
    "ItemMark",
    "ItemSpan",
    "PageState",
    "PageVersion",
    "SourceState",
    "fingerprint_items",
]


class Archive(CollectedArchive, MadeArchive, DeliveryArchive):
    """The archive of one workspace. Use as a context manager. Every method raises ArchiveError."""
