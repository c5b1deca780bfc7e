"""One server of each sort for a session; every test plays back what passed there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire import subjects
from tests.wire.line import Line
from tests.wire.subjects import Subject


class Stage:
    """The subjects of a session: each is opened and recorded once, when it is first needed.

    No fixture of a wider scope could: where a parameter stands beside one that is not
    indirect, pytest makes what it stands for anew in each test, whatever its scope.
    """

    def __init__(self, root: pytest.TempPathFactory) -> None:
        self.root = root
        self.opened: dict[str, Subject | Exception] = {}

    def of(self, name: str) -> Subject:
        if name not in self.opened:
            try:
                self.opened[name] = self._open(name)
            except Exception as error:  # noqa: BLE001 - every test says why, at once
                self.opened[name] = error
        found = self.opened[name]
        if isinstance(found, Exception):
            raise found
        return found

    def _open(self, name: str) -> Subject:
        with pytest.MonkeyPatch.context() as patch:
            subjects.hasty(patch, silence=60.0)
            opened = subjects.open_subject(name, self.root.mktemp("wire"))
            try:
                for op in opened.ops.values():
                    opened.record(op)
            finally:
                opened.running.stop()
        return opened

    def stop(self) -> None:
        for opened in self.opened.values():
            if isinstance(opened, Subject):
                opened.running.line.stop()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    set_up = Stage(tmp_path_factory)
    yield set_up
    set_up.stop()


@pytest.fixture
def subject(request, stage: Stage) -> Subject:
    """A collection on a real server, and what each operation on it asks and is told."""
    opened = stage.of(request.param)
    opened.running.line.asked.clear()
    return opened


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
