"""The co-operative's tools, started on this machine, and what its admin wrote for Jumelage."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import yaml

from sync import i18n, registry
from sync.demo.hands import Agenda, Board, Card, Desk, Drive, Wiki
from sync.errors import ConfigError
from sync.i18n import _
from sync.model import Plain
from sync.settings.systems import holds_secret

if TYPE_CHECKING:
    from connectors.sandbox.base import Sandbox

BOARD, TASKS, PAGES, SHARE = "Programme 2026", "programme", "programme", "Partage"
SERVERS = {"trello": "trello", "agenda": "caldav", "drive": "webdav"}
"""System -> the connector whose sandbox stands for it."""
FOLDERS = {"wiki": "wiki", "desk": "bureau"}
"""System -> its folder."""
PEOPLE = {
    "camille": "Camille Roux",
    "nour": "Nour Haddad",
    "yann": "Yann Le Goff",
    "ines": "Inès Moreau",
    "theo": "Théo Garnier",
    "awa": "Awa Diallo",
}
FILES = {
    "Statuts.md": "# Statuts de la coopérative\n\nArticle 1. Le Vallon appartient à ses membres.\n",
    "Comptes/Budget 2026.csv": "poste;montant\nsemences;420\noutils;310\n",
    "Affiches/Fête d'hiver ❄️.txt": "Samedi 19 décembre, 18 h, au hangar.\n",
}
CARDS = """kind: card
sides:
  trello: {{board: {board}}}
  agenda: {{tasks: {tasks}}}
  wiki: {{folder: {pages}}}
conflicts: newest
every: 3 s
"""
DOCUMENTS = """kind: file
sides:
  drive: {{files: {share}}}
  desk: {{files: {share}}}
every: 3 s
"""


@dataclass(frozen=True)
class Premises:
    """Where everything stands, and the hands of a person on each tool."""

    folder: Path
    board: Board
    agenda: Agenda
    wiki: Wiki
    drive: Drive
    desk: Desk

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "jumelage.yaml"

    def mapping(self, name: str) -> Path:
        """A mapping's file."""
        return self.folder / "mappings" / f"{name}.yaml"

    def cards(self) -> dict[str, dict[str, Card]]:
        """Side -> title -> card, on each of the three that hold cards."""
        return {
            "trello": self.board.cards(),
            "agenda": self.agenda.cards(),
            "wiki": self.wiki.cards(),
        }

    def versions(self) -> dict[str, Mapping[str, str]]:
        """Side -> path or id -> what changes whenever anybody writes there."""
        return {
            **{
                side: {card.ref: card.version for card in cards.values()}
                for side, cards in self.cards().items()
            },
            "drive": self.drive.versions(),
            "desk": self.desk.versions(),
        }


def missing() -> str | None:
    """What this machine lacks, and the commands that install it; None: nothing."""
    lacking = [registry.sandbox(connector).missing() for connector in SERVERS.values()]
    if not any(lacking):
        return None
    said = "\n".join(f"  {reason}" for reason in dict.fromkeys(filter(None, lacking)))
    return "\n".join(
        (
            _("the demo needs two small servers, Radicale and WsgiDAV:"),
            said,
            _("in a checkout, `make demo` installs them; elsewhere these two commands do:"),
            "  python3 -m venv .venv-servers",
            "  .venv-servers/bin/pip install radicale wsgidav cheroot",
        )
    )


@contextmanager
def opened() -> Iterator[Premises]:
    """Start everything, and remove every trace at the end.

    Raises `ConfigError` if a server does not start, with its last words.
    """
    with ExitStack() as closing:
        place = TemporaryDirectory(prefix="jumelage-demo-", ignore_cleanup_errors=True)
        folder = Path(closing.enter_context(place)).resolve()
        servers = {name: _started(name, folder, closing) for name in SERVERS}
        _configure(folder, servers)
        yield _furnished(folder, servers, closing)


def _started(name: str, folder: Path, closing: ExitStack) -> Sandbox:
    kind = registry.sandbox(SERVERS[name])
    own = folder / "servers" / name
    own.mkdir(parents=True)
    if name == "trello":
        with as_file(_export()) as export:
            server = kind(own, load=export)  # type: ignore[call-arg]  # its own, as the CLI's --load
    else:
        server = kind(own)
    closing.callback(server.stop)
    try:
        server.start()
    except (RuntimeError, OSError) as error:
        raise ConfigError(str(error)) from error
    return server


def _export() -> Traversable:
    return files("connectors.sandbox.boards") / "programme.json"


def _furnished(folder: Path, servers: Mapping[str, Sandbox], closing: ExitStack) -> Premises:
    """Let people make their list of tasks and put their first files down."""
    person = {name: server.settings("person") for name, server in servers.items()}
    board = json.loads(_export().read_text("utf-8"))["id"]
    made = Premises(
        folder,
        Board(person["trello"], board),
        Agenda(person["agenda"], TASKS),
        Wiki(folder / FOLDERS["wiki"] / PAGES),
        Drive(person["drive"], SHARE),
        Desk(folder / FOLDERS["desk"] / SHARE),
    )
    ours = Agenda(servers["agenda"].settings(), TASKS)  # in whose home the list stands
    for server in (made.board, made.agenda, made.drive, ours):
        closing.callback(server.close)
    ours.make(BOARD)
    made.drive.make()
    for name in sorted({name.rpartition("/")[0] for name in FILES} - {""}):
        made.drive.make(name)
    for name, text in FILES.items():
        made.drive.write(name, text)
    return made


def _configure(folder: Path, servers: Mapping[str, Sandbox]) -> None:
    """Write what an admin would: settings, people, mappings, and secrets in files of their own."""
    for name in ("mappings", "secrets", *FOLDERS.values()):
        (folder / name).mkdir(mode=0o700)
    systems: dict[str, Plain] = {
        name: _section(folder, name, server.settings()) for name, server in servers.items()
    }
    for name, path in FOLDERS.items():
        systems[name] = {"connector": "folder", "path": f"./{path}"}
    _write(
        folder / "jumelage.yaml",
        {
            "systems": systems,
            "store": "sqlite:///state.db",
            "timezone": "Europe/Paris",
            "language": i18n.language(),
        },
    )
    _write(
        folder / "people.yaml",
        {alias: {"name": name, "trello": alias, "wiki": name} for alias, name in PEOPLE.items()},
    )
    cards = CARDS.format(board=BOARD, tasks=TASKS, pages=PAGES)
    (folder / "mappings" / "programme.yaml").write_text(cards, "utf-8")
    (folder / "mappings" / "partage.yaml").write_text(DOCUMENTS.format(share=SHARE), "utf-8")


def _section(folder: Path, name: str, settings: Mapping[str, Plain]) -> dict[str, Plain]:
    model = registry.connector(SERVERS[name]).settings_type
    section: dict[str, Plain] = {"connector": SERVERS[name]}
    for key, value in settings.items():
        if holds_secret(model, key):
            secret = folder / "secrets" / f"{name}-{key}"
            secret.touch(mode=0o600)
            secret.write_text(f"{value}\n", "utf-8")
            section[key] = {"file": f"secrets/{secret.name}"}
        else:
            section[key] = value
    return section


def _write(path: Path, data: Mapping[str, Plain]) -> None:
    text = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False)
    path.write_text(text, "utf-8")
