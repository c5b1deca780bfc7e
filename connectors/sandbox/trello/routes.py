"""Which handler answers which request.

Handlers register themselves by method and path (`/cards/{card}`); what is written in
braces is handed over by name. Query and body mean the same to Trello and are merged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from connectors.sandbox.trello.rights import allow
from connectors.sandbox.trello.state import Failure, Obj, State


@dataclass(frozen=True)
class Raw:
    """An answer that is not JSON: a file, a page, a redirect."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Upload:
    """A file that came in a form."""

    name: str
    kind: str | None
    content: bytes


@dataclass(frozen=True)
class Call:
    """One request, after sign-in."""

    state: State
    method: str
    path: str
    params: Obj
    member: Obj
    """Who asks."""
    app: str
    """The application whose key is used."""
    token: str = ""
    signed: bool = False
    """The credentials came in a header, not in the address."""
    parts: dict[str, str] = field(default_factory=dict)
    """What the braces of the route stood for."""

    def __getitem__(self, name: str) -> str:
        return self.parts[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter."""
        return self.params.get(name, default)

    def flag(self, name: str) -> bool:
        """A parameter that is true or false, however it was sent."""
        return truth(self.params.get(name))

    def need(self, name: str) -> Any:
        """A parameter without which nothing can be done."""
        value = self.params.get(name)
        if value in (None, ""):
            raise Failure(400, f"invalid value for {name}")
        return value


Handler: TypeAlias = Callable[[Call], Any]
_ROUTES: Final[list[tuple[str, re.Pattern[str], Handler]]] = []


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register a handler."""
    named = re.sub(r"\{(\w+):([^}]+)\}", r"(?P<\1>\2)", path)
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", named) + r"\Z", re.IGNORECASE)

    def register(handler: Handler) -> Handler:
        _ROUTES.append((method, pattern, handler))
        return handler

    return register


def dispatch(call: Call) -> Any:
    """Answer a request. Raises `Failure`."""
    found = [
        (match.groupdict(), handler)
        for method, pattern, handler in _ROUTES
        if method == call.method and (match := pattern.match(call.path))
    ]
    if found:  # the route that says most of the path itself
        parts, handler = min(found, key=lambda one: len(one[0]))
        allow(call.state, call.member, call.method, parts, call.params)
        return handler(replace(call, parts=parts))
    raise Failure(404, f"Cannot {call.method} /1{call.path}")


def truth(value: Any) -> bool:
    """Read true or false from JSON, a form or a query."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "1"))


def plain(value: Any) -> Any:
    """An object that was sent as JSON inside a form or a query."""
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def grouped(params: Obj, name: str) -> Any:
    """An object that was sent as JSON, or field by field: `value[text]=`, `value/text=`."""
    if name in params:
        return plain(params[name])
    marks = (f"{name}[", f"{name}/", f"{name}_")
    found = {
        key[len(name) + 1 :].rstrip("]"): value
        for key, value in params.items()
        if key.startswith(marks)
    }
    return found or None


def many(value: Any) -> list[str]:
    """Read a list of ids from JSON or from text with commas."""
    if value in (None, ""):
        return []
    if isinstance(value, list):
        return [str(one) for one in value]
    return [part for part in str(value).split(",") if part]
