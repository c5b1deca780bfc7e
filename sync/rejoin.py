"""Rejoin: the parts of an item become one again when the mappings that parted it are joined.

Each part was edited on its own meanwhile. Where they agree all is as it was; where they
differ the sides of one part meet the other's value, as at a first meeting. What is dead
in one part and lives in the other lives: nobody deleted it everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sync.mapping.unit import Unit
from sync.model import Plain
from sync.plan.vocabulary import fold_name
from sync.state import CollectionState, HubOption, Item, Salvage, Side, Standing


def parts(
    items: Mapping[str, Item], came: Iterable[str], states: Mapping[str, CollectionState]
) -> Iterator[tuple[Item, Item]]:
    """Each item that others came to, and one that came and is a part of it."""
    first: dict[str, Item] = {}
    for item in sorted(items.values(), key=lambda i: (i.id in came, i.whole is not None, i.id)):
        names = [item.id, item.whole or item.id, *_once(item, states)]
        known = next((first[name] for name in names if name in first), None)
        whole = known if known is not None and _apart(known, item) else None
        for name in names:
            first.setdefault(name, whole or item)
        if whole is not None:
            yield whole, item


def _once(item: Item, states: Mapping[str, CollectionState]) -> list[str]:
    """Of which items its records were before their sides were taken out of a mapping."""
    return [
        states[key].former[once]
        for key, side in item.sides.items()
        if key in states and side.ref is not None
        if (once := states[key].recalled(side.ref, side.stable)) is not None
    ]


def alike(unit: Unit, items: Iterable[Item]) -> list[list[Item]]:
    """What people call the same and no side has two of, as at a first meeting.

    Children go with their parents: they are alike under what is one item by now.
    """
    found: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        key = _key(unit, item)
        if key and not (item.dead or item.dying):
            found[item.kind, item.parent or "", *key].append(item)
    groups = [group for named in found.values() for group in _in_turn(named)]
    return [group for group in groups if len(group) > 1]


def _in_turn(named: list[Item]) -> list[list[Item]]:
    """Things of one name, one of each side; where a side has two, only those under one parent."""
    groups: list[list[Item]] = []
    for item in named:
        free = next((g for g in groups if all(_apart(item, other) for other in g)), None)
        if free is None:
            groups.append([item])
        else:
            free.append(item)
    return groups if len(groups) == 1 or named[0].parent is not None else []


def _key(unit: Unit, item: Item) -> tuple[str, ...] | None:
    kind = unit.kinds[item.kind]
    fields = [f for f in unit.rules.match or kind.key if f in kind.fields]
    key = tuple(fold_name(kind.fields[f].type.show(item.hub.get(f))) for f in fields)
    return key if key and key[0] else None


def _apart(whole: Item, part: Item) -> bool:
    """Whether no side has a record of each."""
    return whole.kind == part.kind and not (set(whole.here()) & set(part.here()))


def rejoin(unit: Unit, whole: Item, part: Item) -> list[Salvage]:
    """Let the item have all that its part has; returns what of that no side may show."""
    lost = []
    for field, value in part.hub.items():
        if whole.hub.get(field) == value:
            continue
        if whole.hub.get(field) is None:
            whole.hub[field] = value
            _take(whole.stamps, part.stamps, field)
            _take(whole.previous, part.previous, field)
        elif value is not None and not _shown(unit, part, field, value):
            lost.append(Salvage(whole.id, field, value, "", "unseen", kept=whole.hub[field]))
        for key, side in part.sides.items():
            _meet_again(unit, key, side, field)
    for key, side in part.sides.items():
        if key not in whole.here():
            whole.sides[key] = side
    whole.held = {**part.held, **whole.held}
    _live(whole, part)
    return lost


def _take(into: dict[str, Plain] | dict[str, str], source: Mapping[str, Plain], name: str) -> None:
    if name in source:
        into[name] = source[name]  # type: ignore[assignment]


def _meet_again(unit: Unit, key: str, side: Side, field: str) -> None:
    """What this side shows of the field is read, and meets the hub."""
    binding = unit.members[key].binding(field) if key in unit.members else None
    if binding is not None:
        side.seen.pop(binding.side, None)
        side.base.pop(field, None)
        side.stale = side.standing is Standing.HERE


def _shown(unit: Unit, part: Item, field: str, value: Plain) -> bool:
    """Whether a side shows all of the value, so that nothing is lost when it meets the hub."""
    for key in part.here():
        member = unit.members.get(key)
        binding = member.binding(field) if member else None
        if binding and (binding.options or part.sides[key].seen.get(binding.side) == value):
            return True
    return False


def _live(whole: Item, part: Item) -> None:
    gone = [item.dead or item.dying for item in (whole, part)]
    if any(gone) and not all(gone):
        whole.dead, whole.dying = whole.dead or part.dead, whole.dying or part.dying
        whole.wanted = True
    elif all(gone) and not part.dead:
        whole.dead, whole.dying = False, True


def options_of_both(
    ours: list[HubOption], theirs: Iterable[HubOption], came: Iterable[str]
) -> list[HubOption]:
    """The options of two units that are joined; one id is one option."""
    known = {option.id: option.copy() for option in ours}
    for option in theirs:
        natives = {k: v for k, v in option.natives.items() if k in came}
        own = known.setdefault(option.id, HubOption(option.id, option.name, option.color))
        for key, native in natives.items():
            for other in known.values():
                if other.natives.get(key) == native:
                    del other.natives[key]
            own.natives[key] = native
            own.base[key] = option.base.get(key, option.name)
        own.former += [name for name in option.former if name not in own.former]
    return list(known.values())
