"""Late twins: a create that was given up on and landed after all."""

from __future__ import annotations

from sync.mapping.unit import Member, UnknownOption
from sync.model import Record
from sync.plan.draft import Draft
from sync.plan.fold import Edit, merge_view, revive
from sync.plan.reading import plain_bindings
from sync.state import Item, Nonce, Side, Verb

LATE_TWIN = "late twin"
"""Why a twin is deleted: not a deletion that could be undone."""


def fold_twin(draft: Draft, member: Member, item: Item, record: Record, nonce: Nonce) -> None:
    """Fold what people edited on the twin, keep all of it, and plan its removal.

    The twin was made by us beside a record that stands: what differs from what was
    sent is people's.
    """
    sent = Side(seen=dict(nonce.views), base=dict(nonce.values))
    for binding in plain_bindings(member):
        if binding.side in record.fields and binding.reads:
            shown, views = record.fields[binding.side], nonce.views
            try:
                changed = merge_view(draft, Edit(member, binding, item, sent, record))
            except (ValueError, UnknownOption):  # in words of before: kept with all the rest
                continue
            if changed and not binding.view.equivalent(views.get(binding.side), shown):
                revive(draft, item)
    if not member.capabilities.moves:  # else it is not known by its ref for ever
        draft.resolve(nonce, twin=record.ref)
    remove_twin(draft, member, item, record)


def remove_twin(draft: Draft, member: Member, item: Item, record: Record) -> None:
    """Keep all of it, and plan its removal."""
    draft.keep(item, "*", dict(record.fields), member.key, "late twin", author=record.author)
    draft.twins[member.key, record.ref] = item.id
    draft.act(
        Verb.DELETE,
        item,
        member.key,
        ref=record.ref,
        before=dict(record.fields),
        expect=record.version,
        after=None,
        reason=LATE_TWIN,
    )
