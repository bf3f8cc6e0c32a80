"""Format 1: items with their earlier wordings, and what is remembered of sources."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None

_TABLES: dict[str, tuple[sa.Column[Any], ...]] = {
    "meta": (
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    ),
    "items": (
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("url", sa.String, nullable=False, index=True),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False, index=True),
        sa.Column("source_name", sa.String, nullable=False),
        sa.Column("tier", sa.String, nullable=False),
        sa.Column("published", sa.String),
        sa.Column("first_seen", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False, index=True),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("summary", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("letter", sa.String),
        sa.Column("sponsored", sa.Boolean, nullable=False),
        sa.Column("wording", sa.String, nullable=False),
    ),
    "revisions": (
        sa.Column("item", sa.String, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("wording", sa.String, primary_key=True),
        sa.Column("replaced", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("summary", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
    ),
    "sources": (
        sa.Column("slug", sa.String, primary_key=True),
        sa.Column("url", sa.String),
        sa.Column("etag", sa.String),
        sa.Column("last_modified", sa.String),
        sa.Column("last_attempt", sa.String),
        sa.Column("last_success", sa.String),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("moved_to", sa.String),
        sa.Column("not_before", sa.String),
        sa.Column("memory", sa.JSON, nullable=False),
    ),
    "attempts": (
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("source", sa.String, nullable=False, index=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
    ),
}


def upgrade() -> None:
    """Create the tables of collecting."""
    for name, columns in _TABLES.items():
        op.create_table(name, *columns, if_not_exists=True)
