"""The connector against its stand-in, over real HTTP, with and without faults."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import requests

from connectors.sandbox.faults import Faults
from connectors.sandbox.trello import KEY, TOKENS, TrelloSandbox, nests
from connectors.sandbox.trello.state import Failure
from connectors.trello import Trello, TrelloSettings
from connectors.trello import reading as trello_reading
from connectors.trello_export import TrelloExport, TrelloExportSettings
from sync.connector import Origin, Tools
from sync.errors import (
    Ambiguous,
    ConfigError,
    CursorExpired,
    Gone,
    Refused,
    Retry,
    Unauthorized,
    Unreachable,
)
from sync.model import Option

PROGRAMME = Path(str(files("connectors.sandbox.boards").joinpath("programme.json")))
EXPORTS = Path(__file__).resolve().parents[2].parent / "shared/data/trello/exports"


@pytest.fixture
def sandbox(tmp_path):
    running = TrelloSandbox(tmp_path, load=PROGRAMME)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def connect(sandbox):
    opened = []

    def make(account="sync", **changed):
        settings = TrelloSettings(**sandbox.settings(account) | changed)
        opened.append(Trello(settings, Tools(name="trello")))
        opened[-1]._api._http._sleep = opened[-1]._api._quota._sleep = lambda _: None
        return opened[-1]

    yield make
    for connector in opened:
        connector.close()


@pytest.fixture
def trello(connect):
    return connect()


@pytest.fixture
def board(trello):
    return trello.locate("board", "Programme 2026")


def listing(trello, board, since=None):
    pages = list(trello.changes(board, since))
    return {record.ref: record for page in pages for record in page.records}, pages[-1]


def card_called(trello, board, name):
    return next(r for r in listing(trello, board)[0].values() if r.fields["name"] == name)


def origin(key=None, since=None):
    return Origin("n" * 20, since or datetime.now(UTC), key or {})


def sent(sandbox, act):
    """The requests that an act costs."""
    before = len(sandbox.service.seen)
    act()
    return sandbox.service.seen[before:]


# Reading


def test_a_whole_board_is_one_request(sandbox, trello, board):
    costs = sent(sandbox, lambda: listing(trello, board))
    assert costs == [("GET", f"/1/boards/{board.id}")]


def test_a_quiet_cycle_is_one_small_request(sandbox, trello, board):
    cursor = listing(trello, board)[1].cursor
    trello.begin()
    costs = sent(sandbox, lambda: listing(trello, board, cursor))
    assert costs == [("GET", f"/1/boards/{board.id}")]


def test_the_api_and_the_export_show_the_same_cards(trello, board, tmp_path):
    settings = TrelloExportSettings(connector="trello-export", path=PROGRAMME)
    export = TrelloExport(settings, Tools(name="export", base=tmp_path))
    shown = listing(export, export.locate("board", board.id))[0]
    read = listing(trello, board)[0]
    assert {ref: r.fields for ref, r in read.items()} == {ref: r.fields for ref, r in shown.items()}
    assert {ref: r.rest for ref, r in read.items()} == {ref: r.rest for ref, r in shown.items()}


def test_more_cards_than_one_answer_holds_are_read_in_pages(trello, monkeypatch):
    monkeypatch.setattr(trello_reading, "PAGE", 16)
    monkeypatch.setattr("connectors.sandbox.trello.views.LARGEST_PAGE", 16)
    board = trello.locate("board", "Programme 2026")
    records, page = listing(trello, board)
    assert len(records) == 41
    assert page.complete
    checklists = [r for r in records.values() if r.fields["checklists"]]
    carriers = {one["idCard"] for one in json.loads(PROGRAMME.read_bytes())["checklists"]}
    assert {record.ref for record in checklists} == carriers


def test_a_board_too_large_for_one_answer_is_read_in_pages_of_cards(trello, board, monkeypatch):
    def refuse(_call, _board):
        raise Failure(403, "API_TOO_MANY_CARDS_REQUESTED")

    before, page = listing(trello, board)
    monkeypatch.setitem(nests._NESTS, "cards", refuse)
    monkeypatch.setattr(trello_reading, "PAGE", 16)
    after, same = listing(trello, board)
    # Who edited it is told by the newest actions, of which such a page holds fewer.
    assert {ref: replace(one, author=None) for ref, one in after.items()} == {
        ref: replace(one, author=None) for ref, one in before.items()
    }
    assert (same.cursor, same.options, same.complete) == (page.cursor, page.options, True)


def test_texts_survive_byte_for_byte(trello, board):
    text = '[https://x.example](https://x.example "smartCard-inline") [t](u "\u200c") a\\_b 👩‍🌾'
    record = card_called(trello, board, "Cantine du mercredi")
    trello.update(board, record.ref, {"desc": text}, expect=None)
    assert trello.get(board, record.ref).fields["desc"] == text


def test_a_long_text_goes_in_the_body_and_not_in_the_address(trello, board):
    text = "漢" * 16384
    made = trello.create(
        board,
        {
            "name": "Long",
            "desc": text,
            "list": card_called(trello, board, "Poulailler").fields["list"],
        },
        origin=origin(),
    )
    assert trello.get(board, made.ref).fields["desc"] == text


def test_a_card_that_moved_to_another_board_is_gone_from_this_one(sandbox, trello, board):
    record = card_called(trello, board, "Poulailler")
    sandbox.state.cards[record.ref]["idBoard"] = "f" * 24
    with pytest.raises(Gone):
        trello.get(board, record.ref)


# Changes


def test_a_label_that_was_renamed_is_a_new_name_of_the_same_option(sandbox, trello, board):
    [label] = [one for one in sandbox.state.labels.values() if one["name"] == "Urgent"]
    label["name"] = "Très urgent"
    options = listing(trello, board)[1].options["labels"]
    assert {o.id: o.name for o in options}[label["id"]] == "Très urgent"


def test_what_left_the_feed_behind_is_found_by_its_date(sandbox, trello, board):
    cursor = listing(trello, board)[1].cursor
    card = sandbox.state.cards[card_called(trello, board, "Poulailler").ref]
    card["desc"] = "changed without an action"
    moment = sandbox.state.stamp()
    card["dateLastActivity"] = sandbox.state.boards[board.id]["dateLastActivity"] = moment
    records, page = listing(trello, board, cursor)
    assert list(records) == [card["id"]]
    assert not page.complete


def test_a_checked_entry_is_in_the_delta(trello, connect, board):
    record = card_called(trello, board, "Devis du couvreur")
    cursor = listing(trello, board)[1].cursor
    entries = [entry | {"done": True} for entry in record.fields["checklists"]]
    connect("person").update(board, record.ref, {"checklists": entries}, expect=None)
    records, _ = listing(trello, board, cursor)
    assert list(records) == [record.ref]
    assert all(entry["done"] for entry in records[record.ref].fields["checklists"])


def test_a_cursor_with_too_much_behind_it_has_expired(trello, board, monkeypatch):
    first = trello_reading.Cursor(board.id, "")
    monkeypatch.setattr(trello_reading, "PAGE", 100)
    with pytest.raises(CursorExpired):
        list(trello.changes(board, str(first)))


# Writing


def entries_of(trello, board, ref):
    return [
        (entry["list"], entry["text"], entry["done"])
        for entry in trello.get(board, ref).fields["checklists"] or []
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries[::-1],
        lambda entries: entries[1:],
        lambda _entries: [],
        lambda entries: [entry | {"list": "Ailleurs"} for entry in entries],
        lambda entries: [entry | {"list": "Le jour même"} for entry in entries],
        lambda entries: [{"text": "Tout neuf", "done": True, "list": "Neuf {x}/é"}, *entries],
        lambda entries: [
            *entries[:2],
            {"text": "Entre deux", "done": False, "list": "Avant"},
            *entries[2:],
        ],
        lambda entries: [entry | {"text": entry["text"] + " !", "done": True} for entry in entries],
        lambda entries: [{k: v for k, v in entry.items() if k != "id"} for entry in entries],
        lambda entries: [entries[0] | {"due": "2026-12-01T10:00:00Z", "who": "awa"}, *entries[1:]],
    ],
)
def test_checklists_become_what_was_sent(trello, board, change):
    record = card_called(trello, board, "Préparer l'assemblée générale")
    wanted = change(record.fields["checklists"])
    echoed = trello.update(board, record.ref, {"checklists": wanted or None}, expect=None)
    homes = list(dict.fromkeys(entry["list"] for entry in wanted))
    grouped = sorted(wanted, key=lambda entry: homes.index(entry["list"]))
    expected = [(e["list"], e["text"], e["done"]) for e in grouped]
    assert entries_of(trello, board, record.ref) == expected
    assert echoed.fields == trello.get(board, record.ref).fields


def test_an_entry_that_stays_keeps_its_id(trello, board):
    record = card_called(trello, board, "Préparer l'assemblée générale")
    before = record.fields["checklists"]
    reworded = [before[0] | {"text": "Réserver la grande salle"}, *before[1:]]
    after = trello.update(board, record.ref, {"checklists": reworded}, expect=None)
    assert [e["id"] for e in after.fields["checklists"]] == [e["id"] for e in before]


def test_one_checked_entry_is_one_write(sandbox, trello, board):
    record = card_called(trello, board, "Devis du couvreur")
    entries = [*record.fields["checklists"][:2], record.fields["checklists"][2] | {"done": True}]
    costs = sent(
        sandbox, lambda: trello.update(board, record.ref, {"checklists": entries}, expect=None)
    )
    assert [method for method, _ in costs if method != "GET"] == ["PUT"]


def test_an_edit_is_one_request(sandbox, trello, board):
    record = card_called(trello, board, "Cantine du mercredi")
    patch = {"name": "Cantine du jeudi", "due": "2026-12-24", "labels": None}
    costs = sent(sandbox, lambda: trello.update(board, record.ref, patch, expect=None))
    assert costs == [("PUT", f"/1/cards/{record.ref}")]


def test_an_edit_leaves_what_no_field_holds(sandbox, trello, board):
    record = card_called(trello, board, "Affiche de la fête d'hiver ❄️")
    before = dict(sandbox.state.cards[record.ref])
    trello.update(board, record.ref, {"name": "Affiche"}, expect=None)
    after = sandbox.state.cards[record.ref]
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"name", "url", "dateLastActivity", "badges"}


def test_somebody_who_is_not_on_the_board_is_refused_and_nothing_is_written(trello, board):
    record = card_called(trello, board, "Cantine du mercredi")
    with pytest.raises(Refused, match="personne-inconnue"):
        trello.update(board, record.ref, {"members": ["personne-inconnue"]}, expect=None)
    assert trello.get(board, record.ref).fields == record.fields


def test_an_archived_card_can_be_made_and_comes_back(trello, board):
    column = card_called(trello, board, "Poulailler").fields["list"]
    made = trello.create(board, {"name": "Vieux", "list": column, "closed": True}, origin=origin())
    assert made.fields["closed"] is True
    back = trello.update(board, made.ref, {"closed": None}, expect=None)
    assert back.fields["closed"] is None


def test_an_unnamed_label_is_used_by_its_colour_and_stays_unnamed(sandbox, trello, board):
    [label] = [one for one in sandbox.state.labels.values() if one["name"] == ""]
    used = trello.write_option(board, "labels", Option("", label["color"]))
    again = trello.write_option(board, "labels", Option(label["id"], label["color"]))
    assert used.id == again.id == label["id"]
    assert label["name"] == ""


# Origins and history


def test_a_card_made_by_a_person_under_the_same_name_is_not_ours(connect, trello, board):
    fields = {
        "name": "Le même nom",
        "list": card_called(trello, board, "Poulailler").fields["list"],
    }
    connect("person").create(board, fields, origin=origin())
    assert list(trello.find(board, origin(fields))) == []
    ours = trello.create(board, fields, origin=origin())
    assert [found.ref for found in trello.find(board, origin(fields))] == [ours.ref]


def test_a_card_of_ours_is_found_though_people_renamed_it(connect, trello, board):
    fields = {"name": "Avant", "list": card_called(trello, board, "Poulailler").fields["list"]}
    ours = trello.create(board, fields, origin=origin())
    connect("person").update(board, ours.ref, {"name": "Pendant"}, expect=None)
    connect("person").update(board, ours.ref, {"name": "Après"}, expect=None)
    assert [found.ref for found in trello.find(board, origin(fields))] == [ours.ref]


def test_a_card_from_before_the_intent_is_not_found(trello, board):
    fields = {"name": "Avant", "list": card_called(trello, board, "Poulailler").fields["list"]}
    trello.create(board, fields, origin=origin())
    later = datetime.now(UTC) + timedelta(hours=1)
    assert list(trello.find(board, origin(fields, since=later))) == []


def test_history_tells_what_our_own_writes_replaced_and_nothing_else(connect, trello, board):
    record = card_called(trello, board, "Cantine du mercredi")
    since = datetime.now(UTC)
    connect("person").update(board, record.ref, {"name": "Édité par quelqu'un"}, expect=None)
    trello.update(board, record.ref, {"name": "Cantine", "desc": "Midi"}, expect=None)
    told = [state.fields for state in trello.overwritten(board, record.ref, since)]
    assert {"name": "Édité par quelqu'un"} in told
    assert {"name": "Cantine du mercredi"} not in told
    assert {"desc": None} in told


# Faults


def break_off(sandbox, spec):
    sandbox.service.faults = Faults.parse(spec)


CREATED = "Faite malgré tout"


def make_one(trello, board):
    column = next(iter(sandbox_lists(trello, board)))
    return trello.create(board, {"name": CREATED, "list": column}, origin=origin())


def sandbox_lists(trello, board):
    return [one.id for one in trello._looks.heading(board.id).lists]


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("429=1", Retry),
        ("500-before=1", Ambiguous),
        ("500-after=1", Ambiguous),
        ("timeout-before=1,delay=0", Ambiguous),
        ("timeout-after=1,delay=0", Ambiguous),
        ("truncate=1", Ambiguous),
        ("login=1", Ambiguous),
        ("401=1", Unauthorized),
    ],
)
def test_a_write_that_fails_is_named_by_what_to_do_next_and_sent_once(
    sandbox, trello, board, spec, error
):
    sandbox_lists(trello, board)
    before = len(sandbox.service.seen)
    break_off(sandbox, spec)
    with pytest.raises(error) as raised:
        make_one(trello, board)
    assert error is not Retry or raised.value.after == 10
    posts = [method for method, _ in sandbox.service.seen[before:]]
    assert posts == ["POST"] or error is Retry
    break_off(sandbox, "")
    made = [c for c in sandbox.state.cards.values() if c["name"] == CREATED]
    assert len(made) == ("after" in spec or "truncate" in spec)
    found = list(trello.find(board, origin({"name": CREATED})))
    assert [record.ref for record in found] == [card["id"] for card in made]


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("429=1", Retry),
        ("503=1", Unreachable),
        ("timeout-before=1,delay=0", Unreachable),
        ("truncate=1", Unreachable),
        ("login=1", Unreachable),
        ("404=1", Unreachable),
        ("401=1", Unauthorized),
    ],
)
def test_a_listing_that_fails_raises_and_never_ends_early(sandbox, trello, board, spec, error):
    cursor = listing(trello, board)[1].cursor
    ref = next(iter(sandbox.state.cards))
    break_off(sandbox, spec)
    for act in (
        lambda: list(trello.changes(board, None)),
        lambda: list(trello.changes(board, cursor)),
        lambda: trello.get(board, ref),
    ):
        with pytest.raises(error):
            act()


def test_now_and_then_a_fault_changes_nothing_in_what_is_read(sandbox, trello, board):
    before = listing(trello, board)[0]
    break_off(sandbox, "429=0.2,503=0.2,timeout-before=0.2,seed=5,delay=0")
    for _ in range(5):
        try:
            assert listing(trello, board)[0] == before
        except (Retry, Unreachable):
            continue


def test_an_update_that_stops_in_the_middle_is_ambiguous_and_loses_no_entry(sandbox, trello, board):
    record = card_called(trello, board, "Préparer l'assemblée générale")
    entries = record.fields["checklists"]
    wanted = [{"text": f"Nouveau {n}", "done": False, "list": "Avant"} for n in range(3)] + entries[
        3:
    ]
    trello._looks.heading(board.id)
    break_off(sandbox, "500-before=1,first=3")
    with pytest.raises(Ambiguous):
        trello.update(board, record.ref, {"checklists": wanted}, expect=None)
    break_off(sandbox, "")
    left = [text for _, text, _ in entries_of(trello, board, record.ref)]
    assert {entry["text"] for entry in entries} <= set(left)
    assert any(text.startswith("Nouveau") for text in left)
    trello.update(board, record.ref, {"checklists": wanted}, expect=None)
    assert [text for _, text, _ in entries_of(trello, board, record.ref)] == [
        e["text"] for e in wanted
    ]


def test_a_card_made_in_part_is_ambiguous(sandbox, trello, board):
    fields = {
        "name": CREATED,
        "list": sandbox_lists(trello, board)[0],
        "checklists": [{"text": "Un", "done": False, "list": "A"}],
    }
    break_off(sandbox, "500-before=1,first=1")
    with pytest.raises(Ambiguous):
        trello.create(board, fields, origin=origin())


def test_near_the_limit_we_wait_for_the_next_window(sandbox, trello, board, monkeypatch):
    sandbox.service.limited = True
    waited = []
    monkeypatch.setattr(trello._api._quota, "_sleep", waited.append)
    for _ in range(101):
        if waited:
            break
        trello._api.get(f"boards/{board.id}", fields="id")
    assert waited
    assert 5 < waited[0] < 11


# The stand-in itself


def headers(key=KEY, token=TOKENS["sync"]):
    return {"Authorization": f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'}


@pytest.mark.parametrize(
    ("key", "token", "said"),
    [
        ("short", "ATTAx", "invalid key"),
        (KEY, "wrong", "invalid token"),
        (KEY, "", '{"message": "missing scopes"}'),
    ],
)
def test_wrong_credentials_are_refused_in_the_words_of_trello(sandbox, key, token, said):
    answer = requests.get(f"{sandbox.url}/members/me", headers=headers(key, token), timeout=5)
    assert (answer.status_code, answer.text) == (401, said)


@pytest.mark.parametrize("place", ["params", "data", "json"])
def test_credentials_are_taken_from_query_and_body(sandbox, place):
    given = {"key": KEY, "token": "ATTAanything"}
    url = f"{sandbox.url}/boards"
    kinds = {"params": {}, "data": {}, "json": {}}
    kinds[place] |= given
    kinds["params" if place == "params" else place] |= {"name": "Nouveau"}
    answer = requests.post(url, timeout=5, **{k: v for k, v in kinds.items() if v})
    assert answer.json()["name"] == "Nouveau"


def test_errors_are_text_unless_json_is_asked_for(sandbox):
    url = f"{sandbox.url}/cards/{'f' * 24}"
    plain = requests.get(url, headers=headers(), timeout=5)
    assert (plain.status_code, plain.text) == (404, "The requested resource was not found.")
    asked = requests.get(url, headers=headers() | {"Accept": "application/json"}, timeout=5)
    assert asked.json()["message"] == "The requested resource was not found."


def test_an_address_above_eight_kilobytes_is_refused(sandbox):
    answer = requests.post(f"{sandbox.url}/cards", params={"desc": "漢" * 1000}, timeout=5)
    assert answer.status_code == 414


def test_a_spent_limit_is_429_with_the_body_of_trello(sandbox):
    sandbox.service.limited = True
    answers = [
        requests.get(f"{sandbox.url}/members/me", headers=headers(), timeout=5) for _ in range(101)
    ]
    assert [a.status_code for a in answers].count(429) == 1
    assert answers[-1].json()["error"] == "API_TOKEN_LIMIT_EXCEEDED"
    assert answers[0].headers["x-rate-limit-api-token-remaining"] == "99"


def test_several_reads_in_one_batch(sandbox):
    card = next(iter(sandbox.state.cards))
    urls = f"/cards/{card}?fields=name,/cards/{'f' * 24}"
    answer = requests.get(
        f"{sandbox.url}/batch", params={"urls": urls}, headers=headers(), timeout=5
    )
    first, second = answer.json()
    assert first["200"]["id"] == card
    assert second["statusCode"] == 404


@pytest.mark.skipif(not EXPORTS.exists(), reason="real exports are not kept in this repository")
@pytest.mark.parametrize("path", sorted(EXPORTS.glob("*.json")), ids=lambda path: path.name[:2])
def test_a_real_board_comes_back_as_it_was_loaded(tmp_path, path):
    raw = json.loads(path.read_bytes())
    sandbox = TrelloSandbox(tmp_path, load=path)
    sandbox.start()
    try:
        everything = dict.fromkeys(
            ("cards", "lists", "labels", "members", "checklists", "actions", "memberships"), "all"
        )
        flags = dict.fromkeys(
            (
                "customFields",
                "pluginData",
                "card_attachments",
                "card_customFieldItems",
                "card_pluginData",
            ),
            "true",
        )
        limits = {
            "actions_limit": 1000,
            "labels_limit": 1000,
            "fields": "all",
            "member_fields": "all",
        }
        answer = requests.get(
            f"{sandbox.url}/boards/{raw['id']}",
            params=everything | flags | limits,
            headers=headers(),
            timeout=10,
        ).json()
    finally:
        sandbox.stop()
    assert answer.keys() == raw.keys()
    for name, value in raw.items():
        assert value == answer[name], name


def test_a_board_that_nobody_sees_is_explained(trello):
    with pytest.raises(ConfigError, match="Programme 2026"):
        trello.locate("board", "Programe")
