"""Time and memory of clustering on items made up here: `python benchmarks/bench_cluster.py 20000
50000 100000`, with `--languages` in five languages.

Words follow Zipf's law, as in real text; one item in three reports an event that others report too.
In another language a report shares names and figures with the others, and what it is about.
Prints, for each size, seconds, peak memory and how far the grouping agrees with the events.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from digest.cluster import cluster_items
from digest.model.item import Item
from digest.model.tags import TaggedItem, Tags

NEUTRAL = Tags(True, None, (), "none", None, "other", ())
START = datetime(2026, 7, 1, tzinfo=UTC)
SYLLABLES = (
    "ba ce di fo gu ha ke li mo nu pa re si to vu za che dra fli gro pla qui sta tri blo".split()
)


def word(rng: random.Random) -> str:
    """A made-up word."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))


MATTERS = (  # what events are about, in the order of LANGUAGES
    ("ads", "Werbung", "pubblicità", "publicité", "广告"),
    ("watermark", "Wasserzeichen", "filigrana", "filigrane", "水印"),
    ("court", "Gericht", "tribunale", "tribunal", "法院"),
    ("fine", "Bußgeld", "multa", "amende", "罚款"),
    ("price", "Preis", "prezzo", "prix", "价格"),
    ("search", "Suche", "ricerca", "recherche", "搜索"),
    ("privacy", "Datenschutz", "privacy", "vie privée", "隐私"),
    ("outage", "Störung", "guasto", "panne", "宕机"),
    ("children", "Kinder", "minori", "enfants", "儿童"),
    ("subscription", "Abonnement", "abbonamento", "abonnement", "订阅"),
)
LANGUAGES = ("en", "de", "it", "fr", "zh")


def translate(words: list[str], language: str) -> list[str]:
    """Other words, the same for the same ones."""
    return words if language == "en" else [f"{word}{language}" for word in words]


def items(
    count: int, seed: int = 7, languages: tuple[str, ...] = ("en",)
) -> tuple[list[TaggedItem], dict[str, int]]:
    """`count` items of a quarter, and the event of each."""
    rng = random.Random(seed)
    common = sorted({word(rng) for _ in range(9000)})
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(common))))
    names = sorted({word(rng).capitalize() for _ in range(max(2000, count // 5))})
    made, events = [], {}
    event = 0
    while len(made) < count:
        event += 1
        reports = 1 if rng.random() < 0.8 else rng.randint(2, 5)
        who, money = rng.sample(names, 2), f"${rng.randint(3, 900)} million"
        core = rng.choices(common, cum_weights=weights, k=14)
        day = START + timedelta(days=rng.random() * 91)
        about = rng.sample(MATTERS, 2) if len(languages) > 1 else []
        for _ in range(reports):
            language = rng.choice(languages) if len(languages) > 1 else "en"
            told = " ".join(words[LANGUAGES.index(language)] for words in about)
            own = rng.sample(core, 8) + rng.choices(common, cum_weights=weights, k=22)
            rng.shuffle(own)
            own = translate(own, language)
            heading = translate(rng.sample(core, 5), language)
            title = f"{who[0]} {told} {' '.join(heading)} {who[1]}"
            summary = (
                f"{who[0]} said {' '.join(own[:15])} for {money}. {who[1]} {' '.join(own[15:])}."
            )
            when = day + timedelta(hours=rng.random() * 72)
            key, site = f"i{len(made):07}", rng.randint(1, 300)
            url = f"https://site{site}.example/{len(made)}-{'-'.join(own[:4])}"
            item = Item(
                key,
                url,
                url,
                title,
                f"s{site}",
                f"Site {site}",
                "trade",
                when,
                when,
                language,
                summary,
            )
            made.append(TaggedItem(item, NEUTRAL))
            events[key] = event
    return made[:count], events


def main(sizes: list[int], languages: tuple[str, ...]) -> None:
    """Measure each size."""
    for size in sizes:
        made, events = items(size, languages=languages)
        started = time.process_time()
        stories = cluster_items(made)
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pure = sum(len({events[one.item.id] for one in story.items}) == 1 for story in stories)
        whole = defaultdict(set)
        for story in stories:
            for one in story.items:
                whole[events[one.item.id]].add(story.id)
        kept = sum(len(held) == 1 for held in whole.values())
        print(
            f"{size} items: {seconds:.1f} s of CPU, {peak:.0f} MB at most, {len(stories)} stories; "
            f"{pure / len(stories):.3f} of stories tell one event, {kept / len(whole):.3f} of events are one story"
        )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        [int(size) for size in given if size.isdigit()] or [20_000],
        LANGUAGES if "--languages" in given else ("en",),
    )
