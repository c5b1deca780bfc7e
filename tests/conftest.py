from __future__ import annotations

import gettext
from functools import cache

import pytest
from hypothesis import settings

from sync import i18n
from tests.watching import canaries, pytest_runtest_makereport

__all__ = ["canaries", "pytest_runtest_makereport"]

pytest_plugins = ["tests.soak"]

# The same examples on every machine: a failure is a fault of the commit, never of luck.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, max_examples=40
)
settings.load_profile("repeatable")


_read = i18n._catalogue.__wrapped__


class _Untold(gettext.NullTranslations):
    """Where a sentence is looked up last: it is in no catalogue."""

    def gettext(self, message: str) -> str:
        raise AssertionError(f"a sentence that is not there in French: {message!r}")

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        del plural, n
        return self.gettext(singular)


class _English(gettext.NullTranslations):
    """English, as far as there is French."""

    def __init__(self, french: gettext.NullTranslations) -> None:
        super().__init__()
        self._french = french

    def gettext(self, message: str) -> str:
        self._french.gettext(message)
        return message

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        self._french.ngettext(singular, plural, n)
        return super().ngettext(singular, plural, n)


@cache
def _catalogues() -> dict[str, gettext.NullTranslations]:
    french = _read("fr")
    french.add_fallback(_Untold())
    return {"fr": french, "en": _English(french)}


@pytest.fixture(autouse=True)
def _every_sentence_is_there_in_both_languages(monkeypatch: pytest.MonkeyPatch):
    """Whatever any test makes us say must be said to French readers too, word for word."""
    monkeypatch.setattr(i18n, "_catalogue", lambda language: _catalogues()[language])
