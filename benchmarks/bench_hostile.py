"""What hostile inputs cost: `python benchmarks/bench_hostile.py [KIND ...]`.

Kinds: feed, letter, "plain letter", yaml, words, robots. Each input is read by its reader, in processor time, the best
of three; the baseline is the same reader on ordinary text, in the same run, reckoned to the same size. A ratio near one
says that size is all that counts; a high one tells of a reader that can be kept busy. Prints the highest first.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from bench_vendors import PROSE

from digest.config.tree import parse_yaml
from digest.errors import DigestError
from digest.fetch.mail.newsletters import parse_newsletter
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.robots import parse_robots
from digest.tag.vendors import Gazetteer
from tests.factories import hostile

ROUNDS = 3
ENOUGH = 2.0  # seconds after which one more round tells nothing new
ORDINARY = 50_000  # characters that give the baseline, by character
SHORTEST = (
    5_000  # characters that a baseline counts at least: what is shorter measures the start only
)
URL = "https://feed.example/"
GAZETTEER = Gazetteer.load()


def read_feed(text: str) -> None:
    parse_feed(text.encode(), "", URL)


def read_letter(body: str, kind: str = "html") -> None:
    head = f"From: a@b.example\nSubject: Letter\nMessage-ID: <1@b.example>\nContent-Type: text/{kind}\n\n"
    parse_newsletter((head + body).encode())


def read_plain(body: str) -> None:
    read_letter(body, "plain")


def read_yaml(text: str) -> None:
    parse_yaml(text.encode(), "f.yaml")


def read_words(words: str) -> None:
    GAZETTEER.find_mentions(words, words, url=URL + words[:1000], source=words)


def read_robots(text: str) -> None:
    rules, _, path = text.rpartition("\n")
    parse_robots(rules.encode(), URL, "digest").allows_url(URL.rstrip("/") + path)


def feed(size: int) -> str:
    item = f"<item><title>One</title><description>{PROSE}</description></item>"
    return f"<rss version='2.0'><channel><title>T</title>{fill(item, size)}</channel></rss>"


def letter(size: int) -> str:
    return fill(f"<h3><a href='{URL}1'>A headline of some words</a></h3><p>{PROSE}</p>", size)


def tree(size: int) -> str:
    return "a:\n" + fill("  - name: Some words of a list\n", size)


def robots(size: int) -> str:
    return f"User-agent: *\n{fill('Disallow: /some/folder/' + chr(10), size)}/other/page"


def prose(size: int) -> str:
    return fill(PROSE, size)


def fill(piece: str, size: int) -> str:
    return piece * (size // len(piece) + 1)


Kind = tuple[Callable[[str], None], Callable[[int], str], Mapping[str, str]]
KINDS: dict[str, Kind] = {
    "feed": (read_feed, feed, hostile.FEEDS),
    "letter": (read_letter, letter, hostile.HTML_LETTERS),
    "plain letter": (read_plain, prose, hostile.PLAIN_LETTERS),
    "yaml": (read_yaml, tree, hostile.YAML),
    "words": (read_words, prose, hostile.WORDS),
    "robots": (read_robots, robots, {"many stars": "\n".join(hostile.ROBOTS)}),
}


def best(read: Callable[[str], None], text: str) -> float:
    """Seconds of processor time; a refusal is an answer too."""
    times: list[float] = []
    while len(times) < ROUNDS and sum(times) < ENOUGH:
        started = time.process_time()
        with suppress(DigestError):
            read(text)
        times.append(time.process_time() - started)
    return min(times)


def main(kinds: list[str]) -> None:
    plain = best(json.loads, json.dumps([PROSE] * 1000))
    print(f"(json.loads of {len(PROSE) * 1000} characters: {plain * 1e3:.2f} ms)")
    for kind in kinds or KINDS:
        read, ordinary, inputs = KINDS[kind]
        a_character = best(read, ordinary(ORDINARY)) / ORDINARY
        rows = []
        for name, text in inputs.items():
            taken, baseline = best(read, text), a_character * max(len(text), SHORTEST)
            rows.append((taken / baseline, name, taken, baseline, len(text)))
        for ratio, name, taken, baseline, size in sorted(rows, reverse=True):
            print(
                f"{kind}: {name}: ratio {ratio:.2f} ({taken * 1e3:.1f} ms against {baseline * 1e3:.1f} ms of an"
                f" ordinary one of {size} characters)"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
