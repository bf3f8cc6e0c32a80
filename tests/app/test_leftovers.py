"""A quarter that ended before anybody read its sources is not built without a word."""

from datetime import UTC, date, datetime, time

import pytest

from digest.app.context import AppContext
from digest.app.leftovers import find_leftovers
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.config.sources import load_sources
from digest.fetch.backfill.coverage import CoverageState, TimeSpan
from digest.period import Quarter
from tests.factories.items import item

Q3 = Quarter(2026, 7, "UTC")
BEFORE, AFTER = datetime(2026, 8, 3, tzinfo=UTC), datetime(2026, 10, 5, tzinfo=UTC)


def read_at(folder, when, spans=()):
    """A workspace whose one source was first read then."""
    place = Workspace(folder)
    place.sources_file.write_text(
        "sources: [{name: Acme News, url: 'https://acme.example/feed'}]\n"
    )
    state = SourceState("acme-news", last_success=when)
    memory = {"history": CoverageState(tuple(spans)).to_json()}
    with Archive.open(place.archive_file) as archive:
        first = item(source="acme-news", first_seen=when)
        archive.record_attempt(
            SourceState(state.slug, last_success=when, memory=memory),
            [first],
            at=when,
            outcome="read",
        )
    return AppContext(place, load_sources(place.sources_file, {}), AFTER, quiet=True)


@pytest.mark.parametrize(
    ("name", "when", "held", "words"),
    [
        ("read while it ran", BEFORE, (), ""),
        (
            "read behind it",
            AFTER,
            (),
            "0% of its days are held, `digest collect --history 2026-Q3` reaches back",
        ),
        ("reached back", AFTER, ((date(2026, 6, 20), date(2026, 10, 5)),), ""),
    ],
)
def test_what_is_missing_of_a_quarter_is_said(tmp_path, name, when, held, words):
    """With the command that reaches back for it."""
    spans = [
        TimeSpan(*(datetime.combine(day, time(), UTC) for day in (first, last)))
        for first, last in held
    ]
    context = read_at(tmp_path, when, spans)
    with Archive.open(context.workspace.archive_file) as archive:
        found = find_leftovers(context, Q3, archive)
    assert (words in ", ".join(found or ())) if words else found is None, name


def test_a_quarter_of_which_nothing_is_held_is_no_leftover(tmp_path):
    """It cannot be built at all, which is said otherwise."""
    context = read_at(tmp_path, AFTER)
    with Archive.open(context.workspace.archive_file) as archive:
        assert find_leftovers(context, Q3.previous, archive) is None
