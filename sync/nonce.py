"""The name of one attempt to write: random, and never used again."""

from __future__ import annotations

import secrets

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def random_nonce() -> str:
    """Twenty characters of [a-z0-9], never the same twice."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))
