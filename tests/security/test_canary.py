"""The search for secrets finds them, so that its silence says something."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.canary import WATCH, Watch
from tests.conformance.registry import SANDBOXES, points

ROOT = Path(__file__).parents[2]
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


def test_a_file_of_a_secret_alone_is_its_home_and_of_more_is_not(watch: Watch, tmp_path):
    (tmp_path / "wiki-password").write_text(f"{SECRET}\n")
    (tmp_path / "token").write_text(f"{SECRET}\n{SECRET}")
    (tmp_path / "page").write_text(SECRET)
    watch.look_below(tmp_path)
    assert [found.rpartition("/")[2] for found in watch.found] == [
        "page: as it is",
        "token: as it is",
    ]


def test_text_without_a_canary_is_no_finding(watch: Watch):
    watch.look("c4n ary%20and other words, " + base64.b64encode(b"sync:other").decode(), "here")
    assert watch.found == []


SUITE = """
    import logging
    import uuid
    import pytest
    from connectors.sandbox.trello import TrelloSandbox

    KEY = uuid.uuid4().hex

    class Planted(TrelloSandbox):
        def settings(self, account="sync"):
            return {**super().settings(account), "key": uuid.uuid4().hex, "token": "ATTA" + KEY}

    @pytest.fixture
    def where(tmp_path):
        (tmp_path / "server").mkdir()
        return Planted(tmp_path / "server").settings()

    def test_that_its_server_keeps_it(tmp_path, where):
        (tmp_path / "server" / "accounts").write_text(str(where))
"""
LEAKS = """
    def test_that_a_page_leaks_it(tmp_path, where):
        (tmp_path / "page.html").write_text(str(where))

    def test_that_a_name_leaks_it(tmp_path, where):
        (tmp_path / where["token"]).write_text("")

    def test_that_what_is_printed_leaks_it(where):
        print(where)

    def test_that_what_is_logged_leaks_it(where):
        logging.getLogger("x").warning("%s", where)
"""


def suite(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run other tests under a watch of their own; what they plant is not searched here."""
    WATCH.servers.add(folder)
    file = folder / "test_suite.py"
    file.write_text(textwrap.dedent(text))
    line = [sys.executable, "-m", "pytest", file, "-p", "tests.watching", "-p", "no:cacheprovider"]
    line += ["-c", ROOT / "pyproject.toml", "--rootdir", folder, "--basetemp", folder / "base"]
    return subprocess.run(
        [*line, *options], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )


def test_a_suite_that_leaks_nothing_passes(tmp_path):
    done = suite(tmp_path, SUITE)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "by workers"])
def test_a_suite_that_leaks_a_secret_fails_and_says_where(tmp_path, options):
    done = suite(tmp_path, SUITE + LEAKS, *options)
    assert done.returncode == 1
    for where in ("page.html: as it is", "the name of ATTA", "stdout call", "log call"):
        assert where in done.stdout
    assert "accounts" not in done.stdout


def test_every_sandbox_that_can_hand_out_a_secret_is_watched():
    for point in points(SANDBOXES).values():
        assert point.load().settings.watched
