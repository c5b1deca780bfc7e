"""Order: the place of a card in its list, without rewriting its neighbours.

The hub holds fractional keys; every side its own numbers. A card moved on a side if
its place among the others did (the longest run that kept its order did not move), not
if its number did: servers renumber as they like. Only what moved is written.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from sync.kinds import KindField
from sync.mapping.unit import Binding, Member
from sync.model import Plain
from sync.plan.actions import Action
from sync.plan.draft import Draft
from sync.plan.keys import between
from sync.plan.reading import RANK
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
    """Take in what people moved on each side."""
    for member, binding, field in ranked(draft):
        if not draft.seen.blind(member.key) and binding.reads and member.reads:
            for items in _lists(draft, member, field).values():
                settled = [i for i in items if _in_place(i, member, field)]
                _fold_list(draft, member, binding, field, settled)
                _see(draft, member, binding, [i for i in items if i not in settled])
    _rank_the_rest(draft)


def _lists(draft: Draft, member: Member, field: KindField) -> dict[Plain, list[Item]]:
    """The items that stand on a side, by the hub list that they are in."""
    lists: dict[Plain, list[Item]] = defaultdict(list)
    for item in draft.items():
        side = item.sides.get(member.key)
        if item.kind == member.kind and side and side.standing is Standing.HERE and not item.dead:
            lists[_list(item, field)].append(item)
    return lists


def _in_place(item: Item, member: Member, field: KindField) -> bool:
    """Whether the side has the item in the list that the hub has it in."""
    base = item.sides[member.key].base
    return field.within is None or base.get(field.within) == item.hub.get(field.within)


def _list(item: Item, field: KindField) -> str:
    return str(item.hub.get(field.within)) if field.within else ""


def _fold_list(
    draft: Draft, member: Member, binding: Binding, field: KindField, items: list[Item]
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
    stayed = _stayed(draft, field, [name for _, _, name in order], before)
    previous: str | None = None
    for number, _, name in order:
        item = draft.edit(name)
        side = item.sides[member.key]
        if name not in stayed:
            item.hub[binding.hub] = _key_after(draft, item, field, binding.hub, previous)
            side.base[binding.hub] = item.hub[binding.hub]
        side.seen[binding.side] = number
        previous = name


def _see(draft: Draft, member: Member, binding: Binding, items: list[Item]) -> None:
    """A place in a list that the hub has the item out of means nothing; it is seen, though."""
    for item in items:
        number = _now(draft, member, binding, item.sides[member.key])
        if number is not None and item.sides[member.key].seen.get(binding.side) != number:
            draft.edit(item.id).sides[member.key].seen[binding.side] = number


def _now(draft: Draft, member: Member, binding: Binding, side: Side) -> float | None:
    record = draft.seen.record(member.key, side.ref or "")
    if record is not None and binding.side in record.fields:
        return _number(record.fields[binding.side])
    return _number(side.seen.get(binding.side))


def _number(value: Plain) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _stayed(
    draft: Draft, field: KindField, order: list[str], before: dict[str, float | None]
) -> set[str]:
    """The longest run of items that kept their order, among those that were in this list."""
    known = [(n, name) for name in order if (n := before[name]) is not None]
    return set(longest_run([(n, name) for n, name in known if not _came(draft, name, field)]))


def _came(draft: Draft, name: str, field: KindField) -> bool:
    """Whether the item was in another list when the cycle began."""
    old = draft.snapshot.items.get(name)
    return old is None or _list(old, field) != _list(draft.look(name), field)


def longest_run(values: list[tuple[float, str]]) -> list[str]:
    """The names of a longest subsequence whose numbers do not decrease."""
    tails: list[tuple[float, str]] = []
    chain: dict[str, str | None] = {}
    for value in values:
        at = bisect_left(tails, value)
        chain[value[1]] = tails[at - 1][1] if at else None
        tails[at : at + 1] = [value]
    run: list[str] = []
    name = tails[-1][1] if tails else None
    while name is not None:
        run.append(name)
        name = chain[name]
    return run[::-1]


def _key_after(draft: Draft, item: Item, field: KindField, rank: str, previous: str | None) -> str:
    """A key directly behind another item's, before whatever follows it in the hub."""
    keys = sorted(
        str(key)
        for other in draft.items()
        if other.id != item.id
        and other.kind == item.kind
        and not other.dead
        and _list(other, field) == _list(item, field)
        and (key := other.hub.get(rank)) is not None
    )
    low = str(draft.look(previous).hub[rank]) if previous else None
    high = next((k for k in keys if low is None or k > low), None)
    return between(low, high)


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
        for items in _lists(draft, member, field).values():
            _spread_list(draft, member, binding, field, items)
        _place_new(draft, member, binding, field)


def _spread_list(
    draft: Draft, member: Member, binding: Binding, field: KindField, items: list[Item]
) -> None:
    """What people moved here was folded already: any difference left is the side's to take."""
    placed = [i for i in items if binding.side in i.sides[member.key].seen and not i.dying]
    wanted = sorted(placed, key=lambda i: (str(i.hub[binding.hub]), i.id))
    numbers = {i.id: _number(i.sides[member.key].seen[binding.side]) for i in wanted}
    known = [
        (n, i.id)
        for i in wanted
        if (n := numbers[i.id]) is not None and _in_place(i, member, field)
    ]
    moves = _moves([i.id for i in wanted], {name: n for n, name in known}, set(longest_run(known)))
    for item in placed:
        agreed = item.sides[member.key].base.get(binding.hub) == item.hub[binding.hub]
        if item.id in moves:
            _move(draft, member, binding, item, moves[item.id])
        elif not agreed:
            draft.edit(item.id).sides[member.key].base[binding.hub] = item.hub[binding.hub]


def _moves(order: list[str], numbers: dict[str, float], stay: set[str]) -> dict[str, float]:
    """New numbers for the items that must move, between neighbours that need not."""
    moves: dict[str, float] = {}
    last: float | None = None
    for at, name in enumerate(order):
        if name in stay and (last is None or numbers[name] > last):
            last = numbers[name]
            continue
        later = (numbers[n] for n in order[at + 1 :] if n in stay)
        last = moves[name] = middle(
            last, next((n for n in later if last is None or n > last), None)
        )
    return moves


def middle(low: float | None, high: float | None) -> float:
    """A number between two others; behind the lower one if there is no room."""
    if low is None:
        return STEP if high is None else high / 2
    room = (low + high) / 2 if high is not None else low + STEP
    return room if room > low and (high is None or room < high) else low + STEP


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
    for at, action in enumerate(draft.actions):
        if action.collection != member.key or action.verb is not Verb.CREATE:
            continue
        item = draft.look(action.item)
        key = str(item.hub[binding.hub])
        taken = sorted(_taken(draft, member, binding, field, item))
        low = max((n for k, n in taken if k <= key), default=None)
        high = min((n for k, n in taken if k > key), default=None)
        number = middle(low, high)
        draft.actions[at] = _with(action, binding, number, key)


def _with(action: Action, binding: Binding, number: float, key: Plain) -> Action:
    return replace(
        action,
        views={**action.views, binding.side: number},
        values={**action.values, binding.hub: key},
    )


def _taken(
    draft: Draft, member: Member, binding: Binding, field: KindField, item: Item
) -> Iterator[tuple[str, float]]:
    """(hub key, number) of what stands, or is about to, in the same list on the side."""
    moved: dict[str, float] = {}
    for action in draft.actions:
        number = _number(action.views.get(binding.side))
        if action.collection == member.key and number is not None:
            moved[action.item] = number
            if _list(draft.look(action.item), field) == _list(item, field):
                yield str(action.values[binding.hub]), number
    for other in _lists(draft, member, field)[_list(item, field)]:
        number = _number(other.sides[member.key].seen.get(binding.side))
        if number is not None and other.id not in moved and _in_place(other, member, field):
            yield str(other.hub[binding.hub]), number
