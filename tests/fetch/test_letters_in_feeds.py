"""Letters that come as the entries of a feed."""

from html import escape

import pytest

from digest.fetch.read import letters
from digest.fetch.read.feeds import parse_feed
from digest.model.source import ReadingRule

GATEWAY = "https://kill-the-newsletter.com/feeds/abc.xml"
BLOG = "https://quillfold.example/feed.xml"


def build_story(number: int, host: str) -> str:
    return (
        f"<h3><a href='https://{host}/story-{number}'>Retailer number {number} moves its consent "
        f"records</a></h3><p>The move took nine weeks, and the team of {number} people says that "
        "no campaign was stopped while it lasted.</p>"
    )


STORIES = "".join(build_story(n, f"paper{n}.example") for n in range(1, 5))
LETTER = f"<h1>The Weekly Shelf</h1>{STORIES}<p><a href='https://x.example/u'>Unsubscribe</a></p>"
PARAGRAPH = "<p>We thought for a long time about what a profile is good for, and found less.</p>"
ESSAY = f"<p>Dear readers,</p>{PARAGRAPH * 25}<p><a href='https://x.example/u'>Unsubscribe</a></p>"
OWN = "".join(build_story(n, "quillfold.example") for n in range(1, 5))


def build_feed(markup: str) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Weekly Shelf</title><entry>'
        "<id>urn:1</id><title>What moved this week</title>"
        "<link href='https://shelf.example/p/12'/><published>2026-07-06T06:00:00Z</published>"
        f"<content type='html'>{escape(markup)}</content></entry></feed>"
    ).encode()


CASES = {
    "a service for mails": (LETTER, GATEWAY, None, 4),
    "a blog that says how to unsubscribe": (LETTER, BLOG, None, 4),
    "a blog post with links": (STORIES, BLOG, None, 1),
    "the same where the source says so": (STORIES, BLOG, True, 4),
    "a letter where the source says it is none": (LETTER, GATEWAY, False, 1),
    "an essay": (ESSAY, GATEWAY, None, 1),
    "an essay where the source says so": (ESSAY, BLOG, True, 1),
    "a list of the publisher's own pages": (OWN + "<p>Unsubscribe</p>", BLOG, None, 1),
}


@pytest.mark.parametrize("name", CASES)
def test_a_letter_is_split_where_it_is_one(name: str) -> None:
    markup, url, letters, count = CASES[name]
    rule = ReadingRule(letters=letters)
    document = parse_feed(build_feed(markup), "application/atom+xml", url, {}, rule)
    assert len(document.entries) == count


def test_stories_carry_their_own_titles_links_and_the_letters_date() -> None:
    first, *_ = parse_feed(build_feed(LETTER), "", GATEWAY).entries
    assert first.title == "Retailer number 1 moves its consent records"
    assert first.link == "https://paper1.example/story-1"
    assert first.published is not None
    assert first.published.isoformat() == "2026-07-06T06:00:00+00:00"
    assert first.letter == "urn:1"


def test_a_mail_that_asks_to_confirm_gives_nothing_where_entries_are_letters() -> None:
    markup = (
        "<p>Please confirm your subscription.</p>"
        "<p><a href='https://x.example/c'>Confirm subscription</a></p>"
    )
    feed = build_feed(markup).replace(b"What moved this week", b"Confirm your subscription")
    assert parse_feed(feed, "", GATEWAY, {}, ReadingRule(letters=True)).entries == ()


@pytest.mark.parametrize(
    "phrase",
    [
        "Unsubscribe", "opt-out", "Opt out", "optout", "manage preferences",
        "Manage your subscription", "view in browser", "View this e-mail in your browser",
        "Abbestellen", "hier abmelden", "se désabonner", "Se désinscrire", "darse de baja",
        "cancelar la suscripción", "Disiscriviti", "annulla l'iscrizione", "cancelar inscrição",
        "uitschrijven", "配信停止", "退订", "ยกเลิกการรับ",
    ],
)  # fmt: skip
def test_every_phrase_that_ends_a_subscription_has_a_cue(phrase):
    """The quick look for cues misses nothing that the pattern finds."""
    markup = f"<p>News of the week.</p><a href='https://s.example/u'>{phrase}</a>"
    assert letters._UNSUBSCRIBE.search(markup)
    assert letters._says_unsubscribe(markup)
