"""The forms of histories: what may happen in one, and how often.

A seed names a history only together with its form. The classic form draws from one
`Random`; whatever the others add is drawn from a second one, so that a form that is
given something more leaves the histories of the others as they were.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A kind of campaign. Rates are chances per step, per side or per call, from 0 to 1."""

    name: str
    sides: tuple[int, ...] = (2, 2, 3, 3, 4)
    """How many sides there may be, each as likely as it is often here."""
    meetings: float = 0.0
    """The chance that a card stands on several sides before they meet.

    Such a card is not taken out of a bin again: no connector lists what is in one, so
    one that went there before its side met the others is a second thing of that name.
    """
    narrow: float = 0.0
    """The chance that a side but the first takes or gives only some of it: filters, one way
    only, other meanings of absence. Cards then have a date."""
    remapped: float = 0.0
    """The chance per step that an admin edits the mapping."""
    edited: float = 0.0
    """The chance per step that an admin edits which cards a side takes, what absence means there
    or, where done and not done have names, these names."""
    turned: float = 0.0
    """The chance per step that a side is turned: only sent to, only read, or both ways again."""
    boards: float = 0.0
    """Every account has two boards, each mirrored by a mapping of its own; the chance per
    step that somebody carries a card from one to the other."""
    rough: float = 0.0
    """The chance per run that the world is rough in one more way: a token expires, records
    are hidden from us, a feed tells things twice, backwards, or that are not so. Clocks are
    wrong then, some systems show no mark of ours, and lists and labels are taken away."""
    late: float = 0.0
    """The chance that a write answers nothing and takes effect minutes later. Every side
    then keeps a history: without one, what such a write replaces is lost."""
    loss: str = ""
    """What becomes of the store once: it is `lost`, or an `older` one is put in its place.

    Nobody copies cards then: where no system tells who made a record, a copy with our
    mark on it is shown for a decision.
    """


CLASSIC = Form("classic")
WIDE = Form("wide", sides=(2, 3, 4, 5, 5, 5), meetings=0.4)
FILTERS = Form("filters", sides=(2, 3, 3, 4), meetings=0.2, narrow=0.6)
REMAPPED = Form("remapped", sides=(2, 3, 3, 4), meetings=0.2, remapped=0.12)
TURNED = Form("turned", sides=(2, 3, 3, 4), turned=0.12)
EDITED = Form("edited", sides=(2, 3, 3, 4), meetings=0.2, narrow=0.4, edited=0.15)
SHARED = Form("shared", sides=(2, 2, 3), boards=0.1)
ROUGH = Form("rough", sides=(2, 3, 3, 4), rough=0.6)
LATE = Form("late", late=0.02)
LOST = Form("lost", sides=(2, 3, 3, 4), loss="lost")
OLDER = Form("older", sides=(2, 3, 3, 4), loss="older")

FORMS = {
    form.name: form
    for form in (
        *(CLASSIC, WIDE, FILTERS, REMAPPED, TURNED, SHARED, ROUGH, LATE, LOST, OLDER),
        *(EDITED,),
    )
}
