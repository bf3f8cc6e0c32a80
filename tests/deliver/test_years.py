"""Two years of a workspace, as benchmarks/rehearse_years.py lives them, without the paper and with fewer feeds."""

import pytest

from benchmarks.rehearse_years import NAMES, format_table, rehearse


@pytest.mark.real
def test_two_years_hold_no_surprise(tmp_path, no_paper):
    """Each reader has each edition once; disk grows as items do, and cron prints what needs a person."""
    rehearsal = rehearse(tmp_path, feeds=4)
    assert [row.edition for row in rehearsal.growth] == list(NAMES)
    first, last = rehearsal.growth[0], rehearsal.growth[-1]
    a_thousand_items = (last.archive - first.archive) / (last.items - first.items) * 1000
    assert a_thousand_items < 20, format_table(rehearsal)  # MB
    assert last.runs <= 100
    assert max(row.lines for row in rehearsal.growth) < 20, format_table(rehearsal)
