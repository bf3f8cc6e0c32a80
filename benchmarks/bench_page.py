"""What views and actions of the team's page cost: `python benchmarks/bench_page.py [STORIES]`.

The page of a quarter of so many stories (default 2,000) is asked in this process, without a network. The baseline of
each view and action is the same one over a tenth of the stories, in the same run: a ratio of ten says that the cost
grows with the stories, one that it does not. Processor time, the best of four. bench_review.py measures the real
server.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.testclient import TestClient

from digest.review.guard import make_csrf_token
from tests.factories.review import HOST, TOKEN, Backstage, desk, page, story

ROUNDS = 4
SIGN = {"X-Digest": make_csrf_token(TOKEN)}


def best(act: Callable[[int], object]) -> float:
    times = []
    for n in range(ROUNDS):
        started = time.process_time()
        act(n)
        times.append(time.process_time() - started)
    return min(times)


def measure(count: int) -> dict[str, float]:
    """Seconds of each view and action over so many stories, some of them dropped before."""
    with TemporaryDirectory() as name:
        made = desk(Path(name), [story(n, relevant=n % 3 == 0) for n in range(count)], limit=60)
        client = TestClient(page(made, Backstage(Path(name))), base_url=f"http://{HOST}")
        client.get(f"/?token={TOKEN}").raise_for_status()

        def do(action: str, story_id: str, **form: str) -> None:
            answer = client.post(f"/do/{action}", data={"story": story_id, **form}, headers=SIGN)
            answer.raise_for_status()

        ids = [one.story.id for one in made.decision.chosen]
        for one in ids[:20]:
            do("drop", one, reason="x")
        acts: dict[str, Callable[[int], object]] = {
            "first view": lambda _: client.get("/"),
            "search all": lambda _: client.get("/tray?f-view=everything&f-words=halcyra"),
            "keep": lambda n: do("keep", ids[20 + n]),
            "tags": lambda n: do("tags", ids[25 + n], **{"ai": "core", "was-ai": "none"}),
            "words": lambda n: do("words", ids[30 + n], note="why"),
            "merge": lambda n: do("merge", ids[30 + n], other=ids[35 + n]),
        }
        return {what: best(act) for what, act in acts.items()}


def main(count: int) -> None:
    few_stories = max(count // 10, 200)  # as many as the actions need
    many, few = measure(count), measure(few_stories)
    for what, taken in many.items():
        print(
            f"{what}: ratio {taken / few[what]:.1f} ({taken * 1e3:.0f} ms over {count} stories, "
            f"{few[what] * 1e3:.0f} ms over {few_stories})"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
