"""Files on a real server: WsgiDAV, started here and thrown away."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from connectors.sandbox.wsgidav import WsgiDavSandbox
from connectors.webdav import WebDav, WebDavSettings
from sync.connector import Origin, Tools
from sync.errors import ConfigError, Gone, Refused, Stale, Unreachable
from sync.model import Collection

pytestmark = pytest.mark.real
ORIGIN = Origin("n" * 20, datetime.now(UTC))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[WsgiDavSandbox]:
    if lacking := WsgiDavSandbox.missing():
        pytest.skip(lacking)
    server = WsgiDavSandbox(tmp_path_factory.mktemp("wsgidav"))
    server.start()
    yield server
    server.stop()


@contextmanager
def _content(blob: dict[str, object]) -> Iterator[io.BytesIO]:
    yield io.BytesIO(str(blob["name"]).encode())


def _blob(text: str) -> dict[str, object]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"name": text, "size": len(text.encode()), "hash": f"sha256:{digest}"}


@pytest.fixture
def webdav(sandbox: WsgiDavSandbox) -> Iterator[WebDav]:
    settings = WebDavSettings(connector="webdav", **sandbox.settings())
    connector = WebDav(settings, Tools("drive", blobs=_content))
    yield connector
    connector.close()


@pytest.fixture
def files(sandbox: WsgiDavSandbox, webdav: WebDav) -> Collection:
    return webdav.locate("files", sandbox.make("files"))


def _create(webdav: WebDav, files: Collection, path: str, text: str = "text"):
    return webdav.create(files, {"path": path, "content": _blob(text)}, origin=ORIGIN)


def _listed(webdav: WebDav, files: Collection) -> list[str]:
    return sorted(entry.ref for page in webdav.changes(files, None) for entry in page.records)


NAMES = [
    "un dossier/été & automne/100% #1? [x] (y)!.txt",
    "a+b=c;d,e@f:g.txt",
    "%2e%2e%2fetc.txt",
    "'quotes\"<angle>.txt",
    "…/日本語/🎉.txt",
    " spaces .txt",
]


@pytest.mark.parametrize("path", NAMES)
def test_a_file_of_any_name_is_made_with_its_folders_and_listed(webdav, files, sandbox, path):
    made = _create(webdav, files, path)
    assert made.ref == path
    assert _listed(webdav, files) == [path]
    assert (sandbox.files / files.id / path).read_text() == "text"
    webdav.delete(files, path, expect=made.version)
    assert _listed(webdav, files) == []


@pytest.mark.parametrize(
    "path", ["../up.txt", "a/../../up.txt", "/etc/x", "a//b", "a\\b", "a\nb", ""]
)
def test_a_path_that_leads_elsewhere_is_refused(webdav, files, sandbox, path):
    with pytest.raises(Refused):
        _create(webdav, files, path)
    assert not (sandbox.files / "up.txt").exists()


def test_a_file_that_stands_there_is_never_overwritten_by_a_new_one(webdav, files, sandbox):
    (sandbox.files / files.id / "a.txt").write_text("theirs")
    with pytest.raises(Stale):
        _create(webdav, files, "a.txt")
    assert (sandbox.files / files.id / "a.txt").read_text() == "theirs"


def test_a_file_is_never_moved_over_another(webdav, files, sandbox):
    (sandbox.files / files.id / "b.txt").write_text("theirs")
    made = _create(webdav, files, "a.txt")
    with pytest.raises(Stale):
        webdav.update(files, "a.txt", {"path": "b.txt"}, expect=made.version)
    assert (sandbox.files / files.id / "b.txt").read_text() == "theirs"


def test_a_file_is_moved_into_a_folder_that_is_not_there_yet(webdav, files):
    made = _create(webdav, files, "a.txt")
    moved = webdav.update(files, "a.txt", {"path": "x/y/b.txt"}, expect=made.version)
    assert moved.ref == "x/y/b.txt"
    assert _listed(webdav, files) == ["x/y/b.txt"]


def test_what_people_changed_is_not_overwritten(webdav, files, sandbox):
    made = _create(webdav, files, "a.txt")
    (sandbox.files / files.id / "a.txt").write_text("what people wrote")
    with pytest.raises(Stale):
        webdav.update(files, "a.txt", {"content": _blob("ours")}, expect=made.version)
    with pytest.raises(Stale):
        webdav.delete(files, "a.txt", expect=made.version)
    assert (sandbox.files / files.id / "a.txt").read_text() == "what people wrote"


def test_a_change_of_the_same_size_in_the_same_second_has_another_version(webdav, files):
    made = _create(webdav, files, "a.txt", "aaaa")
    after = webdav.update(files, "a.txt", {"content": _blob("bbbb")}, expect=made.version)
    assert after.version != made.version


def test_a_folder_that_went_away_is_not_an_empty_one(webdav, files, sandbox):
    (sandbox.files / files.id).rename(sandbox.files / f"{files.id}-elsewhere")
    with pytest.raises((Unreachable, Gone)):
        list(webdav.changes(files, None))


def test_a_folder_that_is_not_there_is_explained(webdav, files):
    with pytest.raises(ConfigError, match=files.name):
        webdav.locate("files", "nowhere")


def test_a_file_is_no_folder(webdav, sandbox):
    (sandbox.files / "a-file").write_text("x")
    with pytest.raises(ConfigError):
        webdav.locate("files", "a-file")


def test_content_is_read_as_it_was_sent(webdav, files):
    _create(webdav, files, "a.txt", "été" * 1000)
    with webdav.open(files, "a.txt") as stream:
        assert stream.read().decode() == "été" * 1000
