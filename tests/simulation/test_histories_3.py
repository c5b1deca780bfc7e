"""Random histories break no promise: the third part of them (`tests.simulation.histories`)."""

from __future__ import annotations

import pytest

from tests.simulation.histories import broken_promises, parts


@pytest.mark.parametrize(("form", "seeds"), parts(3))
def test_no_history_breaks_a_promise(form, seeds):
    assert not broken_promises(form, seeds)
