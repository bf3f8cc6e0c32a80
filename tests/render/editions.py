"""Editions to render: a full quarter, a thin one, an empty one, a hostile one, and quarters of any size.

Every company, product and sentence is made up.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.model import (
    ClaimPoint,
    Counts,
    CoverageRow,
    Edition,
    EditionStory,
    Reference,
    Section,
    Sentence,
)

START, END = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
AS_OF = datetime(2026, 10, 2, 6, 0, tzinfo=UTC)
PUBLISHERS = (
    "Stack Weekly", "Adtech Courier", "The Campaign Desk", "Signal & Send", "Funnel Review", "Martech Monitor",
    "Retail Media Post", "Privacy Docket", "Halden Newsroom", "Quillmark Blog", "Data Commons Journal", "Search Ledger",
)  # fmt: skip

# section, category, event, ai, evidence, vendor, title, sentences, why, points, number of reports
ROWS: tuple[tuple[object, ...], ...] = (
    ("five", "cdp", "acquisition", "applied", None, "Halden", "Halden buys customer data platform Tessera for $1.4 billion",
     ("Halden has agreed to acquire Tessera, a customer data platform with 900 enterprise customers, for $1.4 billion in cash.",
      "Existing contracts run on until their end, and a joint product is planned for spring."),
     ("4 of your 19 tracked vendors connect to Tessera.", "Third deal for a customer data platform this quarter."), (), 6),
    ("five", "ai-platforms", "launch", "core", "evidenced", "Sondra AI", "Sondra's media agent cut planning time by 38% in a twelve-week trial at Pelago Hotels",
     ("The agent drafts media plans from a brief and books them after a planner's approval.",
      "In a trial across 214 campaigns, planners at Pelago Hotels needed 38% less time and kept cost per booking level."),
     ("One of 5 AI launches this quarter that name a customer and a result.",),
     (("customer", "Pelago Hotels ran 214 campaigns with the agent between March and June"),
      ("result", "38% less planning time at an unchanged cost per booking"), ("availability", "generally available in the EU and the US")), 4),
    ("five", "governance-privacy", "regulation", "core", None, "", "Regulators set December date for labels on AI-made advertising",
     ("From 2 December, advertising images and voices made with AI must carry a visible label in all member states.",
      "Fines reach 3% of yearly turnover; small advertisers have until June."),
     ("Touches 3 stack categories: video advertising, content marketing, influencers.",), (), 5),
    ("five", "search-social-ads", "update", "core", "specified", "Kestrel Ads", "Kestrel Ads moves all search campaigns to automatic bidding in October",
     ("Manual bids end on 15 October; campaigns that have not moved are switched over with last month's targets.",
      "Advertisers keep a spending cap, but no longer see bids for single queries."),
     ("The change is dated and has no way to opt out.",), (("method", "bids are set per auction from 60 signals, query text included"),), 3),
    ("five", "email-marketing", "pricing", "none", None, "Postlark", "Postlark raises e-mail prices by up to 22% and ends its free tier",
     ("Accounts above 50,000 contacts pay between 9% and 22% more from their next renewal.",
      "The free tier closes on 30 November."),
     ("Second price rise by an e-mail vendor this year.",), (), 3),
    # AI watch
    ("ai-watch", "marketing-analytics", "launch", "core", "evidenced", "Orbiva", "Orbiva opens its incrementality model to outside audit and publishes error rates",
     ("Orbiva let two universities test its model against 120 controlled experiments.",
      "The median error was 7%; the worst case, in travel, was 31%."), (),
     (("data", "120 geo experiments from 41 advertisers"), ("result", "a median error of 7%")), 3),
    ("ai-watch", "conversational", "update", "core", "evidenced", "Brightloom", "Brightloom's service assistant now settles 52% of returns without a person",
     ("At shoe retailer Marrow & Finch the assistant closed 52% of return requests over eight weeks.",
      "Complaints did not rise, the company says."), ("Customer experience has 6 stories this quarter, up from 2.",),
     (("customer", "Marrow & Finch, eight weeks, 61,000 requests"), ("speaker", "figures come from the vendor")), 2),
    ("ai-watch", "content-marketing", "launch", "core", "specified", "Quillmark", "Quillmark adds a brand-voice checker that explains each correction",
     ("The checker marks sentences that leave a brand's style guide and names the rule.",), (),
     (("method", "a fine-tuned open model plus the customer's own style rules"),), 2),
    ("ai-watch", "video-ads", "launch", "core", "specified", "Reelhaus", "Reelhaus generates shoppable video from a product feed",
     ("The tool turns a product feed into six-second clips in nine formats.", "It is in closed beta with 30 shops."), (),
     (("availability", "closed beta with 30 shops"),), 1),
    ("ai-watch", "seo", "launch", "core", "claimed", "Rankwell", "Rankwell unveils “the first truly autonomous SEO brain”",
     ("Rankwell says its new platform uses next-generation AI to transform organic growth.",), (), (), 2),
    ("ai-watch", "crm", "launch", "core", "claimed", "Dealwright", "Dealwright puts AI at the heart of its CRM",
     ("The company calls the release its most intelligent yet.", "It gives no figures and no date of availability."), (), (), 1),
    ("ai-watch", "influencers", "launch", "core", "claimed", "Famely", "Famely brings AI matchmaking for creators and brands",
     ("Famely promises perfect matches at the push of a button.",), (), (), 1),
    ("ai-watch", "ai-platforms", "research", "core", None, "", "Study: half of marketing teams pay for AI features that nobody has switched on",
     ("Of 640 teams asked, 51% pay for at least one AI feature that nobody has switched on.",
      "The most common reason is that nobody owns the decision."), (), (), 4),
    ("ai-watch", "ai-platforms", "launch", "core", "specified", "Lumenreach", "ルーメンリーチ、広告文の自動生成機能を公開",
     ("日本語の広告文を商品データから自動で作成する機能を、全プランに公開した。",), (), (), 1, "ja"),
    # New by category
    ("categories", "cdp", "update", "none", None, "Unisegment", "Unisegment adds zero-copy links to three data warehouses",
     ("Audiences can be built where the data lies, without a copy.", "The links are included in all plans."), (), (), 2),
    ("categories", "cdp", "launch", "applied", "specified", "Corevault", "Corevault starts a customer data platform for charities",
     ("It comes with donor models and consent records in one schema.",), (), (), 1),
    ("categories", "email-marketing", "update", "applied", "claimed", "Postlark", "Postlark adds smart send times",
     ("The feature picks the best time for each contact with AI.",), (), (), 1),
    ("categories", "email-marketing", "launch", "none", None, "Mailgarten", "Mailgarten startet E-Mail-Plattform mit Rechenzentren nur in der EU",
     ("Die Plattform speichert alle Daten in Frankfurt und Wien.", "Der Preis beginnt bei 49 Euro im Monat."),
     ("No other e-mail vendor of this quarter names EU-only storage.",), (), 2, "de"),
    ("categories", "seo", "update", "mention", None, "Search Ledger", "Crawl reports of the largest search console now go back sixteen months",
     ("Until now the reports held ninety days.",), (), (), 3),
    ("categories", "seo", "research", "applied", None, "Rankwell", "Answer boxes take a third of clicks from recipe and travel pages",
     ("The panel followed 40,000 queries over six months.", "Brand queries lost least, with 4%."), (), (), 3),
    ("categories", "display-programmatic", "update", "none", None, "Kestrel Ads", "Kestrel opens its curation marketplace to mid-size publishers",
     ("Publishers with more than two million visits a month may apply.",), (), (), 2),
    ("categories", "display-programmatic", "launch", "applied", "specified", "Bidfield", "Bidfield sells attention-based deals in eleven countries",
     ("Buyers pay by seconds in view, measured on device.", "Prices are set by auction."), (), (), 1),
    ("categories", "video-ads", "update", "none", None, "Streamhalle", "Streamhalle lets advertisers cap frequency across television and web",
     ("The cap works on household level and needs no cookie.",), (), (), 2),
    ("categories", "crm", "update", "applied", "specified", "Dealwright", "Dealwright merges sales and service records into one timeline",
     ("Old records are moved without cost until March.",), (), (), 1),
    ("categories", "marketing-analytics", "launch", "none", None, "Plainmetrics", "Plainmetrics offers web analytics without cookies or consent banner",
     ("The tool counts visits on the server and keeps no identifiers.", "Three data protection authorities have seen it."), (), (), 2),
    ("categories", "content-marketing", "update", "applied", "claimed", "Quillmark", "Quillmark rebuilds its editor around an assistant",
     ("Writers see suggestions while they type.",), (), (), 1),
    ("categories", "ecommerce-platforms", "launch", "applied", "evidenced", "Bottega Cloud", "Bottega Cloud lancia un checkout in un solo passaggio per i negozi italiani",
     ("Nei test con 60 negozi gli abbandoni sono scesi dal 71 al 64 per cento.", "Il servizio è incluso in tutti i piani."),
     (), (("data", "60 negozi, tre mesi"), ("result", "abbandoni dal 71 al 64 per cento")), 2, "it"),
    ("categories", "dam-mrm-pim", "update", "none", None, "Assetry", "Assetry links usage rights to every image it delivers",
     ("An image whose licence has ended is no longer delivered.",), (), (), 1),
    ("categories", "mobile-marketing", "launch", "none", None, "Siam Signal", "สยามซิกแนลเปิดตัวแพลตฟอร์มส่งข้อความอาร์ซีเอสสำหรับร้านค้าปลีกในประเทศไทย",
     ("แพลตฟอร์มใหม่ให้ร้านค้าส่งข้อความพร้อมรูปภาพและปุ่มสั่งซื้อถึงลูกค้าได้โดยตรง",), (), (), 1, "th"),
    ("categories", "retail-proximity-iot", "launch", "none", None, "Souq Media", "سوق ميديا تطلق شبكة إعلانات داخل المتاجر في ستين مركزاً تجارياً",
     ("تعرض الشبكة الإعلانات على شاشات قرب صناديق الدفع.",), (), (), 1, "ar"),
    ("categories", "social-media", "update", "none", None, "Threadline", "Threadline shuts its public API to free accounts 🚧📉",
     ("Scheduling tools must move to the paid tier by 1 September.",), (), (), 3),
    ("categories", None, "other", "mention", None, "", "Marketing technology budgets hold level for the third quarter in a row",
     ("Budgets stand at 22% of marketing spend, the panel of 300 companies finds.",), (), (), 2),
    # deals
    ("deals", "influencers", "acquisition", "none", None, "Famely", "Famely buys fraud checker Truefollow",
     ("The price was not told.", "Truefollow stays open to other networks."), (), (), 2),
    ("deals", "marketing-analytics", "acquisition", "applied", None, "Orbiva", "Orbiva takes over survey panel Askwell",
     ("Askwell brings 80,000 panel members in nine countries.",), (), (), 1),
    ("deals", "ai-platforms", "funding", "core", None, "Sondra AI", "Sondra AI raises $85 million at a valuation of $600 million",
     ("The round was led by Alder Street Ventures.", "Half of it goes into an office in Singapore."), (), (), 4),
    ("deals", "conversational", "funding", "core", None, "Plauder", "Plauder sammelt 12 Millionen Euro ein",
     ("Das Geld fließt in Telefonassistenten für den Handel.",), (), (), 1, "de"),
    ("deals", "marketing-automation", "shutdown", "none", None, "Dripwise", "Dripwise closes on 31 December",
     ("Customers can take their flows to two partners without cost.",),
     ("No end date of support was given for the API.",), (), 3),
    # rules
    ("rules", "governance-privacy", "regulation", "none", None, "", "Court: consent bought with a discount is not free consent",
     ("The judgment concerns a loyalty programme of a grocery chain.", "It binds courts in one member state, and is open to appeal."),
     ("Touches loyalty programmes that trade discounts for consent.",), (), 3),
    ("rules", "audience-data", "regulation", "applied", None, "", "Authority fines data broker Listenhaus €4.2 million for buying app locations",
     ("The authority found no valid consent for 1.1 million devices.",), (), (), 2),
    ("rules", "seo", "regulation", "core", None, "", "Publishers win the right to refuse AI answers without leaving search",
     ("Search engines have six months to offer a separate switch.",), (), (), 4),
)  # fmt: skip


def story(n: int, row: Sequence[object]) -> EditionStory:
    """One row of the table as a story."""
    _, category, event, ai, evidence, vendor, title, sentences, why, points, reports, *rest = row
    language = str(rest[0]) if rest else "en"
    day = START + timedelta(days=(n * 17) % 91, hours=9)
    items = tuple(
        Reference(
            id=f"{n:03d}{k:02d}",
            url=f"https://news{(n + k) % 12}.example/{n}-{k}",
            source=PUBLISHERS[(n + k) % 12],
            title=str(title),
            published=day + timedelta(hours=5 * k),
            via="Monday Stack Letter" if k == 2 else None,
        )
        for k in range(int(str(reports)))
    )
    return EditionStory(
        id=f"s{n:03d}",
        title=str(title),
        language=language,
        summary=tuple(Sentence(str(text), items[0].source, items[0].url) for text in sentences),  # type: ignore[attr-defined]
        why_it_matters=tuple(why),  # type: ignore[arg-type]
        category=category,  # type: ignore[arg-type]
        also=(),
        ai=ai,  # type: ignore[arg-type]
        evidence=evidence,  # type: ignore[arg-type]
        points=tuple(ClaimPoint(kind, quote) for kind, quote in points),  # type: ignore[attr-defined]
        event=event,  # type: ignore[arg-type]
        vendors=(str(vendor),) if vendor else (),
        score=100.0 - n,
        parts={"reach": 40.0 - n / 2, "news": 60.0 - n / 2},
        items=items,
        published=day,
    )


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
                problem="news7.example: answered 403 with a block page, since 12 Sep" if failed else "",
            )
        )
    return tuple(rows)


def counts(items: int = 1204, stories: int = 311, step: int = 0) -> Counts:
    """Figures of a quarter; `step` moves them a little, for the quarter before."""
    return Counts(
        items=items,
        relevant=items // 3,
        stories=stories,
        in_edition=len(ROWS),
        sources=42 - step,
        by_category={
            "cdp": 31 - 3 * step, "seo": 40, "email-marketing": 22 + step, "crm": 19, "ai-platforms": 52 - 9 * step,
            "governance-privacy": 17 - step, "display-programmatic": 28, "marketing-analytics": 25 + 2 * step,
            "search-social-ads": 24, "video-ads": 13, "content-marketing": 17, "conversational": 12 - step,
        },
        by_event={"launch": 96, "update": 88, "acquisition": 21, "funding": 25, "regulation": 14, "research": 30},
        by_ai={"core": 118 - 20 * step, "applied": 64 - 6 * step, "mention": 41, "none": 88 + 14 * step},
        by_evidence={"evidenced": 21 - 4 * step, "specified": 58 - 10 * step, "claimed": 74 + 3 * step},
    )  # fmt: skip


def edition(rows: Sequence[Sequence[object]] = ROWS, **changes: object) -> Edition:
    """The full quarter: 40 stories in six languages; `changes` replace fields of it."""
    stories = [(str(row[0]), story(n, row)) for n, row in enumerate(rows)]
    told_before = {"ai-watch": ("s001", "s003"), "categories": (), "deals": ("s000", "s004"), "rules": ("s002",)}
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
        version="0.1.0",
        archive_fingerprint="9f2c41d0a7be",
        config_fingerprint="51aa03cf77e2",
        sections=sections,
        coverage=coverage(),
        counts=counts(),
        counts_before=counts(1080, 287, 1),
        left_out={"how-to": 212, "not about marketing technology": 401, "promotion": 96, "ranked too low": 271},
        quality={"relevant_f1": 0.71, "category": 0.62, "ai": 0.94, "evidence": 0.58},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def thin() -> Edition:
    """A quarter with three stories and nothing before it, not ended, two sources."""
    return edition(
        [ROWS[0], ROWS[5], ROWS[37]],
        counts=Counts(9, 3, 3, 3, 2, {"cdp": 1}, {"acquisition": 1}, {"core": 1, "none": 2}, {"evidenced": 1}),
        counts_before=None,
        coverage=coverage(2),
        so_far=True,
        as_of=datetime(2026, 8, 8, 6, tzinfo=UTC),
        organisation="",
        left_out={},
        quality={},
    )


def empty() -> Edition:
    """A quarter with nothing in it."""
    return edition(
        [], counts=Counts(0, 0, 0, 0, 0), counts_before=None, coverage=(), sample=False, left_out={}, quality={}
    )


def large(number: int) -> Edition:
    """A quarter with `number` stories in the proportions of the full one."""
    rest = ROWS[5:]
    return edition([*ROWS[:5], *(rest[n % len(rest)] for n in range(number - 5))])


HOSTILE_TITLES = (
    "<script>alert(1)</script> & {{ 7*7 }} {% raw %} <b>bold</b> ${7*7}",
    "A headline of three hundred characters that goes on " + "and on, with many a word that no reader needs, " * 6,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" + " buys a shorter name",
    "\u202eevil\u202c right to left override and \x07 a bell \x1b[31m and a lone \ud800 surrogate",
    '"><img src=x onerror=alert(1)> <link rel="attachment" href="file:///etc/passwd">',
    "क्षेत्रीय विपणन मंच का शुभारंभ",
    "마케팅 자동화 플랫폼 출시",
    "🚀🚀🚀",
    "",
    "מערכת חדשה לניהול לקוחות CRM 2.0",
)
HOSTILE_URLS = ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,<script>1</script>", "http://[", "//x/y")


def hostile() -> Edition:
    """Markup, templates, long words, scripts without fonts and unsafe addresses in every field from outside."""
    languages = ("en", "en", "de", "en", '"><b x="', "hi", "ko", "en", "en", "he")
    slugs = ("five", "ai-watch", "categories", "deals", "rules")
    rows = [
        (slugs[n % 5], "seo", "launch", "core", "claimed", title or "x", title, (title, "W" * 9000), (title,),
         (("data", title),), 1, languages[n % 10])
        for n, title in enumerate(HOSTILE_TITLES * 3)
    ]  # fmt: skip
    made = edition(rows, title="<i>Digest</i> {{ 1 }}", organisation="A & B </title>", left_out={"<b>x</b>": 2})
    sections = tuple(
        replace(section, stories=tuple(_unsafe(n, one) for n, one in enumerate(section.stories)))
        for section in made.sections
    )
    rows_of_coverage = tuple(replace(row, source=HOSTILE_TITLES[0], url=HOSTILE_URLS[0]) for row in coverage(5))
    return replace(made, sections=sections, coverage=rows_of_coverage)


def _unsafe(n: int, one: EditionStory) -> EditionStory:
    url = HOSTILE_URLS[n % len(HOSTILE_URLS)]
    items = tuple(replace(item, url=url, source=HOSTILE_TITLES[n % 10], via=HOSTILE_TITLES[0]) for item in one.items)
    return replace(one, items=items, summary=tuple(replace(s, url=url, source=one.title) for s in one.summary))
