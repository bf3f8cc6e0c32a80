"""How far the readers agree with the test suites of other projects.

    PYTHONPATH=. python benchmarks/bench_suites.py FOLDER [SUITE ...] [--misses]

FOLDER holds the repositories, each under its own name (feedparser, gofeed, feed-rs, miniflux,
protego, robotstxt, lingua, htmldate, readability, zyte); what is missing is left out. Their files
are no part of this repository. `--misses` prints every case that differs. A difference is not
always a fault: see docs/decisions.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
import sys
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from digest.errors import ParseError
from digest.fetch.read.article import MAX_TEXT, find_paragraphs, read_article
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import parse_date
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.pages import read_page
from digest.fetch.read.robots import parse_robots
from digest.model.retrieved import ParsedFeed
from digest.tag.language import detect_language
from digest.text import html_to_text

_URL = "https://feed.example/feed"
_Case = tuple[str, bool, str]  # part of the suite, agrees, what differs
_LANGUAGES = ("en", "it", "th", "de", "fr", "es", "zh", "ja", "pt", "nl")
_SENTENCES = 200  # of each language
_SAME_DAY = 10  # characters of an ISO date


def main() -> None:
    """Print agree/total of every suite that is there."""
    warnings.simplefilter("ignore")
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if not arguments:
        raise SystemExit(__doc__)
    folder, wanted = Path(arguments[0]), set(arguments[1:])
    for name, (place, run) in _SUITES.items():
        if not (folder / place).is_dir() or (wanted and name not in wanted):
            continue
        agree: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for part, is_same, difference in run(folder / place):
            total[part] += 1
            agree[part] += is_same
            if not is_same and "--misses" in sys.argv:
                print(f"    {part}: {difference}")
        parts = ", ".join(f"{part} {agree[part]}/{total[part]}" for part in total)
        print(f"{name:20} {sum(agree.values())}/{sum(total.values())}  ({parts})", flush=True)


# ---------------------------------------------------------------- dates and languages


def compare_miniflux_dates(folder: Path) -> Iterator[_Case]:
    """Yield the dates of miniflux' list, alone and in a feed, and its exact instants."""
    source = (folder / "internal/reader/date/parser_test.go").read_text("utf-8")
    listed = source[source.index("dates := []string{") : source.index("for _, date := range dates")]
    for literal in re.findall(r'"((?:[^"\\]|\\.)*)",', listed):
        text = str(ast.literal_eval(f'"{literal}"'))
        yield "alone", parse_date(text) is not None, repr(text)
        yield "in a feed", _read_feed_date(text) is not None, repr(text)
    exact = r'date, err := Parse\("([^"]+)"\)\s+if err != nil.{1,300}?expectedTS := int64\((\d+)\)'
    for text, stamp in re.findall(exact, source, re.DOTALL):
        expected = datetime.fromtimestamp(int(stamp), UTC)
        found = parse_date(text)
        yield "exact", found == expected, f"{text!r}: {found}, not {expected}"


def compare_feedparser_dates(folder: Path) -> Iterator[_Case]:
    """Yield the rows of feedparser's date tests that name a day and not only a year or month."""
    tree = ast.parse((folder / "tests/test_date_parsers.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Tuple) or len(node.elts) != 3:
            continue
        name, text, expected = node.elts
        if not isinstance(name, ast.Name) or not isinstance(text, ast.Constant) or not text.value:
            continue
        found = parse_date(str(text.value))
        if isinstance(expected, ast.Constant):
            yield name.id, found is None, f"{text.value!r}: {found}, not None"
        elif isinstance(expected, ast.Tuple):
            parts = ast.literal_eval(expected)
            is_same = found is not None and found.timetuple()[:6] == parts[:6]
            yield name.id, is_same, f"{text.value!r}: {found}, not {parts[:6]}"


def _read_feed_date(stated: str) -> datetime | None:
    item = f"<item><title>A</title><pubDate>{stated}</pubDate></item>"
    feed = f'<rss version="2.0"><channel>{item}</channel></rss>'
    return parse_feed(feed.encode(), "", _URL).entries[0].published


def compare_languages(folder: Path) -> Iterator[_Case]:
    """Yield lingua's sentences, whole and cut to the length of short titles."""
    for language in _LANGUAGES:
        path = next(folder.rglob(f"language-testdata/sentences/{language}.txt"))
        for line in path.read_text("utf-8").splitlines()[:_SENTENCES]:
            for part, text in (("whole", line), ("60", line[:60]), ("40", line[:40])):
                found = detect_language(text)
                yield part, found == language, f"{language} as {found}: {text}"
            found = detect_language(line[:60], stated="en")
            yield "60, said to be en", found == language, f"{language} as {found}: {line[:60]}"


# ---------------------------------------------------------------- robots.txt


class _Protego:
    """Protego's interface over our reader, as far as its tests use it."""

    def __init__(self, content: str) -> None:
        self._body = content.encode()
        self.preferred_host = None

    @classmethod
    def parse(cls, content: str) -> _Protego:
        if not isinstance(content, str):
            raise ValueError(content)
        return cls(content)

    @property
    def sitemaps(self) -> Iterator[str]:
        return iter(parse_robots(self._body, _URL, "*").sitemaps)

    def can_fetch(self, url: str, agent: str) -> bool:
        return parse_robots(self._body, _URL, agent).allows_url(url)

    def crawl_delay(self, agent: str) -> float | None:
        return getattr(parse_robots(self._body, _URL, agent), "crawl_delay", None)


def compare_protego(folder: Path) -> Iterator[_Case]:
    """Yield protego's own tests, run with our reader in its place."""
    import pytest

    fake, private = types.ModuleType("protego"), types.ModuleType("protego._utils")
    fake.__dict__["Protego"] = _Protego
    private.__dict__["_parse_time_period"] = lambda *_: None
    sys.modules |= {"protego": fake, "protego._utils": private}
    cases: list[_Case] = []

    class Recorder:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.when == "call":
                reason = str(report.longrepr or "").strip().splitlines()[-1:]
                name = report.nodeid.rpartition("::")[2]
                cases.append(("tests", report.passed, f"{name} {' '.join(reason)}"))

    tests = str(folder / "tests/test_protego.py")
    options = ["-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", "-n0"]
    output, sys.stdout = sys.stdout, Path("/dev/null").open("w")  # noqa: SIM115 (given back below)
    try:
        pytest.main([*options, "--rootdir", str(folder), tests], plugins=[Recorder()])
    finally:
        sys.stdout = output
    yield from cases


_CXX_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CXX_VARIABLE = re.compile(
    r"(?:const absl::string_view|(?:const )?std::string|static const char)\s+(\w+)(?:\[\])?\s*=\s*"
    r"(?:absl::StrCat\()?"
    r'((?:"(?:[^"\\]|\\.)*"\s*,?\s*)+)\)?;'
    r"|EXPECT_(TRUE|FALSE)\(\s*IsUserAgentAllowed\(([^;]+?)\)\s*\);"
)


def compare_google_robots(folder: Path) -> Iterator[_Case]:
    """Yield the decisions that Google's test of its robots.txt parser expects."""
    source = (folder / "robots_test.cc").read_text("utf-8")
    source = re.sub(r"(?m)^\s*//.*$|//[^\"\n]*$", "", source)
    # one test builds its lines in loops
    source = re.sub(r"TEST\(\w+, GoogleOnly_LineTooLong\).*?\n}\n", "", source, flags=re.DOTALL)
    texts: dict[str, str] = {}
    for match in _CXX_VARIABLE.finditer(source):
        if match[1]:
            texts[match[1]] = _join_cxx_strings(match[2])
            continue
        arguments = re.findall(r'(?:"(?:[^"\\]|\\.)*"\s*)+|[\w:]+', match[4])
        values = [
            _join_cxx_strings(each) if each.startswith('"') else texts.get(each)
            for each in arguments
        ]
        if len(values) != 3 or None in values:
            continue
        robots, agent, url = (value or "" for value in values)
        found = parse_robots(robots.encode("latin-1", "replace"), _URL, agent).allows_url(url)
        yield "decisions", found is (match[3] == "TRUE"), f"{robots!r} {agent} {url}: {found}"


def _join_cxx_strings(literals: str) -> str:
    joined = "".join(_CXX_STRING.findall(literals))
    return joined.encode("utf-8").decode("unicode_escape")


# ---------------------------------------------------------------- pages


def compare_page_dates(folder: Path) -> Iterator[_Case]:
    """Yield every fourth page of htmldate's evaluation: right day, wrong day or none."""
    tests = folder / "tests"
    pages: dict[str, dict[str, str]] = {}
    for name in ("eval_mediacloud_2020.json", "eval_default.json"):
        pages |= json.loads((tests / name).read_text("utf-8"))
    found: Counter[str] = Counter()
    for url, row in list(pages.items())[::4]:
        path = next(each / row["file"] for each in map(tests.joinpath, ("test_set", "cache", "eval"))
                    if (each / row["file"]).is_file())  # fmt: skip
        try:
            entry = read_page(path.read_bytes(), "text/html", url)
            day = entry.published.isoformat()[:_SAME_DAY] if entry.published else ""
        except ParseError as error:
            day = error.message
        is_same = day == row["date"]
        found["right" if is_same else "wrong" if day[:1].isdigit() else "none"] += 1
        yield "pages", is_same, f"{row['file']}: {day}, not {row['date']}"
    print(f"    {dict(found)}")


def compare_readability(folder: Path) -> Iterator[_Case]:
    """Yield readability's pages: whether the text found shares 90 % of its words (F1)."""
    for path in sorted((folder / "test/test-pages").iterdir()):
        stated = json.loads((path / "expected-metadata.json").read_text("utf-8"))
        expected = html_to_text((path / "expected.html").read_text("utf-8"))
        yield _compare_text(
            (path / "source.html").read_bytes(), stated.get("title") or "", expected, path.name
        )
    _print_text_score()


def compare_zyte(folder: Path) -> Iterator[_Case]:
    """Yield the pages of Zyte's benchmark, as for readability."""
    pages = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    for name, row in list(pages.items())[::3]:
        body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        title = re.search(rb"<title[^>]*>([^<]*)", body)
        yield _compare_text(
            body, title[1].decode("utf-8", "replace") if title else "", row["articleBody"], name
        )
    _print_text_score()


# ours, what we found before any was refused, and trafilatura's as it is called by default
_SCORES: list[tuple[float, float, float]] = []
_PAGES: list[tuple[str, bytes]] = []  # title and page: each title is wrong for the next pages
_WRONG = 1  # wrong titles tried on each page


def _compare_text(body: bytes, title: str, expected: str, name: str) -> _Case:
    import trafilatura

    url = "https://site.example/story"
    try:
        text, reason = read_article(body, "text/html", url, url, title), ""
    except ParseError as error:
        text, reason = "", error.message
    # what is kept ends at a bound, so the expectation does too
    expected = expected[: max(len(text), MAX_TEXT)]
    page = decode_body(body, "text/html")[0]
    peer = (trafilatura.extract(page) or "")[:MAX_TEXT]
    found = text or "\n".join(find_paragraphs(page, title)[0])[:MAX_TEXT]
    score = _score_words(text, expected)
    _SCORES.append((score, _score_words(found, expected), _score_words(peer, expected)))
    _PAGES.append((title, body))
    return "F1 >= .9", score >= 0.9, f"{name}: {score:.2f} {reason}"


def _score_words(text: str, expected: str) -> float:
    """Return the F1 of the words of a text."""
    found, wanted = _count_words(text), _count_words(expected)
    shared = sum((found & wanted).values())
    return 2 * shared / (sum(found.values()) + sum(wanted.values())) if found else 0.0


def _print_text_score() -> None:
    """Print the mean F1 beside the library's, of given pages and of all; and wrong pages taken."""
    given = [scores for scores in _SCORES if scores[0]]
    for scores, words in ((given, f"given {len(given)}/{len(_SCORES)}"), (_SCORES, "over all")):
        if scores:
            means = (sum(column) / len(scores) for column in zip(*scores, strict=True))
            ours, found, peer = means
            print(f"    {words}: F1 {ours:.3f}, none refused {found:.3f}, "
                  f"trafilatura's default {peer:.3f}")  # fmt: skip
    taken = tried = 0
    for at, (_, body) in enumerate(_PAGES):
        for step in range(1, _WRONG + 1):
            title = _PAGES[(at + step * 11) % len(_PAGES)][0]
            if title and title != _PAGES[at][0]:
                tried, taken = tried + 1, taken + _is_taken(body, title)
    print(f"    taken for the article of another title: {taken} of {tried}")
    _SCORES.clear()
    _PAGES.clear()


def _is_taken(body: bytes, title: str) -> bool:
    url = "https://site.example/story"
    try:
        return bool(read_article(body, "text/html", url, url, title))
    except ParseError:
        return False


def _count_words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


# ---------------------------------------------------------------- feeds


_Read = Callable[[ParsedFeed, int], object]
_FIELDS: dict[str, _Read] = {
    "title": lambda feed, n: feed.entries[n].title,
    "link": lambda feed, n: feed.entries[n].link,
    "author": lambda feed, n: ", ".join(feed.entries[n].authors),
    "summary": lambda feed, n: feed.entries[n].summary or feed.entries[n].text,
    "description": lambda feed, n: feed.entries[n].summary or feed.entries[n].text,
    "content": lambda feed, n: feed.entries[n].text or feed.entries[n].summary,
    "feed title": lambda feed, _: feed.title,
}
_EXPECT = re.compile(
    r"^Expect:\s*(?:not bozo and )?(?:(entries)\[0\]|(feed))\[?\.?u?'?(\w+)'?\]?"
    r"(?:\[0\]\[u?'value'\]|\[0\]\.value)? == u?(['\"].*['\"])\s*$",
    re.MULTILINE,
)


def compare_feedparser(folder: Path) -> Iterator[_Case]:
    """Yield what feedparser's own files expect of an entry's or a feed's field."""
    for path in sorted((folder / "tests").glob("*formed/**/*.xml")):
        body = path.read_bytes()
        match = _EXPECT.search(body.decode("utf-8", "replace"))
        field = match and f"{'feed ' if match[2] else ''}{match[3]}"
        if match is None or field not in _FIELDS:
            continue
        try:
            expected = str(ast.literal_eval(match[4]))
        except (SyntaxError, ValueError):
            continue
        yield _compare_field(str(field), body, expected, path.stem)


def compare_gofeed(folder: Path) -> Iterator[_Case]:
    """Yield the fields that gofeed's translator tests expect."""
    for path in sorted((folder / "testdata/translator").glob("*/*.json")):
        source = next(path.parent.glob(f"{path.stem}.[xa]*"), None)
        if source is None:
            continue
        stated = json.loads(path.read_text("utf-8"))
        body = source.read_bytes()
        if stated.get("title"):
            yield _compare_field("feed title", body, stated["title"], path.stem)
        for item in stated.get("items", ())[:1]:
            names = [person.get("name") for person in item.get("authors", ())]
            expected = {**item, "author": ", ".join(filter(None, names))}
            for field in ("title", "link", "author", "description", "content"):
                if expected.get(field):
                    yield _compare_field(field, body, expected[field], path.stem)
            if item.get("publishedParsed"):
                day = str(_find_date(body))[:_SAME_DAY]
                yield "date", day == item["publishedParsed"][:_SAME_DAY], f"{path.stem}: {day}"


def compare_feed_rs(folder: Path) -> Iterator[_Case]:
    """Yield feed-rs' real feeds against feedparser with its own cleaning."""
    import feedparser

    for path in sorted((folder / "feed-rs/fixture").glob("*/*.xml")):
        body = path.read_bytes()
        known = feedparser.parse(body, response_headers={"content-location": _URL})
        try:
            feed = parse_feed(body, "", _URL)
        except ParseError:
            yield "read", not known.entries, path.name
            continue
        yield "entries", len(feed.entries) == len(known.entries), path.name
        for ours, raw in zip(feed.entries, known.entries, strict=False):
            title = _loosen(raw.get("title", ""))
            yield (
                "title",
                _loosen(ours.title) == title,
                f"{path.name}: {ours.title!r}, not {title!r}",
            )
            parts = raw.get("published_parsed") or raw.get("updated_parsed")
            if parts:
                stated = ours.published or datetime.min.replace(tzinfo=UTC)
                is_same = stated.timetuple()[:5] == tuple(parts)[:5]
                yield "date", is_same, f"{path.name}: {stated}, not {tuple(parts)[:5]}"


def _compare_field(field: str, body: bytes, expected: str, name: str) -> _Case:
    if field not in ("title", "link"):
        body = _add_title(body)
    try:
        feed = parse_feed(body, "", _URL)
        found = str(_FIELDS[field](feed, 0))
    except (ParseError, IndexError) as error:
        found = f"({type(error).__name__})"
    if field == "link":
        return (
            field,
            found.rstrip("/") == expected.rstrip("/"),
            f"{name}: {found!r}, not {expected!r}",
        )
    return field, _loosen(expected) == _loosen(found), f"{name}: {found!r}, not {expected!r}"


def _add_title(body: bytes) -> bytes:
    """Return a feed whose first entries have a title: without title, link and text they are none."""
    return re.sub(rb"(?=</(?:item|entry)>)", b"<title>Injected</title>", body)


def _find_date(body: bytes) -> datetime | None:
    try:
        entries = parse_feed(_add_title(body), "", _URL).entries
    except ParseError:
        return None
    return entries[0].published if entries else None


def _loosen(text: str) -> str:
    """Return letters and digits of a text that may be markup."""
    return "".join(re.findall(r"\w", html_to_text(html_to_text(text)).lower()))


_SUITES: dict[str, tuple[str, Callable[[Path], Iterable[_Case]]]] = {
    "miniflux dates": ("miniflux", compare_miniflux_dates),
    "feedparser dates": ("feedparser", compare_feedparser_dates),
    "lingua": ("lingua", compare_languages),
    "protego": ("protego", compare_protego),
    "google robotstxt": ("robotstxt", compare_google_robots),
    "htmldate": ("htmldate", compare_page_dates),
    "readability": ("readability", compare_readability),
    "zyte": ("zyte", compare_zyte),
    "feedparser": ("feedparser", compare_feedparser),
    "gofeed": ("gofeed", compare_gofeed),
    "feed-rs": ("feed-rs", compare_feed_rs),
}

if __name__ == "__main__":
    main()
