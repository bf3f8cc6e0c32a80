"""Editions to render: a full quarter, a thin one, an empty one, a hostile one, and quarters of any
size.

Every company, product and sentence is made up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from digest.model.edition import (
    CoverageRow,
    Edition,
    EditionStory,
    Provenance,
    QuarterCounts,
    Reference,
    Section,
    Sentence,
)
from digest.model.tags import ClaimPoint

START, END = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
AS_OF = datetime(2026, 10, 2, 6, 0, tzinfo=UTC)
PUBLISHERS = (
    "Stack Weekly",
    "Adtech Courier",
    "The Campaign Desk",
    "Signal & Send",
    "Funnel Review",
    "Martech Monitor",
    "Retail Media Post",
    "Privacy Docket",
    "Halden Newsroom",
    "Quillmark Blog",
    "Data Commons Journal",
    "Search Ledger",
)

Row = Mapping[str, Any]
ROWS: tuple[Row, ...] = tuple(YAML(typ="safe").load(Path(__file__).with_name("stories.yaml")))


def story(n: int, row: Row) -> EditionStory:
    """One row of the table as a story; `reports` is how many publishers tell it."""
    day = START + timedelta(days=(n * 17) % 91, hours=9)
    items = tuple(
        Reference(
            id=f"{n:03d}{k:02d}",
            url=f"https://news{(n + k) % 12}.example/{n}-{k}",
            source=PUBLISHERS[(n + k) % 12],
            title=row["title"],
            published=day + timedelta(hours=5 * k),
            via="Monday Stack Letter" if k == 2 else None,
        )
        for k in range(row["reports"])
    )
    traits = row["traits"]
    return EditionStory(
        id=f"s{n:03d}",
        title=row["title"],
        language=row.get("language", "en"),
        summary=tuple(Sentence(text, items[0].source, items[0].url) for text in row["summary"]),
        why_it_matters=tuple(row.get("why", ())),
        category=traits.get("category"),
        also=(),
        ai=traits["ai"],
        evidence=traits.get("evidence"),
        points=tuple(ClaimPoint(kind, quote) for kind, quote in row.get("points", ())),
        event=traits["event"],
        vendors=tuple(row.get("vendors", ())),
        score=100.0 - n,
        parts={"reach": 40.0 - n / 2, "news": 60.0 - n / 2},
        items=items,
        published=day,
    )


def days(n: int, failed: bool) -> str:
    """The days of a source: one in twelve broke off, one in five lost a few, one in seven began
    late."""
    known = (
        "h" * 70 + "u" * 22 if failed else "h" * 20 + "m" * 4 + "h" * 68 if n % 5 == 1 else "h" * 92
    )
    return "u" * 30 + known[30:] if n % 7 == 3 else known


def coverage(number: int = 48) -> tuple[CoverageRow, ...]:
    """Sources: most read, one in twelve failed, a few silent."""
    tiers = ("trade", "vendor", "analyst", "regulator", "press", "newsletter")
    rows = []
    for n in range(number):
        failed, silent = n % 12 == 7, n % 10 == 3
        name = PUBLISHERS[n % 12] if n < 12 else f"{PUBLISHERS[n % 12]} {n // 12 + 1}"
        rows.append(
            CoverageRow(
                source=name,
                tier=tiers[n % 6],  # type: ignore[arg-type]
                url=f"https://news{n}.example/feed",
                items=0 if silent else (n * 37) % 60 + 3,
                in_edition=0 if silent else (n * 5) % 4,
                state="failed" if failed else "silent" if silent else "read",
                last_success=AS_OF - timedelta(days=20 if failed else 0, hours=3),
                held_from=None if silent else START + timedelta(days=(n * 7) % 40 - 12),
                held_to=None if silent else END - timedelta(days=1 + n % 5),
                problem="news7.example: answered 403 with a block page, since 12 Sep"
                if failed
                else "",
                days=days(n, failed),
            )
        )
    return tuple(rows)


def counts(items: int = 1204, stories: int = 311, step: int = 0) -> QuarterCounts:
    """Figures of a quarter; `step` moves them a little, for the quarter before."""
    return QuarterCounts(
        items=items,
        relevant=items // 3,
        stories=stories,
        in_edition=len(ROWS),
        sources=42 - step,
        by_category={
            "cdp": 31 - 3 * step,
            "seo": 40,
            "email-marketing": 22 + step,
            "crm": 19,
            "ai-platforms": 52 - 9 * step,
            "governance-privacy": 17 - step,
            "display-programmatic": 28,
            "marketing-analytics": 25 + 2 * step,
            "search-social-ads": 24,
            "video-ads": 13,
            "content-marketing": 17,
            "conversational": 12 - step,
        },
        by_event={
            "launch": 96,
            "update": 88,
            "acquisition": 21,
            "funding": 25,
            "regulation": 14,
            "research": 30,
        },
        by_ai={
            "core": 118 - 20 * step,
            "applied": 64 - 6 * step,
            "mention": 41,
            "none": 88 + 14 * step,
        },
        by_evidence={
            "evidenced": 21 - 4 * step,
            "specified": 58 - 10 * step,
            "claimed": 74 + 3 * step,
        },
    )


def edition(rows: Sequence[Row] = ROWS, **changes: Any) -> Edition:
    """The full quarter: 40 stories in six languages; `changes` replace fields of it."""
    stories = [(row["section"], story(n, row)) for n, row in enumerate(rows)]
    told_before = {
        "ai-watch": ("s001", "s003"),
        "categories": (),
        "deals": ("s000", "s004"),
        "rules": ("s002",),
    }
    sections = tuple(
        Section(
            slug,
            tuple(one for home, one in stories if home == slug),
            tuple(i for i in told_before.get(slug, ()) if any(one.id == i for _, one in stories)),
            ""
            if any(home == slug for home, _ in stories)
            else "No story of this quarter was strong enough to stand here.",
        )
        for slug in ("five", "ai-watch", "categories", "deals", "rules")
    )
    made = Edition(
        quarter="2026-Q3",
        start=START,
        end=END,
        as_of=AS_OF,
        so_far=False,
        sample=True,
        language="en",
        title="Martech Digest",
        organisation="Fernwood Outdoor",
        generated_from=Provenance("0.1.0", config="51aa03cf77e2", archive="9f2c41d0a7be"),
        sections=sections,
        coverage=coverage(),
        counts=counts(),
        counts_before=counts(1080, 287, 1),
        left_out={
            "how-to": 212,
            "not about marketing technology": 401,
            "promotion": 96,
            "ranked too low": 271,
        },
        quality={"relevant_f1": 0.71, "category": 0.62, "ai": 0.94, "evidence": 0.58},
    )
    return replace(made, **changes)


def thin() -> Edition:
    """A quarter with three stories and nothing before it, not ended, two sources."""
    return edition(
        [ROWS[0], ROWS[5], ROWS[37]],
        counts=QuarterCounts(
            9, 3, 3, 3, 2, {"cdp": 1}, {"acquisition": 1}, {"core": 1, "none": 2}, {"evidenced": 1}
        ),
        counts_before=None,
        coverage=tuple(replace(row, days="h" * 39 + "." * 53) for row in coverage(2)),
        so_far=True,
        as_of=datetime(2026, 8, 8, 6, tzinfo=UTC),
        organisation="",
        left_out={},
        quality={},
    )


def empty() -> Edition:
    """A quarter with nothing in it."""
    return edition(
        [],
        counts=QuarterCounts(0, 0, 0, 0, 0),
        counts_before=None,
        coverage=(),
        sample=False,
        left_out={},
        quality={},
    )


def large(number: int) -> Edition:
    """A quarter with `number` stories in the proportions of the full one."""
    rest = ROWS[5:]
    return edition([*ROWS[:5], *(rest[n % len(rest)] for n in range(number - 5))])


HOSTILE_TITLES = (
    "<script>alert(1)</script> & {{ 7*7 }} {% raw %} <b>bold</b> ${7*7}",
    "A headline of three hundred characters that goes on "
    + "and on, with many a word that no reader needs, " * 6,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft buys a name",
    "\u202eevil\u202c right to left override and \x07 a bell \x1b[31m and a lone \ud800 surrogate",
    '"><img src=x onerror=alert(1)> <link rel="attachment" href="file:///etc/passwd">',
    "क्षेत्रीय विपणन मंच का शुभारंभ",
    "마케팅 자동화 플랫폼 출시",
    "🚀🚀🚀",
    "",
    "מערכת חדשה לניהול לקוחות CRM 2.0",
)
HOSTILE_URLS = (
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,<script>1</script>",
    "http://[",
    "//x/y",
)


def hostile() -> Edition:
    """Markup, templates, long words, scripts without fonts and unsafe addresses in every field
    from outside."""
    languages = ("en", "en", "de", "en", '"><b x="', "hi", "ko", "en", "en", "he")
    slugs = ("five", "ai-watch", "categories", "deals", "rules")
    rows = [
        {
            "section": slugs[n % 5],
            "title": title,
            "language": languages[n % 10],
            "traits": {"category": "seo", "event": "launch", "ai": "core", "evidence": "claimed"},
            "vendors": [title],
            "summary": [title, "W" * 9000],
            "why": [title],
            "points": [["data", title]],
            "reports": 1,
        }
        for n, title in enumerate(HOSTILE_TITLES * 2)
    ]
    made = edition(
        rows, title="<i>Digest</i> {{ 1 }}", organisation="A & B </title>", left_out={"<b>x</b>": 2}
    )
    sections = tuple(
        replace(section, stories=tuple(_unsafe(n, one) for n, one in enumerate(section.stories)))
        for section in made.sections
    )
    rows_of_coverage = tuple(
        replace(row, source=HOSTILE_TITLES[0], url=HOSTILE_URLS[0]) for row in coverage(5)
    )
    return replace(made, sections=sections, coverage=rows_of_coverage)


def _unsafe(n: int, one: EditionStory) -> EditionStory:
    url = HOSTILE_URLS[n % len(HOSTILE_URLS)]
    items = tuple(
        replace(item, url=url, source=HOSTILE_TITLES[n % 10], via=HOSTILE_TITLES[0])
        for item in one.items
    )
    return replace(
        one, items=items, summary=tuple(replace(s, url=url, source=one.title) for s in one.summary)
    )
