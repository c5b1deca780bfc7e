"""What a request says: parameters from address and body, files, key and token."""

from __future__ import annotations

import json
import re
from email.message import Message
from urllib.parse import parse_qsl

from connectors.sandbox.trello.routes import Upload
from connectors.sandbox.trello.state import Failure, Obj, State


def parameters(query: str, body: bytes, kind: str) -> Obj:
    """Query and body as one: JSON, a form, or a form with files. Raises `Failure`."""
    found: Obj = dict(parse_qsl(query, keep_blank_values=True))
    if not body:
        return found
    if "multipart/form-data" in kind:
        return found | _parts(body, kind)
    try:
        if "json" in kind:
            parsed = json.loads(body)
            return found | (parsed if isinstance(parsed, dict) else {})
        return found | dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        text = "Error parsing body: invalid json" if "json" in kind else "invalid body"
        raise Failure(400, text) from None


def _parts(body: bytes, kind: str) -> Obj:
    boundary = _header(kind).get_param("boundary", header="content-type")
    if not isinstance(boundary, str) or not boundary:
        raise Failure(400, "Multipart: Boundary not found")
    found: Obj = {}
    for part in re.split(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode()), body)[1:]:
        head, gap, content = _halves(part)
        if gap:
            found |= _part(head.decode("utf-8", "replace"), content)
    return found


def _halves(part: bytes) -> tuple[bytes, bytes, bytes]:
    """Head and content: recorded requests end their lines either way."""
    for gap in (b"\r\n\r\n", b"\n\n"):
        head, found, content = part.partition(gap)
        if found:
            return head, found, content
    return part, b"", b""


def _part(head: str, content: bytes) -> Obj:
    lines = dict(line.partition(":")[::2] for line in head.splitlines() if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in lines.items()}
    disposition = headers.get("content-disposition", "")
    name = _quoted(disposition, "name")
    filename = _filename(disposition)
    if name is None:
        return {}
    if filename is None:
        return {name: content.decode("utf-8", "replace")}
    return {name: Upload(filename, headers.get("content-type"), content)}


def _filename(disposition: str) -> str | None:
    extended = re.search(r"filename\*=[Uu][Tt][Ff]-8''([^;]+)", disposition)
    if extended:
        return dict(parse_qsl("f=" + extended[1].replace("+", "%2B")))["f"]
    return _quoted(disposition, "filename")


def _quoted(disposition: str, name: str) -> str | None:
    found = re.search(rf'(?:^|[;\s]){name}="((?:[^"\\]|\\.)*)"', disposition)
    if found:
        return re.sub(r"\\(.)", r"\1", found[1]).replace("%22", '"')
    bare = re.search(rf"(?:^|[;\s]){name}=([^;\s\"]+)", disposition)
    return bare[1] if bare else None


def _header(kind: str) -> Message:
    message = Message()
    message["content-type"] = kind
    return message


def credentials(header: str, params: Obj) -> tuple[str, str, bool]:
    """Key, token, and whether they came in the header."""
    pairs = dict(re.findall(r'(oauth_\w+)="([^"]*)"', header))
    key = params.pop("key", None) or pairs.get("oauth_consumer_key") or ""
    token = params.pop("token", None) or pairs.get("oauth_token") or ""
    return str(key), str(token), "oauth_token" in pairs


def sign_in(state: State, method: str, key: str, token: str) -> Obj:
    """Who asks. Raises `Failure` in Trello's words."""
    if not re.fullmatch(r"[0-9a-fA-F]{32}", key):
        raise Failure(401, "invalid key")
    if not token:
        raise Failure(401, json.dumps({"message": "missing scopes"}))
    refused = state.refused.get(token)
    if not token.startswith("ATTA") or refused not in (None, "read"):
        raise Failure(401, refused or "invalid token")
    if refused == "read" and method not in ("GET", "HEAD"):
        raise Failure(401, "unauthorized permission requested")
    return state.members[state.tokens.get(token, state.me)]
