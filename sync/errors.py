"""The named outcomes of a call to a system, each named by what the engine does next.

Connectors raise these and nothing else; an exception of another class is a fault
in the connector and is reported as such. Messages are for people: they say what
happened and where, and never hold a secret.
"""

from __future__ import annotations

from collections.abc import Iterable


class JumelageError(Exception):
    """Root of every error that Jumelage raises on purpose."""


class Retry(JumelageError):
    """The system asked to wait, and certainly did nothing. Try again after `after` seconds."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Ambiguous(JumelageError):
    """The write may or may not have happened: look it up, never send it again."""


class Stale(JumelageError):
    """The record moved since the version that was expected; nothing was written."""


class Gone(JumelageError):
    """This very record does not exist (its own 404 or 410), as opposed to being out of sight."""


class Refused(JumelageError):
    """The system understood and will not do this: not sent again until the value changes.

    `fields` are those of the side that are refused, where the others can be sent without.
    """

    def __init__(self, message: str = "", fields: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.fields = frozenset(fields)


class Malformed(JumelageError):
    """One record cannot be read: it is quarantined, and never treated as absent."""


class Foreign(Malformed):
    """What stands there is no record at all: people's own page, left alone.

    Only if it was a record before does anybody hear of it.
    """


class Unauthorized(JumelageError):
    """The credentials were refused: stop at once, never try them again in this cycle."""


class Unreachable(JumelageError):
    """The system cannot be read now (network, 5xx, login page): unknown, never empty."""


class CursorExpired(JumelageError):
    """The cursor is no longer honoured: list everything anew."""


class ConfigError(JumelageError):
    """What an admin wrote cannot work; the message says where and what to do."""


class Unknown(ConfigError):
    """A command names what does not exist: nothing was done."""


class Missing(ConfigError):
    """The system has no collection of the name that an admin wrote."""


class InvariantViolated(JumelageError):
    """The engine found itself in a state that must not exist; the item is held."""
