"""An indexing that is killed loses nothing: items and index are stored together or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from digest.archive import Archive, SourceState
from digest.archive.search import SearchFilter
from tests.factories.items import NOW, item

STORED = 30
# indexes, says so within its transaction, and waits there to be killed
_WRITER = """
import sys
from pathlib import Path
from digest.archive import Archive, SourceState, search
from tests.factories.items import NOW, item

def index_and_wait(connection, changed, index=search.index_items):
    index(connection, changed)
    print("indexed", flush=True)
    sys.stdin.read()

search.index_items = index_and_wait
with Archive.open(Path(sys.argv[1])) as archive:
    if sys.argv[2] == "rebuild":
        archive.rebuild_search()
    else:
        items = [item(100, title="Quokkas arrive"), item(1, title="Acme changes its mind")]
        archive.record_attempt(SourceState("s"), items, at=NOW, outcome="read")
"""


def find_titles(path, words: str) -> list[str]:
    with Archive.open(path, create=False) as archive, archive.open_search() as index:
        numbers = index.find_numbers(words, SearchFilter(), most=100)
        entries = index.load_entries(numbers)
        return sorted(entries[number].item.title for number in numbers)


@pytest.mark.whole
@pytest.mark.parametrize("work", ["rebuild", "collect"])
def test_killed_while_indexing_all_is_found_as_before(tmp_path, work):
    """kill -9 within the transaction; the next one does it all."""
    path = tmp_path / "archive.db"
    before = [item(number, title=f"Wombat {number}") for number in range(STORED)]
    with Archive.open(path) as archive:
        archive.record_attempt(SourceState("s"), before, at=NOW, outcome="read")
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path), work],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=os.getcwd(),
    )  # fmt: skip
    assert process.stdout.readline() == b"indexed\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with Archive.open(path, create=False) as archive:
        assert archive.check_integrity() == ()
        assert len(archive.load_items()) == STORED
    assert find_titles(path, "wombat") == sorted(one.title for one in before)
    assert find_titles(path, "quokkas") == find_titles(path, "mind") == []
    with Archive.open(path) as archive:
        after = [item(100, title="Quokkas arrive")]
        archive.record_attempt(SourceState("s"), after, at=NOW, outcome="read")
    assert find_titles(path, "quokkas") == ["Quokkas arrive"]
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT count(*) FROM search_entries WHERE kind = 'item'"
        assert connection.execute(query).fetchone() == (STORED + 1,)
