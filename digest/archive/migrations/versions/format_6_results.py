"""Format 6: what items were judged to be, what was made of quarters, and indexes for many items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Create tables and indexes, unless an earlier migration was killed after creating them."""
    op.create_table(
        "judgements",
        sa.Column("item", sa.String, primary_key=True),
        sa.Column("judge", sa.String, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("judgement", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "results",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("result", sa.String, nullable=False),
        if_not_exists=True,
    )
    for table, columns in (
        ("items", ["source", "at"]),
        ("items", ["link"]),
        ("items", ["first_seen"]),
        ("attempts", ["at"]),
    ):
        name = f"ix_{table}_{'_'.join(columns)}"
        op.create_index(name, table, columns, if_not_exists=True)
    op.drop_index("ix_items_source", "items", if_exists=True)
    op.drop_index("ix_attempts_source", "attempts", if_exists=True)
