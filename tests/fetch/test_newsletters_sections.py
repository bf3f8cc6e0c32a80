"""Sections and marks of letters that are no news, in letters of our own writing."""

from email.message import EmailMessage

import pytest

from digest.fetch.mail.newsletters import parse_newsletter
from digest.fetch.mail.newsletters.sections import classify_section, is_aside

STORIES = [
    ("Orrin buys the loyalty firm Tally", "orrin"),
    ("A hotel chain sells its points", "hotel"),
    ("Regulator fines a seller of places", "fine"),
]
TEXT = "The price is 210 million, and both boards agreed to it on Monday morning."


def url(name: str) -> str:
    return f"https://{name}.example/x"


def build_mail(body: str, subject: str = "Data Weekly 12", kind: str = "html") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Data Weekly <w@dw.example>", "p@c.example", subject
    mail["Date"], mail["Message-ID"] = "Mon, 06 Jul 2026 09:00:00 +0000", "<1@dw.example>"
    mail.set_content(body, subtype=kind)
    return mail.as_bytes()


def build_cards(size: int = 19) -> list[str]:
    return [
        f'<table><tr><td><a href="{url(name)}" style="font-size:{size}px;font-weight:bold">{title}</a>'
        f'<p>{TEXT}</p><p><a href="{url(name)}">Read more</a></p></td></tr></table>'
        for title, name in STORIES
    ]


def list_hosts(raw: bytes) -> list[str]:
    """Return the first label of each entry's host; "*" before advertisements, "" for no link."""
    return [
        ("*" if entry.sponsored else "") + entry.link.removeprefix("https://").partition(".")[0]
        for entry in parse_newsletter(raw).entries
    ]


LABEL = '<p style="font-size:11px;text-transform:uppercase">{}</p>'
HEADING = '<h2 style="font-size:26px">{}</h2>'
MEMBERS = (
    f'<p>Analyst, Copenhagen or remote. <a href="{url("one")}">Details are here</a></p>'
    f'<p><b>Second of them, in short.</b> Two hundred places. <a href="{url("two")}">Take one</a></p>'
)

ASIDES = {
    "en": ("Vacancies", "Meet us", "A small favour", "Bring a friend", "Events to watch"),
    "de": ("Stellenmarkt", "Veranstaltungen", "In eigener Sache", "Kunden werben Kunden"),
    "it": ("Posizioni aperte", "Appuntamenti", "Passaparola"),
    "fr": ("Offres d'emploi", "Rendez-vous", "Soutenez la lettre"),
    "es": ("Ofertas de empleo", "Próximos eventos", "Corre la voz"),
    "pt": ("Vagas abertas", "Próximos eventos", "Indique um amigo"),
    "nl": ("Vacatures", "Agenda", "Breng een vriend mee"),
    "th": ("ประกาศรับสมัครงาน", "พบกันที่งานสัมมนา", "ชวนเพื่อนมาอ่าน"),
    "ja": ("求人情報", "セミナーのご案内", "読者アンケート"),
    "zh": ("招聘信息", "近期活动", "推荐给朋友"),
    "ko": ("채용 공고", "다가오는 행사", "친구 초대"),
}
ASIDE_ROWS = [(tag, name) for tag, names in ASIDES.items() for name in names]


@pytest.mark.parametrize(("tag", "name"), ASIDE_ROWS)
@pytest.mark.parametrize("form", [LABEL, HEADING], ids=["label", "heading"])
def test_what_stands_below_such_a_heading_is_no_story(tag: str, name: str, form: str) -> None:
    """Also where the heading is smaller than the headlines; a story after it is one."""
    first, *others = build_cards()
    body = first + form.format(name) + MEMBERS + "".join(others)
    assert list_hosts(build_mail(body)) == ["orrin", "hotel", "fine"]


PICKS = [
    "What we are reading",
    "Tools we use",
    "Was wir gerade lesen",
    "Lo strumento che usiamo noi",
    "Ce que nous lisons",
    "Lo que estamos leyendo",
    "หนังสือแนะนำ",
    "便利ツール",
    "好书推荐",
]


@pytest.mark.parametrize("name", PICKS)
def test_picks_are_news_only_where_a_part_is_a_headline(name: str) -> None:
    """A remark on an old essay is none; the headline of another paper is."""
    remark = (
        f'<p>A lovely old essay on <a href="{url("essay")}">why forms grow</a>, still right.</p>'
    )
    headline = f'<p><a href="{url("paper")}">Coupons moved to chat, a study says</a></p>'
    body = "".join(build_cards()) + HEADING.format(name) + remark + headline
    assert list_hosts(build_mail(body)) == ["orrin", "hotel", "fine", "paper"]


NEWS_HEADINGS = [
    "Ads",
    "New tools",
    "Share prices",
    "Partner news",
    "Regulation",
    "Jobs report: hiring slows in October",
    "Acme launches a jobs board",
    "Eventbrite raises prices",
    "Werkzeug der Woche",
    "Annuncio",
    "工具新闻",
]


@pytest.mark.parametrize("name", NEWS_HEADINGS)
def test_headings_of_news_are_no_asides(name: str) -> None:
    assert classify_section(name) in ("", "roundup")


def test_a_title_that_begins_with_the_name_of_an_aside_is_one() -> None:
    assert is_aside("Job of the week: lifecycle manager")
    assert is_aside("The ask:")
    assert is_aside("In eigener Sache: der Kurs im Dezember")
    assert not is_aside("Salesforce: the price of Agentforce")


PAID = {
    "a label below the title": f'<h3>Mail that arrives</h3><p style="font-size:11px">Sponsored</p><p>{TEXT}</p><p><a href="{url("ad")}">Get it</a></p>',
    "a mark at its end": f'<h3><a href="{url("ad")}">Mail that arrives | Sponsored</a></h3><p>{TEXT}</p>',
    "a mark in wide brackets": f'<h3><a href="{url("ad")}">【PR】Mail that arrives today</a></h3><p>{TEXT}</p>',
    "its campaign": f'<h3><a href="{url("ad")}?utm_campaign=newsletter_sponsorship">Mail that arrives today</a></h3><p>{TEXT}</p>',
    "its campaign in a wrapper": f'<h3><a href="https://click.dw.example/track?url=https%3A%2F%2Fad.example%2Fx%3Futm_medium%3Dpaid">Mail that arrives today</a></h3><p>{TEXT}</p>',
    "thanks": f'<p style="font-size:11px">Thanks to Acme for supporting this letter</p><h3>Mail that arrives</h3><p>{TEXT}</p><p><a href="{url("ad")}">Get it</a></p>',
    "an e-book": f'<h3>The guide to lists, third edition</h3><p>{TEXT}</p><p><a href="{url("ad")}">Download the e-book</a></p>',
    "Dutch": f'<p style="font-size:11px">Mede mogelijk gemaakt door Acme</p><h3>Mail die aankomt</h3><p>{TEXT}</p><p><a href="{url("ad")}">Bekijk</a></p>',
    "Chinese": f'<p style="font-size:11px">本期赞助</p><h3>短信到达率低怎么办</h3><p>新用户注册即送一万条，支持三大运营商直连，今天就可以开始。</p><p><a href="{url("ad")}">看看</a></p>',
}


@pytest.mark.parametrize("name", PAID)
def test_what_is_paid_for_is_marked(name: str) -> None:
    """And the stories around it are not."""
    first, *others = build_cards()
    found = list_hosts(
        build_mail(f"{first}<table><tr><td>{PAID[name]}</td></tr></table>{''.join(others)}")
    )
    assert found == ["orrin", "*ad", "hotel", "fine"]


def test_all_in_the_box_of_a_label_is_paid_for() -> None:
    box = (
        f'<table><tr><td><p style="font-size:11px">Together with Acme</p><h3><a href="{url("ad")}">Mail that arrives</a></h3>'
        f'<p>{TEXT}</p><h3><a href="{url("more")}">And one that is read as well</a></h3><p>{TEXT}</p></td></tr></table>'
    )
    first, *others = build_cards()
    found = list_hosts(build_mail(first + box + "".join(others)))
    assert found == ["orrin", "*ad", "*more", "hotel", "fine"]


def test_a_link_to_a_job_is_no_story() -> None:
    jobs = '<p><a href="https://acme.example/careers/123">Lifecycle manager for our friends at Acme</a></p>'
    assert list_hosts(build_mail("".join(build_cards()) + jobs)) == ["orrin", "hotel", "fine"]


FIRST_LINES = [
    "<p><a href='https://dw.example/a'>Zum Archiv</a></p>",
    "<p style='font-size:10px'>Is something wrong with this letter? <a href='https://dw.example/a'>Tap this line</a></p>",
    "<p><a href='https://dw.example/a'>Wird der Brief nicht richtig angezeigt? Hier klicken</a></p>",
]


@pytest.mark.parametrize("line", FIRST_LINES)
def test_a_short_link_before_all_is_no_story(line: str) -> None:
    assert list_hosts(build_mail(line + "".join(build_cards()))) == ["orrin", "hotel", "fine"]


def test_a_letter_without_news_gives_none() -> None:
    """What is paid for and what it asks for is not its text."""
    body = (
        "<p>There is no letter today: Ann is with her family, and Bo burns a pie. We are back next Thursday.</p>"
        f"<p style='font-size:11px'>Presented by Acme</p><h3>Mail that arrives</h3><p>Acme counts it. {TEXT}</p><p><a href='{url('ad')}'>Get it</a></p>"
        f"<h2>A small favour</h2><p>We plan next year. {TEXT} {TEXT} <a href='{url('ask')}'>Tell us more</a></p>"
    )
    letter = parse_newsletter(build_mail(body, "No issue this week (and a small favour)"))
    assert not [entry for entry in letter.entries if not entry.sponsored]


def test_a_lead_without_a_link_is_a_story_where_the_others_have_one() -> None:
    leads = [
        f'<p><b>{title}.</b> {TEXT} <a href="{url(name)}">My notes are here</a>.</p>'
        for title, name in STORIES
    ]
    leads.insert(1, f"<p><b>The line I keep coming back to.</b> {TEXT}</p>")
    leads.append(
        f'<p><b>The ask:</b> I look for three testers. <a href="{url("ask")}">Raise your hand</a></p>'
    )
    assert list_hosts(build_mail("<p>Hi,</p>" + "".join(leads))) == ["orrin", "", "hotel", "fine"]


def test_numbered_and_other_headings_of_one_rank_divide_a_letter() -> None:
    """Its title above them is no story, and it is no essay."""
    parts = [
        f'<h2>{n}. {title}</h2><p>{TEXT} <a href="{url(name)}">The notice</a></p>'
        for n, (title, name) in enumerate(STORIES, 1)
    ]
    parts.append(
        f'<h2>Half a story</h2><p>Nobody confirms it: {TEXT} <a href="{url("half")}">A rumour</a></p>'
    )
    title = "Three stories and a half about data"
    body = (
        f'<h1><a href="https://dw.example/p/three">{title}</a></h1><p>Hello,</p><p>{TEXT}</p>'
        + "".join(parts)
    )
    assert list_hosts(build_mail(body, title)) == ["orrin", "hotel", "fine", "half"]


def test_japanese_plain_text_is_split_at_its_marks() -> None:
    """A sentence is no headline, and "read on" on a line of its own is its call."""
    stories = "".join(
        f"■[{n}] 会員アプリの通知許可率は平均三八％に{n}\n\n調査会社が全国百二十社を調べたと発表した。最も高かったのは\n薬局で、最も低かったのは家具だった。\n\n▼続きはこちら\nhttps://s{n}.example/x\n\n"
        for n in (1, 2, 3)
    )
    body = f"====\n技術通信 第203号\n====\n\n皆さま、おはようございます。編集長です。\n\n{stories}□ セミナーのご案内\n十二月四日、大阪にて開催します。\nhttps://seminar.example/x\n"
    assert list_hosts(build_mail(body, kind="plain")) == ["s1", "s2", "s3"]


def test_the_name_of_the_sender_is_no_title_of_an_essay() -> None:
    """Numbered parts below it are stories, also one without a page."""
    parts = [
        f'<p style="font-size:26px;font-weight:bold">{n}. {title}</p><p>{TEXT} <a href="{url(name)}">Go deeper</a>.</p>'
        for n, (title, name) in enumerate(STORIES, 1)
    ]
    parts.append(
        f'<p style="font-size:26px;font-weight:bold">4. One fun thing at last</p><p>{TEXT}</p>'
    )
    body = f'<p style="font-size:40px;font-weight:bold">Data Weekly</p><p>Good morning.</p>{"".join(parts)}'
    letter = parse_newsletter(build_mail(body, "Data Weekly: The truce of the meters"))
    assert [entry.title for entry in letter.entries] == [
        *(title for title, _ in STORIES),
        "One fun thing at last",
    ]


def test_an_item_without_a_link_is_a_story_in_a_list_whose_others_have_one() -> None:
    lines = [f'<li>{TEXT[:-1]} <a href="{url(name)}">in {name}</a>.</li>' for _, name in STORIES]
    lines.insert(
        2, "<li>The last data centre of the firm, in Slough, was switched off on Sunday.</li>"
    )
    assert list_hosts(build_mail(f"<p>Ten lines.</p><ul>{''.join(lines)}</ul>")) == [
        "orrin",
        "hotel",
        "",
        "fine",
    ]


def test_bullets_of_plain_text_have_their_address_below() -> None:
    """Several sentences long, and one of them without."""
    items = "".join(f"* {title}. {TEXT}\n{url(name)}\n\n" for title, name in STORIES)
    body = f'## News\n\n{items}* Mailtrap has raised eighteen million dollars. No link, as there is none.\n\n## Longer reads\n\n* "We wrote by hand for a month", by the two owners of a shop. Lovely.\n{url("hand")}\n'
    assert list_hosts(build_mail(body, kind="plain")) == ["orrin", "hotel", "fine", "", "hand"]


def test_two_labels_in_a_row_mark_what_is_below_them() -> None:
    first, *others = build_cards()
    label = "<p style='font-size:11px'>Paid message</p><h2>One line from our sponsor</h2>"
    body = f"{first}{label}<p>Acme reconciles invoices while you sleep.</p><p><a href='{url('ad')}'>Have a look</a></p>{''.join(others)}"
    assert list_hosts(build_mail(body)) == ["orrin", "*ad", "hotel", "fine"]


OFFERS = {
    "en": ("The Small Print Clinic", "Book the clinic"),
    "de": ("Kassen-Forum 2026: Karten bis Freitag", "anmelden"),
    "it": ("Il nostro quaderno di benvenuto", "Acquista il quaderno"),
    "fr": ("Une journée pour les acheteurs", "Participer"),
    "es": ("Una jornada para compradores", "Apúntate aquí"),
    "th": ("คอร์สออนไลน์ของชมรม: เริ่มต้นแบ่งกลุ่มลูกค้า", "ลงทะเบียน"),
    "ja": ("同意管理の実務を一日で学ぶ", "お申し込みはこちら"),
}


@pytest.mark.parametrize("tag", OFFERS)
def test_what_asks_to_sign_up_or_to_buy_is_an_offer(tag: str) -> None:
    title, call = OFFERS[tag]
    card = f'<table><tr><td><p style="font-size:19px;font-weight:bold">{title}</p><p>{TEXT}</p><p><a href="{url("ad")}">{call}</a></p></td></tr></table>'
    first, *others = build_cards()
    assert list_hosts(build_mail(first + card + "".join(others))) == [
        "orrin",
        "*ad",
        "hotel",
        "fine",
    ]


def test_a_welcome_is_service_mail() -> None:
    links = "".join(f'<li><a href="{url(name)}">{title}</a></li>' for title, name in STORIES)
    body = f"<p>Hi and welcome!</p><p>You have just joined 6,700 readers of Data Weekly.</p><p>Read while you wait:</p><ul>{links}</ul>"
    letter = parse_newsletter(build_mail(body, "Welcome aboard! Here is what happens next"))
    assert (letter.kind, letter.entries) == ("service", ())
