from __future__ import annotations

from sync.mapping.people import Entries

ALL = frozenset({"done", "list", "due", "who"})


class NoWords:
    def native(self, option):
        return option

    def option(self, native):
        return native


def test_people_who_read_a_checklist_see_no_ids_and_none_is_lost():
    lens = Entries(ALL, ids=False)
    hub = [
        {"id": "5f1", "text": "Réserver la salle", "done": False},
        {"id": "5f2", "text": "Inviter", "done": True},
    ]
    shown = lens.project(hub, NoWords())
    assert [entry.get("id") for entry in shown] == [None, None]
    assert lens.put(shown, hub, NoWords()) == hub
    ticked = [{"text": "Réserver la salle", "done": True}, shown[1]]
    assert [entry["id"] for entry in lens.put(ticked, hub, NoWords())] == ["5f1", "5f2"]
