"""Pages of documentation, taken apart into what a reader would type and what they would see."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("README*.md")])
_FENCE = re.compile(
    r"^(?P<fence>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One fenced block: `LANGUAGE [file=PATH] [by-hand]`."""

    page: Path
    line: int
    info: tuple[str, ...]
    body: str

    @property
    def language(self) -> str:
        return self.info[0] if self.info else ""

    @property
    def file(self) -> str | None:
        """The file that a reader writes it to; pieces of one file follow each other."""
        return next((word[5:] for word in self.info if word.startswith("file=")), None)

    @property
    def by_hand(self) -> bool:
        """Tell whether it needs what no test has: root, an account, a server of the reader's."""
        return "by-hand" in self.info

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command line with the output that the page shows for it."""
        found: list[tuple[str, str]] = []
        for line in self.body.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            elif found and line.startswith("> "):
                found[-1] = (found[-1][0] + "\n" + line[2:], "")
            else:
                assert found, f"{self}: output without a command"
                found[-1] = (found[-1][0], found[-1][1] + line + "\n")
        return found

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page."""
    text = page.read_text("utf-8")
    return [
        Block(page, text.count("\n", 0, m.start()) + 1, tuple(m["info"].split()), m["body"])
        for m in _FENCE.finditer(text)
    ]


class Reader:
    """Somebody who follows a page, in a folder of their own beside the checkout's sources."""

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        self.base = self.here = folder
        self.path = [str(path)] if path else []
        (folder / ".bin").mkdir(parents=True)
        command = folder / ".bin" / "jumelage"
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sync.cli "$@"\n')
        command.chmod(0o755)
        (folder / "connectors").symlink_to(ROOT / "connectors")

    def follow(self, block: Block) -> None:
        """Do what a block says. Raises AssertionError where the page is wrong."""
        if block.file:
            self.write(block.file, block.body)
        elif block.language == "console" and not block.by_hand:
            for command, shown in block.commands:
                said = self.run(command)
                assert matches(shown, said), f"{block}: $ {command}\n{said}"

    def write(self, name: str, text: str) -> None:
        path = self.base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)

    def run(self, command: str) -> str:
        """Type a command; what it prints, with its errors. The folder stays where it led."""
        script = f'{command}\nstatus=$?\npwd > "$AFTER"\nexit $status\n'
        after = self.base / ".bin" / "pwd"
        foreign = ("JUMELAGE_", "LC_", "LANG", "CREDENTIALS")
        kept = {n: v for n, v in os.environ.items() if not n.startswith(foreign)}
        environment = {
            **kept,
            "LANG": "en_GB.UTF-8",
            "AFTER": str(after),
            "PATH": f"{self.base / '.bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join([*self.path, str(ROOT)]),
        }
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.here,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.here = Path(after.read_text().strip())
        return done.stdout


def matches(shown: str, said: str) -> bool:
    """Tell whether output is as shown; `…` stands for anything, no output shown for any."""
    pattern = "".join(".*?" if part == "…" else re.escape(part) for part in re.split("(…)", shown))
    return not shown.strip() or re.fullmatch(pattern, said, re.DOTALL) is not None
