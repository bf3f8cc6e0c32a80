"""Lays out one letter of the sample as a MIME message: multipart, HTML alone, or plain text alone.

The bytes are fixed: boundary, date and identifiers come from the text, never from the clock.
"""

from __future__ import annotations

from base64 import encodebytes
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from quopri import encodestring
from textwrap import fill
from typing import Any
from urllib.parse import quote

Letter = dict[str, Any]


def letter_bytes(letter: Letter) -> bytes:
    """The whole message, headers and parts, with CRLF line ends."""
    shape = letter["shape"]
    if shape == "text":
        body = _encoded("plain", plain_part(letter), "8bit")
    elif shape == "html-base64":
        body = _encoded("html", html_part(letter), "base64")
    else:
        boundary = f"=_{letter['file']}_part"
        parts = (("plain", plain_part(letter)), ("html", html_part(letter)))
        inner = "".join(
            f"--{boundary}\n{_encoded(kind, text, 'quoted-printable')}\n" for kind, text in parts
        )
        body = (
            f'Content-Type: multipart/alternative; boundary="{boundary}"\n\n{inner}--{boundary}--\n'
        )
    return (_headers(letter) + body).replace("\n", "\r\n").encode()


def tracked(letter: Letter, url: str) -> str:
    """The address as the letter links it: with the sender's trackers, or behind a redirect that names its target."""
    joint = "&" if "?" in url else "?"
    campaign = f"utm_source={letter['slug']}&utm_medium=email&utm_campaign={letter['file']}"
    if letter.get("wrapper"):
        return f"{letter['wrapper']}?url={quote(url, safe='')}&id=8f2c41"
    return f"{url}{joint}{campaign}"


def _headers(letter: Letter) -> str:
    host = letter["host"]
    lines = [
        f"From: {letter['sender']}",
        "To: reader@fossgate.example",
        f"Subject: {letter['subject']}",
        f"Date: {format_datetime(datetime.fromisoformat(str(letter['date'])).replace(tzinfo=UTC))}",
        f"Message-ID: {letter['message_id']}",
        f"List-Id: {letter['list_name']} <{letter['list_id']}>",
        f"List-Unsubscribe: <https://{host}/unsubscribe?r=aGVsbG8>, <mailto:leave@{host}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Precedence: bulk",
        "MIME-Version: 1.0",
    ]
    return "\n".join(lines) + "\n"


def _encoded(kind: str, text: str, encoding: str) -> str:
    raw = text.encode()
    body = {
        "8bit": lambda: text,
        "base64": lambda: encodebytes(raw).decode(),
        "quoted-printable": lambda: encodestring(raw).decode(),
    }[encoding]()
    return f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{body}\n"


# ---------------------------------------------------------------- plain text


def plain_part(letter: Letter) -> str:
    """The letter in plain text: intro, stories, sponsor, short links, footer."""
    blocks = [letter["list_name"].upper(), fill(letter["intro"], 72)]
    for place, story in enumerate(letter.get("stories", [])):
        if "sponsor" in letter and place == letter["sponsor"].get("after", 2):
            blocks.append(_plain_sponsor(letter))
        blocks.append(
            f"* {story['title']}\n\n{fill(story['teaser'], 72)}\n\n{tracked(letter, story['url'])}"
        )
    if "button" in letter:
        blocks.append(f"{letter['button']['text']}: {letter['button']['url']}")
    blocks.append(
        "-- \n"
        + fill(letter["footer"], 72)
        + f"\nUnsubscribe: https://{letter['host']}/unsubscribe?r=aGVsbG8"
    )
    return "\n\n".join(blocks) + "\n"


def _plain_sponsor(letter: Letter) -> str:
    sponsor = letter["sponsor"]
    return f"--- SPONSORED ---\n\n{sponsor['title']}\n\n{fill(sponsor['text'], 72)}\n\n{sponsor['url']}\n\n---"


# ---------------------------------------------------------------- HTML


def html_part(letter: Letter) -> str:
    """The letter as HTML mail is made: nested tables, a hidden preheader, a pixel, buttons and a footer."""
    host = letter["host"]
    rows = [
        _row(
            f'<a href="https://{host}/view/{letter["file"]}">View in browser</a>',
            "font-size:11px;color:#777",
        )
    ]
    rows.append(_row(f"<h1>{escape(letter['list_name'])}</h1><p>{escape(letter['intro'])}</p>"))
    for place, story in enumerate(letter.get("stories", [])):
        if "sponsor" in letter and place == letter["sponsor"].get("after", 2):
            rows.append(_html_sponsor(letter))
        rows.append(_html_story(letter, story))
    if "button" in letter:
        button = letter["button"]
        rows.append(
            _row(f'<a href="{escape(button["url"])}" class="button">{escape(button["text"])}</a>')
        )
    rows.append(_html_footer(letter))
    hidden = "display:none;max-height:0;overflow:hidden"
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>'
        f"{escape(letter['list_name'])}</title><style>.button{{background:#223}}</style></head>\n<body>\n"
        f'<div style="{hidden}">{escape(letter["preheader"])}&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;</div>\n'
        '<table width="100%" role="presentation"><tr><td align="center"><table width="600" role="presentation">\n'
        + "\n".join(rows)
        + f'\n</table></td></tr></table>\n<img src="https://{host}/open.gif?r=aGVsbG8" width="1" height="1" alt="">\n'
        "</body></html>\n"
    )


def _row(html: str, style: str = "") -> str:
    return f'<tr><td style="padding:12px 24px;{style}">{html}</td></tr>'


def _html_story(letter: Letter, story: dict[str, Any]) -> str:
    link = escape(tracked(letter, story["url"]))
    return _row(
        '<table role="presentation"><tr><td>'
        f'<h2 style="font-size:18px"><a href="{link}">{escape(story["title"])}</a></h2>'
        f"<p>{escape(story['teaser'])}{story.get('markup', '')}</p>"
        f'<p><a href="{link}">Read more</a></p></td></tr></table>'
    )


def _html_sponsor(letter: Letter) -> str:
    sponsor = letter["sponsor"]
    link = escape(tracked(letter, sponsor["url"]))
    return _row(
        f'<p style="font-size:10px">SPONSORED</p><h3><a href="{link}">{escape(sponsor["title"])}</a></h3>'
        f'<p>{escape(sponsor["text"])}</p><p><a href="{link}">Book a demo</a></p>',
        "background:#f4f4ee",
    )


def _html_footer(letter: Letter) -> str:
    host = letter["host"]
    links = (
        ("Preferences", f"https://{host}/preferences?r=aGVsbG8"),
        ("Unsubscribe", f"https://{host}/unsubscribe?r=aGVsbG8"),
        ("Follow us on Loopfern", f"https://loopfern.example/{letter['slug']}"),
        ("Privacy", f"https://{host}/privacy"),
    )
    anchors = " | ".join(f'<a href="{link}">{text}</a>' for text, link in links)
    return _row(f"<p>{escape(letter['footer'])}</p><p>{anchors}</p>", "font-size:11px;color:#777")
