"""Trello: a board's cards, through the REST API or from the file that members download."""
