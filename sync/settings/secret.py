"""Secrets, read from where they are kept: never written in a settings file, never shown."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sync.errors import ConfigError
from sync.i18n import _
from sync.model import Plain

WAYS = ("credential", "file", "env")
MAX_BYTES = 64 * 1024


class Unreadable(ConfigError):
    """A secret is not where the settings say; `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def is_reference(value: Plain) -> bool:
    """Tell whether a value says where a secret is, instead of being one."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in WAYS


@dataclass
class Secrets:
    """Reads secrets, and remembers them so that they can be kept out of everything written."""

    base: Path
    """The folder that relative paths of secret files count from."""
    environ: Mapping[str, str]
    known: set[str] = field(default_factory=set)
    exposed: list[Path] = field(default_factory=list)
    """Secret files that every account of the machine can read."""

    def read(self, reference: Mapping[str, Plain]) -> str:
        """The secret that `{credential: NAME}`, `{file: PATH}` or `{env: NAME}` points to.

        Without the line end that editors add. Raises `Unreadable`.
        """
        ((way, name),) = reference.items()
        if not isinstance(name, str) or not name:
            raise Unreadable(
                _("“{way}” needs a name").format(way=way), _("write it as {way: NAME}")
            )
        match way:
            case "credential":
                secret = self._credential(name)
            case "file":
                secret = self._file(self.base / name)
            case _:
                secret = self._variable(name)
        self.known.add(secret)
        return secret

    def _credential(self, name: str) -> str:
        folder = self.environ.get("CREDENTIALS_DIRECTORY")
        remedy = _("systemd hands it over: LoadCredential={name}:PATH in the unit").format(
            name=name
        )
        if not folder:
            raise Unreadable(_("credential “{name}” is not at hand").format(name=name), remedy)
        if Path(name).name != name:
            raise Unreadable(
                _("“{name}” is no name of a credential").format(name=name),
                _("write a name, not a path"),
            )
        path = Path(folder, name)
        if not path.exists():
            raise Unreadable(_("credential “{name}” is not at hand").format(name=name), remedy)
        return _content(path)

    def _file(self, path: Path) -> str:
        secret = _content(path)
        if path.stat().st_mode & stat.S_IROTH:
            self.exposed.append(path)
        return secret

    def _variable(self, name: str) -> str:
        if not (secret := self.environ.get(name)):
            raise Unreadable(
                _("the variable {name} is not set").format(name=name),
                _("set it before starting, or keep the secret in a file: {file: PATH}"),
            )
        return secret


def _content(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        text = content.decode().rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or _("it is not UTF-8 text")
        raise Unreadable(
            _("the secret in {path} cannot be read: {reason}").format(path=path, reason=reason),
            _("check the path, and who may read it"),
        ) from error
    if not text or len(content) > MAX_BYTES:
        raise Unreadable(
            _("{path} holds no secret").format(path=path), _("write it there, on one line")
        )
    return text
