"""Says texts in the language of whoever reads them, from the catalogues under `locale`.

`_("%(count)s new", count=3)` in Python and in templates; `ngettext` where a number decides; `marked` around a text in
a table, which is translated by `_` where it is shown. CONTRIBUTING.md says how a text is added.
"""

from functools import cache, lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from jinja2 import Environment
from markupsafe import Markup

from api_frontend.reader import CURRENT, DEFAULT, LANGUAGES
from contracts.wording import ENGLISH, Wording, marked
from service_runtime.catalogues import Translation, catalogue_in

__all__ = ["_", "gettext", "marked", "ngettext", "number", "translate_in", "wording"]
CATALOGUES = Path(__file__).parent / "locale"
KEPT_TEXTS = 2_000  # some are names from data, so there is a bound


def catalogue(language: str) -> Catalog:
    """Read a language's catalogue."""
    return catalogue_in(CATALOGUES, language)


@cache
def wording_of(language: str) -> Wording:
    """Return how a language says things."""
    return ENGLISH if language == DEFAULT else Translation(language, catalogue(language))


def wording() -> Wording:
    """Return how the reader's language says things."""
    return wording_of(CURRENT.get().language)


def gettext(message: str, **values: object) -> str:
    """Say a message in the reader's language."""
    return wording().gettext(message, **values)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """Say the message that fits the count, which its place `%(num)s` shows."""
    return wording().ngettext(one, many, count, **values)


def marked_up(message: str, **values: object) -> Markup:
    """Say a message that may hold markup, in a template: its values are escaped."""
    said = wording()
    if not values:
        return without_places(said, message)
    return Markup(said.filled(Markup(said.translated(message)), values))  # noqa: S704  # nosec B704  # a text of ours


@lru_cache(KEPT_TEXTS)
def without_places(said: Wording, message: str) -> Markup:
    """Say a message that has no places; most of a page's texts are such, and each is filled once."""
    return Markup(said.filled(said.translated(message), {}))  # noqa: S704  # nosec B704  # a text of ours


def marked_up_count(one: str, many: str, count: int, **values: object) -> Markup:
    """Say the message that fits the count, in a template: its values are escaped."""
    said = wording()
    chosen = Markup(said.chosen(one, many, count))  # noqa: S704  # nosec B704  # a text of ours
    return Markup(said.filled(chosen, {"num": count} | values))  # noqa: S704  # nosec B704


def translate_in(environment: Environment) -> None:
    """Let templates say texts: `{% trans %}`, `_` and `ngettext`, each time in the language of who reads.

    The catalogues are read now, so that nobody waits for that.
    """
    for each in LANGUAGES:
        wording_of(each)
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(
        _=marked_up, gettext=marked_up, ngettext=marked_up_count, number=number, language=lambda: CURRENT.get().language
    )


def number(value: float, digits: int = 0) -> str:
    """Write a number as the reader's language does, with so many decimal digits."""
    return wording().number(value, digits)


_ = gettext
