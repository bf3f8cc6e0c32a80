"""The workspace's vocabulary.yaml as the judgement takes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digest.tag import Overrides, Rule

if TYPE_CHECKING:
    from digest.config.vocabulary import VendorEntry, VocabularyFile
    from digest.tag.vendors import Vendor


def load_overrides(path: Path) -> Overrides:
    """What a file adds; nothing where there is none. Raises ConfigError with every problem."""
    if not path.is_file():
        return Overrides()
    from digest.config.vocabulary import load_vocabulary

    return make_overrides(load_vocabulary(path))


def make_overrides(file: VocabularyFile) -> Overrides:
    """The values of a file that was read."""
    from digest.tag.rules import build_team_terms

    return Overrides(
        build_team_terms(file.words),
        frozenset(file.without),
        tuple(map(_make_vendor, file.vendors)),
        tuple(
            Rule(
                one.name,
                one.effect,
                one.words,
                one.pattern or "",
                one.sources,
                one.vendors,
                one.categories,
                one.events,
            )
            for one in file.rules
        ),
        {
            event: {"title": places.title, "body": places.body}
            for event, places in file.events.items()
        },
        {str(point): several for point, several in file.claims.items()},
        file.ai,
    )


def _make_vendor(entry: VendorEntry) -> Vendor:
    from digest.tag.rules import build_team_vendor

    said = {
        name: value
        for name in entry.model_fields_set
        if (value := getattr(entry, name)) is not None
    }
    return build_team_vendor(**said)
