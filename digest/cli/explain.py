"""`digest explain`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from digest.cli.common import Invocation, options

_FIELDS = ("relevant", "category", "also", "ai", "evidence", "event", "vendors")


@click.command()
@click.argument("item", nargs=-1, required=True, metavar="URL|ID|WORDS…")
@options("workspace", "now", "json")
def command(call: Invocation, item: tuple[str, ...]) -> None:
    """Say why an item is tagged, merged, ranked, in or out. It is named by its address, by its id,
    or by words of its title."""
    context = call.context
    from digest.app.explain import explain_item

    explained = explain_item(context, " ".join(item))
    call.report(explained, (line for facts in explained for line in _format_facts(facts)))


def _format_facts(facts: dict[str, Any]) -> Iterator[str]:
    tags = facts["tags"]
    yield f"{facts['title']}"
    yield f"  {facts['source']} · {facts['link']} · {facts['id']}"
    yield f"  quarter     {facts['quarter']}, dated {facts['dated']}"
    if facts["page"]:
        yield f"  its page    {facts['page']}"
    for field in _FIELDS:
        reasons, confidence = tags["why"].get(field, ()), tags["confidence"].get(field)
        sure = f" ({confidence:.0%} sure)" if confidence else ""
        why = f": {'; '.join(reasons)}" if reasons else ""
        yield f"  {field:11} {_format_value(tags[field])}{sure}{why}"
    for point in tags["points"]:
        yield f"  claim       {point['kind']}: “{point['quote']}”"
    others, thread = facts["told_with"], facts["thread"]
    yield f"  story       {facts['story']}, {len(others) + 1} item{'s' if others else ''}"
    for label in others:
        yield f"              with {label}"
    for merge in facts["merges"]:
        yield f"  merged      with {merge['with']}: {'; '.join(merge['matched'])}"
    for relation in facts["relation"]:
        products = ", ".join(relation["products"])
        yield f"  to us       {relation['kind']} {products}: {relation['why']}"
    if thread:
        new = f"; new since: {', '.join(thread['news'])}" if thread["news"] else ""
        earlier = f"{thread['edition']}: “{thread['title']}”"
        yield f"  {thread['kind']:11} of {earlier} ({'; '.join(thread['matched'])}){new}"
    if facts["score"] is not None:
        parts = facts["parts"].items()
        shown = ", ".join(f"{name} {points:+.2f}" for name, points in parts if points)
        yield f"  rank        {facts['rank']} of {facts['of']}, score {facts['score']} = {shown}"
    yield f"  {'in' if facts['in_edition'] else 'out':11} {facts['reason']}"


def _format_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
