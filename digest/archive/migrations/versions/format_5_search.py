"""Format 5: the index that search reads, filled when the archive is next written or searched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Create the tables of search, unless an earlier migration was killed after creating them."""
    op.create_table(
        "search_entries",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("ref", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("judged", sa.String, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        if_not_exists=True,
    )
    for column in ("ref", "judged"):
        name = f"ix_search_entries_{column}"
        op.create_index(name, "search_entries", [column], if_not_exists=True)
    op.create_table(
        "search_labels",
        sa.Column("label", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(title, body, content='', "
        "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")"
    )
