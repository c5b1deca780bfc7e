"""What the tests of both wikis share: connectors to a sandbox, and records to write."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from connectors.sandbox.base import Sandbox
from sync.connector import Connector, Origin, Tools
from sync.model import Collection

_SERIAL = count(1)


def connect(
    kind: type[Connector], sandbox: Sandbox, account: str = "sync", **more: object
) -> Connector:
    settings = kind.settings_type(**{**sandbox.settings(account), **more})
    return kind(settings, Tools(name=sandbox.name))


def origin(**key) -> Origin:
    return Origin(f"n{next(_SERIAL):019}", datetime.now(UTC), key)


def fresh(connector: Connector, sandbox: Sandbox, word: str = "namespace") -> Collection:
    return connector.locate(word, sandbox.make(word))
