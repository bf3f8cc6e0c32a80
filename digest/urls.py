"""Canonical URLs: one address for one page, whoever linked to it.

Own code, because the libraries that exist either keep newsletter trackers (courlan's default), or
drop parameters that name the article (its strict mode); w3lib strips no trackers. The rule is a
list of parameters known to say only who sent the reader; every other parameter is kept. Nothing is
requested, ever.
"""

from __future__ import annotations

import html
import re
from urllib.parse import (
    parse_qsl,
    quote,
    unquote,
    unquote_to_bytes,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

# Parameters that say how a reader came, never which page it is.
_TRACKING = re.compile(
    r"""(?:amp;)*(?:
    utm_\w+ | pk_\w+ | mtm_\w+ | hsa_\w+ | _{1,2}hs\w+ | hsctatracking | vero_\w+ | oly_\w+ |
    mc_[ce]id |
    mkt_tok | trk\w* | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | twclid |
    ttclid | li_fat_id | yclid | igshid | igsh | ck_subscriber_id | _bhlid | _kx | _ke | bxid |
    cndid | esrc | cmpid | cmp | ncid | sr_share | spm | scm | ref_?src | ref | reflink | referrer |
    smid | s_cid | icid | mbid | wt\.mc_id | wt_mc | at_medium | at_campaign | xtor | rss |
    accesstoken | unlocked_article_code | gift | giftcopy | pli | syn-\w+ | sid_rss | guccounter |
    guce_\w+ | soc_src | soc_trk | srsltid | gad_\w+ | _ga | _ga_\w+ | _gl | itm_\w+ | fb_\w+ |
    elq(?:track(?:id)? | aid | at | campaignid | csid)? | campaign_(?:
    id | medium | name | source | term | content) | hmb_\w+ | mc_tc | wickedid | rb_clickid |
    sc_cid | ysclid | _openstat | _branch_\w+ | __readwiselocation
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TRACKING_PAIRS = re.compile(r"(?:f|source|from)=rss|(?:format|output)=amp|amp=1", re.IGNORECASE)
# Fragments that name a place on the page or a sender, not another entry.
_IDLE_FRAGMENT = re.compile(
    r"(?::~:.*|comments?|comment-.*|respond|more-\d+|top|main|content|!|rss"
    r"|(?:xtor|ref|intcid|ftag)=.*|(?:utm|mtm|pk|itm)_.*|_ga=.*)?",
    re.IGNORECASE,
)
# closed entities only: `&section=2` is a parameter
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_ASCII = "".join(map(chr, range(33, 127)))
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"


def is_web_url(url: str) -> bool:
    """Return whether an address is absolute http or https with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def extract_host(url: str) -> str:
    """Return the host without `www.` and port, in lower case; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def resolve_url(url: str, base: str = "") -> str:
    """Return an address as published, made absolute against `base`; "" where it is none."""
    url = _ENTITY.sub(lambda entity: html.unescape(entity[0]), url.strip())
    url = _CONTROL.sub("", url).strip().replace(" ", "%20")
    try:
        url = urljoin(base, url) if base else url
    except ValueError:
        return ""
    return url if is_web_url(url) else ""


def canonical_url(url: str) -> str:
    """Return the one address for a page: the key by which two are compared, not the one to print.

    It has https, its host in lower case and in letters without `www.` or default port, no
    credentials, no `..`, no tracking parameters, no idle fragment and no trailing slash, and its
    parameters are in order. Raises nothing: what is no web address comes back stripped.
    """
    url = resolve_url(url) or url.strip()
    if not is_web_url(url):
        return url
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    name = _decode_host((parts.hostname or "").rstrip(".")).removeprefix("www.")
    if port and port not in (80, 443):
        name = f"{name}:{port}"
    # as bytes, so that escapes which are no UTF-8 stay what they are
    path = quote(unquote_to_bytes(parts.path), safe=_SAFE_PATH.replace("%", ""))
    path = urlsplit(urljoin("https://host/", re.sub(r"/{2,}", "/", path))).path.rstrip("/")
    query = quote(parts.query.replace("&amp;", "&"), safe=_ASCII)
    pairs = [
        (key, value)
        for key, value in parse_qsl(query, keep_blank_values=True, encoding="latin-1")
        if not _is_tracking(key, value)
    ]
    fragment = "" if _IDLE_FRAGMENT.fullmatch(parts.fragment) else parts.fragment
    sorted_query = urlencode(sorted(pairs), encoding="latin-1")
    return urlunsplit(("https", name, path or "/", sorted_query, fragment))


def strip_tracking(url: str) -> str:
    """Return an address to print: as published, without what says only how a reader came.

    Scheme, host, path and the order of parameters stay. What is no web address comes back as it is.
    """
    if not is_web_url(url):
        return url
    parts = urlsplit(url)
    kept = [
        pair
        for pair in parts.query.replace("&amp;", "&").split("&")
        if not _is_tracking(*map(unquote, pair.partition("=")[::2]))
    ]
    fragment = "" if _IDLE_FRAGMENT.fullmatch(parts.fragment) else parts.fragment
    location = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, location, parts.path, "&".join(kept), fragment))


def _is_tracking(key: str, value: str) -> bool:
    return bool(_TRACKING.fullmatch(key) or _TRACKING_PAIRS.fullmatch(f"{key}={value}"))


def _decode_host(name: str) -> str:
    """Return a host in letters, whether it was written so or in punycode."""
    try:
        return name.encode("ascii").decode("idna") if "xn--" in name else name
    except UnicodeError:
        return name


def strip_fragment(url: str) -> str:
    """Return a canonical URL without its fragment."""
    return url.partition("#")[0]


def redact_url(url: str) -> str:
    """Return an address that may be shown, without credentials and secret-looking values."""
    try:
        parts = urlsplit(url)
        location = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(an address that cannot be read)"
    query = re.sub(
        r"(?i)((?:^|&)[^=&]*(?:token|key|secret|pass|auth|sig)[^=&]*=)[^&]*", r"\1***", parts.query
    )
    return urlunsplit(
        (parts.scheme, ("***@" if "@" in parts.netloc else "") + location, parts.path, query, "")
    )
