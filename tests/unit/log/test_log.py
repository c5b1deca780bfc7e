"""Events: their names, their form, and that no secret is in them."""

from __future__ import annotations

import ast
import io
import json
import logging
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import structlog

from sync import log
from sync.log import EVENTS

ROOT = Path(__file__).resolve().parents[3]
SECRETS = ["s3cret", "pâss wörd/é", 'quo"te\\s', "s3cret-longer"]


@pytest.fixture
def lines(monkeypatch):
    """What was logged, as JSON."""
    monkeypatch.setattr(log, "scrub", log.Scrubber())
    stream = io.StringIO()
    log.configure(stream=stream, as_json=True)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def test_an_event_is_one_line_of_json_with_its_facts(lines):
    structlog.get_logger().info("record_created", item="a", title="Été")
    (line,) = lines()
    assert line["event"] == "record_created"
    assert (line["item"], line["title"], line["level"]) == ("a", "Été", "info")
    assert line["timestamp"].endswith("Z")


def test_what_a_library_logs_has_the_same_form(lines):
    logging.getLogger("library").warning("retrying %s", "x")
    (line,) = lines()
    assert line["event"] == "retrying x"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("shape", [str, repr, json.dumps, quote, quote_plus, lambda s: {"a": [s]}])
def test_a_secret_is_masked_in_every_spelling(lines, secret, shape):
    log.scrub.learn(SECRETS)
    structlog.get_logger().error("cycle_failed", error=shape(secret))
    text = json.dumps(lines(), ensure_ascii=False)
    assert secret not in text
    assert "[secret]" in text
    assert "longer" not in text


def test_a_secret_in_an_exception_is_masked(lines):
    log.scrub.learn(["s3cret"])
    try:
        int("s3cret")
    except ValueError:
        logging.getLogger("library").exception("failed")
    (line,) = lines()
    assert "ValueError: invalid literal for int() with base 10: '[secret]'" in line["exception"]


def test_lines_for_people_are_masked_too(monkeypatch):
    monkeypatch.setattr(log, "scrub", log.Scrubber())
    log.scrub.learn(["s3cret"])
    stream = io.StringIO()
    log.configure(stream=stream, as_json=False)
    structlog.get_logger().error("cycle_failed", error="s3cret")
    assert "cycle_failed" in stream.getvalue()
    assert "s3cret" not in stream.getvalue()


def test_lines_are_json_under_systemd_and_where_nobody_watches():
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    assert log.for_machines({"JOURNAL_STREAM": "8:1"}, terminal)
    assert log.for_machines({}, io.StringIO())
    assert not log.for_machines({}, terminal)


def test_event_names_are_in_the_past_tense():
    past = ("ed", "held", "kept", "written", "undone", "uncertain", "malformed")
    assert not [name for name in EVENTS if not name.endswith(past)]


def test_every_event_that_is_logged_is_in_the_catalogue():
    modules = [p for top in ("sync", "connectors") for p in (ROOT / top).rglob("*.py")]
    logged = {name for path in modules for name in _events(ast.parse(path.read_text()))}
    assert not logged - set(EVENTS), "add to EVENTS in sync/log.py, or use a name from there"


def _events(tree):
    """The event names of calls such as `log.info("record_created", ...)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Name(id="log"),
                    attr="debug" | "info" | "warning" | "error" | "exception",
                ),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


def test_nothing_is_printed_past_the_log_and_the_command_line():
    printing = [
        str(path.relative_to(ROOT))
        for top in ("sync", "connectors")
        for path in (ROOT / top).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert not [
        p for p in printing if not p.startswith(("sync/cli/", "sync/demo", "connectors/sandbox/"))
    ]
