"""Says the bot's texts in a server's language, from the catalogues under `locale`.

`_("%(count)s new", count=3)` and `ngettext` inside of `speaking(language)`; `marked` around a text in a table, which is
translated by `_` where it is said. CONTRIBUTING.md says how a text is added.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from contracts.wording import ENGLISH, Wording, marked
from service_runtime.catalogues import Translation, catalogue_in

__all__ = ["LANGUAGES", "_", "language", "language_of", "marked", "ngettext", "speaking", "wording", "wording_of"]
CATALOGUES = Path(__file__).parent / "locale"
DEFAULT = "en"
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}  # by their codes; each named in itself
_CURRENT: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language_of(chosen: str, locale: str) -> str:
    """Return the language of a server: its choice, else that of Discord's locale ("es-419"), else English."""
    if chosen in LANGUAGES:
        return chosen
    code = locale.partition("-")[0]
    return code if code in LANGUAGES else DEFAULT


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say texts in this language in the block."""
    before = _CURRENT.set(language)
    try:
        yield
    finally:
        _CURRENT.reset(before)


@cache
def wording_of(language: str) -> Wording:
    """Return how a language says things."""
    return ENGLISH if language == DEFAULT else Translation(language, catalogue_in(CATALOGUES, language))


def language() -> str:
    """Return the code of the language of now."""
    return _CURRENT.get()


def wording() -> Wording:
    """Return how the language of now says things."""
    return wording_of(_CURRENT.get())


def gettext(message: str, **values: object) -> str:
    """Say a message."""
    return wording().gettext(message, **values)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """Say the message that fits the count, which its place `%(num)s` shows."""
    return wording().ngettext(one, many, count, **values)


_ = gettext
