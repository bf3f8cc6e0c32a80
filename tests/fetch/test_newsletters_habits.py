"""What letters do that is no story, and stories that stand where one is not looked for."""

import pytest

from digest.fetch.mail.newsletters import parse_newsletter
from digest.fetch.mail.newsletters.text_blocks import parse_text_blocks
from tests.fetch.test_newsletters import message


def read(html: str = "", plain: str = "", subject: str = "Letter", **headers: str):
    body = f"<html><body>{html}</body></html>" if html else ""
    return parse_newsletter(message(body, plain, Subject=subject, **headers))


def list_titles(letter) -> list[str]:
    return [entry.title for entry in letter.entries if not entry.sponsored]


def story(title: str, host: str) -> str:
    text = f"The makers of {host} told its readers so on Monday and gave a price as well."
    return f'<h2>{title}</h2><p>{text} <a href="https://{host}.example/a">Read more</a></p>'


NEWS = story("Kelvar opens its catalogue", "kelvar") + story("Brindle drops its fee", "brindle")
TITLES = ["Kelvar opens its catalogue", "Brindle drops its fee"]


@pytest.mark.parametrize(
    "more",
    [
        (
            '<h2>🗳️ Poll: would you pay for it?</h2><p><a href="https://p.example/1">🟩 Yes, and I would gladly do so today</a></p>'
            '<p><a href="https://p.example/2">🟥 Only if my team did not find out</a></p>'
        ),
        (
            '<p><a href="https://p.example/1">More like this</a></p><p><a href="https://p.example/2">'
            "Less like this</a></p>"
        ),
        '<p><a href="https://p.example/app">READ IN APP</a></p>',
        '<p style="font-size:11px"><a href="https://m.example/">Email marketing by Mailwright</a></p>',
        (
            "<h2>We are hiring</h2><p><a href='https://j.example/1'>Lifecycle lead, Orchard (Leeds)</a></p>"
            "<p><a href='https://j.example/2'>Head of consent, Fernlight (remote)</a></p>"
        ),
        (
            "<h2>Housekeeping</h2><p>The archive of this letter has <a href='https://a.example/'>moved to"
            " another place</a> since last week.</p>"
        ),
        (
            "<h2>A word from our partner, Corwin</h2><p>Corwin saves nine hours a week. <a "
            "href='https://c.example/'>See how it does</a></p>"
        ),
    ],
)
def test_what_is_no_story_gives_none(more: str) -> None:
    assert list_titles(read(NEWS + more)) == TITLES


def test_a_bold_headline_ends_a_list_of_plain_jobs() -> None:
    jobs = "<p><b>We are hiring</b></p>" + "".join(
        f'<p><a href="https://j.example/{n}">Growth manager number {n}, Orchard</a></p>'
        for n in range(3)
    )
    after = (
        '<p><b><a href="https://study.example/a">Study: buyers ask a model first</a></b></p>'
        "<p>Seven in ten of the nine hundred who answered had their list from it.</p>"
    )
    assert list_titles(read(NEWS + jobs + after)) == [*TITLES, "Study: buyers ask a model first"]


def test_a_section_named_advertising_is_no_advertisement() -> None:
    letter = read(f"<p><b>ADVERTISING</b></p>{NEWS}")
    assert [entry.sponsored for entry in letter.entries] == [False, False]


def test_a_numbered_story_without_a_link_is_told() -> None:
    """Where most of the numbered ones have a link; its page is nobody's, so its link is empty."""
    parts = [
        (
            "<p><b>1. Kelvar opens its catalogue</b></p><p>All of it, for every reader and each shop, "
            "from Monday on.</p><p>Source: <a href='https://kelvar.example/a'>https://kelvar.example/a"
            "</a></p>"
        ),
        (
            "<p><b>2. Brindle drops its fee</b></p><p>It had stood for nine years, and nobody knew "
            "why.</p><p>Source: <a href='https://brindle.example/a'>https://brindle.example/a</a></p>"
        ),
        (
            "<p><b>3. What our own agent bought</b></p><p>My team let an agent buy pictures for a week,"
            " and of sixty we used four.</p>"
        ),
        (
            "<p><b>Upcoming</b></p><p>I speak at the fair in Turin on the twelfth of November, so say "
            "hello if you are there.</p>"
        ),
    ]
    letter = read("".join(parts))
    assert [(entry.title, entry.link) for entry in letter.entries] == [
        ("Kelvar opens its catalogue", "https://kelvar.example/a"),
        ("Brindle drops its fee", "https://brindle.example/a"),
        ("What our own agent bought", ""),
    ]


def test_a_list_below_a_told_story_is_a_part_of_it() -> None:
    """Points of a story have links, too; what tells is prose above them, or "What happened:"."""
    points = "".join(
        f"<li>The {name} paper found that agents need <a href='https://{name}.example/p'>a map</a>"
        " of what they are to do before they start.</li>"
        for name in ("corwin", "fernlight", "quill")
    )
    told = (
        "<h2>Agents write code for less</h2><p>They have moved beyond completing a line.</p>"
        "<p><b>What happened:</b> Three makers sell them to shops since the spring.</p>"
        f"<ul>{points}</ul>"
    )
    assert list_titles(read(NEWS + told)) == [*TITLES, "Agents write code for less"]


def test_the_name_of_a_letter_and_of_its_author_are_no_stories() -> None:
    head = (
        '<h3><a href="https://l.example/letter">Carts and Clicks</a></h3><p>41,000 readers</p>'
        '<h2><a href="https://l.example/issue">Carts and Clicks #42</a></h2>'
        '<p><a href="https://l.example/ada">Ada Merriweather</a></p><p>Head of growth at Saltbox</p>'
    )
    letter = read(
        head + NEWS, subject="Carts and Clicks #42", From="Ada Merriweather via Loop <n@l.example>"
    )
    assert list_titles(letter) == TITLES


def test_a_report_that_was_asked_for_is_a_service() -> None:
    text = "<h1>Your export is ready</h1><p>The report that you asked for has been made.</p>"
    button = '<p><a href="https://s.example/x">Download the CSV</a></p>'
    assert read(text + button, subject="Your export is ready").kind == "service"


PROSE = "In March we switched it off, all of it, for all of us, and nobody said a word for weeks. "


def test_an_essay_is_titled_by_the_heading_above_it() -> None:
    plain = f"Dear friends,\n\nWhat I learned from switching it off\n\n{PROSE * 4}\n\n{PROSE * 5}\n"
    letter = read(plain=plain, subject="The Thursday letter: off with it")
    assert (letter.kind, list_titles(letter)) == ("essay", ["What I learned from switching it off"])


def test_footnotes_are_no_headlines() -> None:
    """A number in brackets after a sentence links it; one that ends a headline is its link."""
    plain = (
        "1. Kelvar opens its catalogue\n\nIt is open to all. The list has four questions [1].\n\n"
        "2. Brindle drops its fee\n\nThe maths is in a paper [2], the code in a branch [3].\n\n"
        "[1] https://kelvar.example/a\n[2] https://brindle.example/a\n[3] https://code.example/b\n"
    )
    letter = read(plain=plain)
    assert [(entry.title, entry.link) for entry in letter.entries] == [
        ("Kelvar opens its catalogue", "https://kelvar.example/a"),
        ("Brindle drops its fee", "https://brindle.example/a"),
    ]
    headline = parse_text_blocks("Kelvar opens its catalogue [1]\n\n[1] https://kelvar.example/a\n")
    assert headline[0].links[0].text == "Kelvar opens its catalogue"


def test_a_japanese_mail_magazine_gives_its_stories() -> None:
    """Its marks are headings, its box is an advertisement, and "AI" is no line of capitals."""

    def write_story(title: str, number: int) -> str:
        return (
            f"■ {title}\n新しい料金は来月から適用されるとのこと。対象は全ての店舗。\n▼続きを読む\n"
            f"https://shimbun.example/c/{number}\n\n"
        )

    plain = (
        "週刊販促メール 第12号\n\n―[PR]―――――――――――――――――――\n■ 名簿の整理、まだ手作業ですか\n一件二円でお引き受けします。\n"
        "https://shimbun.example/pr\n――――――――――――――――――――[PR]―\n\n"
        + write_story("ケルバー社、店舗向けAIの料金を改定", 1)
        + write_story("ブリンドル社、配信停止の手続きを一回に", 2)
        + write_story("老舗の茶店が手書きの便りに戻した理由", 3)
        + "――――――――――――――――――――\n\n■ 編集後記\n寒くなりました。\nhttps://shimbun.example/ed\n\n"
        "配信停止: https://shimbun.example/stop\n登録内容の変更: https://shimbun.example/edit\n"
    )
    letter = read(plain=plain, subject="週刊販促メール 第12号")
    assert list_titles(letter) == [
        "ケルバー社、店舗向けAIの料金を改定",
        "ブリンドル社、配信停止の手続きを一回に",
        "老舗の茶店が手書きの便りに戻した理由",
    ]
    assert [entry.sponsored for entry in letter.entries] == [True, False, False, False]


def test_a_link_to_the_web_edition_in_thai_is_no_story() -> None:
    """Its last sign is written over a letter, and is a part of the word."""
    top = '<p><a href="https://l.example/web">เปิดอ่านในเบราว์เซอร์</a></p>'
    letter = read(top + NEWS)
    assert list_titles(letter) == TITLES
    assert letter.web_edition == "https://l.example/web"
