"""Trello: a board's cards, through the REST API or from the file that members download."""

from connectors.trello.api import TrelloSettings
from connectors.trello.connector import Trello

__all__ = ["Trello", "TrelloSettings"]
