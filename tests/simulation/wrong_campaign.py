"""After how many histories each wrong engine is found out.

`python -m tests.simulation.wrong_campaign [HISTORIES]` prints a line for each; those that
no history finds within that many are found by their scenes (`test_wrong_engines.py`).
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest

from tests.simulation import wrong, wrong_more, wrong_presence
from tests.simulation.forms import FORMS
from tests.simulation.history import play
from tests.simulation.trial import quiet

ENGINES = [*wrong.ENGINES, *wrong_more.ENGINES, *wrong_presence.ENGINES]


def found_out(engine: Callable[..., None], histories: int) -> int | None:
    """How many histories, of every form in turn, it takes to tell; None if more than that."""
    with pytest.MonkeyPatch.context() as patch, quiet():
        engine(patch.setattr)
        for number, form in zip(range(histories), cycle(FORMS), strict=False):
            if breaks(form, number // len(FORMS)):
                return number + 1
    return None


def breaks(form: str, seed: int) -> bool:
    """Whether the engine breaks a promise in this history, or breaks down.

    Raises what is a fault of how the wrong rule is written: that withdraws no rule.
    """
    try:
        broken, _stage = play(seed, form)
    except Exception as error:
        if badly_written(error):
            raise
        return True
    return bool(broken)


def badly_written(error: Exception) -> bool:
    """Whether the wrong rule itself fails, or does not fit where it was put."""
    where = traceback.extract_tb(error.__traceback__)[-1].filename
    misfit = isinstance(error, TypeError) and "argument" in str(error)
    return misfit or where in {wrong.__file__, wrong_more.__file__, wrong_presence.__file__}


def campaign(histories: int) -> Iterator[tuple[str, int | None]]:
    """The name of every wrong engine, and after how many histories it was found out."""
    for engine in ENGINES:
        yield engine.__name__.replace("_", " "), found_out(engine, histories)


def main() -> None:
    """Play as many histories of every wrong engine as it takes, up to a bound."""
    bound = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, number in campaign(bound):
        said = f"after {number}" if number else f"by its scene only ({bound} histories)"
        print(f"{name}: {said}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
