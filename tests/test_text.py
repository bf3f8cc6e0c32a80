"""Words out of markup."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import text as text_module
from digest.text import (
    CaselessPattern,
    clean_text,
    html_to_lines,
    html_to_text,
    is_issue_title,
    list_words,
    quote_words,
    shorten_words,
    split_sentences,
    truncate_text,
    undouble_words,
)

PLAIN = [
    ("tags go", "<p>Acme <b>buys</b> Bolt</p>", "Acme buys Bolt"),
    ("blocks part words", "<p>One</p><p>two</p>three<br>four", "One two three four"),
    ("script text goes", "Before<script>alert(1)</script>after", "Beforeafter"),
    ("style text goes", "<style>p{}</style>Words", "Words"),
    ("entities once", "Tom &amp; Ann &lt;b&gt;", "Tom & Ann <b>"),
    ("escaped stays text", "&amp;lt;script&amp;gt;", "&lt;script&gt;"),
    ("no markup", "3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
    ("unclosed tag", "Acme <b>buys", "Acme buys"),
    ("comment", "a<!-- hidden -->b", "ab"),
    ("template text stays data", "{{7*7}} {% x %}", "{{7*7}} {% x %}"),
    ("controls", "a\x00b\x1bc\u202ed\ufeffe", "abcde"),
    ("letters that nobody sees", "a\U000e0049\U000e0067b\u2063c\ufff9d", "abcd"),
    ("what joins letters stays", "👩\u200d💻 a\u200bb", "👩\u200d💻 a\u200bb"),
    ("white space", " a \n\t b\u00a0c ", "a b c"),
]


@pytest.mark.parametrize(("name", "markup", "words"), PLAIN, ids=[row[0] for row in PLAIN])
def test_plain(name, markup, words):
    """Plain text is what a reader would read."""
    assert html_to_text(markup) == words


@given(st.text())
def test_nothing_unprintable_survives(text):
    """Whatever came in: no control character, no surrogate, one line."""
    for made in (clean_text(text), html_to_text(text)):
        assert made == made.strip()
        assert not any(
            ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000
            for char in made
        )


@given(st.text() | st.text(alphabet="a\x1b\u202e\u200b\n\ue000 ", max_size=400))
def test_words_of_others_are_short_and_plain(text):
    """At most 80 characters, each of which can be seen."""
    quoted = quote_words(text)
    assert len(quoted) <= 80
    assert quoted.isprintable()


@given(st.text())
def test_clean_is_idempotent(text):
    """Cleaning twice changes nothing."""
    assert clean_text(clean_text(text)) == clean_text(text)


@given(
    st.text(
        alphabet=st.sampled_from(
            "aB é\u0065\u0301\t\n\x00\x1c\x85\u00a0\u2028\u202e\ufeff\u00ad\ud800\ue000ก"
        )
    )
)
def test_cleaning_is_what_its_plain_definition_says(text):
    """The short ways for text that has nothing to clean give what the long one gives."""
    spaced = re.sub(r"\s+", " ", text)
    kept = "".join(
        char
        for char in spaced
        if unicodedata.category(char) not in ("Cc", "Cs") and char not in "\u202e\ufeff\u00ad\u2028"
    )
    assert clean_text(text) == re.sub(r"\s+", " ", unicodedata.normalize("NFC", kept)).strip()


def test_deep_nesting_is_survived(monkeypatch):
    """Many open tags give their words, without the tree in which each costs more than the last."""

    def refuse(*_: object, **__: object) -> str:
        raise AssertionError("a tree of so many tags takes time by the square of their number")

    monkeypatch.setattr("digest.text.nh3.clean", refuse)
    assert html_to_text("<div>" * 40_000 + "words") == "words"


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("short", 10, "short"),
        ("one two three four", 12, "one two…"),
        ("unbrokenwordthatislong", 10, "unbrokenw…"),
        ("การตลาดดิจิทัลในไตรมาสนี้", 10, "การตลาดดิ…"),
    ],
)
def test_shorten(text, most, cut):
    """Cuts at a word's end where there are words."""
    assert truncate_text(text, most) == cut
    assert len(truncate_text(text, most)) <= most


SENTENCES = [
    (
        "two",
        "Acme buys Bolt. The price is $40 million.",
        ["Acme buys Bolt.", "The price is $40 million."],
    ),
    ("decimal", "It grew 3.5 percent. Next.", ["It grew 3.5 percent.", "Next."]),
    ("abbreviation", "Acme Inc. buys Bolt. Done.", ["Acme Inc. buys Bolt.", "Done."]),
    (
        "initials",
        "The U.S. Congress met. J. Smith spoke.",
        ["The U.S. Congress met.", "J. Smith spoke."],
    ),
    ("quote", "“It works.” She left.", ["“It works.”", "She left."]),
    ("question", "Why now? Because.", ["Why now?", "Because."]),
    ("chinese", "微盟推出方案。价格未公布。", ["微盟推出方案。", "价格未公布。"]),
    ("thai stays whole", "บริษัทเปิดตัวบริการใหม่ ราคา 500 บาท", ["บริษัทเปิดตัวบริการใหม่ ราคา 500 บาท"]),
    ("german", "Das kostet ca. 40 Euro. Mehr nicht.", ["Das kostet ca. 40 Euro.", "Mehr nicht."]),
    (
        "german ordinal",
        "Ab dem 1. Oktober kostet es mehr. Ende.",
        ["Ab dem 1. Oktober kostet es mehr.", "Ende."],
    ),
    ("a numbered heading", "1. The price. It rises.", ["1. The price.", "It rises."]),
    ("a letter that ends", "It was on X. The post is gone.", ["It was on X.", "The post is gone."]),
    (
        "an abbreviation that ends",
        "It left the U.S. The law stays.",
        ["It left the U.S.", "The law stays."],
    ),
    ("lines", "A heading\nA sentence. Another", ["A heading", "A sentence.", "Another"]),
    ("nothing", "", []),
]


@pytest.mark.parametrize(("name", "text", "parts"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_sentences(name, text, parts):
    """Sentences end where a reader would end them."""
    assert list(split_sentences(text)) == parts


LINES = [
    (
        "a heading",
        "<h2>The price</h2><p>It is <b>900</b> euros.</p>",
        "The price\nIt is 900 euros.",
    ),
    ("a list", "New:<ul><li>a hub</li><li>a price</li></ul>", "New:\na hub\na price"),
    ("broken source lines are none", "<p>One\nsentence.</p>", "One sentence."),
    ("plain text", "One\nline.\n\nTwo\n- three\n- four", "One line.\nTwo\n- three\n- four"),
    ("nothing", " \n\n ", ""),
]


@pytest.mark.parametrize(("name", "markup", "lines"), LINES, ids=[row[0] for row in LINES])
def test_blocks_are_lines(name, markup, lines):
    """What a page shows as a block of its own is a line of its own."""
    assert html_to_lines(markup) == lines


@given(st.text())
def test_lines_hold_the_words_of_the_text(text):
    """Joined they are what `html_to_text` gives, but for spaces."""
    lines = html_to_lines(text)
    assert all(line == clean_text(line) for line in lines.split("\n"))
    assert lines.replace("\n", "").replace(" ", "") == html_to_text(text).replace(" ", "")


@given(st.text())
def test_sentences_lose_no_word(text):
    """Joined again they are the text, but for spaces."""
    line = clean_text(text)
    assert "".join(split_sentences(line)).replace(" ", "") == line.replace(" ", "")


@given(st.text(alphabet=st.one_of(st.characters(max_codepoint=127), st.sampled_from("é’ß'"))))
def test_words_are_the_same_however_they_are_found(text):
    """The quick way for ASCII finds what the pattern does."""
    assert list_words(text) == re.findall(r"\w+(?:['’]\w+)?", text)


def test_a_pattern_in_small_letters_finds_capitals_too():
    """Its own capitals would match nothing, and are refused."""
    assert CaselessPattern(r"\bread more\b").occurs_in("… READ More")
    assert not CaselessPattern(r"^\D\w{3}$").occurs_in("1abc")
    with pytest.raises(ValueError, match="capital"):
        CaselessPattern("Read more")


def test_runs_of_spaces_take_little():
    """A million of them; each was a place to begin to look for the end of the line."""
    spaces = " " * 1_000_000
    assert html_to_lines(f"a{spaces}b") == "a b"
    assert split_sentences(f"a{spaces}b") == ("a", "b")


def test_a_text_of_abbreviations_takes_little():
    """All that came before was looked at again for each of them."""
    text = "Mr. " * 50_000
    assert " ".join(split_sentences(text)) == text.strip()


@given(st.text(alphabet=st.sampled_from(" \n\t\u00a0.!?…。！？\"”')(aAB1")))
def test_sentences_end_where_they_end_by_what_stands_on_both_sides(text):
    """The pattern begins with the mark, which is quick; said by its place it is the same."""
    ends = re.compile(
        r"(?<!\s)\s*\n\s*|(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[¿¡]*[^\sa-z])|(?<=[。！？])"
    )
    parts, start = [], 0
    for match in ends.finditer(text):
        head = text[max(start, match.start() - 80) : match.start()]
        if "\n" in match[0] or text_module._ends_sentence(head, text, match.end()):
            parts.append(text[start : match.end()].strip())
            start = match.end()
    assert split_sentences(text) == tuple(filter(None, (*parts, text[start:].strip())))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1" * 5_000, "1" * 120 + "…"),
        ("Costs " + "1." * 300 + " a month", "Costs " + "1." * 60 + "… a month"),
        ("A" * 120 + " b", "A" * 120 + " b"),
        ("营" * 500, "营" * 500),
        ("การ" * 200, "การ" * 200),
        ("营" + "x" * 300, "营" + "x" * 120 + "…"),
    ],
    ids=["figures", "dots", "just a word", "Chinese", "Thai", "after Chinese"],
)
def test_no_word_is_endless(text, kept):
    """What is longer than any word is cut; scripts without spaces stay."""
    assert shorten_words(text) == kept


def test_no_sentence_is_endless():
    """What is longer than any sentence comes in pieces, at spaces where there are some."""
    pieces = split_sentences("It costs " + "$1 " * 3_000 + "a month. It ships. " + "营" * 3_000)
    assert max(map(len, pieces)) <= 1_200
    assert {piece.split(" ")[-1] for piece in pieces[:-4]} <= {"$1", "month.", "ships."}
    assert "It ships." in pieces
    assert pieces[-1] == "营" * 600


@pytest.mark.parametrize(
    ("title", "is_mixed"),
    [
        ("Quill 2, Guide to Fable, Acme preps Envoy", True),
        ("Acme at the door; Bolt Warns Shops – Ad Pulse via @paper, @Reporter", True),
        ("Acme Adds Reports, Revamps Pictures via @paper, @Reporter", False),
        ("Acme Adds Reports, Bidding Tests, And Preview Updates", False),
        ("Acme opens Envoy", False),
        ("Acme launches newsletter ads", False),
        ("Acme Pulse gets summaries", False),
        ("This week in ads", True),
    ],
)
def test_an_issue_or_a_round_up_names_no_one_thing(title, is_mixed):
    assert is_issue_title(title) == is_mixed


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("after Acme’s firstAcme’s first report", "after Acme’s firstAcme’s first report"),
        ("after Northvale'sNorthvale's report", "after Northvale's report"),
        ("of their theirtheir own", "of their their own"),
        ("of couscous and murmur", "of couscous and murmur"),  # short ones are words
        ("Quito Quito", "Quito Quito"),
        ("Walla-Walla", "Walla-Walla"),
        ("key 1234512345", "key 1234512345"),
        ("NorthvaleNorthvale2", "NorthvaleNorthvale2"),
    ],
)
def test_a_long_word_that_stands_twice_is_one(text, mended):
    """Broken markup does that; nothing else is touched."""
    assert undouble_words(text) == mended
