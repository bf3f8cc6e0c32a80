"""How an extra is installed is said as it works where the program runs."""

import json
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from digest import extras

WHEEL = {"url": "file:///srv/martech_digest-1-py3-none-any.whl", "archive_info": {}}
GIT = {
    "url": "https://git.example/digest.git",
    "vcs_info": {"vcs": "git", "commit_id": "1a2b3c"},
}
CLONE = {"url": "file:///srv/digest", "dir_info": {"editable": True}}


class Installed:
    """A distribution of which only its origin is asked."""

    def __init__(self, origin):
        self.origin = origin

    def read_text(self, name):
        assert name == "direct_url.json"
        return json.dumps(self.origin) if self.origin else None


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An environment of its own, with pip."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/env/bin/python")
    monkeypatch.setattr(extras, "find_spec", lambda name: object())
    return tmp_path


def install_from(monkeypatch, origin):
    monkeypatch.setattr(extras, "distribution", lambda name: Installed(origin))


@pytest.mark.parametrize(
    ("name", "origin", "receipt", "command"),
    [
        ("an index", None, "", "/env/bin/python -m pip install 'martech-digest[web]'"),
        ("a wheel", WHEEL, "", f"/env/bin/python -m pip install 'martech-digest[web] @ {WHEEL['url']}'"),
        ("a clone", CLONE, "", "make -C /srv/digest setup"),
        ("uv, a wheel", WHEEL, "uv-receipt.toml", f"uv tool install --force 'martech-digest[web] @ {WHEEL['url']}'"),
        ("pipx, Git", GIT, "pipx_metadata.json",
         "pipx install --force 'martech-digest[web] @ git+https://git.example/digest.git@1a2b3c'"),
    ],
)  # fmt: skip
def test_the_command_fits_the_way_of_installation(
    environment, monkeypatch, name, origin, receipt, command
):
    """From where the package came, with the tool that made the environment."""
    install_from(monkeypatch, origin)
    if receipt:
        (environment / receipt).touch()
    assert extras.suggest_install("web") == command, name


def test_an_environment_without_pip_takes_uv(environment, monkeypatch):
    """As one that `uv venv` made."""
    install_from(monkeypatch, None)
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    command = extras.suggest_install("mcp", "web")
    assert command == "uv pip install --python /env/bin/python 'martech-digest[mcp,web]'"


@pytest.mark.usefixtures("environment")
def test_a_program_that_is_not_installed_names_the_package(monkeypatch):
    """As one that runs out of a folder on the path."""

    def find_none(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(extras, "distribution", find_none)
    assert extras.suggest_install("web").endswith("-m pip install 'martech-digest[web]'")


@pytest.mark.parametrize(
    ("stands_in", "said"),
    [
        ("env/bin", False),
        ("shown", False),  # a link, as pipx and uv make one
        ("other", True),  # another program
        ("", True),
    ],
)
def test_how_the_program_comes_onto_the_path_is_said_where_it_is_not(
    tmp_path, monkeypatch, stands_in, said
):
    """As behind `make demo`, whose environment nobody has activated."""
    for name in ("env/bin/activate", "env/bin/digest", "other/digest"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch(0o755)
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "digest").symlink_to(tmp_path / "env/bin/digest")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    monkeypatch.setenv("PATH", str(tmp_path / stands_in) if stands_in else "/nowhere")
    suggestion = extras.suggest_activation()
    assert suggestion == (f". {tmp_path}/env/bin/activate" if said else "")
