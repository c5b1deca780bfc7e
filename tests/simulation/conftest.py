from __future__ import annotations

import pytest
import structlog


@pytest.fixture(autouse=True)
def _quiet():
    """What an engine logs of drawn faults is of no interest."""

    def drop(*_):
        raise structlog.DropEvent

    with structlog.testing.capture_logs():
        structlog.configure(processors=[drop])
        yield
    structlog.reset_defaults()
