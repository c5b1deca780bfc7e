"""Observations and state in, a plan out: pure, no I/O, no clock."""
