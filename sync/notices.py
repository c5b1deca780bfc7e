"""Notices: people are told on a record itself that two of them disagree about it.

    written down -> sent -> what names it there written down -> said otherwise once settled

Each is said once: what a crash left half done is looked up by its nonce, twice, before
it is sent again; should a third still turn up, it is taken for what it is when the
conflict is settled. A notice is no record: connectors list it to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import structlog
from pydantic import TypeAdapter

from sync.connector import Connector, Message, Origin
from sync.errors import Gone, JumelageError, Refused
from sync.i18n import _, spoken
from sync.mapping.people import Accounts
from sync.mapping.unit import Member, Unit
from sync.model import Plain
from sync.nonce import random_nonce
from sync.settle import LOST, STANDS, how
from sync.state import Item, Salvage
from sync.store.base import Kept, Store, Transaction
from sync.wording import Words

log = structlog.get_logger()

FLOOD = 20
"""More new conflicts than this at once are told on no record: `conflicts` lists them."""
LOOKS = 2
"""Look-ups that must find nothing before a notice is sent again."""
UNSAID = ""
"""The name of a notice that will not be sent: there were too many, or its side refused it."""


@dataclass(frozen=True)
class Sent:
    """What is known of one notice: about a conflict, at a record of one collection."""

    conflict: int
    collection: str
    record: str
    nonce: str
    since: str
    """When it was written down (ISO 8601, UTC)."""
    name: str | None = None
    """What names it there; None: nobody knows whether it was sent."""
    looks: int = 0
    sent: int = 0
    """How often it was sent, as far as is known."""

    @property
    def origin(self) -> Origin:
        """What it bears."""
        return Origin(self.nonce, datetime.fromisoformat(self.since))


class Notices:
    """Tells people of conflicts, on the sides that can."""

    def __init__(
        self,
        store: Store,
        connectors: Mapping[str, Connector],
        words: Callable[[], Words],
        accounts: Mapping[str, Mapping[str, str]],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        nonce: Callable[[], str] = random_nonce,
    ) -> None:
        """`accounts` is who is who: system -> account -> alias."""
        self._store = store
        self._connectors = connectors
        self._words = words
        self._accounts = accounts
        self._now = now
        self._nonce = nonce

    def send(self, unit: Unit) -> None:
        """Tell what is new, and say otherwise what was settled. Never fails for a side's sake."""
        if not any(member.capabilities.notices for member in unit.members.values()):
            return
        if self._store.lost():
            return
        waiting = {one.id: one for one in self._store.kept(open_only=True)}
        notes = _Notes(self._store, unit.name)
        self._write_down(unit, notes, waiting.values())
        for one in notes.all():
            try:
                if kept := waiting.get(one.conflict):
                    self._tell(unit, notes, one, kept)
                else:
                    self._answer(unit, notes, one)
            except JumelageError as error:
                log.warning("notice_failed", collection=one.collection, reason=str(error))

    # What is to be told

    def _write_down(self, unit: Unit, notes: _Notes, waiting: Iterable[Kept]) -> None:
        found = [one for one in self._due(unit, waiting) if one[:2] not in notes]
        flood = len({conflict for conflict, _key, _ref in found}) > FLOOD
        if flood:
            log.warning("notices_withheld", unit=unit.name, conflicts=len(found))
        name, at = UNSAID if flood else None, self._now().isoformat()
        new = [Sent(*one, self._nonce(), at, name, LOOKS) for one in found]
        notes.put(*new)

    def _due(self, unit: Unit, waiting: Iterable[Kept]) -> Iterator[tuple[int, str, str]]:
        """Each conflict, with the records of its item where people can be told."""
        for kept in waiting:
            item = self._store.item(kept.salvage.item)
            if item is not None and item.unit == unit.name:
                for member, ref in self._places(unit, item):
                    yield kept.id, member.key, ref

    def _places(self, unit: Unit, item: Item) -> Iterator[tuple[Member, str]]:
        """Where its record stands, or that of the item that it is a part of."""
        whole = self._store.item(item.parent) if item.parent else item
        for key in whole.here() if whole else ():
            member, ref = unit.members.get(key), whole.sides[key].ref if whole else None
            if member and ref and member.reads and member.writes and member.capabilities.notices:
                yield member, ref

    # Telling

    def _tell(self, unit: Unit, notes: _Notes, one: Sent, kept: Kept) -> None:
        member = unit.members.get(one.collection)
        if one.name is not None or member is None:
            return
        connector, place = self._connectors[member.collection.system], member.collection
        if one.looks < LOOKS:
            found = next(iter(connector.told(place, one.record, one.origin)), None)
            notes.put(replace(one, name=found, looks=one.looks + 1))
            return
        sending = replace(one, looks=0, sent=one.sent + 1)
        notes.put(sending)
        try:
            name = connector.tell(place, one.record, self._said(member, kept, one))
        except (Refused, Gone) as error:
            log.warning("notice_declined", collection=one.collection, reason=str(error))
            name = UNSAID
        notes.put(replace(sending, name=name))

    def _answer(self, unit: Unit, notes: _Notes, one: Sent) -> None:
        """Say how it was settled, in its place."""
        member = unit.members.get(one.collection)
        names = {one.name} if one.name else set()
        if member is not None and one.name != UNSAID and one.sent:
            connector, place = self._connectors[member.collection.system], member.collection
            if one.sent > 1 or one.name is None:
                names |= set(connector.told(place, one.record, one.origin))
            if not names and one.looks < LOOKS:
                notes.put(replace(one, looks=one.looks + 1))
                return
            for name in sorted(names):
                with suppress(Gone, Refused):  # somebody took it away
                    connector.retell(place, name, Message(self._settled(one), one.origin))
        notes.drop(one)

    # In words

    def _said(self, member: Member, kept: Kept, one: Sent) -> Message:
        words, salvage = self._words(), kept.salvage
        with spoken(words.settings.language):
            text = _conflict(words, kept, self._kind(salvage))
        return Message(text, one.origin, self._concerned(member, salvage))

    def _settled(self, one: Sent) -> str:
        words = self._words()
        kept = next((k for k in self._store.kept() if k.id == one.conflict), None)
        with spoken(words.settings.language):
            if kept is None:
                return _("Conflict {number} is settled.").format(number=one.conflict)
            field = words.field(self._kind(kept.salvage), kept.salvage.field)
            said = _("Conflict {number} about “{field}” is settled: {how}.")
            return said.format(number=kept.id, field=field, how=how(kept.settled or ""))

    def _kind(self, salvage: Salvage) -> str:
        item = self._store.item(salvage.item)
        return item.kind if item else ""

    def _concerned(self, member: Member, salvage: Salvage) -> tuple[str, ...]:
        """The accounts here of those who wrote the two values."""
        against = salvage.against if isinstance(salvage.against, dict) else {}
        wrote = [
            (salvage.collection, salvage.author),
            (against.get("collection"), against.get("author")),
        ]
        here = self._people(member.collection.system)
        found = [
            here.account(self._people(str(key).partition("/")[0]).alias(str(author)))
            for key, author in wrote
            if key and author
        ]
        return tuple(sorted({account for account in found if account}))

    def _people(self, system: str) -> Accounts:
        return Accounts(system, self._accounts.get(system, {}))


def forget(unit: str, keys: Container[str], store: Store, tx: Transaction) -> None:
    """Forget what was told on these sides."""
    known = _list(store.meta(_name(unit)))
    if any(one.get("collection") in keys for one in known):
        tx.put_meta(_name(unit), [one for one in known if one.get("collection") not in keys])


def _name(unit: str) -> str:
    """Where the store keeps what was told of a unit's conflicts."""
    return f"notices/{unit}"


class _Notes:
    """What is known of the notices of a unit, in the store at every moment."""

    def __init__(self, store: Store, unit: str) -> None:
        self._store, self._name = store, _name(unit)
        known = [_notice(one) for one in _list(store.meta(self._name))]
        self._known = {(one.conflict, one.collection): one for one in known}

    def __contains__(self, about: tuple[int, str]) -> bool:
        return about in self._known

    def all(self) -> list[Sent]:
        """Every one, as it is now."""
        return list(self._known.values())

    def put(self, *notices: Sent) -> None:
        """Write down how they stand."""
        if notices:
            self._known |= {(one.conflict, one.collection): one for one in notices}
            self._write()

    def drop(self, notice: Sent) -> None:
        """Forget one: there is nothing more to do about it."""
        del self._known[notice.conflict, notice.collection]
        self._write()

    def _write(self) -> None:
        with self._store.transaction() as tx:
            tx.put_meta(self._name, [asdict(one) for _about, one in sorted(self._known.items())])


def _list(data: Plain) -> list[dict[str, Plain]]:
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _notice(data: Mapping[str, Plain]) -> Sent:
    return TypeAdapter(Sent).validate_python(data)


def _conflict(words: Words, kept: Kept, kind: str) -> str:
    """Both values, whose they are, and what settles it; each line its own."""
    salvage = kept.salvage
    lost = {"collection": salvage.collection, "author": salvage.author, "since": salvage.since}
    against = salvage.against if isinstance(salvage.against, dict) else {}
    lines = [
        _("Two people changed “{field}” at once.").format(field=words.field(kind, salvage.field))
    ]
    for said, value, origin in (
        (_("In place: {value} ({origin})"), salvage.kept, against),
        (_("Kept aside: {value} ({origin})"), salvage.value, lost),
    ):
        shown = words.value(kind, salvage.field, value)
        lines.append(said.format(value=shown, origin=words.origin(origin)))
    lines += [
        _("To take the value kept aside: {command}").format(command=_settle(kept.id, LOST)),
        _("To leave it as it is: {command}").format(command=_settle(kept.id, STANDS)),
    ]
    return "\n".join(lines)


def _settle(number: int, keep: str) -> str:
    return f"jumelage settle {number} --keep {keep}"
