"""Sides that take, or give, only some of it: filters, one way only, what absence means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from sync.mapping.lens import Identity, ValueMap
from sync.mapping.unit import Absence, Binding, Everything, Filter, Member, Names
from sync.model import Fields
from sync.types import TYPES

if TYPE_CHECKING:
    from tests.simulation.stage import Actor

DONE = "oui"
"""What a card that is done is called where that has a name; a number follows."""

DUE = Binding("due", "due", TYPES["moment"], Identity())
OPEN = Binding("done", "done", TYPES["bool"], Identity())


@dataclass(frozen=True)
class Having:
    """Takes what has a date, or what is not done."""

    what: str

    def passes(self, hub: Fields, names: Names) -> bool:  # noqa: ARG002 - the protocol's
        """Tell whether the hub's values are such."""
        return hub.get("due") is not None if self.what == "due" else not hub.get("done")


def narrow(actor: Actor, random: Random, chance: float) -> None:
    """Give a side dates and, by chance, a narrow place in the mapping."""
    actor.shows.add("due")
    member = replace(actor.member, bindings=(*actor.member.bindings, DUE))
    ways = (_published, _read, _dated, _dated, _open, _left, _put_back)
    way = random.choice(ways) if random.random() < chance else None
    if way is not None:
        member = way(actor, member, random)
    if actor.comments is not None:
        actor.comments = replace(
            actor.comments,
            reads=member.reads,
            writes=member.writes,
            on_absence=Absence.ITEM if member.reads else Absence.PUT_BACK,
        )
    actor.member = actor.whole = member
    actor.talk = actor.comments


def edit_filter(actor: Actor, random: Random) -> bool:
    """Let a side take other cards, or let it mean something else that one left it.

    Not where it goes one way only, nor where what people took away stays away.
    """
    member = actor.member
    if not (member.reads and member.writes) or member.on_absence is Absence.LEAVE:
        return False
    only = random.choice(["", "due", *(["open"] if member.binding("done") else [])])
    meanings = [Absence.ITEM, Absence.ITEM, Absence.PUT_BACK]
    meaning = random.choice(meanings if only != "due" else [*meanings, *(2 * [Absence.CLEAR])])
    actor.only = only
    actor.member = actor.whole = replace(
        member,
        only=Having(only) if only else Everything(),
        on_absence=meaning,
        clears="due" if only == "due" else None,
    )
    return True


def rename_values(actor: Actor, random: Random) -> bool:
    """Let a side have other words for what is done and what is not."""
    binding = actor.member.binding("done")
    if binding is None:
        return False
    number = random.randrange(10**6)
    actor.words = {"true": f"{DONE}{number}", "false": f"non{number}"}
    lens = ValueMap(binding.type, actor.words)
    text, spelling = TYPES["text"], str(number)
    other = replace(binding, lens=lens, shown=text, spelling=spelling)
    bindings = tuple(other if b is binding else b for b in actor.member.bindings)
    actor.member = actor.whole = replace(actor.member, bindings=bindings)
    return True


def _published(actor: Actor, member: Member, random: Random) -> Member:  # noqa: ARG001
    return replace(member, reads=False, on_absence=Absence.PUT_BACK)


def _read(actor: Actor, member: Member, random: Random) -> Member:  # noqa: ARG001
    return replace(member, writes=False)


def _dated(actor: Actor, member: Member, random: Random) -> Member:
    actor.only = "due"
    meaning = random.choice([Absence.CLEAR, Absence.CLEAR, *Absence])
    only: Filter = Having("due")
    return replace(member, only=only, on_absence=meaning, clears="due")


def _open(actor: Actor, member: Member, random: Random) -> Member:
    actor.only = "open"
    actor.shows.add("done")
    bindings = member.bindings if member.binding("done") else (*member.bindings, OPEN)
    meaning = random.choice([Absence.ITEM, Absence.ITEM, Absence.LEAVE, Absence.PUT_BACK])
    return replace(member, bindings=bindings, only=Having("open"), on_absence=meaning)


def _left(actor: Actor, member: Member, random: Random) -> Member:  # noqa: ARG001
    return replace(member, only=Everything(), on_absence=Absence.LEAVE)


def _put_back(actor: Actor, member: Member, random: Random) -> Member:  # noqa: ARG001
    return replace(member, only=Everything(), on_absence=Absence.PUT_BACK)
