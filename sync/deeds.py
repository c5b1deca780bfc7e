"""What a command may ask of the engine that has the store, in this process or the daemon's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sync.engine import Engine
from sync.errors import Unknown
from sync.i18n import _

DONE, NOTHING = "done", "nothing"

Deed = Callable[[Engine, str], str]
"""Takes a subject, and returns what came of it. Raises `ConfigError`."""


def _hold(engine: Engine, subject: str) -> str:
    engine.hold(subject)
    return DONE


def _release(engine: Engine, subject: str) -> str:
    return DONE if engine.release(subject) else NOTHING


def decision(number: int, keep: str, who: str) -> str:
    """The subject of `settle`."""
    return json.dumps([number, keep, who])


def _settle(engine: Engine, subject: str) -> str:
    try:
        number, keep, who = json.loads(subject)
    except (TypeError, ValueError) as error:
        raise Unknown(_("no such decision: {subject}").format(subject=subject)) from error
    return engine.settle(int(number), str(keep), str(who))


DEEDS: Mapping[str, Deed] = {"hold": _hold, "release": _release, "settle": _settle}
