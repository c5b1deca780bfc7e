"""Trello's objects: what of them is mapped, and validated.

https://developer.atlassian.com/cloud/trello/rest/ (objects), and real board exports for
what the reference leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.trello.names import distinct
from sync.model import Option


class _Object(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TrelloList(_Object):
    """A column."""

    id: str
    name: str
    pos: float = 0.0
    closed: bool = False


class TrelloLabel(_Object):
    """A label; most boards hold unnamed ones, known by their colour alone."""

    id: str
    name: str = ""
    color: str | None = None


class TrelloMember(_Object):
    """Somebody on the board."""

    id: str
    username: str


class CheckItem(_Object):
    """One entry of a checklist."""

    id: str
    name: str
    state: str = "incomplete"
    pos: float = 0.0
    due: str | None = None
    idMember: str | None = None  # noqa: N815 - Trello's own name


class Checklist(_Object):
    """One of a card's checklists."""

    id: str
    name: str
    idCard: str  # noqa: N815
    pos: float = 0.0
    checkItems: tuple[CheckItem, ...] = ()  # noqa: N815

    def entries(self) -> tuple[CheckItem, ...]:
        """The entries in the order that members see."""
        return tuple(sorted(self.checkItems, key=lambda item: (item.pos, item.id)))

    @property
    def is_empty(self) -> bool:
        """Whether there is a name and nothing else."""
        return not self.checkItems


def told_apart(checklists: Iterable[Checklist]) -> tuple[Checklist, ...]:
    """In their order; of several of one name the younger ones bear a number, by age."""
    many = tuple(checklists)
    names = distinct(sorted((one.id, one.name) for one in many))
    return tuple(one.model_copy(update={"name": names[one.id]}) for one in many)


class CustomText(_Object):
    """What a choice of a custom field is called."""

    text: str = ""


class CustomOption(_Object):
    """A choice of a custom field."""

    id: str
    value: CustomText = CustomText()


class CustomField(_Object):
    """The definition of a custom field."""

    id: str
    name: str = ""
    type: str
    pos: float = 0.0
    options: tuple[CustomOption, ...] = ()


class CustomItem(_Object):
    """What a card holds of a custom field; `idValue` names a choice."""

    idCustomField: str  # noqa: N815
    value: dict[str, str] | None = None
    idValue: str | None = None  # noqa: N815


class Cover(_Object):
    """What a card shows at its top: a colour or an image."""

    color: str | None = None
    idAttachment: str | None = None  # noqa: N815


class Coordinates(_Object):
    """A place on the map, in degrees."""

    latitude: float
    longitude: float


class Card(_Object):
    """What is mapped of a card."""

    id: str
    name: str
    idList: str  # noqa: N815
    pos: float
    desc: str | None = None
    closed: bool = False
    idBoard: str | None = None  # noqa: N815
    idLabels: tuple[str, ...] = ()  # noqa: N815
    idMembers: tuple[str, ...] = ()  # noqa: N815
    start: str | None = None
    due: str | None = None
    dueComplete: bool = False  # noqa: N815
    dueReminder: int | None = None  # noqa: N815
    isTemplate: bool | None = None  # noqa: N815
    cover: Cover | None = None
    address: str | None = None
    locationName: str | None = None  # noqa: N815
    coordinates: Coordinates | str | None = None
    customFieldItems: tuple[CustomItem, ...] = ()  # noqa: N815
    shortUrl: str | None = None  # noqa: N815
    url: str | None = None
    dateLastActivity: datetime | None = None  # noqa: N815


class Heading(_Object):
    """What must be there for the JSON to be a board at all."""

    id: str
    name: str
    shortLink: str | None = None  # noqa: N815
    dateLastActivity: str | None = None  # noqa: N815
    lists: tuple[TrelloList, ...]
    labels: tuple[TrelloLabel, ...] = ()
    members: tuple[TrelloMember, ...] = ()
    customFields: tuple[CustomField, ...] = ()  # noqa: N815
    cards: tuple[object, ...]
    checklists: tuple[object, ...] = ()


def label_option(label: TrelloLabel) -> Option:
    """Show a label as an option; an unnamed one goes by its colour, as members call it."""
    return Option(label.id, label.name or label.color or UNCOLOURED, color=label.color)


UNCOLOURED = "blank"
"""What a label goes by that has neither name nor colour."""


def brief(error: ValidationError) -> str:
    """Say what is wrong, without the values: they are people's."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
