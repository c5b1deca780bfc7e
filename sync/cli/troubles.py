"""What is held and what cannot be read, as people name it, with the command that helps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sync import holds
from sync.cli.items import mapping_names, title
from sync.cli.session import Session
from sync.errors import ConfigError
from sync.i18n import _
from sync.plan.actions import Hold, release
from sync.state import CollectionState, Standing
from sync.store.base import Store
from sync.wording import Words

CHECK = "jumelage check"
"""What tells why a system does not answer as it should, and what to do."""


def named(words: Words, store: Store, subject: str) -> str:
    """What a hold is about: an item by its title, and the field; a side by its key."""
    try:
        item, field = holds.find(store, subject)
    except ConfigError:
        return subject
    return f"{title(item)}, {words.field(item.kind, field)}" if field else title(item)


def unreadable(
    store: Store, units: Iterable[str], states: Mapping[str, CollectionState]
) -> Iterator[tuple[str, Hold]]:
    """Records that cannot be read, by name; releasing one has it read again, once it is mended."""
    for key, state in sorted(states.items()):
        for ref, why in state.malformed.items():
            yield f"{key} {ref}", _bad(key, why)
    for item in (item for unit in units for item in store.items(unit)):
        for key, side in sorted(item.sides.items()):
            if side.malformed and side.standing is Standing.HERE:
                yield f"{title(item)} ({key})", _bad(item.id, side.malformed)


def _bad(subject: str, why: str) -> Hold:
    cause = _("it cannot be read, mend it there: {cause}").format(cause=why)
    return Hold(subject, cause, release(subject))


def show_hold(at: Session, name: str, hold: Hold) -> None:
    """Say what is held back, why, and what releases it."""
    at.say(_("held: {subject}: {cause}").format(subject=name, cause=hold.cause), "yellow")
    if hold.command:
        at.say(f"    {hold.command}")


def show_holds(at: Session, held: Iterable[Hold], *, unread: bool = False) -> None:
    """The same of several, named as far as the store knows them.

    `unread`: and of every record that cannot be read.
    """
    told = list(held)
    if not told and not unread:
        return
    path = at.settings.store_file
    if path is not None and not path.exists():  # nothing has run yet
        for hold in told:
            show_hold(at, hold.subject, hold)
        return
    with at.store() as store:
        words = Words.of(at.settings, store)
        for hold in told:
            show_hold(at, named(words, store, hold.subject), hold)
        units = mapping_names(at.settings)
        states = {k: s for k, s in store.collections().items() if s.unit in units}
        for name, hold in unreadable(store, units, states) if unread else ():
            show_hold(at, name, hold)
