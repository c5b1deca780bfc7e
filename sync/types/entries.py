"""The entries of a checklist: read, recognised in a changed checklist, merged."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

from sync.model import Plain
from sync.types.alignment import alike
from sync.types.base import is_empty
from sync.types.moment import MomentType
from sync.types.scalar import Bool
from sync.types.text import folded, string

_KEYS = {"id", "text", "done", "list", "due", "who"}
_WHEN = MomentType()
_MANY = 2500


@dataclass(frozen=True)
class Entry:
    """One line of a checklist. `id` is the native id at one side, and no part of the meaning."""

    text: str
    done: bool = False
    list: str | None = None
    due: str | None = None
    who: str | None = None
    id: str | None = None

    @property
    def plain(self) -> dict[str, Plain]:
        """The canonical form: what is empty is absent, but for text and done."""
        said: dict[str, Plain] = {"text": self.text, "done": self.done}
        rest = {"id": self.id, "list": self.list, "due": self.due, "who": self.who}
        return said | {key: value for key, value in rest.items() if value is not None}

    @property
    def meaning(self) -> tuple[Hashable, ...]:
        """Everything but the id."""
        return self.text, self.done, self.list, self.who, _WHEN.pieces(self.due)


def read(value: Plain) -> list[Entry]:
    """Read entries from outside; those without a text are dropped. Raises ValueError."""
    if is_empty(value):
        return []
    if not isinstance(value, list):
        raise ValueError(f"a list of entries is wanted, not {value!r:.80}")
    return _distinct([entry for one in value if (entry := _entry(one)).text])


def entries(value: Plain) -> list[Entry]:
    """Read a canonical checklist."""
    return [_entry(one) for one in value] if isinstance(value, list) else []


def canonical(found: Sequence[Entry]) -> Plain:
    """Return the canonical form of a checklist; None if it is empty."""
    return list[Plain](entry.plain for entry in found) or None


def _entry(value: Plain) -> Entry:
    if not isinstance(value, dict) or not value.keys() <= _KEYS:
        raise ValueError(f"not an entry of a checklist ({', '.join(sorted(_KEYS))}): {value!r:.80}")
    due = _WHEN.clean(value.get("due"))
    return Entry(
        text=(string(value.get("text")) or "").strip(),
        done=bool(Bool().clean(value.get("done"))),
        list=string(value.get("list")),
        due=due if isinstance(due, str) else None,
        who=string(value.get("who")),
        id=string(value.get("id")),
    )


def _distinct(found: Sequence[Entry]) -> list[Entry]:
    """Let the first entry of an id keep it: an id names one entry."""
    known: set[str] = set()
    kept: list[Entry] = []
    for entry in found:
        twin = entry.id in known
        known.update({entry.id} if entry.id else ())
        kept.append(replace(entry, id=None) if twin else entry)
    return kept


@dataclass
class _Pairing:
    """Entries of a changed checklist, paired with those of the one it came from."""

    base: Sequence[Entry]
    changed: Sequence[Entry]
    pairs: dict[int, int] = field(default_factory=dict)
    """Index in `changed` -> index in `base`."""

    @property
    def olds(self) -> list[int]:
        """The entries of the base that are not found yet."""
        found = set(self.pairs.values())
        return [index for index in range(len(self.base)) if index not in found]

    @property
    def news(self) -> list[int]:
        """The changed entries that are not recognised yet."""
        return [index for index in range(len(self.changed)) if index not in self.pairs]

    def by(self, key: Callable[[Entry], Hashable]) -> None:
        """Pair entries of one key in their order; a key of None is nobody's."""
        olds: dict[Hashable, deque[int]] = {}
        for old in self.olds:
            olds.setdefault(key(self.base[old]), deque()).append(old)
        for new in self.news:
            word = key(self.changed[new])
            if word is not None and olds.get(word):
                self.pairs[new] = olds[word].popleft()

    def by_likeness(self, *, shared: bool) -> None:
        """Pair texts that are like each other, unless there are very many of them."""
        olds, news = self.olds, self.news
        if len(olds) * len(news) > _MANY:
            return
        for new in news:
            entry = self.changed[new]
            for old in olds:
                before = self.base[old]
                others = shared and before.id and entry.id
                if not others and alike(before.text, entry.text):
                    self.pairs[new] = old
                    olds.remove(old)
                    break


def paired(base: Sequence[Entry], changed: Sequence[Entry], *, ids: bool = True) -> dict[int, int]:
    """Tell which entry of `base` each entry of `changed` is: index -> index.

    By id, else by text in the same list, else by text, else by a text that is like
    it: but where the two share ids, another id is another entry. Without `ids`, by
    text alone.
    """
    if [entry.meaning for entry in base] == [entry.meaning for entry in changed]:
        return {index: index for index in range(len(base))}
    pairing = _Pairing(base, changed)
    if ids:
        pairing.by(lambda entry: entry.id)
    shared = bool(pairing.pairs)
    pairing.by(lambda entry: (entry.list, entry.text))
    pairing.by(lambda entry: folded(entry.text))
    if ids:
        pairing.by_likeness(shared=shared)
    return pairing.pairs


@dataclass
class _Line:
    """What each of the three says of one entry."""

    base: Entry | None = None
    mine: Entry | None = None
    theirs: Entry | None = None

    def outcome(self) -> list[Entry]:
        """What stands of it: nothing once removed and untouched, both forms if they clash."""
        if self.mine and self.theirs:
            if self.base:
                return _settled(self.base, self.mine, self.theirs)
            text = self.mine.text
            return _settled(Entry(text), self.mine, replace(self.theirs, text=text))
        left = self.mine or self.theirs
        if not left or (self.base and left.meaning == self.base.meaning):
            return []
        return [left]


def combine(
    base: Sequence[Entry], mine: Sequence[Entry], theirs: Sequence[Entry], *, ids: bool = True
) -> list[Entry]:
    """Merge two changes of `base`; with an empty base, join two checklists."""
    lines = [_Line(base=entry) for entry in base]
    ours: list[int] = []
    pairs = paired(base, mine, ids=ids)
    for index, entry in enumerate(mine):
        ours.append(_line(lines, pairs.get(index)))
        lines[ours[-1]].mine = entry
    added = [line for line in ours if line >= len(base)]
    pairs, others = paired(base, theirs, ids=ids), []
    new = [index for index in range(len(theirs)) if index not in pairs]
    same = _same([lines[line].mine for line in added], [theirs[index] for index in new])
    pairs |= {new[index]: added[twin] for index, twin in same.items()}
    for index, entry in enumerate(theirs):
        others.append(_line(lines, pairs.get(index)))
        lines[others[-1]].theirs = entry
    order = _order(list(range(len(base))), ours, others)
    return _distinct([entry for line in order for entry in lines[line].outcome()])


def _line(lines: list[_Line], known: int | None) -> int:
    if known is not None:
        return known
    lines.append(_Line())
    return len(lines) - 1


def _same(mine: Sequence[Entry | None], theirs: Sequence[Entry]) -> dict[int, int]:
    """Pair what both added, by its text alone: a text that is only like it is another entry."""
    return paired([entry for entry in mine if entry], theirs, ids=False)


def _settled(base: Entry, mine: Entry, theirs: Entry) -> list[Entry]:
    if any(_clash(*three) for three in _told_apart(base, mine, theirs)):
        return [mine, theirs]
    return [
        Entry(
            text=theirs.text if mine.text == base.text else mine.text,
            done=theirs.done if mine.done == base.done else mine.done,
            list=theirs.list if mine.list == base.list else mine.list,
            due=theirs.due if _WHEN.equal(mine.due, base.due) else mine.due,
            who=theirs.who if mine.who == base.who else mine.who,
            id=mine.id or theirs.id,
        )
    ]


def _told_apart(base: Entry, mine: Entry, theirs: Entry) -> list[tuple[Hashable, ...]]:
    """List what people would miss if one of two changes of it gave way."""
    return [
        (base.text, mine.text, theirs.text),
        (base.who, mine.who, theirs.who),
        tuple(_WHEN.pieces(entry.due) for entry in (base, mine, theirs)),
    ]


def _clash(base: Hashable, mine: Hashable, theirs: Hashable) -> bool:
    return mine not in (base, theirs) and theirs != base


def _order(base: list[int], mine: list[int], theirs: list[int]) -> list[int]:
    """Order lines as whoever moved some of them did, the hub before the other."""
    stayed = [line for line in mine if line in set(base)]
    moved = stayed != sorted(stayed)
    order, other = (mine, theirs) if moved or not base else (theirs, mine)
    return _interleaved(order, other, at_end=not base)


def _interleaved(order: list[int], other: list[int], *, at_end: bool) -> list[int]:
    """Put what only the other has behind what stands before it there."""
    known = set(order)
    behind: dict[int | None, list[int]] = {}
    anchor = order[-1] if at_end and order else None
    for line in other:
        if line in known:
            anchor = line
        else:
            behind.setdefault(anchor, []).append(line)
    return [
        *behind.get(None, []),
        *(one for line in order for one in (line, *behind.get(line, []))),
    ]
