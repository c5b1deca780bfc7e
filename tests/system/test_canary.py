"""The search for secrets finds them, so that its silence says something."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from urllib.parse import quote, quote_plus

import pytest

from tests.system.canary import WATCH, Watch

SECRET = "c4n/ary+né-of-the-tests"
SHAPES = {
    "as it is": str,
    "percent-encoded": lambda s: f"?token={quote(s, safe='')}&x=1",
    "percent-encoded in a form": quote_plus,
    "percent-encoded in lower case": lambda s: quote(s, safe="").lower(),
    "in JSON": json.dumps,
    "as Basic": lambda s: "Basic " + base64.b64encode(f"sync:{s}".encode()).decode(),
    "as Basic of another name": lambda s: base64.b64encode(f"somebody:{s}".encode()).decode(),
    "as base64 for addresses": lambda s: base64.urlsafe_b64encode(f"ab:{s}~~".encode()).decode(),
}


@pytest.fixture
def watch() -> Watch:
    return Watch({SECRET.encode()})


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_canary_is_found_in_every_form(watch: Watch, shape):
    watch.look(f"x {shape(SECRET)} y", "here")
    assert watch.found


def test_a_canary_is_found_in_a_database_and_in_a_name(watch: Watch, tmp_path):
    with closing(sqlite3.connect(tmp_path / "state.db")) as db, db:
        db.execute("create table t (x text)")
        db.execute("insert into t values (?)", (f"a {SECRET} b",))
    (tmp_path / quote(SECRET, safe="")).write_text("")
    watch.look_below(tmp_path)
    assert len(watch.found) == 2


def test_what_is_a_servers_own_is_not_searched(watch: Watch, tmp_path):
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "users").write_text(SECRET)
    watch.look_below(tmp_path, [tmp_path / "server"])
    assert watch.found == []


def test_text_without_a_canary_is_no_finding(watch: Watch):
    watch.look("c4n ary%20and other words, " + base64.b64encode(b"sync:other").decode(), "here")
    assert watch.found == []


@pytest.mark.real
def test_every_secret_of_a_scene_is_a_canary_and_the_scene_is_searched(edited):
    secrets = {secret.encode() for secret in edited.environment.values()}
    assert secrets
    assert secrets <= WATCH.secrets
    before = WATCH.looked
    edited.search()
    assert WATCH.looked - before > 50_000, "the store alone is larger"
    done = edited.command("status", "--json")
    assert WATCH.looked - before > 50_000 + len(done.stdout)
