"""What our accounts may do, and until when: asked at the systems, noted in the store.

Whoever looks at the store alone is told what is going to fail, before it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sync.account import Grant, Grants, Lack
from sync.errors import Unauthorized
from sync.i18n import _, ngettext
from sync.model import Collection, Plain
from sync.store.base import Store

SOON = timedelta(days=14)
"""How long before its end a token is told of."""
REFUSED = "refused"


@dataclass(frozen=True)
class Found:
    """What a system said of our account."""

    grant: Grant
    names: dict[str, str]
    """Collection key -> what people call it."""
    refused: str | None = None
    """Why we are not let in at all."""


@dataclass(frozen=True)
class Concern:
    """Something that fails, or is going to."""

    system: str
    cause: str
    urgent: bool
    """It fails already."""


def ask(connector: Grants, places: list[Collection]) -> Found:
    """Ask a system. Raises what keeps it from answering, but for a refusal."""
    names = {place.key: place.name for place in places}
    try:
        return Found(connector.grant(places), names)
    except Unauthorized as error:
        return Found(Grant(), names, str(error))


def data(found: Found) -> dict[str, Plain]:
    """The same as plain data."""
    grant = found.grant
    return {
        "expires": grant.expires.astimezone(UTC).isoformat() if grant.expires else None,
        "writes": grant.writes,
        "lacking": {found.names.get(key, key): str(why) for key, why in grant.lacking.items()},
        REFUSED: found.refused,
    }


def note(store: Store, system: str, found: Found, now: datetime | None = None) -> None:
    """Note what was said, if it is news, or was last said on another day."""
    said: Plain = {**data(found), "day": _day(now)}
    if store.meta(name_of(system)) != said:
        with store.transaction() as tx:
            tx.put_meta(name_of(system), said)


def asked_today(store: Store, system: str, now: datetime | None = None) -> bool:
    """Whether a system was asked today (UTC)."""
    known = store.meta(name_of(system))
    return isinstance(known, dict) and known.get("day") == _day(now)


def _day(now: datetime | None) -> str:
    return f"{now or datetime.now(UTC):%Y-%m-%d}"


def noted(store: Store, systems: Iterable[str], now: datetime | None = None) -> list[Concern]:
    """What is wrong with our access, or soon will be, as far as it was last told."""
    known = {system: store.meta(name_of(system)) for system in systems}
    return [
        concern
        for system, told in known.items()
        if isinstance(told, dict)
        for concern in concerns(system, told, now)
    ]


def concerns(
    system: str, known: dict[str, Plain], now: datetime | None = None
) -> Iterator[Concern]:
    """What is wrong, of what a system said."""
    if known.get(REFUSED):
        said = _("the account is not let in: {reason}")
        yield Concern(system, said.format(reason=known[REFUSED]), urgent=True)
        return
    if isinstance(expires := known.get("expires"), str):
        yield from _ending(system, datetime.fromisoformat(expires), now or datetime.now(UTC))
    if known.get("writes") is False:
        yield Concern(system, _("the token may only read"), urgent=True)
    lacking = known.get("lacking")
    for name, why in sorted(lacking.items()) if isinstance(lacking, dict) else ():
        yield Concern(system, _lack(str(why)).format(name=name), urgent=True)


def _ending(system: str, expires: datetime, now: datetime) -> Iterator[Concern]:
    left = expires - now
    if left <= timedelta():
        said = _("the token ended on {day}")
        yield Concern(system, said.format(day=f"{expires:%Y-%m-%d}"), urgent=True)
    elif left <= SOON:
        said = ngettext(
            "the token ends in {count} day, on {day}: make a new one before",
            "the token ends in {count} days, on {day}: make a new one before",
            left.days,
        )
        cause = said.format(count=left.days, day=f"{expires:%Y-%m-%d}")
        yield Concern(system, cause, urgent=False)


def _lack(why: str) -> str:
    return {
        Lack.SIGHT: _("“{name}” is out of the account's sight"),
        Lack.CLOSED: _("“{name}” was closed: nothing can be written there"),
        Lack.WRITE: _("the account may only read “{name}”"),
    }[Lack(why)]


def name_of(system: str) -> str:
    """Under which name the store has it."""
    return f"access/{system}"
