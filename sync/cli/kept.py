"""`conflicts`, `kept` and `settle`: values that were lost to others, and having them back."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from sync.cli.items import title
from sync.cli.reversal import ask
from sync.cli.session import AsJson, Session, session
from sync.deeds import decision
from sync.errors import ConfigError
from sync.i18n import _
from sync.model import Plain
from sync.settings.people import People, read_people
from sync.settle import chosen
from sync.store.base import Kept, Store

LONGEST = 200
"""Characters of a value that are shown; `--json` has all of it."""


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("List the values that lost a conflict nobody has settled."))(conflicts)
    app.command(help=_("List every value that was kept, for whatever cause."))(kept)
    app.command(help=_("Settle a conflict, or bring a kept value back."))(settle)


def conflicts(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help=_("Those that were settled too, and how."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List open conflicts, with both values and whose they are."""
    at = session(context)
    with at.store() as store:
        known = store.kept(open_only=not everything)
        found = [one for one in known if one.salvage.cause == "conflict"]
        _list(at, store, found, as_json=as_json)
    if not found and not as_json:
        at.say(_("no conflict"))


def kept(
    context: typer.Context,
    cause: Annotated[
        str | None,
        typer.Option(
            help=_("Of one cause: conflict, unseen, pushed-out, deleted, overwritten, settled.")
        ),
    ] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help=_("At most so many."))] = 50,
    as_json: AsJson = False,
) -> None:
    """List what was kept, newest first."""
    at = session(context)
    with at.store() as store:
        found = [one for one in store.kept() if cause in (None, one.salvage.cause)]
        _list(at, store, found[:limit], as_json=as_json)


def settle(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help=_("As `conflicts` or `kept` shows it."))
    ],
    keep: Annotated[
        str,
        typer.Option(
            metavar="stands|lost|SIDE",
            help=_("What is to stand: the value that stands, the one that was lost, or a side's."),
        ),
    ],
) -> None:
    """Settle. The value spreads at the next synchronisation; `undo` takes the decision back."""
    at = session(context)
    with at.store() as store:
        try:
            chosen(store, number, keep)
        except ConfigError as error:
            raise typer.BadParameter(str(error)) from error
    run = ask(at, "settle", decision(number, keep, _who()))
    at.say(_("settled: {number} — {run}").format(number=number, run=run))


def _who() -> str:
    """Who decides: the name of the account on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return "admin"


@dataclass(frozen=True)
class Names:
    """What people call sides and each other."""

    sides: Mapping[str, str]
    people: People

    @classmethod
    def of(cls, at: Session, store: Store) -> Names:
        """The names that the store and the table of people know."""
        sides = {key: state.label for key, state in store.collections().items() if state.label}
        people, _faults = read_people(at.settings.people, {key.split("/")[0] for key in sides})
        return cls(sides, people)

    def origin(self, at: Session, origin: Mapping[str, Plain]) -> str:
        """A side, an author and a moment, as far as each is known."""
        key, author, since = (origin.get(name) for name in ("collection", "author", "since"))
        parts = [self.sides.get(str(key), str(key))] if key else []
        if author:
            alias = self.people.accounts.get(str(key or "").split("/")[0], {}).get(str(author))
            parts.append(self.people.names.get(alias or "", alias or str(author)))
        if since:
            parts.append(at.moment(str(since)))
        return ", ".join(parts) or "-"


def _list(at: Session, store: Store, found: list[Kept], *, as_json: bool) -> None:
    titles = {one.id: _title(store, one) for one in found}
    if as_json:
        at.give([{**kept_data(one), "title": titles[one.id]} for one in found])
        return
    names = Names.of(at, store)
    for one in found:
        show_kept(at, names, one, titles[one.id])


def _title(store: Store, one: Kept) -> str:
    known = store.item(one.salvage.item)
    return title(known) if known else one.salvage.item


def kept_data(one: Kept) -> dict[str, Plain]:
    """A value that was kept."""
    salvage = one.salvage
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "run": one.run,
        "item": salvage.item,
        "field": salvage.field,
        "value": salvage.value,
        "stands": salvage.kept,
        "collection": salvage.collection,
        "cause": salvage.cause,
        "author": salvage.author,
        "since": salvage.since,
        "against": salvage.against,
        "settled": one.settled,
    }


def show_kept(at: Session, names: Names, one: Kept, name: str) -> None:
    """Say what was lost, what stands instead, whose they are, and how it is settled."""
    salvage = one.salvage
    field = {"": _("whether it stands"), "*": _("all of it")}.get(salvage.field, salvage.field)
    at.say(f"{one.id}  {name}  {field}  ({salvage.cause}, {at.moment(one.at.isoformat())})")
    lost = {
        "collection": salvage.collection,
        "author": salvage.author,
        "since": salvage.since,
    }
    said = _("lost: {value}").format(value=_shown(salvage.field, salvage.value))
    at.say(f"    {said}  ({names.origin(at, lost)})")
    if salvage.kept is not None:
        against = salvage.against if isinstance(salvage.against, dict) else {}
        said = _("stands: {value}").format(value=_shown(salvage.field, salvage.kept))
        at.say(f"    {said}  ({names.origin(at, against)})")
    if one.settled is not None:
        at.say("    " + _("settled: {how}").format(how=one.settled))
    elif salvage.cause == "conflict":
        at.say(f"    jumelage settle {one.id} --keep lost")


def _shown(field: str, value: Plain) -> str:
    if not field:
        return _("it stands") if value else _("deleted")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
