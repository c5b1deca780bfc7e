"""What names a thing lies with the values that can be erased; erasures are lines themselves."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_LINE = ("seq", "at", "run", "verb", "collection", "erases")
_VALUES = ("item", "ref", "before", "after", "reason", "author")


def upgrade() -> None:
    """Move the item and the ref of each line to its values, and chain the lines anew."""
    with op.batch_alter_table("journal_values") as values:
        values.add_column(sa.Column("item", KEY, nullable=False, server_default=""))
        values.add_column(sa.Column("ref", KEY))
    with op.batch_alter_table("journal") as journal:
        journal.add_column(sa.Column("erases", sa.Text))
    _move(op.get_bind())
    with op.batch_alter_table("journal") as journal:
        journal.drop_index("ix_journal_item")
        journal.drop_column("item")
        journal.drop_column("ref")
    with op.batch_alter_table("journal_values") as values:
        values.alter_column("item", server_default=None)
        values.create_index("ix_journal_values_item", ["item"])


def _move(connection: sa.Connection) -> None:
    """Seal line by line, as `sync.store.chain` did when this step was written."""
    columns = (*_LINE, "item", "ref", "sealed", "digest")
    journal = sa.table("journal", *map(sa.column, columns))
    values = sa.table("journal_values", *map(sa.column, ("seq", "salt", *_VALUES)))
    previous = "0" * 64
    for seq in connection.scalars(sa.select(journal.c.seq).order_by(journal.c.seq)).all():
        line = connection.execute(sa.select(journal).where(journal.c.seq == seq)).one()._mapping  # noqa: SLF001 - the public way to a row by name
        named = {"item": line["item"], "ref": line["ref"]}
        connection.execute(sa.update(values).where(values.c.seq == seq).values(**named))
        kept = connection.execute(sa.select(values).where(values.c.seq == seq)).first()
        sealed = line["sealed"]
        if kept is not None:
            row = kept._mapping  # noqa: SLF001 - as above
            sealed = _digest([row["salt"], *(row[name] for name in _VALUES)])
        previous = _digest([previous, *(line[name] for name in _LINE), sealed])
        changed = sa.update(journal).where(journal.c.seq == seq)
        connection.execute(changed.values(sealed=sealed, digest=previous))


def _digest(parts: list[object]) -> str:
    text = json.dumps(parts, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
