"""Engines with one rule wrong, to see that the checker would notice.

Each is a way to change the engine for the time of a test; none is a copy of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from sync import recover
from sync.errors import Ambiguous
from sync.execute import Executor
from sync.plan.draft import Draft
from sync.plan.observation import Observation
from sync.state import Verb

fold, presence, recognise, spread = (  # `sync.plan` has functions of these names
    import_module(f"sync.plan.{name}") for name in ("fold", "presence", "recognise", "spread")
)

Change = Callable[..., None]
"""`setattr` of pytest's monkeypatch."""


def base_saved_before_the_write(change: Change) -> None:
    intend = Executor._intend

    def wrong(self, action):
        made = intend(self, action)
        item = self._store.item(action.item)
        if item is not None and action.collection in item.sides:
            side = item.sides[action.collection]
            side.base |= action.values
            side.seen |= action.views
            with self._store.transaction() as tx:
                tx.put_item(item)
        return made

    change(Executor, "_intend", wrong)


def no_marker_looked_for(change: Change) -> None:
    def wrong(self, member, item, intent):  # noqa: ARG001
        self._drop(intent)
        return True

    change(recover.Recovery, "_create", wrong)
    change(recognise, "_adopt", lambda *_: False)


def sent_again_after_no_answer(change: Change) -> None:
    send = Executor._send

    def wrong(self, member, action, intent):
        try:
            return send(self, member, action, intent)
        except Ambiguous:
            return send(self, member, action, intent)

    change(Executor, "_send", wrong)


def an_absence_is_not_confirmed(change: Change) -> None:
    change(Observation, "confirmed_gone", lambda *_: True)
    change(presence, "sighted", lambda *_: True)
    change(presence, "_note", _note_everything)


def _note_everything(draft, member, reported):
    for item in reported:
        draft.edit(item.id).sides[member.key].missing = True


def no_budget(change: Change) -> None:
    change(presence, "_held", lambda *_: False)


def the_loser_of_a_conflict_is_dropped(change: Change) -> None:
    change(fold, "_keep_loser", lambda *_, **__: None)
    change(fold, "_replace", _without(fold._replace, "conflict", "unseen"))


def the_last_writer_wins_on_whole_records(change: Change) -> None:
    """An edit of one field takes the record as it stands there, all its fields."""

    def take(draft, edit):
        value = fold.decode(draft, edit.member, edit.binding, edit.raw, None)
        edit.side.seen[edit.binding.side] = edit.raw
        edit.side.base[edit.field] = edit.item.hub[edit.field] = value

    def wrong(draft, member, item, record):
        side, bindings = item.sides[member.key], fold.plain_bindings(member)
        known = [b for b in bindings if b.side in record.fields and b.side in side.seen]
        if any(side.seen[b.side] != record.fields[b.side] for b in known):
            for binding in known:
                take(draft, fold.Edit(member, binding, item, side, record))
        fold_record(draft, member, item, record)

    fold_record = fold._fold_record
    change(fold, "_fold_record", wrong)


def the_hidden_part_is_not_kept(change: Change) -> None:
    change(Draft, "keep", _keeping_not("unseen", "pushed-out"))


def _keeping_not(*causes: str):
    keep = Draft.keep

    def wrong(self, *what, **more):
        if not set(causes) & set(what[-1:]):  # the cause comes last
            keep(self, *what, **more)

    return wrong


def _without(act, *causes: str):
    def wrong(draft, *arguments):
        before = list(draft.salvage)
        act(draft, *arguments)
        draft.salvage[:] = [s for s in draft.salvage if s in before or s.cause not in causes]

    return wrong


def whatever_looks_different_is_written(change: Change) -> None:
    def wrong(draft, member, binding, item, side):
        if not binding.writes or binding.side not in side.seen:
            return spread._NEVER
        view = spread.project(draft, member, binding, item)
        return spread._NEVER if view == side.seen[binding.side] else view

    change(spread, "_due", wrong)


def the_merge_is_taken_for_agreed(change: Change) -> None:
    merge_view = fold.merge_view

    def wrong(draft, edit):
        changed = merge_view(draft, edit)
        edit.side.base[edit.field] = edit.item.hub.get(edit.field)
        return changed

    change(fold, "merge_view", wrong)


def an_unknown_update_is_taken_for_applied(change: Change) -> None:
    def wrong(self, member, item, intent):
        side = item.sides[member.key]
        side.base |= intent.values
        side.seen |= intent.views
        self._commit(intent, [item], intent.ref)
        return True

    change(recover.Recovery, "_update", wrong)


def the_hub_is_compared_and_not_what_was_seen(change: Change) -> None:
    change(fold, "_unread", lambda member, side, record: True)  # noqa: ARG005
    fold_field = fold._fold_field

    def wrong(draft, edit):
        edit.side.base[edit.field] = edit.item.hub.get(edit.field)
        edit.side.seen.pop(edit.binding.side, None)
        return fold_field(draft, edit)

    change(fold, "_fold_field", wrong)


def a_deletion_beats_an_edit(change: Change) -> None:
    change(presence, "_edit_wins", lambda *_: False)
    change(Executor, "_perform", _unchecked(Executor._perform))


def _unchecked(perform):
    def wrong(self, action):
        if action.verb is Verb.DELETE:
            action = replace(action, before={}, expect=None)
        perform(self, action)

    return wrong


ENGINES = [
    base_saved_before_the_write,
    no_marker_looked_for,
    sent_again_after_no_answer,
    an_absence_is_not_confirmed,
    no_budget,
    the_loser_of_a_conflict_is_dropped,
    the_last_writer_wins_on_whole_records,
    the_hidden_part_is_not_kept,
    whatever_looks_different_is_written,
    the_merge_is_taken_for_agreed,
    an_unknown_update_is_taken_for_applied,
    the_hub_is_compared_and_not_what_was_seen,
    a_deletion_beats_an_edit,
]
