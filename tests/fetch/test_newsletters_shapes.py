"""Letters in the shapes that a mailbox gets, each built from its parts, with the stories to find.

A story is (title, host of its page); "*" before the host marks an advertisement.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import pytest

from digest.fetch.mail.newsletters import ParsedNewsletter, parse_newsletter
from digest.urls import extract_host
from tests.factories.work import count_steps
from tests.fetch.test_newsletters import message

Story = tuple[str, str]  # title, host
Shape = tuple[bytes, list[Story]]
SHAPES: dict[str, Callable[[], Shape]] = {}

TALES = (  # headline, name of the page, what is told
    (
        "Orrin buys the loyalty firm Tally",
        "orrin",
        "The price is 210 million dollars, and both boards agreed on Monday. Tally keeps its name.",
    ),
    (
        "Postal office tests printed coupons",
        "postal",
        "Half a million parcels carry a code since May. A first count shows 4% of them redeemed.",
    ),
    (
        "Why our churn model was wrong for a year",
        "churn",
        "A column that nobody owned changed its unit. The team tells how it was found.",
    ),
    (
        "Regulator fines a broker of location data",
        "fine",
        "The order names forty buyers and asks for proof that the records were deleted.",
    ),
    (
        "Search ads get a cap for small shops",
        "cap",
        "Accounts below a thousand a month may now set a limit per day that is kept to the cent.",
    ),
)
PARAGRAPH = (
    "Nobody in the room could say who had asked for the report, and still it was made each month. "
    "We kept it for a while, out of habit, and then we stopped to see who would call. One person "
    "did, after nine weeks, and she wanted a figure that stands in another table anyway. "
)


def shape(build: Callable[[], Shape]) -> Callable[[], Shape]:
    """Register a builder under the name of its function."""
    SHAPES[build.__name__.removeprefix("build_").replace("_", " ")] = build
    return build


def url(name: str) -> str:
    return f"https://{name}.example/page"


def link(name: str, anchor: str) -> str:
    return f'<a href="{url(name)}">{anchor}</a>'


def html(body: str, subject: str = "Field Notes, week 30") -> bytes:
    foot = (
        '<p style="font-size:11px">Field Notes Ltd, 4 Mill Road, Leeds. '
        '<a href="https://notes.example/unsubscribe/8812">Unsubscribe</a></p>'
    )
    return message(f"<html><body>{body}{foot}</body></html>", "", Subject=subject)


def plain(body: str, subject: str = "Field Notes, week 30") -> bytes:
    foot = (
        "\n-- \nYou get this because you signed up.\nLeave: https://notes.example/unsubscribe/8\n"
    )
    return message("", body + foot, Subject=subject)


def titles(tales: Sequence[tuple[str, str, str]] = TALES) -> list[Story]:
    return [(title, f"{name}.example") for title, name, _ in tales]


# ---------------------------------------------------------------- plain text


@shape
def build_plain_numbers_with_the_address_below() -> Shape:
    parts = [f"{n}. {t}\n   {url(name)}\n   {x}\n" for n, (t, name, x) in enumerate(TALES, 1)]
    return plain("Hi,\n\nFive things for the weekend.\n\n" + "\n".join(parts)), titles()


@shape
def build_plain_headline_address_then_text() -> Shape:
    parts = [f"{t}\n{url(name)}\n\n{x}\n" for t, name, x in TALES]
    return plain("Good morning.\n\n" + "\n".join(parts)), titles()


@shape
def build_plain_headline_text_then_address() -> Shape:
    parts = [f"{t}\n\n{x}\n\n{url(name)}\n" for t, name, x in TALES]
    return plain("FIELD NOTES\n=====\n\n" + "\n".join(parts)), titles()


@shape
def build_plain_capitals_with_references() -> Shape:
    parts = [f"{t.upper()} (3 MINUTE READ) [{n}]\n\n{x}\n" for n, (t, _, x) in enumerate(TALES, 1)]
    notes = [f"[{n}] {url(name)}" for n, (_, name, _) in enumerate(TALES, 1)]
    body = "\n".join(parts) + "\n\nLinks:\n------\n" + "\n".join(notes) + "\n"
    return plain(body), [(title.upper(), host) for title, host in titles()]


@shape
def build_plain_rules_of_spaced_dashes() -> Shape:
    rule = "- - - - - - - - - - - - - - - - - - - -\n\n"
    parts = [f"{t}\n\n{x}\nRead more: {url(name)}\n\n{rule}" for t, name, x in TALES]
    return plain(rule + "".join(parts)), titles()


@shape
def build_plain_wrapped_by_hand() -> Shape:
    parts = []
    for title, name, text in TALES:
        words = text.split()
        half = len(words) // 2 + 1
        while not words[half].islower():
            half += 1
        parts.append(f"* {title}\n  {' '.join(words[:half])}\n  {' '.join(words[half:])}\n")
        parts.append(f"  {url(name)}\n\n")
    return plain("Hello,\n\n" + "".join(parts)), titles()


@shape
def build_plain_bullets_with_a_source_line() -> Shape:
    parts = [f"- {t} (The Ledger)\n  {url(name)}\n" for t, name, _ in TALES]
    return plain("READING\n-------\n\n" + "\n".join(parts)), [
        (f"{title} (The Ledger)", host) for title, host in titles()
    ]


# ---------------------------------------------------------------- heads without a link


@shape
def build_numbered_heads_with_a_link_in_the_text() -> Shape:
    body = f"<h1>{link('notes', 'A quiet week')}</h1><p>It rained, and little was bought.</p>"
    for number, (title, name, text) in enumerate(TALES, 1):
        first, rest = text.split(" ", 1)
        body += f"<h2>{number}. {title}</h2><p>{first} {link(name, 'as they say')} {rest}</p>"
        body += "<p>My view: wait and see what the second quarter brings before you move.</p>"
    body += "<h2>Until next week</h2><p>Reply with what I missed.</p>"
    return html(body, "A quiet week"), titles()


@shape
def build_subject_is_the_first_head() -> Shape:
    body = "<p>Good morning! Here is the news of the day, with two coffees.</p>"
    for title, name, text in TALES[:4]:
        body += f'<h3 style="font-size:22px">☕ {title}</h3><p>{text}</p>'
        body += f"<p>It comes at a bad time for rivals, {link(name, 'people close to it say')}.</p>"
    return html(body, TALES[0][0]), titles(TALES[:4])


@shape
def build_bold_title_and_source() -> Shape:
    body = "".join(
        f"<p><b>{title}</b></p><p>{text}</p><p>Source: {link(name, 'The Ledger')}</p>"
        for title, name, text in TALES
    )
    return html(body), titles()


@shape
def build_outlook_paragraphs_with_bare_addresses() -> Shape:
    body = "".join(
        f'<p class="MsoNormal"><b><span style="font-size:14.0pt">{title}</span></b></p>'
        f'<p class="MsoNormal">{text}</p><p class="MsoNormal">{link(name, url(name))}</p>'
        '<p class="MsoNormal">&nbsp;</p>'
        for title, name, text in TALES
    )
    return html(f'<div class="WordSection1">{body}</div>'), titles()


# ---------------------------------------------------------------- cards, buttons, lists


@shape
def build_cards_with_a_drawn_button() -> Shape:
    body = "<h1>Product news, May</h1><p>Hi Pat,</p><p>Here is what we shipped last month.</p>"
    for title, name, text in TALES:
        body += (
            f"<table><tr><td>{link(name, f'<img src=a.png alt={chr(39)}{title}{chr(39)}>')}</td>"
            f"</tr><tr><td><h2>{title}</h2><p>{text}</p><table><tr>"
            '<td bgcolor="#0055aa" style="border-radius:4px;padding:12px 20px">'
            f"{link(name, 'Put it to work')}</td></tr></table></td></tr></table>"
        )
    body += f"<h2>Meet us in Lisbon</h2><p>Three days.</p><p>{link('event', 'Save my seat')}</p>"
    return html(body, "[Product news] May"), [*titles(), ("Meet us in Lisbon", "*event.example")]


@shape
def build_linked_heads_with_a_button_each() -> Shape:
    body = "".join(
        f"<h3>{link(name, title)}</h3><p>{text}</p>"
        f'<p><a class="btn btn-primary" href="{url(name)}?b=1">Open the page</a></p>'
        for title, name, text in TALES
    )
    return html(body), titles()


@shape
def build_lines_of_one_paragraph() -> Shape:
    lines = "<br>".join(f"{link(name, title)} (The Ledger)" for title, name, _ in TALES)
    return html(f"<p>Here is what we read:</p><p>{lines}</p>"), titles()


@shape
def build_table_with_dates() -> Shape:
    rows = "".join(
        f"<tr><td>{day} June 2026</td><td>{link(name, title)}</td></tr>"
        for day, (title, name, _) in enumerate(TALES, 11)
    )
    return html(f"<h2>Latest decisions</h2><table>{rows}</table>"), titles()


@shape
def build_definition_list() -> Shape:
    rows = "".join(f"<dt>{link(name, title)}</dt><dd>{text}</dd>" for title, name, text in TALES)
    return html(f"<dl>{rows}</dl>"), titles()


@shape
def build_list_whose_links_begin_a_sentence() -> Shape:
    told = (
        ("Tally has been sold to Orrin", "orrin", "for 210 million dollars, both firms say."),
        ("The postal office is testing coupons", "postal", "that are printed on its parcels."),
        ("A new study by three clinics", "study", "shows that reminders work."),
    )
    items = "".join(f"<li>{link(name, title)} {rest}</li>" for title, name, rest in told)
    stories = titles(told)
    stories[2] = ("A new study by three clinics shows that reminders work.", "study.example")
    return html(f"<p><b>IN BRIEF:</b></p><ul>{items}</ul>"), stories


@shape
def build_contents_with_anchors() -> Shape:
    top = "".join(f'<li><a href="#s{n}">{t}</a></li>' for n, (t, _, _) in enumerate(TALES))
    body = "".join(
        f'<a name="s{n}"></a><h2>{title}</h2><p>{text} {link(name, "Full story")}</p>'
        '<p><a href="#top">Back to top</a></p>'
        for n, (title, name, text) in enumerate(TALES)
    )
    return html(f"<p>In this issue</p><ul>{top}</ul>{body}"), titles()


@shape
def build_brief_with_the_link_at_its_end() -> Shape:
    items = "".join(
        f"<p><strong>{title}.</strong> {text} {link(name, 'The Ledger')}</p>"
        for title, name, text in TALES
    )
    return html(f"<h2>Deals and people</h2>{items}"), [(f"{t}.", host) for t, host in titles()]


# ---------------------------------------------------------------- advertisements, invitations


@shape
def build_partner_labels_of_three_kinds() -> Shape:
    labels = ("PARTNER: KITEWIRE", "SPONSORED CONTENT BY KITEWIRE", "Paid post from Kitewire")
    body, stories = "", []
    for label, (title, name, text) in zip(labels, TALES, strict=False):
        body += f"<h2>{link(name, title)}</h2><p>{text}</p>"
        body += f'<p style="font-size:11px">{label}</p><h2>{link(f"ad{name}", "Calls that log")}'
        body += "</h2><p>Kitewire writes your call notes for you.</p>"
        stories += [(title, f"{name}.example"), ("Calls that log", f"*ad{name}.example")]
    seen = [stories[0], *(story for story in stories[1:] if story[0] != "Calls that log")]
    return html(body), [*seen, stories[1]]


@shape
def build_offer_of_the_house_after_the_last_story() -> Shape:
    body = "".join(f"<h2>{link(n, t)}</h2><p>{x}</p>" for t, n, x in TALES)
    body += f"<div><p>Read all of it without ads.</p><p>{link('plus', '30 days free')}</p></div>"
    return html(body), titles()


@shape
def build_invitation() -> Shape:
    body = (
        "<h1>Invitation: consent in 45 minutes</h1><p><b>Thursday, 25 June, 11 am</b></p>"
        "<p>Dear Pat, many teams put it off. Dana Roe shows four steps to begin with.</p>"
        "<h2>Your hosts</h2><p><b>Dana Roe</b>, head of data, Kitewire</p>"
        f'<p><a style="background:#063;padding:14px 28px" href="{url("seat")}">Book my seat</a></p>'
    )
    return html(body, "Invitation to our webinar: consent in 45 minutes"), []


# ---------------------------------------------------------------- essays stay whole


@shape
def build_essay_in_numbered_parts() -> Shape:
    body = f"<h1>{link('notes', 'The report that nobody read')}</h1>"
    for number, (title, name, _) in enumerate(TALES[:4], 1):
        body += f"<h2>{number}. {title}</h2><p>{PARAGRAPH}</p>"
        body += f"<p>{PARAGRAPH} See {link(name, 'the notes on it')}.</p><p>{PARAGRAPH}</p>"
        body += f"<p>{PARAGRAPH}</p>"
    subject = "The report that nobody read"
    return html(body, subject), [(subject, "notes.example")]


@shape
def build_essay_with_heads_of_one_size() -> Shape:
    subject = "The report that nobody read"
    body = f"<p>{link('notes', 'View in browser')}</p><h2>{subject}</h2><p>{PARAGRAPH * 2}</p>"
    for title in ("Who asked for it", "What it cost us", "What we do now"):
        body += f"<h2>{title}</h2><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>"
    return html(body, subject), [(subject, "notes.example")]


# ---------------------------------------------------------------- after the ways of senders


@shape
def build_daily_with_kickers_and_connectors() -> Shape:
    body = '<table><tr><td><a href="https://brew.example/view/88">View Online</a> | <a href="https://brew.example/signup">Sign Up</a></td></tr><tr><td style="font-size:11px">TOGETHER WITH</td></tr><tr><td><a href="https://kite.example/page"><img alt="Kitewire" src=k.png></a></td></tr></table><p>Good morning. It is Tuesday, and <b>the office coffee is out</b>. Here is the rest.</p><p><i>—Ann Lee, Bo Ruiz</i></p>'
    for k, (t, n, x) in zip(("RETAIL", "ADS", "DATA"), TALES, strict=False):
        body += f'<table><tr><td style="font-size:12px;font-weight:bold">{k}</td></tr><tr><td style="font-size:24px;font-weight:bold">{t}</td></tr><tr><td><img src=p.jpg alt=""><br><span style="font-size:10px">Francis Scialabba</span></td></tr><tr><td><p>{x} It is {link(n, "the third deal")} of the year, and the {link(n + "b", "board")} wants more.</p><p><b>Zoom out:</b> Rivals have done the same.—AL</p></td></tr></table>'
    body += '<table><tr><td style="font-size:11px">PRESENTED BY KITEWIRE</td></tr><tr><td style="font-size:24px;font-weight:bold">Calls that log themselves</td></tr><tr><td>Kitewire writes notes. <a href="https://kite.example/page">Try it free</a>.</td></tr></table>'
    body += (
        "<h3>WHAT ELSE IS BREWING</h3><ul>"
        f"<li>A hotel chain {link('h1', 'sold its loyalty points')} to a bank.</li><li>Two papers {link('h2', 'merged their ad desks')} in Ohio.</li></ul>"
    )
    return html(body, "☕ Coffee is out"), [
        *titles(TALES[:3]),
        ("Calls that log themselves", "*kite.example"),
        ("A hotel chain sold its loyalty points to a bank.", "h1.example"),
        ("Two papers merged their ad desks in Ohio.", "h2.example"),
    ]


@shape
def build_authors_above_headlines() -> Shape:
    body = "<p>Today’s highlights</p>"
    for t, n, x in TALES:
        body += f'<table><tr><td><a href="https://m.example/@jane">Jane Roe</a> in <a href="https://m.example/pub">Better Data</a></td></tr><tr><td><a href="{url(n)}"><h2>{t}</h2><h3 style="font-weight:normal;font-size:16px;color:#666">{x}</h3></a></td></tr><tr><td>5 min read · ♥ 1.2K · 💬 30</td></tr></table>'
    return html(body, TALES[0][0] + " | Jane Roe in Better Data"), titles()


@shape
def build_votes_below_posts() -> Shape:
    body = "".join(
        f'<table><tr><td>r/marketing · 4h</td></tr><tr><td><b>{link(n, t)}</b></td></tr><tr><td>{x}</td></tr><tr><td>340 upvotes · 20 comments</td></tr><tr><td><a style="background:#f40;padding:8px 16px" href="{url(n)}">Read More</a></td></tr></table>'
        for t, n, x in TALES
    )
    return html(body, "Top posts"), titles()


@shape
def build_italian_heads_with_calls() -> Shape:
    body = "<p>Ciao Pat, ecco le notizie della settimana.</p>"
    it = [
        (
            "Orrin compra la società di fidelizzazione Tally",
            "orrin",
            "Il prezzo è di 210 milioni e i due consigli hanno detto sì lunedì scorso.",
        ),
        (
            "Le Poste provano i buoni stampati",
            "postal",
            "Mezzo milione di pacchi porta un codice da maggio, e il quattro per cento è stato usato.",
        ),
        (
            "Multa a un venditore di posizioni",
            "fine",
            "L'ordine nomina quaranta compratori e chiede la prova della cancellazione.",
        ),
    ]
    for t, n, x in it:
        body += f"<h2>{t}</h2><p>{x}</p><p>{link(n, 'Leggi l’articolo')}</p>"
    body += f"<h2>Vieni a trovarci a Torino</h2><p>Tre giorni di incontri.</p><p>{link('ev', 'Prenota il tuo posto')}</p>"
    return html(body, "La settimana"), [*titles(it), ("Vieni a trovarci a Torino", "*ev.example")]


@shape
def build_feature_bullets() -> Shape:
    body = "<h1>What’s new in June</h1><p>Hi Pat, here are the updates.</p><h2>Reporting</h2><ul>"
    for t, n, x in TALES[:3]:
        body += f"<li><strong>{t}</strong>: {x} {link(n, 'Learn more')}</li>"
    body += "</ul><h2>Import</h2><ul>"
    for t, n, x in TALES[3:]:
        body += f"<li><strong>{t}</strong>: {x} {link(n, 'Learn more')}</li>"
    return html(body + "</ul>", "What’s new in June"), titles()


@shape
def build_press_list() -> Shape:
    body = "<h1>Press releases</h1>" + "".join(
        f"<p>{d} June 2026<br>{link(n, t)}<br>{x}</p>" for d, (t, n, x) in enumerate(TALES, 11)
    )
    return html(body, "Press releases of the week"), titles()


@shape
def build_pills() -> Shape:
    body = "".join(
        f'<table><tr><td><a href="https://n.example/topic/ads" style="background:#eee;padding:2px 6px;border-radius:9px">Ads</a></td></tr><tr><td><h2>{link(n, t)}</h2></td></tr><tr><td>By Ann Lee | 4 min</td></tr><tr><td>{x}</td></tr></table>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_image_heads() -> Shape:
    body = "".join(
        f'<a href="{url(n)}"><img src=a.png alt="{t}" width=600></a><p>{x}</p><p>{link(n, "Read more")}</p>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_arrow_domains() -> Shape:
    body = "".join(f"<h3>{t}</h3><p>{x} → {link(n, n + '.example')}</p>" for t, n, x in TALES)
    return html(body), titles()


@shape
def build_thumb_only_linked() -> Shape:
    body = "".join(
        f'<table><tr><td><a href="{url(n)}"><img src=a.png width=120 alt=""></a></td><td><p style="font-weight:bold;font-size:18px">{t}</p><p>{x}</p></td></tr></table>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_wordpress() -> Shape:
    t, n, x = TALES[2]
    body = f'<p>Ann Lee posted: "{x}"</p><h2>{link(n, t)}</h2><p>by <a href="https://blog.example/author/ann">Ann Lee</a></p><p>{PARAGRAPH * 2}</p><p>{link(n, "Read more of this post")}</p><p>Ann Lee | June 12, 2026 at 9:00 am | URL: {link(n, url(n))}</p>'
    return html(body, "[New post] " + t), [(t, n + ".example")]


@shape
def build_survey() -> Shape:
    return html(
        f'<p>Hi Pat,</p><p>How likely are you to recommend us to a colleague? It takes two minutes.</p><p><a style="background:#063;padding:14px 28px" href="{url("sv")}">Take the survey</a></p><p>Thank you, the team</p>',
        "We would love your feedback",
    ), []


@shape
def build_broken_html() -> Shape:
    body = "<table><tr><td>" + "".join(f"<p><b>{link(n, t)}</b><br>{x}<p>" for t, n, x in TALES)
    return html(body), titles()


@shape
def build_producthunt() -> Shape:
    products = (
        ("Quill", "quill", "A tiny template engine for mails"),
        ("Redbean", "redbean", "A web server in one file"),
        ("Tabby", "tabby", "Turns tables into charts that print"),
    )
    body = "<h2>Top products yesterday</h2>" + "".join(
        f"<table><tr><td><img src=i.png></td><td><b>{link(n, t)}</b><br>{x}<br>▲ 402</td></tr></table>"
        for t, n, x in products
    )
    return html(body, "Yesterday’s top products"), titles(products)


@shape
def build_french_plain_text() -> Shape:
    fr = [
        (
            "Orrin rachète la société de fidélité Tally",
            "orrin",
            "Le prix est de 210 millions, et les deux conseils ont dit oui lundi.",
        ),
        (
            "La Poste essaie les bons imprimés",
            "postal",
            "Un demi-million de colis portent un code depuis mai.",
        ),
        (
            "Amende pour un courtier de données",
            "fine",
            "La décision nomme quarante acheteurs et demande la preuve de l’effacement.",
        ),
    ]
    return plain(
        "Bonjour,\n\n" + "\n".join(f">> {t}\n{x}\nLire la suite : {url(n)}\n" for t, n, x in fr)
    ), titles(fr)


@shape
def build_text_dash_inline() -> Shape:
    return plain(
        "This week:\n\n" + "".join(f"{t} - {x}\n{url(n)}\n\n" for t, n, x in TALES)
    ), titles()


@shape
def build_text_title_colon_url() -> Shape:
    return plain(
        "Links of the week\n\n" + "".join(f"{t}: {url(n)}\n" for t, n, x in TALES)
    ), titles()


@shape
def build_text_angle() -> Shape:
    return plain("\n".join(f"{t} <{url(n)}>\n{x}\n" for t, n, x in TALES)), titles()


@shape
def build_text_caps_sections() -> Shape:
    body = (
        "FIELD NOTES\nIssue 30\n\n==== NEWS ====\n\n"
        + "\n".join(f"* {t}\n{x}\n{url(n)}\n" for t, n, x in TALES[:3])
        + "\n==== LONG READS ====\n\n"
        + "\n".join(f"* {t}\n{x}\n{url(n)}\n" for t, n, x in TALES[3:])
    )
    return plain(body), titles()


@shape
def build_text_two_space() -> Shape:
    body = "\n".join(
        f"[{n}] {t}\n    {x}\n    -> {url(nn)}\n" for n, (t, nn, x) in enumerate(TALES, 1)
    )
    return plain(body), titles()


@shape
def build_wrapped_title() -> Shape:
    body = "\n\n".join(
        f"{n}) {t} and what the rest of the market may\nlearn from it in the coming year\n{url(nn)}\n{x}"
        for n, (t, nn, x) in enumerate(TALES, 1)
    )
    return plain("Hello,\n\n" + body + "\n"), [
        (t + " and what the rest of the market may learn from it in the coming year", h)
        for t, h in titles()
    ]


@shape
def build_google_news_style() -> Shape:
    body = "<h2>Your briefing</h2>" + "".join(
        f'<div><div style="color:#777">The Ledger</div><div style="font-size:18px">{link(n, t)}</div><div style="color:#999">3 hours ago</div></div>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_essay_with_reading_list() -> Shape:
    s = "The report that nobody read"
    body = (
        f"<h1>{link('notes', s)}</h1>"
        + "".join(f"<p>{PARAGRAPH}</p>" for _ in range(8))
        + "<h3>What I read</h3><ul>"
        + "".join(f"<li>{link(n, t)}</li>" for t, n, x in TALES[:2])
        + "</ul>"
    )
    return html(body, s), [(s, "notes.example")]


@shape
def build_substack_essay() -> Shape:
    s = "The report that nobody read"
    body = f'<p>Forwarded this email? <a href="https://notes.example/subscribe">Subscribe here</a> for more</p><h1>{link("notes", s)}</h1><h3>A small story of a habit</h3><p><a href="https://substack.com/@ann">Ann Lee</a></p>'
    for i in range(6):
        body += f"<p>{PARAGRAPH} As {link('ref' + str(i), 'others have said')}, it is common.</p>"
    body += f'<p><a class="button primary" href="https://notes.example/subscribe?x=1">Upgrade to paid</a></p><h3>What we did</h3><p>{PARAGRAPH * 3}</p><p><a class="button" href="https://notes.example/p/x?action=share">Share</a></p>'
    return html(body, s), [(s, "notes.example")]


@shape
def build_plain_essay() -> Shape:
    return plain(
        "Hi,\n\nthis week I want to tell a story.\n\n"
        + "\n\n".join(PARAGRAPH for _ in range(5))
        + f"\n\nThe figures are from {url('ref')} and they are old.\n\nYours, Ann\n",
        "The report that nobody read",
    ), [("The report that nobody read", "")]


@shape
def build_promo() -> Shape:
    return html(
        f'<h1>Half price until Friday</h1><p>Kitewire writes your call notes. Get 50% off any plan for a year.</p><p><a style="background:#063;padding:14px 28px" href="{url("kite")}">Get my discount</a></p><p>Questions? Reply.</p>',
        "Half price until Friday",
    ), [("Half price until Friday", "*kite.example")]


@shape
def build_reminder() -> Shape:
    return html(
        f'<p>Hi Pat,</p><h2>Consent in 45 minutes</h2><p>The webinar starts tomorrow at 11 am. Dana Roe shows four steps, and there is time for questions.</p><p><a style="background:#063;padding:14px 28px" href="{url("seat")}">Join the webinar</a></p><p>See you there!</p>',
        "Reminder: our webinar starts tomorrow",
    ), []


@shape
def build_sections_without_links() -> Shape:
    body = "".join(f"<h2>{t}</h2><p>{x} {link(n, 'The Ledger has more')}</p>" for t, n, x in TALES)
    body += '<h2>Number of the week</h2><p>29% is the share of heads of marketing who trust their figures.</p><h2>Quote of the week</h2><p>“We sell the shelf.”</p><p>P.S. We speak at <a href="https://conf.example/x">Data Days</a> in June. Say hello!</p>'
    return html(body), titles()


@shape
def build_most_read() -> Shape:
    body = (
        "".join(f"<h2>{link(n, t)}</h2><p>{x}</p>" for t, n, x in TALES[:2])
        + "<h3>Most read last week</h3><ol>"
        + "".join(f"<li>{link(n, t)}</li>" for t, n, x in TALES[2:])
        + "</ol>"
    )
    return html(body), titles()


@shape
def build_share_rows() -> Shape:
    body = "".join(
        f'<h2>{link(n, t)}</h2><p>{x}</p><p>Share: <a href="https://twitter.com/intent/tweet?url=x">Twitter</a> | <a href="https://www.linkedin.com/shareArticle?u=x">LinkedIn</a></p><p><a href="https://n.example/tag/ads">#ads</a> <a href="https://n.example/tag/data">#data</a></p>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_feed_to_mail() -> Shape:
    body = '<h1><a href="https://blog.example">The Blog</a></h1>' + "".join(
        f'<h2>{link(n, t)}</h2><p>Posted: 12 Jun 2026 09:00 AM PDT</p><p>{x} {PARAGRAPH} See {link("in" + n, "the docs")}.</p><p><a href="{url(n)}#comments">Comments (3)</a></p>'
        for t, n, x in TALES[:3]
    )
    return html(body, "The Blog"), titles(TALES[:3])


@shape
def build_keycaps() -> Shape:
    body = "<p>Hola Pat, esto es lo de la semana.</p>" + "".join(
        f"<p><strong>{i}️⃣ {t}</strong></p><p>{x} Lo cuenta {link(n, 'este informe')}.</p>"
        for i, (t, n, x) in enumerate(TALES, 1)
    )
    return html(body, "Cinco cosas"), titles()


@shape
def build_text_underlined() -> Shape:
    return plain(
        "\n".join(f"{t}\n{'=' * len(t)}\n\n{x}\n\nLink: {url(n)}\n\n" for t, n, x in TALES)
    ), titles()


@shape
def build_text_stars() -> Shape:
    return plain(
        "\n***\n\n".join(f"{t}\n\n{x}\n\nMore at {url(n)}\n" for t, n, x in TALES)
    ), titles()


@shape
def build_linked_bold_leads() -> Shape:
    body = (
        "<h2>Money</h2>"
        + "".join(f'<p><a href="{url(n)}"><b>{t}</b></a>: {x}</p>' for t, n, x in TALES[:3])
        + "<h2>People</h2>"
        + "".join(f'<p><a href="{url(n)}"><b>{t}</b></a>: {x}</p>' for t, n, x in TALES[3:])
    )
    return html(body), titles()


@shape
def build_source_and_date() -> Shape:
    body = "".join(f"<p>{link(n, t)} | The Ledger | 12 June</p><p>{x}</p>" for t, n, x in TALES)
    return html(body), titles()


@shape
def build_image_button() -> Shape:
    body = "".join(
        f'<h2>{t}</h2><p>{x}</p><p><a href="{url(n)}"><img src=b.png alt="Read more"></a></p>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_podcast() -> Shape:
    s = "Episode 88: can a jingle still work?"
    body = f'<h1>{link("pod", s)}</h1><p>{PARAGRAPH}</p><p>Listen on <a href="https://podcasts.apple.com/x">Apple Podcasts</a> | <a href="https://open.spotify.com/x">Spotify</a></p><p>{PARAGRAPH}</p>'
    return html(body, s), [(s, "pod.example")]


@shape
def build_german_box() -> Shape:
    body = "<p>Moin Pat,</p>"
    de = [
        (
            "Orrin kauft den Treue-Dienst Tally",
            "orrin",
            "Der Preis liegt bei 210 Millionen, und beide Vorstände haben am Montag zugestimmt.",
        ),
        (
            "Die Post prüft gedruckte Gutscheine",
            "postal",
            "Eine halbe Million Pakete trägt seit Mai einen Code, vier Prozent wurden eingelöst.",
        ),
        (
            "Behörde bestraft Händler von Standortdaten",
            "fine",
            "Der Bescheid nennt vierzig Käufer und verlangt einen Nachweis der Löschung.",
        ),
    ]
    for t, n, x in de[:2]:
        body += f"<h2>{t}</h2><p>{x} {link(n, 'Zum Artikel')}</p>"
    body += f'<table style="background:#eee"><tr><td><p style="font-size:11px">– Anzeige –</p><h2>Notizen, die sich selbst schreiben</h2><p>Kitewire macht das. {link("kite", "Jetzt kostenlos testen")}</p></td></tr></table>'
    t, n, x = de[2]
    body += f"<h2>{t}</h2><p>{x} {link(n, 'Zum Artikel')}</p><h3>Termine</h3><p>25.6. Webinar: Einwilligung – {link('ev', 'Jetzt anmelden')}</p>"
    return html(body, "Der Tag"), [
        *titles(de),
        ("Notizen, die sich selbst schreiben", "*kite.example"),
    ]


@shape
def build_thai() -> Shape:
    th = [
        (
            "บริษัทออร์รินซื้อกิจการทัลลีด้วยเงินสด",
            "orrin",
            "ราคาอยู่ที่สองร้อยสิบล้านดอลลาร์ คณะกรรมการทั้งสองฝ่ายเห็นชอบเมื่อวันจันทร์",
        ),
        (
            "ไปรษณีย์ทดลองคูปองบนกล่องพัสดุ",
            "postal",
            "พัสดุครึ่งล้านชิ้นมีรหัสตั้งแต่เดือนพฤษภาคม และมีคนใช้แล้วสี่เปอร์เซ็นต์",
        ),
        ("หน่วยงานปรับผู้ขายข้อมูลตำแหน่ง", "fine", "คำสั่งระบุชื่อผู้ซื้อสี่สิบรายและขอหลักฐานการลบข้อมูล"),
    ]
    return html(
        "<p>สวัสดีครับ</p>"
        + "".join(f"<h2>{t}</h2><p>{x}</p><p>{link(n, 'อ่านต่อ')}</p>" for t, n, x in th),
        "สรุปข่าว",
    ), titles(th)


@shape
def build_japanese_text() -> Shape:
    ja = [
        (
            "オリン社がタリー社を現金で買収",
            "orrin",
            "価格は二億一千万ドルで、両社の取締役会は月曜日に合意した。",
        ),
        (
            "郵便局が印刷クーポンを試験",
            "postal",
            "五月から五十万個の荷物にコードが付き、四パーセントが使われた。",
        ),
        ("位置情報の販売業者に罰金", "fine", "命令は四十の買い手を挙げ、削除の証明を求めている。"),
    ]
    return plain("\n".join(f"■ {t}\n{x}\n{url(n)}\n" for t, n, x in ja), "週刊ニュース"), titles(ja)


@shape
def build_comma_links() -> Shape:
    body = (
        "<p>Happy Friday.</p>"
        + "".join(f"<h2>{link(n, t)}</h2><p>{x}</p>" for t, n, x in TALES[:3])
        + f"<h3>More reading</h3><p>{link('m1', 'Two papers merge ad desks')}, {link('m2', 'a hotel sells its points')}, {link('m3', 'the coupon turns ninety')}.</p>"
    )
    return html(body), [
        *titles(TALES[:3]),
        ("Two papers merge ad desks", "m1.example"),
        ("a hotel sells its points", "m2.example"),
        ("the coupon turns ninety", "m3.example"),
    ]


@shape
def build_two_links_each() -> Shape:
    body = "".join(
        f"<li><b>{t}.</b> {x} [{link(n, 'The Ledger')}, {link(n + 'b', 'Harbour Trade')}]</li>"
        for t, n, x in TALES
    )
    return html("<h2>Top stories</h2><ul>" + body + "</ul>"), [(t + ".", h) for t, h in titles()]


@shape
def build_welcome_note_digest() -> Shape:
    body = "<p>Welcome to the 40 people who joined this week.</p>" + "".join(
        f"<h3>{t}</h3><p>{x} {link(n, 'Read the report')}.</p>" for t, n, x in TALES
    )
    return html(body, "Welcome to issue 30"), titles()


@shape
def build_release_notes() -> Shape:
    body = '<h1>Release notes 4.12</h1><p>Released on 12 June.</p><h2>New</h2><ul><li>Segments can be copied between brands (<a href="https://docs.example/seg">docs</a>)</li><li>Exports now run at night (<a href="https://docs.example/exp">docs</a>)</li></ul><h2>Fixed</h2><ul><li>The calendar showed Sunday twice.</li></ul>'
    return html(body, "Release notes 4.12"), [
        ("Segments can be copied between brands (docs)", "docs.example"),
        ("Exports now run at night (docs)", "docs.example"),
    ]


@shape
def build_hero_plus_grid() -> Shape:
    t, n, x = TALES[0]
    body = f'<table><tr><td><a href="{url(n)}"><img src=h.jpg alt="Hero" width=600></a></td></tr><tr><td><h1>{link(n, t)}</h1><p>{x}</p><p><a href="{url(n)}" style="background:#000;padding:10px 20px">Read the story</a></p></td></tr></table><table><tr>'
    for t, n, x in TALES[1:3]:
        body += f'<td width=50%><a href="{url(n)}"><img src=h.jpg alt=""></a><h3>{link(n, t)}</h3><p>{x}</p></td>'
    body += "</tr><tr>"
    for t, n, x in TALES[3:]:
        body += f'<td width=50%><a href="{url(n)}"><img src=h.jpg alt=""></a><h3>{link(n, t)}</h3><p>{x}</p></td>'
    return html(body + "</tr></table>", TALES[0][0]), titles()


@shape
def build_text_numbered_inline_url() -> Shape:
    return plain(
        "Top five:\n\n" + "".join(f"{i}. {t} ({url(n)})\n" for i, (t, n, x) in enumerate(TALES, 1))
    ), titles()


@shape
def build_text_mail_wrapped_72() -> Shape:
    body = "".join(
        f"{t}\n"
        + "\n".join(textwrap.wrap(x + " " + PARAGRAPH, 72))
        + f"\n\nFull story: {url(n)}\n\n------------------------------------------------------------\n\n"
        for t, n, x in TALES
    )
    return plain(body), titles()


@shape
def build_text_headline_dashes() -> Shape:
    body = "".join(f"-- {t} --\n\n{x}\n{url(n)}\n\n" for t, n, x in TALES)
    return plain(body), titles()


@shape
def build_text_markdown() -> Shape:
    body = "# Field Notes\n\n" + "".join(f"## [{t}]({url(n)})\n\n{x}\n\n" for t, n, x in TALES)
    return plain(body), titles()


@shape
def build_text_bold_stars() -> Shape:
    body = "".join(f"*{t}*\n{x}\n{url(n)}\n\n" for t, n, x in TALES)
    return plain(body), titles()


@shape
def build_text_arrows() -> Shape:
    body = "".join(f"→ {t}\n{url(n)}\n\n" for t, n, x in TALES)
    return plain("Hi all,\n\nlinks for you.\n\n" + body), titles()


@shape
def build_text_refs_after_sentence() -> Shape:
    body = (
        "".join(f"{t.upper()}\n{x} [{i}]\n\n" for i, (t, n, x) in enumerate(TALES, 1))
        + "\n".join(f"[{i}] {url(n)}" for i, (t, n, x) in enumerate(TALES, 1))
        + "\n"
    )
    return plain(body), [(t.upper(), h) for t, h in titles()]


@shape
def build_intro_links_then_heads() -> Shape:
    body = (
        f"<p>Last week I wrote about {link('old1', 'the end of cookies')}, and many of you wrote back. Also, {link('old2', 'my talk in Bonn')} is online.</p>"
        + "".join(f"<h2>{t}</h2><p>{x} {link(n, 'More')}</p>" for t, n, x in TALES)
    )
    return html(body), titles()


@shape
def build_curated_quotes() -> Shape:
    body = "".join(
        f"<p><b>{link(n, t)}</b> by Ann Lee (The Ledger)</p><blockquote>“{x}”</blockquote><p>I find this odd, and I am not sure the sum is right.</p>"
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_sponsored_jobs_and_ad_between() -> Shape:
    body = f'<h2>{link("orrin", TALES[0][0])}</h2><p>{TALES[0][2]}</p><p style="font-size:10px;color:#999">Advertisement</p><p><a href="https://ad.example/x"><img src=a alt="Kitewire: calls that log themselves"></a></p><h2>{link("postal", TALES[1][0])}</h2><p>{TALES[1][2]}</p><h3>Jobs</h3><p><a href="https://j.example/1">Head of data, Kitewire, Leeds</a></p><p><a href="https://j.example/2">Marketing lead, Orrin, Turin</a></p>'
    return html(body), titles(TALES[:2])


@shape
def build_divs_only() -> Shape:
    body = "".join(
        f'<div class="item"><div class="title" style="font-size:20px"><a href="{url(n)}">{t}</a></div><div class="meta">The Ledger · 3 min</div><div class="desc">{x}</div></div>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_links_in_full_title_and_teaser() -> Shape:
    body = "".join(f'<p><a href="{url(n)}"><b>{t}</b><br>{x}</a></p>' for t, n, x in TALES)
    return html(body), titles()


@shape
def build_emoji_bullets_br() -> Shape:
    body = (
        "<p>"
        + "<br><br>".join(f"🔹 <b>{t}</b> – {x} {link(n, 'Read')}" for t, n, x in TALES)
        + "</p>"
    )
    return html(body), titles()


@shape
def build_essay_then_links() -> Shape:
    body = (
        "<p>Hi,</p>"
        + "".join(f"<p>{PARAGRAPH}</p>" for _ in range(4))
        + "<h2>Five things I liked</h2>"
        + "".join(f"<p><b>{i}. {link(n, t)}</b><br>{x}</p>" for i, (t, n, x) in enumerate(TALES, 1))
    )
    return html(body, "Five things and a habit"), titles()


@shape
def build_regulator() -> Shape:
    body = "<p>Data Protection Office</p><h2>News</h2>" + "".join(
        f"<table><tr><td>12.06.2026</td></tr><tr><td><b>{t}</b></td></tr><tr><td>{x}</td></tr><tr><td>{link(n, 'Read press release')}</td></tr></table>"
        for t, n, x in TALES
    )
    return html(body, "Newsletter 6/2026"), titles()


@shape
def build_forwarded_plain() -> Shape:
    body = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: Field Notes <n@notes.example>\nDate: Fri, Jun 12, 2026 at 9:00 AM\nSubject: Field Notes 30\nTo: <pat.reader@company.example>\n\n\n"
        + "".join(f"*{t}* <{url(n)}>\n{x}\n\n" for t, n, x in TALES)
    )
    return plain(body, "Fwd: Field Notes 30"), titles()


@shape
def build_labels_and_score() -> Shape:
    body = "".join(
        f'<table><tr><td style="font-size:11px">NEWS · 12 JUNE</td></tr><tr><td style="font-size:20px;font-weight:700">{t}</td></tr><tr><td style="font-size:15px">{x}</td></tr><tr><td><a href="{url(n)}" style="color:#06c">Continue reading →</a></td></tr></table>'
        for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_three_takeaways() -> Shape:
    body = "<h1>Five minutes on retail</h1>" + "".join(
        f"<h2>{t}</h2><p><b>What happened:</b> {x}</p><p><b>Why it matters:</b> It shows {link(n, 'how fast things move')}.</p><p><b>What to do:</b> Wait.</p>"
        for t, n, x in TALES
    )
    return html(body, "Five minutes on retail"), titles()


@shape
def build_vendor_blog_roundup() -> Shape:
    body = (
        "<p>Hi Pat,</p><p>Here’s what’s new on our blog this month:</p>"
        + "".join(
            f'<p><a href="{url(n)}"><strong>{t}</strong></a></p><p>{x}</p>' for t, n, x in TALES
        )
        + '<p>Ready to grow? <a href="https://kite.example/demo">Book a demo</a></p><p>The Kitewire team</p>'
    )
    return html(body, "Your monthly round-up"), titles()


@shape
def build_link_at_last_words() -> Shape:
    body = (
        "<ul>"
        + "".join(f'<li>{t} — <a href="{url(n)}">The Ledger</a></li>' for t, n, x in TALES)
        + "</ul>"
    )
    return html("<h3>Headlines</h3>" + body), [(f"{t} — The Ledger", h) for t, h in titles()]


@shape
def build_via_lines() -> Shape:
    body = "".join(
        f"<p><b>{t}</b><br>{x}<br><i>via {link(n, 'The Ledger')}</i></p>" for t, n, x in TALES
    )
    return html(body), titles()


@shape
def build_h4_all() -> Shape:
    body = "".join(f"<h4>{link(n, t)}</h4>{x}<br><br>" for t, n, x in TALES)
    return html(body), titles()


@shape
def build_span_classes_no_style() -> Shape:
    body = "".join(f"<p>{link(n, t)}</p><p>{x}</p>" for t, n, x in TALES)
    return html(body), titles()


@shape
def build_short_names() -> Shape:
    products = (
        (
            "Tally",
            "tally",
            "A loyalty app for small shops that keeps points in the wallet of the phone.",
        ),
        ("Postbox 2", "postbox", "The mail client now hides pixels and shows who tracks."),
        (
            "OpenCDP",
            "opencdp",
            "A customer data platform under a free licence, with a new connector to shops.",
        ),
    )
    body = "<h2>New tools</h2>" + "".join(
        f"<p><strong>{link(n, t)}</strong> – {x}</p>" for t, n, x in products
    )
    return html(body), titles(products)


@shape
def build_text_plain_sections_links_numbered_refs() -> Shape:
    body = (
        "NEWS\n\n"
        + "".join(f"{t} [{i}]\n{x}\n\n" for i, (t, n, x) in enumerate(TALES, 1))
        + "\n---\n"
        + "".join(f"[{i}]: {url(n)}\n" for i, (t, n, x) in enumerate(TALES, 1))
    )
    return plain(body), titles()


@shape
def build_text_sections_and_intro_url() -> Shape:
    body = (
        "Hi there,\n\nthe web version is at https://notes.example/30 as always.\n\n== Ads ==\n\n"
        + "".join(f"** {t} **\n{x}\n>> {url(n)}\n\n" for t, n, x in TALES)
    )
    return plain(body), titles()


@shape
def build_text_german() -> Shape:
    de = [
        (
            "Orrin kauft den Treue-Dienst Tally",
            "orrin",
            "Der Preis liegt bei 210 Millionen, und beide Vorstände haben am Montag\nzugestimmt. Tally behält seinen Namen.",
        ),
        (
            "Die Post prüft gedruckte Gutscheine",
            "postal",
            "Eine halbe Million Pakete trägt seit Mai einen Code.",
        ),
        (
            "Behörde bestraft Händler von Standortdaten",
            "fine",
            "Der Bescheid nennt vierzig Käufer und verlangt einen Nachweis.",
        ),
    ]
    body = "Guten Morgen,\n\n" + "".join(f"+++ {t} +++\n{x}\nMehr: {url(n)}\n\n" for t, n, x in de)
    return plain(body), titles(de)


@shape
def build_substack_digest_post() -> Shape:
    s = "Issue 30: coupons, caps and a fine"
    body = (
        f"<h1>{link('notes', s)}</h1><h3>What moved this week</h3><p>By Ann Lee</p>"
        + "".join(
            f"<h3>{t}</h3><p>{x} It was {link(n, 'first told by The Ledger')}.</p>"
            for t, n, x in TALES
        )
        + '<p><a class="button" href="https://notes.example/subscribe">Subscribe now</a></p>'
    )
    return html(body, s), titles()


@shape
def build_bold_para_digest_post() -> Shape:
    s = "Coupons, caps and a fine"
    body = f"<h1>{link('notes', s)}</h1>" + "".join(
        f"<p><strong>{t}</strong></p><p>{x} It was {link(n, 'first told by The Ledger')}.</p>"
        for t, n, x in TALES
    )
    return html(body, s), titles()


@shape
def build_hr_paragraph_stories() -> Shape:
    body = "<hr>".join(f"<p>{t}</p><p>{x} {link(n, 'Read on')}</p>" for t, n, x in TALES)
    return html(body), titles()


@shape
def build_gmail_lines() -> Shape:
    body = (
        '<div dir="ltr">Hi all,<div><br></div><div>some links of the week.</div><div><br></div>'
        + "".join(
            f"<div>{t}</div><div>{link(n, url(n))}</div><div>{x}</div><div><br></div>"
            for t, n, x in TALES
        )
        + "</div>"
    )
    return html(body), titles()


@shape
def build_gmail_lines_below() -> Shape:
    body = (
        '<div dir="ltr">Hi all,<div><br></div>'
        + "".join(
            f"<div>{t}</div><div>{x}</div><div>{link(n, url(n))}</div><div><br></div>"
            for t, n, x in TALES
        )
        + "</div>"
    )
    return html(body), titles()


@shape
def build_gmail_essay() -> Shape:
    body = (
        '<div dir="ltr">Hi all,<div><br></div>'
        + "".join(
            f"<div>{PARAGRAPH} See {link('r' + str(i), 'this note')}.</div><div><br></div>"
            for i in range(5)
        )
        + "</div>"
    )
    return html(body, "The report that nobody read"), [("The report that nobody read", "")]


@shape
def build_sponsor_inline() -> Shape:
    body = (
        "".join(f"<h2>{link(n, t)}</h2><p>{x}</p>" for t, n, x in TALES[:2])
        + f"<p><em>This issue is brought to you by {link('kite', 'Kitewire')}.</em> Calls that log themselves, for teams of any size.</p>"
        + "".join(f"<h2>{link(n, t)}</h2><p>{x}</p>" for t, n, x in TALES[2:])
    )
    return html(body), titles()


def list_stories(letter: ParsedNewsletter) -> list[Story]:
    return [
        (entry.title, ("*" if entry.sponsored else "") + extract_host(entry.link))
        for entry in letter.entries
    ]


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_gives_its_stories(name: str) -> None:
    raw, wanted = SHAPES[name]()
    assert sorted(list_stories(parse_newsletter(raw))) == sorted(wanted)


def test_a_button_gives_the_link_and_is_no_part_of_the_teaser() -> None:
    letter = parse_newsletter(SHAPES["cards with a drawn button"]()[0])
    assert letter.entries[0].summary == TALES[0][2]


def test_an_address_below_a_sentence_belongs_to_the_sentence() -> None:
    text = "The list of all decisions is new, and it stands here.\n" + url("list") + "\n"
    letter = parse_newsletter(plain(f"Orrin buys Tally for cash\n\n{text}"))
    assert [entry.title for entry in letter.entries] == ["Orrin buys Tally for cash"]


@pytest.mark.whole
def test_twice_the_headlines_are_twice_the_work() -> None:
    """And the address of each link is taken apart once, however many rules ask for it."""

    def parse(count: int) -> Callable[[], ParsedNewsletter]:
        rows = "".join(
            f"<h2><a href='https://news.example/{count}/{n}'>Headline {n} tells of a launch</a></h2>"
            for n in range(count)
        )
        return lambda: parse_newsletter(message(rows))

    parse(10)()  # what is loaded at its first use is none of it
    once, twice = count_steps(parse(200)), count_steps(parse(400))
    assert twice < 2.2 * once
    assert once < 200 * 1_900
