"""Build the editions of a quarter and write their files, and the index of all editions."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from digest.app import compose
from digest.app.context import (
    AppContext,
    config_fingerprint,
    decisions_file,
    load_quarter_decisions,
    load_stack_index,
)
from digest.app.judge import decide_quarter
from digest.app.kept_sentences import save_kept_sentences
from digest.app.leftovers import find_leftovers
from digest.app.model_texts import NO_TEXTS
from digest.app.previous import (
    load_earlier_decisions,
    load_earlier_figures,
    load_earlier_stories,
    load_radar_rings,
)
from digest.app.quarter_before import load_quarter_summary
from digest.app.search_index import keep_judgements
from digest.app.workspace import write_files
from digest.archive import Archive
from digest.config.secrets import iter_secrets, read_secret
from digest.errors import DigestError, UsageError
from digest.model.decisions import EditorialDecisions
from digest.model.edition import Edition, EditionSettings, Provenance
from digest.period import Quarter
from digest.tag import load_quality
from digest.version import __version__

if TYPE_CHECKING:
    from digest.app.decide import QuarterDecision
    from digest.app.edition_writer import EditionWriter
    from digest.render.theme import DocumentTheme

logger = logging.getLogger(__name__)

VENDORS_FOLDER = "vendors"  # of the output: their pages

_LARGEST_LOGO = 200_000  # bytes


def is_current(context: AppContext, quarter: Quarter) -> bool:
    """Return whether the edition was built from the configuration and decisions of this moment."""
    built_from = read_built_from(context, quarter)
    return bool(built_from) and built_from == config_fingerprint(context, quarter)


def read_built_from(context: AppContext, quarter: Quarter) -> str:
    """Return the fingerprint of what the edition was built from; "" where there is none."""
    edition = context.workspace.edition_folder(quarter.name) / "edition.json"
    try:
        return str(json.loads(edition.read_bytes())["generated_from"]["config"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def build_editions(
    context: AppContext,
    quarter: Quarter,
    *,
    ask: bool = True,
    decision: QuarterDecision | None = None,
) -> tuple[Edition, ...]:
    """Build the edition in each language, from one judgement. Raises DigestError if it is empty.

    Where a language model is configured, `ask` says whether it may be asked what is not known yet.
    Whoever has decided the quarter already hands in the `decision`.
    """
    with Archive.open(context.workspace.archive, create=False) as archive:
        writer = open_writer(context, quarter, archive, ask=ask)
        decision = decision or decide_quarter(context, quarter, archive)
        keep_judgements(context, archive, decision.items)
        if not decision.items:
            raise DigestError(
                f"the archive holds no item of {quarter}",
                f"run `digest collect --history {quarter}`, or begin with `digest build current`; "
                "`digest sources check` says what each source gives",
            )
        before = load_quarter_summary(context, quarter.previous, archive)
        stack_index, stack = load_stack_index(context), None
        if stack_index:
            folder = context.workspace.edition_folder(quarter.previous.name)
            decisions_before = load_earlier_decisions(
                context.team_root / "editions", quarter, context.workspace.output
            )
            stack = compose.StackContext(
                stack_index,
                load_radar_rings(folder / "edition.json"),
                decisions_before.still_open,
                decisions_before.closed,
                earlier=load_earlier_figures(context.workspace.output, quarter),
                told_before=load_earlier_stories(context.workspace.output, quarter),
            )
        settings = context.config.digest
        brief = EditionSettings(
            as_of=quarter.end if context.sample else min(context.now, quarter.end),
            language="",
            title=settings.title,
            organisation=settings.organisation or "",
            generated_from=Provenance(__version__, config_fingerprint(context, quarter)),
            sample=context.sample,
            leftovers=find_leftovers(context, quarter, archive) is not None,
        )
        decisions = load_quarter_decisions(context, quarter)
        texts = {
            language: writer.collect_texts(decision, decisions, language, before)
            if writer
            else NO_TEXTS
            for language in settings.languages
        }
        editions = tuple(
            compose.assemble_edition(
                decision,
                archive,
                context.config.sources,
                replace(brief, language=language),
                before=before,
                quality=load_quality(),
                ours=stack,
                editorial_decisions=decisions,
                model_texts=texts[language].texts,
                lost=texts[language].lost,
            )
            for language in settings.languages
        )
        save_kept_sentences(archive, quarter.name, decision.sentence_check.build, decision.stories)
        return editions


def open_writer(
    context: AppContext, quarter: Quarter, archive: Archive, *, ask: bool
) -> EditionWriter | None:
    """Return what writes with the configured language model; None where there is none.

    The judgements that the settings name are asked for first. Texts that a person accepted are
    printed also after the model was taken out of the configuration.
    """
    has_texts = load_quarter_decisions(context, quarter).accepted
    if context.config.model is None and not has_texts:
        return None
    from digest.app.edition_writer import EditionWriter

    return EditionWriter.open(context, quarter, archive, ask=ask)


def build_quarter(
    context: AppContext,
    quarter: Quarter,
    faults: list[str] | None = None,
    *,
    ask: bool = True,
    force: bool = False,
) -> tuple[Path, ...]:
    """Build a quarter's editions, write their files and the index of all editions; return paths.

    The first language's files are in the edition's folder, and its edition.json is written last;
    those of another language are in a folder of its name. Faults of the files go to `faults`; a
    configured language model is asked where `ask` says so. Without `force` it raises UsageError for
    a quarter of which there are only leftovers.
    """
    with Archive.open(context.workspace.archive, create=False) as archive:
        leftovers = find_leftovers(context, quarter, archive)
    if leftovers and not force:
        raise UsageError(*leftovers)
    if leftovers:
        logger.warning("%s; the edition says so, and enters no index", leftovers.words)
    with context.progress("judging, clustering, composing", 1) as advance:
        editions = build_editions(context, quarter, ask=ask)
        advance()
    for line in editions[0].lost:
        logger.warning(
            "a decision in %s could not be carried out: %s", decisions_file(context, quarter), line
        )
    folder = context.workspace.edition_folder(quarter.name)
    theme = load_style(context)
    private = list_private_texts(context, load_quarter_decisions(context, quarter))
    paths: list[Path] = []
    with context.progress("laying out", len(editions)) as advance:
        for edition in reversed(editions):
            place = folder if edition is editions[0] else folder / edition.language
            files, layout_faults = render_edition_files(edition, theme)
            paths += write_files(place, files)
            if faults is not None:
                from digest.render import check

                found = (*layout_faults, *check.find_faults(files, theme, private))
                faults += [f"{place.name}: {fault}" for fault in found]
            advance()
    site = render_site(context)
    write_files(context.workspace.output, site)
    context.workspace.remove_stale_files(VENDORS_FOLDER, "*.html", site)  # of vendors that are gone
    return tuple(paths)


def list_private_texts(context: AppContext, decisions: EditorialDecisions) -> tuple[str, ...]:
    """Return what no outgoing file may hold: why the team dropped stories, and every secret."""
    remarks = [decision.drop for decision in decisions.stories]
    config, folder = context.config, context.workspace.root
    named = iter_secrets((config.digest, config.model, config.embeddings))
    secrets = {read_secret(place, context.environ, folder).value for place in named}
    secrets |= {one.headers[name] for one in config.sources for name in one.secret_headers}
    return tuple(filter(None, (*remarks, *sorted(secrets))))


def render_edition_files(
    edition: Edition, theme: DocumentTheme
) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """Render an edition. Returns its files by name, and the faults of the PDF's layout."""
    from digest.render.pdf import render_and_check_pdf

    pdf, faults = render_and_check_pdf(edition, theme)
    files = render_screen_files(edition, theme)
    data = files.pop("edition.json")  # the last, so that it stands for a whole edition
    return {**files, "digest.pdf": pdf, "edition.json": data}, faults


def render_screen_files(edition: Edition, theme: DocumentTheme) -> dict[str, bytes]:
    """Render all of an edition but the paper, which takes a hundred times as long."""
    from digest.render.edition_json import edition_to_json
    from digest.render.html import render_html
    from digest.render.ics import render_ics
    from digest.render.mail import render_mail_parts
    from digest.render.register_files import render_register_files

    mail, text = render_mail_parts(edition, theme)
    return {
        "digest.html": render_html(edition, theme),
        "digest.ics": render_ics(edition),
        "mail.html": mail.encode("utf-8", "replace"),
        "mail.txt": text.encode("utf-8", "replace"),
        **render_register_files(edition),
        "edition.json": edition_to_json(edition),
    }


def render_site(context: AppContext) -> Mapping[str, bytes]:
    """Render the index and the feed of all editions in the workspace, and a page for each vendor.

    Returns them by name.
    """
    from digest.render.site import FoundEdition, is_edition, render_feed, render_index
    from digest.render.vendor_site import build_vendor_pages, list_links, render_vendor_pages
    from digest.render.words import load_localizer

    settings, editions = context.config.digest, []
    for path in sorted(context.workspace.output.glob("*/edition.json")):
        others = tuple(
            language
            for language in settings.languages[1:]
            if (path.parent / language / "edition.json").is_file()
        )
        with suppress(ValueError, OSError):  # a file that is no JSON is no edition
            data = json.loads(path.read_bytes())
            if is_edition(data) and not data.get("leftovers"):
                editions.append(FoundEdition(path.parent.name, data, others))
    names = (settings.title, settings.organisation or "", settings.languages[0])
    home = settings.delivery.public_url or ""
    style, words = load_style(context), load_localizer(names[2], period=settings.period)
    pages = build_vendor_pages([(one.folder, one.data) for one in editions], words)
    return {
        **{
            f"{VENDORS_FOLDER}/{name}": data
            for name, data in render_vendor_pages(pages, *names, style, settings.period).items()
        },
        "index.html": render_index(
            editions, *names, style, list_links(pages, VENDORS_FOLDER), settings.period
        ),
        "feed.xml": render_feed(editions, *names, home),
    }


def load_style(context: AppContext) -> DocumentTheme:
    """Return how editions look. Raises UsageError where colour or logo cannot be used."""
    from digest.render.theme import (
        MIN_CONTRAST,
        DocumentTheme,
        compute_contrast,
        find_svg_fault,
    )

    settings = context.config.digest
    plain = DocumentTheme(paper=settings.paper, pages=settings.pages)
    accent = settings.theme.accent or plain.accent
    if (ratio := compute_contrast(accent, "#ffffff")) < MIN_CONTRAST:
        raise UsageError(
            f"digest.theme.accent {accent} has a contrast of {ratio:.1f} to 1 on white",
            f"choose a darker colour: text needs {MIN_CONTRAST}",
        )
    name = settings.theme.logo
    if name is None:
        return replace(plain, accent=accent)
    try:
        data = (context.workspace.root / name).read_bytes()
    except OSError as error:
        raise UsageError(
            f"digest.theme.logo {name} cannot be read: {error.strerror}", "give the path of a file"
        ) from None
    kind = "png" if data.startswith(b"\x89PNG\r\n") else "svg+xml" if b"<svg" in data[:1000] else ""
    if not kind or len(data) > _LARGEST_LOGO:
        raise UsageError(
            f"digest.theme.logo {name} is no PNG or SVG file of at most {_LARGEST_LOGO // 1000} kB"
        )
    if kind == "svg+xml" and (fault := find_svg_fault(data)):
        raise UsageError(
            f"digest.theme.logo {name} {fault}",
            "export it as a plain SVG without scripts and links",
        )
    logo = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return replace(plain, accent=accent, logo=logo)
