"""The backup of everything: from one machine to another, without a mail sent twice."""

import gzip
import hashlib
import io
import json
import resource
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest import __version__
from digest.cli import cli
from tests.deliver.conftest import NOW, READERS, run, write_sources

Q = "2026-Q3"
# version → the backup of a workspace as `sent` below, made by it; a release adds its own
RELEASED = {
    path.name.removesuffix(".tar.gz"): path
    for path in (Path(__file__).parents[1] / "data" / "backups").iterdir()
}


def read_status(place):
    return json.loads(run("status", "--workspace", place, "--now", NOW, "--json").stdout)


def backup_of(place, file):
    run("archive", "backup", file, "--workspace", place, "--now", NOW)
    return file


def repack(file, change):
    """The same backup with its files changed, their names in full."""
    with tarfile.open(file, "r:gz") as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    change(files)
    with tarfile.open(file, "w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.pax_headers = len(data), {"path": name}
            tar.addfile(member, io.BytesIO(data))


def plant_files(names):
    """What puts files into a backup, and into its manifest."""

    def plant(files):
        manifest = json.loads(files["manifest.json"])
        manifest["files"] |= dict.fromkeys(names, hashlib.sha256(b"x").hexdigest())
        files |= {"manifest.json": json.dumps(manifest).encode(), **dict.fromkeys(names, b"x")}

    return plant


@pytest.fixture
def sent(place, relay):
    """A workspace whose edition went out, with files of the team."""
    write_sources(place, relay.port)
    run("approve", Q, "--workspace", place, "--now", NOW)
    run("send", Q, "--workspace", place, "--now", NOW)
    for name in ("stack.yaml", "editions/2026-Q3.yaml", "prompts/judge.md"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("# ours\n")
    return place


def test_another_machine_goes_on(sent, relay, tmp_path):
    """Its status is the same to the letter; a send there mails nobody again; the team's files are there."""
    file = backup_of(sent, tmp_path / "all.tar.gz")
    assert file.stat().st_mode & 0o077 == 0
    other = tmp_path / "other"
    run("archive", "restore", file, "--workspace", other, "--now", NOW)
    assert read_status(other) == read_status(sent)
    for name in (
        "sources.yaml",
        "stack.yaml",
        "editions/2026-Q3.yaml",
        "prompts/judge.md",
        "output/2026-Q3/digest.pdf",
    ):
        assert (other / name).read_bytes() == (sent / name).read_bytes()
    assert (other / "output" / "archive.db").stat().st_mode & 0o077 == 0
    before = relay.counted()
    run("send", Q, "--workspace", other, "--now", NOW)
    assert relay.counted() == before == dict.fromkeys(READERS, 1)


@pytest.mark.parametrize("version", sorted({*RELEASED, __version__}))
def test_a_backup_of_a_released_version_goes_on(tmp_path, version):
    """With all that it held, and with nobody who gets an edition again."""
    place = tmp_path / "upgraded"
    run("archive", "restore", RELEASED[version], "--workspace", place, "--now", NOW)
    status = read_status(place)
    (edition,) = status["editions"]
    assert (status["collected"]["items"], edition["quarter"], edition["state"]) == (8, Q, "sent")
    assert {(one["recipient"], one["state"]) for one in edition["deliveries"]} == {
        (reader, "accepted") for reader in READERS
    }
    assert "sound" in run("archive", "check", "--workspace", place).output
    assert "nothing to send" in run("send", Q, "--workspace", place, "--now", NOW).output
    assert (place / "prompts" / "judge.md").read_text() == "# ours\n"


def test_what_was_there_is_kept(sent, tmp_path):
    """A restore can itself be taken back; files that the backup does not know stay."""
    file = backup_of(sent, tmp_path / "all.tar.gz")
    (sent / "stack.yaml").write_text("# newer\n")
    (sent / "editions" / "2026-Q4.yaml").write_text("# newer\n")
    told = json.loads(
        run("archive", "restore", file, "--workspace", sent, "--now", NOW, "--json").stdout
    )
    assert (sent / "stack.yaml").read_text() == "# ours\n"
    assert told["left"] == ["editions/2026-Q4.yaml"]
    pack = next(path for path in told["kept"] if path.endswith(".tar.gz"))
    run("archive", "restore", pack, "--workspace", sent, "--now", "2026-10-03")
    assert (sent / "stack.yaml").read_text() == "# newer\n"


def test_no_secret_is_in_it(sent, tmp_path):
    """What password_file names stays where it is."""
    (sent / "smtp_password").write_text("hunter2-long")
    file = backup_of(sent, tmp_path / "all.tar.gz")
    with tarfile.open(file) as tar:
        names = tar.getnames()
    assert "smtp_password" not in names
    assert {"manifest.json", "archive.db", "sources.yaml"} <= set(names)


@pytest.mark.whole
@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.update({"archive.db": files["archive.db"][:-1]}),
        lambda files: files.pop("sources.yaml"),
        lambda files: files.pop("manifest.json"),
        lambda files: files.update({"../outside": b"x"}),
        lambda files: files.update({"manifest.json": b"[]"}),
    ],
    ids=["cut", "file gone", "no manifest", "outside", "other manifest"],
)
def test_a_damaged_backup_changes_nothing(sent, tmp_path, change):
    """It is refused as a whole."""
    file = backup_of(sent, tmp_path / "all.tar.gz")
    repack(file, change)
    before = read_status(sent)
    (sent / "stack.yaml").write_text("# newer\n")
    assert (
        "damaged"
        in run("archive", "restore", file, "--workspace", sent, "--now", NOW, code=1).words
    )
    assert (sent / "stack.yaml").read_text() == "# newer\n"
    assert read_status(sent) == before
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    "names",
    [
        ["../outside"],
        ["sources\0.yaml"],
        ["\x1b[31m.yaml"],
        ["output/" + "n" * 252],
        ["output/" + "d/" * 600 + "n"],
        ["output/2026-Q3/digest.html/n"],
    ],
    ids=["outside", "NUL", "escape", "a long name", "a long path", "a file as a folder"],
)
def test_a_path_that_cannot_be_written_changes_nothing(sent, tmp_path, names):
    """Also where the manifest names it: half a restore would leave a workspace of two."""
    file = backup_of(sent, tmp_path / "all.tar.gz")
    repack(file, plant_files(names))
    (sent / "stack.yaml").write_text("# newer\n")
    told = run("archive", "restore", file, "--workspace", sent, "--now", NOW, code=1)
    assert "damaged" in told.words
    assert (sent / "stack.yaml").read_text() == "# newer\n"
    assert not (sent.parent / "outside").exists()


@pytest.mark.whole
@pytest.mark.parametrize(
    "name", ["trafilatura.py", ".git/hooks/post-checkout", "output/.lock", "editions/a/b", "/x"]
)
def test_a_backup_holds_what_a_workspace_does(sent, tmp_path, name):
    """Not what programs would run, though its manifest names it."""
    file = backup_of(sent, tmp_path / "all.tar.gz")
    repack(file, plant_files([name]))
    told = run("archive", "restore", file, "--workspace", sent, "--now", NOW, code=1)
    assert "damaged" in told.words
    assert not (sent / name).exists() or name == "output/.lock"


@pytest.mark.whole
def test_a_backup_is_unpacked_with_flat_memory(sent, tmp_path):
    """One of 200 KB holds 200 MB, and is not taken into memory before its hash is known."""
    file = tmp_path / "all.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        member = tarfile.TarInfo("sources.yaml")
        member.size = 200 * 2**20
        tar.addfile(member, _Zeros())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = run("archive", "restore", file, "--workspace", sent, "--now", NOW, code=1)
    assert "damaged" in told.words
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 50 * 1024


class _Zeros:
    """A file of zeros without end."""

    def read(self, count: int = -1, /) -> bytes:
        return bytes(max(0, count))


@pytest.mark.whole
@pytest.mark.parametrize("size", [-512, -1536, -(2**40), 2**62])
def test_a_forged_size_is_refused_at_once(sent, tmp_path, size):
    """One that leads backwards would have no end."""
    member = tarfile.TarInfo("sources.yaml")
    member.pax_headers = {"size": str(size)}
    file = tmp_path / "all.tar.gz"
    first = tarfile.TarInfo("stack.yaml").tobuf(tarfile.PAX_FORMAT)
    forged = member.tobuf(tarfile.PAX_FORMAT)
    file.write_bytes(gzip.compress(first + forged + bytes(1024)))
    told = run("archive", "restore", file, "--workspace", sent, "--now", NOW, code=1)
    assert "damaged" in told.words


@pytest.mark.whole
def test_two_machines_with_one_backup_send_once(place, relay, tmp_path):
    """Neither sends what may have gone out from the other; a person sends it from one of them."""
    write_sources(place, relay.port, to=READERS, more="    team: [team@acme.example]\n")
    run("approve", Q, "--workspace", place, "--now", NOW)
    file = backup_of(place, tmp_path / "all.tar.gz")
    machines = [tmp_path / "one", tmp_path / "two"]
    for machine in machines:
        run("archive", "restore", file, "--workspace", machine, "--now", NOW)
        said = [
            CliRunner().invoke(cli, ["run", "--workspace", str(machine), "--now", NOW])
            for _ in range(2)
        ]
        assert [result.exit_code for result in said] == [1, 1]
        assert "a backup was restored on 2026-10-02" in said[0].output
    assert relay.counted() == {"team@acme.example": len(machines)}  # told once by each
    run("send", Q, "--workspace", machines[0], "--now", NOW)
    for machine in machines:
        CliRunner().invoke(
            cli, ["run", "--workspace", str(machine), "--now", "2026-10-03T06:00:00Z"]
        )
    counted = relay.counted()
    assert {name: counted[name] for name in READERS} == dict.fromkeys(READERS, 1)
