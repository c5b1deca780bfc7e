from __future__ import annotations

from hypothesis import settings

# The same examples on every machine: a failure is a fault of the commit, never of luck.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, max_examples=40
)
settings.load_profile("repeatable")
