"""The delivery that `send`, `run`, `approve` and `status` share: the files of an edition, its readers, the ledger.

All of it is done with the lock held, so that whatever stands as handed over was left so by a process that died.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.app.workspace import write_files
from digest.archive import Archive
from digest.deliver.message import (
    Attachment,
    OutgoingMail,
    build_message,
    make_message_id,
    normalize_address,
)
from digest.deliver.plan import (
    DeliveryPlan,
    DispatchReport,
    dispatch_deliveries,
    find_interrupted,
    has_begun,
    plan_deliveries,
)
from digest.deliver.release import ReleaseStatus, approve_release, find_release_status, mark_sent
from digest.deliver.smtp import SmtpServer, SmtpSession
from digest.errors import DeliveryError, DigestError, FetchError, UsageError
from digest.model.delivery import Delivery, DeliveryResult, DeliveryState, Release
from digest.text import clean_text, truncate_text

if TYPE_CHECKING:
    from digest.app.context import AppContext
    from digest.app.runlog import RunLog
    from digest.config.sources import DeliverySettings, Recipients, SmtpSettings
    from digest.period import Quarter
    from digest.render.mail import MailingContext

_RELEASE_FILES = ("edition.json", "digest.pdf", "digest.html", "mail.html", "mail.txt")


@dataclass(frozen=True, slots=True)
class EditionRecipient:
    """Somebody who gets an edition: the parcel that counts it, and the address as it was written."""

    parcel: Delivery
    address: str
    kind: str  # to | cc | bcc | slack | teams | folder


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that needs a person. `key` is the same as long as the trouble is."""

    key: str
    words: str


class DeliveryService:
    """The delivery of one workspace, with its archive open and its lock held."""

    def __init__(
        self,
        context: AppContext,
        archive: Archive,
        environ: Mapping[str, str] | None = None,
        log: RunLog | None = None,
    ) -> None:
        self.context, self.archive = context, archive
        self._environ = context.environ if environ is None else environ
        self.log = log or make_run_log(context, "text", self._environ)
        self.settings: DeliverySettings = context.config.digest.delivery
        self.languages: Sequence[str] = context.config.digest.languages
        self.failed = (
            False  # whether anything that was to be handed over in this run was not accepted
        )
        self._read: dict[Path, tuple[dict[str, Any], str, str, bytes]] = {}

    # ------------------------------------------------------------ what there is

    @property
    def has_recipients(self) -> bool:
        """Whether editions go anywhere."""
        settings = self.settings
        people = settings.to or settings.cc or settings.bcc or any(settings.by_language.values())
        return bool(people or settings.webhooks or settings.folder)

    @property
    def team(self) -> tuple[str, ...]:
        """Who is told, as far as mail can be sent at all."""
        return self.settings.team if self.settings.smtp else ()

    def edition_folder(self, quarter: str, language: str) -> Path:
        """Where the files of an edition in one language are."""
        base = self.context.workspace.edition_folder(quarter)
        return base if language == self.languages[0] else base / language

    def hash_release_files(self, quarter: str) -> dict[str, str]:
        """The files that a release is made of: path → sha256. Raises DigestError where it is not built."""
        base = self.context.workspace.edition_folder(quarter)
        found = {}
        for language in self.languages:
            for name in _RELEASE_FILES:
                path = self.edition_folder(quarter, language) / name
                if path.is_file():
                    found[path.relative_to(base).as_posix()] = hashlib.sha256(
                        path.read_bytes()
                    ).hexdigest()
        missing = [name for name in _RELEASE_FILES if name not in found]
        if missing:
            raise DigestError(
                f"{quarter} has not been built: {', '.join(missing)} is missing",
                f"run `digest build {quarter}` first",
            )
        return found

    def release_status(self, quarter: str) -> ReleaseStatus:
        """Where an edition stands. Raises DigestError where it is not built."""
        return find_release_status(
            quarter, self.archive.load_releases(), self.hash_release_files(quarter)
        )

    def has_started_delivery(self, release: Release | None) -> bool:
        """Whether anything of a release may have reached a reader."""
        lines = self.archive.load_delivery_records(release.quarter) if release else ()
        return has_begun(
            line for line in lines if release and line.delivery.version == release.version
        )

    def list_recipients(self, release: Release) -> tuple[EditionRecipient, ...]:
        """Everybody who gets a release, in the order of the configuration."""
        return (*self._list_mail_recipients(release), *self._list_channel_recipients(release))

    def _list_mail_recipients(self, release: Release) -> Iterable[EditionRecipient]:
        for language in self.languages:
            for kind, addresses in self._address_lists(language).items():
                for address in addresses:
                    yield EditionRecipient(
                        _make_delivery(release, language, "mail", normalize_address(address)),
                        address,
                        kind,
                    )

    def _list_channel_recipients(self, release: Release) -> Iterable[EditionRecipient]:
        first = self.languages[0]
        for hook in self.settings.webhooks:
            yield EditionRecipient(
                _make_delivery(release, first, hook.kind, hook.url_env), hook.url_env, hook.kind
            )
        if self.settings.folder:
            yield EditionRecipient(
                _make_delivery(release, first, "folder", self.settings.folder),
                self.settings.folder,
                "folder",
            )

    def _address_lists(self, language: str) -> dict[str, tuple[str, ...]]:
        groups: list[Recipients] = [self.settings] if language == self.languages[0] else []
        if language in self.settings.by_language:
            groups.append(self.settings.by_language[language])
        return {
            kind: tuple(a for group in groups for a in getattr(group, kind))
            for kind in ("to", "cc", "bcc")
        }

    # ------------------------------------------------------------ the ledger

    def mark_interrupted(self) -> None:
        """Calls unknown what a process that died was handing over. A folder is simply filled again."""
        left = find_interrupted(self.archive.load_delivery_records())
        for state, again in (("unknown", False), ("not sent", True)):
            parcels = [parcel for parcel in left if (parcel.channel == "folder") == again]
            words = "the run ended while it was handed over"
            self.archive.record_deliveries(parcels, state, at=self.context.now, words=words)  # type: ignore[arg-type]

    def plan_delivery(self, release: Release, *, insist: bool) -> DeliveryPlan:
        """What is to be done of a release."""
        return plan_deliveries(
            (one.parcel for one in self.list_recipients(release)),
            self.archive.load_delivery_records(release.quarter),
            retry_refused=insist,
        )

    def resolve_delivery(self, quarter: str, recipient: str, state: DeliveryState) -> None:
        """Takes a person's word for what became of an unknown parcel. Raises UsageError."""
        lines = [
            line for line in self.archive.load_delivery_records(quarter) if line.state == "unknown"
        ]
        wanted = [
            line.delivery
            for line in lines
            if line.delivery.recipient in (recipient, recipient.lower())
        ]
        if not wanted:
            unknown = ", ".join(line.delivery.recipient for line in lines)
            raise UsageError(
                f"it is not unknown whether {quarter} reached {recipient}",
                f"unknown are: {unknown}"
                if unknown
                else "nothing is unknown; look at `digest status`",
            )
        self.archive.record_deliveries(
            wanted, state, at=self.context.now, words="resolved by a person"
        )

    # ------------------------------------------------------------ sending

    def require_release(self, quarter: str, correction: str = "") -> Release:
        """The release that may go out now. Raises DeliveryError where there is none, with what to do."""
        stand = self.release_status(quarter)
        if stand.release is not None and stand.is_released:
            return stand.release
        if self.settings.approval == "none":
            again = f'digest send {quarter} --correction "…"'
            made = self._make_release(
                stand, by="nobody: approval is not required", note=correction, again=again
            )
            self.archive.save_releases(made)
            return made
        raise DeliveryError(
            f"{quarter} is not released: {stand.label}",
            f"look at it, then run `digest approve {quarter}`",
        )

    def approve_edition(self, quarter: str, *, by: str, note: str) -> Release:
        """Releases an edition as it is now."""
        again = f'digest approve {quarter} --note "…", and then: digest send {quarter}'
        made = self._make_release(self.release_status(quarter), by=by, note=note, again=again)
        self.archive.save_releases(made)
        return made

    def _make_release(self, stand: ReleaseStatus, *, by: str, note: str, again: str) -> Release:
        files = self.hash_release_files(stand.quarter)
        begun = self.has_started_delivery(stand.release)
        return approve_release(
            stand,
            files,
            by=by,
            at=self.context.now,
            note=note,
            delivery_started=begun,
            correction_command=again,
        )

    def deliver_release(self, release: Release, *, insist: bool) -> bool:
        """Sends a release to all who have not got it. Gives whether all have it now; what did not work is logged."""
        todo = self.plan_delivery(release, insist=insist)
        known = {line.delivery for line in self.archive.load_delivery_records(release.quarter)}
        self.archive.record_deliveries(
            [one for one in todo.due if one not in known], "intended", at=self.context.now
        )
        due = {one.parcel: one for one in self.list_recipients(release) if one.parcel in todo.due}
        unbuilt = {
            one
            for one in self.languages
            if not (self.edition_folder(release.quarter, one) / "edition.json").is_file()
        }
        for language in {parcel.language for parcel in due} & unbuilt:
            self.log.log_event(
                "delivery",
                f"not sent: {release.quarter} has not been built in {language}",
                trouble=True,
            )
        mails = [
            parcel for parcel in due if parcel.channel == "mail" and parcel.language not in unbuilt
        ]
        if mails:
            self._log_result(
                self._send_mails(mails, lambda parcel: self.compose_mail(release, due[parcel]))
            )
        rest = [parcel for parcel in due if parcel.channel != "mail"]
        for parcel in rest:
            self._log_result(
                dispatch_deliveries(
                    [parcel],
                    lambda one, handing: self._deliver_to_channel(release, one, handing),
                    self.archive,
                    self.context.now,
                )
            )
        after = self.plan_delivery(release, insist=False)
        for parcel in after.unknown:
            self.log.log_event(
                "unknown",
                f"nobody knows whether {release.quarter} reached {parcel.recipient}; look at `digest status`",
            )
        complete = len(after.done) == len(self.list_recipients(release)) > 0
        if complete and release.state != "sent":
            mine = [one for one in self.archive.load_releases() if one.quarter == release.quarter]
            self.archive.save_releases(*mark_sent(mine, release.version, self.context.now))
            self.log.log_event(
                "sent", f"{release.quarter} has reached all {len(after.done)} readers"
            )
        return complete

    def compose_mail(
        self,
        release: Release,
        reader: EditionRecipient,
        *,
        proof: bool = False,
        draft: bool = False,
    ) -> OutgoingMail:
        """The mail for one reader. Raises DeliveryError where it cannot be made."""
        from digest.render.mail import MailingContext, format_notes, format_subject, insert_notes

        parcel, settings = reader.parcel, self.settings
        language, quarter = parcel.language, release.quarter
        edition, html, text, pdf = self._load_parts(quarter, language)
        attached = len(pdf) <= settings.max_attachment_mib * 2**20
        link = self.edition_url(quarter, language)
        if not attached and not link:
            raise DeliveryError(
                f"the PDF of {quarter} has {len(pdf) / 2**20:.1f} MiB, more than max_attachment_mib allows",
                "set digest.delivery.public_url in sources.yaml, so that it can be linked, or raise the limit",
            )
        occasion = MailingContext(
            quarter, language, attached, link, proof, draft, release.version, release.note
        )
        html, text = insert_notes(html, text, format_notes(occasion))
        lists = self._address_lists(language)
        alone = proof or draft
        return OutgoingMail(
            message_id=make_message_id(parcel, self.sender),
            date=self.context.now,
            sender=self.sender,
            to=(reader.address,) if alone else lists["to"],
            cc=() if alone else lists["cc"],
            subject=format_subject(str(edition["title"]), occasion),
            text=text,
            html=html,
            reply_to=settings.reply_to or "",
            list_id=settings.list_id or "",
            edition=f"{quarter} v{release.version} {language}",
            attachment=Attachment(_pdf_filename(occasion, self.languages), pdf)
            if attached
            else None,
        )

    def send_proof(self, quarter: str, addresses: Iterable[str]) -> DispatchReport:
        """Sends a marked copy of an edition as it is built now, released or not."""
        release = self.release_status(quarter).release or Release(quarter, 1, "draft")
        what = f"proof {quarter} {self.context.now.isoformat()}"
        readers = {}
        for address in addresses:
            parcel = Delivery(
                what, release.version, self.languages[0], "mail", normalize_address(address)
            )
            readers[parcel] = EditionRecipient(parcel, address, "to")
        self.archive.record_deliveries(readers, "intended", at=self.context.now)
        return self._log_result(
            self._send_mails(
                list(readers), lambda one: self.compose_mail(release, readers[one], proof=True)
            )
        )

    def send_draft(self, quarter: str) -> None:
        """Sends the team a draft that waits for it, once."""
        stand = self.release_status(quarter)
        files = self.hash_release_files(quarter)
        what = f"draft {quarter} {files['edition.json'][:16]}"
        release = stand.release or Release(quarter, 1, "draft")
        words = f"{quarter} waits for a person: {stand.label}; look at it, then run `digest approve {quarter}`"
        if not self.team:
            self._log_once(what, words)
            return
        readers = {}
        for address in self.team:
            parcel = Delivery(
                what, release.version, self.languages[0], "mail", normalize_address(address)
            )
            readers[parcel] = EditionRecipient(parcel, address, "to")
        due = plan_deliveries(
            readers, self.archive.load_delivery_records(what), retry_refused=False
        ).due
        if due:
            self.archive.record_deliveries(due, "intended", at=self.context.now)
            self.log.log_event("draft", words)
            self._log_result(
                self._send_mails(
                    due, lambda one: self.compose_mail(release, readers[one], draft=True)
                )
            )

    def report_incidents(self, troubles: Sequence[Incident]) -> None:
        """Tells the team, in one mail to each, of the troubles that it was not told of."""
        from digest.render.mail import render_notice

        for trouble in troubles if not self.team else ():
            self._log_once(f"trouble {trouble.key}", trouble.words)
        for address in self.team:
            parcels = {
                Delivery(
                    f"trouble {one.key}", 1, self.languages[0], "mail", normalize_address(address)
                ): one
                for one in troubles
            }
            lines = [
                line
                for parcel in parcels
                for line in self.archive.load_delivery_records(parcel.what)
            ]
            due = plan_deliveries(parcels, lines, retry_refused=False).due
            if not due:
                continue
            told = [parcels[parcel].words for parcel in due]
            for line in told:
                self.log.log_event("trouble", line)
            html, text = render_notice(
                [*told, f"Look at `digest status` in {self.context.workspace.root.resolve()}."],
                "en",
            )
            letter = OutgoingMail(
                message_id=make_message_id(due[0], self.sender),
                date=self.context.now,
                sender=self.sender,
                to=(address,),
                subject=f"[digest] {told[0]}"
                if len(told) == 1
                else f"[digest] {len(told)} things need a person",
                text=text,
                html=html,
            )
            self.archive.record_deliveries(due, "intended", at=self.context.now)
            self._log_result(
                self._send_mails(
                    due[:1],
                    lambda _, letter=letter: letter,  # type: ignore[misc]
                    _BatchLedger(self.archive, due),
                )
            )

    def _log_once(self, what: str, words: str) -> None:
        parcel = Delivery(what, 1, self.languages[0], "log", "")
        if not self.archive.load_delivery_records(what):
            self.log.log_event("trouble", words, trouble=True)
            self.archive.record_deliveries([parcel], "accepted", at=self.context.now)

    # ------------------------------------------------------------ channels

    @property
    def sender(self) -> str:
        """The sender's address. Raises UsageError."""
        if not self.settings.sender:
            raise UsageError(
                "digest.delivery.from is missing in sources.yaml", "give the sender's mail address"
            )
        return self.settings.sender

    @cached_property
    def server(self) -> SmtpServer:
        """The mail server with its secrets out of the environment. Raises UsageError, DeliveryError."""
        smtp = self.settings.smtp
        if smtp is None:
            raise UsageError(
                "digest.delivery.smtp is missing in sources.yaml", "name the mail server there"
            )
        return make_smtp_server(smtp, self._environ)

    def _send_mails(
        self,
        parcels: Sequence[Delivery],
        letter: Callable[[Delivery], OutgoingMail],
        book: _BatchLedger | None = None,
    ) -> DispatchReport:
        def send_one(parcel: Delivery, handing: Callable[[], None]) -> DeliveryResult:
            return session.send_mail(
                normalize_address(self.sender),
                parcel.recipient,
                build_message(letter(parcel)),
                handing,
            )

        try:
            letter(parcels[0])  # a mail that cannot be made needs no server
            with SmtpSession(self.server) as session:
                return dispatch_deliveries(
                    parcels, send_one, book or self.archive, self.context.now
                )
        except DeliveryError as error:
            return DispatchReport({}, error.message, error.hint)

    def _deliver_to_channel(
        self, release: Release, parcel: Delivery, handing: Callable[[], None]
    ) -> DeliveryResult:
        if parcel.channel == "folder":
            return self._copy_to_folder(release, parcel, handing)
        url = _read_secret(self._environ, parcel.recipient)
        from digest.app.context import make_fetcher
        from digest.deliver.webhook import build_payload
        from digest.fetch.http.client import NOTHING_SENT, post_json

        assert parcel.channel in ("slack", "teams")
        body = build_payload(parcel.channel, self._make_announcement(release, parcel.language))
        handing()
        try:
            status = post_json(make_fetcher(self.context, seconds=20), url, body)
        except FetchError as error:  # its words hold the address, which is a secret
            state: DeliveryState = "intended" if error.kind in NOTHING_SENT else "unknown"
            return DeliveryResult(state, f"{parcel.recipient}: {error.kind}")
        return DeliveryResult("accepted" if 200 <= status < 300 else "refused", str(status))

    def _copy_to_folder(
        self, release: Release, parcel: Delivery, handing: Callable[[], None]
    ) -> DeliveryResult:
        handing()
        number = f"-v{release.version}" if release.version > 1 else ""
        target = self.context.workspace.root / parcel.recipient / f"{release.quarter}{number}"
        base = self.context.workspace.edition_folder(release.quarter)
        try:
            for name in release.files:
                write_files((target / name).parent, {Path(name).name: (base / name).read_bytes()})
        except DigestError as error:
            return DeliveryResult("refused", f"400 {error.message}")
        return DeliveryResult("accepted", str(target))

    def _make_announcement(self, release: Release, language: str) -> Any:
        from digest.deliver.webhook import EditionAnnouncement
        from digest.render.mail import (
            MailingContext,
            describe_edition,
            format_link_label,
            format_subject,
        )

        edition = self._load_parts(release.quarter, language)[0]
        five = [
            one
            for section in edition["sections"]
            if section["slug"] == "five"
            for one in section["stories"]
        ]
        occasion = MailingContext(release.quarter, language, version=release.version)
        return EditionAnnouncement(
            heading=format_subject(str(edition["title"]), occasion),
            sentence=release.note if release.version > 1 else describe_edition(edition, language),
            headlines=[str(story["title"]) for story in five],
            link=self.edition_url(release.quarter, language),
            link_text=format_link_label(language),
        )

    def edition_url(self, quarter: str, language: str) -> str:
        """Where an edition can be read in a browser; "" where nowhere."""
        if not self.settings.public_url:
            return ""
        path = (
            self.edition_folder(quarter, language)
            .relative_to(self.context.workspace.output)
            .as_posix()
        )
        return f"{self.settings.public_url.rstrip('/')}/{path}/digest.html"

    def _load_parts(self, quarter: str, language: str) -> tuple[dict[str, Any], str, str, bytes]:
        folder = self.edition_folder(quarter, language)
        if folder not in self._read:
            self._read[folder] = _read_edition_parts(folder)
        return self._read[folder]

    def _log_result(self, result: DispatchReport) -> DispatchReport:
        self.failed = self.failed or bool(result.stop_reason)
        for parcel, answer in result.results.items():
            self.failed = self.failed or answer.state != "accepted"
            words = f"{answer.state}: {parcel.what} for {parcel.recipient}" + (
                f" ({answer.words})" if answer.words else ""
            )
            self.log.log_event(
                "delivery", words, trouble=answer.state != "accepted", state=answer.state
            )
        if result.stop_reason and result.stop_reason not in [
            answer.words for answer in result.results.values()
        ]:
            mend = f" → {result.hint}" if result.hint else ""
            self.log.log_event(
                "delivery", f"not sent: {result.stop_reason}{mend}", trouble=True, state="intended"
            )
        return result


class _BatchLedger:
    """A ledger in which one mail stands for several parcels."""

    def __init__(self, archive: Archive, parcels: Sequence[Delivery]) -> None:
        self._archive, self._parcels = archive, parcels

    def record_deliveries(
        self, parcels: Iterable[Delivery], state: DeliveryState, **more: Any
    ) -> None:
        """Marks all of them, whichever is named."""
        self._archive.record_deliveries(self._parcels, state, **more)


def _read_edition_parts(folder: Path) -> tuple[dict[str, Any], str, str, bytes]:
    """edition.json, mail.html, mail.txt and digest.pdf of a folder. Raises DeliveryError where one is missing."""
    try:
        edition: dict[str, Any] = json.loads((folder / "edition.json").read_bytes())
        html, text = (
            (folder / name).read_text(encoding="utf-8") for name in ("mail.html", "mail.txt")
        )
        return edition, html, text, (folder / "digest.pdf").read_bytes()
    except OSError as error:
        raise DeliveryError(
            f"cannot read {error.filename}: {error.strerror}", "run `digest build` again"
        ) from error


def _make_delivery(release: Release, language: str, channel: Any, recipient: str) -> Delivery:
    return Delivery(release.quarter, release.version, language, channel, recipient)


def _pdf_filename(occasion: MailingContext, languages: Sequence[str]) -> str:
    language = f"-{occasion.language}" if occasion.language != languages[0] else ""
    version = f"-v{occasion.version}" if occasion.version > 1 else ""
    return f"martech-digest-{occasion.quarter}{language}{version}.pdf"


@contextmanager
def open_delivery(context: AppContext) -> Iterator[DeliveryService]:
    """Hold the lock and open the archive for delivering; what a dead process left is marked."""
    with (
        context.workspace.lock(),
        Archive.open(context.workspace.archive_file, create=False) as archive,
    ):
        service = DeliveryService(context, archive)
        service.mark_interrupted()
        yield service


def approve_quarter(context: AppContext, quarter: Quarter, *, by: str, note: str) -> Release:
    """Release a quarter's edition as it is now. Raises DigestError where it is out of date."""
    from digest.app.build import is_current

    name = quarter.name
    with open_delivery(context) as service:
        if context.workspace.edition_folder(name).exists() and not is_current(context, quarter):
            raise DigestError(
                f"the configuration or the team's decisions changed since {name} was built",
                f"run `digest build {name}`, look at it, and approve that",
            )
        return service.approve_edition(
            name,
            by=truncate_text(clean_text(by), 80),
            note=truncate_text(clean_text(note), 300),
        )


def make_smtp_server(smtp: SmtpSettings, environ: Mapping[str, str]) -> SmtpServer:
    """The mail server with its secrets. Raises DeliveryError where one is not set."""
    password, token = (
        _read_secret(environ, smtp.password_env),
        _read_secret(environ, smtp.token_env),
    )
    return SmtpServer(smtp.host, smtp.port, smtp.security, smtp.user or "", password, token)


def _read_secret(environ: Mapping[str, str], variable: str | None) -> str:
    if variable is None:
        return ""
    value = environ.get(variable, "").strip()
    if not value:
        raise DeliveryError(
            f"the environment variable {variable} is not set",
            "set it in the environment of this job",
        )
    return value


def make_run_log(context: AppContext, form: Any, environ: Mapping[str, str]) -> RunLog:
    """The log of a run that knows this configuration's secrets, so that it never says one."""
    import click

    from digest.app.runlog import RunLog

    return RunLog(
        lambda line: click.echo(line, err=True),
        context.now,
        form,
        context.quiet,
        load_secrets(context, environ),
    )


def load_secrets(context: AppContext, environ: Mapping[str, str]) -> frozenset[str]:
    """The values of all secrets that the configuration names."""
    names = list_secret_variables(context)
    headers = {value for source in context.config.sources for value in source.headers.values()}
    return frozenset(filter(None, (environ.get(name, "").strip() for name in names))) | headers


def list_secret_variables(context: AppContext) -> tuple[str, ...]:
    """The environment variables that the configuration of delivery and mailboxes names."""
    delivery = context.config.digest.delivery
    accounts = context.config.digest.mailboxes.values()
    smtp = [delivery.smtp.password_env, delivery.smtp.token_env] if delivery.smtp else []
    imap = [name for account in accounts for name in (account.password_env, account.token_env)]
    hooks = [hook.url_env for hook in delivery.webhooks]
    return tuple(dict.fromkeys(filter(None, (*smtp, *imap, *hooks, delivery.ping_url_env))))
