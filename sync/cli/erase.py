"""`erase`: what the store remembers of a person, of an item, or of old times."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from sync import erasure
from sync.app import clear_away, open_blobs, open_store
from sync.cli.items import find
from sync.cli.session import AsJson, Session, session
from sync.erasure import Erasure
from sync.i18n import _
from sync.mapping.source import load
from sync.model import Plain
from sync.remnants import Named
from sync.store.base import Store


def add(app: typer.Typer) -> None:
    """Add this command."""
    app.command(help=_("Erase what is remembered of a person or an item, or what is old."))(erase)


def erase(
    context: typer.Context,
    *,
    person: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERSON]",
            help=_("A name or an account: what they wrote, and what names them."),
        ),
    ] = None,
    item: Annotated[
        str | None, typer.Option(help=_("An item: its id, its title or what a side calls it."))
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=_("Everything from before this day.")),
    ] = None,
    old: Annotated[
        bool, typer.Option("--old", help=_("What is older than `retention` in the settings says."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do it, not only show it."))] = False,
    as_json: AsJson = False,
) -> None:
    """Erase. What stands on the sides is not touched, and the journal still verifies."""
    at = session(context)
    if sum(map(bool, (person, item, before, old))) != 1:
        raise typer.BadParameter(_("name a person, or one of --item, --before and --old"))

    def found(store: Store) -> Erasure:
        if person:
            return _of_person(at, store, person)
        if item:
            return erasure.of_item(store, find(store, store.units(), item).id)
        if before:
            zone = ZoneInfo(at.settings.timezone)
            return erasure.before(store, before.replace(tzinfo=zone))
        return erasure.old(store, at.settings.retention, datetime.now(UTC))

    if not yes:
        with at.store() as store:
            _tell(at, found(store), done=False, as_json=as_json)
        return
    store = open_store(at.settings)
    try:
        erased = found(store)
        reason = "retention" if old else "asked"
        if erased:
            erased.carry_out(store, reason)
        clear_away(store, open_blobs(at.settings))
    finally:
        store.close()
    _tell(at, erased, done=True, as_json=as_json)


def _of_person(at: Session, store: Store, person: str) -> Erasure:
    """By every name and account that the table of people has for them."""
    names, accounts = {person}, set[tuple[str, str]]()
    for alias, said in _people(at.settings.people).items():
        known = {
            (key, account)
            for key, value in said.items()
            for account in (value if isinstance(value, list) else [value])
            if isinstance(account, str)
        }
        if person == alias or person in {account for _key, account in known}:
            names |= {alias, *(account for _key, account in known)}
            accounts |= known
    return erasure.of_person(store, Named(names), accounts)


def _people(path: Path) -> dict[str, dict[str, Plain]]:
    """Alias -> the name that people know, and the accounts, by system."""
    said = load(path).data if path.exists() else None
    told = said.items() if isinstance(said, dict) else ()
    return {alias: one for alias, one in told if isinstance(one, dict)}


def _tell(at: Session, erased: Erasure, *, done: bool, as_json: bool) -> None:
    counts: dict[str, Plain] = {
        "journal": len(erased.lines),
        "kept": len(erased.kept),
        "runs": len(erased.runs),
        "items": len(erased.items),
        "cleaned": len(erased.cleaned) + len(erased.nonces) + len(erased.rest),
        "living": [*erased.living],
        "unresolved": erased.unresolved,
    }
    if as_json:
        at.give({"done": done, **counts})
        return
    at.say(_("lines of the journal: {count}").format(count=counts["journal"]))
    at.say(_("values that were kept: {count}").format(count=counts["kept"]))
    at.say(_("deleted items that are still remembered: {count}").format(count=counts["items"]))
    at.say(_("runs: {count}").format(count=counts["runs"]))
    if erased.living:
        said = _("{count} items still stand on a side: what stands there is not touched")
        at.say(said.format(count=len(erased.living)), "yellow")
    if erased.unresolved:
        said = _("{count} items wait for a write whose outcome is not known: erase again later")
        at.say(said.format(count=erased.unresolved), "yellow")
    if done:
        at.say(_("erased; backups, saved plans and the service's log are yours to see to"), "green")
    else:
        at.say(_("nothing was erased yet: --yes does it"))
