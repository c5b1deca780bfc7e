"""Engines with one rule of presence, of meetings or of the store wrong.

Each is caught by a scene that was written for its rule.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from sync import engine, parting, recover
from sync.recover import Recovery
from sync.state import Item
from sync.store.memory import MemoryStore
from tests.simulation.wrong_more import Change, engines_of, nothing

dying, grouping, guard, meeting, offspring, presence, recognise, spread, suspects = (
    import_module(f"sync.plan.{name}")  # `sync.plan` has functions of these names
    for name in (
        "dying",
        "grouping",
        "guard",
        "meeting",
        "offspring",
        "presence",
        "recognise",
        "spread",
        "suspects",
    )
)
planner = import_module("sync.plan")


def one_listing_is_a_first_meeting(change: Change) -> None:
    change(meeting, "_agrees", lambda *_: True)


def an_ambiguous_title_is_held_where_it_is_ambiguous_only(change: Change) -> None:
    join = meeting._join

    def wrong(draft, group):
        if group.alone or group.unique:
            join(draft, group)
            return
        for key, records in group.records.items():
            for record in records if len(records) == 1 else ():
                meeting.place(draft, draft.unit.members[key], record)

    change(meeting, "_join", wrong)


def what_never_was_in_scope_leaves_with_the_filter(change: Change) -> None:
    leave = spread._leave_filter

    def wrong(draft, member, item, side):
        leave(draft, member, item, replace(side, in_scope=True))

    change(spread, "_leave_filter", wrong)


def a_filter_knows_present_names_only(change: Change) -> None:
    change(spread, "withheld", lambda *_: False)


def what_leaves_a_filter_is_not_counted(change: Change) -> None:
    change(guard, "_guard_share", nothing)


def a_child_is_judged_without_its_parent(change: Change) -> None:
    change(presence, "_went_with_its_parent", lambda *_: False)
    change(presence, "_take_children", nothing)


def children_that_stand_under_a_parent_are_not_met(change: Change) -> None:
    change(offspring, "_strangers", lambda *_: {})


def an_item_is_buried_with_an_open_create(change: Change) -> None:
    bury = presence._bury

    def wrong(draft):
        intents, draft.snapshot.intents = draft.snapshot.intents, []
        bury(draft)
        draft.snapshot.intents = intents

    change(presence, "_bury", wrong)
    change(recognise, "adopt", _onto_the_dead(recognise.adopt))
    change(recover, "adopted", _onto_the_dead(recover.adopted))


def _onto_the_dead(adopt):
    def wrong(*arguments):
        item = next(a for a in arguments if isinstance(a, Item))
        dead = item.dead
        adopt(*arguments)
        if dead:
            item.dead, item.dying = True, False

    return wrong


def only_what_is_known_to_be_gone_counts_against_the_budget(change: Change) -> None:
    held = presence._held

    def wrong(draft, member, reported):
        draft.seen.listings[member.key].unclear = None
        gone = [
            i
            for i in reported
            if draft.seen.confirmed_gone(member.key, i.sides[member.key].ref or "")
        ]
        return held(draft, member, gone)

    change(presence, "_held", wrong)


def a_blind_read_confirms_an_absence(change: Change) -> None:
    change(presence, "sighted", lambda *_: True)


def what_stands_on_a_published_side_is_not_met(change: Change) -> None:
    meet, leave = recognise.meet, meeting.leave

    def wrong(draft, members, newcomers):
        for member in members:
            draft.collections[member.key].met |= not member.reads
        meet(draft, [m for m in members if m.reads], newcomers)

    def unless_published(draft, member, record):
        if member.reads:
            leave(draft, member, record)

    change(recognise, "meet", wrong)
    change(meeting, "leave", unless_published)


def what_is_archived_does_not_take_part_in_a_first_meeting(change: Change) -> None:
    newcomers = recognise._newcomers

    def wrong(draft, member):
        met = draft.collections[member.key].met
        return [r for r in newcomers(draft, member) if met or not r.fields.get("archived")]

    change(recognise, "_newcomers", wrong)


def what_bears_no_mark_of_ours_is_matched_with_nothing(change: Change) -> None:
    change(grouping, "_joined", lambda alike: alike)


def the_dead_do_not_take_part_in_a_first_meeting(change: Change) -> None:
    groups = meeting.grouped

    def wrong(*arguments):
        found = groups(*arguments)
        for group in found:
            group.items = [item for item in group.items if not item.dead]
        return found

    change(meeting, "grouped", wrong)


def a_record_found_for_a_dead_item_stays(change: Change) -> None:
    change(recognise, "adopt", _onto_the_dead(recognise.adopt))
    change(recover, "adopted", _onto_the_dead(recover.adopted))


def what_nobody_searched_for_is_new(change: Change) -> None:
    change(recognise, "perhaps_ours", lambda *_: False)


# The store


def a_lost_store_runs_on(change: Change) -> None:
    change(MemoryStore, "lost", nothing)


def an_older_store_runs_on(change: Change) -> None:
    change(engine, "forget", nothing)


def a_relink_audits_nothing(change: Change) -> None:
    change(planner, "audit", nothing)


def a_relink_matches_by_title_only(change: Change) -> None:
    change(grouping, "_mark", nothing)


def what_an_older_store_never_sent_is_new(change: Change) -> None:
    change(recognise, "of_an_unknown_write", lambda *_: False)


def a_side_that_leaves_is_forgotten_at_once(change: Change) -> None:
    def silent(self):  # the writes to it are dropped
        with self._store.transaction() as tx:
            for intent in parting.owed(self._unit, self._store):
                tx.drop_intent(intent.nonce)
        return recovered(self)

    recovered = Recovery.recover
    change(engine.parting, "with_those_that_left", lambda unit, *_: unit)
    change(Recovery, "recover", silent)


ENGINES = engines_of(globals())
