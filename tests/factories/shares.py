"""Which worker runs which test modules.

A worker reads its own share and no other module: to read all of them takes longer than a third of
the tests, and in a new clone, where each module is compiled first, as long as half of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

# What modules look at together; whichever worker makes it first would not help the other.
TOGETHER = (
    frozenset(("render/test_board", "render/test_check", "render/test_pdf", "render/test_text_layer")),
    frozenset(("cli/test_stack", "stack/test_paper", "stack/test_sample_stack")),
)  # fmt: skip

# Tenths of a second of work that modules take, of those that take long, in each ring; in the real one
# waiting counts by a third. A stale figure costs balance alone.
COSTS: Mapping[str, int] = {
    "review/test_page": 53,
    "cli/test_lab": 45,
    "deliver/test_alert": 44,
    "serve/test_site": 38,
    "fetch/test_mailbox": 36,
    "test_fuzz": 31,
    "cli/test_stack": 30,
    "search/test_search": 30,
    "assistants/test_server": 28,
    "cli/test_basics": 28,
    "config/test_opml": 26,
    "test_learn": 25,
    "deliver/test_send": 24,
    "language_model/test_answers": 24,
    "language_model/test_disclosure": 24,
    "fetch/test_newsletters": 22,
    "language_model/test_writing": 21,
    "tag/test_judge": 21,
    "test_fulltext": 21,
    "deliver/test_message": 20,
    "language_model/test_desk": 19,
    "test_archive": 19,
    "render/test_board": 17,
    "test_collect_watched": 17,
    "deliver/test_approval": 16,
    "render/test_html": 15,
    "app/test_kept": 14,
    "cli/test_init": 14,
    "review/test_drafts": 12,
    "fetch/test_article": 14,
    "fetch/test_parser_process": 12,
    "review/test_command": 12,
    "app/test_processes": 11,
    "render/test_catalogues": 11,
    "render/test_look": 11,
    "language_model/test_judge": 10,
    "search/test_meaning": 10,
    "test_collect": 10,
    "config/test_spreadsheet": 9,
    "deliver/test_operations": 9,
    "fetch/test_feeds": 9,
    "fetch/test_newsletters_sections": 9,
    "fetch/test_newsletters_shapes": 9,
    "language_model/test_faults": 9,
    "test_sample": 9,
    "cli/test_demo": 8,
    "fetch/test_history": 8,
    "ground/test_stories": 8,
}
REAL_COSTS: Mapping[str, int] = {
    "render/test_browser": 979,
    "deliver/test_kill": 750,
    "review/test_browser": 695,
    "review/test_browser_order": 690,
    "deliver/test_years": 450,
    "test_demands": 414,
    "test_replay": 328,
    "test_archive_postgresql": 319,
    "search/test_search": 316,
    "fetch/test_mailbox_dovecot": 290,
    "review/test_curators_week": 282,
    "render/test_pdf": 265,
    "deliver/test_operations": 242,
    "jobs/test_worker": 225,
    "render/test_check": 198,
    "render/test_board": 158,
    "language_model/test_answers": 138,
    "test_relations_read": 134,
    "fetch/test_parser_process": 131,
    "serve/test_sample": 120,
    "serve/test_browser": 110,
    "deliver/test_run": 105,
    "deliver/test_faults": 94,
    "deliver/test_alert": 90,
    "fetch/test_http": 83,
    "test_collect": 83,
    "review/test_command": 81,
    "assistants/test_inspector": 77,
    "deliver/test_period": 74,
    "language_model/test_faults": 66,
    "deliver/test_backup": 60,
    "fetch/test_slow_feeds": 57,
    "config/test_tree": 56,
    "fetch/test_feeds": 56,
    "cli/test_init": 55,
    "cli/test_demo": 54,
    "edition/test_reasons": 52,
    "app/test_facade": 48,
    "test_fulltext": 47,
    "cli/test_workspaces": 45,
    "search/test_meaning": 42,
    "fetch/test_article": 41,
    "app/test_clients": 40,
    "test_settle": 36,
    "tag/test_judge": 35,
    "test_archive": 32,
    "test_collect_pages": 32,
    "assistants/test_server": 31,
    "stack/test_paper": 30,
    "fetch/test_reach": 28,
    "review/test_store": 28,
    "test_fuzz": 28,
    "cli/test_secrets": 25,
    "cli/test_stack": 25,
    "render/test_catalogues": 24,
    "review/test_approval_page": 24,
    "language_model/test_real_model": 23,
    "write/test_summaries": 22,
    "config/test_validate": 20,
    "fetch/test_newsletters_real": 17,
    "test_collect_watched": 17,
    "test_period": 17,
    "config/test_opml": 15,
    "ground/test_rules": 14,
    "test_cluster": 14,
    "app/test_context": 11,
    "render/test_view": 11,
    "fetch/test_history": 10,
    "fetch/test_newsletters": 10,
    "language_model/test_stories": 10,
    "tag/test_vendors": 10,
    "stack/test_sample_stack": 9,
    "test_learn": 9,
    "deliver/test_send": 8,
    "language_model/test_judge": 8,
    "search/test_killed": 8,
}
RING_COSTS = {"quick": COSTS, "real": REAL_COSTS}
_COST_OF_OTHERS = 2


def find_cost(module: str, costs: Mapping[str, int] = COSTS) -> int:
    """Return how long a module takes, in tenths of a second."""
    return costs.get(module, _COST_OF_OTHERS)


def share_out(
    modules: Collection[str], workers: int, costs: Mapping[str, int] = COSTS
) -> tuple[frozenset[str], ...]:
    """Return each worker's modules: the dearest goes first, to whoever has least to do."""
    groups = [group.intersection(modules) for group in TOGETHER]
    single = [frozenset((name,)) for name in set(modules).difference(*groups)]
    sums = {group: sum(find_cost(name, costs) for name in group) for group in (*groups, *single)}
    shares: list[set[str]] = [set() for _ in range(workers)]
    loads = [0] * workers
    for group in sorted(sums, key=lambda one: (-sums[one], sorted(one))):
        least = loads.index(min(loads))
        shares[least] |= group
        loads[least] += sums[group]
    return tuple(map(frozenset, shares))
