"""`digest review` before the page is up, and the work that runs beside it."""

import asyncio
import os
import socket

import pytest
from click.testing import CliRunner

from digest.cli import cli
from digest.cli.review import apart
from digest.errors import DigestError


def test_work_beside_the_page_gives_its_words():
    """From a process of its own."""
    assert asyncio.run(apart(lambda: f"done by {os.getpid() != 0}")) == "done by True"


def test_a_fault_beside_the_page_is_told():
    """What is wrong and what to do; and that it died, where it died."""

    def fault():
        raise DigestError("the disk is full", "free some")

    with pytest.raises(DigestError, match="the disk is full") as caught:
        asyncio.run(apart(fault))
    assert caught.value.mend == "free some"
    with pytest.raises(DigestError, match="without an answer"):
        asyncio.run(apart(lambda: os._exit(3)))


def test_what_keeps_the_page_from_opening_is_said(tmp_path):
    """No configuration, no archive, a port in use."""
    run = lambda *args: CliRunner().invoke(cli, ["review", "2026-Q3", "--workspace", str(tmp_path), *args])  # noqa: E731
    assert "digest init" in str(run().exception)
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - name: Acme\n    url: https://acme.example/feed\n    tier: trade\n"
    )
    assert "digest collect" in str(run().exception)


def test_a_port_in_use_is_said():
    """With what to do."""
    from digest.cli.review import _listening

    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(DigestError, match="cannot listen"), _listening("127.0.0.1", taken.getsockname()[1]):
        pass
