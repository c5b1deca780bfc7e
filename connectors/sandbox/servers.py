"""Servers that are Python packages, run from an environment of their own.

Some bring libraries that would change those of Jumelage, so they are never installed
beside it: the environment is named by JUMELAGE_SERVERS, or is `.venv-servers` here or
in the checkout.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

from connectors.sandbox.base import Sandbox
from sync.model import Plain

PATIENCE = 30.0
"""Seconds until a server must answer."""
LAST_WORDS = 2000
PORTS = range(20_000, 32_000)
VARIABLE, FOLDER = "JUMELAGE_SERVERS", ".venv-servers"
CHECKOUT = Path(__file__).resolve().parents[2]
PASSWORDS = {"sync": "pass-of-sync", "person": "pass-of-person", "wrong": "not-the-pass"}


def interpreter() -> Path | None:
    """The Python of the servers' environment; None if there is none."""
    named = os.environ.get(VARIABLE)
    folders = [Path(named)] if named else [CHECKOUT / FOLDER, Path.cwd() / FOLDER]
    found = (folder / "bin" / "python" for folder in folders)
    return next((python for python in found if python.exists()), None)


def free_port() -> int:
    """A port of the loopback that nobody listens on.

    Below those that the kernel gives to whoever asks for any (`ip_local_port_range`): a
    server that takes seconds until it listens would lose one of them to a connection.
    """
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class ServerSandbox(Sandbox):
    """One such server, with the accounts `sync` and `person` on it."""

    package: ClassVar[str]
    """The installed package that must be there."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        super().__init__(folder, port=port)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    @classmethod
    def missing(cls) -> str | None:
        """The environment, or the package in it."""
        python = interpreter()
        if python is None:
            return f"no {FOLDER}: python3 -m venv {FOLDER}, then its pip install {cls.package}"
        site = python.parent.parent.glob(f"lib/python*/site-packages/{cls.package}")
        if any(site):
            return None
        return f"{cls.package} is not installed: {python.parent / 'pip'} install {cls.package}"

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def command(self, python: Path) -> list[str]:
        """Write its configuration under `folder`; return what starts it."""

    def start(self) -> None:
        """Start the server in a process group of its own, and wait until it listens."""
        python = interpreter()
        if python is None:
            raise RuntimeError(self.missing())
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder = self.folder.resolve()
        self.port = self.port or free_port()
        command = self.command(python)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        said = self.log.read_text(errors="replace")[-LAST_WORDS:]
        self.stop()
        raise RuntimeError(f"{self.name} did not start: {said}")

    def stop(self) -> None:
        """Stop it and what it started."""
        process, self._process = self._process, None
        if process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
                return

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """How to reach it as this account."""
        user = "sync" if account == "wrong" else account
        return {"url": self.address(user), "user": user, "password": PASSWORDS[account]}

    @abstractmethod
    def address(self, user: str) -> str:
        """The url that this account's settings hold."""

    def fresh(self, word: str) -> str:
        """A name that nothing has yet."""
        self._made += 1
        return f"{word}-{self._made}"
