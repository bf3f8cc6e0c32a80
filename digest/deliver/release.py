"""The states of an edition: draft → approved → sent → corrected. Pure.

A release is a set of files with their hashes. A version keeps its number until something of it may
have reached a reader; what is built after that is a correction, and the next version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import DeliveryError
from digest.model.delivery import Release


@dataclass(frozen=True, slots=True)
class ReleaseStatus:
    """The state of an edition: its newest version, and whether its files changed since."""

    quarter: str
    release: Release | None
    changed: bool

    @property
    def is_released(self) -> bool:
        """Whether the files as they are may be sent to the readers."""
        released = self.release is not None and self.release.state in ("approved", "sent")
        return released and not self.changed

    @property
    def label(self) -> str:
        """The state in words."""
        if self.release is None or self.release.state == "draft":
            return "draft"
        return f"changed since it was {self.release.state}" if self.changed else self.release.state


def find_release_status(
    quarter: str, releases: Iterable[Release], files: Mapping[str, str]
) -> ReleaseStatus:
    """Return the state of an edition with these files (path → sha256)."""
    versions = (release for release in releases if release.quarter == quarter)
    newest = max(versions, key=lambda release: release.version, default=None)
    changed = newest is not None and newest.state != "draft" and dict(newest.files) != files
    return ReleaseStatus(quarter, newest, changed)


def approve_release(
    status: ReleaseStatus,
    files: Mapping[str, str],
    *,
    by: str,
    at: datetime,
    note: str,
    delivery_started: bool,
    correction_command: str,
) -> Release:
    """Return the release that these files become by an approval.

    `delivery_started`: something of the newest version may have reached a reader;
    `correction_command`: the command line that states what a correction changes.
    Raises DeliveryError for a correction without a note.
    """
    newest = status.release
    if newest is not None and status.is_released:
        return newest
    if newest is None or not delivery_started:
        version, note = (newest.version, note or newest.note) if newest else (1, note)
        return Release(status.quarter, version, "approved", files, by, at, note)
    if not note:
        raise DeliveryError(
            f"{status.quarter} has changed since version {newest.version} went out",
            f"to send it as a correction, say in a line what changed: {correction_command}",
        )
    return Release(status.quarter, newest.version + 1, "approved", files, by, at, note)


def mark_sent(releases: Iterable[Release], version: int, at: datetime) -> tuple[Release, ...]:
    """Return a quarter's releases after all readers got a version: earlier ones are corrected."""
    return tuple(
        replace(release, state="sent", sent=release.sent or at)
        if release.version == version
        else replace(release, state="corrected")
        for release in releases
        if release.version <= version
    )
