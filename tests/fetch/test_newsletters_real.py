"""The letters of ../shared/real/newsletters, story by story.

`tests/data/letters/real.json` was made by reading each letter and choosing, for each story, the link that a person
would click for it; where a story's prose offers several, any of them is right. As no word of these letters may be
copied, a link stands there as the first twelve hex digits of SHA-256 over `canonical(unwrap(href))`.

To derive a row again: open the letter, find the story's link in its HTML source (or, in plain text, the address as
printed), and run

    python -c "import hashlib, sys; from digest.urls import canonical; from digest.fetch.mail.newsletters import unwrap; \
print(hashlib.sha256(canonical(unwrap(sys.argv[1])).encode()).hexdigest()[:12])" 'https://…'

Judgements made while reading: the poll and the unlinked brief of the French letter, jobs, sidebars, product lists and
postscripts are no stories; each of a letter's sections by its own author with a link is one; a page that a letter
names twice counts once; advertisements are counted apart.
"""

import hashlib
import json
from pathlib import Path

import pytest

from digest.fetch.mail.newsletters import ParsedNewsletter, parse_newsletter, words
from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import LinkResolver, classify_blocks
from digest.urls import canonical_url

TABLE = json.loads((Path(__file__).parents[1] / "data" / "letters" / "real.json").read_text())
ITEMS = Path(__file__).parents[3] / "shared" / "real" / "items.jsonl"
LETTERS = Path(__file__).parents[3] / "shared" / "real" / "newsletters"
BRIEFS = "eml-made/beehiiv-newsletter.eml"
ROWS = {name: row for name, row in TABLE.items() if name != "//"}

pytestmark = pytest.mark.skipif(
    not LETTERS.is_dir(), reason="../shared/real/newsletters is not beside the repository"
)


def key(link: str) -> str:
    return hashlib.sha256(canonical_url(link).encode()).hexdigest()[:12]


@pytest.fixture(scope="module")
def letters() -> dict[str, ParsedNewsletter]:
    return {name: parse_newsletter((LETTERS / name).read_bytes()) for name in ROWS}


def test_nine_of_ten_stories_are_found_and_nine_of_ten_found_are_stories(
    letters: dict[str, ParsedNewsletter],
) -> None:
    expected = found = given = right = 0
    for name, row in ROWS.items():
        keys = [key(entry.link) for entry in letters[name].entries if not entry.sponsored]
        expected, given = expected + len(row["stories"]), given + len(keys)
        found += sum(any(one in keys for one in story) for story in row["stories"])
        right += sum(any(one in story for story in row["stories"]) for one in keys)
    assert expected == 120
    assert found / expected >= 0.97
    assert right / given >= 0.98


@pytest.mark.parametrize("name", ROWS)
def test_each_letter_gives_most_of_its_stories(
    name: str, letters: dict[str, ParsedNewsletter]
) -> None:
    keys = [key(entry.link) for entry in letters[name].entries if not entry.sponsored]
    stories = ROWS[name]["stories"]
    assert sum(any(one in keys for one in story) for story in stories) >= 0.75 * len(stories)
    assert len(keys) <= len(stories) + 1


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row["stories"]])
def test_service_mails_give_nothing(name: str, letters: dict[str, ParsedNewsletter]) -> None:
    assert letters[name].kind == "service"
    assert letters[name].entries == ()


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row["sponsored"]])
def test_advertisements_are_marked(name: str, letters: dict[str, ParsedNewsletter]) -> None:
    assert sum(entry.sponsored for entry in letters[name].entries) == ROWS[name]["sponsored"]


@pytest.mark.parametrize("name", ROWS)
def test_every_entry_is_dated_and_credited_and_names_no_reader(
    name: str, letters: dict[str, ParsedNewsletter]
) -> None:
    letter = letters[name]
    text = repr(letter.entries).lower()
    assert not any(reader in text for reader in letter.recipients)
    assert [entry.position for entry in letter.entries] == list(range(len(letter.entries)))
    assert all(
        entry.letter == letter.message_id and entry.published == letter.date
        for entry in letter.entries
    )
    # one brief of a list of bold leads has no page
    assert all(entry.link.startswith("http") for entry in letter.entries if entry.link)
    assert sum(not entry.link for entry in letter.entries) <= (name == BRIEFS)
    assert all(entry.title for entry in letter.entries)


@pytest.mark.skipif(
    not ITEMS.is_file(), reason="../shared/real/items.jsonl is not beside the repository"
)
@pytest.mark.whole
def test_no_real_headline_is_taken_for_the_frame_of_a_letter() -> None:
    """A thousand headlines as publishers wrote them, many on advertising, privacy, jobs, polls and unsubscribing."""
    items = [json.loads(line) for line in ITEMS.read_text().splitlines()]
    reader, before, taken = LinkResolver(()), Block("word " * 200), []
    for item in items[::2]:
        title = item["title"].strip()
        linked = Block(title, (Link(title, item["url"], 0, len(title)),))
        roles = {
            role
            for block in (linked, Block(title))
            for role, _ in classify_blocks([before, block], reader)
        }
        named = words.normalize_phrase(title)
        patterns = (words.JOBS, words.MENU, words.CONNECTORS, words.ANSWER, words.CONFIRM)
        if (
            roles != {"text"}
            or any(pattern.fullmatch(named) for pattern in patterns)
            or words.SPONSORED_TITLE.search(title)
        ):
            taken.append(title)
    assert len(items) > 2_000
    assert len(taken) <= 2
