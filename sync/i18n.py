"""Every sentence that a person reads, in French and English (GNU gettext).

Sentences are written in English where they are used, `_("...")`, and translated in
`sync/locale/LANGUAGE/LC_MESSAGES/jumelage.po`. The wheel holds compiled catalogues;
a checkout compiles them in memory when they are first read.

Two languages matter: that of the person at the terminal (`of_locale`) and that of
the collective (`language` in the settings), in which the daemon speaks.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

LANGUAGES = ("en", "fr")
"""The languages that Jumelage speaks; the first is the one it is written in."""

_CATALOGUES = Path(__file__).parent / "locale"


def of_locale(environ: Mapping[str, str] | None = None) -> str | None:
    """Tell the language of the person at the terminal; None if the locale names none we speak.

    Reads the variables of POSIX and gettext in their order: the first that is set
    decides. The locales `C` and `POSIX` name no language.
    """
    environ = os.environ if environ is None else environ
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            codes = (part.partition(".")[0].partition("_")[0] for part in value.split(":"))
            return next((code for code in codes if code in LANGUAGES), None)
    return None


_default = of_locale() or LANGUAGES[0]
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def use(language: str) -> None:
    """Speak this language from now on, in every thread. Raises ValueError if it is unknown."""
    global _default  # noqa: PLW0603 - the process speaks one language by default
    _default = _known(language)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak this language within the block, in this thread or task alone."""
    token = _spoken.set(_known(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """The language that is spoken here and now."""
    return _spoken.get() or _default


def _(message: str) -> str:
    """Translate a sentence; in English if it has no translation."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a sentence that depends on a count."""
    return _catalogue(language()).ngettext(singular, plural, count)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}; known: {', '.join(LANGUAGES)}")
    return language


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    source = _CATALOGUES / language / "LC_MESSAGES" / "jumelage.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists():
        return gettext.GNUTranslations(compiled.open("rb"))
    return gettext.GNUTranslations(_compile(source)) if source.exists() else _english()


def _english() -> gettext.NullTranslations:
    return gettext.NullTranslations()


def _compile(source: Path) -> BytesIO:
    # Babel takes a while to import; only a checkout needs it here.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with source.open("rb") as text:
        write_mo(compiled, read_po(text))
    compiled.seek(0)
    return compiled
