"""`digest vendor`: list, show, ask, answer, confirm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, CommandGroup, Invocation, options
from digest.cli.completion import complete_languages, complete_quarters, complete_vendors
from digest.errors import UsageError
from digest.text import format_count

if TYPE_CHECKING:
    from digest.app.vendors import VendorLedger

_STATES = {  # word → state of a promise
    "kept": "shipped",
    "partly": "partly shipped",
    "broken": "broken",
    "withdrawn": "withdrawn",
    "open": "open",
}


@click.group(cls=CommandGroup)
def command() -> None:
    """What vendors promised, were asked and answered: vendors/NAME.yaml and stack.yaml."""


@command.command("list")
@options(*REPORTING)
def list_(call: Invocation) -> None:
    """List the vendors, with how many promises and questions are open."""
    from digest.app.vendors import ledger_to_json, list_ledgers, list_questions

    context, today = call.context, call.now.date()
    ledgers = list_ledgers(context)
    call.report(
        [ledger_to_json(ledger, today) for ledger in ledgers],
        (_summarize(ledger, list_questions(ledger, today)) for ledger in ledgers),
    )


@command.command()
@click.argument("name", shell_complete=complete_vendors)
@options(*REPORTING)
def show(call: Invocation, name: str) -> None:
    """Show a vendor: promises by number, questions by key with their answers, and what the newest
    edition shows of its promises. NAME is the vendor, its file or a product of it.
    """
    from digest.app.vendors import find_ledger, ledger_to_json, load_proposals

    context, today = call.context, call.now.date()
    ledger = find_ledger(context, name)
    data = ledger_to_json(ledger, today)
    proposals = load_proposals(context, ledger)
    for row in data["promises"]:
        found = proposals.get(row["what"], {})
        row["seen"], row["against"] = found.get("seen", []), found.get("against", [])
    call.report(data, format_ledger(data))


@command.command()
@click.argument("name", shell_complete=complete_vendors)
@click.argument("quarter", default="current", shell_complete=complete_quarters)
@options(*REPORTING)
@click.option(
    "--lang",
    default="",
    metavar="TAG",
    shell_complete=complete_languages,
    help="Language of the letter: en, it, th.",
)
@click.option(
    "--figures",
    is_flag=True,
    help="Let the vendor read users, cost and contract end of its products.",
)
@click.option("--sent", is_flag=True, help="The letter has gone out: record what it asked.")
@click.option("--on", "sent_on", metavar="DAY", help="When it went out. Default: today.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder of the two files."
)
def ask(
    call: Invocation,
    name: str,
    quarter: str,
    lang: str,
    figures: bool,
    sent: bool,
    sent_on: str | None,
    output: Path | None,
) -> None:
    """Write a letter to a vendor: its promises, its news of QUARTER, the standing questions.

    It is printed, and written as NAME.txt and as NAME.eml, which a mail program opens as a draft.
    It holds nothing of your stack but names of products, unless --figures says so. Nothing is sent;
    with --sent what it asks is recorded in vendors/NAME.yaml.
    """
    context = call.context
    from digest.app.vendors import draft_letter, find_ledger, record_letter

    ledger, of = find_ledger(context, name), call.quarter(quarter)
    day = _parse_day(sent_on) or call.now.date()
    draft = draft_letter(context, of, ledger, language=lang, figures=figures, folder=output)
    questions = [{"key": question.key, "ask": question.ask} for question in draft.letter.questions]
    call.report(
        {
            "subject": draft.letter.subject,
            "text": draft.letter.text,
            "questions": questions,
            "files": list(map(str, draft.files)),
        },
        [draft.letter.text.rstrip("\n")],
    )
    for path in draft.files:
        LOGGER.info(str(path))
    if sent:
        file = record_letter(ledger, draft.letter.questions, sent=day, quarter=of.name)
        LOGGER.info(
            f"{format_count(len(questions), 'question')} recorded in {file}, asked on {day}"
        )
    else:
        LOGGER.info("not recorded: run it again with --sent when the letter has gone out")


@command.command()
@click.argument("name", shell_complete=complete_vendors)
@click.argument("question", metavar="KEY-OR-NUMBER")
@click.argument("text")
@options("workspace", "now", "quiet")
@click.option("--source", required=True, help="Where it stands: an address, or who said it where.")
@click.option("--on", "answered_on", metavar="DAY", help="The day of the answer. Default: today.")
@click.option(
    "--state",
    type=click.Choice(["answered", "partly", "refused"]),
    default="answered",
    help="Whether it answers the question.",
)
def answer(
    call: Invocation,
    name: str,
    question: str,
    text: str,
    source: str,
    answered_on: str | None,
    state: Any,
) -> None:
    """Record what a vendor answered to a question, with date and source, in vendors/NAME.yaml.

    The question is named by its key, as data or exit, or by its number in the last letter.
    """
    from digest.app.vendors import find_ledger, record_answer

    ledger = find_ledger(call.context, name)
    day = _parse_day(answered_on) or call.now.date()
    file = record_answer(ledger, question, text, source=source, on=day, state=state)
    LOGGER.info(f"recorded in {file}")


@command.command()
@click.argument("name", shell_complete=complete_vendors)
@click.argument("number", type=int)
@click.argument("state", type=click.Choice(list(_STATES)))
@options("workspace", "now", "quiet")
@click.option("--since", metavar="DAY", help="Since when it is so. Default: today.")
@click.option("--shown", default="", metavar="URL", help="Where what shows it can be read.")
def confirm(
    call: Invocation, name: str, number: int, state: str, since: str | None, shown: str
) -> None:
    """Say that a promise is kept, partly kept, broken, withdrawn or open: only you can.

    It is named by its number, as `digest vendor show NAME` prints it, and written into the file
    that holds it.
    """
    from digest.app.vendors import confirm_promise, find_ledger

    ledger = find_ledger(call.context, name)
    day = _parse_day(since) or call.now.date()
    placed = confirm_promise(ledger, number, _STATES[state], since=day, shown=shown)  # type: ignore[arg-type]
    LOGGER.info(f"{placed.promise.what!r} is {state} since {day}, in {placed.file}")


def _parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{text!r} is no day", "write it as 2026-09-30") from None


def _summarize(ledger: VendorLedger, asked: Any) -> str:
    promised = [one.promise for one in ledger.promises]
    still_open = sum(one.state in ("open", "partly shipped") for one in promised)
    waiting = [one for one in asked if one.answer is None]
    parts = [f"{format_count(len(promised), 'promise')}, {still_open} open"]
    if asked:
        parts.append(f"{len(asked)} asked, {len(waiting)} without an answer")
        if waiting:
            parts.append(f"the longest since {waiting[0].asked}")
    else:
        parts.append("no letter yet")
    return f"{ledger.vendor:24} {'; '.join(parts)}"


def format_ledger(data: dict[str, Any]) -> Iterator[str]:
    """Yield what a vendor promised, was asked and answered, a line each."""
    yield f"{data['vendor']} ({', '.join(data['products']) or 'no product of ours'})"
    yield f"  {data['file']}"
    for row in data["promises"]:
        due = f", by {row['by']}" if row["by"] else ""
        since = f" since {row['since']}" if row["since"] else ""
        yield f"  promise {row['number']}: {row['what']}{due}: {row['state']}{since}"
        is_open = row["state"] in ("open", "partly shipped")
        for kind, word in (("seen", "kept"), ("against", "broken")) if is_open else ():
            for story in row[kind]:
                yield f"      perhaps {word}: {story['title']} ({story['source']})"
                yield f"        {story['url']}"
                where = f"{data['vendor']!r} {row['number']} {word} --shown {story['url']}"
                yield f"        → digest vendor confirm {where}"
    for row in data["asked"]:
        state = "no answer"
        if row["answer"]:
            given = row["answer"]
            state = f"{given['state']} {given['on']} ({given['source']}): {given['text']}"
        yield f"  {row['key']}, asked {row['asked']}: {row['text']}"
        yield f"      {state}"
