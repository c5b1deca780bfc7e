"""Every wrong engine is found out: by the history that once told it apart, or by its scene."""

from __future__ import annotations

import os
from functools import partial

import pytest
import structlog

from connectors.memory.world import Crash
from tests.simulation import test_counterexamples_filters as filters
from tests.simulation import test_counterexamples_lost as lost
from tests.simulation import test_counterexamples_names as names
from tests.simulation import test_counterexamples_parting as parting
from tests.simulation import test_counterexamples_presence as presence
from tests.simulation import test_counterexamples_values as values
from tests.simulation import test_counterexamples_writes as writes
from tests.simulation import test_scenes as scenes
from tests.simulation import wrong, wrong_more, wrong_presence
from tests.simulation.test_counterexamples import numbered
from tests.simulation.wrong_campaign import ENGINES, breaks, found_out

SEEDS = {
    wrong.base_saved_before_the_write: ("classic", 34),
    wrong.no_marker_looked_for: ("classic", 0),
    wrong.sent_again_after_no_answer: ("classic", 37),
    wrong.an_absence_is_not_confirmed: ("classic", 0),
    wrong.no_budget: ("classic", 2),
    wrong.the_loser_of_a_conflict_is_dropped: ("classic", 19),
    wrong.the_hidden_part_is_not_kept: ("classic", 19),
    wrong.whatever_looks_different_is_written: ("classic", 5),
    wrong.the_merge_is_taken_for_agreed: ("classic", 40),
    wrong.an_unknown_update_is_taken_for_applied: ("classic", 7),
    wrong.the_hub_is_compared_and_not_what_was_seen: ("classic", 6),
}
"""Wrong engine -> the form and the seed of a history in which it breaks a promise."""

SCENES = {
    wrong.a_deletion_beats_an_edit: presence.test_an_edit_elsewhere_wins_over_a_deletion,
    wrong.the_last_writer_wins_on_whole_records: scenes.test_two_people_who_edit_different_fields_of_a_card_at_once_are_both_heard,
    wrong_more.a_first_meeting_overwrites: values.test_a_field_that_is_mapped_later_overwrites_nothing_that_people_wrote,
    wrong_more.the_view_is_the_value: values.test_an_edit_on_a_truncating_side_does_not_drop_the_tail_elsewhere,
    wrong_more.a_lossy_side_is_written_to_until_it_shows_all: values.test_a_side_that_adds_a_blank_to_titles_is_not_written_to_for_ever,
    wrong_more.what_was_read_back_is_what_was_sent: values.test_an_edit_between_a_write_and_its_reading_back_is_an_edit,
    wrong_more.what_a_merge_pushes_out_of_sight_is_lost: values.test_a_paragraph_that_a_merge_pushes_out_of_every_sight_is_kept,
    wrong_more.a_lagging_list_is_believed: values.test_a_listing_that_lags_behind_is_no_change_back,
    wrong_more.a_late_write_is_not_watched_for: values.test_an_edit_that_a_late_write_replaced_unseen_is_kept,
    wrong_more.nothing_is_expected_of_what_a_write_replaces: scenes.test_an_edit_inside_our_write_is_not_overwritten,
    wrong_more.a_version_that_people_do_not_change_is_trusted: scenes.test_an_edit_before_our_write_is_seen_where_no_version_tells,
    wrong_more.a_version_says_all: writes.test_an_edit_that_leaves_the_version_as_it_was_is_seen,
    wrong_more.what_left_is_listed_once: names.test_what_is_renamed_once_it_was_called_gone_is_not_deleted_elsewhere,
    wrong_more.a_name_is_all_that_a_thing_is_known_by: names.test_a_thing_that_took_a_name_left_free_is_not_deleted_and_made_once_more,
    wrong_more.no_history_is_asked: scenes.test_an_edit_inside_our_write_is_kept_where_only_the_history_tells,
    wrong_more.a_create_that_was_cut_off_is_forgotten: writes.test_a_search_that_is_down_proves_nothing_about_a_create,
    wrong_more.a_read_that_answers_proves_that_a_search_would: writes.test_a_search_that_is_down_proves_nothing_about_a_create,
    wrong_more.a_create_found_later_agrees_on_all_that_is_mapped_now: values.test_a_record_that_recovery_adopts_is_folded_from_that_same_read,
    wrong_more.a_late_twin_stays: writes.test_a_create_that_lands_after_it_was_given_up_leaves_no_twin,
    wrong_more.a_mark_that_people_copied_is_trusted: writes.test_a_copy_that_people_make_with_its_marker_is_a_card_of_its_own,
    wrong_more.what_is_put_back_is_made_anew: writes.test_putting_back_a_card_does_not_make_a_second_one,
    wrong_more.children_are_made_before_their_parents: scenes.test_a_comment_stands_under_its_card_in_the_run_that_brings_both,
    wrong_more.a_parent_goes_without_a_look_at_its_children: writes.test_a_comment_edited_before_its_card_is_deleted_keeps_the_card,
    wrong_more.the_cursor_is_saved_before_its_records: scenes.test_an_edit_is_seen_again_after_a_crash_at_any_change_of_the_store,
    wrong_more.what_cannot_be_checked_is_deleted_all_the_same: scenes.test_nothing_is_deleted_for_good_where_neither_condition_nor_history_would_tell,
    wrong_presence.one_listing_is_a_first_meeting: presence.test_records_that_a_cut_listing_hid_at_the_first_meeting_are_not_made_again,
    wrong_presence.an_ambiguous_title_is_held_where_it_is_ambiguous_only: presence.test_a_title_that_one_side_has_twice_is_created_nowhere,
    wrong_presence.what_never_was_in_scope_leaves_with_the_filter: presence.test_a_record_that_people_always_had_outside_the_filter_is_not_deleted,
    wrong_presence.a_filter_knows_present_names_only: filters.test_what_stands_behind_a_filter_stays_when_people_rename_the_list_that_it_names,
    wrong_presence.what_leaves_a_filter_is_not_counted: filters.test_a_filtered_side_is_not_emptied_by_one_run_unasked,
    wrong_presence.a_child_is_judged_without_its_parent: presence.test_comments_reported_absent_after_their_card_was_put_back_were_not_deleted,
    wrong_presence.children_that_stand_under_a_parent_are_not_met: presence.test_children_of_a_record_that_is_attached_later_are_met_and_not_doubled,
    wrong_presence.an_item_is_buried_with_an_open_create: writes.test_a_card_with_an_open_create_is_not_buried_before_it_is_found,
    wrong_presence.only_what_is_known_to_be_gone_counts_against_the_budget: presence.test_an_absence_that_could_not_be_confirmed_counts_against_the_budget,
    wrong_presence.a_blind_read_confirms_an_absence: presence.test_one_absence_on_a_blind_side_is_not_confirmed_by_a_blind_read,
    wrong_presence.what_stands_on_a_published_side_is_not_met: presence.test_a_page_that_existed_is_not_published_twice,
    wrong_presence.what_is_archived_does_not_take_part_in_a_first_meeting: presence.test_a_card_that_was_archived_at_the_first_meeting_has_no_twin_when_it_comes_back,
    wrong_presence.what_bears_no_mark_of_ours_is_matched_with_nothing: lost.test_records_matched_at_the_first_meeting_are_found_again_with_those_that_we_made,
    wrong_presence.the_dead_do_not_take_part_in_a_first_meeting: presence.test_a_side_that_is_added_meets_the_dead_too,
    wrong_presence.a_record_found_for_a_dead_item_stays: writes.test_a_create_that_lands_after_its_card_was_deleted_is_deleted_too,
    wrong_presence.what_nobody_searched_for_is_new: scenes.test_what_a_create_may_have_left_is_no_new_card_while_no_search_answers,
    wrong_presence.a_lost_store_runs_on: scenes.test_a_store_that_is_not_the_latest_writes_nothing,
    wrong_presence.an_older_store_runs_on: lost.test_a_field_mapped_since_an_older_store_is_met_and_no_deletion_is_inferred,
    wrong_presence.a_relink_audits_nothing: lost.test_a_history_that_cannot_be_read_when_the_store_is_relinked_is_read_later,
    wrong_presence.a_relink_matches_by_title_only: lost.test_cards_of_one_title_are_told_by_our_own_mark_when_the_store_was_lost,
    wrong_presence.what_an_older_store_never_sent_is_new: lost.test_an_unremoved_twin_that_an_older_store_does_not_know_is_no_new_card,
    wrong_presence.a_side_that_leaves_is_forgotten_at_once: parting.test_what_our_last_write_replaced_on_a_side_that_left_is_kept,
}  # fmt: skip
"""Wrong engine -> the scene that was written for its rule."""


PATIENCE = 200
"""Histories that are played for another one to record, if this does not tell any more."""
MANY = 40


@pytest.fixture(autouse=True)
def _quiet():
    def drop(*_):
        raise structlog.DropEvent

    with structlog.testing.capture_logs():
        structlog.configure(processors=[drop])
        yield
    structlog.reset_defaults()


def name(engine):
    return engine.__name__


def scenes_of(test):
    """The test itself, or one for each of its parameters."""
    marks = getattr(test, "pytestmark", [])
    if not marks:
        return [test]
    argument, choices = marks[0].args
    return [lambda value=value: test(**{argument: value}) for value in choices]


def fails(scene):
    """Whether an assertion of the scene fails, or its process dies; no other error is one."""
    try:
        scene()
    except (AssertionError, Crash):
        return True
    return False


def breaks_down(scene):
    """The same of a scene that was written for another rule: it may not come to its end."""
    try:
        return fails(scene)
    except Exception:  # noqa: BLE001
        return True


@pytest.mark.parametrize("engine", SCENES, ids=name)
def test_a_scene_finds_out_an_engine_in_which(engine, monkeypatch):
    engine(monkeypatch.setattr)
    assert any(fails(scene) for scene in scenes_of(SCENES[engine]))


@pytest.mark.parametrize("engine", SEEDS, ids=name)
def test_a_history_finds_out_an_engine_in_which(engine, monkeypatch):
    form, recorded = SEEDS[engine]
    engine(monkeypatch.setattr)
    assert breaks(form, recorded), f"record {next(filter(partial(breaks, form), range(PATIENCE)))}"


def a_rule_that_raises(change):
    def wrong(*_):
        return None.rule

    change(wrong_more.fold, "_fold_record", wrong)


def a_rule_that_does_not_fit(change):
    change(wrong_more.fold, "_fold_record", lambda: None)


@pytest.mark.parametrize("engine", [a_rule_that_raises, a_rule_that_does_not_fit], ids=name)
def test_an_engine_that_is_only_badly_written_is_not_found_out(engine, monkeypatch):
    monkeypatch.setattr(wrong_more, "__file__", __file__)
    engine(monkeypatch.setattr)
    with pytest.raises((AttributeError, TypeError)):
        breaks("classic", 0)
    with pytest.raises((AttributeError, TypeError)):
        fails(presence.test_an_edit_elsewhere_wins_over_a_deletion)


def test_every_wrong_engine_is_tried():
    assert {*SCENES, *SEEDS} == set(ENGINES)
    assert len(ENGINES) >= MANY


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("engine", ENGINES, ids=name)
def test_a_campaign_says_after_how_many_histories_it_finds_out_that(
    engine, capsys, record_property
):
    number = found_out(engine, int(os.environ.get("JUMELAGE_WRONG_HISTORIES", "3000")))
    said = f"after {number} histories" if number else "by its scene only"
    record_property("found out", said)
    with capsys.disabled():
        print(f"\n{name(engine).replace('_', ' ')}: {said}", end="", flush=True)  # noqa: T201
    assert number or engine in SCENES


@pytest.mark.soak
def test_every_numbered_history_is_failed_by_a_wrong_engine():
    """A test that no wrong engine fails may test nothing."""
    tests = {
        name: test
        for module in (lost, names, parting, presence, values, writes)
        for name, test in vars(module).items()
        if name.startswith("test_")
    }
    untold = {name for names in numbered().values() for name in names}
    for wrong_engine in ENGINES:
        with pytest.MonkeyPatch.context() as patch:
            wrong_engine(patch.setattr)
            untold -= {n for n in untold if any(breaks_down(s) for s in scenes_of(tests[n]))}
    assert not untold
