"""Approve an edition and deliver it: its files, its recipients, the ledger of deliveries.

All of it is done with the workspace's lock held, so that a delivery that stands as handed over was
left so by a process that died. What was delivered and what failed is logged as events.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.app.edition_mail import ApprovalRequest, EditionRecipient, MailComposer
from digest.app.logs import log_event
from digest.app.outbox import Outbox
from digest.app.workspace import write_file, write_files
from digest.archive import Archive
from digest.deliver.message import (
    build_message,
    normalize_address,
)
from digest.deliver.plan import (
    DeliveryPlan,
    dispatch_deliveries,
    find_interrupted,
    has_begun,
    plan_deliveries,
)
from digest.deliver.release import ReleaseStatus, approve_release, find_release_status, mark_sent
from digest.errors import DeliveryError, DigestError, UsageError
from digest.model.delivery import Channel, Delivery, DeliveryResult, DeliveryState, Release
from digest.text import clean_text, truncate_text

if TYPE_CHECKING:
    from digest.app.context import AppContext
    from digest.config.digest_settings import DeliverySettings
    from digest.period import Quarter

RELEASE_FILES = (
    "edition.json",
    "digest.pdf",
    "digest.html",
    "digest.ics",
    "register.xlsx",
    "register.csv",
    "mail.html",
    "mail.txt",
)
NOBODY = "sources.yaml names nobody to send it to"
NOBODY_HINT = "under digest.delivery give smtp, from and to, or else webhooks or a folder"
_LONGEST_NOTE = 300  # characters of what a correction changes


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that needs a person. `key` is the same as long as the trouble is."""

    key: str
    words: str


class DeliveryService:
    """The delivery of one workspace, with its archive open and its lock held."""

    def __init__(self, context: AppContext, archive: Archive) -> None:
        self.context, self.archive = context, archive
        self.settings: DeliverySettings = context.config.digest.delivery
        self.languages: Sequence[str] = context.config.digest.languages
        self.outbox = Outbox(context, archive)
        self.composer = MailComposer(context)

    @property
    def has_recipients(self) -> bool:
        """Whether editions go anywhere."""
        settings = self.settings
        people = settings.to or settings.cc or settings.bcc or any(settings.by_language.values())
        return bool(people or settings.webhooks or settings.folder)

    @property
    def team(self) -> tuple[str, ...]:
        """The team's addresses; empty where no mail server is configured."""
        return self.settings.team if self.settings.smtp else ()

    def hash_release_files(self, quarter: str) -> dict[str, str]:
        """Return the files that make a release, path → sha256. Raises DigestError if not built."""
        base = self.context.workspace.edition_folder(quarter)
        hashes = {}
        for language in self.languages:
            for name in RELEASE_FILES:
                path = self.composer.edition_folder(quarter, language) / name
                if path.is_file():
                    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
                    hashes[path.relative_to(base).as_posix()] = checksum
        missing = [name for name in RELEASE_FILES if name not in hashes]
        if missing:
            raise DigestError(
                f"{quarter} has not been built: {', '.join(missing)} is missing",
                f"run `digest build {quarter}` first",
            )
        return hashes

    def release_status(self, quarter: str) -> ReleaseStatus:
        """Return where an edition stands. Raises DigestError if not built."""
        releases = self.archive.load_releases()
        return find_release_status(quarter, releases, self.hash_release_files(quarter))

    def has_started_delivery(self, release: Release | None) -> bool:
        """Return whether anything of a release may have reached a reader."""
        if release is None:
            return False
        records = self.archive.load_delivery_records(release.quarter)
        return has_begun(line for line in records if line.delivery.version == release.version)

    def list_recipients(self, release: Release) -> tuple[EditionRecipient, ...]:
        """Return all recipients of a release, in the order of the configuration."""
        first, folder = self.languages[0], self.settings.folder
        rows: list[tuple[str, Channel, str, str]] = [
            (language, "mail", address, kind)
            for language in self.languages
            for kind, addresses in self.composer.list_addresses(language).items()
            for address in addresses
        ]
        rows += [  # named by where the address is, which is a secret
            (first, hook.kind, hook.place, hook.kind) for hook in self.settings.webhooks
        ]
        rows += [(first, "folder", folder, "folder")] if folder else []
        found = []
        for language, channel, address, kind in rows:
            recipient = normalize_address(address) if channel == "mail" else address
            delivery = Delivery(release.quarter, release.version, language, channel, recipient)
            found.append(EditionRecipient(delivery, address, kind))
        return tuple(found)

    def mark_interrupted(self) -> None:
        """Mark as unknown what a dead process was handing over; a folder is filled again."""
        interrupted = find_interrupted(self.archive.load_delivery_records())
        states: tuple[tuple[DeliveryState, bool], ...] = (("unknown", False), ("not sent", True))
        for state, to_folder in states:
            deliveries = [one for one in interrupted if (one.channel == "folder") == to_folder]
            words = "the run ended while it was handed over"
            self.archive.record_deliveries(deliveries, state, at=self.context.now, words=words)

    def plan_delivery(self, release: Release, *, insist: bool) -> DeliveryPlan:
        """Return what is to be done of a release; `insist` retries what was refused for good."""
        return plan_deliveries(
            (recipient.delivery for recipient in self.list_recipients(release)),
            self.archive.load_delivery_records(release.quarter),
            retry_refused=insist,
        )

    def resolve_delivery(self, quarter: str, recipient: str, state: DeliveryState) -> None:
        """Record what a person says became of an unknown delivery. Raises UsageError."""
        records = self.archive.load_delivery_records(quarter)
        unknown = [record.delivery for record in records if record.state == "unknown"]
        resolved = [one for one in unknown if one.recipient in (recipient, recipient.lower())]
        if not resolved:
            names = ", ".join(delivery.recipient for delivery in unknown)
            raise UsageError(
                f"it is not unknown whether {quarter} reached {recipient}",
                f"unknown are: {names}" if names else "nothing is unknown; look at `digest status`",
            )
        self.archive.record_deliveries(
            resolved, state, at=self.context.now, words="resolved by a person"
        )

    def require_release(self, quarter: str, correction: str = "") -> Release:
        """Return the release that may go out now. Raises DigestError where there is none."""
        _refuse_draft(self.context, quarter)
        status = self.release_status(quarter)
        if status.release is not None and status.is_released:
            return status.release
        if self.settings.approval == "none":
            by, command = "nobody: approval is not required", f"digest send {quarter} --correction"
            note = truncate_text(clean_text(correction), _LONGEST_NOTE)
            return self._save_release(status, by, note, f'{command} "…"')
        raise DeliveryError(
            f"{quarter} is not released: {status.label}",
            f"look at it, then run `digest approve {quarter}`",
        )

    def approve_edition(self, quarter: str, *, by: str, note: str) -> Release:
        """Release an edition as it is now."""
        command = f'digest approve {quarter} --note "…", and then: digest send {quarter}'
        return self._save_release(self.release_status(quarter), by, note, command)

    def _save_release(self, status: ReleaseStatus, by: str, note: str, command: str) -> Release:
        release = approve_release(
            status,
            self.hash_release_files(status.quarter),
            by=by,
            at=self.context.now,
            note=note,
            delivery_started=self.has_started_delivery(status.release),
            correction_command=command,
        )
        self.archive.save_releases(release)
        return release

    def deliver_release(self, release: Release, *, insist: bool) -> bool:
        """Deliver a release to all who have not got it. Return whether all have it now."""
        quarter, now = release.quarter, self.context.now
        recipients = self.list_recipients(release)
        plan = self.plan_delivery(release, insist=insist)
        recorded = {record.delivery for record in self.archive.load_delivery_records(quarter)}
        self.archive.record_deliveries(
            [delivery for delivery in plan.due if delivery not in recorded], "intended", at=now
        )
        due = {
            recipient.delivery: recipient
            for recipient in recipients
            if recipient.delivery in plan.due
        }
        unbuilt = {
            language
            for language in {delivery.language for delivery in due}
            if not (self.composer.edition_folder(quarter, language) / "edition.json").is_file()
        }
        for language in unbuilt:
            message = f"not sent: {quarter} has not been built in {language}"
            log_event("delivery", message, trouble=True)
        mails = [one for one in due if one.channel == "mail" and one.language not in unbuilt]
        if mails:
            self.outbox.send_mails(
                mails, lambda delivery: self.composer.compose_mail(release, due[delivery])
            )
        for delivery in [delivery for delivery in due if delivery.channel != "mail"]:
            deliver = partial(self._deliver_to_channel, release)
            self.outbox.log_report(dispatch_deliveries([delivery], deliver, self.archive, now))
        after = self.plan_delivery(release, insist=False)
        for delivery in after.unknown:
            message = f"nobody knows whether {quarter} reached {delivery.recipient}"
            log_event("unknown", f"{message}; look at `digest status`")
        complete = len(after.done) == len(recipients) > 0
        if complete and release.state != "sent":
            releases = [one for one in self.archive.load_releases() if one.quarter == quarter]
            self.archive.save_releases(*mark_sent(releases, release.version, now))
            readers = f"all {len(after.done)} readers" if len(after.done) > 1 else "its reader"
            log_event("sent", f"{quarter} has reached {readers}")
        return complete

    def list_results(self, release: Release) -> list[dict[str, str]]:
        """Return what is known of each recipient of a release, a row each."""
        records = self.archive.load_delivery_records(release.quarter)
        by_delivery = {record.delivery: record for record in records}
        return [
            {
                "recipient": recipient.address,
                "kind": recipient.kind,
                "language": recipient.delivery.language,
                "state": by_delivery[recipient.delivery].state,
                "words": by_delivery[recipient.delivery].words,
            }
            for recipient in self.list_recipients(release)
        ]

    def write_dry_run(self, quarter: str) -> dict[str, Any]:
        """Write the mails that would go out into the edition's folder; return who gets which."""
        status = self.release_status(quarter)
        release = status.release or Release(quarter, 1, "draft")
        plan = self.plan_delivery(release, insist=True)
        folder = self.context.workspace.edition_folder(quarter) / "mail"
        for old in folder.glob("*.eml"):
            old.unlink(missing_ok=True)
        rows = []
        for number, recipient in enumerate(self.list_recipients(release), 1):
            delivery, file = recipient.delivery, ""
            if delivery.channel == "mail":
                name = "".join(c if c.isalnum() or c in "@.-_" else "_" for c in delivery.recipient)
                file = str(folder / f"{number:03}-{name}.eml")
                write_file(
                    Path(file), build_message(self.composer.compose_mail(release, recipient))
                )
            does = "has it" if delivery in plan.done else "unknown"
            does = "would be sent" if delivery in plan.due else does
            row = {"recipient": recipient.address, "kind": recipient.kind}
            rows.append({**row, "does": does, "file": file})
        told = {"quarter": quarter, "state": status.label, "version": release.version}
        advice = "" if rows else f"{NOBODY}; {NOBODY_HINT}. The mail's words stand in {folder}.html"
        return {**told, "deliveries": rows, "advice": advice}

    def send_proof(self, quarter: str, addresses: Iterable[str]) -> None:
        """Send a marked copy of an edition as it is built now, released or not.

        Raises UsageError for what is no address, DeliveryError where not all got it.
        """
        from digest.config.kinds import validate_mail_address

        for address in addresses:
            try:
                validate_mail_address(address)
            except ValueError as error:
                raise UsageError(f"--to {address!r} {error}") from None
        release = self.release_status(quarter).release or Release(quarter, 1, "draft")
        what = f"proof {quarter} {self.context.now.isoformat()}"
        copies = self._address_copies(what, addresses, release.version)
        self.archive.record_deliveries(copies, "intended", at=self.context.now)
        result = self.outbox.send_mails(
            list(copies), lambda one: self.composer.compose_mail(release, copies[one], proof=True)
        )
        if result.stop_reason or any(one.state != "accepted" for one in result.results.values()):
            raise DeliveryError("the proof did not reach everybody", "the lines above say why")

    def send_draft(self, quarter: str, told: Collection[str] = ()) -> None:
        """Send the team a draft that waits for it, once; `told` are addresses that have it."""
        status = self.release_status(quarter)
        what = f"draft {quarter} {self.hash_release_files(quarter)['edition.json'][:16]}"
        release = status.release or Release(quarter, 1, "draft")
        message = (
            f"{quarter} waits for a person: {status.label};"
            f" look at it, then run `digest approve {quarter}`"
        )
        if not self.team:
            self.outbox.log_once(what, message)
            return
        team = [address for address in self.team if normalize_address(address) not in told]
        copies = self._address_copies(what, team, release.version)
        if due := self.outbox.record_intended(copies):
            log_event("draft", message)
            self.outbox.send_mails(
                due, lambda one: self.composer.compose_mail(release, copies[one], draft=True)
            )

    def send_approval_request(self, quarter: str, request: ApprovalRequest, what: str) -> None:
        """Send an approver the draft with a link of their own, once for each `what`.

        What the other side does not accept is logged. Raises DeliveryError where the mail cannot be
        made.
        """
        approver, hook = request.approver, request.approver.webhook
        release = self.release_status(quarter).release or Release(quarter, 1, "draft")
        if approver.mail:
            copies = self._address_copies(what, [approver.mail], release.version)
            if due := self.outbox.record_intended(copies):
                self.outbox.send_mails(
                    due,
                    lambda one: self.composer.compose_mail(release, copies[one], request=request),
                )
        if hook:
            delivery = Delivery(what, release.version, self.languages[0], hook.kind, hook.place)
            if due := self.outbox.record_intended([delivery]):
                self.outbox.post_notice(due, self.composer.announce_request(release, request))

    def report_incidents(self, incidents: Sequence[Incident]) -> None:
        """Tell the team, in one mail to each member, of the incidents that it has not heard of."""
        from digest.render.mail import render_notice

        for incident in incidents if not self.team else ():
            self.outbox.log_once(f"trouble {incident.key}", incident.words)
        for address in self.team:
            by_delivery = {
                delivery: incident
                for incident in incidents
                for delivery in self._address_copies(f"trouble {incident.key}", [address])
            }
            records = [
                record
                for delivery in by_delivery
                for record in self.archive.load_delivery_records(delivery.what)
            ]
            due = plan_deliveries(by_delivery, records, retry_refused=False).due
            if not due:
                continue
            lines = [by_delivery[delivery].words for delivery in due]
            for line in lines:
                log_event("trouble", line)
            where = f"Look at `digest status` in {self.context.workspace.root.resolve()}."
            subject = lines[0] if len(lines) == 1 else f"{len(lines)} things need a person"
            parts = render_notice([*lines, where], "en")
            self.outbox.send_notice(due, address, f"[digest] {subject}", *parts)

    def _address_copies(
        self, what: str, addresses: Iterable[str], version: int = 1
    ) -> dict[Delivery, EditionRecipient]:
        """Return a delivery of its own for each address, outside the edition's recipients."""
        copies = {}
        for address in addresses:
            recipient = normalize_address(address)
            delivery = Delivery(what, version, self.languages[0], "mail", recipient)
            copies[delivery] = EditionRecipient(delivery, address, "to")
        return copies

    def _deliver_to_channel(
        self, release: Release, delivery: Delivery, handing: Callable[[], None]
    ) -> DeliveryResult:
        if delivery.channel == "folder":
            return self._copy_to_folder(release, delivery, handing)
        announcement = self.composer.announce_edition(release, delivery.language)
        return self.outbox.post_announcement(delivery, announcement, handing)

    def _copy_to_folder(
        self, release: Release, delivery: Delivery, handing: Callable[[], None]
    ) -> DeliveryResult:
        handing()
        number = f"-v{release.version}" if release.version > 1 else ""
        target = self.context.workspace.root / delivery.recipient / f"{release.quarter}{number}"
        base = self.context.workspace.edition_folder(release.quarter)
        try:
            for name in release.files:
                write_files((target / name).parent, {Path(name).name: (base / name).read_bytes()})
        except DigestError as error:
            return DeliveryResult("refused", f"400 {error.message}")
        return DeliveryResult("accepted", str(target))


@contextmanager
def open_delivery(context: AppContext) -> Iterator[DeliveryService]:
    """Hold the lock and open the archive for delivering; what a dead process left is marked."""
    with (
        context.workspace.lock(),
        Archive.open(context.workspace.archive, create=False) as archive,
    ):
        service = DeliveryService(context, archive)
        service.mark_interrupted()
        yield service


def approve_quarter(context: AppContext, quarter: Quarter, *, by: str, note: str) -> Release:
    """Release a quarter's edition as it is now. Raises DigestError where it is out of date."""
    with open_delivery(context) as service:
        require_current(context, quarter)
        return service.approve_edition(
            quarter.name,
            by=truncate_text(clean_text(by), 80),
            note=truncate_text(clean_text(note), _LONGEST_NOTE),
        )


def require_current(context: AppContext, quarter: Quarter) -> None:
    """Raise DigestError where an edition is of older decisions, or of a quarter that goes on."""
    from digest.app.build import is_current

    name = quarter.name
    if context.workspace.edition_folder(name).exists() and not is_current(context, quarter):
        raise DigestError(
            f"the configuration or the team's decisions changed since {name} was built",
            f"run `digest build {name}`, look at it, and approve that",
        )
    _refuse_draft(context, name)


def is_built_so_far(context: AppContext, quarter: str) -> bool:
    """Return whether the built edition tells of a part of its quarter only."""
    file = context.workspace.edition_folder(quarter) / "edition.json"
    return file.exists() and bool(json.loads(file.read_bytes()).get("so_far"))


def _refuse_draft(context: AppContext, name: str) -> None:
    """Raise DigestError where the built edition tells of a part of its quarter only."""
    if is_built_so_far(context, name):
        end = context.resolve_quarter(name).end
        raise DigestError(
            f"{name} was built before it had ended: it is a draft",
            f"run `digest build {name}` after {end:%Y-%m-%d}, and approve that",
        )
