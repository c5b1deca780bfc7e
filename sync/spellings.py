"""The forms in which a secret may stand in text that somebody else made."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Characters of base64 that are no chance: shorter pieces stand in any text."""


def spellings(secret: str) -> set[str]:
    """As text, in addresses and forms, in JSON, in Python, in base64; and each of these quoted."""
    once = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), *_quoted(secret)}
    return once | {spelling for one in once for spelling in _quoted(one)} | _in_base64(secret)


def _quoted(text: str) -> set[str]:
    quoted = (json.dumps(text), json.dumps(text, ensure_ascii=False), repr(text))
    return {one[1:-1] for one in quoted}


def _in_base64(secret: str) -> set[str]:
    """What stands in the base64 of any text that holds the secret (RFC 7617: `user:password`).

    Three bytes are four characters, so it depends on what goes before in three ways; the
    characters that hold a part of a neighbour are left out.
    """
    raw = secret.encode("utf-8", "surrogatepass")
    found = set()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        end = len(whole) - ((before + len(raw)) % 3 != 0)
        piece = whole[(0, 2, 3)[before] : end]
        found |= {piece, piece.replace("+", "-").replace("/", "_")}
    return {piece for piece in found if len(piece) >= SHORTEST}
