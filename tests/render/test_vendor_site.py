"""A vendor's page beside the index: through all editions, harmless, stable."""

from __future__ import annotations

from typing import Any

import lxml.html

from digest.render.edition_json import edition_to_dict
from digest.render.site import FoundEdition, render_index
from digest.render.vendor_site import build_vendor_pages, list_links, render_vendor_pages
from digest.render.words import load_localizer
from tests.factories import editions

WORDS = load_localizer("en")
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def edition(quarter: str, start: str, **row: Any) -> dict[str, Any]:
    """An edition's data with one row of the ledger and one of the register."""
    data = edition_to_dict(editions.thin())
    promise = {"vendor": "Acme", "what": "Envoy in every plan", "source": "", "by": "2026-07-31"}
    ledger_row = {
        "vendor": "Acme",
        "products": ["Acme CRM"],
        "promised": [{"promise": promise, "standing": row.get("standing", "open")}],
        "asked": row.get("asked", []),
    }
    register = {
        "story": row.get("story", "s1"),
        "title": row.get("title", "Introducing Envoy"),
        "headline": row.get("title", "Introducing Envoy"),
        "language": "en",
        "subject": "Envoy",
        "vendor": "Acme",
        "parties": ["Acme"],
        "event": "launch",
        "act": row.get("act"),
        "source": "The Paper",
        "url": row.get("url", "https://paper.example/1"),
        "published": f"{start[:8]}11T09:00:00Z",
        "told": row.get("told", True),
    }
    return data | {
        "quarter": quarter,
        "start": start,
        "ledger": {"vendors": [ledger_row]},
        "register": [register],
    }


SECOND = edition("2026-Q2", "2026-04-01T00:00:00Z", act="announced")
THIRD = edition(
    "2026-Q3",
    "2026-07-01T00:00:00Z",
    act="available",
    standing="shipped",
    story="s2",
    title="Envoy is here",
    asked=[
        {"key": "data", "text": "On which data?", "asked": "2026-05-02", "answer": None},
        {
            "key": "exit",
            "text": "How do we leave?",
            "asked": "2026-05-02",
            "answer": {"text": "By CSV.", "on": "2026-06-01", "source": "mail of Dana"},
        },
    ],
)
FOUND = [("2026-Q2", SECOND), ("2026-Q3", THIRD)]


def page(found: list[tuple[str, dict[str, Any]]]) -> lxml.html.HtmlElement:
    made = render_vendor_pages(build_vendor_pages(found, WORDS), "Digest", "Fernwood", "en")
    return lxml.html.document_fromstring(made["acme.html"].decode())


def test_a_vendor_is_told_through_time():
    """Each edition's word on a promise, what was answered, and what happened, the newest first."""
    text = " ".join(page(FOUND).text_content().split())
    assert "Q3 2026: Shipped Q2 2026: Open" in text
    assert "On which data? asked on 2 May 2026: no answer" in text
    assert "“By CSV.” 1 June 2026, mail of Dana" in text
    assert text.index("available: Envoy is here") < text.index("announced: Introducing Envoy")


def test_links_lead_to_what_an_edition_tells_and_else_to_the_source():
    """From the folder of the pages."""
    other = edition("2026-Q1", "2026-01-01T00:00:00Z", told=False)
    hrefs = page([("2026-Q1", other), *FOUND]).xpath("//article//li//a/@href")
    assert hrefs == [
        "../2026-Q3/digest.html#s2",
        "../2026-Q2/digest.html#s1",
        "https://paper.example/1",
    ]


def test_text_from_outside_is_data():
    """No script, no address but of the web."""
    evil = edition(
        "2026-Q3",
        "2026-07-01T00:00:00Z",
        title=EVIL,
        url="javascript:alert(3)",
        told=False,
        asked=[
            {
                "key": "x",
                "text": EVIL,
                "asked": "2026-05-02",
                "answer": {"text": EVIL, "on": "2026-06-01", "source": "javascript:alert(4)"},
            }
        ],
    )
    made = page([("2026-Q3", evil)])
    assert made.xpath("//script | //img") == []
    assert not any("javascript" in href for href in made.xpath("//@href"))
    assert EVIL.split(">")[1] in made.text_content()


def test_an_edition_without_a_stack_or_of_an_earlier_version_stops_nothing():
    """It has no ledger, and its register says less."""
    old = edition("2026-Q1", "2026-01-01T00:00:00Z")
    del old["register"][0]["parties"], old["register"][0]["act"]
    bare = edition_to_dict(editions.thin()) | {"ledger": None}
    pages = build_vendor_pages([("2026-Q1", old), ("2025-Q4", bare)], WORDS)
    assert list(pages) == ["acme"]
    assert len(pages["acme"].quarters) == 1


def test_the_index_links_the_pages_and_equal_editions_give_equal_bytes():
    """With how much each tells."""
    pages = build_vendor_pages(FOUND, WORDS)
    editions_found = [FoundEdition(folder, data) for folder, data in FOUND]
    index = render_index(
        editions_found, "T", "", "en", vendors=list_links(pages, "vendors")
    ).decode()
    assert '<a href="vendors/acme.html">Acme</a> <span class="ref">2 stories</span>' in index
    assert render_vendor_pages(pages, "T", "", "en") == render_vendor_pages(
        build_vendor_pages(FOUND[::-1], WORDS), "T", "", "en"
    )
