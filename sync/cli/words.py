"""Words of the store as a person says them."""

from __future__ import annotations

from sync.i18n import _
from sync.settle import VERB as SETTLE
from sync.state import Standing, Verb
from sync.store.base import ERASE

FOLD = "fold"
"""The journal's word for what was taken in from a side."""
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
    }
    return words.get(verb, verb)


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
