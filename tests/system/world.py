"""One mapping over five systems: a board, a folder, tasks, and two wikis."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import yaml

from connectors.sandbox.base import Sandbox
from connectors.sandbox.trello import TrelloSandbox
from sync import app, registry
from sync.connector import Connector, Tools
from sync.engine import Report
from sync.model import Plain
from sync.settings import load
from sync.settings.systems import holds_secret
from tests.canary import WATCH
from tests.system.gate import Gate
from tests.system.hands import Hands, names

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "connectors" / "sandbox" / "boards" / "programme.json"
SIDES = {
    "trello": ("trello", "board"),
    "notes": ("folder", "folder"),
    "agenda": ("caldav", "tasks"),
    "doku": ("dokuwiki", "namespace"),
    "wiki": ("mediawiki", "namespace"),
}
"""System, which is also the side's name -> its connector, and the word of its collection."""
MAPPING = "programme"
KEY, TOKEN = uuid4().hex, f"ATTA{uuid4().hex}{uuid4().hex}"
_SERIAL = count(1)


class Servers:
    """The servers of a test session, each started when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closing = ExitStack()
        self._running: dict[str, Sandbox] = {}

    def get(self, connector: str) -> Sandbox:
        if connector not in self._running:
            sandbox = registry.sandbox(connector)(self._folder / connector)
            sandbox.start()
            self._closing.callback(sandbox.stop)
            self._running[connector] = sandbox
        return self._running[connector]

    def stop(self) -> None:
        self._closing.close()


class Scene:
    """Settings, a mapping and the sandboxes that they name; every server behind a gate."""

    def __init__(self, servers: Servers, folder: Path, board: Path, sides: list[str]) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        self.gates: dict[str, Gate] = {}
        self.sandboxes: dict[str, Sandbox] = {}
        self.collections: dict[str, str] = {}
        self._closing = ExitStack()
        self.people: dict[str, Hands] = {}
        systems = {side: self._system(side, servers, board) for side in sides}
        self._write(systems, {})

    def _system(self, side: str, servers: Servers, board: Path) -> dict[str, Plain]:
        connector, word = SIDES[side]
        if connector == "trello":
            trello = TrelloSandbox(self.folder / "trello")
            self.collections[side] = trello.load(board)
            invite(trello, self.collections[side])
            trello.start()
            self._closing.callback(trello.stop)
            self.sandboxes[side] = trello
        elif connector == "folder":
            sandbox = registry.sandbox(connector)(self.folder / "folder")
            sandbox.start()
            self.sandboxes[side] = sandbox
        else:
            self.sandboxes[side] = servers.get(connector)
        sandbox = self.sandboxes[side]
        if side not in self.collections:
            self.collections[side] = sandbox.make(word)
        said = sandbox.settings("sync")
        if connector == "trello":  # it takes any of this form
            said |= {"key": KEY, "token": TOKEN}
        said["connector"] = connector
        if "url" in said:
            self.gates[side] = gate = Gate(sandbox.port)
            self._closing.callback(gate.stop)
            said["url"] = str(said["url"]).replace(f":{sandbox.port}", f":{gate.port}")
        return said

    def _write(self, systems: dict[str, dict[str, Plain]], more: dict[str, Plain]) -> None:
        told = {}
        for side, said in systems.items():
            model = registry.connector(SIDES[side][0]).settings_type
            told[side] = {}
            for key, value in said.items():
                if holds_secret(model, key):
                    variable = f"SCENE_{side}_{key}".upper()
                    self.environment[variable] = str(value)
                    WATCH.learn([str(value)])
                    value = {"env": variable}  # noqa: PLW2901 - as it is said
                told[side][key] = value
        settings = {"systems": told, "store": "sqlite:///state.db", "language": "en", **more}
        self.file = self.folder / "jumelage.yaml"
        self.file.write_text(yaml.safe_dump(settings), "utf-8")
        self.map({})

    def map(
        self, rules: dict[str, Plain], sides: dict[str, dict[str, Plain]] | None = None
    ) -> None:
        """Write the mapping, with rules of its own."""
        places = {
            side: {SIDES[side][1]: name, **(sides or {}).get(side, {})}
            for side, name in self.collections.items()
        }
        (self.folder / "mappings").mkdir(exist_ok=True)
        document = {"kind": "card", "sides": places, **rules}
        file = self.folder / "mappings" / f"{MAPPING}.yaml"
        file.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")

    # Running it

    @contextmanager
    def app(self) -> Iterator[app.App]:
        os.environ |= self.environment
        with app.assembled(app.configure(load(self.file))) as running:
            yield running

    def sync(self) -> Report:
        """What `jumelage sync --yes` does, in a process that was just started."""
        with self.app() as running:
            return sync(running)

    def command(self, *words: str, **options) -> subprocess.CompletedProcess[str]:
        """Run the command line as a process of its own."""
        done = subprocess.run(
            self.line(*words),
            env=self.process_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **options,
        )
        WATCH.look(f"{done.stdout}\n{done.stderr}", " ".join(words))
        return done

    def line(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "sync.cli", "--config", str(self.file), *words]

    def process_environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        return {**os.environ, **self.environment, "PYTHONPATH": path, "LC_ALL": "C.UTF-8"}

    # Looking at it

    def hands(self, side: str) -> Hands:
        """Somebody else, at work on a side."""
        if side not in self.people:
            connector, word = SIDES[side]
            kind = registry.connector(connector)
            said = {**self.sandboxes[side].settings("person"), "connector": connector}
            tools = Tools(name=side, base=self.folder)
            person: Connector = kind(kind.settings_type(**said), tools)
            self._closing.callback(person.close)
            collection = person.locate(word, self.collections[side])
            self.people[side] = Hands(person, collection, names(connector, word))
        return self.people[side]

    @property
    def sides(self) -> list[str]:
        return list(self.collections)

    def forget_requests(self) -> None:
        for gate in self.gates.values():
            gate.asked.clear()

    def search(self) -> None:
        """Look for the secrets of the settings in everything that was written here."""
        servers = [sandbox.folder for sandbox in self.sandboxes.values() if sandbox.settings()]
        WATCH.look_below(self.folder, [f for f in servers if f.name == "trello"])

    def close(self) -> None:
        self._closing.close()
        self.search()


def some(board: Path, number: int, folder: Path) -> Path:
    """A board of some of its cards, those first that hold the most."""
    export = json.loads(board.read_bytes())
    full = sorted(export["cards"], key=lambda c: (not c["due"], -len(c["idChecklists"])))
    export["cards"] = full[:number]
    cut = folder / "cut.json"
    cut.write_text(json.dumps(export), "utf-8")
    return cut


def invite(trello: TrelloSandbox, board: str) -> None:
    """Make every account of the sandbox a member of a board."""
    state = trello.state
    known = {entry["idMember"] for entry in state.memberships[board]}
    state.memberships[board] += [
        {"id": state.mint(), "idMember": ref, "memberType": "normal"}
        for ref in (state.me, *state.tokens.values())
        if ref not in known
    ]


def sync(running: app.App) -> Report:
    """One run of everything."""
    compiled = running.compiled()
    assert not compiled.waiting, compiled.waiting
    return running.engine(compiled.units).sync(accept=True)
