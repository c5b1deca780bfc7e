"""The demo, act by act."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

from sync.app import open_store
from sync.demo import premises, watch
from sync.demo.edits import CARDS, FILES, edit_cards, edit_files
from sync.demo.premises import BOARD, Premises
from sync.demo.screen import Screen, moment
from sync.errors import ConfigError
from sync.i18n import _
from sync.settings import load
from sync.settings.document import PREFIX
from sync.store.base import Kept, Store

SERVERS = f"{PREFIX}SERVERS"
SHELVES = "Livraison des étagères"
EARLIER = datetime(2026, 12, 9, 8, tzinfo=UTC)
LATER = datetime(2026, 12, 10, 8, tzinfo=UTC)


def demo(*, once: bool = False) -> int:
    """Show everything; the exit status is 0 if all that was claimed was found to be so.

    `once`: end then, instead of staying until Ctrl-C. Raises `ConfigError` if this machine
    lacks a server.
    """
    for name in [name for name in os.environ if name.startswith(PREFIX) and name != SERVERS]:
        del os.environ[name]  # settings of a Jumelage in earnest have no part in this
    if lacking := premises.missing():
        raise ConfigError(lacking)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # servers are stopped then as well
    screen = Screen()
    screen.say(_("Jumelage at work for Le Vallon, a co-operative that does not exist."), "bold")
    screen.say(_("Everything happens on this machine, in a folder that is removed at the end."))
    with ExitStack() as closing:
        closing.callback(
            lambda: screen.say(_("The servers are stopped, and the folder is removed."))
        )
        with screen.out.status(_("starting the servers…")):
            place = closing.enter_context(premises.opened())
        for act in (_tools, _mirror, _edit, _disagree, _rest):
            act(screen, place)
        _sum_up(screen)
        if not once:
            watch.stay(screen, place)
    return 1 if screen.broken else 0


def _tools(screen: Screen, place: Premises) -> None:
    screen.act(_("1. The tools of the co-operative"))
    screen.table(
        (_("side"), _("what it is")),
        (
            ("trello", _("the board “{name}”, on a stand-in for Trello").format(name=BOARD)),
            ("agenda", _("a list of tasks: CalDAV, served by Radicale")),
            ("wiki", _("a folder of Markdown pages")),
            ("drive", _("shared files: WebDAV, served by WsgiDAV")),
            ("desk", _("a folder on somebody's computer")),
        ),
    )
    screen.say("")
    screen.say(_("Two mappings, which an admin writes, say what mirrors what:"))
    for name in ("programme", "partage"):
        path = place.mapping(name)
        screen.line(f"  {path}", "bold")
        for line in path.read_text("utf-8").splitlines():
            screen.line(f"    {line}", "cyan")
    screen.say(_("The systems that they name stand in a third file, secrets apart:"))
    screen.line(f"  {place.config}", "bold")


def _mirror(screen: Screen, place: Premises) -> None:
    screen.act(_("2. The first mirror"))
    before = _counts(place)
    screen.command(place.config, "sync", "--yes")
    after = _counts(place)
    places = {
        "trello": f"{place.board.url}boards/{place.board.board}",
        "agenda": place.agenda.url,
        "wiki": str(place.wiki.folder),
        "drive": place.drive.url,
        "desk": str(place.desk.folder),
    }
    screen.say("")
    screen.table(
        (_("side"), _("before"), _("after"), _("where to look")),
        ((side, str(before[side]), str(after[side]), where) for side, where in places.items()),
    )
    screen.say("")
    cards = [card.facts for card in place.board.cards().values()]
    standing = [card.facts for card in place.board.cards().values() if not card.archived]
    screen.claim(
        sorted(card.facts for card in place.wiki.cards().values()) == sorted(cards) != [],
        _("each of the {count} cards is a page, archived ones too").format(count=len(cards)),
    )
    screen.claim(
        sorted(card.facts for card in place.agenda.cards().values()) == sorted(standing) != [],
        _("each of the {count} cards that are not archived is a task").format(count=len(standing)),
    )
    files = place.drive.files()
    screen.claim(
        place.desk.files() == files != {},
        _("each of the {count} files stands on both sides, byte for byte").format(count=len(files)),
    )


def _counts(place: Premises) -> dict[str, int]:
    return {side: len(standing) for side, standing in place.versions().items()}


def _edit(screen: Screen, place: Premises) -> None:
    screen.act(_("3. People edit, each with their own tool"))
    before = place.wiki.cards()
    for said in (*edit_cards(place), *edit_files(place)):
        screen.point(said)
    screen.say("")
    screen.command(place.config, "sync")
    screen.say("")
    sides = place.cards()
    screen.table(
        (_("card"), _("before"), *sides),
        (
            (
                edit.card,
                edit.show(before[edit.card]),
                *(
                    edit.show(cards[edit.card]) + (" ✎" if side == edit.side else "")
                    for side, cards in sides.items()
                ),
            )
            for edit in CARDS
        ),
    )
    screen.say("")
    for edit in CARDS:
        screen.claim(
            not edit.made(before[edit.card])
            and all(edit.made(cards[edit.card]) for cards in sides.values()),
            _("edited on {side}, now on all three sides: {card}").format(
                side=edit.side, card=edit.card
            ),
        )
    drive, desk = place.drive.files(), place.desk.files()
    for file in FILES:
        screen.claim(
            drive.get(file.name) == desk.get(file.name) == file.text,
            _("saved on {side}, now on both sides: {file}").format(side=file.side, file=file.name),
        )


def _disagree(screen: Screen, place: Premises) -> None:
    screen.act(_("4. Two people change the same field at once"))
    now = datetime.now(UTC)
    place.agenda.put_off(SHELVES, EARLIER, now - timedelta(minutes=1))
    place.board.put_off(SHELVES, LATER)
    said = _("in the agenda, a minute ago: “{card}” is due on {due}")
    screen.point(said.format(card=SHELVES, due=moment(EARLIER)))
    said = _("on the board, just now: “{card}” is due on {due}")
    screen.point(said.format(card=SHELVES, due=moment(LATER)))
    screen.say("")
    screen.command(place.config, "sync")
    screen.command(place.config, "conflicts")
    screen.say("")
    said = _("the newest stands on all three sides, as the mapping says: {due}")
    screen.claim(
        all(cards[SHELVES].due == LATER for cards in place.cards().values()),
        said.format(due=moment(LATER)),
    )
    kept = _kept(place)
    screen.claim(
        [datetime.fromisoformat(str(one.salvage.value)) for one in kept] == [EARLIER],
        _("the other is not lost, but kept and listed: {due}").format(due=moment(EARLIER)),
    )
    for one in kept:
        command = f"jumelage settle {one.id} --keep lost"
        said = _("Whoever wants that one after all says so: `{command}`, or writes it on any side.")
        screen.say(said.format(command=command))


def _kept(place: Premises) -> list[Kept]:
    with _memory(place) as store:
        return store.kept(open_only=True)


def _rest(screen: Screen, place: Premises) -> None:
    screen.act(_("5. Nobody has changed anything: nothing is written"))
    before = place.versions()
    screen.command(place.config, "sync")
    screen.say("")
    with _memory(place) as store:
        written = store.runs(1)[0].summary.get("written")
    screen.claim(written == 0, _("the run sent 0 writes"))
    screen.claim(place.versions() == before, _("nothing was touched on any side"))


@contextmanager
def _memory(place: Premises) -> Iterator[Store]:
    """What Jumelage remembers, as `status` and `log` read it."""
    store = open_store(load(place.config), read_only=True)
    try:
        yield store
    finally:
        store.close()


def _sum_up(screen: Screen) -> None:
    screen.say("")
    if screen.broken:
        screen.say(_("Not everything was found to be so:"), "bold red")
        for text in screen.broken:
            screen.point(text, "✗", "red")
        return
    said = _("All {count} claims (✓) were checked on the servers and in the folders themselves.")
    screen.say(said.format(count=screen.proved), "bold green")
