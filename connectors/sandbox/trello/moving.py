"""What becomes of a card's references when it goes to another board.

Labels are found there by name and colour, or made; members who are not on the board are
taken off; values of custom fields stay behind.
"""

from __future__ import annotations

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.state import Obj, State


def fit_to_board(state: State, card: Obj, board: Obj, number: int) -> None:
    """Make a card one of another board: its labels, members, checklists and number."""
    here = {one["idMember"] for one in state.memberships.get(board["id"], [])}
    card["idBoard"] = board["id"]
    card["idShort"] = number
    card["idLabels"] = [
        label_on(state, board["id"], state.labels[ref])
        for ref in card["idLabels"]
        if ref in state.labels
    ]
    card["idMembers"] = [ref for ref in card["idMembers"] if ref in here]
    card["customFieldItems"] = []
    for checklist in state.checklists.values():
        if checklist["idCard"] == card["id"]:
            checklist["idBoard"] = board["id"]


def label_on(state: State, board: str, label: Obj) -> str:
    """The id of the same label on another board; made if there is none."""
    for one in state.on_board(state.labels, board):
        if (one["name"], one["color"]) == (label["name"], label["color"]):
            return str(one["id"])
    made = shapes.new_label(state, board, label["name"], label["color"])
    state.labels[made["id"]] = made
    return str(made["id"])
