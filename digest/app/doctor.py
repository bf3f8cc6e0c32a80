"""Check whether a machine is ready for a workspace. Secrets are looked for and never shown."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from digest.app.context import AppContext
from digest.app.failures import CHECK_HINT, blame_network
from digest.app.logs import list_secrets
from digest.app.model import load_own_prompts
from digest.app.outbox import make_smtp_server
from digest.app.sources import load_mail_accounts, require_sources
from digest.app.teaching import load_teaching
from digest.app.vocabulary import load_overrides
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.config.decisions import load_editorial_decisions
from digest.config.secrets import read_secret
from digest.config.sources import load_sources
from digest.config.stack import load_stack
from digest.config.vendors import check_vendors, load_vendor
from digest.deliver.smtp import SmtpSession
from digest.errors import DigestError, ParseError
from digest.extras import suggest_install
from digest.fetch.mail.mailbox import check_account
from digest.fetch.read.article_worker import ArticleReader
from digest.language_model.prompts import PROMPT_NAMES
from digest.model.retrieved import Retrieved, Validators
from digest.model.stack import Stack
from digest.render.pdf import check_pdf_support
from digest.render.templates import find_templates_dir
from digest.text import format_count

_MIN_FREE_BYTES = 200 * 2**20  # bytes: an archive and some editions


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found: `fault` says what to do, "" where all is well; None: nothing is there."""

    name: str
    fault: str | None

    @property
    def state(self) -> Literal["ok", "fails", "not configured"]:
        """The result in a word."""
        return "not configured" if self.fault is None else "fails" if self.fault else "ok"


def run_checks(
    workspace: Workspace, now: datetime, environ: Mapping[str, str], *, online: bool = False
) -> Iterator[CheckResult]:
    """Yield what each check found.

    `online` also logs in to mail server and mailboxes; nothing is sent or read.
    """
    machine = _Machine(workspace, now, environ)
    checks: list[tuple[str, Callable[[], str | None]]] = [
        ("Python 3.11 or later", machine.check_python),
        ("WeasyPrint and its system libraries", check_pdf_support),
        ("fonts", machine.check_fonts),
        ("sources.yaml", machine.check_config),
        ("stack.yaml", machine.check_stack),
        ("vocabulary.yaml", machine.check_vocabulary),
        ("editions", machine.check_decisions),
        ("vendors", machine.check_vendors),
        ("prompts", machine.check_prompts),
        ("rights of the team's files", machine.check_file_rights),
        ("output folder can be written", machine.check_output_folder),
        ("free disk space", machine.check_disk_space),
        ("archive", machine.check_archive),
        ("rights of the archive", machine.check_archive_rights),
        ("connection to the archive", machine.check_archive_connection),
        ("last reading of the sources", machine.check_last_reading),
        ("clock", machine.check_clock),
    ]
    if workspace.sources_file.is_file():
        checks += [
            ("what the team taught", machine.check_teaching),
            ("secrets", machine.check_secrets),
            ("file of secrets", machine.check_secrets_file),
            ("delivery", machine.check_delivery),
            ("articles", machine.check_articles),
        ]
        checks += machine.list_model_checks()
        if online:
            checks += [("mail server", machine.check_smtp), ("mailboxes", machine.check_mailboxes)]
    for name, check in checks:
        try:
            yield CheckResult(name, check())
        except DigestError as error:
            yield CheckResult(name, str(error))


def _check_rights(path: Path) -> str | None:
    """Return what to do about a file that others than its owner can read or write."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    return f"others can read {path}: chmod 600 {path}" if mode & 0o077 else ""


class _Machine:
    """The checks of one workspace.

    Each returns what to do, "" where all is well, None where there is nothing to check.
    """

    def __init__(self, workspace: Workspace, now: datetime, environ: Mapping[str, str]) -> None:
        self._workspace, self._now, self._environ = workspace, now, environ

    @cached_property
    def _context(self) -> AppContext:
        config = load_sources(self._workspace.sources_file, self._environ)
        return AppContext(self._workspace, config, self._now, environ=self._environ)

    def check_python(self) -> str:
        return "" if sys.version_info >= (3, 11) else "install Python 3.11 or later"

    def check_config(self) -> str:
        if not self._workspace.sources_file.is_file():
            return f"there is none in {self._workspace.root.resolve()}; run `digest init`"
        require_sources(self._context)
        return "; ".join(self._context.config.warnings)

    def check_stack(self) -> str | None:
        path = self._workspace.root / "stack.yaml"
        if not path.is_file() or load_stack(path).stack == Stack():
            return None
        return ""

    def check_vocabulary(self) -> str | None:
        path = self._workspace.root / "vocabulary.yaml"
        load_overrides(path)
        return "" if path.is_file() else None

    def check_teaching(self) -> str | None:
        record = load_teaching(self._context)
        return record.describe() if record.right else None

    def check_decisions(self) -> str | None:
        faults, paths = [], sorted((self._workspace.root / "editions").glob("*.yaml"))
        for path in paths:
            try:
                load_editorial_decisions(path, path.stem)
            except DigestError as error:
                faults.append(str(error))
        return "; ".join(faults) if paths else None

    def check_vendors(self) -> str | None:
        paths = sorted((self._workspace.root / "vendors").glob("*.yaml"))
        check_vendors({path: load_vendor(path) for path in paths})
        return "" if paths else None

    def check_prompts(self) -> str | None:
        paths = sorted((self._workspace.root / "prompts").glob("*.md"))
        if not paths:
            return None
        load_own_prompts(self._context)
        unknown = [path.name for path in paths if path.stem not in PROMPT_NAMES]
        known = ", ".join(f"{name}.md" for name in PROMPT_NAMES)
        return f"read by nothing: {', '.join(unknown)}; there are {known}" if unknown else ""

    def check_file_rights(self) -> str | None:
        """Whoever can write these can name readers, servers and commands' inputs."""
        names = ("*.yaml", "editions/*.yaml", "vendors/*.yaml", "prompts/*.md")
        paths = [path for name in names for path in sorted(self._workspace.root.glob(name))]
        open_ones = [str(path) for path in paths if path.stat().st_mode & stat.S_IWOTH]
        if not paths:
            return None
        advice = f"everybody can write them: chmod o-w {' '.join(open_ones)}"
        return advice if open_ones else ""

    def check_output_folder(self) -> str:
        output = self._workspace.output
        folder = output if output.exists() else self._workspace.root
        return "" if os.access(folder, os.W_OK) else f"make {folder} writable for this user"

    def check_disk_space(self) -> str:
        root = self._workspace.root
        free = shutil.disk_usage(root if root.exists() else Path()).free
        return "" if free >= _MIN_FREE_BYTES else f"only {free // 2**20} MiB are free; free some"

    def check_archive(self) -> str | None:
        if not Archive.is_at(self._workspace.archive):
            return None
        with Archive.open(self._workspace.archive, create=False) as archive:
            return "; ".join(archive.check_integrity())

    def check_fonts(self) -> str:
        sizes = [path.stat().st_size for path in (find_templates_dir() / "fonts").glob("*.ttf")]
        return "" if sizes and all(sizes) else "fonts are missing: install the package again"

    def check_clock(self) -> str:
        advice = "set the machine's time"
        if self._now.year < 2026:
            return f"the clock is wrong; {advice}"
        if self._workspace.database_fault or not Archive.is_at(self._workspace.archive):
            return ""
        with Archive.open(self._workspace.archive, create=False) as archive:
            known = archive.load_collection_period()
        if known and known[1] > self._now + timedelta(days=1):
            return f"it stands before the last reading of {known[1]:%Y-%m-%d %H:%M}; {advice}"
        return ""

    def check_articles(self) -> str | None:
        """Read an article as collecting does, where a source asks for it."""
        sources = self._context.config.sources
        if not any(source.fulltext and source.enabled for source in sources):
            return None
        url, sentence = "https://site.example/article", "A vendor ships an article to be read."
        paragraphs = "".join(f"<p>{sentence} {sentence} Part {n} of it.</p>" for n in range(12))
        body = f"<html><body><article><h1>{sentence}</h1>{paragraphs}</article></body></html>"
        page = Retrieved(
            "doctor", url, url, 200, body.encode(), "text/html", Validators(), self._now
        )
        with ArticleReader() as reader:
            if not reader.starts():
                return f"trafilatura does not start: {suggest_install('fulltext')}"
            try:
                reader.extract_article(page, sentence)
            except ParseError as error:
                advice = suggest_install("fulltext")
                return f"an article cannot be read ({error.message}): {advice}"
        return ""

    def check_secrets(self) -> str | None:
        root = self._workspace.root
        places = list_secrets(self._context.config)
        if not places:
            return None
        found = (read_secret(place, self._environ, root) for place in places)
        return "; ".join(f"{one.place} {one.fault}" for one in found if one.fault)

    def check_secrets_file(self) -> str | None:
        return _check_rights(Path.home() / ".digest.env")

    def check_last_reading(self) -> str | None:
        """See whether any source was read the last time that all were asked."""
        if self._workspace.database_fault or not Archive.is_at(self._workspace.archive):
            return None
        with Archive.open(self._workspace.archive, create=False) as archive:
            states = archive.load_source_states()
        enabled = (source for source in self._context.config.sources if source.enabled)
        asked = [(one, states[one.slug]) for one in enabled if one.slug in states]
        if not asked:
            return None
        if not all(state.failures for _, state in asked):
            return ""
        (first, state), sources = asked[0], format_count(len(asked), "source")
        advice = blame_network(one.kind for _, one in asked) or CHECK_HINT
        return f"none of {sources} could be read, as {first.name}: {state.problem}; {advice}"

    def check_archive_rights(self) -> str | None:
        if self._workspace.database or self._workspace.database_fault:
            return None
        return _check_rights(self._workspace.archive_file)

    def check_archive_connection(self) -> str | None:
        """See whether strangers could listen on the way to the database."""
        if not self._workspace.database:
            return None
        with Archive.open(self._workspace.database) as archive:
            is_safe = archive.is_connection_safe()
        return "" if is_safe else "it is not encrypted: add ?sslmode=verify-full to the address"

    def check_delivery(self) -> str | None:
        settings = self._context.config.digest.delivery
        groups = (settings, *settings.by_language.values())
        readers = any(group.to or group.cc or group.bcc for group in groups)
        people = readers or settings.team
        if not (people or settings.webhooks or settings.folder):
            return None
        if people and settings.smtp is None:
            advice = "give digest.delivery.smtp in sources.yaml"
            return f"readers are named, but no mail server: {advice}"
        folder = self._workspace.root / settings.folder if settings.folder else None
        if folder and folder.exists() and not os.access(folder, os.W_OK):
            return f"make {folder} writable for this user"
        return ""

    def list_model_checks(self) -> list[tuple[str, Callable[[], str | None]]]:
        """Return the check of a configured language model; its name says what it is sent."""
        try:
            settings = self._context.config.model
        except DigestError:
            return []  # the check of sources.yaml tells
        if settings is None:
            return []
        from digest.app.disclosure import describe_disclosure

        return [(f"language model: {'; '.join(describe_disclosure(settings))}", self.check_model)]

    def check_model(self) -> str:
        from digest.app.model_service import load_key

        assert self._context.config.model
        load_key(self._context, self._context.config.model)
        return ""

    def check_smtp(self) -> str | None:
        smtp = self._context.config.digest.delivery.smtp
        if smtp is None:
            return None
        with SmtpSession(make_smtp_server(self._context, smtp)):
            return ""  # logging in is the check

    def check_mailboxes(self) -> str | None:
        accounts, faults = load_mail_accounts(self._context), []
        for account in accounts:
            try:
                check_account(account)
            except DigestError as error:
                faults.append(str(error))
        return "; ".join(faults) if accounts else None
