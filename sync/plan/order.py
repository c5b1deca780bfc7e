"""Order: the place of a card in its list, without rewriting its neighbours.

The hub holds fractional keys; every side its own numbers. A card moved on a side if
its place among the others did (the longest run that kept its order did not move), not
if its number did: servers renumber as they like. Only what moved is written.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from sync.kinds import KindField
from sync.mapping.unit import RANK, Binding, Member
from sync.model import Plain
from sync.plan.actions import Action
from sync.plan.draft import Draft
from sync.plan.keys import between
from sync.state import Item, Side, Standing, Verb

STEP = 16384.0

Scope = tuple[str, str]
"""A kind's rank field and the list within which it orders."""


def ranked(draft: Draft) -> Iterator[tuple[Member, Binding, KindField]]:
    """Every side that has an order of its own, in the lists that it shows."""
    for member in draft.unit.members.values():
        binding = next((b for b in member.bindings if b.type.name == RANK), None)
        if binding is None or not member.capabilities.rank:
            continue
        field = draft.unit.kinds[member.kind].fields[binding.hub]
        if field.within is None or member.binding(field.within) is not None:
            yield member, binding, field


# Fold


def fold_order(draft: Draft) -> None:
    """Take in what people moved on each side; where we only publish, it is but seen."""
    for member, binding, field in ranked(draft):
        if draft.seen.blind(member.key):
            continue
        if not (binding.reads and member.reads):
            for items in _lists(draft, member, field).values():
                _see(draft, member, binding, items)
            continue
        keys = _keys(draft, member.kind, field, binding.hub)
        for name, items in _lists(draft, member, field).items():
            _see_unplaced(draft, member, binding, items)
            settled = [i for i in items if _in_place(i, member, field)]
            _fold_list(draft, member, binding, field, settled, keys[name])
            _see(draft, member, binding, [i for i in items if i not in settled])
    _rank_the_rest(draft)


def _lists(draft: Draft, member: Member, field: KindField) -> dict[str, list[Item]]:
    """The items that stand on a side, by the hub list that they are in."""
    lists: dict[str, list[Item]] = defaultdict(list)
    for item in draft.items():
        side = item.sides.get(member.key)
        if item.kind == member.kind and side and side.standing is Standing.HERE and not item.dead:
            lists[_list(item, field)].append(item)
    return lists


def _keys(draft: Draft, kind: str, field: KindField, rank: str) -> dict[str, list[str]]:
    """The hub's keys of every list, in order."""
    keys: dict[str, list[str]] = defaultdict(list)
    for item in draft.items():
        if item.kind == kind and not item.dead and item.hub.get(rank) is not None:
            insort(keys[_list(item, field)], str(item.hub[rank]))
    return keys


def _in_place(item: Item, member: Member, field: KindField) -> bool:
    """Whether the side has the item in the list that the hub has it in."""
    base = item.sides[member.key].base
    return field.within is None or base.get(field.within) == item.hub.get(field.within)


def _list(item: Item, field: KindField) -> str:
    return str(item.hub.get(field.within)) if field.within else ""


def _fold_list(  # noqa: PLR0917 - one list of one side, and what to do it with
    draft: Draft,
    member: Member,
    binding: Binding,
    field: KindField,
    items: list[Item],
    keys: list[str],
) -> None:
    now = {i.id: _now(draft, member, binding, i.sides[member.key]) for i in items}
    before = {
        i.id: _number(i.sides[member.key].seen.get(binding.side))
        if binding.hub in i.sides[member.key].base
        else None
        for i in items
    }
    if now == before and not any(_came(draft, name, field) for name in now):
        return
    refs = {i.id: str(i.sides[member.key].ref) for i in items}
    order = sorted((n, refs[name], name) for name, n in now.items() if n is not None)
    stayed = _stayed(draft, field, order, before)
    previous: str | None = None
    for number, _, name in order:
        item = draft.edit(name)
        side = item.sides[member.key]
        if name not in stayed:
            low = str(draft.look(previous).hub[binding.hub]) if previous else None
            item.hub[binding.hub] = _key_after(keys, item.hub.get(binding.hub), low)
            side.base[binding.hub] = item.hub[binding.hub]
        side.seen[binding.side] = number
        previous = name


def _see(draft: Draft, member: Member, binding: Binding, items: list[Item]) -> None:
    """A place in a list that the hub has the item out of means nothing; it is seen, though."""
    for item in items:
        number = _now(draft, member, binding, item.sides[member.key])
        if number is not None and item.sides[member.key].seen.get(binding.side) != number:
            draft.edit(item.id).sides[member.key].seen[binding.side] = number


def _see_unplaced(draft: Draft, member: Member, binding: Binding, items: list[Item]) -> None:
    """A record that was seen to have no number has no place yet, and is given one."""
    for item in items:
        side = item.sides[member.key]
        record = draft.seen.record(member.key, side.ref or "")
        if record is None or binding.side in side.seen:
            continue
        if binding.side in record.fields and record.fields[binding.side] is None:
            draft.edit(item.id).sides[member.key].seen[binding.side] = None


def _now(draft: Draft, member: Member, binding: Binding, side: Side) -> float | None:
    record = draft.seen.record(member.key, side.ref or "")
    if record is not None and binding.side in record.fields:
        return _number(record.fields[binding.side])
    return _number(side.seen.get(binding.side))


def _number(value: Plain) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _stayed(
    draft: Draft,
    field: KindField,
    order: list[tuple[float, str, str]],
    before: dict[str, float | None],
) -> set[str]:
    """The longest run of items that kept their order, among those that were in this list."""
    known = [
        (n, ref, name)
        for _, ref, name in order
        if (n := before[name]) is not None and not _came(draft, name, field)
    ]
    return _in_order(known)


def _in_order(places: list[tuple[float, str, str]]) -> set[str]:
    """The items of a longest run in order; of one number, the refs decide, as for people."""
    names = {ref: name for _, ref, name in places}
    return {names[ref] for ref in longest_run([(number, ref) for number, ref, _ in places])}


def _came(draft: Draft, name: str, field: KindField) -> bool:
    """Whether the item was in another list when the cycle began."""
    old = draft.snapshot.items.get(name)
    return old is None or _list(old, field) != _list(draft.look(name), field)


def longest_run(values: list[tuple[float, str]]) -> list[str]:
    """The names of a longest subsequence whose numbers do not decrease; each value once."""
    tails: list[tuple[float, str]] = []
    ends: list[int] = []
    before: list[int | None] = []
    for turn, value in enumerate(values):
        at = bisect_left(tails, value)
        before.append(ends[at - 1] if at else None)
        tails[at : at + 1], ends[at : at + 1] = [value], [turn]
    run: list[str] = []
    end = ends[-1] if ends else None
    while end is not None:
        run.append(values[end][1])
        end = before[end]
    return run[::-1]


def _key_after(keys: list[str], own: Plain, low: str | None) -> str:
    """A key directly behind another item's, before whatever follows it in the hub."""
    if own in keys:
        keys.remove(str(own))
    at = bisect_right(keys, low) if low is not None else 0
    key = between(low, keys[at] if at < len(keys) else None)
    keys.insert(at, key)
    return key


def _rank_the_rest(draft: Draft) -> None:
    """What came into a list from a side without order goes to its end; no two share a key."""
    for kind in draft.unit.kinds.values():
        field = next((f for f in kind.fields.values() if f.type.name == RANK), None)
        if field is None or not any(m.kind == kind.name for m, _, _ in ranked(draft)):
            continue
        taken: dict[str, set[str]] = defaultdict(set)
        for item in [i for i in draft.items() if i.kind == kind.name and not i.dead]:
            keys = taken[_list(item, field)]
            if item.hub.get(field.name) in {None, *keys} or _drifted(draft, item, field):
                last = _last(draft, item, field)
                draft.edit(item.id).hub[field.name] = between(last, None)
            keys.add(str(draft.look(item.id).hub[field.name]))


def _drifted(draft: Draft, item: Item, field: KindField) -> bool:
    """Whether it changed lists and no side said where it stands in the new one."""
    old = draft.snapshot.items.get(item.id)
    came = old is not None and _came(draft, item.id, field)
    return came and old is not None and old.hub.get(field.name) == item.hub.get(field.name)


def _last(draft: Draft, item: Item, field: KindField) -> str | None:
    """The highest key of the other items of its list."""
    keys = [
        str(other.hub[field.name])
        for other in draft.items()
        if other.id != item.id
        and not other.dead
        and other.hub.get(field.name) is not None
        and _list(other, field) == _list(item, field)
    ]
    return max(keys, default=None)


# Spread


def spread_order(draft: Draft) -> None:
    """Plan the moves that a side is due, as part of what else is written to the record."""
    for member, binding, field in ranked(draft):
        if draft.seen.blind(member.key) or not (binding.writes and member.writes):
            continue
        if not draft.met(member):
            continue
        for items in _lists(draft, member, field).values():
            _spread_list(draft, member, binding, field, items)
        _place_new(draft, member, binding, field)


def _spread_list(
    draft: Draft, member: Member, binding: Binding, field: KindField, items: list[Item]
) -> None:
    """What people moved here was folded already: any difference left is the side's to take."""
    coming = {
        a.item for a in draft.actions if a.collection == member.key and field.within in a.values
    }
    there = [i for i in items if i.id in coming or _in_place(i, member, field)]
    placed = [i for i in there if _takes_a_place(draft, member, binding, i)]
    wanted = sorted(placed, key=lambda i: (str(i.hub[binding.hub]), i.id))
    numbers = {i.id: _number(i.sides[member.key].seen[binding.side]) for i in wanted}
    known = [
        (n, str(i.sides[member.key].ref), i.id)
        for i in wanted
        if (n := numbers[i.id]) is not None and _in_place(i, member, field)
    ]
    places = {name: n for n, _, name in known}
    moves = _moves([i.id for i in wanted], places, _in_order(known))
    for item in placed:
        agreed = item.sides[member.key].base.get(binding.hub) == item.hub[binding.hub]
        if item.id in moves:
            _move(draft, member, binding, item, moves[item.id])
        elif not agreed:
            draft.edit(item.id).sides[member.key].base[binding.hub] = item.hub[binding.hub]


def _takes_a_place(draft: Draft, member: Member, binding: Binding, item: Item) -> bool:
    """Whether the side is to have the item at a place; one taken back by `undo` stays so."""
    side = item.sides[member.key]
    if item.dying or binding.side not in side.seen or not draft.passes(member, item):
        return False
    agreed = side.base.get(binding.hub) == item.hub[binding.hub]
    return side.seen[binding.side] is not None or not agreed


def _moves(order: list[str], numbers: dict[str, float], stay: set[str]) -> dict[str, float]:
    """New numbers for the items that must move, between neighbours that need not."""
    moves: dict[str, float] = {}
    low: float | None = None
    run: list[str] = []
    for name in [*order, None]:
        high = numbers[name] if name in stay and name is not None else None
        places = spaced(low, high, len(run)) if name is None or high is not None else None
        if name is not None and places is None:
            run.append(name)  # it moves, or stands in the way of what does
            continue
        moves |= zip(run, places or (), strict=True)
        run, low = [], high
    return moves


def spaced(low: float | None, high: float | None, count: int) -> list[float] | None:
    """So many numbers at even distances between two others; None if there is no room."""
    start = 0.0 if low is None else low
    step = STEP if high is None else (high - start) / (count + 1)
    places = [start + step * (n + 1) for n in range(count)]
    if not count:
        return []  # two that stand next to each other may have one number
    row = [*([] if low is None else [low]), *places, *([] if high is None else [high])]
    return places if all(a < b for a, b in pairwise(row)) else None


def _move(draft: Draft, member: Member, binding: Binding, item: Item, number: float) -> None:
    if draft.intent(item.id, member.key) or binding.hub in item.held or "" in item.held:
        return
    side = item.sides[member.key]
    if side.malformed or side.missing or side.refused.get(binding.side) == number:
        return
    for at, action in enumerate(draft.actions):
        if (action.item, action.collection, action.verb) == (item.id, member.key, Verb.UPDATE):
            draft.actions[at] = _with(action, binding, number, item.hub[binding.hub])
            return
    draft.act(
        Verb.UPDATE,
        item,
        member.key,
        views={binding.side: number},
        values={binding.hub: item.hub[binding.hub]},
        reason="moved",
    )


def _place_new(draft: Draft, member: Member, binding: Binding, field: KindField) -> None:
    """Give the records that are about to be made their places among those that stand there."""
    places = _places(draft, member, binding, field)
    gaps: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for at, action in enumerate(draft.actions):
        if action.collection == member.key and action.verb is Verb.CREATE:
            item = draft.look(action.item)
            key, name = str(item.hub[binding.hub]), _list(item, field)
            gaps[name, bisect_right(places[name], (key, float("inf")))].append((key, at))
    for (name, behind), new in gaps.items():
        taken = places[name]
        low = taken[behind - 1][1] if behind else None
        high = taken[behind][1] if behind < len(taken) else None
        room = spaced(low, high, len(new)) or spaced(low, None, len(new)) or []
        for (key, at), number in zip(sorted(new), room, strict=True):
            draft.actions[at] = _with(draft.actions[at], binding, number, key)


def _with(action: Action, binding: Binding, number: float, key: Plain) -> Action:
    return replace(
        action,
        views={**action.views, binding.side: number},
        values={**action.values, binding.hub: key},
    )


def _places(
    draft: Draft, member: Member, binding: Binding, field: KindField
) -> dict[str, list[tuple[str, float]]]:
    """(hub key, number) of what stands, or is about to, in each list of the side, in order."""
    moved = {
        action.item: number
        for action in draft.actions
        if action.collection == member.key
        and (number := _number(action.views.get(binding.side))) is not None
    }
    places: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for name, items in _lists(draft, member, field).items():
        for item in items:
            seen = _number(item.sides[member.key].seen.get(binding.side))
            number = moved.get(item.id, seen if _in_place(item, member, field) else None)
            if number is not None:
                insort(places[name], (str(item.hub[binding.hub]), number))
    return places
