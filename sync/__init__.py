"""Jumelage keeps the tools a collective already uses in step."""
