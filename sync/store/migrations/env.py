"""Alembic's entry: it works on the connection that `sync.store.upgrade` has opened."""

from __future__ import annotations

from alembic import context

from sync.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,
)

with context.begin_transaction():
    context.run_migrations()
