"""The stack's pages on paper: drawn without a warning, bookmarked, no link that leads nowhere."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pikepdf
import pytest

from digest.app import compose, decide
from digest.archive import Archive
from digest.decide.relations import relate_stories
from digest.model.edition import EditionSettings, Provenance
from digest.rank import SelectionLimits, select_stories
from digest.render.pdf import render_pdf
from tests.cli.test_stack import Nothing
from tests.factories.sample import decision, stack


@pytest.mark.whole
def test_the_pages_are_on_paper() -> None:
    """Each page has its bookmark; stories that the paper dropped are linked to at their source."""
    lens = decide.build_stack_index(replace(stack(), products=stack().products[:3]))
    ranked = decision().ranked[:6]
    relations = relate_stories([one.story for one in ranked], lens)
    few = replace(
        decision(),
        ranked=ranked,
        chosen=select_stories(ranked, SelectionLimits(stories=3)).chosen,
        relations=relations,
    )
    settings = EditionSettings(
        as_of=datetime(2026, 10, 1, tzinfo=UTC),
        language="en",
        title="Sample",
        organisation="Fossgate",
        generated_from=Provenance("0", "x"),
        sample=True,
    )
    made = compose.assemble_edition(
        few,
        cast(Archive, Nothing()),
        (),
        settings,
        before=None,
        quality={},
        ours=compose.StackContext(lens, None),
    )
    with pikepdf.open(io.BytesIO(render_pdf(made))) as paper, paper.open_outline() as outline:
        (title,) = outline.root
        names = [item.title for item in title.children]
    assert {"Our stack", "What vendors promised", "Review agenda"} <= set(names)
    assert names.index("Our stack") < names.index("Review agenda")
    # A radar of few blips, none of which the team placed, stands on the page alone.
    assert "Radar" not in names
    assert made.radar
    assert len(made.radar.blips) < 8
