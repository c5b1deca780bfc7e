"""Every fenced block of the documentation is run, or checked by what will read it."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import RootModel

from sync import registry
from sync.mapping.defaults import DefaultMap
from sync.mapping.document import MappingDocument
from sync.mapping.reading import parse
from sync.mapping.source import Source, read
from sync.mapping.vocabulary import KindDocument
from sync.settings.document import Document
from tests.docs.pages import PAGES, ROOT, Block, Reader, blocks

ALL = [block for page in PAGES for block in blocks(page)]
FIRST_CONNECTOR = ROOT / "docs" / "tutorial" / "first-connector.md"  # has a test of its own
FOLLOWED = [
    page
    for page in PAGES
    if page != FIRST_CONNECTOR
    and any(block.language == "console" and not block.by_hand for block in blocks(page))
]


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: str(page.relative_to(ROOT)))
def test_following_a_page_shows_what_it_says(page: Path, tmp_path: Path):
    reader = Reader(tmp_path / "reader")
    for block in blocks(page):
        reader.follow(block)


@pytest.mark.parametrize("block", ALL, ids=str)
def test_a_block_is_what_its_language_says(block: Block):
    assert block.language in READ_BY, f"{block}: how is {block.language!r} to be checked?"
    READ_BY[block.language](block)


def test_links_between_pages_lead_somewhere():
    links = [
        (page, target)
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if "://" not in target
    ]
    broken = [(str(page), to) for page, to in links if not (page.parent / to).exists()]
    assert not broken


def _yaml(block: Block) -> None:
    source = read(block.body.encode(), str(block))
    assert not source.problems, [str(problem) for problem in source.problems]
    data = source.data
    assert isinstance(data, dict), block
    if "sides" in data:
        _fits(source, MappingDocument)
    elif "systems" in data:
        _settings(source)
    elif {"kind", "fields"} <= set(data):
        _fits(source, KindDocument)
    elif any(name in MappingDocument.model_fields for name in data):
        _part_of_a_mapping(source)
    elif block.file and "defaults/" in block.file:
        _fits(source, RootModel[dict[str, dict[str, DefaultMap]]])
    else:
        assert all(isinstance(person, dict) for person in data.values()), f"{block}: people?"


def _fits(source: Source, model: type) -> None:
    parse(source, model)
    assert not source.problems, [str(problem) for problem in source.problems]


def _part_of_a_mapping(source: Source) -> None:
    assert isinstance(source.data, dict)
    source.data = {"kind": "card", "sides": {}} | source.data
    _fits(source, MappingDocument)


def _settings(source: Source) -> None:
    _fits(source, Document)
    assert isinstance(source.data, dict)
    systems = source.data["systems"]
    assert isinstance(systems, dict)
    for name, said in systems.items():
        assert isinstance(said, dict)
        if said["connector"] == "todolist":
            continue
        known = registry.connector(str(said["connector"])).settings_type.model_fields
        assert set(said) <= set(known), f"{name}: {set(said) - set(known)}"
        needed = {key for key, field in known.items() if field.is_required()}
        assert needed <= set(said), f"{name} lacks {needed - set(said)}"


def _python(block: Block) -> None:
    if block.file:
        return  # a piece of a file; whoever tests the page runs the whole
    exec(compile(block.body, str(block), "exec"), {})  # noqa: S102 - our own pages


def _console(block: Block) -> None:
    assert block.commands, f"{block}: nothing to type"
    for command, _shown in block.commands:
        subprocess.run(["sh", "-n", "-c", command], check=True)


def _unit(block: Block) -> None:
    configparser.ConfigParser(strict=False, interpolation=None).read_string(block.body)


READ_BY: dict[str, Callable[[Block], object]] = {
    "yaml": _yaml,
    "json": lambda block: json.loads(block.body),
    "toml": lambda block: tomllib.loads(block.body),
    "ini": _unit,
    "python": _python,
    "console": _console,
    "markdown": lambda block: block.body,
    "text": lambda block: block.body,
}
