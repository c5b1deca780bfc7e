"""What is tried with each collection: every method of a connector, and its writes of many requests.

`EVERY` is tried with all of them. `MORE` are writes that take several requests, or ways
that a single field does not lead: these differ by system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sync.connector import Connector, Origin
from sync.model import Fields, Option, Plain
from tests.conformance.harness import Bench

EVERY = (
    *("locate", "schema", "capable", "everything", "changes", "get", "get_many", "children"),
    *("find", "overwritten", "open", "create", "update", "delete", "restore", "write_option"),
)
FILES = ("move", "move below", "move and write", "create below")
FIELDS = ("update everything", "create everything")
OF_TRELLO = (
    *("fill checklists", "change checklists", "empty checklists"),
    *("write label", "rename list", "rename label"),
    *(
        f"{verb} {kind}"
        for kind in ("comment", "file")
        for verb in ("list", "get", "find", "create", "update", "delete")
    ),
    *("open file", "attach a link", "cover"),
)
MORE = {
    "trello-board": (*FIELDS, *OF_TRELLO),
    "caldav-calendar": FIELDS,
    "caldav-tasks": FIELDS,
    "webdav-files": FILES,
    "nextcloud-files": FILES,
    "nextcloud-calendar": FIELDS,
    "nextcloud-tasks": (),
    "dokuwiki-namespace": (),
    "mediawiki-namespace": (),
}
SUBJECTS = tuple(MORE)
CASES = [(subject, name) for subject in SUBJECTS for name in (*EVERY, *MORE[subject])]


@dataclass
class Op:
    """One operation: `act` does it with a connector that has just signed in."""

    name: str
    act: Callable[[Connector], object]
    writes: bool = False
    signs_in: bool = False
    """Signing in is the operation itself."""
    manifold: bool = False
    """It is one of `MORE`: fewer faults are tried, but at every request."""


def operations(
    subject: str, bench: Bench, refs: list[str], cursor: str | None, left: Origin
) -> Iterator[Op]:
    """All operations of a subject, in an order in which one server can do them."""
    yield from _every(bench, refs, cursor, left)
    for op in _more(bench, refs):
        if op.name in MORE[subject]:
            yield replace(op, manifold=True)


def _every(bench: Bench, refs: list[str], cursor: str | None, left: Origin) -> Iterator[Op]:
    at, blob = bench.collection, any(s.type == "blob" for s in bench.schema.fields.values())
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    fields, origin = bench.required(), bench.origin()
    known = {ref: bench.get(ref) for ref in refs[:3]}
    changed = bench.editable()[0]
    patch = {changed: bench.samples(changed)[-1]}
    yield from [
        Op("locate", lambda c: c.locate(bench.word, bench.name), signs_in=True),
        Op("schema", lambda c: c.schema(at)),
        Op("capable", lambda c: c.capable(at)),
        Op("everything", lambda c: list(c.changes(at, None))),
        Op("get", lambda c: c.get(at, refs[0])),
        Op("get_many", lambda c: list(c.get_many(at, refs))),
        Op("children", lambda c: list(c.children(at, refs[0]))),
        Op("find", lambda c: list(c.find(at, left))),
        Op("overwritten", lambda c: list(c.overwritten(at, refs[0], since))),
        Op("create", lambda c: c.create(at, fields, origin=origin), writes=True),
        Op("update", lambda c: c.update(at, refs[1], patch, expect=known[refs[1]].version), writes=True),
        Op("delete", lambda c: c.delete(at, refs[2], expect=known[refs[2]].version), writes=True),
    ]  # fmt: skip
    if cursor is not None:
        yield Op("changes", lambda c: list(c.changes(at, cursor)))
    if bench.capabilities.soft_delete:
        yield Op("restore", lambda c: c.restore(at, refs[2]), writes=True)
    if blob:
        yield Op("open", partial(_read, at, refs[0]))
    if bench.capabilities.options:
        name = next(n for n, s in bench.schema.fields.items() if s.options)
        yield _option(bench, "write_option", name, Option("", "Tâches"))


def _more(bench: Bench, refs: list[str]) -> Iterator[Op]:
    if bench.capabilities.moves:
        yield from _files(bench)
        return
    whole = _whole(bench)
    yield _update(bench, "update everything", bench.create().ref, whole)
    yield _create(bench, "create everything", bench.required() | whole)
    if bench.capabilities.options:
        yield from _checklists(bench, refs[3])
        yield from _options(bench)
        yield from _comments(bench, refs[4])
        yield from _attached(bench, refs[5])


def _whole(bench: Bench) -> dict[str, Plain]:
    """A value for each field that can be written and be changed."""
    fields = {n: bench.samples(n)[-1] for n in bench.editable()}
    checklists = [n for n, s in bench.writable().items() if s.type == "checklist"]
    return fields | {n: _entries("un", "deux") for n in checklists}


def _entries(*texts: str, home: str = "A") -> list[Plain]:
    return [{"text": text, "done": text == "deux", "list": home} for text in texts]


def _update(bench: Bench, name: str, ref: str, patch: Fields) -> Op:
    at, expect = bench.collection, bench.get(ref).version
    return Op(name, lambda c: c.update(at, ref, patch, expect=expect), writes=True)


def _create(bench: Bench, name: str, fields: Fields) -> Op:
    at, origin = bench.collection, bench.origin(fields)
    return Op(name, lambda c: c.create(at, fields, origin=origin), writes=True)


def _option(bench: Bench, name: str, field: str, option: Option) -> Op:
    at = bench.collection
    return Op(name, lambda c: c.write_option(at, field, option), writes=True)


def _files(bench: Bench) -> Iterator[Op]:
    """Where a folder is missing, the first request is refused, and folders are made."""
    content = {"content": bench.samples("content")[0]}
    yield _update(bench, "move", bench.create().ref, {"path": "moved.txt"})
    yield _update(bench, "move below", bench.create().ref, {"path": "neu/tief/moved.txt"})
    yield _update(bench, "move and write", bench.create().ref, {"path": "both.txt"} | content)
    yield _create(bench, "create below", {"path": "noch/neu/made.txt"} | content)


def _checklists(bench: Bench, ref: str) -> Iterator[Op]:
    """Each entry is a request, and each checklist another."""
    filled = {"checklists": [*_entries("un", "deux"), *_entries("trois", home="B")], "desc": "x"}
    yield _update(bench, "fill checklists", bench.create().ref, filled)
    stood = bench.update(bench.get(ref), filled).fields["checklists"]
    assert isinstance(stood, list)
    one, two, three = (dict(entry) for entry in stood if isinstance(entry, dict))
    changed = [two | {"text": "zwei", "list": "C"}, three | {"done": True}, *_entries("vier")]
    yield _update(bench, "change checklists", ref, {"checklists": [*changed, one | {"list": "B"}]})
    full = bench.create()
    bench.update(full, filled)
    yield _update(bench, "empty checklists", full.ref, {"checklists": None})


def _options(bench: Bench) -> Iterator[Op]:
    ids = {name: bench.option(name, "Avant") for name in ("list", "labels")}
    yield _option(bench, "write label", "labels", Option("", "Neu", "green"))
    yield _option(bench, "rename list", "list", Option(ids["list"], "Après"))
    yield _option(bench, "rename label", "labels", Option(ids["labels"], "Après"))


def _comments(bench: Bench, card: str) -> Iterator[Op]:
    yield from _below(bench, "comment", card, {"text": "Bonjour"}, {"text": "Adieu"})


def _attached(bench: Bench, card: str) -> Iterator[Op]:
    content = bench.running.library.blob(b"attached", "a.txt")
    at, made = bench.collection.of_children("file"), {"path": "a.txt", "content": content}
    yield from _below(bench, "file", card, made, {"path": "b.txt"})
    known = bench.connector.create(at, made | {"path": "o.txt"}, origin=bench.origin(), parent=card)
    yield Op("open file", partial(_read, at, known.ref))
    yield Op("cover", lambda c: c.update(at, known.ref, {"path": "c.txt", "cover": True}, expect=known.version), writes=True)  # fmt: skip
    link = {"path": "l", "link": "https://example.org/"}
    yield Op("attach a link", lambda c: c.create(at, link, origin=bench.origin(), parent=card), writes=True)  # fmt: skip


def _below(bench: Bench, kind: str, card: str, made: Fields, patch: Fields) -> Iterator[Op]:
    """What is done with the children of a record."""
    at, origin = bench.collection.of_children(kind), bench.origin(made)
    known = [
        bench.connector.create(at, _named(made, n), origin=bench.origin(), parent=card)
        for n in range(2)
    ]
    yield from [
        Op(f"list {kind}", lambda c: list(c.changes(at, None))),
        Op(f"get {kind}", lambda c: c.get(at, known[0].ref)),
        Op(f"find {kind}", lambda c: list(c.find(at, origin))),
        Op(f"create {kind}", lambda c: c.create(at, made, origin=origin, parent=card), writes=True),
        Op(f"update {kind}", lambda c: c.update(at, known[0].ref, patch, expect=known[0].version), writes=True),
        Op(f"delete {kind}", lambda c: c.delete(at, known[1].ref, expect=known[1].version), writes=True),
    ]  # fmt: skip


def _named(made: Fields, number: int) -> Fields:
    """Two of one name would be told apart by it."""
    return {n: f"{number} {v}" if isinstance(v, str) else v for n, v in made.items()}


def _read(at, ref: str, connector: Connector) -> bytes:
    with connector.open(at, ref) as content:
        return content.read()
