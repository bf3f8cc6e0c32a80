# ruff: noqa: E731, F541, E741, W291  (letters read best as they would be sent, each in one piece)
"""Letters after the ways of thirty more senders, each with the links of its stories ("*" marks advertisements)."""

from typing import Any

import pytest

from digest.fetch.mail.newsletters import parse_newsletter
from digest.urls import canonical_url
from tests.fetch.test_newsletters import message

LETTERS: dict[str, tuple[bytes, str, list[str]]] = {}


def add(
    name: str,
    html: str = "",
    plain: str = "",
    subject: str = "Letter",
    want: Any = (),
    kind: str = "news",
    **headers: str,
) -> None:
    body = f"<html><body>{html}</body></html>" if html else ""
    LETTERS[name] = (message(body, plain, Subject=subject, **headers), kind, list(want))


def U(host: str) -> str:  # noqa: N802
    return f"https://{host}.example/x"


# axios
def ax(n, t, body):
    return f'<table><tr><td><h3 style="font-size:22px">{n} big thing: {t}</h3>{body}<p><a href="https://www.facebook.com/sharer/sharer.php?u=x">Share this story</a></p><p><a href="#top">Go back to the top</a></p></td></tr></table>'


add(
    "numbered briefs with connectors",
    '<p><a href="https://www.axiom.example/newsletters/view">Open in app</a> • <a href="https://www.axiom.example/newsletters/am-1.html">View in browser</a></p><p>PRESENTED BY GRIDCO</p><h2>Axiom Media Trends</h2><p>By <a href="https://x.com/sara">Sara Fine</a> · Jul 21, 2026</p><p>1,400 words, edited by Kim. <a href="https://www.axiom.example/signup">Sign up</a>.</p>'
    + ax(
        "1",
        "Streaming ads get a floor",
        f'<p>Three networks set a <b>minimum price</b> for shoppable spots, <a href="{U("filing")}">according to a filing</a> seen by Axiom.</p><p><strong>Why it matters:</strong> It is the first floor since 2019.</p><ul><li>Buyers have <a href="{U("buyers")}">pushed back</a> already.</li></ul><p><strong>The big picture:</strong> Supply grew by 40%.</p>',
    )
    + ax(
        "2",
        "Papers sue a crawler",
        f'<p>Nine papers <a href="{U("suit")}">sued</a> Glean on Monday.</p><p><strong>Zoom in:</strong> They want $2 billion.</p>',
    )
    + f'<table><tr><td><p style="font-size:11px">A MESSAGE FROM GRIDCO</p><h3>Power your campaigns</h3><p>Gridco reaches 40 million homes. <a href="{U("gridco")}">See how</a>.</p></td></tr></table>'
    + f'<table><tr><td><h3>3. Quick hits</h3><ul><li>📺 Loop closed its <a href="{U("loop")}">Canadian unit</a>.</li><li>🎧 Podnet bought <a href="{U("podnet")}">Earful</a> for $12m.</li></ul></td></tr></table><p>Sent on by a friend? <a href="https://www.axiom.example/signup">Sign up here</a>.</p><p><a href="https://www.axiom.example/unsub">Unsubscribe</a></p>',
    subject="Streaming floors",
    want=["filing", "suit", "*gridco", "loop", "podnet"],
)
# benedict
add(
    "bold leads and LINK",
    f'<p>My work</p><p><b>A new talk.</b> I gave a talk on retail media in May and the video is now up. <a href="{U("talk")}">LINK</a></p><p>News</p><p><b>Wherrow\'s court date.</b> The appeal was heard on Monday, and the judges asked mostly about defaults. <a href="{U("court")}">LINK</a>, <a href="{U("court2")}">TRANSCRIPT</a></p><p><b>Hally for shops.</b> Halcyra will let shops list stock in its assistant, with a fee on sales. <a href="{U("hally")}">LINK</a></p><p><b>About</b></p><p>What matters in tech? <a href="{U("sub")}">Subscribe</a></p>',
    subject="Weekly No. 600",
    want=["talk", "court", "hally"],
)


# SEL
def sel(t, u, x):
    return f'<table><tr><td><h2><a href="{U(u)}?utm_campaign=daily">{t}</a></h2><p>{x}</p><p><a href="{U(u)}?utm_campaign=daily"><strong>Read more &raquo;</strong></a></p><hr></td></tr></table>'


add(
    "trade daily with sections",
    '<p><a href="https://sel.example/v">View in browser</a></p><p>Good morning, how often do you check your logs? I did last night.</p><p>Barry Stone,<br>Editor</p><h1>Search</h1>'
    + sel("Glean shows fewer links in answers", "glean", "A count of 9,000 queries.")
    + "<h1>Sponsored content</h1>"
    + sel("The seven signs of a stale index", "ad1", "Join Indexly on Thursday.")
    + "<h1>PPC</h1>"
    + sel("Budgets can now be shared across accounts", "ppc", "Rolling out this week.")
    + f'<h1>What we\'re reading</h1><p><a href="{U("r1")}">How a bakery ranks first for bread</a> – Fieldnotes</p><p><a href="{U("r2")}">The end of the title tag, again</a> – Index Weekly</p><p><a href="{U("r3")}">Crawlers in numbers: July</a> – Logbook</p><p>You are receiving this because you subscribed. <a href="{U("un")}">Unsubscribe</a></p>',
    want=["glean", "*ad1", "ppc", "r1", "r2", "r3"],
)


# digiday kickers
def dg(k, t, u, d, by):
    return f'<table><tr><td><a href="{U(u)}"><img src="a.jpg" alt="" width="560"></a></td></tr><tr><td style="font-size:11px;text-transform:uppercase"><a href="https://daily.example/topic/{k}">{k}</a></td></tr><tr><td style="font-size:24px;font-weight:bold"><a href="{U(u)}">{t}</a></td></tr><tr><td style="font-size:15px">{d}</td></tr><tr><td style="font-size:12px">By {by}</td></tr></table>'


add(
    "kickers above headlines",
    '<a href="https://daily.example"><img alt="Daily Dot" src="l.png"></a>'
    + dg(
        "media",
        "Publishers test paywalls for bots",
        "bots",
        "Four titles charge by the crawl.",
        "Seb Joe",
    )
    + dg(
        "marketing",
        "Brands bring measurement in house",
        "inhouse",
        "Costs, and distrust, are why.",
        "Kim Bo",
    )
    + dg("member exclusive", "The rundown: what the ICO wants now", "ico", "Seven points.", "Li Wu")
    + '<p><a href="https://daily.example/prefs">Manage preferences</a> | <a href="https://daily.example/un">Unsubscribe</a></p>',
    want=["bots", "inhouse", "ico"],
)


# industry dive
def idv(l, t, u, x):
    return f'<tr><td><p style="font-size:12px"><b>{l}</b></p><h2><a href="{U(u)}">{t}</a></h2><p>{x}</p></td></tr>'


add(
    "table of stories and a library",
    "<table>"
    + idv("NOTE FROM THE EDITOR", "Three trends to watch this fall", "note", "What we expect.")
    + idv("", "Stridewell names its first chief AI officer", "cao", "She comes from logistics.")
    + idv("", "Loyalty app fined over location", "fine", "The order names 40 partners.")
    + f'<tr><td><h2>WHAT WE\'RE READING</h2><ul><li>Fieldnotes<br><a href="{U("f1")}">Why coupons moved to chat</a></li><li>Harbour Trade<br><a href="{U("f2")}">Grocers count their screens</a></li></ul></td></tr><tr><td><h2>FROM OUR LIBRARY</h2><ul><li><a href="{U("w1")}">2026 Email Benchmarks</a><br>Playbook | Provided by Sendly</li></ul></td></tr><tr><td><a href="{U("view")}">View all resources</a></td></tr><tr><td>Dive, 1800 M St. <a href="{U("un")}">Unsubscribe</a></td></tr></table>',
    want=["note", "cao", "fine", "f1", "f2", "*w1"],
)


# google alert
def ga(t, u, s, x):
    return f'<tr><td><div><a href="https://www.google.com/url?rct=j&sa=t&url=https://{u}.example/x&ct=ga&cd=CAE&usg=AOv"><span>{t}</span></a></div><div><a style="color:#737373"><span>{s}</span></a><div style="color:#252525">{x}</div></div><div><a href="https://www.google.com/alerts/share?hl=en&gl=US&ru=https://{u}.example/x"><img alt="Facebook" src="f"></a> <a href="https://www.google.com/alerts/feedback?ffu=https://{u}.example/x">Flag as irrelevant</a></div></td></tr>'


add(
    "search alert",
    '<table><tr><td>Google <span>"customer data platform"</span></td></tr><tr><td>Daily update ⋅ July 14, 2026</td></tr><tr><td>NEWS</td></tr>'
    + ga(
        "<b>CDP</b> vendor Marl raises prices",
        "marl",
        "Stack Ledger",
        "From November all workspaces pay for the customer data platform ...",
    )
    + ga(
        "Five questions for a <b>customer data platform</b>",
        "five",
        "Harbour Trade",
        "Ask who can delete what, and how fast it is deleted ...",
    )
    + '<tr><td><a href="https://www.google.com/alerts?s=1">See more results</a> | <a href="https://www.google.com/alerts/edit?s=1">Edit this alert</a></td></tr><tr><td>You get this email because you set up an alert. <a href="https://www.google.com/alerts/remove?s=1">Unsubscribe</a> | <a href="https://www.google.com/alerts">View all your alerts</a></td></tr></table>',
    subject="Google Alert - customer data platform",
    want=["marl", "five"],
)


# hacker newsletter
def hn(t, u):
    return f'<p><a href="{U(u)}">{t}</a><br><span style="font-size:11px">//{u}.example <a href="https://news.example/item?id={u}">comments→</a></span></p>'


add(
    "headline and comments link",
    "<h2>#Favorites</h2>"
    + hn("Show HN: A log viewer in one file", "logv")
    + hn("Why our queue was never empty", "queue")
    + "<h2>#Ask HN</h2>"
    + hn("What do you automate at home?", "home")
    + "<h2>#Data</h2>"
    + hn("DuckDB", "duck")
    + f'<p>Curated by K. <a href="{U("un")}">Unsubscribe</a></p>',
    want=["logv", "queue", "home"],
)


# python weekly
def pw(t, u, x):
    return f'<p><a href="{U(u)}">{t}</a><br>{x}</p>'


add(
    "section list with other newsletters",
    '<div style="text-align:center"><a href="https://w.example/v">View it in your browser.</a></div><p>Issue 700 is here.</p><p><strong>From Our Sponsor</strong></p>'
    + pw("Scout APM", "scout", "Ship with confidence.")
    + "<p><strong>Articles, Tutorials and Talks</strong></p>"
    + pw("Typing in anger", "typing", "What a year with strict types gave us.")
    + pw("Fast enough: profiling a parser", "fast", "From 19 seconds to one.")
    + "<p><strong>Interesting Projects, Tools and Libraries</strong></p>"
    + pw("quill", "quill", "A tiny template engine.")
    + pw("redbean", "redbean", "A web server in one file.")
    + "<p><strong>Upcoming Events and Webinars</strong></p>"
    + pw("PyTurin meetup", "turin", "Two talks and pizza.")
    + '<p>Our Other Newsletters</p><p>- <a href="https://p.example">Programmer Weekly</a> - For programmers.</p><p>- <a href="https://f.example">Founder Weekly</a> - For founders.</p><p>You are receiving this because you signed up. <a href="https://w.example/un">unsubscribe from this list</a></p>',
    want=["*scout", "typing", "fast", "quill", "redbean", "turin"],
)
# data is plural
add(
    "bold leads without headings",
    f'<p><i>Data Is Many</i> is a weekly letter of useful datasets. Read the archive <a href="{U("arch")}">here</a>.</p><p><b>Ad libraries.</b> A team at Kiel has <a href="{U("kiel")}">collected</a> 4 million political ads from six platforms since 2019. <i>Previously:</i> <a href="{U("prev")}">ads on TV</a>.</p><p><b>Parking fines.</b> The city of Turin <a href="{U("turin")}">publishes</a> every fine since 2012, by street and hour.</p><p><b>Bird calls.</b> An archive in Bern holds <a href="{U("bern")}">90,000 recordings</a> with time and place.</p><p>Dataset suggestions? Just reply.</p><p><a href="{U("un")}">Unsubscribe</a></p>',
    want=["kiel", "turin", "bern"],
)
# blogtrottr / feedblitz full posts
add(
    "whole posts out of a feed",
    f'<h1>Quiet Ops</h1><p>In this mailing:</p><ul><li><a href="#1">Retiring the last batch job</a></li><li><a href="#2">A small outage, told in full</a></li></ul><a name="1"></a><h2><a href="{U("batch")}">Retiring the last batch job</a></h2><p>By Ann Lee on Sep 3, 2026 09:00 am</p><p>It ran every night for eleven years. <a href="{U("inline1")}">The first commit</a> was made on a Sunday.</p><h3>What it did</h3><p>It copied contacts from one system to another, see <a href="{U("inline2")}">the old docs</a>, and it never failed loudly.</p><p><a href="{U("batch")}">Read in browser &raquo;</a></p><hr><a name="2"></a><h2><a href="{U("outage")}">A small outage, told in full</a></h2><p>By Bo Ruiz on Sep 2, 2026 10:00 am</p><p>Nine minutes, one certificate, four people awake.</p><p><a href="{U("outage")}">Read in browser &raquo;</a></p><h3>Recent Articles:</h3><p><a href="{U("old1")}">Naming things once more</a><br><a href="{U("old2")}">On call, off guard</a></p><p>Copyright © 2026 Quiet Ops, All rights reserved.</p><p><a href="{U("un")}">unsubscribe from this list</a></p>',
    subject="Quiet Ops",
    want=["batch", "outage"],
)
# NYT text
add(
    "plain headlines of 2002",
    plain="""TODAY'S HEADLINES
The Harbour Times
Wednesday, July 22, 2026
------------------------------------------------------------

IN THIS LETTER
Business | Technology

=-----------------------------------------------------------=

    QUOTE OF THE DAY
=-----------------------------------------------------------=
"We sell shoes, and now we sell the shelf."
- A. RIDE, chief executive of Stridewell.

=-----------------------------------------------------------=

    BUSINESS
=-----------------------------------------------------------=
Shoe Seller Earns More From Ads Than From Shoes
By MIA OKAFOR
The chain said its advertising business passed footwear in
profit for the first time.
http://www.harbour.example/2026/07/22/business/22SHOE.html

Loyalty Points Under Inquiry
By JON PARK
Eight airlines were asked how they price miles.
http://www.harbour.example/2026/07/22/business/22MILE.html

/--------------------advertisement-----------------------\\

Fly for less with Skyward.
http://ads.example/skyward

\\---------------------------------------------------------/

=-----------------------------------------------------------=

    TECHNOLOGY
=-----------------------------------------------------------=
A Crawler Is Sued by Nine Papers
By LI WU
They want two billion dollars and a list of what was read.
http://www.harbour.example/2026/07/22/technology/22CRAWL.html

=-----------------------------------------------------------=
About This E-Mail
------------------------------------------------------------
You asked for this letter at harbour.example. To cancel
delivery, see
http://www.harbour.example/email
""",
    subject="Today's Headlines",
    want=[
        "http://www.harbour.example/2026/07/22/business/22SHOE.html",
        "http://www.harbour.example/2026/07/22/business/22MILE.html",
        "*http://ads.example/skyward",
        "http://www.harbour.example/2026/07/22/technology/22CRAWL.html",
    ],
)
# text with bullets and inline addresses
add(
    "plain bullets with addresses",
    plain="""Ops digest, week 30

News:

* Marl ends its free tier https://stack.example/marl
* The ICO publishes rules for consent walls: https://ico.example/walls
* Nine papers sue a crawler (https://harbour.example/suit)

Reading:

- "Keys that end" by Nell Ward <https://quiet.example/keys>
- How a bank cut its lists - https://field.example/bank

-- 
unsubscribe: https://ops.example/unsub
""",
    want=[
        "https://stack.example/marl",
        "https://ico.example/walls",
        "https://harbour.example/suit",
        "https://quiet.example/keys",
        "https://field.example/bank",
    ],
)
# mailchimp auto plain text
add(
    "plain text made of HTML",
    plain="""View this email in your browser (https://mailchi.mp/x/1)


** Marl ends its free tier (https://stack.example/marl)
------------------------------------------------------------
From November every workspace pays.

Read more (https://stack.example/marl)


** Google Tag gateway moves to the edge (https://stack.example/gw)
------------------------------------------------------------
Two networks take part in the test.

Read more (https://stack.example/gw)

============================================================
** Twitter (https://twitter.com/x)
** Facebook (https://facebook.com/x)
Copyright (C) 2026 Stack. All rights reserved.
Want to change how you receive these emails?
You can ** update your preferences (https://x.us1.list-manage.com/profile?u=1)
or ** unsubscribe from this list (https://x.us1.list-manage.com/unsubscribe?u=1)
""",
    want=["https://stack.example/marl", "https://stack.example/gw"],
)
# hubspot text-light html, italic kicker, cta button says title
add(
    "pictures beside short headlines",
    "<table><tr><td><p>Hi there,</p><p>Here's your weekly roundup from the Canopy blog.</p></td></tr>"
    + "".join(
        f'<tr><td><img src="x" width="200"></td><td><p style="font-size:18px"><a style="font-weight:bold" href="{U(u)}">{t}</a></p><p>{x}</p></td></tr>'
        for t, u, x in [
            ("7 forms that nobody fills", "forms", "And what to ask instead."),
            ("Attribution", "attr", "A glossary entry that grew too long."),
            ("Lead scoring with four fields", "lead", "Less is enough."),
        ]
    )
    + f'<tr><td><p><a href="{U("demo")}">Book a demo</a></p><p>Canopy Ltd. Don\'t want these emails? <a href="{U("un")}">Unsubscribe</a> or <a href="{U("pref")}">manage preferences</a>.</p></td></tr></table>',
    want=["forms", "attr", "lead"],
)


# medium digest
def md(a, t, u, s):
    return f'<table><tr><td><a href="https://medium.example/@{a}"><img alt="{a}" src="a"></a> <a href="https://medium.example/@{a}">{a}</a></td></tr><tr><td><a href="https://medium.example/p/{u}?source=email-31f0-1783-digest.reader"><h2>{t}</h2><h3>{s}</h3></a></td></tr><tr><td>6 min read</td></tr></table>'


add(
    "cards by author",
    "<p>Today's highlights</p>"
    + md("Nell Ward", "Keys that end", "keys", "A dull proposal for agents")
    + md("Tom Arden", "What your price is afraid of", "price", "Forty pricing pages later")
    + '<p><a href="https://medium.example/me/settings">Choose what you like to see here</a></p><p><a href="https://medium.example/me/email-settings/31">Unsubscribe from this type of email</a></p>',
    want=["https://medium.example/p/keys", "https://medium.example/p/price"],
)


# product hunt
def ph(n, u, t):
    return f'<tr><td><a href="{U(u)}"><img src="i" width="60"></a></td><td><a href="{U(u)}" style="font-weight:bold">{n}</a><br>{t}</td></tr>'


add(
    "products with a line each",
    "<h1>Top products of the day</h1><table>"
    + ph("Tamper 2", "tamper", "Test plans from a brief")
    + ph("Inkwell", "inkwell", "Contracts that explain themselves")
    + ph("Kvass", "kvass", "A database for small teams")
    + '</table><p><a href="https://ph.example/unsub">Unsubscribe</a></p>',
    want=["tamper", "inkwell", "kvass"],
)
# politico style
add(
    "capitals for leads",
    f'<p>WALLS FALL — Consent walls will need four tests, the <a href="{U("ico")}">ICO said</a> on Tuesday. Publishers have until March.</p><p><b>FIRST IN THE LETTER:</b> Nine papers will sue Glean today, according to <a href="{U("suit")}">a draft</a>.</p><p><b>MONEY MOVES:</b> Brackle paid $90 million for Pinlace, <a href="{U("brackle")}">Harbour Trade reports</a>.</p><p><b>COMING UP:</b> The House votes on <a href="{U("bill")}">the data bill</a> on Friday.</p><p><a href="{U("un")}">Unsubscribe</a></p>',
    want=["suit", "brackle", "bill"],
)
# Italian essay on mailup, with web link on top
add(
    "Italian essay",
    f'<p style="font-size:10px"><a href="https://lettera.example/web/12">Visualizza nel browser</a></p><h1>Il prezzo della fiducia</h1><p>Cari lettori,</p>'
    + "".join(
        f"<p>{t}</p>"
        for t in [
            "Questa settimana ho passato tre giorni a leggere contratti di software, e ne sono uscito con una domanda sola: chi conta i risultati quando si paga a risultato? Non è una domanda da avvocati, è una domanda da chi deve firmare.",
            "Il fornitore, quasi sempre, e con un cruscotto che solo lui può aprire. Il cliente riceve un numero, lo confronta con il mese prima e paga. Nessuno, nelle dodici aziende che ho sentito, ha mai chiesto di vedere le righe dietro quel numero.",
            f'Eppure basterebbe poco. Una <a href="{U("studio")}">ricerca di Torino</a> mostra che i contratti con una clausola di verifica costano il quattro per cento in meno al secondo rinnovo. La clausola è di nove righe, e nessuno dei fornitori si è rifiutato di firmarla quando gli è stata messa davanti.',
            "Io credo che la ragione sia semplice: chiedere di contare sembra scortese. Ma la cortesia, nei contratti, la paga sempre qualcuno, e di solito non è chi manda la fattura. Alla prossima settimana, e portate i vostri contratti.",
        ]
    )
    + f'<p>Sei iscritto con l\'indirizzo pat.reader@company.example. <a href="{U("un")}">Disiscriviti</a></p>',
    subject="Il prezzo della fiducia",
    kind="essay",
    want=["https://lettera.example/web/12"],
)
# event/webinar promo: one thing
add(
    "German house letter",
    f'<p>Hallo Pat,</p><h2>Neue Studie: So kaufen Teams Software</h2><p>Wir haben 400 Einkäufer befragt. Das Ergebnis überrascht.</p><p><a href="{U("studie")}">Studie herunterladen</a></p><h2>Webinar am 12. Oktober: KI im Vertrieb</h2><p>Mit zwei Gästen aus der Praxis.</p><p><a href="{U("webinar")}">Jetzt anmelden</a></p><p>Folgen Sie uns: <a href="https://linkedin.com/company/x">LinkedIn</a> <a href="https://xing.com/x">XING</a></p><p>© 2026 X GmbH, <a href="{U("imp")}">Impressum</a>, <a href="{U("ab")}">Abmelden</a></p>',
    want=["studie", "*webinar"],
)


# curated.co
def cu(t, u, x):
    return f'<table><tr><td><h3 style="margin:0;font-size:18px"><a href="https://cur.example/links/{u}/email">{t}</a></h3><p style="color:#888;font-size:12px">{u}.example</p><p>{x}</p></td></tr></table>'


C = lambda u: f"https://cur.example/links/{u}/email"
add(
    "curated links with hosts",
    '<table><tr><td><h1><a href="https://cur.example/issues/45">iOps Weekly</a></h1><p>Issue 45 • September 18th 2026</p></td></tr></table><table><tr><td><h2>Comment</h2><p>Two weeks of holiday and the tabs have not shrunk. Thanks to everybody who wrote in about <a href="'
    + C("c1")
    + "\">last week's outage</a>.</p></td></tr></table><table><tr><td><h2>News</h2></td></tr></table>"
    + cu("Marl opens its CDP core", "marl", "The ingestion part is on GitHub.")
    + cu("Chrome 161 ships storage buckets", "chrome", "What changes for tags.")
    + "<table><tr><td><h2>Sponsored</h2></td></tr></table>"
    + cu("Ship faster with Pipery", "pipery", "Free for five users.")
    + "<table><tr><td><h2>Code</h2></td></tr></table>"
    + cu("tagdiff", "tagdiff", "Shows what a container changed.")
    + f'<table><tr><td><p><a href="https://cur.example/unsub">Unsubscribe</a> or <a href="https://cur.example/prefs">change frequency</a></p></td></tr></table>',
    subject="iOps Weekly – Issue 45",
    want=[C("marl"), C("chrome"), "*" + C("pipery"), C("tagdiff")],
)
# revue style
add(
    "picture, headline, host",
    "<div><h1>The Loop</h1><h2>The Loop - Issue #12</h2><p>Hello and welcome to issue twelve.</p></div>"
    + "".join(
        f'<div><a href="{U(u)}"><img src="i" width="600"></a><div><a href="{U(u)}"><strong>{t}</strong></a> — <a href="{U(u)}" style="color:#888">{u}.example</a></div><div>{x}</div></div>'
        for t, u, x in [
            ("Retail media gets an auditor", "audit", "The first one certified three networks."),
            ("A cookie banner that says no first", "banner", "And consent did not fall."),
        ]
    )
    + f'<div>Did you like this issue? <a href="{U("y")}">Yes</a> <a href="{U("n")}">No</a></div><div>To unsubscribe, click <a href="{U("un")}">here</a>.</div><div>Created with Loopwriter.</div>',
    want=["audit", "banner"],
)


# govdelivery
def gd(t, u, d, x):
    return f'<tr><td><p><a href="https://links-2.govdelivery.example/CL0/https:%2F%2F{u}.example%2Fx%3Futm_medium=email/1/0101/abc=1"><strong>{t}</strong></a></p><p>{d}</p><p>{x}</p></td></tr>'


add(
    "authority bulletin",
    '<table><tr><td><img alt="Office of Data Fairness" src="b"></td></tr><tr><td><h2>News this week</h2></td></tr>'
    + gd(
        "Fine for an app that sold locations",
        "fine",
        "14 September 2026",
        "The order covers forty partners and takes effect at once.",
    )
    + gd(
        "Consultation on consent receipts opens",
        "cons",
        "15 September 2026",
        "Answers are welcome until 1 December.",
    )
    + "<tr><td><h2>Events</h2></td></tr>"
    + gd(
        "Workshop: children and profiling",
        "work",
        "2 October 2026, online",
        "Registration is free.",
    )
    + '<tr><td><p>Stay Connected with the Office: <a href="https://x.com/odf">X</a></p><p>SUBSCRIBER SERVICES: <a href="https://g.example/prefs">Manage Subscriptions</a> | <a href="https://g.example/un">Unsubscribe All</a> | <a href="https://g.example/help">Help</a></p></td></tr></table>',
    want=["fine", "cons"],
)
# klaviyo ecommerce/vendor with hero buttons
add(
    "buttons that say anything",
    f'<div><a href="{U("home")}"><img alt="Lumen" src="l"></a></div><div><h1 style="text-align:center">Autumn release</h1><p>Three things our customers asked for.</p><a href="{U("rel")}" style="background:#000;color:#fff;padding:10px">See the release</a></div><div><img src="1" width="560"><h2>Audiences that forget</h2><p>Set a lifetime for each audience, and it empties itself.</p><a href="{U("aud")}" style="background:#000">Set a lifetime</a></div><div><img src="2" width="560"><h2>One login for agencies</h2><p>Switch between clients without logging out.</p><a href="{U("agency")}" style="background:#000">Add your clients</a></div><div><a href="https://instagram.com/lumen"><img alt="Instagram" src="i"></a></div><div>No longer want to receive these emails? <a href="{U("un")}">Unsubscribe</a>. Lumen 1 Main St</div>',
    want=["rel", "aud", "agency"],
)
# old CNET-like / zdnet with FONT and tables 2002
add(
    "fonts and tables of 2002",
    f"""<TABLE WIDTH=600><TR><TD><A HREF="http://clickthru.z.example/Click?q=aa-LogoAAA"><IMG SRC=x ALT="ZNet TechUpdate" BORDER=0></A></TD></TR><TR><TD><FONT SIZE=2>Thursday, July 11, 2002</FONT></TD></TR>
<TR><TD><FONT FACE=Arial SIZE=3><B>Vendors to Watch</B></FONT><BR><FONT FACE=Arial SIZE=2>Rivals Sun and HP fight for the same racks. <A HREF="http://clickthru.z.example/Click?q=ab-racks"><B>Read the full column</B></A></FONT><P>
<FONT FACE=Arial SIZE=3><B>Web services: hype and hope</B></FONT><BR><FONT SIZE=2>Standards move faster than buyers, says our survey.<BR><A HREF="http://clickthru.z.example/Click?q=ac-hype">Full story</A></FONT><P>
<FONT SIZE=3><B>Also Today on ZNet</B></FONT><BR><FONT SIZE=2>&#149; <A HREF="http://clickthru.z.example/Click?q=ad-1">Judge delays antitrust hearing again</A><BR>&#149; <A HREF="http://clickthru.z.example/Click?q=ae-2">Handheld sales fall for third quarter</A><BR>&#149; <A HREF="http://clickthru.z.example/Click?q=af-3">Study: most firewalls are misconfigured</A></FONT></TD>
<TD WIDTH=120 BGCOLOR=#eeeeee><FONT SIZE=1><B>Most popular downloads</B><BR>1. <A HREF="http://clickthru.z.example/Click?q=ba-1">WinZip 8.1</A><BR>2. <A HREF="http://clickthru.z.example/Click?q=bb-2">ICQ Pro 2002a</A><BR>3. <A HREF="http://clickthru.z.example/Click?q=bc-3">Kazaa Media Desktop</A></FONT></TD></TR>
<TR><TD><FONT SIZE=1>The e-mail address for your subscription is pat.reader@company.example<BR><A HREF="http://clickthru.z.example/Click?q=ca-u">Unsubscribe</A> | <A HREF="http://clickthru.z.example/Click?q=cb-m">Manage My Newsletters</A> | <A HREF="http://clickthru.z.example/Click?q=cc-f">FAQ</A></FONT></TD></TR></TABLE>""",
    want=[
        f"http://clickthru.z.example/Click?q={q}"
        for q in ("ab-racks", "ac-hype", "ad-1", "ae-2", "af-3")
    ],
)
# german text newsletter (heise-like)
add(
    "German plain text",
    plain="""Marktpost-Newsletter vom 14.9.2026

Guten Tag,

die Themen heute:

+ Kartellamt prueft Retail Media
+ Neue Regeln fuer Cookies

===========================================================

Kartellamt prueft Retail Media

Das Bundeskartellamt sieht sich die Werbeplaetze der grossen
Haendler an. Ein Ergebnis wird im Fruehjahr erwartet.

-> https://www.marktpost.example/meldung/kartellamt

-----------------------------------------------------------

Neue Regeln fuer Cookies

Die DSK legt fest, wann ein Banner nicht mehr noetig ist.

-> https://www.marktpost.example/meldung/cookies

-------------------------- Anzeige ------------------------

Blitzkartei: CRM fuer Eilige. Jetzt 30 Tage testen.
-> https://blitzkartei.example/test

-----------------------------------------------------------

Impressum: Marktpost Verlag, Bonn
Newsletter abbestellen: https://www.marktpost.example/abmelden
""",
    want=[
        "https://www.marktpost.example/meldung/kartellamt",
        "https://www.marktpost.example/meldung/cookies",
        "*https://blitzkartei.example/test",
    ],
)
# french html blog letter with 'Lire la suite' and categories
add(
    "French categories",
    "<table>"
    + "".join(
        f'<tr><td><span style="color:#c00;font-size:11px">{k}</span><br><a href="{U(u)}" style="font-size:18px;font-weight:bold">{t}</a><br><span>{x}</span> <a href="{U(u)}">Lire la suite</a></td></tr>'
        for k, t, u, x in [
            (
                "ADTECH",
                "Brackle rachète Pinlace pour 90 millions",
                "brackle",
                "Le gestionnaire de balises garde sa version gratuite.",
            ),
            (
                "DONNÉES",
                "La Cnil contrôle les murs de cookies",
                "cnil",
                "Quatre critères seront examinés.",
            ),
            (
                "TRIBUNE",
                "Pourquoi vos agents ont besoin de vacances",
                "trib",
                "Une clé doit finir.",
            ),
        ]
    )
    + f'<tr><td>A LIRE AUSSI</td></tr><tr><td>&gt; <a href="{U("a1")}">Les banques réduisent leurs segments d\'audience</a></td></tr><tr><td>&gt; <a href="{U("a2")}">Neuf journaux attaquent un robot</a></td></tr><tr><td>Vous recevez cette newsletter car vous êtes inscrit. <a href="{U("un")}">Se désinscrire</a></td></tr></table>',
    want=["brackle", "cnil", "trib", "a1", "a2"],
)
# linkedIn style rows, marketing ai institute like
add(
    "bold lines for headings",
    f'<p>Hi Pat,</p><p>Here is what we are watching this week.</p><p><strong>THE BIG IDEA</strong></p><p><strong>Agents are coming for the media plan</strong></p><p>Three holding companies showed planning agents in one week. None published results.</p><p>Paul says the test is simple: ask for the plan they would have made last year. <a href="{U("big")}">Read his full take on the blog</a>.</p><p><strong>QUICK HITS</strong></p><ul><li><strong>Halcyra opens a school.</strong> Certificates for marketers, free until May. <a href="{U("school")}">Details</a></li><li><strong>Wherrow loses a round.</strong> A court wants its logs. <a href="{U("round")}">More here</a></li></ul><p><strong>ON THE PODCAST</strong></p><p>Episode 188: Paul and Mike discuss pricing by outcome. <a href="{U("pod")}">Listen now</a></p><p><strong>UPCOMING</strong></p><p>Our <a href="{U("conf")}">conference</a> is in October. Use code LETTER100 for $100 off.</p><p>Thanks,<br>Mike</p><p>Was this email forwarded to you? <a href="{U("sub")}">Subscribe here</a>.</p><p><a href="{U("un")}">Unsubscribe</a></p>',
    want=["big", "school", "round", "pod", "*conf"],
)
# Thai link list
add(
    "Thai list",
    f'<p>สวัสดีค่ะ</p><h2>ข่าวเด่น</h2><ul><li><a href="{U("a")}">กสทช. เตรียมออกเกณฑ์โฆษณาผ่านแชตบอต</a></li><li><a href="{U("b")}">ร้านค้าออนไลน์หันมาใช้ระบบสมาชิก</a> ยอดขายเพิ่มร้อยละสิบสอง</li></ul><h2>น่าอ่าน</h2><p><a href="{U("c")}">คู่มือวัดผลโฆษณาโดยไม่ใช้คุกกี้</a><br>สรุปจากงานวิจัยสามชิ้น</p><p>แชร์ไปยัง <a href="https://www.facebook.com/sharer/sharer.php?u=x">Facebook</a></p><p><a href="{U("un")}">ยกเลิกการเป็นสมาชิก</a></p>',
    want=["a", "b", "c"],
)
# single essay plain text, Substack-like text with List-Post
E = [
    "Every quarter somebody asks me for a list of the tools that will matter, and every quarter I send back the same list with one name crossed out. This time I would like to say why that is not laziness, or not only.",
    "A tool matters when a team changes what it does on Monday because of it. By that measure four tools mattered in the last two years, and two of them were spreadsheets with a new function. The rest were bought, shown at a meeting and left to renew themselves.",
    "I asked nine teams what they had stopped doing. That is the better question. One had stopped writing briefs, and regretted it. Three had stopped reading reports, and did not. Nobody had stopped paying for anything.",
    "So no list this time. Ask your team what they stopped doing, and whether they miss it. If they cannot name a thing, the tool did not matter, and you may cross it out yourself. Write to me with what you found; the best answer gets the spreadsheet.",
]
add(
    "essay in plain text",
    plain="View this post on the web at https://slow.example/p/no-list\n\n"
    + "\n\n".join(E)
    + "\n\nUnsubscribe https://substack.com/redirect/2/x\n",
    subject="No list this quarter",
    kind="essay",
    want=["https://slow.example/p/no-list"],
    List_Post="<https://slow.example/p/no-list>",
)
# welcome series mail w/ content -> service
add(
    "welcome with reading tips",
    f'<h1>You\'re in!</h1><p>Thank you for subscribing to The Loop. You will hear from us every Friday.</p><p>Here are three reads to get you started:</p><h3><a href="{U("1")}">How we choose what to print</a></h3><p>A look behind the desk.</p><h3><a href="{U("2")}">Our most shared issue of the year</a></h3><p>On coupons.</p><p><a href="{U("un")}">Unsubscribe</a></p>',
    subject="Welcome to The Loop",
    kind="service",
)
add(
    "order",
    '<h2>Thanks for your order, Pat</h2><p>Order #3141</p><table><tr><td>Ticket: Martech Day</td><td>€120.00</td></tr></table><p><a href="https://t.example/o/3141">View your order</a></p>',
    subject="Order confirmation #3141",
    kind="service",
)
add(
    "registration",
    '<p>Your registration for the webinar "Consent in one step" is confirmed.</p><p><a href="https://w.example/join?t=1">Join the webinar</a></p><p><a href="https://w.example/cal.ics">Add to calendar</a></p>',
    subject="Registration confirmed: Consent in one step",
    kind="service",
)


def whole(link: str) -> str:
    """An expected link: `*` before an advertisement's, a host alone for U(host)."""
    mark, address = ("*", link[1:]) if link.startswith("*") else ("", link)
    return mark + canonical_url(address if "://" in address else U(address))


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_gives_its_stories(name: str) -> None:
    raw, kind, wanted = LETTERS[name]
    letter = parse_newsletter(raw)
    assert [
        ("*" if entry.sponsored else "") + canonical_url(entry.link) for entry in letter.entries
    ] == [whole(one) for one in wanted]
    assert letter.kind == kind
