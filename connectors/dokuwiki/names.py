"""Page names as DokuWiki makes them of what people write (`cleanID` in `inc/pageutils.php`).

The names made here are ones that every setting of a wiki leaves as they are; the
wiki's own answer is what counts all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "œ": "oe", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"}
)
RESERVED = frozenset({"start", "sidebar"})
"""A namespace's front page and its margin: people's own, and no records."""
LONGEST = 80
"""Characters of a name; file systems hold 255 bytes of its encoded form."""


def clean(text: str) -> str:
    """One part of a page's name; "" if no letter or digit is in it."""
    lower = unicodedata.normalize("NFC", text).lower().translate(LETTERS)
    apart = unicodedata.normalize("NFKD", lower)
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    kept = "".join(c if c.isalnum() and _lasting(c) else "_" for c in plain)
    return re.sub("_+", "_", kept)[:LONGEST].strip("_")


def clean_namespace(text: str) -> str:
    """A namespace's name, its parts separated by colons."""
    parts = (clean(part) for part in re.split("[:/;]", text))
    return ":".join(part for part in parts if part)


def candidates(title: str) -> Iterator[str]:
    """Names for a page with this title, best first, without end."""
    name = clean(title) or "page"
    if name not in RESERVED:
        yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def could_be(name: str, title: str) -> bool:
    """Tell whether a page's name is one of the candidates for a title."""
    return re.fullmatch(re.escape(clean(title) or "page") + r"(?:_\d+)?", name) is not None


def _lasting(character: str) -> bool:
    return character.isascii() or character.lower() == character
