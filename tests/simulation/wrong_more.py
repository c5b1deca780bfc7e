"""More engines with one rule wrong: those that random histories tell apart only rarely.

Each is caught by a scene that was written for its rule.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from inspect import isfunction, signature

from sync import commit, engine, execute, observe, precheck, recover
from sync.execute import Executor
from sync.mapping.unit import Member
from sync.plan.draft import Draft
from sync.precheck import sighted_by_get
from sync.recover import Recovery

Change = Callable[..., None]
"""`setattr` of pytest's monkeypatch."""

dying, fold, presence, recognise, spread, suspects = (
    import_module(f"sync.plan.{name}")  # `sync.plan` has functions of these names
    for name in ("dying", "fold", "presence", "recognise", "spread", "suspects")
)
planner = import_module("sync.plan")


def engines_of(module: dict[str, object]) -> list[Callable[[Change], None]]:
    """The wrong engines of a module: its functions that take a change, and nothing else."""
    made = [one for one in module.values() if isfunction(one)]
    mine = [one for one in made if one.__module__ == module["__name__"]]
    return [one for one in mine if list(signature(one).parameters) == ["change"]]


def nothing(*_: object) -> None:
    """What a rule does that is not there."""


def able(member: Member, **powers: bool) -> Member:
    """The same side, taken for one that can do more, or less."""
    return replace(member, capabilities=replace(member.capabilities, **powers))


# Values


def a_first_meeting_overwrites(change: Change) -> None:
    def wrong(draft, edit):  # noqa: ARG001
        hub = edit.item.hub
        value = hub.get(edit.field) if edit.raw is None else edit.raw
        edit.side.seen[edit.binding.side] = edit.raw
        edit.side.base[edit.field] = hub[edit.field] = value

    change(fold, "_meet_value", wrong)


def the_view_is_the_value(change: Change) -> None:
    decode = fold.decode

    def wrong(draft, member, binding, view, base):  # noqa: ARG001
        return decode(draft, member, binding, view, None)

    change(fold, "decode", wrong)


def a_lossy_side_is_written_to_until_it_shows_all(change: Change) -> None:
    def wrong(draft, member, binding, item, side):
        if not binding.writes or side.seen.get(binding.side) == item.hub.get(binding.hub):
            return spread._NEVER
        return spread.project(draft, member, binding, item)

    change(spread, "_due", wrong)


def what_was_read_back_is_what_was_sent(change: Change) -> None:
    change(commit, "_echoes", lambda *_: True)


def what_a_merge_pushes_out_of_sight_is_lost(change: Change) -> None:
    change(planner, "keep_unshown", nothing)


def a_lagging_list_is_believed(change: Change) -> None:
    refs = suspects._refs

    def wrong(member, known, listing):
        return refs(able(member, lagging=False), known, listing)

    change(suspects, "_refs", wrong)


def a_late_write_is_not_watched_for(change: Change) -> None:
    change(Draft, "unknown", lambda *_: [])


# Writes


def nothing_is_expected_of_what_a_write_replaces(change: Change) -> None:
    send = Executor._send
    change(execute, "check", lambda *_: [])
    change(
        Executor,
        "_send",
        lambda self, member, action, intent: send(
            self, member, replace(action, expect=None), intent
        ),
    )


def a_version_that_people_do_not_change_is_trusted(change: Change) -> None:
    """A weak ETag: taken for a condition, it lets every write pass."""

    def wrong(unit, connectors, store, action):
        key = action.collection
        members = {**unit.members, key: able(unit.members[key], conditional=True)}
        return precheck.check(replace(unit, members=members), connectors, store, action)

    def unasked(member, connector, intent):
        return precheck.overwritten(able(member, conditional=True), connector, intent)

    change(execute, "check", wrong)
    change(execute, "overwritten", unasked)
    change(recover, "overwritten", unasked)


def a_version_says_all(change: Change) -> None:
    """A weak ETag: what is listed is not looked at while it stays."""

    def wrong(member, side, record):  # noqa: ARG001
        return record.version is not None and side.version == record.version

    change(fold, "as_read", wrong)
    change(suspects, "as_read", wrong)


def what_left_is_listed_once(change: Change) -> None:
    change(observe, "_perhaps_moved", lambda *_: False)
    change(presence, "_perhaps_moved", lambda *_: False)


def a_name_is_all_that_a_thing_is_known_by(change: Change) -> None:
    change(recognise, "follow_exchanged", nothing)


def no_history_is_asked(change: Change) -> None:
    change(execute, "overwritten", lambda *_: [])
    change(recover, "overwritten", lambda *_: [])


def a_create_that_was_cut_off_is_forgotten(change: Change) -> None:
    def wrong(self, member, item, intent):  # noqa: ARG001
        self._drop(intent)
        return True

    change(Recovery, "_create", wrong)


def a_read_that_answers_proves_that_a_search_would(change: Change) -> None:
    def wrong(self, member):
        return sighted_by_get(self._unit, self._connector(member), self._store, member, None)

    change(Recovery, "_sighted_by_find", wrong)


def a_create_found_later_agrees_on_all_that_is_mapped_now(change: Change) -> None:
    adopted = recover.adopted

    def wrong(member, item, intent, record):
        views = {b.side: record.fields.get(b.side) for b in member.bindings}
        values = {b.hub: item.hub.get(b.hub) for b in member.bindings}
        adopted(member, item, replace(intent, views=views, values=values), record)

    change(recover, "adopted", wrong)


def a_late_twin_stays(change: Change) -> None:
    change(recognise, "fold_twin", nothing)


def a_mark_that_people_copied_is_trusted(change: Change) -> None:
    adopt = recognise._adopt

    def wrong(draft, member, record):
        nonce = draft.snapshot.nonces.get(member.key, {}).get(record.origin or "")
        if nonce is not None:
            nonce.adopted = None
        return adopt(draft, member, record)

    change(recognise, "_adopt", wrong)


def what_is_put_back_is_made_anew(change: Change) -> None:
    enter = spread._enter

    def wrong(draft, member, item, side):
        enter(draft, able(member, soft_delete=False), item, side)

    change(spread, "_enter", wrong)


def children_are_made_before_their_parents(change: Change) -> None:
    def backwards(values, **more):
        return builtins.sorted(values, **more)[::-1]

    def wrong(self, member, action, intent):
        owner = self._store.item(action.parent) if action.parent else None
        side = owner.sides.get(member.parent) if owner else None
        origin = execute.Origin(intent.nonce, intent.since, intent.views)
        return self._connector(member).create(
            member.collection, intent.views, origin=origin, parent=side.ref if side else None
        )

    change(execute, "sorted", backwards, raising=False)
    change(Executor, "_create", wrong)


def a_parent_goes_without_a_look_at_its_children(change: Change) -> None:
    change(precheck, "_strangers", lambda *_: [])


def the_cursor_is_saved_before_its_records(change: Change) -> None:
    remember = engine.remember

    def wrong(store, known, made, run):
        with store.transaction() as tx:
            for state in made.collections.values():
                tx.put_collection(state)
        return remember(store, known, made, run)

    change(engine, "remember", wrong)


def what_cannot_be_checked_is_deleted_all_the_same(change: Change) -> None:
    change(dying, "deletable", lambda *_: True)


ENGINES = engines_of(globals())
