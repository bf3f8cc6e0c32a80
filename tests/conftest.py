"""Marks of the whole suite."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.factories.examples import ALL, QUICK
from tests.factories.paper import draw_no_paper
from tests.factories.shares import RING_COSTS, share_out

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

    from digest.model.database import DatabaseUrl
    from tests.factories.postgres import PostgresServer

TESTS = Path(__file__).parent

# A loaded machine is slow, and no example wrong for it.
settings.register_profile("quick", deadline=None, max_examples=QUICK)
settings.register_profile("all", deadline=None, max_examples=ALL)  # `make test-real`
settings.load_profile("quick")

# What draws PDFs, starts processes or servers, judges whole corpora, or runs many generated examples.
# `make test-fast` leaves it out.
SLOW = frozenset(
    """
    app cli config/test_opml config/test_sources config/test_tree config/test_validate
    config/test_vocabulary config/test_vocabulary_lines config/test_yaml_file
    deliver/test_alert deliver/test_faults edition/test_reasons stack/test_sample_stack stack/test_real test_collect_watched test_settle test_urls deliver/test_kill deliver/test_operations deliver/test_run
    language_model/test_desk language_model/test_disclosure language_model/test_faults language_model/test_judge
    language_model/test_real_model language_model/test_writing deliver/test_send fetch/test_article fetch/test_feeds fetch/test_held fetch/test_history
    fetch/test_http fetch/test_mailbox fetch/test_newsletters fetch/test_newsletters_real
    fetch/test_reach render/test_browser render/test_catalogues render/test_check
    render/test_data render/test_pdf review/test_command review/test_page stack/test_paper
    tag/test_judge tag/test_lab tag/test_vendors test_archive test_cluster test_fulltext test_fuzz
    test_learn test_overrule test_replay test_sample test_workspace write/test_summaries
    """.split()
)


@pytest.fixture
def no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have editions built with a PDF of any bytes."""
    monkeypatch.setattr("digest.render.pdf.render_and_check_pdf", draw_no_paper)


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the review page's work done in this process, not in one of its own."""

    def call(function: Callable[..., object], *arguments: object) -> object:
        return function(*arguments)

    monkeypatch.setattr("digest.app.processes.call_in_process", call)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave unread what another worker runs, and slow modules where no slow test is wanted."""
    if "not slow" in config.option.markexpr and is_slow(collection_path):
        return True
    given: dict[str, object] = getattr(config, "workerinput", {})
    if not given.get("by_share") or not collection_path.match("test_*.py"):
        return None
    number = int(str(given["workerid"]).removeprefix("gw"))
    ring = "quick" if "not real" in config.option.markexpr else "real"
    shares = share_modules(int(str(given["workercount"])), ring)
    return None if name_module(collection_path) in shares[number] else True


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Tell a worker whether it is to run a share of the modules, or all that it is sent."""
    node.workerinput["by_share"] = node.config.option.dist == "each"


@cache
def share_modules(workers: int, ring: str) -> tuple[frozenset[str], ...]:
    """Return each worker's modules in a ring of tests."""
    modules = [name_module(path) for path in TESTS.rglob("test_*.py")]
    return share_out(modules, workers, RING_COSTS[ring])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: what is read stays, and is never looked at again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow modules and folders as slow."""
    for item in items:
        if is_slow(item.path):
            item.add_marker(pytest.mark.slow)


def is_slow(path: Path) -> bool:
    """Return whether a test module, or a folder that it is in, is named in SLOW."""
    place = Path(name_module(path))
    return bool({place.as_posix(), *(parent.as_posix() for parent in place.parents)} & SLOW)


def name_module(path: Path) -> str:
    """Return a path under tests/ without its suffix."""
    return path.relative_to(TESTS).with_suffix("").as_posix()


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder in which the sample quarter was built, to be read or copied."""
    from tests.factories.sample_build import build_sample

    base = tmp_path_factory.getbasetemp()  # each worker's is in that of the session
    return build_sample(base.parent if hasattr(request.config, "workerinput") else base)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of these tests' own."""
    from tests.factories.postgres import run_postgres

    with run_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[DatabaseUrl]:
    """An empty database."""
    place = postgres.create_database()
    yield place
    postgres.drop_database(place)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def archive_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | DatabaseUrl:
    """Where an archive may be: in a file, and in a database where real servers run."""
    if request.param == "sqlite":
        return tmp_path / "archive.db"
    place: DatabaseUrl = request.getfixturevalue("database")
    return place
