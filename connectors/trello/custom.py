"""Custom fields: what a card holds of them, and how it is set.

https://developer.atlassian.com/cloud/trello/guides/rest-api/getting-started-with-custom-fields/:
values are strings, whatever their type; one that is empty is not there at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.trello.api import Api
from connectors.trello.dates import moment, sent
from connectors.trello.objects import CustomField, CustomItem
from sync.errors import Ambiguous, Refused
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


def write(api: Api, card: str, field: CustomField, value: Plain, zone: str) -> bool:
    """Set a custom field of a card; say whether a choice was made for it."""
    known = {option.value.text: option.id for option in field.options}
    makes = field.type == "list" and value is not None and str(value) not in known
    if field.type == "list":
        ref = _made(api, field, str(value)) if makes else known.get(str(value), "")
        sent: dict[str, Plain] = {"idValue": ref}
    else:
        sent = body(field, value, zone)
    api.put(f"cards/{card}/customField/{field.id}/item", sent)
    return makes


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


def _made(api: Api, field: CustomField, text: str) -> str:
    """The id of a choice that was not there."""
    sent: dict[str, Plain] = {"value": {"text": text}, "pos": "bottom"}
    made = api.post(f"customFields/{field.id}/options", sent)
    ref = (made.get("id") or made.get("_id")) if isinstance(made, dict) else None
    if not isinstance(ref, str):
        raise Ambiguous("Trello made a choice of a custom field and did not say which")
    return ref
