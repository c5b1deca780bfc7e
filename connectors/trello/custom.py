"""Custom fields: what a card holds of them, and how it is set.

https://developer.atlassian.com/cloud/trello/guides/rest-api/getting-started-with-custom-fields/:
values are strings, whatever their type; one that is empty is not there at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.trello.api import Api
from connectors.trello.dates import moment, sent
from connectors.trello.objects import CustomField, CustomItem
from sync.errors import Refused
from sync.model import Plain


def values(
    custom: Mapping[str, CustomField], items: tuple[CustomItem, ...], zone: str
) -> dict[str, Plain]:
    """A card's custom fields by name. Raises ValueError for what is no value of its type.

    One that holds a choice that was made after the board was read is left out: it is not
    empty, and was not seen.
    """
    held = {item.idCustomField: item for item in items}
    return {
        name: _value(one, held[one.id], zone) if one.id in held else None
        for name, one in custom.items()
        if one.id not in held or _known(one, held[one.id])
    }


def _known(field: CustomField, item: CustomItem) -> bool:
    return not item.idValue or item.idValue in {option.id for option in field.options}


def _value(field: CustomField, item: CustomItem, zone: str) -> Plain:
    said = item.value or {}
    match field.type:
        case "checkbox":
            return said.get("checked") == "true" or None
        case "date":
            return moment(said.get("date"), zone)
        case "number":
            return _number(said.get("number"))
        case "list":
            texts = {option.id: option.value.text for option in field.options}
            return texts.get(item.idValue or "") or None
    return said.get("text") or None


def _number(said: str | None) -> int | float | None:
    if not said:
        return None
    value = float(said)
    return int(value) if value.is_integer() else value


def write(api: Api, card: str, field: CustomField, value: Plain, zone: str) -> None:
    """Set a custom field of a card. Raises `Refused` for a choice that is not there."""
    sent = chosen(field, value) if field.type == "list" else body(field, value, zone)
    api.put(f"cards/{card}/customField/{field.id}/item", sent)


def chosen(field: CustomField, value: Plain) -> dict[str, Plain]:
    """What sets a choice. Raises `Refused`."""
    if value is None:
        return {"idValue": ""}
    if not has_choice(field, value):
        raise Refused(f"the custom field {field.name!r} has no choice {value!r}")
    return {"idValue": next(o.id for o in field.options if o.value.text == value)}


def has_choice(field: CustomField, value: Plain) -> bool:
    """Whether a value is none of a choice, or one that is there."""
    choices = {option.value.text for option in field.options}
    return field.type != "list" or value is None or value in choices


def define(api: Api, board: str, name: str, kind: str) -> None:
    """Make a custom field."""
    sent: dict[str, Plain] = {"idModel": board, "modelType": "board", "name": name, "type": kind}
    api.post("customFields", sent | {"pos": "bottom", "display_cardFront": True})


def body(field: CustomField, value: Plain, zone: str) -> dict[str, Plain]:
    """What sets a custom field, unless it is a choice. Raises `Refused`."""
    if value is None or value is False:
        return {"value": ""}
    match field.type:
        case "checkbox":
            return {"value": {"checked": "true"}}
        case "date":
            return {"value": {"date": _date(value, zone)}}
        case "number":
            return {"value": {"number": str(value)}}
    return {"value": {"text": str(value)}}


def _date(value: Plain, zone: str) -> str:
    try:
        return sent(str(value), zone)
    except ValueError as error:
        raise Refused(f"{value!r} is no date: {error}") from None


def add_choice(api: Api, field: CustomField, value: Plain) -> None:
    """Make a choice that was not there."""
    sent: dict[str, Plain] = {"value": {"text": value}, "pos": "bottom"}
    api.post(f"customFields/{field.id}/options", sent)
