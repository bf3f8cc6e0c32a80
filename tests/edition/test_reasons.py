"""Why stories stay out: what the team reads, and what readers do."""

import io
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pytest

from digest.app import build, compose, decide
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.edition import Edition, EditionSettings, Provenance
from digest.model.reasons import LISTED_LABEL, LeftOut, LeftOutReason
from digest.model.sections import SECTION_KINDS
from digest.rank import SelectionLimits, load_default_weights
from digest.render.theme import DocumentTheme
from digest.render.words import LANGUAGES, load_localizer
from tests.cli.test_stack import Nothing
from tests.factories.review import Q3, story

STORIES = tuple(story(n) for n in range(12))
PRIVATE = "the boss cannot stand this vendor"


@pytest.fixture(scope="module")
def decision() -> decide.QuarterDecision:
    """A quarter of which the team dropped one story and switched a section off."""
    lead = STORIES[1].lead.item
    dropped = StoryDecision(url=lead.url, item=lead.id, title=lead.title, drop=PRIVATE)
    return decide.decide_stories(
        Q3,
        STORIES,
        weights=load_default_weights(),
        limits=SelectionLimits(floor=0, consequence_floor=0),
        stack_index=None,
        editorial_decisions=EditorialDecisions((dropped,), off=frozenset({"deals"})),
    )


@pytest.fixture(scope="module")
def edition(decision) -> Edition:
    settings = EditionSettings(
        as_of=Q3.end,
        language="en",
        title="Digest",
        organisation="Acme",
        generated_from=Provenance("0", "x"),
    )
    return compose.assemble_edition(decision, Nothing(), (), settings, before=None, quality={})  # type: ignore[arg-type]


def test_the_team_reads_what_decided(decision):
    """Its own remark, and the section that it switched off."""
    details = {str(reason) for reason in decision.left_out.values()}
    assert f"dropped by the team: {PRIVATE}" in details
    assert "the section deals is switched off" in details


def test_readers_learn_how_many_and_why(edition):
    """In texts that every language has."""
    assert edition.left_out["dropped by the team"] == 1
    assert edition.left_out["its section is switched off"] > 0
    labels = {reason.label for reason in LeftOutReason} | {LISTED_LABEL}
    assert edition.left_out.keys() <= labels
    for language in LANGUAGES[1:]:
        words = load_localizer(language)
        assert not labels & {words.translate(label) for label in labels}


@pytest.mark.whole
@pytest.mark.parametrize(
    "language",
    [LANGUAGES[0], *(pytest.param(one, marks=pytest.mark.real) for one in LANGUAGES[1:])],
)
def test_a_remark_of_the_team_is_in_no_file(edition, language):
    """Neither in page and paper nor in mail and data, nor in what the paper carries with it."""
    made = replace(edition, language=language)
    files = dict(build.render_edition_files(made, DocumentTheme())[0])
    with pikepdf.open(io.BytesIO(files["digest.pdf"])) as paper:
        for name, attached in paper.attachments.items():
            files[f"attached {name}"] = attached.get_file().read_bytes()
    if shutil.which("pdftotext"):
        files["paper's text"] = subprocess.run(
            ["pdftotext", "-", "-"], input=files["digest.pdf"], capture_output=True, check=True
        ).stdout
    assert "edition.json" in files
    for name, content in files.items():
        assert PRIVATE.encode() not in b" ".join(content.split()), name


@pytest.mark.parametrize("slug", [kind.slug for kind in SECTION_KINDS if kind.drops_stories])
def test_what_a_switched_off_section_keeps_out_is_counted(slug):
    """Every section that drops its stories says so by one and the same label."""
    left_out = LeftOut(LeftOutReason.SECTION_OFF, {"section": slug})
    assert str(left_out) == f"the section {slug} is switched off"
    assert left_out.reason.label == "its section is switched off"
