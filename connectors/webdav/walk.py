"""Listing a tree of files, reading only folders that changed where the server allows it.

On Nextcloud and ownCloud every change bumps the ETags of all folders above it, so a
folder whose ETag is known needs no look. Their sign is the property oc:fileid. The
cursor then is what each folder held: its ETag and the names of its files, without
which nobody could tell what left a folder that changed. Elsewhere there is no cursor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.dav import DavServer, Entry, Multistatus, below, etag
from connectors.dav.multistatus import DAV, FULL, OWNCLOUD
from sync.errors import CursorExpired, Gone, Refused, Unreachable
from sync.model import Page, Plain, Stub

PROPS = (
    "d:resourcetype",
    "d:getetag",
    "d:getcontentlength",
    "d:getlastmodified",
    "d:getcontenttype",
    "oc:fileid",
)
DEEPEST = 100
VERSION = 1


@dataclass(frozen=True)
class Found:
    """One entry of a folder, as the server tells of it."""

    path: str
    """Below the folder of the collection, as the server writes it; "" is that folder."""
    folder: bool
    tag: str | None
    size: int
    media: str | None
    stable: str | None

    @property
    def version(self) -> str | None:
        """The ETag."""
        return self.tag


@dataclass
class Held:
    """What a folder held when it was listed: its ETag, and the names in it."""

    tag: str | None
    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)


def found(root: str, entry: Entry) -> Found | None:
    """What an entry of an answer says; None if it does not lie under `root`."""
    path = "" if entry.path.rstrip("/") == root.rstrip("/") else below(root, entry.path)
    if path is None:
        return None
    modified = entry.text(f"{{{DAV}}}getlastmodified")
    size = entry.text(f"{{{DAV}}}getcontentlength") or "0"
    tag = etag(entry.text(f"{{{DAV}}}getetag"))
    folder = entry.has(f"{{{DAV}}}resourcetype", f"{{{DAV}}}collection")
    return Found(
        path=path.strip("/"),
        folder=folder,
        tag=tag or (None if folder or modified is None else f"{WEAK}{modified}/{size}"),
        size=int(size) if re.fullmatch(r"[0-9]{1,18}", size) else 0,
        media=entry.text(f"{{{DAV}}}getcontenttype"),
        stable=entry.text(f"{{{OWNCLOUD}}}fileid"),
    )


WEAK = "~"
"""Begins a version that is no ETag but time and size: compared by us, not by the server."""


class Walk:
    """One look at one tree."""

    def __init__(self, server: DavServer, root: str) -> None:
        self._server, self._root = server, root
        self._seen: dict[str, Held] = {}
        self._blocked = False

    def pages(self, since: str | None) -> Iterator[Page]:
        """Everything, or what changed since the cursor. Raises `CursorExpired`."""
        known = _load(since) if since is not None else {}
        top = self._folder("")
        if not top[0].stable:
            if known:
                raise CursorExpired(f"{self._root}: the server has no ETags of folders any more")
            yield from self._whole(top)
            return
        if known and top[0].tag == known[""].tag:
            yield Page(cursor=since)
            return
        yield from self._descend(top, known)
        gone = tuple(sorted(_names(known) - _names(self._seen)))
        yield Page(
            gone=gone, cursor=_dump(self._seen), complete=since is None and not self._blocked
        )

    def _descend(self, top: list[Found], known: dict[str, Held]) -> Iterator[Page]:
        """List the folders that changed; take over what is known of the others."""
        waiting: list[tuple[str, list[Found] | None]] = [("", top)]
        while waiting:
            path, listed = waiting.pop()
            entries = listed if listed is not None else self._folder(path)
            yield Page(self._note(path, entries))
            for folder in (entry for entry in entries[1:] if entry.folder):
                held = known.get(folder.path)
                if held is not None and folder.tag is not None and held.tag == folder.tag:
                    self._keep(folder.path, known)
                else:
                    waiting.append((folder.path, None))

    def _whole(self, top: list[Found]) -> Iterator[Page]:
        """A complete listing of a server whose folders tell nothing: every folder, each time."""
        waiting: list[tuple[str, list[Found] | None]] = [("", top)]
        while waiting:
            path, listed = waiting.pop()
            entries = listed if listed is not None else self._folder(path)
            yield Page(self._note(path, entries))
            waiting += [(entry.path, None) for entry in entries[1:] if entry.folder]
        yield Page(complete=not self._blocked)

    def _note(self, path: str, entries: list[Found]) -> tuple[Stub, ...]:
        files = [entry for entry in entries[1:] if not entry.folder]
        folders = [entry.path for entry in entries[1:] if entry.folder]
        self._seen[path] = Held(entries[0].tag, [file.path for file in files], folders)
        return tuple(Stub(file.path, file.tag, stable=file.stable) for file in files)

    def _keep(self, path: str, known: dict[str, Held]) -> None:
        waiting = [path]
        while waiting:
            name = waiting.pop()
            if name in known:
                self._seen[name] = known[name]
                waiting += known[name].folders

    def _folder(self, path: str) -> list[Found]:
        """The folder itself, then what is directly in it."""
        if path.count("/") > DEEPEST:
            raise Unreachable(f"{self._root}{path[:100]}: folders without an end")
        where = f"{self._root}{path}/" if path else self._root
        try:
            answer = self._server.propfind(where, PROPS, depth="1")
        except Refused:
            if not path:
                raise
            self._blocked = True  # a folder that we may not see: what it holds is unknown
            return [Found(path, folder=True, tag=None, size=0, media=None, stable=None)]
        except Gone as error:
            raise Unreachable(f"{where} went away while it was listed") from error
        return self._sorted(path, answer)

    def _sorted(self, path: str, answer: Multistatus) -> list[Found]:
        entries = [f for e in answer.entries if (f := found(self._root, e)) is not None]
        itself = next((entry for entry in entries if entry.path == path), None)
        if itself is None or any(entry.status >= FULL for entry in answer.entries):
            raise Unreachable(f"{self._root}{path}: the listing is not whole")
        prefix = f"{path}/" if path else ""
        inner = [e for e in entries if e.path != path and e.path.startswith(prefix)]
        return [itself, *(e for e in inner if "/" not in e.path[len(prefix) :])]


def _names(held: dict[str, Held]) -> set[str]:
    return {name for folder in held.values() for name in folder.files}


def _dump(held: dict[str, Held]) -> str:
    said = {path: [one.tag, one.files, one.folders] for path, one in sorted(held.items())}
    return json.dumps([VERSION, said], ensure_ascii=False, separators=(",", ":"))


def _load(cursor: str) -> dict[str, Held]:
    try:
        version, said = json.loads(cursor)
        held = {str(path): _held(*one) for path, one in said.items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CursorExpired("this is no cursor of a folder") from error
    if version != VERSION or "" not in held:
        raise CursorExpired("this is no cursor of a folder")
    return held


def _held(tag: Plain, files: list[str], folders: list[str]) -> Held:
    return Held(tag if isinstance(tag, str) else None, [*map(str, files)], [*map(str, folders)])
