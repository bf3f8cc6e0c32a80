"""The delivery that `send`, `run`, `approve` and `status` share: the files of an edition, its readers, the ledger.

All of it is done with the lock held, so that whatever stands as handed over was left so by a process that died.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.archive import Archive
from digest.deliver.message import Attachment, Letter, bare, message, message_id
from digest.deliver.plan import Dispatched, Plan, dispatch, has_begun, interrupted, plan
from digest.deliver.release import Standing, approved, sent, standing
from digest.deliver.smtp import Server, Session
from digest.errors import DeliveryError, DigestError, FetchError, UsageError
from digest.model import Answer, Parcel, ParcelState, Release
from digest.workspace import write_files

if TYPE_CHECKING:
    from digest.cli.work import Job
    from digest.config.sources import Delivery, Smtp
    from digest.render.mail import Occasion
    from digest.runlog import RunLog

_RELEASED = ("edition.json", "digest.pdf", "digest.html", "mail.html", "mail.txt")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets an edition: the parcel that counts it, and the address as it was written."""

    parcel: Parcel
    address: str
    kind: str  # to | cc | bcc | slack | teams | folder


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs a person. `key` is the same as long as the trouble is."""

    key: str
    words: str


class Office:
    """The delivery of one workspace, with its archive open and its lock held."""

    def __init__(self, job: Job, archive: Archive, environ: Mapping[str, str], log: RunLog) -> None:
        self.job, self.archive, self.log, self._environ = job, archive, log, environ
        self.settings: Delivery = job.config.digest.delivery
        self.languages: Sequence[str] = job.config.digest.languages
        self.failed = False  # whether anything that was to be handed over in this run was not accepted
        self._read: dict[Path, tuple[dict[str, Any], str, str, bytes]] = {}

    # ------------------------------------------------------------ what there is

    @property
    def configured(self) -> bool:
        """Whether editions go anywhere."""
        settings = self.settings
        people = settings.to or settings.cc or settings.bcc or any(settings.by_language.values())
        return bool(people or settings.webhooks or settings.folder)

    @property
    def team(self) -> tuple[str, ...]:
        """Who is told, as far as mail can be sent at all."""
        return self.settings.team if self.settings.smtp else ()

    def folder(self, quarter: str, language: str) -> Path:
        """Where the files of an edition in one language are."""
        base = self.job.workspace.edition(quarter)
        return base if language == self.languages[0] else base / language

    def files(self, quarter: str) -> dict[str, str]:
        """The files that a release is made of: path → sha256. Raises DigestError where it is not built."""
        base = self.job.workspace.edition(quarter)
        found = {}
        for language in self.languages:
            for name in _RELEASED:
                path = self.folder(quarter, language) / name
                if path.is_file():
                    found[path.relative_to(base).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        missing = [name for name in _RELEASED if name not in found]
        if missing:
            raise DigestError(
                f"{quarter} has not been built: {', '.join(missing)} is missing", f"run `digest build {quarter}` first"
            )
        return found

    def standing(self, quarter: str) -> Standing:
        """Where an edition stands. Raises DigestError where it is not built."""
        return standing(quarter, self.archive.releases(), self.files(quarter))

    def begun(self, release: Release | None) -> bool:
        """Whether anything of a release may have reached a reader."""
        lines = self.archive.ledger(release.quarter) if release else ()
        return has_begun(line for line in lines if release and line.parcel.version == release.version)

    def readers(self, release: Release) -> tuple[Reader, ...]:
        """Everybody who gets a release, in the order of the configuration."""
        return (*self._people(release), *self._channels(release))

    def _people(self, release: Release) -> Iterable[Reader]:
        for language in self.languages:
            for kind, addresses in self._lists(language).items():
                for address in addresses:
                    yield Reader(_parcel(release, language, "mail", bare(address)), address, kind)

    def _channels(self, release: Release) -> Iterable[Reader]:
        first = self.languages[0]
        for hook in self.settings.webhooks:
            yield Reader(_parcel(release, first, hook.kind, hook.url_env), hook.url_env, hook.kind)
        if self.settings.folder:
            yield Reader(_parcel(release, first, "folder", self.settings.folder), self.settings.folder, "folder")

    def _lists(self, language: str) -> dict[str, tuple[str, ...]]:
        groups = [self.settings] if language == self.languages[0] else []
        groups += [self.settings.by_language[language]] if language in self.settings.by_language else []  # type: ignore[list-item]
        return {kind: tuple(a for group in groups for a in getattr(group, kind)) for kind in ("to", "cc", "bcc")}

    # ------------------------------------------------------------ the ledger

    def settle(self) -> None:
        """Calls unknown what a process that died was handing over. A folder is simply filled again."""
        left = interrupted(self.archive.ledger())
        for state, again in (("unknown", False), ("not sent", True)):
            parcels = [parcel for parcel in left if (parcel.channel == "folder") == again]
            words = "the run ended while it was handed over"
            self.archive.mark(parcels, state, at=self.job.now, words=words)  # type: ignore[arg-type]

    def plan(self, release: Release, *, insist: bool) -> Plan:
        """What is to be done of a release."""
        return plan((one.parcel for one in self.readers(release)), self.archive.ledger(release.quarter), insist=insist)

    def resolve(self, quarter: str, recipient: str, state: ParcelState) -> None:
        """Takes a person's word for what became of an unknown parcel. Raises UsageError."""
        lines = [line for line in self.archive.ledger(quarter) if line.state == "unknown"]
        wanted = [line.parcel for line in lines if line.parcel.recipient in (recipient, recipient.lower())]
        if not wanted:
            unknown = ", ".join(line.parcel.recipient for line in lines)
            raise UsageError(
                f"it is not unknown whether {quarter} reached {recipient}",
                f"unknown are: {unknown}" if unknown else "nothing is unknown; look at `digest status`",
            )
        self.archive.mark(wanted, state, at=self.job.now, words="resolved by a person")

    # ------------------------------------------------------------ sending

    def release(self, quarter: str, correction: str = "") -> Release:
        """The release that may go out now. Raises DeliveryError where there is none, with what to do."""
        stand = self.standing(quarter)
        if stand.release is not None and stand.released:
            return stand.release
        if self.settings.approval == "none":
            again = f'digest send {quarter} --correction "…"'
            made = self._approved(stand, by="nobody: approval is not required", note=correction, again=again)
            self.archive.keep_release(made)
            return made
        raise DeliveryError(
            f"{quarter} is not released: {stand.word}",
            f"look at it, then run `digest approve {quarter}`",
        )

    def approve(self, quarter: str, *, by: str, note: str) -> Release:
        """Releases an edition as it is now."""
        again = f'digest approve {quarter} --note "…", and then: digest send {quarter}'
        made = self._approved(self.standing(quarter), by=by, note=note, again=again)
        self.archive.keep_release(made)
        return made

    def _approved(self, stand: Standing, *, by: str, note: str, again: str) -> Release:
        files = self.files(stand.quarter)
        begun = self.begun(stand.release)
        return approved(stand, files, by=by, at=self.job.now, note=note, begun=begun, again=again)

    def deliver(self, release: Release, *, insist: bool) -> bool:
        """Sends a release to all who have not got it. Gives whether all have it now; what did not work is logged."""
        todo = self.plan(release, insist=insist)
        known = {line.parcel for line in self.archive.ledger(release.quarter)}
        self.archive.mark([one for one in todo.due if one not in known], "intended", at=self.job.now)
        due = {one.parcel: one for one in self.readers(release) if one.parcel in todo.due}
        unbuilt = {one for one in self.languages if not (self.folder(release.quarter, one) / "edition.json").is_file()}
        for language in {parcel.language for parcel in due} & unbuilt:
            self.log.tell("delivery", f"not sent: {release.quarter} has not been built in {language}", trouble=True)
        mails = [parcel for parcel in due if parcel.channel == "mail" and parcel.language not in unbuilt]
        if mails:
            self._tell(self._mail(mails, lambda parcel: self.letter(release, due[parcel])))
        rest = [parcel for parcel in due if parcel.channel != "mail"]
        for parcel in rest:
            self._tell(
                dispatch([parcel], lambda one, handing: self._hand(release, one, handing), self.archive, self.job.now)
            )
        after = self.plan(release, insist=False)
        for parcel in after.unknown:
            self.log.tell(
                "unknown",
                f"nobody knows whether {release.quarter} reached {parcel.recipient}; look at `digest status`",
            )
        complete = len(after.done) == len(self.readers(release)) > 0
        if complete and release.state != "sent":
            mine = [one for one in self.archive.releases() if one.quarter == release.quarter]
            self.archive.keep_release(*sent(mine, release.version, self.job.now))
            self.log.tell("sent", f"{release.quarter} has reached all {len(after.done)} readers")
        return complete

    def letter(self, release: Release, reader: Reader, *, proof: bool = False, draft: bool = False) -> Letter:
        """The mail for one reader. Raises DeliveryError where it cannot be made."""
        from digest.render.mail import Occasion, notes, subject, with_notes

        parcel, settings = reader.parcel, self.settings
        language, quarter = parcel.language, release.quarter
        edition, html, text, pdf = self._parts(quarter, language)
        attached = len(pdf) <= settings.max_attachment_mib * 2**20
        link = self.link(quarter, language)
        if not attached and not link:
            raise DeliveryError(
                f"the PDF of {quarter} has {len(pdf) / 2**20:.1f} MiB, more than max_attachment_mib allows",
                "set digest.delivery.public_url in sources.yaml, so that it can be linked, or raise the limit",
            )
        occasion = Occasion(quarter, language, attached, link, proof, draft, release.version, release.note)
        html, text = with_notes(html, text, notes(occasion))
        lists = self._lists(language)
        alone = proof or draft
        return Letter(
            message_id=message_id(parcel, self.sender),
            date=self.job.now,
            sender=self.sender,
            to=(reader.address,) if alone else lists["to"],
            cc=() if alone else lists["cc"],
            subject=subject(str(edition["title"]), occasion),
            text=text,
            html=html,
            reply_to=settings.reply_to or "",
            list_id=settings.list_id or "",
            edition=f"{quarter} v{release.version} {language}",
            attachment=Attachment(_pdf_name(occasion, self.languages), pdf) if attached else None,
        )

    def proof(self, quarter: str, addresses: Iterable[str]) -> Dispatched:
        """Sends a marked copy of an edition as it is built now, released or not."""
        release = self.standing(quarter).release or Release(quarter, 1, "draft")
        what = f"proof {quarter} {self.job.now.isoformat()}"
        readers = {}
        for address in addresses:
            parcel = Parcel(what, release.version, self.languages[0], "mail", bare(address))
            readers[parcel] = Reader(parcel, address, "to")
        self.archive.mark(readers, "intended", at=self.job.now)
        return self._tell(self._mail(list(readers), lambda one: self.letter(release, readers[one], proof=True)))

    def draft(self, quarter: str) -> None:
        """Sends the team a draft that waits for it, once."""
        stand = self.standing(quarter)
        files = self.files(quarter)
        what = f"draft {quarter} {files['edition.json'][:16]}"
        release = stand.release or Release(quarter, 1, "draft")
        words = f"{quarter} waits for a person: {stand.word}; look at it, then run `digest approve {quarter}`"
        if not self.team:
            self._once_in_log(what, words)
            return
        readers = {}
        for address in self.team:
            parcel = Parcel(what, release.version, self.languages[0], "mail", bare(address))
            readers[parcel] = Reader(parcel, address, "to")
        due = plan(readers, self.archive.ledger(what), insist=False).due
        if due:
            self.archive.mark(due, "intended", at=self.job.now)
            self.log.tell("draft", words)
            self._tell(self._mail(due, lambda one: self.letter(release, readers[one], draft=True)))

    def report(self, troubles: Sequence[Trouble]) -> None:
        """Tells the team, in one mail to each, of the troubles that it was not told of."""
        from digest.render.mail import notice

        for trouble in troubles if not self.team else ():
            self._once_in_log(f"trouble {trouble.key}", trouble.words)
        for address in self.team:
            parcels = {
                Parcel(f"trouble {one.key}", 1, self.languages[0], "mail", bare(address)): one for one in troubles
            }
            lines = [line for parcel in parcels for line in self.archive.ledger(parcel.what)]
            due = plan(parcels, lines, insist=False).due
            if not due:
                continue
            told = [parcels[parcel].words for parcel in due]
            for line in told:
                self.log.tell("trouble", line)
            html, text = notice([*told, f"Look at `digest status` in {self.job.workspace.root.resolve()}."], "en")
            letter = Letter(
                message_id=message_id(due[0], self.sender),
                date=self.job.now,
                sender=self.sender,
                to=(address,),
                subject=f"[digest] {told[0]}" if len(told) == 1 else f"[digest] {len(told)} things need a person",
                text=text,
                html=html,
            )
            self.archive.mark(due, "intended", at=self.job.now)
            self._tell(self._mail(due[:1], lambda _, letter=letter: letter, _Together(self.archive, due)))  # type: ignore[misc]

    def _once_in_log(self, what: str, words: str) -> None:
        parcel = Parcel(what, 1, self.languages[0], "log", "")
        if not self.archive.ledger(what):
            self.log.tell("trouble", words, trouble=True)
            self.archive.mark([parcel], "accepted", at=self.job.now)

    # ------------------------------------------------------------ channels

    @property
    def sender(self) -> str:
        """The sender's address. Raises UsageError."""
        if not self.settings.sender:
            raise UsageError("digest.delivery.from is missing in sources.yaml", "give the sender's mail address")
        return self.settings.sender

    @cached_property
    def server(self) -> Server:
        """The mail server with its secrets out of the environment. Raises UsageError, DeliveryError."""
        smtp = self.settings.smtp
        if smtp is None:
            raise UsageError("digest.delivery.smtp is missing in sources.yaml", "name the mail server there")
        return smtp_server(smtp, self._environ)

    def _mail(
        self, parcels: Sequence[Parcel], letter: Callable[[Parcel], Letter], book: _Together | None = None
    ) -> Dispatched:
        def hand(parcel: Parcel, handing: Callable[[], None]) -> Answer:
            return session.hand(bare(self.sender), parcel.recipient, message(letter(parcel)), handing)

        try:
            letter(parcels[0])  # a mail that cannot be made needs no server
            with Session(self.server) as session:
                return dispatch(parcels, hand, book or self.archive, self.job.now)
        except DeliveryError as error:
            return Dispatched({}, error.message, error.mend)

    def _hand(self, release: Release, parcel: Parcel, handing: Callable[[], None]) -> Answer:
        if parcel.channel == "folder":
            return self._fill(release, parcel, handing)
        url = _secret(self._environ, parcel.recipient)
        from digest.cli import work
        from digest.deliver.webhook import payload
        from digest.fetch.http import NOTHING_SENT, post_json

        assert parcel.channel in ("slack", "teams")
        body = payload(parcel.channel, self._announcement(release, parcel.language))
        handing()
        try:
            status = post_json(work.live_fetcher(self.job, seconds=20), url, body)
        except FetchError as error:  # its words hold the address, which is a secret
            state: ParcelState = "intended" if error.kind in NOTHING_SENT else "unknown"
            return Answer(state, f"{parcel.recipient}: {error.kind}")
        return Answer("accepted" if 200 <= status < 300 else "refused", str(status))

    def _fill(self, release: Release, parcel: Parcel, handing: Callable[[], None]) -> Answer:
        handing()
        number = f"-v{release.version}" if release.version > 1 else ""
        target = self.job.workspace.root / parcel.recipient / f"{release.quarter}{number}"
        base = self.job.workspace.edition(release.quarter)
        try:
            for name in release.files:
                write_files((target / name).parent, {Path(name).name: (base / name).read_bytes()})
        except DigestError as error:
            return Answer("refused", f"400 {error.message}")
        return Answer("accepted", str(target))

    def _announcement(self, release: Release, language: str) -> Any:
        from digest.deliver.webhook import Announcement
        from digest.render.mail import Occasion, read_words, sentence, subject

        edition = self._parts(release.quarter, language)[0]
        five = [one for section in edition["sections"] if section["slug"] == "five" for one in section["stories"]]
        occasion = Occasion(release.quarter, language, version=release.version)
        return Announcement(
            heading=subject(str(edition["title"]), occasion),
            sentence=release.note if release.version > 1 else sentence(edition, language),
            headlines=[str(story["title"]) for story in five],
            link=self.link(release.quarter, language),
            read=read_words(language),
        )

    def link(self, quarter: str, language: str) -> str:
        """Where an edition can be read in a browser; "" where nowhere."""
        if not self.settings.public_url:
            return ""
        path = self.folder(quarter, language).relative_to(self.job.workspace.output).as_posix()
        return f"{self.settings.public_url.rstrip('/')}/{path}/digest.html"

    def _parts(self, quarter: str, language: str) -> tuple[dict[str, Any], str, str, bytes]:
        folder = self.folder(quarter, language)
        if folder not in self._read:
            self._read[folder] = _read_parts(folder)
        return self._read[folder]

    def _tell(self, result: Dispatched) -> Dispatched:
        self.failed = self.failed or bool(result.stopped)
        for parcel, answer in result.answers.items():
            self.failed = self.failed or answer.state != "accepted"
            words = f"{answer.state}: {parcel.what} for {parcel.recipient}" + (
                f" ({answer.words})" if answer.words else ""
            )
            self.log.tell("delivery", words, trouble=answer.state != "accepted", state=answer.state)
        if result.stopped and result.stopped not in [answer.words for answer in result.answers.values()]:
            mend = f" → {result.mend}" if result.mend else ""
            self.log.tell("delivery", f"not sent: {result.stopped}{mend}", trouble=True, state="intended")
        return result


class _Together:
    """A ledger in which one mail stands for several parcels."""

    def __init__(self, archive: Archive, parcels: Sequence[Parcel]) -> None:
        self._archive, self._parcels = archive, parcels

    def mark(self, parcels: Iterable[Parcel], state: ParcelState, **more: Any) -> None:  # noqa: ARG002
        """Marks all of them, whichever is named."""
        self._archive.mark(self._parcels, state, **more)


def _read_parts(folder: Path) -> tuple[dict[str, Any], str, str, bytes]:
    """edition.json, mail.html, mail.txt and digest.pdf of a folder. Raises DeliveryError where one is missing."""
    try:
        edition: dict[str, Any] = json.loads((folder / "edition.json").read_bytes())
        html, text = ((folder / name).read_text(encoding="utf-8") for name in ("mail.html", "mail.txt"))
        return edition, html, text, (folder / "digest.pdf").read_bytes()
    except OSError as error:
        raise DeliveryError(f"cannot read {error.filename}: {error.strerror}", "run `digest build` again") from error


def _parcel(release: Release, language: str, channel: Any, recipient: str) -> Parcel:
    return Parcel(release.quarter, release.version, language, channel, recipient)


def _pdf_name(occasion: Occasion, languages: Sequence[str]) -> str:
    language = f"-{occasion.language}" if occasion.language != languages[0] else ""
    version = f"-v{occasion.version}" if occasion.version > 1 else ""
    return f"martech-digest-{occasion.quarter}{language}{version}.pdf"


def smtp_server(smtp: Smtp, environ: Mapping[str, str]) -> Server:
    """The mail server with its secrets. Raises DeliveryError where one is not set."""
    password, token = _secret(environ, smtp.password_env), _secret(environ, smtp.token_env)
    return Server(smtp.host, smtp.port, smtp.security, smtp.user or "", password, token)


def _secret(environ: Mapping[str, str], variable: str | None) -> str:
    if variable is None:
        return ""
    value = environ.get(variable, "").strip()
    if not value:
        raise DeliveryError(f"the environment variable {variable} is not set", "set it in the environment of this job")
    return value


def run_log(job: Job, form: Any, environ: Mapping[str, str]) -> RunLog:
    """The log of a run that knows this configuration's secrets, so that it never says one."""
    import click

    from digest.runlog import RunLog

    return RunLog(lambda line: click.echo(line, err=True), job.now, form, job.quiet, secrets(job, environ))


def secrets(job: Job, environ: Mapping[str, str]) -> frozenset[str]:
    """The values of all secrets that the configuration names."""
    names = secret_variables(job)
    headers = {value for source in job.config.sources for value in source.headers.values()}
    return frozenset(filter(None, (environ.get(name, "").strip() for name in names))) | headers


def secret_variables(job: Job) -> tuple[str, ...]:
    """The environment variables that the configuration of delivery and mailboxes names."""
    delivery = job.config.digest.delivery
    accounts = job.config.digest.mailboxes.values()
    smtp = [delivery.smtp.password_env, delivery.smtp.token_env] if delivery.smtp else []
    imap = [name for account in accounts for name in (account.password_env, account.token_env)]
    hooks = [hook.url_env for hook in delivery.webhooks]
    return tuple(dict.fromkeys(filter(None, (*smtp, *imap, *hooks, delivery.ping_url_env))))
