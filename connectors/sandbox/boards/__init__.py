"""Boards that sandboxes can load: data, no code."""
