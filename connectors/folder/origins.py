"""Which nonce a plain file was made with: kept beside the files, never in them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from connectors.folder.place import Place

_SHELF = "origins"


class Origins:
    """One small file per file that we made: its nonce, its inode, its ref."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def keep(self, ref: str, nonce: str, inode: int) -> None:
        """Say with which nonce the file at `ref` was, or is about to be, made."""
        self.place.note(_SHELF, _name(ref), f"{nonce}\n{inode}\n{ref}\n")

    def of(self, ref: str, inode: int) -> str | None:
        """The nonce of a file of ours; None for any other that stands at its path."""
        said = self.place.noted(_SHELF, _name(ref)).split("\n")
        return said[0] if said[1:3] == [str(inode), ref] else None

    def refs(self, nonce: str) -> Iterator[str]:
        """The refs for which a nonce was kept."""
        for name in self.place.notes(_SHELF):
            said = self.place.noted(_SHELF, name).split("\n")
            if said[0] == nonce:
                yield said[2]


def _name(ref: str) -> str:
    return sha256(ref.encode()).hexdigest()[:32]
