"""A PHP application under `php -S`, in a process group of its own, as nobody.

The built-in server forks workers that outlive their parent and go on answering on the
port: the whole group is stopped, always, and every start takes a port that is free.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from connectors.sandbox.base import Sandbox
from connectors.sandbox.servers import free_port

NOBODY = 65534
WORKERS = 4
PATIENCE = 20.0
"""Seconds until a server must answer."""
LAST_WORDS = 2000


class PhpSandbox(Sandbox):
    """One PHP application of Debian's, whose code stays untouched under /usr/share."""

    process: subprocess.Popen[bytes] | None = None
    home = ""
    """A path that answers 200 once the application is up."""

    @classmethod
    def lacking(cls, packages: Mapping[str, Path], extensions: Sequence[str] = ()) -> str | None:
        """Name the Debian packages that are absent, by a file of each, and the remedy."""
        absent = [name for name, file in packages.items() if not file.exists()]
        if shutil.which("php") is None:
            absent.append("php-cli")
        conf = Path("/etc/php")
        absent += [
            {"dom": "php-xml"}.get(name, f"php-{name}")
            for name in extensions
            if not any(conf.glob(f"*/cli/conf.d/*-{name}.ini"))
        ]
        if not absent:
            return None
        command = "apt-get install -y --no-install-recommends"
        return f"{', '.join(absent)} not installed: {command} {' '.join(absent)}"

    @abstractmethod
    def prepare(self) -> Path:
        """Install into `folder`; return the document root."""

    @abstractmethod
    def options(self) -> list[str]:
        """Options of `php` before `-S`; what follows a `--` is the router script."""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Install, start, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder = self.folder.resolve()
        self.port = self.port or free_port()
        root = self.prepare()
        self.own()
        options = self.options()
        cut = options.index("--") if "--" in options else len(options)
        listen = ["-S", f"127.0.0.1:{self.port}", "-t", str(root)]
        command = ["php", *options[:cut], *listen, *options[cut + 1 :]]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.as_server(command),
                cwd=root,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def stop(self) -> None:
        """Stop the server and its workers."""
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    def environment(self) -> dict[str, str]:
        """The server's environment: nothing of ours but the path."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": "/nonexistent",
            "PHP_CLI_SERVER_WORKERS": str(WORKERS),
        }

    def run(self, *command: str) -> None:
        """Run one command of the installation. Raises `RuntimeError` with its last words."""
        done = subprocess.run(  # noqa: S603 - our own command
            self.as_server(command), env=self.environment(), capture_output=True, check=False
        )
        if done.returncode:
            said = (done.stdout + done.stderr).decode(errors="replace")[-LAST_WORDS:]
            raise RuntimeError(f"{command[1]} failed: {said}")

    def own(self) -> None:
        """Give everything in the folder to the account that the server runs as."""
        if not self.unprivileged:
            return
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    def as_server(self, command: Sequence[str]) -> list[str]:
        """The command, run as the account of the server."""
        if not self.unprivileged:
            return list(command)
        ids = ["--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
        return ["setpriv", *ids, "--", *command]

    @property
    def unprivileged(self) -> bool:
        """Whether root's rights can be dropped: there are some, and others reach the folder."""
        reachable = all(parent.stat().st_mode & 0o001 for parent in self.folder.parents)
        return os.geteuid() == 0 and reachable

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}{self.home}", timeout=PATIENCE).ok:
                    return
            time.sleep(0.05)
        said = self.log.read_text(errors="replace")[-LAST_WORDS:]
        self.stop()
        raise RuntimeError(f"{self.name} did not start: {said}")
