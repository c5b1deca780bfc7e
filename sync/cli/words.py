"""Words of the store as a person says them."""

from __future__ import annotations

from sync.i18n import _
from sync.leaving import VERB as LEAVE
from sync.plan.twin import LATE_TWIN
from sync.settle import LOST, STANDS, how
from sync.settle import VERB as SETTLE
from sync.shaping import VERB as ALIGN
from sync.state import Standing, Verb
from sync.store.base import ERASE

FOLD = "fold"
"""The journal's word for what was taken in from a side."""
FOUND = " (found after an interruption)"
CONFLICT = "conflict"
"""The cause of what lost to another value."""


def cause_word(cause: str) -> str:
    """Why a value was kept."""
    words = {
        CONFLICT: _("conflict"),
        "unseen": _("replaced by somebody who could not see it"),
        "pushed-out": _("shown on no side any more"),
        "deleted": _("deleted"),
        "overwritten": _("replaced by a write of ours"),
        "late twin": _("stood there twice"),
        "settled": _("replaced by a decision"),
    }
    return words.get(cause, cause)


def verb_word(verb: str) -> str:
    """What a line of the journal says was done; a verb that has no word stands for itself."""
    words = {
        Verb.CREATE: _("create"),
        Verb.UPDATE: _("update"),
        Verb.DELETE: _("delete"),
        Verb.RESTORE: _("restore"),
        FOLD: _("taken in"),
        ERASE: _("erase"),
        SETTLE: _("settle"),
        LEAVE: _("leave"),
        ALIGN: _("align"),
    }
    return words.get(verb, verb)


def reason_word(reason: str) -> str:
    """Why a line of the journal was written; a reason that has no words stands for itself."""
    whole = reason.removesuffix(FOUND)
    if whole != reason:
        return _("{reason} (found after an interruption)").format(reason=reason_word(whole))
    words = {
        "changed": _("changed"),
        "new": _("new"),
        "moved": _("moved"),
        "put back": _("put back"),
        "left the filter": _("left what the mapping takes"),
        "deleted elsewhere": _("deleted elsewhere"),
        "deleted elsewhere: archived": _("deleted elsewhere: archived"),
        LATE_TWIN: _("stood there twice"),
        "retention": _("older than is to be kept"),
        "asked": _("somebody asked for it"),
    }
    if reason in words:
        return words[reason]
    verb, _gap, about = reason.partition(" ")
    if verb == "edited":
        return _("edited on {side}").format(side=about.removeprefix("on "))
    if verb == "undo":
        return _("{run} was undone").format(run=about)
    if verb.rstrip(":") in (LOST, STANDS):
        return f"{about}: {how(verb.rstrip(':'))}"
    return reason


def outcome_word(outcome: str | None) -> str:
    """How a run ended."""
    words = {"ok": _("ok"), "held": _("something is held"), "failed": _("something failed")}
    return words.get(outcome, outcome) if outcome else _("not ended")


def standing_word(standing: Standing) -> str:
    """How an item stands on a side."""
    words = {
        Standing.HERE: _("here"),
        Standing.OUT: _("not there"),
        Standing.LEFT: _("taken away there"),
        Standing.GONE: _("deleted"),
        Standing.KEPT: _("deleted elsewhere, stays there"),
    }
    return words[standing]
