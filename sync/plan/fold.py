"""Fold: what people changed on the sides becomes the hub's value.

A field changed on a side if it differs from what was last seen on that side. The view
is put back into the richer value it was projected from, and merged with the hub's
against the base on which this side last agreed. Whatever a person typed and no side
shows any more goes to the salvage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sync.i18n import _
from sync.mapping.unit import Binding, Member, UnknownOption
from sync.model import Plain, Record
from sync.plan.actions import Audit
from sync.plan.breaker import count_flips, last_change
from sync.plan.draft import Draft
from sync.plan.origin import deletion_lost, keep, of_hub, of_record
from sync.plan.reading import agrees, as_read, decode, plain_bindings
from sync.plan.shelf import shelved, still_archived
from sync.state import Intent, Item, JournalEntry, Nonce, Side, Standing


def fold(draft: Draft) -> None:
    """Fold every record whose content was seen into its item."""
    for member in draft.unit.members.values():
        if draft.seen.blind(member.key):
            continue
        for ref in draft.seen.refs(member.key):
            record = draft.seen.record(member.key, ref)
            owner = draft.owner(member.key, ref)
            if record is None or owner is None or owner.sides[member.key].ref != ref:
                continue
            if (member.key, ref) in draft.withheld:
                continue
            if _unread(member, owner.sides[member.key], record):
                _fold_record(draft, member, draft.edit(owner.id), record)
    settle(draft)


def _unread(member: Member, side: Side, record: Record) -> bool:
    """Whether the record may hold what was not folded yet."""
    quiet = side.standing is Standing.HERE and not side.missing and not side.malformed
    return not (quiet and not side.stale and as_read(member, side, record))


def _fold_record(draft: Draft, member: Member, item: Item, record: Record) -> None:
    side = item.sides[member.key]
    back = side.standing is not Standing.HERE
    _audit(draft, member, item, record)
    try:
        changed = [
            binding.hub
            for binding in plain_bindings(member)
            if binding.side in record.fields
            and _fold_field(draft, Edit(member, binding, item, side, record))
        ]
    except ValueError as error:
        side.malformed = str(error)
        return
    except UnknownOption:  # made since the options were listed: read again
        side.stale = True
        return
    side.version, side.stable, side.parent_ref = record.version, record.stable, record.parent
    side.missing, side.stale, side.malformed = False, False, None
    if back and still_archived(draft, member, item, changed):
        return
    if back:
        side.standing, side.kids_met = Standing.HERE, False
        revive(draft, item)
    elif changed:
        _revive_the_edited(draft, item)
        _revive_parent(draft, item)


def _revive_the_edited(draft: Draft, item: Item) -> None:
    """An edit of what was deleted elsewhere brings it back, which people are told."""
    if not (item.dead or item.dying):
        return
    for key, side in item.sides.items():
        if side.standing is Standing.GONE and not shelved(draft, key, item):
            deletion_lost(draft, item, key)
            break
    revive(draft, item)


def revive(draft: Draft, item: Item) -> None:
    """People changed, or brought back, what was to be deleted: it lives, with its parent."""
    if not (item.dead or item.dying):
        return
    item.dead = item.dying = item.meant = False
    item.waited, item.counted = 0.0, None
    for key, side in item.sides.items():
        if side.standing in (Standing.GONE, Standing.KEPT):
            there = side.standing is Standing.KEPT or shelved(draft, key, item)
            side.standing = Standing.HERE if there else Standing.OUT
            side.stale, side.kids_met = there, False
    _revive_parent(draft, item)


def _revive_parent(draft: Draft, item: Item) -> None:
    if item.parent is not None and draft.known(item.parent):
        revive(draft, draft.edit(item.parent))


@dataclass(frozen=True)
class Edit:
    """One field of one record that was read, and the item that it belongs to."""

    member: Member
    binding: Binding
    item: Item
    side: Side
    record: Record

    @property
    def field(self) -> str:
        """The hub field."""
        return self.binding.hub

    @property
    def source(self) -> tuple[str, Record]:
        """Where it was edited."""
        return self.member.key, self.record

    @property
    def raw(self) -> Plain:
        """What the side shows now."""
        return self.record.fields[self.binding.side]

    @property
    def hub(self) -> Plain:
        """The hub's value before the edit."""
        return self.item.hub.get(self.binding.hub)


def _fold_field(draft: Draft, edit: Edit) -> bool:
    """Fold one field; tell whether people changed it."""
    seen, name = edit.side.seen, edit.binding.side
    if name in seen and seen[name] == edit.raw:
        return False
    if _our_own_late_write(draft, edit):
        return False
    if not (edit.binding.reads and edit.member.reads):
        if not _agreed_before(draft, edit):
            _set_aside(draft, edit)
        return False
    return merge_view(draft, edit)


def _agreed_before(draft: Draft, edit: Edit) -> bool:
    """Take it that a field published anew agreed on what the hub held when the cycle began.

    Another side may have changed it in this very cycle: that is due here, too.
    """
    known = draft.snapshot.items.get(edit.item.id)
    was = known.hub.get(edit.field) if known is not None else None
    new = edit.field not in edit.side.base and edit.binding.side not in edit.side.seen
    if not new or was is None or was == edit.hub:
        return False
    try:
        shown = decode(draft, edit.member, edit.binding, edit.raw, was)
    except (ValueError, UnknownOption):  # nobody reads it here: it is set aside as it is
        return False
    if not edit.binding.type.equal(shown, was):
        return False
    edit.side.seen[edit.binding.side], edit.side.base[edit.field] = edit.raw, was
    return True


def _set_aside(draft: Draft, edit: Edit) -> None:
    """Keep what people wrote where we only publish; it is replaced when the hub moves."""
    side, name = edit.side, edit.binding.side
    known = name in side.seen
    side.seen[name] = edit.raw
    if known or not agrees(draft, edit.member, edit.binding, side, edit.item):
        author = edit.record.author
        draft.keep(edit.item, edit.field, edit.raw, edit.member.key, "overwritten", author=author)
    if edit.hub is None:
        side.base.setdefault(edit.field, None)


def _our_own_late_write(draft: Draft, edit: Edit) -> bool:
    """Take what a write of ours left that nobody knew the outcome of: the patch is due again.

    At the first look since the write it is ours, whoever wrote another field meanwhile;
    later the record itself has to say so.
    """
    name, where = edit.binding.side, (edit.item.id, edit.member.key)
    intent = draft.intent(*where)
    late = draft.unknown(*where) if edit.record.ours is True or edit.side.stale else []
    unknown: list[Intent | Nonce] = [*([intent] if intent else []), *late]
    for sent in unknown:
        if name in sent.views and edit.binding.view.equivalent(sent.views[name], edit.raw):
            edit.side.seen[name] = edit.raw
            edit.side.base[edit.field] = sent.values.get(edit.field)
            return True
    return False


def _audit(draft: Draft, member: Member, item: Item, record: Record) -> None:
    """Where a write of ours may have landed late, ask the history what it replaced."""
    moved = record.ours is True and record.version != item.sides[member.key].version
    since = [n.since for n in draft.unknown(item.id, member.key) if n.since]
    if moved and since and member.capabilities.history:
        shown = {**record.fields}
        draft.audits.append(Audit(item.id, member.key, record.ref, min(since), shown))


def merge_view(draft: Draft, edit: Edit) -> bool:
    """Merge a view into the hub three ways; tell whether it is an edit by people."""
    side, name, field = edit.side, edit.binding.side, edit.field
    if field not in side.base:
        _meet_value(draft, edit)
        return False
    base, seen = side.base[field], side.seen.get(name)
    theirs = decode(draft, edit.member, edit.binding, edit.raw, base)
    met = name in side.seen  # else it was not sent, being empty, to what was just adopted
    before = _meant(draft, edit, seen, base) if met else base
    if edit.binding.type.equal(before, theirs):  # a renamed label is no edit
        side.seen[name] = edit.raw
        return False
    value = _merge(draft, edit, base, theirs)
    side.seen[name], side.base[field] = edit.raw, _agreed(draft, edit, theirs)
    _replace(draft, edit, seen, value)
    return True


def _agreed(draft: Draft, edit: Edit, theirs: Plain) -> Plain:
    """What the side agrees on by showing this view; no rest that it could show and does not.

    Where a cut text was shortened, more of what was hidden fits: it is due there.
    """
    bare = decode(draft, edit.member, edit.binding, edit.raw, None)
    if edit.binding.type.equal(bare, theirs):
        return theirs
    words = draft.vocabulary.words(edit.member, edit.binding)
    lens = edit.binding.lens
    return theirs if lens.project(theirs, words) == lens.project(bare, words) else bare


def _meant(draft: Draft, edit: Edit, seen: Plain, base: Plain) -> Plain:
    """What a view meant; what was agreed, if it was written otherwise, or its option is gone."""
    try:
        return decode(draft, edit.member, edit.binding, seen, base)
    except (UnknownOption, ValueError):
        return base


def _merge(draft: Draft, edit: Edit, base: Plain, theirs: Plain) -> Plain:
    merged = edit.binding.type.merge(base, edit.hub, theirs)
    return _settle_conflict(draft, edit, theirs) if merged.conflict else merged.value


def _settle_conflict(draft: Draft, edit: Edit, theirs: Plain) -> Plain:
    """Choose by the policy; the loser is kept first."""
    wins = _theirs_wins(draft, edit)
    _keep_loser(draft, edit, theirs, theirs_wins=wins)
    if draft.unit.rules.conflicts == "ask":
        edit.item.held[edit.field] = _("two sides changed it at once — jumelage conflicts")
    return theirs if wins else edit.hub


def _keep_loser(draft: Draft, edit: Edit, theirs: Plain, *, theirs_wins: bool) -> None:
    values = (edit.hub, of_hub(edit.item, edit.field)), (theirs, of_record(*edit.source))
    lost, stands = values if theirs_wins else values[::-1]
    keep(draft, edit.item, edit.field, "conflict", lost, stands)


def _theirs_wins(draft: Draft, edit: Edit) -> bool:
    """The policy of the mapping: the newest by the sides' own clocks, or the side preferred."""
    policy = draft.unit.rules.conflicts
    if policy not in ("newest", "ask"):
        return edit.member.label == policy
    stamp = edit.item.stamps.get(edit.field)
    if edit.record.changed is None or stamp is None:
        return True
    return edit.record.changed >= datetime.fromisoformat(stamp)


def _meet_value(draft: Draft, edit: Edit) -> None:
    """A field that this side never agreed on: nothing is overwritten without a rule."""
    hub = edit.hub
    theirs = decode(draft, edit.member, edit.binding, edit.raw, hub)
    others = (s for s in edit.item.sides.values() if s is not edit.side)
    alone = not any(edit.field in s.base for s in others)
    seen = edit.side.seen.get(edit.binding.side)
    edit.side.seen[edit.binding.side] = edit.raw
    edit.side.base[edit.field] = _agreed(draft, edit, theirs)
    joined = edit.binding.type.join(hub, theirs)
    if alone and (hub is None or _shown_by_all(draft, edit, theirs)):
        value = theirs
    elif not joined.conflict:
        value = joined.value
    elif draft.unit.rules.meeting == "ask":
        edit.item.held[edit.field] = _("differs since the first meeting — jumelage conflicts")
        _keep_loser(draft, edit, theirs, theirs_wins=False)
        return
    else:
        value = _settle_conflict(draft, edit, theirs)
    _replace(draft, edit, seen, value)


def _shown_by_all(draft: Draft, edit: Edit, theirs: Plain) -> bool:
    """Whether no side shows another value: the hub's is of an older store.

    Nothing is no value: what no side shows any more is restored there.
    """
    if theirs is None:
        return False
    for key, side in edit.item.sides.items():
        member = draft.unit.members.get(key)
        binding = member.binding(edit.field) if member is not None else None
        if member is None or binding is None or side is edit.side or side.ref is None:
            continue
        if draft.seen.blind(key):
            return False
        record = draft.seen.record(key, side.ref)
        if record is None or binding.side not in record.fields:
            continue
        try:
            shown = decode(draft, member, binding, record.fields[binding.side], edit.hub)
        except (ValueError, UnknownOption):
            return False
        if not binding.type.equal(shown, theirs):
            return False
    return True


def _replace(draft: Draft, edit: Edit, seen: Plain, value: Plain) -> None:
    """Give the hub its new value; what the editor could not see, and it drops, is kept."""
    hub, author = edit.hub, edit.record.author
    if edit.binding.type.equal(hub, value):
        return
    pieces = edit.binding.type.pieces
    visible = _meant(draft, edit, seen, None) if seen is not None else None
    if pieces(hub) - pieces(value) - pieces(visible):
        lost = hub, of_hub(edit.item, edit.field)
        keep(draft, edit.item, edit.field, "unseen", lost, (value, of_record(*edit.source)))
    count_flips(draft, edit.item, edit.field, value, edit.member)
    edit.item.previous[edit.field] = last_change(draft, hub, edit.member.key, author)
    edit.item.hub[edit.field] = value
    if edit.record.changed is not None:
        edit.item.stamps[edit.field] = edit.record.changed.isoformat()
    else:
        edit.item.stamps.pop(edit.field, None)
    draft.entries.append(
        JournalEntry(
            "",
            "fold",
            edit.item.id,
            edit.member.key,
            edit.record.ref,
            {edit.field: hub},
            {edit.field: value},
            f"edited on {edit.member.label}",
            author,
        )
    )


def settle(draft: Draft) -> None:
    """Agreement without a write: a side that shows the hub's value now agrees with it."""
    for member in draft.unit.members.values():
        for item in list(draft.items()):
            side = item.sides.get(member.key)
            if side is None or side.standing is not Standing.HERE:
                continue
            for binding in plain_bindings(member):
                if not _settled(binding, side, item) and agrees(draft, member, binding, side, item):
                    own = draft.edit(item.id)
                    own.sides[member.key].base[binding.hub] = own.hub.get(binding.hub)


def _settled(binding: Binding, side: Side, item: Item) -> bool:
    field = binding.hub
    return field in side.base and side.base[field] == item.hub.get(field)
