"""`status`: how everything stands, what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import typer

from sync.app import WAITING
from sync.cli.items import held_items, mapping_names
from sync.cli.session import AsJson, Session, session
from sync.i18n import _, ngettext
from sync.model import Plain
from sync.store.base import Run, Store


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Say how everything stands, what is wrong and what to do."))(status)


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Read the store alone: works beside the daemon. Exit 1 if something is held or failed."""
    at = session(context)
    with at.store() as store:
        data = _data(at, store)
    if as_json:
        at.give(data)
    else:
        for line, style in _lines(data):
            at.say(line, style)
    raise typer.Exit(0 if data["ok"] else 1)


def _data(at: Session, store: Store) -> dict[str, Plain]:
    last = next(iter(store.runs(1)), None)
    states = store.collections()
    collections: list[Plain] = [
        {
            "collection": key,
            "met": state.met,
            "failure": state.failure,
            "held": state.held,
            "unreadable": {**state.malformed},
        }
        for key, state in sorted(states.items())
    ]
    held: list[Plain] = [
        {"subject": subject, "title": title, "cause": cause, "command": _release(subject)}
        for subject, title, cause in held_items(store, mapping_names(at.settings))
    ]
    unresolved = len(store.intents())
    lost = store.lost()
    waiting = store.meta(WAITING) or {}
    wrong = any(s.failure or s.held or s.malformed or not s.met for s in states.values())
    return {
        "ok": not (wrong or held or unresolved or lost or waiting),
        "last_run": _run(last),
        "collections": collections,
        "held": held,
        "conflicts": len(store.kept(open_only=True)),
        "unresolved": unresolved,
        "lost": lost,
        "waiting": waiting,
    }


def _run(run: Run | None) -> Plain:
    if run is None:
        return None
    ended = run.ended.isoformat() if run.ended else None
    return {
        "run": run.id,
        "started": run.started.isoformat(),
        "ended": ended,
        "outcome": run.outcome,
    }


def _release(subject: str) -> str:
    return f"jumelage release '{subject}'"


def _lines(data: dict[str, Plain]) -> Iterator[tuple[str, str]]:
    """What to say of it, and in which style; `data` is what `--json` prints."""
    yield _last(data["last_run"]), ""
    if lost := data["lost"]:
        yield (
            _("the store is not the latest: {reason} — jumelage relink").format(reason=lost),
            "red",
        )
    waiting = data["waiting"]
    for unit, cause in waiting.items() if isinstance(waiting, dict) else ():
        yield _("{unit} waits: {cause}").format(unit=unit, cause=cause), "red"
    for state in _listed(data["collections"]):
        yield from _collection(state)
    for hold in _listed(data["held"]):
        said = _("held: {subject}: {cause}")
        yield said.format(subject=hold["title"], cause=hold["cause"]), "yellow"
        yield f"    {hold['command']}", ""
    yield from _counts(data)
    if data["ok"]:
        yield _("all in step"), "green"


def _last(run: Plain) -> str:
    if not isinstance(run, dict):
        return _("nothing has run yet — jumelage sync")
    started = datetime.fromisoformat(str(run["started"])).astimezone()
    return _("last run: {run}, {moment}, {outcome}").format(
        run=run["run"],
        moment=f"{started:%Y-%m-%d %H:%M}",
        outcome=run["outcome"] or _("not ended"),
    )


def _collection(state: dict[str, Plain]) -> Iterator[tuple[str, str]]:
    key = state["collection"]
    if state["failure"]:
        yield _("failed: {subject}: {cause}").format(subject=key, cause=state["failure"]), "red"
    if state["held"]:
        yield _("held: {subject}: {cause}").format(subject=key, cause=state["held"]), "yellow"
        yield f"    {_release(str(key))}", ""
    if not state["met"]:
        yield _("{subject} was not met yet — jumelage plan shows why").format(subject=key), "yellow"
    unreadable = state["unreadable"]
    for ref, reason in unreadable.items() if isinstance(unreadable, dict) else ():
        said = _("unreadable: {subject}: {cause}")
        yield said.format(subject=f"{key} {ref}", cause=reason), "yellow"


def _counts(data: dict[str, Plain]) -> Iterator[tuple[str, str]]:
    if isinstance(count := data["conflicts"], int) and count:
        said = ngettext("{count} conflict", "{count} conflicts", count)
        yield said.format(count=count) + " — jumelage conflicts", "yellow"
    if isinstance(count := data["unresolved"], int) and count:
        said = ngettext(
            "{count} write whose outcome is not known yet",
            "{count} writes whose outcome is not known yet",
            count,
        )
        yield said.format(count=count), "yellow"


def _listed(value: Plain) -> list[dict[str, Plain]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
