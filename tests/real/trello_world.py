"""A board at the stand-in for Trello, a folder, the daemon and the commands, as processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import requests
import yaml

from connectors.sandbox.trello import KEY, TOKENS, TrelloSandbox
from connectors.sandbox.trello.courier import SIGNING
from tests.system.world import DEMO, ROOT, some

MAPPING = {
    "kind": "card",
    "sides": {"trello": {"board": "Programme 2026"}, "notes": {"folder": "cards"}},
    "every": "1 h",
}
LANGUAGE = {"LANG": "en_GB.UTF-8", "PYTHONPATH": str(ROOT)}


def environ():
    foreign = ("JUMELAGE_", "LC_", "LANG", "CREDENTIALS")
    return {k: v for k, v in os.environ.items() if not k.startswith(foreign)} | LANGUAGE


class Person:
    """A member of the board, at Trello's own page."""

    def __init__(self, url) -> None:
        self.url = url

    def do(self, method, path, **said):
        signed = f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKENS["person"]}"'
        address = f"{self.url}/{path}"
        answer = requests.request(
            method, address, json=said, headers={"Authorization": signed}, timeout=30
        )
        answer.raise_for_status()
        return answer.json()


class Daemon:
    """`jumelage run`, and what it logs."""

    def __init__(self, folder) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sync.cli", "run"],
            cwd=folder,
            env=environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.seen = []

    def until(self, *names):
        """The event of one of these names that comes next; the test's own limit bounds it."""
        for line in self.process.stderr:
            self.seen.append(json.loads(line))
            if self.seen[-1]["event"] in names:
                return self.seen[-1]
        raise AssertionError(f"no {names} in {self.seen}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        rest = self.process.stderr.read().splitlines()
        self.seen += [json.loads(line) for line in rest]
        return self.process.wait(30)


class World:
    """The demo's board and a folder; the door where a free port was."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.sandbox = TrelloSandbox(folder / "trello", hurry=1000.0)
        self.board = self.sandbox.load(some(DEMO, 5, folder))
        self.sandbox.start()
        self.person = Person(self.sandbox.url)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.callback = f"http://127.0.0.1:{self.port}/notices/trello"
        self.daemons = []

    def configure(self, door=True, secret=SIGNING):
        trello = {"connector": "trello", "url": self.sandbox.url}
        secrets = {"key": KEY, "token": TOKENS["sync"], **({"secret": secret} if secret else {})}
        for name, value in secrets.items():
            (self.folder / name).write_text(value)
            (self.folder / name).chmod(0o600)
            trello[name] = {"file": name}
        said = {
            "systems": {"trello": trello, "notes": {"connector": "folder", "path": "notes"}},
            "language": "en",
        }
        if door:
            address = f"http://127.0.0.1:{self.port}/notices"
            said["door"] = {"address": address, "listen": f"127.0.0.1:{self.port}"}
        (self.folder / "notes").mkdir(exist_ok=True)
        (self.folder / "mappings").mkdir(exist_ok=True)
        (self.folder / "jumelage.yaml").write_text(yaml.safe_dump(said))
        (self.folder / "mappings" / "programme.yaml").write_text(yaml.safe_dump(MAPPING))

    def serve(self):
        self.daemons.append(Daemon(self.folder))
        return self.daemons[-1]

    def watched(self):
        """A daemon that has had its first cycle, and its webhook made."""
        daemon = self.serve()
        seen = {daemon.until("webhooks_registered", "cycle_ended")["event"]}
        while seen != {"webhooks_registered", "cycle_ended"}:
            seen.add(daemon.until("webhooks_registered", "cycle_ended")["event"])
        return daemon

    def card(self, word=""):
        return next(c for c in self.sandbox.state.cards.values() if word in c["name"])

    def note(self, title):
        found = [
            p for p in (self.folder / "notes" / "cards").glob("*.md") if title in p.read_text()
        ]
        return found[0].read_text() if found else None

    def run(self, *words):
        """Carry out a command line."""
        return subprocess.run(
            [sys.executable, "-m", "sync.cli", *words],
            cwd=self.folder,
            env=environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def close(self):
        for daemon in self.daemons:
            daemon.process.kill()
            daemon.process.wait()
        self.sandbox.stop()
