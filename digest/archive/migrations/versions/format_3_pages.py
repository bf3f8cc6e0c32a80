"""Format 3: the full texts of articles, and the requests for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Create the table of pages, unless an earlier migration was killed after creating it."""
    op.create_table(
        "pages",
        sa.Column("url", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("not_before", sa.String),
        sa.Column("text", sa.String, nullable=False),
        if_not_exists=True,
    )
