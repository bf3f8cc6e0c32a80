"""The same stories in many layouts: in each they are found, with their titles and pages."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from digest.fetch.mail.newsletters import ParsedNewsletter, parse_newsletter

STORIES = (
    ("Penfold prints coupons again", "The grocer ends three years of offers in an app alone. Shops save a tenth."),
    ("Olden sells its identity graph", "Three bidders have looked at the books since May. A fourth is said to wait."),
    ("Levy on retail screens goes to court", "The city expects a ruling and has set money aside. Owners of shops hope."),
    ("Tarn buys Askwell for a low price", "It is the third purchase this year, and the largest. Staff were told on Monday."),
)  # fmt: skip
BRIEFS = (
    ("Grocer Penfold will sell its trolley screens", "to brands", "from outside its shops."),
    ("Search maker Olden now sends fewer visits", "to shops", "than it did in early spring."),
    ("A study of the Basket School finds that screens", "lift sales", "for nine minutes at most."),
    ("Agency Tarn says its forecast is lower", "than in May", "as two carmakers wait."),
    ("Mail provider Larch rejects unsigned mail", "from October", "and tells senders so."),
    ("The council upheld a complaint", "on sun cream", "that nobody had tried."),
)
INTRO = "I was on a train for most of the week, and read what I had put aside for the summer. "

Layout = Callable[[int, str, str, str], str]
LAYOUTS: dict[str, Layout] = {
    "item of a list with title, text and call": lambda n, title, text, page: (
        f"<ul><li><b>{title}</b><br>{text}<br><a href='{page}'>Read more</a></li></ul>"
    ),
    "item of a list with the name of its source": lambda n, title, text, page: (
        f"<ol><li><p><b>{title}</b></p><p>{text}</p><p><a href='{page}'>Daybook</a></p></li></ol>"
    ),
    "paragraph with a number and a slash": lambda n, title, text, page: (
        f"<p>{n}/ {title}. {text} <a href='{page}'>Daybook</a></p>"
    ),
    "linked picture below the text": lambda n, title, text, page: (
        f"<h3>{title}</h3><p>{text}</p><a href='{page}'><img src='a.png' alt='A shop' width='600'></a>"
    ),
    "title over two lines": lambda n, title, text, page: (
        f"<p style='font-size:22px;font-weight:bold'>{title.replace(' ', '<br>', 2).replace('<br>', ' ', 1)}</p>"
        f"<p>{text}</p><p><a href='{page}'>Read more</a></p>"
    ),
    "title of which the end is linked": lambda n, title, text, page: (
        f"<h3>{' '.join(title.split()[:3])} <a href='{page}'>{' '.join(title.split()[3:])}</a></h3><p>{text}</p>"
    ),
    "source behind two words and a colon": lambda n, title, text, page: (
        f"<p style='font-size:20px'><b>{n}. {title}</b></p><p>{text}</p><p><b>Go deeper:</b> <a href='{page}'>Daybook</a></p>"
    ),
    "untitled paragraph that a linked sentence ends": lambda n, title, text, page: (
        f"<p>{title}. {text} <a href='{page}'>Daybook has the story</a>.</p>"
    ),
    "untitled paragraph between rules": lambda n, title, text, page: (
        f"<p>{title}. It is <a href='{page}'>in the report</a>, says a friend. {text}</p><hr>"
    ),
}
TEXTS: dict[str, Layout] = {
    "address in brackets behind the title": lambda n, title, text, page: f"{title} <{page}>\n{text}",
    "paragraph with its address below": lambda n, title, text, page: f"{title}. {text}\n{page}",
    "bold opening with the address below": lambda n, title, text, page: f"*{title}.* {text}\n<{page}>",
}  # fmt: skip


def read_letter(body: str, subject: str, *, subtype: str = "html") -> ParsedNewsletter:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "The Shelf <a@shelf.example>",
        "b@r.example",
        subject,
    )
    mail["Date"], mail["Message-ID"] = "Tue, 24 Nov 2026 07:00:00 +0000", "<1@x.example>"
    mail.set_content(body, subtype=subtype)
    return parse_newsletter(bytes(mail))


def lay_out(layout: Layout) -> str:
    return "\n\n".join(
        layout(number, title, text, f"https://s{number}.example/p")
        for number, (title, text) in enumerate(STORIES, 1)
    )


def list_found(letter: ParsedNewsletter) -> list[tuple[str, str]]:
    return [(entry.title.rstrip("."), entry.link) for entry in letter.entries]


WANTED = [(title, f"https://s{number}.example/p") for number, (title, _) in enumerate(STORIES, 1)]


@pytest.mark.parametrize("subject", [STORIES[0][0], "Notes from a train"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_gives_its_stories(name: str, subject: str) -> None:
    letter = read_letter(f"<p>Hi there,</p><p>{INTRO}</p>{lay_out(LAYOUTS[name])}", subject)
    assert list_found(letter) == WANTED


@pytest.mark.parametrize("path", ["u/click?_t=%d1fae0c2b95", "u/nrd.php?p=%dQx7", "u/go?id=%d"])
def test_a_call_is_no_by_line_whatever_its_address(path: str) -> None:
    """The page of a person is "/u/ann"; links that count clicks have such paths as well."""
    pages = [f"https://go.shelf.example/{path % n}" for n in range(len(STORIES))]
    body = "".join(
        f"<h3>{title}</h3><p>{text}</p><p><a href='{page}'>Details</a></p>"
        for (title, text), page in zip(STORIES, pages, strict=True)
    )
    letter = read_letter(body, "Notes from a train")
    assert [entry.link for entry in letter.entries] == pages


def test_a_headline_behind_the_counter_of_a_mailer_is_no_by_line() -> None:
    pages = [f"https://go.shelf.example/u/click?_t={n}1fae0c2b95" for n in range(len(STORIES))]
    body = "".join(
        f"<p><a href='{page}'>{title}</a></p>"
        for (title, _), page in zip(STORIES, pages, strict=True)
    )
    letter = read_letter(f"<h3>Most read</h3>{body}", "Notes from a train")
    assert [entry.link for entry in letter.entries] == pages


@pytest.mark.parametrize(
    "label",
    [
        "Read in app",
        "LEGGI NELL'APP",
        "Lire dans l’application",
        "In der App lesen",
        "Leer en la aplicación",
    ],
)
def test_the_post_in_the_mailers_app_is_no_story(label: str) -> None:
    app = f"<p><a href='https://app.example/post/1'>{label}</a></p>"
    body = app + lay_out(LAYOUTS["item of a list with title, text and call"])
    assert list_found(read_letter(body, "Notes from a train")) == WANTED


@pytest.mark.parametrize("name", TEXTS)
def test_a_plain_text_gives_its_stories(name: str) -> None:
    body = f"Hi there,\n\nFour things, and a train.\n\n{lay_out(TEXTS[name])}\n"
    assert list_found(read_letter(body, STORIES[0][0], subtype="plain")) == WANTED


@pytest.mark.parametrize(
    "name", ["linked picture below the text", "source behind two words and a colon"]
)
def test_a_long_introduction_makes_no_essay_of_a_letter_named_by_its_first_story(name: str) -> None:
    body = f"<p>Hi there,</p><p>{INTRO * 2}</p><p>{INTRO * 2}</p>{lay_out(LAYOUTS[name])}"
    assert list_found(read_letter(body, STORIES[0][0])) == WANTED


@pytest.mark.parametrize("mark", ["", "&bull; ", "– "])
@pytest.mark.parametrize(
    "label", ["", "<p><b>SHOPS</b></p>", "<p style='font-size:12px'>SHOPS</p>"]
)
def test_lines_with_a_page_each_are_news_without_a_list(label: str, mark: str) -> None:
    lines = [
        f"<p>{mark}{before} <a href='https://s{number}.example/p'>{link}</a> {after}</p>"
        for number, (before, link, after) in enumerate(BRIEFS)
    ]
    body = f"<p>Good morning, here is all of it.</p>{label}{''.join(lines[:3])}{label}{''.join(lines[3:])}"
    letter = read_letter(body, "Trolleys, screens and a complaint")
    assert [entry.link for entry in letter.entries] == [
        f"https://s{n}.example/p" for n in range(len(BRIEFS))
    ]
    assert letter.entries[0].title.startswith("Grocer Penfold will sell its trolley screens to")


def test_a_survey_among_news_made_alike_is_news() -> None:
    stories = [*STORIES[:3], ("Umfrage: Jeder Dritte misstraut den Sternen", STORIES[3][1])]
    body = "".join(
        f"<h3>{title}</h3><p>{text}</p><p><a href='https://s{n}.example/p'>Weiterlesen</a></p>"
        for n, (title, text) in enumerate(stories)
    )
    assert len(list_found(read_letter(body, "Nachrichten"))) == len(stories)


def test_why_a_letter_is_sent_makes_no_service_mail_of_it() -> None:
    body = lay_out(LAYOUTS["linked picture below the text"])
    body = f"<p>Ricevi questa email perché ti sei iscritto.</p>{body}"
    assert read_letter(body, "Le notizie").kind == "news"


def test_the_title_of_a_letter_without_text_is_none_of_its_stories() -> None:
    leads = "".join(
        f"<p><b>{title}.</b> {text} <a href='https://s{n}.example/p'>Daybook</a></p>"
        for n, (title, text) in enumerate(STORIES, 1)
    )
    head = "<p style='font-size:36px'><b><a href='https://go.example/r/1'>Notes from a train</a></b></p>"
    assert list_found(read_letter(f"{head}<p>Hello.</p>{leads}", "Notes from a train")) == WANTED
