"""The tables of the store, as they are now; `migrations` bring older ones here.

Plain values are JSON text, moments are ISO 8601 text in UTC, and no type or clause
belongs to one database alone (`sync.store.dialect` holds what does).
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text

HEAD = "0004"
"""The migration after which the database looks like this."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}

METADATA = MetaData(naming_convention=NAMES)

KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point, as Python's own strings do."""

ITEMS = Table(
    "items",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("unit", KEY, nullable=False),
    Column("kind", KEY, nullable=False),
    Column("parent", KEY),
    Column("data", Text, nullable=False),
    Index(None, "unit", "id"),
    Index(None, "parent"),
)

SIDES = Table(
    "sides",
    METADATA,
    Column("item", KEY, ForeignKey(ITEMS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("collection", KEY, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("ref", KEY),
    Column("data", Text, nullable=False),
    Index(None, "collection", "ref"),
)

COLLECTIONS = Table(
    "collections",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("data", Text, nullable=False),
)

OPTIONS = Table(
    "options",
    METADATA,
    Column("unit", KEY, primary_key=True),
    Column("field", KEY, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", KEY, nullable=False),
    Column("data", Text, nullable=False),
)

INTENTS = Table(
    "intents",
    METADATA,
    Column("nonce", KEY, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("item", KEY, nullable=False),
    Column("collection", KEY, nullable=False),
    Column("data", Text, nullable=False),
    Index(None, "place"),
)

NONCES = Table(
    "nonces",
    METADATA,
    Column("nonce", KEY, primary_key=True),
    Column("item", KEY, nullable=False),
    Column("collection", KEY, nullable=False),
    Column("data", Text, nullable=False),
    Index(None, "collection", "nonce"),
)

SALVAGE = Table(
    "salvage",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", KEY, nullable=False),
    Column("run", KEY, nullable=False),
    Column("item", KEY, nullable=False),
    Column("field", KEY, nullable=False),
    Column("collection", KEY, nullable=False),
    Column("cause", KEY, nullable=False),
    Column("author", Text),
    Column("value", Text, nullable=False),
    Column("kept", Text, nullable=False),
    Column("settled", Text),
    Column("since", Text),
    Column("against", Text),
    Index(None, "item"),
    Index(None, "cause", "settled"),
)

JOURNAL = Table(
    "journal",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", KEY, nullable=False),
    Column("run", KEY, nullable=False),
    Column("verb", KEY, nullable=False),
    Column("collection", KEY, nullable=False),
    Column("erases", Text),
    Column("sealed", KEY, nullable=False),
    Column("digest", KEY, nullable=False),
    Index(None, "run"),
)

JOURNAL_VALUES = Table(
    "journal_values",
    METADATA,
    Column("seq", Integer, ForeignKey(JOURNAL.c.seq), primary_key=True, autoincrement=False),
    Column("salt", Text, nullable=False),
    Column("item", KEY, nullable=False),
    Column("ref", KEY),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", Text),
    Index(None, "item"),
)
"""What a line says of people; a row taken away leaves its line, which still verifies."""

RUNS = Table(
    "runs",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("started", KEY, nullable=False),
    Column("ended", KEY),
    Column("outcome", Text, nullable=False),
    Column("summary", Text, nullable=False),
)

META = Table(
    "meta",
    METADATA,
    Column("name", KEY, primary_key=True),
    Column("value", Text, nullable=False),
)
