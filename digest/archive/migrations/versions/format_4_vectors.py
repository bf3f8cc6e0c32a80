"""Format 4: what a model of a team's own made of items' words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Create the table of vectors, unless an earlier migration was killed after creating it."""
    op.create_table(
        "vectors",
        sa.Column("item", sa.String, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("model", sa.String, primary_key=True),
        sa.Column("wording", sa.String, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )
