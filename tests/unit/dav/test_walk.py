"""Listing a tree of files on servers that tell what changed, and on those that do not."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import pytest

from connectors.dav import Multistatus, encode, read
from connectors.http import Response
from connectors.webdav.walk import Walk
from sync.errors import CursorExpired, Gone, Refused, Unreachable
from sync.model import Page

ROOT = "/dav/"


@dataclass
class Tree:
    """A server: files by path, whose folders have ETags of what is in them, if it `tells`."""

    files: dict[str, str] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    tells: bool = True
    closed: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    cut: str | None = None

    def propfind(self, path: str, _props: object, depth: str) -> Multistatus:
        assert depth == "1"
        folder = path[len(ROOT) :].strip("/")
        self.asked.append(folder)
        if folder in self.closed:
            raise Refused("403")
        if folder and folder not in self._folders():
            raise Gone("404")
        inner = [self._entry(folder, folder=True)]
        prefix = f"{folder}/" if folder else ""
        inner += [self._entry(f, folder=True) for f in self._folders() if _in(f, prefix)]
        inner += [self._entry(f, folder=False) for f in self.files if _in(f, prefix)]
        if folder == self.cut:
            inner = inner[1:]
        body = f'<d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">{"".join(inner)}'
        body += "</d:multistatus>"
        return read(Response(207, {}, path, body.encode(), Unreachable))

    def _folders(self) -> list[str]:
        names = {f[:at] for f in self.files for at, char in enumerate(f) if char == "/"}
        return sorted(names | self.empty)

    def _entry(self, path: str, *, folder: bool) -> str:
        href = encode(f"{ROOT}{path}/" if folder and path else f"{ROOT}{path}")
        under = sorted((f, tag) for f, tag in self.files.items() if f.startswith(f"{path}/"[:99]))
        tag = self.files[path] if not folder else str(hash(str(under if path else self.files)))
        kind = "<d:collection/>" if folder else ""
        said = f"<d:resourcetype>{kind}</d:resourcetype>"
        if self.tells or not folder:
            said += f"<d:getetag>{escape(tag)}</d:getetag>"
        if self.tells:
            said += f"<oc:fileid>{abs(hash(path))}</oc:fileid>"
        return (
            f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{said}</d:prop>"
            "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
        )

    def look(self, since: str | None = None) -> list[Page]:
        self.asked.clear()
        return list(Walk(self, ROOT).pages(since))  # type: ignore[arg-type]


def _in(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and "/" not in path[len(prefix) :]


def _refs(pages: list[Page]) -> list[str]:
    return sorted(entry.ref for page in pages for entry in page.records)


def _gone(pages: list[Page]) -> list[str]:
    return [ref for page in pages for ref in page.gone]


FILES = {"a.txt": "1", "sub/b.txt": "1", "sub/deep/c.txt": "1", "été/d.txt": "1"}


@pytest.mark.parametrize("tells", [True, False])
def test_a_listing_holds_every_file_once(tells: bool):
    pages = Tree(dict(FILES), tells=tells).look()
    assert _refs(pages) == sorted(FILES)
    assert pages[-1].complete
    assert (pages[-1].cursor is not None) == tells


def test_when_nothing_changed_one_request_tells():
    tree = Tree(dict(FILES))
    cursor = tree.look()[-1].cursor
    pages = tree.look(cursor)
    assert tree.asked == [""]
    assert (_refs(pages), _gone(pages), pages[-1].cursor) == ([], [], cursor)


def test_only_folders_that_changed_are_looked_into():
    tree = Tree(dict(FILES))
    cursor = tree.look()[-1].cursor
    tree.files["sub/deep/c.txt"] = "2"
    pages = tree.look(cursor)
    assert sorted(tree.asked) == ["", "sub", "sub/deep"]
    assert "sub/deep/c.txt" in _refs(pages)
    assert "été/d.txt" not in _refs(pages)
    assert not any(page.complete for page in pages)


def test_what_left_is_named_with_what_was_in_it():
    tree = Tree(dict(FILES))
    cursor = tree.look()[-1].cursor
    for path in ("a.txt", "sub/b.txt", "sub/deep/c.txt"):
        del tree.files[path]
    assert _gone(tree.look(cursor)) == ["a.txt", "sub/b.txt", "sub/deep/c.txt"]


def test_a_folder_that_did_not_change_is_remembered_over_two_cursors():
    tree = Tree(dict(FILES))
    tree.files["a.txt"] = "2"
    cursor = tree.look(tree.look()[-1].cursor)[-1].cursor
    del tree.files["été/d.txt"]
    assert _gone(tree.look(cursor)) == ["été/d.txt"]


def test_a_folder_that_we_may_not_see_makes_no_listing_complete():
    tree = Tree(dict(FILES), tells=False, closed={"sub"})
    pages = tree.look()
    assert _refs(pages) == ["a.txt", "été/d.txt"]
    assert not pages[-1].complete


def test_a_root_that_we_may_not_see_is_refused():
    with pytest.raises(Refused):
        Tree(dict(FILES), closed={""}).look()


@pytest.mark.parametrize("cut", ["", "sub"])
def test_an_answer_that_lacks_its_own_folder_is_not_believed(cut: str):
    with pytest.raises(Unreachable):
        Tree(dict(FILES), cut=cut).look()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "null",
        "[1]",
        "{}",
        '[1,{"x":["t",[],[]]}]',
        '[2,{"":["t",[],[]]}]',
        "[1,[]]",
        "[" * 9999,
    ],
)
def test_a_cursor_of_another_form_has_expired(cursor: str):
    with pytest.raises(CursorExpired):
        Tree(dict(FILES)).look(cursor)


def test_a_server_that_stops_telling_makes_the_cursor_expire():
    tree = Tree(dict(FILES))
    cursor = tree.look()[-1].cursor
    tree.tells = False
    with pytest.raises(CursorExpired):
        tree.look(cursor)


def test_the_cursor_holds_names_and_no_content():
    cursor = Tree(dict(FILES)).look()[-1].cursor
    assert json.loads(cursor or "")[0] == 1
