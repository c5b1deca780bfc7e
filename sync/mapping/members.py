"""One side of a mapping as the planner takes it."""

from __future__ import annotations

from sync.kinds import Kind
from sync.mapping.binding import Collective, bind
from sync.mapping.defaults import System
from sync.mapping.document import Clear, Condition, FieldMap, SideDocument
from sync.mapping.fields import Linking
from sync.mapping.filters import only
from sync.mapping.loaded import Loaded
from sync.mapping.places import Place
from sync.mapping.unit import Absence, Binding, Member


def member(
    mapping: Loaded,
    label: str,
    kind: Kind,
    *,
    place: Place,
    system: System,
    collective: Collective,
    shown: str,
    child: str | None = None,
) -> Member:
    """Make the member that a side stands for; for a child kind, that of its children."""
    side = mapping.document.sides[label]
    linking = link_fields(mapping, label, kind, place=place, system=system, child=child)
    bindings = tuple(bind(link, system.name, collective) for link in linking.links())
    collection = place.collection
    meaning, clears = absence(side) if child is None else (_unsaid(side), None)
    return Member(
        collection=collection.of_children(child) if child else collection,
        label=shown,
        kind=kind.name,
        schema=linking.schema,
        capabilities=place.capabilities,
        bindings=bindings,
        reads=side.direction != "from-hub",
        writes=side.direction != "to-hub" and linking.schema.writable,
        only=only(conditions(linking, bindings)),
        on_absence=meaning,
        clears=clears,
        parent=collection.key if child else None,
    )


def link_fields(
    mapping: Loaded, label: str, kind: Kind, *, place: Place, system: System, child: str | None
) -> Linking:
    """The linking of a side's fields with a kind's; for a child kind, of its children's."""
    schema = place.children[child] if child else place.schema
    default = system.default(place.collection.word, kind.name)
    circle = None
    known, word = mapping.circles.get(label), system.words.get(place.collection.word)
    if known and word and word.place and child is None:
        circle = FieldMap(to=word.place, values={known.name: place.collection.id})
    own = child is None
    return Linking(mapping, label, kind, schema, default, place.capabilities, own, circle)


def conditions(linking: Linking, bound: tuple[Binding, ...]) -> dict[str, Condition]:
    """The filter of a side: its own conditions over the defaults.

    A side that cannot hold whether an item is archived takes those that are not.
    """
    default = linking.default.only if linking.default else {}
    found: dict[str, Condition] = dict(default)
    archived = linking.kind.archived
    if archived and archived not in {binding.hub for binding in bound}:
        found.setdefault(archived, False)
    if linking.own:
        found.update(linking.mapping.document.sides[linking.label].only)
    return found


def absence(side: SideDocument) -> tuple[Absence, str | None]:
    """What absence means on a side, and the field that it empties."""
    if side.on_absence is None:
        return _unsaid(side), None
    if isinstance(side.on_absence, Clear):
        return Absence.CLEAR, side.on_absence.clear
    return Absence(side.on_absence), None


def _unsaid(side: SideDocument) -> Absence:
    """What is only published to has no say over the item, so what left it is put back."""
    return Absence.PUT_BACK if side.direction == "from-hub" else Absence.ITEM
