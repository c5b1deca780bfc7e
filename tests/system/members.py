"""People at work on every side of a scene, and the ledger of what they typed.

Each value is a token that nobody else types. It lives until somebody who could see it
overwrote or deleted it; what lives must be found on a side or in the salvage.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from sync.model import Plain
from tests.system.hands import Hands
from tests.system.world import Scene

TOKEN = re.compile(r"\b[tdm]\d+z\b")
FEWEST, MOST = 5, 10
"""Cards below which nobody deletes, and above which nobody makes more."""
Cards = dict[str, dict[str, Plain]]


def tokens(value: object) -> set[str]:
    """The tokens that a value shows."""
    return set(TOKEN.findall(str(value)))


@dataclass
class Ledger:
    """Every token that was typed, and those that people let go."""

    typed: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)

    @property
    def alive(self) -> set[str]:
        return self.typed - self.dead


class Members:
    """Random members of the collective, each an account of its own on one side."""

    def __init__(self, scene: Scene, chance: random.Random) -> None:
        self.scene = scene
        self.chance = chance
        self.ledger = Ledger()
        self.deleted = 0
        """Since everything was last in step: a side may lose half of its cards at most."""
        self._serial = 0

    def _token(self, letter: str) -> str:
        self._serial += 1
        made = f"{letter}{self._serial}z"
        self.ledger.typed.add(made)
        return made

    def sign(self) -> None:
        """Put a name of our own on every card that stands on the board."""
        hands = self.scene.hands("trello")
        for card in sorted(cards := hands.cards(archived=True)):
            text = f"{cards[card]['description'] or ''}\n\nVu {self._token('d')}".strip()
            hands.edit(card, title=f"{card} {self._token('t')}", description=text)

    def act(self) -> str:
        """One person does one thing somewhere; what it was."""
        side = self.chance.choice(self.scene.sides)
        hands = self.scene.hands(side)
        cards = hands.cards()
        verbs = ["rename", "write", "append", "empty", "date", "finish"]
        verbs += ["make"] * 2 if len(cards) < MOST else []
        verbs += ["delete"] * 2 if len(cards) > FEWEST and self.deleted < 2 else []
        verb = self.chance.choice(verbs) if cards else "make"
        getattr(self, f"_{verb}")(hands, cards)
        return f"{verb} on {side}"

    def _make(self, hands: Hands, _cards: Cards) -> None:
        title, text = f"Tâche {self._token('t')}", f"Fait {self._token('d')}"
        more = {"list": "À faire"} if hands.holds("list") else {}
        hands.make(title, description=text, **more)

    def _pick(self, cards: Cards) -> str:
        return self.chance.choice(sorted(cards))

    def _change(self, hands: Hands, cards: Cards, card: str, **changes: Plain) -> None:
        for name, new in changes.items():
            self.ledger.dead |= tokens(cards[card].get(name)) - tokens(new)
        hands.edit(card, **changes)

    def _rename(self, hands: Hands, cards: Cards) -> None:
        self._change(hands, cards, self._pick(cards), title=f"Tâche {self._token('t')}")

    def _write(self, hands: Hands, cards: Cards) -> None:
        self._change(hands, cards, self._pick(cards), description=f"Dit {self._token('d')}")

    def _append(self, hands: Hands, cards: Cards) -> None:
        title = self._pick(cards)
        text = str(cards[title].get("description") or "Rien")
        longer = f"{text}\n\nEt {self._token('d')}"
        self._change(hands, cards, title, description=longer)

    def _empty(self, hands: Hands, cards: Cards) -> None:
        self._change(hands, cards, self._pick(cards), description=None)

    def _date(self, hands: Hands, cards: Cards) -> None:
        day = f"2027-03-{self.chance.randint(1, 28):02}T{self.chance.randint(6, 20):02}:00:00Z"
        self._change(hands, cards, self._pick(cards), due=day)

    def _finish(self, hands: Hands, cards: Cards) -> None:
        title = self._pick(cards)
        self._change(hands, cards, title, done=not cards[title].get("done"))

    def _delete(self, hands: Hands, cards: Cards) -> None:
        title = self._pick(cards)
        self.ledger.dead |= tokens(cards[title])
        self.deleted += 1
        hands.delete(title)
