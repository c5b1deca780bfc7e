"""The stated rules of presence as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.exhaustive.presence import MEANS, Case, Outcome, decide

ELSEWHERE = {
    "unchanged": Case("absent"),
    "edited there now, in a field that this side has": Case("absent", moved="now"),
    "edited there now, in a field that this side lacks": Case("absent", moved="unshown"),
    "edited there before, not written here yet": Case("absent", moved="before"),
    "its date moved there now": Case("absent", moved="date"),
    "a comment was written there": Case("absent", comment="new"),
    "a comment there was changed": Case("absent", comment="changed"),
    "a comment there never stood here": Case("absent", comment="never"),
    "there, it cannot be seen": Case("absent", other="blind"),
    "there, it is gone too": Case("absent", other="absent"),
    "it never passed this side's filter here": Case("absent", scope="never"),
}
SEEN = {
    "not listed, and the direct read failed": Case("unconfirmed"),
    "gone, and nothing else here can be read": Case("unsighted"),
    "gone, with more than half of this side": Case("held"),
    "nothing: the side cannot be read": Case("blind"),
    "changed": Case("changed"),
    "changed, and gone there": Case("changed", other="absent"),
}
DELETED = {
    "people deleted it there; unchanged here": Case("unchanged", "dying", "here", other="absent"),
    "people deleted it there; changed here": Case("changed", "dying", "here", other="absent"),
    "people deleted it here; still gone": Case("absent", "dying", "gone"),
    "people deleted it here; brought back": Case("unchanged", "dying", "gone"),
    "people deleted it here; edited there now": Case("absent", "dying", "gone", moved="now"),
    "people deleted it here; a comment was written there": Case(
        "absent", "dying", "gone", comment="new"
    ),
    "people deleted it here; there, nothing can be undone or checked": Case(
        "absent", "dying", "gone", powers="bare there"
    ),
    "people deleted it here; there, it can only be read": Case(
        "absent", "dying", "gone", powers="read-only there"
    ),
    "it is dead; brought back here": Case("unchanged", "dead", "gone", other="absent"),
    "it is dead; stays here, where it can only be read": Case(
        "unchanged", "dead", "kept", other="absent", powers="read-only here"
    ),
    "it is dead; changed here, where it can only be read": Case(
        "changed", "dead", "kept", other="absent", powers="read-only here"
    ),
}
HEADS = "| {} | absence means | the item | its standing here | what is written |"


def rows() -> Iterator[str]:
    """The table, in three parts."""
    parts = {
        "Gone here: listed absent, and a direct read says so": ("elsewhere", ELSEWHERE),
        "Anything else is unknown, or an edit": ("seen here", SEEN),
        "What was deleted before": ("what is known and seen", DELETED),
    }
    for title, (head, cases) in parts.items():
        yield f"## {title}\n"
        yield HEADS.format(head)
        yield "|---|---|---|---|---|"
        for words, case in cases.items():
            yield from _lines(words, case)
        yield ""


def _lines(words: str, case: Case) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for means in MEANS:
        if means == "clear" and case.scope == "never":
            continue  # a side whose filter asks for a date never lacks it
        found.setdefault(_outcome(decide(replace(case, means=means))), []).append(means)
    for outcome, means in found.items():
        named = "`any`" if len(found) == 1 else ", ".join(f"`{m}`" for m in means)
        yield f"| {words} | {named} | {outcome} |"


def _outcome(out: Outcome) -> str:
    held = {"side": "this side's absences are held", "item": "its deletion waits"}
    done = [*sorted(out.writes), *(held[h] for h in sorted(out.held))]
    item = "alive, without its date" if out.cleared else out.item
    return f"{item} | {out.stands['here']} | {'; '.join(done) or 'nothing'}"
