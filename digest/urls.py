"""Canonical URLs: one address for one page, whoever linked to it.

Own code, because the libraries that exist either keep newsletter trackers (courlan's default), or
drop parameters that name the article (its strict mode); w3lib strips no trackers. The rule is a
list of parameters known to say only who sent the reader; every other parameter is kept. Nothing is
requested, ever.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
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
# what cannot be seen, as signs that turn the direction, and halves of characters
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c"
    r"\ufeff\ufffe\uffff\u2060-\u2065\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
_ASCII = "".join(map(chr, range(33, 127)))
# Parameters whose values name a place, a language or a form, never who asks.
_PLAIN_PARAMETERS = frozenset(
    "alt author cat category channel channel_id feed fmt format hl id keyword lang language limit "
    "locale max-results output p page paged playlist_id q query rss s search section sort tag "
    "topic type user x".split()
)
_WEB_URL = re.compile(r"https?://[^\s<>\"'“”]+", re.IGNORECASE)
_PLAIN_FORMS = frozenset("atom json rss2 xml".split())
# Most addresses: nothing in them is a tracker, and nothing stands in their way of being one.
_PLAIN_URL = re.compile(r"(https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?:/[\w.~%/-]*)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_SHORTEST_RANDOM = 10  # characters
_LONGEST_NUMBER = 20  # figures
_MIXED = 2  # changes between letters and figures, or to a capital
_SECRET_NAME = re.compile(r"key|token|auth|secret|sig|pass|pwd|jwt|cred", re.IGNORECASE)
_SHORTEST_KEY = 8  # characters; a shorter one may be a word of a text
_LONGEST_WORD = 24  # characters; longer ones without a break are no words
SHORTEST_SECRET = 4  # characters; hiding anything shorter would blot out ordinary words
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"


def is_web_url(url: str) -> bool:
    """Return whether an address is absolute http or https with a host."""
    if _PLAIN_URL.fullmatch(url):
        return True
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
    url = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _CONTROL.sub("", url).strip())
    url = _CONTROL.sub("", url).strip().replace(" ", "%20")
    try:
        url = urljoin(base, url) if base else url
    except ValueError:
        return ""
    return url if is_web_url(url) else ""


@lru_cache(maxsize=2000)  # each of a feed's addresses is asked for by three who need its key
def canonical_url(url: str) -> str:
    """Return the one address for a page: the key by which two are compared, not the one to print.

    It has https, its host in lower case and in letters without `www.` or default port, no
    credentials, no `..`, no tracking parameters, no idle fragment and no trailing slash, and its
    parameters are in order. Raises nothing: what is no web address comes back stripped.
    """
    resolved = resolve_url(url)
    if not resolved:
        return url.strip()
    parts = urlsplit(resolved)
    try:
        port = parts.port
    except ValueError:
        port = None
    name = _decode_host((parts.hostname or "").rstrip(".")).removeprefix("www.")
    name = f"[{name}]" if ":" in name else name
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


@lru_cache(maxsize=5000)  # the desk composes the same stories again after each action
def strip_tracking(url: str) -> str:
    """Return an address to print: as published, without what says only how a reader came.

    Scheme, host, path and the order of parameters stay. What is no web address comes back as it is.
    """
    if _PLAIN_URL.fullmatch(url) or not is_web_url(url):
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
    """Return an address that may be shown: credentials and whatever may be a secret are `***`.

    Of the query only values that name a place or a form are kept, of the path only parts that do
    not look drawn at random: a secret stands as `?k=…`, `?code=…` or `/feeds/…` just as well.
    """
    try:
        parts = urlsplit(url)
        location = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(an address that cannot be read)"
    path = "/".join(_redact_segment(segment) for segment in parts.path.split("/"))
    query = "&".join(_redact_parameter(pair) for pair in parts.query.split("&"))
    return urlunsplit(
        (parts.scheme, ("***@" if "@" in parts.netloc else "") + location, path, query, "")
    )


def list_url_secrets(url: str) -> frozenset[str]:
    """Return the parts of an address that `redact_url` does not show, as they may be quoted."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return frozenset()
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    found = {password or user}
    found |= {part for part in parts.path.split("/") if _redact_segment(part) != part}
    pairs = [pair for pair in parts.query.split("&") if _redact_parameter(pair) != pair]
    found |= {pair.partition("=")[2] or pair for pair in pairs}
    names = {pair.partition("=")[0] for pair in pairs}
    found |= {name for name in names if _redact_segment(name) != name}
    found |= {unquote(part) for part in found}
    # without what stands around it, as `.xml`: so it comes back in other addresses
    return frozenset(found | {word for part in found for word in _find_random(part)}) - {""}


@dataclass(frozen=True, slots=True)
class FeedSecrets:
    """What of a feed's address and headers must not come back in what it says.

    `words` are secrets wherever they stand. `pairs` are parameters that may hold one: a text may
    well say `week`, but no `t=week`.
    """

    words: frozenset[str]
    pairs: frozenset[str]
    values: frozenset[str]  # of these parameters, where they are long
    has_user: bool

    def hide_in_text(self, text: str) -> str:
        """Return a text in which each of them is `***`."""
        for pair in self.pairs:
            if pair in text:
                name, equals, _ = pair.partition("=")
                text = text.replace(pair, f"{name}=***" if equals else "***")
        for word in sorted(self.words, key=len, reverse=True):
            text = text.replace(word, "***")
        return text

    def drop_from_link(self, link: str) -> str:
        """Return a link without what of it holds one; "" where its path does."""
        if not self.has_user and not any(map(self._may_hold, (link, unquote(link)))):
            return link
        try:
            parts = urlsplit(link)
        except ValueError:
            return ""
        if self._stand_in(parts.path) or self._stand_in(unquote(parts.path)):
            return ""
        pairs = parts.query.split("&")
        kept = [pair for pair in pairs if not any(map(self._may_hold, (pair, unquote(pair))))]
        fragment = "" if self._stand_in(unquote(parts.fragment)) else parts.fragment
        location = parts.netloc.rpartition("@")[2] if self.has_user else parts.netloc
        return urlunsplit((parts.scheme, location, parts.path, "&".join(kept), fragment))

    def _stand_in(self, text: str) -> bool:
        return any(word in text for word in self.words)

    def _may_hold(self, text: str) -> bool:
        """Return whether a parameter, or a link with parameters, may hold one."""
        return any(
            part in text for found in (self.words, self.pairs, self.values) for part in found
        )


def find_feed_secrets(urls: Iterable[str], values: Iterable[str] = ()) -> FeedSecrets | None:
    """Return the secrets of a feed's addresses and of its headers' `values`; None without any."""
    words = {word for value in values for word in (value, *value.split())}
    pairs, has_user = set[str](), False
    for url in urls:
        if not (secrets := list_url_secrets(url)):
            continue
        parts = urlsplit(url)
        has_user |= "@" in parts.netloc
        pairs |= {pair for pair in parts.query.split("&") if _redact_parameter(pair) != pair}
        words |= {secret for secret in secrets if _find_random(secret) and _is_no_name(secret)}
        words.add(parts.password or "")
    pairs |= {unquote(pair) for pair in pairs}
    named = [pair.partition("=")[::2] for pair in pairs]
    words |= {value for name, value in named if _SECRET_NAME.search(name)}
    if not (words or pairs or has_user):
        return None
    return FeedSecrets(
        frozenset(word for word in words if len(word) >= _SHORTEST_KEY),
        frozenset(pair for pair in pairs if len(pair) >= SHORTEST_SECRET),
        frozenset(value for _, value in named if len(value) >= _SHORTEST_KEY),
        has_user,
    )


def hide_url_secrets(text: str, url: str) -> str:
    """Return a text in which no secret part of an address stands."""
    text = text.replace(url, redact_url(url)) if url else text
    for secret in sorted(list_url_secrets(url), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return text


def replace_urls_by_hosts(text: str) -> str:
    """Return a text whose web addresses are named by their hosts alone."""
    return _WEB_URL.sub(lambda match: extract_host(match[0]) or "its address", text)


def extract_home(url: str) -> str:
    """Return the address of the first page of an address's site: no user, path or query."""
    if plain := _PLAIN_URL.fullmatch(url):
        return f"{plain[1]}/"
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, host + port, "/", "", "")) if is_web_url(url) else ""


def _is_no_name(word: str) -> bool:
    """Return whether a word that looks random is none of joined words, as `SearchEngineNews`."""
    return len(word) >= _LONGEST_WORD or any(char.isdigit() for char in word)


def _redact_parameter(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:  # `?rss` names a form; what else stands alone may be a key
        return pair if not pair or pair.lower() in _PLAIN_PARAMETERS | _PLAIN_FORMS else "***"
    shown = value if name.lower() in _PLAIN_PARAMETERS else "***" if value else ""
    return f"{_redact_segment(name)}={_redact_segment(shown)}"


def _redact_segment(segment: str) -> str:
    """Return a part of a path, or `***` for one that looks drawn at random."""
    return "***" if _find_random(unquote(segment)) else segment


def _find_random(text: str) -> list[str]:
    """Return the words of a text that look drawn at random."""
    words = re.split(r"[^0-9A-Za-z]+", text)
    return [*_UUID.findall(text), *(word for word in words if _is_random(word))]


def _is_random(word: str) -> bool:
    """Return whether a word is long, and of letters and figures mixed or longer than any word.

    A number is one where it has more figures than numbers of 64 bits, which count things.
    """
    if len(word) < _SHORTEST_RANDOM:
        return False
    if word.isdigit():
        return len(word) > _LONGEST_NUMBER
    changes = len(re.findall(r"[0-9](?=[A-Za-z])|[A-Za-z](?=[0-9])|[a-z](?=[A-Z])", word))
    return changes >= _MIXED or len(word) >= _LONGEST_WORD
