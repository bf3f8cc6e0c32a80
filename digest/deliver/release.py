"""The states of an edition: draft → approved → sent → corrected. Pure.

What is released is a set of files, by their hashes. A version keeps its number until something of it may have reached a
reader; what is built after that is a correction, and the next version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import DeliveryError
from digest.model.delivery import Release


@dataclass(frozen=True, slots=True)
class ReleaseStatus:
    """Where an edition stands. `release`: its newest version, None where no run and no person took note of it yet;
    `changed`: the files are no longer those that were released."""

    quarter: str
    release: Release | None
    changed: bool

    @property
    def is_released(self) -> bool:
        """Whether the files as they are may go to the readers."""
        return (
            self.release is not None
            and self.release.state in ("approved", "sent")
            and not self.changed
        )

    @property
    def label(self) -> str:
        """In one word or few, for a person."""
        if self.release is None or self.release.state == "draft":
            return "draft"
        return f"changed since it was {self.release.state}" if self.changed else self.release.state


def find_release_status(
    quarter: str, releases: Iterable[Release], files: Mapping[str, str]
) -> ReleaseStatus:
    """Where an edition with these files (path → sha256) stands."""
    newest = max(
        (one for one in releases if one.quarter == quarter),
        key=lambda one: one.version,
        default=None,
    )
    return ReleaseStatus(
        quarter,
        newest,
        newest is not None and newest.state != "draft" and dict(newest.files) != files,
    )


def approve_release(
    stand: ReleaseStatus,
    files: Mapping[str, str],
    *,
    by: str,
    at: datetime,
    note: str,
    delivery_started: bool,
    correction_command: str,
) -> Release:
    """The release that approving these files makes. `begun`: something of the newest version may have reached a reader;
    `again`: the command line that says what a correction changes.

    Raises DeliveryError where it would be a correction that does not say what it changes.
    """
    newest = stand.release
    if newest is not None and stand.is_released:
        return newest
    if newest is None or not delivery_started:
        version, note = (newest.version, note or newest.note) if newest else (1, note)
        return Release(stand.quarter, version, "approved", files, by, at, note)
    if not note:
        raise DeliveryError(
            f"{stand.quarter} has changed since version {newest.version} went out",
            f"to send it as a correction, say in a line what changed: {correction_command}",
        )
    return Release(stand.quarter, newest.version + 1, "approved", files, by, at, note)


def mark_sent(releases: Iterable[Release], version: int, at: datetime) -> tuple[Release, ...]:
    """The releases of a quarter after a version has reached all its readers: those before it are corrected."""
    return tuple(
        replace(one, state="sent", sent=one.sent or at)
        if one.version == version
        else replace(one, state="corrected")
        for one in releases
        if one.version <= version
    )
