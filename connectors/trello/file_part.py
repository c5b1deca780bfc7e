"""The files and links that are attached to a board's cards."""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

from connectors.landed import landed
from connectors.trello.attached import Attachment, Carrier, carrier, record, version
from connectors.trello.cards import Board
from connectors.trello.feed import Action, card_of, listed, part
from connectors.trello.form import Form
from connectors.trello.names import apart, own_name, twins
from connectors.trello.origins import stamp
from connectors.trello.parts import Desk, Listed, Part
from connectors.trello.reading import ATTACHMENT_FIELDS, PAGE, News, Whole
from connectors.webdav.content import Download
from sync.connector import Origin
from sync.errors import Ambiguous, Gone, Malformed, Refused, Stale, Unreachable
from sync.model import Collection, Fields, FieldSpec, Plain, Record, Schema, Stub

_LONGEST_NAME: Final = 256
_LARGEST: Final = 250 * 10**6
"""Bytes of the largest file that any account can attach; many end at 10 MB."""
_FEW: Final = 2
"""The files of so many cards are read card by card; for more, the board is one request."""
_SCHEMA: Final = Schema(
    fields={
        "path": FieldSpec("text", required=True, limit=_LONGEST_NAME),
        "content": FieldSpec("blob", required=True, create_only=True),  # or else a link
        "link": FieldSpec("link", create_only=True),
        "cover": FieldSpec("bool", later=True),
    }
)


class Files(Part):
    """What is attached to cards, as children of these."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._known: dict[str, Attachment] = {}
        """As last seen: a file never changes, so its content needs no other look."""
        self._hashes: dict[str, str] = {}
        """Of contents that passed through here, by ref."""

    def schema(self, board: Callable[[], Board]) -> Schema:
        return _SCHEMA

    def listed(self, whole: Whole, collection: Collection, *, full: bool) -> Listed:
        for ref, found in self._all(whole):
            yield ref, _unread(found) if isinstance(found, Record) else found

    def standing(self, whole: Whole, collection: Collection) -> Iterator[Record]:
        return (found for _, found in self._all(whole) if isinstance(found, Record))

    def _all(self, whole: Whole) -> Iterator[tuple[str, Record | Malformed]]:
        for raw in whole.board.cards:
            try:
                yield from self.records(carrier(raw))
            except Malformed as error:
                ref = raw.get("id") if isinstance(raw, dict) else None
                yield f"{ref}/", error

    def records(self, card: Carrier) -> Iterator[tuple[str, Record | Malformed]]:
        """What is attached to a card."""
        for ref, name, one in card.named():
            if not isinstance(one, Malformed):
                self._known[f"{card.id}/{ref}"] = one
            found = one if isinstance(one, Malformed) else self.record(card, name, one)
            if found is not None:
                yield f"{card.id}/{ref}", found

    def record(self, card: Carrier, name: str, one: Attachment) -> Record | None:
        """An attachment as a record of this collection; None if it belongs elsewhere."""
        return record(card, name, one, self._hashes.get(f"{card.id}/{one.id}"))

    def told(self, news: News, record: Record | Stub | Malformed, ref: str) -> bool:
        return ref.partition("/")[0] in news.cards

    def left(self, news: News, standing: set[str]) -> tuple[str, ...]:
        gone = {
            f"{card_of(action)}/{part(action, 'attachment').get('id')}"
            for action in news.actions
            if action.get("type") == "deleteAttachmentFromCard"
        }
        return tuple(sorted(gone - standing))

    def get(self, collection: Collection, ref: str) -> Record:
        card = self._card(collection, ref.partition("/")[0])
        found = dict(self.records(card)).get(ref)
        if found is None:
            raise Gone(f"nothing {ref} is attached to a card of {collection.name!r}")
        if isinstance(found, Malformed):
            raise found
        return found

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        wanted = list(dict.fromkeys(refs))
        found: dict[str, Record | Malformed] = {}
        if len({ref.partition("/")[0] for ref in wanted}) > _FEW:
            found = dict(self._all(self.looks.anew(collection)))
        yield from ((ref, found[ref]) for ref in wanted if ref in found)
        yield from super().get_many(collection, [ref for ref in wanted if ref not in found])

    def below(self, collection: Collection, parent: str) -> Iterator[Record]:
        for _, found in self.records(self._card(collection, parent)):
            if isinstance(found, Record):
                yield found

    def _card(self, collection: Collection, ref: str) -> Carrier:
        card = carrier(
            self.api.get(
                f"cards/{ref}",
                fields="name,idShort,idBoard,cover",
                attachments="true",
                attachment_fields=ATTACHMENT_FIELDS,
            )
        )
        if card.id != ref or card.idBoard is None:
            raise Unreachable(f"Trello answered with something other than the card {ref}")
        if card.idBoard != collection.id:
            raise Gone(f"the card {ref} is not on the board {collection.name!r} any more")
        return card

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        me, name = self.api.me(), origin.key.get("path")
        told = self.api.seen(
            f"boards/{collection.id}/actions",
            filter="addAttachmentToCard",
            since=stamp(origin.since),
            limit=PAGE,
            memberCreator="false",
        )
        for action in reversed(listed(told)):
            mine = action.get("idMemberCreator") == me and action.get("appCreator")
            ref = f"{card_of(action)}/{part(action, 'attachment').get('id')}"
            if mine and (name is None or own_name(str(name)) == _name(action)):
                with suppress(Gone):
                    found = self.get(collection, ref)
                    if name is None or not twins(str(found.fields["path"]), str(name)):
                        yield found

    def create(self, collection: Collection, fields: Fields, parent: str | None) -> Record | None:
        if parent is None:
            raise Refused("a file is attached to a card")
        name = _checked(fields)
        card = self._card(collection, parent)
        taken = {known for _, known, _ in card.named()}
        if name in taken:
            raise Stale(f"something of that name is attached to the card {parent}")
        if (
            apart(own_name(name), taken, PurePosixPath(own_name(name)).suffix) == name
        ):  # it is one of several of that name
            name = own_name(name)
        path = f"cards/{parent}/attachments"
        if fields.get("link"):
            made = self.api.post(path, {"url": fields["link"], "name": name, "setCover": False})
        else:
            made = self._upload(path, name, fields.get("content"))
        ref = made.get("id") if isinstance(made, dict) else None
        if not isinstance(ref, str):
            raise Ambiguous("Trello took an attachment and did not say which")
        content = fields.get("content")
        if isinstance(content, dict) and content.get("hash"):  # it was read from this very blob
            self._learnt(f"{parent}/{ref}", str(content["hash"]))
        with landed(f"what is attached to {parent}"):
            if fields.get("cover"):
                self.api.put(f"cards/{parent}", {"cover": {"idAttachment": ref}})
            return self._echoed(card, made, covers=bool(fields.get("cover")))

    def _echoed(self, card: Carrier, made: Plain, *, covers: bool) -> Record:
        known = {**card.model_dump(), "attachments": [*card.attachments, made]}
        *_, (_, new) = self.records(carrier(known))
        if isinstance(new, Malformed):
            raise new
        name = str(new.fields["path"])
        fields = {**new.fields, "cover": covers or None}
        return replace(new, fields=fields, version=version(name, cover=covers))

    def _upload(self, path: str, name: str, blob: Plain) -> Plain:
        size = blob.get("size") if isinstance(blob, dict) else None
        if not isinstance(size, int) or not isinstance(blob, dict):
            raise Refused("an attached file needs content, or a link")
        if size > _LARGEST:
            raise Refused(f"Trello takes no file of more than {_LARGEST // 10**6} MB")
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        mime = str(blob.get("mime") or guessed)
        with self.desk.tools.blobs(blob) as source:
            form = Form({"name": name, "setCover": "false"}, name, source, size, mime)
            made = self.api.upload(path, form)
        if isinstance(made, dict) and made.get("bytes") not in (size, None):
            raise Ambiguous("Trello took an attachment in another size than was sent")
        return made

    def update(self, collection: Collection, ref: str, patch: Fields) -> Record | None:
        if fixed := sorted(patch.keys() - {"path", "cover"}):
            raise Refused(f"the {', '.join(fixed)} of what is attached cannot change")
        card, _, one = ref.partition("/")
        now = self.get(collection, ref)
        if "path" in patch:
            name = own_name(_path(patch["path"]))
            self.api.put(f"cards/{card}/attachments/{one}", {"name": name})
        if "cover" in patch and bool(patch["cover"]) != bool(now.fields["cover"]):
            with landed(f"the name of {ref}"):
                shown = one if patch["cover"] else None
                self.api.put(f"cards/{card}", {"cover": {"idAttachment": shown}})
        return None

    def delete(self, collection: Collection, ref: str) -> None:
        card, _, one = ref.partition("/")
        self.api.delete(f"cards/{card}/attachments/{one}")

    @contextmanager
    def open(self, collection: Collection, ref: str) -> Iterator[BinaryIO]:
        """Stream a file from where Trello keeps it; no credential goes there."""
        card, _, wanted = ref.partition("/")
        one = self._known.get(ref) or self._card(collection, card).one(wanted)
        if not one.isUpload:
            raise Refused(f"{ref} is a link, and has no content")
        with self.api.download(one.download(card)) as answer:
            body = Download(answer.chunks(), one.bytes or 0, partial(self._learnt, ref))
            yield cast("BinaryIO", io.BufferedReader(body))

    def _learnt(self, ref: str, digest: str) -> None:
        self._hashes[ref] = digest


class BoardFiles(Files):
    """The files of a whole board as a collection: a folder for each card. Read only."""

    def schema(self, board: Callable[[], Board]) -> Schema:
        return Schema(
            fields={
                "path": FieldSpec("text", writable=False),
                "content": FieldSpec("blob", writable=False),
            },
            writable=False,
        )

    def record(self, card: Carrier, name: str, one: Attachment) -> Record | None:
        if not one.isUpload:
            return None
        found = record(card, name, one, self._hashes.get(f"{card.id}/{one.id}"))
        path = f"{card.folder()}/{name.replace('/', '-')}"
        fields = {"path": path, "content": found.fields["content"]}
        return replace(found, parent=None, fields=fields, version=version(path))

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        self.looks.heading(collection.id)  # raises where we are blind
        return iter(())

    def create(self, collection: Collection, fields: Fields, parent: str | None) -> Record | None:
        raise _read_only(collection)

    def update(self, collection: Collection, ref: str, patch: Fields) -> Record | None:
        raise _read_only(collection)

    def delete(self, collection: Collection, ref: str) -> None:
        raise _read_only(collection)


def _unread(record: Record) -> Record | Stub:
    """A file whose content takes a download, which only who does not know it should ask for."""
    if record.fields["content"] is None:
        return record
    return Stub(record.ref, record.version, record.parent)


def _read_only(collection: Collection) -> Refused:
    return Refused(f"the files of the board {collection.name!r} are only read")


def _checked(fields: Fields) -> str:
    """The name, if it can be attached. Raises `Refused`."""
    if unknown := sorted(fields.keys() - _SCHEMA.fields.keys()):
        raise Refused(f"what is attached has no {', '.join(unknown)}")
    return _path(fields.get("path"))


def _path(path: Plain) -> str:
    if not isinstance(path, str) or not path:
        raise Refused("what is attached needs a name")
    if len(path) > _LONGEST_NAME:
        raise Refused(f"the name of what is attached holds at most {_LONGEST_NAME} characters")
    return path


def _name(action: Action) -> Plain:
    return part(action, "attachment").get("name")
