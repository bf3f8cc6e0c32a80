"""`digest serve` and `digest mcp`: what they refuse, and what they say."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from digest.cli import cli
from digest.errors import UsageError
from digest.web.listening import is_loopback, list_own_names, name_address, open_socket


@pytest.mark.parametrize("words", [["serve"], ["mcp", "--http"]])
def test_a_variable_without_a_token_is_told(context, words):
    """Rather than a page that anybody may read."""
    common = ["--workspace", str(context.workspace.root), "--token-env", "NO_SUCH_TOKEN"]
    result = CliRunner().invoke(cli, [*words, *common])
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == "the variable NO_SUCH_TOKEN holds no token"


@pytest.mark.parametrize("words", [["serve"], ["mcp", "--http"]])
def test_a_port_in_use_is_told(context, words):
    """With what to do."""
    with open_socket("127.0.0.1", 0) as (_, port):
        common = ["--workspace", str(context.workspace.root), "--port", str(port)]
        result = CliRunner().invoke(cli, [*words, *common])
    assert isinstance(result.exception, UsageError)
    assert "cannot listen on 127.0.0.1" in result.exception.message


def test_the_server_for_assistants_listens_on_this_machine_alone(context):
    """Whatever it is told."""
    common = ["--workspace", str(context.workspace.root), "--http", "--listen", "0.0.0.0"]
    result = CliRunner().invoke(cli, ["mcp", *common])
    assert result.exit_code == 2


def test_names_of_an_address():
    """Those by which it is asked for, with its port."""
    assert list_own_names("127.0.0.1", 8485, ["Digest.corp.example"]) == {
        "digest.corp.example", "127.0.0.1:8485", "localhost:8485", "[::1]:8485",
    }  # fmt: skip
    assert list_own_names("10.0.0.5", 80) == {"10.0.0.5:80"}
    assert (is_loopback("::1"), is_loopback("10.0.0.5")) == (True, False)
    assert (name_address("127.0.0.1"), name_address("::1")) == ("localhost", "[::1]")
