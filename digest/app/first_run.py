"""Make a workspace: what the team answers becomes its first sources.yaml and stack.yaml.

Of the packaged sources those are switched on that the answers ask for. The others stay in the file,
switched off, so that one command switches them on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from digest.app.build import build_quarter
from digest.app.collect import CollectionReport
from digest.app.context import AppContext
from digest.app.failures import suggest_mend
from digest.app.sources import collect_workspace
from digest.app.stack_import import fill_known_facts, read_spreadsheet
from digest.app.workspace import write_file
from digest.archive import Archive
from digest.config.kinds import HeaderText, HostPort, Language, ShortText, TimeZoneName
from digest.config.opml import find_free_name, import_feed_list
from digest.config.source_changes import add_source, change_sources
from digest.config.sources import parse_sources
from digest.config.stack_changes import apply_update, plan_update
from digest.config.starter import (
    allow_private_hosts,
    fill_in_setting,
    load_starter_files,
    remove_starter_sources,
)
from digest.errors import DigestError, UsageError
from digest.model.source import Source, is_source_of
from digest.period import Quarter
from digest.tag.known_products import find_known_facts, suggest_names, understand_name
from digest.tag.vendors import Gazetteer
from digest.text import format_count, slugify

Region = Literal["eu", "uk", "us"]
REGIONS: tuple[Region, ...] = ("eu", "uk", "us")  # tags of the packaged regulators
_PRESS_TIERS = ("trade", "analyst", "press", "newsletter")
# Who runs one product of such a company does not ask for the news of all the others.
_HOUSES_OF_MANY = frozenset(("Amazon", "Apple", "Google", "Meta", "Microsoft"))
_ONLY_BEGUN = timedelta(days=21)
_KINDS = {
    "organisation": TypeAdapter[str](ShortText),
    "contact": TypeAdapter[str](HeaderText),
    "timezone": TypeAdapter[str](TimeZoneName),
    "language": TypeAdapter[str](Language),
    "allow_private": TypeAdapter[str](HostPort),
}


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """What a team says when it begins.

    `products` are those it runs, by name; with `stack_file` they are those of a spreadsheet.
    `feeds_file` is a list of own feeds, OPML or one address a line. Of the packaged sources the
    press, the regulators of `regions` and the makers of the products are switched on, each in one
    of the languages; with `empty` none is written. `allow_private` are private addresses, as
    host:port, that may be read.
    """

    organisation: str = ""
    contact: str = ""
    timezone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    press: bool = True
    regions: Collection[Region] = REGIONS
    products: tuple[str, ...] = ()
    stack_file: Path | None = None
    feeds_file: Path | None = None
    empty: bool = False
    allow_private: tuple[str, ...] = ()


class NewWorkspace(NamedTuple):
    """The files that were written, how many sources are switched on and off, and what to know."""

    files: tuple[Path, ...]
    switched_on: int
    switched_off: int
    notes: tuple[str, ...]


def check_answer(kind: str, text: str) -> str:
    """Return an answer as the file may hold it. Raises ValueError with what is allowed."""
    try:
        return _KINDS[kind].validate_python(text)
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def make_workspace(folder: Path, answers: FirstAnswers, note: str) -> NewWorkspace:
    """Write a new workspace; a file that is there is never touched.

    `note` is the text of SECRETS.md. Raises UsageError where a sources.yaml is there already or a
    list cannot be read; nothing is written then.
    """
    if (folder / "sources.yaml").exists():
        raise UsageError(
            f"{folder / 'sources.yaml'} is there already", "name another folder, or edit that file"
        )
    notes: list[str] = []
    texts = dict(load_starter_files())
    products = _read_products(answers, notes)
    if products:  # the starter's comments and examples stay around them
        update = plan_update(texts["stack.yaml"], products, "stack.yaml")
        texts["stack.yaml"] = apply_update(texts["stack.yaml"], update, "stack.yaml")
    texts["sources.yaml"] = _write_sources(texts["sources.yaml"], answers, products, notes)
    sources = parse_sources(texts["sources.yaml"], {}).sources
    files = {**texts, "SECRETS.md": note, ".gitignore": "/output/\n", "editions/.gitkeep": ""}
    written = [folder / name for name in files if not (folder / name).exists()]
    for path in written:
        write_file(path, files[path.relative_to(folder).as_posix()].encode())
    on = sum(source.enabled for source in sources)
    return NewWorkspace(tuple(written), on, len(sources) - on, tuple(notes))


class FirstEdition(NamedTuple):
    """How reading the sources went, what was built, and of which quarter."""

    collected: CollectionReport
    paths: tuple[Path, ...]
    quarter: Quarter


def make_first_edition(context: AppContext) -> FirstEdition:
    """Read the sources of a new workspace and build the current quarter so far.

    A quarter that has only begun has little to tell: the one before is built, where the feeds still
    hold more of that. Raises DigestError where no source could be read.
    """
    collected = collect_workspace(context)
    if len(collected.failed_reports) == len(collected.reports):
        raise DigestError(
            "no source could be read, so there is nothing to build",
            f"{suggest_mend(collected)}; then, in {context.workspace.root}: digest collect, "
            "digest build current",
        )
    quarter = _choose_quarter(context)
    with context.workspace.lock():
        paths = build_quarter(context, quarter, force=True)  # it says itself what is missing
    return FirstEdition(collected, tuple(paths), quarter)


def _choose_quarter(context: AppContext) -> Quarter:
    """Return the current quarter, or, while that has only begun, the last if more is held of it."""
    current, last = context.resolve_quarter("current"), context.resolve_quarter("last")
    if context.now - current.start >= _ONLY_BEGUN:
        return current
    with Archive.open(context.workspace.archive, create=False) as archive:
        return max(
            (current, last), key=lambda one: len(archive.load_item_marks(one.start, one.end))
        )


def _read_products(answers: FirstAnswers, notes: list[str]) -> Sequence[Mapping[str, Any]]:
    """Return the products of the spreadsheet and those that were named, each once.

    What the shipped names know of them is filled in.
    """
    found: dict[str, Mapping[str, Any]] = {}
    if answers.stack_file:
        imported = read_spreadsheet(answers.stack_file)
        found = {str(product["name"]).casefold(): product for product in imported.products}
        notes += (f"{answers.stack_file.name}: {problem}" for problem in imported.problems)
    known = Gazetteer.load()
    for given in answers.products:
        given = check_answer("organisation", given)
        name = understand_name(given, known)
        if name != given:
            notes.append(f"{given} is taken for {name}")
        found.setdefault(name.casefold(), {"name": name, "categories": []})
    return fill_known_facts(tuple(found.values()))


def _write_sources(
    text: str, answers: FirstAnswers, products: Sequence[Mapping[str, Any]], notes: list[str]
) -> str:
    """Return the starter's sources.yaml with the answers in it."""
    languages = f"[{', '.join(answers.languages)}]" if answers.languages != ("en",) else ""
    settings = {
        "organisation": answers.organisation,
        "contact": answers.contact,
        "timezone": answers.timezone if answers.timezone != "UTC" else "",
        "languages": languages,
    }
    for name, value in settings.items():
        text = fill_in_setting(text, name, value) if value else text
    if answers.allow_private:
        text = allow_private_hosts(text, answers.allow_private)
    if answers.empty or answers.feeds_file:
        text = remove_starter_sources(text)
    else:
        sources = parse_sources(text, {}).sources
        known = Gazetteer.load()
        makers = {str(product["name"]): _list_makers(product, known) for product in products}
        wanted = frozenset(name for names in makers.values() for name in names)
        off = [
            source.name
            for source in sources
            if source.enabled and not _is_wanted(source, answers, wanted)
        ]
        text = change_sources(text, off, {"enabled": False})
        notes += _list_unread_products(sources, makers, known)
    if answers.feeds_file:
        listed = import_feed_list(answers.feeds_file.read_bytes())
        notes += (f"{answers.feeds_file.name}: {problem}" for problem in listed.problems)
        if nameless := sum(not feed.is_named for feed in listed.feeds):
            notes.append(
                f"{answers.feeds_file.name}: {format_count(nameless, 'feed')} without a name there "
                "are called by their host: write a name in front of the address, or begin with "
                "`--empty` and let `digest sources import` ask the feeds"
            )
        slugs: set[str] = set()
        for feed in listed.feeds:
            name = find_free_name(feed.name, slugs)
            slugs.add(slugify(name))
            text = add_source(text, feed.to_source_entry() | {"name": name})
    return text


def _is_wanted(source: Source, answers: FirstAnswers, makers: Collection[str]) -> bool:
    if source.language and source.language not in answers.languages:
        return False
    if source.tier in _PRESS_TIERS:
        return answers.press
    if source.tier == "regulator":
        places = set(source.tags) & set(REGIONS)
        return bool(answers.regions) and (not places or not places.isdisjoint(answers.regions))
    return _is_by(source, makers)


def _is_by(source: Source, makers: Collection[str]) -> bool:
    return any(is_source_of(source.name, maker) for maker in makers)


def _list_makers(product: Mapping[str, Any], known: Gazetteer) -> tuple[str, ...]:
    """Return the names that a source about a product may begin with."""
    name, vendor = str(product["name"]), str(product.get("vendor") or "")
    # a product is often named by its short name, and its source by the long one: GA4
    facts = find_known_facts(name, known)
    names = {vendor, known.find_company(vendor or name), facts.name if facts else ""}
    makers = names - {"", *_HOUSES_OF_MANY}
    return (name, *sorted(makers - {name}))


def _list_unread_products(
    sources: Sequence[Source], makers: Mapping[str, Collection[str]], known: Gazetteer
) -> Iterator[str]:
    for product, names in makers.items():
        if not any(source.enabled and _is_by(source, names) for source in sources):
            near = suggest_names(product, known)
            theirs = [f'"{one.name}"' for one in sources if _is_by(one, near)]
            enable = f", then `digest sources enable {' '.join(theirs)}`" if theirs else ""
            meant = f"; if {' or '.join(near)} is meant, say so in stack.yaml{enable}"
            yield (
                f"{product}: the packaged list has no source of its maker; "
                f"`digest sources add ADDRESS` finds the feed of a site{meant if near else ''}"
            )
