"""Tell the team between editions what happened to the products of the stack, each thing once.

What has been told stands in the ledger of deliveries, under the items that report it: an alert is
due for a recipient as long as none of its items was handed over to them. One mail, and one message
in a channel, stands for all alerts that are due there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from digest.app.context import (
    AppContext,
    load_quarter_decisions,
    load_stack_index,
)
from digest.app.decide import judge_items
from digest.app.deliver import DeliveryService, open_delivery
from digest.app.judge import load_current_judge
from digest.app.logs import log_event
from digest.app.vectors import attach_vectors
from digest.archive import Archive
from digest.cluster import choose_lead, cluster_items
from digest.decide.decisions import apply_decisions
from digest.decide.relations import StackIndex, relate_stories
from digest.deliver.message import normalize_address
from digest.deliver.plan import plan_deliveries
from digest.deliver.webhook import EditionAnnouncement
from digest.edition import QuarterView, find_alerts
from digest.errors import UsageError
from digest.model.alert import Alert
from digest.model.delivery import Channel, Delivery, DeliveryRecord, DeliveryState
from digest.model.edition import Sentence, StoryRef
from digest.model.story import Story
from digest.text import format_count
from digest.write.headlines import choose_headline
from digest.write.summaries import build_summary

if TYPE_CHECKING:
    from digest.app.decide import Judge

_LEDGER_PREFIX = "alert "  # of what stands in the ledger
_CONTEXT = timedelta(days=45)  # of items that say which news is a further report of the same


@dataclass(slots=True)
class AlertReport:
    """What an alert run found and did.

    `told` are the alerts that were due somewhere, `lines` the same for a terminal, where nobody
    else is to be told. `unknown` are recipients of whom nobody knows whether a message arrived.
    """

    told: list[Alert] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    lines: tuple[str, ...] = ()
    unknown: list[str] = field(default_factory=list)
    off: bool = False
    failed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what --json shows."""
        return {
            "off": self.off,
            "alerts": [_alert_to_json(alert) for alert in self.told],
            "recipients": self.recipients,
            "unknown": self.unknown,
        }


def send_alerts(context: AppContext, *, dry_run: bool = False) -> AlertReport:
    """Tell what is due, and return it. With `dry_run` nothing is sent, and nothing is recorded.

    Raises UsageError where there is no stack.
    """
    index = load_stack_index(context)
    if index is None:
        raise UsageError(
            "there is no stack.yaml: alerts are of the products that it names",
            "write it, or run `digest stack import FILE`",
        )
    settings = context.config.digest.alerts
    if settings.every == "off" and not dry_run:
        return AlertReport(off=True)
    # Judging takes a while and needs no lock, which a run of collecting may want meanwhile.
    with Archive.open(context.workspace.archive, create=False) as archive:
        alerts = collect_alerts(context, archive, index)
        if dry_run:
            return _tell(DeliveryService(context, archive), alerts, dry_run=True)
    with open_delivery(context) as service:
        return _tell(service, alerts, dry_run=False)


def resolve_alert(context: AppContext, recipient: str, state: DeliveryState) -> int:
    """Record what a person says became of a message to a recipient; return of how many alerts.

    Raises UsageError where none is unknown.
    """
    with open_delivery(context) as service:
        unknown = _list_unknown(service.archive.load_delivery_records())
        resolved = [one for one in unknown if one.recipient in (recipient, recipient.lower())]
        if not resolved:
            names = ", ".join(sorted({delivery.recipient for delivery in unknown}))
            raise UsageError(
                f"it is not unknown whether an alert reached {recipient}",
                f"unknown are: {names}" if names else "nothing is unknown",
            )
        service.archive.record_deliveries(
            resolved, state, at=context.now, words="resolved by a person"
        )
        return len({delivery.what for delivery in resolved})


def collect_alerts(
    context: AppContext, archive: Archive, index: StackIndex, judge: Judge | None = None
) -> tuple[Alert, ...]:
    """Return what is to be told at this moment, whether or not it has been told."""
    settings = context.config.digest
    today = context.resolve_quarter("current").to_local_date(context.now)
    items = archive.load_items(context.now - _CONTEXT, context.now)
    judge = judge or load_current_judge(context, archive)
    clustered = cluster_items(judge_items(attach_vectors(context, archive, items), judge))
    decisions = load_quarter_decisions(context, context.resolve_quarter("current"))
    decided = apply_decisions(clustered, decisions, choose_lead)
    relations = relate_stories(decided.stories, index)
    language = settings.languages[0]
    dropped = {story for story, one in decided.decisions.items() if one.drop}
    view = QuarterView(
        stack=index.stack,
        chosen=(),
        stories=[  # what a rule of the team keeps out is kept out; what the machine doubts is not
            story
            for story in decided.stories
            if story.id not in dropped and story.tags.relevance_probability > 0.0
        ],
        relations=relations,
        make_ref=lambda story: _make_ref(story, language),
        today=today,
    )

    def summarize(story: Story) -> Sequence[Sentence]:
        return build_summary(story, language)

    since = today - timedelta(days=settings.alerts.news_days)
    return find_alerts(view, since, settings.alerts.notice_days, summarize)


def _make_ref(story: Story, language: str) -> StoryRef:
    title, title_language = choose_headline(story, language)
    lead = story.lead.item
    published = story.items[0].item.published_or_seen
    return StoryRef(
        story.id, title, title_language, lead.address, lead.source_name, published, story.tags.event
    )


# ---------------------------------------------------------------- delivery


@dataclass(frozen=True, slots=True)
class _Recipient:
    channel: Channel
    address: str  # as written: a mail address, the variable of a channel, or "" for the terminal

    @property
    def name(self) -> str:
        """What the ledger knows it by."""
        return normalize_address(self.address) if self.channel == "mail" else self.address


def _list_recipients(service: DeliveryService) -> tuple[_Recipient, ...]:
    """Return who is told; the terminal alone where the configuration names nobody."""
    settings = service.context.config.digest.alerts
    people = settings.to or service.team
    found = [
        *(_Recipient("mail", address) for address in (people if service.settings.smtp else ())),
        *(_Recipient(hook.kind, hook.place) for hook in settings.webhooks),
    ]
    by_name = {(one.channel, one.name): one for one in found}  # an address may stand there twice
    return tuple(by_name.values()) or (_Recipient("log", ""),)


def _tell(service: DeliveryService, alerts: Sequence[Alert], *, dry_run: bool) -> AlertReport:
    """Tell each recipient what it has not been told, and return what that was."""
    report = AlertReport()
    records = service.archive.load_delivery_records()
    by_what: dict[str, list[DeliveryRecord]] = {}
    for record in records:
        by_what.setdefault(record.delivery.what, []).append(record)
    told: dict[tuple[str, ...], Alert] = {}
    for recipient in _list_recipients(service):
        due = {
            alert: deliveries
            for alert in alerts
            if (deliveries := _plan_alert(alert, recipient, by_what))
        }
        if not due:
            continue
        report.recipients.append(recipient.address or "this terminal")
        told |= {alert.keys: alert for alert in due}
        if not dry_run:
            _send_to(recipient, due, service)
        if dry_run or recipient.channel == "log":
            report.lines = write_lines(told.values(), service.languages[0])
    report.told = list(told.values())
    unknown = _list_unknown(service.archive.load_delivery_records())
    report.unknown = sorted({delivery.recipient for delivery in unknown})
    report.failed = service.outbox.failed
    return report


def _plan_alert(
    alert: Alert,
    recipient: _Recipient,
    by_what: Mapping[str, list[DeliveryRecord]],
) -> tuple[Delivery, ...]:
    """Return the deliveries of an alert to a recipient; none where it has been told, or may have.

    They are one for each of its keys, so that a report that joins it later is told with it, and of
    no language: nothing is told again where the digest's changes.
    """
    deliveries = [
        Delivery(f"{_LEDGER_PREFIX}{key}", 1, "", recipient.channel, recipient.name)
        for key in alert.keys
    ]
    records = [record for delivery in deliveries for record in by_what.get(delivery.what, ())]
    plan = plan_deliveries(deliveries, records, retry_refused=False)
    return () if plan.done or plan.unknown or plan.refused else plan.due


def _send_to(
    recipient: _Recipient, due: Mapping[Alert, tuple[Delivery, ...]], service: DeliveryService
) -> None:
    from digest.render.alerts import render_alert_mail, write_alert_message

    settings, language = service.context.config.digest, service.languages[0]
    alerts = list(due)
    deliveries = list(dict.fromkeys(one for some in due.values() for one in some))
    if recipient.channel == "mail":
        subject, html, text = render_alert_mail(alerts, settings.title, language)
        service.outbox.send_notice(deliveries, recipient.address, subject, html, text)
    elif recipient.channel == "log":
        now = service.context.now
        service.archive.record_deliveries(deliveries, "accepted", at=now)
    else:
        message = write_alert_message(alerts, language)
        announcement = EditionAnnouncement(message.heading, "", message.lines, "", "")
        service.outbox.post_notice(deliveries, announcement)
    count = format_count(len(alerts), "alert")
    log_event("alert", f"{count} for {recipient.address or 'this terminal'}")


def write_lines(alerts: Iterable[Alert], language: str) -> tuple[str, ...]:
    """Return alerts as lines for a terminal."""
    from digest.render.alerts import write_alert_message

    return write_alert_message(list(alerts), language).lines


def _list_unknown(records: Iterable[DeliveryRecord]) -> list[Delivery]:
    return [
        record.delivery
        for record in records
        if record.state == "unknown" and record.delivery.what.startswith(_LEDGER_PREFIX)
    ]


def _alert_to_json(alert: Alert) -> dict[str, Any]:
    return {
        "kind": alert.kind,
        "products": list(alert.products),
        "vendor": alert.vendor,
        "day": alert.day.isoformat(),
        "what": str(alert.what),
        "source": alert.source,
        "url": alert.url,
        "quote": alert.quote.text if alert.quote else "",
        "advice": str(alert.advice),
        "owner": alert.owner,
        "reports": alert.reports,
        "keys": list(alert.keys),
    }
