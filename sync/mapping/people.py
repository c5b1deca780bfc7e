"""People: one alias here, an account in each system, or none there.

The table of people (`people.yaml`) gives each person an alias and their accounts.
Somebody it does not know is `system:account` in the hub: shown on that system only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sync.mapping.unit import Words
from sync.model import Plain
from sync.types.entries import Entry, entries, paired
from sync.types.entries import canonical as checklist
from sync.types.sets import canonical, elements


@dataclass(frozen=True)
class Accounts:
    """Who is who in one system."""

    system: str
    aliases: Mapping[str, str]
    """Native account -> alias. Where one alias has several accounts, the first is written."""

    def alias(self, account: str) -> str:
        """The hub's name for an account."""
        return self.aliases.get(account, f"{self.system}:{account}")

    def account(self, person: str) -> str | None:
        """The account of a person in this system; None if they have none."""
        known = next((native for native, alias in self.aliases.items() if alias == person), None)
        system, colon, account = person.partition(":")
        return known or (account if colon and system == self.system else None) or None


@dataclass(frozen=True)
class People:
    """One person or several. Those without an account there are not shown, and come back."""

    accounts: Accounts
    guests: bool = False
    """Whether the side names those too who have no account there: as the hub does, in
    parentheses: `(awa)`, `(cloud:awa)`."""

    def project(self, value: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The accounts of those who have one."""
        if isinstance(value, str):
            return self.accounts.account(value) or (f"({value})" if self.guests else None)
        found = {self.accounts.account(person) for person in elements(value)}
        return canonical({account for account in found if account})

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:
        """Those whose accounts are shown, and those of the base who have none there."""
        if view == self.project(base, words):
            return base
        if isinstance(view, str):
            guest = self.guests and view[:1] + view[-1:] == "()"
            return view[1:-1] if guest else self.accounts.alias(view)
        if isinstance(base, str):
            return None
        hidden = {one for one in elements(base) if self.accounts.account(one) is None}
        return canonical({self.accounts.alias(account) for account in elements(view)} | hidden)


@dataclass(frozen=True)
class Entries:
    """A checklist whose entries the side holds in part.

    `holds` are the attributes beside the text that the side can show (`done`, `list`,
    `due`, `who`); the others come back from the entry that it is in the base. An entry's
    person is named as in every other field, where the side has accounts of its own.
    """

    holds: frozenset[str]
    accounts: Accounts | None = None
    ids: bool = True
    """Whether entries bear ids there; where people read the values, an id would be noise."""

    def project(self, value: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """What the side can show of each entry."""
        return checklist([self._shown(entry) for entry in entries(value)])

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """Each entry with what the side cannot show of it, found by id or text."""
        before, now = entries(base), entries(view)
        twins = paired([self._shown(entry) for entry in before], now)
        return checklist(
            [
                self._read(entry, before[twins[index]] if index in twins else None)
                for index, entry in enumerate(now)
            ]
        )

    def _shown(self, entry: Entry) -> Entry:
        return Entry(
            text=entry.text,
            done=entry.done and "done" in self.holds,
            list=entry.list if "list" in self.holds else None,
            due=entry.due if "due" in self.holds else None,
            who=self._account(entry.who) if "who" in self.holds else None,
            id=entry.id if self.ids else None,
        )

    def _account(self, person: str | None) -> str | None:
        if person is None or self.accounts is None:
            return person
        return self.accounts.account(person)

    def _read(self, entry: Entry, before: Entry | None) -> Entry:
        who = self._alias(entry.who)
        if before is None:
            return replace(entry, who=who)
        hidden = self._shown(before).who == entry.who
        return Entry(
            text=entry.text,
            done=entry.done if "done" in self.holds else before.done,
            list=entry.list if "list" in self.holds else before.list,
            due=entry.due if "due" in self.holds else before.due,
            who=before.who if hidden else who,
            id=entry.id or before.id,
        )

    def _alias(self, account: str | None) -> str | None:
        if account is None or self.accounts is None:
            return account
        return self.accounts.alias(account)
