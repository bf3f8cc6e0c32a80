"""What was released, who received it, and which answers of a model were paid for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from digest.archive.connection import ArchiveConnection
from digest.archive.rows import upsert
from digest.archive.tables import ledger, receipts, releases
from digest.model.delivery import Delivery, DeliveryRecord, DeliveryState, Release
from digest.model.drafts import Receipt

_DELIVERY_FIELDS = "what version language channel recipient".split()
_RELEASE_FIELDS = "quarter version state by at note sent files".split()

_RECEIPT_FIELDS = (
    "task model prompt content quarter outcome answer currency tokens_in tokens_out cost"
).split()


class DeliveryArchive(ArchiveConnection):
    """The part of the archive that has no copy: rows are added and never lost."""

    def record_deliveries(
        self, deliveries: Iterable[Delivery], state: DeliveryState, *, at: datetime, words: str = ""
    ) -> None:
        """Add a row to the ledger for each delivery, all in one transaction."""
        rows = [
            {name: getattr(delivery, name) for name in _DELIVERY_FIELDS}
            | {"state": state, "words": words, "at": at}
            for delivery in deliveries
        ]
        if rows:
            with self.begin_transaction() as connection:
                connection.execute(sa.insert(ledger), rows)

    def add_receipts(self, paid: Iterable[Receipt], *, at: datetime) -> None:
        """Store answers of a language model that were paid for, all in one transaction."""
        rows = [
            {name: getattr(receipt, name) for name in _RECEIPT_FIELDS} | {"at": at}
            for receipt in paid
        ]
        if rows:
            with self.begin_transaction() as connection:
                connection.execute(sa.insert(receipts), rows)

    def save_releases(self, *changed: Release) -> None:
        """Store releases, each in place of what was known of that version, in one transaction."""
        with self.begin_transaction() as connection:
            for release in changed:
                row = {name: getattr(release, name) for name in _RELEASE_FIELDS}
                upsert(connection, releases, row | {"files": dict(release.files)})

    def load_delivery_records(self, what: str | None = None) -> tuple[DeliveryRecord, ...]:
        """Return the last record of each delivery (of one `what`), in the order of their first."""
        query = sa.select(ledger).order_by(ledger.c.number)
        if what is not None:
            query = query.where(ledger.c.what == what)
        records: dict[Delivery, DeliveryRecord] = {}
        for row in self.fetch(query, dict):
            delivery = Delivery(**{name: row[name] for name in _DELIVERY_FIELDS})
            refusals = records[delivery].refusals if delivery in records else 0
            refusals += row["state"] == "refused"
            records[delivery] = DeliveryRecord(
                delivery, row["state"], row["words"], row["at"], refusals
            )
        return tuple(records.values())

    def load_receipts(self, model: str) -> dict[tuple[str, str, str, str], Receipt]:
        """Return the answers of a model by their key, the last of each; not those that got lost."""
        query = sa.select(*(receipts.c[name] for name in _RECEIPT_FIELDS))
        query = query.where(receipts.c.model == model, receipts.c.outcome != "lost")
        found = self.fetch(query.order_by(receipts.c.number), lambda row: Receipt(**row))
        return {receipt.key: receipt for receipt in found}

    def sum_model_costs(self, quarter: str, currency: str) -> int:
        """Return what a quarter's questions cost, lost ones too, in millionths of the unit."""
        query = sa.select(sa.func.coalesce(sa.func.sum(receipts.c.cost), 0).label("cost"))
        same = receipts.c.currency == currency
        ((cost,),) = self.fetch(
            query.where(receipts.c.quarter == quarter, same), lambda row: (row["cost"],)
        )
        return int(cost)

    def load_releases(self) -> tuple[Release, ...]:
        """Return all releases, by quarter and version."""
        query = sa.select(releases).order_by(releases.c.quarter, releases.c.version)
        return self.fetch(query, lambda row: Release(**row))
