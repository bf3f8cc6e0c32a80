"""The server for assistants tried with the protocol's own inspector, as its makers test servers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assistants.test_server import TOOLS
from tests.factories.items import NOW
from tests.factories.served import STORIES

pytestmark = pytest.mark.real
_INSTALLED = Path(sys.prefix) / "inspector" / "node_modules" / ".bin" / "mcp-inspector"


def find_inspector() -> str:
    found = shutil.which("mcp-inspector") or (str(_INSTALLED) if _INSTALLED.exists() else "")
    if not found:
        pytest.skip("the inspector is not installed: scripts/setup-real takes it from npm")
    return found


def inspect(context, *arguments: str) -> dict:
    """Start the server as an assistant would, ask one thing of it; return the answer."""
    server = (
        sys.executable, "-m", "digest", "mcp",
        "--workspace", str(context.workspace.root), "--now", NOW.isoformat(),
    )  # fmt: skip
    command = [find_inspector(), "--cli", *server, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_inspector_lists_the_tools(context):
    """With the schemas of what they take and give."""
    tools = inspect(context, "--method", "tools/list")["tools"]
    assert {tool["name"] for tool in tools} == TOOLS
    assert all(tool["inputSchema"]["type"] == "object" for tool in tools)
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)


def test_the_inspector_gets_an_answer(context):
    """Which its own validation of the output's schema takes."""
    arguments = ("--method", "tools/call", "--tool-name", "ask_passages")
    answer = inspect(context, *arguments, "--tool-arg", "question=Who acquires Tallyvane?")
    assert not answer.get("isError")
    passages = answer["structuredContent"]["passages"]
    assert passages[0]["untrusted_title"] == STORIES[1][0]


def test_the_inspector_reads_the_editions(context):
    """As resources."""
    listed = inspect(context, "--method", "resources/list")["resources"]
    assert [one["uri"] for one in listed] == ["digest://editions"]
