"""Kinds, default field maps and recipes, as package data."""
