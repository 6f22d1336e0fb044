"""Reads Babel's catalogues: how a language other than English says the messages of a service."""

import io
from gettext import GNUTranslations
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from contracts.wording import Wording


def catalogue_in(folder: Path, language: str) -> Catalog:
    """Read a language's catalogue from a folder of catalogues."""
    with (folder / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(texts: Catalog) -> GNUTranslations:
    """Return the catalogue as the standard library reads it; what is fuzzy counts as missing."""
    file = io.BytesIO()
    write_mo(file, texts)
    file.seek(0)
    return GNUTranslations(file)


class Translation(Wording):
    """A language other than English; a message that its catalogue lacks is said in English."""

    def __init__(self, language: str, texts: Catalog) -> None:
        self._texts = compiled(texts)
        symbols = Locale.parse(language).number_symbols["latn"]
        self._signs = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})

    def translated(self, message: str) -> str:
        """Return the message in this language, its places still empty."""
        return self._texts.gettext(message)

    def chosen(self, one: str, many: str, count: int) -> str:
        """Return the form of the message that fits the count, its places still empty."""
        return self._texts.ngettext(one, many, count)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with so many decimal digits, thousands grouped."""
        return super().number(value, digits).translate(self._signs)
