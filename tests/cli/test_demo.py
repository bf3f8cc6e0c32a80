"""What `digest demo` leaves: a workspace on which a newcomer tries the commands."""

import json
import shutil

import pytest
from click.testing import CliRunner

from digest.app.sample import leave_workspace, open_sample
from digest.cli import cli
from digest.cli.demo import TRIALS

Q = "2026-Q3"


@pytest.fixture(scope="module")
def place(sample_root, tmp_path_factory):
    """The workspace beside the sample's edition."""
    root = tmp_path_factory.mktemp("demo")
    shutil.copytree(sample_root / "output", root / "output")
    return leave_workspace(open_sample(root, quiet=True))


def call(place, *words):
    result = CliRunner().invoke(cli, [*words, "--workspace", str(place)])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.whole
def test_the_edition_is_the_one_that_was_built(place):
    """Byte for byte, with the archive that it was made of."""
    folder = place.parent / Q
    for path in folder.iterdir():
        assert (place / "output" / Q / path.name).read_bytes() == path.read_bytes(), path.name
    state = json.loads(call(place, "status", "--json", "--now", "2026-11-02T06:00:00Z"))
    assert state["collected"]["items"] > 250
    assert [(one["quarter"], one["state"]) for one in state["editions"]] == [(Q, "draft")]


@pytest.mark.whole
@pytest.mark.parametrize("trial", [one for one in TRIALS if " review " not in one])
def test_each_command_that_is_proposed_answers(place, trial):
    """As it is printed."""
    words = trial.format(quarter=Q).split()[1:]
    assert call(place, *words)


@pytest.mark.whole
@pytest.mark.usefixtures("no_paper")
def test_what_is_built_on_it_still_says_that_it_is_made_up(place, tmp_path):
    """And no publisher that does not exist is asked for anything."""
    copy = tmp_path / "copy"
    shutil.copytree(place, copy)
    rows = json.loads(call(copy, "collect", "--json"))
    assert not [row["problem"] for row in rows if row["problem"]]
    (copy / "output" / Q / "edition.json").unlink()
    call(copy, "build", Q)
    made = (copy / "output" / Q / "digest.html").read_text("utf-8")
    assert "made up" in made


def test_it_stays_as_somebody_left_it(place):
    """A second demo changes nothing in it."""
    notes = place / "editions" / f"{Q}.yaml"
    notes.write_text("lead: Ours\n")
    root = place.parents[2]
    assert leave_workspace(open_sample(root, quiet=True)) == place
    assert notes.read_text() == "lead: Ours\n"
    notes.unlink()
