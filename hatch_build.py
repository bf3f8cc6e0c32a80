"""What a package index shows of the project: README.md without links that lead nowhere there.

Hatch reads this when it builds the wheel. Pictures and links of README.md are files of the
repository; they become addresses of the published one, at the tag of the version. Without a
published one (PROJECT_PAGE in digest/version.py) pictures go, and of links the words are left.
"""

import re
import runpy
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?:)([^)]+)\)")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)([^)]+)\)")
_PICTURES_ALONE = re.compile(r"(?m)^\|[^\n]*\|\n\|[-|]+\|\n\|(?: *\|)+\n\n?")


def describe(readme: str, page: str, version: str) -> str:
    """Return README.md as an index shows it; `page` is the address of the repository, or ""."""
    if page:
        readme = _PICTURE.sub(rf"![\1]({page}/raw/v{version}/\2)", readme)
        return _LINK.sub(rf"[\1]({page}/blob/v{version}/\2)", readme)
    readme = _PICTURES_ALONE.sub("", _PICTURE.sub("", readme))
    return re.sub(r"\n{3,}", "\n\n", _LINK.sub(r"\1", readme))


def list_urls(page: str, version: str) -> dict[str, str]:
    """Return the addresses that an index shows beside the description."""
    if not page:
        return {}
    return {
        "Homepage": page,
        "Documentation": f"{page}/blob/v{version}/docs/index.md",
        "Changelog": f"{page}/blob/v{version}/CHANGELOG.md",
        "Issues": f"{page}/issues",
    }


class ProjectMetadata(MetadataHookInterface):
    """Fills in `readme` and `urls`."""

    def update(self, metadata: dict) -> None:
        """Add to the metadata of pyproject.toml."""
        root = Path(self.root)
        said = runpy.run_path(str(root / "digest" / "version.py"))
        page, version = said["PROJECT_PAGE"].rstrip("/"), said["__version__"]
        text = describe((root / "README.md").read_text("utf-8"), page, version)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = list_urls(page, version)
