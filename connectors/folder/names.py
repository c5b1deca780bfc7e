"""Names from outside, made into names of files that are safe on every file system.

A title becomes a *slug*: readable, accents kept, not reversible. A path becomes a
path in which every character that some file system or program would trip over is
written as `%XX`, so that the very same path is read back.

Sources: POSIX.1-2017 3.282 (portable file names), Microsoft's "Naming Files, Paths,
and Namespaces" (reserved characters and names), 255 bytes per name on ext4, APFS and
NTFS (143 under eCryptfs, hence the cap of slugs).
"""

from __future__ import annotations

import re
import unicodedata

from sync.errors import Refused

SLUG_BYTES = 120
_NAME_BYTES = 240
_PATH_BYTES = 2048
_CONTROL = frozenset(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)))
_UNSAFE = frozenset('\\:*?"<>|') | _CONTROL
_ESCAPED = _UNSAFE | set("%. /")
_ESCAPE = re.compile(r"%([0-9A-F]{2})")
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
_EDGES = " .-~_"
_JOINER = "\u200d"  # holds an emoji of several together


def slug(title: str, otherwise: str = "note") -> str:
    """Make a title into the stem of a file name; `otherwise` if nothing is left of it."""
    text = unicodedata.normalize("NFC", title)
    kept = unicodedata.normalize("NFC", "".join(_readable(character) for character in text))
    kept = _cut(re.sub(r"[\s-]*-[\s-]*|\s+", _shorter, kept).strip(_EDGES), SLUG_BYTES)
    kept = kept.strip(_EDGES + _JOINER)
    if not any(character.isalnum() or ord(character) > 0x2000 for character in kept):  # noqa: PLR2004 - emoji count as text
        return otherwise
    return f"{otherwise} {kept}" if _RESERVED.fullmatch(kept.partition(".")[0].strip()) else kept


def numbered(stem: str, number: int) -> str:
    """Return the stem for the n-th record of one name: `stem`, `stem 2`, `stem 3`."""
    return stem if number == 1 else f"{stem} {number}"


def path_to_ref(path: str) -> str:
    """Write a path from outside as the relative path of a file. Raises `Refused`."""
    parts = unicodedata.normalize("NFC", path).split("/")
    ref = "/".join(_part_to_name(part, path) for part in parts)
    if len(ref.encode()) > _PATH_BYTES:
        raise Refused(f"the path {path[:80]!r}... is longer than {_PATH_BYTES} bytes")
    return ref


def ref_to_path(ref: str) -> str:
    """Read back the path that a relative path of a file stands for."""

    def plain(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _ESCAPED else match[0]

    return _ESCAPE.sub(plain, ref)


def is_ref(ref: str) -> bool:
    """Tell whether a ref can name a file here: relative, without a way up or hidden parts."""
    if not ref or "\0" in ref or ref.startswith("/"):
        return False
    return all(part and not part.startswith(".") for part in ref.split("/"))


def _readable(character: str) -> str:
    category = unicodedata.category(character)
    if character in '/\\:*?"<>|':
        return "-"
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    if category[0] == "C" and character != _JOINER:  # direction overrides, unassigned, private
        return ""
    return character


def _shorter(match: re.Match[str]) -> str:
    return "-" if "-" in match[0] else " "


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _part_to_name(part: str, path: str) -> str:
    if not part:
        raise Refused(f"the path {path[:80]!r} has an empty part")
    if _RESERVED.fullmatch(part.partition(".")[0].rstrip()):
        raise Refused(f"{part!r} is a reserved name on some systems")
    last = len(part) - 1
    name = "".join(_escaped(part, at, edge=at in (0, last)) for at in range(len(part)))
    if len(name.encode(errors="replace")) > _NAME_BYTES:
        raise Refused(f"the name {part[:40]!r}... is longer than {_NAME_BYTES} bytes")
    return name


def _escaped(part: str, at: int, *, edge: bool) -> str:
    character = part[at]
    if "\ud800" <= character <= "\udfff":
        raise Refused("a path that is not valid Unicode")
    looks_escaped = character == "%" and (match := _ESCAPE.match(part, at))
    misread = looks_escaped and match and chr(int(match[1], 16)) in _ESCAPED
    if character in _UNSAFE or misread or (edge and character in ". "):
        return f"%{ord(character):02X}"
    return character
