"""What is decided about presence, stated anew: a table of words, with nothing of the engine.

Three sides hold one item; the case is what is known and seen of it in one cycle. `decide`
says what must follow, rule by rule. The planner is compared with it for every case, and
the table of the documentation is written from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

HERE = (
    "unchanged",
    "changed",
    "absent",
    "unconfirmed",
    "unsighted",
    "held",
    "blind",
)
"""What is seen of the record on this side: `absent` is listed absent, and confirmed."""
KNOWN = (
    ("alive", "here"),
    ("alive", "out"),
    ("alive", "left"),
    ("dying", "here"),
    ("dying", "gone"),
    ("dead", "gone"),
    ("dead", "kept"),
)
"""What the hub knows: the item, and its standing on this side."""
MOVED = ("no", "before", "now", "unshown", "date")
"""What the other side's people edited: nothing; a field that this side has, in a cycle before
or in this one; one that this side has not; the date, in this one."""
COMMENT = ("none", "same", "new", "never", "changed", "removed")
"""A comment on the other side: none; one that stands here too; one written now; one that
never stood here; one that was changed now; one that stood here, and is surely gone here."""
OTHER = ("present", "absent", "blind")
"""The record on the other side. On a third side it always stands as there, and is seen."""
MEANS = ("item", "leave", "clear", "put-back")
"""What the mapping says that absence on this side means."""
SCOPE = ("in", "fresh", "left", "never")
"""The filter of this side: passed, once and now; now only; once only; never."""
POWERS = (
    "both",
    "bin here",
    "mute here",
    "read-only here",
    "archive there",
    "bare there",
    "read-only there",
)
"""What the sides can do: `mute` has no comments, `bare` neither condition nor history nor bin."""


@dataclass(frozen=True)
class Case:
    """One cycle of one item."""

    here: str = "unchanged"
    item: str = "alive"
    stood: str = "here"
    moved: str = "no"
    comment: str = "none"
    other: str = "present"
    means: str = "item"
    scope: str = "in"
    powers: str = "both"

    @property
    def there(self) -> str:
        """The item's standing on the other side."""
        alone = (self.item, self.stood) == ("dying", "here")
        return "gone" if alone or self.item == "dead" else "here"


@dataclass
class Outcome:
    """What follows: standings, writes, and what is held back."""

    item: str
    stands: dict[str, str]
    """Side (`here`, `there`, `third`) -> the item's standing."""
    writes: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    """`side`: absences on this side wait for a person; `item`: its deletion waits."""
    cleared: bool = False
    """Whether the date was taken away."""
    scoped: bool = False
    """Whether it has stood on this side by the filter."""
    said: str = ""
    """The standing of the comment on this side, if it has one that stood here."""


def cases() -> Iterator[Case]:
    """Every case that can be."""
    for here, (item, stood), *rest in product(
        HERE, KNOWN, MOVED, COMMENT, OTHER, MEANS, SCOPE, POWERS
    ):
        case = Case(here, item, stood, *rest)
        if possible(case):
            yield case


def possible(case: Case) -> bool:
    """Whether what is seen fits what is known, and the mapping may say so."""
    doubted = case.here in ("unconfirmed", "unsighted", "held")
    edited = case.moved in ("now", "unshown", "date") or case.comment in ("new", "changed")
    return not (
        (doubted and case.stood != "here")
        or (case.there == "gone" and (case.other, case.moved) != ("absent", "no"))
        or (case.comment != "none" and not _commented(case))
        or (case.other != "present" and edited)
        or (case.stood == "kept" and case.powers != "read-only here")
        or (case.scope in ("left", "never") and (case.moved == "date" or case.means == "clear"))
    )


def _commented(case: Case) -> bool:
    both = (case.stood, case.there) == ("here", "here")
    edited = case.comment in ("new", "changed")
    shown = "mute" not in case.powers or edited
    return shown and (both or (edited and (case.stood, case.there) == ("gone", "here")))


def decide(case: Case) -> Outcome:
    """What must follow."""
    stands = {"here": case.stood, "there": case.there, "third": case.there}
    out = Outcome(case.item, stands, scoped=case.scope in ("in", "left"))
    _lives(case, out)
    if case.there == "here" and case.other == "absent":
        _left_there(case, out)
    if case.stood == "here":
        _left_here(case, out)
    if out.item == "dying" and "here" not in stands.values():
        out.item = "dead"
        out.stands = {s: "gone" if how == "out" else how for s, how in stands.items()}
    _speak(case, out)
    for side in ("here", "there", "third") if out.item != "dead" else ():
        if _seen(case, side):
            _write(case, out, side)
    return out


def _speak(case: Case, out: Outcome) -> None:
    """A comment leaves with its card, which says nothing of it; alone, it was deleted."""
    if case.comment in ("same", "changed", "removed") and case.stood == "here":
        out.said = "here"
        if case.here == "absent":
            out.said = "out"
        elif case.comment == "removed" and case.here in ("unchanged", "changed"):
            out.said = "gone"
    if case.powers == "mute here":
        out.said = ""


def _seen(case: Case, side: str) -> bool:
    return {"here": case.here, "there": case.other, "third": ""}[side] != "blind"


def _lives(case: Case, out: Outcome) -> None:
    """People changed, or brought back, what was deleted: it lives, and comes back elsewhere."""
    back = case.here in ("unchanged", "changed") and case.stood in ("out", "left", "gone")
    edited = case.moved in ("now", "unshown", "date") or case.comment in ("new", "changed")
    if case.item != "alive" and (back or edited or case.here == "changed"):
        out.item = "alive"
        for side, how in out.stands.items():
            out.stands[side] = {"gone": "out", "kept": "here"}.get(how, how)
    if back:
        out.stands["here"] = "here"


def _left_here(case: Case, out: Outcome) -> None:
    """The record is not on this side any more, if that is sure; what the mapping makes of it."""
    if case.here in ("unsighted", "held"):
        out.held.add("side")
    if case.here != "absent":
        return
    if case.scope in ("fresh", "never"):
        out.stands["here"] = "out"  # it never stood there by the filter: that says nothing
    elif case.means == "leave":
        out.stands["here"] = "left"
    elif case.means == "clear" and case.moved != "date" and out.item == "alive":
        out.stands["here"], out.cleared = "out", True
    elif case.means == "item" and case.moved == "no" and not _unseen_comment(case):
        out.stands["here"], out.item = "gone", "dying"
    else:
        out.stands["here"] = "out"  # people could not have seen what they deleted: it is put back


def _unseen_comment(case: Case) -> bool:
    return case.comment in ("new", "never", "changed")


def _left_there(case: Case, out: Outcome) -> None:
    """Absence means the item there, unless it was edited here."""
    if case.here == "changed":
        out.stands["there"] = "out"
    else:
        out.stands["there"], out.item = "gone", "dying"


def _write(case: Case, out: Outcome, side: str) -> None:
    stands, there = out.stands[side], _power(case, side)
    passes = side != "here" or (case.scope in ("in", "fresh") and not out.cleared)
    doubted = side == "here" and case.here in ("unconfirmed", "unsighted", "held")
    out.scoped |= (side, stands, out.item) == ("here", "here", "alive") and passes
    if out.item == "dying" and stands == "here":
        _delete(case, out, side, doubted=doubted)
    elif out.item == "dying":
        return
    elif stands == "left" and not passes:
        out.stands[side] = "out"  # should it pass again, that is said anew
    elif doubted or there == "read-only":
        return
    elif stands == "out" and passes:
        out.writes.add(f"{'restore' if there == 'bin' else 'create'} {side}")
    elif stands == "here" and side == "here" and case.scope == "left":
        out.writes.add(f"delete {side}")
    elif stands == "here" and passes and _behind(case, out, side):
        out.writes.add(f"update {side}")


def _delete(case: Case, out: Outcome, side: str, *, doubted: bool) -> None:
    unknown = {"here": case.here not in ("unchanged", "changed"), "there": case.other == "blind"}
    waits = any(out.stands[s] == "here" and unknown[s] for s in unknown)
    if _power(case, side) == "read-only":
        out.stands[side] = "kept"
    elif doubted:
        return
    elif waits or _power(case, side) == "bare":
        out.held.add("item")
    else:
        out.writes.add(f"{'archive' if _power(case, side) == 'archive' else 'delete'} {side}")


def _power(case: Case, side: str) -> str:
    how, _, where = case.powers.partition(" ")
    return how if where == side else ""


def _behind(case: Case, out: Outcome, side: str) -> bool:
    """Whether something that the side has was edited elsewhere."""
    if side == "here":
        return case.moved in ("before", "now", "date")
    edited_there = side == "third" and case.moved in ("now", "unshown", "date")
    return case.here == "changed" or out.cleared or edited_there
