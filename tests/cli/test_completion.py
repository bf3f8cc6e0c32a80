"""Completion in the shell: values of the workspace, and nothing where something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

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


_TYPED = {  # up to the cursor → how bash parts it, what is put in place of its last word
    "digest sources check Tr": ("digest sources check Tr", ["Trade\\ Daily"]),
    "digest sources check Trade\\ D": (r"digest sources check Trade\\ D", ["Trade\\ Daily"]),
    "digest sources check Pw": (
        "digest sources check Pw", [r"Pwn\ \$\(touch\ owned\)\ \`touch\ owned\`\;\*"]
    ),
    "digest search category:em": ("digest search category : em", ["email-marketing"]),
}  # fmt: skip


@pytest.mark.slow
def test_bash_gets_one_word(tmp_path):
    """A name of a source that was imported is one word, and no command of the shell; a file of the
    folder is no value."""
    name = "Pwn $(touch owned) `touch owned`;*"
    rows = "".join(
        f"  - {{name: {json.dumps(one)}, url: 'https://{number}.example/feed'}}\n"
        for number, one in enumerate(("Trade Daily", name))
    )
    (tmp_path / "sources.yaml").write_text(f"digest: {{title: Test}}\nsources:\n{rows}")
    script = CliRunner().invoke(cli, ["completion", "bash"]).output
    for line, (words, _) in _TYPED.items():
        script += (
            f"COMP_LINE={_quote(line)} COMP_WORDS=({' '.join(map(_quote, words.split(' ')))})\n"
        )
        script += "COMP_POINT=${#COMP_LINE} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
        script += "_digest_completion digest\nprintf '%s\\n' \"${COMPREPLY[@]}\" .\n"
    script += f"set -- {_TYPED['digest sources check Pw'][1][0]}\nprintf '%s\\n' \"$@\" .\n"
    places = [str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = [*(values for _, values in _TYPED.values()), [name]]
    assert done.stdout == "".join("\n".join([*values, ".\n"]) for values in expected)
    assert not (tmp_path / "owned").exists()


def _quote(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"
