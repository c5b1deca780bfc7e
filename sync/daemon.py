"""`jumelage run`: every unit in step at its interval, until told to stop.

A system that does not answer delays only the mappings that need it: each system is
looked up in a thread of its own, and units join as soon as their systems are known.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread

import structlog

from sync import pulse
from sync.account import Tells
from sync.app import App, Configuration, assembled, note_waiting, tidy, waiting
from sync.attending import Attendant
from sync.deeds import DEEDS
from sync.door import Door
from sync.engine import Engine
from sync.errors import ConfigError, JumelageError, Unknown
from sync.i18n import _
from sync.mailbox import Mailbox, Request
from sync.mapping.places import Place, Places, survey
from sync.notify import ALIVE, READY, STOPPING, notify, status, watchdog
from sync.rounds import Rounds, Standing

log = structlog.get_logger()

TICK = 0.5
"""Seconds between two looks at what is due."""
LOOK_AGAIN = 60.0
"""Seconds after which a system that did not answer is looked up again."""
TIDY_EVERY = 24 * 3600.0
"""Seconds after which it is looked at again what has been kept for too long."""
GRACE = 8.0
"""Seconds that work under way has to end, once the daemon is told to stop."""


def run(configuration: Configuration) -> None:
    """Keep everything in step until SIGTERM or SIGINT. Raises `ConfigError` for faults.

    Work that does not end in time is cut short: every write is intended durably before
    it is sent, and the next start looks up what became of it.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    with assembled(configuration) as app:
        ended = Daemon(app, stop).serve()
        if not ended:
            log.warning("daemon_interrupted")
            sys.stderr.flush()
            os._exit(0)


class Daemon:
    """One daemon at work on one store."""

    def __init__(self, app: App, stop: Event, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._stop = stop
        self._clock = clock
        self._rounds = Rounds(self._cycle)
        self._engines: dict[str, Engine] = {}
        self._columns = app.columns()
        self._notices = app.notices()
        self._found: SimpleQueue[tuple[str, Places]] = SimpleQueue()
        self._told: SimpleQueue[tuple[str, frozenset[str]]] = SimpleQueue()
        """Systems, and the ids of collections that they say were changed."""
        self._places: Places = {}
        self._again: dict[str, float] = {}
        self._waiting = 0
        """Units that cannot be made until a system answers."""
        self._said = ""
        store = app.configuration.settings.store_file
        self._mailbox = Mailbox(store) if store else None
        self._tidied: float | None = None
        self._door = self._hung()
        self._attendant = Attendant(app.connectors, app.store, self._door, clock)

    def serve(self) -> bool:
        """Serve until told to stop; whether all work ended in time."""
        if self._door:
            _open(self._door)
        for system in {spot.system for spot in self._app.configuration.spots}:
            self._look(system)
        pulse.started(self._app.store)
        notify(READY)
        log.info("daemon_started", mappings=len(self._app.configuration.mappings))
        pause = min(TICK, (watchdog() or 1.0) / 3)
        try:
            while not self._stop.wait(pause):
                self.tick()
                notify(ALIVE)
        finally:
            notify(STOPPING, status(_("stopping")))
            if self._door:
                self._door.close()
            self._stop.set()
            ended = self._rounds.stop(GRACE)
            pulse.stopped(self._app.store)
        log.info("daemon_stopped")
        return ended

    def tick(self) -> None:
        """Take in what was found and asked, and begin what is due."""
        self._take_in()
        for system, moment in list(self._again.items()):
            if self._clock() >= moment:
                del self._again[system]
                self._look(system)
        for request in self._mailbox.requests() if self._mailbox else ():
            self._grant(request)
        self._wake()
        self._rounds.tick()
        self._attendant.tick()
        if self._tidied is None or self._clock() >= self._tidied + TIDY_EVERY:
            self._tidied = self._clock()
            Thread(target=self._tidy, name="tidy", daemon=True).start()
        said = self._status()
        if said != self._said:
            self._said = said
            notify(status(said))

    def _tidy(self) -> None:
        """Erase what has been kept for longer than the settings say."""
        try:
            if tidy(self._app, datetime.now(UTC)):
                log.info("old_values_erased")
        except JumelageError as error:
            log.warning("tidying_failed", reason=str(error))

    # -- finding units

    def _look(self, system: str) -> None:
        spots = [spot for spot in self._app.configuration.spots if spot.system == system]

        def ask() -> None:
            making = self._app.configuration.making
            self._found.put((system, survey(spots, self._app.connectors, making)))

        Thread(target=ask, name=f"look-{system}", daemon=True).start()

    def _take_in(self) -> None:
        news = False
        while True:
            try:
                system, places = self._found.get_nowait()
            except Empty:
                break
            news = True
            self._places = {**self._places, **places}
            silent = [str(found) for found in places.values() if not isinstance(found, Place)]
            if silent:
                log.warning("unit_delayed", system=system, reason=silent[0])
                self._again[system] = self._clock() + LOOK_AGAIN
        if news:
            self._add_units()

    def _add_units(self) -> None:
        self._app.configuration.check(self._places)
        compiled = self._app.configuration.units(self._places)
        self._waiting = len(compiled.waiting)
        note_waiting(self._app.store, waiting(compiled))
        for unit in compiled.units:
            if unit.name not in self._engines:
                self._engines[unit.name] = self._app.engine([unit], stopping=self._stop.is_set)
                log.info("unit_added", unit=unit.name, every=unit.every)
                pulse.beat(self._app.store, unit.name, unit.every)
                self._rounds.add(unit.name, unit.every)
                self._attendant.take_in(member.collection for member in unit.members.values())

    # -- being told

    def _hung(self) -> Door | None:
        """The door of the settings, for the systems that tell of changes."""
        said = self._app.configuration.settings.door
        systems = {n: one for n, one in self._app.connectors.items() if isinstance(one, Tells)}
        return Door(said, systems, lambda *told: self._told.put(told)) if said else None

    def _wake(self) -> None:
        """Look soon where something is told to have happened; what was told often, once."""
        told: set[tuple[str, str]] = set()
        while not self._told.empty():
            system, places = self._told.get_nowait()
            told |= {(system, place) for place in places}
        for name, engine in self._engines.items() if told else ():
            members = [
                m.collection for unit in engine.units.values() for m in unit.members.values()
            ]
            if heard := sorted({c.key for c in members if (c.system, c.id) in told}):
                log.info("notice_received", unit=name, collections=heard)
                self._rounds.wake(name)

    # -- working

    def _cycle(self, unit: str) -> Standing:
        engine = self._engines[unit]
        every = engine.units[unit].every
        try:
            self._columns.note(engine.units[unit])
            report = engine.sync()
            self._columns.align(engine.units[unit], report.run)
            self._notices.send(engine.units[unit])
        except Exception as fault:
            pulse.failed(self._app.store, unit, every, f"{type(fault).__name__}: {fault}")
            raise
        pulse.beat(self._app.store, unit, every)
        if report.failures:
            return Standing.FAILED
        return Standing.IN_STEP if report.ok else Standing.HELD

    def _grant(self, request: Request) -> None:
        deed = DEEDS.get(request.verb)
        if deed is None:
            request.answer(_("the daemon cannot do this: {verb}").format(verb=request.verb))
            return
        try:
            said = deed(self._whole(), request.subject)
        except JumelageError as fault:
            request.answer(str(fault), unknown=isinstance(fault, Unknown))
        else:
            request.answer(said=said)

    def _whole(self) -> Engine:
        units = [unit for engine in self._engines.values() for unit in engine.units.values()]
        return self._app.engine(units)

    def _status(self) -> str:
        """How everything stands, in one line."""
        counts = Counter(self._rounds.standings().values())
        return _("{step} in step, {held} held, {failed} failed, {waiting} waiting").format(
            step=counts[Standing.IN_STEP],
            held=counts[Standing.HELD],
            failed=counts[Standing.FAILED],
            waiting=self._waiting + counts[Standing.NEW],
        )


def _open(door: Door) -> None:
    """Without it, looking by the clock goes on."""
    try:
        door.open()
    except ConfigError as error:
        log.error("door_failed", reason=str(error))  # noqa: TRY400 - its cause is in its text
