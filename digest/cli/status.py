"""`digest status`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from digest.cli.common import REPORTING, Invocation, options
from digest.text import format_count, list_some

_SHOWN = 8  # sources that fail, by name


@click.command()
@options(*REPORTING)
def command(call: Invocation) -> None:
    """What was collected, built, approved and sent, and what waits for whom. Changes nothing."""
    context = call.context
    from digest.app.status import collect_status

    status = collect_status(context)
    call.report(status, _format_status(status))


def _format_status(status: dict[str, Any]) -> Iterator[str]:
    collected = status["collected"]
    last = f"{collected['last']:%Y-%m-%d %H:%M} UTC" if collected["last"] else "never"
    items, sources = (format_count(collected[f"{one}s"], one) for one in ("item", "source"))
    yield f"collected  {items} from {sources}, last {last}"
    if failing := collected["failing"]:
        more = "; `digest sources health` names all" if len(failing) > _SHOWN else ""
        yield f"           {len(failing)} failing: {list_some(failing, _SHOWN)}{more}"
    for edition in status["editions"]:
        version = f", version {edition['version']}" if edition.get("version", 1) > 1 else ""
        by = f" by {edition['approved']['by']}" if edition.get("approved") else ""
        yield f"{edition['quarter']:10} {edition['state']}{version}{by}"
        for row in edition["deliveries"]:
            words = f"  ({row['words']})" if row["words"] else ""
            yield f"           {row['state']:12} {row['recipient']} v{row['version']}{words}"
        if edition["waits"]:
            yield f"           waits for {edition['waits']}"
