"""The tables of the archive as this version of the program writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

FORMAT = 7  # of the tables below; a change of them needs a step in `migrations` and the next number


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware time, stored as ISO 8601 text in UTC: sorts as time and fits any database."""

    impl = sa.String
    cache_ok = True

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


def _texts(*names: str) -> list[sa.Column[str]]:
    """Make columns of texts, "" where there is none."""
    return [sa.Column(name, sa.String, nullable=False) for name in names]


metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)

items = sa.Table(
    "items",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("url", sa.String, nullable=False, index=True),
    sa.Column("link", sa.String, nullable=False, index=True),
    *_texts("title"),
    sa.Column("source", sa.String, nullable=False),
    *_texts("source_name", "tier"),
    sa.Column("published", UtcDateTime),
    sa.Column("first_seen", UtcDateTime, nullable=False, index=True),
    # published, or else first_seen: decides the quarter
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    *_texts("language", "summary", "text"),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("letter", sa.String),
    sa.Column("sponsored", sa.Boolean, nullable=False),
    sa.Column("wording", sa.String, nullable=False),  # hash of title, summary and text
    # answers what a source gave, and when, without reading an item
    sa.Index("ix_items_source_at", "source", "at"),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("item", sa.String, sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("wording", sa.String, primary_key=True),
    sa.Column("replaced", UtcDateTime, nullable=False),
    *_texts("title", "summary", "text"),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("slug", sa.String, primary_key=True),
    sa.Column("url", sa.String),
    sa.Column("etag", sa.String),
    sa.Column("last_modified", sa.String),
    sa.Column("last_attempt", UtcDateTime),  # no longer written: `attempts` holds it
    sa.Column("last_success", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False),  # in a row
    sa.Column("problem", sa.String, nullable=False),  # of the last attempt; "" after a success
    sa.Column("kind", sa.String, nullable=False),  # of that problem
    sa.Column("moved_to", sa.String),
    sa.Column("not_before", UtcDateTime),  # the source asked not to be requested earlier
    sa.Column("memory", sa.JSON, nullable=False),  # what the readers keep: history, mailbox
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("outcome", sa.String, nullable=False),  # read | unchanged | a SourceError's kind
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
)

# Pages of articles, of sources that allow it; apart from the items, whose words stay the feed's.
pages = sa.Table(
    "pages",
    metadata,
    sa.Column("url", sa.String, primary_key=True),  # as items.url
    sa.Column("at", UtcDateTime, nullable=False),  # of the last request
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),  # read | a SourceError's kind
    sa.Column("not_before", UtcDateTime),  # the host asked not to be requested earlier
    sa.Column("text", sa.String, nullable=False),
)

# The text of pages that are watched: each wording that two readings in a row have shown, and the
# last that only one has.
watched_pages = sa.Table(
    "watched_pages",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("at", UtcDateTime, primary_key=True),  # when it was first read
    sa.Column("text", sa.String, nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False),
)

# What a model made of items' words, where the team has one (`digest.vectors`).
vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("item", sa.String, sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("model", sa.String, primary_key=True),
    sa.Column("wording", sa.String, nullable=False),  # items.wording that it was made of
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

# What an item was judged to be, so that it is judged once. Can be made again at any time.
judgements = sa.Table(
    "judgements",
    metadata,
    sa.Column("item", sa.String, primary_key=True),
    sa.Column("judge", sa.String, nullable=False),  # fingerprint of what judged it
    sa.Column("words", sa.String, nullable=False),  # and of what it was judged by
    sa.Column("judgement", sa.String, nullable=False),  # as `digest.app.judgements` writes it
)

# What was made of a whole quarter, so that it is made once. Can be made again at any time.
results = sa.Table(
    "results",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String, nullable=False),  # of all that it was made of
    sa.Column("result", sa.String, nullable=False),  # JSON
)

releases = sa.Table(
    "releases",
    metadata,
    sa.Column("quarter", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),  # path → sha256
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", UtcDateTime),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("sent", UtcDateTime),
)

# Rows are added, never changed: the last row of a delivery is its state.
ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("what", sa.String, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    *_texts("language", "channel", "recipient", "state", "words"),
    sa.Column("at", UtcDateTime, nullable=False),
)

# Answers of a language model that were paid for. Rows are added, never changed: the last row of a
# question that was answered is its answer.
receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    *_texts("task", "model", "prompt"),
    sa.Column("content", sa.String, nullable=False, index=True),  # hash of what was asked about
    sa.Column("quarter", sa.String, nullable=False, index=True),
    *_texts("outcome", "answer", "currency"),
    sa.Column("tokens_in", sa.Integer, nullable=False),
    sa.Column("tokens_out", sa.Integer, nullable=False),
    sa.Column("cost", sa.Integer, nullable=False),  # millionths of the currency's unit
    sa.Column("at", UtcDateTime, nullable=False),
)

# What search finds: an item by its id, or a document of the team or of an edition with its own
# words. `number` is the day × 1,000,000 and a counter, so that the order of numbers is the order of
# days; a number is never used again, since the words of what was replaced stay in the index.
search_entries = sa.Table(
    "search_entries",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),  # item | story | letter …; "" where replaced
    sa.Column("ref", sa.String, nullable=False, index=True),  # of an item, its id
    sa.Column("source", sa.String, nullable=False),  # slug; "" of other documents
    sa.Column("document", sa.JSON, nullable=False),  # of an item: {}
    sa.Column("judged", sa.String, nullable=False, index=True),  # by which vocabulary; "" not yet
    sa.Column("weight", sa.Float, nullable=False),  # how likely it matters, 0 to 1
    sa.Column("labels", sa.JSON, nullable=False),  # vendor:… category:… event:… ai:… in:…
)

search_labels = sa.Table(
    "search_labels",
    metadata,
    sa.Column("label", sa.Integer, primary_key=True),  # a hash of it
    sa.Column("number", sa.Integer, primary_key=True),
    sqlite_with_rowid=False,
)

# Words of titles and bodies. Its rows are search_entries.number; it keeps no text of its own.
CREATE_SEARCH_WORDS = (
    "CREATE VIRTUAL TABLE search_words USING fts5(title, body, content='', "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")"
)


@sa.event.listens_for(search_entries, "after_create")
def _create_search_words(
    table: sa.Table,  # noqa: ARG001 (SQLAlchemy's signature)
    connection: sa.Connection,
    **rest: object,  # noqa: ARG001
) -> None:
    connection.exec_driver_sql(CREATE_SEARCH_WORDS)
