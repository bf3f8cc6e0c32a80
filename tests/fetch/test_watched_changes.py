"""Pages that are watched: what counts as a change of their words, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.fetch.read.feeds import parse_feed
from digest.fetch.watched_changes import PageChange, compare_pages, has_shrunk, keep_confirmed
from digest.model.source import ReadingRule
from tests.factories.watched_pages import PAIRS, REAL, frame, plans, terms

URL = "https://vendor.example/pricing"


def read(page: str) -> str:
    (entry,) = parse_feed(page.encode(), "text/html", URL, rule=ReadingRule("watch")).entries
    return entry.text


@pytest.mark.parametrize("name", PAIRS)
def test_ten_pages(name):
    """Five changes are found, with the page's own words on both sides; five that only move are none."""
    pair = PAIRS[name]
    found = compare_pages(read(pair.before), read(pair.after), pair.kind)
    assert not found.rebuilt
    assert bool(found.changes) == (name in REAL), found.changes
    words = "\n".join(f"{one.section}\n{one.before}\n{one.after}" for one in found.changes)
    for told in pair.told:
        assert told in words
    assert len(found.changes) <= 1


def test_the_words_of_a_page_alone():
    """No menu, banner, form, carousel or script; a price is one line under the name of its plan."""
    text = read(frame(plans("15")))
    assert "# Starter\n$15/month per seat\nIncludes 2,000 marketing contacts" in text
    for beside in ("Home", "cookies", "letter", "paid for itself", "session", "All rights"):
        assert beside not in text


def test_a_hidden_mail_address_is_read():
    """Else a page would change with each day on which its host hides it."""
    shown = "dpo@vendor.example"
    code = bytes([0x42, *(ord(letter) ^ 0x42 for letter in shown)]).hex()
    hidden = f'<a class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</a>'
    page = (
        "<p>The officer for the protection of data can be reached at {} by letter and mail.</p>" * 2
    )
    assert read(page.format(shown, shown)) == read(page.format(hidden, hidden))
    assert "reached at by letter" in read(page.format('<a data-cfemail="zz">x</a>', shown))


def test_a_frame_that_holds_the_whole_page_is_the_page():
    """As some programs put all of it into a form; a heading of its own belongs to a plan."""
    whole = plans("15").replace("<h2>Starter</h2>", "<header><h2>Starter</h2></header>")
    menu = "<header><nav>Menu</nav></header>"
    text = read(f"<body><form id=aspnetForm>{menu}{whole}</form></body>")
    assert "# Starter\n$15/month per seat" in text
    assert "Menu" not in text


@pytest.mark.parametrize(
    ("kind", "before", "after", "told"),
    [
        ("price", "$10 a month", "$12 a month", True),
        ("price", "10 % discount for a year", "20 % discount for a year", True),
        ("price", "Up to 5 users", "Up to 3 users", True),
        ("price", "Up to 25,000 users", "Up to 20,000 users", True),
        ("price", "Join 25,000 users", "Join 31,000 users", False),
        ("price", "Free plan available", "Talk to sales", True),
        ("price", "Grow better", "Grow faster", False),
        ("price", "As of 1 May 2026: €20 a month", "As of 1 June 2026: €25 a month", True),
        ("price", "ab 19 € pro Monat", "ab 29 € pro Monat", True),
        ("price", "ราคา 900 บาท ต่อเดือน", "ราคา 1,100 บาท ต่อเดือน", True),
        ("terms", "Notice is 30 days before the end of term.", "Notice is 90 days before the end of term.", True),
        ("terms", "Last updated 3 May 2026", "Last updated 9 June 2026", False),
        ("terms", "Session 5f2d8c1a9b3e7d60 is open to you", "Session 99aa8c1a9b3e7d11 is open to you", False),
        ("terms", "Write to us by the form at https://v.example/a?x=1", "Write to us by the form at https://v.example/help", False),
        ("terms", "Send notice to legal@vendor.example in writing", "Send notice to legal-support@vendor.example in writing", True),
        ("status", "All systems operational", "Major outage of sending", True),
        ("status", "Major outage of sending", "All systems operational", False),
        ("status", "Monday", "Resolved - the outage of sending", False),
    ],
)  # fmt: skip
def test_lines(kind, before, after, told):
    """What a line is of decides whether its change counts."""
    assert bool(compare_pages(before, after, kind).changes) == told


def test_only_the_sentences_that_differ_are_quoted():
    """Of a long paragraph of terms."""
    (found,) = compare_pages(
        read(frame(terms("We never sell it."))), read(frame(terms("We may sell it."))), "terms"
    ).changes
    assert found == PageChange("1. Your data", "We never sell it.", "We may sell it.")


def test_a_price_that_changes_its_plan_is_a_change():
    """Though both amounts still stand on the page."""
    before = "# Starter\n$15 a month\n# Pro\n$20 a month"
    after = "# Starter\n$20 a month\n# Pro\n$15 a month"
    assert len(compare_pages(before, after, "price").changes) == 2


def test_a_page_built_anew_is_told_as_that():
    """Its lines say nothing one by one."""
    before = "\n".join(f"Line {n} costs ${n} a month" for n in range(20))
    after = "\n".join(f"Wholly other words {n}, {n} EUR for all" for n in range(20))
    found = compare_pages(before, after, "price")
    assert (found.rebuilt, found.changes) == (True, ())


def test_what_one_reading_alone_shows_is_no_change():
    """As an experiment with half of the visitors."""
    first = compare_pages("$10 a month\n$5 a seat", "$12 a month\n$5 a seat", "price")
    second = compare_pages("$10 a month\n$5 a seat", "$10 a month\n$6 a seat", "price")
    assert keep_confirmed(first, second).changes == ()
    assert keep_confirmed(first, first) == first


def test_a_page_that_says_nothing_is_refused():
    """An empty frame, a bot check, a notice in place of the page."""
    for page in ("<html><body><div id=root></div></body></html>", "<title>Just a moment</title>"):
        with pytest.raises(ParseError) as refused:
            read(page)
        assert refused.value.kind == "no-text"
    assert has_shrunk("\n".join(map(str, range(30))), "We are back soon")
    assert not has_shrunk("\n".join(map(str, range(30))), "\n".join(map(str, range(20))))


def test_deep_nesting():
    """Is read as far as the parser goes, and refused beyond."""
    words = "<p>" + "This page has words enough to be watched, by far. " * 3
    assert "enough to be watched" in read("<div>" * 200 + words)
    with pytest.raises(ParseError):
        read("<div>" * 20_000 + words)


LINES = st.lists(st.text("ab $1 %€.", min_size=1, max_size=12), max_size=8)


@given(LINES, st.sampled_from(["price", "terms", "status", "subprocessors"]), st.randoms())
def test_order_is_no_change(lines, kind, chance):
    """A page has not changed beside itself, nor where its lines stand in another order."""
    text = "\n".join(lines)
    shuffled = lines[:]
    chance.shuffle(shuffled)
    assert compare_pages(text, text, kind).changes == ()
    assert compare_pages(text, "\n".join(shuffled), kind).changes == ()
