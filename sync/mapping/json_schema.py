"""The JSON schema of mapping files, by which editors complete and check while typing.

`mappings/schema.json` is made from the models: `python -m sync.mapping.json_schema`.
A mapping names it in its first line: `# yaml-language-server: $schema=…/schema.json`.
"""

from __future__ import annotations

import json
import sys

from pydantic.json_schema import GenerateJsonSchema

from sync.mapping.document import MappingDocument
from sync.model import Plain

DIALECT = "https://json-schema.org/draft/2020-12/schema"


_PYTHON_WORD = r"^\w[\w.-]*$"
_EDITOR_WORD = r"""^[^\s:,#{}\[\]'"]+$"""
"""Editors read patterns as ECMA-262, whose word characters bear no accents."""


class _Plainer(GenerateJsonSchema):
    """Without titles that only repeat a key."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the base's
        """Never."""
        return False


def json_schema() -> dict[str, Plain]:
    """The schema of a mapping file, JSON Schema 2020-12."""
    made = MappingDocument.model_json_schema(by_alias=True, schema_generator=_Plainer)
    tidy = _tidy(made)
    if not isinstance(tidy, dict):
        raise TypeError
    return {"$schema": DIALECT, **tidy, "title": "Jumelage: a mapping"}


def _tidy(node: Plain) -> Plain:
    """Say the same for readers: nothing of null, descriptions on one line."""
    if isinstance(node, list):
        return [_tidy(entry) for entry in node if entry != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidy(value) for key, value in node.items() if (key, value) != ("default", None)}
    if isinstance(description := tidy.get("description"), str):
        tidy["description"] = " ".join(description.split())
    choices = tidy.pop("oneOf", tidy.get("anyOf"))
    if isinstance(choices, list):
        # Not `oneOf`: editors would report every alternative of a value half typed.
        tidy["anyOf"] = choices
        if len(choices) == 1 and isinstance(choices[0], dict):
            del tidy["anyOf"]
            tidy.update(choices[0])
    if isinstance(patterns := tidy.pop("patternProperties", None), dict):
        tidy["patternProperties"] = {
            key.replace(_PYTHON_WORD, _EDITOR_WORD): value for key, value in patterns.items()
        }
        tidy["additionalProperties"] = False
    return tidy


def rendered() -> str:
    """The schema as it is delivered."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rendered())
