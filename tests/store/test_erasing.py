"""Somebody is planted in every place of the store that can hold a text, and erased from it."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime

import pytest

from sync import erasure, noted, pulse
from sync.remnants import Named
from sync.state import (
    CollectionState,
    HubOption,
    Intent,
    Item,
    JournalEntry,
    Nonce,
    Salvage,
    Side,
    Standing,
    Verb,
)
from sync.store.base import Run
from tests.store.conftest import Place

ANA = "Ana Vogelsang"
MARK = re.compile(rf"{ANA} at ([a-z_.]+);".encode())
NAMED = {"kind": "card", "unit": "u", "collection": "b/x:1", "cause": "conflict"}
"""Fields that hold words of ours, and the keys of what stands."""


def planted(cls, place, **said):
    """A record of which every field that can hold a text holds the name and its own place."""
    values = {}
    for each in dataclasses.fields(cls):
        mark = f"{ANA} at {place}.{each.name};"
        values[each.name] = {
            "str": mark,
            "str | None": mark,
            "Plain": {"value": mark},
            "dict[str, Plain]": {"f": mark},
            "Mapping[str, Plain]": {"f": [mark]},
            "dict[str, str]": {"f": mark},
            "list[str]": [mark],
            "list[str] | None": [mark],
            "dict[str, dict[str, str]]": {"f": {"n": mark}},
            "dict[str, int]": {},
            "dict[str, Side]": {},
            "bool": False,
            "int": 0,
            "float": 0.0,
            "datetime": datetime(2026, 3, 1, tzinfo=UTC),
            "datetime | None": None,
            "Standing": Standing.HERE,
            "Standing | None": None,
            "Verb": Verb.UPDATE,
        }[str(each.type)]
    names = {n: v for n, v in NAMED.items() if n in values}
    return cls(**{**values, **names, **said})


STANDS = {
    # what is there, and the name that it has in the store
    *("living.hub", "living.stamps", "living.parent", "living.counted", "living.whole"),
    *(f"here.{n}" for n in ("ref", "version", "seen", "base", "parent_ref", "stable")),
    *(f"out.{n}" for n in ("ref", "version", "parent_ref", "stable")),
    *(f"{n}.absent" for n in ("here", "out")),  # a moment
    *(f"{n}.{ref}" for n in ("adopted", "watched", "opened") for ref in ("ref", "twin")),
    "adopted.adopted",
    # of a collection: what stands there, whether an item has it or not
    *(f"collection.{n}" for n in ("label", "past", "cursor", "listed", "unmet")),
    *(f"collection.{n}" for n in ("former", "traced", "ambiguous", "fingerprint", "options")),
    *(f"used.{n}" for n in ("id", "name", "color", "natives", "base")),
    # a write whose outcome is not known
    *(f"intent.{f.name}" for f in dataclasses.fields(Intent)),
}
"""What erasing leaves alone, since it stands somewhere or is needed to find out what does."""


@pytest.fixture
def store(place: Place):
    opened = place.open()
    with opened.transaction() as tx:
        sides = {
            "b/x:1": planted(Side, "here"),
            "c/x:1": planted(Side, "out", standing=Standing.OUT),
        }
        tx.put_item(planted(Item, "living", id="b/x:1/7", sides=sides))
        tx.put_item(planted(Item, "dead", dead=True))
        tx.put_item(Item("b/x:1/8", "card", "u"))
        item = {"item": "b/x:1/8"}
        tx.put_nonce(planted(Nonce, "adopted", nonce="n1", **item))
        tx.put_nonce(planted(Nonce, "watched", nonce="n2", adopted=None, **item))
        tx.put_nonce(planted(Nonce, "opened", nonce="n3", adopted=None, ref=None, **item))
        state = planted(CollectionState, "collection", key="b/x:1", unit="u")
        gone = {"version": None, "key": [f"{ANA} at collection.gone;"], "gone": True}
        state.unmet["9"] = gone
        tx.put_collection(state)
        used = planted(HubOption, "used")
        unused = planted(HubOption, "unused", natives={})
        tx.put_options("u", "labels", [used, unused])
        tx.put_intent(planted(Intent, "intent", nonce="i", item="b/x:1/9", verb=Verb.UPDATE))
        for each in dataclasses.fields(Salvage):
            whole = planted(Salvage, "kept")
            bare = Salvage("i", "f", "v", "b/x:1", "unseen")
            tx.keep("r", dataclasses.replace(bare, **{each.name: getattr(whole, each.name)}))
        for each in dataclasses.fields(JournalEntry):
            line = planted(JournalEntry, "line", verb="fold")
            bare = JournalEntry("r", "fold", "i", "b/x:1", None, {}, {}, "")
            if each.name != "run":
                value = getattr(line, each.name)
                tx.append(dataclasses.replace(bare, **{each.name: value}))
        run = Run("r", datetime(2026, 3, 1, tzinfo=UTC))
        tx.put_run(dataclasses.replace(run, summary={"failures": {"b": f"{ANA} at run.summary;"}}))
        tx.put_meta(noted.name_of("u"), {"holds": [{"cause": f"{ANA} at noted.cause;"}]})
        tx.put_meta(pulse.name_of("u"), {"fault": f"{ANA} at pulse.fault;"})
    yield opened
    opened.close()


def left(place: Place) -> set[str]:
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    return {found.decode() for path in files for found in MARK.findall(path.read_bytes())}


def test_a_person_is_erased_from_every_field_but_those_of_what_stands(store, place):
    before = left(place)
    assert {"kept.against", "living.previous", "out.seen", "pulse.fault"} <= before
    erasure.of_person(store, Named({ANA}), set()).carry_out(store, "asked")
    store.compact()
    assert left(place) - STANDS == set()
    assert store.broken() == []


def test_what_stands_is_as_it_was_after_somebody_was_erased(store):
    erasure.of_person(store, Named({ANA}), set()).carry_out(store, "asked")
    living = store.item("b/x:1/7")
    assert living.hub == {"f": f"{ANA} at living.hub;"}
    assert living.sides["b/x:1"].seen == {"f": f"{ANA} at here.seen;"}
    assert living.held == {"f": "… at living.held;"}
    assert [option.id for option in store.options("u")["labels"]] == [f"{ANA} at used.id;"]
    assert "i" in [intent.nonce for intent in store.intents()]


def test_what_was_erased_once_needs_no_erasing_again(store):
    named = Named({ANA})
    erasure.of_person(store, named, set()).carry_out(store, "asked")
    assert not erasure.of_person(store, named, set())


def test_the_loser_of_a_conflict_with_somebody_is_erased_by_their_account(store):
    against = {"collection": "b/x:1", "author": "u-17", "since": None}
    with store.transaction() as tx:
        tx.keep("r", Salvage("i", "f", "v", "c/x:1", "conflict", kept="w", against=against))
    erased = erasure.of_person(store, Named({ANA}), {("b", "u-17")})
    assert max(kept.id for kept in store.kept()) in erased.kept


def test_what_was_sent_for_a_create_and_erased_is_taken_for_no_record(store):
    erasure.of_person(store, Named({ANA}), set()).carry_out(store, "asked")
    nonces = store.nonces("b/x:1")
    assert nonces["n3"].views == {"f": None}
    assert nonces["n1"].views == nonces["n2"].views == {}


def test_what_also_stands_in_a_calendar_that_is_named_for_somebody_is_not_about_them(place):
    opened = place.open()
    where, seen = "b/calendar:Zéphyrine", {"title": "Call"}
    with opened.transaction() as tx:
        side = Side(Standing.HERE, "7", seen=seen)
        tx.put_item(Item("b/7", "card", "u", sides={where: side}, held={where: "no"}))
        tx.keep("r", Salvage("b/7", "title", "Cal", where, "conflict"))
        tx.append(JournalEntry("r", "fold", "b/7", where, "7", {}, {"title": "Call"}, "", "u-17"))
    assert not erasure.of_person(opened, Named({"Zéphyrine"}), set())
    opened.close()
