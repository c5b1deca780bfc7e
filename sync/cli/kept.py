"""`conflicts`, `kept` and `settle`: values that were lost to others, and having them back."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from sync.cli.items import title
from sync.cli.reversal import ask
from sync.cli.session import AsJson, Session, session
from sync.cli.words import CONFLICT, cause_word
from sync.deeds import decision
from sync.errors import ConfigError
from sync.i18n import _
from sync.model import Plain
from sync.settle import chosen, how
from sync.state import Item
from sync.store.base import Kept, Store
from sync.wording import Words


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
        found = [one for one in known if one.salvage.cause == CONFLICT]
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


def _list(at: Session, store: Store, found: list[Kept], *, as_json: bool) -> None:
    items = {one.id: store.item(one.salvage.item) for one in found}
    if as_json:
        at.give([{**kept_data(one), "title": _title(one, items[one.id])} for one in found])
        return
    words = Words.of(at.settings, store)
    for one in found:
        show_kept(at, words, one, items[one.id])


def _title(one: Kept, item: Item | None) -> str:
    return title(item) if item else one.salvage.item


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


def show_kept(
    at: Session, words: Words, one: Kept, item: Item | None, *, named: bool = True
) -> None:
    """Say what was lost, what stands instead, whose they are, and how it is settled.

    `named`: with the title of the item.
    """
    salvage = one.salvage
    kind = item.kind if item else ""
    field = words.field(kind, salvage.field)
    about = "  ".join([str(one.id), *([_title(one, item)] if named else []), field])
    at.say(f"{about}  ({cause_word(salvage.cause)}, {at.moment(one.at.isoformat())})")
    lost = {
        "collection": salvage.collection,
        "author": salvage.author,
        "since": salvage.since,
    }
    said = _("lost: {value}").format(value=words.value(kind, salvage.field, salvage.value))
    at.say(f"    {said}  ({words.origin(lost)})")
    if salvage.kept is not None:
        against = salvage.against if isinstance(salvage.against, dict) else {}
        said = _("stands: {value}").format(value=words.value(kind, salvage.field, salvage.kept))
        at.say(f"    {said}  ({words.origin(against)})")
    if one.settled is not None:
        at.say("    " + _("settled: {how}").format(how=how(one.settled)))
    elif salvage.cause == CONFLICT:
        at.say(f"    jumelage settle {one.id} --keep lost")
