"""Feeds that are built to keep their reader busy, each by its name. Nobody's: made here.

Tests ask what becomes of them; `benchmarks/bench_slow_feeds.py` serves them beside a healthy one.
"""

from collections.abc import Callable

ITEM = "<item><title>Acme opens</title><link>https://acme.example/1</link><guid>1</guid></item>"


def build_feed(inside: str, head: str = "") -> bytes:
    """Return an RSS feed with that inside its channel, and attributes of its root."""
    return f'<rss version="2.0"{head}><channel><title>Acme</title>{inside}</channel></rss>'.encode()


def _build_entities(n: int) -> bytes:
    """Return a feed whose title is made of entities that are made of others."""
    levels = max(2, n // 6_000)
    names = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels)]
    head = f'<!DOCTYPE rss [<!ENTITY e0 "lol">{"".join(names)}]>'
    return head.encode() + build_feed(
        f"<item><title>&e{levels - 1};</title></item>" + ITEM * (n // 60)
    )


# Each shape by a count of what is repeated in it.
_SHAPES: dict[str, Callable[[int], bytes]] = {
    "unclosed tags": lambda n: build_feed("<item>" + "<b>" * n + "x</item>"),
    "huge root": lambda n: build_feed(ITEM, " " + " ".join(f"a{i}='{i}'" for i in range(n))),
    "namespaces": lambda n: build_feed(
        ITEM, "".join(f" xmlns:n{i}='https://n{i}.example/'" for i in range(n // 12))
    ),
    "deep nesting": lambda n: build_feed("<div>" * n + ITEM),
    "comments": lambda n: build_feed("<!-- - -->" * n + ITEM),
    "open comments": lambda n: build_feed("<!--" * 2 * n + ITEM),
    "entities": lambda n: _build_entities(n),
    "character references": lambda n: build_feed(f"<item><title>{'&#x41;' * 2 * n}</title></item>"),
    "broken references": lambda n: build_feed(f"<item><title>{'&#;&amp' * n}</title></item>"),
    "long author": lambda n: build_feed(f"<item><author>{'a ' * n}(</author></item>"),
    "many items": lambda n: build_feed(ITEM * (n // 5)),
    "many different items": lambda n: build_feed(
        "".join(ITEM.replace("1<", f"{i}<") for i in range(n // 5))
    ),
    "escaped markup": lambda n: build_feed(
        f"<item><description>{'&lt;p&gt;&lt;a ' * n}</description></item>"
    ),
    "open brackets": lambda n: build_feed("<item><description><![CDATA[" + "<" * 3 * n),
    "open sections": lambda n: build_feed("<item><description>" + "<![CDATA[" * n),
    "doctypes": lambda n: b"<!DOCTYPE rss [" * (n // 4) + build_feed(ITEM),
    "quoted attributes": lambda n: build_feed(f"<item><link href={chr(34) * 2 * n}</item>"),
    "nested lists in text": lambda n: build_feed(
        f"<item><description><![CDATA[{'<ul><li>' * n}]]></description></item>"
    ),
    "white space": lambda n: build_feed(f"<item><title>{' ' * 10 * n}.</title></item>"),
    "dates": lambda n: build_feed(f"<item><pubDate>{'1 ' * 3 * n}Jul</pubDate></item>"),
}
_COUNT = 60_000


def build_slow_feeds(times: int = 1) -> dict[str, bytes]:
    """Return the shapes, about 0.1 to 1 MB each, so many times larger."""
    return {name: build(_COUNT * times) for name, build in _SHAPES.items()}


def build_small_feeds(most: int) -> dict[str, bytes]:
    """Return each shape as large as halving makes it fit into so many bytes."""
    found = {}
    for name, build in _SHAPES.items():
        sizes = (build(_COUNT >> step) for step in range(14))
        found[name] = next(body for body in sizes if len(body) <= most)
    return found


SLOW_FEEDS = build_slow_feeds()
