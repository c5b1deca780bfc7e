"""Compile the translations into the wheel; all else is in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithTranslations(build_py):
    """A build whose `sync/locale` holds compiled catalogues (.mo) beside their sources."""

    def run(self) -> None:
        """Build, then compile each catalogue where it was copied to."""
        super().run()
        if self.editable_mode:
            return  # a checkout compiles its catalogues when it reads them (sync/i18n.py)
        for source in Path(self.build_lib, "sync", "locale").rglob("*.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(text))


setup(cmdclass={"build_py": BuildWithTranslations})
