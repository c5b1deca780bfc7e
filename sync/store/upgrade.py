"""Brings the tables of an older store to what `sync.store.schema` says, in one transaction."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from sync.i18n import _
from sync.store.base import StoreMismatch, StoreUnusable
from sync.store.dialect import altering
from sync.store.schema import HEAD

CHAINED = frozenset({"0002", "0003", HEAD})
"""The migrations after which the journal has digests."""


def revision(connection: Connection) -> str | None:
    """The last migration that the database has seen; None for an empty one.

    `StoreUnusable` for the database of another program.
    """
    tables = inspect(connection).get_table_names()
    found: str | None = None
    if "alembic_version" in tables:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if tables and found is None:
        message = _("the database is that of another program — let `store:` name a file of its own")
        raise StoreUnusable(message)
    return found


def require_current(connection: Connection) -> None:
    """`StoreMismatch` if the tables are not those of this version: a reader changes nothing."""
    with connection.begin():
        found = revision(connection)
    if found != HEAD:
        _refuse_future(found)
        message = _(
            "the store has the tables of an older version ({found}; this one needs {head}):"
            " start the daemon once, it brings them up to date"
        )
        raise StoreMismatch(message.format(found=found, head=HEAD))


def upgrade(connection: Connection, to: str = HEAD) -> None:
    """Run what migrations are missing; `StoreMismatch` for a store of a later version."""
    with connection.begin():
        found = revision(connection)
    if found == to:
        return
    _refuse_future(found)
    config = _config()
    with altering(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _refuse_future(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        message = _(
            "the store was written by a later version of Jumelage (its tables are {found}, this"
            " version knows up to {head}): install that version again, or restore the backup"
            " made before it and run `jumelage relink`"
        )
        raise StoreMismatch(message.format(found=found, head=HEAD))


def _config() -> Config:
    config = Config()
    # Found as a package's resource, so that an installed wheel works as a checkout does.
    config.set_main_option("script_location", "sync.store:migrations")
    return config
