"""Hand mails and messages over, with each step in the ledger of deliveries and in the log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from digest.app.context import find_ca_file, find_secret
from digest.app.logs import log_event
from digest.archive import Archive
from digest.deliver.message import (
    OutgoingMail,
    build_message,
    make_message_id,
    normalize_address,
)
from digest.deliver.plan import (
    DispatchReport,
    dispatch_deliveries,
    plan_deliveries,
)
from digest.deliver.smtp import SmtpServer, SmtpSession
from digest.deliver.webhook import EditionAnnouncement, build_payload
from digest.errors import DeliveryError, FetchError, UsageError
from digest.model.delivery import Delivery, DeliveryResult, DeliveryState

if TYPE_CHECKING:
    from pydantic import BaseModel

    from digest.app.context import AppContext
    from digest.config.digest_settings import SmtpSettings


class Outbox:
    """What leaves a workspace, with its archive open and its lock held."""

    def __init__(self, context: AppContext, archive: Archive) -> None:
        self.context, self.archive = context, archive
        self.failed = False  # whether anything that was due in this run was not accepted

    def record_intended(self, deliveries: Collection[Delivery]) -> tuple[Delivery, ...]:
        """Return which deliveries outside an edition's own are due, once that is in the ledger."""
        what = {delivery.what for delivery in deliveries}
        records = [record for name in what for record in self.archive.load_delivery_records(name)]
        due = plan_deliveries(deliveries, records, retry_refused=False).due
        if due:
            self.archive.record_deliveries(due, "intended", at=self.context.now)
        return due

    def send_mails(
        self,
        deliveries: Sequence[Delivery],
        compose: Callable[[Delivery], OutgoingMail],
        ledger: _BatchLedger | None = None,
    ) -> DispatchReport:
        """Send and log a mail for each delivery, over one connection."""

        def send_one(delivery: Delivery, handing: Callable[[], None]) -> DeliveryResult:
            data = build_message(compose(delivery))
            sender = normalize_address(get_sender(self.context))
            return session.send_mail(sender, delivery.recipient, data, handing)

        try:
            compose(deliveries[0])  # a mail that cannot be made needs no server
            with SmtpSession(self._server) as session:
                result = dispatch_deliveries(
                    deliveries, send_one, ledger or self.archive, self.context.now
                )
        except DeliveryError as error:
            result = DispatchReport({}, error.message, error.hint)
        return self.log_report(result)

    def send_notice(
        self, due: Sequence[Delivery], address: str, subject: str, html: str, text: str
    ) -> None:
        """Send one mail that stands for all of the deliveries that are due to an address."""
        sender = get_sender(self.context)
        self.archive.record_deliveries(due, "intended", at=self.context.now)
        mail = OutgoingMail(
            message_id=make_message_id(due[0], sender),
            date=self.context.now,
            sender=sender,
            to=(address,),
            subject=subject,
            text=text,
            html=html,
        )
        self.send_mails(due[:1], lambda _: mail, _BatchLedger(self.archive, due))

    def post_notice(self, due: Sequence[Delivery], announcement: EditionAnnouncement) -> None:
        """Post one message that stands for all of the deliveries that are due to a channel."""
        self.archive.record_deliveries(due, "intended", at=self.context.now)

        def post(delivery: Delivery, handing: Callable[[], None]) -> DeliveryResult:
            return self.post_announcement(delivery, announcement, handing)

        ledger = _BatchLedger(self.archive, due)
        self.log_report(dispatch_deliveries(due[:1], post, ledger, self.context.now))

    def post_announcement(
        self, delivery: Delivery, announcement: EditionAnnouncement, handing: Callable[[], None]
    ) -> DeliveryResult:
        """Post a message to a channel; `handing` is called right before."""
        from digest.app import context
        from digest.fetch.http.client import NOTHING_SENT, post_json

        assert delivery.channel in ("slack", "teams")
        settings = self.context.config.digest
        asked = (approver.webhook for approver in settings.review.approvers if approver.webhook)
        hooks = (*settings.delivery.webhooks, *settings.alerts.webhooks, *asked)
        hook = next(hook for hook in hooks if hook.place == delivery.recipient)
        url = _require_secret(self.context, hook, "url")
        payload = build_payload(delivery.channel, announcement)
        handing()
        try:
            status = post_json(context.make_fetcher(self.context, seconds=20), url, payload)
        except FetchError as error:  # its words hold the address, which is a secret
            state: DeliveryState = "intended" if error.kind in NOTHING_SENT else "unknown"
            return DeliveryResult(state, f"{delivery.recipient}: {error.kind}")
        return DeliveryResult("accepted" if 200 <= status < 300 else "refused", str(status))

    def log_once(self, what: str, message: str) -> None:
        """Log something that needs a person, the first time that it is given."""
        if not self.archive.load_delivery_records(what):
            log_event("trouble", message, trouble=True)
            delivery = Delivery(what, 1, self.context.config.digest.languages[0], "log", "")
            self.archive.record_deliveries([delivery], "accepted", at=self.context.now)

    def log_report(self, report: DispatchReport) -> DispatchReport:
        """Log what became of each delivery, and return the report."""
        self.failed = self.failed or bool(report.stop_reason)
        for delivery, answer in report.results.items():
            refused = answer.state != "accepted"
            self.failed = self.failed or refused
            words = f" ({answer.words})" if answer.words else ""
            message = f"{answer.state}: {delivery.what} for {delivery.recipient}{words}"
            log_event("delivery", message, trouble=refused, state=answer.state)
        shown = [answer.words for answer in report.results.values()]
        if report.stop_reason and report.stop_reason not in shown:
            hint = f" → {report.hint}" if report.hint else ""
            message = f"not sent: {report.stop_reason}{hint}"
            log_event("delivery", message, trouble=True, state="intended")
        return report

    @cached_property
    def _server(self) -> SmtpServer:
        """The mail server with its secrets. Raises UsageError, DeliveryError."""
        smtp = self.context.config.digest.delivery.smtp
        if smtp is None:
            raise UsageError(
                "digest.delivery.smtp is missing in sources.yaml", "name the mail server there"
            )
        return make_smtp_server(self.context, smtp)


class _BatchLedger:
    """A ledger in which one mail stands for several deliveries."""

    def __init__(self, archive: Archive, deliveries: Sequence[Delivery]) -> None:
        self._archive, self._deliveries = archive, deliveries

    def record_deliveries(
        self,
        parcels: Iterable[Delivery],  # noqa: ARG002 (the protocol's)
        state: DeliveryState,
        **more: Any,
    ) -> None:
        """Record the state of all of them, whichever is named."""
        self._archive.record_deliveries(self._deliveries, state, **more)


def get_sender(context: AppContext) -> str:
    """Return the sender's address. Raises UsageError where sources.yaml has none."""
    sender = context.config.digest.delivery.sender
    if not sender:
        raise UsageError(
            "digest.delivery.from is missing in sources.yaml", "give the sender's mail address"
        )
    return sender


def make_smtp_server(context: AppContext, smtp: SmtpSettings) -> SmtpServer:
    """Return the mail server with its secrets. Raises DeliveryError where one is not set."""
    password = _require_secret(context, smtp, "password")
    token = _require_secret(context, smtp, "token")
    secret = find_secret(context, smtp, "token" if token else "password")
    return SmtpServer(
        smtp.host,
        smtp.port,
        smtp.security,
        smtp.user or "",
        password,
        token,
        find_ca_file(context) or "",
        str(secret.place) if secret else "",
    )


def _require_secret(context: AppContext, group: BaseModel, name: str) -> str:
    """Return a secret, "" where the group names none. Raises DeliveryError where it is missing."""
    secret = find_secret(context, group, name)
    if secret is None:
        return ""
    if secret.fault:
        advice = "set it in the environment of this job" if secret.place.variable else ""
        raise DeliveryError(f"{secret.place} {secret.fault}", advice)
    return secret.value
