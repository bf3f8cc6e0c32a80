"""What a real model's vote adds to the gate: `python benchmarks/bench_votes.py FILE.jsonl MODEL.gguf VOTES.jsonl [ROWS]`.

Rows are those of `bench_ground.py`. Of ROWS of them, drawn by the hash of their ids, those that the rules pass are put to
the model with the shipped question: title, summary and the sentences of the text that are most about the same. The
shipped sentences are asked first, and give the threshold as `digest model test --votes` does. Every vote is kept in
VOTES.jsonl at once, so that a run that is stopped goes on where it was, and nothing is asked twice.
The model is served by `xllamacpp` on loopback; THREADS (1) and PORT say how. Printed are the shares that issue 17 asks
for with rules alone and with both.
"""

import argparse
import hashlib
import json
import math
import os
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

from digest.app.ground import _read_row
from digest.app.model_trial import _measure_votes
from digest.ground import GroundItem, check_sentence
from digest.ground.claim import score_overlap
from digest.ground.passages import read_item, read_passage
from digest.ground.script import detect_language, normalize_source
from digest.language_model.prompts import fill_prompt
from digest.language_model.protocol import Question, build_request, read_completion
from digest.language_model.writer import (
    VOTE,
    DraftRequest,
    DraftSource,
    build_vote,
    load_vote_sentences,
)
from digest.model.drafts import DraftSentence

LIKEST = 5  # sentences of a text that the model is shown beside title and summary
CONTEXT = 4096


def main(file: Path, model: Path, kept: Path, count: int, *, ask: bool) -> None:
    """Ask what is not yet asked, and print the figures."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    rows.sort(key=lambda row: hashlib.sha256(str(row["id"]).encode()).digest())
    drawn = rows[:count]
    votes = {one["key"]: one["vote"] for one in _read_lines(kept)}
    judged = [(row, *_judge(row)) for row in drawn]
    questions = {f"shipped {n}": one for n, one in enumerate(_list_shipped())}
    questions |= {
        str(row["id"]): _ask_of(row, sentence, cited)
        for row, passes, sentence, cited in judged
        if passes
    }
    waiting = {key: one for key, one in questions.items() if key not in votes}
    if waiting and ask:
        server, address = _serve(model)
        with kept.open("a", encoding="utf-8") as out:
            for number, (key, question) in enumerate(waiting.items(), 1):
                start = time.monotonic()
                votes[key] = _vote(address, question)
                took = round(time.monotonic() - start, 1)
                line = {"key": key, "vote": votes[key], "seconds": took}
                print(json.dumps(line), file=out, flush=True)
                print(f"{number} of {len(waiting)}: {took} s", file=sys.stderr, flush=True)
        del server
    _report(judged, votes)


def _judge(row: dict) -> tuple[bool, str, list[GroundItem]]:
    sentence, cited, items, lang = _read_row(row, "row")
    return check_sentence(sentence, cited, items, lang).passes, sentence, cited


def _list_shipped() -> Iterator[Question]:
    prompt = fill_prompt(VOTE)
    for row in load_vote_sentences():
        source = DraftSource("s", row["title"], row["text"], row.get("lang", "en"))
        request = DraftRequest("summary", "", "en", (source,), prompt)
        yield build_vote(DraftSentence(row["sentence"], ("s",)), request, prompt)


def _ask_of(row: dict, sentence: str, cited: list[GroundItem]) -> Question:
    prompt = fill_prompt(VOTE)
    sources = tuple(
        DraftSource(one.id, one.title, _excerpt(sentence, one, row["lang"]), one.lang, one.date)
        for one in cited
    )
    request = DraftRequest("summary", "", row["lang"], sources, prompt)
    return build_vote(DraftSentence(sentence, tuple(one.id for one in cited)), request, prompt)


def _excerpt(sentence: str, item: GroundItem, lang: str) -> str:
    """Return the summary and the sentences of the text that are most about a sentence, in order."""
    text = normalize_source(sentence).replace("\n", " ")
    passage = read_passage(text, detect_language(text, lang))
    summary = normalize_source(item.summary)
    rest = [one for one in read_item(item).sentences[1:] if one.text not in summary]
    best = sorted(rest, key=lambda one: -score_overlap(passage, one))[:LIKEST]
    chosen = [one.text[:180] for one in rest if one in best]
    return " ".join([summary[:400], *chosen])


def _serve(model: Path) -> tuple[object, str]:
    import xllamacpp

    threads = int(os.environ.get("THREADS", "1"))
    settings = xllamacpp.CommonParams()
    settings.model.path = str(model)
    settings.n_ctx, settings.n_parallel, settings.port = CONTEXT, 1, 0
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = threads
    settings.hostnames, settings.verbosity = ["127.0.0.1"], -1
    settings.warmup = settings.fit_params = settings.ui = False
    server = xllamacpp.Server(settings)
    return server, server.listening_address


def _vote(address: str, question: Question) -> float | None:
    body = build_request(question, "local")
    request = urllib.request.Request(
        f"{address}/v1/chat/completions", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=600) as answer:
        return read_completion(answer.read()).vote


def _read_lines(path: Path) -> list[dict]:
    return (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )


def _report(judged: Iterable[tuple], votes: dict[str, float | None]) -> None:
    shipped = [
        (row["supported"], votes[f"shipped {n}"])
        for n, row in enumerate(load_vote_sentences())
        if votes.get(f"shipped {n}") is not None
    ]
    trial = _measure_votes(shipped, len(shipped), 0.0)
    print(
        f"shipped: {len(shipped)} votes, AUC {trial.auc}, threshold {trial.threshold}, passes {trial.passes_true}"
    )
    known = []
    for row, passes, _, _ in judged:  # as far as all are asked: the rest would be those refused
        if passes and str(row["id"]) not in votes:
            break
        known.append((row["truth"] == "good", passes, votes.get(str(row["id"]))))
    faulty, good = ([one for one in known if one[0] == is_good] for is_good in (False, True))
    print(
        f"{len(known)} rows ({len(good)} good), {sum(vote is not None for _, _, vote in known)} voted on"
    )
    asked = [(is_good, vote) for is_good, passes, vote in known if passes]
    print(f"AUC of the vote on what the rules pass: {_measure_votes(asked, len(asked), 0.0).auc}")
    print("                 caught of all faulty   good withheld")
    print(
        f"rules alone      {_share(not p for _, p, _ in faulty)}   {_share(not p for _, p, _ in good)}"
    )
    for threshold in sorted({trial.threshold or 0.0, *(half / 2 for half in range(-6, 9))}):
        mark = "  <- shipped" if threshold == trial.threshold else ""
        caught, withheld = (
            _share(
                not passes or (vote if vote is not None else -math.inf) < threshold
                for _, passes, vote in group
            )
            for group in (faulty, good)
        )
        print(f"and vote {threshold:+7.2f} {caught}   {withheld}{mark}")


def _share(values: Iterable[bool]) -> str:
    every = list(values)
    return f"{sum(every):4} of {len(every):4} = {sum(every) / max(len(every), 1):.3f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("votes", type=Path)
    parser.add_argument("rows", type=int, nargs="?", default=240)
    parser.add_argument("--report", action="store_true", help="ask nothing more")
    given = parser.parse_args()
    main(given.file, given.model, given.votes, given.rows, ask=not given.report)
