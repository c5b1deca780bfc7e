"""DokuWiki as a connector.

A quiet cycle is one listing with the MD5 of every page: it is complete, it shows
deletions, and it is exact where the feed of recent changes is not (revisions of one
second are one, changes past the web are missing, its reach is limited).

`putPage` writes blindly. Each write is made under a lock, which keeps all other
accounts' API out and warns people who begin to edit; then the page is compared with
what was expected, and saved. Somebody who saves in the browser in the few
milliseconds between is overwritten; the revision stays in the history, where
`overwritten` finds it. So `conditional` is not claimed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Lock
from typing import ClassVar
from urllib.parse import quote

from connectors.dokuwiki.api import CREATE, EDIT, READ, Api, Listed, Revision
from connectors.dokuwiki.jsonrpc import JsonRpc
from connectors.dokuwiki.names import RESERVED, candidates, clean_namespace, could_be
from connectors.dokuwiki.settings import DokuWikiSettings
from connectors.dokuwiki.xmlrpc import XmlRpc
from connectors.http import Http
from connectors.landed import landed
from connectors.pages import DOKUWIKI
from connectors.pages.codec import decode, encode, patched, schema
from sync.account import Sort, Trace
from sync.connector import Capabilities, Connector, Origin, Tools, Word
from sync.errors import (
    ConfigError,
    Gone,
    JumelageError,
    Malformed,
    Refused,
    Retry,
    Stale,
    Unauthorized,
    Unreachable,
)
from sync.model import Collection, Fields, Page, Record, Schema, Stub

BLANK = " \t\n\r\0\x0b"
"""What PHP's `trim` takes away, before the wiki makes the MD5 of a page."""
FEW = 10
"""Up to so many pages are read each with its author; more from one listing."""
SKEW = timedelta(hours=1)
"""How far the wiki's clock may be from ours when we look for what we left."""
SECOND = 2.0
"""The most to wait for the next second, where the wiki does not say what time it is."""
LOCKED = 60.0
"""Seconds to wait for somebody's lock; an abandoned one holds 900."""


@dataclass
class Held:
    """A page under our lock."""

    wiki: Api
    page: str
    """Its id as the wiki writes it."""
    saved: bool = False

    @property
    def name(self) -> str:
        """Its name within its namespace."""
        return self.page.rpartition(":")[2]

    def save(self, text: str, summary: str) -> None:
        """Write it, which takes the lock away too."""
        self.wiki.save(self.page, text, summary)
        self.saved = True

    def release(self) -> None:
        """Let others edit it. A lock that cannot be taken away dies of age."""
        if not self.saved:
            with suppress(JumelageError):
                self.wiki.unlock(self.page)


class DokuWiki(Connector):
    """One account on one wiki. `namespace:` holds records as pages, `pages:` plain pages."""

    settings: DokuWikiSettings
    settings_type = DokuWikiSettings
    words: ClassVar[Mapping[str, Word]] = {
        "namespace": Word(None, "a namespace with one page for each record"),
        "pages": Word(("page",), "the pages of a namespace and of those below it"),
    }
    capabilities = Capabilities(conditional=False, history=True)

    def __init__(self, settings: DokuWikiSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        self.http = Http(
            settings.url,
            system=tools.name,
            auth=(settings.user, settings.password),
            secrets=[settings.password],
        )
        self.sleep: Callable[[float], None] = time.sleep
        self._api: Api | None = None
        self._known = False
        self._pages: dict[str, Lock] = {}

    def locate(self, word: str, name: str) -> Collection:
        """Namespaces are made by writing to them; any name stands for one."""
        namespace = clean_namespace(name)
        if word not in self.words or not namespace:
            raise ConfigError(f"{self.tools.name} has no {word} {name!r}: name a namespace")
        self._wiki()
        return Collection(self.tools.name, word, namespace, name)

    def schema(self, collection: Collection) -> Schema:
        return schema(_is_sheet(collection), DOKUWIKI)

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        del since  # every listing is a full one
        listed = self._listed(collection)
        if not listed and self._wiki().permission(f"{collection.id}:x") < READ:
            raise Unreachable(f"{self.settings.user} may not read the namespace {collection.id}")
        yield Page(records=tuple(Stub(p.id, p.hash) for p in listed), complete=True)

    def get(self, collection: Collection, ref: str) -> Record:
        text = self._text(ref)
        info = self._wiki().info(ref)
        if info is None:
            raise Gone(f"there is no page {ref}")
        return self._record(collection, ref, text, info)

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        wanted = list(refs)
        if len(wanted) <= FEW:
            yield from super().get_many(collection, wanted)
            return
        listed = {page.id: page for page in self._listed(collection)}
        for ref in wanted:
            try:
                if ref in listed:
                    revision = Revision(listed[ref].time, None)
                    record = self._record(collection, ref, self._text(ref), revision)
                    yield ref, replace(record, ours=None)
                else:
                    yield ref, self.get(collection, ref)
            except (Gone, Malformed) as error:
                yield ref, error

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        since = (origin.since - SKEW).timestamp()
        title = origin.key.get("title")
        for page in self._listed(collection):
            name = page.id.rpartition(":")[2]
            if page.time < since or (isinstance(title, str) and not could_be(name, title)):
                continue
            if any(_summary(origin) == r.summary for r in self._revisions(page.id, since)):
                yield self.get(collection, page.id)

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        if parent is not None:
            raise Refused(f"{collection.key} has no children")
        for name in candidates(str(fields.get("title"))):
            with self._locked(f"{collection.id}:{name}", CREATE) as held:
                if self._wiki().info(held.page) is not None:
                    continue
                text = encode(fields, held.name, DOKUWIKI, sheet=_is_sheet(collection))
                held.save(text, _summary(origin))
            with landed(f"the page {held.page}"):
                return self.get(collection, held.page)
        raise AssertionError

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        with self._locked(ref, EDIT) as held:
            now, source = self._expected(collection, held.page, expect)
            text = patched(source, patch, held.name, DOKUWIKI, sheet=_is_sheet(collection))
            if text != source:
                self._next_second(now)
                held.save(text, "jumelage")
        with landed(f"the page {ref}"):
            return self.get(collection, ref)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        with self._locked(ref, EDIT) as held:
            now, _source = self._expected(collection, held.page, expect)
            self._next_second(now)
            held.save("", "jumelage")

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:
        revisions = sorted(self._revisions(ref, since.timestamp()), key=lambda r: r.time)
        for before, after in pairwise(revisions):
            if after.author == self.settings.user and after.time >= int(since.timestamp()):
                text = self._wiki().text(ref, before.time)
                try:
                    yield self._record(collection, ref, text, before)
                except Malformed:
                    yield Record(ref, _version(text), {}, author=before.author, rest=text)

    def begin(self) -> None:
        self._known = False

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        for one in collections:  # the summaries of our edits, which nobody can change
            yield Trace(Sort.HISTORY, one.name, one, stays=True)

    def efface(self, trace: Trace) -> None:
        raise Refused(f"{trace.where}: a wiki's history stays as it is")

    def close(self) -> None:
        self.http.close()

    def _wiki(self) -> Api:
        """The API, once in a cycle after asking whether it still knows us."""
        if self._api is None:
            json = {"auto": None, "jsonrpc": True, "xmlrpc": False}[self.settings.api]
            json = JsonRpc.speaks(self.http) if json is None else json
            self._api = JsonRpc(self.http) if json else XmlRpc(self.http)
        if not self._known:
            password = self.settings.password.get_secret_value()
            if not self._api.login(self.settings.user, password):
                raise Unauthorized(f"{self.tools.name}: the wiki refuses {self.settings.user}")
            self._known = True
        return self._api

    def _listed(self, collection: Collection) -> list[Listed]:
        sheets = _is_sheet(collection)
        try:
            pages = self._wiki().pages(collection.id, deep=not sheets)
        except Refused as refusal:
            raise Unreachable(str(refusal)) from refusal
        return [p for p in pages if not sheets or p.id.rpartition(":")[2] not in RESERVED]

    def _text(self, ref: str) -> str:
        try:
            return self._wiki().text(ref)
        except Refused as refusal:
            raise Malformed(f"{ref} may not be read: {refusal}") from refusal

    def _record(self, collection: Collection, ref: str, text: str, last: Revision) -> Record:
        name = ref.rpartition(":")[2]
        return Record(
            ref=ref,
            version=_version(text),
            fields=decode(text, name, DOKUWIKI, sheet=_is_sheet(collection)),
            ours=last.author == self.settings.user,
            author=last.author,
            changed=datetime.fromtimestamp(last.time, UTC),
            url=self.http.url(f"doku.php?id={quote(ref)}"),
        )

    def _revisions(self, page: str, since: float) -> list[Revision]:
        """Revisions back to the first one before `since`, each once."""
        found: dict[int, Revision] = {}
        skip = 0
        while rows := self._wiki().history(page, skip):
            known = len(found)
            found |= {row.time: row for row in rows}
            skip += len(rows)
            if min(found) < since or len(found) == known:
                break
        return list(found.values())

    @contextmanager
    def _locked(self, ref: str, level: int) -> Iterator[Held]:
        """Hold the wiki's lock on a page; it is the account's, so threads need one of their own."""
        with self._pages.setdefault(ref, Lock()):
            yield from self._locked_there(ref, level)

    def _locked_there(self, ref: str, level: int) -> Iterator[Held]:
        wiki = self._wiki()
        page = wiki.lock(ref)
        if page is None:
            self._explain(wiki, ref, level)
            raise Retry(f"somebody is editing {ref}", LOCKED)
        held = Held(wiki, page)
        try:
            yield held
        finally:
            held.release()

    def _explain(self, wiki: Api, ref: str, level: int) -> None:
        if wiki.permission(ref) < level:
            raise Refused(f"{self.settings.user} may not write {ref}")

    def _expected(
        self, collection: Collection, page: str, expect: str | None
    ) -> tuple[Revision, str]:
        """The page's last revision and text, if that is the version we know."""
        text = self._text(page)
        now = self._wiki().info(page)
        if now is None:
            raise Gone(f"there is no page {page} in {collection.id}")
        if expect is not None and _version(text) != expect:
            raise Stale(f"{page} was changed by {now.author}")
        return now, text

    def _next_second(self, last: Revision) -> None:
        """Revisions are seconds: a second write within one would take the first's place."""
        if self._wiki().time <= last.time:
            self.sleep(min(1.0 + last.time - self._wiki().time, SECOND))


def _is_sheet(collection: Collection) -> bool:
    return collection.word == "namespace"


def _version(text: str) -> str:
    return hashlib.md5(text.strip(BLANK).encode(), usedforsecurity=False).hexdigest()


def _summary(origin: Origin) -> str:
    return f"jumelage {origin.nonce}"
