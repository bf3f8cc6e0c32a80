"""Links within a paper."""

from digest.render.paper_links import unlink_missing_places


def test_a_link_to_a_place_that_is_there_stays():
    html = '<p id="here">a</p><a class="to-page" href="#here" data-target="#here">page </a>'
    assert unlink_missing_places(html) == (html, frozenset())


def test_a_link_to_nowhere_is_plain_text_and_its_page_goes():
    html = (
        '<p id="here">a</p><a href="https://example.com/#gone">out</a>'
        '<a href="#gone" data-target="#gone">A headline</a>'
        ' <a class="to-page" href="#gone" data-target="#gone">page </a>'
        '<a href="#here">b</a>'
    )
    assert unlink_missing_places(html) == (
        (
            '<p id="here">a</p><a href="https://example.com/#gone">out</a>'
            '<a>A headline</a> <a href="#here">b</a>'
        ),
        frozenset({"gone"}),
    )
