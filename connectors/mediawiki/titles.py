"""Titles: which a page may have, and which part of a wiki a mapping means.

Manual:Page title. The name of a page is fixed when it is made; the heading on it
carries the title from then on, so that links keep working.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

BYTES = 200
"""Of UTF-8; a title holds 255, prefix and number included."""


@dataclass(frozen=True)
class Place:
    """A namespace by its number, and the prefix that titles in it have."""

    namespace: int
    prefix: str = ""

    @property
    def id(self) -> str:
        """Stable over a renamed namespace."""
        return f"{self.namespace}:{self.prefix}"

    @classmethod
    def of(cls, text: str) -> Place:
        """Read an id."""
        number, _, prefix = text.partition(":")
        return cls(int(number), prefix)

    def holds(self, namespace: int, bare: str) -> bool:
        """Tell whether a page stands here, by its title without its namespace."""
        return namespace == self.namespace and bare.startswith(self.prefix) and bare != self.prefix


def clean(title: str) -> str:
    """The title as a page's name; "" if nothing of it can be in one."""
    text = unicodedata.normalize("NFC", title)
    text = "".join(c if c.isprintable() and c not in "#<>[]|{}_:\ufffd" else " " for c in text)
    text = re.sub(r"~{3,}|%(?=[0-9A-Fa-f]{2})|&(?=\w+;|#)", " ", text)
    # After the blanks: ". " would be a part of dots only once it is trimmed.
    parts = (" " if set(part.strip()) == {"."} else part for part in text.split("/"))
    text = " ".join("/".join(parts).split()).strip("/ ")
    short = text.encode()[:BYTES].decode(errors="ignore").strip()
    return (
        short[:1].upper() + short[1:] if short[:1].upper().lower() == short[:1].lower() else short
    )


def candidates(title: str) -> Iterator[str]:
    """Names for a page with this title, best first, without end."""
    name = clean(title) or "Page"
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1
