"""Items as people name them: by id, by title, by what a side calls them."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from sync.i18n import _
from sync.settings import Settings
from sync.state import Item
from sync.store.base import Store

TITLES = ("title", "name", "summary", "path")
"""Fields that name an item, in the kinds that are delivered."""


def mapping_names(settings: Settings) -> list[str]:
    """The names of the mappings that stand in the folder: units are called like one of them."""
    folder = settings.mappings
    return sorted({path.stem for path in folder.glob("*.y*ml")}) if folder.is_dir() else []


def title(item: Item) -> str:
    """What people call an item."""
    named = (item.hub.get(field) for field in TITLES)
    return next((value for value in named if isinstance(value, str)), item.id)


def find(store: Store, units: Iterable[str], wanted: str) -> Item:
    """The item of this id, title or ref; a part of the title will do if it names one alone.

    Raises `BadParameter` if there is none, or naming those that are meant.
    """
    if (known := store.item(wanted)) is not None:
        return known
    items = [item for unit in units for item in store.items(unit)]
    exact = [item for item in items if title(item) == wanted or wanted in _refs(item)]
    found = exact or [item for item in items if wanted.casefold() in title(item).casefold()]
    if not found:
        raise typer.BadParameter(_("no item is called “{name}”").format(name=wanted))
    if len(found) > 1:
        names = "\n".join(f"  {item.id}  {title(item)}" for item in found[:10])
        raise typer.BadParameter(_("several items are meant:") + "\n" + names)
    return found[0]


def _refs(item: Item) -> set[str]:
    return {side.ref for side in item.sides.values() if side.ref}
