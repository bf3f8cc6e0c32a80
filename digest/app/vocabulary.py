"""Turn the team's vocabulary.yaml into what the judge takes."""

from __future__ import annotations

from pathlib import Path

from digest.tag import ItemJudge, Overrides, Rule


def load_team_judge(path: Path) -> ItemJudge:
    """Load the shipped judge with what a vocabulary file adds. Raises ConfigError."""
    return ItemJudge.load(load_overrides(path))


def load_overrides(path: Path) -> Overrides:
    """Load what a vocabulary file adds; nothing where there is none. Raises ConfigError."""
    if not path.is_file():
        return Overrides()
    from digest.config.vocabulary import load_vocabulary
    from digest.tag.rules import build_team_terms, build_team_vendor

    file = load_vocabulary(path)
    return Overrides(
        terms=build_team_terms(file.words),
        without=frozenset(file.without),
        vendors=tuple(
            build_team_vendor(**vendor.model_dump(exclude_unset=True, exclude_none=True))
            for vendor in file.vendors
        ),
        rules=tuple(Rule(**{**dict(rule), "pattern": rule.pattern or ""}) for rule in file.rules),
        events={event: dict(patterns) for event, patterns in file.events.items()},
        claims={str(point): patterns for point, patterns in file.claims.items()},
        ai=file.ai,
    )
