"""Links of letters: every wrapper gives the page it names, and nothing about its reader stays."""

import base64
import hashlib
import json
import zlib
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.mail.newsletters import is_opaque, unwrap_link
from digest.fetch.mail.newsletters.links import is_share_link, make_target_key, strip_personal_data

PAGE = "https://pages.example/2026/07/a-story?id=7"
QUOTED = quote(PAGE, safe="")
READER = "pat.reader@company.example"


def coded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def token(record: object) -> str:
    return coded(json.dumps(record))


MAILGUN = base64.urlsafe_b64encode(
    zlib.compress(f"h=1&i=2&l={QUOTED}&r={READER}".encode() + b"&x=" + b"a1" * 20)
).decode()

WRAPPERS = {
    "substack, record in the path": f"https://substack.com/redirect/2/{token({'e': PAGE, 'u': 42})}.c2ln?",
    "substack, query after the record": f"https://substack.com/redirect/2/{token({'e': PAGE})}.c2ln?&utm_medium=email",
    "convertkit": f"https://click.convertkit-mail2.com/abc/def/{base64.b64encode(PAGE.encode()).decode()}",
    "kit, without padding": f"https://click.kit-mail3.com/abc/def/{coded(PAGE)}",
    "sailthru": f"https://link.sender.example/click/3141.5926/{coded(PAGE)}/5f0ab31dBcf1",
    "mailjet": f"https://x31f.mjt.lu/lnk/AAAA/1/BBBB/{coded(PAGE)}",
    "amazon ses": f"https://x31.r.eu-west-1.awstrack.me/L0/{QUOTED}/1/0107-abc/def=31",
    "tldr": f"https://tracking.wire.example/CL0/{QUOTED}/1/0100-000000/abc=401",
    "postmark": "https://click.pstmrk.it/3s/pages.example%2F2026%2F07%2Fa-story%3Fid%3D7/abc/AQ/uuid/1/def",
    "mandrill": f"https://mandrillapp.com/track/click/31/pages.example?p={token({'s': 'x', 'p': json.dumps({'url': PAGE})})}",
    "mailgun": f"https://email.mg.sender.example/c/{MAILGUN}",
    "customer.io": f"https://e.customeriomail.com/e/c/{token({'email_id': '31', 'href': PAGE})}/sig",
    "beehiiv, old": f"https://flight.beehiiv.net/v2/clicks/{token({'alg': 'none'})}.{token({'url': PAGE})}.sig",
    "hubspot, old": f"http://t.sidekickopen.com/e1t/c/5/abc?t={QUOTED}&si=31&pi=ab",
    "constant contact, old": f"http://r20.rs6.net/tn.jsp?t=31&p={QUOTED}",
    "google": f"https://www.google.com/url?sa=t&q={QUOTED}&usg=AOv",
    "google, abroad": f"https://www.google.co.uk/url?rct=j&url={QUOTED}",
    "facebook": f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
    "facebook, mobile": f"https://lm.facebook.com/l.php?u={QUOTED}",
    "instagram": f"https://l.instagram.com/?u={QUOTED}&e=AT0",
    "linkedin": f"https://www.linkedin.com/redir/redirect?url={QUOTED}&urlhash=ab",
    "linkedin, safety": f"https://www.linkedin.com/safety/go?url={QUOTED}&trk=x",
    "youtube": f"https://www.youtube.com/redirect?event=d&q={QUOTED}",
    "bing": f"https://www.bing.com/ck/a?!&&p=31&u=a1{coded(PAGE)}&ntb=1",
    "reddit": f"https://out.reddit.com/t3_x?url={QUOTED}&token=AQ",
    "outlook safe links": f"https://nam02.safelinks.protection.outlook.com/?url={QUOTED}&data=05%7C{quote(READER)}&reserved=0",
    "url defense 1": f"https://urldefense.proofpoint.com/v1/url?u={QUOTED}&k=x",
    "url defense 2": "https://urldefense.proofpoint.com/v2/url?u=https-3A__pages.example_2026_07_a-2Dstory-3Fid-3D7&d=DwM&c=x",
    "url defense 3": "https://urldefense.com/v3/__https://pages.example/2026/07/a-story?id=7__;!!AbC!sig$",
    "url defense 3, listed characters": "https://urldefense.com/v3/__https://pages.example/2026/07/a-story*id=7__;Pw!!AbC!sig$",
    "sophos": f"https://eu-west-1.protection.sophos.com/?d=pages.example&u={coded(PAGE)}&i=31&t=x",
    "cisco": f"https://secure-web.cisco.com/1abc-DEF/{QUOTED}",
    "barracuda": f"https://linkprotect.cudasvc.com/url?a={QUOTED}&c=E,1",
    "affiliate": f"https://go.skimresources.com/?id=31X&url={QUOTED}",
    "unknown sender, redirect in the path": f"https://sender.example/redirect?id=31&url={QUOTED}",
    "unknown sender, counting host": f"https://click.sender.example/a?lid=31&target={QUOTED}",
    "unknown sender, base64 value": f"https://news.sender.example/go.php?c=31&x={coded(PAGE)}",
    "wrapper in a wrapper": "https://eur03.safelinks.protection.outlook.com/?url="
    + quote(f"https://click.kit-mail3.com/a/b/{coded(PAGE)}", safe=""),
    "entities": f"https://www.google.com/url?sa=t&amp;q={QUOTED}&amp;usg=AOv",
    "no wrapper, tracked": f"{PAGE}&utm_source=letter&mc_cid=1&mc_eid=UNIQID",
    "no wrapper, the reader's token": f"{PAGE}&ck_subscriber_id=31&token=eyJ1c2VyX2lkIjo0Mn0.sig",
}


@pytest.mark.parametrize("link", WRAPPERS.values(), ids=WRAPPERS.keys())
def test_a_wrapper_gives_the_page_it_names(link: str) -> None:
    assert unwrap_link(link) == PAGE
    assert not is_opaque(link)


OPAQUE = {
    "sendgrid": "https://u1.ct.sendgrid.net/ls/click?upn=MnmHBiCwIPe9TmIJeskmA7-2Bxyz_vV31",
    "sendgrid, own host": "https://links.sender.example/ls/click?upn=u001.abc",
    "beehiiv": "https://link.mail.beehiiv.com/ss/c/u001.abcdefghijklmnopqrstuvwxyz0123456789/4f1/x/h1/h001.y",
    "mailchimp": "https://sender.us1.list-manage.com/track/click?u=31&id=f0",
    "hubspot": "https://d2vh.eu1.hubspotlinks.com/Ctc/ab+113/xyz",
    "substack": "https://substack.com/redirect/7a788227-046a-4d69-8ce8-1df5559a4727",
    "constant contact": "https://r20.rs6.net/tn.jsp?f=0011",
    "campaign monitor": "https://sender.cmail20.com/t/t-l-abc/r/",
    "salesforce": "https://click.mail.sender.example/?qs=31f0",
    "shortener": "https://bit.ly/3abc",
    "click-through of 2002": "http://clickthru.online.example/Click?q=0a-ZnKCIrrscnu8APVBwhq6GOxuYzsR",
}


@pytest.mark.parametrize("link", OPAQUE.values(), ids=OPAQUE.keys())
def test_a_link_that_tells_nothing_is_kept_and_known(link: str) -> None:
    assert unwrap_link(link) == link
    assert is_opaque(link)


PLAIN = [
    "https://www.pages.example/clickbait-is-over",
    "https://go.pages.example/blog/how-a-bank-cut-its-audience-list-from-900-to-40",
    "https://web.archive.org/web/2026/https://pages.example/x",
    "https://pages.example/track-record?page=2",
    "https://link.springer.example/article/10.1007/s11747-026-01002-3",
    "https://github.com/ashgrove/ashgrove#readme",
    "https://x.com/somebody/status/1800000000000000000",
    "https://pages.example/r/marketing?q=hello",
]


@pytest.mark.parametrize("link", PLAIN)
def test_a_page_is_left_as_it_is(link: str) -> None:
    assert unwrap_link(link) == link
    assert not is_opaque(link)


def test_a_platforms_second_address_gives_its_first() -> None:
    link = "https://open.substack.com/pub/quietstack/p/keys-that-end?utm_source=email&r=a31f0"
    assert unwrap_link(link) == "https://quietstack.substack.com/p/keys-that-end"


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.facebook.com/sharer/sharer.php?u={QUOTED}",
        f"https://twitter.com/intent/tweet?url={QUOTED}",
        f"https://www.linkedin.com/shareArticle?url={QUOTED}",
        f"https://wa.me/?text={QUOTED}",
    ],
)
def test_sharing_a_page_is_not_showing_it(link: str) -> None:
    assert is_share_link(link)


@pytest.mark.parametrize(
    "link",
    ["mailto:a@b.example", "javascript:alert(1)", "#top", "", "tel:+39", "index.html", "https://"],
)
def test_what_is_no_web_address_gives_nothing(link: str) -> None:
    assert unwrap_link(link) == ""


@pytest.mark.parametrize(
    ("link", "whole"),
    [("www.a.example/x", "https://www.a.example/x"), ("a.example/x", "https://a.example/x")],
)
def test_a_forgotten_scheme_is_mended(link: str, whole: str) -> None:
    assert unwrap_link(link) == whole


@pytest.mark.parametrize(
    "value",
    [
        READER,
        quote(READER, safe=""),
        READER.upper(),
        base64.b64encode(READER.encode()).decode(),
        coded(f"31|{READER}|f0"),
        READER.encode().hex(),
        hashlib.md5(READER.encode()).hexdigest(),
        hashlib.sha256(READER.encode()).hexdigest(),
        READER.replace("@", "="),
    ],
)
def test_nothing_made_of_the_readers_address_stays_in_a_link(value: str) -> None:
    assert (
        strip_personal_data(f"https://pages.example/a?x={value}&id=7", [READER])
        == "https://pages.example/a?id=7"
    )
    assert (
        strip_personal_data(f"https://pages.example/a#{value}", [READER])
        == "https://pages.example/a"
    )
    assert strip_personal_data(f"https://pages.example/{value}/a", [READER]) == ""


def test_two_links_of_sendgrid_to_one_page_share_a_key() -> None:
    page = "https://u1.ct.sendgrid.net/ls/click?upn=MnmHBiCwIPe9TmIJeskmA7-2Bxyz0123456789-3D-3D"
    assert make_target_key(page + "nmCs_vVXscVLXlj5") == make_target_key(
        page + "iAJ-_vVXscVLXlj5Uxx"
    )
    assert make_target_key(page + "nmCs_vVX") != make_target_key(
        page.replace("xyz", "abc") + "nmCs_vVX"
    )


@given(st.text(max_size=300))
def test_any_text_gives_a_web_address_or_nothing(text: str) -> None:
    found = unwrap_link(text)
    assert found == "" or urlsplit(found).scheme in ("http", "https")
    assert isinstance(is_opaque(text), bool)


@given(st.text(alphabet=st.sampled_from("abcXYZ019-_.~%/=?&:@+ "), max_size=60))
def test_unwrapping_twice_changes_nothing(tail: str) -> None:
    once = unwrap_link(f"https://pages.example/{tail}")
    assert unwrap_link(once) == once


@given(st.binary(max_size=200))
def test_garbage_in_a_wrapper_does_no_harm(raw: bytes) -> None:
    garbage = base64.urlsafe_b64encode(raw).decode()
    for link in (
        f"https://substack.com/redirect/2/eyJ{garbage}",
        f"https://email.mg.sender.example/c/eJ{garbage}",
        f"https://click.kit-mail3.com/a/b/aHR0c{garbage}",
        f"https://urldefense.com/v3/__{garbage}**z*__;{garbage}!!x",
    ):
        assert unwrap_link(link).startswith("http")
