"""An item judged: relevant or not, category, AI grade, evidence, event, vendors, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest import model
from digest.tag.features import text_features
from digest.tag.linear import Linear, read, softmax

_WEIGHTS = Path(__file__).parent / "vocabulary" / "weights.json.gz"
_MOST_REASONS = 6
_ALSO_SHARE = 0.12  # a second category is named from this probability on


@cache
def _packaged(path: Path) -> Linear:
    return read(path)


@dataclass(frozen=True, slots=True)
class Judge:
    """The judgement, built once; pure afterwards: the same item gives the same tags, whatever was judged before."""

    weights: Linear

    @classmethod
    def load(cls) -> Judge:
        """The packaged judgement."""
        return cls(_packaged(_WEIGHTS))

    def judge(self, item: model.Item) -> model.Tags:
        """The tags of an item, by its title, summary and text."""
        features = text_features(item.title, item.summary, item.text)
        shares = {name: softmax(scores) for name, scores in self.weights.scores(features).items()}
        best = {name: max(sorted(of), key=lambda c: of[c]) for name, of in shares.items()}
        ranked = sorted(shares["category"], key=lambda c: (-shares["category"][c], c))
        category = None if best["category"] == "none" else best["category"]
        also = tuple(c for c in ranked[1:3] if c != "none" and shares["category"][c] >= _ALSO_SHARE)
        graded = best["ai"] in ("core", "applied") and best["evidence"] != "-"
        why = {name: self._words(features, name, best[name]) for name in best}
        return model.Tags(
            relevant=best["relevant"] == "yes",
            category=category,
            also=also,
            ai=best["ai"],  # type: ignore[arg-type]
            evidence=best["evidence"] if graded else None,  # type: ignore[arg-type]
            event=best["event"],  # type: ignore[arg-type]
            vendors=(),
            why=why,
            confidence={name: round(shares[name][best[name]], 3) for name in best},
        )

    def _words(self, features: dict[str, float], field: str, cls: str) -> tuple[str, ...]:
        names = self.weights.reasons(features, field, cls, 3 * _MOST_REASONS)
        return tuple(dict.fromkeys(name.partition(":")[2] for name in names))[:_MOST_REASONS]
