"""Articles out of pages of our own writing: what is picked, and what is refused and why."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import digest
from digest.errors import ParseError
from digest.fetch.read import isolated
from digest.fetch.read.article import MAX_TEXT, read_article
from digest.fetch.read.article_worker import ArticleReader
from digest.model.retrieved import Retrieved, Validators
from tests.factories.examples import try_examples
from tests.factories.items import NOW
from tests.fetch import articles

URL = "https://trade-weekly.example/2026/08/northvale-hub"


def read(
    page: str | bytes, title: str = articles.TITLE, content_type: str = "text/html", url: str = URL
) -> str:
    body = page if isinstance(page, bytes) else page.encode()
    return read_article(body, content_type, URL, url, title)


def test_an_article_is_picked_out_of_its_page() -> None:
    """Its paragraphs, a line each; no menu, banner, teaser or footer."""
    lines = read(articles.page(articles.ARTICLE)).splitlines()
    assert [line for line in lines if line in articles.ARTICLE] == articles.ARTICLE
    assert not [
        line
        for line in lines
        if "cookie" in line or "Section" in line or "reserved" in line or "Read" in line
    ]


@pytest.mark.parametrize(
    ("strict", "usual", "taken"),
    [
        ("whole", "whole", "whole"),
        ("first", "whole", "whole"),
        ("whole", "more", "whole"),
        ("other", "more", "more"),
    ],
)
def test_what_the_strict_mode_cuts_short_is_taken_from_the_usual(
    monkeypatch: pytest.MonkeyPatch, strict: str, usual: str, taken: str
) -> None:
    whole = "\n".join(articles.ARTICLE)
    texts = {
        "whole": whole,
        "first": articles.ARTICLE[0],
        "more": f"{whole}\nA line that stands beside the article and is none of it.",
        "other": "Nothing of what was asked for stands in this text, line after line. " * 40,
    }
    chosen = {True: strict, False: usual}
    monkeypatch.setattr(
        "digest.fetch.read.article._run_trafilatura",
        lambda page, strict: texts[chosen[strict]],
    )
    assert read(articles.page(articles.ARTICLE)) == texts[taken]


CODED = [
    ("the label says latin-1, the bytes are UTF-8", "utf-8", "text/html; charset=iso-8859-1"),
    ("no label, windows-1252", "cp1252", "text/html"),
    ("the header says utf-8, the bytes are windows-1252", "cp1252", "text/html; charset=utf-8"),
    ("UTF-16 with its mark", "utf-16", "text/html"),
]


@pytest.mark.parametrize(("name", "codec", "content_type"), CODED, ids=[row[0] for row in CODED])
def test_a_wrong_charset_does_no_harm(name: str, codec: str, content_type: str) -> None:
    """Letters beyond ASCII come out right."""
    text = read(
        articles.page(articles.ARTICLE, charset="").encode(codec), content_type=content_type
    )
    assert "“a quiet revolution”, said Zoë Müller" in text


def test_a_thai_page() -> None:
    """A script without spaces is text like any other; its title is found in it."""
    text = read(articles.page(articles.THAI, title=articles.THAI_TITLE), title=articles.THAI_TITLE)
    assert articles.THAI[0] in text.splitlines()


KEPT = [
    "A regulator wants every site that asks readers to accept all cookies to let them refuse with one click, too.",
    "The tracker uses cookies to follow a reader from shop to shop, which Northvale says it will end in March.",
    "Shops that subscribe to the larger plan keep their records for two years, Northvale says in its price list.",
]


@pytest.mark.parametrize("sentence", KEPT)
def test_an_article_about_cookies_is_no_banner(sentence: str) -> None:
    """What tells of cookies or of prices stays, and so does an article beside a box that wants readers to sign up."""
    box = "<aside><p>Sign up to keep up with the news. Already a member? Log in.</p></aside>"
    assert (
        sentence in read(articles.page([*articles.ARTICLE[:4], sentence], below=box)).splitlines()
    )


def test_a_long_article_is_cut_between_sentences() -> None:
    """At most MAX_TEXT characters."""
    many = [f"{articles.ARTICLE[0]} This is part {n} of the story." for n in range(100)]
    text = read(articles.page(many))
    assert MAX_TEXT - 300 < len(text) <= MAX_TEXT
    *whole, last = text.splitlines()
    assert set(whole) <= {*many, articles.TITLE}
    assert any(one.startswith(last) for one in many)
    assert last.endswith(".")


def test_a_list_under_its_own_title_is_an_article_where_it_tells_enough() -> None:
    """As the notes of a release do; a page of another name that lists as much is none."""
    told = "".join(f"<p>{line}</p>" for line in articles.ARTICLE)
    short = "".join(f"<li><p>Mended report number {n}, as asked for</p></li>" for n in range(60))
    main = f"<article><h1>{articles.TITLE}</h1>{told}<ul>{short}</ul></article>"
    assert articles.ARTICLE[0] in read(articles.page([], main=main))
    other = main.replace(articles.TITLE, "All our news")
    with pytest.raises(ParseError) as refused:
        read(articles.page([], title="All our news", main=other))
    assert refused.value.kind == "list"


def test_an_article_laid_out_in_a_table_is_read() -> None:
    """A cell a line, without the marks of rows."""
    rows = "".join(f"<tr><td>{line}</td></tr>" for line in articles.ARTICLE)
    lines = read(articles.page([], main=f"<h1>{articles.TITLE}</h1><table>{rows}</table>"))
    assert [line for line in lines.splitlines() if line in articles.ARTICLE] == articles.ARTICLE
    assert "|" not in lines


def test_a_text_without_words_of_the_title_is_the_article_where_the_page_says_so() -> None:
    """An essay may never name its own title; what is short then is refused."""
    title = "Ferry strike ends"
    named = articles.page(articles.OTHER, title=title)
    assert len(read(named, title=title)) > 400
    pitch = articles.page(articles.OTHER[:6], title=title)
    with pytest.raises(ParseError) as told:
        read(pitch, title=title)
    assert told.value.kind == "other-page"


REFUSED = [
    ("paywall stub", articles.page(articles.ARTICLE[:3], below="<p>Subscribe now to continue reading.</p>"), "paywall"),
    ("said to be paid for", articles.page(articles.ARTICLE, head=articles.NOT_FREE), "paywall"),
    ("cookie wall", articles.COOKIE_WALL, "too-short"),
    ("login page", articles.LOGIN, "too-short"),
    ("two sentences", articles.page(articles.ARTICLE[:1]), "too-short"),
    ("list of links", articles.page([], main=articles.LIST), "list too-short"),
    ("another article", articles.page(articles.OTHER, title="Ferry strike ends"), "other-page"),
    ("a script alone", "<!doctype html><body><div id=root></div><script>app()</script></body>", "too-short"),
    ("empty", "", "no-page"),
    ("a PDF", b"%PDF-1.7 \x00\x01", "no-page"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "page", "kinds"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_not_the_article_is_refused(name: str, page: str | bytes, kinds: str) -> None:
    """With the kind of the reason."""
    with pytest.raises(ParseError) as raised:
        read(page)
    assert raised.value.kind in kinds.split()


def test_an_image_and_a_home_page_are_refused() -> None:
    """By what the server says it is, and by where it led."""
    with pytest.raises(ParseError, match="no page"):
        read(articles.page(articles.ARTICLE), content_type="image/png")
    with pytest.raises(ParseError, match="home page"):
        read(articles.page(articles.ARTICLE), url="https://trade-weekly.example/")


@try_examples(40)
@given(
    st.lists(
        st.sampled_from(
            [*"<>/&;\x00\u202e\ud7ff ", "<p>", "</div>", "<script>", "&#0;", *articles.ARTICLE]
        )
    )
)
def test_any_page_gives_clean_text_or_a_reason(pieces: list[str]) -> None:
    """No tag and no control character but the line's end ever comes out."""
    with contextlib.suppress(ParseError):
        text = read("".join(pieces))
        assert all(letter.isprintable() for line in text.split("\n") for letter in line)


# ---------------------------------------------------------------- in a process of its own


def retrieved(body: bytes) -> Retrieved:
    return Retrieved("trade-weekly", URL, URL, 200, body, "text/html", Validators(), NOW)


@pytest.mark.whole
def test_a_page_that_keeps_its_reader_busy_costs_that_page_only() -> None:
    """It is ended, the page before and the page after are read alike."""
    good = retrieved(articles.page(articles.ARTICLE).encode())
    with ArticleReader(seconds=3) as reader:
        assert reader.starts()
        before = reader.extract_article(good, articles.TITLE)
        with pytest.raises(ParseError) as raised:
            reader.extract_article(
                retrieved(b"<p>hello there, this is the world</p>" * 110_000), articles.TITLE
            )
        assert raised.value.kind == "unreadable"
        assert reader.extract_article(good, articles.TITLE) == before == read(good.body)


def test_a_refusal_comes_through_and_the_process_ends() -> None:
    """The reason of the process is that of the function; nothing is left behind."""
    with ArticleReader() as reader:
        with pytest.raises(ParseError, match="too little text") as raised:
            reader.extract_article(retrieved(articles.LOGIN.encode()), articles.TITLE)
        assert raised.value.kind == "too-short"
        process = reader._process
    assert isinstance(process, subprocess.Popen)
    assert process.poll() is not None


def test_without_the_extra_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so, without a traceback."""
    missing = "import sys; sys.modules['trafilatura'] = None\n"
    monkeypatch.setattr(isolated, "_PROGRAM", missing + isolated._PROGRAM)
    with ArticleReader() as reader:
        assert not reader.starts()


def test_the_process_runs_no_module_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `trafilatura.py` in the workspace is a file like any other, and no secret gets there."""
    spoil = "import os, pathlib; pathlib.Path('ran').write_text(str(dict(os.environ)))"
    for name in ("trafilatura", "lxml", "json", "sitecustomize", "digest"):
        (tmp_path / f"{name}.py").write_text(spoil)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SMTP_PASSWORD", "s3cret")
    with ArticleReader() as reader:
        assert reader.starts()
    assert not (tmp_path / "ran").exists()


def test_python_m_digest_runs_no_module_of_the_current_folder(tmp_path: Path) -> None:
    """`python -m digest` in a workspace uses its own libraries."""
    (tmp_path / "feedparser.py").write_text("raise SystemExit('ran')")
    (tmp_path / "sqlalchemy.py").write_text("raise SystemExit('ran')")
    root = str(Path(digest.__file__).parents[1])
    program = [sys.executable, "-m", "digest", "collect", "--workspace", str(tmp_path)]
    done = subprocess.run(
        program, cwd=tmp_path, env=os.environ | {"PYTHONPATH": root}, capture_output=True
    )
    assert b"ran" not in done.stderr
    assert b"there is no sources.yaml" in done.stderr
