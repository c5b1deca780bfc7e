"""Writes `docs/reference` from the code: `python -m docs.generate` (`--check`: only compare).

What can be read from models, kinds, entry points and commands is never written by hand.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path

for _name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "en_GB.UTF-8"  # helps are translated when the commands are imported

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sync import registry
from sync.cli.main import app
from sync.connector import Capabilities, Connector
from sync.kinds import Kind
from sync.mapping import document, transforms
from sync.mapping.defaults import DefaultMap, defaults
from sync.mapping.vocabulary import FieldDocument, KindDocument, read_kinds
from sync.settings.document import PREFIX, Document, Retention, SystemDocument
from sync.settings.door import DoorDocument
from sync.settings.systems import holds_secret
from sync.types import TYPES
from tests.exhaustive.presence import cases
from tests.exhaustive.presence_table import rows

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by `python -m docs.generate`; edit the code instead. -->\n"


def pages() -> dict[str, str]:
    """Every page of the reference that is generated, by its file name."""
    made: dict[str, Callable[[], Iterator[str]]] = {
        "mapping-language.md": mapping_language,
        "settings.md": settings,
        "command-line.md": command_line,
        "kinds.md": kinds,
        "connectors.md": connectors,
        "presence.md": presence,
    }
    return {name: NOTE + "\n".join(make()).rstrip() + "\n" for name, make in made.items()}


def mapping_language() -> Iterator[str]:
    """What a mapping file can say."""
    yield "# The mapping language\n"
    yield "A mapping is a YAML file in the folder of mappings; its name is the file's. The smallest"
    yield "useful one names a kind and two sides. `jumelage check` tells every fault with its place"
    yield "and its remedy; `jumelage schema` prints a JSON Schema, by which editors complete.\n"
    for title, model in (
        ("A mapping", document.MappingDocument),
        ("A side", document.SideDocument),
        ("The map of one field", document.FieldMap),
        ("Deletions", document.Deletions),
        ("A budget", document.Budget),
    ):
        yield from _section(title, model)
    yield "## Words\n"
    yield "Beside these keys a side names its collection by one of its connector's words"
    yield "(`board: Programme 2026`); they are in [connectors](connectors.md).\n"
    yield "A side may name several collections, where its connector says so: `board: [A, B]`. It is"
    yield "then as many sides, a circle each: an item bears the name of its circle in the field"
    yield "`circle` and stands in that collection alone. What has no circle stands in none; another"
    yield "circle, written on any side, moves it.\n"
    yield "## Conditions of `only`\n"
    yield _flat(document, "Condition")
    yield "\n## Rules of `fields`\n"
    yield _flat(document, "FieldRule")
    yield "\n## Transforms\n"
    yield "| transform | what it shows | both ways |\n|---|---|---|"
    for name in transforms.known():
        made, said = _transform(name)
        yield f"| `{name}` | {said} | {'yes' if made.two_way else 'no: only published'} |"


def settings() -> Iterator[str]:
    """What the settings file can say."""
    yield "# The settings\n"
    yield "`jumelage.yaml`, found by `--config`, else `JUMELAGE_CONFIG`, `./jumelage.yaml` or"
    yield "`/etc/jumelage/jumelage.yaml`. Keys that are not listed here are refused. Relative paths"
    yield "count from the file that names them.\n"
    yield from _section("The file", Document)
    yield from _section("Retention", Retention)
    yield from _section("The door", DoorDocument)
    yield "[What it is for, and how to open it](../how-to/webhooks.md).\n"
    yield from _section("One system", SystemDocument)
    yield "Its other keys are its connector's: [connectors](connectors.md).\n"
    yield "## Secrets\n"
    yield "A secret stands outside: `{credential: NAME}` (a file of `$CREDENTIALS_DIRECTORY`, which"
    yield "systemd hands over), `{file: PATH}` or `{env: NAME}`. In plain it is refused.\n"
    yield "## Environment\n"
    yield f"Every key can be given as `{PREFIX}KEY`, which goes before the file;"
    yield f"`{PREFIX}SYSTEMS__NAME__KEY` sets one key of one system, `{PREFIX}DOOR__KEY` one of the"
    yield "door. Relative paths then count from the current folder."


def command_line() -> Iterator[str]:
    """Every command, as `--help` tells it."""
    group = typer.main.get_command(app)
    yield "# The command line\n"
    yield str(group.help) + "\n"
    yield "| exit status | meaning |\n|---|---|"
    yield "| 0 | all in step |"
    yield "| 1 | something is held, or failed; the output says which |"
    yield "| 2 | wrong usage, or a name that nothing has |"
    yield "| 78 | a fault of configuration |"
    yield "| 130 | interrupted |\n"
    yield "What `--json` prints is described in [JSON](json.md). Before the command:\n"
    yield from _parameters(group.params)
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        shown = " ".join(["jumelage", name, *(_usage(p) for p in arguments)])
        yield f"## `{shown}`\n\n{command.help}\n"
        yield from _parameters(command.params)


def kinds() -> Iterator[str]:
    """The common vocabulary, and the types of its fields."""
    known, _problems = read_kinds()
    yield "# Kinds and field types\n"
    yield "A kind is a file, `mappings/kinds/NAME.yaml`; one of your own lies in the folder `kinds`"
    yield "beside your mappings. Code knows field types, never kinds.\n"
    for kind in known.values():
        yield from _kind(kind)
    yield "## Field types\n\n| type | what it is |\n|---|---|"
    for name, known_type in sorted(TYPES.items()):
        yield f"| `{name}` | {_line(type(known_type))} |"
    yield ""
    yield from _section("The file of a kind", KindDocument)
    yield from _section("One field of a kind", FieldDocument)


def connectors() -> Iterator[str]:
    """Every registered connector."""
    yield "# Connectors\n"
    yield "| connector | collections | kinds |\n|---|---|---|"
    for name in registry.connectors():
        words = registry.connector(name).words
        for word, said in words.items():
            which = ", ".join(said.kinds) if said.kinds else "any"
            yield f"| [`{name}`](#{name}) | `{word}:` {said.title} | {which} |"
    yield "\n## Capabilities\n"
    yield "What the engine may rely on; it makes up for the rest. Some connectors know theirs only"
    yield "once they know their server: these are what they begin with. Nextcloud has those"
    yield "of caldav and webdav, by collection. The conformance suite proves every one.\n"
    yield from _capabilities()
    for name in registry.connectors():
        yield from _connector(name, registry.connector(name))


def presence() -> Iterator[str]:
    """What is decided when a record is not seen any more, from the statement in the tests."""
    yield "# What absence decides\n"
    yield "One item stands on three sides: *here*, *there*, and on a *third* that is always seen"
    yield "and unchanged. The table says what one cycle makes of what it sees *here*, by what the"
    yield "mapping says that absence on this side means (`on-absence`); `any`: it changes nothing."
    yield "It is written from a statement of the rules that shares no code with the planner, with"
    yield f"which the planner is compared in every case: {sum(1 for _ in cases()):,} of them, with"
    yield "filters, bins, sides without comments or only read (`tests/exhaustive/presence.py`).\n"
    yield from rows()


def _capabilities() -> Iterator[str]:
    names = registry.connectors()
    yield "| capability | " + " | ".join(f"`{name}`" for name in names) + " |"
    yield "|---|" + "---|" * len(names)
    for each in fields(Capabilities):
        has = [getattr(registry.connector(n).capabilities, each.name) for n in names]
        yield f"| `{each.name}` | " + " | ".join("yes" if h else "" for h in has) + " |"
    yield ""
    lines = inspect.getsource(Capabilities).splitlines()
    for at, line in enumerate(lines):
        if ": bool" in line:
            said = lines[at + 1].strip().strip('"')
            yield f"- `{line.strip().partition(':')[0]}`: {said}"
    yield ""


def _connector(name: str, connector: type[Connector]) -> Iterator[str]:
    model = connector.settings_type
    yield f"## {name}\n\n{_line(connector)}\n"
    yield "| setting | | default |\n|---|---|---|"
    for key, info in model.model_fields.items():
        if key != "connector":
            secret = "secret; " if holds_secret(model, key) else ""
            yield f"| `{key}` | {secret}{_attribute(model, key)} | {_default(info)} |"
    yield ""
    for word, by_kind in defaults(name).items():
        for kind, said in by_kind.items():
            yield f"`{word}:` of {kind}: {_field_map(said)}\n"


def _field_map(said: DefaultMap) -> str:
    parts = []
    for hub, rule in said.fields.items():
        if isinstance(rule, str):
            parts.append(f"{hub} = `{rule}`" if rule != hub else f"`{hub}`")
        elif isinstance(rule, document.FieldMap):
            way = f" ({rule.transform})" if rule.transform else ""
            parts.append(f"{hub} = `{rule.to or hub}`{way}")
        else:
            parts.append(f"no {hub}")
    only = "; only " + ", ".join(f"{f}: {c}" for f, c in said.only.items()) if said.only else ""
    return ", ".join(parts) + only


def _kind(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"Named by `{kind.title}`, recognised at a first meeting by {_names(kind.key)}.\n"
    yield "| field | type | in English | in French |\n|---|---|---|---|"
    for field in kind.fields.values():
        extra = f" ({', '.join(field.values)})" if field.values else ""
        extra += f", within `{field.within}`" if field.within else ""
        labels = [field.labels.get(language, "") for language in ("en", "fr")]
        yield f"| `{field.name}` | {field.type.name}{extra} | {' | '.join(labels)} |"
    yield ""


def _section(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"## {title}\n\n{_line(model)}\n"
    yield "| key | | default |\n|---|---|---|"
    for name, info in model.model_fields.items():
        said = " ".join((info.description or "").split())
        yield f"| `{info.alias or name}` | {_cell(said)} | {_default(info)} |"
    yield ""


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "see below"
    return "" if value in (None, {}, []) else f"`{value}`"


def _attribute(model: type[BaseModel], key: str) -> str:
    """The docstring below a field, of the class that declares it."""
    for cls in model.__mro__:
        declared = key in vars(cls).get("__annotations__", {})
        lines = inspect.getsource(cls).splitlines() if declared else []
        for at, line in enumerate(lines[:-1]):
            if line.strip().startswith(f"{key}:") and lines[at + 1].strip().startswith('"""'):
                return _cell(lines[at + 1].strip().strip('"'))
    return ""


def _parameters(params: Iterable[object]) -> Iterator[str]:
    rows = []
    for param in params:
        names = ", ".join(f"`{name}`" for name in getattr(param, "opts", []) if name != "--help")
        if names and getattr(param, "name", "") not in ("install_completion", "show_completion"):
            argument = getattr(param, "param_type_name", "") == "argument"
            label = f"`{_usage(param)}`" if argument else names
            rows.append(f"| {label} | {_cell(getattr(param, 'help', None) or '')} |")
    if rows:
        yield "| | |\n|---|---|"
        yield from rows
        yield ""


def _usage(param: object) -> str:
    said = getattr(param, "metavar", None) or str(getattr(param, "name", "")).upper()
    return str(said)


def _transform(name: str) -> tuple[transforms.Transform, str]:
    for field in TYPES.values():
        made = transforms.named(name, field, "Europe/Paris")
        if made.takes is None or field.name in made.takes:
            make = transforms._MAKERS[name.partition(":")[0]]  # noqa: SLF001 - the page describes it
            said = _line(make)
            break
    if made.name in ("hours", "minutes", "seconds"):
        said = f"Show a duration as a number of {made.name}, a day being 24 hours."
    return made, f"{said} Takes {_names(sorted(made.takes)) if made.takes else 'any type'}."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"


def _line(thing: object) -> str:
    said = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    return _cell(" ".join(said.split()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _flat(module: object, name: str) -> str:
    """The docstring below a name of a module."""
    source = inspect.getsource(module).splitlines()  # type: ignore[arg-type]
    at = next(i for i, line in enumerate(source) if line.startswith(f"{name}: TypeAlias"))
    return next(line for line in source[at:] if line.startswith('"""')).strip('"')


def main(arguments: list[str]) -> int:
    """Write the pages, or tell which are not up to date."""
    old = [
        name
        for name, text in pages().items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != text
    ]
    if "--check" in arguments:
        sys.stdout.writelines(f"{name} is not up to date: make docs\n" for name in old)
        return 1 if old else 0
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
