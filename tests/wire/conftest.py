"""One server of each sort for a session; every test plays back what passed there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.dokuwiki import connector as dokuwiki
from connectors.webdav import connector as webdav
from tests.wire import subjects
from tests.wire.line import Line
from tests.wire.subjects import Subject


@pytest.fixture(scope="module")
def subject(request, tmp_path_factory) -> Iterator[Subject]:
    """A collection on a real server, and what each operation on it asks and is told."""
    with pytest.MonkeyPatch.context() as patch:
        subjects.hasty(patch, silence=60.0)
        patch.setattr(dokuwiki, "SECOND", 0.0)
        patch.setattr(webdav, "TICK", 0.0)
        opened = subjects.open_subject(request.param, tmp_path_factory.mktemp("wire"))
        for op in opened.ops.values():
            opened.record(op)
        opened.running.sandbox.stop()
        yield opened
        opened.running.stop()
        opened.running.line.stop()


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """How long we would have waited for the server, each time."""
    return subjects.hasty(monkeypatch)


@pytest.fixture
def elsewhere() -> Iterator[Line]:
    """Somebody else's host: another port is another origin."""
    line = Line()
    yield line
    line.stop()
