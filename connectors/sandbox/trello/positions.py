"""Where a new object stands among its neighbours.

`pos` is a number greater than 0; the words `top` and `bottom` are taken too and
always answered as numbers. Boards before about 2024 step by 65536 and halve towards
the top; later ones begin at 2^47 and step by 16384 both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from connectors.sandbox.trello.state import Failure

CENTRE: Final = 2**47
STEP: Final = 16384
_OLD_STEP: Final = 65536
LEAST: Final = 0.05
"""Where two stand nearer to each other than that, their list is dealt out anew."""


def position(wanted: Any, neighbours: Sequence[float]) -> float:
    """Turn what a client asks into a number. Raises `Failure` for what is no position."""
    taken = sorted(neighbours)
    if wanted in (None, "", "bottom"):
        return _below(taken)
    if wanted == "top":
        return _above(taken)
    try:
        number = float(wanted)
    except (TypeError, ValueError):
        raise Failure(400, "invalid value for pos") from None
    if not 0 < number < float("inf"):
        raise Failure(400, "invalid value for pos")
    return _plain(number)


def make_room(moved: dict[str, Any], others: Sequence[dict[str, Any]]) -> None:
    """Deal all of them new positions, if what was moved stands too near to another.

    Nobody is told, and no activity bears witness: members see no change. Two of one
    position are left so.
    """
    gaps = [abs(one["pos"] - moved["pos"]) for one in others]
    if not any(0 < gap < LEAST for gap in gaps):
        return
    row = sorted([moved, *others], key=lambda one: (one["pos"], one["id"]))
    late = row[0]["pos"] >= CENTRE / 2
    start, step = (CENTRE, STEP) if late else (_OLD_STEP - 1, _OLD_STEP)
    for number, one in enumerate(row):
        one["pos"] = start + step * number


def _below(taken: Sequence[float]) -> float:
    if not taken:
        return CENTRE
    return _plain(taken[-1] + (STEP if taken[-1] >= CENTRE / 2 else _OLD_STEP))


def _above(taken: Sequence[float]) -> float:
    if not taken:
        return STEP
    return _plain(taken[0] - STEP if taken[0] >= CENTRE / 2 else taken[0] / 2)


def _plain(number: float) -> float:
    return int(number) if float(number).is_integer() else number
