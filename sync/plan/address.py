"""Addresses: where a kind's key is one, no place can hold two things of the same key.

A file is where its path says, a page what its title says. What people make on two sides
under one key is one thing, whenever that is noticed; and where two known things come to
the same key, one of them waits for a person.
"""

from __future__ import annotations

from sync.i18n import _
from sync.mapping.unit import Member
from sync.model import Fields, Record
from sync.plan.draft import Address, Draft
from sync.plan.fold import revive
from sync.plan.grouping import stands
from sync.plan.reading import hub_of, read
from sync.state import Item


def attach_by_address(draft: Draft, member: Member, record: Record) -> bool:
    """Let a new record be the item that stands at its address on other sides, if there is one."""
    if not _addressed(draft, member) or record.ref in draft.collections[member.key].ambiguous:
        return False
    hub = read(draft, member, record)
    alike = _items_by_address(draft, member.kind).get(_address(draft, member.kind, hub), set())
    if len(alike) != 1 or not draft.passes(member, Item("", member.kind, "", hub=hub)):
        return False
    (name,) = alike
    if stands(draft, draft.look(name), member.key) or draft.intent(name, member.key):
        return False
    item = draft.edit(name)
    draft.attach(item, member.key, record)
    revive(draft, item)  # made anew while it was to be deleted
    return True


def note_address(draft: Draft, member: Member, record: Record) -> None:
    """Remember where a record stands that is an item's from now on."""
    item = draft.owner(member.key, record.ref)
    if item is not None and _addressed(draft, member):
        here = _address(draft, member.kind, read(draft, member, record))
        _items_by_address(draft, member.kind).setdefault(here, set()).add(item.id)


def taken(draft: Draft, member: Member, item: Item) -> bool:
    """Whether another thing stands where the item is to be, so that it waits for a person."""
    if not _addressed(draft, member):
        return False
    there = _records_by_address(draft, member).get(_address(draft, item.kind, item.hub), set())
    if not there - {item.id}:
        return False
    cause = _("something else is called “{title}” on {side}: rename or delete one of the two")
    cause = cause.format(title=draft.title(item), side=member.label)
    draft.hold(item.id, cause, "jumelage sync")
    return True


def _addressed(draft: Draft, member: Member) -> bool:
    return member.parent is None and draft.unit.kinds[member.kind].unique


def _address(draft: Draft, kind: str, hub: Fields) -> Address:
    """The key to the letter: a path in capitals is another path."""
    known = draft.unit.kinds[kind]
    return tuple(known.fields[name].type.show(hub.get(name)) for name in known.key)


def _items_by_address(draft: Draft, kind: str) -> dict[Address, set[str]]:
    """Where every living item of a kind is, before anything is folded."""
    if kind not in draft.addresses:
        found = draft.addresses[kind] = {}
        for item in draft.items():
            if item.kind == kind and not item.dead:
                found.setdefault(_address(draft, kind, hub_of(draft, item)), set()).add(item.id)
    return draft.addresses[kind]


def _records_by_address(draft: Draft, member: Member) -> dict[Address, set[str]]:
    """What stands on a side, by where it is to be once all is folded."""
    if member.key not in draft.addresses:
        found = draft.addresses[member.key] = {}
        for item in draft.items():
            if item.kind == member.kind and member.key in item.here() and not item.dying:
                found.setdefault(_address(draft, item.kind, item.hub), set()).add(item.id)
    return draft.addresses[member.key]
