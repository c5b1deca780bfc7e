"""The daemon's pulse: whether it still brings every unit in step, told by the store alone.

After each cycle of a unit the daemon notes the moment. Whoever finds the last one too
long ago knows that the daemon is dead, stuck or was stopped, whatever systemd says.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.i18n import _
from sync.model import Plain
from sync.store.base import Store

MISSED = 3
"""Intervals without an ended cycle after which a unit counts as dead."""
LEAST = 120.0
"""Seconds that are granted in any case: a cycle may take a while."""
DAEMON = "daemon"


@dataclass(frozen=True)
class Dead:
    """A unit that nobody brings in step any more."""

    unit: str
    since: str
    """When its last cycle ended (ISO 8601, UTC)."""
    cause: str


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def started(store: Store) -> None:
    """Note that a daemon serves this store from now on."""
    _put(store, DAEMON, {"started": now().isoformat(), "stopped": None})


def stopped(store: Store) -> None:
    """Note that it was told to stop, and did."""
    known = store.meta(DAEMON)
    began = known.get("started") if isinstance(known, dict) else None
    _put(store, DAEMON, {"started": began, "stopped": now().isoformat()})


def by_hand(store: Store) -> None:
    """Somebody synchronises by hand: a daemon that was stopped is not waited for any more."""
    known = store.meta(DAEMON)
    if isinstance(known, dict) and known.get("stopped"):
        _put(store, DAEMON, None)


def beat(store: Store, unit: str, every: float) -> None:
    """Note that a cycle of the unit has ended, or that its cycles begin."""
    _put(store, name_of(unit), {"at": now().isoformat(), "every": every, "fault": None})


def failed(store: Store, unit: str, every: float, fault: str) -> None:
    """Note that a cycle of the unit broke off; the moment of the last one that ended stays."""
    known = store.meta(name_of(unit))
    last: dict[str, Plain] = {"at": now().isoformat(), "every": every}
    last = known if isinstance(known, dict) else last
    _put(store, name_of(unit), {**last, "fault": fault})


def dead(store: Store, units: Iterable[str], waiting: Container[str] = ()) -> list[Dead]:
    """The units whose cycles have ceased; none, where no daemon has served the store.

    Of a daemon that brought none to a first cycle all are dead, but those that are known to
    wait for a system.
    """
    daemon = store.meta(DAEMON)
    if not isinstance(daemon, dict):
        return []
    known = {unit: store.meta(name_of(unit)) for unit in units}
    if not any(known.values()) and daemon.get("started"):
        begun: Plain = {"at": daemon["started"], "every": LEAST, "fault": None}
        known = {unit: begun for unit in known if unit not in waiting}
    found = []
    for unit, pulse in known.items():
        if isinstance(pulse, dict) and (cause := _cause(pulse, daemon.get("stopped"))):
            found.append(Dead(unit, str(pulse["at"]), cause))
    return found


def _cause(pulse: dict[str, Plain], stopped: Plain) -> str | None:
    every = pulse["every"]
    patience = max(MISSED * float(every), LEAST) if isinstance(every, int | float) else LEAST
    silent = abs((now() - datetime.fromisoformat(str(pulse["at"]))).total_seconds())
    if silent <= patience:
        return None
    if stopped:
        return _("the service was stopped — systemctl start jumelage")
    if pulse.get("fault"):
        cause = _("its cycles break off: {fault} — journalctl -u jumelage")
        return cause.format(fault=pulse["fault"])
    return _("the service is dead or stuck — systemctl status jumelage")


def name_of(unit: str) -> str:
    """Under which name the store has it."""
    return f"pulse/{unit}"


def _put(store: Store, name: str, value: Plain) -> None:
    with store.transaction() as tx:
        tx.put_meta(name, value)
