"""A paper of a few bytes, for tests of what is around it: drawing a real one takes seconds."""

from __future__ import annotations

from digest.model.edition import Edition


def draw_no_paper(edition: Edition, *_: object) -> tuple[bytes, tuple[str, ...]]:
    """Stand in for digest.render.pdf.render_and_check_pdf: the bytes, and no fault."""
    return b"%PDF-1.7 " + edition.quarter.encode() * 5000, ()
