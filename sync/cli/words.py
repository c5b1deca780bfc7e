"""Words of the store as a person says them."""

from __future__ import annotations

from sync.i18n import _
from sync.settle import VERB as SETTLE
from sync.state import Standing, Verb
from sync.store.base import ERASE


def verb_word(verb: str) -> str:
    """What a line of the journal says was done; a verb that has no word stands for itself."""
    words = {
        Verb.CREATE: _("create"),
        Verb.UPDATE: _("update"),
        Verb.DELETE: _("delete"),
        Verb.RESTORE: _("restore"),
        "fold": _("taken in"),
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
