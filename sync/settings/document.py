"""What `jumelage.yaml` and the environment may say, as models."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from sync.i18n import _
from sync.settings.door import DoorDocument

PREFIX = "JUMELAGE_"
NEVER = "never"
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.4375, "y": 365.25}


def _fault(message: str, remedy: str) -> PydanticCustomError:
    # The shape in which `sync.mapping.reading` takes a message with its remedy.
    return PydanticCustomError("mapping", "{message}", {"message": message, "remedy": remedy})


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = _("“{value}” is no time zone").format(value=name)
        raise _fault(message, _("write a name of the IANA database, as Europe/Paris")) from error
    return name


def _address(url: str) -> str:
    try:
        known = make_url(url).get_backend_name() == "sqlite"
    except ArgumentError:
        known = False
    if not known:
        message = _("“{value}” is no store").format(value=url.partition(":")[0])
        raise _fault(message, _("write sqlite:/// and the path of a file, as sqlite:///state.db"))
    return url


Zone = Annotated[str, AfterValidator(_zone)]
StoreUrl = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, Field(pattern=r"^\w[\w.-]*$")]


class SystemDocument(BaseModel):
    """One account on one server; the keys beside `connector` are the connector's own."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    __pydantic_extra__: dict[str, object]

    connector: str
    """The connector that speaks with it: trello, caldav, folder, …"""


def _span(said: str) -> str:
    if lasting(said) is None and said != NEVER:
        message = _("“{value}” is no length of time").format(value=said)
        raise _fault(message, _("write a number of d, w, months or y, as 2 y, or never"))
    return said


def lasting(said: str) -> timedelta | None:
    """The time that `90 d`, `8 w`, `18 months` or `2 y` say; None for anything else."""
    matched = re.fullmatch(r"([1-9]\d{0,4}) ?(d|w|months?|y)", said)
    return timedelta(days=int(matched[1]) * _DAYS[matched[2][0]]) if matched else None


Lasting = Annotated[str, AfterValidator(_span)]


class Retention(BaseModel):
    """How long things are kept: `90 d`, `8 w`, `18 months`, `2 y` or `never` (erased)."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    journal: Lasting = "never"
    """What the journal's lines say; the lines themselves stay, and still verify."""
    kept: Lasting = "never"
    """Values that were kept, but for conflicts that nobody has settled."""
    runs: Lasting = "1 y"
    """Runs that did something; of those that did nothing only the last are kept."""


class Document(BaseModel):
    """The settings file."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    systems: dict[Name, SystemDocument]
    """The systems that mappings speak of, each under a name of your choice."""
    store: StoreUrl = "sqlite:///state.db"
    """Where Jumelage keeps its memory."""
    timezone: Zone = "Europe/Paris"
    """The collective's time zone (IANA)."""
    language: Literal["en", "fr"] = "fr"
    """The collective's language, in which notices and documents are written."""
    mappings: str = "mappings"
    """The folder of the mappings."""
    people: str = "people.yaml"
    """Who is who in each system; the file may be absent."""
    retention: Retention = Retention()
    """How long what people wrote is remembered."""
    door: DoorDocument | None = None
    """Where systems tell of changes; absent: nothing listens, and looking is by the clock."""


class Environment(BaseSettings):
    """The same, from variables named `JUMELAGE_…`, which go before what the file says.

    `JUMELAGE_SYSTEMS__NAME__KEY` sets one key of one system (names in lower case), and
    `JUMELAGE_DOOR__KEY` one of the door.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, frozen=True
    )

    systems: dict[str, dict[str, str]] = {}
    store: StoreUrl | None = None
    timezone: Zone | None = None
    language: Literal["en", "fr"] | None = None
    mappings: str | None = None
    people: str | None = None
    door: dict[str, str] = {}
