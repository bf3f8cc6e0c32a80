"""Hold the surroundings of one run: workspace, configuration, clock, environment, the team's files.

The CLI and the `Digest` facade make an `AppContext` and hand it to every use case. Nothing in
`digest.app` reads the machine's clock or environment itself, and nothing keeps a file by its path
alone: a file that is edited while the program runs is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from digest.app.workspace import Workspace
from digest.period import Quarter, parse_quarter, quarter_containing
from digest.version import PROJECT_PAGE, __version__

if TYPE_CHECKING:
    from pydantic import BaseModel

    from digest.config.secrets import Secret
    from digest.config.sources import SourcesConfig
    from digest.config.vendors import VendorConfig
    from digest.decide.relations import StackIndex
    from digest.fetch.http.client import Fetcher
    from digest.model.decisions import EditorialDecisions
    from digest.tag import ItemJudge

_T = TypeVar("_T")
ProgressDisplay = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


def show_no_progress(_label: str, _steps: int) -> AbstractContextManager[Callable[[], None]]:
    """Ignore the progress of a piece of work."""
    return nullcontext(lambda: None)


@dataclass(frozen=True, slots=True)
class AppContext:
    """The surroundings of one run.

    `team_folder` is where stack.yaml, vocabulary.yaml and editions/ are, if not in the workspace.
    `environ` holds the variables that secrets are read from. `progress` shows a piece of work of so
    many steps.
    """

    workspace: Workspace
    config: SourcesConfig
    now: datetime
    quiet: bool = False
    team_folder: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    progress: ProgressDisplay = show_no_progress
    _loaded_files: dict[Path, tuple[bytes, Any]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def sample(self) -> bool:
        """Whether all that is read and told is made up."""
        return self.config.digest.sample

    @property
    def team_root(self) -> Path:
        """The folder of the team's files."""
        return self.team_folder or self.workspace.root

    def resolve_quarter(self, text: str) -> Quarter:
        """Return the period that `2026-Q3`, `2026-08` or `last` names. Raises UsageError."""
        return resolve_quarter(self.config, text, self.now)

    def get_quarter_of(self, when: datetime) -> Quarter:
        """Return the period that holds an instant, of the kind that the team's editions are of."""
        settings = self.config.digest
        return quarter_containing(
            when, settings.timezone, settings.fiscal_year_starts, settings.period
        )

    def load_file(self, path: Path, load: Callable[[Path], _T]) -> _T | None:
        """Return what `load` makes of a file, loaded again only if its bytes changed.

        Returns None where there is no file. A path must always be given the same `load`.
        """
        if not path.is_file():
            return None
        try:
            checksum = hashlib.sha256(path.read_bytes()).digest()
        except OSError:
            return load(path)  # which reports it as it reports other faults of the file
        if self._loaded_files.get(path, (b"",))[0] != checksum:
            self._loaded_files[path] = checksum, load(path)
        value: _T = self._loaded_files[path][1]
        return value

    def detach(self) -> AppContext:
        """Return a copy that can be sent to another process."""
        return replace(
            self, environ=dict(self.environ), progress=show_no_progress, _loaded_files={}
        )


def resolve_quarter(config: SourcesConfig, text: str, now: datetime) -> Quarter:
    """Return the period that a text names under a configuration. Raises UsageError."""
    settings = config.digest
    return parse_quarter(text, now, settings.timezone, settings.fiscal_year_starts, settings.period)


def vocabulary_file(context: AppContext) -> Path:
    """Return the path of the team's vocabulary."""
    return context.team_root / "vocabulary.yaml"


def decisions_file(context: AppContext, quarter: Quarter) -> Path:
    """Return the path of the team's decisions about a quarter's edition."""
    return context.team_root / "editions" / f"{quarter.name}.yaml"


@cache
def load_shipped_judge() -> ItemJudge:
    """Load the judge of the package, once in a process: its weights are a constant."""
    from digest.tag import ItemJudge

    return ItemJudge.load()


def load_judge(context: AppContext) -> ItemJudge:
    """Load the judge, with what the team's vocabulary adds. Raises ConfigError."""
    from digest.app.vocabulary import load_team_judge

    return context.load_file(vocabulary_file(context), load_team_judge) or load_shipped_judge()


def vendors_folder(context: AppContext) -> Path:
    """Return the folder of the team's files about vendors."""
    return context.team_root / "vendors"


def load_vendors(context: AppContext) -> Mapping[Path, VendorConfig]:
    """Load the team's files about vendors, by path. Raises ConfigError."""
    paths = sorted(vendors_folder(context).glob("*.yaml"))
    if not paths:
        return {}
    from digest.config.vendors import check_vendors, load_vendor

    found = {}
    for path in paths:
        if config := context.load_file(path, load_vendor):
            found[path] = config
    check_vendors(found)
    return found


def load_stack_index(context: AppContext) -> StackIndex | None:
    """Load the team's stack with what is known of its vendors.

    None where there is no stack or it is empty. Raises ConfigError.
    """
    index, vendors = _load_stack(context)[0], tuple(load_vendors(context).values())
    if index is None or not vendors:
        return index
    promises = (promise for config in vendors for promise in config.promises)
    stack = replace(
        index.stack,
        promises=(*index.stack.promises, *promises),
        vendors=tuple(config.record for config in vendors),
    )
    return replace(index, stack=stack)


def _load_stack(context: AppContext) -> tuple[StackIndex | None, str]:
    """Return the stack's index and its fingerprint, "" where there is no stack."""

    def read_stack(path: Path) -> tuple[StackIndex, str] | None:
        from digest.app.decide import build_stack_index
        from digest.config.stack import load_stack
        from digest.model.stack import Stack

        loaded = load_stack(path)
        if loaded.stack == Stack():
            return None
        return build_stack_index(loaded.stack), loaded.fingerprint

    return context.load_file(context.team_root / "stack.yaml", read_stack) or (None, "")


def load_quarter_decisions(context: AppContext, quarter: Quarter) -> EditorialDecisions:
    """Load what the team decided about a quarter's edition. Raises ConfigError."""
    from digest.config.decisions import load_editorial_decisions

    return load_editorial_decisions(decisions_file(context, quarter), quarter.name)


def config_fingerprint(context: AppContext, quarter: Quarter, decisions: str | None = None) -> str:
    """Hash the values of sources.yaml and of the team's files, without comments. ConfigError.

    `decisions` is the fingerprint of the quarter's decisions, where it is known already.
    """
    from digest.config.decisions import fingerprint_decisions
    from digest.config.vocabulary import fingerprint_vocabulary

    team_files = (
        _load_stack(context)[1],
        fingerprint_decisions(decisions_file(context, quarter)) if decisions is None else decisions,
        fingerprint_vocabulary(vocabulary_file(context)),
        *(config.fingerprint for config in load_vendors(context).values()),
        _fingerprint_prompts(context),
    )
    if not any(team_files):
        return context.config.fingerprint
    parts = filter(None, (context.config.fingerprint, *team_files))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _fingerprint_prompts(context: AppContext) -> str:
    """Return a hash of the team's prompts; "" where there are none or no model reads them."""
    files = sorted((context.team_root / "prompts").glob("*.md")) if context.config.model else []
    if not files:
        return ""
    texts = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    return hashlib.sha256(" ".join(texts).encode()).hexdigest()


def find_secret(context: AppContext, group: BaseModel, name: str) -> Secret | None:
    """Return what stands where a group of keys says that a secret is; None where it says nothing.

    Its fault is for the caller to report: without some secrets, work goes on.
    """
    from digest.config import secrets

    place = secrets.find_secret(group, name)
    return secrets.read_secret(place, context.environ, context.workspace.root) if place else None


def make_fetcher(
    context: AppContext,
    seconds: float | None = None,
    body_bytes: int | None = None,
    service: tuple[str, float] | None = None,
    hold_host: Callable[[str], AbstractAsyncContextManager[Any]] | None = None,
) -> Fetcher:
    """Make the HTTP client of this run, with lower limits for a request if given.

    `service` is the host:port of a service that the configuration names, which may therefore be a
    private one, and how many seconds its answers may take. `hold_host`: see Fetcher.
    """
    from digest.fetch.http.client import Fetcher, HttpLimits, load_trust

    settings = context.config.digest
    limits = settings.limits
    # OpenSSL heeds this variable by itself, httpx's list of authorities does not
    ca_files = (find_ca_file(context), context.environ.get("SSL_CERT_FILE", "").strip())
    return Fetcher(
        user_agent=make_user_agent(settings.contact),
        now=lambda: context.now,
        limits=HttpLimits(
            at_once=limits.requests_at_once,
            per_host=limits.requests_per_host,
            seconds=service[1]
            if service
            else min(seconds or limits.request_seconds, limits.request_seconds),
            body_bytes=min(body_bytes or limits.body_bytes, limits.body_bytes),
            redirects=limits.redirects,
        ),
        allow_private=(*settings.network.allow_private, *(service or ())[:1]),
        trust=load_trust(*filter(None, ca_files)),
        hold_host=hold_host,
    )


def make_user_agent(contact: str | None, page: str = PROJECT_PAGE) -> str:
    """Return by what name we ask: with the project's page, and how to reach who runs it."""
    parts = ("quarterly feed reader", f"+{page}" if page else "", contact)
    return f"martech-digest/{__version__} ({'; '.join(filter(None, parts))})"


def find_ca_file(context: AppContext) -> str | None:
    """Return the file of authorities that digest.network.ca_file names, if any."""
    named = context.config.digest.network.ca_file
    return str(context.workspace.root / named) if named else None
