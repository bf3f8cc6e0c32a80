"""Newsletters: from messages to stories. The letters in tests/data/letters are ours, written after the ways of many."""

import base64
import contextlib
import email
import email.policy
import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.fetch.mail.newsletters import ParsedNewsletter, is_opaque, parse_newsletter
from digest.urls import canonical_url
from tests.factories import hostile

LETTERS = Path(__file__).parents[1] / "data" / "letters"
EXPECTED: dict[str, dict[str, Any]] = json.loads((LETTERS / "expected.json").read_text())
READER = "pat.reader@company.example"


def load(name: str) -> bytes:
    return (LETTERS / f"{name}.eml").read_bytes()


def message(html: str = "", plain: str = "", **headers: str) -> bytes:
    """A message of ours with the given body and headers (`_` for `-` in their names)."""
    made = EmailMessage()
    defaults = {
        "From": "Desk <desk@letters.example>",
        "To": READER,
        "Subject": "Letter",
        "Message_ID": "<1@letters.example>",
    }
    for name, value in ({"Date": "Mon, 13 Jul 2026 08:00:00 +0200"} | defaults | headers).items():
        made[name.replace("_", "-")] = value
    if plain or not html:
        made.set_content(plain)
    if html and plain:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    return made.as_bytes()


def raw(head: str, body: bytes) -> bytes:
    """A message byte by byte."""
    return (
        f"From: a@b.example\nDate: Mon, 13 Jul 2026 08:00:00 +0200\nMessage-ID: <2@b.example>\n{head}\n\n".encode()
        + body
    )


def stories(letter: ParsedNewsletter) -> list[tuple[str, str, bool]]:
    return [(entry.title, canonical_url(entry.link), entry.sponsored) for entry in letter.entries]


# ---------------------------------------------------------------- whole letters


@pytest.mark.parametrize("name", EXPECTED)
def test_a_letter_gives_its_stories_and_nothing_else(name: str) -> None:
    letter = parse_newsletter(load(name))
    wanted = EXPECTED[name]
    assert letter.kind == wanted["kind"]
    assert stories(letter) == [
        (title, canonical_url(link), sponsored) for title, link, sponsored in wanted["stories"]
    ]
    assert letter.language == wanted.get("language")


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_of_the_reader_reaches_an_entry(name: str) -> None:
    letter = parse_newsletter(load(name))
    text = repr(letter.entries) + letter.web_edition + repr(letter)
    secrets = (
        READER,
        "pat.reader",
        "UNIQID31f0",
        "eyJ1",
        base64.b64encode(READER.encode()).decode()[:-3],
    )
    assert not [secret for secret in secrets if secret in text]


def test_an_entry_is_credited_dated_and_placed() -> None:
    letter = parse_newsletter(load("stackledger-0903"))
    assert letter.date == datetime(2026, 9, 3, 12, tzinfo=UTC)
    assert {entry.letter for entry in letter.entries} == {"<stackledger-0903@stackledger.example>"}
    assert {entry.published for entry in letter.entries} == {letter.date}
    assert [entry.position for entry in letter.entries] == [0, 1, 2, 3]
    assert (
        letter.entries[0].summary
        == "From 1 November every workspace pays. Existing customers get six months."
    )
    assert letter.sender == "news@stackledger.example"
    assert letter.list_id == "stackledger.stackledger.example"


def test_an_essay_carries_its_whole_text() -> None:
    (essay,) = parse_newsletter(load("quietstack-keys")).entries
    assert essay.text.startswith("A dull proposal for agents")
    assert "eleven keys" in essay.text
    assert "Unsubscribe" not in essay.text
    assert "Hi Pat" not in essay.text
    assert essay.summary == essay.text[: len(essay.summary) - 1].rstrip("…") + "…"


def test_a_letter_passed_on_speaks_for_its_first_sender() -> None:
    letter = parse_newsletter(load("forward-modelwatch"))
    assert (letter.sender, letter.sender_name) == ("editor@modelwatch.example", "Model Watch")
    assert letter.subject == "Model Watch 14"
    assert READER in letter.recipients


def test_a_letter_passed_on_as_attachment_is_read() -> None:
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = (
        "pat@company.example",
        "digest@company.example",
        "Fwd: for you",
    )
    outer["Date"], outer["Message-ID"] = "Fri, 4 Sep 2026 08:00:00 +0000", "<outer@company.example>"
    outer.set_content("See attached.")
    inner = email.message_from_bytes(load("stackledger-0903"), policy=email.policy.default)
    outer.add_attachment(inner)
    letter = parse_newsletter(outer.as_bytes())
    assert letter.sender == "news@stackledger.example"
    assert len(letter.entries) == 4
    assert "digest@company.example" in letter.recipients


def test_opaque_links_are_told() -> None:
    assert [
        is_opaque(entry.link) for entry in parse_newsletter(load("tiderow-0915")).entries
    ].count(True) == 4


def test_the_text_part_serves_where_the_html_says_nothing() -> None:
    plain = "Pollard opens its log\nEvery change is kept for five years now.\nhttps://pollard.example/log\n"
    letter = parse_newsletter(message("<html><body><img src='x.png'></body></html>", plain))
    assert stories(letter) == [("Pollard opens its log", "https://pollard.example/log", False)]


# ---------------------------------------------------------------- single habits


def digest_of(*blocks: str, head: str = "") -> list[tuple[str, str, bool]]:
    """The stories of an HTML letter with three plain stories and the given blocks between them."""
    plain = [
        f"<h3><a href='https://s.example/{n}'>A plain headline number {n}</a></h3><p>With a sentence below it, and more.</p>"
        for n in (1, 2, 3)
    ]
    body = head + plain[0] + "".join(blocks) + plain[1] + plain[2]
    found = stories(parse_newsletter(message(f"<html><body>{body}</body></html>")))
    return [story for story in found if not story[0].startswith("A plain headline number")]


HABITS: dict[str, tuple[str, list[tuple[str, str, bool]]]] = {
    "share row": ("<p>Share this: <a href='https://www.facebook.com/sharer?u=https://s.example/1'>Facebook</a></p>", []),
    "menu": ("<p><a href='https://s.example/a'>Home</a> | <a href='https://s.example/b'>Pricing</a> | <a href='https://s.example/c'>Docs</a></p>", []),
    "social profiles": ("<p><a href='https://linkedin.com/company/s'>LinkedIn</a></p><p><a href='https://x.com/s'>X</a></p>", []),
    "poll": ("<h3>How did we do today?</h3><p><a href='https://p.example/1'>Loved it</a></p><p><a href='https://p.example/2'>Not for me today</a></p>", []),
    "jobs": ("<h2>Open roles</h2><ul><li><a href='https://j.example/1'>Marketing operations manager at Acme in Lisbon</a></li></ul><h2>News</h2>", []),
    "stellen": ("<h2>Stellenangebote</h2><p><a href='https://j.example/1'>Produktmanagerin in Köln gesucht, ab sofort</a></p><h2>Nachrichten</h2>", []),
    "lavoro": ("<h2>Offerte di lavoro</h2><p><a href='https://j.example/1'>CRM specialist cercasi a Torino, da subito</a></p><h2>Notizie</h2>", []),
    "empleo": ("<h2>Ofertas de empleo</h2><p><a href='https://j.example/1'>Se busca responsable de automatización en Valencia</a></p><h2>Noticias</h2>", []),
    "headline without a link": ("<h3>Nothing to click here at all</h3><p>Only words, no link.</p>", []),
    "linked picture": ("<p><a href='https://s.example/banner'><img src='b.png' alt='' width='600'></a></p>", []),
    "pixel": ("<img src='https://t.example/o.gif' width='1' height='1'>", []),
    "hidden": ("<div style='display:none'><h3><a href='https://s.example/h'>A headline that nobody sees</a></h3></div>", []),
    "hidden by size": ("<div style='font-size:0'><a href='https://s.example/h'>A headline that nobody sees</a></div>", []),
    "mailto": ("<h3><a href='mailto:tips@s.example'>Send your tips to our small desk</a></h3>", []),
    "read more": (
        "<p><b>Acme buys Bolt for $2m</b></p><p>The deal closes in May.</p><p><a href='https://s.example/bolt'>Read more</a></p>",
        [("Acme buys Bolt for $2m", "https://s.example/bolt", False)],
    ),
    "unheard-of button": (
        "<p><b>Acme buys Bolt for $2m</b></p><p>The deal closes in the month of May.</p><p><a href='https://s.example/bolt'>Bolt on!</a></p>",
        [("Acme buys Bolt for $2m", "https://s.example/bolt", False)],
    ),
    "only the picture is linked": (
        "<a href='https://s.example/bolt'><img src='b.png' alt='' width='600'></a><h3>Acme buys Bolt for $2m</h3><p>The deal closes in May.</p>",
        [("Acme buys Bolt for $2m", "https://s.example/bolt", False)],
    ),
    "title, dash, comment": (
        "<p><a href='https://s.example/bolt'>Acme buys Bolt</a> — the price is two million.</p>",
        [("Acme buys Bolt", "https://s.example/bolt", False)],
    ),
    "bullets": (
        "<ul><li>Acme will <a href='https://s.example/bolt'>buy Bolt</a> in May.</li><li>Crane <a href='https://s.example/c'>closes</a> its shop.</li></ul>",
        [("Acme will buy Bolt in May.", "https://s.example/bolt", False), ("Crane closes its shop.", "https://s.example/c", False)],
    ),
    "details of a story stay in it": (
        "<h3><a href='https://s.example/v2'>Acme 2 is out</a></h3><p>New this time:</p><ul><li><b>Speed.</b> See <a href='https://s.example/d'>the docs</a>.</li><li><b>Price.</b> Same.</li></ul>",
        [("Acme 2 is out", "https://s.example/v2", False)],
    ),
    "the same page twice": (
        "<ul><li><a href='https://s.example/bolt?utm_source=toc'>Acme buys Bolt for $2m</a></li></ul><h3><a href='https://www.s.example/bolt'>Acme buys Bolt for $2m</a></h3><p>The deal closes in May.</p>",
        [("Acme buys Bolt for $2m", "https://s.example/bolt", False)],
    ),
    "label above": (
        "<p>Sponsored by Bolt</p><h3><a href='https://bolt.example/x'>Screws that hold your stack together</a></h3><p>Bolt makes them.</p>",
        [("Screws that hold your stack together", "https://bolt.example/x", True)],
    ),
    "label below": (
        "<p><a href='https://bolt.example/x'>Screws that hold your stack together</a> — Made of steel.</p><p>Bolt sponsor</p>",
        [("Screws that hold your stack together", "https://bolt.example/x", True)],
    ),
    "label in the title": (
        "<h3><a href='https://bolt.example/x'>Screws that hold your stack together (Sponsored)</a></h3>",
        [("Screws that hold your stack together", "https://bolt.example/x", True)],
    ),
    "a logo's label is not the next story's": (
        "<p>Together with</p><p><a href='https://bolt.example'><img src='b.png' alt='Bolt'></a></p><h3><a href='https://s.example/crane'>Crane closes its shop in spring</a></h3><p>Nobody knows why.</p>",
        [("Crane closes its shop in spring", "https://s.example/crane", False)],
    ),
    "news about unsubscribing": (
        "<h3><a href='https://s.example/u'>Gmail asks for one-click unsubscribe</a></h3><p>Who hides the unsubscribe link will land in spam.</p>",
        [("Gmail asks for one-click unsubscribe", "https://s.example/u", False)],
    ),
    "news about sharing": (
        "<h3><a href='https://s.example/u'>Share of voice still matters</a></h3><p>A study of forty brands says so.</p>",
        [("Share of voice still matters", "https://s.example/u", False)],
    ),
    "news about advertising": (
        "<h3>Ad spending rises again</h3><p>By eight percent, says <a href='https://s.example/ads'>a count</a>.</p><h3><a href='https://s.example/tech'>Ad-tech firm Crane is for sale</a></h3><p>It has debts.</p><h3>In partnership with Acme, Bolt opens a shop</h3><p>It is <a href='https://s.example/shop'>in Turin</a>.</p>",
        [
            ("Ad spending rises again", "https://s.example/ads", False),
            ("Ad-tech firm Crane is for sale", "https://s.example/tech", False),
            ("In partnership with Acme, Bolt opens a shop", "https://s.example/shop", False),
        ],
    ),
    "news about privacy": (
        "<h3><a href='https://s.example/u'>Privacy policy of Acme falls in court</a></h3><p>The judge found six faults.</p>",
        [("Privacy policy of Acme falls in court", "https://s.example/u", False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("block", "wanted"), HABITS.values(), ids=HABITS.keys())
def test_habits_of_letters(block: str, wanted: list[tuple[str, str, bool]]) -> None:
    assert digest_of(block) == wanted


LABELS = (
    "Anzeige", "Werbung", "Gesponsert von Bolt", "Pubblicità", "In collaborazione con Bolt", "Publicité",
    "En partenariat avec Bolt", "Publicidad", "Patrocinado por Bolt", "โฆษณา", "ผู้สนับสนุน", "ADVERTISEMENT", "Ad",
    "A message from our sponsor", "Presented by Bolt", "Today’s sponsor", "Together with Bolt",
)  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
def test_sponsor_labels_are_known_in_our_languages(label: str) -> None:
    block = f"<p>{label}</p><h3><a href='https://bolt.example/x'>Screws that hold your stack</a></h3><p>Bolt makes them.</p>"
    assert digest_of(block) == [("Screws that hold your stack", "https://bolt.example/x", True)]


FAREWELLS = (
    "<p>You are receiving this email because you signed up. <a href='https://s.example/u'>Unsubscribe</a></p>",
    "<p>Sie erhalten diesen Newsletter, weil Sie ihn bestellt haben. <a href='https://s.example/u'>Abmelden</a></p>",
    "<p>Hai ricevuto questa email perché sei iscritto. <a href='https://s.example/u'>Disiscriviti</a></p>",
    "<p>Vous recevez cet e-mail car vous êtes inscrit. <a href='https://s.example/u'>Se désabonner</a></p>",
    "<p>Recibes este correo porque te suscribiste. <a href='https://s.example/u'>Darse de baja</a></p>",
    "<p>คุณได้รับอีเมลฉบับนี้เพราะสมัครไว้ <a href='https://s.example/u'>ยกเลิกการรับข่าวสาร</a></p>",
)


@pytest.mark.parametrize("farewell", FAREWELLS)
def test_what_follows_a_farewell_is_the_footer(farewell: str) -> None:
    news = "".join(
        f"<h3><a href='https://s.example/{n}'>A plain headline number {n}</a></h3><p>With a sentence below.</p>"
        for n in range(3)
    )
    tail = "<p><a href='https://s.example/house'>Why we write this letter every week</a></p>"
    letter = parse_newsletter(message(f"<html><body>{news}{farewell}{tail}</body></html>"))
    assert len(letter.entries) == 3


def test_news_about_unsubscribing_ends_no_letter() -> None:
    news = "".join(
        f"<h3><a href='https://s.example/unsubscribe-{n}-rules'>Readers who unsubscribe tell why in part {n}</a></h3><p>With a sentence below.</p>"
        for n in range(6)
    )
    assert len(parse_newsletter(message(f"<html><body>{news}</body></html>")).entries) == 6


SERVICE = {
    "confirm, en": ("Confirm your email", "<p>Click to confirm.</p><a href='https://s.example/c'>Confirm email</a>"),
    "confirm, de": ("Bitte bestätigen Sie Ihre Anmeldung", "<a href='https://s.example/c'>Anmeldung bestätigen</a>"),
    "confirm, it": ("Conferma la tua iscrizione", "<a href='https://s.example/c'>Conferma l'iscrizione</a>"),
    "confirm, fr": ("Confirmez votre inscription", "<a href='https://s.example/c'>Confirmer mon inscription</a>"),
    "confirm, es": ("Confirma tu suscripción", "<a href='https://s.example/c'>Confirmar</a>"),
    "welcome, de": ("Willkommen bei der Marktpost", "<p>Vielen Dank für Ihre Anmeldung!</p><a href='https://s.example/b'>Die beliebtesten Ausgaben des Jahres</a>"),
    "welcome, it": ("Benvenuta!", "<p>Grazie per l'iscrizione alla nostra lettera.</p><a href='https://s.example/b'>Le lettere più lette dell'anno</a>"),
    "receipt": ("Your receipt from Acme", "<p>Amount paid: $12</p><a href='https://s.example/r'>View your receipt online today</a>"),
    "sign-in": ("New sign-in to your account", "<p>We noticed a new device.</p><a href='https://s.example/s'>Review your recent account activity</a>"),
    "code": ("Your verification code", "<p>Your verification code is 314159.</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "body"), SERVICE.values(), ids=SERVICE.keys())
def test_service_mails_give_nothing(subject: str, body: str) -> None:
    letter = parse_newsletter(message(f"<html><body>{body}</body></html>", Subject=subject))
    assert letter.kind == "service"
    assert letter.entries == ()


NO_SERVICE = (
    "Welcome to the age of agents",
    "Confirm nothing: what the pollsters got wrong",
    "The invoice that ended a unicorn",
    "Your account manager is now a model",
)


@pytest.mark.parametrize("subject", NO_SERVICE)
def test_news_whose_subject_sounds_like_service_is_news(subject: str) -> None:
    news = "".join(
        f"<h3><a href='https://s.example/{n}'>A plain headline number {n}</a></h3><p>With a sentence below it, and a few more words.</p>"
        for n in range(5)
    )
    assert (
        len(parse_newsletter(message(f"<html><body>{news}</body></html>", Subject=subject)).entries)
        == 5
    )


# ---------------------------------------------------------------- bad mail


def test_two_thousand_nested_parts_are_refused() -> None:
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(2000)
    )
    with pytest.raises(ParseError) as caught:
        parse_newsletter(b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n" + head.encode())
    assert caught.value.kind == "too-deep"


def test_two_thousand_messages_inside_each_other_are_refused() -> None:
    with pytest.raises(ParseError) as caught:
        parse_newsletter(
            b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\nFrom: a@b.example\n" * 2000
        )
    assert caught.value.kind == "too-deep"


def test_two_thousand_parts_side_by_side_are_read_as_far_as_is_reasonable() -> None:
    parts = b"".join(b"--b\nContent-Type: application/octet-stream\n\nx\n" for _ in range(2000))
    letter = parse_newsletter(
        raw('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"', parts + b"--b--\n")
    )
    assert letter.kind == "empty"
    assert any("200 parts" in problem for problem in letter.problems)


def test_parts_are_counted_in_groups_too() -> None:
    """A text behind the two hundredth is not read."""
    group = b"--b\nContent-Type: multipart/mixed; boundary=c\n\n"
    group += b"--c\nContent-Type: application/octet-stream\n\nx\n" * 30 + b"--c--\n"
    last = b"--b\nContent-Type: text/plain\n\nRead me: https://news.example/1\n--b--\n"
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"'
    assert "no text" not in str(parse_newsletter(raw(head, group * 2 + last)).problems)
    assert "no text" in str(parse_newsletter(raw(head, group * 10 + last)).problems)


def test_a_message_of_thirty_megabytes_is_refused_at_once() -> None:
    with pytest.raises(ParseError) as caught:
        parse_newsletter(b"From: a@b.example\n\n" + b"x" * (30 * 2**20))
    assert caught.value.kind == "too-large"
    assert "30 MiB" in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 100, b"no header at all, only words\nand more words\n"]
)
def test_what_is_no_mail_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parse_newsletter(body)
    assert caught.value.kind == "not-a-mail"


def test_a_mail_without_any_text_says_so() -> None:
    letter = parse_newsletter(
        raw("Content-Type: application/pdf\nContent-Transfer-Encoding: base64", b"JVBERi0=")
    )
    assert letter.kind == "empty"
    assert letter.problems == ("the message has no text that can be read",)


HTML = "<h3><a href='https://s.example/1'>Müller kauft Café für 2 €</a></h3><p>Das gab Müller am Montag bekannt.</p>"

CHARSETS = {
    "utf-8": ("utf-8", HTML.encode()),
    "windows-1252": ("windows-1252", HTML.encode("cp1252")),
    "latin-1 that is windows-1252": ("iso-8859-1", HTML.encode("cp1252")),
    "utf-8 called latin-1": ("iso-8859-1", HTML.encode()),
    "windows-1252 called utf-8": ("utf-8", HTML.encode("cp1252")),
    "windows-1252 called ascii": ("us-ascii", HTML.encode("cp1252")),
    "utf-8 with an unknown label": ("x-klingon", HTML.encode()),
    "utf-8 with a broken label": ('"', HTML.encode()),
}


@pytest.mark.parametrize(("label", "body"), CHARSETS.values(), ids=CHARSETS.keys())
@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_letters_are_read_whatever_their_charset_says(
    label: str, body: bytes, encoding: str
) -> None:
    sent = base64.encodebytes(body) if encoding == "base64" else body
    letter = parse_newsletter(
        raw(
            f"Content-Type: text/html; charset={label}\nContent-Transfer-Encoding: {encoding}", sent
        )
    )
    assert [entry.title for entry in letter.entries] == ["Müller kauft Café für 2 €"]


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "uuencode", "x-none", "8bit"])
def test_a_broken_transfer_encoding_does_no_harm(encoding: str) -> None:
    head = f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: {encoding}"
    assert parse_newsletter(raw(head, b"=ZZ=\xff!!!~~~begin 666 \n%%%%" * 50)).entries == ()


def test_attachments_and_their_names_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = EmailMessage()
    made["From"], made["Date"], made["Message-ID"] = (
        "a@b.example",
        "Mon, 13 Jul 2026 08:00:00 +0000",
        "<3@b.example>",
    )
    made.set_content(HTML, subtype="html")
    made.add_attachment(
        "<a href='https://evil.example'>A headline out of an attachment</a>",
        subtype="html",
        filename="../../etc/cron.d/x.html",
    )
    letter = parse_newsletter(made.as_bytes())
    assert [entry.link for entry in letter.entries] == ["https://s.example/1"]
    assert list(tmp_path.iterdir()) == []
    assert "cron" not in repr(letter)


def test_a_header_cannot_write_another() -> None:
    hidden = base64.b64encode(b"Week 1\r\nBcc: everyone@steal.example\r\n\r\nbody").decode()
    letter = parse_newsletter(
        raw(f"Subject: =?utf-8?b?{hidden}?=\nContent-Type: text/html", HTML.encode())
    )
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject
    assert letter.subject == "Week 1 Bcc: everyone@steal.example body"


def test_control_and_direction_characters_do_not_survive() -> None:
    html = "<h3><a href='https://s.example/1'>A head\u202eline\x1b[31m with\u200b odd\x00 signs</a></h3><p>And a teaser\u2066 below.</p>"
    (entry,) = parse_newsletter(message(html)).entries
    assert entry.title == "A headline[31m with odd signs"
    assert entry.summary == "And a teaser below."


@pytest.mark.whole
@pytest.mark.parametrize("html", hostile.HTML_LETTERS.values(), ids=hostile.HTML_LETTERS)
def test_hostile_markup_gives_stories_of_a_bounded_size(html: str) -> None:
    """What it costs is measured by benchmarks/bench_hostile.py."""
    assert size_of(parse_newsletter(message(html))) < 100_000


@pytest.mark.parametrize("plain", hostile.PLAIN_LETTERS.values(), ids=hostile.PLAIN_LETTERS)
def test_hostile_plain_text_gives_stories_of_a_bounded_size(plain: str) -> None:
    """What it costs is measured by benchmarks/bench_hostile.py."""
    letter = parse_newsletter(raw("Content-Type: text/plain", plain.encode()))
    assert size_of(letter) < 100_000


def size_of(letter: ParsedNewsletter) -> int:
    """Characters of all that a letter gives."""
    return sum(
        len(entry.title) + len(entry.summary) + len(entry.text) + len(entry.link)
        for entry in letter.entries
    )


def test_a_missing_message_id_is_made_of_the_content() -> None:
    body = raw("Content-Type: text/html", HTML.encode()).replace(
        b"Message-ID: <2@b.example>\n", b""
    )
    one, two = parse_newsletter(body), parse_newsletter(body)
    assert one.message_id == two.message_id
    assert one.message_id.endswith("@no-message-id.invalid>")
    assert one.entries[0].letter == one.message_id


def test_a_readers_address_inside_a_message_id_is_masked() -> None:
    letter = parse_newsletter(
        message(HTML, Message_ID="<list-31-pat.reader#company.example@lists.example>")
    )
    assert letter.message_id == "<list-31-***@lists.example>"


def test_a_readers_address_in_the_text_is_taken_out() -> None:
    html = f"<h3><a href='https://s.example/1'>A headline for {READER} alone</a></h3><p>Written to {READER.upper()} today.</p>"
    letter = parse_newsletter(message(html))
    assert "reader" not in repr(letter.entries).lower()
    assert READER in letter.recipients


def test_a_missing_or_broken_date_is_said() -> None:
    letter = parse_newsletter(message(HTML, Date="the day after tomorrow"))
    assert letter.date is None
    assert letter.entries[0].published is None
    assert "no date" in letter.problems[0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_a_letter_or_a_parse_error(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        assert isinstance(parse_newsletter(body), ParsedNewsletter)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(sorted(EXPECTED)), st.integers(0, 8_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_letter_is_read_or_refused(name: str, at: int, noise: bytes) -> None:
    whole = load(name)
    at %= len(whole)
    try:
        letter = parse_newsletter(whole[:at] + noise + whole[at + len(noise) :])
    except ParseError:
        return
    assert all(
        entry.title and (entry.link.startswith("http") or not entry.link)
        for entry in letter.entries
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_reading_twice_gives_the_same(name: str) -> None:
    assert parse_newsletter(load(name)) == parse_newsletter(load(name))


def story(number: int, title: str) -> str:
    """A story as most letters write it: a linked headline and its teaser."""
    teaser = "Acme ships a planner that drafts campaigns from a brief for retailers. " * 2
    return f'<h2><a href="https://acme-{number}.example/story">{title}</a></h2><p>{teaser}</p>'


TWO = story(1, "Retailers buy a planner for briefs") + story(
    2, "Agencies price by result this year"
)
HIRING = "".join(
    f'<h3><a href="https://jobs.example/{n}">{title}</a></h3><p>Join our team of people.</p>'
    for n, title in enumerate(
        ["Senior Developer Advocate in Berlin", "Product Manager for the platform"]
    )
)


@pytest.mark.parametrize(
    ("before", "after", "subject"),
    [
        (
            '<h1><a href="https://acme.example/">Creative Desk Newsletter</a></h1>',
            "",
            "Creative Desk Newsletter",
        ),
        (
            '<h1>Creative Desk Digest</h1><p>Welcome to our <a href="https://acme.example/w">summer edition</a>.</p>',
            "",
            "Creative Desk Digest, July",
        ),
        (
            '<h2>Table of Contents</h2><p><a href="https://acme.example/x">Retailers</a></p>',
            "",
            "Letter",
        ),
        ('<p><a href="https://acme.example/mirror">Link to mirror page</a></p>', "", "Letter"),
        ("", "<h2>Know someone who'd love this?</h2>", "Letter"),
        ("", f"<h2>We're Hiring</h2>{HIRING}", "Letter"),
        ("", f"<h2>Offerte di lavoro</h2>{HIRING}", "Letter"),
    ],
)
def test_what_a_letter_says_of_itself_is_no_story(before: str, after: str, subject: str) -> None:
    letter = parse_newsletter(message(before + TWO + after, Subject=subject))
    assert [entry.title for entry in letter.entries] == [
        "Retailers buy a planner for briefs",
        "Agencies price by result this year",
    ]


def test_a_subject_that_is_the_first_headline_leaves_that_story() -> None:
    letter = parse_newsletter(message(TWO, Subject="Retailers buy a planner for briefs"))
    assert len(letter.entries) == 2


def test_the_mirror_page_is_the_letter_on_the_web() -> None:
    html = '<p><a href="https://acme.example/mirror">Link to mirror page</a></p>' + TWO
    assert parse_newsletter(message(html)).web_edition == "https://acme.example/mirror"


def test_stories_below_a_line_on_unsubscribing_are_found() -> None:
    leave = '<p>You get this as you signed up. <a href="https://x.example/unsubscribe">Unsubscribe</a></p>'
    later = "".join(story(n, f"Regulators ask for the logs of {n} agents") for n in (3, 4, 5))
    assert len(parse_newsletter(message(TWO + leave + later)).entries) == 5


def test_an_essay_without_any_link_is_one_story() -> None:
    prose = "".join(
        f"<p>{'Briefs matter more than budgets to those who write them. ' * 9}</p>" for _ in "ab"
    )
    letter = parse_newsletter(
        message(f"<h1>Why briefs matter</h1>{prose}", Subject="Why briefs matter")
    )
    assert letter.kind == "essay"
    assert [(entry.title, entry.link, entry.guid) for entry in letter.entries] == [
        ("Why briefs matter", "", letter.message_id)
    ]


@pytest.mark.parametrize(
    "html", ["<p>Hello</p>", '<a href="https://a.example/s"><img src="x.png" alt="Sale"></a>']
)
def test_a_letter_that_gives_nothing_says_so(html: str) -> None:
    letter = parse_newsletter(message(html))
    assert (letter.kind, letter.entries) == ("empty", ())
    assert letter.problems == ("no story was found in it",)


def test_headlines_below_a_menu_are_found() -> None:
    """A headline with its teaser ends the menu that stands above it."""
    links = "".join(f'<p>• <a href="https://acme.example/{n}">{title}</a></p>' for n, title in enumerate(
        ["Cameras for the beach compared by five readers", "Small lenses that fit into a pocket"]))  # fmt: skip
    menu = '<p><b>Popular products</b></p><p><a href="https://acme.example/m">Cameras</a></p>'
    head = '<p><b><a href="https://acme.example/h">Cameras for summer travels</a></b></p>'
    teaser = (
        "<p>Going to the beach or only to the park? Take one of the cameras that we picked.</p>"
    )
    letter = parse_newsletter(message(menu + head + teaser + links))
    assert [entry.title for entry in letter.entries][-2:] == [
        "Cameras for the beach compared by five readers",
        "Small lenses that fit into a pocket",
    ]
