"""MediaWiki's own traps, against the real server; the conformance suite has the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from connectors.mediawiki import MediaWiki
from connectors.mediawiki.api import Api
from connectors.sandbox.mediawiki import MediaWikiSandbox
from sync.errors import (
    ConfigError,
    CursorExpired,
    Gone,
    Malformed,
    Refused,
    Retry,
    Stale,
    Unauthorized,
    Unreachable,
)
from sync.model import Collection
from tests.real.wikis import connect, fresh, origin

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def wiki(tmp_path_factory) -> Iterator[MediaWikiSandbox]:
    if lacking := MediaWikiSandbox.missing():
        pytest.skip(f"missing server: {lacking}")
    sandbox = MediaWikiSandbox(tmp_path_factory.mktemp("mediawiki"))
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def ours(wiki) -> Iterator[MediaWiki]:
    connector = connect(MediaWiki, wiki)
    yield connector
    connector.close()


@pytest.fixture
def person(wiki) -> Iterator[MediaWiki]:
    connector = connect(MediaWiki, wiki, "person")
    yield connector
    connector.close()


@pytest.fixture
def cards(wiki, ours) -> Collection:
    return fresh(ours, wiki)


@pytest.fixture
def requests_sent(ours, monkeypatch) -> list[dict[str, str]]:
    sent: list[dict[str, str]] = []
    send = ours.http.request
    monkeypatch.setattr(
        ours.http, "request", lambda *a, **k: sent.append(k["data"]) or send(*a, **k)
    )
    return sent


def made(connector, collection, **fields):
    fields = {"title": "Réunion du 12 Mars", **fields}
    return connector.create(collection, fields, origin=origin(**fields))


def cursor(connector, collection) -> str:
    return [*connector.changes(collection, None)][-1].cursor


def test_every_request_after_signing_in_says_who_it_must_be(ours, cards, requests_sent):
    record = made(ours, cards)
    ours.delete(cards, record.ref, expect=record.version)
    assert all(data["assert"] == "user" for data in requests_sent)


def test_a_session_that_was_lost_is_renewed_and_never_writes_as_anonymous(ours, cards):
    record = made(ours, cards, due="2026-01-01")
    ours.http._session.cookies.clear()
    changed = ours.update(cards, record.ref, {"due": "2026-01-02"}, expect=record.version)
    assert (changed.author, changed.ours) == ("Syncbot", True)
    ours.http._session.cookies.clear()
    assert made(ours, cards).author == "Syncbot"


def test_signing_in_again_works_while_the_old_session_still_stands(ours, cards):
    ref = made(ours, cards, title="Encore là").ref
    ours.api._signed_in = False
    assert ours.get(cards, ref).fields["title"] == "Encore là"


def test_a_token_that_is_refused_is_renewed_once(ours, cards, requests_sent):
    made(ours, cards)
    ours.api._token = "0123+\\"
    assert made(ours, cards).author == "Syncbot"
    assert [d.get("token") for d in requests_sent].count("0123+\\") == 1


def test_a_wrong_password_is_unauthorized(wiki, cards):
    with pytest.raises(Unauthorized):
        list(connect(MediaWiki, wiki, "wrong").changes(cards, None))


def test_an_edit_of_the_same_line_is_stale(ours, person, cards):
    record = made(ours, cards, due="2026-01-01")
    edited = person.update(cards, record.ref, {"due": "2026-02-02"}, expect=record.version)
    with pytest.raises(Stale):
        ours._edit("x", "s", pageid=int(record.ref), baserevid=int(record.version), nocreate=1)
    assert ours.get(cards, record.ref).version == edited.version


def test_what_the_server_merges_by_itself_is_answered_as_it_stands(
    ours, person, cards, monkeypatch
):
    record = made(ours, cards, description="un\n\ndeux\n\ntrois\n\nquatre", due="2026-01-01")
    edit = ours._edit

    def meanwhile(*args, **where):
        person.update(
            cards, record.ref, {"description": "un\n\ndeux\n\ntrois\n\nCINQ"}, expect=record.version
        )
        return edit(*args, **where)

    monkeypatch.setattr(ours, "_edit", meanwhile)
    echoed = ours.update(cards, record.ref, {"due": "2026-02-02"}, expect=record.version)
    assert echoed.fields["due"] == "2026-02-02"
    assert echoed.fields["description"].endswith("CINQ")
    assert echoed == ours.get(cards, record.ref)


def test_a_page_deleted_meanwhile_is_not_made_again(ours, person, cards, monkeypatch):
    record = made(ours, cards, due="2026-01-01")
    edit = ours._edit

    def meanwhile(*args, **where):
        person.delete(cards, record.ref, expect=None)
        return edit(*args, **where)

    monkeypatch.setattr(ours, "_edit", meanwhile)
    with pytest.raises(Gone):
        ours.update(cards, record.ref, {"due": "2026-02-02"}, expect=record.version)
    with pytest.raises(Gone):
        ours.get(cards, record.ref)


def test_our_own_edit_meanwhile_is_not_overwritten_either(wiki, ours, cards):
    record = made(ours, cards, due="2026-01-01")
    again = connect(MediaWiki, wiki)
    again.update(cards, record.ref, {"due": "2026-02-02"}, expect=record.version)
    with pytest.raises(Stale):
        ours._edit("x", "s", pageid=int(record.ref), baserevid=int(record.version), nocreate=1)


def test_a_page_that_was_renamed_in_place_keeps_its_ref(ours, person, cards):
    record = made(ours, cards)
    at = cursor(ours, cards)
    target = f"{cards.name}Autre nom"
    person.api.write("move", fromid=int(record.ref), to=target, reason="x")
    (page,) = ours.changes(cards, at)
    assert record.ref in [stub.ref for stub in page.records]
    assert record.ref not in page.gone
    now = ours.get(cards, record.ref)
    assert now.fields == record.fields
    ours.update(cards, record.ref, {"due": "2026-01-01"}, expect=now.version)
    full = [stub.ref for page in ours.changes(cards, None) for stub in page.records]
    assert full == [record.ref]


def test_a_page_that_was_moved_away_left_and_one_moved_here_came(ours, person, cards):
    record = made(ours, cards)
    at = cursor(ours, cards)
    person.api.write("move", fromid=int(record.ref), to=f"Projet:Ailleurs {record.ref}", reason="x")
    (page,) = ours.changes(cards, at)
    assert record.ref in page.gone
    with pytest.raises(Gone):
        ours.get(cards, record.ref)
    person.api.write("move", fromid=int(record.ref), to=f"{cards.name}Revenue", reason="x")
    (page,) = ours.changes(cards, page.cursor)
    assert record.ref in [stub.ref for stub in page.records]


def test_a_deleted_page_is_named_by_the_feed(ours, person, cards):
    record = made(ours, cards)
    at = cursor(ours, cards)
    person.delete(cards, record.ref, expect=record.version)
    (page,) = ours.changes(cards, at)
    assert (page.records, page.gone) == ((), (record.ref,))


def test_a_quiet_cycle_is_one_request_and_keeps_its_cursor(ours, cards, requests_sent):
    made(ours, cards)
    at = cursor(ours, cards)
    requests_sent.clear()
    (page,) = ours.changes(cards, at)
    assert (page.records, page.gone, page.cursor) == ((), (), at)
    assert len(requests_sent) == 1


def test_our_own_writes_come_back_with_their_versions_and_need_no_read(ours, cards, requests_sent):
    at = cursor(ours, cards)
    record = made(ours, cards)
    requests_sent.clear()
    (page,) = ours.changes(cards, at)
    assert [(stub.ref, stub.version) for stub in page.records] == [(record.ref, record.version)]
    assert len(requests_sent) == 1


@pytest.mark.parametrize("old", ['{"at": "2001-01-01T00:00:00Z", "seen": []}', "garbage", "[]"])
def test_a_cursor_too_old_is_expired_and_not_quiet(ours, cards, old):
    with pytest.raises(CursorExpired):
        list(ours.changes(cards, old))


def test_many_pages_are_read_fifty_at_a_time(ours, cards, requests_sent):
    refs = [made(ours, cards, title=f"Carte {n}").ref for n in range(52)]
    requests_sent.clear()
    read = dict(ours.get_many(cards, refs))
    assert [read[ref].fields["title"] for ref in refs] == [f"Carte {n}" for n in range(52)]
    assert len(requests_sent) == 2


def test_bytes_that_are_no_utf8_are_malformed_and_the_others_are_read(wiki, ours, cards):
    spoiled, other = made(ours, cards), made(ours, cards)
    wiki.spoil(cards.word, cards.name, spoiled.ref)
    read = dict(ours.get_many(cards, [spoiled.ref, other.ref]))
    assert isinstance(read[spoiled.ref], Malformed)
    assert "UTF-8" in str(read[spoiled.ref])
    assert read[other.ref] == other


def test_a_wiki_that_is_behind_is_asked_later(wiki, ours, cards):
    made(ours, cards)  # its jobs are never run here, and count as lag with the switch
    wiki.switch("lag", on=True)
    try:
        with pytest.raises(Retry, match="maxlag") as caught:
            list(ours.changes(cards, None))
        with pytest.raises(Retry):
            made(ours, cards)
    finally:
        wiki.switch("lag", on=False)
    assert caught.value.after == 5


def test_a_wiki_that_is_read_only_is_asked_later(wiki, ours, cards):
    record = made(ours, cards)
    wiki.switch("readonly", on=True)
    try:
        with pytest.raises(Retry):
            ours.update(cards, record.ref, {"due": "2026-01-01"}, expect=record.version)
    finally:
        wiki.switch("readonly", on=False)
    assert ours.get(cards, record.ref) == record


def test_too_many_edits_are_sent_later(wiki, ours, cards):
    wiki.switch("limit", on=True)
    try:
        with pytest.raises(Retry):
            made(ours, cards)
    finally:
        wiki.switch("limit", on=False)


def test_a_protected_page_is_refused(wiki, ours, cards):
    record = made(ours, cards)
    title = ours._pages([record.ref])[record.ref]["title"]
    wiki.maintain("protect.php", "--user", "Admin", title)
    now = ours.get(cards, record.ref)
    with pytest.raises(Refused):
        ours.update(cards, record.ref, {"due": "2026-01-01"}, expect=now.version)


def test_a_name_that_is_taken_gets_a_number(ours, cards):
    titles = [ours._pages([r.ref])[r.ref]["title"] for r in (made(ours, cards), made(ours, cards))]
    assert titles == [f"{cards.name}Réunion du 12 Mars", f"{cards.name}Réunion du 12 Mars (2)"]


@pytest.mark.parametrize(
    "title",
    [
        "a" * 400,
        "é" * 300,
        "[[x]] {{y}} <z> | #",
        "../..",
        "~~~~",
        "a/b",
        "&amp; %20",
        ":x",
        "{{subst:x}}",
    ],
)
def test_a_title_of_any_sort_stands_on_the_page(ours, cards, title):
    record = made(ours, cards, title=title)
    assert record.fields["title"] == title
    assert record.ref in [s.ref for page in ours.changes(cards, None) for s in page.records]


def test_nothing_that_was_typed_is_expanded_when_it_is_saved(ours, cards):
    fields = {
        "description": "~~~~ {{subst:CURRENTYEAR}} </pre> [[x (y)|]]",
        "lieu": "~~~~ {{subst:CURRENTYEAR}}",
        "labels": ["~~~~", "[[x (y)|]]"],
    }
    record = made(ours, cards, **fields)
    assert {name: record.fields[name] for name in fields} == fields


def test_a_description_is_shown_as_it_was_typed(ours, cards):
    record = made(ours, cards, description="{{modèle}} '''gras''' </pre> &lt; [[lien]]")
    page = requests.get(record.url, timeout=30).text
    assert "{{modèle}} '''gras''' &lt;/pre&gt; &amp;lt; [[lien]]" in page


def test_a_namespace_is_found_by_any_of_its_names(ours):
    ids = {ours.locate("namespace", name).id for name in ("Aide", "help", "Help:", "aide:")}
    assert ids == {"12:"}
    assert ours.locate("pages", "Aide:mode d'emploi").id == "12:Mode d'emploi/"


def test_a_namespace_that_does_not_exist_is_explained(ours):
    with pytest.raises(ConfigError, match="Aide"):
        ours.locate("namespace", "Nulle part:x")


def test_what_we_overwrote_is_found_in_the_history(ours, person, cards):
    record = made(ours, cards, due="2026-01-01")
    edited = person.update(cards, record.ref, {"due": "2026-02-02"}, expect=record.version)
    ours.update(cards, record.ref, {"due": "2026-03-03"}, expect=edited.version)
    lost = [
        r for r in ours.overwritten(cards, record.ref, edited.changed) if r.author == "Personne"
    ]
    assert [r.fields["due"] for r in lost] == ["2026-02-02"]


def test_a_wiki_that_answers_with_a_page_is_unreachable_and_not_empty(wiki):
    with pytest.raises(Unreachable):
        connect(MediaWiki, wiki, url=f"{wiki.url}/index.php").locate("namespace", "X")


def test_the_account_is_named_as_revisions_name_it():
    names = [Api(None, "", user, "", 5).account for user in ("sync_bot@x", "Syncbot@a@b")]
    assert names == ["Sync bot", "Syncbot"]


def test_a_cursor_is_plain_json(ours, cards):
    assert set(json.loads(cursor(ours, cards))) == {"at", "seen"}


def test_many_threads_share_one_session_and_one_token(ours, cards):
    ours.api._signed_in, ours.api._token = False, None
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(made, ours, cards, title=f"Ensemble {n}") for n in range(16)]
    assert len({one.result().ref for one in found}) == 16
