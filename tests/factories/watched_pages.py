"""Ten made-up pages of vendors, each as it was and as it is: five changed, five only moved."""

from dataclasses import dataclass

from digest.model.source import WatchKind


@dataclass(frozen=True)
class PagePair:
    """A page at two moments. `told`: what its change must quote; () where nothing changed."""

    kind: WatchKind
    product: str
    before: str
    after: str
    told: tuple[str, ...] = ()


def frame(
    body: str, *, nav: str = "Products", year: int = 2026, token: str = "a81bc81bdead4e5d"
) -> str:
    """A vendor's page around its own words: menu, banner, form, footer."""
    return f"""<!DOCTYPE html><html lang="en"><head><title>Made-up vendor</title>
<script nonce="{token}">window.session = "{token}"</script><style>.a{{}}</style></head><body>
<header><a href="/">Home</a> <a href="/p">{nav}</a> <a href="/s">Sales</a> <a href="/l">Log in</a></header>
<div class="cookie-banner">We use cookies. Accept all</div>
<nav><ul><li>{nav}</li><li>Pricing</li></ul></nav>
<main>{body}</main>
<form action="/s"><input type="hidden" name="csrf" value="{token}">Subscribe to our letter</form>
<footer>© {year} Made-up vendor, Inc. All rights reserved. Build {token}</footer></body></html>"""


def plans(starter: str, contacts: str = "2,000", crowd: str = "194,000+", quote: str = "It paid for itself.",
          hero: str = "Plans that grow with you", cta: str = "Get started", rating: str = "4.4 out of 5 stars (12,873 reviews)") -> str:  # fmt: skip
    return f"""<h1>{hero}</h1><p>Trusted by {crowd} customers in over 135 countries.</p>
<div class="carousel"><blockquote>“{quote}”</blockquote></div><p>Rated {rating}</p>
<div class="card"><h2>Starter</h2><div class="price"><span>$</span><span>{starter}</span><span>/month per seat</span></div>
<p>Includes {contacts} marketing contacts</p><ul><li>Forms and landing pages</li><li>5 users included</li></ul><a class="btn">{cta}</a></div>
<div class="card"><h2>Professional</h2><div class="price"><span>$</span><span>890</span><span>/month</span></div>
<p>Includes 10,000 marketing contacts</p><ul><li>Automation of 300 workflows</li></ul><a class="btn">{cta}</a></div>
<h2>Questions</h2><p>Can I change plans later? Yes, at the end of a billing period.</p>"""


def terms(data: str, updated: str = "March 3, 2026") -> str:
    return f"""<h1>Terms of service</h1><p>Last updated: {updated}</p>
<h2>1. Your data</h2><p>You own your data. We process it to provide the service to you. {data}</p>
<h2>2. Term</h2><p>The agreement renews for twelve months unless either party gives notice 60 days before its end.</p>
<h2>3. Liability</h2><p>Our liability is limited to the fees that you paid in the last twelve months.</p>"""


ROWS = (
    ("Cumulon Hosting", "Hosting", "Ireland"),
    ("Fernpost Relay", "Delivery of mail", "Germany"),
    ("Tabulon", "Support tickets", "United States"),
)


def subprocessors(
    rows: tuple[tuple[str, str, str], ...], updated: str = "as of 1 July 2026"
) -> str:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"""<h1>Subprocessors</h1><p>This list is current {updated}</p>
<p>We tell you thirty days before we add a subprocessor, at the address that you gave us for notices.</p>
<table><tr><th>Name</th><th>Purpose</th><th>Location</th></tr>{cells}</table>"""


def status(now: str, uptime: str, past: str, clock: str = "10:42 UTC") -> str:
    return f"""<h1>System status</h1><p>{now}</p><p>Refreshed at {clock}, 12 seconds ago</p>
<div><h3>Sending of mail</h3><p>{uptime} % uptime over the past 90 days</p></div>
<div><h3>Forms and pages</h3><p>99.99 % uptime over the past 90 days</p></div>
<h2>Past incidents</h2>{past}"""


OPERATIONAL = "All systems operational"
OLD = "<h3>Jul 1, 2026</h3><p>No incidents reported.</p><h3>Jun 30, 2026</h3><p>Resolved - Sending is back to normal.</p>"
NEW = "<h3>Jul 2, 2026</h3><p>No incidents reported today.</p>" + OLD

PAIRS = {
    "a price is raised": PagePair("price", "Corvessa", frame(plans("15")), frame(plans("20")), ("$20/month per seat", "$15/month per seat", "Starter")),
    "a limit is halved": PagePair("price", "Tamberlyn", frame(plans("15")), frame(plans("15", contacts="1,000", crowd="210,000+")), ("Includes 1,000 marketing contacts", "Includes 2,000 marketing contacts")),
    "terms allow training": PagePair("terms", "Merrowbank", frame(terms("We never sell it.")), frame(terms("We may use it to train models that serve all customers.", "July 2, 2026")), ("We may use it to train models that serve all customers.", "We never sell it.")),
    "a subprocessor is new": PagePair("subprocessors", "Plinthmark", frame(subprocessors(ROWS)), frame(subprocessors((*ROWS, ("Halcyra", "Drafts by a model", "United States")), "as of 2 July 2026")), ("Halcyra | Drafts by a model | United States",)),
    "mail is not sent": PagePair("status", "Brindlecart", frame(status(OPERATIONAL, "99.98", OLD)), frame(status("Investigating - Mail is delayed for some customers.", "99.91", OLD, "11:05 UTC")), ("Investigating - Mail is delayed for some customers.",)),
    "more customers, another quotation": PagePair("price", "Glasspeel", frame(plans("15")), frame(plans("15", crowd="205,000+", quote="We doubled our leads."), year=2027, token="0f9e8d7c6b5a4f3e")),
    "another day of the last update": PagePair("terms", "Wickerdesk", frame(terms("We never sell it.")), frame(terms("We never sell it.", "July 2, 2026"), nav="Platform", token="77aa88bb99cc00dd")),
    "another headline and button": PagePair("price", "Vantelope", frame(plans("15")), frame(plans("15", hero="Plans for every team", cta="Start free", rating="4.5 out of 5 stars (13,002 reviews)"))),
    "rows in another order": PagePair("subprocessors", "Spindlehook", frame(subprocessors(ROWS)), frame(subprocessors(ROWS[::-1], "as of 2 July 2026"))),
    "a day without an incident": PagePair("status", "Dovetide", frame(status(OPERATIONAL, "99.98", OLD)), frame(status(OPERATIONAL, "99.97", NEW, "08:11 UTC"))),
}  # fmt: skip
REAL = tuple(name for name, pair in PAIRS.items() if pair.told)
