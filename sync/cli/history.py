"""`log` and `why`: who changed what where, by which rule, in which run."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from sync.cli.items import find, mapping_names, title
from sync.cli.kept import kept_data, show_kept
from sync.cli.session import AsJson, Session, session
from sync.cli.words import FOLD, reason_word, standing_word, verb_word
from sync.i18n import _
from sync.model import Plain
from sync.settle import VERB as SETTLE
from sync.state import Item
from sync.store.base import Logged
from sync.store.sql import SQLStore
from sync.wording import Words

MOST = 50
"""Lines of the journal that are named as broken."""
LONGEST = 60
"""Characters of a value that are shown on a line."""


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Show the journal, newest first."))(log)
    app.command(help=_("Say how an item came to be as it is."))(why)


def log(
    context: typer.Context,
    run: Annotated[str | None, typer.Option(help=_("Of one run."))] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help=_("At most so many."))] = 50,
    verify: Annotated[
        bool, typer.Option("--verify", help=_("Check that no line was altered or taken out."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show journal lines, or whether they are as they were written (exit 1 if not)."""
    at = session(context)
    with at.store() as store:
        if verify:
            _verify(at, store, as_json=as_json)
        lines = store.journal(run=run, limit=limit)
        if as_json:
            at.give([line_data(line) for line in lines])
            return
        words = Words.of(at.settings, store)
        for line in lines:
            known = store.item(line.entry.item)
            _show_line(at, words, line, known, title(known) if known else line.entry.item)


def _verify(at: Session, store: SQLStore, *, as_json: bool) -> NoReturn:
    broken, lines = store.broken(), store.journal()
    erased = sum(1 for line in lines if line.erased)
    if as_json:
        at.give({"lines": len(lines), "erased": erased, "broken": [*broken]})
    elif broken:
        for seq in broken[:MOST]:
            at.say(_("line {seq} is not as it was written, or missing").format(seq=seq), "red")
        if len(broken) > MOST:
            at.say(_("and {count} more").format(count=len(broken) - MOST), "red")
    else:
        said = _("{count} lines, {erased} of them erased: all as they were written")
        at.say(said.format(count=len(lines), erased=erased), "green")
    raise typer.Exit(1 if broken else 0)


def why(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help=_("Its id, its title or what a side calls it."))],
    as_json: AsJson = False,
) -> None:
    """Tell an item's story: where it stands, and every change, newest first."""
    at = session(context)
    with at.store() as store:
        found = find(store, mapping_names(at.settings), item)
        lines = store.journal(item=found.id)
        kept = store.kept(item=found.id)
        words = Words.of(at.settings, store)
    if as_json:
        at.give(
            {
                **_item_data(found),
                "journal": [line_data(line) for line in lines],
                "kept": [kept_data(one) for one in kept],
            }
        )
        return
    at.say(f"{title(found)}  ({found.id})", "bold")
    for key, side in sorted(found.sides.items()):
        at.say(f"  {standing_word(side.standing)}  {key}  {side.ref or ''}")
    for field, cause in sorted(found.held.items()):
        subject = words.field(found.kind, field or "*")
        at.say("  " + _("held: {subject}: {cause}").format(subject=subject, cause=cause))
    for line in lines:
        _show_line(at, words, line, found, "")
    for one in kept:
        show_kept(at, words, one, found, named=False)


def line_data(line: Logged) -> dict[str, Plain]:
    """A journal line."""
    entry = line.entry
    return {
        "seq": line.seq,
        "at": line.at.isoformat(),
        "run": entry.run,
        "verb": entry.verb,
        "item": entry.item,
        "collection": entry.collection,
        "ref": entry.ref,
        "before": {**entry.before},
        "after": {**entry.after},
        "reason": entry.reason,
        "author": entry.author,
        "erased": line.erased,
    }


def _item_data(item: Item) -> dict[str, Plain]:
    return {
        "item": item.id,
        "kind": item.kind,
        "title": title(item),
        "dead": item.dead,
        "held": {**item.held},
        "sides": {
            key: {"standing": side.standing.value, "ref": side.ref}
            for key, side in item.sides.items()
        },
    }


def _show_line(at: Session, words: Words, line: Logged, item: Item | None, name: str) -> None:
    entry = line.entry
    who = f"  {entry.author}" if entry.author else ""
    moment = at.moment(line.at.isoformat())
    at.say(f"{moment}  {entry.run}  {verb_word(entry.verb)}  {entry.collection}  {name}{who}")
    # What a write sent is in its side's own words.
    kind = item.kind if item and entry.verb in (FOLD, SETTLE) else ""
    for field in sorted({*entry.before, *entry.after}):
        before, after = (
            words.value(kind, field, values.get(field), LONGEST)
            for values in (entry.before, entry.after)
        )
        said = _("{field}: {before} → {after}")
        at.say("    " + said.format(field=words.field(kind, field), before=before, after=after))
    if line.erased:
        at.say("    " + _("erased"))
    if entry.reason:
        at.say(f"    {reason_word(entry.reason)}")
