"""Bringing a card's checklists to a wanted state, entry by entry.

Each change of an entry is a request of its own; entries that stay are not touched, so
that what others see of them (who did it, when) stays too. Additions and changes come
before removals: a sequence that stops in the middle leaves too much, never too little.
A checklist that loses its last entry goes with it, if nobody added to it meanwhile,
unless it is to stay without any. Of several of one name, the younger ones are told apart
by a number (`told_apart`) that Trello never sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter, ValidationError

from connectors.trello.api import Api
from connectors.trello.cards import Board
from connectors.trello.dates import moment
from connectors.trello.names import own_name
from connectors.trello.objects import CheckItem, Checklist, brief, told_apart
from connectors.trello.order import positions
from connectors.trello.writing import date, member_id
from sync.errors import Ambiguous, Malformed, Refused
from sync.model import Plain

_USUAL_NAME: Final = "Checklist"
_LISTS: Final = TypeAdapter(tuple[Checklist, ...])


@dataclass(frozen=True)
class Step:
    """One request."""

    method: str
    path: str
    body: dict[str, Plain] = field(default_factory=dict)
    makes: str | None = None
    """The name of the checklist that this makes; paths name it `{NAME}` until it has an id."""
    unless_filled: bool = False
    """Looks first whether the checklist is still empty."""


@dataclass(frozen=True)
class Wanted:
    """One entry as it shall be; `item` is what stands for it now, if anything does."""

    entry: dict[str, Plain]
    home: str
    """The name of its checklist."""
    item: CheckItem | None = None
    at: Checklist | None = None


def current(api: Api, card: str) -> tuple[Checklist, ...]:
    """Read a card's checklists, in their order."""
    raw = api.get(f"cards/{card}/checklists")
    try:
        found = _LISTS.validate_python(raw)
        for item in (item for one in found for item in one.entries()):
            moment(item.due, "UTC")
    except ValidationError as error:
        raise Malformed(f"the checklists of the card {card}: {brief(error)}") from None
    except ValueError as error:
        raise Malformed(f"the checklists of the card {card}: {error}") from None
    return told_apart(sorted(found, key=lambda one: (one.pos, one.id)))


def write(api: Api, steps: Sequence[Step]) -> Iterator[Step]:
    """Send the steps one by one; each is yielded once it is done."""
    made: dict[str, str] = {}
    for step in steps:
        answer = _send(api, step, made)
        if step.makes is not None:
            if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
                raise Ambiguous("Trello made a checklist and did not say which")
            made[step.makes] = str(answer["id"])
        yield step


def _send(api: Api, step: Step, made: dict[str, str]) -> Plain:
    path, body = step.path, dict(step.body)
    for name, ref in made.items():
        path = path.replace("{" + name + "}", ref)
        if body.get("idChecklist") == "{" + name + "}":
            body["idChecklist"] = ref
    if step.method == "DELETE" and (not step.unless_filled or _stands_empty(api, path)):
        api.delete(path)
    if step.method == "DELETE":
        return None
    return api.post(path, body) if step.method == "POST" else api.put(path, body)


def _stands_empty(api: Api, path: str) -> bool:
    raw = api.get(path, fields="name", checkItems="all")
    return isinstance(raw, dict) and raw.get("checkItems") == []


def steps(
    board: Board,
    card: str,
    now: Sequence[Checklist],
    value: Plain,
    empty: Sequence[str] | None = None,
) -> list[Step]:
    """Plan the requests that turn what stands into what is wanted.

    `empty` are the checklists that shall stand without an entry; None: those that do.
    """
    wanted = _recognised(now, value if isinstance(value, list) else [])
    homes, renames = _homes(now, wanted)
    found: list[Step] = list(renames)
    filled = list(dict.fromkeys(one.home for one in wanted))
    kept_empty = [one.name for one in now if one.is_empty] if empty is None else list(empty)
    new = [name for name in dict.fromkeys([*filled, *kept_empty]) if name not in homes]
    for name in sorted(new, key=lambda name: own_name(name) in new and own_name(name) != name):
        homes[name] = "{" + name + "}"
        known = {own_name(other) for other in homes if other != name}
        sent = own_name(name) if own_name(name) in known else name
        found.append(Step("POST", f"cards/{card}/checklists", {"name": sent}, makes=name))
    for name, home in homes.items():
        found += _in_one(board, card, home, [one for one in wanted if one.home == name])
    found += _reordered(now, homes, wanted)
    kept = {one.item.id for one in wanted if one.item}
    found += [
        Step("DELETE", f"cards/{card}/checkItem/{item.id}")
        for checklist in now
        for item in checklist.entries()
        if item.id not in kept and item.name.strip()  # what has no text was not seen
    ]
    stays = {homes[name] for name in (*filled, *kept_empty)}
    found += [
        Step("DELETE", f"checklists/{checklist.id}", unless_filled=True)
        for checklist in now
        if checklist.id not in stays
    ]
    return found


def _recognised(now: Sequence[Checklist], value: list[Plain]) -> list[Wanted]:
    """Pair wanted entries with those that stand: by id, else by text in its list, else by text."""
    left = {item.id: (item, checklist) for checklist in now for item in checklist.entries()}
    entries = [entry for entry in value if isinstance(entry, dict)]
    pairs: dict[int, tuple[CheckItem, Checklist]] = {}
    for number, entry in enumerate(entries):
        ref = entry.get("id")
        if isinstance(ref, str) and ref in left:
            pairs[number] = left.pop(ref)
    for with_home in (True, False):
        for number, entry in enumerate(entries):
            ref = None if number in pairs else _alike(entry, left, with_home=with_home)
            if ref is not None:
                pairs[number] = left.pop(ref)
    usual = now[0].name if now else _USUAL_NAME
    return [_wanted(entry, pairs.get(number), usual) for number, entry in enumerate(entries)]


def _alike(
    entry: dict[str, Plain], left: dict[str, tuple[CheckItem, Checklist]], *, with_home: bool
) -> str | None:
    for ref, (item, checklist) in left.items():
        at_home = entry.get("list") in (None, checklist.name) or not with_home
        if item.name == entry.get("text") and at_home:
            return ref
    return None


def _wanted(
    entry: dict[str, Plain], pair: tuple[CheckItem, Checklist] | None, usual: str
) -> Wanted:
    item, at = pair or (None, None)
    home = entry.get("list") or (at.name if at else usual)
    return Wanted(entry, str(home), item, at)


def _homes(now: Sequence[Checklist], wanted: Sequence[Wanted]) -> tuple[dict[str, str], list[Step]]:
    """Which checklist each name means; one whose entries all go to a new name is renamed."""
    homes: dict[str, str] = {}
    for checklist in now:
        homes.setdefault(checklist.name, checklist.id)
    renames: list[Step] = []
    for checklist in now:
        names = {one.home for one in wanted if one.at is checklist}
        stays = {one.home for one in wanted if one.home == checklist.name}
        if len(names) == 1 and not stays and not names & homes.keys():
            (name,) = names
            homes[name] = checklist.id
            renames.append(Step("PUT", f"checklists/{checklist.id}", {"name": own_name(name)}))
    return homes, renames


def _in_one(board: Board, card: str, home: str, wanted: Sequence[Wanted]) -> list[Step]:
    """The steps for the entries that one checklist shall hold, in their order."""
    names = [one.item.id if one.item else f"new {number}" for number, one in enumerate(wanted)]
    standing = {
        one.item.id: one.item.pos for one in wanted if one.item and one.at and one.at.id == home
    }
    moved = positions(names, standing)
    found = []
    for name, one in zip(names, wanted, strict=True):
        change = _change(board, one)
        if name in moved:
            change["pos"] = moved[name]
        if one.item is None:
            found.append(Step("POST", f"checklists/{home}/checkItems", change))
            continue
        if one.item.id not in standing:
            change["idChecklist"] = home
        if change:
            found.append(Step("PUT", f"cards/{card}/checkItem/{one.item.id}", change))
    return found


def _change(board: Board, one: Wanted) -> dict[str, Plain]:
    """The parameters that differ from what stands; all of them for a new entry."""
    text, done = str(one.entry.get("text") or ""), bool(one.entry.get("done"))
    if not text:
        raise Refused("an entry of a checklist cannot be without its text")
    due = date(one.entry.get("due"), board.zone)
    who = one.entry.get("who")
    member = member_id(board, str(who), "checklists") if who else None
    item = one.item
    if item is None:
        new: dict[str, Plain] = {"name": text, "checked": done}
        return new | {k: v for k, v in {"due": due, "idMember": member}.items() if v}
    change: dict[str, Plain] = {}
    if text != item.name:
        change["name"] = text
    if done != (item.state == "complete"):
        change["state"] = "complete" if done else "incomplete"
    if moment(due, board.zone) != moment(item.due, board.zone):
        change["due"] = due
    if member != item.idMember and (member or item.idMember):
        change["idMember"] = member
    return change


def _reordered(
    now: Sequence[Checklist], homes: dict[str, str], wanted: Sequence[Wanted]
) -> list[Step]:
    """Bring the checklists themselves into the order of their first entries."""
    standing = {checklist.id: checklist.pos for checklist in now}
    order = [homes[name] for name in dict.fromkeys(one.home for one in wanted)]
    known = [ref for ref in order if ref in standing]
    made = [ref for ref in homes.values() if ref not in standing and ref in order]
    if order == known + made:  # Trello puts new checklists at the end by itself
        order = known
    moved = positions(order, standing)
    return [Step("PUT", f"checklists/{ref}", {"pos": pos}) for ref, pos in moved.items()]
