"""Compose the mails and messages of an edition out of its files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.app.outbox import get_sender
from digest.deliver.message import (
    Attachment,
    OutgoingMail,
    make_message_id,
)
from digest.deliver.webhook import EditionAnnouncement
from digest.errors import DeliveryError
from digest.model.delivery import Delivery, Release

if TYPE_CHECKING:
    from datetime import datetime

    from digest.app.context import AppContext
    from digest.config.digest_settings import Approver, DeliverySettings, Recipients
    from digest.render.mail import MailingContext


@dataclass(frozen=True, slots=True)
class EditionRecipient:
    """Who gets an edition: the delivery that the ledger counts, and the address as written."""

    delivery: Delivery
    address: str
    kind: str  # to | cc | bcc | slack | teams | folder


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """The link by which an approver releases an edition, and until when it holds."""

    approver: Approver
    link: str
    until: datetime


class _EditionParts(NamedTuple):
    edition: dict[str, Any]
    html: str
    text: str
    pdf: bytes


class MailComposer:
    """Composes what recipients of editions get; it sends nothing."""

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self.settings: DeliverySettings = context.config.digest.delivery
        self.languages: Sequence[str] = context.config.digest.languages
        self._parts: dict[Path, _EditionParts] = {}

    def edition_folder(self, quarter: str, language: str) -> Path:
        """Return the folder of an edition in one language."""
        base = self.context.workspace.edition_folder(quarter)
        return base if language == self.languages[0] else base / language

    def edition_url(self, quarter: str, language: str) -> str:
        """Return where an edition can be read in a browser; "" where nowhere."""
        if not self.settings.public_url:
            return ""
        folder = self.edition_folder(quarter, language)
        path = folder.relative_to(self.context.workspace.output).as_posix()
        return f"{self.settings.public_url.rstrip('/')}/{path}/digest.html"

    def list_addresses(self, language: str) -> dict[str, tuple[str, ...]]:
        """Return to, cc and bcc of the edition in one language."""
        groups: list[Recipients] = [self.settings] if language == self.languages[0] else []
        if language in self.settings.by_language:
            groups.append(self.settings.by_language[language])
        return {
            kind: tuple(address for group in groups for address in getattr(group, kind))
            for kind in ("to", "cc", "bcc")
        }

    def compose_mail(
        self,
        release: Release,
        recipient: EditionRecipient,
        *,
        proof: bool = False,
        draft: bool = False,
        request: ApprovalRequest | None = None,
    ) -> OutgoingMail:
        """Compose the mail for one recipient. Raises DeliveryError where it cannot be made."""
        from digest.render.mail import (
            format_notes,
            format_subject,
            insert_notes,
            read_subject,
        )

        settings, quarter = self.settings, release.quarter
        language = recipient.delivery.language
        _, html, text, pdf = self._load_parts(quarter, language)
        attached = len(pdf) <= settings.max_attachment_mib * 2**20
        link = self.edition_url(quarter, language)
        if not attached and not link:
            raise DeliveryError(
                f"the PDF of {quarter} has {len(pdf) / 2**20:.1f} MiB, more than"
                " max_attachment_mib allows",
                "set digest.delivery.public_url in sources.yaml, so that it can be linked,"
                " or raise the limit",
            )
        mailing = self._describe_mailing(
            release, language, attached=attached, proof=proof, draft=draft, request=request
        )
        subject = read_subject(html)
        html, text = insert_notes(html, text, format_notes(mailing))
        lists = self.list_addresses(language)
        alone = proof or draft or request is not None
        suffix = f"-{language}" if language != self.languages[0] else ""
        suffix += f"-v{release.version}" if release.version > 1 else ""
        sender = get_sender(self.context)
        return OutgoingMail(
            message_id=make_message_id(recipient.delivery, sender),
            date=self.context.now,
            sender=sender,
            to=(recipient.address,) if alone else lists["to"],
            cc=() if alone else lists["cc"],
            subject=format_subject(subject, mailing),
            text=text,
            html=html,
            reply_to=settings.reply_to or "",
            list_id=settings.list_id or "",
            edition=f"{quarter} v{release.version} {language}",
            attachment=Attachment(f"martech-digest-{quarter}{suffix}.pdf", pdf)
            if attached
            else None,
        )

    def _describe_mailing(
        self,
        release: Release,
        language: str,
        *,
        attached: bool,
        proof: bool = False,
        draft: bool = False,
        request: ApprovalRequest | None = None,
    ) -> MailingContext:
        from digest.render.mail import MailingContext

        return MailingContext(
            release.quarter,
            language,
            attached,
            self.edition_url(release.quarter, language),
            proof,
            draft or request is not None,
            release.version,
            release.note,
            approver=request.approver.name if request else "",
            approval_link=request.link if request else "",
            approval_until=request.until if request else None,
        )

    def announce_edition(self, release: Release, language: str) -> EditionAnnouncement:
        """Return the message by which a channel is told of an edition."""
        from digest.render import mail

        parts = self._load_parts(release.quarter, language)
        edition = parts.edition
        first = [section for section in edition["sections"] if section["slug"] == "five"]
        mailing = mail.MailingContext(release.quarter, language, version=release.version)
        corrected = release.version > 1
        return EditionAnnouncement(
            heading=mail.format_subject(mail.read_subject(parts.html), mailing),
            sentence=release.note if corrected else mail.describe_edition(edition, language),
            headlines=[str(story["title"]) for section in first for story in section["stories"]],
            link=self.edition_url(release.quarter, language),
            link_text=mail.format_link_label(language),
        )

    def announce_request(self, release: Release, request: ApprovalRequest) -> EditionAnnouncement:
        """Return the message by which a channel gets an approver's link."""
        from digest.render import mail

        language = self.languages[0]
        parts = self._load_parts(release.quarter, language)
        mailing = self._describe_mailing(release, language, attached=False, request=request)
        return EditionAnnouncement(
            heading=mail.format_subject(mail.read_subject(parts.html), mailing),
            sentence=" ".join(mail.format_request(mailing)),
            headlines=(),
            link=request.link,
            link_text=mail.format_request_label(language),
        )

    def _load_parts(self, quarter: str, language: str) -> _EditionParts:
        """Read the files that mails are made of, once. Raises DeliveryError if one is missing."""
        folder = self.edition_folder(quarter, language)
        if folder not in self._parts:
            try:
                self._parts[folder] = _EditionParts(
                    json.loads((folder / "edition.json").read_bytes()),
                    (folder / "mail.html").read_text(encoding="utf-8"),
                    (folder / "mail.txt").read_text(encoding="utf-8"),
                    (folder / "digest.pdf").read_bytes(),
                )
            except OSError as error:
                raise DeliveryError(
                    f"cannot read {error.filename}: {error.strerror}", "run `digest build` again"
                ) from error
        return self._parts[folder]
