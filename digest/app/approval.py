"""Ask named people to release an edition by a link, and release it when one of them does.

The links lead to `digest.review.url`, where `digest serve --approvals` or `digest review` answers.
Opening one shows what would be released and to whom; only its form releases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.app.context import AppContext, find_secret
from digest.app.deliver import DeliveryService, open_delivery, require_current
from digest.app.edition_mail import ApprovalRequest
from digest.app.logs import log_event
from digest.archive import Archive
from digest.config.sources import load_sources
from digest.deliver.approval import (
    ApprovalLink,
    fingerprint_files,
    name_use,
    read_link,
    sign_link,
)
from digest.deliver.message import normalize_address
from digest.errors import DeliveryError, DigestError
from digest.model.delivery import Delivery, Release
from digest.text import clean_text, truncate_text

_LONGEST_NOTE = 300  # characters of what a correction changes


class StaleLinkError(DeliveryError):
    """A link that was valid, and is used, too old, or of another edition by now."""


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """What a link would release, and to whom. `needs_note`: it corrects what went out."""

    title: str
    quarter: str
    approver: str
    until: datetime
    readers: tuple[str, ...]
    needs_note: bool = False


# ---------------------------------------------------------------- asking


def request_approval(service: DeliveryService, quarter: str, *, again: bool = False) -> list[str]:
    """Send each approver the draft with a link, once for each state of it; return their names.

    `again` sends it once more. Raises DigestError where the key is missing.
    """
    context, settings = service.context, service.context.config.digest.review
    if not settings.approvers:
        return []
    key, files = _load_key(context), service.hash_release_files(quarter)
    until = context.now + timedelta(days=settings.link_days)
    print_of_files = fingerprint_files(files)
    moment = f" {context.now.isoformat()}" if again else ""
    for approver in settings.approvers:
        token = sign_link(ApprovalLink(quarter, print_of_files, approver.name, until), key)
        link = f"{str(settings.url).rstrip('/')}/approve/{token}"
        what = f"approval {quarter} {print_of_files[:16]} {approver.name}{moment}"
        service.send_approval_request(quarter, ApprovalRequest(approver, link, until), what)
    return [approver.name for approver in settings.approvers]


def announce_draft(service: DeliveryService, quarter: str) -> None:
    """Send a draft that waits for a person to the approvers, with their links, and to the team."""
    try:
        request_approval(service, quarter)
    except DigestError as error:  # the team gets the draft all the same
        log_event("approval", f"{quarter}: {error}", trouble=True)
        service.outbox.failed = True
        service.send_draft(quarter)
        return
    approvers = service.context.config.digest.review.approvers
    service.send_draft(
        quarter, [normalize_address(approver.mail) for approver in approvers if approver.mail]
    )


def ask_approvers(context: AppContext, quarter: str) -> list[str]:
    """Send the approvers a quarter's edition as it is built now; return their names.

    Raises DigestError where nobody is named, the edition is of older decisions, or a link did not
    get through.
    """
    if not context.config.digest.review.approvers:
        raise DigestError("nobody is named to approve by a link", "give digest.review.approvers")
    with open_delivery(context) as service:
        require_current(context, context.resolve_quarter(quarter))
        names = request_approval(service, quarter, again=True)
        if service.outbox.failed:
            raise DeliveryError("a link did not reach its approver", "the lines above say why")
    return names


# ---------------------------------------------------------------- answering


class LinkApprovals:
    """What the links of a workspace open; each call looks at the files as they are then.

    So does it at sources.yaml: whoever is no approver there any more releases nothing.
    """

    def __init__(self, get_context: Callable[[], AppContext]) -> None:
        self._get_start_context = get_context

    def _get_context(self) -> AppContext:
        context = self._get_start_context()
        file = context.workspace.sources_file
        return replace(context, config=load_sources(file, context.environ))

    def view(self, token: str) -> ApprovalView:
        """Return what a link would release.

        Raises StaleLinkError where it releases nothing any more, DeliveryError where it never did.
        """
        context = self._get_context()
        with _open_to_read(context) as service:
            link = self._require_usable(service, token)
            status = service.release_status(link.quarter)
            release = status.release or Release(link.quarter, 1, "draft")
            return ApprovalView(
                context.config.digest.title,
                link.quarter,
                link.approver,
                link.until,
                tuple(recipient.address for recipient in service.list_recipients(release)),
                service.has_started_delivery(status.release),
            )

    def read_pdf(self, token: str) -> bytes:
        """Return the PDF that a link would release. Raises as `view` does."""
        context = self._get_context()
        with _open_to_read(context) as service:
            link = self._require_usable(service, token)
            folder = service.composer.edition_folder(link.quarter, service.languages[0])
            return (folder / "digest.pdf").read_bytes()

    def release(self, token: str, note: str = "") -> str:
        """Release the edition that a link is for; return what was done, in words.

        Raises as `view` does, and LockHeldError while another run works.
        """
        context = self._get_context()
        with open_delivery(context) as service:
            link = self._require_usable(service, token)
            note = truncate_text(clean_text(note), _LONGEST_NOTE)
            by = f"{link.approver}, by the link"
            release = service.approve_edition(link.quarter, by=by, note=note)
            service.archive.record_deliveries(
                [_build_use(token, service)], "accepted", at=context.now, words=link.approver
            )
        said = f"{link.quarter}, version {release.version}, is released by {link.approver}"
        log_event("approved", said, quarter=link.quarter)
        return f"{said}; it goes out with the next run of `digest run`, or with `digest send`"

    def _require_usable(self, service: DeliveryService, token: str) -> ApprovalLink:
        context = service.context
        link = read_link(token, _load_key(context))
        approvers = {approver.name for approver in context.config.digest.review.approvers}
        if link.approver not in approvers:
            raise StaleLinkError(f"{link.approver} may not release any more", "ask the team")
        for record in service.archive.load_delivery_records(name_use(token)):
            raise StaleLinkError(
                f"this link works once, and released {link.quarter} on "
                f"{record.at:%Y-%m-%d at %H:%M} UTC"
            )
        if link.until < context.now:
            raise StaleLinkError(
                f"this link was valid until {link.until:%Y-%m-%d}", "ask the team for a new one"
            )
        if not link.is_for(service.hash_release_files(link.quarter)):
            raise StaleLinkError(
                f"{link.quarter} has changed since this link was made",
                "use the link of the newer mail, or ask the team for one",
            )
        status = service.release_status(link.quarter)
        if status.release is not None and status.is_released:
            raise StaleLinkError(f"{link.quarter} is released already, by {status.release.by}")
        require_current(context, context.resolve_quarter(link.quarter))
        return link


@contextmanager
def _open_to_read(context: AppContext) -> Iterator[DeliveryService]:
    with Archive.open(context.workspace.archive, create=False) as archive:
        yield DeliveryService(context, archive)


def _build_use(token: str, service: DeliveryService) -> Delivery:
    return Delivery(name_use(token), 1, service.languages[0], "log", "")


def _load_key(context: AppContext) -> str:
    """Return the key that signs links. Raises DeliveryError where it is missing."""
    secret = find_secret(context, context.config.digest.review, "key")
    if secret is None:
        raise DeliveryError("no key signs links for approval", "give digest.review.key_env")
    if secret.fault:
        raise DeliveryError(f"{secret.place} {secret.fault}", "set it for this program, too")
    return secret.value
