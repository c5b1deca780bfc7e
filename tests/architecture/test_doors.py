"""What comes from outside comes in by one door each; what is dangerous is not used at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    p for top in ("sync", "connectors", "mappings", "docs") for p in (ROOT / top).rglob("*.py")
]
PEOPLE = "sync/demo/hands.py"
"""Plays people at work with their own tools, on the demo's own servers: uses nothing of ours."""
XML_DOOR, YAML_DOOR = "connectors/xml.py", "sync/plain_yaml.py"
XML = ("xml", "defusedxml", "lxml", "pyexpat", "bs4", "html5lib", "xmltodict")
NEVER = {"pickle", "cPickle", "dill", "shelve", "marshal", "jsonpickle", "telnetlib", "ftplib"}
NETWORK = {"requests", "urllib3", "httpx", "aiohttp", "http.client", "urllib.request", "socket"}
SERVERS = ("connectors/http/", "connectors/sandbox/", "sync/demo/")
READS_YAML = {
    *("load", "load_all", "safe_load", "safe_load_all", "full_load", "unsafe_load", "parse"),
    *("compose", "compose_all", "scan", "Loader", "FullLoader", "UnsafeLoader", "SafeLoader"),
}
CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "tempfile.mktemp"),
    *("ssl._create_unverified_context", "pickle.loads", "marshal.loads", "input"),
}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def _is(imported: str, modules) -> bool:
    return any(imported == module or imported.startswith(f"{module}.") for module in modules)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_xml_is_read_through_one_door(path):
    if _name(path) in {XML_DOOR, PEOPLE}:
        pytest.skip("the door itself, or people")
    assert not [name for name in _imports(path) if _is(name, XML)]
    wire = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and ast.unparse(node.value) == "xmlrpc.client"
    }
    assert wire <= {"xmlrpc.client.dumps"}, "what xmlrpc.client reads is not bounded"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_yaml_is_read_through_one_door(path):
    if _name(path) in {YAML_DOOR, PEOPLE}:
        pytest.skip("the door itself, or people")
    tree = ast.parse(path.read_text("utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"yaml", "ruamel"}
    }
    taken = {name.rpartition(".")[2] for name in _imports(path) if _is(name, ("yaml", "ruamel"))}
    assert not (used | taken) & READS_YAML


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_the_network_is_reached_through_one_door(path):
    if _name(path).startswith(SERVERS):
        pytest.skip("the door itself, or a server of the sandbox")
    allowed = {"sync/notify.py", "sync/daemon.py"}  # systemd's socket, of this machine
    found = {name for name in _imports(path) if _is(name, NETWORK)}
    assert not found or _name(path) in allowed


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_nothing_from_outside_is_ever_run(path):
    assert not [name for name in _imports(path) if _is(name, NEVER)]
    for name, call in _calls(path):
        assert name not in CALLS or ast.unparse(call) == "exec('')", ast.unparse(call)
        shell = [k for k in call.keywords if k.arg == "shell"]
        verify = [k for k in call.keywords if k.arg == "verify"]
        assert not shell, ast.unparse(call)
        assert not verify, ast.unparse(call)


def test_sessions_are_deaf_to_the_environment_wherever_they_are_made():
    made = [_name(p) for p in MODULES for name, _ in _calls(p) if name.endswith("Session")]
    assert {name for name in made if not name.startswith(("connectors/sandbox/", "sync/"))} == {
        "connectors/http/timed.py"
    }


def test_the_doors_are_there():
    assert {XML_DOOR, YAML_DOOR, PEOPLE} <= {_name(path) for path in MODULES}
