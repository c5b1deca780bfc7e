"""Boards written by hand, in the shape of real exports."""

from __future__ import annotations

from copy import deepcopy

CARD = {
    "id": "6601f0c0aa00000000000001",
    "name": "Acheter du thé",
    "desc": "",
    "closed": False,
    "idList": "6601f0c0bb00000000000001",
    "idBoard": "6601f0c0cc00000000000001",
    "idLabels": [],
    "idMembers": [],
    "pos": 65535,
    "due": None,
    "start": None,
    "dueComplete": False,
    "shortLink": "AbCdEfGh",
    "shortUrl": "https://trello.com/c/AbCdEfGh",
    "url": "https://trello.com/c/AbCdEfGh/1-acheter-du-the",
    "dateLastActivity": "2026-03-01T10:00:00.000Z",
    "badges": {"comments": 0},
}
BOARD = {
    "id": "6601f0c0cc00000000000001",
    "name": "Programme",
    "shortLink": "BoardLnk",
    "dateLastActivity": "2026-03-01T10:00:00.000Z",
    "lists": [
        {"id": "6601f0c0bb00000000000002", "name": "Fait", "pos": 2, "closed": True},
        {"id": "6601f0c0bb00000000000001", "name": "À faire", "pos": 1, "closed": False},
    ],
    "labels": [
        {"id": "6601f0c0dd00000000000001", "name": "Urgent", "color": "red_dark"},
        {"id": "6601f0c0dd00000000000002", "name": "", "color": "green"},
        {"id": "6601f0c0dd00000000000003", "name": "", "color": None},
    ],
    "members": [{"id": "6601f0c0ee00000000000001", "username": "nour", "fullName": "Nour"}],
    "cards": [],
    "checklists": [],
}


def card(number=1, **fields):
    return deepcopy(CARD) | {"id": f"6601f0c0aa{number:014x}"} | fields


def board(*cards, **fields):
    return deepcopy(BOARD) | {"cards": list(cards)} | fields


def item(number, name, pos, **fields):
    return {
        "id": f"6601f0c0ff{number:014x}",
        "name": name,
        "pos": pos,
        "state": "incomplete",
    } | fields


def checklist(number, name, pos, *items, card_number=1):
    return {
        "id": f"6601f0c0ab{number:014x}",
        "name": name,
        "idCard": f"6601f0c0aa{card_number:014x}",
        "pos": pos,
        "checkItems": list(items),
    }
