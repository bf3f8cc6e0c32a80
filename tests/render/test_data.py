"""edition.json: complete, stable, and as its schema says."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from digest.model.sections import LATE_SECTION, STORY_SECTIONS
from digest.render.edition_json import (
    SCHEMA_FILE,
    build_edition_schema,
    edition_to_dict,
    edition_to_json,
)
from tests.factories import editions

SCHEMA = build_edition_schema()
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
GOLDEN = Path(__file__).parents[1] / "golden"


def test_the_schema_is_one():
    """By the schema of schemas."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["edition", "thin", "empty", "hostile"])
def test_fits_its_schema(name):
    """Whatever an edition holds, its data is what the schema says."""
    VALIDATOR.validate(edition_to_dict(getattr(editions, name)()))


def test_every_kind_of_section_fits():
    """Optional sections, too, such as the stories that came too late for the edition before."""
    made = editions.edition()
    sections = tuple(replace(made.sections[0], slug=kind.slug) for kind in STORY_SECTIONS)
    assert LATE_SECTION in {section.slug for section in sections}
    VALIDATOR.validate(edition_to_dict(replace(made, sections=sections)))


def test_the_schema_beside_the_code_is_current():
    """It is generated from the types of the edition: `make generate` writes it."""
    assert json.loads(Path(SCHEMA_FILE).read_text("utf-8")) == SCHEMA


@pytest.mark.parametrize("lost", ["quarter", "sections", "counts", "generated_from"])
def test_the_schema_asks_for_every_field(lost):
    """A field that is missing is a fault, and so is one that nobody knows."""
    data = edition_to_dict(editions.thin())
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({key: value for key, value in data.items() if key != lost})
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(data | {"stranger": 1})


def test_holds_every_story_with_its_reports():
    """Nothing that the briefing tells is missing from its data."""
    made = editions.edition()
    data = json.loads(edition_to_json(made))
    told = [story for section in data["sections"] for story in section["stories"]]
    assert [story["id"] for story in told] == [story.id for story in made.stories]
    assert [len(story["items"]) for story in told] == [len(story.items) for story in made.stories]
    assert data["counts"]["by_category"] == dict(made.counts.by_category)


def test_equal_editions_give_equal_bytes():
    """Two editions made apart are written alike, in UTF-8, with a line end at the end."""
    assert edition_to_json(editions.edition()) == edition_to_json(editions.edition())
    assert "ルーメンリーチ".encode() in edition_to_json(editions.edition())
    assert edition_to_json(editions.edition()).endswith(b"}\n")


def test_is_as_it_was():
    """Other tools read this file: a change of form changes the contract, and this sample."""
    assert edition_to_json(editions.thin()).decode() == (GOLDEN / "edition-thin.json").read_text(
        encoding="utf-8"
    )


def test_a_lone_surrogate_is_no_crash():
    """Text that cannot be UTF-8 is written with a mark in its place."""
    assert b"lone ?" in edition_to_json(editions.hostile())
