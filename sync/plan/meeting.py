"""First meetings: records that already stand on several sides are recognised once.

A collection meets the hub when two complete listings agree. If more than one side
holds records, people are asked first: the matches are shown, nothing is written.
"""

from __future__ import annotations

from sync.i18n import _
from sync.mapping.unit import Member
from sync.model import Plain, Record
from sync.plan.actions import Match, Meeting
from sync.plan.draft import Draft
from sync.plan.fold import revive
from sync.plan.grouping import (
    Group,
    Newcomers,
    grouped,
    made_by_a_lost_store,
    made_for,
    marks_on,
    stands,
)
from sync.plan.reading import hub_of, match_key, read
from sync.plan.renamed import tell, withheld
from sync.state import Item


def meet(draft: Draft, members: list[Member], newcomers: Newcomers) -> None:
    """Let the sides that never met the hub meet it, once it is safe."""
    ready = [m for m in members if _listed(draft, m)]
    if not ready:
        return
    again = {m.key: _met_again(draft, m) for m in ready}
    counts = {m.key: len(newcomers[m.key]) + len(again[m.key]) for m in ready}
    if [m for m in ready if not _agrees(draft, m)]:
        draft.meeting = Meeting(counts, (), "second listing")
        return
    relinked = any(draft.collections[m.key].relinked for m in members)
    if len(ready) < len(members) and (relinked or any(made_by_a_lost_store(draft, newcomers))):
        draft.meeting = Meeting(counts, (), "every side")  # one may tell which is which
        for member in members if relinked else ():
            draft.collections[member.key].accepted = False  # not what will be shown
        return
    groups = {m.kind: grouped(draft, m.kind, ready, newcomers) for m in ready}
    matches = tuple(_match(draft, g) for kind in groups.values() for g in kind if not g.alone)
    matches = (*_as_before(draft, again), *matches)
    populated = sum(1 for count in counts.values() if count) + _hub_has_items(draft)
    asked = populated > 1 or relinked  # what nothing seems to stand on may only look empty
    if asked and not all(draft.collections[m.key].accepted for m in ready):
        draft.meeting = Meeting(counts, matches, "release")
        several = _("a first meeting waits for your word: records stand on several sides")
        lost = _("a first meeting waits for your word: the store was lost, or is an older one")
        draft.hold(draft.unit.name, lost if relinked else several)
        return
    draft.meeting = Meeting(counts, matches, "")
    for member in ready:
        draft.collections[member.key].met = True
        draft.collections[member.key].listed = None
        draft.collections[member.key].relinked = False
    for kind in groups.values():
        for group in kind:
            _join(draft, group)


def _listed(draft: Draft, member: Member) -> bool:
    """Whether all that stands there was listed, and all that was listed was read."""
    if draft.seen.blind(member.key):
        return False
    listing = draft.seen.listings[member.key]
    told = listing.complete and not listing.unclear and member.key not in draft.unread
    return told and _sighted(draft, member)


def _sighted(draft: Draft, member: Member) -> bool:
    """Whether anything that is listed can be read: else what stands there would be doubled."""
    refs = draft.seen.listings[member.key].records
    gone = any(draft.seen.confirmed_gone(member.key, ref) for ref in refs)
    if not gone or any(draft.seen.record(member.key, ref) for ref in refs):
        return True
    cause = _("records are missing and nothing there can be read")
    draft.hold(member.key, cause, "jumelage check")
    return False


def _agrees(draft: Draft, member: Member) -> bool:
    """Whether this complete listing holds all that the one before it held.

    If it does not, what an admin agreed to is not what stands there now.
    """
    state = draft.collections[member.key]
    listing = draft.seen.listings[member.key]
    before, now = state.listed, sorted({*listing.records, *listing.malformed})
    holds = set(before or ()) <= set(now)
    state.accepted, state.listed = state.accepted and holds, now
    return before is not None and holds


def _met_again(draft: Draft, member: Member) -> list[Item]:
    """The items whose records there are known by their refs, from before the side is met anew."""
    return [item for item in draft.items() if not item.dead and stands(draft, item, member.key)]


def _as_before(draft: Draft, again: dict[str, list[Item]]) -> tuple[Match, ...]:
    items = {item.id: item for found in again.values() for item in found}
    return tuple(
        Match(
            draft.title(item),
            {key: item.sides[key].ref or "" for key, found in again.items() if item in found},
            _("known before"),
        )
        for _name, item in sorted(items.items())
    )


def _hub_has_items(draft: Draft) -> bool:
    return any(not item.dead and item.here() for item in draft.items())


def _match(draft: Draft, group: Group) -> Match:
    refs = {key: ", ".join(r.ref for r in records) for key, records in group.records.items()}
    for item in group.items:
        refs |= {key: item.sides[key].ref or "" for key in item.here()}
    key, records = next(iter(group.records.items()))
    member = draft.unit.members[key]
    title = draft.unit.kinds[member.kind].title
    name = str(read(draft, member, records[0]).get(title) or records[0].ref)
    fields = ", ".join(draft.unit.rules.match or draft.unit.kinds[member.kind].key)
    same = _("made by us") if group.marked else _("same {fields}").format(fields=fields)
    unclear = _("several with the same {fields}: held").format(fields=fields)
    return Match(name, refs, same if group.unique else unclear, clear=group.unique)


def _join(draft: Draft, group: Group) -> None:
    """Make one item of a group, or several of records that stand alone; hold what is unclear."""
    if group.alone:
        for key, records in group.records.items():
            for record in records:
                place(draft, draft.unit.members[key], record)
    elif group.unique:
        _join_one(draft, group)
    else:
        for key, records in group.records.items():
            state = draft.collections[key]
            for record in records:
                state.ambiguous.append(record.ref)
                leave(draft, draft.unit.members[key], record)
            draft.hold(
                key,
                _(
                    "several records are called “{title}”, on this side or another: rename them,"
                    " or each may become a thing of its own"
                ).format(title=_match(draft, group).title),
            )


def _join_one(draft: Draft, group: Group) -> None:
    item = draft.edit(group.items[0].id) if group.items else None
    members = [draft.unit.members[key] for key in group.records]
    for member in sorted(members, key=lambda m: not m.reads):  # published sides are met last
        record = group.records[member.key][0]
        if item is None and not member.reads:
            leave(draft, member, record)
        elif item is None:
            item = start(draft, member, record)
        else:
            draft.attach(item, member.key, record)
            revive(draft, item)


def place(draft: Draft, member: Member, record: Record) -> None:
    """A record that nothing explains: a new item, unless the side does not take it."""
    state = draft.collections[member.key]
    hub = read(draft, member, record)
    probe = Item("", member.kind, draft.unit.name, hub=hub)
    if record.ref in state.ambiguous or not draft.passes(member, probe):
        leave(draft, member, record, waits=_waits(draft, member, record, probe))
        return
    known = _unmet_match(draft, member, record, hub) or _just_begun(draft, member, record)
    if known is not None:
        draft.attach(draft.edit(known.id), member.key, record)
    elif member.reads:
        start(draft, member, record)
    else:
        leave(draft, member, record)


def _waits(draft: Draft, member: Member, record: Record, probe: Item) -> bool:
    """Whether it waits for the name that a filter calls an option by."""
    if record.ref in draft.collections[member.key].ambiguous:
        return False
    waits = withheld(draft, member, probe)
    if waits:
        tell(draft, member, probe)
    return waits


def leave(draft: Draft, member: Member, record: Record, *, waits: bool = False) -> None:
    """Remember a record that stands there without an item, and what it could match.

    One that `waits` is read again with each listing.
    """
    key = match_key(draft, member.kind, read(draft, member, record))
    version = None if waits else record.version
    known: dict[str, Plain] = {"version": version, "key": list(key or ())}
    draft.collections[member.key].unmet[record.ref] = known


def _unmet_match(
    draft: Draft, member: Member, record: Record, hub: dict[str, Plain]
) -> Item | None:
    """The item of the same key, for a record known since the first meeting.

    Of one that was held our mark tells too, as there: it may be renamed since, on one side.
    """
    known = draft.collections[member.key].unmet.get(record.ref)
    if known is None:
        return None
    free = [
        item
        for item in draft.items()
        if item.kind == member.kind and not item.dead and not stands(draft, item, member.key)
    ]
    anew = isinstance(known, dict) and known.get("version") is None
    key = match_key(draft, member.kind, hub)
    alike = made_for(draft, member, record, free) if anew else []
    alike = alike or [item for item in free if key is not None and key_of(draft, item) == key]
    return alike[0] if len(alike) == 1 else None


def _just_begun(draft: Draft, member: Member, record: Record) -> Item | None:
    """The item of one mark that another side has just started: both were taken out of bins.

    Not while sides meet: there, a mark that people copied proves nothing.
    """
    before = draft.snapshot.collections.get(member.key)
    if before is None or not before.met:
        return None
    marks = sorted(marks_on(draft, member.key, record) & draft.begun.keys())
    found = [draft.begun[mark] for mark in marks]
    item = draft.look(found[0]) if found else None
    fits = item is not None and item.kind == member.kind and not stands(draft, item, member.key)
    return item if fits else None


def key_of(draft: Draft, item: Item) -> tuple[str, ...] | None:
    """By what an item is recognised."""
    return match_key(draft, item.kind, hub_of(draft, item))


def start(draft: Draft, member: Member, record: Record, parent: str | None = None) -> Item:
    """A new item, named for the record that starts it; folded in this same cycle."""
    name, n = _name(draft, member, record), 2
    first = name
    while draft.known(name):
        name, n = f"{first}~{n}", n + 1
    item = draft.add(Item(name, member.kind, draft.unit.name, parent))
    for mark in marks_on(draft, member.key, record):
        draft.begun.setdefault(mark, name)
    draft.attach(item, member.key, record)
    return item


def _name(draft: Draft, member: Member, record: Record) -> str:
    """Its own in the whole store: the collection may have left items of its records elsewhere."""
    apart = draft.collections[member.key].past not in ("", draft.unit.name)
    return f"{member.key}/{record.ref}{f'~{draft.unit.name}' if apart else ''}"
