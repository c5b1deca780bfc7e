"""Contents of files: known by their hash; the bytes themselves never pass through here."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import ClassVar

from sync.model import Plain
from sync.types.base import FieldType, is_empty
from sync.types.scalar import number
from sync.types.text import composed, string

_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_KEYS = {"name", "size", "hash", "mime"}


class Blob(FieldType):
    """A file's content: name, size in bytes, `sha256:` hash (None: unknown yet), media type.

    Two different changes are a conflict; the caller keeps both contents.
    """

    name: ClassVar[str] = "blob"

    def clean(self, value: Plain) -> Plain:
        """All of name, size and hash; the media type where it is said."""
        if is_empty(value):
            return None
        if not isinstance(value, dict) or not value.keys() <= _KEYS:
            raise ValueError(f"not a file ({', '.join(sorted(_KEYS))}): {value!r:.80}")
        name, size = string(value.get("name")), number(value.get("size"))
        if name is None or not isinstance(size, int) or size < 0:
            raise ValueError(f"a file has a name and a size in bytes: {value!r:.80}")
        said: dict[str, Plain] = {"name": name, "size": size, "hash": _hash(value.get("hash"))}
        mime = string(value.get("mime"))
        return said | {"mime": mime} if mime else said

    def equal(self, one: Plain, other: Plain) -> bool:
        """Compare hashes where both are known, else name and size."""
        if not isinstance(one, dict) or not isinstance(other, dict):
            return one is other
        if one["hash"] and other["hash"]:
            return one["hash"] == other["hash"]
        return _label(one) == _label(other)

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The content, by its hash; by name and size while that is unknown."""
        if not isinstance(value, dict):
            return frozenset()
        known = value["hash"]
        return frozenset({known if isinstance(known, str) else _label(value)})

    def show(self, value: Plain) -> str:
        """Name and size."""
        return f"{value['name']} ({_size(value['size'])})" if isinstance(value, dict) else ""


def _hash(value: Plain) -> str | None:
    text = string(value)
    if text is not None and not _HASH.fullmatch(text.lower()):
        raise ValueError(f"not a sha256 hash: {text!r:.80}")
    return text and text.lower()


def _label(blob: dict[str, Plain]) -> tuple[str, Plain]:
    return composed(str(blob["name"])), blob["size"]


def _size(size: Plain) -> str:
    """Show bytes in the units of SI, which both languages share."""
    amount = float(size) if isinstance(size, int | float) else 0.0
    for unit in ("B", "kB", "MB"):
        if amount < 1000:  # noqa: PLR2004 - SI
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} GB"
