"""Workspaces whose archive is in a database."""

from __future__ import annotations

from pathlib import Path

from digest.model.database import DatabaseUrl

_SETTING = "  archive: {url_file: archive.url}\n"


def name_database(folder: Path, place: DatabaseUrl) -> None:
    """Have a workspace's sources.yaml name a database, its address in a file for the owner alone."""
    secret = folder / "archive.url"
    secret.write_text(place.url)
    secret.chmod(0o600)
    file = folder / "sources.yaml"
    text = file.read_text("utf-8")
    if "digest:\n" in text:
        text = text.replace("digest:\n", f"digest:\n{_SETTING}", 1)
    else:
        text = f"digest:\n{_SETTING}{text}"
    file.write_text(text, "utf-8")
