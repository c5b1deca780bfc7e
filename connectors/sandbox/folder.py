"""The sandbox of the folder connector: a folder that can be taken away."""

from __future__ import annotations

from pathlib import Path

from connectors.sandbox.base import Sandbox
from sync.model import Plain


class FolderSandbox(Sandbox):
    """A folder `notes`, in which every collection is a folder of its own."""

    name = "folder"

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Nothing listens."""
        super().__init__(folder, port=port)
        self.root = folder / "notes"
        self.made = 0

    def start(self) -> None:
        """Make the folder, or put it back."""
        self.root.mkdir(parents=True, exist_ok=True)

    def stop(self) -> None:
        """Take the folder away, as an unmounted disk does."""
        if self.root.exists():
            self.root.rename(self.folder / "unmounted")

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """Its path."""
        return {"connector": "folder", "path": str(self.root)}

    def make(self, word: str) -> str:
        """A name under which nothing stands yet."""
        self.made += 1
        return f"{word}-{self.made}"

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Write what is no text, and no file that can be read."""
        if word == "files":
            raise NotImplementedError("any content is a good file")
        (self.root / name / ref).write_bytes(b"---\ntitle: [\n---\n\xff\xfe")
