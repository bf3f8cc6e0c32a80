"""Format 7: the text of pages that are watched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Create the table of watched pages, unless a migration was killed after creating it."""
    op.create_table(
        "watched_pages",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("at", sa.String, primary_key=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        if_not_exists=True,
    )
