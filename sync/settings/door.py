"""The door, as the settings say it: where systems tell us of changes."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from sync.i18n import _

_LISTEN = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[\w.-]+):(?P<port>\d{1,5})")


def _fault(message: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("mapping", "{message}", {"message": message, "remedy": remedy})


def _callback(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        message = _("“{value}” is no address that a system could call").format(value=url)
        raise _fault(message, _("write it as https://jumelage.example.org/notices"))
    if parts.query or parts.fragment:
        message = _("“{value}” has more than a host and a path").format(value=url)
        raise _fault(message, _("leave out all from ? and # on"))
    return url.rstrip("/")


def _place(text: str) -> str:
    found = _LISTEN.fullmatch(text)
    if found is None or int(found["port"]) > 65535:  # noqa: PLR2004 - the last port
        message = _("“{value}” is no address of this machine with a port").format(value=text)
        raise _fault(message, _("write it as 127.0.0.1:8407"))
    return text


class DoorDocument(BaseModel):
    """Where systems tell of changes (webhooks). Without it every look is by the clock."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    address: Annotated[str, AfterValidator(_callback)]
    """The address that systems call; your web server hands on what comes there."""
    listen: Annotated[str, AfterValidator(_place)] = "127.0.0.1:8407"
    """Where `jumelage run` listens; beyond this machine only if you write it so."""
