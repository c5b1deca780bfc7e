"""Every test that asks for `opened` runs on each store there is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from sync.i18n import spoken
from sync.store.base import Store
from sync.store.memory import MemoryStore
from sync.store.sql import SQLStore


@dataclass
class Clock:
    """A clock that advances by a second at each look."""

    now: datetime = field(default=datetime(2026, 3, 1, 14, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@cache
def _empty_database() -> bytes:
    """What a new store holds: made once, since the migrations take longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        SQLStore(f"sqlite:///{folder}/state.db").close()
        return Path(folder, "state.db").read_bytes()


def sqlite_store(folder: Path, clock: Clock) -> SQLStore:
    (folder / "state.db").write_bytes(_empty_database())
    return SQLStore(f"sqlite:///{folder}/state.db", clock=clock)


STORES: dict[str, Callable[[Path, Clock], Store]] = {
    "memory": lambda _folder, clock: MemoryStore(clock),
    "sqlite": sqlite_store,
}


def postgres_store(_folder: Path, clock: Clock) -> SQLStore:
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return SQLStore(POSTGRES, clock=clock)


# A database that may be emptied, such as postgresql+psycopg://postgres@/test?host=/run/postgresql
if POSTGRES := os.environ.get("JUMELAGE_TEST_POSTGRESQL", ""):
    STORES["postgresql"] = postgres_store


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with spoken("en"):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = STORES[request.param](tmp_path, clock)
    yield opened
    opened.close()
