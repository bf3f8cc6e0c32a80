"""Links of letters: wrappers undone where the target stands in them, personal tokens out. Nothing is ever requested.

Mail senders put a counter of their own between the reader and the page. Some of them carry the page's address inside,
plainly or encoded, and `unwrap` takes it out. Others carry only a number that the sender's server knows: those are kept
as they are and `opaque` tells them, so that a source which says so may have them followed elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from digest.urls import canonical_url, extract_host, is_web_url, resolve_url

_MAX_UNWRAPS = 6  # a wrapper inside a wrapper inside …
_MAX_LINK_CHARS = 8_000  # characters of a link that is worth reading

# Redirectors that name their target in a parameter: host, parameters in order of trust.
_BY_PARAMETER: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(rf"(?:.+\.)?(?:{pattern})"), tuple(names.split()))
    for pattern, names in (
        (r"google\.[a-z.]{2,6}", "url q adurl"),  # only with the paths of _GOOGLE
        (
            r"l{1,2}m?\.facebook\.com|l\.instagram\.com|l\.messenger\.com|l\.threads\.(?:net|com)|l\.wl\.co",
            "u",
        ),
        (r"linkedin\.com", "url"),
        (r"safelinks\.protection\.outlook\.com|safelinks\.protection\.office365\.us", "url"),
        (r"youtube\.com", "q"),
        (r"t\.umblr\.com", "z"),
        (r"out\.reddit\.com|disq\.us|slack-redir\.net|exit\.sc|via\.hypothes\.is", "url"),
        (r"vk\.com", "to"),
        (r"duckduckgo\.com", "uddg"),
        (r"bing\.com", "u"),
        (r"linkprotect\.cudasvc\.com", "a"),
        (r"linksynergy\.com|tradedoubler\.com", "murl url"),
        (r"redirectingat\.com|skimresources\.com|viglink\.com|sovrn\.co", "url u"),
        (r"awin1\.com", "ued p"),
        (r"rs6\.net", "p"),  # the old form; the new one is opaque
        (r"sidekickopen\d*\.com|hubspotemail\.net|hubspotlinks\.com", "t"),
    )
)
_REDIRECT_PATHS = {  # of these hosts only these paths redirect
    "google": re.compile(r"/(?:url|aclk|imgres)\b.*"),
    "linkedin": re.compile(r"/(?:redir|safety/go|csp).*"),
    "youtube": re.compile(r"/redirect.*"),
    "vk": re.compile(r"/away.*"),
    "bing": re.compile(r"/ck/a.*"),
    "duckduckgo": re.compile(r"/l/?.*"),
}
# Any other host is a redirector if its path or its first label says so and one of these parameters holds an address.
_REDIRECTING = re.compile(
    r"(?:^|[/._-])(?:redirect\w*|redir|clicks?|clk|track\w*|trk|out|away|exit|goto|jump|lnk|link[sc]?|click\w*|ct|ctp|"
    r"clicktime|cread|r|l|go|wf|email|mail|e|em|url)(?:[/._-]|\.php|\.aspx?|$)",
    re.IGNORECASE,
)
_TARGET_NAMES = frozenset(
    "url u q to target dest destination destination_url redirect redirect_url redirecturl redirect_to redirect_uri "
    "link href goto out murl ued l r t p location continue return landing lp page rurl".split()
)
# The keys under which encoded senders' records hold the address.
_RECORD_KEYS = (
    "e",
    "u",
    "url",
    "href",
    "l",
    "link",
    "target",
    "target_url",
    "destination",
    "redirect",
    "p",
    "detonate",
)
# A page that others may keep a copy of: an address inside its path names the copy.
_WEB_ARCHIVES = re.compile(
    r"(?:.+\.)?(?:archive\.org|archive\.(?:ph|today|is)|webcache\.googleusercontent\.com|12ft\.io)"
)

_SHARE = re.compile(
    r"https?://(?:(?:www|m|mobile)\.)?(?:"
    r"facebook\.com/(?:sharer|share\.php|dialog/)|(?:twitter|x)\.com/(?:intent|share|home\?status)|"
    r"linkedin\.com/(?:shareArticle|sharing|cws/share)|pinterest\.com/pin/create|reddit\.com/submit|"
    r"news\.ycombinator\.com/submitlink|threads\.(?:net|com)/intent|bsky\.app/intent|"
    r"getpocket\.com/save|instapaper\.com/hello2|tumblr\.com/(?:share|widgets)|share\.flipboard|mix\.com/add|"
    r"buttondown\.(?:email|com)/[^/]+/share)|"
    r"https?://(?:wa\.me|api\.whatsapp\.com|t\.me/share|(?:social-plugins\.)?line\.me|telegram\.me/share)/",
    re.IGNORECASE,
)

_SHORTENERS = frozenset(
    "t.co bit.ly buff.ly lnkd.in ow.ly tinyurl.com goo.gl dlvr.it hubs.ly hubs.la hubs.li trib.al ift.tt is.gd cutt.ly "
    "rb.gy short.io fb.me amzn.to mailchi.mp.r eepurl.com j.mp shorturl.at t.ly aka.ms spr.ly zurl.co flip.it".split()
)
_OPAQUE = re.compile(
    r"""https?://(?:
    [^/]*\.ct\.sendgrid\.net/ |
    [^/]+/(?:uni/)?(?:ls/click|wf/click|ss/c/|e3t/|e2t/|e1t/|Ctc/|CL0/|tr/cl/|lt\.php|f/a/) |
    [^/]*list-manage\d*\.com/track/ | [^/]*hubspotlinks\w*\.com/ | [^/]*rs6\.net/ | [^/]*cmail\d+\.com/ |
    [^/]*createsend\d*\.com/t/ | [^/]*\.mjt\.lu/ | [^/]*sendibt?\d*\.com/ | [^/]*mlsend\d*\.com/link |
    [^/]*klclick\d*\.com/ | [^/]*awstrack\.me/ | [^/]*substack\.com/(?:redirect|app-link)/ | email\.[^/]+/c/ |
    clicks?(?:thru)?\.[^/]+/ | [^/]*exacttarget\.com/ | [^/]*omeclk\.com/ | [^/]*convertkit-mail\d*\.com/ |
    [^/]*kit-mail\d*\.com/ | cta-redirect\.hubspot\.com/ | [^/]*ctrk\.[^/]+/ | url\.[^/]*mimecast[^/]*/ |
    [^/]+/click(?:\.html|[/?]|$) | [^/]*getrevue\.co/mpss/ | [^/]*mkt\d*\.com/ | [^/]*pstmrk\.it/ |
    [^/]*acemln\w\.com/ | [^/]*customeriomail\.com/
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_COUNTING_HOST = re.compile(
    r"(?:clicks?|links?|lnk|trk|trkr?|track(?:ing|er)?|ct|ablink|clickthru|click\d+|go|e|em|email|r|t|enews|info)\d*\."
)
# A long word of digits and both cases: a number in the sender's book, not the words of a headline.
_TOKEN = re.compile(
    r"(?<![\w-])(?=[\w%=~.-]*[A-Z])(?=[\w%=~.-]*[a-z])(?=[\w%=~.-]*\d)[\w%=~.-]{32,}", re.ASCII
)

# Parameters that say who reads: some by their name, some only with a value that looks like a token or an address.
_PERSONAL = re.compile(
    r"e_?-?mail(?:_?(?:address|id|hash))?|subscriber(?:_?id)?|recipient(?:_?id)?|contact_?(?:id|key)|member_?id|"
    r"user_?id|mc_eid|ck_subscriber_id|(?:access_?)?token|jwt|oly_enc_id|vgo_ee|mkt_tok|bxid|cndid|nlid|_kx|_hsenc|"
    r"_hsmi|sc_uid|person_?id|lead_?id|isfreemail|submitlike|triggershare|triggersave",
    re.IGNORECASE,
)
_MAYBE_PERSONAL = re.compile(
    r"em|mail|uid|sub_?id|rid|hash|md5|sha\d*|auth|u|id|eid|sid", re.IGNORECASE
)
_LOOKS_PERSONAL = re.compile(
    r".*@.*|.*%40.*|eyJ.{8,}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE
)
_SUBSTACK_READER = re.compile(r"(?=.*\d)[a-z0-9]{3,8}")


def unwrap_link(url: str) -> str:
    """The address of the page that a letter's link leads to, as far as the link itself tells it, without tracking
    parameters and personal tokens; "" where the link is no web address."""
    url = _complete_url(url)
    for _ in range(_MAX_UNWRAPS):
        inner = _complete_url(_find_target(url)) if url and len(url) <= _MAX_LINK_CHARS else ""
        if not inner or inner == url:
            break
        url = inner
    return strip_personal_data(_resolve_alias(url)) if url else ""


def is_opaque(url: str) -> bool:
    """Whether only the sender's server knows where a link leads (asking it would tell that the mail was read)."""
    if not is_web_url(url) or _find_target(url):
        return False
    name, parts = extract_host(url), urlsplit(url)
    if name in _SHORTENERS or _OPAQUE.match(url):
        return True
    return bool(
        _COUNTING_HOST.match(name)
        and _TOKEN.search(parts.path + "?" + parts.query)
        and "-" not in parts.path[:40]
    )


def is_share_link(url: str) -> bool:
    """Whether a link posts something on a social network rather than showing a page."""
    return bool(_SHARE.match(url))


def make_target_key(url: str) -> str:
    """A key that two links to one page share. SendGrid encodes one page to one word, and puts the number of the link
    and of the reader after it."""
    match = re.search(
        r"[?&]upn=([A-Za-z0-9.-]{20,}?(?:-3D){0,2})[\w-]{4}_|/ss/c/([\w.-]{30,})", url
    )
    return (match[1] or match[2]) if match else canonical_url(url)


def strip_personal_data(url: str, readers: Iterable[str] = ()) -> str:
    """An address without tracking parameters, tokens that name a reader, and anything made of a reader's address.

    `readers` are mail addresses. "" where the path itself carries one: such a link is of no use to anybody else.
    """
    parts = urlsplit(url)
    marks = tuple(_encode_addresses(readers))
    name = extract_host(url)
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _is_tracking_parameter(key, value)
        and not _identifies_recipient(name, parts.path, key, value)
        and not _contains_address(f"{key}={value}", marks)
    ]
    if _contains_address(unquote(parts.path), marks) or _contains_address(parts.netloc, marks):
        return ""
    unchanged = kept == parse_qsl(parts.query, keep_blank_values=True)
    query = parts.query if unchanged else urlencode(kept, quote_via=quote, safe="/:~,@!$*()")
    fragment = (
        ""
        if _contains_address(unquote(parts.fragment), marks)
        or _TRACKED_FRAGMENT.match(parts.fragment)
        else parts.fragment
    )
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, fragment))


_TRACKED_FRAGMENT = re.compile(r"(?:utm_|xtor=|:~:|ref=|mc_)", re.IGNORECASE)


def _is_tracking_parameter(key: str, value: str) -> bool:
    probe = f"https://a.example/?{urlencode([(key, value)])}"
    return "?" not in canonical_url(probe)


def _identifies_recipient(name: str, path: str, key: str, value: str) -> bool:
    if _PERSONAL.fullmatch(key) or value.startswith("eyJ"):
        return True
    if _MAYBE_PERSONAL.fullmatch(key) and _LOOKS_PERSONAL.fullmatch(value):
        return True
    if key == "source" and value.startswith("email-"):  # Medium
        return True
    if key == "r" and _SUBSTACK_READER.fullmatch(value):
        return "substack.com" in name or path.startswith("/p/")
    return key == "e" and "list-manage" in name


def _encode_addresses(readers: Iterable[str]) -> Iterator[str]:
    """The forms in which a reader's address travels: itself, its base64, hex and usual hashes."""
    for reader in readers:
        for address in dict.fromkeys((reader, reader.lower())):
            raw = address.encode()
            yield address.lower()
            yield address.lower().replace("@", "=")
            yield raw.hex()
            # Base64 of an address inside something longer starts at one of three places.
            for lead in range(3):
                code = base64.b64encode(b"\0" * lead + raw).decode().rstrip("=")
                yield code[(0, 2, 3)[lead] : -1].replace("+", "-").replace("/", "_")
            for make in (hashlib.md5, hashlib.sha1, hashlib.sha256):
                yield make(raw).hexdigest()


def _contains_address(text: str, marks: tuple[str, ...]) -> bool:
    if not text or not marks:
        return False
    forms = (text, text.lower(), text.replace("+", "-").replace("/", "_"), unquote(text).lower())
    return any(mark in form for mark in marks for form in forms)


# ---------------------------------------------------------------- wrappers


def _complete_url(url: str) -> str:
    """The address made absolute where a sender forgot the scheme ("www.a.example/b", "a.example/b")."""
    url = html.unescape(url).strip()
    if _SCHEMELESS_URL.match(url):
        url = "https://" + url
    if url.startswith("//"):
        url = "https:" + url
    return resolve_url(url)


_SCHEMELESS_URL = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}"
    r"(?!(?:html?|php|aspx?|jsp|pdf|png|jpe?g|gif|css|js|md|txt|xml|cgi|docx?)\b)[a-z]{2,18}(?::\d+)?(?:[/?#]|$)",
    re.IGNORECASE,
)


def _find_target(url: str) -> str:
    """The address inside a wrapper; "" where the link is no wrapper, or tells nothing."""
    if not is_web_url(url):
        return ""
    return next(
        (
            found
            for undo in _UNWRAPPERS
            if (found := undo(url)) and is_web_url(_complete_url(found))
        ),
        "",
    )


def _unwrap_parameter(url: str) -> str:
    name, parts = extract_host(url), urlsplit(url)
    pairs = dict(parse_qsl(parts.query))
    for pattern, keys in _BY_PARAMETER:
        if pattern.fullmatch(name):
            narrow = next((path for word, path in _REDIRECT_PATHS.items() if word in name), None)
            if narrow and not narrow.fullmatch(parts.path):
                return ""
            values = [pairs[key] for key in keys if key in pairs]
            return next((found for value in values if (found := _decode_parameter(value))), "")
    return ""


def _unwrap_unknown_host(url: str) -> str:
    """Hosts that we do not know: an absolute address in a parameter of a path or host that speaks of redirecting."""
    name, parts = extract_host(url), urlsplit(url)
    label = name.split(".", 1)[0] if name.count(".") > 1 else ""
    if is_share_link(url) or not (_REDIRECTING.search(parts.path) or _REDIRECTING.fullmatch(label)):
        return ""
    for key, value in parse_qsl(parts.query):
        if key.lower() in _TARGET_NAMES and (found := _decode_parameter(value)):
            return found
    bare = unquote(parts.query)
    return bare if re.match(r"https?://", bare) else ""


def _decode_parameter(value: str) -> str:
    """The web address that a parameter's value is, plainly or in base64 (Bing puts `a1` before it)."""
    if re.match(r"(?:https?:)?//|www\.", value):
        return value
    for text in (value, value.removeprefix("a1")):
        if text.startswith("aHR0c"):
            return _decode_base64(text)
    return ""


def _unwrap_proofpoint(url: str) -> str:
    """URL Defense v1 and v2 in a parameter, v3 between double underscores with the odd characters listed apart."""
    name, parts = extract_host(url), urlsplit(url)
    if not name.startswith("urldefense."):
        return ""
    pairs = dict(parse_qsl(parts.query))
    if parts.path.startswith("/v1/"):
        return pairs.get("u", "")
    if parts.path.startswith("/v2/"):
        return unquote(pairs.get("u", "").replace("-", "%").replace("_", "/"))
    match = re.search(r"/v3/__(.+?)__;([^!]*)!", url)
    return _fill_placeholders(match[1], match[2]) if match else ""


def _fill_placeholders(text: str, encoded: str) -> str:
    """URL Defense v3: `*` stands for the next listed character, `**X` for a run whose length X tells."""
    try:
        spare = iter(
            base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8", "replace")
        )
    except (binascii.Error, ValueError):
        spare = iter("")
    lengths = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def replace_placeholder(match: re.Match[str]) -> str:
        count = lengths.index(match[1]) + 2 if match[1] else 1
        return "".join(next(spare, "*") for _ in range(count))

    filled = re.sub(r"\*(?:\*([A-Za-z0-9_-]))?", replace_placeholder, text)
    return re.sub(r"^(https?:)/(?!/)", r"\1//", filled)


def _unwrap_encoded_path(url: str) -> str:
    """An address percent-encoded or in base64 as one segment of the path, or as a JSON or Mailgun record."""
    parts = urlsplit(url)
    if _WEB_ARCHIVES.fullmatch(extract_host(url)):
        return ""
    match = re.search(r"/(https?(?::|%3A)(?:%2F|/%2F|%2f){1,2}[^/]+)", parts.path, re.IGNORECASE)
    if match:
        return unquote(match[1])
    values = [value for _, value in parse_qsl(parts.query)]
    for text in (*parts.path.split("/"), *values):
        if found := _decode_segment(unquote(text)):
            return found
    return ""


def _decode_segment(text: str) -> str:
    if text.startswith("aHR0c"):
        return _decode_base64(text)
    for piece in text.split("."):
        if piece.startswith("eyJ") and (found := _find_record_url(_decode_base64(piece))):
            return found
    if text.startswith("eJ") and len(text) >= 40:  # zlib, as Mailgun writes it
        return _decode_mailgun(text)
    return ""


def _decode_mailgun(text: str) -> str:
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        record = zlib.decompressobj().decompress(packed, 32_768).decode("utf-8", "replace")
    except (binascii.Error, ValueError, zlib.error):
        return ""
    return dict(parse_qsl(record)).get("l", "") or _find_record_url(record)


def _decode_base64(text: str) -> str:
    """Base64, plain or for URLs, with or without its padding; "" where it is none."""
    text = re.sub(r"[^A-Za-z0-9+/_-].*", "", text).replace("-", "+").replace("_", "/")
    text = text[: len(text) // 4 * 4] if len(text) % 4 == 1 else text
    try:
        return (
            base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace").rstrip("�")
        )
    except (binascii.Error, ValueError):
        return ""


def _find_record_url(text: str) -> str:
    """The address in a JSON record, one level of records inside it included."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    for _ in range(3):
        if not isinstance(record, dict):
            return ""
        for key in _RECORD_KEYS:
            value = record.get(key)
            if isinstance(value, str) and re.match(r"https?://", value):
                return value
        inner = next(
            (record[key] for key in _RECORD_KEYS if isinstance(record.get(key), dict | str)), None
        )
        if isinstance(inner, str):
            try:
                inner = json.loads(inner)
            except (ValueError, RecursionError):
                return ""
        record = inner
    return ""


def _unwrap_postmark(url: str) -> str:
    match = re.match(r"https?://click\.pstmrk\.it/(\d)(s?)/([^/]+)/", url)
    return f"http{match[2]}://{unquote(match[3])}" if match else ""


def _unwrap_sophos(url: str) -> str:
    if not extract_host(url).endswith("protection.sophos.com"):
        return ""
    return _decode_base64(dict(parse_qsl(urlsplit(url).query)).get("u", ""))


_UNWRAPPERS: tuple[Callable[[str], str], ...] = (
    _unwrap_proofpoint, _unwrap_postmark, _unwrap_sophos, _unwrap_parameter, _unwrap_unknown_host, _unwrap_encoded_path,
)  # fmt: skip


def _resolve_alias(url: str) -> str:
    """The publisher's own address where a platform's second address names it."""
    match = re.match(r"https://open\.substack\.com/pub/([a-z0-9-]+)/p/([^/?#]+)", url)
    return f"https://{match[1]}.substack.com/p/{match[2]}" if match else url
