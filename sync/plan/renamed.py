"""Renamed: a filter that calls an option by a name that people have changed since.

Nobody asked for the side to be emptied, nor for what has the new name (“interne” that was
“public”) to go on being published there. So what the filter would take under the name that
was lost neither comes, nor goes, nor is written, until the name is right again.
"""

from __future__ import annotations

from collections.abc import Iterator

from sync.i18n import _
from sync.mapping.unit import Member, Names
from sync.model import Plain
from sync.plan.draft import Draft
from sync.state import Item, Standing


def withheld(draft: Draft, member: Member, item: Item) -> bool:
    """Whether an item misses a filter by an option's name alone, or a child is not to be shown.

    That is one whose parent is withheld, or is to leave the side: that may wait to be released.
    """
    if member.parent is not None:
        if item.parent is None or not draft.known(item.parent):
            return False
        above, parent = draft.unit.members[member.parent], draft.look(item.parent)
        return _leaves(draft, above, parent) or withheld(draft, above, parent)
    if draft.passes(member, item):
        return False
    return member.only.passes(item.hub, draft.vocabulary.ever)


def _leaves(draft: Draft, member: Member, item: Item) -> bool:
    side = item.sides.get(member.key)
    if side is None or side.standing is not Standing.HERE or not side.in_scope:
        return False
    return not draft.passes(member, item)


def tell(draft: Draft, member: Member, item: Item) -> None:
    """Say once for each side and option what was renamed, and what ends the wait."""
    for old, new in _lost(draft, member, item):
        cause = _(
            "“{old}” was renamed to “{new}”, and “only:” still names “{old}”: what has it stays"
            " here as it is, and nothing of it comes or goes; put the new name in “only:”, or"
            " give it its former name back"
        ).format(old=old, new=new)
        if not any((h.subject, h.cause) == (member.key, cause) for h in draft.holds):
            draft.hold(member.key, cause, "jumelage sync")


def _lost(draft: Draft, member: Member, item: Item) -> list[tuple[Plain, Plain]]:
    """(former name, present name) of the options whose new names the filter lacks."""
    ever, passes = draft.vocabulary.ever, member.only.passes
    needed: list[tuple[Plain, Plain]] = []
    spare: list[tuple[Plain, Plain]] = []
    for field, option in _options(item):
        names = ever(field, option)
        now, *former = names if isinstance(names, list) else [names]
        for name in former:
            if passes(item.hub, _calling(ever, field, option, name)):
                without = passes(item.hub, _calling(ever, field, option, now))
                (spare if without else needed).append((name, now))
                break
    return needed or spare


def _options(item: Item) -> Iterator[tuple[str, str]]:
    for field, value in sorted(item.hub.items()):
        for option in value if isinstance(value, list) else [value]:
            if isinstance(option, str):
                yield field, option


def _calling(names: Names, field: str, option: str, name: Plain) -> Names:
    """The same names, but for an option that goes by one only."""
    alone = field, option

    def called(field: str, option: Plain) -> Plain:
        return name if (field, option) == alone else names(field, option)

    return called
