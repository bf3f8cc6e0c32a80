"""Marks of the whole suite."""

from pathlib import Path

import pytest

# What draws PDFs, starts processes or servers, judges whole corpora, or runs many generated examples.
# `make test-fast` leaves it out.
SLOW = frozenset(
    """
    app cli config/test_opml config/test_sources config/test_tree config/test_validate
    config/test_vocabulary config/test_vocabulary_lines config/test_yaml_file
    deliver/test_faults deliver/test_kill deliver/test_operations deliver/test_run
    deliver/test_send fetch/test_article fetch/test_feeds fetch/test_held fetch/test_history
    fetch/test_http fetch/test_mailbox fetch/test_newsletters fetch/test_newsletters_real
    fetch/test_reach render/test_browser render/test_catalogues render/test_check
    render/test_data render/test_pdf review/test_command review/test_page stack/test_paper
    tag/test_judge tag/test_lab tag/test_vendors test_archive test_cluster test_fulltext
    test_learn test_overrule test_replay test_sample test_workspace write/test_summaries
    """.split()
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow modules and folders as slow."""
    root = Path(__file__).parent
    for item in items:
        place = Path(item.path).relative_to(root).with_suffix("")
        if {place.as_posix(), *(parent.as_posix() for parent in place.parents)} & SLOW:
            item.add_marker(pytest.mark.slow)
