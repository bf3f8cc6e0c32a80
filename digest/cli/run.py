"""`digest run`."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.workspace import Workspace, write_file
from digest.cli.common import common_options, load_config, print_json, resolve_now, resolve_quarter
from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from digest.app.collect import CollectionReport
    from digest.app.context import AppContext
    from digest.app.deliver import DeliveryService, Incident
    from digest.app.runlog import RunLog
    from digest.archive import Archive
    from digest.period import Quarter

_MIN_FAILURES = 3  # failures in a row, before which a source is only having a bad day
_KEPT_RUNS = 100
_MAX_CLOCK_SETBACK = timedelta(days=1)  # as far may a clock fall back without anybody minding


@click.command()
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The form of the log.",
)
@common_options
def command(form: str, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """What cron calls, as often as you like: collect, build what has ended, send what is released.

    A quarter that has ended is built once, also one that was missed while this machine was off. It is sent if it is
    approved, or if no approval is required; otherwise the team is told once that a draft waits. A run that was killed
    is finished by the next. With --quiet it says nothing when all is well; output/run.json tells of the last run.

    Exit code 3 where some sources failed, 1 where something else did, 75 where another run holds the lock.
    """
    place = Workspace(workspace)
    config = load_config(place)
    with place.lock():
        from digest.app.context import AppContext
        from digest.app.deliver import make_run_log

        context = AppContext(place, config, resolve_now(now), quiet)
        run = _ScheduledRun(
            context, make_run_log(context, form, os.environ), rehearsal=now is not None
        )
        code = run.run_all()
    if as_json:
        print_json(run.make_summary())
    if code:
        raise SystemExit(code)


@dataclass
class _ScheduledRun:
    """One run, and what came of it so far."""

    context: AppContext
    log: RunLog
    rehearsal: bool  # --now was given, so a clock that goes back is meant
    collected: CollectionReport | None = None
    built: list[str] = field(default_factory=list)  # files
    sent: list[str] = field(default_factory=list)
    wrong: bool = False
    began: float = field(default_factory=time.monotonic)

    def run_all(self) -> int:
        """Does it all, writes run.json, pings. Gives the exit code; raises DigestError where the run cannot go on."""
        self._send_ping("/start")
        code = 1
        try:
            self._collect_and_deliver()
            code = 1 if self.wrong else 3 if self.collected and self.collected.failed_reports else 0
        except DigestError as error:
            code = error.exit_code
            self.log.events.append({"event": "failed", "message": str(error), "trouble": True})
            raise
        finally:
            self._send_ping("/fail" if code not in (0, 3) else "")
            self._write_run_file(code)
        return code

    def _collect_and_deliver(self) -> None:
        from digest.app.deliver import DeliveryService
        from digest.app.sources import collect_items, read_articles
        from digest.archive import Archive

        self.context.workspace.remove_partial_files()
        with Archive.open(self.context.workspace.archive_file) as archive:
            self._check_clock(archive)
        self.collected = collect_items(self.context, back_to=self._history_start())
        self.collected = read_articles(self.context, self.collected, self._history_start())
        self._log_collected(self.collected)
        with Archive.open(self.context.workspace.archive_file) as archive:
            office = DeliveryService(self.context, archive, os.environ, self.log)
            office.mark_interrupted()
            troubles = list(_find_source_incidents(archive, self.context))
            for quarter in _find_due_quarters(archive, self.context):
                troubles += self._process_quarter(office, quarter)
            office.report_incidents(troubles)
            self.wrong = self.wrong or office.failed

    def _history_start(self) -> datetime:
        """From when on everything is wanted: the last quarter while it is not built, then the current one."""
        last = resolve_quarter("last", self.context.now, self.context.config)
        return last.end if _is_built(self.context, last) else last.start

    def _process_quarter(self, office: DeliveryService, quarter: Quarter) -> list[Incident]:
        """Builds and sends one quarter that has ended, as far as that is to be done."""
        from digest.app.deliver import Incident

        try:
            if not self._build_quarter(office, quarter):
                words = f"{quarter} has ended, and the archive holds nothing of it"
                self.log.log_event("empty", words)
                known = office.archive.load_collection_period()
                if known is None or known[0] >= quarter.end:  # we were not there yet
                    return []
                return [Incident(f"empty {quarter}", f"{words}: look at `digest sources check`")]
            if office.has_recipients:
                return self._deliver_quarter(office, quarter)
        except DigestError as error:
            self.wrong = True
            self.log.log_event("failed", f"{quarter}: {error}", trouble=True)
            return [Incident(f"failed {quarter} {error.message}"[:120], f"{quarter}: {error}")]
        return []

    def _build_quarter(self, office: DeliveryService, quarter: Quarter) -> bool:
        """Builds a quarter if that is to be done. Gives whether it is there then."""
        from digest.app.build import build_quarter
        from digest.model.delivery import Release

        if _is_built(self.context, quarter):
            return True
        if not office.archive.load_items(quarter.start, quarter.end):
            return False
        if not any(one.quarter == quarter.name for one in office.archive.load_releases()):
            # from here on the quarter is ours to finish, whatever happens to this process
            office.archive.save_releases(Release(quarter.name, 1, "draft"))
        paths = build_quarter(self.context, quarter)
        self.built += [str(path) for path in paths]
        self.log.log_event(
            "built",
            f"{quarter}: {self.context.workspace.edition_folder(quarter.name)}",
            quarter=quarter.name,
        )
        return True

    def _deliver_quarter(self, office: DeliveryService, quarter: Quarter) -> list[Incident]:
        """Sends what is released, else tells the team that a draft waits. Corrections go out on request only."""
        name = quarter.name
        stand = office.release_status(name)
        newest = stand.release
        if newest is not None and (newest.state == "sent" or newest.version > 1):
            return []
        if stand.is_released or (
            office.settings.approval == "none" and not office.has_started_delivery(newest)
        ):
            release = office.require_release(name)
            if office.deliver_release(release, insist=False):
                self.sent.append(name)
            else:
                self.wrong = True
        else:
            office.send_draft(name)
        return list(_find_delivery_incidents(office, name))

    def _check_clock(self, archive: Archive) -> None:
        known = archive.load_collection_period()
        if known and known[1] > self.context.now + _MAX_CLOCK_SETBACK and not self.rehearsal:
            raise DigestError(
                f"the clock says {self.context.now:%Y-%m-%d %H:%M}, but the last run was on {known[1]:%Y-%m-%d %H:%M}",
                "set the machine's time; nothing was done",
            )

    def _log_collected(self, collected: CollectionReport) -> None:
        for row in collected.failed_reports:
            mend = f" → {row.mend}" if row.mend else ""
            self.log.log_event(
                "source",
                f"{row.source}: {row.problem}{mend}",
                source=row.source,
                outcome=row.outcome,
            )
        read = len(collected.reports) - len(collected.failed_reports)
        new = sum(row.new for row in collected.reports)
        words = f"{read} of {len(collected.reports)} sources read, {new} new items"
        self.log.log_event("collected", words, read=read, new=new)
        if asked := sum(row.pages for row in collected.reports):
            got = sum(row.pages_read for row in collected.reports)
            self.log.log_event("articles", f"{got} of {asked} articles read", asked=asked, read=got)

    def _send_ping(self, suffix: str) -> None:
        variable = self.context.config.digest.delivery.ping_url_env
        url = os.environ.get(variable, "").strip() if variable else ""
        if not url:
            return
        from digest.app.context import make_fetcher
        from digest.errors import FetchError
        from digest.fetch.http.client import HttpRequest, fetch_all

        (answer,) = fetch_all(
            make_fetcher(self.context, seconds=10),
            [HttpRequest("ping", url.rstrip("/") + suffix)],
        )
        if isinstance(answer, FetchError):
            self.log.log_event("ping", f"{variable}: {answer.kind}")

    def make_summary(self) -> dict[str, Any]:
        """What the run did, in data."""
        failed = [row.source for row in self.collected.failed_reports] if self.collected else []
        last = resolve_quarter("last", self.context.now, self.context.config).name
        return {"quarter": last, "built": self.built, "sent": self.sent, "failed": failed}

    def _write_run_file(self, code: int) -> None:
        """Writes run.json, and the same under the run's time. A disk that is full must not hide what happened."""
        seconds = round(time.monotonic() - self.began, 1)
        row = {
            "at": self.context.now.isoformat(),
            "exit_code": code,
            "seconds": seconds,
            **self.make_summary(),
        }
        data = (
            json.dumps(row | {"events": self.log.events}, ensure_ascii=False, indent=1) + "\n"
        ).encode()
        folder = self.context.workspace.output / "runs"
        try:
            write_file(folder / f"{self.context.now:%Y-%m-%dT%H%M%S}.json", data)
            write_file(self.context.workspace.output / "run.json", data)
            for old in sorted(folder.glob("*.json"))[:-_KEPT_RUNS]:
                old.unlink(missing_ok=True)
        except (DigestError, OSError) as error:
            self.log.log_event("run.json", str(error), trouble=True)


def _find_due_quarters(archive: Archive, context: AppContext) -> list[Quarter]:
    """The quarters to look after, oldest first: the last that has ended, those that ended since this archive began and
    are not built, and those that an earlier run or a person began."""
    from digest.period import parse_quarter, quarter_containing

    settings = context.config.digest
    zone, fiscal = settings.timezone, settings.fiscal_year_starts
    wait = timedelta(days=settings.delivery.days_after_end)
    last = quarter_containing(context.now - wait, zone, fiscal).previous
    begun = {
        one.quarter
        for one in archive.load_releases()
        if one.state in ("draft", "approved") and one.version == 1
    }
    known = archive.load_collection_period()
    first = quarter_containing(known[0], zone, fiscal) if known else last
    found, quarter = [last], last.previous
    while quarter >= first:
        if not _is_built(context, quarter) and archive.load_items(quarter.start, quarter.end):
            found.append(quarter)
        quarter = quarter.previous
    for name in begun:
        with suppress(UsageError):  # named by a fiscal year that is no longer ours
            found.append(parse_quarter(name, context.now, zone, fiscal))
    return sorted({one for one in found if one <= last})


def _is_built(context: AppContext, quarter: Quarter) -> bool:
    """Whether the whole quarter was built, and not only what it held so far."""
    try:
        edition = json.loads(
            (context.workspace.edition_folder(quarter.name) / "edition.json").read_bytes()
        )
    except (OSError, ValueError):
        return False
    return not edition.get("so_far")


def _find_source_incidents(archive: Archive, context: AppContext) -> list[Incident]:
    """The sources that a person has to look at."""
    from digest.app.deliver import Incident

    states, found = archive.load_source_states(), []
    for source in context.config.sources:
        state = states.get(source.slug)
        if source.enabled and state and (state.failures >= _MIN_FAILURES or state.kind == "gone"):
            since = f"{state.last_success:%Y-%m-%d}" if state.last_success else "ever"
            key = f"source {source.slug} {since}"
            words = f"{source.name} fails, {state.failures} times in a row, last read {since}: {state.problem}"
            found.append(
                Incident(
                    key,
                    words if state.last_success else words.replace("last read ever", "never read"),
                )
            )
    return found


def _find_delivery_incidents(office: DeliveryService, quarter: str) -> list[Incident]:
    """The readers who have not got an edition, and will not without a person."""
    from digest.app.deliver import Incident
    from digest.deliver.plan import is_final

    found = []
    for line in office.archive.load_delivery_records(quarter):
        parcel = line.delivery
        who = f"{parcel.recipient} {quarter} v{parcel.version}"
        if line.state == "unknown":
            ask = f"digest send {quarter} --resolve {parcel.recipient}=accepted, or =not-sent"
            found.append(
                Incident(
                    f"unknown {who}",
                    f"nobody knows whether {quarter} reached {parcel.recipient}; find out, then: {ask}",
                )
            )
        elif is_final(line):
            words = f"{quarter} was refused for {parcel.recipient}: {line.words}; mend it, then: digest send {quarter}"
            found.append(Incident(f"refused {who}", words))
    return found
