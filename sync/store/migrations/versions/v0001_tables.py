"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create them."""
    _items()
    _collections()
    _writes()
    _memory()


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", KEY, nullable=False),
        sa.Column("unit", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("parent", KEY),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
    )
    op.create_index("ix_items_unit_id", "items", ["unit", "id"])
    op.create_index("ix_items_parent", "items", ["parent"])
    op.create_table(
        "sides",
        sa.Column("item", KEY, nullable=False),
        sa.Column("collection", KEY, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("ref", KEY),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("item", "collection", name="pk_sides"),
        sa.ForeignKeyConstraint(["item"], ["items.id"], "fk_sides_item", ondelete="CASCADE"),
    )
    op.create_index("ix_sides_collection_ref", "sides", ["collection", "ref"])


def _collections() -> None:
    op.create_table(
        "collections",
        sa.Column("key", KEY, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_collections"),
    )
    op.create_table(
        "options",
        sa.Column("unit", KEY, nullable=False),
        sa.Column("field", KEY, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("unit", "field", "position", name="pk_options"),
    )


def _writes() -> None:
    op.create_table(
        "intents",
        sa.Column("nonce", KEY, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("collection", KEY, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_intents"),
    )
    op.create_index("ix_intents_place", "intents", ["place"])
    op.create_table(
        "nonces",
        sa.Column("nonce", KEY, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("collection", KEY, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_nonces"),
    )
    op.create_index("ix_nonces_collection_nonce", "nonces", ["collection", "nonce"])


def _memory() -> None:
    op.create_table(
        "salvage",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("run", KEY, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("field", KEY, nullable=False),
        sa.Column("collection", KEY, nullable=False),
        sa.Column("cause", KEY, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("kept", sa.Text, nullable=False),
        sa.Column("settled", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_salvage"),
    )
    op.create_index("ix_salvage_item", "salvage", ["item"])
    op.create_index("ix_salvage_cause_settled", "salvage", ["cause", "settled"])
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("run", KEY, nullable=False),
        sa.Column("verb", KEY, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("collection", KEY, nullable=False),
        sa.Column("ref", KEY),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.Text),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
    )
    op.create_index("ix_journal_run", "journal", ["run"])
    op.create_index("ix_journal_item", "journal", ["item"])
    op.create_table(
        "runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started", KEY, nullable=False),
        sa.Column("ended", KEY),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_table(
        "meta",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
