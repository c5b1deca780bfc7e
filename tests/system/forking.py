"""Command lines that begin at once: a process with everything imported forks one for each.

What it forks is a process of its own, with the real `jumelage` command line, killed by a
real SIGKILL. The parent has one thread and has opened nothing, so a fork of it is as
good as a fresh start. It stands in `python -m tests.system.forking`, told by lines of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.canary import WATCH

SETTLING = 0.01
"""Seconds between the two listings of a first meeting, which are long for people only."""


@dataclass(frozen=True)
class Ended:
    """How a command line ended: killed if `status` is -9."""

    status: int
    seconds: float
    said: str

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL


class Forks:
    """The parent, from outside. One command line at a time."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._said = folder / "said.txt"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.forking"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pid = 0
        self._answer()

    def begin(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        kill_after: float | None = None,
        commit: int | None = None,
        room: int | None = None,
    ) -> None:
        """Start a command line.

        It is killed so many seconds after its start or, with `commit`, after it said that
        it begins its so-many-th commit. With `room`, no file that it writes becomes longer than
        so many bytes: the disk is full.
        """
        order = {
            "words": [*words],
            "environment": {**environment},
            "said": str(self._said),
            "kill_after": kill_after,
            "commit": commit,
            "room": room,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self._pid = int(self._answer()["pid"])

    def kill(self) -> None:
        """Kill what was begun last, now, if it has not ended; it is dead when this returns."""
        with suppress(ProcessLookupError, FileNotFoundError):
            os.kill(self._pid, signal.SIGKILL)
            status = Path(f"/proc/{self._pid}/stat")
            while status.read_text("utf-8").rpartition(") ")[2][0] not in "ZX":
                time.sleep(0.0005)

    def wait(self) -> Ended:
        """How the command line that was begun last has ended."""
        told = self._answer()
        said = self._said.read_text("utf-8")
        WATCH.look(said, "a process that was begun")
        return Ended(told["status"], told["seconds"], said)

    def run(self, words: Sequence[str], environment: Mapping[str, str], **more) -> Ended:
        self.begin(words, environment, **more)
        return self.wait()

    def _answer(self):
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the parent of the processes is gone"
        return json.loads(line)

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


# In the parent


def serve() -> None:
    """Fork a child for each line that is read."""
    tell({"ready": os.getpid()})
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            carry_out(order, writing)
        os.close(writing)
        tell({"pid": pid})
        doomed(pid, reading, order, started)
        _, status = os.waitpid(pid, 0)
        os.close(reading)
        code = os.waitstatus_to_exitcode(status)
        tell({"status": code, "seconds": time.monotonic() - started})


def doomed(pid: int, reading: int, order: Mapping[str, object], started: float) -> None:
    """Kill the child when its time has come, unless it ends before."""
    after = order["kill_after"]
    if after is None:
        return
    if order["commit"] is not None:
        if not os.read(reading, 1):  # it ended before so many commits
            return
    else:
        after = float(str(after)) - (time.monotonic() - started)
    ended, _, _ = select.select([reading], [], [], max(0.0, float(str(after))))
    if not ended:
        os.kill(pid, signal.SIGKILL)


def tell(data: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


# In the child


def carry_out(order: Mapping[str, object], writing: int) -> None:
    """Be the command line, and never return."""
    from sync import engine  # noqa: PLC0415 - imported by the parent long ago
    from sync.cli.main import run  # noqa: PLC0415

    status = 70
    try:
        out = os.open(str(order["said"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.environ.update(order["environment"])  # type: ignore[arg-type]
        engine.SETTLING = SETTLING
        if order["room"] is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(str(order["room"])),) * 2)
        if order["commit"] is not None:
            announce(int(str(order["commit"])), writing)
        status = run(order["words"])  # type: ignore[arg-type]
    except BaseException:  # noqa: BLE001 - a forked process ends here, whatever comes
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def announce(number: int, writing: int) -> None:
    """Say when the so-many-th commit begins."""
    from sqlalchemy import Engine, event  # noqa: PLC0415

    left = number

    @event.listens_for(Engine, "commit")
    def committing(_connection: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.write(writing, b"!")


def warm() -> None:
    """Import all that a command line needs, so that no child has to."""
    from sync import registry  # noqa: PLC0415
    from sync.cli.main import run  # noqa: PLC0415

    for name in registry.connectors():
        registry.connector(name)
    run(["--version"])


if __name__ == "__main__":
    given = os.dup(1)
    os.dup2(2, 1)
    warm()
    os.dup2(given, 1)
    serve()
