"""The connector to files on a WebDAV server."""

from __future__ import annotations

import io
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, ClassVar, cast

from connectors.dav import DavServer, DavSettings, Multistatus, encode, etag, precondition
from connectors.http import Response
from connectors.landed import landed
from connectors.webdav.content import Download, Upload
from connectors.webdav.walk import PROPS, WEAK, Found, Walk, found
from sync.connector import Capabilities, Connector, Origin, SystemSettings, Tools, Word
from sync.errors import ConfigError, Gone, Malformed, Refused, Stale, Unreachable
from sync.model import Collection, Fields, FieldSpec, Page, Plain, Record, Schema

FIELDS = {
    "path": FieldSpec("text", required=True),
    "content": FieldSpec("blob", required=True),
}
MISSING = {"If-None-Match": "*"}
CONFLICT = frozenset({409})
"""What a MOVE into a folder that is not there is answered with (RFC 4918 section 9.9.4)."""
NO_PARENT = CONFLICT | {404}
"""What a PUT is answered with there; 404 is Nextcloud's way."""
EXISTS = 405
TICK = 1.1
"""Seconds after which the clock of a file system has surely gone on."""
REMEMBERED = 20_000
"""Hashes of content that went by, kept in memory."""
TOGETHER = 3
"""From so many files of one folder on, listing the folder is cheaper than asking for each."""


class WebDavSettings(DavSettings):
    """A WebDAV account: `url` is the folder under which mappings name theirs."""


class WebDav(Connector):
    """One account on one WebDAV server.

    A ref is the path below the collection's folder, as the server writes it; a version
    is the ETag. A server without ETags is compared by time and size before each write,
    which is weaker: `capabilities.conditional` is then false.
    """

    settings_type: ClassVar[type[SystemSettings]] = WebDavSettings
    words: ClassVar[Mapping[str, Word]] = {"files": Word(("file",), "the files of a folder")}
    capabilities = Capabilities(moves=True)

    def __init__(self, settings: SystemSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        self.server = DavServer(cast("DavSettings", settings), tools.name)
        self._hashes: dict[tuple[str, str], str] = {}
        """Path and ETag -> the hash of what went by, so that it need not be read again."""

    # What there is

    def locate(self, word: str, name: str) -> Collection:
        if word not in self.words:
            raise ConfigError(f"{self.tools.name} has no {word}: it has {', '.join(self.words)}")
        folder = name.strip("/")
        try:
            path = f"{self.server.root}{folder}/" if folder else self.server.root
            answer = self.server.propfind(path, PROPS)
        except Gone:
            raise ConfigError(self._missing(folder)) from None
        itself = next((f for e in answer.entries if (f := found(path, e))), None)
        if itself is None or not itself.folder:
            raise ConfigError(f"{self.tools.name}: {name!r} is no folder")
        self._learn(itself)
        return Collection(self.tools.name, word, folder, name)

    def _missing(self, folder: str) -> str:
        above = folder.rpartition("/")[0]
        path = f"{self.server.root}{above}/" if above else self.server.root
        try:
            answer = self.server.propfind(path, PROPS, depth="1")
        except (Gone, Refused):
            return f"{self.tools.name}: there is no folder {folder!r}, nor {above!r}"
        there = [f.path for e in answer.entries if (f := found(path, e)) and f.folder and f.path]
        said = ", ".join(sorted(map(repr, there))) or "none"
        return f"{self.tools.name}: there is no folder {folder!r}; there are: {said}"

    def _learn(self, folder: Found) -> None:
        if folder.stable:
            self.capabilities = Capabilities(cursor=True, tombstones=True, moves=True)

    def schema(self, collection: Collection) -> Schema:
        return Schema(FIELDS)

    def _root(self, collection: Collection) -> str:
        return f"{self.server.root}{collection.id}/" if collection.id else self.server.root

    # Reading

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        yield from Walk(self.server, self._root(collection)).pages(since)

    def get(self, collection: Collection, ref: str) -> Record:
        return self._record(collection, self._find(collection, ref))

    def _find(self, collection: Collection, ref: str) -> Found:
        root = self._root(collection)
        answer = self.server.propfind(root + ref, PROPS)
        told = [f for e in answer.entries if (f := found(root, e)) is not None]
        entry = next((f for f in told if f.path == ref and not f.folder), None)
        if entry is None:
            if not any(_folded(f.path) == _folded(ref) for f in told):
                raise Unreachable(f"{root}{ref}: the server told of something else")
            raise Gone(f"{root}{ref} is no file")  # but a folder, or one of another spelling
        if entry.tag is None or entry.tag.startswith(WEAK):
            self.capabilities = Capabilities(conditional=False, moves=True)
        return entry

    def _files(self, root: str, answer: Multistatus) -> list[Found]:
        return [f for e in answer.entries if (f := found(root, e)) and not f.folder]

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        folders: dict[str, list[str]] = {}
        for ref in refs:
            folders.setdefault(ref.rpartition("/")[0], []).append(ref)
        for folder, wanted in folders.items():
            known = self._together(collection, folder) if len(wanted) >= TOGETHER else {}
            for ref in wanted:
                try:
                    entry = known.get(ref) or self._find(collection, ref)
                    yield ref, self._record(collection, entry)
                except (Gone, Malformed) as error:
                    yield ref, error

    def _together(self, collection: Collection, folder: str) -> dict[str, Found]:
        root = self._root(collection)
        path = f"{root}{folder}/" if folder else root
        try:
            answer = self.server.propfind(path, PROPS, depth="1")
        except Gone:
            return {}
        return {entry.path: entry for entry in self._files(root, answer)}

    def _record(self, collection: Collection, entry: Found) -> Record:
        name = entry.path.rpartition("/")[2]
        digest = self._hashes.get((self._root(collection) + entry.path, entry.tag or ""))
        content: dict[str, Plain] = {"name": _nfc(name), "size": entry.size, "hash": digest}
        if entry.media:
            content["mime"] = entry.media
        return Record(
            ref=entry.path,
            version=entry.tag,
            fields={"path": _nfc(entry.path), "content": content},
            stable=entry.stable,
        )

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        path = origin.key.get("path")
        if not isinstance(path, str):
            self.server.propfind(self._root(collection), PROPS)  # raises where we are blind
            return
        try:
            yield self.get(collection, _checked(path))
        except Gone:
            return

    @contextmanager
    def open(self, collection: Collection, ref: str) -> Iterator[BinaryIO]:
        path = self._root(collection) + ref
        size = self._find(collection, ref).size
        with self.server.http.request("GET", encode(path), stream=True) as response:
            tag = etag(response.headers.get("ETag"))
            chunks = response.chunks()
            body = Download(chunks, size, lambda digest: self._remember(path, tag, digest))
            yield cast("BinaryIO", io.BufferedReader(body))

    # Writing

    def create(
        self,
        collection: Collection,
        fields: Fields,
        *,
        origin: Origin,
        parent: str | None = None,
    ) -> Record | None:
        # The path is the origin: nothing else may stand there (`find` looks by it).
        _known(fields)
        path = _checked(fields.get("path"))
        if parent is not None or not isinstance(fields.get("content"), dict):
            raise Refused(f"{collection.key}: a file has a path and content, and no parent")
        return self._put(collection, path, fields["content"], MISSING)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        _known(patch)
        now = self._find(collection, ref)
        if expect is not None and now.tag != expect:
            raise Stale(f"{collection.id}/{ref} moved since it was read")
        if "content" in patch and not isinstance(patch["content"], dict):
            raise Refused(f"{collection.key}: a file cannot be without content")
        path = _checked(patch["path"]) if "path" in patch else _nfc(ref)
        if path == _nfc(ref):
            return self._changed(collection, now, patch)
        self._move(collection, now, path)
        with landed(f"the new path of {collection.id}/{ref}"):
            return self._changed(collection, self._find(collection, path), patch)

    def _changed(self, collection: Collection, now: Found, patch: Fields) -> Record:
        if "content" not in patch:
            return self._record(collection, now)
        return self._put(collection, now.path, patch["content"], _condition(now.tag), now.tag)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        now = self._find(collection, ref)
        if expect is not None and now.tag != expect:
            raise Stale(f"{collection.id}/{ref} moved since it was read")
        self.server.delete(self._root(collection) + ref, _condition(now.tag))

    def _move(self, collection: Collection, entry: Found, path: str) -> None:
        root = self._root(collection)
        headers = {"Destination": self.server.full(root + path), "Overwrite": "F"}
        headers |= _condition(entry.tag)

        def move(accept: frozenset[int]) -> Response:
            source = encode(root + entry.path)
            return self.server.http.request("MOVE", source, headers=headers, accept=accept)

        if move(CONFLICT).status in CONFLICT:
            self._folders(root, path)
            move(frozenset())

    def _put(
        self,
        collection: Collection,
        path: str,
        blob: Plain,
        condition: Mapping[str, str],
        former: str | None = None,
    ) -> Record:
        root = self._root(collection)
        response, digest = self._send(root + path, blob, condition, NO_PARENT)
        if response.status in NO_PARENT:
            self._folders(root, path)
            response, digest = self._send(root + path, blob, condition, frozenset())
        with landed(f"the content of {root}{path}", Stale):
            if former is not None and self._tag(collection, path, response) == former:
                # Same size in the same second: ETags made of time and size cannot tell the
                # two contents apart, so the new one is written once more, later. Where that
                # is `Stale`, somebody wrote after us, and nothing of ours stands.
                time.sleep(TICK)
                response, digest = self._send(root + path, blob, _condition(former), frozenset())
            entry = self._find(collection, path)
            if etag(response.headers.get("ETag")) in (None, entry.tag):
                self._remember(root + path, entry.tag, digest)
            return self._record(collection, entry)

    def _remember(self, path: str, tag: str | None, digest: str) -> None:
        if tag is None:
            return
        if len(self._hashes) >= REMEMBERED:
            self._hashes.clear()
        self._hashes[path, tag] = digest

    def _tag(self, collection: Collection, path: str, response: Response) -> str | None:
        return etag(response.headers.get("ETag")) or self._find(collection, path).tag

    def _send(
        self, path: str, blob: Plain, condition: Mapping[str, str], accept: frozenset[int]
    ) -> tuple[Response, str]:
        size = blob.get("size") if isinstance(blob, dict) else None
        if not isinstance(size, int):
            raise Refused("content without a size cannot be sent")
        with self.tools.blobs(blob) as source:
            body = Upload(source, size)
            media = cast("dict[str, Plain]", blob).get("mime") or "application/octet-stream"
            headers = {"Content-Type": str(media), **condition}
            response = self.server.put(path, body if size else b"", headers, accept)
            return response, body.hash

    def _folders(self, root: str, path: str) -> None:
        """Make the folders above a path; those that stand there are no error."""
        names = path.split("/")[:-1]
        if not names:
            raise Unreachable(f"{root} is not there any more")
        for depth in range(1, len(names) + 1):
            folder = encode(f"{root}{'/'.join(names[:depth])}/")
            self.server.http.request("MKCOL", folder, safe=True, accept={EXISTS})

    # The rest

    def close(self) -> None:
        self.server.http.close()


def _nfc(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _folded(path: str) -> str:
    return _nfc(path).casefold()


def _known(fields: Fields) -> None:
    if unknown := fields.keys() - FIELDS.keys():
        raise Refused(f"a file has no {', '.join(sorted(unknown))}")


def _checked(path: Plain) -> str:
    """A path from the hub as one below the folder. `Refused` if it could lead elsewhere."""
    if not isinstance(path, str) or not path:
        raise Refused("a file needs a path")
    if re.search(r"[\x00-\x1f\x7f\\]", path):
        raise Refused(f"a path holds neither control characters nor backslashes: {path!r:.100}")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise Refused(f"a path has no empty part and no . or ..: {path!r:.100}")
    return _nfc(path)


def _condition(tag: str | None) -> dict[str, str]:
    return {} if tag is None or tag.startswith(WEAK) else precondition(tag)
