"""The stand-in's state in a file, so that it survives a restart."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

from connectors.sandbox.trello.state import State

_KEPT: Final = (
    *("boards", "lists", "cards", "labels", "checklists", "members", "memberships"),
    *("custom_fields", "plugin_data", "actions", "hidden", "organizations", "webhooks"),
    *("notifications", "shelves", "listed", "tokens", "refused", "expires", "me"),
)


def save(state: State, path: Path) -> None:
    """Write everything; whoever reads sees the old file or the new one, never half of it."""
    kept: dict[str, Any] = {name: getattr(state, name) for name in _KEPT}
    kept["loaded"] = sorted(state.loaded)
    kept["minted"] = state.minted
    kept["files"] = {ref: base64.b64encode(raw).decode() for ref, raw in state.files.items()}
    aside = path.with_name(path.name + ".new")
    aside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    aside.replace(path)


def restore(state: State, path: Path) -> None:
    """Take up what was written. Raises ValueError if this is no such file."""
    kept = json.loads(path.read_bytes())
    if not isinstance(kept, dict) or not set(_KEPT) <= kept.keys():
        raise ValueError(f"{path} was not written by this stand-in")
    for name in _KEPT:
        setattr(state, name, kept[name])
    state.loaded = set(kept["loaded"])
    state.minted = kept["minted"]
    state.files = {ref: base64.b64decode(text) for ref, text in kept["files"].items()}
    state.reseed()
