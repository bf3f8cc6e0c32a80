"""The address of a database: taken in the forms that people write, its login never shown."""

import pickle
from pathlib import Path

import pytest

from digest.app.archive_place import locate_archive
from digest.app.workspace import Workspace
from digest.errors import UsageError
from digest.model.database import DatabaseUrl

ADDRESS = "postgresql+psycopg://ann:hunter2@db.example.com:5433/archive?sslmode=verify-full"


def test_the_login_is_never_shown():
    """Neither in a message nor in a traceback nor in a log."""
    place = DatabaseUrl(ADDRESS)
    assert str(place) == "postgresql://db.example.com:5433/archive"
    assert "hunter2" not in f"{place} {place!r} {Workspace(Path(), database=place)!r}"
    assert pickle.loads(pickle.dumps(place)) == place


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql", "postgres"])
def test_the_usual_forms_are_one(scheme):
    """What comes behind the scheme counts."""
    assert DatabaseUrl(ADDRESS.replace("postgresql+psycopg", scheme)).rest == ADDRESS[21:]


@pytest.mark.parametrize(
    "text", ["", "archive.db", "mysql://x/y", "postgresql://host", "postgresql://host/"]
)
def test_anything_else_is_refused(text):
    """With the form that is wanted."""
    with pytest.raises(ValueError, match="write it as"):
        DatabaseUrl(text)


def test_a_variable_names_the_database(tmp_path):
    """sources.yaml says which; without the group the archive is the file."""
    file = tmp_path / "sources.yaml"
    file.write_text("digest: {archive: {url_env: ARCHIVE}}\nsources: []\n")
    place = Workspace(tmp_path)
    assert locate_archive(place, {"ARCHIVE": ADDRESS}).archive == DatabaseUrl(ADDRESS)
    with pytest.raises(UsageError, match="ARCHIVE is not set"):
        _ = locate_archive(place, {}).archive
    file.write_text("sources: []\n")
    assert locate_archive(place, {"ARCHIVE": ADDRESS}).archive == tmp_path / "output" / "archive.db"


@pytest.mark.parametrize(
    "text",
    [
        "digest: {archive: {url_env: A, url_file: b}}",
        "digest: {archive: nonsense}",
        "digest: [archive:",
    ],
)
def test_a_file_with_mistakes_is_for_who_reads_all_of_it(tmp_path, text):
    """Finding the archive raises nothing by itself."""
    (tmp_path / "sources.yaml").write_text(text)
    locate_archive(Workspace(tmp_path), {"A": ADDRESS})
