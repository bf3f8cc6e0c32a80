"""Find where a workspace's archive is: in its file, or in a database that sources.yaml names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from digest.app.workspace import Workspace
from digest.model.database import DatabaseUrl


def locate_archive(workspace: Workspace, environ: Mapping[str, str]) -> Workspace:
    """Return the workspace with the address of its database, where sources.yaml names one.

    What is wrong with that is told when the archive is asked for: other work goes on. A file with
    other mistakes is for those to report who read all of it.
    """
    try:
        text = workspace.sources_file.read_bytes()
    except OSError:
        return workspace
    group = _find_group(text) if b"archive:" in text else None
    if group is None:
        return workspace
    from digest.config.digest_settings import ArchiveSettings
    from digest.config.secrets import find_secret, read_secret

    try:
        place = find_secret(ArchiveSettings.model_validate(group), "url")
    except ValueError:
        return replace(workspace, database_fault="digest.archive in sources.yaml has mistakes")
    if place is None:
        return workspace
    secret = read_secret(place, environ, workspace.root)
    try:
        if secret.fault:
            raise ValueError(secret.fault)
        return replace(workspace, database=DatabaseUrl(secret.value))
    except ValueError as error:
        return replace(workspace, database_fault=f"digest.archive: {place} {error}")


def _find_group(text: bytes) -> Any:
    """Return the group digest.archive of a file; None where there is none, or no YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        plain = YAML(typ="safe").load(text)
        return plain["digest"]["archive"]
    except (YAMLError, ValueError, KeyError, TypeError):
        return None
