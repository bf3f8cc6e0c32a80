"""Editions to render: a full quarter, the same with a stack, a thin one, an empty one, a hostile
one, and quarters of any size.

Every company, product and sentence is made up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from digest.i18n import TranslatableText
from digest.model.decisions import TeamDecision
from digest.model.edition import (
    DEAL_KINDS,
    Agenda,
    AgendaItem,
    AgendaSection,
    Blip,
    CalendarEntry,
    Claim,
    CoverageRow,
    DealEntry,
    DealKind,
    Edition,
    EditionStory,
    FrontCard,
    FrontDecision,
    FrontPage,
    HeatmapRow,
    ProductRow,
    PromiseLedger,
    PromiseRow,
    ProposedStep,
    Provenance,
    QuarterCounts,
    Radar,
    Reference,
    RegisterRow,
    RuleEntry,
    RuleKind,
    RuleRow,
    Section,
    Sentence,
    Spend,
    StackView,
    StoryRef,
    Theme,
    ThemeFigure,
    VendorQuestions,
)
from digest.model.stack import Money, Product, ProductAi, Promise
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

SLUGS = ("five", "deals", "themes", "categories", "rules")  # sections in reading order

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
    placed = [(row["section"], story(n, row)) for n, row in enumerate(rows)]
    told = [one for _, one in placed]
    in_themes = {one for theme in themes(told) for one in theme.stories}
    stories = [
        ("categories" if home == "themes" and one.id not in in_themes else home, one)
        for home, one in placed
    ]
    told_before = {
        "deals": ("s000", "s004"),
        "themes": ("s001",),
        "categories": ("s003",),
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
        for slug in SLUGS
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
        front=front(),
        calendar=calendar(told),
        themes=themes(told),
        claims=claims(told),
        register=register(told),
        rules=rules(told),
        deals=deals(told),
    )
    return replace(made, **changes)


def briefing(**changes: Any) -> Edition:
    """The full quarter of a company that has a stack: every part is filled."""
    made = edition()
    refs = {one.id: refer(one) for one in made.stories}
    parts: dict[str, Any] = {
        "front": front(own=True),
        "calendar": calendar(made.stories, own=True),
        "stack": stack(refs),
        "ledger": ledger(refs),
        "radar": radar(refs),
        "agenda": agenda(refs),
        "rules": rules(made.stories, own=True),
        "deals": deals(made.stories, own=True),
    }
    return replace(made, **(parts | changes))


# ---------------------------------------------------------------- the parts


def note(template: str, **values: object) -> TranslatableText:
    """A text of the product's own; no catalogue holds it."""
    return TranslatableText(template, **values)


def refer(one: EditionStory) -> StoryRef:
    """A reference to a story of the edition."""
    lead = one.items[0]
    return StoryRef(
        one.id,
        one.title,
        one.language,
        lead.url,
        lead.source,
        one.published,
        one.event or "other",
        one.evidence,
    )


def front(own: bool = False) -> FrontPage:
    """Page one, of a company with a stack or of the market."""
    lead = (
        note(
            "Postlark raises e-mail prices by up to 22%% and Kestrel Ads forces automatic bidding."
        ),
        note("Two of your ten vendors changed their terms; €294,000 fall due for notice."),
    )
    if not own:
        cards = (("7", "deals told"), ("2", "dated rules"), ("5", "launches"), ("3", "proofs"))
        shown = tuple(FrontCard(note(value), note(label)) for value, label in cards)
        return FrontPage(lead[:1], (), shown)
    decisions = (
        FrontDecision(
            question=note("Renew, renegotiate or leave Postlark?"),
            reason=note(
                "Its prices rise by up to 22%% and the notice falls due within the quarter."
            ),
            owner="Head of CRM",
            due=date(2026, 11, 1),
            cost=Money(96_000, "EUR"),
            section="deals",
            story="s004",
        ),
        FrontDecision(
            question=note("Which campaigns move to automatic bidding first?"),
            reason=note("Kestrel Ads moves all search campaigns in October."),
            owner="Head of Performance",
            due=date(2026, 10, 15),
            section="categories",
            story="s003",
        ),
        FrontDecision(
            question=note("Who labels what AI has made?"),
            reason=note("The rule on labels applies from December."),
            due=date(2026, 12, 1),
            section="rules",
            story="s002",
        ),
    )
    cards = (
        ("€294,000", "of contracts whose notice falls due by March"),
        ("2 of 10", "own vendors changed their terms"),
        ("4", "dated duties in the next 90 days"),
        ("1 of 3", "AI claims of own vendors with proof"),
    )
    return FrontPage(
        lead, decisions, tuple(FrontCard(note(value), note(label)) for value, label in cards)
    )


def calendar(stories: Sequence[EditionStory], own: bool = False) -> tuple[CalendarEntry, ...]:
    """Days of rules, of the team's contracts and of what a vendor forces."""
    kinds = ("effective", "deadline", "ends")
    entries = [
        CalendarEntry(
            day=date(2026, 10, 1 + n * 4),
            last=date(2026, 10, 31) if n % 3 == 2 else date(2026, 10, 1 + n * 4),
            kind=kinds[n % 3],  # type: ignore[arg-type]
            what=one.title,
            language=one.language,
            quote=one.summary[0] if one.summary else None,
            story=refer(one),
            products=("Postlark Send",) if own and n == 0 else (),
        )
        for n, one in enumerate(
            [one for one in stories if one.event in ("regulation", "pricing", "shutdown")][:7]
        )
    ]
    if own:
        entries += [
            CalendarEntry(
                day=product.notice_by,
                last=product.notice_by,
                kind="notice",
                what=note("Notice for %(product)s", product=product.name),
                products=(product.name,),
                owner=product.owner,
                cost=product.cost,
            )
            for product in PRODUCTS
            if product.notice_by and product.notice_by >= AS_OF.date()
        ]
    return tuple(sorted(entries, key=lambda entry: (entry.day, entry.what)))


def themes(stories: Sequence[EditionStory]) -> tuple[Theme, ...]:
    """Two themes, one with figures."""
    found = {one.id: one for one in stories}
    made = []
    for slug, title, ids in (
        ("proof", "Vendors begin to show what their AI measures", ("s001", "s005", "s006", "s012")),
        (
            "answers",
            "Answer boxes take clicks, and publishers may refuse",
            ("s009", "s019", "s039"),
        ),
    ):
        held = [story_id for story_id in ids if story_id in found]
        told = [found[story_id] for story_id in held if found[story_id].summary]
        figures = tuple(
            ThemeFigure(value, one.items[0].source, one.summary[0])
            for value, one in zip((38.0, 9.0, 52.0), told, strict=False)
        )
        if len(held) > 1:
            made.append(
                Theme(
                    slug=slug,
                    title=title,
                    language="en",
                    stories=tuple(held),
                    figures=figures if slug == "proof" and len(figures) > 1 else (),
                    unit="%",
                )
            )
    return tuple(made)


def claims(stories: Sequence[EditionStory]) -> tuple[Claim, ...]:
    """What vendors claim of their AI."""
    return tuple(
        Claim(
            story=refer(one),
            subject=one.vendors[0] if one.vendors else one.title,
            evidence=one.evidence,
            points={
                point.kind: Sentence(point.quote, one.items[0].source, one.items[0].url)
                for point in one.points
            },
            availability="available" if n % 2 else "announced",
            speaker="vendor",
            quote=one.summary[0] if one.summary else None,
            study=one.event == "research",
        )
        for n, one in enumerate(stories)
        if one.evidence or (one.ai == "core" and one.event == "research")
    )


def register(stories: Sequence[EditionStory]) -> tuple[RegisterRow, ...]:
    """All told stories, and two of the same subject for each that are not."""
    return tuple(
        RegisterRow(
            story=one.id if copy == 0 else f"{one.id}-{copy}",
            title=one.items[0].title,
            headline=one.title,
            language=one.language,
            subject=one.vendors[0] if one.vendors else "",
            vendor=one.vendors[0] if one.vendors else "",
            category=one.category,
            event=one.event,
            ai=one.ai,
            source=one.items[0].source,
            url=one.items[0].url,
            published=one.published,
            new_product=one.event == "launch",
            told=copy == 0,
        )
        for one in stories
        for copy in range(3)
    )


PRODUCTS = tuple(
    Product(
        name=name,
        categories=(category,),
        vendor=vendor,
        owner=owner,
        contribution=contribution,
        users=users,
        status=status,  # type: ignore[arg-type]
        cost=Money(cost, "EUR") if cost else None,
        contract_end=end,
        notice_days=90 if end else None,
        ai=ProductAi(used=used, purpose="drafts texts" if used else ""),
    )
    for name, category, vendor, owner, contribution, users, status, cost, end, used in (
        ("Postlark Send", "email-marketing", "Postlark", "Head of CRM", "Sends 4 million mails a month", 12, "in use", 96_000, date(2027, 1, 30), True),
        ("Kestrel Search", "search-social-ads", "Kestrel Ads", "Head of Performance", "Buys a third of all visits", 5, "in use", 180_000, date(2027, 1, 31), True),
        ("Dealwright CRM", "crm", "Dealwright", "Head of Sales", "Holds all customers", 60, "anchor", 140_000, date(2027, 6, 30), None),
        ("Orbiva Measure", "marketing-analytics", "Orbiva", "Head of Data", "Says which channel sells", 9, "trial", 24_000, date(2026, 12, 31), True),
        ("Quillmark Studio", "content-marketing", "Quillmark", "Head of Brand", "Writes product texts", 18, "in use", 30_000, date(2027, 3, 31), True),
        ("Unisegment", "cdp", "Unisegment", "Head of Data", "Joins shop and mail data", 7, "anchor", 88_000, date(2027, 9, 30), False),
        ("Dripwise", "marketing-automation", "Dripwise", "Head of CRM", "Runs the welcome series", 4, "retiring", 6_000, date(2026, 12, 31), None),
        ("Rankwell", "seo", "Rankwell", "Head of Performance", "", 6, "in use", 12_000, date(2027, 2, 1), True),
        ("Assetry", "dam-mrm-pim", "Assetry", "", "Keeps 90,000 images", 40, "in use", 31_000, None, None),
        ("Streamhalle", "video-ads", "Streamhalle", "", "", None, None, None, None, None),
    )
)  # fmt: skip


def stack(refs: Mapping[str, StoryRef]) -> StackView:
    """Ten products, most of them in the news."""
    news = {
        "Postlark Send": ("s004", "s016"),
        "Kestrel Search": ("s003", "s020"),
        "Dealwright CRM": ("s010", "s023"),
        "Orbiva Measure": ("s005", "s033"),
        "Quillmark Studio": ("s007", "s025"),
        "Unisegment": ("s014",),
        "Dripwise": ("s036",),
        "Rankwell": ("s009", "s019"),
    }
    deals = ("acquisition", "funding", "shutdown", "pricing")
    lines = []
    for product in PRODUCTS:
        about = [refs[one] for one in news.get(product.name, ()) if one in refs]
        lines.append(
            ProductRow(
                product=product,
                news=tuple(one for one in about if one.event not in deals),
                vendor_news=(),
                health=tuple(one for one in about if one.event in deals),
                rivals=(refs["s015"],) if product.name == "Unisegment" else (),
                ai_stories=sum(one.evidence is not None for one in about),
                notice_by=product.notice_by
                if product.notice_by and product.notice_by >= AS_OF.date()
                else None,
                ends=product.contract_end,
                happened=next(iter(about), None),
                stories=tuple(one.id for one in about),
            )
        )
    heat = tuple(
        HeatmapRow(
            category=product.categories[0],
            stories=20 + n,
            ai=12 - n,
            ai_launches=n,
            stories_before=None,
            ai_before=None,
            spend=(product.cost,) if product.cost else (),
            products=(product.name,),
        )
        for n, product in enumerate(PRODUCTS[:6])
    )
    total = sum(product.cost.amount for product in PRODUCTS if product.cost)
    spend = Spend(
        total=(Money(total, "EUR"),),
        by_category=tuple(
            (product.categories[0], product.cost) for product in PRODUCTS if product.cost
        ),
        without_cost=("Streamhalle",),
        budget=Money(3_200_000, "EUR"),
        share=total / 3_200_000,
        new_customers=52_000,
        per_customer=Money(total / 52_000, "EUR"),
    )
    return StackView(tuple(lines), heat, spend)


def ledger(refs: Mapping[str, StoryRef]) -> PromiseLedger:
    """Two promises, one of them late, and what to ask."""
    late = Promise(
        "Dealwright",
        "Assistants settle simple requests in the CRM",
        date(2026, 3, 4),
        date(2026, 9, 30),
        "https://dealwright.example/roadmap",
    )
    kept = Promise("Orbiva", "The model is open to audit", date(2026, 2, 1), date(2026, 12, 31))
    return PromiseLedger(
        (
            PromiseRow(late, "slipped"),
            PromiseRow(kept, "seen", (refs["s005"],), ("audit", "model")),
        ),
        tuple(
            VendorQuestions(
                vendor,
                (product,),
                (
                    note("What share of requests does the assistant settle, and who measured it?"),
                    note("Which part of our data is used to train it?"),
                ),
            )
            for vendor, product in (("Dealwright", "Dealwright CRM"), ("Rankwell", "Rankwell"))
        ),
    )


def radar(refs: Mapping[str, StoryRef]) -> Radar:
    """Blips in all rings, one of them placed by the team."""
    return Radar(
        tuple(
            Blip(
                name=name,
                ring=ring,  # type: ignore[arg-type]
                group=group,
                reason=note("It changes its terms, and two sources report it."),
                story=refs[story_id],
                held=name == "Orbiva",
            )
            for name, ring, group, story_id in (
                ("Postlark", "act", "social-relationships", "s004"),
                ("Kestrel Ads", "act", "advertising-promotion", "s003"),
                ("Orbiva", "try", "data", "s005"),
                ("Quillmark", "ask", "content-experience", "s007"),
                ("Dealwright", "ask", "social-relationships", "s010"),
                ("Bottega Cloud", "watch", "commerce-sales", "s026"),
            )
        )
    )


def rules(stories: Sequence[EditionStory], own: bool = False) -> tuple[RuleEntry, ...]:
    """A rule for each story of one: the first a law with its day, then a ruling, a policy, a suit."""
    kinds: tuple[RuleKind, ...] = ("in force", "ruling", "platform", "pending")
    found = [one for one in stories if one.event == "regulation"]
    return tuple(
        RuleEntry(
            story=refer(one),
            kind=kinds[n % 4],
            day=None if n else date(2026, 8, 2),
            last=None if n else date(2026, 8, 2),
            binds=("Quillmark",),
            category=one.category,
            products=("Quillmark Studio",) if own and n < 2 else (),
            owner="Head of CRM" if own else "",
            follows=note("Settle who answers for this rule.") if own else None,
        )
        for n, one in enumerate(found)
    )


def deals(stories: Sequence[EditionStory], own: bool = False) -> tuple[DealEntry, ...]:
    """A deal for each story of one; the first touches a product of the stack."""
    kinds: dict[str | None, DealKind] = {
        "acquisition": "acquisition",
        "funding": "funding",
        "shutdown": "withdrawal",
        "pricing": "pricing",
        "incident": "incident",
    }
    found = [one for one in stories if one.event in kinds]
    return tuple(
        sorted(
            (
                DealEntry(
                    story=refer(one),
                    kind=kinds[one.event],
                    name=one.vendors[0] if one.vendors else "",
                    products=("Quillmark Studio",) if own and not n else (),
                )
                for n, one in enumerate(found)
            ),
            key=lambda entry: DEAL_KINDS.index(entry.kind),
        )
    )


def agenda(refs: Mapping[str, StoryRef]) -> Agenda:
    """The review's agenda, with an open decision and a proposed step."""
    item = AgendaItem(
        what=note("End Larkmail if the budget stays level?"),
        why=note("Two products serve e-mail; together they cost €120,000 a year."),
        owner="Head of CRM",
        due=date(2026, 11, 1),
        section="stack",
    )
    bare = AgendaItem(what=note("Keep the AI policy as it is?"), why=note("None is on file."))
    return Agenda(
        tuple(
            AgendaSection(slug, (note("Contracts of €294,000 fall due for notice"),), (item, bare))
            for slug in ("strategy", "usage", "gaps", "open")
        ),
        (
            ProposedStep(
                refs["s004"], "act", note("The price rises."), "Head of CRM", date(2026, 11, 1)
            ),
        ),
        (
            TeamDecision(
                "Choose a customer data platform",
                "act",
                owner="Head of Data",
                due=date(2026, 9, 30),
                quarter="2026-Q2",
            ),
        ),
        (
            RuleRow(refs["s002"], "from December", ("Quillmark Studio",)),
            RuleRow(refs["s037"], "", ("Postlark Send",)),
        ),
    )


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
        front=FrontPage(),
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
    rows = [
        {
            "section": SLUGS[n % 5],
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
