"""A plain page of the boards, so that a person can look, write a card, edit it, move it.

It does what it does as the person `camille`, or as the first account where she is not
on the board, through the same routes as everybody else; but as one's own work in
Trello's pages: no application is named in its actions.
"""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import quote

from connectors.sandbox.trello.rights import role_on
from connectors.sandbox.trello.routes import Call, Raw, dispatch
from connectors.sandbox.trello.state import Obj, State

PERSON: Final = "camille"
_KIND: Final = "text/html; charset=utf-8"
_STYLE: Final = (
    "body{font:15px sans-serif;margin:1em}main{display:flex;gap:1em;align-items:flex-start;"
    "overflow-x:auto}section{background:#eee;padding:.6em;min-width:17em;border-radius:6px}"
    "details{background:#fff;margin:.4em 0;padding:.5em;border-radius:4px}"
    "input,textarea,select{width:100%;box-sizing:border-box;margin:.2em 0}small{color:#555}"
)


def serves(path: str) -> bool:
    """Whether an address is one of the page's."""
    return path == "/" or path.startswith("/b/")


def answer(state: State, method: str, path: str, params: Obj) -> Raw:
    """Show the page; after a form, show it anew. Raises `Failure`."""
    if path == "/":
        return _page("Boards", _boards(state))
    board = state.board(path.split("/")[2])
    if method == "POST":
        _write(state, board, params)
        return Raw(303, headers={"Location": f"/b/{board['id']}"})
    return _page(board["name"], _board(state, board))


def _write(state: State, board: Obj, params: Obj) -> None:
    """Make, change or move a card, as a form says."""
    names = ("name", "desc", "idList", "pos", "closed")
    sent = {name: params[name] for name in names if params.get(name) not in (None, "same")}
    ref = params.get("card")
    path, method = (f"/cards/{ref}", "PUT") if ref else ("/cards", "POST")
    people = (m for m in state.members.values() if m["username"] == PERSON)
    who = next((m for m in people if role_on(state, m, board)), state.members[state.me])
    dispatch(Call(state, method, path, sent, who, ""))


def _page(title: str, body: str) -> Raw:
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
    text = f"<!DOCTYPE html><html><head>{head}</head><body><h1>{escape(title)}</h1>{body}"
    return Raw(200, f"{text}</body></html>".encode(), _KIND)


def _boards(state: State) -> str:
    links = (
        f'<li><a href="/b/{quote(one["id"])}">{escape(one["name"])}</a></li>'
        for one in state.boards.values()
    )
    return f"<ul>{''.join(links)}</ul>"


def _board(state: State, board: Obj) -> str:
    lists = state.in_order(state.on_board(state.lists, board["id"]))
    shown = [one for one in lists if not one["closed"]]
    columns = "".join(_column(state, board, shown, one) for one in shown)
    return f'<p><a href="/">All boards</a></p><main>{columns}</main>'


def _column(state: State, board: Obj, lists: list[Obj], column: Obj) -> str:
    cards = [c for c in state.cards.values() if c["idList"] == column["id"] and not c["closed"]]
    shown = "".join(_card(state, board, lists, one) for one in state.in_order(cards))
    new = _form(board, f'<input type=hidden name=idList value="{column["id"]}">', "", "", "Add")
    return f"<section><h2>{escape(column['name'])}</h2>{shown}{new}</section>"


def _card(state: State, board: Obj, lists: list[Obj], card: Obj) -> str:
    labels = [state.labels[ref] for ref in card["idLabels"] if ref in state.labels]
    marks = ", ".join(escape(one["name"] or one["color"] or "") for one in labels)
    facts = " · ".join(filter(None, (marks, card.get("due") or "", _people(state, card))))
    places = "".join(
        f'<option value="{one["id"]}"{" selected" if one["id"] == card["idList"] else ""}>'
        f"{escape(one['name'])}</option>"
        for one in lists
    )
    inside = (
        f'<input type=hidden name=card value="{card["id"]}">'
        f"<label>List <select name=idList>{places}</select></label>"
        "<label>Position <select name=pos><option value=same>as it is</option>"
        "<option>top</option><option>bottom</option></select></label>"
        "<label>Archived <select name=closed><option>false</option><option>true</option>"
        "</select></label>"
    )
    form = _form(board, inside, card["name"], card["desc"] or "", "Save")
    title = escape(card["name"])
    return f"<details><summary>{title} <small>{escape(facts)}</small></summary>{form}</details>"


def _people(state: State, card: Obj) -> str:
    known = (state.members.get(ref) for ref in card["idMembers"])
    return " ".join(f"@{one['username']}" for one in known if one)


def _form(board: Obj, inside: str, name: str, desc: str, word: str) -> str:
    return (
        f'<form method=post action="/b/{board["id"]}">{inside}'
        f'<input name=name required value="{escape(name)}" placeholder="Card">'
        f"<textarea name=desc rows=3>\n{escape(desc)}</textarea><button>{word}</button></form>"
    )
