"""Canonical URLs: one for one page, different for different pages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import urls
from digest.urls import (
    canonical_url,
    extract_home,
    extract_host,
    is_web_url,
    redact_url,
    resolve_url,
    strip_fragment,
    strip_tracking,
)

SAME = [
    ("http against https", "http://acme.example/news", "https://acme.example/news"),
    ("www", "https://www.acme.example/news", "https://acme.example/news"),
    ("trailing slash", "https://acme.example/news/", "https://acme.example/news"),
    ("host in capitals", "https://ACME.example/news", "https://acme.example/news"),
    ("default port", "https://acme.example:443/news", "https://acme.example/news"),
    ("utm", "https://acme.example/news?utm_source=x&utm_medium=rss", "https://acme.example/news"),
    (
        "double-escaped utm",
        "https://acme.example/news?a=1&amp;amp;utm_source=x",
        "https://acme.example/news?a=1",
    ),
    ("hubspot", "https://acme.example/news?_hsenc=abc&_hsmi=12", "https://acme.example/news"),
    ("convertkit", "https://acme.example/news?ck_subscriber_id=1", "https://acme.example/news"),
    ("beehiiv", "https://acme.example/news?_bhlid=abc", "https://acme.example/news"),
    ("order of parameters", "https://acme.example/?b=2&a=1", "https://acme.example/?a=1&b=2"),
    ("comments fragment", "https://acme.example/news#comments", "https://acme.example/news"),
    ("text fragment", "https://acme.example/news#:~:text=agents", "https://acme.example/news"),
    ("credentials", "https://me:pw@acme.example/news", "https://acme.example/news"),
    ("double slash", "https://acme.example//news", "https://acme.example/news"),
    ("percent-encoding", "https://acme.example/caf%C3%A9", "https://acme.example/café"),
    ("gift link", "https://acme.example/news?accessToken=abc", "https://acme.example/news"),
    ("dots", "https://acme.example/a/../b/./c", "https://acme.example/b/c"),
    ("escaped dots", "https://acme.example/a/%2e%2e/b", "https://acme.example/b"),
    ("punycode", "https://xn--bcher-kva.example/a", "https://bücher.example/a"),
    ("space", "https://acme.example/my file.html", "https://acme.example/my%20file.html"),
    (
        "hubspot's pixels",
        "https://acme.example/a?__hstc=1&__hssc=2&__hsfp=3",
        "https://acme.example/a",
    ),
    ("google", "https://acme.example/a?srsltid=x&gad_source=1&_ga=2.1", "https://acme.example/a"),
    ("internal campaign", "https://acme.example/a?itm_source=x", "https://acme.example/a"),
    ("facebook", "https://acme.example/a?fb_action_ids=1&fb_ref=x", "https://acme.example/a"),
    ("eloqua", "https://acme.example/a?elqTrackId=ab&elq=1", "https://acme.example/a"),
    ("matomo", "https://acme.example/a?mtm_campaign=x#mtm_source=y", "https://acme.example/a"),
    ("analytics fragment", "https://acme.example/a#utm_source=y", "https://acme.example/a"),
    ("line break inside", "https://acme.example/ne\nws", "https://acme.example/news"),
]
DIFFERENT = [
    ("article parameter", "https://acme.example/?p=1", "https://acme.example/?p=2"),
    ("case in path", "https://acme.example/A", "https://acme.example/a"),
    ("entry fragment", "https://acme.example/changelog#v2", "https://acme.example/changelog#v3"),
    ("bytes of another encoding", "https://acme.example/caf%E9", "https://acme.example/caf%E8"),
    ("their query", "https://acme.example/?q=caf%E9", "https://acme.example/?q=caf%E8"),
    ("what only looks like a tracker", "https://acme.example/?campaign=1", "https://acme.example/"),
    ("port", "https://acme.example:8443/a", "https://acme.example/a"),
    ("sub-domain", "https://blog.acme.example/a", "https://acme.example/a"),
]


@pytest.mark.parametrize(("name", "one", "other"), SAME, ids=[row[0] for row in SAME])
def test_one_page_has_one_address(name, one, other):
    """What says only how the reader came does not count."""
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(("name", "one", "other"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_different_pages_stay_different(name, one, other):
    """What may name the page counts."""
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url",
    ["", "urn:uuid:1", "javascript:alert(1)", "/relative", "http://", "https://[", "http://a:b/"],
)
def test_what_is_no_web_address_never_raises(url):
    """It comes back as it is, or as the empty string from tidy."""
    canonical_url(url), redact_url(url), extract_host(url), strip_fragment(url)
    assert is_web_url(url) is False or url == "http://a:b/"


@given(st.text(max_size=80))
def test_any_text_is_survived(text):
    """Addresses come from outside."""
    canonical_url(text), resolve_url(text), redact_url(text), extract_host(text)


@given(
    st.sampled_from(["http", "https"]),
    st.from_regex(r"(www\.)?[a-z]{1,8}\.(example|test)", fullmatch=True),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20),
    st.lists(
        st.tuples(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(max_size=5)), max_size=4
    ),
)
def test_canonical_is_idempotent(scheme, name, path, query):
    """The canonical URL of a canonical URL is itself."""
    from urllib.parse import quote, urlencode

    once = canonical_url(f"{scheme}://{name}/{quote(path)}?{urlencode(query)}")
    assert canonical_url(once) == once


def test_tidy_makes_absolute():
    """Against its base; entities undone; nothing where no web address comes of it."""
    assert (
        resolve_url("../b?x=1&amp;y=2", "https://acme.example/a/c")
        == "https://acme.example/b?x=1&y=2"
    )
    assert resolve_url("mailto:a@b.example", "https://acme.example/") == ""
    assert resolve_url("java\tscript:alert(1)", "https://acme.example/") == ""


def test_masked_hides_secrets():
    """Credentials and values of secret-looking parameters are never shown."""
    shown = redact_url("https://me:hunter2@acme.example/feed?token=s3cr3t&x=1&api_key=k")
    assert shown == "https://***@acme.example/feed?token=***&x=1&api_key=***"


@pytest.mark.parametrize(
    ("published", "printed"),
    [
        ("http://www.acme.example/News/", "http://www.acme.example/News/"),
        ("http://127.0.0.1:8080/a?b=2&a=1", "http://127.0.0.1:8080/a?b=2&a=1"),
        ("https://acme.example/caf%E9?q=%e4#v2", "https://acme.example/caf%E9?q=%e4#v2"),
        ("https://acme.example/a?utm_source=x&id=7&fbclid=1", "https://acme.example/a?id=7"),
        ("https://acme.example/a?utm_source=x", "https://acme.example/a"),
        ("https://acme.example/a?accessToken=abc#utm_source=x", "https://acme.example/a"),
        ("https://me:pw@acme.example/a", "https://acme.example/a"),
        ("mailto:ann@acme.example", "mailto:ann@acme.example"),
    ],
)
def test_what_is_printed_is_what_was_published(published, printed):
    """Less what says only who sent the reader, and what is a secret."""
    assert strip_tracking(published) == printed


def test_a_space_is_escaped_and_not_lost():
    assert (
        resolve_url(" https://acme.example/my file.html ") == "https://acme.example/my%20file.html"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example",
        "https://acme.example/",
        "http://acme.example/2026/07/a-story_of.html",
        "https://a.b.acme.example//twice/../up/%C3%A9~",
        "https://Acme.example/Story",
        "HTTPS://acme.example/story",
        "https://acme.example:8080/story",
        "https://me@acme.example/story",
        "https://acme.example/story?utm_source=rss&id=3",
        "https://acme.example/story#comments",
        "https://acme.example/story/\n",
        "https://-acme.example/story",
        "https://acme.example./story",
        "https:///story",
        "https://",
        "//acme.example/story",
        "https://münchen.example/straße",
        "https://[::1]/story",
    ],
)
def test_a_plain_address_is_read_as_any_other(monkeypatch, url):
    """What is quickly seen to be an address comes out as if it were taken apart."""

    def read():
        return is_web_url(url), strip_tracking.__wrapped__(url), extract_home(url)

    quick = read()
    monkeypatch.setattr(urls, "_PLAIN_URL", re.compile("(?!)"))
    assert quick == read()
