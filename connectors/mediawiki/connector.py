"""MediaWiki as a connector.

A record is a page by its page id, which survives moves. An edit carries the revision
it is based on and may not create, so that a page deleted meanwhile stays deleted. The
server merges edits of other lines by itself and says nothing of it: what is returned
is always what was read after the write. Texts lose their final blanks, and accents
set apart are composed. A deletion has no condition in this API: the page is read
just before; its revisions can be brought back by an administrator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import ClassVar

from connectors.http import Http
from connectors.landed import landed
from connectors.mediawiki.api import Answer, Api, listed, moment, number, page_of, stamp
from connectors.mediawiki.feed import Feed, Position
from connectors.mediawiki.settings import MediaWikiSettings
from connectors.mediawiki.titles import Place, candidates, clean
from connectors.pages import MEDIAWIKI
from connectors.pages.codec import decode, encode, patched, schema
from sync.account import Sort, Trace
from sync.connector import Capabilities, Connector, Origin, Tools, Word
from sync.errors import (
    Ambiguous,
    ConfigError,
    Gone,
    Malformed,
    Refused,
    Stale,
    Unreachable,
)
from sync.model import Collection, Fields, Page, Plain, Record, Schema, Stub

SKEW = timedelta(hours=1)
"""How far the wiki's clock may be from ours when we look for what we left."""
CONTENT = {
    "prop": "revisions|info",
    "rvprop": "ids|timestamp|user|content|slotsha1",
    "rvslots": "main",
    "inprop": "url",
}


class MediaWiki(Connector):
    """One account on one wiki.

    `namespace:` holds records as pages, `pages:` plain pages; both are named by a
    namespace (`Projet`), a prefix of titles (`Programme/`) or both (`Projet:2026/`).
    """

    settings: MediaWikiSettings
    settings_type = MediaWikiSettings
    words: ClassVar[Mapping[str, Word]] = {
        "namespace": Word(None, "a namespace or a prefix, with one page for each record"),
        "pages": Word(("page",), "the pages of a namespace or with a prefix"),
    }
    capabilities = Capabilities(cursor=True, tombstones=True, history=True)

    def __init__(self, settings: MediaWikiSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        password = settings.password
        self.http = Http(settings.url, system=tools.name, secrets=[password])
        secret = password.get_secret_value()
        self.api = Api(self.http, settings.url, settings.user, secret, settings.maxlag)
        self._names: dict[int, str] | None = None
        self._aliases: dict[str, int] = {}

    def locate(self, word: str, name: str) -> Collection:
        """A namespace must exist; a prefix is made by writing pages with it."""
        namespaces = self._namespaces()
        before, colon, rest = name.partition(":")
        number = self._aliases.get(_folded(before))
        if number is None:
            number, rest = 0, name
        prefix = "".join(f"{clean(part)}/" for part in rest.split("/") if clean(part))
        if word not in self.words or not (number or prefix) or (colon and not number):
            known = ", ".join(sorted(filter(None, namespaces.values())))
            raise ConfigError(f"{self.tools.name} has no {word} {name!r}; namespaces: {known}")
        return Collection(self.tools.name, word, Place(number, prefix).id, name)

    def schema(self, collection: Collection) -> Schema:
        return schema(_is_sheet(collection), MEDIAWIKI)

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        feed = self._feed(collection)
        if since is not None:
            yield self._delta(feed, Position.of(since))
            return
        position = feed.now()
        place = feed.place
        asked: dict[str, str | int] = {
            "generator": "allpages",
            "gapnamespace": place.namespace,
            "gaplimit": "max",
            "gapfilterredir": "nonredirects",
            "prop": "info",
        }
        if place.prefix:
            asked["gapprefix"] = place.prefix
        for answer in self.api.pages(**asked):
            yield Page(records=tuple(_stub(r) for r in listed(answer, "pages") if feed.holds(r)))
        yield Page(cursor=position.cursor(), complete=True)

    def get(self, collection: Collection, ref: str) -> Record:
        ((_, found),) = self.get_many(collection, [ref])
        if isinstance(found, Gone | Malformed):
            raise found
        return found

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        feed = self._feed(collection)
        waiting = iter(refs)
        while part := list(islice(waiting, self.api.many)):
            pages = self._pages([ref for ref in part if ref.isdecimal()])
            for ref in part:
                try:
                    yield ref, self._record(collection, feed, ref, pages.get(ref))
                except (Gone, Malformed) as error:
                    yield ref, error

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        feed = self._feed(collection)
        for answer in self.api.pages(
            list="usercontribs",
            ucuser=self.api.account,
            ucshow="new",
            ucnamespace=feed.place.namespace,
            ucprop="ids|title|comment",
            ucend=stamp(origin.since - SKEW),
            uclimit="max",
        ):
            for row in listed(answer, "usercontribs"):
                if row.get("comment") == _summary(origin):
                    yield self.get(collection, str(page_of(row)))

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        if parent is not None:
            raise Refused(f"{collection.key} has no children")
        place = Place.of(collection.id)
        space = self._namespaces().get(place.namespace, "")
        for name in candidates(str(fields.get("title"))):
            text = encode(fields, name, MEDIAWIKI, sheet=_is_sheet(collection))
            title = f"{space}:{place.prefix}{name}" if space else f"{place.prefix}{name}"
            try:
                page = self._edit(text, _summary(origin), title=title, createonly=1)
            except Stale:
                continue
            with landed(f"the page {title}"):
                return self.get(collection, str(page))
        raise AssertionError

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        page, at = self._expected(collection, ref, expect)
        revision = _revision(page)
        name = self._name(self._feed(collection), page)
        source = _source(ref, page)
        text = patched(source, patch, name, MEDIAWIKI, sheet=_is_sheet(collection))
        if text.rstrip() != source.rstrip():
            self._edit(
                text,
                "jumelage",
                pageid=int(ref),
                baserevid=number(revision, "revid"),
                starttimestamp=at,
                nocreate=1,
            )
        with landed(f"the page {ref}"):
            return self.get(collection, ref)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        self._expected(collection, ref, expect)
        self.api.write("delete", pageid=int(ref), reason="jumelage")

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:
        feed = self._feed(collection)
        parents: list[str] = []
        for answer in self.api.pages(
            pageids=ref, prop="revisions", rvprop="ids|user", rvend=stamp(since), rvlimit="max"
        ):
            for page in listed(answer, "pages"):
                own = [r for r in _list(page, "revisions") if r.get("user") == self.api.account]
                parents += [str(number(r, "parentid")) for r in own if number(r, "parentid")]
        for start in range(0, len(parents), self.api.many):
            asked = "|".join(parents[start : start + self.api.many])
            for answer in self.api.pages(revids=asked, **CONTENT):
                for page in listed(answer, "pages"):
                    for revision in _list(page, "revisions"):
                        yield self._former(collection, feed, page, revision)

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        for one in collections:  # the summaries of our edits, which nobody can change
            yield Trace(Sort.HISTORY, one.name, one, stays=True)

    def efface(self, trace: Trace) -> None:
        raise Refused(f"{trace.where}: a wiki's history stays as it is")

    def close(self) -> None:
        self.http.close()

    def _delta(self, feed: Feed, since: Position) -> Page:
        """What the feed says; pages that were moved, deleted or restored are looked at."""
        changed, position = feed.since(since)
        stubs = {
            str(page): Stub(str(page), str(revision))
            for page, revision in changed.versions.items()
            if page not in changed.unsure
        }
        gone: list[str] = []
        unsure = sorted(changed.unsure)
        for start in range(0, len(unsure), self.api.many):
            part = unsure[start : start + self.api.many]
            there: dict[int, Answer] = {}
            for answer in self.api.pages(pageids="|".join(map(str, part)), prop="info"):
                there |= {number(p, "pageid"): p for p in listed(answer, "pages")}
            for page in part:
                row = there.get(page)
                if row is None:
                    raise Unreachable(f"the wiki said nothing of the page {page}")
                if row.get("missing") or row.get("redirect") or not feed.holds(row):
                    gone.append(str(page))
                else:
                    stubs[str(page)] = _stub(row)
        return Page(records=tuple(stubs.values()), gone=tuple(gone), cursor=position.cursor())

    def _pages(self, refs: list[str]) -> dict[str, Answer]:
        """Pages with their content, which may come in several answers."""
        found: dict[str, Answer] = {}
        if refs:
            for answer in self.api.pages(pageids="|".join(refs), **CONTENT):
                for page in listed(answer, "pages"):
                    ref = str(number(page, "pageid"))
                    found[ref] = {**found.get(ref, {}), **page, "at": answer["curtimestamp"]}
        return found

    def _expected(self, collection: Collection, ref: str, expect: str | None) -> tuple[Answer, str]:
        """The page, if it is in the version we know, and when it was read."""
        page = self._pages([ref] if ref.isdecimal() else []).get(ref)
        page = _there(self._feed(collection), ref, page)
        revision = _revision(page)
        if expect is not None and str(number(revision, "revid")) != expect:
            raise Stale(f"{page.get('title')} was changed by {revision.get('user')}")
        return page, str(page["at"])

    def _edit(self, text: str, summary: str, **where: str | int) -> int:
        answer = self.api.write("edit", text=text, summary=summary, bot=1, **where)
        edit = answer.get("edit")
        if not isinstance(edit, dict) or edit.get("result") not in ("Success", "Failure"):
            raise Ambiguous(f"the wiki did not say whether it saved {where}")
        if edit["result"] != "Success":
            raise Refused(f"the wiki did not save {where}: {edit}")
        return number(edit, "pageid")

    def _record(self, collection: Collection, feed: Feed, ref: str, page: Answer | None) -> Record:
        page = _there(feed, ref, page)
        revision = _revision(page)
        source = _source(ref, page)
        author = revision.get("user")
        name = self._name(feed, page)
        return Record(
            ref=ref,
            version=str(number(revision, "revid")),
            fields=decode(source, name, MEDIAWIKI, sheet=_is_sheet(collection)),
            ours=author == self.api.account,
            author=author if isinstance(author, str) else None,
            changed=_when(ref, revision),
            url=str(page["fullurl"]) if "fullurl" in page else None,
        )

    def _former(self, collection: Collection, feed: Feed, page: Answer, revision: Answer) -> Record:
        page = {**page, "revisions": [dict(revision)]}
        ref = str(number(page, "pageid"))
        try:
            return self._record(collection, feed, ref, page)
        except Malformed:
            revision = _revision(page)
            return Record(
                ref, str(number(revision, "revid")), {}, rest=_main(revision).get("content")
            )

    def _name(self, feed: Feed, page: Answer) -> str:
        bare = feed.bare(number(page, "ns"), str(page.get("title")))
        return bare.removeprefix(feed.place.prefix)

    def _feed(self, collection: Collection) -> Feed:
        return Feed(self.api, Place.of(collection.id), self._namespaces())

    def _namespaces(self) -> dict[int, str]:
        """Local names by number; asked once."""
        if self._names is None:
            answer = self.api.read(meta="siteinfo", siprop="namespaces|namespacealiases")
            query = answer.get("query")
            spaces = query.get("namespaces") if isinstance(query, dict) else None
            if not isinstance(spaces, dict):
                raise Unreachable(f"{self.tools.name} answered without its namespaces")
            known = [row for row in spaces.values() if isinstance(row, dict)]
            self._names = {number(row, "id"): str(row.get("name", "")) for row in known}
            self._aliases = {
                _folded(str(row.get(key))): number(row, "id")
                for row in [*known, *listed(answer, "namespacealiases")]
                for key in ("name", "canonical", "alias")
                if row.get(key)
            }
        return self._names


def _there(feed: Feed, ref: str, page: Answer | None) -> Answer:
    if page is None and ref.isdecimal():
        raise Unreachable(f"the wiki said nothing of the page {ref}")
    if page is None or page.get("missing"):
        raise Gone(f"there is no page {ref}")
    if page.get("redirect") or not feed.holds(page):
        raise Gone(f"the page {ref} was moved away: it is {page.get('title')}")
    return page


def _source(ref: str, page: Answer) -> str:
    """The text of a page. Raises `Malformed` for one that is hidden, no wikitext, or damaged."""
    main = _main(_revision(page))
    text = main.get("content")
    if not isinstance(text, str) or main.get("contentmodel") != "wikitext":
        raise Malformed(f"{page.get('title')} ({ref}) shows no wikitext")
    # The API replaces what is not UTF-8, silently; the digest is of what is stored.
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    if main.get("sha1") not in (None, digest):
        raise Malformed(f"{page.get('title')} ({ref}) is not stored as valid UTF-8")
    return text


def _revision(page: Answer) -> Answer:
    revisions = _list(page, "revisions")
    if not revisions:
        raise Malformed(f"{page.get('title')} shows no revision")
    return revisions[0]


def _when(ref: str, revision: Answer) -> datetime:
    try:
        return moment(revision.get("timestamp"))
    except Unreachable as error:
        raise Malformed(f"{ref}: {error}") from error


def _main(revision: Answer) -> Answer:
    slots = revision.get("slots")
    main = slots.get("main") if isinstance(slots, dict) else None
    return main if isinstance(main, dict) else {}


def _list(row: Answer, name: str) -> list[Answer]:
    value: Plain = row.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _stub(row: Answer) -> Stub:
    return Stub(str(page_of(row)), str(number(row, "lastrevid")))


def _is_sheet(collection: Collection) -> bool:
    return collection.word == "namespace"


def _summary(origin: Origin) -> str:
    return f"jumelage {origin.nonce}"


def _folded(name: str) -> str:
    return name.strip().replace("_", " ").casefold()
