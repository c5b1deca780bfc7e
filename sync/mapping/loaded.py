"""The mappings of a folder, as they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sync.i18n import _
from sync.mapping.circles import Circle, spread
from sync.mapping.document import MappingDocument, SideDocument
from sync.mapping.places import Spot
from sync.mapping.problem import Problem
from sync.mapping.reading import parse
from sync.mapping.source import Source, Steps, load


@dataclass(frozen=True)
class Loaded:
    """One mapping: its name (that of its file), its text with places, and what it says."""

    name: str
    source: Source
    document: MappingDocument
    """Sides that name several collections are as many sides here."""
    circles: Mapping[str, Circle] = field(default_factory=dict)
    """Which circle a side is, where one names several."""

    def system(self, label: str) -> str:
        """The system of a side: named by `use`, else by the side itself."""
        return self.document.sides[label].use or label

    def word(self, label: str) -> str | None:
        """The word by which a side names its collection; None if it is not exactly one."""
        named = self.document.sides[label].named
        return next(iter(named)) if len(named) == 1 else None

    def spot(self, label: str) -> Spot | None:
        """Where a side points; None if it does not name exactly one collection."""
        word = self.word(label)
        if word is None:
            return None
        return Spot(self.system(label), word, self.document.sides[label].named[word])

    def sides(self) -> list[tuple[str, SideDocument, Spot]]:
        """The sides that point somewhere."""
        found = ((label, side, self.spot(label)) for label, side in self.document.sides.items())
        return [(label, side, spot) for label, side, spot in found if spot]

    def problem(
        self, steps: Steps, message: str, remedy: str = "", *, key: bool = False
    ) -> Problem:
        """A fault at a value of the file, or at its key."""
        if steps[:1] == ("sides",) and steps[1:2] and (circle := self.circles.get(str(steps[1]))):
            steps = ("sides", circle.written, *steps[2:])
        mark = self.source.mark(steps, key=key)
        path = ".".join(map(str, steps))
        return Problem(self.source.file, mark.line, mark.column, path, message, remedy)


def read_mapping(source: Source, name: str) -> tuple[Loaded | None, list[Problem]]:
    """Read one mapping; with any fault in its form there is none, and its problems are told."""
    document = parse(source, MappingDocument)
    if document is None or source.problems:
        return None, source.problems
    whole, circles = spread(document)
    return Loaded(name, source, whole, circles), []


def read_folder(folder: Path, shown: str | None = None) -> tuple[list[Loaded], list[Problem]]:
    """Read every mapping of a folder (`*.yaml`, `*.yml`), by name.

    `shown` is how problems call the folder. Files whose name begins with a dot or an
    underscore are left aside.
    """
    loaded: list[Loaded] = []
    problems: list[Problem] = []
    names: dict[str, str] = {}
    for path in sorted(folder.glob("*.y*ml")):
        if path.suffix not in {".yaml", ".yml"} or path.name.startswith((".", "_")):
            continue
        source = load(path, str(Path(shown or folder) / path.name))
        if path.stem in names:
            message = _("two files make a mapping “{name}”, this and {other}")
            source.problem(
                (),
                message.format(name=path.stem, other=names[path.stem]),
                _("rename one of them"),
            )
        names[path.stem] = path.name
        mapping, found = read_mapping(source, path.stem)
        problems += found
        if mapping:
            loaded.append(mapping)
    return loaded, problems
