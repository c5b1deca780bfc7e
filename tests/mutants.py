"""Mutation score of what guards the promises: `python -m tests.mutants [NUMBER [SEED]]`.

Changes a sample of the lines of plan, execute, recover and store, one at a time, and sees
whether a test fails. mutmut (settings in pyproject.toml) makes the changes, knows which
tests reach them, and goes on where it left off; this module draws the sample, says the
score, and lists who survived. `mutmut show NAME` shows a survivor.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

from mutmut.stats import status_by_exit_code

MADE = Path("mutants")
FOUND_OUT = {"killed", "timeout", "suspicious", "caught by type check"}
ONE = "sync.plan.keys.*__mutmut_1"
"""A few to begin with: mutmut makes all of them before it runs any."""
WANTED = 0.85


def mutmut(*names: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", "2", *names], check=False
    )


def verdicts() -> dict[str, int | None]:
    """Exit code of the tests for every mutant; None: not tried."""
    found: dict[str, int | None] = {}
    for meta in sorted(MADE.rglob("*.meta")):
        found |= json.loads(meta.read_text())["exit_code_by_key"]
    return found


def sample(number: int, seed: int) -> list[str]:
    every = sorted(verdicts())
    return Random(seed).sample(every, min(number, len(every)))


def tell(names: list[str]) -> bool:
    """Print the score by module, and who survived; whether the score is what we want."""
    codes = verdicts()
    outcome = {name: status_by_exit_code[codes[name]] for name in names}
    for module in sorted({module_of(name) for name in names}):
        mine = [status for name, status in outcome.items() if module_of(name) == module]
        print(f"{module:24} {sum(s in FOUND_OUT for s in mine):4} of {len(mine)}")  # noqa: T201
    for name, status in sorted(outcome.items()):
        if status not in FOUND_OUT:
            print(f"  {status}: {name}")  # noqa: T201
    score = sum(s in FOUND_OUT for s in outcome.values()) / len(names)
    print(f"mutation score {score:.1%} over {len(names)} of {len(codes)} mutants")  # noqa: T201
    return score >= WANTED


def module_of(name: str) -> str:
    return name.split(".x", 1)[0]


def main() -> None:
    number, seed = (int(a) for a in [*sys.argv[1:], *("300", "1")[len(sys.argv) - 1 :]])
    mutmut(ONE)
    names = sample(number, seed)
    mutmut(*names)
    sys.exit(not tell(names))


if __name__ == "__main__":
    main()
