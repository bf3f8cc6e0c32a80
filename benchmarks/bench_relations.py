"""How many stories of a replayed quarter are related to a stack as people who read them say.

    python benchmarks/bench_relations.py [--list | --blind]

The stack is ten products that exist, as `digest stack import` writes them out of a list of names:
categories and makers are filled in by the program, and nothing by hand. The items are those of
../shared (private test data) from 1 July to 22 August 2026. tools/labels/relations.jsonl says, by
the address of an item, which relation its story has to somebody who read the texts alone, to which
products, and in `also` what else they would have let stand; a story that is not there has come
since and is counted apart. Four of the six in which the program was wrong when they were read had a
cause that was mended since. `--list` prints every relevant story with its relation.

tools/labels/relations_blind.jsonl was read by others, likewise, and `--blind` scores it, each item
as a story of its own: pairs of a product and a story of the same weeks that is judged not relevant ("pairs"), the
relevant stories of the months before ("before"), and relevant items of other publishers
(../shared/labels/wide.jsonl; "wide", and "wide again", which was read after the causes of the others
had been mended). How a relation is read: what somebody does or makes is about that company, and a
study of it too; what one built with it, plugs into it or compares with it is not. Where nothing of
ours is told, kind and category as labelled decide, by the definitions of digest/decide/relations.py.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.app.decide import build_stack_index, judge_items
from digest.app.stack_import import plan_import, read_spreadsheet
from digest.cluster import cluster_items
from digest.config.stack import parse_stack
from digest.decide.relations import get_closest_relation, relate_stories
from digest.model.stack import Relation, Stack
from digest.model.story import Story
from digest.tag import ItemJudge
from digest.tag.lab import item_from_json
from digest.urls import canonical_url

ROOT = Path(__file__).resolve().parents[1]
ITEMS = ROOT.parent / "shared" / "real" / "items.jsonl"
WIDE = ROOT.parent / "shared" / "labels" / "wide.jsonl"
LABELS = ROOT / "tools" / "labels" / "relations.jsonl"
BLIND = ROOT / "tools" / "labels" / "relations_blind.jsonl"
PRODUCTS = (
    "HubSpot",
    "Salesforce Marketing Cloud",
    "Google Ads",
    "Google Analytics 4",
    "Semrush",
    "Klaviyo",
    "Adobe Experience Manager",
    "ChatGPT Enterprise",
    "WordPress",
    "Mailchimp",
)
FIRST, LAST = "2026-07-01", "2026-08-22"


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """A relevant story with the relation that leads."""

    story: Story
    relation: Relation

    @property
    def urls(self) -> list[str]:
        """The addresses of its items, the lead's first."""
        others = (member.item.url for member in self.story.items)
        return list(dict.fromkeys((self.story.lead.item.url, *others)))


@dataclass(frozen=True, slots=True)
class RelationScore:
    """Stories whose relation is as it was read, those where it is not, those nobody has read.

    `right` are also those which the reader would have let stand, `first` without them.
    `other_products` are of the first: of the same kind, to other products than were read.
    """

    right: Sequence[RelatedStory]
    first: Sequence[RelatedStory]
    wrong: Sequence[tuple[RelatedStory, Mapping[str, object]]]
    unread: Sequence[RelatedStory]
    other_products: Sequence[tuple[RelatedStory, Mapping[str, object]]]

    @property
    def read(self) -> int:
        """How many stories have a label."""
        return len(self.right) + len(self.wrong)


def import_products() -> Stack:
    """Return the stack that the import makes of the names."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "products.csv"
        file.write_text(
            "\n".join(("name,owner", *(f"{name}," for name in PRODUCTS))) + "\n", encoding="utf-8"
        )
        writing = plan_import(read_spreadsheet(file), Path(folder) / "stack.yaml", update=False)
    return parse_stack(writing.text, "stack.yaml").stack


def relate_replayed_quarter() -> list[RelatedStory]:
    """Judge and group the items, and relate their relevant stories to the stack."""
    items = [item_from_json(row, line) for line, row in enumerate(_iter_rows(), 1)]
    stories = cluster_items(judge_items(items, ItemJudge.load()))
    relations = relate_stories(stories, build_stack_index(import_products()))
    return [
        RelatedStory(story, get_closest_relation(relations[story.id]))
        for story in stories
        if story.tags.relevant
    ]


def _iter_rows() -> Iterator[dict[str, str]]:
    with ITEMS.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if FIRST <= (row["published"] or "")[:10] <= LAST:
                names = {"source": "source", "title": "title", "summary": "summary"}
                values = {ours: row[theirs] for ours, theirs in names.items()}
                yield {**values, "text": row["body"], "url": row["url"], "date": row["published"]}


def score_blind() -> dict[str, tuple[int, int, list[str]]]:
    """Return how many of each blind set are right, how many it has, and the addresses of the others."""
    texts = {}
    for file in (WIDE, ITEMS):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            values = {name: row.get(name) or "" for name in ("source", "title", "summary", "url")}
            values["text"] = row.get("body") or row.get("text") or ""
            values["date"] = (row.get("published") or row.get("date") or "")[:10]
            texts[row["id"] if file == WIDE else canonical_url(row["url"])] = values
    labels = [json.loads(line) for line in BLIND.read_text(encoding="utf-8").splitlines()]
    judge, index = ItemJudge.load(), build_stack_index(import_products())
    by_key: dict[str, tuple[Relation, ...]] = {}
    for name in dict.fromkeys(label["set"] for label in labels):  # each is a quarter of its own
        keys = dict.fromkeys(one["item"] for one in labels if one["set"] == name)
        items = [item_from_json(texts[key], number) for number, key in enumerate(keys, 1)]
        stories = [cluster_items([one])[0] for one in judge_items(items, judge)]
        found = relate_stories(stories, index)
        by_key |= {key: found[story.id] for key, story in zip(keys, stories, strict=True)}
    scores: dict[str, tuple[int, int, list[str]]] = {}
    for label in labels:
        relations = by_key[label["item"]]
        kind = get_closest_relation(relations).kind
        if product := label.get("product"):
            kind = next(
                (
                    one.kind
                    for one in relations
                    if one.kind in ("product", "vendor") and product in one.products
                ),
                "none",
            )
        right, read, wrong = scores.get(label["set"], (0, 0, []))
        is_right = kind == label["relation"]
        others = [] if is_right else [f"{label['item']}: is {kind}, read as {label['relation']}"]
        scores[label["set"]] = (right + is_right, read + 1, wrong + others)
    return scores


def score_relations(related: Sequence[RelatedStory]) -> RelationScore:
    """Compare with the labels."""
    labels = {}
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labels[canonical_url(row["url"])] = row
    right, first, wrong, unread, other_products = [], [], [], [], []
    for one in related:
        label = next((labels[url] for url in one.urls if url in labels), None)
        if label is None:
            unread.append(one)
        elif one.relation.kind == label["relation"]:
            right.append(one)
            first.append(one)
            if sorted(one.relation.products) != label["products"]:
                other_products.append((one, label))
        elif one.relation.kind in label.get("also", ()):
            right.append(one)
        else:
            wrong.append((one, label))
    return RelationScore(right, first, wrong, unread, other_products)


def main() -> None:
    """Print the score, and what is wrong or was not read."""
    if "--blind" in sys.argv:
        for name, (right, read, wrong) in score_blind().items():
            print(*wrong, sep="\n")
            print(f"{name}: {right} of {read} right ({right / read:.1%})")
        return
    related = relate_replayed_quarter()
    if "--list" in sys.argv:
        for one in related:
            products = sorted(one.relation.products)
            row = {"url": one.urls[0], "relation": one.relation.kind, "products": products}
            print(json.dumps({**row, "title": one.story.lead.item.title}, ensure_ascii=False))
        return
    score = score_relations(related)
    for one, label in (*score.wrong, *score.other_products):
        print(f"other than read: {one.urls[0]}")
        print(f"    is {one.relation.kind} {sorted(one.relation.products)}: {one.relation.reason}")
        print(f"    was read as {label['relation']} {label['products']}")
    for one in score.unread:
        print(f"unread: {one.urls[0]} is {one.relation.kind} {sorted(one.relation.products)}")
    share = len(score.right) / max(score.read, 1)
    print(
        f"{len(score.right)} of {score.read} right ({share:.1%}), {len(score.first)} as they were read"
        f" first, {len(score.other_products)} of these with other products, {len(score.unread)} unread"
    )


if __name__ == "__main__":
    main()
