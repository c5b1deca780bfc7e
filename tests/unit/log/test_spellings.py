import base64

import pytest

from sync.spellings import spellings


@pytest.mark.parametrize("user", ["a", "ab", "abc", "jürgen"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
def test_a_secret_is_known_within_any_base64(user: str, after: str):
    whole = base64.b64encode(f"{user}:pässwörd-1234{after}".encode()).decode()
    assert any(form in whole for form in spellings("pässwörd-1234"))


def test_a_short_piece_of_base64_is_no_secret():
    assert not [form for form in spellings("abc") if len(form) > 3]


@pytest.mark.parametrize(
    "told", ["p%C3%A4ss%20w%26", "p%C3%A4ss+w%26", "p\\u00e4ss w&", "p\\\\u00e4ss w&"]
)
def test_a_secret_is_known_in_addresses_and_in_json(told: str):
    assert any(form in told for form in spellings("päss w&"))
