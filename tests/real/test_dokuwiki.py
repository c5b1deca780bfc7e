"""DokuWiki's own traps, against the real server; the conformance suite has the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from connectors.dokuwiki import DokuWiki
from connectors.sandbox.dokuwiki import DokuWikiSandbox
from sync.errors import Gone, Malformed, Refused, Retry, Stale, Unauthorized, Unreachable
from sync.model import Collection
from tests.real.wikis import connect, fresh, origin

pytestmark = pytest.mark.real


NEWER = ["JUMELAGE_DOKUWIKI"] if "JUMELAGE_DOKUWIKI" in os.environ else []
"""A newer DokuWiki speaks JSON-RPC; no registry has one, so only who names one tries it."""


@pytest.fixture(scope="module", params=["package", *NEWER])
def wiki(request, tmp_path_factory) -> Iterator[DokuWikiSandbox]:
    class Packaged(DokuWikiSandbox):
        @classmethod
        def code(cls) -> Path:
            return Path("/usr/share/dokuwiki")

    chosen = Packaged if request.param == "package" else DokuWikiSandbox
    if lacking := chosen.missing():
        pytest.skip(f"missing server: {lacking}")
    sandbox = chosen(tmp_path_factory.mktemp("dokuwiki"))
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def ours(wiki) -> Iterator[DokuWiki]:
    connector = connect(DokuWiki, wiki)
    yield connector
    connector.close()


@pytest.fixture
def person(wiki) -> Iterator[DokuWiki]:
    connector = connect(DokuWiki, wiki, "person")
    yield connector
    connector.close()


@pytest.fixture
def cards(wiki, ours) -> Collection:
    return fresh(ours, wiki)


def made(connector, collection, **fields):
    fields = {"title": "Réunion du 12 Mars !", **fields}
    return connector.create(collection, fields, origin=origin(**fields))


def test_a_wrong_password_is_not_served_as_anonymous(wiki, ours, cards):
    made(ours, cards)
    wrong = connect(DokuWiki, wiki, "wrong")
    with pytest.raises(Unauthorized):
        list(wrong.changes(cards, None))


def test_a_password_that_changes_is_noticed_in_the_next_cycle(wiki, ours, cards):
    made(ours, cards)
    users = wiki.folder / "conf" / "users.auth.php"
    before = users.read_text()
    users.write_text(before.replace("sync:", "other:", 1))
    ours.begin()
    try:
        with pytest.raises(Unauthorized):
            list(ours.changes(cards, None))
    finally:
        users.write_text(before)


def test_pages_are_named_as_the_wiki_names_them(ours, cards):
    assert made(ours, cards).ref == f"{cards.id}:reunion_du_12_mars"
    assert made(ours, cards).ref == f"{cards.id}:reunion_du_12_mars_2"


@pytest.mark.parametrize(
    "title", ["Start", "Sidebar", "/:*", "Œuvre ǆ Straße", "日本語 Привет", "a" * 300]
)
def test_a_title_of_any_sort_is_listed_under_the_ref_it_got(ours, cards, title):
    record = made(ours, cards, title=title)
    assert record.fields["title"] == title
    (page,) = ours.changes(cards, None)
    assert {stub.ref: stub.version for stub in page.records}[record.ref] == record.version


def test_the_front_page_of_a_namespace_is_no_record(wiki, ours, cards):
    record = made(ours, cards)
    wiki.page(f"{cards.id}:start").write_text("====== Bienvenue ======")
    (page,) = ours.changes(cards, None)
    assert [stub.ref for stub in page.records] == [record.ref]


def test_a_page_template_is_not_taken_for_a_page(wiki, ours, cards):
    record = made(ours, cards)
    wiki.page(f"{cards.id}:_template").write_text("====== Modèle ======")
    with pytest.raises(Gone):
        ours.get(cards, f"{cards.id}:absente")
    assert ours.get(cards, record.ref) == record


def test_cards_of_one_name_made_at_once_get_a_page_each(ours, cards):
    ours.changes(cards, None)
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(made, ours, cards, description=str(n)) for n in range(8)]
        refs = {job.result().ref for job in jobs}
    assert len(refs) == 8
    texts = {ours.get(cards, ref).fields["description"] for ref in refs}
    assert texts == {str(n) for n in range(8)}


def test_two_writes_of_one_page_never_share_a_second(ours, cards):
    record = made(ours, cards, due="2026-01-01")
    for day in ("2026-01-02", "2026-01-03"):
        record = ours.update(cards, record.ref, {"due": day}, expect=record.version)
    revisions = ours._wiki().history(record.ref, 0)
    assert len({r.time for r in revisions} | {ours._wiki().info(record.ref).time}) == 3


def test_what_we_overwrote_is_found_in_the_history(ours, person, cards):
    record = made(ours, cards, due="2026-01-01")
    edited = person.update(cards, record.ref, {"due": "2026-02-02"}, expect=record.version)
    since = edited.changed
    ours.update(cards, record.ref, {"due": "2026-03-03"}, expect=None)
    (lost,) = ours.overwritten(cards, record.ref, since)
    assert (lost.fields["due"], lost.author, lost.ours) == ("2026-02-02", "person", False)


def test_a_page_that_moved_on_is_stale_and_stays(ours, person, cards):
    record = made(ours, cards, due="2026-01-01")
    edited = person.update(cards, record.ref, {"due": "2026-02-02"}, expect=record.version)
    for act in (
        lambda: ours.update(cards, record.ref, {"due": "x"}, expect=record.version),
        lambda: ours.delete(cards, record.ref, expect=record.version),
    ):
        with pytest.raises(Stale):
            act()
    assert ours.get(cards, record.ref).version == edited.version


def test_a_page_that_somebody_edits_is_left_alone_until_later(ours, person, cards):
    record = made(ours, cards, due="2026-01-01")
    person._wiki().lock(record.ref)
    with pytest.raises(Retry):
        ours.update(cards, record.ref, {"due": "2026-01-02"}, expect=record.version)
    person._wiki().unlock(record.ref)
    ours.update(cards, record.ref, {"due": "2026-01-02"}, expect=record.version)


def test_no_lock_of_ours_outlives_a_write_that_was_not_made(wiki, ours, cards):
    record = made(ours, cards)
    with pytest.raises(Stale):
        ours.update(cards, record.ref, {"due": "x"}, expect="other")
    with pytest.raises(Refused):
        made(ours, cards, description="\x07")
    assert not list((wiki.folder / "data" / "locks").glob("*.lock"))


def test_a_save_that_the_wiki_does_not_take_is_refused_though_it_answers_200(wiki, ours, cards):
    words = wiki.folder / "conf" / "wordblock.local.conf"
    words.write_text("achetez vite\n")
    with pytest.raises(Refused):
        made(ours, cards, description="Achetez vite !")
    words.unlink()
    (page,) = ours.changes(cards, None)
    assert page.records == ()


def test_what_may_not_be_written_is_refused(ours):
    with pytest.raises(Refused):
        made(ours, ours.locate("namespace", "readonly"))


def test_a_namespace_that_may_not_be_read_is_not_empty(ours):
    with pytest.raises(Unreachable):
        list(ours.changes(ours.locate("namespace", "closed"), None))


def test_a_page_that_may_not_be_read_is_not_absent(wiki, ours):
    closed = ours.locate("namespace", "closed")
    wiki.page("closed:x").parent.mkdir(exist_ok=True)
    wiki.page("closed:x").write_text("secret")
    with pytest.raises(Malformed):
        ours.get(closed, "closed:x")


def test_a_wiki_that_shows_a_login_page_is_unreachable_and_not_empty(wiki):
    elsewhere = connect(DokuWiki, wiki, url=f"{wiki.url}/doku.php/", api="xmlrpc")
    with pytest.raises(Unreachable):
        elsewhere.locate("namespace", "x")


def test_an_address_that_is_wrong_is_unreachable_and_makes_nothing_gone(wiki, cards):
    elsewhere = connect(DokuWiki, wiki, url=f"{wiki.url}/data/", api="jsonrpc")
    with pytest.raises(Unreachable):
        elsewhere.get(cards, "x")


def test_carriage_returns_become_line_feeds(ours, cards):
    record = made(ours, cards, description="un\r\ndeux\rtrois")
    assert record.fields["description"] == "un\ndeux\ntrois"


def test_text_that_people_wrote_around_stays_byte_for_byte(wiki, ours, cards):
    record = made(ours, cards, due="2026-01-01")
    file = wiki.page(record.ref)
    text = file.read_text().replace("[[#jumelage|", "Avant  \n\n[[#jumelage|") + "\n\n  Après\t\n\n"
    file.write_text(text)
    now = ours.get(cards, record.ref)
    ours.update(cards, record.ref, {"due": "2026-02-02"}, expect=now.version)
    assert file.read_text() == text.replace("2026-01-01", "2026-02-02")


def test_a_description_is_shown_as_it_was_typed(wiki, ours, cards):
    record = made(
        ours, cards, description="{{image}} **gras** </code> [[lien]]", lieu="//x// | ^ y"
    )
    page = requests.get(record.url, auth=("sync", wiki.settings()["password"]), timeout=30).text
    assert "{{image}} **gras** &lt;\\/code&gt; [[lien]]" in page
    assert "//x// | ^ y" in page


def test_a_quiet_cycle_is_one_request_beside_signing_in(ours, cards, monkeypatch):
    made(ours, cards)
    ours.begin()
    sent = []
    send = ours.http.request
    monkeypatch.setattr(ours.http, "request", lambda *a, **k: sent.append(a) or send(*a, **k))
    list(ours.changes(cards, None))
    assert len(sent) == 2


def test_many_pages_are_read_with_one_request_each(ours, cards, monkeypatch):
    refs = [made(ours, cards, title=f"Carte {n}").ref for n in range(12)]
    sent = []
    send = ours.http.request
    monkeypatch.setattr(ours.http, "request", lambda *a, **k: sent.append(a) or send(*a, **k))
    read = dict(ours.get_many(cards, [*refs, f"{cards.id}:absente"]))
    assert [read[ref].fields["title"] for ref in refs] == [f"Carte {n}" for n in range(12)]
    assert isinstance(read[f"{cards.id}:absente"], Gone)
    assert len(sent) == 1 + 12 + 2
