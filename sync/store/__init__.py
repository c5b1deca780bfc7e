"""The store: items, cursors, intents, journal, salvage."""
