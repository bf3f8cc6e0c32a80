"""A quarterly innovation digest of marketing technology.

    from digest import Digest

    sample = Digest.demo("trial")
    sample.collect()
    print(sample.build())

See `digest.app.facade.Digest`, which is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.version import __version__

if TYPE_CHECKING:
    from digest.app.facade import Digest

__all__ = ["Digest", "__version__"]


def __getattr__(name: str) -> Any:
    if name != "Digest":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from digest.app.facade import Digest

    return Digest
