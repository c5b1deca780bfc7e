"""DokuWiki's two APIs: an answer is believed only in the form that it must have."""

from __future__ import annotations

import json

import pytest

from connectors.dokuwiki.jsonrpc import JsonRpc
from connectors.dokuwiki.xmlrpc import XmlRpc
from connectors.http import Response
from sync.errors import Ambiguous, Gone, Malformed, Refused, Unauthorized, Unreachable

EMPTY = "<struct></struct>"


class Line:
    """Stands in for the door to HTTP: answers whatever is sent with one body."""

    def __init__(self, body: str | bytes) -> None:
        self.body = body.encode() if isinstance(body, str) else body

    def request(self, _method: str, path: str, *, safe: bool, **_: object) -> Response:
        lost = Unreachable if safe else Ambiguous
        return Response(200, {}, f"http://wiki/{path}", self.body, lost=lost)


def xml(value: str) -> XmlRpc:
    start = "<?xml version='1.0'?><methodResponse><params><param><value>"
    return XmlRpc(Line(f"{start}{value}</value></param></params></methodResponse>"))


def fault(code: int) -> XmlRpc:
    members = f"<member><name>faultCode</name><value><int>{code}</int></value></member>"
    members += "<member><name>faultString</name><value><string>no</string></value></member>"
    value = f"<fault><value><struct>{members}</struct></value></fault>"
    return XmlRpc(Line(f"<methodResponse>{value}</methodResponse>"))


def answer(**said: object) -> JsonRpc:
    return JsonRpc(Line(json.dumps(said)))


def error(code: int) -> JsonRpc:
    return answer(error={"code": code, "message": "no"})


def test_an_empty_struct_is_no_page_and_no_text_and_no_list_and_no_success():
    assert xml(EMPTY).info("x") is None
    assert xml(EMPTY).history("x", 0) == []
    assert xml(EMPTY).login("u", "p") is False
    with pytest.raises(Unreachable):
        xml(EMPTY).text("x")
    with pytest.raises(Unreachable):
        xml(EMPTY).pages("x", deep=False)
    with pytest.raises(Refused):
        xml(EMPTY).save("x", "text", "")


def test_an_empty_list_of_pages_is_one():
    assert xml("<array><data></data></array>").pages("x", deep=True) == []
    assert answer(result=[]).pages("x", deep=True) == []


def test_faults_that_are_told_are_read():
    assert fault(121).info("x") is None
    with pytest.raises(Refused):
        fault(133).save("x", "text", "")
    with pytest.raises(Unreachable):
        fault(-32700).text("x")


def test_a_page_that_is_no_xml_is_malformed_and_an_answer_cut_short_is_lost():
    with pytest.raises(Malformed):
        xml("<string>a\x01</string>").text("x")
    with pytest.raises(Malformed):
        XmlRpc(Line(b"<methodResponse>caf\xe9</methodResponse>")).text("x")
    with pytest.raises(Unreachable):
        XmlRpc(Line("<methodResponse><params>")).text("x")


def test_a_save_whose_answer_is_cut_short_is_ambiguous():
    with pytest.raises(Ambiguous):
        XmlRpc(Line("<methodResponse><params>")).save("x", "text", "")


def test_entities_of_an_answer_are_not_expanded():
    bomb = "<!DOCTYPE x [<!ENTITY a 'b'>]><methodResponse><params><param><value>&a;</value></param></params></methodResponse>"
    with pytest.raises(Malformed):
        XmlRpc(Line(bomb)).text("x")


@pytest.mark.parametrize(
    ("code", "raised"), [(133, Refused), (121, Gone), (-32603, Unauthorized), (-32604, Refused)]
)
def test_errors_of_the_newer_api_are_named(code, raised):
    with pytest.raises(raised):
        error(code).save("x", "text", "")


def test_a_page_that_is_not_there_is_none_in_the_newer_api():
    assert error(121).info("x") is None
    with pytest.raises(Refused):
        error(133).info("x")


@pytest.mark.parametrize("said", [{}, {"result": None}, {"result": {}}, {"result": "x"}])
def test_an_answer_of_another_form_is_no_listing(said):
    with pytest.raises(Unreachable):
        answer(**said).pages("x", deep=False)


@pytest.mark.parametrize(
    ("body", "speaks"),
    [('{"result": 14}', True), ("<html>", False), ('{"error": {"code": 1}}', False), ("[]", False)],
)
def test_a_wiki_says_whether_it_has_the_newer_api(body, speaks):
    assert JsonRpc.speaks(Line(body)) is speaks
