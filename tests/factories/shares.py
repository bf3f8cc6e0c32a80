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

# Tenths of a second that modules take, of those that take long; a stale figure costs balance alone.
COSTS: Mapping[str, int] = {
    "render/test_check": 300,
    "cli/test_init": 200,
    "render/test_pdf": 200,
    "review/test_command": 184,
    "review/test_page": 178,
    "deliver/test_run": 167,
    "config/test_tree": 154,
    "assistants/test_server": 147,
    "cli/test_stack": 136,
    "deliver/test_period": 130,
    "language_model/test_faults": 120,
    "search/test_search": 119,
    "cli/test_lab": 117,
    "render/test_catalogues": 117,
    "cli/test_workspaces": 100,
    "serve/test_sample": 100,
    "render/test_board": 99,
    "fetch/test_parser_process": 80,
    "search/test_meaning": 80,
    "stack/test_paper": 80,
    "tag/test_judge": 80,
    "test_cluster": 80,
    "fetch/test_reach": 75,
    "deliver/test_alert": 71,
    "deliver/test_faults": 68,
    "deliver/test_backup": 66,
    "serve/test_site": 66,
    "fetch/test_newsletters_real": 64,
    "fetch/test_article": 61,
    "app/test_facade": 60,
    "fetch/test_mailbox": 60,
    "language_model/test_answers": 60,
    "stack/test_sample_stack": 60,
    "tag/test_vendors": 60,
    "test_fulltext": 60,
    "test_fuzz": 60,
    "test_learn": 60,
    "test_replay": 60,
    "write/test_summaries": 60,
    "config/test_sources": 58,
    "deliver/test_operations": 58,
    "cli/test_secrets": 57,
    "fetch/test_newsletters": 55,
    "fetch/test_history": 53,
    "cli/test_basics": 52,
    "test_sample": 50,
    "config/test_opml": 48,
    "language_model/test_disclosure": 47,
    "language_model/test_writing": 46,
    "cli/test_rebuild": 45,
    "language_model/test_desk": 45,
    "render/test_view": 43,
    "fetch/test_feeds": 41,
    "deliver/test_send": 40,
    "language_model/test_judge": 40,
    "render/test_data": 40,
    "render/test_look": 40,
    "test_hostile": 40,
    "config/test_validate": 37,
    "deliver/test_approval": 36,
    "edition/test_reasons": 35,
    "tag/test_lab": 30,
    "test_archive": 30,
    "test_collect": 30,
    "app/test_kept": 28,
    "fetch/test_http": 28,
    "config/test_yaml_file": 26,
    "cli/test_vendor": 24,
    "deliver/test_message": 24,
    "app/test_context": 23,
    "app/test_processes": 23,
    "render/test_html": 23,
    "ground/test_rules": 22,
    "test_overrule": 20,
    "test_rank": 20,
    "test_urls": 20,
    "test_vectors": 20,
    "ground/test_stories": 19,
    "render/test_register_files": 19,
    "app/test_editions": 18,
    "render/test_calendar": 18,
    "render/test_monthly": 18,
    "search/test_killed": 18,
    "config/test_spreadsheet": 17,
    "fetch/test_newsletters_shapes": 17,
    "serve/test_command": 15,
    "test_workspace": 15,
    "stack/test_real": 14,
    "config/test_stack_changes": 12,
    "render/test_claims": 12,
}
_COST_OF_OTHERS = 4


def find_cost(module: str) -> int:
    """Return how long a module takes, in tenths of a second."""
    return COSTS.get(module, _COST_OF_OTHERS)


def share_out(modules: Collection[str], workers: int) -> tuple[frozenset[str], ...]:
    """Return each worker's modules: the dearest goes first, to whoever has least to do."""
    groups = [group.intersection(modules) for group in TOGETHER]
    single = [frozenset((name,)) for name in set(modules).difference(*groups)]
    costs = {group: sum(map(find_cost, group)) for group in (*groups, *single)}
    shares: list[set[str]] = [set() for _ in range(workers)]
    loads = [0] * workers
    for group in sorted(costs, key=lambda one: (-costs[one], sorted(one))):
        least = loads.index(min(loads))
        shares[least] |= group
        loads[least] += costs[group]
    return tuple(map(frozenset, shares))
