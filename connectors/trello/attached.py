"""What is attached to cards: files and links, as records.

https://developer.atlassian.com/cloud/trello/rest/api-group-cards/#api-cards-id-attachments-get:
a file never changes once it is there. Two of one name on a card are told apart here, as a
folder would.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.trello.dates import instant
from connectors.trello.names import apart
from connectors.trello.objects import Cover, brief
from sync.errors import Gone, Malformed
from sync.model import Plain, Record

_LONGEST_FOLDER: Final = 120
"""Characters of a card's name that a folder bears."""


class Attachment(BaseModel):
    """A file (`isUpload`) or a link."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    name: str = ""
    bytes: int | None = None
    date: str | None = None
    isUpload: bool = False  # noqa: N815 - Trello's own name
    mimeType: str | None = None  # noqa: N815
    url: str = ""
    fileName: str | None = None  # noqa: N815
    idMember: str | None = None  # noqa: N815

    def download(self, card: str) -> str:
        """Where Trello hands it out.

        The address that an old board tells is one of the storage, which is shut to all since
        2021; the path of the API does for every file.
        """
        known = unquote(PurePosixPath(urlsplit(self.url).path).name)
        name = self.fileName or known or self.id
        return f"cards/{card}/attachments/{self.id}/download/{quote(name, safe='')}"


class Carrier(BaseModel):
    """A card, as far as what is attached to it is concerned."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    name: str = ""
    idBoard: str | None = None  # noqa: N815
    idShort: int = 0  # noqa: N815
    cover: Cover | None = None
    attachments: tuple[object, ...] = ()

    def read(self) -> Iterator[tuple[str, Attachment | Malformed]]:
        """What is attached, with its id."""
        for raw in self.attachments:
            ref = raw.get("id") if isinstance(raw, dict) else None
            try:
                yield str(ref), Attachment.model_validate(raw)
            except ValidationError as error:
                yield str(ref), Malformed(f"an attachment cannot be read: {brief(error)}")

    def one(self, ref: str) -> Attachment:
        """What is attached under an id. Raises `Gone`, and `Malformed`."""
        found = dict(self.read()).get(ref)
        if found is None:
            raise Gone(f"nothing {ref} is attached to the card {self.id}")
        if isinstance(found, Malformed):
            raise found
        return found

    def named(self) -> Iterator[tuple[str, str, Attachment | Malformed]]:
        """What is attached, the oldest first, with its id and a name that no other bears."""
        taken: set[str] = set()
        for ref, one in sorted(self.read(), key=lambda pair: pair[0]):
            if isinstance(one, Malformed):
                yield ref, "", one
                continue
            known = one.name or one.fileName or one.id
            name = apart(known, taken, PurePosixPath(known).suffix)
            taken.add(name)
            yield ref, name, one

    def folder(self) -> str:
        """The name of a folder for its files; the number tells cards of one name apart."""
        name = re.sub(r"[\x00-\x1f\x7f/\\]+", "-", self.name).strip(" .")
        return f"{name[:_LONGEST_FOLDER].rstrip(' .')} ({self.idShort})".strip()


def carrier(raw: object) -> Carrier:
    """Read one. Raises `Malformed`."""
    try:
        return Carrier.model_validate(raw)
    except ValidationError as error:
        raise Malformed(f"what is attached to a card cannot be read: {brief(error)}") from None


def record(card: Carrier, name: str, one: Attachment, digest: str | None) -> Record:
    """One attachment as a child of its card; `digest` is the hash of its content, if known."""
    cover = card.cover is not None and card.cover.idAttachment == one.id
    return Record(
        ref=f"{card.id}/{one.id}",
        version=version(name, cover=cover),
        fields={
            "path": name,
            "content": _content(one, digest),
            "link": None if one.isUpload else one.url or None,
            "cover": cover or None,
        },
        parent=card.id,
        author=one.idMember,
        changed=instant(one.date),
    )


def version(path: str, *, cover: bool = False) -> str:
    """What changes whenever anything about a file does; its content never does."""
    return hashlib.sha256(f"{int(cover)} {path}".encode()).hexdigest()[:16]


def _content(one: Attachment, digest: str | None) -> Plain:
    if not one.isUpload:
        return None
    content: dict[str, Plain] = {
        "name": one.name or one.fileName or one.id,
        "size": one.bytes or 0,
        "hash": digest,
    }
    return content | {"mime": one.mimeType} if one.mimeType else content
