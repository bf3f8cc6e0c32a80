"""The gate over invented stories: what may stand stands, each kind of fault is withheld."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from digest.ground import GroundItem, check_sentence

_STORIES = tomllib.loads((Path(__file__).parent / "stories.toml").read_text("utf-8"))
_ITEMS = {
    name: GroundItem(name, story["title"], story["summary"], "", story["lang"], story["date"])
    for name, story in _STORIES.items()
}


def _read_cases():
    for name, story in _STORIES.items():
        for line in story["sentences"].strip().splitlines():
            mark, rest = line.split(" ", 1)
            kind, rest = ("good", rest) if mark == "+" else rest.split(" ", 1)
            lang, sentence = rest.split(" ", 1)
            cites = (name,)
            if sentence.startswith("@"):
                given, sentence = sentence[1:].split(" ", 1)
                cites = tuple(given.split(","))
            yield pytest.param(kind, lang, sentence, cites, id=f"{kind}-{lang}-{sentence[:40]}")


_CASES = list(_read_cases())


@pytest.mark.parametrize(("kind", "lang", "sentence", "cites"), _CASES)
def test_sentence(kind, lang, sentence, cites):
    cited = [_ITEMS[name] for name in cites]
    others = [item for item in _ITEMS.values() if item.id in ("velmora", "fjordlytics", "tarnix")]
    verdict = check_sentence(sentence, cited, [*cited, *others], lang)
    assert verdict.passes == (kind == "good"), verdict.reason
    assert bool(verdict.reason) != verdict.passes


def test_cases_cover_each_kind_and_language():
    kinds = Counter(case.values[0] for case in _CASES)
    languages = Counter(case.values[1] for case in _CASES)
    assert len(_CASES) >= 120
    assert set(kinds) == {
        "good", "number", "unit", "date", "name", "quote", "citation", "other_story", "mix", "who",
        "attribution", "strength", "negation", "direction", "superlative", "scope", "injection",
    }  # fmt: skip
    assert set(languages) == {"en", "it", "de", "fr", "es", "pt", "th", "zh", "ja"}
