"""Inputs that are made to cost their reader time or memory, each by its name.

Tests ask what becomes of them; benchmarks/bench_hostile.py measures what they cost.
"""

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping


def _bomb(levels: int, width: int) -> str:
    lines = ["a0: &a0 [" + ", ".join(["x"] * width) + "]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


YAML = {
    "billion laughs": _bomb(10, 10),
    "aliases of a long text": "a: &a " + "x" * 100_000 + "\nb: [" + "*a," * 5_000 + "]",
    "depth by aliases": "a: &a0 [x]\n"
    + "".join(f"b{n}: &a{n + 1} [*a{n}]\n" for n in range(5_000)),
    "many values": "a: [" + "1," * 400_000 + "]",
    "many keys": "".join(f"k{n}: 1\n" for n in range(90_000)),
    "the same key": "a: 1\n" * 170_000,
    "brackets": "[" * 1_000_000,
    "open and close": "[]," * 300_000,
    "dashes": "- " * 400_000,
    "question marks": "? " * 400_000,
    "braces": "{a: " * 200_000,
    "colons": "a: " + ":" * 1_000_000,
    "one long word": "a: " + "x" * 1_000_000,
    "one long quoted text": 'a: "' + "x\\n" * 300_000 + '"',
    "comments": "# x\n" * 100_000,
    "empty lines": "\n" * 300_000 + "a: 1",
    "tabs": "a:\n" + "\tb: 1\n" * 150_000,
    "tags": "a: [" + "!x y," * 190_000 + "]",
    "too large": "#" * (2**20 + 1),
}


WORDS = {
    "spaces": " " * 100_000,
    "capitals": "A" * 100_000,
    "capitalised words": "Aa " * 30_000,
    "brackets": "(" * 100_000,
    "one doubtful name": "Drift " * 10_000,
    "chinese": "苹果" * 20_000,
}

HTML_LETTERS = {
    "nested": "<div>" * 20_000
    + "<h3><a href='https://s.example/1'>A headline deep inside the letter</a></h3>",
    "links": "<a href='https://s.example/1'>" * 5_000 + "x",
    "headings": "<h3>" * 5_000 + "words " * 20_000,
    "style": "<p style='" + "font:" * 20_000 + "'>words</p>",
    "hyphens": "<p>" + "word-" * 100_000 + "</p>",
    "brackets": "<p>" + "(" * 50_000 + "</p>",
    "address": "<a href='https://s.example/?"
    + "a=1&" * 50_000
    + "'>A headline with a very long address</a>",
    "footer words": "<p>you receive this" + " email newsletter" * 20_000 + "</p>",
    "one word": "A" * 1_000_000,
    "decoration": "<p>" + "a=&amp;# " * 2_000 + "a" + "=" * 100_000 + "b</p>",
}

PLAIN_LETTERS = {
    "bullets": "- " * 100_000,
    "references": "[1] " * 50_000,
    "addresses": "http://" * 50_000,
    "one word": "a" * 500_000,
    "lines": "\n" * 300_000,
    "lines before words": "\n" * 300_000 + "words",
    "addresses in one line": "words www.a.example?" * 5_000,
    "brackets": "(" * 100_000,
    "stars": "*" * 100_000,
    "quotes": "> " * 100_000,
}

_ONE = "<item><title>One</title><link>https://acme.example/1</link></item>"
_OPEN = "<rss version='2.0'><channel><title>Acme</title>"
_CLOSE = "</channel></rss>"
_LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 15))
    + "]>"
)
_WIDE = f"<!DOCTYPE rss [<!ENTITY a '{'x' * 1000}'>]>"


def _feed(inside: str) -> str:
    return f"{_OPEN}{inside}{_CLOSE}"


def _item(more: str) -> str:
    return _feed(f"<item><title>One</title>{more}</item>")


FEEDS = {
    "entities in entities": _LAUGHS + _feed("<item><title>&a14;</title></item>"),
    "one wide entity": _WIDE + _item(f"<description>{'&a;' * 50_000}</description>"),
    "long author": _item(f"<author>{'a' * 60_000}</author>"),
    "long author in CDATA": _item(f"<author><![CDATA[{'a.' * 60_000}]]></author>"),
    "feed author": _feed(f"<author>{'a' * 60_000}</author>" + _ONE),
    "attributes": _feed(
        "<item " + " ".join(f"a{n}='1'" for n in range(8_000)) + "><title>One</title></item>"
    ),
    "categories": _item("<category>c</category>" * 20_000),
    "prefixes": _OPEN + "".join(f"<p{n}:x>" for n in range(20_000)) + _ONE,
    "deep HTML": _item(f"<description>{'&lt;div&gt;' * 50_000}</description>"),
    "deep XML": _item(f"<description>{'<div>' * 50_000}</description>"),
    "ampersands": _feed(f"<item><title>{'&amp;amp;' * 30_000}lt;b&gt;</title></item>"),
    "open items": _OPEN + _ONE + "<item>" * 50_000,
    "open instructions": "<?" * 50_000 + _feed(_ONE),
    "spaces": _item(f"<description>a{' ' * 1_000_000}b</description>"),
    "abbreviations": _item(f"<description>{'Mr. ' * 50_000}</description>"),
    "addresses of one word": _feed(
        "".join(
            f"<item><title>One {n}</title><link>https://acme.example/{'a' * 3_900}{n}</link></item>"
            for n in range(500)
        )
    ),
    "open CDATA": _OPEN + _ONE + "<![CDATA[" * 30_000,
}

ROBOTS = ("User-agent: *\nDisallow: /" + "*a" * 500, "/" + "a" * 400 + "b")  # rules, path


_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEADINGS = "<row><c t='str'><v>product</v></c><c t='str'><v>category</v></c></row>"


def build_workbook(sheet: str, prolog: str = "") -> bytes:
    """Return an XLSX file of one sheet, whose XML is given."""
    packed = io.BytesIO()
    kinds = "xmlns='http://schemas.openxmlformats.org/package/2006/relationships'"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "xl/workbook.xml",
            f"<workbook xmlns='{_SHEETS}' xmlns:r='{_OFFICE}'>"
            "<sheets><sheet name='A' r:id='r1'/></sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f"<Relationships {kinds}><Relationship Id='r1' Type='{_OFFICE}/worksheet'"
            " Target='worksheets/sheet1.xml'/></Relationships>",
        )
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f"{prolog}<worksheet xmlns='{_SHEETS}'>{sheet}</worksheet>",
        )
    return packed.getvalue()


def _table(rows: str, after: str = "") -> bytes:
    return build_workbook(f"<sheetData>{_HEADINGS}{rows}</sheetData>{after}")


def _merge(*references: str) -> str:
    cells = "".join(f"<mergeCell ref='{reference}'/>" for reference in references)
    return f"<mergeCells>{cells}</mergeCells>"


# to be refused, or read within a second or two and a hundred megabytes
WORKBOOKS = {
    "a million cells": _table(f"<row>{'<c/>' * 3_000_000}</row>"),
    "a million rows": _table("<row/>" * 2_500_000),
    "open cells": _table("<row>" + "<c>" * 1_000_000),
    "the last cell of all": _table("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
    "a last cell in each row": _table(
        "".join(f"<row><c r='XFD{n}'><v>1</v></c></row>" for n in range(2, 5_000))
    ),
    "one range over all": _table("", _merge("A1:XFD1048576")),
    "ranges over all": _table("", _merge(*["A1:BH5000"] * 100_000)),
    "a link over all": _table("", "<hyperlinks><hyperlink ref='A1:XFD1048576'/></hyperlinks>"),
    "an entity": build_workbook(
        f"<sheetData>{_HEADINGS}<row><c t='str'><v>&x;</v></c></row></sheetData>",
        "<!DOCTYPE worksheet [<!ENTITY x 'y'>]>",
    ),
    "numbers without end": _table(f"<row><c><v>{'9' * 100_000}</v></c><c><v>1e999</v></c></row>"),
    "places of nothing": _table("<row r='-1'><c r='A0' t='s'><v>-1</v></c><c r='!' t='?'/></row>"),
}


def pack_backup(files: Mapping[str, bytes]) -> bytes:
    """Return a backup whose manifest is right: what is wrong is in its names."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest = json.dumps({"format": 1, "files": hashes}).encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in {"manifest.json": manifest, **files}.items():
            member = tarfile.TarInfo(name)
            member.size, member.pax_headers = len(data), {"path": name}
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(out.getvalue(), 1)


BACKUPS = {
    "a path outside": pack_backup({"../outside": b"x"}),
    "an absolute path": pack_backup({"/tmp/outside": b"x"}),
    "a NUL": pack_backup({"sources\0.yaml": b"x"}),
    "an escape": pack_backup({"\x1b[31m.yaml": b"x"}),
    "a long name": pack_backup({"output/" + "n" * 252: b"x"}),
    "a file as a folder": pack_backup({"output/a": b"x", "output/a/b": b"x"}),
    "a program": pack_backup({"trafilatura.py": b"x"}),
    "a hook": pack_backup({".git/hooks/post-checkout": b"x"}),
    "zeros": pack_backup({"other.yaml": bytes(100 * 2**20)}),
    "an archive that is none": pack_backup({"archive.db": b"SQLite format 3\0" + bytes(4_000)}),
}
