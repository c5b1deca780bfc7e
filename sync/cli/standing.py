"""`status`: how everything stands, what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import typer

from sync import access, holds, pulse
from sync.app import WAITING
from sync.cli.items import mapping_names
from sync.cli.session import AsJson, Session, session
from sync.cli.troubles import CHECK, named, unreadable
from sync.cli.words import outcome_word
from sync.i18n import _, ngettext
from sync.model import Plain
from sync.noted import noted
from sync.plan.actions import Hold
from sync.state import CollectionState
from sync.store.base import Run, Store
from sync.wording import Words


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Say how everything stands, what is wrong and what to do."))(status)


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Read the store alone: works beside the daemon. Exit 1 if it is dead, or anything is wrong."""
    at = session(context)
    with at.store() as store:
        data = _data(at, store)
    if as_json:
        at.give(data)
    else:
        for line, style in _lines(at, data):
            at.say(line, style)
    raise typer.Exit(0 if data["ok"] else 1)


def _data(at: Session, store: Store) -> dict[str, Plain]:
    units = mapping_names(at.settings)
    last = next(iter(store.runs(1)), None)
    states = {k: s for k, s in store.collections().items() if s.unit in units}
    collections: list[Plain] = [_collection(key, s) for key, s in sorted(states.items())]
    held = [*_held(at, store, units, states)]
    intents = store.intents()
    unresolved = sum(1 for i in intents if i.collection in states)
    failures = [
        {"unit": unit, "collection": key, **asdict(failure)}
        for unit in units
        for key, failure in sorted(noted(store, unit).failures.items())
        if key not in states or not states[key].stranded  # it left; a hold says what it owes
    ]
    told = store.meta(WAITING)
    waiting = told if isinstance(told, dict) else {}
    dead: list[Plain] = [asdict(one) for one in pulse.dead(store, units, waiting)]
    lost = store.lost()
    unmet = any(not one["met"] for one in collections if isinstance(one, dict))
    doubts: list[Plain] = [asdict(one) for one in access.noted(store, _systems(at))]
    wrong = dead or failures or held or unresolved or lost or waiting or unmet or doubts
    return {
        "ok": not wrong,
        "dead": dead,
        "last_run": _run(last),
        "collections": collections,
        "failures": [*failures],
        "held": [*held],
        "dying": [asdict(one) for unit in units for one in noted(store, unit).dying],
        "conflicts": len(store.kept(open_only=True)),
        "unresolved": unresolved,
        "lost": lost,
        "waiting": waiting,
        "access": doubts,
    }


def _systems(at: Session) -> list[str]:
    said = at.settings.source.data
    systems = said.get("systems") if isinstance(said, dict) else None
    return list(systems) if isinstance(systems, dict) else []


def _collection(key: str, state: CollectionState) -> Plain:
    return {
        "collection": key,
        "met": state.met or "#" in key,  # children are met with their parents
        "failure": state.failure,
        "held": state.held,
        "unreadable": {**state.malformed},
    }


def _held(
    at: Session, store: Store, units: list[str], states: dict[str, CollectionState]
) -> Iterator[dict[str, Plain]]:
    """Every hold, with the title of what it is about and the command that releases it."""
    words = Words.of(at.settings, store)
    found: list[tuple[str, Hold]] = []
    for unit in units:
        mine = {key: state for key, state in states.items() if state.unit == unit}
        told = noted(store, unit).holds
        every = (*told, *holds.standing(store.items(unit), mine, told))
        found += [(named(words, store, hold.subject), hold) for hold in every]
    for name, hold in (*found, *unreadable(store, units, states)):
        yield {
            "subject": hold.subject,
            "title": name,
            "cause": hold.cause,
            "command": hold.command,
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


def _lines(at: Session, data: dict[str, Plain]) -> Iterator[tuple[str, str]]:
    """What to say of it, and in which style; `data` is what `--json` prints."""
    for one in _listed(data["dead"]):
        said = _("{unit} is not kept in step any more, since {moment}: {cause}")
        moment = at.moment(str(one["since"]))
        yield said.format(unit=one["unit"], moment=moment, cause=one["cause"]), "red"
    yield _last(at, data["last_run"]), ""
    if lost := data["lost"]:
        yield _("the store is not the latest: {reason}").format(reason=lost), "red"
        yield "    jumelage relink", ""
    waiting = data["waiting"]
    for unit, cause in waiting.items() if isinstance(waiting, dict) else ():
        yield _("{unit} waits: {cause}").format(unit=unit, cause=cause), "red"
        yield f"    {CHECK}", ""
    for doubt in _listed(data["access"]):
        style = "red" if doubt["urgent"] else "yellow"
        yield f"{doubt['system']}: {doubt['cause']}", style
        yield f"    {CHECK}", ""
    for failure in _listed(data["failures"]):
        said = _("failed: {subject}: {cause} (since {moment})")
        moment = at.moment(str(failure["since"]))
        yield (
            said.format(subject=failure["collection"], cause=failure["cause"], moment=moment),
            "red",
        )
        yield f"    {CHECK}", ""
    for hold in _listed(data["held"]):
        said = _("held: {subject}: {cause}")
        yield said.format(subject=hold["title"], cause=hold["cause"]), "yellow"
        yield f"    {hold['command']}", ""
    yield from _unmet(data)
    for one in _listed(data["dying"]):
        yield at.dying(str(one["title"]), str(one["goes"])), ""
    yield from _counts(data)
    if data["ok"]:
        yield _("all in step"), "green"


def _last(at: Session, run: Plain) -> str:
    if not isinstance(run, dict):
        return _("nothing has run yet — jumelage sync")
    return _("last run: {run}, {moment}, {outcome}").format(
        run=run["run"],
        moment=at.moment(str(run["started"])),
        outcome=outcome_word(str(run["outcome"] or "")),
    )


def _unmet(data: dict[str, Plain]) -> Iterator[tuple[str, str]]:
    """Collections whose first meeting is not done, where no hold says why."""
    if data["held"] or data["failures"]:
        return
    for state in _listed(data["collections"]):
        if not state["met"]:
            said = _("{subject} was not met yet — jumelage plan shows why")
            yield said.format(subject=state["collection"]), "yellow"


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
        yield said.format(count=count) + " — jumelage sync", "yellow"


def _listed(value: Plain) -> list[dict[str, Plain]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
