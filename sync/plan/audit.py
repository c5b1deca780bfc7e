"""What is to be asked of a whole side's history, after the store was lost or is older.

Writes of ours that such a store knows nothing of may have replaced what people typed
inside the call. Where the system keeps no condition but a history, that tells.
"""

from __future__ import annotations

from sync.mapping.unit import Member
from sync.plan.actions import Audit
from sync.plan.draft import Draft


def audit(draft: Draft) -> None:
    """Name the records whose history is due, once all of them are listed."""
    for member in draft.unit.members.values():
        state = draft.collections[member.key]
        if state.unaudited is None or draft.seen.blind(member.key):
            continue
        if draft.seen.listings[member.key].complete:
            draft.audits += _of_all(draft, member)
            state.unaudited = None


def _of_all(draft: Draft, member: Member) -> list[Audit]:
    since = draft.collections[member.key].unaudited
    found = []
    for ref in sorted(draft.seen.listings[member.key].records):
        owner, record = draft.owner(member.key, ref), draft.seen.record(member.key, ref)
        name = owner.id if owner else f"{member.key}/{ref}"
        if since is not None:
            found.append(Audit(name, member.key, ref, since, {**record.fields} if record else {}))
    return found
