"""What people edit in the demo, and how one sees that an edit has arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.demo.hands import Card
from sync.demo.premises import FILES as FIRST
from sync.demo.premises import Premises
from sync.demo.screen import moment, tick
from sync.i18n import _

COFFEE = "Commander le café équitable"
FAMILIES = "Accueillir les trois nouvelles familles"
ROTA = "Planning des permanences de décembre"
BUDGET, BREAD = "Comptes/Budget 2026.csv", "Fournil/Premier essai.md"
DUE = datetime(2026, 12, 4, 11, tzinfo=UTC)
WANTED, FOUND = "Il manque encore le jeudi soir !", "Le jeudi soir est pris."


@dataclass(frozen=True)
class Edit:
    """One edit of a card: on which side, how its field looks, and whether it is made."""

    card: str
    side: str
    show: Callable[[Card], str]
    made: Callable[[Card], bool]


@dataclass(frozen=True)
class Saved:
    """One file that was saved: on which side, and its whole text."""

    name: str
    side: str
    text: str


CARDS = (
    Edit(COFFEE, "trello", lambda card: moment(card.due), lambda card: card.due == DUE),
    Edit(FAMILIES, "agenda", lambda card: tick(card.done), lambda card: card.done),
    Edit(
        ROTA,
        "wiki",
        lambda card: next((said for said in (WANTED, FOUND) if said in card.text), "-"),
        lambda card: FOUND in card.text and WANTED not in card.text,
    ),
)
FILES = (
    Saved(BUDGET, "drive", FIRST[BUDGET] + "compost;90\n"),
    Saved(BREAD, "desk", "# Premier essai\n\nTrop cuit. On recommence samedi.\n"),
)


def edit_cards(place: Premises) -> Iterator[str]:
    """Edit one card on each side; say what was done."""
    place.board.put_off(COFFEE, DUE)
    said = _("Camille, on the board (by Trello's API): “{card}” is due on {due}")
    yield said.format(card=COFFEE, due=moment(DUE))
    place.agenda.tick(FAMILIES)
    yield _("Nour, on the phone (by CalDAV): “{card}” is done").format(card=FAMILIES)
    place.wiki.rewrite(ROTA, WANTED, FOUND)
    said = _("Yann, in the page “{card}” (a Markdown file): “{text}”")
    yield said.format(card=ROTA, text=FOUND)


def edit_files(place: Premises) -> Iterator[str]:
    """Save a file on each side; say what was done."""
    place.drive.write(BUDGET, FILES[0].text)
    yield _("Awa, on the drive (by WebDAV): a line more in “{file}”").format(file=BUDGET)
    place.desk.write(BREAD, FILES[1].text)
    yield _("Théo, on the desk: a new file “{file}”").format(file=BREAD)
