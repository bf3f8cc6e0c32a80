"""Completion in the shell: values of the workspace, and nothing where something is wrong."""

import json

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from digest.cli import cli

COMPLETION = ShellComplete(cli, {}, "digest", "_DIGEST_COMPLETE")
STACK = "products:\n  - {name: Northmail, vendor: Northvale, categories: [email-marketing]}\n"


@pytest.fixture
def place(tmp_path):
    """A workspace with two sources, a stack and an edition of a month."""
    (tmp_path / "sources.yaml").write_text(
        "digest: {title: Test, period: month, languages: [en, it]}\nsources:\n"
        "  - {name: Acme News, url: 'https://acme.example/feed'}\n"
        "  - {name: Quillhaven, url: 'https://quill.example/feed', tags: [email, eu]}\n"
    )
    (tmp_path / "stack.yaml").write_text(STACK)
    folder = tmp_path / "output" / "2019-03"
    folder.mkdir(parents=True)
    (folder / "edition.json").write_text(json.dumps({"so_far": False}))
    return tmp_path


def complete(place, *words: str) -> list[str]:
    *before, last = words
    args = [before[0], "--workspace", str(place), *before[1:]]
    if before[0] in ("sources", "vendor", "export"):
        args = [*before[:2], "--workspace", str(place), *before[2:]]
    return [one.value for one in COMPLETION.get_completions(args, last)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("build", "2019"), ["2019-03"]),
        (("send", "la"), ["last"]),
        (("collect", "--history", "cur"), ["current"]),
        (("sources", "enable", "acme"), ["Acme News"]),
        (("vendor", "show", "N"), ["Northvale"]),
        (("vendor", "ask", "--lang", ""), ["en", "it"]),
        (("export", "board", "--language", "i"), ["it"]),
        (("sources", "edit", "--with-tag", "em"), ["email"]),
        (("search", "category:email"), ["category:email-marketing"]),
        (("search", "quarter:2019"), ["quarter:2019-03"]),
        (("search", "sour"), ["source:"]),
    ],
)
def test_values_are_completed(place, words, found):
    """Names, periods, categories; capitals do not matter."""
    assert complete(place, *words) == found


def test_what_is_wrong_is_not_shown(place):
    """A broken file gives no value and no fault."""
    (place / "sources.yaml").write_text("digest: [")
    assert complete(place, "sources", "enable", "A") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed(shell):
    """With where to put it."""
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("# ")
    assert "_DIGEST_COMPLETE" in result.output
