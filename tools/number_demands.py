"""Say on which page of the sample's edition each demand of docs/demands.md stands.

    tools/number_demands.py FOLDER [--write]

FOLDER is what `digest demo` made: output/demo/2026-Q3. A row's quoted headings are looked for on
every page of digest.pdf, but for its first, which lists the sections, and else in digest.html. A
quoted heading that stands nowhere is told, and ends this program with 1. With `--write` the pages
are written into the table; otherwise those that differ are told, too.
"""

from __future__ import annotations

import argparse
import html
import re
import subprocess
import sys
from pathlib import Path

DEMANDS = Path(__file__).resolve().parents[1] / "docs" / "demands.md"
ROW = re.compile(r"^(\| \d+ \|[^|]*\|)([^|]*)(\|)([^|]*)(\|[^|]*\|)$", re.MULTILINE)
_QUOTED = re.compile(r'"([^"]+)"')


def read_pages(folder: Path) -> dict[str, str]:
    """Return the text of each page by its number, and that of the HTML as "web"."""
    text = subprocess.run(
        ["pdftotext", "-layout", folder / "digest.pdf", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pages = {str(number): _flatten(page) for number, page in enumerate(text.split("\f"), 1)}
    web = re.sub(r"<[^>]+>", " ", (folder / "digest.html").read_text(encoding="utf-8"))
    return {**pages, "web": _flatten(html.unescape(web))}


def _flatten(text: str) -> str:
    return " ".join(text.split())


def find_pages(place: str, pages: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the pages on which the quoted headings of a row stand, and those that stand nowhere."""
    found: list[str] = []
    missing = []
    for heading in _QUOTED.findall(place):
        on = [page for page, text in pages.items() if heading in text and page not in ("1", "web")]
        if on:
            found.append(on[0])  # where it begins
        elif heading in pages["web"]:
            found.append("web")
        else:
            missing.append(heading)
    return sorted(set(found), key=lambda page: (page == "web", page.zfill(3))), missing


def number_rows(text: str, pages: dict[str, str]) -> tuple[str, list[str]]:
    """Return the table with its pages, and what is wrong with it."""
    wrong: list[str] = []

    def number(row: re.Match[str]) -> str:
        found, missing = find_pages(row[2], pages)
        wrong.extend(f'"{heading}" stands nowhere: {row[1]}' for heading in missing)
        said = f" {', '.join(found) or '–'} "
        if said != row[4]:
            wrong.append(f"stands on{said}and not on{row[4]}: {row[1]}")
        return f"{row[1]}{row[2]}{row[3]}{said}{row[5]}"

    return ROW.sub(number, text), wrong


def main() -> None:
    """Check the table, or write its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    pages = read_pages(options.folder)
    text, wrong = number_rows(DEMANDS.read_text(encoding="utf-8"), pages)
    if options.write:
        DEMANDS.write_text(text, encoding="utf-8")
        _, wrong = number_rows(text, pages)
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
