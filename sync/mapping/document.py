"""What a mapping file may say, as models: the one source of the checker and of editors' help."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator
from pydantic_core import PydanticCustomError

from sync.i18n import _

Direction: TypeAlias = Literal["both", "from-hub", "to-hub"]

_SPAN = re.compile(r"([0-9]{1,6})\s*(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        populate_by_name=False,
        use_attribute_docstrings=True,
    )


def shape(value: object) -> str:
    """Name the shape of a value, so that each shape has its own model and its own messages."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "keys"


class FieldMap(_Model):
    """How one field is mapped, where its name alone does not say it."""

    to: str | None = None
    """The field on this side; the one of the default map, or of the same name, if left out."""
    direction: Direction | None = None
    """`both`, `from-hub` (shown on this side, edits here are not taken) or `to-hub` (read only)."""
    values: dict[str, Annotated[str, Field(min_length=1)] | bool | int | float] | None = None
    """What values are called on this side: the hub's value -> this side's value."""
    transform: str | None = None
    """A named transform between the hub's value and this side's."""
    make: bool = False
    """Make the field if it is not there yet, where a side can have any (Trello's custom fields)."""


FieldRule: TypeAlias = Annotated[
    Annotated[Literal[False], Tag("bool")]
    | Annotated[str, Field(min_length=1), Tag("text")]
    | Annotated[FieldMap, Tag("keys")],
    Discriminator(shape),
]
"""`side_field`, `{to, direction, values, transform}`, or `false`: not mapped."""


class Has(_Model):
    """A filter on a field of several values."""

    has: Annotated[
        Annotated[str, Field(min_length=1), Tag("text")]
        | Annotated[list[str], Field(min_length=1), Tag("list")],
        Discriminator(shape),
    ]
    """One or several values, any of which the field must hold."""


Condition: TypeAlias = Annotated[
    Annotated[bool, Tag("bool")]
    | Annotated[str, Field(min_length=1), Tag("text")]
    | Annotated[int | float, Tag("number")]
    | Annotated[list[str | int | float], Field(min_length=1), Tag("list")]
    | Annotated[Has, Tag("keys")],
    Discriminator(shape),
]
"""`present`, `absent`, `true`, `false`, a value, a list of values, or `{has: value}`."""


class Clear(_Model):
    """Absence empties a field of the item, which takes it off this side."""

    clear: str
    """The field that is emptied."""


OnAbsence: TypeAlias = Annotated[
    Annotated[Literal["item", "leave", "put-back"], Tag("text")] | Annotated[Clear, Tag("keys")],
    Discriminator(shape),
]


Named: TypeAlias = Annotated[
    Annotated[str, Field(min_length=1), Tag("text")]
    | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1), Tag("list")],
    Discriminator(shape),
]
"""The name of a collection, or of several: a circle each."""


class SideDocument(_Model):
    """One side: a collection of a system, named by one of the system's words (`board: NAME`)."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, Named]

    use: str | None = None
    """The system, as the settings name it; the side's own name if left out."""
    direction: Direction = "both"
    """`both`, `from-hub` (only published to) or `to-hub` (only read)."""
    only: dict[str, Condition] = {}
    """Which items stand on this side: hub field -> condition; all must hold."""
    on_absence: OnAbsence | None = Field(default=None, alias="on-absence")
    """What it means that a record left this side: the `item` is deleted everywhere, it does
    `leave` this side alone, it is `put-back`, or a field is emptied (`{clear: FIELD}`)."""
    make: Annotated[
        Annotated[bool, Tag("bool")] | Annotated[str, Field(min_length=1), Tag("text")],
        Discriminator(shape),
    ] = False
    """Whether a collection that is not there is made by the next `sync` (`true`), and in which
    workspace (its name), where the system has such."""
    fields: dict[str, FieldRule] = {}
    """Where this side differs from the default field map: hub field -> rule."""

    @property
    def named(self) -> dict[str, str]:
        """The keys that are no settings of a side: the word and the name of its collection."""
        extra = self.__pydantic_extra__ or {}
        return {key: said for key, said in extra.items() if isinstance(said, str)}

    @property
    def several(self) -> dict[str, list[str]]:
        """Those of them that name several collections."""
        extra = self.__pydantic_extra__ or {}
        return {key: said for key, said in extra.items() if isinstance(said, list)}


class Prefer(_Model):
    """One side wins every conflict."""

    prefer: str
    """The side that wins; what the other side said is kept."""


SHARE, COUNT = "50%", 50
"""The budget of a mapping that says nothing of it."""


class Budget(_Model):
    """How much may be deleted before all is held; a side that is found empty always is."""

    share: str = SHARE
    """The share of a side's records that may go missing in one run, and of what its filter took
    that may leave it, as `50%`."""
    count: Annotated[int, Field(ge=0)] = COUNT
    """The number of deletions in one run."""

    @field_validator("share")
    @classmethod
    def _a_share(cls, share: str) -> str:
        fraction(share)
        return share


class Deletions(_Model):
    """How a record that was deleted on one side is deleted on the others."""

    how: Literal["archive", "delete"] = "archive"
    """`archive` sets the field that says so, where a side has one; else, and with `delete`, the
    record goes to the side's bin, or for good where it has none."""
    after: Annotated[
        Annotated[str, Tag("text")] | Annotated[int, Field(ge=0), Tag("number")],
        Discriminator(shape),
    ] = 0
    """How long to wait first: `30 min`, `1 d`, or a number of seconds. Meanwhile any edit, and
    bringing the record back, revives it."""
    final: Literal["ask", "delete"] = "ask"
    """Where a side neither checks a deletion nor has a bin: `ask` holds it until it is released,
    `delete` does it all the same."""

    @field_validator("after")
    @classmethod
    def _a_delay(cls, after: str | int) -> str | int:
        if isinstance(after, str):
            seconds(after)
        return after


def fraction(share: str) -> float:
    """The fraction that `50%` means."""
    match = re.fullmatch(r"(\d{1,3})\s*%", share)
    if not match or int(match[1]) > 100:  # noqa: PLR2004 - per cent
        raise _fault(
            _("“{value}” is not a share").format(value=share), _("write a percentage, as `50%`")
        )
    return int(match[1]) / 100


def seconds(span: str) -> float:
    """The seconds in `30 s`, `5 min`, `1 h` or `1 d`."""
    match = _SPAN.fullmatch(span.strip())
    if not match or int(match[1]) == 0:
        message = _("“{value}” is not a length of time").format(value=span)
        raise _fault(message, _("write a number with s, min, h or d, as `5 min`"))
    return float(int(match[1]) * _SECONDS[match[2]])


def _fault(message: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("mapping", "{message}", {"message": message, "remedy": remedy})


class MappingDocument(_Model):
    """Which collections mirror which kind, field by field."""

    kind: str
    """The kind of what is mirrored: card, event, task, file, page, contact, or one of your own."""
    description: str | None = None
    """What this mapping is for, for people."""
    with_: list[str] = Field(default=[], alias="with")
    """Child kinds that are mirrored too, on the sides that have them: comment, file."""
    sides: dict[Annotated[str, Field(pattern=r"^\w[\w.-]*$")], SideDocument]
    """The collections that mirror each other, two or more; a side is called by its system's
    name, or by a name of your own with `use: SYSTEM`."""
    fields: Annotated[
        Annotated[list[str], Field(min_length=1), Tag("list")]
        | Annotated[dict[str, Literal[False]], Tag("keys")],
        Discriminator(shape),
    ] = {}
    """The fields to mirror, as a list; or those not to mirror, as `{FIELD: false}`."""
    match: Annotated[
        Annotated[str, Tag("text")] | Annotated[list[str], Field(min_length=1), Tag("list")],
        Discriminator(shape),
    ] = []
    """The fields by which records that already stand on several sides are recognised."""
    conflicts: Annotated[
        Annotated[Literal["newest", "ask"], Tag("text")] | Annotated[Prefer, Tag("keys")],
        Discriminator(shape),
    ] = "newest"
    """Which value stands when two sides changed it at once: the `newest`, the one of a side
    (`{prefer: SIDE}`), or none until somebody settles it (`ask`). The other is always kept."""
    deletions: Annotated[
        Annotated[Literal["archive", "delete"], Tag("text")] | Annotated[Deletions, Tag("keys")],
        Discriminator(shape),
    ] = "archive"
    """How a record that was deleted on one side is deleted on the others: `archive` or `delete`
    at once, or `{how: archive, after: 1 d}`."""
    budget: Annotated[
        Annotated[str, Tag("text")]
        | Annotated[int, Field(ge=0), Tag("number")]
        | Annotated[Budget, Tag("keys")],
        Discriminator(shape),
    ] = SHARE
    """How much may be deleted before all deletions are held: a share of a side's records, or of
    what its filter took, in one run (`50%`), a number of deletions in one run (`20`; 50 if
    none is said), or `{share: 50%, count: 20}`."""
    every: Annotated[
        Annotated[str, Tag("text")] | Annotated[int, Field(gt=0), Tag("number")],
        Discriminator(shape),
    ] = "5 min"
    """How often the daemon looks: `30 s`, `5 min`, `1 h`, or a number of seconds."""

    @field_validator("budget")
    @classmethod
    def _a_budget(cls, budget: str | int | Budget) -> str | int | Budget:
        if isinstance(budget, str):
            fraction(budget)
        return budget

    @field_validator("every")
    @classmethod
    def _a_schedule(cls, every: str | int) -> str | int:
        if isinstance(every, str):
            seconds(every)
        return every
