"""Every secret of a scene is a canary."""

from __future__ import annotations

import pytest

from tests.canary import WATCH


@pytest.mark.real
def test_every_secret_of_a_scene_is_a_canary_and_the_scene_is_searched(edited):
    secrets = {secret.encode() for secret in edited.environment.values()}
    assert secrets
    assert secrets <= WATCH.secrets
    before = WATCH.looked
    edited.search()
    assert WATCH.looked - before > 50_000, "the store alone is larger"
    done = edited.command("status", "--json")
    assert WATCH.looked - before > 50_000 + len(done.stdout)
