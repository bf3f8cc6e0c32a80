"""Offer the product to Python programs: `from digest import Digest`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from digest.app.archive_place import locate_archive
from digest.app.context import AppContext
from digest.app.workspace import Workspace

if TYPE_CHECKING:
    from digest.app.collect import CollectionReport
    from digest.app.run import RunSummary
    from digest.model.delivery import Release


class Digest:
    """A workspace, and what the commands of the same names do in it.

    Every method raises a DigestError where it cannot do its work. A quarter is `2026-Q3`,
    `FY2027-Q1`, `2026-08` (a month), `last` (the last that has ended) or `current`.
    """

    def __init__(
        self,
        workspace: Path | str,
        *,
        now: datetime | None = None,
        environ: Mapping[str, str] | None = None,
        quiet: bool = True,
    ) -> None:
        """Open the workspace in a folder that holds a sources.yaml.

        `now` stops the clock. `environ` holds the variables that sources.yaml names for secrets:
        hand in `os.environ`, or there are none.
        """
        from digest.config.sources import load_sources

        place = locate_archive(Workspace(Path(workspace)), environ or {})
        config = load_sources(place.sources_file, environ or {})
        self._clock_stands = now is not None
        self._context = AppContext(
            place, config, now or _read_clock(), quiet, environ=environ or {}
        )

    @classmethod
    def demo(cls, folder: Path | str) -> Self:
        """Open the packaged sample quarter, to be collected and built offline in a folder."""
        from digest.app.sample import open_sample

        sample = cls.__new__(cls)
        sample._clock_stands, sample._context = True, open_sample(Path(folder), quiet=True)
        return sample

    @property
    def context(self) -> AppContext:
        """The workspace, its configuration and the clock, as the use cases take them."""
        return self._context if self._clock_stands else replace(self._context, now=_read_clock())

    def collect(self, history: str | None = None) -> CollectionReport:
        """Read every source once into the archive, and of a quarter what has left the feeds."""
        from digest.app import sources

        context = self.context
        quarter = context.resolve_quarter(history) if history else None
        return sources.collect_workspace(context, quarter)

    def build(self, quarter: str = "last", *, force: bool = False) -> tuple[Path, ...]:
        """Build a quarter's edition from the archive; return the paths of its files.

        `force` does so also where it had ended before its sources were first read, and little of it
        is held.
        """
        from digest.app.build import build_quarter

        context = self.context
        with context.workspace.lock():
            return build_quarter(context, context.resolve_quarter(quarter), force=force)

    def approve(self, quarter: str = "last", *, by: str, note: str = "") -> Release:
        """Release an edition as it was built. `note` tells readers what a correction changes."""
        from digest.app.deliver import approve_quarter

        context = self.context
        return approve_quarter(context, context.resolve_quarter(quarter), by=by, note=note)

    def send(self, quarter: str = "last", *, correction: str = "") -> bool:
        """Send a released edition to everybody who has not got it; return whether all have it."""
        from digest.app.deliver import open_delivery
        from digest.text import clean_text, truncate_text

        with open_delivery(self.context) as service:
            name = service.context.resolve_quarter(quarter).name
            release = service.require_release(name, truncate_text(clean_text(correction), 300))
            return service.deliver_release(release, insist=True)

    def run(self) -> RunSummary:
        """Do what is due: collect, build what has ended, send what is released."""
        from digest.app.run import run_scheduled

        context = self.context
        with context.workspace.lock():
            return run_scheduled(context, rehearsal=self._clock_stands)

    def status(self) -> dict[str, Any]:
        """Return what was collected, built, approved and sent, and what waits for whom."""
        from digest.app.status import collect_status

        return collect_status(self.context)

    def explain(self, reference: str) -> list[dict[str, Any]]:
        """Return why the items of an address or id are tagged, grouped, ranked, in or out."""
        from digest.app.explain import explain_item

        return explain_item(self.context, reference)


def _read_clock() -> datetime:
    # the façade is an entrance like the CLI: it reads the clock
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
