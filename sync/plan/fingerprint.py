"""Fingerprints: how a side is mapped, field by field, to notice that a mapping was edited."""

from __future__ import annotations

from sync.mapping.unit import Binding, Member

ONLY = "only:"
"""The filter's name among the fingerprints of fields."""


def fingerprints(member: Member) -> dict[str, str]:
    """The digest of each field's mapping, by hub field, how each is spelt, and the filter."""
    return {
        ONLY: repr(member.only),
        **{b.hub: _fingerprint(member, b) for b in member.bindings},
        **{spelt(b): b.spelling for b in member.bindings},
    }


def spelt(binding: Binding) -> str:
    """The name among the fingerprints of how the values of a field are written."""
    return f"{binding.hub} is written"


def _fingerprint(member: Member, binding: Binding) -> str:
    """Tell two ways of mapping a field apart; what was never taken in meets the hub first."""
    return binding.digest if binding.reads and member.reads else f"{binding.digest} from-hub"
