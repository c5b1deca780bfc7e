"""The journal's values in a table that can be erased, and the hash chain over its lines."""

from __future__ import annotations

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_LINE = ("seq", "at", "run", "verb", "item", "collection", "ref")
_VALUES = ("before", "after", "reason", "author")


def upgrade() -> None:
    """Move the values, and chain the lines that are there."""
    op.create_table(
        "journal_values",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.Text),
        sa.PrimaryKeyConstraint("seq", name="pk_journal_values"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], "fk_journal_values_seq"),
    )
    with op.batch_alter_table("journal") as journal:
        journal.add_column(sa.Column("sealed", KEY, nullable=False, server_default=""))
        journal.add_column(sa.Column("digest", KEY, nullable=False, server_default=""))
    _chain(op.get_bind())
    with op.batch_alter_table("journal") as journal:
        for name in _VALUES:
            journal.drop_column(name)
        journal.alter_column("sealed", server_default=None)
        journal.alter_column("digest", server_default=None)


def _chain(connection: sa.Connection) -> None:
    """Seal line by line, as `sync.store.chain` did when this step was written."""
    journal = sa.table("journal", *map(sa.column, (*_LINE, *_VALUES, "sealed", "digest")))
    values = sa.table("journal_values", *map(sa.column, ("seq", "salt", *_VALUES)))
    previous = "0" * 64
    for seq in connection.scalars(sa.select(journal.c.seq).order_by(journal.c.seq)).all():
        row = connection.execute(sa.select(journal).where(journal.c.seq == seq)).one()._mapping  # noqa: SLF001 - the public way to a row by name
        salt = secrets.token_hex(16)
        sealed = _digest([salt, *(row[name] for name in _VALUES)])
        previous = _digest([previous, *(row[name] for name in _LINE), sealed])
        kept = {name: row[name] for name in _VALUES}
        connection.execute(sa.insert(values).values(seq=seq, salt=salt, **kept))
        changed = sa.update(journal).where(journal.c.seq == seq)
        connection.execute(changed.values(sealed=sealed, digest=previous))


def _digest(parts: list[object]) -> str:
    text = json.dumps(parts, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
