"""The tables of the archive as this version of the program writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from digest.archive.dialects import find_dialect

FORMAT = 7  # of the tables below; a change of them needs a step in `migrations` and the next number


# Sorts by code point in every database, whatever order it has by itself.
Text = sa.String().with_variant(sa.String(collation="C"), "postgresql")
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # more than 31 bits


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware time, stored as ISO 8601 text in UTC: sorts as time and fits any database."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[str]:
        """Return the type of the column: text that sorts by code point."""
        return dialect.type_descriptor(Text)

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: sa.Dialect,  # noqa: ARG002 (SQLAlchemy's signature)
    ) -> str | None:
        return value.astimezone(UTC).isoformat(timespec="seconds") if value else None

    def process_result_value(
        self,
        value: str | None,
        dialect: sa.Dialect,  # noqa: ARG002 (SQLAlchemy's signature)
    ) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


def _make_text_columns(*names: str) -> list[sa.Column[str]]:
    """Make columns of texts, "" where there is none."""
    return [sa.Column(name, Text, nullable=False) for name in names]


metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
)

items = sa.Table(
    "items",
    metadata,
    sa.Column("id", Text, primary_key=True),
    sa.Column("url", Text, nullable=False),
    sa.Column("link", Text, nullable=False),
    *_make_text_columns("title"),
    sa.Column("source", Text, nullable=False),
    *_make_text_columns("source_name", "tier"),
    sa.Column("published", UtcDateTime),
    sa.Column("first_seen", UtcDateTime, nullable=False, index=True),
    # published, or else first_seen: decides the quarter
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    *_make_text_columns("language", "summary", "text"),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("letter", Text),
    sa.Column("sponsored", sa.Boolean, nullable=False),
    sa.Column("wording", Text, nullable=False),  # hash of title, summary and text
    # answers what a source gave, and when, without reading an item
    sa.Index("ix_items_source_at", "source", "at"),
    sa.Index("ix_items_url", "url"),
    sa.Index("ix_items_link", "link"),
)


@sa.event.listens_for(items, "before_create")
def _hash_addresses(table: sa.Table, connection: sa.Connection, **rest: object) -> None:  # noqa: ARG001
    """Index addresses by hash in PostgreSQL: they may be longer than an entry of an ordered index.

    Said with the indexes themselves, it loads all of SQLAlchemy's dialects of PostgreSQL.
    """
    if connection.dialect.name == "postgresql":
        for index in table.indexes:
            if index.name in ("ix_items_url", "ix_items_link"):
                index.dialect_options["postgresql"]["using"] = "hash"


revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("item", Text, sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("wording", Text, primary_key=True),
    sa.Column("replaced", UtcDateTime, nullable=False),
    *_make_text_columns("title", "summary", "text"),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("slug", Text, primary_key=True),
    sa.Column("url", Text),
    sa.Column("etag", Text),
    sa.Column("last_modified", Text),
    sa.Column("last_attempt", UtcDateTime),  # no longer written: `attempts` holds it
    sa.Column("last_success", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False),  # in a row
    sa.Column("problem", Text, nullable=False),  # of the last attempt; "" after a success
    sa.Column("kind", Text, nullable=False),  # of that problem
    sa.Column("moved_to", Text),
    sa.Column("not_before", UtcDateTime),  # the source asked not to be requested earlier
    sa.Column("memory", sa.JSON, nullable=False),  # what the readers keep: history, mailbox
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("number", Number, primary_key=True),
    sa.Column("source", Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("outcome", Text, nullable=False),  # read | unchanged | a SourceError's kind
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
)

# Pages of articles, of sources that allow it; apart from the items, whose words stay the feed's.
pages = sa.Table(
    "pages",
    metadata,
    sa.Column("url", Text, primary_key=True),  # as items.url
    sa.Column("at", UtcDateTime, nullable=False),  # of the last request
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("outcome", Text, nullable=False),  # read | a SourceError's kind
    sa.Column("not_before", UtcDateTime),  # the host asked not to be requested earlier
    sa.Column("text", Text, nullable=False),
)

# The text of pages that are watched: each wording that two readings in a row have shown, and the
# last that only one has.
watched_pages = sa.Table(
    "watched_pages",
    metadata,
    sa.Column("source", Text, primary_key=True),
    sa.Column("at", UtcDateTime, primary_key=True),  # when it was first read
    sa.Column("text", Text, nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False),
)

# What a model made of items' words, where the team has one (`digest.vectors`).
vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("item", Text, sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("model", Text, primary_key=True),
    sa.Column("wording", Text, nullable=False),  # items.wording that it was made of
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

# What an item was judged to be, so that it is judged once. Can be made again at any time.
judgements = sa.Table(
    "judgements",
    metadata,
    sa.Column("item", Text, primary_key=True),
    sa.Column("judge", Text, nullable=False),  # fingerprint of what judged it
    sa.Column("words", Text, nullable=False),  # and of what it was judged by
    sa.Column("judgement", Text, nullable=False),  # as `digest.app.judgements` writes it
)

# What was made of a whole quarter, so that it is made once. Can be made again at any time.
results = sa.Table(
    "results",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("fingerprint", Text, nullable=False),  # of all that it was made of
    sa.Column("result", Text, nullable=False),  # JSON
)

releases = sa.Table(
    "releases",
    metadata,
    sa.Column("quarter", Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", Text, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),  # path → sha256
    sa.Column("by", Text, nullable=False),
    sa.Column("at", UtcDateTime),
    sa.Column("note", Text, nullable=False),
    sa.Column("sent", UtcDateTime),
)

# Rows are added, never changed: the last row of a delivery is its state.
ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("number", Number, primary_key=True),
    sa.Column("what", Text, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    *_make_text_columns("language", "channel", "recipient", "state", "words"),
    sa.Column("at", UtcDateTime, nullable=False),
)

# Answers of a language model that were paid for. Rows are added, never changed: the last row of a
# question that was answered is its answer.
receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("number", Number, primary_key=True),
    *_make_text_columns("task", "model", "prompt"),
    sa.Column("content", Text, nullable=False, index=True),  # hash of what was asked about
    sa.Column("quarter", Text, nullable=False, index=True),
    *_make_text_columns("outcome", "answer", "currency"),
    sa.Column("tokens_in", sa.Integer, nullable=False),
    sa.Column("tokens_out", sa.Integer, nullable=False),
    sa.Column("cost", Number, nullable=False),  # millionths of the currency's unit
    sa.Column("at", UtcDateTime, nullable=False),
)

# What search finds: an item by its id, or a document of the team or of an edition with its own
# words. `number` is the day × 1,000,000 and a counter, so that the order of numbers is the order of
# days; a number is never used again, since the words of what was replaced stay in the index.
search_entries = sa.Table(
    "search_entries",
    metadata,
    sa.Column("number", Number, primary_key=True),
    sa.Column("kind", Text, nullable=False),  # item | story | letter …; "" where replaced
    sa.Column("ref", Text, nullable=False, index=True),  # of an item, its id
    sa.Column("source", Text, nullable=False),  # slug; "" of other documents
    sa.Column("document", sa.JSON, nullable=False),  # of an item: {}
    sa.Column("judged", Text, nullable=False, index=True),  # by which vocabulary; "" not yet
    sa.Column("weight", sa.Float, nullable=False),  # how likely it matters, 0 to 1
    sa.Column("labels", sa.JSON, nullable=False),  # vendor:… category:… event:… ai:… in:…
)

search_labels = sa.Table(
    "search_labels",
    metadata,
    sa.Column("label", Number, primary_key=True),  # a hash of it
    sa.Column("number", Number, primary_key=True),
    sqlite_with_rowid=False,
)


@sa.event.listens_for(search_entries, "after_create")
def _create_search_words(
    table: sa.Table,  # noqa: ARG001 (SQLAlchemy's signature)
    connection: sa.Connection,
    **rest: object,  # noqa: ARG001
) -> None:
    """Create what the index keeps the words of titles and bodies in, by search_entries.number."""
    find_dialect(connection).create_words(connection)
