"""The first files: settings, secrets and a mapping, written together or not at all.

Nothing that stands already is ever overwritten. A secret is in a file of its own that
its owner alone can read, from its first moment on.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.errors import ConfigError
from sync.i18n import _

SETTINGS = "jumelage.yaml"
SECRETS = "secrets"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_ZONES = "/zoneinfo/"


def vacant(base: Path, names: Iterable[str]) -> None:
    """Raise `ConfigError` if anything stands where these files are to be."""
    if taken := [str(base / name) for name in names if os.path.lexists(base / name)]:
        said = _("{files} stands there already; nothing is overwritten, nothing was written")
        raise ConfigError(said.format(files=", ".join(taken)))


def write(base: Path, files: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Write the files, and the secrets for their owner alone. Raises `ConfigError`, `OSError`.

    If one cannot be written, none is there afterwards.
    """
    vacant(base, [*files, *secrets])
    made: list[Path] = []
    try:
        for name, content in secrets.items():
            _put(base / name, content + "\n", 0o600, made)
        for name, content in files.items():
            _put(base / name, content, 0o644, made)
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _put(path: Path, content: str, mode: int, made: list[Path]) -> None:
    private = mode == 0o600  # noqa: PLR2004 - a file's mode
    for folder in (folder for folder in reversed(path.parents) if not folder.exists()):
        folder.mkdir(0o700 if private else 0o755)
        made.append(folder)
    with os.fdopen(os.open(path, _NEW, mode), "w", encoding="utf-8") as file:
        made.append(path)
        os.fchmod(file.fileno(), mode)  # whatever the umask says
        file.write(content)


def slug(title: str) -> str:
    """A name for files after a title, of letters and digits."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "cards"


def zone(local: Path = Path("/etc/localtime")) -> str:
    """The time zone of this machine, if it tells one by name; else that of Paris."""
    name = str(local.resolve()).partition(_ZONES)[2]
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "Europe/Paris"
    return name if "/" in name else "Europe/Paris"
