"""What rules are about, what their reports list, and whether they bind: made-up stories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from digest.edition.laws import find_article, name_law
from digest.edition.rule_kinds import offers_choice
from digest.edition.rule_subjects import find_subject, list_counted_points
from digest.model.story import Story
from tests.factories.stories import story


def with_text(title: str, text: str, **more: Any) -> Story:
    one = story(title, event="regulation", **more)
    lead = replace(one.lead, item=replace(one.lead.item, text=text))
    return replace(one, items=(lead,), lead=lead)


@pytest.mark.parametrize(
    ("kind", "title", "summary", "subject"),
    [
        ("in force", "AI transparency law has four exemptions", "", "AI law"),
        (
            "law",
            "Parliament passes the Labels Act",
            "It is the first AI regulation there.",
            "AI law",
        ),
        ("pending", "Acme faces suit over books used to train its AI", "", "copyright"),
        ("ruling", "Court dismisses Acme's DMCA claims", "", "copyright"),
        ("coming", "Acme must share data with rivals", "", "competition"),
        ("law", "New consent rules for shops", "", "privacy"),
        ("ruling", "Acme fined 2 million", "It broke the GDPR.", "privacy"),
        ("pending", "Commission finds Acme's apps addictive", "", "other"),
        ("platform", "Acme changes its privacy terms", "", "platform policy"),
        # a law's acronym that is an authority's
        ("ruling", "CCPA fines Acme over a listing", "", "other"),
        (
            "ruling",
            "Acme pays over a CCPA case",
            "The Central Consumer Protection Authority (CCPA) says so.",
            "other",
        ),
        ("ruling", "Acme pays for a breach of the CCPA", "", "privacy"),
        ("ruling", "Acme pays", "The California Consumer Privacy Act (CCPA) asks so.", "privacy"),
        ("pending", "Klage: Sammelt Acme heimlich Daten?", "", "privacy"),
        ("pending", "Acme raccoglie dati dei minori?", "", "privacy"),
        ("law", "KI-Gesetz gilt ab sofort", "", "AI law"),
        ("law", "EU、AI規制法を適用", "", "AI law"),
        ("law", "歐盟《人工智慧法案》正式執法", "", "AI law"),
    ],
)
def test_a_rule_has_one_subject(kind, title, summary, subject):
    """Its headline says more than its summary; a platform's policy is none of law."""
    assert find_subject(kind, story(title, event="regulation", summary=summary)) == subject


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("The Digital Markets Act says so.", "competition"),
        ("The Digital Markets Act and the GDPR say so.", "other"),
        ("The Bees Act says so.", "other"),
    ],
)
def test_the_one_law_that_a_report_names_tells_its_subject(text, subject):
    """Two of different subjects tell none."""
    assert find_subject("law", with_text("What shops have to do", text)) == subject


@pytest.mark.parametrize(
    ("title", "text", "law", "article"),
    [
        ("The AI Act's labels apply", "", "AI Act", ""),
        ("Article 50 of the law has exemptions", "It is a part of the AI Act.", "AI Act", "50"),
        ("AI Act, Artikel 50 und Artikel 53", "", "AI Act", ""),
        ("AI Act and DMA in one year", "", "", ""),
        ("New labels", "x " * 700 + "Read on: the DMA", "", ""),
        ("Colorado's AI Act is put off", "", "", ""),
        ("New labels", "", "", ""),
    ],
)
def test_a_law_is_called_by_its_own_name(title, text, law, article):
    one = with_text(title, text)
    assert (name_law(one), find_article(one)) == (law, article)


@pytest.mark.parametrize(
    ("title", "text", "points"),
    [
        ("Law has three exemptions", "### 1. Art\nx\n### 2. Review\n### 3. Editing", ("Art", "Review", "Editing")),
        ("Law has 2 new duties", "## 1) Labels\n## 2) Records", ("Labels", "Records")),
        ("Law has three exemptions", "### 1. Art\n### 2. Review", ()),
        ("Law has two exemptions", "### 1. Art\n### 2. Review\n### 3. Editing", ()),
        ("Law has exemptions", "### 1. Art\n### 2. Review", ()),
    ],
)  # fmt: skip
def test_what_a_headline_counts_is_listed_where_the_headings_are_as_many(title, text, points):
    """Other headings may be about anything."""
    assert list_counted_points(with_text(title, text)) == points


@pytest.mark.parametrize(
    ("title", "summary", "choice"),
    [
        ("Acme's new opt-in for answers", "A setting comes.", True),
        ("What opting out of Acme's answers means", "A setting comes.", False),
        ("Acme: l’option est activée par défaut", "", False),
        ("Acme lets sites hide from answers", "", True),
        ("Acme's new opt-out", "Opting out is on by default.", False),
        ("Acme requires opt-out forms", "", False),
        ("Acme bans ads for loans", "", False),
    ],
)
def test_a_setting_is_a_choice_unless_it_is_forced(title, summary, choice):
    """What is on by default binds all who do nothing."""
    assert offers_choice(story(title, summary=summary, vendors=["Acme"])) is choice
