"""A mail opened from its bytes: parts, encodings, headers that nobody else can write."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.deliver.message import (
    Attachment,
    OutgoingMail,
    build_message,
    check_headers,
    make_message_id,
    normalize_address,
    sanitize_header,
)
from digest.errors import DeliveryError
from digest.model.delivery import Delivery

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 300
LETTER = OutgoingMail(
    message_id="2026-Q3.v1.abc@acme.example",
    date=datetime(2026, 10, 2, 6, tzinfo=UTC),
    sender="Acme Digest <digest@acme.example>",
    to=("CMO <cmo@acme.example>", "cto@acme.example"),
    cc=("team@acme.example",),
    reply_to="editor@acme.example",
    list_id="digest.acme.example",
    subject="Acme digest, Q3 2026",
    text="Plain words.\n",
    html="<p>Words</p>\n",
    edition="2026-Q3 v1 en",
    attachment=Attachment("martech-digest-2026-Q3.pdf", PDF),
)


def opened(letter):
    return message_from_bytes(build_message(letter), policy=policy.default)


def test_parts_and_headers():
    """Text first, then HTML, then the PDF as it was; every header as configured."""
    mail = opened(LETTER)
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    (pdf,) = mail.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == ("martech-digest-2026-Q3.pdf", PDF)
    assert mail.get_body(("plain",)).get_content().splitlines() == LETTER.text.splitlines()
    assert mail.get_body(("html",)).get_content().splitlines() == LETTER.html.splitlines()
    assert (mail["From"], mail["To"]) == (LETTER.sender, "CMO <cmo@acme.example>, cto@acme.example")
    assert (mail["Cc"], mail["Reply-To"]) == ("team@acme.example", "editor@acme.example")
    assert (mail["List-Id"], mail["Message-ID"]) == (
        "<digest.acme.example>",
        "<2026-Q3.v1.abc@acme.example>",
    )
    assert parsedate_to_datetime(mail["Date"]) == LETTER.date
    assert mail["Auto-Submitted"] == "auto-generated"


def test_same_letter_same_bytes():
    """No boundary and no time of its own."""
    assert build_message(LETTER) == build_message(LETTER)


@pytest.mark.parametrize(
    "words",
    [
        "จดหมายข่าวเทคโนโลยีการตลาด ไตรมาส 3",
        "日本語の見出し",
        "Straße, città, œuvre",
        "🚀 Launch 👩‍💻 week",
        "x" * 200,
        "คำ" * 100,
        "word " * 40,
        '"quoted" <bracketed>, (comment); name@host',
    ],
)
def test_any_script_survives(words):
    """In subject, text and HTML, with ASCII bytes and lines that every server takes."""
    data = build_message(
        replace(
            LETTER, subject=words, text=words + "\n", html=f"<p>{words}</p>\n", sender=LETTER.sender
        )
    )
    mail = message_from_bytes(data, policy=policy.default)
    assert mail["Subject"] == words.strip()
    assert mail.get_body(("plain",)).get_content().rstrip() == words.rstrip()
    assert mail.get_body(("html",)).get_content().strip() == f"<p>{words}</p>"
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")


HOSTILE = [
    "Sale\r\nBcc: everybody@evil.example",
    "Sale\nBcc: everybody@evil.example\n\n<html>",
    "=?utf-8?q?Sale=0D=0ABcc=3A_everybody@evil.example?=",
    "=?utf-8?b?U2FsZQ0KQmNjOiBldmVyeWJvZHlAZXZpbC5leGFtcGxl?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3FSale=0ABcc=3A_x@evil.example=3F=3D?=",
    "=?=?utf-8?q?x?=utf-8?q?Sale=0ABcc:_x@evil.example?=",
    "Sale\x00\x0b\x0cBcc: x\u2028Bcc: y\u0085Bcc: z",
    "\r\n\r\nbody",
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("place", ["subject", "edition", "list_id", "sender", "attachment"])
def test_no_header_is_written_by_a_title(words, place):
    """The names of the headers are those of a harmless mail, and no line starts with another."""
    value: Any = {
        "sender": f"{words} <digest@acme.example>",
        "attachment": Attachment(words, PDF),
    }.get(place, words)
    data = build_message(replace(LETTER, **{place: value}))
    mail = message_from_bytes(data, policy=policy.default)
    names, expected = (
        [name.lower() for name, _ in made.items()] for made in (mail, opened(LETTER))
    )
    assert names == expected
    assert mail["Bcc"] is None
    assert b"\nbcc" not in data.lower()


@pytest.mark.parametrize(
    "address",
    ["=?utf-8?q?x=0ABcc=3A_y?=@evil.example", "nobody", "@x.example", "a\u200b@x.example"],
)
def test_an_address_that_is_none_is_refused(address):
    """Even one that the configuration's rule would take."""
    with pytest.raises(DeliveryError, match="is no mail address"):
        build_message(replace(LETTER, to=(address,)))


@settings(max_examples=50)
@given(st.text(max_size=300))
@example("=?utf-8?q?=0ABcc:_x?=")
def test_header_text_is_one_plain_line(words):
    """For any text at all; and doing it twice changes nothing."""
    kept = sanitize_header(words)
    assert kept == sanitize_header(kept)
    assert "=?" not in kept
    assert (
        kept.isprintable()
        or all(letter.isprintable() or letter == " " for letter in kept)
        or not kept.isascii()
    )
    assert not set(kept) & set("\r\n\x00")


@settings(max_examples=30)
@given(st.text(max_size=120))
def test_any_title_makes_a_mail(title):
    """That can be opened, with the headers of every other."""
    mail = opened(replace(LETTER, subject=title, attachment=None))
    assert mail.get_body(("plain",)).get_content().splitlines() == LETTER.text.splitlines()


@pytest.mark.parametrize(
    "head",
    [
        b"From: a@b\r\nBcc: x@y",
        b"From: a@b\r\nTo: c@d\r\nFrom: e@f",
        b"Subject: x",
    ],
)
def test_headers_are_checked_in_bytes(head):
    """A strange one, one twice, one missing: the mail is not sent."""
    with pytest.raises(DeliveryError, match="headers are not as they were written"):
        check_headers(head + b"\r\n\r\nwords")


def test_message_ids():
    """The same for the same delivery, another for every other; in the sender's domain."""
    deliveries = [
        Delivery(what, version, language, "mail", reader)
        for what in ("2026-Q3", "2026-Q4", "draft 2026-Q3 \r\nx")
        for version in (1, 2)
        for language in ("en", "th")
        for reader in ("a@x.example", "b@x.example")
    ]
    ids = [make_message_id(delivery, "Digest <digest@Acme.example>") for delivery in deliveries]
    assert len(set(ids)) == len(deliveries)
    assert ids == [
        make_message_id(delivery, "Digest <digest@Acme.example>") for delivery in deliveries
    ]
    assert all(
        mark.endswith("@acme.example") and mark.isascii() and " " not in mark for mark in ids
    )


def test_one_reader_has_one_key():
    """However the address is written."""
    assert (
        normalize_address("Ann <Ann@Acme.example>")
        == normalize_address("ann@acme.example")
        == "ann@acme.example"
    )
