"""Format 4: paid answers of a language model, and vectors of items' words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Create both tables, unless an earlier migration was killed after creating them."""
    op.create_table(
        "receipts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("task", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("prompt", sa.String, nullable=False),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("quarter", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("tokens_in", sa.Integer, nullable=False),
        sa.Column("tokens_out", sa.Integer, nullable=False),
        sa.Column("cost", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "vectors",
        sa.Column("item", sa.String, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("model", sa.String, primary_key=True),
        sa.Column("wording", sa.String, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )
    for column in ("content", "quarter"):
        op.create_index(f"ix_receipts_{column}", "receipts", [column], if_not_exists=True)
