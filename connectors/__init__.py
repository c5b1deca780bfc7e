"""Connectors: one module or package per system, found by their entry points."""
