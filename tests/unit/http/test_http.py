"""What each fault of a network or a server is called, and what is never done about it."""

from __future__ import annotations

import base64
import gzip
import io
import socket
import threading
import traceback
from contextlib import closing

import pytest

from connectors.http import Budget, Http
from sync.errors import (
    Ambiguous,
    ConfigError,
    Gone,
    JumelageError,
    Malformed,
    Refused,
    Retry,
    Stale,
    Unauthorized,
    Unreachable,
)
from tests.unit.http.conftest import answer, hang_up

DASH = "-secret"
"""Put on in the tests, since a traceback shows the lines of the test too."""
OK = answer(200, b'{"a": 1}')
LOGIN = answer(200, b"\n<!DOCTYPE html><title>Log in</title>", Content_Type="text/html")


@pytest.mark.parametrize(
    ("status", "method", "error", "requests"),
    [
        (400, "PUT", Refused, 1),
        (401, "GET", Unauthorized, 1),
        (401, "PUT", Unauthorized, 1),
        (403, "GET", Refused, 1),
        (404, "GET", Gone, 1),
        (409, "PUT", Stale, 1),
        (410, "DELETE", Gone, 1),
        (412, "PUT", Stale, 1),
        (413, "PUT", Refused, 1),
        (415, "PUT", Refused, 1),
        (422, "POST", Refused, 1),
        (423, "PUT", Retry, 4),
        (429, "GET", Retry, 4),
        (429, "POST", Retry, 4),
        (500, "GET", Unreachable, 4),
        (500, "PUT", Ambiguous, 1),
        (501, "PUT", Refused, 1),
        (503, "PROPFIND", Unreachable, 4),
        (503, "POST", Ambiguous, 1),
        (507, "PUT", Retry, 1),
    ],
)
def test_a_status_is_named_by_what_comes_next(  # noqa: PLR0917 - a table
    http: Http, server, status, method, error: type[JumelageError], requests
) -> None:
    server.says(answer(status))
    with pytest.raises(error) as caught:
        http.request(method, "x")
    assert type(caught.value) is error
    assert len(server.asked) == requests


def test_a_503_with_retry_after_on_a_write_is_still_not_sent_again(http: Http, server) -> None:
    server.says(answer(503, Retry_After="1"))
    with pytest.raises(Ambiguous):
        http.request("POST", "x", data=b"1")
    assert len(server.asked) == 1


def test_a_read_is_repeated_until_the_server_is_well_again(http: Http, server, slept) -> None:
    server.says(answer(502), hang_up, OK)
    assert http.request("GET", "x", expect_json=True).json() == {"a": 1}
    assert len(server.asked) == 3
    assert slept == sorted(slept)
    assert slept[0] >= 0.5


def test_a_write_that_got_no_answer_is_never_sent_again(http: Http, server) -> None:
    server.says(hang_up)
    with pytest.raises(Ambiguous):
        http.request("PUT", "x", data=b"1")
    assert len(server.asked) == 1


def test_a_write_that_is_safe_to_repeat_may_say_so(http: Http, server) -> None:
    server.says(hang_up, OK)
    assert http.request("PUT", "x", data=b"1", safe=True).status == 200
    assert [asked.body for asked in server.asked] == [b"1", b"1"]


def test_a_write_that_could_not_be_sent_is_not_ambiguous(slept) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        http = Http(
            f"http://127.0.0.1:{closed.getsockname()[1]}", system="cloud", sleep=slept.append
        )
        with pytest.raises(Unreachable):
            http.request("PUT", "x", data=b"1")
    assert len(slept) == 3


def test_a_silent_server_is_given_up_on(server, slept) -> None:
    server_waits = threading.Event()
    server.says(lambda _request: server_waits.wait(5))
    http = Http(server.url, system="cloud", sleep=slept.append, timeout=(1, 0.05))
    with pytest.raises(Ambiguous):
        http.request("PUT", "x", data=b"1")
    server_waits.set()


def test_retry_after_is_honoured_in_seconds_and_as_a_date(http: Http, server, slept) -> None:
    server.says(
        answer(429, Retry_After="7"),
        answer(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
        OK,
    )
    http.request("POST", "x", data=b"1")
    assert slept == [7.0, 0.0]
    assert [asked.body for asked in server.asked] == [b"1"] * 3


def test_a_long_retry_after_is_left_to_the_engine(http: Http, server, slept) -> None:
    server.says(answer(429, Retry_After="86400"))
    with pytest.raises(Retry) as caught:
        http.request("GET", "x")
    assert caught.value.after == 86400
    assert slept == []


def test_an_unreadable_retry_after_falls_back_to_the_backoff(http: Http, server, slept) -> None:
    server.says(answer(429, Retry_After="soon"), OK)
    http.request("GET", "x")
    assert 0.5 <= slept[0] <= 1.0


def test_a_file_is_sent_again_from_its_start(http: Http, server) -> None:
    server.says(answer(423), OK)
    body = io.BytesIO(b"__bytes")
    body.seek(2)
    http.request("PUT", "x", data=body)
    assert [asked.body for asked in server.asked] == [b"bytes", b"bytes"]


def test_a_body_that_can_be_sent_only_once_is_not_sent_twice(http: Http, server) -> None:
    server.says(answer(423), OK)
    with pytest.raises(Retry):
        http.request("PUT", "x", data=iter([b"once"]))


@pytest.mark.parametrize(("method", "error"), [("GET", Unreachable), ("POST", Ambiguous)])
def test_a_login_page_is_no_data(http: Http, server, method: str, error) -> None:
    server.says(LOGIN)
    with pytest.raises(error, match="web page"):
        http.request(method, "x", expect_json=True)
    with pytest.raises(error, match="web page"):
        http.request(method, "x", expect_xml=True)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 50_000, b"NaN", b"1" * 9000])
def test_what_is_no_json_is_an_answer_lost(http: Http, server, body: bytes) -> None:
    server.says(answer(200, body))
    with pytest.raises(Unreachable):
        http.request("GET", "x", expect_json=True)


@pytest.mark.parametrize(("method", "error"), [("GET", Unreachable), ("PUT", Ambiguous)])
def test_a_truncated_answer_is_lost(http: Http, server, method: str, error) -> None:
    def cut(request) -> None:
        answer(200, b'{"a": 1}', Content_Length="99")(request)
        request.close_connection = True

    server.says(cut)
    with pytest.raises(error):
        http.request(method, "x")


def test_a_body_beyond_the_cap_is_refused(http: Http, server) -> None:
    server.says(answer(200, b"x" * 100_001))
    with pytest.raises(Unreachable, match="100000 bytes"):
        http.request("GET", "x")


def test_a_gzip_bomb_is_measured_unpacked(http: Http, server) -> None:
    server.says(answer(200, gzip.compress(b"x" * 10_000_000), Content_Encoding="gzip"))
    with pytest.raises(Unreachable, match="100000 bytes"):
        http.request("GET", "x")


def test_broken_gzip_is_an_answer_lost(http: Http, server) -> None:
    server.says(answer(200, b"not gzip", Content_Encoding="gzip"))
    with pytest.raises(Unreachable):
        http.request("GET", "x")


def test_credentials_follow_a_redirect_on_their_own_host(http: Http, server) -> None:
    server.says(answer(302, Location="/elsewhere"), OK)
    assert http.request("GET", "x").url == f"{server.url}/elsewhere"
    assert "authorization" in server.asked[1].headers


def test_a_redirect_to_another_host_is_not_followed_unasked(http: Http, server, other) -> None:
    server.says(answer(302, Location=f"{other.url}/x"))
    with pytest.raises(Unreachable, match="another host"):
        http.request("GET", "x")
    assert other.asked == []


def test_no_credential_goes_to_another_host(http: Http, server, other) -> None:
    server.says(answer(302, Location=f"{other.url}/x", Set_Cookie="session=1"))
    other.says(OK)
    http.request("GET", "x", elsewhere=True)
    (asked,) = other.asked
    assert not {"authorization", "x-token", "cookie"} & set(asked.headers)


def test_what_began_under_tls_does_not_go_on_in_clear(other) -> None:
    with (
        closing(Http("https://cards.example", system="cards")) as secure,
        pytest.raises(Unreachable, match="another host"),
    ):
        secure.request("GET", f"{other.url}/x", elsewhere=True)
    assert other.asked == []


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirected_write_is_ambiguous(http: Http, server, status: int) -> None:
    server.says(answer(status, Location="/login"), OK)
    with pytest.raises(Ambiguous):
        http.request("POST", "x", data=b"1")
    assert len(server.asked) == 1


def test_a_write_is_sent_on_when_the_server_says_that_it_keeps_its_method(
    http: Http, server
) -> None:
    server.says(answer(307, Location="/y"), OK)
    http.request("PUT", "x", data=b"1")
    assert [(a.method, a.path, a.body) for a in server.asked][1] == ("PUT", "/y", b"1")


def test_redirects_in_circles_end(http: Http, server) -> None:
    server.says(answer(302, Location="/x"))
    with pytest.raises(Unreachable, match="circles"):
        http.request("GET", "x")
    assert len(server.asked) == 5


def test_no_message_holds_a_secret(http: Http, server) -> None:
    echo = b'{"message": "bad token token-abcdefgh of p\xc3\xa4ssw\xc3\xb6rd-1234"}'
    server.says(answer(400, echo))
    with pytest.raises(Refused) as caught:
        http.request("PUT", "x", params={"key": "query" + DASH}, data=b"body" + DASH.encode())
    told = "".join(traceback.format_exception(caught.value))
    assert "bad token" in str(caught.value)
    for secret in ("token-abcdefgh", "pässwörd", f"query{DASH}", f"body{DASH}"):
        assert secret not in told


def test_no_traceback_of_a_lost_connection_holds_the_query(http: Http, server) -> None:
    server.says(hang_up)
    with pytest.raises(Ambiguous) as caught:
        http.request("POST", "x", params={"key": "query" + DASH})
    assert f"query{DASH}" not in "".join(traceback.format_exception(caught.value))


def test_a_message_says_method_host_and_path(http: Http, server) -> None:
    server.says(answer(403, b"Access   denied\n"))
    with pytest.raises(Refused) as caught:
        http.request("GET", "a/b", params={"q": "1"})
    assert str(caught.value) == f"cloud: GET {server.url}/api/a/b: HTTP 403 (Access denied)"


def test_a_password_is_sent_as_utf8(http: Http, server) -> None:
    server.says(OK)
    http.request("GET", "x")
    sent = base64.b64decode(server.asked[0].headers["authorization"].split()[1])
    assert sent.decode() == "sync:pässwörd-1234"


def test_paths_are_joined_below_the_base_or_from_the_root(http: Http, server) -> None:
    server.says(OK)
    for path in ("a:b/c", "/root", f"{server.url}/full?x=1", ""):
        http.request("GET", path)
    assert [a.path for a in server.asked] == ["/api/a:b/c", "/root", "/full?x=1", "/api/"]


def test_the_environment_has_no_say(http: Http, server, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.says(OK)
    assert http.request("GET", "x").status == 200


@pytest.mark.parametrize("url", ["ftp://x/", "http://user:pw@host/", "/path", "http:///x"])
def test_an_address_that_cannot_work_is_a_matter_of_configuration(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Http(url, system="cloud")
    assert "pw" not in str(caught.value)


def test_a_caller_may_read_a_status_for_itself(http: Http, server) -> None:
    server.says(answer(500, b"UNIQUE constraint failed"))
    assert http.request("PUT", "x", accept={500}).content == b"UNIQUE constraint failed"


def test_a_stream_has_no_cap_and_notices_its_end_missing(http: Http, server) -> None:
    server.says(answer(200, b"x" * 300_000))
    with http.request("GET", "x", stream=True) as whole:
        assert sum(len(chunk) for chunk in whole.chunks()) == 300_000

    def cut(request) -> None:
        answer(200, b"x" * 10, Content_Length="99")(request)
        request.close_connection = True

    server.says(cut)
    with http.request("GET", "x", stream=True) as part, pytest.raises(Unreachable):
        list(part.chunks())


def test_a_text_that_is_not_utf8_is_malformed(http: Http, server) -> None:
    server.says(answer(200, b"caf\xe9"))
    with pytest.raises(Malformed):
        _ = http.request("GET", "x").text


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_budget_lets_no_window_exceed_its_calls() -> None:
    clock = Clock()
    budget = Budget(10, 5.0, clock=clock, sleep=clock.sleep)
    times = []
    for turn in range(60):
        if turn == 30:
            clock.now += 60  # a long rest fills the bucket again
        budget.take()
        times.append(clock.now)
    for begin in times:
        assert sum(begin <= at < begin + 5.0 for at in times) <= 10


def test_a_pause_of_the_budget_holds_everybody() -> None:
    clock = Clock()
    budget = Budget(10, 5.0, clock=clock, sleep=clock.sleep)
    budget.take()
    budget.pause(30)
    budget.take()
    assert clock.now >= 30


def test_a_budget_is_shared_by_its_key() -> None:
    assert Budget.shared(("trello", "a"), 5, 1) is Budget.shared(("trello", "a"), 5, 1)
    assert Budget.shared(("trello", "a"), 5, 1) is not Budget.shared(("trello", "b"), 5, 1)
