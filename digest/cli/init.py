"""`digest init`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import click

from digest.app.logs import LOGGER
from digest.app.workspace import Workspace
from digest.cli.common import Invocation, options
from digest.extras import suggest_activation
from digest.text import format_count

if TYPE_CHECKING:
    from digest.app.first_run import FirstAnswers

_REGIONS = ("eu", "uk", "us", "none")


def _make_option_check(kind: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a callback that refuses what sources.yaml could not hold."""

    def check(_: click.Context, __: click.Parameter, given: Any) -> Any:
        if not given:
            return given
        values = [given] if isinstance(given, str) else given
        checked = tuple(_check_text(kind, value) for value in values)
        return checked[0] if isinstance(given, str) else checked

    return check


def _check_text(kind: str, text: str) -> str:
    from digest.app.first_run import check_answer

    try:
        return check_answer(kind, text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument(
    "folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path)
)
@click.option(
    "--organisation",
    metavar="NAME",
    callback=_make_option_check("organisation"),
    help="Whom it is made for.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="TAG",
    callback=_make_option_check("language"),
    help="One edition in each, the first leads. Default: en.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    callback=_make_option_check("timezone"),
    help="The zone that the quarter's days are counted in, as Europe/Rome. Default: UTC.",
)
@click.option(
    "--product",
    "products",
    multiple=True,
    metavar="NAME",
    help="A product that you run; its maker's own news are read. May be given several times.",
)
@click.option(
    "--press/--no-press",
    default=None,
    help="Whether the trade press, analysts and the press are read. Default: they are.",
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    type=click.Choice(_REGIONS),
    help="Whose regulators are read. Default: all.",
)
@click.option(
    "--stack", type=_FILE, metavar="FILE", help="A CSV or XLSX spreadsheet of what you run."
)
@click.option(
    "--feeds",
    type=_FILE,
    metavar="FILE",
    help="Your own feeds, in place of the packaged ones: OPML, or one address a line.",
)
@click.option("--empty", is_flag=True, help="Without any source.")
@click.option(
    "--contact",
    metavar="ADDRESS",
    callback=_make_option_check("contact"),
    help="A mail or web address that publishers see, so that they can reach you.",
)
@click.option(
    "--allow-private",
    multiple=True,
    metavar="HOST:PORT",
    callback=_make_option_check("allow_private"),
    help="A private or local address that may be read, as of an intranet. May be given several "
    "times.",
)
@click.option(
    "--try",
    "try_out",
    is_flag=True,
    help="Then read the sources and build the quarter so far; in its first weeks, if more is held "
    "of it, the one before.",
)
@options("now", "quiet")
def command(call: Invocation, folder: Path, try_out: bool, **given: Any) -> None:
    """Make a new workspace in DIR: sources.yaml with real sources, stack.yaml and vocabulary.yaml
    to fill in, editions/, a note on secrets.

    In a terminal it asks for what no option says. Of the packaged sources those you choose are
    switched on; the others wait in the file for `digest sources enable`. A file that is there
    already is never touched.
    """
    from digest.app.first_run import make_workspace

    note = Template(Path(__file__).with_name("templates").joinpath("SECRETS.md").read_text("utf-8"))
    if not (folder / "sources.yaml").exists() and not call.quiet and _is_watched():
        _ask(given)
    made = make_workspace(folder, _to_answers(given), note.substitute(folder=folder.resolve()))
    for path in made.files:
        if not path.relative_to(folder).parts[0].startswith(".") and path.suffix:
            LOGGER.info(str(path))
    for words in made.notes:
        LOGGER.warning(words)
    waiting = f", waiting for `digest sources enable`: {made.switched_off}"
    on = f"{format_count(made.switched_on, 'source')} switched on"
    LOGGER.info(on + (waiting if made.switched_off else ""))
    if activation := suggest_activation():
        LOGGER.info(f"`digest` is not on the path of this shell; what puts it there: {activation}")
    if try_out:
        _build_first_edition(Invocation(Workspace(folder), call.now_text, call.quiet, False))
        return
    enter = "" if folder == Path() else f"cd {folder}, then "
    first = "digest collect" if made.switched_on else "digest sources add ADDRESS, digest collect"
    LOGGER.info(f"next: {enter}{first}, digest build current")


def _is_watched() -> bool:
    """Return whether a person can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask(given: dict[str, Any]) -> None:
    """Put into `given` what a person answers to what no option says."""
    asked: list[tuple[str, str, str, Callable[[str], Any]]] = [
        ("organisation", "Organisation (empty: none)", "", _make_answer_check("organisation")),
        ("languages", "Languages of the editions: en, it, th", "en", _make_list_check("language")),
        ("timezone", "Time zone", _find_time_zone(), _make_answer_check("timezone")),
        ("stack", "Spreadsheet of what you run, CSV or XLSX (empty: none)", "", _read_file_path),
    ]
    if not (given["empty"] or given["feeds"]):
        asked += [
            (
                "products",
                "Products whose makers' news to read, as HubSpot, Google Ads (empty: none)",
                "",
                _make_list_check("organisation"),
            ),
            ("press", "Read the trade press and analysts? yes, no", "yes", _read_yes),
            ("regions", "Regulators of: eu, uk, us, none", "eu, uk, us", _read_regions),
        ]
    for name, question, default, read in asked:
        if name == "products" and given["stack"]:
            continue  # the spreadsheet names them
        if given[name] in (None, ()):
            shown = bool(default)
            given[name] = click.prompt(
                question, default=default, show_default=shown, value_proc=read, err=True
            )


def _make_answer_check(kind: str) -> Callable[[str], str]:
    return lambda text: _check_text(kind, text) if text.strip() else ""


def _make_list_check(kind: str) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(_check_text(kind, word) for word in _split_words(text))


def _read_regions(text: str) -> tuple[str, ...]:
    return tuple(click.Choice(_REGIONS).convert(word, None, None) for word in _split_words(text))


def _read_yes(text: str) -> bool:
    return bool(click.BOOL.convert(text, None, None))


def _read_file_path(text: str) -> Path | None:
    return Path(_FILE.convert(text.strip(), None, None)) if text.strip() else None


def _split_words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _find_time_zone() -> str:
    """Return the machine's time zone, UTC where it does not say."""
    named = os.environ.get("TZ", "").lstrip(":") or str(Path("/etc/localtime").resolve())
    zone = named.partition("zoneinfo/")[2] or named
    try:
        return _check_text("timezone", zone).removeprefix("Etc/")
    except click.BadParameter:
        return "UTC"


def _to_answers(given: dict[str, Any]) -> FirstAnswers:
    from digest.app.first_run import REGIONS, FirstAnswers

    regions = given["regions"] or REGIONS
    return FirstAnswers(
        organisation=given["organisation"] or "",
        contact=given["contact"] or "",
        timezone=given["timezone"] or "UTC",
        languages=tuple(dict.fromkeys(given["languages"])) or ("en",),
        press=given["press"] is not False,
        regions=() if "none" in regions else regions,
        products=given["products"],
        stack_file=given["stack"],
        feeds_file=given["feeds"],
        empty=given["empty"],
        allow_private=given["allow_private"],
    )


def _build_first_edition(call: Invocation) -> None:
    from digest.app.first_run import make_first_edition

    first = make_first_edition(call.context)
    for path in first.paths:
        LOGGER.info(str(path))
    told = "the quarter so far"
    if first.quarter.has_ended(call.now):
        told = f"{first.quarter}, as the quarter since has only begun"
    LOGGER.info(f"open {first.paths[0].resolve()}, or digest.pdf beside it; it tells of {told}")
    if first.collected.failed_reports:
        raise SystemExit(3)
