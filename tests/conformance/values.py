"""Values made from a schema: what a person might write into a field of each type."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from sync.errors import Refused
from sync.model import FieldSpec, Plain

HOSTILE: Mapping[str, str] = {
    "accents": "Réunion du café, œuvre, İstanbul, ǆ",
    "apart": "Re\u0301union (accents apart)",
    "emoji": "Fête 🎉 👩\u200d🌾 🇫🇷 ok",
    "right_to_left": "שלום עולם \u200f(عربي) ok",
    "zero_width": "in\u200bvisible\u00a0blank\u2028line",
    "quotes": "\"double\" 'simple' `back` \\ backslash %s {0} ${x}",
    "blanks_around": "  blanks around  ",
    "control": "bell\x07 escape\x1b[31m ok",
    "html": "<script>alert(1)</script> & &amp; <b>bold</b>",
    "yaml": "- not: [a, list]\nkey: &anchor *alias !!python/object #comment",
    "front_matter": "---\ntitle: other\n---\nbelow",
    "icalendar": "BEGIN:VEVENT\nSUMMARY:other\nEND:VEVENT\\n;,:",
    "markdown": "# head\n\n* a\n* **b** [l](http://e.org)\n\n```\ncode\n```\n\n| t |\n|---|\n| 1 |",
    "wiki": "====== head ======\n[[link|text]] {{template}} '''b''' //i// ~~NOTOC~~ <nowiki>x</nowiki>",
    "crlf": "one\r\ntwo\r\n\r\nthree",
    "newlines_around": "\n\nafter two\n\n\n",
    "percent": "%2F..%2f../../etc/passwd?x=1#y",
    "dots": ".. . ...",
    "only_symbols": "/:*?|<>",
    "number": "2026",
    "word_of_yaml": "yes",
    "date": "2026-03-01",
    "null": "null",
    "ten_kilobytes": "Ten kB: " + "é-" * 3400,
}
"""Texts that break what was not written with care, each by a name."""

ONE_LINE = [n for n, text in HOSTILE.items() if "\n" not in text and len(text) < 200]
"""Those that fit a title."""


def texts(_: FieldSpec, serial: int) -> list[Plain]:
    return [f"Réunion {serial}", f"Atelier vélo n° {serial}"]


def long_texts(_: FieldSpec, serial: int) -> list[Plain]:
    return [f"Première ligne {serial}.\n\nDeuxième, avec *des mots*.", f"Autre texte {serial}."]


def choices(spec: FieldSpec, serial: int) -> list[Plain]:
    return list(spec.values) if spec.values else [f"Choix {serial}", f"Choix {serial + 1}"]


def sets(spec: FieldSpec, serial: int) -> list[Plain]:
    if spec.values:
        return [list(sorted(spec.values)[:2]), [spec.values[0]]]
    return [[f"b{serial}", f"été {serial}"], [f"b{serial}"]]


def people(_: FieldSpec, serial: int) -> list[Plain]:
    return [["ana", f"bo{serial}"], ["ana"]]


def checklists(_: FieldSpec, serial: int) -> list[Plain]:
    return [
        [
            {"text": f"Réserver la salle {serial}", "done": False, "list": "À faire"},
            {"text": "Prévenir le voisinage", "done": True, "list": "À faire"},
            {"text": "Acheter le café", "done": False, "list": "Courses"},
        ],
        [{"text": "Une seule chose", "done": True, "list": "À faire"}],
    ]


SAMPLES: Mapping[str, Callable[[FieldSpec, int], list[Plain]]] = {
    "text": texts,
    "richtext": long_texts,
    "choice": choices,
    "set": sets,
    "people": people,
    "person": lambda _, n: [f"ana{n}", "bo"],
    "moment": lambda _, n: [
        f"2026-03-{n % 28 + 1:02}",
        f"2026-07-{n % 28 + 1:02}T12:30:00Z",
        "2026-11-01T09:00:00+01:00[Europe/Paris]",
    ],
    "duration": lambda _, n: [f"PT{n % 20 + 1}H", "PT1H30M"],
    "bool": lambda *_: [True],
    "number": lambda _, n: [n % 9 + 1, 5],
    "rank": lambda _, n: [1024.0 * n, 512.5],
    "checklist": checklists,
    "link": lambda _, n: [f"https://example.org/{n}?a=1&b=2", "https://example.org/é"],
    "location": lambda _, n: [{"name": f"Salle {n}", "lat": 47.2, "lon": -1.55}, {"name": "Ici"}],
    "recurrence": lambda *_: [["RRULE:FREQ=WEEKLY;COUNT=10"], ["RRULE:FREQ=DAILY"]],
}
"""Two or more different values of every type but the blob, which needs content."""


class Library:
    """The contents that blobs of a test stand for, opened in pieces only."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def blob(self, content: bytes, name: str) -> Plain:
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self.contents[digest] = content
        return {"name": name, "size": len(content), "hash": digest}

    @contextmanager
    def open(self, blob: Plain) -> Iterator[BinaryIO]:
        digest = blob.get("hash") if isinstance(blob, dict) else None
        if digest not in self.contents:
            raise Refused(f"the library has no {blob!r}")
        yield Sipped(self.contents[digest])


class Sipped(io.BytesIO):
    """Content that may not be swallowed whole: files can be larger than memory."""

    most = 4 * 2**20

    def read(self, size: int | None = -1, /) -> bytes:
        small = len(self.getbuffer()) <= self.most
        assert small or (size is not None and 0 <= size <= self.most), "a blob was read at once"
        return super().read(size)
