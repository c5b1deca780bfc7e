"""Jumelage put together: settings, connectors, mappings, store and engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from sync import erasure
from sync.columns import Columns
from sync.connector import BlobOpener, Connector, Tools
from sync.engine import Engine
from sync.errors import Missing, Refused
from sync.kinds import Kind
from sync.log import scrub
from sync.mapping.binding import Collective
from sync.mapping.check import Unchecked, check
from sync.mapping.compile import Compiled, compile_units
from sync.mapping.defaults import System as Described
from sync.mapping.defaults import defaults
from sync.mapping.loaded import Loaded, read_folder
from sync.mapping.places import Making, Places, Spot, survey
from sync.mapping.problem import Faulty, Problem
from sync.mapping.unit import Unit
from sync.mapping.vocabulary import read_kinds
from sync.model import Plain
from sync.notices import Notices
from sync.observe import Gather
from sync.report import Progress
from sync.rounds import Stopped
from sync.settings import Settings, Systems, open_systems
from sync.settings.people import read_people
from sync.store.base import Store
from sync.store.blobs import BlobStore
from sync.store.memory import MemoryStore
from sync.store.sql import SQLStore
from sync.wording import Words

WAITING = "waiting"
"""The store's own value under which it is noted which units could not even begin."""
UNNAMED = 24 * 3600.0
"""Seconds after which a content that nothing names is on its way to no record any more."""
WORKERS = 4
"""Reads and writes that run at the same time, of one unit."""


@dataclass(frozen=True)
class Configuration:
    """Everything that files say, right as far as files can tell."""

    settings: Settings
    systems: Systems
    described: Mapping[str, Described]
    kinds: Mapping[str, Kind]
    mappings: tuple[Loaded, ...]
    collective: Collective
    faults: tuple[Problem, ...] = ()
    """What is wrong with mappings and the table of people; the others can be used."""

    @property
    def spots(self) -> list[Spot]:
        """Every collection that a mapping names."""
        return [spot for mapping in self.mappings for _label, _side, spot in mapping.sides()]

    @property
    def making(self) -> Making:
        """The collections that may be made, and in which workspace."""
        return {
            spot: side.make if isinstance(side.make, str) else None
            for mapping in self.mappings
            for _label, side, spot in mapping.sides()
            if side.make
        }

    def check(self, places: Places) -> tuple[Unchecked, ...]:
        """Check mappings against what was found; returns what was not asked.

        Raises `Faulty` with every fault, of form too.
        """
        report = check(self.mappings, self.kinds, self.described, places, self.collective)
        if self.faults or report.problems:
            raise Faulty([*self.faults, *report.problems])
        return report.unchecked

    def units(self, places: Places) -> Compiled:
        """The units that can run, given what was found where."""
        return compile_units(self.mappings, self.kinds, self.described, places, self.collective)


def configure(settings: Settings) -> Configuration:
    """Read everything that the settings point to. Connects to nothing.

    Raises `Faulty` if settings, kinds or default maps are wrong, with what else is found;
    faults of mappings alone are in the result, and `check` tells them with its own.
    From here on no secret passes the log.
    """
    systems, problems = _systems(settings)
    scrub.learn(systems.secrets)
    kinds, wrong_kinds = read_kinds(settings.mappings)
    mappings, wrong_mappings = read_folder(settings.mappings)
    people, wrong_people = read_people(settings.people, systems.by_name)
    if problems or wrong_kinds:
        # Without every system, the table of people would seem to name unknown ones.
        raise Faulty([*problems, *wrong_kinds, *wrong_mappings])
    faults = (*wrong_mappings, *wrong_people)
    described = {
        name: Described(
            name,
            system.settings.connector,
            system.connector.words,
            defaults(system.settings.connector, settings.mappings),
        )
        for name, system in systems.by_name.items()
    }
    collective = Collective(people.accounts, settings.timezone)
    return Configuration(settings, systems, described, kinds, tuple(mappings), collective, faults)


def _systems(settings: Settings) -> tuple[Systems, list[Problem]]:
    try:
        return open_systems(settings), []
    except Faulty as fault:
        return Systems({}, frozenset()), list(fault.problems)


def open_store(settings: Settings, *, read_only: bool = False) -> SQLStore:
    """The store. Raises `ConfigError` if another process writes, or it is of another version."""
    return SQLStore(settings.store, read_only=read_only)


def open_blobs(settings: Settings) -> BlobStore:
    """The contents of files, beside the store."""
    store = settings.store_file or settings.base / "state.db"
    return BlobStore(store.with_name(store.name + ".blobs"))


@contextmanager
def connected(
    configuration: Configuration, blobs: BlobStore | None = None
) -> Iterator[Mapping[str, Connector]]:
    """A connector for every system, closed at the end. Sends nothing by itself."""
    settings = configuration.settings
    with ExitStack() as closing:
        connectors: dict[str, Connector] = {}
        for name, system in configuration.systems.by_name.items():
            tools = Tools(
                name=name,
                base=settings.base,
                timezone=settings.timezone,
                language=settings.language,
                blobs=_opener(blobs) if blobs else _no_blobs,
            )
            connectors[name] = system.connector(system.settings, tools)
            closing.callback(connectors[name].close)
        yield connectors


def _no_blobs(blob: Plain) -> AbstractContextManager[BinaryIO]:
    raise Refused(f"nothing is written now, {blob!r} neither")


def _opener(blobs: BlobStore) -> BlobOpener:
    def opened(blob: Plain) -> AbstractContextManager[BinaryIO]:
        digest = blob.get("hash") if isinstance(blob, dict) else None
        if not isinstance(digest, str):
            raise Refused(f"no content is at hand for {blob!r}")
        return blobs.open(digest)

    return opened


def look(
    spots: Iterable[Spot], connectors: Mapping[str, Connector], making: Making | None = None
) -> Places:
    """Look every collection up, each system in a thread of its own; as `survey`."""
    by_system: dict[str, list[Spot]] = {}
    for spot in spots:
        by_system.setdefault(spot.system, []).append(spot)
    found: dict[str, Places] = {}

    def ask(system: str) -> None:
        found[system] = survey(by_system[system], connectors, making)

    in_parallel(len(by_system))([partial(ask, system) for system in by_system])
    return {spot: place for places in found.values() for spot, place in places.items()}


Stopping = Callable[[], bool]


def in_parallel(workers: int, stopping: Stopping = lambda: False) -> Gather:
    """Run jobs on so many threads; returns when all have ended, raises what the first raised.

    Raises `Stopped` instead of beginning another job once `stopping` says so.
    """

    def begin(job: Callable[[], None]) -> None:
        if stopping():
            raise Stopped
        job()

    def gather(jobs: list[Callable[[], None]]) -> None:
        if len(jobs) < 2 or workers < 2:  # noqa: PLR2004 - nothing to share out
            for job in jobs:
                begin(job)
            return
        with ThreadPoolExecutor(min(workers, len(jobs))) as pool:
            pending = [pool.submit(begin, job) for job in jobs]
        for future in pending:
            future.result()

    return gather


@dataclass
class App:
    """Everything running: close it by leaving `assembled`."""

    configuration: Configuration
    connectors: Mapping[str, Connector]
    store: Store
    blobs: BlobStore

    def engine(
        self,
        units: Iterable[Unit],
        progress: Callable[[Progress], None] = lambda _: None,
        stopping: Stopping = lambda: False,
    ) -> Engine:
        """An engine for some units."""
        units = list(units)
        for member in (member for unit in units for member in unit.members.values()):
            made = {name: spec for name, spec in member.schema.fields.items() if spec.made}
            if made:
                self.connectors[member.collection.system].expect(member.collection, made)
        return Engine(
            units,
            self.connectors,
            self.store,
            self.blobs,
            gather=in_parallel(WORKERS, stopping),
            progress=progress,
        )

    def columns(self) -> Columns:
        """What keeps lists and labels alike beside their names."""
        return Columns(self.store, self.connectors)

    def notices(self) -> Notices:
        """What tells people of conflicts."""
        settings, people = self.configuration.settings, self.configuration.collective.people
        return Notices(self.store, self.connectors, lambda: Words.of(settings, self.store), people)

    def compiled(self, *, make: bool = False) -> Compiled:
        """Look everything up and compile. Raises `Faulty` for mappings that cannot work.

        `make`: what the mappings say may be made is made, once nothing else is wrong.
        """
        places = look(self.configuration.spots, self.connectors)
        self.configuration.check(places)
        if make and any(isinstance(place, Missing) for place in places.values()):
            places = look(self.configuration.spots, self.connectors, self.configuration.making)
            self.configuration.check(places)
        return self.configuration.units(places)


@contextmanager
def assembled(configuration: Configuration) -> Iterator[App]:
    """Open the store and make the connectors. Raises `ConfigError` if the store is taken."""
    with ExitStack() as closing:
        store = open_store(configuration.settings)
        closing.callback(store.close)
        blobs = open_blobs(configuration.settings)
        connectors = closing.enter_context(connected(configuration, blobs))
        yield App(configuration, connectors, store, blobs)


@contextmanager
def rehearsed(configuration: Configuration) -> Iterator[App]:
    """The same, with nothing that can be written: for a plan, also beside the daemon."""
    settings = configuration.settings
    stands = settings.store_file is None or settings.store_file.exists()
    with ExitStack() as closing:
        store: Store = open_store(settings, read_only=True) if stands else MemoryStore()
        closing.callback(store.close)
        blobs = BlobStore(Path(closing.enter_context(TemporaryDirectory(prefix="jumelage-"))))
        connectors = closing.enter_context(connected(configuration))
        yield App(configuration, connectors, store, blobs)


def waiting(compiled: Compiled) -> dict[str, str]:
    """Unit -> why it cannot run now."""
    return {
        unit.name: "; ".join(_of(spot.system, str(cause)) for spot, cause in unit.causes.items())
        for unit in compiled.waiting
    }


def _of(system: str, cause: str) -> str:
    """A cause with its system, which most of them name themselves."""
    return cause if cause.startswith(f"{system}:") else f"{system}: {cause}"


def note_waiting(store: Store, units: Mapping[str, str]) -> None:
    """Note which units cannot run and why, for whoever looks at the store alone."""
    if units != (store.meta(WAITING) or {}):
        with store.transaction() as tx:
            tx.put_meta(WAITING, {**units})


def tidy(app: App, now: datetime) -> bool:
    """Erase what is older than the settings let it become; whether there was anything."""
    found = erasure.old(app.store, app.configuration.settings.retention, now)
    if found:
        found.carry_out(app.store, "retention")
    if not found or not isinstance(app.store, SQLStore):
        return bool(found)
    clear_away(app.store, app.blobs, settled=UNNAMED)
    return True


def clear_away(store: SQLStore, blobs: BlobStore, settled: float = 0.0) -> None:
    """Leave no trace of what was erased, in the store or among the contents of files."""
    blobs.prune(erasure.contents(store), settled)
    store.compact()
