"""Secrets in feeds' addresses: planted wherever one can stand, and looked for in all that leaves."""

import re
import zipfile
from html import escape
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from werkzeug import Response

from digest.cli import cli
from digest.render.pdf_text import read_pdf_text
from digest.urls import list_url_secrets, redact_url
from tests.cli.test_workspaces import NOW, STORIES, feed

# What each source does, its address, and the part of it that nobody may read.
PLANTED = {
    "Key": ("/feed?key=planted-key-a1", "planted-key-a1"),
    "Short key": ("/feed?k=plantedshort", "plantedshort"),
    "Code": ("/feed?code=plantedcode", "plantedcode"),
    "Token among others": ("/feed?feed=rss2&token=planted+token&page=1", "planted+token"),
    "Bare words": ("/feed?planted-word", "planted-word"),
    "Bare query": ("/feed?9f8e7d6c5b4a3f2e", "9f8e7d6c5b4a3f2e"),
    "Path": ("/feeds/4k9x2p7q1z8m3n.xml", "4k9x2p7q1z8m3n"),
    "Private path": ("/private/a1b2c3d4e5f6a7b8/feed", "a1b2c3d4e5f6a7b8"),
    "Uuid": ("/f/0b1c2d3e-1a2b-4c5d-8e9f-0123456789ab/rss", "0b1c2d3e-1a2b-4c5d"),
    "Long word": ("/f/plantedwithoutanybreakatall/rss", "plantedwithoutanybreakatall"),
    "Escaped": ("/feed?sig=plant%2Fed%3Dsig", "plant%2Fed%3Dsig"),
    "Missing": ("/lost?auth=plantedlost1", "plantedlost1"),
    "No feed": ("/page?auth=plantedpage1", "plantedpage1"),
    "Broken": ("/broken?auth=plantedbroken1", "plantedbroken1"),
    "Moved": ("/moved?auth=plantedmoved1", "plantedmoved1"),
    "Moved to a secret": ("/moved-on", "plantedtarget1"),
    "Loop": ("/loop?auth=plantedloop1", "plantedloop1"),
    "Refused": ("/refused?auth=plantedrefused1", "plantedrefused1"),
    "Slow down": ("/later?auth=plantedlater1", "plantedlater1"),
    "To a private place": ("/inwards?auth=plantedinwards1", "plantedinwards1"),
    "Fragment": ("/feed?x=1#plantedfragment1", "plantedfragment1"),
}

INWARDS = "http://127.0.0.9/"


@pytest.fixture
def workspace(tmp_path, httpserver):
    """A workspace with a source for each planted secret."""
    moved = "/feed?auth="
    answers = {
        "/lost": lambda request: Response("gone", 404),
        "/page": lambda request: Response(f"<p>{request.url}</p>", content_type="text/html"),
        "/broken": lambda request: Response("<rss><channel><item>"),
        "/moved": lambda request: Response("", 301, {"Location": f"{moved}plantedmoved1"}),
        "/moved-on": lambda request: Response("", 308, {"Location": f"{moved}plantedtarget1"}),
        "/loop": lambda request: Response("", 302, {"Location": request.full_path}),
        "/refused": lambda request: Response("no", 403),
        "/later": lambda request: Response("", 429, {"Retry-After": "3600"}),
        "/inwards": lambda request: Response("", 302, {"Location": f"{INWARDS}?auth=plantedin1"}),
    }

    def answer(request):
        address = escape(request.url)  # a feed that repeats its own, as a link and in words
        echo = f"<item><title>Acme buys Bolt</title><link>{address}#1</link><guid>1</guid>"
        echo += f"<description>Read {address}</description></item></channel>"
        body = feed(*STORIES).replace("</channel>", echo)
        good = Response(body, content_type="application/rss+xml")
        return answers.get(request.path, lambda request: good)(request)

    httpserver.expect_request("/robots.txt").respond_with_data("")
    httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
    rows = "".join(
        f"  - name: {name}\n    url: 'http://localhost:{httpserver.port}{path}'\n    tier: trade\n"
        for name, (path, _) in PLANTED.items()
    )
    (tmp_path / "sources.yaml").write_text(
        "digest:\n  title: Test digest\n  organisation: Acme\n  timezone: UTC\n  network:\n"
        f"    allow_private: ['localhost:{httpserver.port}']\nsources:\n{rows}"
    )
    return tmp_path


def read_leaving_text(path: Path) -> str:
    """Return all text of a file, unpacked where it is packed."""
    if path.suffix == ".pdf":
        with pikepdf.open(path) as document:
            links = [str(dict(note.A)) for page in document.pages for note in page.get("/Annots", ())
                     if "/A" in note]  # fmt: skip
            return "\n".join([read_pdf_text(path.read_bytes()), *links, str(document.docinfo)])
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return "\n".join(
                packed.read(name).decode("utf-8", "replace") for name in packed.namelist()
            )
    return path.read_bytes().decode("utf-8", "replace")


@pytest.mark.whole
def test_no_planted_secret_leaves(workspace):
    """No file for readers, no log, no run.json and no output of a command holds a feed's secret."""
    at = ("--workspace", str(workspace), "--now", NOW)
    commands = (
        ("collect", "-v"),
        ("build", "2026-Q3"),
        ("build", "2026-Q3", "--check"),
        ("run",),
        ("status",),
        ("status", "--json"),
        ("sources", "list"),
        ("sources", "list", "--json"),
        ("sources", "health"),
        ("sources", "health", "--json"),
        ("sources", "check"),
        ("doctor",),
        ("export", "items"),
    )
    said = {}
    for command in commands:
        result = CliRunner().invoke(cli, [*command, *at])
        said[" ".join(command)] = result.stdout + result.stderr + str(result.exception or "")
    assert "Missing" in said["collect -v"]  # the sources were tried, and told by name
    assert "Moved" in said["sources health"]

    state = {"archive.db", "sources.yaml"}  # the team's own, not for readers
    files = {
        str(path.relative_to(workspace)): read_leaving_text(path)
        for path in workspace.rglob("*")
        if path.is_file() and path.name not in state and not path.name.startswith("archive.db")
    }
    assert "output/2026-Q3/edition.json" in files
    assert "output/2026-Q3/digest.pdf" in files
    found = [
        (place, secret)
        for place, text in (said | files).items()
        for _, secret in PLANTED.values()
        if secret in text
    ]
    assert found == []


@pytest.mark.parametrize(("path", "secret"), PLANTED.values(), ids=list(PLANTED))
def test_redacted_address_hides_its_secret(path, secret):
    """Whatever is planted is neither shown nor forgotten where messages quote it."""
    url = f"https://acme.example{path}"
    if secret in url:
        assert secret not in redact_url(url)
        assert any(secret in part for part in list_url_secrets(url)) or "#" in url


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.acme.example/marketing/rss.xml",
        "https://acme.example/feed/?feed=rss2&cat=7&lang=en",
        "https://developers.example/feeds/posts/default?alt=rss&max-results=25",
        "https://www.searchexample.example/category/google-ads-updates-2026/feed/",
        "https://acme.example/blog/2026/07/the-state-of-marketing-automation-2026.xml",
        "http://acme.example:8080/rss",
    ],
)
def test_plain_address_is_shown_whole(url):
    """An address without a secret is shown as it is: the team must recognise it."""
    assert redact_url(url) == url
