"""What we say to people under a card, and how we know it again.

A notice is a comment of our member that ends with a link definition of CommonMark
(https://spec.commonmark.org/0.31.2/#link-reference-definitions), which shows nothing and
holds the nonce. It is no comment to the rest of the connector.
"""

from __future__ import annotations

import re
from typing import Final

from sync.connector import Message

_MARK: Final = re.compile(r"\n\[jumelage\]: # \(([a-z0-9]+)\)\s*\Z")
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")
_SILENCE: Final = "\N{ZERO WIDTH SPACE}"


def written(notice: Message) -> str:
    """The comment that says it: nothing in the text is markup, and it mentions nobody but `to`."""
    names = " ".join(f"@{name}" for name in notice.to)
    plain = _MARKUP.sub(r"\\\1", notice.text).replace("@", "@" + _SILENCE)
    lines = [line for line in plain.split("\n") if line.strip()]
    return "\n\n".join([*filter(None, [names]), *lines, f"[jumelage]: # ({notice.origin.nonce})"])


def nonce_of(text: str | None) -> str | None:
    """The nonce of a notice; None for what is none."""
    found = _MARK.search(text or "")
    return found[1] if found else None
