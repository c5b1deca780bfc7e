"""Only the host of the settings is asked, over what the settings say, and nobody else is told."""

from __future__ import annotations

import base64
import re
import shutil
import socket

import pytest

from connectors.http import timed
from tests.wire import certificates
from tests.wire.faults import Fault, _names, status
from tests.wire.line import Line, answer
from tests.wire.operations import CASES
from tests.wire.subjects import Subject, hasty, outcome
from tests.wire.tape import Replay
from tests.wire.test_torture import by_operation, by_subject, of, play

ERRORS = _names("Unreachable Ambiguous Malformed ConfigError Refused Unauthorized")
FETCHING = {"open file"}
"""Trello keeps attached files on another host, and sends us there."""
CREDENTIALS = {"authorization", "cookie"}
SOME = ("locate", "everything", "create")
HREF = re.compile(rb"(<(?:\w+:)?href>)(?:https?://[^/<]+)?/")


def secrets(subject: Subject) -> list[str]:
    """What the settings hold that nobody else may see, in the forms that go over the wire."""
    said = subject.running.sandbox.settings("sync")
    held = [str(said[name]) for name in ("password", "key", "token") if name in said]
    pair = f"{said.get('user')}:{said.get('password')}".encode()
    return [*held, base64.b64encode(pair).decode()] if "user" in said else held


@by_operation
def test_nobody_is_asked_whom_the_server_sends_us_to(
    subject: Subject, name: str, waits, elsewhere: Line
):
    op, tape = of(subject, name)
    wrong = []
    for at in tape.steps:
        for code in (301, 302, 303, 307, 308):
            where = f"http://127.0.0.1:{elsewhere.port}/x"
            fault = Fault(str(code), status(code, Location=where), ERRORS, ERRORS, effect=False)
            ended = play(subject, op, Replay(tape, at, fault), waits)
            if ended.wrong and ended.name != "same":
                wrong.append(f"{code} at {at - tape.mark}: {ended.wrong}")
    if name in FETCHING:
        assert not [one for one in elsewhere.asked if one.headers.keys() & CREDENTIALS]
        assert not [one for one in elsewhere.asked for s in secrets(subject) if s in repr(one)]
    else:
        assert elsewhere.asked == []
    assert not wrong, wrong


@pytest.mark.parametrize("place", ["http://other.example", "//other.example", "https://[::1"])
@pytest.mark.parametrize(
    ("subject", "name"),
    [case for case in CASES if case[0] in {"caldav-calendar", "webdav-files", "nextcloud-files"}],
    indirect=["subject"],
)
def test_an_href_of_another_host_is_refused_and_not_asked(
    subject: Subject, name: str, place: str, waits, monkeypatch
):
    op, tape = of(subject, name)
    asked: list[str] = []
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: (asked.append(host), real(host, *a, **k))[1]
    )
    for at in tape.steps:
        told = tape.told[at].body
        if not HREF.search(told):
            continue
        bent = HREF.sub(rb"\g<1>" + place.encode() + b"/", told)
        fault = Fault(
            place, lambda t, bent=bent: [answer(t.status, bent, t.headers)], ERRORS, ERRORS
        )
        ended = play(subject, op, Replay(tape, at, fault), waits)
        assert ended.name != "same", ended.result
        assert not ended.wrong
    assert set(asked) <= {"127.0.0.1"}


@by_subject
def test_the_environment_has_no_say(
    subject: Subject, waits, elsewhere: Line, monkeypatch, tmp_path
):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login other password other-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere.port}")
        monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{elsewhere.port}")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none.pem"))
    subject.running.line.asked.clear()
    for name in SOME:
        op, tape = of(subject, name)
        ended = play(subject, op, Replay(tape, -1, Fault("", status(500), ERRORS, ERRORS)), waits)
        assert ended.name == "same", ended.result
    assert elsewhere.asked == []
    stranger = base64.b64encode(b"other:other-password").decode()
    said = [value for one in subject.running.line.asked for value in one.headers.values()]
    assert said
    assert not [value for value in said if stranger in value]


@by_subject
def test_no_secret_is_in_an_address_or_in_a_message(subject: Subject, waits):
    held = secrets(subject)
    for name in SOME:
        op, tape = of(subject, name)
        echo = " ".join(held).encode()
        fault = Fault("echo", status(400, body=echo), ERRORS, ERRORS, effect=False)
        ended = play(subject, op, Replay(tape, tape.steps.start, fault), waits)
        told = f"{ended.result!r} {ended.result}"
        assert not [secret for secret in held if secret[-8:-2] in told]
        assert not [one.path for one in tape.asked if any(secret in one.path for secret in held)]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("missing: openssl (apt install openssl)")
    folder = tmp_path_factory.mktemp("certificates")
    return folder / "authority.pem", certificates.make(folder)


@pytest.fixture
def secure(authority, monkeypatch):
    """Makes lines that speak TLS under a certificate; the authority is trusted."""
    trusted, contexts = authority
    real = timed.session
    monkeypatch.setattr(timed, "session", lambda *a: _trusting(real(*a), str(trusted)))
    lines: list[Line] = []

    def line(name: str) -> Line:
        context = contexts[name]
        lines.append(Line(wrap=lambda plain: context.wrap_socket(plain, server_side=True)))
        return lines[-1]

    yield line
    for one in lines:
        one.stop()


def _trusting(session, authority: str):
    session.verify = authority
    return session


def _over(subject: Subject, line: Line, monkeypatch) -> None:
    monkeypatch.setattr(subject.running, "line", line)
    monkeypatch.setattr(subject.running, "scheme", "https")


@by_subject
@pytest.mark.parametrize("matter", ["of another host", "expired", "of nobody"])
def test_a_certificate_that_is_not_valid_is_not_spoken_to(
    subject: Subject, matter: str, secure, monkeypatch
):
    hasty(monkeypatch)
    _over(subject, line := secure(matter), monkeypatch)
    for name in ("locate", "create"):
        connector = subject.running.connect()
        ended, error = outcome(
            lambda: subject.ops[name].act(connector)  # noqa: B023 - called here
        )
        assert ended == "Unreachable", error
        assert "certificate" in str(error)
    assert line.asked == []
    subject.running.disconnect()


@by_subject
def test_nothing_goes_on_in_clear_from_a_server_of_tls(
    subject: Subject, waits, secure, elsewhere: Line, monkeypatch
):
    _over(subject, secure("good"), monkeypatch)
    op, tape = of(subject, "everything")
    truth = play(subject, op, Replay(tape, -1, Fault("", status(500), ERRORS, ERRORS)), waits)
    assert truth.name == "same", truth.result
    where = f"http://127.0.0.1:{elsewhere.port}/"
    fault = Fault("down", status(307, Location=where), ERRORS, ERRORS, effect=False)
    ended = play(subject, op, Replay(tape, tape.steps.start, fault), waits)
    assert ended.name == "Unreachable", ended.result
    assert elsewhere.asked == []
