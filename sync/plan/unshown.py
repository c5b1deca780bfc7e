"""What a merge pushes out of sight: typed by people, held by the hub, shown by no side.

A side that truncates shows the beginning of a text. Where all that show a field do,
a paragraph put before the cut hides what stood behind it: that is kept.
"""

from __future__ import annotations

from collections.abc import Hashable

from sync.mapping.unit import Binding, Member, UnknownOption, Unprojectable
from sync.model import Plain
from sync.plan.draft import Draft
from sync.plan.reading import decode, plain_bindings
from sync.state import Item, Standing


def keep_unshown(draft: Draft) -> None:
    """Keep what folding hid from everybody."""
    for entry in list(draft.entries):
        item, old = draft.look(entry.item), draft.snapshot.items.get(entry.item)
        for field, before in entry.before.items() if old else ():
            value = item.hub.get(field)
            if _hidden(draft, item, field, value) - _hidden(draft, item, field, before):
                draft.keep(item, field, value, entry.collection, "pushed-out")


def _hidden(draft: Draft, item: Item, field: str, value: Plain) -> frozenset[Hashable]:
    """The pieces of a hub value that no side which has the field would show."""
    hidden: frozenset[Hashable] | None = None
    for member in draft.unit.members.values():
        side = item.sides.get(member.key)
        here = side is not None and side.standing is Standing.HERE
        for binding in plain_bindings(member) if here else ():
            if binding.hub == field:
                left = binding.type.pieces(value) - _shown(draft, member, binding, value)
                hidden = left if hidden is None else hidden & left
    return hidden or frozenset()


def _shown(draft: Draft, member: Member, binding: Binding, value: Plain) -> frozenset[Hashable]:
    words = draft.vocabulary.words(member, binding)
    try:
        view = binding.lens.project(value, words)
        return binding.type.pieces(decode(draft, member, binding, view, None))
    except (Unprojectable, UnknownOption, ValueError):  # an option that is made on the way
        return binding.type.pieces(value)
