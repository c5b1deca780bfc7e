"""YAML front matter: read safely, and changed line by line.

Only the lines of the keys that change are written anew; every other byte, comments
and order included, stays. Values are read by the core schema of YAML 1.2 (`yes` and
`2026-03-01` are text), without aliases, tags or repeated keys.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import NoReturn

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sync import plain_yaml
from sync.errors import Malformed
from sync.model import Fields, Plain

_MOST = 262_144
_PLAIN = re.compile(r"[^\W\d_](?:[\w .'/()+@&%€°-]*[\w.')/%€°])?|https?://[\w./?=&%+~-]*\w")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_INTEGER = re.compile(r"[-+]?\d+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}
_CONSTANTS: Mapping[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read(text: str) -> dict[str, Plain] | None:
    """Read the values; None if the text is no mapping at all. Raises `Malformed`."""
    root = _compose(text)
    if root is None:
        return {}
    return _table(root, 0) if isinstance(root, MappingNode) else None


def patch(text: str, changes: Fields) -> str:
    """Write some keys anew, take away those that become None, and leave all else."""
    root = _compose(text)
    if isinstance(root, MappingNode) and root.flow_style:
        text = "".join(f"{_key(n)}: {flow(v)}\n" for n, v in (read(text) or {}).items())
        root = _compose(text)
    pairs = {k.value: (k, v) for k, v in root.value} if isinstance(root, MappingNode) else {}
    known = [name for name in changes if name in pairs]
    for name in sorted(known, key=lambda n: pairs[n][0].start_mark.index, reverse=True):
        text = _replaced(text, *pairs[name], changes[name])
    text = text if not text or text.endswith("\n") else text + "\n"
    return text + "".join(
        entry(name, value)
        for name, value in changes.items()
        if name not in pairs and value is not None
    )


def entry(name: str, value: Plain) -> str:
    """One key with its value, in the form that people would write."""
    if isinstance(value, list) and any(isinstance(element, dict) for element in value):
        return f"{_key(name)}:\n" + "".join(f"- {flow(element)}\n" for element in value)
    return f"{_key(name)}: {flow(value)}\n"


def flow(value: Plain) -> str:
    """Write a value on one line."""
    match value:
        case str():
            return _text(value)
        case list():
            return "[" + ", ".join(flow(element) for element in value) + "]"
        case dict():
            return "{" + ", ".join(f"{_key(n)}: {flow(v)}" for n, v in value.items()) + "}"
        case float():
            return _float(value)
    return json.dumps(value)


def _float(value: float) -> str:
    """Write a fraction with its point, by which it is told from text when it is read."""
    digits = json.dumps(value)
    return digits if "." in digits else digits.replace("e", ".0e")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[^\W\d][\w-]*", name) and _is_word(name) else _quoted(name)


def _text(text: str) -> str:
    if _DATE.fullmatch(text) or (_PLAIN.fullmatch(text) and _is_word(text)):
        return text
    return _quoted(text)


def _is_word(text: str) -> bool:
    return text.lower() not in _WORDS_OF_YAML and not _NUMBER.fullmatch(text)


def _quoted(text: str) -> str:
    return "".join(_escape(character) for character in json.dumps(text, ensure_ascii=False))


def _escape(character: str) -> str:
    code = ord(character)
    hidden = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character == "\ufeff"
    if hidden or code & 0xFFFE == 0xFFFE:  # noqa: PLR2004 - the non-characters of each plane
        return f"\\U{code:08x}"
    return character


def _replaced(text: str, key: ScalarNode, value: Node, new: Plain) -> str:
    start, end = key.start_mark.index, _end(value)
    of_line = text.rfind("\n", 0, start) + 1
    if new is None:
        after = text.find("\n", end - 1 if text[end - 1 : end] == "\n" else end)
        return text[:of_line] + (text[after + 1 :] if after >= 0 else "")
    written = entry(str(key.value), new)
    if isinstance(value, ScalarNode):
        inline = value.style not in ("|", ">")
    else:
        inline = isinstance(value, MappingNode | SequenceNode) and bool(value.flow_style)
    if inline and written.count("\n") == 1:
        at, blank = value.start_mark.index, "" if end > value.start_mark.index else " "
        return text[:at] + blank + flow(new) + text[end:]
    after = end if text[end - 1 : end] == "\n" else text.find("\n", end) + 1
    return text[:of_line] + written + (text[after:] if after else "")


def _end(node: Node) -> int:
    """Where the value ends, without the blanks and comments that follow it."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _compose(text: str) -> Node | None:
    try:
        return plain_yaml.compose(text, _MOST)
    except plain_yaml.Unreadable as error:
        _refuse(str(error))


def _table(node: MappingNode, depth: int) -> dict[str, Plain]:
    table: dict[str, Plain] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            _refuse(f"a key that is no text in line {key.start_mark.line + 2}")
        if key.value in table:
            _refuse(f"{key.value!r} occurs twice, again in line {key.start_mark.line + 2}")
        table[key.value] = _value(value, depth + 1)
    return table


def _value(node: Node, depth: int) -> Plain:
    if isinstance(node, MappingNode):
        return dict(_table(node, depth)) or None
    if isinstance(node, SequenceNode):
        return [_value(element, depth + 1) for element in node.value] or None
    if node.tag.startswith("tag:yaml.org,2002:") and node.tag.rpartition(":")[2] not in (
        "str",
        "int",
        "float",
        "bool",
        "null",
    ):
        _refuse(f"the tag {node.tag} is not read")
    quoted = isinstance(node, ScalarNode) and node.style is not None
    return _scalar(str(node.value), quoted=quoted)


def _scalar(text: str, *, quoted: bool) -> Plain:
    if quoted:
        return text or None
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and not re.match(r"[-+]?0\d", text) and len(text) < 30:  # noqa: PLR2004 - no number of people's
        return int(text)
    if _NUMBER.fullmatch(text) and "." in text and math.isfinite(float(text)):
        return float(text)
    return text


def _refuse(why: str) -> NoReturn:
    raise Malformed(f"front matter: {why}")
