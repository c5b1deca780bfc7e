"""Options: the lists, labels and columns of a unit, one for all sides.

A hub value never holds a native id nor a present name but the option's own id (its
name at birth). So a rename on one side is one rename elsewhere, and an edit of
nothing. Sides without native ids (folders, wikis, categories) are shown names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync.mapping.unit import Binding, Member, Unit, UnknownOption
from sync.model import Option, Plain
from sync.plan.actions import OptionWrite
from sync.state import HubOption

PENDING = "\N{WHITE QUESTION MARK ORNAMENT}"
"""Marks a native id that is not known until the option has been made."""


def fold_name(name: str) -> str:
    """The form in which two names are the same to people: case, blanks and NFC apart."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


class Vocabulary:
    """All options of a unit, by the hub field that they are values of."""

    def __init__(self, unit: Unit, options: Mapping[str, list[HubOption]]) -> None:
        self._unit = unit
        self._before = options
        self._options = {field: [o.copy() for o in known] for field, known in options.items()}
        self._pending: dict[tuple[str, str, str], str] = {}

    def changed(self) -> dict[str, list[HubOption]]:
        """The fields whose options changed."""
        return {f: known for f, known in self._options.items() if self._before.get(f) != known}

    def of(self, field: str) -> list[HubOption]:
        """The options of a hub field (for changing)."""
        return self._options.setdefault(field, [])

    def get(self, field: str, option: str) -> HubOption | None:
        """An option by its own id."""
        return next((o for o in self._options.get(field, ()) if o.id == option), None)

    def name(self, field: str, option: Plain) -> Plain:
        """The present name of an option; the value itself if it is none."""
        if isinstance(option, list):
            return [self.name(field, one) for one in option]
        known = self.get(field, option) if isinstance(option, str) else None
        return known.name if known else option

    def ever(self, field: str, option: Plain) -> Plain:
        """The present name of an option and, the latest first, those that nothing has any more.

        The value itself if it is no option.
        """
        known = self.get(field, option) if isinstance(option, str) else None
        if known is None or not known.former:
            return self.name(field, option)
        now = {fold_name(o.name) for o in self._options.get(field, ())}
        return [known.name, *(n for n in reversed(known.former) if fold_name(n) not in now)]

    def words(self, member: Member, binding: Binding) -> SideWords:
        """How one side's field names them."""
        return SideWords(self, member, binding.hub, member.has_ids(binding))

    def add(self, field: str, name: str, color: str | None = None) -> HubOption:
        """A new option, named for its name at birth."""
        taken = {o.id for o in self.of(field)}
        option, n = name, 2
        while option in taken:
            option, n = f"{name}~{n}", n + 1
        made = HubOption(option, name, color)
        self.of(field).append(made)
        return made

    def shown(self, field: str, option: HubOption) -> str:
        """The name by which a side without native ids knows it: unique in its field."""
        same = [o for o in self.of(field) if o.name == option.name]
        return option.name if same[0] is option else option.id

    # Learning from what the sides list

    def learn(self, member: Member, binding: Binding, listed: Iterable[Option]) -> None:
        """Take in the options that a side with native ids has and that are new to it.

        All sides tell their names first (`learn_names`): what one made may be what
        another renamed.
        """
        options = sorted(listed, key=lambda o: (o.rank or 0, o.id))
        for native in options:
            if self._by_native(binding.hub, member.key, native.id) is None:
                self._meet(binding.hub, member.key, native)

    def learn_names(self, member: Member, binding: Binding, listed: Sequence[Option]) -> None:
        """Take in which options a side took away, and which it renamed."""
        self._forget(binding.hub, member.key, {o.id for o in listed})
        for native in listed:
            known = self._by_native(binding.hub, member.key, native.id)
            if known is not None and known.base.get(member.key) != native.name:
                self.rename(known, native.name)
                known.base[member.key] = native.name

    def rename(self, option: HubOption, name: str) -> None:
        """Give an option another name; the old one is still understood."""
        if option.name not in option.former:
            option.former.append(option.name)
        option.name = name

    def _forget(self, field: str, key: str, standing: set[str]) -> None:
        """An option that people removed there is made again only if something needs it."""
        for option in self.of(field):
            if option.natives.get(key, "") not in {*standing, ""}:
                del option.natives[key]
                option.base.pop(key, None)

    def _meet(self, field: str, key: str, native: Option) -> None:
        wanted = fold_name(native.name)
        known = next(
            (o for o in self.of(field) if key not in o.natives and fold_name(o.name) == wanted),
            None,
        )
        if known is None:
            known = self.add(field, native.name, native.color)
        known.natives[key] = native.id
        known.base[key] = native.name

    def _by_native(self, field: str, key: str, native: str) -> HubOption | None:
        return next((o for o in self.of(field) if o.natives.get(key) == native), None)

    # What the sides are due

    def renames(self, member: Member, binding: Binding) -> list[OptionWrite]:
        """The options of a side whose name there is not the present one."""
        return [
            OptionWrite(member.key, binding.side, binding.hub, o.id, native, o.name, o.color)
            for o in self.of(binding.hub)
            if (native := o.natives.get(member.key)) is not None
            and o.base.get(member.key) != o.name
        ]

    def make(self, member: Member, binding: Binding, option: str) -> OptionWrite | None:
        """An option that a record needs and a side lacks; the record may use it at once."""
        known = self.get(binding.hub, option)
        if known is None:
            return None
        self._pending[member.key, binding.hub, option] = PENDING + option
        return OptionWrite(
            member.key, binding.side, binding.hub, known.id, None, known.name, known.color
        )

    def pending(self, key: str, field: str, option: str) -> str | None:
        """The stand-in for the native id of an option that this plan makes."""
        return self._pending.get((key, field, option))


@dataclass(frozen=True)
class SideWords:
    """How one side's field names the options of the hub (`sync.mapping.unit.Words`)."""

    vocabulary: Vocabulary
    member: Member
    field: str
    ids: bool
    """Whether values there are native ids; else they are names."""

    def native(self, option: str) -> str | None:
        """The native id there; None if the option must be made first."""
        known = self.vocabulary.get(self.field, option)
        if not self.ids:
            return self.vocabulary.shown(self.field, known) if known else option
        if known and self.member.key in known.natives:
            return known.natives[self.member.key]
        return self.vocabulary.pending(self.member.key, self.field, option)

    def former(self, option: str) -> list[str]:
        """The names that it had, and that mean no other option."""
        known = self.vocabulary.get(self.field, option)
        options = self.vocabulary.of(self.field)
        names = reversed(known.former) if known else ()
        return [name for name in names if self._named(options, name) is known]

    def option(self, native: str) -> str:
        """The hub option that a native id or a name stands for; a new name is a new option."""
        options = self.vocabulary.of(self.field)
        if self.ids:
            known = next((o for o in options if o.natives.get(self.member.key) == native), None)
            if known is None:
                raise UnknownOption(native)
            return known.id
        known = self._named(options, native)
        return known.id if known else self.vocabulary.add(self.field, native).id

    def _named(self, options: list[HubOption], name: str) -> HubOption | None:
        exact = [o for o in options if self.vocabulary.shown(self.field, o) == name]
        once = [o for o in options if name == o.id or name in o.former]
        alike = [o for o in options if fold_name(o.name) == fold_name(name)]
        return next(iter([*exact, *once, *alike]), None)
