"""How a member lets us in: a key of their own, and a token that they grant to it.

https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from sync.account import Offer, Question
from sync.i18n import _
from sync.model import Plain

KEYS: Final = "https://trello.com/power-ups/admin"
_AUTHORIZE: Final = "https://trello.com/1/authorize"


def question(known: Mapping[str, str], url: str | None) -> Question | None:
    """The key first, then the token, whose page takes the key."""
    if "key" not in known:
        return Question("key", _where_the_key_is(), r"[0-9a-fA-F]{32}")
    if "token" not in known:
        return Question("token", _where_the_token_is(known["key"], url), r"[0-9A-Za-z]{8,256}")
    return None


def _where_the_key_is() -> str:
    return _(
        "1. Sign in to Trello with the account that Jumelage shall use (best one of its own, a\n"
        "   member of the boards), and open {address}\n"
        "2. “New”: a name, as Jumelage, your workspace and your address; the iframe stays empty.\n"
        "3. In its menu choose “API key”, then “Generate a new API key”.\n"
        "The key has 32 digits and letters from a to f. The secret below it is not asked for here."
    ).format(address=KEYS)


def _where_the_token_is(key: str, url: str | None) -> str:
    asked = {
        "expiration": "never",
        "name": "Jumelage",
        "scope": "read,write",
        "response_type": "token",
        "key": key,
    }
    address = f"{url.rstrip('/')}/authorize" if url else _AUTHORIZE
    return _(
        "1. With the same account open\n   {address}\n"
        "2. Read what Jumelage may do then (read and write boards, and nothing of the account),\n"
        "   and choose “Allow”. You can take it back at any time, in the settings of the account.\n"
        "3. The next page shows the token."
    ).format(address=f"{address}?{urlencode(asked)}")


def offers(boards: Sequence[Mapping[str, Plain]]) -> list[Offer]:
    """The open boards; those that share a name go by their short links."""
    current = [board for board in boards if not board["closed"]]
    called = Counter(str(board["name"]) for board in current)
    return [
        Offer(
            "board",
            str(board["name"] if called[str(board["name"])] == 1 else board["shortLink"]),
            str(board["name"]),
        )
        for board in current
    ]
