"""Who is who in each system."""

from __future__ import annotations

import pytest

from sync.settings.people import People, read_people

SYSTEMS = {"trello", "cloud"}


def test_accounts_lead_to_people(tmp_path):
    path = tmp_path / "people.yaml"
    path.write_text(
        "alice: {name: Alice Martin, trello: alicem, cloud: [alice, alice.m]}\nbob: {trello: bob}\n"
    )
    people, problems = read_people(path, SYSTEMS)
    assert problems == []
    assert people.accounts == {
        "trello": {"alicem": "alice", "bob": "bob"},
        "cloud": {"alice": "alice", "alice.m": "alice"},
    }
    assert people.names == {"alice": "Alice Martin"}


def test_without_a_table_nobody_is_known(tmp_path):
    assert read_people(tmp_path / "people.yaml", SYSTEMS) == (People(), [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice: {trelo: a}\n", ["1:9: no system is called “trelo” in the settings — use a name from the settings"]),
        ("alice: {trello: a}\nbob: {trello: a}\n", ["2:15: “a” is alice already — keep one of the two"]),
        ("alice: {trello: 12}\nbob: [a]\ncarol: {cloud: []}\n", [
            "1:17: a text is expected, not 12 — put it in quotes",
            "2:6: keys with values are expected — write it as `key: value`",
            "3:16: this is empty — write a value, or remove the key",
        ]),
        ("alice: {trello: a}\nalice: {cloud: b}\n", ["2:1: “alice” is given twice, here and on line 1 — keep one of the two"]),
    ],
)  # fmt: skip
def test_faults_are_told_where_they_stand(tmp_path, text, expected):
    path = tmp_path / "people.yaml"
    path.write_text(text)
    people, problems = read_people(path, SYSTEMS)
    assert [str(p).removeprefix(f"{path}:") for p in sorted(problems)] == expected
    if not any("system" in line or "already" in line for line in expected):
        assert people == People()
