"""What an AI does, and for what a company uses it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from digest.edition.ai_functions import get_use, list_own_uses, list_uses, read_ai_function
from digest.edition.ai_kinds import read_ai_kind
from digest.edition.ai_uses import find_ai_uses
from digest.model.edition import AI_USES, AiFunction
from digest.model.stack import Product, ProductAi, Relation, RelationKind, Stack
from digest.taxonomy import CATEGORIES
from tests.edition.test_claims import launch, view


@pytest.mark.parametrize(
    ("words", "function"),
    [
        ("Envoy drafts follow-up mails", "writes"),
        ("Envoy lets you generate and edit clips", "makes videos"),
        ("Acme adds image generation to its desk", "makes pictures"),
        ("An agent that answers customers of shops", "answers customers"),
        ("Envoy handles service requests", "answers customers"),
        ("Predicts churn of every customer", "predicts behaviour"),
        ("Acme adds target ROAS bidding to campaigns", "sets bids"),
        ("Agents transform ad workflows", "runs campaigns"),
        ("Envoy finds segments worth a letter", "finds segments"),
        ("An AI detector for articles", "detects"),
        ("Envoy embeds watermarks in what it writes", "marks content"),
        ("The agent closed 61% of 2.3 million chat conversations", "answers customers"),
        ("An agent does the first round of proofing", "checks drafts"),
        ("It completes 71% of the 1,200 tasks", "does tasks"),
        ("Kundenservice mit KI", "answers customers"),
        ("Envoy scrive le lettere", "writes"),
        ("ระบบช่วยตอบลูกค้า", "answers customers"),
        ("Acme brings AI to shops", None),
        ("The model is available", None),
        ("Image of a shop", None),
    ],
)
def test_what_an_ai_does(words: str, function: AiFunction | None) -> None:
    assert read_ai_function(words) == function


def test_the_first_text_that_says_it_decides() -> None:
    texts = ("Acme brings AI to shops", "Envoy writes letters", "Envoy sets bids by bidding")
    assert read_ai_function(*texts) == "writes"


def test_every_function_has_a_use_and_every_use_is_served() -> None:
    """By stack categories that there are."""
    assert {get_use(function) for function in get_args(AiFunction)} <= set(AI_USES)
    served = {use for slug in CATEGORIES for use in list_uses(Product("Acme", (slug,)))}
    assert served == set(AI_USES)


def test_detection_is_a_kind_of_ai() -> None:
    assert read_ai_kind("Acme opens its AI detector") == "detection"


def test_own_ai_in_use_is_read_from_the_stack_file() -> None:
    used = Product("Acme", ("crm",), ai=ProductAi(True, "send time and subject lines"))
    assert list_own_uses(used) == ("journeys", "content")
    assert list_own_uses(replace(used, ai=ProductAi(False, "subject lines"))) == ()
    assert list_own_uses(replace(used, ai=ProductAi(None, "subject lines"))) == ()


def test_what_came_for_a_use() -> None:
    """Of our makers first; what stands in a category that does not serve the use is none."""
    stack = Stack(products=(Product("Acme", ("email-marketing",)),))
    other = launch("Dax drafts letters.", title="Dax writes", vendors=["Dax"],
                   category="content-marketing")  # fmt: skip
    far = launch("Eos drafts letters.", title="Eos writes", vendors=["Eos"], category="seo")
    rows = find_ai_uses(replace(view(other, far), stack=stack))
    assert {row.use: ([one.name for one in row.arrived], row.products) for row in rows} == {
        "journeys": ([], ("Acme",)),
        "content": (["Dax"], ("Acme",)),
    }


def test_what_a_product_of_ours_does_came_for_its_use_wherever_it_is_filed() -> None:
    """A CRM that drafts letters does so for content, too; its maker's search engine does not."""
    stack = Stack(products=(Product("Acme", ("crm",)),))
    one = launch("Acme drafts letters.", title="Acme writes", vendors=["Acme"], category="crm")
    cases: tuple[tuple[RelationKind, list[str]], ...] = (("product", ["Acme"]), ("vendor", []))
    for kind, arrived in cases:
        relations = {one.id: (Relation(kind, ("Acme",), "Acme"),)}
        rows = find_ai_uses(replace(view(one), stack=stack, relations=relations))
        assert [came.name for row in rows for came in row.arrived] == arrived
