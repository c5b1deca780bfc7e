"""The end of the demo: everything stays up, in step, and people may try."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

from sync import i18n
from sync.app import App, assembled, configure
from sync.cli.items import title
from sync.daemon import Daemon
from sync.demo.edits import ROTA
from sync.demo.premises import Premises
from sync.demo.screen import Screen
from sync.i18n import _
from sync.model import Plain
from sync.settings import load
from sync.state import Item, JournalEntry
from sync.store.base import Logged

LOOK = 0.5
"""Seconds between two looks at the journal."""
LONGEST = 40
MOST = 200
"""Lines of the journal that are told after one look."""


def stay(screen: Screen, place: Premises) -> None:
    """Keep everything in step, and tell what happens, until Ctrl-C."""
    screen.act(_("6. Your turn"))
    _invite(screen, place)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_signal: stop.set())
    with assembled(configure(load(place.config))) as app:
        teller = Thread(target=_tell, args=(screen, app, stop))
        teller.start()
        try:
            Daemon(app, stop).serve()
        finally:
            stop.set()
            teller.join()
    screen.say("")


def _invite(screen: Screen, place: Premises) -> None:
    said = _("Jumelage looks every 3 seconds now (as `jumelage run` does), until Ctrl-C. Try:")
    screen.say(said)
    page = place.wiki.cards()[ROTA].ref
    for what, lines in (
        (_("Write in a page, with any editor:"), [shlex.quote(page)]),
        (_("Save files in this folder:"), [shlex.quote(str(place.desk.folder))]),
        (_("Rename a card on the board:"), _rename(place)),
        (
            _("Open tasks (Thunderbird, a phone) or files as “person”, password {word}:").format(
                word="pass-of-person"
            ),
            [place.agenda.url, place.drive.url],
        ),
        (_("Ask Jumelage, in another terminal:"), _questions(place.config)),
    ):
        screen.say(f"  {what}", "bold")
        for line in lines:
            screen.line(f"    {line}")
    screen.say("")


def _rename(place: Premises) -> list[str]:
    card = place.board.cards()[ROTA].ref
    return [f"curl -X PUT '{place.board.url}cards/{card}?{place.board.query}&name=Permanences'"]


def _questions(config: Path) -> list[str]:
    here = Path(sys.argv[0]).absolute()
    program = str(here) if here.name == "jumelage" else f"{sys.executable} -m sync.cli"
    commands = ("status", "log -n 5", "conflicts")
    return [
        f"export JUMELAGE_CONFIG={shlex.quote(str(config))}",
        *(f"{program} {command}" for command in commands),
    ]


def _tell(screen: Screen, app: App, stop: Event) -> None:
    known = max((line.seq for line in app.store.journal(limit=1)), default=0)
    while not stop.wait(LOOK):
        news = [line for line in app.store.journal(limit=MOST) if line.seq > known]
        known = max((line.seq for line in news), default=known)
        for said in _sentences(app, news[::-1]):
            screen.line(said)


def _sentences(app: App, news: list[Logged]) -> Iterator[str]:
    """Each edit that was taken in, then where each item was written."""
    written: dict[str, list[str]] = {}
    for line in news:
        side = line.entry.collection.partition("/")[0]
        if line.entry.verb == "fold":
            said = _changes(app, app.store.item(line.entry.item), line.entry)
            yield f"{_clock(line)}  ✎ {side}  {_name(app, line)}  {said}"
        else:
            written.setdefault(f"{_clock(line)}  {_name(app, line)}", []).append(side)
    for item, sides in written.items():
        clock, _gap, name = item.partition("  ")
        yield f"{clock}    → {', '.join(sides)}  {name}"


def _clock(line: Logged) -> str:
    return f"{line.at.astimezone():%H:%M:%S}"


def _name(app: App, line: Logged) -> str:
    item = app.store.item(line.entry.item)
    return title(item) if item else line.entry.item


def _changes(app: App, item: Item | None, entry: JournalEntry) -> str:
    kind = app.configuration.kinds.get(item.kind) if item else None
    told = []
    for field in sorted({*entry.before, *entry.after}):
        labels = kind.fields[field].labels if kind and field in kind.fields else {}
        before, after = _brief(entry.before.get(field)), _brief(entry.after.get(field))
        told.append(f"{labels.get(i18n.language(), field)}: {before} → {after}")
    return ", ".join(told)


def _brief(value: Plain) -> str:
    if value is None:
        return "-"
    text = str(value.get("name", value) if isinstance(value, dict) else value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
